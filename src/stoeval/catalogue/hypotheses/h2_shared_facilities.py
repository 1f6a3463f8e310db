"""H2: agreements on facilities lead to an efficient distribution and use of them."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_2
from stoeval.catalogue.indicators import kwalitatief
from stoeval.catalogue.links import FALLS_LATER, RISES, development, secondary
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Timing, Untestable

HYPOTHESIS = Hypothesis(
    number=2,
    slug="shared_facilities",
    statement=(
        "Middels regionale samenwerking worden er afspraken gemaakt over de verdeling van faciliteiten. Hierdoor "
        "ontstaat er een doelmatige verdeling en benutting, die ook op de lange termijn overeind kan blijven om "
        "blijvend technisch/technologisch onderwijs voor leerlingen mogelijk te maken."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 2",
    goal="duurzaam",
    primary=(
        Link(
            name="shared-use",
            cause=DOSE_LINE_2,
            effect=kwalitatief.SHARED_FACILITIES,
            expected=RISES,
            design=SurveyPanel(),
            timing=Timing.WAVE,
            role=Role.PRIMARY,
        ),
    ),
    chain=CausalChain(
        links=(
            secondary("cooperation", DOSE_LINE_2, kwalitatief.COOPERATION_VMBO, RISES, SurveyPanel(), Timing.WAVE),
            secondary(
                "cooperation-to-shared-use",
                kwalitatief.COOPERATION_VMBO,
                kwalitatief.SHARED_FACILITIES,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
            secondary(
                "duplication",
                DOSE_LINE_2,
                kwalitatief.DUPLICATED_INVESTMENT,
                FALLS_LATER,
                Untestable(
                    reason="aankopen van apparatuur zijn niet per klasse en vestiging bekend",
                    missing=(Delivery.INVESTMENT,),
                ),
                Timing.STOCK,
            ),
        ),
    ),
    further=(
        development(kwalitatief.SHARED_FACILITIES, RISES, Timing.WAVE),
        development(kwalitatief.COOPERATION_VMBO, RISES, Timing.WAVE),
    ),
    gaps=(
        "Paragraaf 4.2 kent geen indicator voor benutting; gedeeld gebruik in de enquête staat er het dichtst bij.",
        "Scholen rapporteren over zichzelf, niet elke school antwoordt en in de coronajaren kon minder op locatie.",
        "De eerste enquêtegolf ligt in de aanloop; een golf van daarvoor, en dus een placebo in de tijd, is er niet.",
    ),
)
