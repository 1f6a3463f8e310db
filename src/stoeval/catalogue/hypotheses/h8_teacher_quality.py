"""H8: training and teachers from companies raise the quality of technical teachers."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_8
from stoeval.catalogue.indicators import kwalitatief
from stoeval.catalogue.links import RISES, development, secondary, too_early
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Direction, Expected, Hypothesis, Link, Role, Timing

WITHIN_SCHOOLS = EntitlementTripleDifference()

TRAINING = Link(
    name="training",
    cause=DOSE_LINE_8,
    effect=kwalitatief.SHARE_TRAINED,
    expected=RISES,
    design=WITHIN_SCHOOLS,
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
FROM_INDUSTRY = Link(
    name="from-industry",
    cause=DOSE_LINE_8,
    effect=kwalitatief.SHARE_FROM_INDUSTRY,
    expected=RISES,
    design=WITHIN_SCHOOLS,
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
QUALIFIED_AGAIN = Expected(interim=Direction.FALL, final=Direction.NOT_LOWER)

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
            secondary(
                "qualification",
                DOSE_LINE_8,
                kwalitatief.SHARE_QUALIFIED,
                QUALIFIED_AGAIN,
                WITHIN_SCHOOLS,
                Timing.STOCK,
            ),
            secondary("expertise", DOSE_LINE_8, kwalitatief.TEACHER_EXPERTISE, RISES, SurveyPanel(), Timing.WAVE),
        ),
    ),
    further=(
        too_early(TRAINING),
        too_early(FROM_INDUSTRY),
        development(kwalitatief.SHARE_TRAINED, RISES, Timing.STOCK),
        development(kwalitatief.SHARE_FROM_INDUSTRY, RISES, Timing.STOCK),
        development(kwalitatief.SHARE_QUALIFIED, QUALIFIED_AGAIN, Timing.STOCK),
        development(kwalitatief.TEACHER_EXPERTISE, RISES, Timing.WAVE),
    ),
    gaps=(
        "Wie uit het bedrijfsleven komt is eerst vaak onbevoegd; de bevoegdheid hoort te dalen en zich te herstellen.",
        "Opleiding en herkomst benaderen kwaliteit alleen; het oordeel van leerlingen gaat over de les zelf.",
        "Wat telt als 'afkomstig uit het bedrijfsleven' ligt niet vast, en het korps verandert van samenstelling.",
    ),
)
