"""H9: education of high quality draws pupils to technology, motivates them and leads them on."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE_2017, APPROVAL_ROUND, DOSE_LINE_9, REGIONAL_DOSE
from stoeval.catalogue.indicators import beyond_the_sketch, dekkend, duurzaam, kwalitatief
from stoeval.catalogue.links import (
    FALLS,
    FLOW,
    RISES,
    STOCK,
    WAVE,
    before_the_money,
    joint,
    primary,
    robust,
    secondary,
    too_early,
)
from stoeval.catalogue.measurements import INTERIM_YEARS
from stoeval.catalogue.threats import LINE_THREATS, SURVEY_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.comparable_groups import ComparableGroups
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_curve import DoseCurve
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.heterogeneous_adoption import HeterogeneousAdoption
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Threat, Untestable

SCHOOLS, WITHIN_SCHOOLS, ASKED = DoseEventStudy(), EntitlementTripleDifference(), SurveyPanel()
ALIKE = ComparableGroups(formula_input=False)
THROUGH_EARLIER = MediatedEffect(mediator_years=INTERIM_YEARS)
NO_HOMES = Untestable(reason="de woongemeente van leerlingen is niet geleverd", missing=(Delivery.ENROLMENT,))
ELSEWHERE = beyond_the_sketch.TECHNICAL_PUPILS_FROM_ELSEWHERE
NOT_FOLLOWED = Untestable(reason="leerlingen zijn niet gevolgd van leerjaar 3 naar 4", missing=(Delivery.FLOWS,))
CHOSEN, CHOSEN_BY_LEERWEG = duurzaam.TECHNICAL_SHARE_ENTRANTS, duurzaam.ENTRANTS_SHARE_BY_LEERWEG
EXAMINED, EXAMINED_BY_LEERWEG = duurzaam.TECHNICAL_SHARE_CANDIDATES, duurzaam.CANDIDATES_SHARE_BY_LEERWEG
QUALITY, OTHERS_ON = kwalitatief.QUALITY_COMPOSITE, kwalitatief.NONTECHNICAL_TECHNICAL_MBO_SHARE
CHOICE_THREATS = (*LINE_THREATS, Threat.SPILLOVER, Threat.RELABELLING, Threat.COMPOSITION, Threat.COVID)
FLOW_THREATS = (*LINE_THREATS, Threat.LABOUR_MARKET, Threat.COVID)

TOTAL = primary("total", REGIONAL_DOSE, CHOSEN, RISES, SCHOOLS, STOCK, CHOICE_THREATS)
WITHIN = primary("within", REGIONAL_DOSE, CHOSEN_BY_LEERWEG, RISES, WITHIN_SCHOOLS, STOCK, CHOICE_THREATS)
CANDIDATES = secondary("candidates", AANLOOP_DOSE_2017, EXAMINED, RISES, SCHOOLS, STOCK, CHOICE_THREATS)
BY_LEERWEG = secondary(
    "by-leerweg", AANLOOP_DOSE_2017, EXAMINED_BY_LEERWEG, RISES, WITHIN_SCHOOLS, STOCK, CHOICE_THREATS
)
DROP_OUT = secondary(
    "mbo-drop-out", REGIONAL_DOSE, kwalitatief.MBO_DROPOUT_SHARE, FALLS, WITHIN_SCHOOLS, FLOW, FLOW_THREATS
)
SWITCH = secondary("mbo-switch", REGIONAL_DOSE, kwalitatief.MBO_SWITCH_SHARE, FALLS, WITHIN_SCHOOLS, FLOW, FLOW_THREATS)
ATTRACTIVE = secondary("attractive-education", DOSE_LINE_9, CHOSEN, RISES, SCHOOLS, STOCK, CHOICE_THREATS)

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
            secondary("quality", REGIONAL_DOSE, QUALITY, RISES, ASKED, WAVE, SURVEY_THREATS),
            secondary("quality-to-choice", QUALITY, CHOSEN, RISES, PanelRegression(), WAVE),
        ),
    ),
    further=(
        secondary("through-quality", REGIONAL_DOSE, CHOSEN, RISES, THROUGH_EARLIER, WAVE, mediator=QUALITY),
        secondary("facilities", REGIONAL_DOSE, kwalitatief.FACILITY_SATISFACTION, RISES, ASKED, WAVE),
        secondary("response", REGIONAL_DOSE, kwalitatief.INNOVATION_SATISFACTION, RISES, ASKED, WAVE),
        secondary("teachers", REGIONAL_DOSE, kwalitatief.TEACHER_EXPERTISE, RISES, ASKED, WAVE),
        secondary("motivation", REGIONAL_DOSE, kwalitatief.MOTIVATION, RISES, ASKED, WAVE, SURVEY_THREATS),
        secondary("to-technical-mbo", REGIONAL_DOSE, dekkend.TECHNICAL_MBO_SHARE, RISES, SCHOOLS, FLOW, FLOW_THREATS),
        secondary("nontechnical-to-mbo", REGIONAL_DOSE, OTHERS_ON, RISES, SCHOOLS, FLOW, FLOW_THREATS),
        secondary("to-mbo", REGIONAL_DOSE, kwalitatief.MBO_ENTRY_SHARE, RISES, WITHIN_SCHOOLS, FLOW, FLOW_THREATS),
        DROP_OUT,
        SWITCH,
        secondary("vmbo-drop-out", REGIONAL_DOSE, kwalitatief.VMBO_DROPOUT_SHARE, FALLS, NOT_FOLLOWED, STOCK),
        secondary("vmbo-switch", REGIONAL_DOSE, kwalitatief.VMBO_SWITCH_SHARE, FALLS, NOT_FOLLOWED, STOCK),
        secondary("from-elsewhere", REGIONAL_DOSE, ELSEWHERE, RISES, NO_HOMES, STOCK),
        CANDIDATES,
        BY_LEERWEG,
        ATTRACTIVE,
        joint(ATTRACTIVE),
        robust(CANDIDATES, "without-formula-input", DoseEventStudy(formula_input=False)),
        robust(DROP_OUT, "comparable-groups", ALIKE, effect=kwalitatief.MBO_DROPOUT_VESTIGING),
        robust(SWITCH, "comparable-groups", ALIKE, effect=kwalitatief.MBO_SWITCH_VESTIGING),
        robust(TOTAL, "adoption", HeterogeneousAdoption()),
        robust(TOTAL, "curve", DoseCurve()),
        robust(TOTAL, "delayed-approval", DelayedApproval(), APPROVAL_ROUND),
        too_early(TOTAL),
        too_early(WITHIN),
        too_early(CANDIDATES),
        before_the_money(CANDIDATES),
    ),
    gaps=(
        "Paragraaf 4.2 kent geen samengestelde maat voor kwaliteit; hier is zij het gemiddelde van drie oordelen.",
        "Bij doorstroom vanuit niet-technische profielen is er geen leerweg die als vergelijking kan dienen.",
        "Doorstroom naar technisch mbo is secundair: van de gemeten cohorten koos alleen het laatste na de start.",
        "Regio's bepalen hun budget mede zelf, via de cofinanciering.",
        "Van het laatste examencohort met een enquêtegolf is de stap naar het mbo bij de eindmeting nog onbekend.",
    ),
)
