"""Links without a design, and forks that do not fit, are left out or refused where they are met."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.catalogue import CATALOGUE, forks
from stoeval.catalogue.measurements import FINAL
from stoeval.catalogue.negative_controls import with_negative_controls
from stoeval.designs.panel_regression import PanelRegression
from stoeval.evaluation import answered
from stoeval.vocabulary import ForkKind, Untestable
from toy_samples import toy_sample

H9 = CATALOGUE.hypotheses[8]
CLOSED = Untestable(reason="niet geleverd")


def test_a_link_without_a_design_answers_for_itself_whatever_its_rows() -> None:
    link = replace(H9.primary[0], design=CLOSED)
    assert answered(H9, link, FINAL, toy_sample("units"), seed=1).finding is CLOSED


def test_a_primary_link_without_a_design_has_no_control_before_the_money() -> None:
    closed = replace(H9, further=(), primary=tuple(replace(link, design=CLOSED) for link in H9.primary))
    (found,) = with_negative_controls((closed,))
    assert not [link for link in found.further if "before-the-money" in link.name]


def test_a_design_without_a_formula_input_has_no_fork_that_leaves_it_out() -> None:
    link = next(link for link in H9.links if isinstance(link.design, PanelRegression))
    with pytest.raises(TypeError, match="has no input of a formula to leave out"):
        forks._without_input(link, ForkKind.PRESERVING)  # noqa: SLF001 - no declared link can reach this guard
