"""H6: modern equipment brings facilities up to date and lifts the quality of education."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE, DOSE_LINE_6
from stoeval.catalogue.indicators import kwalitatief
from stoeval.catalogue.links import RISES, development, secondary
from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Hypothesis, Link, Role, Timing

HYPOTHESIS = Hypothesis(
    number=6,
    slug="modern_equipment",
    statement=(
        "Door regionale beschikbaarheid van moderne inventaris en materialen voor techniek, zijn de faciliteiten en "
        "apparatuur up-to-date, wat kwalitatief hoogstaand technisch onderwijs tot stand brengt."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 6",
    goal="kwalitatief hoogstaand",
    primary=(
        Link(
            name="investment",
            cause=AANLOOP_DOSE,
            effect=kwalitatief.INVESTMENT_PER_TECHNICAL_PUPIL,
            expected=RISES,
            design=AanloopDose(),
            timing=Timing.RUN_UP,
            role=Role.PRIMARY,
        ),
    ),
    chain=CausalChain(
        links=(
            secondary(
                "satisfaction", DOSE_LINE_6, kwalitatief.FACILITY_SATISFACTION, RISES, SurveyPanel(), Timing.WAVE
            ),
            secondary(
                "investment-to-satisfaction",
                kwalitatief.INVESTMENT_PER_TECHNICAL_PUPIL,
                kwalitatief.FACILITY_SATISFACTION,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
            secondary(
                "satisfaction-to-judgement",
                kwalitatief.FACILITY_SATISFACTION,
                kwalitatief.EDUCATION_JUDGEMENT,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
        ),
    ),
    further=(
        secondary("innovation", DOSE_LINE_6, kwalitatief.INNOVATION_SATISFACTION, RISES, SurveyPanel(), Timing.WAVE),
        secondary("judgement", DOSE_LINE_6, kwalitatief.EDUCATION_JUDGEMENT, RISES, SurveyPanel(), Timing.WAVE),
        development(kwalitatief.FACILITY_SATISFACTION, RISES, Timing.WAVE),
        development(kwalitatief.INVESTMENT_PER_TECHNICAL_PUPIL, RISES, Timing.RUN_UP),
    ),
    gaps=(
        "Alleen de investering in de aanloop volgt een formule met echte nullen; de inzet erna koos de regio zelf.",
        "Tevredenheid is voor het eerst in de aanloop gevraagd, na het eerste geld; een placebo in de tijd is er niet.",
        "Aanloopgeld kan eigen investeringen verdringen of achterstallige veiligheidseisen betalen.",
        "Vestigingen die naar D&P overstapten verloren het tweede bedrag; dat zijn er te weinig voor een eigen toets.",
    ),
)
