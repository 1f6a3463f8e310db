"""H8: training and teachers from companies raise the quality of technical teachers."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE, AANLOOP_DOSE_2017, DOSE_LINE_8
from stoeval.catalogue.indicators import beyond_the_sketch, kwalitatief
from stoeval.catalogue.links import (
    QUALIFIED_AGAIN,
    RISES,
    RUN_UP,
    STOCK,
    WAVE,
    joint,
    primary,
    robust,
    secondary,
    too_early,
)
from stoeval.catalogue.measurements import INTERIM_YEARS
from stoeval.catalogue.threats import LINE_THREATS, SURVEY_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Threat, Untestable

TRAINED, HIRED, BOTH = kwalitatief.SHARE_TRAINED, kwalitatief.SHARE_FROM_INDUSTRY, kwalitatief.TEACHER_INDEX
QUALIFIED = beyond_the_sketch.SHARE_QUALIFIED_REGION
REGIONAL_INDEX, EXPERT = kwalitatief.TEACHER_INDEX_REGION, kwalitatief.TEACHER_EXPERTISE
PASSED, MARKED, SCIENCE = (
    kwalitatief.TECHNICAL_PASS_RATE,
    kwalitatief.CENTRAL_MARK_TECHNICAL,
    kwalitatief.CENTRAL_MARK_SCIENCE,
)
WITHIN_SCHOOLS, ASKED, EXAMINED = EntitlementTripleDifference(), SurveyPanel(), DoseEventStudy()
THROUGH_EARLIER = MediatedEffect(mediator_years=INTERIM_YEARS)
NO_MARKS = Untestable(reason="examencijfers per vak zijn niet geleverd", missing=(Delivery.EXAM_RESULTS,))
TEACHER_THREATS = (*LINE_THREATS, Threat.COMPOSITION, Threat.LABOUR_MARKET, Threat.REGISTRATION)
EXAM_THREATS = (Threat.COVID, Threat.REGRESSION_TO_THE_MEAN, Threat.COMPOSITION)

TRAINING = primary("training", DOSE_LINE_8, TRAINED, RISES, WITHIN_SCHOOLS, STOCK, TEACHER_THREATS)
FROM_INDUSTRY = primary("from-industry", DOSE_LINE_8, HIRED, RISES, WITHIN_SCHOOLS, STOCK, TEACHER_THREATS)
QUALIFICATION = secondary(
    "qualification",
    DOSE_LINE_8,
    kwalitatief.SHARE_QUALIFIED,
    QUALIFIED_AGAIN,
    WITHIN_SCHOOLS,
    STOCK,
    TEACHER_THREATS,
)
INDEX = secondary("index", DOSE_LINE_8, BOTH, RISES, WITHIN_SCHOOLS, STOCK, TEACHER_THREATS)
EXPERTISE = secondary("expertise", DOSE_LINE_8, EXPERT, RISES, ASKED, WAVE, SURVEY_THREATS)

HYPOTHESIS = Hypothesis(
    number=8,
    slug="teacher_quality",
    statement=(
        "Door professionalisering van docenten/instructeurs en het aantrekken van docenten/instructeurs uit het "
        "bedrijfsleven neemt de kwaliteit van techniekdocenten/-instructeurs toe."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 8",
    goal="kwalitatief hoogstaand",
    primary=(TRAINING, FROM_INDUSTRY),
    chain=CausalChain(
        links=(
            QUALIFICATION,
            EXPERTISE,
            secondary("teachers-to-expertise", REGIONAL_INDEX, EXPERT, RISES, PanelRegression(), WAVE),
        ),
    ),
    further=(
        INDEX,
        secondary("qualification-to-expertise", QUALIFIED, EXPERT, RISES, PanelRegression(), WAVE),
        secondary("through-teachers", DOSE_LINE_8, EXPERT, RISES, THROUGH_EARLIER, WAVE, mediator=REGIONAL_INDEX),
        secondary("pass-rate", AANLOOP_DOSE_2017, PASSED, RISES, EXAMINED, STOCK, EXAM_THREATS),
        secondary("central-mark", AANLOOP_DOSE_2017, MARKED, RISES, EXAMINED, STOCK, EXAM_THREATS),
        secondary("pass-rate-by-line", DOSE_LINE_8, PASSED, RISES, EXAMINED, STOCK, EXAM_THREATS),
        secondary("central-mark-by-line", DOSE_LINE_8, MARKED, RISES, EXAMINED, STOCK, EXAM_THREATS),
        secondary("science-mark", DOSE_LINE_8, SCIENCE, RISES, NO_MARKS, STOCK, EXAM_THREATS),
        robust(TRAINING, "run-up-money", WITHIN_SCHOOLS, AANLOOP_DOSE, timing=RUN_UP),
        robust(FROM_INDUSTRY, "run-up-money", WITHIN_SCHOOLS, AANLOOP_DOSE, timing=RUN_UP),
        joint(TRAINING),
        joint(FROM_INDUSTRY),
        joint(EXPERTISE),
        too_early(TRAINING),
        too_early(FROM_INDUSTRY),
    ),
    gaps=(
        "Wie uit het bedrijfsleven komt is eerst vaak onbevoegd; de bevoegdheid hoort te dalen en zich te herstellen.",
        "Opleiding en herkomst benaderen kwaliteit alleen; het oordeel van leerlingen gaat over de les zelf.",
        "Wat telt als 'afkomstig uit het bedrijfsleven' ligt niet vast, en het korps verandert van samenstelling.",
        "Examens uit de coronajaren tellen niet mee; of cijfers iets over de docent zeggen, betwijfelt voetnoot 33.",
    ),
)
