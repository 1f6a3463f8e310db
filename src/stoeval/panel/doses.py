"""Exposures as numbers: the rules of the subsidy applied to the counts of the panel.

Every dose is in EUR 1,000 a beroepsgericht pupil. A rule that needs a count or a table that was not
delivered answers with what is missing, never with a guess.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.kept import kept
from stoeval.panel.tables import HARD_TECHNICAL, PROFESSIONAL_LEERWEGEN, PROFILES
from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    ApprovalRound,
    Delivery,
    FormulaInput,
    Level,
    MonitorPanel,
    Programme,
    RegionalBudget,
    RegionalFormula,
    SchoolYear,
    Untestable,
    counted_in,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import ExposureRule

BUDGET_YEARS = 4
"""The transition budget runs over 2020, 2021, 2022 and 2023."""

REGION_LEVELS = (Level.REGION, Level.SUBJECT_GROUP)
"""Levels whose units take the dose of their region."""
BY_REGION = (RegionalBudget, RegionalFormula, ActivityLine)
"""Rules whose dose is that of a region at every level."""


def dose(panel: MonitorPanel, rule: ExposureRule, level: Level) -> pd.Series[float] | Untestable:
    """Return the dose by vestiging, or by region where the rule or the level is regional.

    The name of the index says which: `vestiging` or `region`.
    """
    regional = level in REGION_LEVELS or isinstance(rule, BY_REGION)
    return _kept(panel, rule, Level.REGION if regional else Level.VESTIGING)


@kept(256)
def _kept(panel: MonitorPanel, rule: ExposureRule, level: Level) -> pd.Series[float] | Untestable:
    found = _dose(rule, panel, level)
    return found if isinstance(found, Untestable) else _by_plain_name(found)


def _by_plain_name(values: pd.Series[float]) -> pd.Series[float]:
    """Return values whose index holds plain texts, as measured frames do: looked up often, it is converted once."""
    return values.set_axis(values.index.astype(object))


@singledispatch
def _dose(rule: object, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:  # noqa: ARG001
    message = f"no rule turns {type(rule).__name__} into a dose"
    raise TypeError(message)


@_dose.register(AanloopFormula)
def _aanloop(rule: AanloopFormula, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:
    unit = "region" if level in REGION_LEVELS else "vestiging"
    years = sorted({payment.counted for payment in rule.payments})
    counts = {year: _pupils(panel, year, unit) for year in years}
    missing = [str(year) for year in years if counts[year].empty]
    if missing:
        reason = (
            f"de telling van 1 oktober in {', '.join(missing)} is niet geleverd, dus de formule is niet te berekenen"
        )
        return Untestable(reason=reason, missing=(Delivery.ENROLMENT,))
    everyone = counts[years[0]]["everyone"]
    euro = pd.Series(0.0, index=everyone.index)
    for payment in rule.payments:
        hard = counts[payment.counted].reindex(everyone.index).fillna(0.0)
        paid = payment.per_bk * hard["hard_bk"] + payment.per_gl * hard["hard_gl"]
        technical = hard["hard_bk"] + hard["hard_gl"]
        euro += (paid / technical.where(technical > 0, 1.0)) if rule.per_technical_pupil else paid
    shared = len(rule.payments) if rule.per_technical_pupil else everyone
    return (euro / shared / 1000).rename("dose")


@_dose.register(FormulaInput)
def _formula_input(rule: FormulaInput, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:
    unit = "region" if level in REGION_LEVELS else "vestiging"
    counts = _pupils(panel, rule.counted, unit)
    if counts.empty:
        return _no_count(rule.counted)
    return ((counts["hard_bk"] + counts["hard_gl"]) / counts["everyone"]).rename("dose")


@_dose.register(RegionalBudget)
def _regional_budget(rule: RegionalBudget, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:  # noqa: ARG001
    budget = panel.tables["regions"].set_index("region")["budget"].astype("Float64").dropna()
    counts = _pupils(panel, rule.counted, "region")
    missing = [_no_count(rule.counted)] if counts.empty else []
    if budget.empty:
        reason = "het budget per regio is niet geleverd"
        missing.insert(0, Untestable(reason=reason, missing=(Delivery.REGIONS,)))
    if missing:
        return together(missing)
    per_year = budget.astype(float) / BUDGET_YEARS / counts["everyone"].reindex(budget.index)
    return (per_year / 1000).dropna().rename("dose")


@_dose.register(ActivityLine)
def _activity_line(rule: ActivityLine, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:
    share = _share(panel, rule.line)
    whole = dose(panel, RegionalBudget(counted=rule.counted), level)
    reason = f"de inzet op activiteitenlijn {rule.line} is niet geleverd"
    missing = [Untestable(reason=reason, missing=(Delivery.PLANS,))] if share.empty else []
    if isinstance(whole, Untestable):
        return together([*missing, whole])
    if missing:
        return missing[0]
    return (whole * share.reindex(whole.index)).dropna().rename("dose")


@kept(64)
def _share(panel: MonitorPanel, line: str) -> pd.Series[float]:
    """Return by region the share of the budget that its plan gives to a line of activity."""
    plans = panel.tables["plans"]
    return _by_plain_name(plans[plans["activity_line"] == line].set_index("region")["share"].astype(float))


@_dose.register(RegionalFormula)
def _regional_formula(rule: RegionalFormula, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:  # noqa: ARG001
    counts = _pupils(panel, rule.counted, "region")
    if counts.empty:
        return _no_count(rule.counted)
    hard = counts["hard_bk"] + counts["hard_gl"]
    return (rule.per_pupil * hard / counts["everyone"] / 1000).rename("dose")


@_dose.register(Programme)
def _programme(rule: Programme, panel: MonitorPanel, level: Level) -> pd.Series[float]:  # noqa: ARG001
    regions = pd.Index(sorted(panel.tables["vestigingen"]["region"].dropna().unique()), name="region")
    return pd.Series(1.0, index=regions, name="dose")


@_dose.register(ApprovalRound)
def _approval_round(rule: ApprovalRound, panel: MonitorPanel, level: Level) -> pd.Series[float] | Untestable:  # noqa: ARG001
    rounds = panel.tables["regions"].set_index("region")["approval_round"].dropna().astype(float)
    if rounds.empty:
        return Untestable(reason="de goedkeuringsronde per regio is niet geleverd", missing=(Delivery.REGIONS,))
    return rounds.rename("dose")


@kept(64)
def recounted(panel: MonitorPanel, rule: ExposureRule, level: Level) -> tuple[tuple[int, pd.Series[float]], ...]:
    """Return the dose of a rule rebuilt from each count at hand alone, by the year in which the count starts.

    A budget is rebuilt as its mean amount a technical pupil times the pupils of the count. A unit that a count
    misses takes its dose at the nearest count, where it then does not move.
    """
    if isinstance(rule, ActivityLine):
        share = _share(panel, rule.line)
        whole = recounted(panel, RegionalBudget(counted=rule.counted), level)
        return tuple((year, (values * share.reindex(values.index)).dropna()) for year, values in whole)
    of_counts = _by_mean_amount(panel, rule) if isinstance(rule, RegionalBudget) else rule
    found: dict[int, pd.Series[float]] = {}
    for year in _counted_years(panel):
        values = _dose(counted_in(of_counts, SchoolYear(start=year)), panel, level)
        if not isinstance(values, Untestable):
            found[year] = values
    table = pd.DataFrame(found)
    nearest = {year: sorted(found, key=lambda other: (abs(other - year), other)) for year in found}
    return tuple((year, table[order].bfill(axis=1)[year].rename("dose")) for year, order in nearest.items())


def _by_mean_amount(panel: MonitorPanel, rule: RegionalBudget) -> RegionalFormula:
    """Return the formula that divides all budgets over the hard-technical pupils of a count alike."""
    budget = panel.tables["regions"].set_index("region")["budget"].astype("Float64").dropna()
    counts = _pupils(panel, rule.counted, "region").reindex(budget.index)
    hard = float(counts["hard_bk"].sum() + counts["hard_gl"].sum())
    return RegionalFormula(counted=rule.counted, per_pupil=float(budget.sum()) / BUDGET_YEARS / hard)


def _counted_years(panel: MonitorPanel) -> list[int]:
    """Return the years in which beroepsgericht pupils were counted by profile."""
    offers = panel.tables["offers"]
    counted = offers["profile"].isin(PROFILES) & offers["pupils_low"].notna()
    return sorted(int(year) for year in offers.loc[counted, "school_year"].unique())


def together(reasons: Sequence[Untestable]) -> Untestable:
    """Return one answer that names everything that is missing, each once."""
    said = dict.fromkeys(part for one in reasons for part in one.reason.split("; "))
    missing = dict.fromkeys(delivery for one in reasons for delivery in one.missing)
    return Untestable(reason="; ".join(said), missing=tuple(missing))


def techniekarm(panel: MonitorPanel) -> pd.Series[float]:
    """Return 1 for techniekarme regions and 0 for others, empty where not delivered."""
    return circumstance(panel, "techniekarm")


@kept(64)
def circumstance(panel: MonitorPanel, name: str) -> pd.Series[float]:
    """Return 1 for regions of which something holds and 0 for others, empty where not delivered."""
    flags = panel.tables["regions"].set_index("region")[name].dropna()
    return _by_plain_name(flags.astype(float).rename(name))


@kept(64)
def _pupils(panel: MonitorPanel, year: SchoolYear, unit: str) -> pd.DataFrame:
    """Return pupils in leerjaar 3 and 4 by unit: everyone, hard-technical in BB, KB and LWT, and in GL."""
    offers = panel.tables["offers"]
    of = "unit" if "unit" in offers.columns else "vestiging"
    read = list(dict.fromkeys((of, "vestiging", "profile", "leerweg", "pupils_low", "pupils_high")))
    counted = offers.loc[offers["school_year"] == year.start, read]
    rows = counted[
        counted["profile"].isin(PROFILES)
        & counted["leerweg"].isin(PROFESSIONAL_LEERWEGEN)
        & counted["pupils_low"].notna()
    ]
    middle = (rows["pupils_low"].astype(float) + rows["pupils_high"].astype(float)) / 2
    hard = rows["profile"].isin(HARD_TECHNICAL).to_numpy()
    gl = (rows["leerweg"] == "GL").to_numpy()
    columns = {
        "everyone": middle,
        "hard_bk": middle.where(hard & ~gl, 0.0),
        "hard_gl": middle.where(hard & gl, 0.0),
    }
    frame = pd.DataFrame({"vestiging": rows[of], **columns})
    if unit == "region":
        frame["region"] = rows["vestiging"].map(region_of(panel, year.start))
    total = frame.groupby(unit, observed=True)[list(columns)].sum()
    return total[total["everyone"] > 0]


def region_of(panel: MonitorPanel, year: int) -> pd.Series[str]:
    """Return the region of each vestiging in a year, or in the nearest year that knows it."""
    rows = panel.tables["vestigingen"][["vestiging", "school_year", "region"]].copy()
    rows["distance"] = np.abs(rows["school_year"].astype(int) - year)
    nearest = rows.sort_values(["vestiging", "distance", "school_year"]).drop_duplicates("vestiging")
    return nearest.set_index("vestiging")["region"]


def _no_count(year: SchoolYear) -> Untestable:
    reason = f"de telling van 1 oktober in {year} is niet geleverd"
    return Untestable(reason=reason, missing=(Delivery.ENROLMENT,))
