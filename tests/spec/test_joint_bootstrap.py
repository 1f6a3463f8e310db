"""Several combinations under one set of weights: the single tests, held together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.wild_bootstrap import (
    Counting,
    JointBootstrap,
    Variant,
    Weights,
    joint_wild_bootstrap,
    wild_cluster_bootstrap,
)

ALONE = np.array([1.0])


def panel(seed: int = 1, *, clusters: int = 14, without: tuple[int, ...] = ()) -> Fit:
    """Return the fit of one outcome; the design is the same for every seed, some clusters may be left out."""
    design = np.random.default_rng(99)
    unit, year = np.repeat(np.arange(2 * clusters), 4), np.tile(np.arange(4), 2 * clusters)
    dose = design.lognormal(size=clusters)[unit // 2] * (year > 1)
    outcome = np.random.default_rng(seed).normal(size=len(unit))
    kept = ~np.isin(unit // 2, without)
    return fit(
        outcome[kept],
        dose[kept, None],
        names=("dose",),
        cluster=(unit // 2)[kept],
        nested=[unit[kept]],
        crossed=[year[kept]],
    )


def run(fits: list[Fit], *, seed: int = 1, **choices: Any) -> JointBootstrap:  # noqa: ANN401 - passes options on
    choices = {"draws": 499} | choices
    return joint_wild_bootstrap(fits, [ALONE] * len(fits), generator=np.random.default_rng(seed), **choices)


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("counting", list(Counting))
def test_each_p_value_is_that_of_the_single_test(variant: Variant, counting: Counting, *, restricted: bool) -> None:
    """The first fit of a joint draw takes the same weights from the generator as a test alone."""
    choices: dict[str, Any] = {"variant": variant, "counting": counting, "restricted": restricted, "draws": 499}
    joint = run([panel(1), panel(2)], nulls=[0.1, 0.0], **choices)
    for number, null in enumerate((0.1, 0.0)):
        single = wild_cluster_bootstrap(
            panel(number + 1), ALONE, generator=np.random.default_rng(1), null=null, interval=False, **choices
        )
        assert joint.p_values[number] == single.p_value
        assert joint.statistics[number] == single.statistic


def test_an_outcome_that_occurs_twice_has_the_same_draws_twice() -> None:
    joint = run([panel(1), panel(1), panel(2)])
    np.testing.assert_array_equal(joint.drawn[:, 0], joint.drawn[:, 1])
    assert (joint.drawn[:, 0] != joint.drawn[:, 2]).any()


def test_an_outcome_and_its_mirror_have_mirrored_draws() -> None:
    found = panel(1)
    generator = np.random.default_rng(1)
    joint = joint_wild_bootstrap([found, found], [ALONE, -ALONE], generator=generator, draws=199)
    np.testing.assert_allclose(joint.drawn[:, 0], -joint.drawn[:, 1], rtol=1e-12)  # no deviation seen


def test_labels_keep_the_weight_of_a_cluster_where_another_is_missing() -> None:
    """The fit without clusters 0 and 5, drawn alone under the weights that its clusters have among all."""
    whole, part = panel(1), panel(1, without=(0, 5))
    names = [np.arange(14), np.setdiff1d(np.arange(14), (0, 5))]
    joint = run([whole, part], labels=names)
    assert joint.p_values[0] == run([whole]).p_values[0]
    swapped = run([part, whole], labels=names[::-1])
    np.testing.assert_array_equal(joint.drawn, swapped.drawn[:, ::-1])


@pytest.mark.parametrize(
    "choice",
    [
        {"nulls": [0.5, 0.0]},
        {"labels": [np.arange(14), np.arange(14) + 3]},
        {"draws": 299},
        {"variant": Variant.JACKKNIFE_BOTH},
        {"restricted": False},
        {"weights": Weights.WEBB},
        {"counting": Counting.STRICT},
        {"seed": 2},
    ],
    ids=lambda choice: next(iter(choice)),
)
def test_every_choice_changes_the_result(choice: dict[str, Any]) -> None:
    default, other = run([panel(1), panel(2)]), run([panel(1), panel(2)], **choice)
    assert (default.p_values, default.drawn.shape) != (other.p_values, other.drawn.shape) or (
        default.drawn != other.drawn
    ).any()


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"nulls": [0.0]}, "equally many"),
        ({"nulls": [0.0, np.inf]}, "finite"),
        ({"labels": [np.arange(14), np.arange(13)]}, "sorted codes"),
        ({"labels": [np.arange(14), np.arange(14)[::-1]]}, "sorted codes"),
        ({"draws": 0}, "at least 1"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(EstimationError, match=words):
        run([panel(1), panel(2)], **choices)


def test_fits_with_other_clusters_need_labels() -> None:
    with pytest.raises(EstimationError, match="give `labels`"):
        run([panel(1), panel(1, without=(3,))])


def test_no_fit_is_no_test() -> None:
    with pytest.raises(EstimationError, match="0 fits"):
        run([])


def test_a_perfect_fit_has_no_statistic() -> None:
    unit, dose = np.repeat(np.arange(15), 2), np.arange(30) % 2 * np.repeat(np.linspace(0.3, 2.7, 15), 2)
    found = fit(unit + dose, dose[:, None], names=("dose",), cluster=unit, nested=[unit])
    with pytest.raises(NotIdentified, match="standard error is zero"):
        run([found])
