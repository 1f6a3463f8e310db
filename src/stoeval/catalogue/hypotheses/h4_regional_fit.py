"""H4: a supply fitted to regional demand prepares pupils for programmes with good prospects."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_4
from stoeval.catalogue.indicators import dekkend, kwalitatief
from stoeval.catalogue.links import (
    FALLS,
    FLOW,
    HOLDS,
    RISES,
    RISES_LATER,
    STOCK,
    WAVE,
    joint,
    robust,
    secondary,
    too_early,
)
from stoeval.catalogue.threats import LINE_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.fractional_outcome import FractionalOutcome
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Threat, Untestable

WITHIN = EntitlementTripleDifference()
NO_ELECTIVES = Untestable(reason="keuzevakken per vestiging zijn niet geregistreerd", missing=(Delivery.ELECTIVES,))

PROSPECTS = Link(
    name="prospects",
    cause=DOSE_LINE_4,
    effect=dekkend.GOOD_PROSPECTS_SHARE,
    expected=RISES,
    design=WITHIN,
    timing=FLOW,
    role=Role.PRIMARY,
    threats=(*LINE_THREATS, Threat.LABOUR_MARKET, Threat.COVID, Threat.SPILLOVER),
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
            secondary("consultation", DOSE_LINE_4, kwalitatief.COOPERATION_MBO, RISES, SurveyPanel(), WAVE),
            secondary("match", DOSE_LINE_4, dekkend.REGIONAL_MATCH, RISES, DoseEventStudy(), FLOW),
            secondary("preparation", DOSE_LINE_4, kwalitatief.PREPARATION_JUDGEMENT, RISES, SurveyPanel(), WAVE),
            secondary(
                "preparation-to-mbo",
                kwalitatief.PREPARATION_JUDGEMENT,
                dekkend.TECHNICAL_MBO_SHARE,
                RISES,
                PanelRegression(),
                WAVE,
            ),
        ),
    ),
    further=(
        secondary("prospects-own-year", DOSE_LINE_4, dekkend.GOOD_PROSPECTS_CURRENT, RISES, WITHIN, FLOW),
        secondary("prospects-labour-market", DOSE_LINE_4, dekkend.GOOD_PROSPECTS_RERATED, HOLDS, WITHIN, FLOW),
        secondary("technical-mbo", DOSE_LINE_4, dekkend.TECHNICAL_MBO_BY_LEERWEG, RISES, WITHIN, FLOW),
        secondary("mbo-level", DOSE_LINE_4, dekkend.TECHNICAL_MBO_BY_LEVEL, RISES, WITHIN, FLOW),
        secondary("mbo-switch", DOSE_LINE_4, kwalitatief.MBO_SWITCH_SHARE, FALLS, WITHIN, FLOW),
        secondary("mbo-drop-out", DOSE_LINE_4, kwalitatief.MBO_DROPOUT_SHARE, FALLS, WITHIN, FLOW),
        secondary(
            "prospects-through-match",
            DOSE_LINE_4,
            dekkend.GOOD_PROSPECTS_REGION,
            RISES_LATER,
            MediatedEffect(years_earlier=2),
            FLOW,
            mediator=dekkend.REGIONAL_MATCH,
        ),
        robust(PROSPECTS, "fractional", FractionalOutcome(), effect=dekkend.GOOD_PROSPECTS_REGION),
        joint(PROSPECTS),
        secondary("electives", DOSE_LINE_4, dekkend.ELECTIVES_OFFERED, RISES, NO_ELECTIVES, STOCK),
        too_early(PROSPECTS),
    ),
    gaps=(
        "Paragraaf 4.2 kent geen maat voor de afstemming zelf; baankans en doorstroom meten het gevolg ervan.",
        "De baankans blijft die van het nuljaar; het verschil met de baankans van het jaar zelf is de arbeidsmarkt.",
        "De aansluiting op de vraag kent technisch en overig; per sector is de doorstroom per opleiding (crebo) nodig.",
        "Ook het mbo verandert zijn aanbod; een opleiding die er in een regio niet meer is, kan niemand kiezen.",
        "Switch en uitval in het mbo zijn pas een jaar na de overstap bekend.",
        "Van het laatste examencohort met een enquêtegolf is de stap naar het mbo bij de eindmeting nog onbekend.",
    ),
)
