"""Which lines of the plans are told apart, in regions whose plans are made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from stoeval.panel.plan_coding import coding_agreement
from stoeval.synthesis.separability import separations
from stoeval.vocabulary import ActivityLine, SchoolYear
from toy_catalogue import MONEY, toy_catalogue
from toy_samples import offer, place, toy_panel

if TYPE_CHECKING:
    from stoeval.vocabulary import Catalogue, MonitorPanel, Separation

REGIONS = 20
COUNTED = SchoolYear(start=2018)
LINES = ("1", "2", "5_po")
GENERATOR = np.random.default_rng(4)
SHARES = GENERATOR.uniform(0.05, 0.3, (REGIONS, len(LINES)))
BUDGET = GENERATOR.uniform(1e6, 4e6, REGIONS)
PUPILS = GENERATOR.integers(200, 900, REGIONS)
NOISE = GENERATOR.normal(0, 0.01, (REGIONS, len(LINES)))


def claimed() -> Catalogue:
    """Return a catalogue with three lines of activity."""
    lines = [replace(MONEY, name=f"line_{line}", rule=ActivityLine(line=line, counted=COUNTED)) for line in LINES]
    return replace(toy_catalogue(), exposures=tuple(lines))


def panel(shares: np.ndarray = SHARES, second: np.ndarray | None = None) -> MonitorPanel:
    """Return a panel of one vestiging a region, with these shares of the plans and those of a second coder."""
    names = [f"R{number:02d}" for number in range(REGIONS)]
    vestigingen = [f"{number:02d}AA00" for number in range(REGIONS)]
    coded = shares + NOISE if second is None else second
    return toy_panel(
        vestigingen=[place(v, 2018, region) for v, region in zip(vestigingen, names, strict=True)],
        offers=[offer(v, "PIE", "BB", 2018, pupils=int(pupils)) for v, pupils in zip(vestigingen, PUPILS, strict=True)],
        regions=[{"region": region, "budget": budget} for region, budget in zip(names, BUDGET, strict=True)],
        plans=[
            {
                "region": region,
                "activity_line": line,
                "share": float(np.clip(shares[r, place_of], 0, 1)),
                "share_second_coder": float(np.clip(coded[r, place_of], 0, 1)),
            }
            for r, region in enumerate(names)
            for place_of, line in enumerate(LINES)
        ],
    )


def by_pair(found: tuple[Separation, ...]) -> dict[tuple[str, str], Separation]:
    return {(one.line, one.other): one for one in found}


def test_inflation_correlations_and_kappas_are_those_of_other_engines() -> None:
    found = by_pair(separations(panel(), claimed()))
    dose = BUDGET / 4 / PUPILS / 1000
    doses = dose[:, None] * SHARES
    with_constant = np.column_stack([np.ones(REGIONS), doses])
    kappas = dict(coding_agreement(panel().tables["plans"]).by_line)
    assert len(found) == 3 + 3 + 6
    for number, line in enumerate(LINES):
        # worst seen 4e-15
        expected = variance_inflation_factor(with_constant, number + 1)
        assert found[line, ""].inflation == pytest.approx(expected, rel=1e-9)
        assert found[line, ""].kappa == kappas[line]
        whole = np.corrcoef(doses[:, number], dose)[0, 1]
        assert found[line, "budget"].correlation == pytest.approx(whole, rel=1e-9)
    pair = found["1", "5_po"]
    assert pair.correlation == pytest.approx(np.corrcoef(SHARES[:, 0], SHARES[:, 2])[0, 1], rel=1e-9)
    assert pair.kappa == min(kappas["1"], kappas["5_po"])
    assert found["5_po", ""].hypothesis == 5
    assert all(one.separate for one in found.values())


def test_plans_that_move_together_are_not_told_apart() -> None:
    shares = SHARES.copy()
    shares[:, 1] = shares[:, 0] + GENERATOR.normal(0, 0.002, REGIONS)
    found = by_pair(separations(panel(shares), claimed()))
    assert not found["1", "2"].separate
    assert not found["1", ""].separate
    assert found["1", "5_po"].separate
    assert found["1", "2"].because.startswith(
        "niet uit elkaar te houden in deze gegevens: correlatie zonder teken 1,00"
    )


def test_lines_in_fixed_proportion_have_no_inflation_factor() -> None:
    shares = SHARES.copy()
    shares[:, 1] = 0.5 * shares[:, 0]
    found = by_pair(separations(panel(shares), claimed()))
    assert (found["2", ""].inflation, found["2", ""].separate) == (None, False)
    assert "oneindig" in found["2", ""].because


def test_a_line_that_coders_do_not_agree_on_is_not_told_apart() -> None:
    second = SHARES + NOISE
    second[:, 0] = second[::-1, 0]
    found = by_pair(separations(panel(second=second), claimed()))
    assert found["1", ""].kappa < 0.4
    assert not found["1", ""].separate
    assert not found["1", "2"].separate
    assert found["2", "5_po"].separate


def test_the_same_share_everywhere_tells_nothing() -> None:
    shares = SHARES.copy()
    shares[:, 2] = 0.25
    found = by_pair(separations(panel(shares), claimed()))
    assert found["1", "5_po"].separate is None
    assert "in alle regio's gelijk" in found["1", "5_po"].because


def test_plans_that_were_coded_once_have_no_kappa() -> None:
    bare = panel()
    plans = bare.tables["plans"].assign(share_second_coder=None)
    found = by_pair(separations(replace(bare, tables={**bare.tables, "plans": plans}), claimed()))
    assert found["1", ""].kappa is None
    assert "niemand codeerde" in found["1", ""].because


def test_without_plans_each_line_says_what_is_missing() -> None:
    bare = panel()
    nothing = replace(bare, tables={**bare.tables, "plans": bare.tables["plans"][:0]})
    found = separations(nothing, claimed())
    assert [one.line for one in found] == list(LINES)
    assert all(one.separate is None and "niet geleverd" in one.because for one in found)
