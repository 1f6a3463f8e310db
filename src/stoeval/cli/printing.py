"""What the command line prints: tables and JSON on the output, everything else on the error stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.runs.read import StoredRun


class Progress:
    """A progress bar on the error stream, so that the output stays data."""

    def __init__(self, title: str, total: int | None) -> None:
        from rich.console import Console  # noqa: PLC0415 - the command line starts without it
        from rich.progress import Progress  # noqa: PLC0415 - as above

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(title, total=total)
        self._title = title

    def __enter__(self) -> Callable[[str], None]:
        self._bar.start()
        return self._step

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def _step(self, name: str) -> None:
        self._bar.update(self._task, advance=1, description=f"{self._title}: {name}")


def print_verdicts(stored: Sequence[StoredRun], *, as_json: bool) -> None:
    """Print the verdicts of runs side by side."""
    rows: dict[int, dict[str, object]] = {}
    for one in stored:
        for _, verdict in one.verdicts.iterrows():
            row = rows.setdefault(int(verdict["hypothesis"]), {"hypothesis": f"H{verdict['hypothesis']}"})
            row[str(verdict["measurement"])] = verdict["conclusion"]
            row[f"class {verdict['measurement']}"] = verdict["identification_class"]
            row[f"because {verdict['measurement']}"] = verdict["because"]
    if not as_json:
        shown = [{name: cell for name, cell in row.items() if not name.startswith("because")} for row in rows.values()]
        print_rows(shown, as_json=False)
        for one in stored:
            _print_caution(one)
        return
    print_json(list(rows.values()))


def _print_caution(stored: StoredRun) -> None:
    if stored.manifest["synthetic"]:
        say(f"{stored.path.name}: gesimuleerde gegevens; geen enkel getal zegt iets over STO")
    elif stored.manifest["regions"] != "STO":
        say(f"{stored.path.name}: {stored.manifest['regions']} in plaats van de STO-regio's")


def say(text: str) -> None:
    """Say something beside the output."""
    typer.echo(text, err=True)


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_rows(rows: Sequence[dict[str, object]], *, as_json: bool) -> None:
    """Print rows as a table, or as JSON."""
    if as_json:
        print_json(list(rows))
        return
    from rich.console import Console  # noqa: PLC0415 - the command line starts without it
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(*(rows[0] if rows else ()))
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
    Console().print(table)
