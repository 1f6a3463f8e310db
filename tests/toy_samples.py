"""Small samples in which one effect is planted by hand, for designs to find, and small panels by hand.

In 24 regions of four vestigingen something happens in 2020. The dose depends on the formula input, which
has a trend of its own; a third of the vestigingen has no dose at all. `SHAPES` names what a sample can look like:

units     one row a vestiging and year
zeros     the same, where the formula input has no trend
counts    the same, with counts on the log scale
gaps      three groups in each vestiging, entitled for one, a half and zero
choices   two groups in each vestiging, with counts on the log scale
moving    the cause is another indicator, which moves every year
everyone  all vestigingen change alike, whatever their dose
rounds    the dose is a round of approval of the region: in 2020, in 2021, or after the last year
lines     as units, with the luck in the dose as another line; also as lines of counts
chain     the dose moves a mediator one for one, and the mediator moves the outcome
shares    shares away from zero and one, at a quarter of the dose
answers   36 answers on a scale from 0 to 1 a vestiging and year, of which a share as in `shares` reaches 0.6
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.contract import conform
from stoeval.panel.tables import TABLES
from stoeval.vocabulary import (
    ApprovalRound,
    Delivery,
    Estimand,
    Exposure,
    Indicator,
    Level,
    MonitorPanel,
    Provenance,
    RegionalBudget,
    Sample,
    SchoolYear,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoeval.vocabulary import Floats, Integers

    Count = int | tuple[int, int]

SHAPES = (
    "units",
    "zeros",
    "counts",
    "gaps",
    "choices",
    "moving",
    "everyone",
    "rounds",
    "lines",
    "lines of counts",
    "chain",
)
ENTITLEMENTS = {"gaps": (1.0, 0.5, 0.0), "choices": (1.0, 0.0)}
SMALLER = 0.25
"""What doses and everything that moves are multiplied by where an outcome has a floor and a ceiling."""
ANSWERS, TOP, SPREAD = 36, 0.6, 0.12
"""Answers a vestiging and year, where the highest begins, and the scale of the logistic distribution of answers."""
REGIONS, EACH = 24, 4
YEARS = tuple(range(2014, 2023))
BASELINE, OUTCOME = 2017, (2020, 2021)
WINDOW = Window(baseline=(SchoolYear(start=BASELINE),), outcome=tuple(SchoolYear(start=year) for year in OUTCOME))
MONEY = Exposure(
    name="money",
    label="Geld",
    label_en="Money",
    unit="per coin",
    definition="Een munt per leerling.",
    source="by hand",
    rule=RegionalBudget(counted=SchoolYear(start=2018)),
)
SATISFACTION = Indicator(
    name="satisfaction",
    label="Tevredenheid",
    label_en="Satisfaction",
    goal="kwalitatief 1",
    unit="scale",
    level=Level.VESTIGING,
    source="by hand",
    delivery=Delivery.SURVEY,
)
ADMISSION = replace(MONEY, name="admission", label="Toelating", label_en="Admission", rule=ApprovalRound())
ADMITTED = (2020, 2021, 2023)
"""First year of each round of approval; the last lies after the sample."""
RESULT = replace(SATISFACTION, name="result", label="Uitkomst", label_en="Result", unit="share")


def toy_estimand(shape: str) -> Estimand:
    """Return the estimand that belongs to a shape."""
    cause = {"moving": SATISFACTION, "rounds": ADMISSION}.get(shape, MONEY)
    return Estimand(cause=cause, effect=RESULT, population="all", window=WINDOW)


def toy_sample(
    shape: str, *, effect: float = 0.0, seed: int = 1, noise: float = 0.02, regions: int = REGIONS
) -> Sample:
    """Return a sample of a shape in which the effect is as planted."""
    generator = np.random.default_rng(seed)
    shares = np.array(ENTITLEMENTS.get(shape, (1.0,)))
    units = regions * EACH
    unit, group, when = (code.ravel() for code in np.indices((units, len(shares), len(YEARS))))
    formula, luck = generator.uniform(0.1, 0.9, units), generator.uniform(0, 1, units)
    dose = np.where(np.arange(units) % 3 == 0, 0.0, 0.2 + 0.8 * formula + luck)[unit]
    if shape == "moving":
        dose = dose + generator.normal(size=len(unit))
    if shape == "rounds":
        dose = 1.0 + (unit // EACH) % len(ADMITTED)
    level = generator.normal(0, 0.5, (units, len(shares)))[unit, group]
    if shape not in {"everyone", "chain"}:
        trending = formula[unit] * shares[group] * (shape not in {"zeros", "rounds"})
        level = level + _trends(generator, trending, unit % 2, group, when)
    if shape in {"shares", "answers"}:
        dose, level = SMALLER * dose, SMALLER**2 * level - 0.1
    mediator = generator.normal(0.5, 0.1, len(unit)) + _planted(shape, dose, when) if shape == "chain" else None
    moved = _planted(shape, dose * shares[group], when) if mediator is None else mediator
    outcome = _observed(
        generator, shape, level + effect * moved, noise / 4 if shape in {"chain", "shares", "answers"} else noise
    )
    sample = Sample(
        outcome=outcome,
        outcome_low=outcome,
        outcome_high=outcome,
        unit=unit,
        group=group,
        period=np.array(YEARS)[when],
        cluster=unit // EACH,
        stratum=unit % 2,
        dose=dose,
        entitlement=shares[group],
        conditioning=np.column_stack([formula[unit], *([luck[unit]] if shape.startswith("lines") else [])]),
        other_lines=luck[unit][:, None] if shape.startswith("lines") else None,
        mediator=mediator,
        weight=generator.uniform(20, 200, units)[unit],
        offset=np.zeros(len(unit)),
        placebo_doses=(("luck", (luck + formula + generator.normal(0, 0.2, units))[unit]),),
        unit_names=tuple(f"v{number:03d}" for number in range(units)),
        cluster_names=tuple(f"r{number:02d}" for number in range(regions)),
    )
    return _answered(generator, sample) if shape == "answers" else sample


def _answered(generator: np.random.Generator, sample: Sample) -> Sample:
    """Return answers for each row, of which the share that reaches the highest is the outcome of the row."""
    rows = np.repeat(np.arange(len(sample.outcome)), ANSWERS)
    place = np.tile(np.arange(ANSWERS), len(sample.outcome)) + generator.uniform(0.05, 0.95, len(sample.outcome))[rows]
    share, rank = np.clip(sample.outcome[rows], 0.02, 0.98), place / ANSWERS
    value = np.clip(TOP + SPREAD * (np.log(share / (1 - share)) - np.log(rank / (1 - rank))), 0.0, 1.0)
    return replace(sample.rows(rows), outcome=value, outcome_low=value, outcome_high=value)


def _trends(
    generator: np.random.Generator, formula: Floats, stratum: Integers, group: Integers, when: Integers
) -> Floats:
    """Return what moves without the programme: the formula input, the strata, the groups and the country."""
    shocks = generator.normal(0, 0.05, (2, len(YEARS)))
    return np.asarray(0.04 * formula * (when - 3) + shocks[stratum, when] + 0.03 * group * when - 0.01 * when)


def _planted(shape: str, dose: Floats, when: Integers) -> Floats:
    """Return what one unit of effect adds to each row."""
    after = (np.array(YEARS)[when] >= min(OUTCOME)) * 1.0
    if shape == "rounds":
        return (np.array(YEARS)[when] >= np.array(ADMITTED)[dose.astype(np.int64) - 1]) * 1.0
    if shape == "moving":
        return dose
    return after if shape == "everyone" else dose * after


def _observed(generator: np.random.Generator, shape: str, level: Floats, noise: float) -> Floats:
    """Return what is seen of a level: itself with noise, or a count around fifty."""
    if shape in {"counts", "choices", "lines of counts"}:
        return generator.poisson(50 * np.exp(level)) * 1.0
    return np.asarray(0.4 + level + generator.normal(0, noise, len(level)))


def toy_panel(**rows: list[dict[str, object]]) -> MonitorPanel:
    """Return a panel with these rows by table; a table that is not named was not delivered."""
    tables = {table.name: conform(pd.DataFrame(rows.get(table.name, [])), table) for table in TABLES}
    return MonitorPanel(tables=tables, provenance=Provenance(synthetic=True, regions="by hand"))


def offer(vestiging: str, profile: str, leerweg: str, year: int, **counts: Count | float) -> dict[str, object]:
    """Return a row of offers; a count is a number, or a pair where it is masked."""
    row: dict[str, object] = {"vestiging": vestiging, "profile": profile, "leerweg": leerweg, "school_year": year}
    return row | intervals(counts)


def intervals(counts: Mapping[str, Count | float]) -> dict[str, object]:
    """Return counts as low and high columns, and marks as they are."""
    columns: dict[str, object] = {}
    for name, count in counts.items():
        if name.startswith("mark"):
            columns[name] = count
        else:
            low, high = count if isinstance(count, tuple) else (count, count)
            columns |= {f"{name}_low": low, f"{name}_high": high}
    return columns


def place(vestiging: str, year: int, region: str, longitude: float = 5.0, latitude: float = 52.0) -> dict[str, object]:
    """Return a row of vestigingen."""
    return {
        "vestiging": vestiging,
        "school_year": year,
        "brin": vestiging[:4],
        "region": region,
        "gemeente": "Ergens",
        "footprint": vestiging,
        "longitude": longitude,
        "latitude": latitude,
        "open": True,
    }
