"""A run on disk: a manifest and a CSV file for each kind of record, all or nothing."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from stoeval.runs.manifest import run_name
from stoeval.runs.tables import tables

if TYPE_CHECKING:
    from stoeval.vocabulary import Run

MANIFEST = "manifest.json"


def write_run(run: Run, directory: Path) -> Path:
    """Write a run under a directory and return its own directory.

    The files appear together: they are written beside their place and moved there at the end, so that an
    interrupted run leaves nothing half done. The same run replaces itself.
    """
    directory.mkdir(parents=True, exist_ok=True)
    place = directory / run_name(run.manifest)
    workplace = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=directory))
    try:
        text = json.dumps(asdict(run.manifest), indent=2, ensure_ascii=False, sort_keys=True)
        (workplace / MANIFEST).write_text(text + "\n", encoding="utf-8")
        for name, table in tables(run).items():
            table.to_csv(workplace / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        workplace.chmod(0o755)
        if place.exists():
            shutil.rmtree(place)
        workplace.rename(place)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return place
