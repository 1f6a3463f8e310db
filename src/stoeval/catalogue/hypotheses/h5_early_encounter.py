"""H5: pupils who meet technology earlier and more broadly choose it more often."""

from __future__ import annotations

from stoeval.catalogue.cohort_exposure import BREADTH_EXPOSURE, PRIMARY_SCHOOL_EXPOSURE
from stoeval.catalogue.exposures import AANLOOP_DOSE_2017, DOSE_LINE_5_BREED, DOSE_LINE_5_PO
from stoeval.catalogue.indicators import dekkend, duurzaam
from stoeval.catalogue.links import FLOW, HOLDS, RISES, RISES_LATER, STOCK, joint, robust, secondary, too_early
from stoeval.catalogue.threats import LINE_THREATS
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.heterogeneous_adoption import HeterogeneousAdoption
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.share_model import ShareModel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Threat, Untestable

STUDY, TOGETHER = DoseEventStudy(), PanelRegression()
CHOICE_THREATS = (*LINE_THREATS, Threat.RELABELLING, Threat.SUBSTITUTION, Threat.SPILLOVER, Threat.COVID)
NO_ELECTIVES = Untestable(reason="keuzevakken per leerling zijn niet geregistreerd", missing=(Delivery.ELECTIVES,))
BREADTH = Link(
    name="breadth",
    cause=DOSE_LINE_5_BREED,
    effect=duurzaam.ENTRANTS_BY_GROUP,
    expected=RISES,
    design=ShareModel(exposure_years=BREADTH_EXPOSURE.years),
    timing=STOCK,
    role=Role.PRIMARY,
    threats=CHOICE_THREATS,
)
PRIMARY_SCHOOL = Link(
    name="primary-school",
    cause=DOSE_LINE_5_PO,
    effect=duurzaam.ENTRANTS_BY_GROUP,
    expected=RISES_LATER,
    design=ShareModel(exposure_years=PRIMARY_SCHOOL_EXPOSURE.years),
    timing=STOCK,
    role=Role.PRIMARY,
    threats=CHOICE_THREATS,
)
TL_TO_MBO = Link(
    name="tl-to-technical-mbo",
    cause=DOSE_LINE_5_BREED,
    effect=dekkend.TL_TECHNICAL_MBO_SHARE,
    expected=RISES,
    design=STUDY,
    timing=FLOW,
    role=Role.PRIMARY,
    threats=(*LINE_THREATS, Threat.COMPOSITION, Threat.COVID),
)
CANDIDATES = secondary("candidates", AANLOOP_DOSE_2017, duurzaam.CANDIDATES_BY_GROUP, RISES, ShareModel(), STOCK)

HYPOTHESIS = Hypothesis(
    number=5,
    slug="early_encounter",
    statement=(
        "Doordat leerlingen eerder (vanaf primair onderwijs) en breder (ook bij de niet-technische profielen en in de "
        "theoretische leerweg) kennismaken met techniek en technologie, kiezen meer leerlingen in het vmbo voor een "
        "technisch profiel of technisch/technologisch beroepsgerichte keuzevakken en stromen meer leerlingen door "
        "naar een technische mbo-opleiding."
    ),
    reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 4.1 (vanaf p. 25), hypothese 5",
    goal="dekkend",
    primary=(BREADTH, PRIMARY_SCHOOL, TL_TO_MBO),
    chain=CausalChain(
        links=(
            secondary(
                "to-mbo", duurzaam.TECHNICAL_SHARE_CANDIDATES, dekkend.TECHNICAL_MBO_SHARE, RISES, TOGETHER, FLOW
            ),
        ),
    ),
    further=(
        CANDIDATES,
        secondary(
            "mbo-through-choice",
            DOSE_LINE_5_BREED,
            dekkend.TECHNICAL_MBO_SHARE,
            RISES_LATER,
            MediatedEffect(years_earlier=1),
            FLOW,
            mediator=duurzaam.TECHNICAL_SHARE_ENTRANTS,
        ),
        robust(BREADTH, "by-leerweg", EntitlementTripleDifference(), effect=duurzaam.ENTRANTS_SHARE_BY_LEERWEG),
        robust(BREADTH, "no-untreated", HeterogeneousAdoption(), effect=duurzaam.TECHNICAL_SHARE_ENTRANTS),
        joint(BREADTH),
        joint(PRIMARY_SCHOOL),
        joint(TL_TO_MBO),
        secondary("share-hard", DOSE_LINE_5_BREED, duurzaam.TECHNICAL_SHARE_HARD, RISES, STUDY, STOCK),
        secondary("share-with-soft", DOSE_LINE_5_BREED, duurzaam.TECHNICAL_SHARE_HARD_AND_SOFT, RISES, STUDY, STOCK),
        secondary("share-with-dp", DOSE_LINE_5_BREED, duurzaam.TECHNICAL_SHARE_WITH_DP, RISES, STUDY, STOCK),
        secondary("girls", DOSE_LINE_5_BREED, duurzaam.TECHNICAL_SHARE_GIRLS, RISES, STUDY, STOCK),
        secondary("boys", DOSE_LINE_5_BREED, duurzaam.TECHNICAL_SHARE_BOYS, RISES, STUDY, STOCK),
        secondary("share-of-dp", DOSE_LINE_5_BREED, duurzaam.DP_SHARE, HOLDS, STUDY, STOCK),
        secondary("share-of-bb", DOSE_LINE_5_BREED, duurzaam.BB_SHARE, HOLDS, STUDY, STOCK),
        secondary("share-of-kb", DOSE_LINE_5_BREED, duurzaam.KB_SHARE, HOLDS, STUDY, STOCK),
        secondary("share-of-gl", DOSE_LINE_5_BREED, duurzaam.GL_SHARE, HOLDS, STUDY, STOCK),
        secondary("share-of-tl", DOSE_LINE_5_BREED, duurzaam.TL_SHARE, HOLDS, STUDY, STOCK),
        secondary("electives", DOSE_LINE_5_BREED, dekkend.ELECTIVE_FOLLOWERS, RISES, NO_ELECTIVES, STOCK),
        secondary("tl-electives", DOSE_LINE_5_BREED, dekkend.TL_ELECTIVE_FOLLOWERS, RISES, NO_ELECTIVES, STOCK),
        too_early(BREADTH),
        too_early(PRIMARY_SCHOOL),
        too_early(CANDIDATES),
    ),
    gaps=(
        "D&P telt niet als technisch; lees de uitkomst daarom onder elke definitie van technisch.",
        "Wie in het primair onderwijs is bereikt, maakt de stap naar het mbo pas na de eindmeting.",
        "De opwaartse druk naar tl en havo speelt mee; havo staat niet in de tabellen.",
    ),
)
