"""An answer on disk, all or nothing."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from stoeval.estimate.answer import Answer


def write_answer(answer: Answer, directory: Path) -> Path:
    """Write the tables of an answer as CSV files in a new directory; empty tables are left out.

    Raises EstimationError where the directory exists and is not empty.
    """
    if directory.exists() and any(directory.iterdir()):
        message = f"{directory} is not empty; give a new directory"
        raise EstimationError(message)
    directory.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        for table in fields(answer):
            frame = getattr(answer, table.name)
            if len(frame):
                frame.to_csv(workplace / f"{table.name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        workplace.chmod(0o755)
        if directory.exists():
            directory.rmdir()
        workplace.rename(directory)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
    return directory
