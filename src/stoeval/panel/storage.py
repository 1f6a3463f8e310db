"""A monitor panel on disk: one Parquet file a table, and a datapackage.json that describes them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from stoeval.errors import PanelError
from stoeval.panel.contract import conform
from stoeval.panel.kept import kept
from stoeval.panel.provisional import provisional_years
from stoeval.panel.tables import TABLES, Column, Kind, Table
from stoeval.vocabulary import MonitorPanel, Provenance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Any

    from stoeval.vocabulary import SchoolYear

DESCRIPTOR = "datapackage.json"
PACKAGE = "stoeval-monitor-panel"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FIELD_TYPES = {Kind.TEXT: "string", Kind.INTEGER: "integer", Kind.NUMBER: "number", Kind.TRUTH: "boolean"}
ARROW_TYPES = {Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64(), Kind.TRUTH: pa.bool_()}

_DIGEST = re.compile(r"[0-9a-f]{64}")
PANDAS_TYPES = {ARROW_TYPES[kind]: pd.api.types.pandas_dtype(str(kind)) for kind in Kind}


def write_panel(panel: MonitorPanel, directory: Path, *, inputs: Sequence[tuple[str, str]] = ()) -> None:
    """Write a panel as a whole or not at all; equal panels give equal bytes.

    An older panel in the same place is replaced only once the new one is complete. `inputs` names everything
    that the panel depends on, with its SHA-256 (see `incremental`). Raises PanelError where the directory holds
    something that is not a panel.
    """
    frames = _conformed(panel)
    _restore(directory)
    _refuse_to_overwrite(directory)
    partial, previous = _sibling(directory, "partial"), _sibling(directory, "previous")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    resources, provisional = [], provisional_years(panel.provenance.notes)
    for table in TABLES:
        path = partial / f"{table.name}.parquet"
        _write_table(frames[table.name], table, path)
        resources.append(_resource(table, _sha256(path)) | _flag(table, provisional))
    descriptor = _descriptor(panel.provenance, resources) | _recorded(inputs)
    text = json.dumps(descriptor, indent=2, ensure_ascii=False) + "\n"
    (partial / DESCRIPTOR).write_text(text, encoding="utf-8")
    if directory.exists():
        directory.rename(previous)
    partial.rename(directory)
    shutil.rmtree(previous, ignore_errors=True)


def read_panel(directory: Path) -> MonitorPanel:
    """Read a panel; raise PanelError at a missing, damaged or foreign file."""
    _restore(directory)
    descriptor = _read_descriptor(directory)
    try:
        hashes = {resource["name"]: resource["hash"] for resource in descriptor["resources"]}
        provenance = _provenance(descriptor)
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{directory.name}/{DESCRIPTOR}: {error} is missing or of the wrong kind; build the panel again"
        raise PanelError(message) from error
    tables = {table.name: _read_table(directory, table, hashes) for table in TABLES}
    return MonitorPanel(tables=tables, provenance=provenance)


def recorded_inputs(directory: Path) -> tuple[tuple[str, str], ...]:
    """Return the inputs that a panel was written with; none where it is absent or no longer as it was written."""
    _restore(directory)
    try:
        descriptor = _read_descriptor(directory)
        hashes = {resource["name"]: resource["hash"] for resource in descriptor["resources"]}
        inputs = tuple((str(one["title"]), str(one["hash"])) for one in descriptor.get("inputs", []))
    except (PanelError, KeyError, TypeError, AttributeError):
        return ()
    paths = {table.name: directory / f"{table.name}.parquet" for table in TABLES}
    whole = all(path.is_file() and hashes.get(name) == f"sha256:{_sha256(path)}" for name, path in paths.items())
    return inputs if whole else ()


@kept(8)
def panel_sha256(panel: MonitorPanel) -> str:
    """Return the fingerprint of the tables of a panel, whatever stored them.

    SHA-256 over one JSON line a column, [table, column, kind, values], tables and columns in declared order,
    rows by key, numbers in their shortest exact notation.
    """
    digest = hashlib.sha256()
    frames = _conformed(panel)
    for table in TABLES:
        for column in table.columns:
            values = frames[table.name][column.name]
            cells = values.astype(object).where(values.notna(), None).tolist()
            line = json.dumps([table.name, column.name, str(column.kind), cells], separators=(",", ":"))
            digest.update(line.encode("ascii") + b"\n")
    return digest.hexdigest()


def _conformed(panel: MonitorPanel) -> dict[str, pd.DataFrame]:
    missing = [table.name for table in TABLES if table.name not in panel.tables]
    if missing:
        message = f"the table {missing[0]} is missing, 1 of {len(missing)}; add it, empty where not delivered"
        raise PanelError(message)
    return {table.name: conform(panel.tables[table.name], table) for table in TABLES}


def _provenance(descriptor: dict[str, Any]) -> Provenance:
    return Provenance(
        synthetic=bool(descriptor["synthetic"]),
        regions=str(descriptor["regions"]),
        sources=tuple((source["title"], source["hash"].removeprefix("sha256:")) for source in descriptor["sources"]),
        notes=tuple(descriptor["notes"]),
    )


def _write_table(frame: pd.DataFrame, table: Table, path: Path) -> None:
    schema = pa.schema([pa.field(column.name, ARROW_TYPES[column.kind]) for column in table.columns])
    content = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(content, path, compression="zstd", compression_level=3, version="2.6", store_schema=False)


def _read_table(directory: Path, table: Table, hashes: dict[str, str]) -> pd.DataFrame:
    path = directory / f"{table.name}.parquet"
    where = f"{directory.name}/{path.name}"
    if not path.is_file():
        message = f"{where}: the file is missing; expected one a table; build the panel again"
        raise PanelError(message)
    if hashes.get(table.name) != f"sha256:{_sha256(path)}":
        message = f"{where}: the content is not what {DESCRIPTOR} declares; the file changed; build the panel again"
        raise PanelError(message)
    try:
        frame = pq.read_table(path).to_pandas(types_mapper=PANDAS_TYPES.get)
    except (pa.ArrowException, OSError, ValueError) as error:
        message = f"{where}: no Parquet file ({error}); build the panel again"
        raise PanelError(message) from error
    return conform(frame, table)


def _read_descriptor(directory: Path) -> dict[str, Any]:
    path = directory / DESCRIPTOR
    if not path.is_file():
        message = f"{directory}: not a panel, {DESCRIPTOR} is missing; build a panel there first"
        raise PanelError(message)
    try:
        descriptor: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        message = f"{directory.name}/{DESCRIPTOR}: no JSON ({error}); build the panel again"
        raise PanelError(message) from error
    needed = ("name", "resources", "synthetic", "regions", "sources", "notes")
    lacking = [name for name in needed if not isinstance(descriptor, dict) or name not in descriptor]
    if lacking or descriptor["name"] != PACKAGE:
        message = (
            f"{directory.name}/{DESCRIPTOR}: no monitor panel; lacks {lacking or PACKAGE}; build a panel elsewhere"
        )
        raise PanelError(message)
    return descriptor


def _descriptor(provenance: Provenance, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": PROFILE,
        "name": PACKAGE,
        "title": "Monitorpanel Sterk Techniekonderwijs",
        "synthetic": provenance.synthetic,
        "regions": provenance.regions,
        "notes": list(provenance.notes),
        "sources": [_source(name, fingerprint) for name, fingerprint in provenance.sources],
        "resources": resources,
    }


def _recorded(inputs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"inputs": [{"title": name, "hash": digest} for name, digest in inputs]} if inputs else {}


def _source(name: str, fingerprint: str) -> dict[str, str]:
    """Describe a file by its SHA-256, a generator by its own words."""
    return {"title": name, "hash": f"sha256:{fingerprint}" if _DIGEST.fullmatch(fingerprint) else fingerprint}


def _resource(table: Table, digest: str) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": table.source,
        "path": f"{table.name}.parquet",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "hash": f"sha256:{digest}",
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "missingValues": [],
        },
    }


def _flag(table: Table, provisional: dict[str, tuple[SchoolYear, ...]]) -> dict[str, Any]:
    """Return the flag of a table of which figures may still change, with the school years as far as it has them."""
    if table.name not in provisional:
        return {}
    return {"provisional": True, "provisionalSchoolYears": [str(year) for year in provisional[table.name]]}


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": column.required}
    if column.minimum is not None:
        constraints["minimum"] = column.minimum
    if column.maximum is not None:
        constraints["maximum"] = column.maximum
    if column.categories:
        constraints["enum"] = list(column.categories)
    if column.pattern:
        constraints["pattern"] = column.pattern
    field = {"name": column.name, "type": FIELD_TYPES[column.kind], "description": column.description}
    return field | ({"unit": column.unit} if column.unit else {}) | {"constraints": constraints}


def _restore(directory: Path) -> None:
    """Put back the panel that a write was replacing when it was killed."""
    previous = _sibling(directory, "previous")
    if previous.exists() and not directory.exists():
        previous.rename(directory)
    shutil.rmtree(previous, ignore_errors=True)


def _refuse_to_overwrite(directory: Path) -> None:
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return
    try:
        _read_descriptor(directory)
    except PanelError as error:
        message = f"{directory}: exists and is not a panel; nothing was written; choose another directory"
        raise PanelError(message) from error


def _sibling(directory: Path, purpose: str) -> Path:
    return directory.resolve().with_name(f".{directory.resolve().name}.{purpose}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
