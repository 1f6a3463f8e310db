"""H1: agreements on who offers which profile keep the supply efficient and within reach."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE_2017, APPROVAL_ROUND, DOSE_LINE_1
from stoeval.catalogue.indicators import beyond_the_sketch, dekkend, duurzaam, kwalitatief
from stoeval.catalogue.links import (
    FALLS,
    FALLS_LATER,
    HOLDS,
    HOLDS_LATER,
    RISES,
    RISES_LATER,
    STOCK,
    WAVE,
    joint,
    robust,
    secondary,
    too_early,
)
from stoeval.catalogue.threats import LINE_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Threat, Untestable

COUNTS, SHARES = DoseEventStudy(outcome_model=OutcomeModel.POISSON), DoseEventStudy()
SHRINKING = (*LINE_THREATS, Threat.SHRINKING_REGION, Threat.SURVIVORSHIP)
NO_ELECTIVES = Untestable(reason="keuzevakken per vestiging zijn niet geregistreerd", missing=(Delivery.ELECTIVES,))
NOT_ANNOUNCED = Untestable(reason="aankondigingen zijn niet uit de regioplannen gecodeerd", missing=(Delivery.PLANS,))
NO_FORECASTS = Untestable(reason="prognoses per vestiging zijn er niet naar profiel", missing=(Delivery.FORECASTS,))
AGREED, REARRANGED = beyond_the_sketch.COOPERATION_VMBO_REGION, dekkend.TECHNICAL_OFFER_REARRANGED
OVERLAP = Link(
    name="overlap",
    cause=DOSE_LINE_1,
    effect=duurzaam.OVERLAP_PROFILES,
    expected=FALLS_LATER,
    design=COUNTS,
    timing=STOCK,
    role=Role.PRIMARY,
    threats=(*SHRINKING, Threat.CROWDING_OUT),
)
REACHABILITY = Link(
    name="reachability",
    cause=DOSE_LINE_1,
    effect=dekkend.REACHABILITY_PROFILES,
    expected=HOLDS_LATER,
    design=SHARES,
    timing=STOCK,
    role=Role.PRIMARY,
    threats=(*SHRINKING, Threat.SPILLOVER),
)
OFFER_CLOSED = secondary("offer-closed", AANLOOP_DOSE_2017, dekkend.TECHNICAL_OFFER_CLOSED, FALLS, SHARES, STOCK)

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
            secondary("agreements", DOSE_LINE_1, kwalitatief.COOPERATION_VMBO, RISES, SurveyPanel(), WAVE),
            secondary("rearranged", DOSE_LINE_1, REARRANGED, RISES_LATER, SHARES, STOCK),
            secondary("profile-size", DOSE_LINE_1, duurzaam.TECHNICAL_PROFILE_SIZE, RISES_LATER, COUNTS, STOCK),
            secondary("region-share", DOSE_LINE_1, duurzaam.TECHNICAL_SHARE_REGION, HOLDS_LATER, SHARES, STOCK),
        ),
    ),
    further=(
        secondary("profiles-offered", DOSE_LINE_1, dekkend.TECHNICAL_PROFILES_OFFERED, FALLS_LATER, COUNTS, STOCK),
        secondary("technical-pupils", DOSE_LINE_1, duurzaam.TECHNICAL_PUPILS, HOLDS_LATER, COUNTS, STOCK),
        secondary("reachability-bwi", DOSE_LINE_1, dekkend.REACHABILITY_BWI, HOLDS_LATER, SHARES, STOCK),
        secondary("reachability-pie", DOSE_LINE_1, dekkend.REACHABILITY_PIE, HOLDS_LATER, SHARES, STOCK),
        secondary("reachability-mt", DOSE_LINE_1, dekkend.REACHABILITY_MT, HOLDS_LATER, SHARES, STOCK),
        secondary(
            "overlap-through-rearranged",
            DOSE_LINE_1,
            duurzaam.OVERLAP_PROFILES,
            FALLS_LATER,
            MediatedEffect(years_earlier=2),
            STOCK,
            mediator=REARRANGED,
        ),
        secondary("agreements-to-rearranged", AGREED, REARRANGED, RISES, PanelRegression(), WAVE),
        secondary("announced", DOSE_LINE_1, beyond_the_sketch.MOVES_ANNOUNCED, RISES, NOT_ANNOUNCED, STOCK),
        robust(OVERLAP, "delayed-approval", DelayedApproval(), APPROVAL_ROUND),
        robust(REACHABILITY, "delayed-approval", DelayedApproval(), APPROVAL_ROUND),
        joint(OVERLAP),
        joint(REACHABILITY),
        secondary("candidates", AANLOOP_DOSE_2017, duurzaam.TECHNICAL_CANDIDATES, RISES, COUNTS, STOCK),
        secondary("profile-closed", DOSE_LINE_1, dekkend.TECHNICAL_PROFILE_CLOSED, FALLS_LATER, ClosureHazard(), STOCK),
        OFFER_CLOSED,
        robust(OFFER_CLOSED, "hazard", ClosureHazard()),
        secondary("overlap-candidates", AANLOOP_DOSE_2017, duurzaam.OVERLAP_CANDIDATES, FALLS, SHARES, STOCK),
        secondary("reachability-candidates", AANLOOP_DOSE_2017, dekkend.REACHABILITY_CANDIDATES, HOLDS, SHARES, STOCK),
        secondary("overlap-electives", DOSE_LINE_1, duurzaam.OVERLAP_ELECTIVES, FALLS_LATER, NO_ELECTIVES, STOCK),
        secondary("expected-pupils", DOSE_LINE_1, duurzaam.EXPECTED_PUPILS, HOLDS_LATER, NO_FORECASTS, STOCK),
        too_early(OVERLAP),
        too_early(REACHABILITY),
    ),
    gaps=(
        "De afspraken zelf zijn geen indicator in paragraaf 4.2; ze staan alleen in de gecodeerde regioplannen.",
        "Krimp drijft afspraken en sluitingen tegelijk; geld kan kleine profielen ook juist overeind houden.",
        "Daalt de overlap terwijl de bereikbaarheid afneemt, dan is er een afruil zichtbaar en geen steun.",
        "De omvang van een profiel en het aantal profielen tellen op tot de leerlingen, bij vestigingen met aanbod.",
    ),
)
