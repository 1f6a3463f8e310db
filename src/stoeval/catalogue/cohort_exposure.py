"""Cohort exposure: how many years of a channel pupils had behind them when they chose a profile.

A pupil counted in leerjaar 3 chose in the spring before. The regional plans run from 1 January 2020, so the school
year 2019/20 counts for half. Retention, and schools that were closed for part of 2020, are left aside.

Each channel has an effect of its own per year of exposure. One effect for both would take a year in primary school
for a year in vmbo, and would leave no channel that cannot respond yet to serve as a placebo.
"""

from __future__ import annotations

from dataclasses import dataclass

from stoeval.vocabulary import SchoolYear

_SUBSIDY = "Subsidieregeling Sterk Techniekonderwijs 2020-2023 (Stcrt. 2018, 51216): activiteiten vanaf 1 januari 2020"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortExposure:
    """Years of exposure to one channel by the school year in which a cohort is in leerjaar 3; none where not named."""

    line: str
    years: tuple[tuple[SchoolYear, float], ...]
    derivation: str
    source: str


BREADTH_EXPOSURE = CohortExposure(
    line="5_breed",
    years=(
        (SchoolYear(start=2020), 0.5),
        (SchoolYear(start=2021), 1.5),
        (SchoolYear(start=2022), 2.0),
        (SchoolYear(start=2023), 2.0),
    ),
    derivation="Leerjaar 1 en 2 van het vmbo. Wie in 2020/21 in leerjaar 3 zit, had een half jaar in leerjaar 2; "
    "wie er in 2021/22 zit, een half jaar in leerjaar 1 en een heel jaar in leerjaar 2; daarna twee hele jaren.",
    source=_SUBSIDY,
)
PRIMARY_SCHOOL_EXPOSURE = CohortExposure(
    line="5_po",
    years=((SchoolYear(start=2022), 0.5), (SchoolYear(start=2023), 1.5)),
    derivation="Groep 7 en 8 van het primair onderwijs. Wie in 2022/23 in leerjaar 3 zit, had een half jaar in "
    "groep 8; wie er in 2023/24 zit, een half jaar in groep 7 en een heel jaar in groep 8.",
    source=_SUBSIDY,
)

ALL = (BREADTH_EXPOSURE, PRIMARY_SCHOOL_EXPOSURE)
