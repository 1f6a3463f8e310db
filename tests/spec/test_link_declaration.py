"""A link is refused when it is declared with a design that does not take its cause, outcome or window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.catalogue.exposures import AANLOOP_DOSE, APPROVAL_ROUND, DOSE_LINE_1, PROGRAMME, REGIONAL_DOSE
from stoeval.catalogue.indicators import duurzaam, kwalitatief
from stoeval.catalogue.links import RISES
from stoeval.designs.aanloop_dose import AanloopDose
from stoeval.designs.change_since_baseline import ChangeSinceBaseline
from stoeval.designs.delayed_approval import DelayedApproval
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.joint_dose_event_study import JointDoseEventStudy
from stoeval.designs.panel_regression import PanelRegression
from stoeval.designs.survey_panel import SurveyPanel
from stoeval.errors import CatalogueError
from stoeval.vocabulary import Delivery, Link, Role, Timing, Untestable

LINK = Link(
    name="choice",
    cause=REGIONAL_DOSE,
    effect=duurzaam.TECHNICAL_SHARE_ENTRANTS,
    expected=RISES,
    design=DoseEventStudy(),
    timing=Timing.STOCK,
    role=Role.SECONDARY,
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"design": ChangeSinceBaseline()}, "change since baseline does not take RegionalBudget as a cause"),
        ({"cause": PROGRAMME}, "dose event study does not take Programme as a cause"),
        ({"cause": APPROVAL_ROUND}, "does not take ApprovalRound as a cause"),
        ({"design": DelayedApproval()}, "delayed approval does not take RegionalBudget as a cause"),
        ({"design": JointDoseEventStudy()}, "joint dose event study does not take RegionalBudget as a cause"),
        ({"design": PanelRegression()}, "panel regression does not take RegionalBudget as a cause"),
        ({"cause": kwalitatief.MOTIVATION}, "does not take Indicator as a cause"),
        ({"design": SurveyPanel()}, "survey panel does not take the window stock"),
        ({"cause": AANLOOP_DOSE, "design": AanloopDose()}, "aanloop dose does not take the window stock"),
        ({"effect": duurzaam.TEACHER_FTE}, "does not take outcomes at level school x subject group"),
    ],
)
def test_a_design_refuses_what_it_does_not_take(changes: dict[str, object], said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        replace(LINK, **changes)


def test_everything_that_does_not_fit_is_named_at_once() -> None:
    with pytest.raises(CatalogueError, match="subject group nor Programme as a cause nor the window stock"):
        replace(LINK, design=SurveyPanel(), cause=PROGRAMME, effect=duurzaam.TEACHER_FTE)


def test_an_untestable_link_may_name_anything() -> None:
    assert replace(LINK, cause=PROGRAMME, design=Untestable(reason="niet geleverd")).cause is PROGRAMME


def test_the_minimal_data_of_a_link_are_the_deliveries_of_all_its_parts() -> None:
    """By hand: counts for the outcome, a region table and plans for the dose, a survey for the mediator."""
    link = replace(LINK, cause=DOSE_LINE_1, mediator=kwalitatief.FACILITY_SATISFACTION)
    assert link.minimal_data == (Delivery.ENROLMENT, Delivery.REGIONS, Delivery.PLANS, Delivery.SURVEY)
