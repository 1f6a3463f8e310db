"""On the real DUO files the naive event study falls into the trap, and the moving-dose test pulls it out.

Project issue on the open-data run: on the dose of the count of October 2017 the path of the technical share of exam
candidates peaks at exam years 2018 and 2019 and falls off on both sides, about -.06 per EUR 1,000 in 2015 and -.04 in
2024, CRV3 SE about .02, RMC clusters. Those numbers are with schools of equal weight.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.measurements import FINAL
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.designs.moving_dose import moving_dose, moving_test, recounted_paths
from stoeval.panel.samples import cut, sample
from stoeval.verdicts import judge, weigh
from stoeval.vocabulary import Conclusion, Finding, IdentificationClass, Phase, Result, Role, Sample

if TYPE_CHECKING:
    from stoeval.designs.robustness import Study
    from stoeval.vocabulary import Link, MonitorPanel

NINE = next(one for one in CATALOGUE.hypotheses if one.number == 9)
COUNTS = (2016, 2017, 2019)
"""The counts by profile that are public."""


def link(name: str) -> Link:
    return next(one for one in NINE.links if one.name == name)


NAIVE = link("candidates-without-formula-input")


@pytest.fixture(scope="module")
def candidates(open_panel: MonitorPanel) -> Sample:
    """Return the technical share of candidates, 2014/15 to 2023/24, beside the dose of October 2017."""
    found = sample(cut(open_panel, FINAL.last_year), NAIVE.estimand(FINAL), CATALOGUE)
    assert isinstance(found, Sample)
    return found


@pytest.fixture(scope="module")
def naive(candidates: Sample) -> Study:
    """Return the naive event study with schools of equal weight, as in the issue."""
    equal = replace(candidates, weight=np.ones(len(candidates.weight)))
    return DoseEventStudy(formula_input=False).ask(NAIVE.estimand(FINAL), equal).study()


def test_the_dose_is_rebuilt_from_every_public_count(candidates: Sample) -> None:
    assert tuple(year for year, _ in candidates.recounted_doses) == COUNTS
    assert tuple(year for year, _ in candidates.recounted_inputs) == COUNTS
    assert np.array_equal(dict(candidates.recounted_doses)[2017], candidates.dose)
    assert np.array_equal(dict(candidates.recounted_inputs)[2017], candidates.conditioning[:, 0])
    assert all(np.isfinite(values).all() for _, values in candidates.recounted_doses)


def test_the_naive_path_peaks_at_the_count_and_falls_off_on_both_sides(naive: Study) -> None:
    """Exam year 2015 is school year 2014/15; the reference, exam year 2018, is zero."""
    years = naive.years.years if naive.years else ()
    path = dict(zip(years, naive.fit.coefficients, strict=True))
    errors = dict(zip(years, np.sqrt(np.diag(naive.covariance.matrix)), strict=True))
    assert max({**path, 2017: 0.0}, key=lambda year: {**path, 2017: 0.0}[year]) in {2017, 2018}
    assert path[2014] == pytest.approx(-0.06, abs=0.005)  # seen -.064
    assert path[2023] == pytest.approx(-0.04, abs=0.005)  # seen -.036
    assert errors[2014] == pytest.approx(0.02, abs=0.003)  # seen .018
    assert errors[2023] == pytest.approx(0.02, abs=0.003)  # seen .021
    assert path[2014] < path[2015] < path[2016] < 0
    assert path[2023] < path[2021] < 0


def test_the_peak_moves_with_the_count(naive: Study) -> None:
    """Pupils in leerjaar 4 and 3 at a count sit their exam in that school year and the next."""
    paths = recounted_paths(naive, formula_input=False)
    for count, path in paths.items():
        whole = {**path, 2017: 0.0}
        assert max(whole, key=lambda year: whole[year]) in {count, count + 1}
    assert tuple(paths) == COUNTS
    assert paths[2017] == pytest.approx(
        dict(zip(naive.years.years if naive.years else (), naive.fit.coefficients, strict=True)), abs=1e-9
    )


@pytest.mark.parametrize("weighted", ["by size", "equally"])
def test_the_moving_dose_test_alone_lowers_the_naive_claim_to_an_association(
    candidates: Sample, naive: Study, weighted: str
) -> None:
    by_size = DoseEventStudy(formula_input=False).ask(NAIVE.estimand(FINAL), candidates).study()
    (check,) = moving_dose(by_size if weighted == "by size" else naive)
    assert check.passed is False
    assert check.cap.word == "samenhang"
    assert "2016/17 in 2016/17, 2017/18 in 2018/19, 2019/20 in 2019/20" in check.detail
    assert check.statistic is not None
    assert check.statistic < 0.001


def test_the_input_of_the_formula_takes_the_falling_back_out(candidates: Sample) -> None:
    """With it recounted too, nothing moves any more that can be told from chance: p .59 against less than .0001."""
    study = DoseEventStudy().ask(NAIVE.estimand(FINAL), candidates).study()
    assert moving_test(study, formula_input=False).p_value < 0.001
    assert moving_dose(study)[0].passed is True


def test_even_a_significant_naive_study_on_its_own_could_not_contradict_the_hypothesis(candidates: Sample) -> None:
    """The rule is given the naive study as the only primary link, and a p-value of .001 that it does not have."""
    alone = replace(NAIVE, role=Role.PRIMARY)
    found = alone.design.find(NAIVE.estimand(FINAL), candidates)  # type: ignore[union-attr]
    only_moving = [check for check in found.checks if check.name == "moving dose"]
    lowered = replace(found, checks=tuple(only_moving), identification_class=only_moving[0].cap)
    assert isinstance(lowered, Finding)
    assert found.identification_class is IdentificationClass.D
    assert found.estimate.effect < 0
    results = [Result(hypothesis=9, link=alone, finding=lowered)]
    weight = weigh(results, Phase.FINAL, CATALOGUE)
    verdict = judge(NINE, results, weight, 0.001, FINAL, CATALOGUE)
    assert verdict.conclusion is Conclusion.UNDECIDED
    assert "samenhang" in verdict.because[0]
