"""H4: a supply fitted to regional demand prepares pupils for programmes with good prospects."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_4
from stoeval.catalogue.indicators import dekkend, kwalitatief
from stoeval.catalogue.links import FALLS, RISES, development, secondary, too_early
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Timing, Untestable

WITHIN_VESTIGINGEN = EntitlementTripleDifference()

PROSPECTS = Link(
    name="prospects",
    cause=DOSE_LINE_4,
    effect=dekkend.GOOD_PROSPECTS_SHARE,
    expected=RISES,
    design=WITHIN_VESTIGINGEN,
    timing=Timing.FLOW,
    role=Role.PRIMARY,
)

HYPOTHESIS = Hypothesis(
    number=4,
    slug="regional_fit",
    statement=(
        "Middels regionale samenwerking wordt het techniekaanbod afgestemd op de regionale behoefte. Hierdoor worden "
        "vmbo-leerlingen beter voorbereid op het vervolgonderwijs en vindt er een betere doorstroom plaats naar "
        "mbo-opleidingen met voldoende arbeidsmarktperspectief."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 4",
    goal="dekkend",
    primary=(PROSPECTS,),
    chain=CausalChain(
        links=(
            secondary("consultation", DOSE_LINE_4, kwalitatief.COOPERATION_MBO, RISES, SurveyPanel(), Timing.WAVE),
            secondary("preparation", DOSE_LINE_4, kwalitatief.PREPARATION_JUDGEMENT, RISES, SurveyPanel(), Timing.WAVE),
            secondary(
                "preparation-to-mbo",
                kwalitatief.PREPARATION_JUDGEMENT,
                dekkend.TECHNICAL_MBO_SHARE,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
        ),
    ),
    further=(
        secondary(
            "technical-mbo", DOSE_LINE_4, dekkend.TECHNICAL_MBO_BY_LEERWEG, RISES, WITHIN_VESTIGINGEN, Timing.FLOW
        ),
        secondary("mbo-switch", DOSE_LINE_4, kwalitatief.MBO_SWITCH_SHARE, FALLS, WITHIN_VESTIGINGEN, Timing.FLOW),
        secondary("mbo-drop-out", DOSE_LINE_4, kwalitatief.MBO_DROPOUT_SHARE, FALLS, WITHIN_VESTIGINGEN, Timing.FLOW),
        secondary(
            "mbo-level",
            DOSE_LINE_4,
            dekkend.TECHNICAL_MBO_BY_LEVEL,
            RISES,
            Untestable(reason="de doorstroomlevering bevat het mbo-niveau niet", missing=(Delivery.FLOWS,)),
            Timing.FLOW,
        ),
        secondary(
            "electives",
            DOSE_LINE_4,
            dekkend.ELECTIVES_OFFERED,
            RISES,
            Untestable(reason="keuzevakken per vestiging zijn niet geregistreerd", missing=(Delivery.ELECTIVES,)),
            Timing.STOCK,
        ),
        too_early(PROSPECTS),
        development(dekkend.GOOD_PROSPECTS_SHARE, RISES, Timing.FLOW),
        development(dekkend.TECHNICAL_MBO_SHARE, RISES, Timing.FLOW),
    ),
    gaps=(
        "Paragraaf 4.2 kent geen maat voor de afstemming zelf; baankans en doorstroom meten het gevolg ervan.",
        "De baankans blijft die van het nuljaar; anders telt een gunstiger arbeidsmarkt als een betere keuze.",
        "Switch en uitval in het mbo zijn pas een jaar na de overstap bekend.",
        "Van het laatste examencohort met een enquêtegolf is de stap naar het mbo bij de eindmeting nog onbekend.",
    ),
)
