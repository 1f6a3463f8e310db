"""H6: modern equipment brings facilities up to date and lifts the quality of education."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE, AANLOOP_PER_TECHNICAL_PUPIL, APPROVAL_ROUND, DOSE_LINE_6
from stoeval.catalogue.indicators import kwalitatief
from stoeval.catalogue.links import (
    RISES,
    RISES_LATER,
    RUN_UP,
    STOCK,
    WAVE,
    joint,
    primary,
    robust,
    secondary,
    switchers,
)
from stoeval.catalogue.measurements import INTERIM_YEARS
from stoeval.catalogue.threats import LINE_THREATS, SURVEY_THREATS
from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_curve import DoseCurve
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Threat, Untestable

SPENT, SATISFIED = kwalitatief.INVESTMENT_PER_TECHNICAL_PUPIL, kwalitatief.FACILITY_SATISFACTION
JUDGED = kwalitatief.EDUCATION_JUDGEMENT
NOT_ASKED = Untestable(reason="de enquête kent geen golf van voor het eerste aanloopgeld", missing=(Delivery.SURVEY,))
ASKED, TOGETHER, ZEROS = SurveyPanel(), PanelRegression(), AanloopDose()
THROUGH, THROUGH_EARLIER = MediatedEffect(), MediatedEffect(mediator_years=INTERIM_YEARS)
SPENDING_THREATS = (Threat.CROWDING_OUT, Threat.RELABELLING, Threat.ANTICIPATION, Threat.REGISTRATION)

INVESTMENT = primary("investment", AANLOOP_DOSE, SPENT, RISES, ZEROS, RUN_UP, SPENDING_THREATS)
EURO_FOR_EURO = secondary(
    "euro-for-euro",
    AANLOOP_PER_TECHNICAL_PUPIL,
    SPENT,
    RISES,
    AanloopDose(every_year=True),
    RUN_UP,
    SPENDING_THREATS,
)
SATISFACTION = secondary("satisfaction", DOSE_LINE_6, SATISFIED, RISES, ASKED, WAVE, SURVEY_THREATS)
SATISFACTION_BY_FORMULA = secondary(
    "satisfaction-run-up-money", AANLOOP_DOSE, SATISFIED, RISES, ASKED, WAVE, SURVEY_THREATS
)
INVESTMENT_AFTERWARDS = secondary(
    "investment-afterwards", DOSE_LINE_6, SPENT, RISES, DoseEventStudy(), STOCK, LINE_THREATS
)
JUDGEMENT = secondary("judgement", DOSE_LINE_6, JUDGED, RISES_LATER, ASKED, WAVE, SURVEY_THREATS)

HYPOTHESIS = Hypothesis(
    number=6,
    slug="modern_equipment",
    statement=(
        "Door regionale beschikbaarheid van moderne inventaris en materialen voor techniek, zijn de faciliteiten en "
        "apparatuur up-to-date, wat kwalitatief hoogstaand technisch onderwijs tot stand brengt."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 6",
    goal="kwalitatief hoogstaand",
    primary=(INVESTMENT,),
    chain=CausalChain(
        links=(
            EURO_FOR_EURO,
            SATISFACTION,
            secondary("investment-to-satisfaction", SPENT, SATISFIED, RISES, TOGETHER, WAVE),
            secondary("satisfaction-to-judgement", SATISFIED, JUDGED, RISES, TOGETHER, WAVE),
        ),
    ),
    further=(
        SATISFACTION_BY_FORMULA,
        secondary("satisfaction-in-the-run-up", AANLOOP_DOSE, SATISFIED, RISES, NOT_ASKED, RUN_UP, SURVEY_THREATS),
        INVESTMENT_AFTERWARDS,
        JUDGEMENT,
        secondary("innovation", DOSE_LINE_6, kwalitatief.INNOVATION_SATISFACTION, RISES, ASKED, WAVE, SURVEY_THREATS),
        secondary("through-investment", AANLOOP_DOSE, SATISFIED, RISES, THROUGH, WAVE, mediator=SPENT),
        secondary("through-facilities", DOSE_LINE_6, JUDGED, RISES_LATER, THROUGH_EARLIER, WAVE, mediator=SATISFIED),
        switchers(SPENT, RISES, RUN_UP),
        robust(INVESTMENT, "curve", DoseCurve(formula_input=False)),
        robust(INVESTMENT, "across-compositions", AanloopDose(strata=False)),
        robust(SATISFACTION_BY_FORMULA, "curve", DoseCurve(formula_input=False)),
        robust(SATISFACTION, "delayed-approval", DelayedApproval(), APPROVAL_ROUND),
        joint(SATISFACTION),
        joint(INVESTMENT_AFTERWARDS),
        joint(JUDGEMENT),
    ),
    gaps=(
        "Alleen de investering in de aanloop volgt een formule met echte nullen; de inzet erna koos de regio zelf.",
        "Tevredenheid is voor het eerst in de aanloop gevraagd, na het eerste geld; een placebo in de tijd is er niet.",
        "Wie aan nieuwe apparatuur went, oordeelt er na een paar jaar misschien niet meer anders over.",
        "Aanloopgeld kan eigen investeringen verdringen of achterstallige veiligheidseisen betalen.",
        "Vestigingen die naar D&P overstapten verloren het tweede bedrag; hun investering is alleen te volgen.",
    ),
)
