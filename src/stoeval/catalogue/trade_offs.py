"""The tensions of the background sketch, paragraph 2.2: what the programme may win at one end and lose at another.

Sustainable, covering and good education need not go together, and technique may grow at the cost of other profiles.
Either end may be the one that loses: agreements can cost quality or reach, and money can keep small profiles alive.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stoeval.catalogue.exposures import DOSE_LINE_1, DOSE_LINE_3, REGIONAL_DOSE
from stoeval.catalogue.indicators import dekkend, duurzaam, kwalitatief
from stoeval.catalogue.links import FALLS_LATER, HOLDS, HOLDS_LATER, RISES, secondary
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.share_model import ShareModel
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.vocabulary import Timing, TradeOff

if TYPE_CHECKING:
    from stoeval.vocabulary import Exposure, Link

_SKETCH = "Achtergrondschets Sterk Techniekonderwijs, paragraaf 2.2 (vanaf p. 7), spanning tussen doelen"
COUNTS = DoseEventStudy(outcome_model=OutcomeModel.POISSON)
SHARES = DoseEventStudy()

OTHER_PUPILS = replace(
    duurzaam.TECHNICAL_PUPILS,
    name="other_pupils",
    label="Leerlingen in niet-technische profielen",
    label_en="Pupils in profiles that are not technical",
    source="Achtergrondschets, paragraaf 4.2: verschuivingen tussen profielen komen in beeld; DUO-leerlingentelling "
    "van 1 oktober, leerjaar 3 en 4 van de beroepsgerichte leerwegen",
)
INDICATORS = (OTHER_PUPILS,)


def _overlap(cause: Exposure) -> Link:
    return secondary("overlap", cause, duurzaam.OVERLAP_PROFILES, FALLS_LATER, COUNTS, Timing.STOCK)


def _reach(cause: Exposure) -> Link:
    return secondary("reachability", cause, dekkend.REACHABILITY_PROFILES, HOLDS_LATER, SHARES, Timing.STOCK)


def _judgement(cause: Exposure) -> Link:
    return secondary("judgement", cause, kwalitatief.EDUCATION_JUDGEMENT, RISES, SurveyPanel(), Timing.WAVE)


TRADE_OFFS = (
    TradeOff(
        name="efficient-or-good",
        label="Duurzaam en kwalitatief hoogstaand: kost een doelmatiger aanbod kwaliteit?",
        label_en="Sustainable and good: does a more efficient supply cost quality?",
        reference=_SKETCH,
        hypothesis=1,
        first=_overlap(DOSE_LINE_1),
        second=_judgement(DOSE_LINE_1),
    ),
    TradeOff(
        name="small-profiles-kept",
        label="Duurzaam en kwalitatief hoogstaand: houdt geld voor kwaliteit kleine profielen in stand?",
        label_en="Sustainable and good: does money for quality keep small profiles alive?",
        reference=_SKETCH,
        hypothesis=6,
        first=_overlap(REGIONAL_DOSE),
        second=secondary(
            "facilities", REGIONAL_DOSE, kwalitatief.FACILITY_SATISFACTION, RISES, SurveyPanel(), Timing.WAVE
        ),
    ),
    TradeOff(
        name="enough-or-qualified",
        label="Duurzaam en kwalitatief hoogstaand: genoeg docenten of bevoegde docenten?",
        label_en="Sustainable and good: enough teachers or qualified teachers?",
        reference=_SKETCH,
        hypothesis=3,
        first=secondary("more-teachers", DOSE_LINE_3, duurzaam.TEACHER_FTE, RISES, ShareModel(), Timing.STOCK),
        second=secondary(
            "qualified", DOSE_LINE_3, kwalitatief.SHARE_QUALIFIED, HOLDS, EntitlementTripleDifference(), Timing.STOCK
        ),
    ),
    TradeOff(
        name="efficient-or-near",
        label="Duurzaam en dekkend: kost een doelmatiger aanbod bereikbaarheid?",
        label_en="Sustainable and covering: does a more efficient supply cost reach?",
        reference=_SKETCH,
        hypothesis=1,
        first=_overlap(DOSE_LINE_1),
        second=_reach(DOSE_LINE_1),
    ),
    TradeOff(
        name="near-or-good",
        label="Dekkend en kwalitatief hoogstaand: kost een aanbod dichtbij kwaliteit?",
        label_en="Covering and good: does a supply nearby cost quality?",
        reference=_SKETCH,
        hypothesis=4,
        first=_reach(REGIONAL_DOSE),
        second=_judgement(REGIONAL_DOSE),
    ),
    TradeOff(
        name="technical-or-other-profiles",
        label="Techniek en andere profielen: groeit techniek ten koste van andere profielen?",
        label_en="Technique and other profiles: does technique grow at the cost of other profiles?",
        reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 2.2 (vanaf p. 7): andere profielen in scholen",
        hypothesis=9,
        first=secondary("technical-pupils", REGIONAL_DOSE, duurzaam.TECHNICAL_PUPILS, RISES, COUNTS, Timing.STOCK),
        second=secondary("other-pupils", REGIONAL_DOSE, OTHER_PUPILS, HOLDS, COUNTS, Timing.STOCK),
    ),
    TradeOff(
        name="technical-or-tl",
        label="Techniek en de theoretische leerweg: groeit techniek ten koste van tl?",
        label_en="Technique and the theoretical leerweg: does technique grow at the cost of tl?",
        reference="Achtergrondschets Sterk Techniekonderwijs, paragraaf 2.2 en 4.2: verschuivingen komen in beeld",
        hypothesis=9,
        first=secondary(
            "technical-share", REGIONAL_DOSE, duurzaam.TECHNICAL_SHARE_ENTRANTS, RISES, SHARES, Timing.STOCK
        ),
        second=secondary("tl-share", REGIONAL_DOSE, duurzaam.TL_SHARE, HOLDS, SHARES, Timing.STOCK),
    ),
)
