"""H1: agreements on who offers which profile keep the supply efficient and within reach."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE_2017, DOSE_LINE_1
from stoeval.catalogue.indicators import dekkend, duurzaam
from stoeval.catalogue.links import (
    FALLS,
    FALLS_LATER,
    HOLDS,
    HOLDS_LATER,
    RISES,
    RISES_LATER,
    development,
    secondary,
    too_early,
)
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Timing, Untestable

COUNTS = DoseEventStudy(outcome_model=OutcomeModel.POISSON)
SHARES = DoseEventStudy()

OVERLAP = Link(
    name="overlap",
    cause=DOSE_LINE_1,
    effect=duurzaam.OVERLAP_PROFILES,
    expected=FALLS_LATER,
    design=COUNTS,
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
REACHABILITY = Link(
    name="reachability",
    cause=DOSE_LINE_1,
    effect=dekkend.REACHABILITY_PROFILES,
    expected=HOLDS_LATER,
    design=SHARES,
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)

HYPOTHESIS = Hypothesis(
    number=1,
    slug="profile_agreements",
    statement=(
        "Doordat vmbo-scholen regionaal afspraken maken over wie welke techniekprofielen (en keuzevakken) aanbiedt, "
        "ontstaat er een doelmatig aanbod, dat ook op de lange termijn overeind kan blijven. Hierdoor kunnen "
        "leerlingen (in elke regio) ook in de toekomst (blijven) kiezen voor techniek."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 1",
    goal="duurzaam",
    primary=(OVERLAP, REACHABILITY),
    chain=CausalChain(
        links=(
            secondary("profile-size", DOSE_LINE_1, duurzaam.TECHNICAL_PROFILE_SIZE, RISES_LATER, SHARES, Timing.STOCK),
            secondary("region-share", DOSE_LINE_1, duurzaam.TECHNICAL_SHARE_REGION, HOLDS_LATER, SHARES, Timing.STOCK),
        ),
    ),
    further=(
        secondary("candidates", AANLOOP_DOSE_2017, duurzaam.TECHNICAL_CANDIDATES, RISES, COUNTS, Timing.STOCK),
        secondary("offer-closed", AANLOOP_DOSE_2017, dekkend.TECHNICAL_OFFER_CLOSED, FALLS, SHARES, Timing.STOCK),
        secondary("overlap-candidates", AANLOOP_DOSE_2017, duurzaam.OVERLAP_CANDIDATES, FALLS, SHARES, Timing.STOCK),
        secondary(
            "reachability-candidates", AANLOOP_DOSE_2017, dekkend.REACHABILITY_CANDIDATES, HOLDS, SHARES, Timing.STOCK
        ),
        secondary(
            "overlap-electives",
            DOSE_LINE_1,
            duurzaam.OVERLAP_ELECTIVES,
            FALLS_LATER,
            Untestable(reason="keuzevakken per vestiging zijn niet geregistreerd", missing=(Delivery.ELECTIVES,)),
            Timing.STOCK,
        ),
        secondary(
            "expected-pupils",
            DOSE_LINE_1,
            duurzaam.EXPECTED_PUPILS,
            HOLDS_LATER,
            Untestable(reason="prognoses per vestiging zijn er niet naar profiel", missing=(Delivery.FORECASTS,)),
            Timing.STOCK,
        ),
        too_early(OVERLAP),
        development(duurzaam.OVERLAP_PROFILES, FALLS, Timing.STOCK),
        development(duurzaam.OVERLAP_CANDIDATES, FALLS, Timing.STOCK),
        development(duurzaam.TECHNICAL_CANDIDATES, HOLDS, Timing.STOCK),
    ),
    gaps=(
        "De afspraken zelf zijn geen indicator in paragraaf 4.2; ze staan alleen in de gecodeerde regioplannen.",
        "Krimp drijft afspraken en sluitingen tegelijk; geld kan kleine profielen ook juist overeind houden.",
        "Daalt de overlap terwijl de bereikbaarheid afneemt, dan is er een afruil zichtbaar en geen steun.",
    ),
)
