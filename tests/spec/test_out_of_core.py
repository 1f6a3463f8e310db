"""Cross-products made in SQL against the same regression in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference import out_of_core
from stoeval.inference.clustering import crv1, crv3
from stoeval.inference.least_squares import Fit, fit
from stoeval.inference.out_of_core import fit_parquet

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.inference.moments import Moments

EQUAL = 1e-10  # worst deviation seen 1e-12, in CRV3
COUNTS = ("n_obs", "n_clusters", "n_effects", "n_nested_effects", "n_controls", "n_crossed_levels", "jackknife_exact")
PRODUCTS = ("bread", "cluster_gram", "cluster_moment", "cluster_score")


def sample(units: int = 5_800) -> pd.DataFrame:
    """Units in 40 uneven clusters over nine years, some rows lost; 50,000 rows of 5,800 units."""
    generator = np.random.default_rng(5)
    cluster = np.minimum(generator.geometric(0.06, units), 40)
    kept = np.flatnonzero(generator.random(units * 9) < 0.96)
    unit, year = np.divmod(kept, 9)
    dose = generator.uniform(0, 2, 41)[cluster[unit]] * (year >= 5)
    size = 2_018 + generator.normal(size=len(unit)) + 0.2 * unit
    outcome = 1_000 + 0.3 * dose - 0.1 * size + 0.02 * year * cluster[unit] + generator.normal(size=len(unit))
    return pd.DataFrame(
        {
            "outcome": outcome,
            "dose": dose,
            "size": size,
            "unit": unit * 7 + 3,
            "year": [f"{2_010 + one}/{11 + one}" for one in year],
            "cluster": cluster[unit],
            "weight": generator.uniform(0.5, 9, len(unit)),
        }
    )


def written(frame: pd.DataFrame, directory: Path) -> str:
    """Write the rows, shuffled, to two files and return the pattern of their names."""
    shuffled = frame.sample(frac=1, random_state=1)
    for number, rows in enumerate((shuffled[::2], shuffled[1::2])):
        rows.to_parquet(directory / f"rows{number}.parquet")
    return str(directory / "rows*.parquet")


def reduced(files: str, **further: object) -> Moments:
    settings: dict[str, object] = {
        "outcome": "outcome",
        "regressors": ("dose", "size"),
        "unit": "unit",
        "crossed": "year",
        "cluster": "cluster",
        **further,
    }
    return fit_parquet(files, **settings)


def in_memory(frame: pd.DataFrame, weights: str | None = None) -> Fit:
    return fit(
        frame["outcome"].to_numpy(),
        frame[["dose", "size"]].to_numpy(),
        cluster=frame["cluster"].to_numpy(),
        nested=[frame["unit"].to_numpy()],
        crossed=[pd.factorize(frame["year"], sort=True)[0]],
        weights=None if weights is None else frame[weights].to_numpy(),
    )


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("at_once", [4_000_000, 20_000])
def test_fifty_thousand_rows_give_the_fit_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: str | None, at_once: int
) -> None:
    monkeypatch.setattr(out_of_core, "ROWS_AT_ONCE", at_once)
    frame = sample()
    ours, expected = reduced(written(frame, tmp_path), weights=weights), in_memory(frame, weights)
    assert 50_000 < ours.n_obs < 50_500
    np.testing.assert_allclose(ours.coefficients, expected.coefficients, rtol=EQUAL)
    for covariance in (crv1, crv3):
        np.testing.assert_allclose(covariance(ours).matrix, covariance(expected).matrix, rtol=EQUAL)
    for name in PRODUCTS:
        theirs = getattr(expected, name)
        np.testing.assert_allclose(getattr(ours, name), theirs, atol=EQUAL * np.abs(theirs).max())
    assert {name: getattr(ours, name) for name in COUNTS} == {name: getattr(expected, name) for name in COUNTS}
    assert ours.names == ("dose", "size")


def test_weights_change_the_answer(tmp_path: Path) -> None:
    files = written(sample(200), tmp_path)
    assert abs(reduced(files).coefficients[0] / reduced(files, weights="weight").coefficients[0] - 1) > 1e-3


@pytest.mark.parametrize("value", [np.nan, np.inf, None])
@pytest.mark.parametrize("column", ["outcome", "dose", "weight"])
def test_values_that_are_missing_or_not_finite_are_counted(tmp_path: Path, column: str, value: float | None) -> None:
    frame = sample(200)
    frame.loc[[3, 9], column] = value
    with pytest.raises(EstimationError, match=r"^2 values are missing or not finite and 0 weights"):
        reduced(written(frame, tmp_path), weights="weight")


def test_a_row_without_a_cluster_is_refused(tmp_path: Path) -> None:
    frame = sample(200)
    frame["cluster"] = frame["cluster"].astype("Int64")
    frame.loc[0, "cluster"] = pd.NA
    with pytest.raises(EstimationError, match=r"^1 values are missing"):
        reduced(written(frame, tmp_path))


def test_weights_of_zero_are_refused(tmp_path: Path) -> None:
    frame = sample(200)
    frame.loc[[1, 2], "weight"] = 0.0
    with pytest.raises(EstimationError, match="and 2 weights are not positive"):
        reduced(written(frame, tmp_path), weights="weight")


def test_a_unit_in_two_clusters_is_refused(tmp_path: Path) -> None:
    frame = sample(200)
    frame.loc[0, "cluster"] = 40 - frame.loc[0, "cluster"]
    with pytest.raises(EstimationError, match="1 units lie in more than one cluster"):
        reduced(written(frame, tmp_path))


def test_a_regressor_that_the_effects_hold_is_named(tmp_path: Path) -> None:
    frame = sample(200)
    frame["held"] = np.sqrt(frame["unit"]) + frame["year"].str[:4].astype(float) ** 2
    with pytest.raises(NotIdentified, match=r"1 regressors cannot be told apart .*: held$"):
        reduced(written(frame, tmp_path), regressors=("dose", "held"))


def test_an_outcome_that_the_effects_hold_leaves_nothing(tmp_path: Path) -> None:
    frame = sample(200)
    frame["outcome"] = np.sqrt(frame["unit"]) + frame["year"].str[:4].astype(float)
    with pytest.raises(NotIdentified, match="leave nothing of the outcome"):
        reduced(written(frame, tmp_path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    sample(200)[:0].to_parquet(tmp_path / "empty.parquet")
    with pytest.raises(NotIdentified, match="the sample has 0 rows"):
        reduced(str(tmp_path / "empty.parquet"))


def test_a_file_that_is_not_there_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(EstimationError, match="cannot be reduced to cross-products"):
        reduced(str(tmp_path / "absent.parquet"))


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EstimationError, match='"no such" not found'):
        reduced(written(sample(200), tmp_path), outcome="no such")


def test_too_many_levels_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EstimationError, match="has 200 levels, more than 60; fit it in memory"):
        reduced(written(sample(200), tmp_path), crossed="unit")
