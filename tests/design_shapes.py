"""Every design with options worth a test of its own, and the shape of sample that it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.causal_chain import MediatedEffect
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.closure_hazard import ClosureHazard
from stoeval.designs.comparable_groups import ComparableGroups
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_curve import DoseCurve
from stoeval.designs.dose_event_study import DoseEventStudy, OutcomeModel
from stoeval.designs.entitlement_triple_difference import EntitlementTripleDifference
from stoeval.designs.fractional_outcome import FractionalOutcome
from stoeval.designs.heterogeneous_adoption import HeterogeneousAdoption
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.ordered_outcome import OrderedOutcome
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.share_model import ShareModel
from stoeval.designs.staggered_adoption import StaggeredAdoption
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.designs.synthetic_difference_in_differences import SyntheticDifferenceInDifferences
from stoeval.vocabulary import SchoolYear
from toy_samples import ADMITTED

if TYPE_CHECKING:
    from stoeval.vocabulary import Design

ROUNDS = tuple(SchoolYear(start=year) for year in ADMITTED)
SHAPES: dict[Design, str] = {
    AanloopDose(): "zeros",
    AanloopDose(strata=False): "zeros",
    ChangeSinceBaseline(): "everyone",
    ComparableGroups(): "units",
    ComparableGroups(neighbours=2): "zeros",
    ClosureHazard(): "shares",
    ClosureHazard(every_year=True): "shares",
    DelayedApproval(first_years=ROUNDS): "rounds",
    DoseCurve(): "zeros",
    DoseEventStudy(): "units",
    DoseEventStudy(outcome_model=OutcomeModel.POISSON): "counts",
    EntitlementTripleDifference(): "gaps",
    FractionalOutcome(): "shares",
    HeterogeneousAdoption(): "units",
    JointDoseEventStudy(): "lines",
    JointDoseEventStudy(outcome_model=OutcomeModel.POISSON): "lines of counts",
    MediatedEffect(): "chain",
    OrderedOutcome(): "answers",
    PanelRegression(): "moving",
    ShareModel(): "choices",
    StaggeredAdoption(first_years=ROUNDS): "rounds",
    SurveyPanel(): "units",
    SyntheticDifferenceInDifferences(): "units",
}
"""What a sample has to look like for the planted effect to be what the design estimates."""
DOSES = [one for one in SHAPES if not isinstance(one, ChangeSinceBaseline)]
NO_LINE = (DelayedApproval, HeterogeneousAdoption, MediatedEffect, StaggeredAdoption, SyntheticDifferenceInDifferences)
LINES = [one for one in DOSES if not isinstance(one, NO_LINE)]
"""A straight line or curve of the dose, which one region alone cannot draw."""
NO_PLACEBO = (
    PanelRegression,
    MediatedEffect,
    DelayedApproval,
    StaggeredAdoption,
    ComparableGroups,
    SyntheticDifferenceInDifferences,
)
WITH_PLACEBO = [one for one in DOSES if not isinstance(one, NO_PLACEBO)]
UNBOUNDED = (StaggeredAdoption,)
"""Designs that know no bounds of masked counts, though they are linear."""
GAPS = [one for one in SHAPES if isinstance(one, (EntitlementTripleDifference, ShareModel))]
WEIGHTED_BY_PAST = (ComparableGroups, SyntheticDifferenceInDifferences)
"""Designs whose weights come from all years before the start."""
WITHIN_WINDOW = [
    one
    for one, shape in SHAPES.items()
    if shape in {"units", "zeros", "gaps", "everyone"} and not isinstance(one, WEIGHTED_BY_PAST)
]
"""Linear with an effect for every year: on a balanced panel only the years of the window count."""
