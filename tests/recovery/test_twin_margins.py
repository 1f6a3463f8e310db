"""The twin has the margins of the country that it stands in for.

Every margin names its source and its tolerance. `worst` is the largest deviation over seeds 1 to 12 of the
default truth, so that a tolerance can be read against what the generator really does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from twin_counts import (
    TECHNICAL,
    Counts,
    between,
    candidate_share,
    candidates,
    coder_kappa,
    count,
    entrant_share,
    entrants,
    flow,
    leerweg_share,
    masked_cells,
    median_candidates,
    moves,
    offering,
    pass_rate,
    regions,
    regression_to_the_mean,
    response,
    share_without_technique,
    subsidy_per_technical_pupil,
    teachers,
    technical_candidates,
    vestiging_share,
    with_vmbo,
    within,
)

from stoeval.panel.simulation import Truth, simulate

if TYPE_CHECKING:
    from collections.abc import Callable

DUO_EXAMS = "DUO examenkandidaten 2014-2024, eigen telling"
TECHNIEKPACT = "monitor Techniekpact vmbo"
NULMETING = "nulmeting STO 2017/18"
SEO = "SEO, STO vmbo-monitor 2020"
REGELING = "Subsidieregeling STO 2020-2023"
PLANS = "SEO, analyse van de regioplannen"
ASSUMED = "aanname van de simulatie"


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A number of the twin, what it should be, how far it may lie off, and who says so."""

    name: str
    of: Callable[[Counts], float]
    target: float
    tolerance: float
    worst: float
    source: str


def margin(
    name: str, of: Callable[[Counts], float], *, near: float, within: float, worst: float, source: str
) -> Margin:
    return Margin(name=name, of=of, target=near, tolerance=within, worst=worst, source=source)


MARGINS = (
    margin("vestigingen with vmbo", lambda c: with_vmbo(c, 2019), near=900, within=30, worst=12, source=DUO_EXAMS),
    margin("with beroepsgericht", lambda c: offering(c, 2017), near=547, within=15, worst=4.0, source=NULMETING),
    margin("with technique", lambda c: offering(c, 2017, *TECHNICAL), near=266, within=15, worst=5.0, source=NULMETING),
    margin("share without technique", share_without_technique, near=0.51, within=0.03, worst=0.016, source=NULMETING),
    margin("with PIE", lambda c: offering(c, 2018, "PIE"), near=215, within=32, worst=14, source=SEO),
    margin("with BWI", lambda c: offering(c, 2018, "BWI"), near=171, within=26, worst=15, source=SEO),
    margin("with M&T", lambda c: offering(c, 2018, "MT"), near=93, within=14, worst=9.0, source=SEO),
    margin("with MVI", lambda c: offering(c, 2018, "MVI"), near=49, within=8, worst=8.0, source=SEO),
    margin("with MaT", lambda c: offering(c, 2018, "MAT"), near=5, within=2, worst=2.0, source=SEO),
    margin("candidates 2014/15", lambda c: candidates(c, 2014), near=57_000, within=2_500, worst=770, source=DUO_EXAMS),
    margin("candidates 2019/20", lambda c: candidates(c, 2019), near=51_364, within=1_500, worst=690, source=DUO_EXAMS),
    margin("candidates 2023/24", lambda c: candidates(c, 2023), near=47_968, within=1_500, worst=540, source=DUO_EXAMS),
    margin(
        "technical 2014/15", lambda c: candidate_share(c, 2014), near=0.217, within=0.01, worst=0.0061, source=DUO_EXAMS
    ),
    margin(
        "technical 2019/20",
        lambda c: candidate_share(c, 2019),
        near=0.215,
        within=0.012,
        worst=0.0096,
        source=DUO_EXAMS,
    ),
    margin(
        "technical 2023/24",
        lambda c: candidate_share(c, 2023),
        near=0.211,
        within=0.015,
        worst=0.01,
        source=DUO_EXAMS,
    ),
    margin(
        "technical in BB", lambda c: leerweg_share(c, "BB"), near=0.24, within=0.015, worst=0.0082, source=DUO_EXAMS
    ),
    margin("technical in KB", lambda c: leerweg_share(c, "KB"), near=0.215, within=0.02, worst=0.012, source=DUO_EXAMS),
    margin(
        "technical in GL", lambda c: leerweg_share(c, "GL"), near=0.132, within=0.015, worst=0.0035, source=DUO_EXAMS
    ),
    margin("mean size", lambda c: technical_candidates(c, None), near=38.5, within=4.5, worst=2.9, source=DUO_EXAMS),
    margin("median size", lambda c: technical_candidates(c, 0.5), near=33, within=4, worst=3.2, source=DUO_EXAMS),
    margin("lower decile", lambda c: technical_candidates(c, 0.1), near=11.5, within=4, worst=2.1, source=DUO_EXAMS),
    margin("upper decile", lambda c: technical_candidates(c, 0.9), near=70.5, within=14, worst=9.4, source=DUO_EXAMS),
    margin("median of all", median_candidates, near=81, within=5, worst=2.2, source=DUO_EXAMS),
    margin(
        "mean of shares", lambda c: vestiging_share(c, "mean"), near=0.20, within=0.025, worst=0.017, source=DUO_EXAMS
    ),
    margin(
        "spread of shares", lambda c: vestiging_share(c, "std"), near=0.25, within=0.025, worst=0.015, source=DUO_EXAMS
    ),
    margin("between vestigingen", between, near=0.247, within=0.025, worst=0.012, source=DUO_EXAMS),
    margin("within vestigingen", within, near=0.052, within=0.012, worst=0.0093, source=DUO_EXAMS),
    margin(
        "within technical",
        lambda c: within(c, technical=True),
        near=0.061,
        within=0.012,
        worst=0.008,
        source=DUO_EXAMS,
    ),
    margin(
        "entries", lambda c: moves(c, technical=False, leaving=False), near=18, within=4, worst=2.0, source=DUO_EXAMS
    ),
    margin("exits", lambda c: moves(c, technical=False, leaving=True), near=20, within=4, worst=2.0, source=DUO_EXAMS),
    margin(
        "new technique",
        lambda c: moves(c, technical=True, leaving=False),
        near=7,
        within=4,
        worst=3.4,
        source=DUO_EXAMS,
    ),
    margin(
        "lost technique",
        lambda c: moves(c, technical=True, leaving=True),
        near=9,
        within=4,
        worst=2.0,
        source=DUO_EXAMS,
    ),
    margin("third-years 2017/18", lambda c: entrants(c, 2017), near=12_852, within=400, worst=260, source=TECHNIEKPACT),
    margin("third-years 2023/24", lambda c: entrants(c, 2023), near=12_182, within=500, worst=340, source=TECHNIEKPACT),
    margin(
        "third-years BB", lambda c: entrant_share(c, "BB"), near=0.24, within=0.01, worst=0.0066, source=TECHNIEKPACT
    ),
    margin(
        "third-years KB", lambda c: entrant_share(c, "KB"), near=0.22, within=0.01, worst=0.0041, source=TECHNIEKPACT
    ),
    margin(
        "third-years GL", lambda c: entrant_share(c, "GL"), near=0.09, within=0.01, worst=0.0045, source=TECHNIEKPACT
    ),
    margin(
        "total budget",
        lambda c: regions(c, "budget", "sum"),
        near=425.5e6,
        within=5e6,
        worst=4_000_000,
        source=REGELING,
    ),
    margin("euro a pupil", subsidy_per_technical_pupil, near=3_300, within=300, worst=110, source=REGELING),
    margin(
        "co-financing",
        lambda c: regions(c, "cofinancing_share", "mean"),
        near=0.13,
        within=0.02,
        worst=0.0088,
        source=PLANS,
    ),
    margin("teachers 2017/18", lambda c: teachers(c, 2017), near=1_000, within=100, worst=47, source=SEO),
    margin(
        "teachers 2023/24",
        lambda c: teachers(c, 2023),
        near=900,
        within=100,
        worst=44,
        source="langzame daling, " + SEO,
    ),
    margin(
        "to technical mbo",
        lambda c: flow(c, "mbo_technical", origin="technical"),
        near=0.68,
        within=0.03,
        worst=0.0069,
        source=NULMETING,
    ),
    margin(
        "other to technical",
        lambda c: flow(c, "mbo_technical", origin="other"),
        near=0.10,
        within=0.01,
        worst=0.0011,
        source="Platform D&P",
    ),
    margin(
        "TL to technical",
        lambda c: flow(c, "mbo_technical", "TL"),
        near=0.17,
        within=0.01,
        worst=0.0018,
        source=ASSUMED,
    ),
    margin("good prospects", lambda c: flow(c, "good_prospects"), near=0.55, within=0.02, worst=0.011, source=ASSUMED),
    margin("switch", lambda c: flow(c, "switched"), near=0.12, within=0.01, worst=0.001, source=ASSUMED),
    margin(
        "passes BB 2019/20",
        lambda c: pass_rate(c, "BB", 2019),
        near=0.994,
        within=0.005,
        worst=0.00096,
        source=DUO_EXAMS,
    ),
    margin(
        "passes KB 2022/23", lambda c: pass_rate(c, "KB", 2022), near=0.941, within=0.01, worst=0.0048, source=DUO_EXAMS
    ),
    margin(
        "passes GL 2023/24", lambda c: pass_rate(c, "GL", 2023), near=0.90, within=0.02, worst=0.014, source=DUO_EXAMS
    ),
    margin(
        "passes TL 2022/23", lambda c: pass_rate(c, "TL", 2022), near=0.916, within=0.01, worst=0.0033, source=DUO_EXAMS
    ),
    margin("response", response, near=0.60, within=0.07, worst=0.06, source=ASSUMED),
    margin("masked cells", masked_cells, near=0.189, within=0.04, worst=0.026, source=DUO_EXAMS),
    margin("coder agreement", coder_kappa, near=0.70, within=0.10, worst=0.094, source=ASSUMED),
)


@pytest.fixture(scope="module")
def twin() -> Counts:
    return count(simulate(seed=1))


@pytest.mark.parametrize("one", MARGINS, ids=lambda one: one.name)
def test_a_margin_of_the_twin_lies_near_its_source(twin: Counts, one: Margin) -> None:
    assert one.of(twin) == pytest.approx(one.target, abs=one.tolerance), one.source


def test_a_past_share_predicts_later_change_without_any_effect() -> None:
    """Source: slope -0.058 (standard error 0.016) in DUO exams 2019/20 to 2023/24.

    Over seeds 1 to 12 the slope lies between -0.105 and -0.047; the mean is -0.069.
    """
    slopes = [regression_to_the_mean(count(simulate(Truth.none(), seed=seed))) for seed in (1, 2)]
    assert np.mean(slopes) == pytest.approx(-0.058, abs=0.035)
    assert max(slopes) < 0


def test_approval_rounds_and_techniekarme_regions_have_the_published_numbers(twin: Counts) -> None:
    """Source: 45 + 26 + 7 regions (DUS-I, Kamerbrieven); 12 or 13 pre-registered as techniekarm."""
    table = twin.panel.tables["regions"]
    assert table["approval_round"].value_counts().to_dict() == {1: 45, 2: 26, 3: 7}
    assert int(table["techniekarm"].sum()) in {12, 13}


def test_budgets_lie_between_one_and_twenty_two_million(twin: Counts) -> None:
    """Source: SEO, analyse van de regioplannen. The cap binds in one of seeds 1 to 12."""
    budget = twin.panel.tables["regions"]["budget"]
    assert budget.min() >= 1e6
    assert budget.max() <= 22e6


def test_cofinancing_is_at_least_what_the_regulation_asks(twin: Counts) -> None:
    """Source: at least 7.5 % since 2022 (brief Wiersma); 30 % is an assumption of the twin."""
    share = twin.panel.tables["regions"]["cofinancing_share"]
    assert share.between(0.075, 0.30).all()


def test_fifty_one_programme_leaders_answer_in_the_last_waves(twin: Counts) -> None:
    """Source: KBA Nijmegen, rapportage 2024: 51 of 78 regions."""
    surveys = twin.panel.tables["surveys"]
    leaders = surveys[surveys["kind"] == "programme leader"]
    answering = leaders.groupby("wave")["respondent"].nunique()
    assert [int(answering[wave]) for wave in (2022, 2023)] == [51, 51]


def test_initiatives_number_between_sixty_and_two_hundred(twin: Counts) -> None:
    """Source: assumption of the twin, 60 to 200. Over seeds 1 to 12 between 110 and 160."""
    assert 60 <= len(twin.panel.tables["initiatives"]) <= 200


def test_realised_shares_lie_between_half_and_all(twin: Counts) -> None:
    """Source: assumption of the twin."""
    assert twin.panel.tables["plans"]["realised"].between(0.5, 1.0).all()
