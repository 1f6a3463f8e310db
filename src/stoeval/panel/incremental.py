"""Whether a panel has to be built again: not where everything that it depends on is as it was.

That is every file that a build may look at, by name and content, and the package that built it. A file that is
changed while a panel is built has another SHA-256 afterwards, so the next build starts again.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from stoeval.panel.deliveries import SIBLING
from stoeval.panel.delivery_list import file_sha256
from stoeval.panel.recognition import files_in
from stoeval.panel.storage import recorded_inputs

PACKAGE = "stoeval"
READERS = Path(__file__).parent
"""Where the code lies that turns deliveries into a panel."""


def build_inputs(deliveries: Path, regions: Path | None = None) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of everything that a build from a folder depends on, in order of name.

    That is each file of the folder, of the folder of coordinates beside it, the table of regions where it lies
    elsewhere, and the package, by its version and the content of its readers. Raises PanelError at a file that
    cannot be read.
    """
    beside = deliveries.parent / SIBLING
    found = [
        *((f"deliveries/{one.relative_to(deliveries).as_posix()}", one) for one in files_in(deliveries)),
        *((f"{SIBLING}/{one.relative_to(beside).as_posix()}", one) for one in files_in(beside)),
        *([] if regions is None else [("regions", regions)]),
    ]
    inputs = [(name, f"sha256:{file_sha256(path)}") for name, path in found]
    return tuple(sorted([*inputs, (f"{PACKAGE} {version(PACKAGE)}", f"sha256:{_readers_sha256()}")]))


def is_current(directory: Path, inputs: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether a whole panel lies in a directory that was written with exactly these inputs."""
    return bool(inputs) and recorded_inputs(directory) == inputs


def _readers_sha256() -> str:
    digest = hashlib.sha256()
    for path in sorted(READERS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(READERS).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
