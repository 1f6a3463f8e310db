"""Pupil records, one row a graduate, reduced to the cells of the table `flows`.

Records stay where they are, inside a protected environment; only cells come out, and those are exact and have to
pass the output control of that environment. The query is the text beside this module, the same for every engine.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stoeval.errors import ContractViolated, PanelError
from stoeval.panel.contract import conform
from stoeval.panel.record_engines import KINDS, duck_engine
from stoeval.panel.tables import FLOWS, HARD_TECHNICAL, OTHER_PROFILES, SOFT_TECHNICAL, Column, Kind
from stoeval.vocabulary import MonitorPanel

if TYPE_CHECKING:
    from stoeval.panel.record_engines import Engine

VIEW = "pupil_records"
SOURCE = "pupil records, as cells"
SECTORS = ("techniek", "economie", "zorg en welzijn", "groen", "combinatie")
TECHNICAL_SECTOR = "techniek"
TECHNICAL = (*HARD_TECHNICAL, *SOFT_TECHNICAL)


COLUMNS = (
    Column(name="pupil", kind=Kind.TEXT, description="pseudonym, the same for one pupil in every exam cohort"),
    Column(
        name="school_year",
        kind=Kind.INTEGER,
        description="school year of the exam, by the year in which it starts",
        minimum=2000,
        maximum=2100,
    ),
    Column(
        name="vestiging",
        kind=Kind.TEXT,
        description="vestiging of the exam, BRIN and two digits",
        pattern="[0-9]{2}[A-Z]{2}[0-9]{2}",
    ),
    Column(
        name="leerweg",
        kind=Kind.TEXT,
        description="leerweg of the exam; LWT counts with BB",
        categories=("BB", "KB", "GL", "LWT", "TL"),
    ),
    Column(
        name="profile",
        kind=Kind.TEXT,
        description="profile of the exam; TL where there is none",
        categories=(*TECHNICAL, *OTHER_PROFILES, "TL"),
    ),
    Column(name="entered_mbo", kind=Kind.TRUTH, description="enrolled in mbo the next October"),
    Column(
        name="programme",
        kind=Kind.TEXT,
        description="mbo programme, by crebo code",
        required=False,
        pattern="[0-9]{5}",
    ),
    Column(name="level", kind=Kind.INTEGER, description="mbo level", required=False, minimum=1, maximum=4),
    Column(
        name="sector",
        kind=Kind.TEXT,
        description="sector of the mbo programme",
        required=False,
        categories=SECTORS,
    ),
    *(
        Column(name=name, kind=Kind.TRUTH, description=description, required=False)
        for name, description in (
            ("good_prospects", "in a programme with good job prospects, vintage 2017"),
            ("good_prospects_current", "the same by the vintage of the year of entry"),
            ("switched", "changed programme within a year"),
            ("dropped_out", "left mbo without a diploma within a year"),
            ("qualified", "has an mbo diploma four years after the exam"),
        )
    ),
)
"""The columns of the records; an empty cell is unknown, or does not apply to who did not enter mbo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Records that break the contract: what they are, the condition in SQL, what to do."""

    what: str
    broken: str
    advice: str


def reduce_pupil_records(records: str | Path, *, engine: Engine | None = None) -> pd.DataFrame:
    """Return the cells of the table `flows` that pupil records add up to, sorted by key.

    `records` is a Parquet file, a pattern or a directory. Without an engine DuckDB reads them in bounded memory.
    Raises ContractViolated with every kind of broken record at once (no pseudonym is shown), and PanelError where
    the records cannot be read or there are none.
    """
    if engine is None:
        with duck_engine() as own:
            return reduce_pupil_records(records, engine=own)
    try:
        _require_columns(engine.open(records, VIEW), records)
        _require_rules(engine, records)
        rows = engine.rows(_query())
    except engine.failures as error:
        first = str(error).strip().partition("\n")[0]
        message = f"{records}: the pupil records cannot be read or reduced ({first}); write them again as Parquet"
        raise PanelError(message) from error
    return conform(pd.DataFrame(rows, columns=list(FLOWS.names)), FLOWS)


def write_flow_cells(records: str | Path, path: Path, *, engine: Engine | None = None) -> Path:
    """Reduce pupil records and write the cells as Parquet, whole or not at all; equal records give equal bytes."""
    cells = reduce_pupil_records(records, engine=engine)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        table = pa.Table.from_pandas(cells, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(table, unfinished, compression="zstd", version="2.6", store_schema=False)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return path


def with_flow_cells(panel: MonitorPanel, cells: pd.DataFrame) -> MonitorPanel:
    """Return a panel with these cells as its table `flows`; cells of vestigingen that it does not know are left out.

    The cells are named among the sources by the SHA-256 of their text, and what was left out in a note. Raises
    PanelError where the panel has flows already.
    """
    there = panel.tables[FLOWS.name]
    if len(there):
        message = f"{FLOWS.name}: {len(there)} rows were delivered as cells; keep those or the pupil records"
        raise PanelError(message)
    outside = ~cells["vestiging"].isin(panel.tables["vestigingen"]["vestiging"])
    notes = [f"Doorstroom uit leerlingrecords: {int(cells['leavers_low'].sum())} geslaagden in {len(cells)} cellen."]
    if outside.any():
        first = cells.loc[outside, "vestiging"].iloc[0]
        notes.append(
            f"Weggelaten uit {FLOWS.name}: {int(outside.sum())} van {len(cells)} rijen, waarvan vestiging niet in het "
            f"panel voorkomt; de eerste is {first}."
        )
    digest = hashlib.sha256(cells.to_csv(index=False, lineterminator="\n").encode()).hexdigest()
    provenance = replace(
        panel.provenance,
        sources=tuple(sorted([*panel.provenance.sources, (SOURCE, digest)])),
        notes=(*panel.provenance.notes, *notes),
    )
    kept = conform(cells[~outside], FLOWS)
    return MonitorPanel(tables={**panel.tables, FLOWS.name: kept}, provenance=provenance)


def _query() -> str:
    text = files("stoeval.panel").joinpath("pupil_records.sql").read_text(encoding="utf-8")
    return Template(text).substitute(technical_profiles=_listed(TECHNICAL), technical_sector=TECHNICAL_SECTOR)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _require_columns(found: dict[str, str], records: str | Path) -> None:
    """Raise ContractViolated at columns that are missing or of another kind."""
    missing = [column.name for column in COLUMNS if column.name not in found]
    wrong = [
        f"column {column.name} holds {found[column.name]}, not {column.kind.name.lower()}; write it as one of "
        f"{', '.join(KINDS[column.kind])}"
        for column in COLUMNS
        if column.name in found and found[column.name] not in KINDS[column.kind]
    ]
    if missing:
        wrong.insert(0, f"{len(missing)} columns are missing: {', '.join(missing)}; add them, empty where unknown")
    if wrong:
        raise ContractViolated(str(records), wrong)


def _require_rules(engine: Engine, records: str | Path) -> None:
    """Raise ContractViolated at records that break a rule, PanelError where there are no records."""
    rules = [*_rules(), CONTRADICTION]
    counts = ", ".join(f"count(*) FILTER (WHERE {rule.broken})" for rule in rules)
    total, *broken = engine.rows(f"SELECT count(*), {counts} FROM {VIEW}")[0]  # noqa: S608 - our own declaration
    if not total:
        message = f"{records}: 0 pupil records; give the records of at least one exam cohort"
        raise PanelError(message)
    found = [
        f"{count} of {total} records with {rule.what}; {rule.advice}"
        for rule, count in zip(rules, broken, strict=True)
        if count
    ]
    found += [
        f"{pupils} pupils with more than one record in exam cohort {year}; keep one record a pupil and cohort"
        for year, pupils in engine.rows(DOUBLED)
    ]
    if found:
        raise ContractViolated(str(records), found)


DOUBLED = f"""
    SELECT school_year, count(*) FROM (
        SELECT school_year, pupil FROM {VIEW}
        WHERE pupil IS NOT NULL AND school_year IS NOT NULL
        GROUP BY school_year, pupil HAVING count(*) > 1
    ) doubled GROUP BY school_year ORDER BY school_year
"""  # noqa: S608 - our own name
CONTRADICTION = _Rule(
    what="something in mbo and no entry into mbo",
    broken="NOT entered_mbo AND (programme IS NOT NULL OR level IS NOT NULL OR sector IS NOT NULL"
    " OR good_prospects OR good_prospects_current OR switched OR dropped_out OR qualified)",
    advice="leave what happened in mbo empty, or set entered_mbo",
)


def _rules() -> list[_Rule]:
    """Return what the declaration of the columns asks of each record."""
    rules = []
    for column in COLUMNS:
        name = column.name
        if column.required:
            rules.append(_Rule(what=f"empty {name}", broken=f"{name} IS NULL", advice="fill it or drop the records"))
        if column.categories:
            known = _listed(column.categories)
            advice = f"use one of {', '.join(column.categories)}"
            rules.append(_Rule(what=f"{name} of no known category", broken=f"{name} NOT IN ({known})", advice=advice))
        if column.pattern:
            unlike = f"{name} = '' OR regexp_replace({name}, '^{column.pattern}$', '') <> ''"
            rules.append(_Rule(what=f"{name} of the wrong form", broken=unlike, advice=f"write it as {column.pattern}"))
        if column.minimum is not None and column.maximum is not None:
            low, high = f"{column.minimum:g}", f"{column.maximum:g}"
            outside = f"{name} < {low} OR {name} > {high}"
            rules.append(_Rule(what=f"{name} outside its range", broken=outside, advice=f"give {low} to {high}"))
    return rules
