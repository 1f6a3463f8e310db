"""H3: regional recruitment and retention keep enough technical teachers."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE, DOSE_LINE_3
from stoeval.catalogue.indicators import beyond_the_sketch, duurzaam
from stoeval.catalogue.links import FALLS, HOLDS, HOLDS_LATER, RISES, RUN_UP, STOCK, joint, robust, secondary, too_early
from stoeval.catalogue.threats import LINE_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.share_model import ShareModel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Threat, Untestable

WITHIN_SCHOOLS = EntitlementTripleDifference()
THROUGH = MediatedEffect(years_earlier=2)
NO_VACANCIES = Untestable(reason="vacatures staan niet in de personeelslevering", missing=(Delivery.STAFF,))
NO_FORECAST = Untestable(
    reason="een arbeidsmarktprognose voor techniekdocenten per school is er niet",
    missing=(Delivery.STAFF, Delivery.FORECASTS),
)
TEACHERS = Link(
    name="teachers",
    cause=DOSE_LINE_3,
    effect=duurzaam.TEACHER_FTE,
    expected=HOLDS,
    design=ShareModel(),
    timing=STOCK,
    role=Role.PRIMARY,
    threats=(*LINE_THREATS, Threat.LABOUR_MARKET, Threat.REGISTRATION, Threat.SUBSTITUTION),
)

HYPOTHESIS = Hypothesis(
    number=3,
    slug="teacher_supply",
    statement=(
        "Als gevolg van een grotere en blijvende inzet op het in regionaal verband aantrekken en behoud van "
        "techniekdocenten/-instructeurs en een efficiënte organisatie van het onderwijs, zijn en blijven er voldoende "
        "techniekdocenten/-instructeurs om blijvend technisch/technologisch onderwijs voor leerlingen mogelijk te "
        "maken."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 3",
    goal="duurzaam",
    primary=(TEACHERS,),
    chain=CausalChain(
        links=(
            secondary("inflow", DOSE_LINE_3, duurzaam.TEACHER_INFLOW_SHARE, RISES, WITHIN_SCHOOLS, STOCK),
            secondary("outflow", DOSE_LINE_3, duurzaam.TEACHER_OUTFLOW_SHARE, FALLS, WITHIN_SCHOOLS, STOCK),
        ),
    ),
    further=(
        secondary("more-teachers", DOSE_LINE_3, duurzaam.TEACHER_FTE, RISES, ShareModel(), STOCK),
        secondary("exit-hazard", DOSE_LINE_3, duurzaam.TEACHER_EXITS, FALLS, ShareModel(), STOCK),
        secondary("age", DOSE_LINE_3, duurzaam.SHARE_55_PLUS, FALLS, WITHIN_SCHOOLS, STOCK),
        secondary(
            "teachers-through-inflow",
            DOSE_LINE_3,
            duurzaam.TEACHERS_PER_PUPIL_REGION,
            HOLDS_LATER,
            THROUGH,
            STOCK,
            mediator=duurzaam.TEACHER_INFLOW_REGION,
        ),
        secondary(
            "teachers-through-outflow",
            DOSE_LINE_3,
            duurzaam.TEACHERS_PER_PUPIL_REGION,
            HOLDS_LATER,
            THROUGH,
            STOCK,
            mediator=duurzaam.TEACHER_OUTFLOW_REGION,
        ),
        robust(TEACHERS, "per-hundred-pupils", WITHIN_SCHOOLS, effect=duurzaam.TEACHERS_PER_PUPIL),
        robust(TEACHERS, "by-aanloop-money", ShareModel(), AANLOOP_DOSE, timing=RUN_UP),
        joint(TEACHERS),
        secondary("expected-teachers", DOSE_LINE_3, duurzaam.EXPECTED_TEACHERS, HOLDS, NO_FORECAST, STOCK),
        secondary("vacancies", DOSE_LINE_3, beyond_the_sketch.TEACHER_VACANCIES, FALLS, NO_VACANCIES, STOCK),
        too_early(TEACHERS),
    ),
    gaps=(
        "De toets op 'voldoende' is een ondergrens; de marge daarvan stelt de begeleidingscommissie vast.",
        "Personeel is geregistreerd per school, niet per vestiging, leerweg of profiel; vacatures staan er niet in.",
        "Een docent met twee vakken kan in beide vakgroepen zijn geteld.",
        "Krapte in bouw en techniek en het landelijke beleid tegen het lerarentekort lopen door alles heen.",
    ),
)
