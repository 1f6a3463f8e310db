"""The interim and the final effect measurement: the only baseline and outcome years there are."""

from __future__ import annotations

from stoeval.vocabulary import Measurement, Phase, SchoolYear, Timing, Window

BASELINE = SchoolYear(start=2017)
"""The zero situation of the background sketch, paragraph 4.2: school year 2017/18."""

FIRST_WAVE = SchoolYear(start=2018)
"""The first survey wave lies in the run-up, so survey outcomes have no clean baseline."""

RUN_UP = Window(baseline=(BASELINE,), outcome=(SchoolYear(start=2019),))
"""The aanloop seen alone: the last count before the regional plans start."""

BEFORE = Window(baseline=(SchoolYear(start=2016),), outcome=(BASELINE,))
"""Wholly before the first payment of August 2018; profiles exist from 2016/17, so it holds one year."""

INTERIM_YEARS = (SchoolYear(start=2020),)
"""What the interim measurement sees of stocks, flows and waves: the first full year of the regional plans."""

INTERIM = Measurement(
    name="interim",
    phase=Phase.INTERIM,
    alpha=0.01,
    windows=(
        (Timing.STOCK, Window(baseline=(BASELINE,), outcome=INTERIM_YEARS)),
        (Timing.FLOW, Window(baseline=(BASELINE,), outcome=INTERIM_YEARS)),
        (Timing.RUN_UP, RUN_UP),
        (Timing.BEFORE, BEFORE),
        (Timing.WAVE, Window(baseline=(FIRST_WAVE,), outcome=INTERIM_YEARS)),
    ),
)
"""Effect measurement of 2021, with exam cohort 2021 for the flows."""

_FINAL_YEARS = (SchoolYear(start=2022), SchoolYear(start=2023))

FINAL = Measurement(
    name="final",
    phase=Phase.FINAL,
    alpha=0.04,
    windows=(
        (Timing.STOCK, Window(baseline=(BASELINE,), outcome=_FINAL_YEARS)),
        (Timing.FLOW, Window(baseline=(BASELINE,), outcome=(SchoolYear(start=2022),))),
        (Timing.RUN_UP, RUN_UP),
        (Timing.BEFORE, BEFORE),
        (Timing.WAVE, Window(baseline=(FIRST_WAVE,), outcome=_FINAL_YEARS)),
    ),
)
"""Effect measurement of 2023 and 2024; exam cohort 2023 is the last whose step to mbo is known by then."""

ALL = (INTERIM, FINAL)
"""Five percent in total, of which the interim look spends one."""
