"""Samples: the rows of one estimand as arrays, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.doses import REGION_LEVELS, circumstance, dose, recounted, together
from stoeval.panel.genealogy import Genealogy, followed
from stoeval.panel.kept import kept
from stoeval.panel.measures import measured
from stoeval.panel.populations import of_population
from stoeval.panel.tables import ACTIVITY_LINES, OTHER_PROFILES, PROFESSIONAL_LEERWEGEN
from stoeval.vocabulary import (
    DOSES,
    ActivityLine,
    Delivery,
    Entitlement,
    Exposure,
    Indicator,
    Level,
    MonitorPanel,
    RegionalBudget,
    RegionalFormula,
    Sample,
    SchoolYear,
    Untestable,
)

if TYPE_CHECKING:
    from stoeval.vocabulary import Catalogue, Estimand, Floats, Integers

    Parts = list[pd.Series[float] | Untestable]

REGIONAL = (RegionalBudget, RegionalFormula, ActivityLine)
"""Rules that pay a region."""
FEWEST_REGIONS = 10
"""Below this many regions a clustered standard error says little; the link is not testable."""


def cut(panel: MonitorPanel, last: SchoolYear) -> MonitorPanel:
    """Return the panel without anything after a school year."""
    dated = {"school_year", "wave", "started"}
    tables = {}
    for name, table in panel.tables.items():
        years = dated & set(table.columns)
        tables[name] = table[table[years.pop()] <= last.start] if years else table
    return MonitorPanel(tables=tables, provenance=panel.provenance)


def sample(
    panel: MonitorPanel,
    estimand: Estimand,
    catalogue: Catalogue,
    *,
    genealogy: Genealogy = Genealogy.FOOTPRINTS,
    for_checks: bool = True,
) -> Sample | Untestable:
    """Return the rows of an estimand as arrays, or why it cannot be tested on this panel.

    `genealogy` says how vestigingen are followed through mergers and new numbers. `for_checks` adds what checks read
    and no estimate does: doses of placebos and of other counts.
    """
    whole, panel = panel, followed(panel, genealogy)
    # A region was paid for all its pupils, also for those whom a rule of following leaves out.
    paid = whole if _by_region(estimand) else panel
    frame = measured(panel, estimand.effect.name, catalogue.technical)
    unseen = _unseen(frame, panel, estimand)
    parts = _parts(paid, estimand)
    missing = [*([] if unseen is None else [unseen]), *_unexposed(paid, estimand, catalogue, parts)]
    if frame is None or missing:
        return together(missing)
    exposed = _exposed(of_population(frame, panel, estimand), paid, estimand, catalogue, parts)
    if not isinstance(exposed, Untestable) and estimand.mediator is not None:
        exposed = _beside(exposed, panel, estimand.mediator, catalogue, "mediator")
    if isinstance(exposed, Untestable):
        return exposed
    complete = exposed.dropna()
    absent = _absent_years(complete, estimand)
    if absent:
        reason = f"oorzaak en gevolg zijn niet samen waargenomen in {', '.join(map(str, absent))}"
        return Untestable(reason=reason, missing=(estimand.effect.delivery,))
    regions = complete["region"].nunique()
    if regions < FEWEST_REGIONS:
        reason = f"de uitkomst heeft rijen in {regions} regio's; er zijn er ten minste {FEWEST_REGIONS} nodig"
        return Untestable(reason=reason, missing=(estimand.effect.delivery,))
    dropped = (("geen dosis of conditie bekend", len(exposed) - len(complete)),)
    found = _as_arrays(complete.reset_index(drop=True), panel, estimand, catalogue, dropped)
    return _with_other_doses(found, complete, paid, estimand) if for_checks else found


def _by_region(estimand: Estimand) -> bool:
    """Say whether the cause is an amount of a region, counted over its pupils."""
    if isinstance(estimand.cause, Indicator):
        return False
    return estimand.effect.level in REGION_LEVELS or isinstance(estimand.cause.rule, REGIONAL)


def _unseen(frame: pd.DataFrame | None, panel: MonitorPanel, estimand: Estimand) -> Untestable | None:
    """Return why the outcome was not observed when it had to be, or None."""
    missing = (estimand.effect.delivery,)
    if frame is None:
        return Untestable(reason="de uitkomst is niet geleverd", missing=missing)
    absent = _absent_years(of_population(frame, panel, estimand), estimand)
    if absent:
        return Untestable(reason=f"de uitkomst is niet waargenomen in {', '.join(map(str, absent))}", missing=missing)
    return None


def _unexposed(panel: MonitorPanel, estimand: Estimand, catalogue: Catalogue, parts: Parts) -> list[Untestable]:
    """Return why the cause, or what its dose is conditional on, is not known; empty where all of it is."""
    cause = estimand.cause
    if isinstance(cause, Indicator):
        known = measured(panel, cause.name, catalogue.technical) is not None
        return [] if known else [Untestable(reason="de oorzaak is niet geleverd", missing=(cause.delivery,))]
    return [part for part in parts if isinstance(part, Untestable)]


def _absent_years(frame: pd.DataFrame, estimand: Estimand) -> list[SchoolYear]:
    observed = set(frame["school_year"].unique().tolist())
    return [year for year in (*estimand.window.baseline, *estimand.window.outcome) if year.start not in observed]


def _exposed(
    frame: pd.DataFrame, panel: MonitorPanel, estimand: Estimand, catalogue: Catalogue, parts: Parts
) -> pd.DataFrame | Untestable:
    """Return the frame with `dose`, conditioning columns `c0`, `c1` … and other lines `l0`, `l1` …."""
    cause, level = estimand.cause, estimand.effect.level
    if isinstance(cause, Indicator):
        return _beside(frame, panel, cause, catalogue, "dose")
    known = [part for part in parts if not isinstance(part, Untestable)]
    names = ["dose", *(f"c{number}" for number in range(len(known) - 1))]
    spread = _Spread.over(frame)
    lines = {f"l{number}": spread.filled(line) for number, line in enumerate(_other_lines(panel, cause, level))}
    return frame.assign(**{name: spread(values) for name, values in zip(names, known, strict=True)}, **lines)


def _other_lines(panel: MonitorPanel, cause: Exposure, level: Level) -> list[pd.Series[float]]:
    """Return the dose of every other line of activity that the plans name."""
    if not isinstance(cause.rule, ActivityLine):
        return []
    lines = [line for line in ACTIVITY_LINES if line != cause.rule.line]
    doses = [dose(panel, replace(cause.rule, line=line), level) for line in lines]
    return [one for one in doses if not isinstance(one, Untestable)]


def _beside(
    frame: pd.DataFrame, panel: MonitorPanel, cause: Indicator, catalogue: Catalogue, name: str
) -> pd.DataFrame | Untestable:
    """Return the frame with another indicator of the same unit and year as a column."""
    values = measured(panel, cause.name, catalogue.technical)
    if values is None:
        return Untestable(reason="de tussenstap is niet geleverd", missing=(cause.delivery,))
    renamed = pd.DataFrame(values, columns=["unit", "school_year", "value"]).rename(columns={"value": name})
    if cause.level is Level.REGION and frame["unit"].ne(frame["region"]).any():
        merged = frame.merge(renamed.rename(columns={"unit": "region"}), on=["region", "school_year"], how="inner")
    else:
        merged = frame.merge(renamed, on=["unit", "school_year"], how="inner")
    if merged.empty:
        reason = "oorzaak en gevolg zijn nooit in dezelfde eenheid en hetzelfde jaar waargenomen"
        return Untestable(reason=reason, missing=(cause.delivery,))
    return merged


def _parts(panel: MonitorPanel, estimand: Estimand) -> Parts:
    """Return the dose and what enters times year: its formula input, circumstances, and for a line the whole budget.

    A cause that is an indicator has none.
    """
    cause, level = estimand.cause, estimand.effect.level
    if isinstance(cause, Indicator):
        return []
    regional = isinstance(cause.rule, REGIONAL)
    parts: Parts = [dose(panel, cause.rule, level)]
    if cause.formula_input is not None:
        parts.append(dose(panel, cause.formula_input.rule, Level.REGION if regional else level))
    if regional:
        flags = [circumstance(panel, name) for name in ("techniekarm", *cause.circumstances)]
        parts += [one for one in flags if not one.empty]
    if isinstance(cause.rule, ActivityLine):
        parts.append(dose(panel, RegionalBudget(counted=cause.rule.counted), level))
    return parts


def _placebos(panel: MonitorPanel, cause: Exposure, level: Level) -> list[tuple[str, pd.Series[float]]]:
    """Return the placebo doses that the delivered counts allow."""
    found = [(placebo.name, dose(panel, placebo.rule, level)) for placebo in cause.placebos]
    return [(name, values) for name, values in found if not isinstance(values, Untestable)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Spread:
    """The rows of a frame by region and by vestiging, over which values are spread."""

    of: dict[str, tuple[Integers, pd.Index[str]]]
    """Code (n,) of each row, and what the codes stand for."""

    @classmethod
    def over(cls, frame: pd.DataFrame) -> _Spread:
        """Return the rows of a frame by where they belong."""
        return cls(of={"region": pd.factorize(frame["region"]), "vestiging": pd.factorize(frame["unit"])})

    def __call__(self, values: pd.Series[float]) -> Floats:
        """Return values by region or vestiging as one a row (n,), NaN where there is none."""
        codes, names = self.of["region" if values.index.name == "region" else "vestiging"]
        return np.append(values.reindex(names).to_numpy(dtype=np.float64, na_value=np.nan), np.nan)[codes]

    def filled(self, values: pd.Series[float]) -> Floats:
        """Return values as one a row (n,), zero where there is none."""
        return np.nan_to_num(self(values), nan=0.0)


def _as_arrays(
    frame: pd.DataFrame,
    panel: MonitorPanel,
    estimand: Estimand,
    catalogue: Catalogue,
    dropped: tuple[tuple[str, int], ...],
) -> Sample:
    unit, unit_names = pd.factorize(frame["unit"], sort=True)
    cluster, cluster_names = pd.factorize(frame["region"], sort=True)
    level = estimand.effect.level
    group, groups = pd.factorize(frame["group"], sort=True)
    conditions, lines = _numbered(frame, "c"), _numbered(frame, "l")
    return Sample(
        outcome=_numbers(frame["value"]),
        outcome_low=_numbers(frame["low"]),
        outcome_high=_numbers(frame["high"]),
        unit=unit.astype(np.int64),
        group=group.astype(np.int64),
        period=frame["school_year"].to_numpy(dtype=np.int64),
        cluster=cluster.astype(np.int64),
        stratum=_strata(unit_names, panel, max(estimand.window.baseline))[unit],
        dose=_numbers(frame["dose"]),
        entitlement=_entitlement(frame, level, catalogue),
        conditioning=frame[conditions].to_numpy(dtype=np.float64).reshape(len(frame), len(conditions)),
        weight=_weights(frame, unit * len(groups) + group, estimand),
        offset=_numbers(frame["offset"]),
        placebo_doses=(),
        unit_names=tuple(map(str, unit_names)),
        cluster_names=tuple(map(str, cluster_names)),
        dropped=dropped,
        other_lines=frame[lines].to_numpy(dtype=np.float64) if lines else None,
        mediator=None if estimand.mediator is None else _numbers(frame["mediator"]),
    )


def _with_other_doses(found: Sample, frame: pd.DataFrame, panel: MonitorPanel, estimand: Estimand) -> Sample:
    """Return a sample with placebo doses, and with dose and formula input rebuilt from each count at hand."""
    cause, level = estimand.cause, estimand.effect.level
    if isinstance(cause, Indicator):
        return found
    spread = _Spread.over(frame)
    placebos = tuple((name, spread.filled(values)) for name, values in _placebos(panel, cause, level))
    if not isinstance(cause.rule, DOSES):
        return replace(found, placebo_doses=placebos)
    regional = isinstance(cause.rule, REGIONAL)
    doses, own = recounted(panel, cause.rule, level), cause.formula_input
    inputs = () if own is None else recounted(panel, own.rule, Level.REGION if regional else level)
    return replace(
        found,
        placebo_doses=placebos,
        recounted_doses=tuple((year, spread(values)) for year, values in doses),
        recounted_inputs=tuple((year, spread(values)) for year, values in inputs),
    )


def _numbered(frame: pd.DataFrame, letter: str) -> list[str]:
    """Return the columns named by a letter and a number."""
    return [name for name in frame.columns if name[0] == letter and name[1:].isdigit()]


def _numbers(column: pd.Series[float]) -> Floats:
    return np.asarray(column, dtype=np.float64)


def _weights(frame: pd.DataFrame, place: Integers, estimand: Estimand) -> Floats:
    """Return response weights for surveys, else the size of the unit in the baseline years.

    A size that moved with the programme would weigh the outcome by its own cause. A unit that is not
    observed in the baseline takes its mean size. `place` (n,) is one code for each unit and group.
    """
    if estimand.effect.delivery is Delivery.SURVEY:
        return _numbers(frame["weight"])
    weight = frame["weight"].reset_index(drop=True)
    baseline = np.isin(frame["school_year"].to_numpy(), [year.start for year in estimand.window.baseline])
    always = weight.groupby(place).mean()
    before = weight[baseline].groupby(place[baseline]).mean().reindex(always.index)
    return _numbers(before.fillna(always).reindex(place))


def _entitlement(frame: pd.DataFrame, level: Level, catalogue: Catalogue) -> Floats:
    """Return the entitlement of each row's group; one where a unit has no groups."""
    if level in (Level.PROFILE_GROUP, Level.SUBJECT_GROUP):
        return np.asarray(frame["group"] == "technical", dtype=np.float64)
    if level is not Level.LEERWEG:
        return np.ones(len(frame))
    rules = [one.rule for one in catalogue.exposures if isinstance(one.rule, Entitlement)]
    if not rules:
        message = "an outcome by leerweg needs an exposure whose rule is Entitlement in the catalogue"
        raise ValueError(message)
    weights = {"BB": rules[0].bb, "KB": rules[0].kb, "GL": rules[0].gl, "TL": rules[0].tl}
    return np.asarray(frame["group"].map(weights), dtype=np.float64)


def _strata(units: pd.Index[str], panel: MonitorPanel, baseline: SchoolYear) -> Integers:
    """Return the composition of each unit's profiles at the baseline, as a code."""
    return np.asarray(_compositions(panel, baseline).reindex(units).fillna(0), dtype=np.int64)


@kept(8)
def _compositions(panel: MonitorPanel, baseline: SchoolYear) -> pd.Series[int]:
    """Return by unit whether D&P is offered, times how many other non-technical profiles: 0-1, 2, 3 or more."""
    offers = panel.tables["offers"]
    read = ["unit", "profile", "leerweg", "pupils_high"]
    before = offers.loc[offers["school_year"] == baseline.start, read]
    rows = before[
        before["profile"].isin(OTHER_PROFILES)
        & before["leerweg"].isin(PROFESSIONAL_LEERWEGEN)
        & (before["pupils_high"].fillna(0) > 0)
    ]
    offered = rows[["unit", "profile"]].drop_duplicates()
    with_dp = (offered["profile"] == "DP").groupby(offered["unit"]).any()
    others = (offered["profile"] != "DP").groupby(offered["unit"]).sum().clip(lower=1, upper=3)
    codes = others.astype(np.int64) * 2 + with_dp.astype(np.int64)
    return codes.set_axis(codes.index.astype(object))
