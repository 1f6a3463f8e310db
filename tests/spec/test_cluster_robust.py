"""One door: every pair of kind and convention gives its own covariance or is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from stoeval.errors import EstimationError
from stoeval.inference.bell_mccaffrey import crv2
from stoeval.inference.cluster_robust import crv
from stoeval.inference.clustering import Convention, Kind, crv1, crv3
from stoeval.inference.least_squares import Fit, fit

KNOWN = {
    Kind.CRV1: {Convention.FIXEST, Convention.STATA, Convention.LINEARMODELS, Convention.CLUBSANDWICH},
    Kind.CRV2: {Convention.CLUBSANDWICH},
    Kind.CRV3: {Convention.SUMMCLUST, Convention.CLUBSANDWICH, Convention.FIXEST},
}


@pytest.fixture(scope="module")
def panel() -> Fit:
    generator = np.random.default_rng(8)
    unit, year = np.repeat(np.arange(12), 4), np.tile(np.arange(4), 12)
    columns = generator.normal(size=(48, 2))
    cluster = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4])[unit]
    outcome = generator.normal(size=48)
    return fit(outcome, columns, names=("a", "b"), cluster=cluster, nested=[unit], crossed=[year])


def test_every_known_pair_gives_another_number(panel: Fit) -> None:
    found = {(kind, convention): crv(panel, kind, convention) for kind, known in KNOWN.items() for convention in known}
    assert len(found) == 8
    assert len({float(each.matrix[0, 0]) for each in found.values()}) == 8
    assert all(each.convention.startswith(f"{kind} ") for (kind, _), each in found.items())


@pytest.mark.parametrize(
    ("kind", "convention"), [pair for pair in product(Kind, Convention) if pair[1] not in KNOWN[pair[0]]]
)
def test_a_pair_that_makes_no_sense_is_refused(panel: Fit, kind: Kind, convention: Convention) -> None:
    with pytest.raises(EstimationError, match=f"convention {convention} "):
        crv(panel, kind, convention)


def test_each_kind_has_a_convention_of_its_own_and_the_jackknife_is_the_default(panel: Fit) -> None:
    for kind, made in ((Kind.CRV1, crv1), (Kind.CRV2, crv2), (Kind.CRV3, crv3)):
        np.testing.assert_array_equal(crv(panel, kind).matrix, made(panel).matrix)
    assert crv(panel).convention == "CRV3 (G-1)/G, t(4)"
