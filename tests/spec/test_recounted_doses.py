"""A dose rebuilt from each count at hand, by hand on a small panel."""

from __future__ import annotations

import pytest

from stoeval.catalogue.exposures import (
    AANLOOP_DOSE,
    APPROVAL_ROUND,
    DOSE_LINE_1,
    FORMULA_INPUT,
    PROGRAMME,
    REGIONAL_DOSE,
    REGIONAL_FORMULA_2016,
)
from stoeval.panel.doses import dose, recounted
from stoeval.vocabulary import Exposure, Level, MonitorPanel, RegionalBudget, SchoolYear, Untestable, counted_in
from toy_samples import offer, place, toy_panel

A, B = "01AA00", "02BB00"
YEARS = (2016, 2017, 2018, 2020)
EXACT = 1e-12  # worst deviation seen 2e-16


def country() -> MonitorPanel:
    """Return A in R1 and B in R2, each with 100 pupils; A is not counted in 2016.

    Technical pupils of A: 40 in 2017, 20 in 2018, of whom 10 in GL, 60 in 2020. Of B: 10, 20, 30 and 40 in BB.
    """
    rows = [
        offer(A, "BWI", "KB", 2017, pupils=40),
        offer(A, "DP", "KB", 2017, pupils=60),
        offer(A, "BWI", "BB", 2018, pupils=10),
        offer(A, "BWI", "GL", 2018, pupils=10),
        offer(A, "DP", "KB", 2018, pupils=80),
        offer(A, "MT", "KB", 2020, pupils=60),
        offer(A, "DP", "KB", 2020, pupils=40),
        offer(A, "S_TECHNIEK", "KB", 2021, candidates=30),
    ]
    for number, year in enumerate(YEARS, start=1):
        rows += [offer(B, "PIE", "BB", year, pupils=10 * number), offer(B, "ZW", "BB", year, pupils=100 - 10 * number)]
    return toy_panel(
        offers=rows,
        vestigingen=[place(one, year, region) for one, region in ((A, "R1"), (B, "R2")) for year in (*YEARS, 2021)],
        regions=[{"region": "R1", "budget": 4e5}, {"region": "R2", "budget": 6e5}],
        plans=[
            {"region": region, "activity_line": "1", "share": share} for region, share in (("R1", 0.5), ("R2", 0.1))
        ],
    )


COUNTRY = country()


def rebuilt(exposure: Exposure, level: Level = Level.VESTIGING) -> dict[int, dict[str, float]]:
    return {year: values.to_dict() for year, values in recounted(COUNTRY, exposure.rule, level)}


def test_every_year_with_pupils_by_profile_is_a_count_and_a_year_of_candidates_is_none() -> None:
    assert tuple(rebuilt(FORMULA_INPUT)) == YEARS


def test_all_payments_of_the_aanloop_are_counted_in_the_one_year() -> None:
    """EUR 1,544.48 and 3,078 for a pupil in BB or KB, half for GL, by 100 pupils."""
    whole = (1544.48 + 3078) / 100 / 1000
    found = rebuilt(AANLOOP_DOSE)
    assert found[2017] == pytest.approx({A: 40 * whole, B: 20 * whole}, rel=EXACT)
    assert found[2018] == pytest.approx({A: 15 * whole, B: 30 * whole}, rel=EXACT)
    assert found[2020] == pytest.approx({A: 60 * whole, B: 40 * whole}, rel=EXACT)


def test_a_unit_that_a_count_misses_takes_its_dose_at_the_nearest_count() -> None:
    assert rebuilt(FORMULA_INPUT)[2016] == pytest.approx({A: 0.4, B: 0.1}, rel=EXACT)


def test_a_budget_is_rebuilt_at_its_mean_amount_a_technical_pupil() -> None:
    """One million over four years by the 20 and 30 pupils of 2018 is EUR 5,000 a technical pupil and year."""
    found = rebuilt(REGIONAL_DOSE)
    assert found[2018] == pytest.approx({"R1": 1.0, "R2": 1.5}, rel=EXACT)
    assert found[2020] == pytest.approx({"R1": 3.0, "R2": 2.0}, rel=EXACT)
    assert found[2016] == pytest.approx({"R1": 2.0, "R2": 0.5}, rel=EXACT)


def test_a_line_takes_its_share_of_the_plan_at_every_count() -> None:
    found = rebuilt(DOSE_LINE_1)
    assert found[2018] == pytest.approx({"R1": 0.5, "R2": 0.15}, rel=EXACT)
    assert found[2020] == pytest.approx({"R1": 1.5, "R2": 0.2}, rel=EXACT)


@pytest.mark.parametrize("exposure", [FORMULA_INPUT, REGIONAL_FORMULA_2016])
def test_a_rule_of_one_count_rebuilt_at_its_own_count_is_the_dose_itself(exposure: Exposure) -> None:
    paid = dose(COUNTRY, counted_in(exposure.rule, SchoolYear(start=2018)), Level.REGION)
    assert not isinstance(paid, Untestable)
    assert rebuilt(exposure, Level.REGION)[2018] == pytest.approx(paid.to_dict(), rel=EXACT)


def test_a_rule_is_counted_in_another_year_with_all_its_payments() -> None:
    year = SchoolYear(start=2014)
    aanloop = counted_in(AANLOOP_DOSE.rule, year)
    assert {payment.counted for payment in getattr(aanloop, "payments", ())} == {year}
    assert counted_in(REGIONAL_DOSE.rule, year) == RegionalBudget(counted=year)


@pytest.mark.parametrize("exposure", [PROGRAMME, APPROVAL_ROUND])
def test_a_rule_that_counts_no_pupils_has_no_other_year(exposure: Exposure) -> None:
    with pytest.raises(TypeError, match="counts no pupils"):
        counted_in(exposure.rule, SchoolYear(start=2014))
