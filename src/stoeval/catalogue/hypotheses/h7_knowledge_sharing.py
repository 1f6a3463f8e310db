"""H7: regional cooperation makes knowledge sharing structural, so that education keeps renewing itself."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_7
from stoeval.catalogue.indicators import kwalitatief
from stoeval.catalogue.links import RISES, development, secondary
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Hypothesis, Link, Role, Timing

HYPOTHESIS = Hypothesis(
    number=7,
    slug="knowledge_sharing",
    statement=(
        "Als gevolg van regionale samenwerking, komt er een structurele regionale kennisdeling tot stand, waardoor "
        "het techniekonderwijs zich kan blijven vernieuwen."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 7",
    goal="kwalitatief hoogstaand",
    primary=(
        Link(
            name="knowledge-sharing",
            cause=DOSE_LINE_7,
            effect=kwalitatief.KNOWLEDGE_SHARING,
            expected=RISES,
            design=SurveyPanel(),
            timing=Timing.WAVE,
            role=Role.PRIMARY,
        ),
    ),
    chain=CausalChain(
        links=(
            secondary(
                "cooperation-to-sharing",
                kwalitatief.COOPERATION_BUSINESS,
                kwalitatief.KNOWLEDGE_SHARING,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
            secondary(
                "sharing-to-innovation",
                kwalitatief.KNOWLEDGE_SHARING,
                kwalitatief.INNOVATION_SATISFACTION,
                RISES,
                PanelRegression(),
                Timing.WAVE,
            ),
        ),
    ),
    further=(
        secondary("with-vmbo", DOSE_LINE_7, kwalitatief.COOPERATION_VMBO, RISES, SurveyPanel(), Timing.WAVE),
        secondary("with-mbo", DOSE_LINE_7, kwalitatief.COOPERATION_MBO, RISES, SurveyPanel(), Timing.WAVE),
        secondary("with-business", DOSE_LINE_7, kwalitatief.COOPERATION_BUSINESS, RISES, SurveyPanel(), Timing.WAVE),
        secondary("innovation", DOSE_LINE_7, kwalitatief.INNOVATION_SATISFACTION, RISES, SurveyPanel(), Timing.WAVE),
        development(kwalitatief.KNOWLEDGE_SHARING, RISES, Timing.WAVE),
        development(kwalitatief.INNOVATION_SATISFACTION, RISES, Timing.WAVE),
    ),
    gaps=(
        "Structureel: het effect bij de eindmeting is minstens half zo groot als dat bij de tussenmeting.",
        "Die regel vergelijkt twee metingen; geen schakel van de keten kan hem toetsen.",
        "Elke regio moet samenwerken om subsidie te krijgen; het contrast tussen regio's is daardoor klein.",
        "De eerste enquêtegolf ligt in de aanloop; een golf van daarvoor, en dus een placebo in de tijd, is er niet.",
    ),
)
