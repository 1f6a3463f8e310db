"""H5: pupils who meet technology earlier and more broadly choose it more often."""

from __future__ import annotations

from stoeval.catalogue.exposures import AANLOOP_DOSE_2017, DOSE_LINE_5_BREED, DOSE_LINE_5_PO
from stoeval.catalogue.indicators import dekkend, duurzaam
from stoeval.catalogue.links import RISES, RISES_LATER, development, secondary, too_early
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.share_model import ShareModel
from stoeval.vocabulary import CausalChain, Delivery, Hypothesis, Link, Role, Timing, Untestable

BREADTH = Link(
    name="breadth",
    cause=DOSE_LINE_5_BREED,
    effect=duurzaam.ENTRANTS_BY_GROUP,
    expected=RISES,
    design=ShareModel(),
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
PRIMARY_SCHOOL = Link(
    name="primary-school",
    cause=DOSE_LINE_5_PO,
    effect=duurzaam.ENTRANTS_BY_GROUP,
    expected=RISES_LATER,
    design=ShareModel(),
    timing=Timing.STOCK,
    role=Role.PRIMARY,
)
TL_TO_MBO = Link(
    name="tl-to-technical-mbo",
    cause=DOSE_LINE_5_BREED,
    effect=dekkend.TL_TECHNICAL_MBO_SHARE,
    expected=RISES,
    design=DoseEventStudy(),
    timing=Timing.FLOW,
    role=Role.PRIMARY,
)
CANDIDATES = secondary("candidates", AANLOOP_DOSE_2017, duurzaam.CANDIDATES_BY_GROUP, RISES, ShareModel(), Timing.STOCK)

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
                "choice-to-mbo",
                duurzaam.TECHNICAL_SHARE_CANDIDATES,
                dekkend.TECHNICAL_MBO_SHARE,
                RISES,
                PanelRegression(),
                Timing.FLOW,
            ),
        ),
    ),
    further=(
        CANDIDATES,
        secondary(
            "electives",
            DOSE_LINE_5_BREED,
            dekkend.ELECTIVE_FOLLOWERS,
            RISES,
            Untestable(reason="keuzevakken per leerling zijn niet geregistreerd", missing=(Delivery.ELECTIVES,)),
            Timing.STOCK,
        ),
        secondary(
            "tl-electives",
            DOSE_LINE_5_BREED,
            dekkend.TL_ELECTIVE_FOLLOWERS,
            RISES,
            Untestable(reason="keuzevakken van tl-leerlingen zijn niet geregistreerd", missing=(Delivery.ELECTIVES,)),
            Timing.STOCK,
        ),
        too_early(BREADTH),
        too_early(CANDIDATES),
        development(duurzaam.ENTRANTS_BY_GROUP, RISES, Timing.STOCK),
        development(duurzaam.CANDIDATES_BY_GROUP, RISES, Timing.STOCK),
        development(dekkend.TL_TECHNICAL_MBO_SHARE, RISES, Timing.FLOW),
    ),
    gaps=(
        "D&P telt niet als technisch; lees de uitkomst daarom onder elke definitie van technisch.",
        "Wie in het primair onderwijs is bereikt, maakt de stap naar het mbo pas na de eindmeting.",
        "De opwaartse druk naar tl en havo speelt mee; havo staat niet in de tabellen.",
    ),
)
