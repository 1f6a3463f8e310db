"""Threats by kind: what stands between a cause and an effect because of how one came about and the other is observed.

A link that names threats of its own keeps those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    ApprovalRound,
    Delivery,
    Indicator,
    Programme,
    RegionalBudget,
    Threat,
)

if TYPE_CHECKING:
    from stoeval.vocabulary import Exposure

LINE_THREATS = (Threat.CHOSEN_BY_REGIONS, Threat.REGRESSION_TO_THE_MEAN, Threat.OTHER_PROGRAMMES)
"""What stands between any line of activity and an outcome."""
SURVEY_THREATS = (Threat.CHOSEN_BY_REGIONS, Threat.SELF_REPORT, Threat.NON_RESPONSE, Threat.COVID)
"""What stands between any line of activity and an answer."""
OF_A_RULE: dict[type, tuple[Threat, ...]] = {
    AanloopFormula: (Threat.REGRESSION_TO_THE_MEAN, Threat.OTHER_PROGRAMMES),
    RegionalBudget: LINE_THREATS,
    ActivityLine: LINE_THREATS,
    ApprovalRound: (Threat.CHOSEN_BY_REGIONS, Threat.ANTICIPATION),
    Programme: (Threat.OTHER_PROGRAMMES, Threat.LABOUR_MARKET, Threat.COVID),
}
"""How an exposure came about; a region sets part of its budget itself, by its co-financing."""
OF_AN_INDICATOR = (Threat.COMPOSITION, Threat.OTHER_PROGRAMMES)
"""What moves two indicators alike."""
OF_A_DELIVERY: dict[Delivery, tuple[Threat, ...]] = {
    Delivery.ENROLMENT: (Threat.SPILLOVER, Threat.RELABELLING),
    Delivery.EXAM_CANDIDATES: (Threat.SPILLOVER, Threat.RELABELLING),
    Delivery.EXAM_RESULTS: (Threat.COMPOSITION, Threat.COVID),
    Delivery.STAFF: (Threat.LABOUR_MARKET, Threat.REGISTRATION),
    Delivery.FLOWS: (Threat.LABOUR_MARKET, Threat.COVID),
    Delivery.INVESTMENT: (Threat.CROWDING_OUT, Threat.REGISTRATION),
    Delivery.ELECTIVES: (Threat.REGISTRATION,),
    Delivery.FORECASTS: (Threat.SHRINKING_REGION,),
    Delivery.PLANS: (Threat.SELF_REPORT,),
    Delivery.SURVEY: (Threat.SELF_REPORT, Threat.NON_RESPONSE, Threat.COVID),
    Delivery.CONTEXT: (Threat.LABOUR_MARKET,),
}
"""How an indicator is observed."""


def usual_threats(cause: Exposure | Indicator, effect: Indicator) -> tuple[Threat, ...]:
    """Return what threatens a link whatever its hypothesis; raise KeyError for a kind that has no line here."""
    if isinstance(cause, Indicator):
        found = (*OF_AN_INDICATOR, *OF_A_DELIVERY[cause.delivery])
    else:
        found = OF_A_RULE[type(cause.rule)]
    return tuple(dict.fromkeys((*found, *OF_A_DELIVERY[effect.delivery])))
