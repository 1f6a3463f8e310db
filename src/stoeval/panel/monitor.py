"""The monitor: every indicator per vestiging, region, leerweg, profile and year, with the change since the baseline.

It describes and judges nothing: no norms, no tests, no words on effect. Values that rest on masked counts carry
their bounds; the value itself is the middle. A region and the country are computed from the cells of their
vestigingen, so that their bounds are those of the sums and not sums of bounds; indicators of which a pooled
count has another meaning are means over vestigingen. Vestigingen are followed as constant footprints.

What could tell people apart is withheld before anything leaves: see `withhold`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stoeval.errors import PanelError
from stoeval.panel.genealogy import Genealogy, followed
from stoeval.panel.measures import measured
from stoeval.panel.measures.pooled import pooled
from stoeval.panel.tables import LEERWEGEN
from stoeval.panel.workbook import write_workbook
from stoeval.vocabulary import Delivery, Indicator, Level, SchoolYear

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stoeval.vocabulary import MonitorPanel, TechnicalDefinition

COUNTRY = "Nederland"
BASELINE = SchoolYear(start=2017)
MEANS = frozenset({"technical_profile_size", "technical_profiles_offered", "central_mark_technical"})
"""Indicators of one vestiging that a region does not have: its value is the mean over its vestigingen."""
NUMBERS = ("value", "low", "high", "change", "change_low", "change_high")
COLUMNS = (
    "indicator",
    "label",
    "goal",
    "measure",
    "level",
    "unit",
    "region",
    "leerweg",
    "profile",
    "school_year",
    *NUMBERS,
    "since",
    "withheld",
)
KEYS = ["indicator", "level", "unit", "group"]
_PLACE = "Achtergrondschets, paragraaf 4.2 (vanaf p. 26), duurzaam 1"
_SUBJECTS = (
    ("entrants", "leerlingen in leerjaar 3", "pupils in year 3", Delivery.ENROLMENT),
    ("pupils", "leerlingen in leerjaar 3 en 4", "pupils in years 3 and 4", Delivery.ENROLMENT),
    ("candidates", "examenkandidaten", "exam candidates", Delivery.EXAM_CANDIDATES),
)


REACH = Indicator(
    name="reachability_by_profile",
    label="Aandeel leerlingen met het profiel binnen 10 kilometer van de school",
    label_en="Share of pupils with the profile within 10 kilometres of their school",
    goal="dekkend 1",
    unit="share",
    level=Level.REGION,
    source="Achtergrondschets, paragraaf 4.2 (vanaf p. 26), dekkend 1, aangeboden profielen per regio",
    delivery=Delivery.ENROLMENT,
)


def _shift(name: str, label: str, label_en: str, unit: str, delivery: Delivery) -> Indicator:
    source = f"{_PLACE}, alle profielen en tl; {delivery.value}"
    return Indicator(
        name=name,
        label=label,
        label_en=label_en,
        goal="duurzaam 1",
        unit=unit,
        level=Level.PROFILE_GROUP,
        source=source,
        delivery=delivery,
    )


BESIDE = (
    REACH,
    *(
        _shift(f"{column}_{name}", f"{label} {nl}", f"{label_en} {en}", unit, delivery)
        for column, nl, en, delivery in _SUBJECTS
        for name, label, label_en, unit in (
            ("by_profile", "Aantal per profiel,", "Number by profile,", "pupils"),
            ("by_profile_and_leerweg", "Aantal per profiel en leerweg,", "Number by profile and leerweg,", "pupils"),
            ("shift", "Aandeel van alle vmbo-keuzes,", "Share of all vmbo choices,", "share"),
        )
    ),
)
"""What the monitor shows beside the catalogue: all profiles and TL, so that shifts can be seen, and their reach."""


def monitor(
    panel: MonitorPanel,
    indicators: Sequence[Indicator],
    *,
    technical: TechnicalDefinition,
    fewest: int,
    since: SchoolYear = BASELINE,
) -> pd.DataFrame:
    """Return one row an indicator, level, unit, leerweg, profile and school year, in the order of `COLUMNS`.

    `change` is the value less that of `since`; its bounds hold every pair of admissible values. Rows that tell
    groups of fewer than `fewest` people apart are withheld. An indicator without its delivery has no rows. Raises
    PanelError where no indicator has any.
    """
    views = _views(panel)
    blocks = [
        block.assign(indicator=one.name, level=level)
        for one in dict.fromkeys((*indicators, *BESIDE))
        for level, (seen, pooled) in views.items()
        if (block := _at(one, level, seen, pooled, technical)) is not None
    ]
    if not blocks:
        message = f"none of {len(indicators)} indicators can be measured on this panel; deliver at least one table"
        raise PanelError(message)
    frame = withhold(_changed(pd.concat(blocks, ignore_index=True), since), fewest=fewest)
    return _described(frame, {one.name: one for one in (*indicators, *BESIDE)}, since)


def unmeasured(
    panel: MonitorPanel, indicators: Sequence[Indicator], technical: TechnicalDefinition
) -> tuple[Indicator, ...]:
    """Return the indicators that this panel cannot show, each for want of its delivery."""
    here = followed(panel, Genealogy.FOOTPRINTS)
    return tuple(one for one in indicators if measured(here, one.name, technical) is None)


def withhold(frame: pd.DataFrame, *, fewest: int) -> pd.DataFrame:
    """Empty the numbers of rows that could tell people apart, and say so in `withheld`.

    Withheld are rows with a group of fewer than `fewest` people, rows that rest on a masked count that a total
    gives away, and rows from which such a row would follow: where one part of a whole is withheld, its smallest
    neighbour is too. A whole is a region of vestigingen, the country of regions, and a unit of its groups. A
    change is withheld where its baseline is. `frame` has the columns `KEYS`, region, school_year, `NUMBERS`,
    smallest and disclosive.
    """
    hidden = (frame["disclosive"].astype(bool) | (frame["smallest"] < fewest)).to_numpy(copy=True)
    wholes = (
        ["indicator", "level", "group", "school_year", "region"],
        ["indicator", "level", "group", "school_year"],
        ["indicator", "level", "unit", "school_year"],
    )
    blocks = [np.asarray(frame.groupby(keys, sort=False).ngroup(), dtype=np.int64) for keys in wholes]
    kinds = [
        one.to_numpy() for one in (frame["level"] == "vestiging", frame["level"] == "region", frame["group"] != "")
    ]
    order = frame["smallest"].to_numpy(dtype=float)
    moving = True
    while moving:
        found = [_hide_neighbours(hidden, block, kind, order) for block, kind in zip(blocks, kinds, strict=True)]
        moving = any(found)
    shown = frame.assign(**{name: frame[name].mask(hidden) for name in NUMBERS}, withheld=hidden)
    base = frame["base"].map(pd.Series(hidden)).fillna(value=False).to_numpy(dtype=bool) if "base" in frame else hidden
    return shown.assign(**{name: shown[name].mask(base) for name in NUMBERS if name.startswith("change")})


def write_monitor(frame: pd.DataFrame, path: Path, *, notes: Sequence[str] = ()) -> Path:
    """Write a monitor as Parquet (`.parquet`) or as an Excel workbook (`.xlsx`), the same bytes for the same input.

    The workbook has a sheet a level and one with `notes`. Raises PanelError at another suffix, and where a level
    has more rows than a sheet can hold.
    """
    if path.suffix == ".parquet":
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table.replace_schema_metadata({"notes": "\n".join(notes)}), path, compression="zstd")
        return path
    if path.suffix != ".xlsx":
        message = f"{path.name}: a monitor is written as .parquet or .xlsx; choose one of the two"
        raise PanelError(message)
    sheets = {level: frame[frame["level"] == level] for level in dict.fromkeys(frame["level"])}
    return write_workbook(path, {**sheets, "toelichting": pd.DataFrame({"toelichting": list(notes)})})


# --- levels --------------------------------------------------------------------------------------------------------


def _views(panel: MonitorPanel) -> dict[str, tuple[MonitorPanel, MonitorPanel]]:
    """Return by level the panel in which regions are what the level says, and the same with regions as units."""
    here = followed(panel, Genealogy.FOOTPRINTS)
    country = _one_region(here)
    return {"vestiging": (here, here), "region": (here, pooled(here)), "country": (country, pooled(country))}


def _at(
    one: Indicator, level: str, seen: MonitorPanel, pooled: MonitorPanel, technical: TechnicalDefinition
) -> pd.DataFrame | None:
    """Return an indicator at a level, or None where it has none there."""
    if one.level is Level.REGION:
        return None if level == "vestiging" else measured(seen, one.name, technical)
    if one.name in MEANS and level != "vestiging":
        return _mean(measured(seen, one.name, technical))
    return measured(pooled, one.name, technical)


def _one_region(panel: MonitorPanel) -> MonitorPanel:
    """Return the panel with the country as its only region."""
    tables = {
        name: table.assign(region=COUNTRY) if "region" in table.columns else table
        for name, table in panel.tables.items()
    }
    return replace(panel, tables=tables)


def _mean(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    if frame is None:
        return None
    ends = {name: (name, "mean") for name in ("value", "low", "high")}
    rest = {"smallest": ("smallest", "sum"), "disclosive": ("disclosive", "any")}
    means = frame.groupby(["region", "group", "school_year"]).agg(**ends, **rest).reset_index()
    return means.assign(unit=means["region"])


# --- changes and words ---------------------------------------------------------------------------------------------


def _changed(frame: pd.DataFrame, since: SchoolYear) -> pd.DataFrame:
    """Add the change since the baseline and, in `base`, the row that it is a change from."""
    frame = frame[[*KEYS, "region", "school_year", "value", "low", "high", "smallest", "disclosive"]]
    before = frame.loc[frame["school_year"] == since.start, [*KEYS, "value", "low", "high"]].reset_index(names="base")
    joined = frame.merge(before, on=KEYS, how="left", suffixes=("", "_before"), validate="many_to_one")
    later = joined["school_year"] != since.start
    changes = {
        "change": joined["value"] - joined["value_before"],
        "change_low": joined["low"] - joined["high_before"],
        "change_high": joined["high"] - joined["low_before"],
    }
    ends = {name: values.where(later) for name, values in changes.items()}
    return joined.assign(**ends).drop(columns=["value_before", "low_before", "high_before"])


def _described(frame: pd.DataFrame, indicators: dict[str, Indicator], since: SchoolYear) -> pd.DataFrame:
    leerweg, profile = _leerweg_and_profile(frame, indicators)
    named = {
        column: frame["indicator"].map({name: getattr(one, field) for name, one in indicators.items()})
        for column, field in (("label", "label"), ("goal", "goal"), ("measure", "unit"))
    }
    school = frame["indicator"].map({name: one.level is Level.SUBJECT_GROUP for name, one in indicators.items()})
    level = frame["level"].mask(school.astype(bool) & (frame["level"] == "vestiging"), "school")
    years = frame["school_year"].map(lambda year: str(SchoolYear(start=int(year))))
    numbers = {name: frame[name].astype("Float64") for name in NUMBERS}
    result = frame.assign(
        **named, **numbers, level=level, leerweg=leerweg, profile=profile, school_year=years, since=str(since)
    )
    ordered = result.sort_values(["goal", "indicator", "level", "unit", "profile", "leerweg", "school_year"])
    texts = [name for name in COLUMNS if name not in {*NUMBERS, "withheld"}]
    return ordered[list(COLUMNS)].astype(dict.fromkeys(texts, "string")).reset_index(drop=True)


def _leerweg_and_profile(frame: pd.DataFrame, indicators: dict[str, Indicator]) -> tuple[pd.Series, pd.Series]:
    """Split a group into leerweg and profile: one of the two by the level of its indicator, or both with a space."""
    by_leerweg = frame["indicator"].map({name: one.level is Level.LEERWEG for name, one in indicators.items()})
    group = frame["group"].astype("string")
    both = group.str.fullmatch(rf"\S+ ({'|'.join(LEERWEGEN)})").fillna(value=False)
    last = group.str.rsplit(" ", n=1)
    leerweg = group.where(by_leerweg.astype(bool), last.str[-1].where(both, ""))
    profile = last.str[0].where(both, group.mask(by_leerweg.astype(bool), ""))
    return leerweg, profile


def _hide_neighbours(
    hidden: np.ndarray[tuple[int], np.dtype[np.bool_]],
    block: np.ndarray[tuple[int], np.dtype[np.int64]],
    concerned: np.ndarray[tuple[int], np.dtype[np.bool_]],
    order: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> bool:
    """Hide, in place, the smallest shown row of every block with exactly one hidden; say whether any was."""
    rows = np.flatnonzero(concerned)
    times = np.bincount(block[rows[hidden[rows]]], minlength=int(block.max()) + 1)
    shown = rows[~hidden[rows]]
    alone = shown[(times[block[shown]] == 1) & np.isfinite(order[shown])]
    chosen = pd.DataFrame({"row": alone, "block": block[alone], "order": order[alone]})
    chosen = chosen.sort_values(["order", "row"]).drop_duplicates("block")
    hidden[chosen["row"].to_numpy(dtype=np.int64)] = True
    return bool(len(chosen))
