"""Every design on a dose rebuilds it from the other counts at hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from design_shapes import SHAPES, WITH_PLACEBO
from stoeval.vocabulary import IdentificationClass
from toy_samples import toy_estimand, toy_sample

if TYPE_CHECKING:
    from stoeval.vocabulary import Design, Sample

COUNTS = (2016, 2017, 2018)
SAMPLE_OF_A_LINE = "units"


def counted(shape: str, *years: int) -> Sample:
    """Return a sample whose dose was paid on 2017, with noise of their own in the other counts."""
    sample = toy_sample(shape, effect=0.05)
    generator = np.random.default_rng(3)
    units = int(sample.unit.max()) + 1
    noise = {year: generator.normal(0, 0.1 * (year != 2017), units)[sample.unit] for year in years}
    return replace(
        sample,
        recounted_doses=tuple((year, sample.dose + one) for year, one in noise.items()),
        recounted_inputs=tuple((year, sample.formula_input[:, 0] + one**2) for year, one in noise.items()),
    )


@pytest.mark.parametrize("design", WITH_PLACEBO, ids=str)
def test_every_dose_design_reports_whether_its_path_moves_with_the_count(design: Design) -> None:
    shape = SHAPES[design]
    found = design.find(toy_estimand(shape), counted(shape, *COUNTS))
    (check,) = (check for check in found.checks if check.name == "moving dose")
    assert check.passed is not None
    assert found.identification_class.at_most(check.cap) is found.identification_class


@pytest.mark.parametrize("design", WITH_PLACEBO, ids=str)
def test_one_other_count_cannot_show_it_and_lowers_the_claim(design: Design) -> None:
    shape = SHAPES[design]
    found = design.find(toy_estimand(shape), counted(shape, 2016, 2017))
    (check,) = (check for check in found.checks if check.name == "moving dose")
    assert check.passed is None
    assert check.cap is IdentificationClass.C


@pytest.mark.parametrize("design", WITH_PLACEBO, ids=str)
def test_a_dose_that_counts_nobody_is_not_asked(design: Design) -> None:
    shape = SHAPES[design]
    found = design.find(toy_estimand(shape), toy_sample(shape))
    assert not [check for check in found.checks if check.name.startswith("moving dose")]


def test_some_rows_of_a_sample_keep_their_recounted_doses() -> None:
    sample = counted(SAMPLE_OF_A_LINE, *COUNTS)
    keep = np.flatnonzero(sample.period == 2020)
    part = sample.rows(keep)
    for name in ("recounted_doses", "recounted_inputs"):
        whole, kept = dict(getattr(sample, name)), dict(getattr(part, name))
        assert {year: list(values) for year, values in kept.items()} == {
            year: list(values[keep]) for year, values in whole.items()
        }
