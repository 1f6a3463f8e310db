"""H9: education of high quality draws pupils to technology, motivates them and leads them on."""

from __future__ import annotations

from dataclasses import replace

from stoeval.catalogue.exposures import AANLOOP_DOSE_2017, REGIONAL_DOSE
from stoeval.catalogue.indicators import dekkend, duurzaam, kwalitatief
from stoeval.catalogue.links import FALLS, RISES, development, secondary, too_early
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Timing, Untestable

SCHOOLS = DoseEventStudy()
WITHIN_SCHOOLS = EntitlementTripleDifference()

TOTAL = Link(
    name="total",
    cause=REGIONAL_DOSE,
    effect=duurzaam.TECHNICAL_SHARE_ENTRANTS,
    expected=RISES,
    design=SCHOOLS,
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
WITHIN = Link(
    name="within",
    cause=REGIONAL_DOSE,
    effect=duurzaam.ENTRANTS_SHARE_BY_LEERWEG,
    expected=RISES,
    design=WITHIN_SCHOOLS,
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
CANDIDATES = secondary(
    "candidates", AANLOOP_DOSE_2017, duurzaam.TECHNICAL_SHARE_CANDIDATES, RISES, SCHOOLS, Timing.STOCK
)
BY_LEERWEG = secondary(
    "by-leerweg", AANLOOP_DOSE_2017, duurzaam.CANDIDATES_SHARE_BY_LEERWEG, RISES, WITHIN_SCHOOLS, Timing.STOCK
)
WITHOUT_FORMULA_INPUT = replace(
    CANDIDATES,
    name="candidates-without-formula-input",
    design=DoseEventStudy(formula_input=False),
    role=Role.ROBUSTNESS,
)

HYPOTHESIS = Hypothesis(
    number=9,
    slug="quality_attracts",
    statement=(
        "Door het aanbieden van kwalitatief hoogstaand technisch onderwijs (up-to-date faciliteiten, responsief "
        "onderwijs en gekwalificeerde docenten/instructeurs), kiezen meer leerlingen voor techniek, zijn ze "
        "gemotiveerder tijdens de opleiding en neemt de doorstroom - ook vanuit niet-technische profielen - richting "
        "technische vervolgopleidingen toe."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 9",
    goal="kwalitatief hoogstaand",
    primary=(TOTAL, WITHIN),
    chain=CausalChain(
        links=(
            secondary(
                "facilities", REGIONAL_DOSE, kwalitatief.FACILITY_SATISFACTION, RISES, SurveyPanel(), Timing.WAVE
            ),
            secondary(
                "response", REGIONAL_DOSE, kwalitatief.INNOVATION_SATISFACTION, RISES, SurveyPanel(), Timing.WAVE
            ),
            secondary("teachers", REGIONAL_DOSE, kwalitatief.TEACHER_EXPERTISE, RISES, SurveyPanel(), Timing.WAVE),
            secondary(
                "quality-to-choice",
                kwalitatief.FACILITY_SATISFACTION,
                duurzaam.TECHNICAL_SHARE_ENTRANTS,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
        ),
    ),
    further=(
        CANDIDATES,
        BY_LEERWEG,
        WITHOUT_FORMULA_INPUT,
        secondary("motivation", REGIONAL_DOSE, kwalitatief.MOTIVATION, RISES, SurveyPanel(), Timing.WAVE),
        secondary("to-technical-mbo", REGIONAL_DOSE, dekkend.TECHNICAL_MBO_SHARE, RISES, SCHOOLS, Timing.FLOW),
        secondary(
            "nontechnical-to-mbo",
            REGIONAL_DOSE,
            kwalitatief.NONTECHNICAL_TECHNICAL_MBO_SHARE,
            RISES,
            SCHOOLS,
            Timing.FLOW,
        ),
        secondary("mbo-drop-out", REGIONAL_DOSE, kwalitatief.MBO_DROPOUT_SHARE, FALLS, WITHIN_SCHOOLS, Timing.FLOW),
        secondary(
            "vmbo-switch",
            REGIONAL_DOSE,
            kwalitatief.VMBO_SWITCH_SHARE,
            FALLS,
            Untestable(reason="leerlingen zijn niet gevolgd van leerjaar 3 naar 4", missing=(Delivery.FLOWS,)),
            Timing.STOCK,
        ),
        too_early(TOTAL),
        too_early(WITHIN),
        too_early(CANDIDATES),
        development(duurzaam.TECHNICAL_SHARE_ENTRANTS, RISES, Timing.STOCK),
        development(duurzaam.TECHNICAL_SHARE_CANDIDATES, RISES, Timing.STOCK),
        development(dekkend.TECHNICAL_MBO_SHARE, RISES, Timing.FLOW),
        development(kwalitatief.MOTIVATION, RISES, Timing.WAVE),
    ),
    gaps=(
        "Paragraaf 4.2 kent geen samengestelde maat voor kwaliteit; de keten loopt over drie losse indicatoren.",
        "Bij doorstroom vanuit niet-technische profielen is er geen leerweg die als vergelijking kan dienen.",
        "Regio's bepalen hun budget mede zelf, via de cofinanciering.",
        "Examencijfers uit de coronajaren zijn onvergelijkbaar; wiskunde en nask vragen een levering per vak.",
    ),
)
