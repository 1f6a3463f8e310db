"""Design-based variance: by hand, at its limits, and against doses that are assigned over and over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.clustering import Convention, Kind, crv1
from stoeval.inference.design_based import design_based
from stoeval.inference.least_squares import Fit, fit

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats

EXACT = 1e-12  # worst deviation seen 7e-16


@pytest.fixture
def rises() -> Fit:
    """Four units whose outcomes rise by 1, 2, 3 and 6: scores -1, -1/2, 0 and 3/2, bread 1/2 (test_clustering)."""
    unit = np.repeat(np.arange(4), 2)
    outcome = np.array([5.0, 6, 1, 3, 0, 3, 2, 8])
    return fit(outcome, np.tile([0.0, 1.0], 4)[:, None], names=("x",), cluster=unit, nested=[unit])


def test_without_attributes_it_is_the_sandwich(rises: Fit) -> None:
    """Scores sum to zero, so that a constant alone explains nothing."""
    found = design_based(rises, np.empty((4, 0)), kind=Kind.CRV1)
    assert found.matrix == pytest.approx(crv1(rises, Convention.CLUBSANDWICH).matrix, rel=EXACT)
    assert (found.df, found.convention) == (3, "design-based CRV1, 1 attributes, share 1, t(3)")


def test_an_attribute_takes_out_the_scores_that_it_predicts(rises: Fit) -> None:
    """On z = 0, 0, 0, 1 means are -1/2 and 3/2; -1/2, 0, 1/2 and 0 are left, 1/2 in squares, times 4/2 and 1/4."""
    found = design_based(rises, np.array([[0.0], [0], [0], [1]]), kind=Kind.CRV1)
    assert found.matrix[0, 0] == pytest.approx(4 / 2 * 0.5 / 4, rel=EXACT)
    assert found.df == 2


def test_an_attribute_that_repeats_another_does_not_count(rises: Fit) -> None:
    z = np.array([0.0, 0, 0, 1])
    once, twice = (design_based(rises, columns) for columns in (z[:, None], np.column_stack([z, 5 - 2 * z])))
    assert twice.matrix == pytest.approx(once.matrix, rel=EXACT)
    assert (once.df, twice.df) == (2, 2)


def test_the_share_observed_weighs_between_the_sandwich_and_the_design(rises: Fit) -> None:
    """A quarter of .25 and three quarters of 7/8, the sandwich without a factor."""
    found = design_based(rises, np.array([[0.0], [0], [0], [1]]), share=0.25, kind=Kind.CRV1)
    assert found.matrix[0, 0] == pytest.approx(0.25 * 0.25 + 0.75 * 7 / 8, rel=EXACT)


def test_scores_of_several_coefficients_keep_their_covariance() -> None:
    generator = np.random.default_rng(2)
    x, z = generator.normal(size=(30, 2)), generator.normal(size=30)
    found = fit(generator.normal(size=30), x, names=("a", "b"), cluster=np.arange(30), controls=z[:, None])
    scores = found.cluster_score @ found.bread[:, :2]
    predictors = np.column_stack([np.ones(30), z])
    left = scores - predictors @ np.linalg.lstsq(predictors, scores)[0]
    np.testing.assert_allclose(
        design_based(found, z[:, None], kind=Kind.CRV1).matrix, 30 / 28 * left.T @ left, rtol=1e-10
    )


@pytest.mark.parametrize("kind", [Kind.CRV2, Kind.CRV3])
def test_equal_leverage_adjusts_every_score_alike(rises: Fit, kind: Kind) -> None:
    """Each unit has leverage 1/4: residuals times (3/4)^(-1/2) or (3/4)^-1."""
    z = np.array([[0.0], [0], [0], [1]])
    plain, adjusted = (design_based(rises, z, kind=each).matrix[0, 0] for each in (Kind.CRV1, kind))
    assert adjusted / plain == pytest.approx(4 / 3 if kind is Kind.CRV2 else 16 / 9, rel=EXACT)


def test_of_no_clusters_observed_it_is_the_covariance_of_its_kind(rises: Fit) -> None:
    found = design_based(rises, np.array([[0.0], [0], [0], [1]]), share=0.0)
    assert found.matrix == pytest.approx(crv2(rises).matrix, rel=EXACT)


@pytest.mark.parametrize(
    ("attributes", "share", "message"),
    [
        (np.zeros((3, 1)), 1.0, r"attributes of shape \(3, 1\) are not 4 rows"),
        (np.zeros(4), 1.0, r"attributes of shape \(4,\) are not 4 rows"),
        (np.full((4, 1), np.nan), 1.0, r"attributes of shape \(4, 1\) are not 4 rows of finite numbers"),
        (np.zeros((4, 1)), 1.5, "a share of 1.5 of all clusters"),
        (np.zeros((4, 1)), -0.1, "a share of -0.1 of all clusters"),
    ],
)
def test_what_cannot_be_is_refused(rises: Fit, attributes: Floats, share: float, message: str) -> None:
    with pytest.raises(EstimationError, match=message):
        design_based(rises, attributes, share=share)


def test_as_many_attributes_as_clusters_leave_nothing(rises: Fit) -> None:
    with pytest.raises(NotIdentified, match="4 attributes, with a constant, explain everything of 4 clusters"):
        design_based(rises, np.eye(4)[:, :3])


def test_two_clusters_are_too_few(rises: Fit) -> None:
    with pytest.raises(NotIdentified, match="2 clusters"):
        design_based(replace(rises, n_clusters=2), np.zeros((2, 1)))


# --- assignments over and over -----------------------------------------------------------------------------------


class Regions:
    """78 regions whose effect of the dose depends on an attribute; only the dose differs between assignments."""

    def __init__(self, *, slope: float) -> None:
        generator = np.random.default_rng(78)
        self.attribute = generator.normal(size=78)
        self.effect = 1.0 + slope * self.attribute
        self.without = generator.normal(size=78) + 0.5 * self.attribute

    def doses(self, count: int) -> Floats:
        """Return assignments (count, 78) with a mean that is linear in the attribute."""
        chance = np.random.default_rng(2_020).uniform(-1.0, 1.0, (count, 78))
        return 1.0 + 0.3 * self.attribute + chance

    def fitted(self, dose: Floats) -> Fit:
        """Return the fit of the change of each region on its dose and its attribute."""
        outcome = self.without + self.effect * dose
        return fit(outcome, dose, names=("dose",), cluster=np.arange(78), controls=self.attribute[:, None])

    def estimates(self, doses: Floats) -> Floats:
        """Return the coefficient of each assignment, by cleaning the dose of constant and attribute."""
        basis = np.linalg.qr(np.column_stack([np.ones(78), self.attribute]))[0]
        cleaned = doses - doses @ basis @ basis.T
        return (cleaned * (self.without + self.effect * doses)).sum(axis=1) / (cleaned**2).sum(axis=1)


def ratios(regions: Regions) -> tuple[float, float]:
    """Return the mean design-based and clustered variances, over the variance of 20,000 assignments."""
    doses = regions.doses(20_000)
    estimates = regions.estimates(doses)
    fits = [regions.fitted(dose) for dose in doses[:100]]
    np.testing.assert_allclose([found.coefficients[0] for found in fits], estimates[:100], rtol=1e-10)
    attribute = regions.attribute[:, None]
    design = np.mean([design_based(found, attribute).matrix[0, 0] for found in fits])
    clustered = np.mean([crv1(found, Convention.CLUBSANDWICH).matrix[0, 0] for found in fits])
    return float(design / estimates.var()), float(clustered / estimates.var())


def test_where_effects_differ_the_sandwich_is_too_large_and_the_design_is_right() -> None:
    """The attribute predicts the effects wholly, so that nothing is left between estimate and truth."""
    design, clustered = ratios(Regions(slope=3.0))
    assert design == pytest.approx(1, abs=0.05)  # deviation seen 0.005; chance is 0.01
    assert clustered > 1.3  # 1.41 seen


def test_where_effects_are_equal_both_are_right() -> None:
    design, clustered = ratios(Regions(slope=0.0))
    assert design == pytest.approx(1, abs=0.05)  # deviation seen 0.006
    assert clustered == pytest.approx(1, abs=0.1)  # deviation seen 0.05: CRV1 is small with 78 clusters


def test_an_attribute_that_predicts_nothing_leaves_the_design_conservative() -> None:
    """Effects differ by what nobody measured: no less than the truth, no more than the sandwich."""
    regions = Regions(slope=3.0)
    shuffled = np.random.default_rng(5).permutation(regions.attribute)[:, None]
    fits = [regions.fitted(dose) for dose in regions.doses(50)]
    blind = np.mean([design_based(found, shuffled).matrix[0, 0] for found in fits])
    seeing = np.mean([design_based(found, regions.attribute[:, None]).matrix[0, 0] for found in fits])
    assert blind > 1.3 * seeing  # 1.51 seen
