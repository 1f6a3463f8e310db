"""H2: agreements on facilities lead to an efficient distribution and use of them."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_2
from stoeval.catalogue.indicators import kwalitatief
from stoeval.catalogue.links import FALLS_LATER, HOLDS, RISES, STOCK, WAVE, joint, robust, secondary
from stoeval.catalogue.threats import SURVEY_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.fractional_outcome import FractionalOutcome
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Threat, Untestable

NOT_BY_CLASS = Untestable(
    reason="aankopen van apparatuur zijn niet per klasse en vestiging bekend", missing=(Delivery.INVESTMENT,)
)
SAME_RESPONDENT = (*SURVEY_THREATS, Threat.COMMON_SOURCE)
SHARED_USE = Link(
    name="shared-use",
    cause=DOSE_LINE_2,
    effect=kwalitatief.SHARED_FACILITIES,
    expected=RISES,
    design=SurveyPanel(),
    timing=WAVE,
    role=Role.PRIMARY,
    threats=SURVEY_THREATS,
)

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
    primary=(SHARED_USE,),
    chain=CausalChain(
        links=(
            secondary("cooperation", DOSE_LINE_2, kwalitatief.COOPERATION_VMBO, RISES, SurveyPanel(), WAVE),
            secondary(
                "cooperation-to-shared-use",
                kwalitatief.COOPERATION_VMBO,
                kwalitatief.SHARED_FACILITIES,
                RISES,
                PanelRegression(),
                WAVE,
                SAME_RESPONDENT,
            ),
            secondary("duplication", DOSE_LINE_2, kwalitatief.DUPLICATED_INVESTMENT, FALLS_LATER, NOT_BY_CLASS, STOCK),
        ),
    ),
    further=(
        secondary(
            "shared-use-through-cooperation",
            DOSE_LINE_2,
            kwalitatief.SHARED_FACILITIES,
            RISES,
            MediatedEffect(),
            WAVE,
            SAME_RESPONDENT,
            mediator=kwalitatief.COOPERATION_VMBO,
        ),
        secondary(
            "investment", DOSE_LINE_2, kwalitatief.INVESTMENT_PER_TECHNICAL_PUPIL, HOLDS, DoseEventStudy(), STOCK
        ),
        robust(SHARED_USE, "by-region", DoseEventStudy(), effect=kwalitatief.SHARED_FACILITIES_REGION),
        robust(SHARED_USE, "fractional", FractionalOutcome()),
        robust(SHARED_USE, "ordered", OrderedOutcome()),
        joint(SHARED_USE),
    ),
    gaps=(
        "Paragraaf 4.2 kent geen indicator voor benutting; gedeeld gebruik in de enquête staat er het dichtst bij.",
        "Overleg en afspraken zijn niet apart gevraagd; de samenwerking met ander vmbo staat voor beide.",
        "Scholen rapporteren over zichzelf, niet elke school antwoordt en in de coronajaren kon minder op locatie.",
        "De eerste enquêtegolf ligt in de aanloop; een golf van daarvoor, en dus een placebo in de tijd, is er niet.",
        "Of dezelfde apparatuur dichtbij twee keer is gekocht, toont alleen een investeringsadministratie naar klasse.",
    ),
)
