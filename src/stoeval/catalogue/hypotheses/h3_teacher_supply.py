"""H3: regional recruitment and retention keep enough technical teachers."""

from __future__ import annotations

from stoeval.catalogue.exposures import DOSE_LINE_3
from stoeval.catalogue.indicators import duurzaam
from stoeval.catalogue.links import FALLS, HOLDS, RISES, development, secondary, too_early
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.share_model import ShareModel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Timing, Untestable

TEACHERS = Link(
    name="teachers",
    cause=DOSE_LINE_3,
    effect=duurzaam.TEACHER_FTE,
    expected=HOLDS,
    design=ShareModel(),
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
WITHIN_SCHOOLS = EntitlementTripleDifference()

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
            secondary("inflow", DOSE_LINE_3, duurzaam.TEACHER_INFLOW_SHARE, RISES, WITHIN_SCHOOLS, Timing.STOCK),
            secondary("outflow", DOSE_LINE_3, duurzaam.TEACHER_OUTFLOW_SHARE, FALLS, WITHIN_SCHOOLS, Timing.STOCK),
        ),
    ),
    further=(
        secondary("more-teachers", DOSE_LINE_3, duurzaam.TEACHER_FTE, RISES, ShareModel(), Timing.STOCK),
        secondary("age", DOSE_LINE_3, duurzaam.SHARE_55_PLUS, FALLS, WITHIN_SCHOOLS, Timing.STOCK),
        secondary(
            "expected-teachers",
            DOSE_LINE_3,
            duurzaam.EXPECTED_TEACHERS,
            HOLDS,
            Untestable(
                reason="een arbeidsmarktprognose voor techniekdocenten per school is er niet",
                missing=(Delivery.STAFF, Delivery.FORECASTS),
            ),
            Timing.STOCK,
        ),
        too_early(TEACHERS),
        development(duurzaam.TEACHER_FTE, HOLDS, Timing.STOCK),
        development(duurzaam.SHARE_55_PLUS, FALLS, Timing.STOCK),
    ),
    gaps=(
        "De toets op 'voldoende' is een ondergrens; de marge daarvan stelt de begeleidingscommissie vast.",
        "Personeel is geregistreerd per school, niet per vestiging, leerweg of profiel.",
        "Een docent met twee vakken kan in beide vakgroepen zijn geteld.",
        "Krapte in bouw en techniek en het landelijke beleid tegen het lerarentekort lopen door alles heen.",
    ),
)
