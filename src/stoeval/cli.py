"""The command line: verbs in the order of the work."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import stoeval
from stoeval.errors import CatalogueError, ContractViolated, StoevalError
from stoeval.vocabulary import Phase, TechnicalDefinition

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Catalogue, Hypothesis, Measurement, MonitorPanel, Run

SEED = 20180801
"""The first of August 2018, when the money started."""
INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Evaluate Sterk Techniekonderwijs: nine hypotheses, from data to verdicts.",
)

Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Panel = Annotated[Path | None, typer.Option("--panel", help="Panel directory; the simulated twin where none is given.")]
Out = Annotated[Path, typer.Option("--out", help="Where runs are written.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the twin and of every random draw.")]
Technical = Annotated[TechnicalDefinition, typer.Option("--technical", help="Which profiles count as technical.")]
Language = Annotated[str, typer.Option("--language", help="nl or en.")]


@app.command("list")
def list_hypotheses(*, as_json: Json = False) -> None:
    """List the nine hypotheses."""
    rows = [
        {"hypothesis": f"H{one.number}", "goal": one.goal, "links": len(one.links), "statement": one.statement}
        for one in _catalogue().hypotheses
    ]
    _print_rows(rows, as_json=as_json)


@app.command()
def show(hypothesis: str, *, as_json: Json = False) -> None:
    """Show one hypothesis, such as H4: statement, chain, designs and gaps."""
    chosen = _hypothesis(hypothesis)
    links = [_link_row(chosen, link.name) for link in chosen.links]
    if as_json:
        _print_json({"hypothesis": chosen.number, "statement": chosen.statement, "gaps": chosen.gaps, "links": links})
        return
    typer.echo(f"H{chosen.number} ({chosen.goal}; {chosen.reference})\n\n{chosen.statement}\n")
    _print_rows(links, as_json=False)
    for gap in chosen.gaps:
        typer.echo(f"- {gap}")


@app.command("plan")
def show_plan(measurement: Phase, *, technical: Technical = TechnicalDefinition.HARD, as_json: Json = False) -> None:
    """Print every estimate that would be made; no data are touched."""
    catalogue = _catalogue(technical)
    rows = [asdict(planned) for planned in stoeval.planned_estimates(_measurement(catalogue, measurement), catalogue)]
    if as_json:
        _print_json({"catalogue_sha256": stoeval.catalogue_sha256(catalogue), "estimates": rows})
        return
    shown = ("hypothesis", "link", "role", "exposure", "outcome", "design", "window", "expected", "highest_class")
    _print_rows([{name: row[name] for name in shown} for row in rows], as_json=False)
    typer.echo(f"catalogue {stoeval.catalogue_sha256(catalogue)}")


@app.command("simulate")
def simulate_panel(*, out: Annotated[Path, typer.Option("--out")], seed: Seed = SEED) -> None:
    """Write the simulated twin as a panel."""
    stoeval.write_panel(_twin(seed), out)
    typer.echo(f"panel: {out}")


@app.command()
def build(
    *,
    deliveries: Annotated[Path, typer.Option("--deliveries", help="Directory with the delivered files.")],
    out: Annotated[Path, typer.Option("--out", help="Where the panel is written.")],
    regions: Annotated[Path | None, typer.Option("--regions", help="Table of STO regions.")] = None,
) -> None:
    """Build a panel from deliveries; files are read in place."""
    with _progress("Building", None) as step:
        panel = stoeval.build_panel(deliveries, regions=regions, progress=step)
        stoeval.write_panel(panel, out)
    for note in panel.provenance.notes:
        typer.echo(f"- {note}")
    typer.echo(f"panel: {out}")


@app.command()
def check(panel: Path, *, as_json: Json = False) -> None:
    """Hold a panel against its contract, with every violation at once."""
    found = stoeval.panel_violations(stoeval.read_panel(panel))
    if as_json:
        _print_json({"panel": str(panel), "violations": found})
    if found:
        raise ContractViolated(str(panel), found)
    if not as_json:
        typer.echo(f"{panel}: no violations")


@app.command()
def run(  # noqa: PLR0913 - the options of a run
    measurement: Phase,
    *,
    panel: Panel = None,
    out: Out = Path("runs"),
    seed: Seed = SEED,
    technical: Technical = TechnicalDefinition.HARD,
    as_json: Json = False,
) -> None:
    """Run the interim or the final measurement and write it."""
    stored = _run(_panel(panel, seed), measurement, _catalogue(technical), out, seed)
    _print_verdicts([stored], as_json=as_json)
    _say(f"run: {stored.path}")


@app.command()
def evaluate(
    *,
    panel: Panel = None,
    out: Out = Path("runs"),
    seed: Seed = SEED,
    technical: Technical = TechnicalDefinition.HARD,
    language: Language = "nl",
) -> None:
    """Run both measurements, write one report, and print the verdicts."""
    from multiprocessing import get_context  # noqa: PLC0415 - the command line starts without it

    catalogue, data = _catalogue(technical), _panel(panel, seed)
    with (
        _progress("Measuring interim and final", None),
        get_context("spawn").Pool(len(Phase), _leave_interrupts) as pool,
    ):
        runs = pool.starmap(_measure, [(data, phase, catalogue, seed) for phase in Phase])
        stored = [stoeval.read_run(stoeval.write_run(found, out)) for found in runs]
    place = stoeval.write_report(stored, catalogue, language, out / f"report-{language}.html")
    _print_verdicts(stored, as_json=False)
    for one in stored:
        typer.echo(f"run: {one.path}")
    typer.echo(f"report: {place.resolve()}")


@app.command()
def verify(run: Path, *, panel: Panel = None) -> None:
    """Make a run again and compare every number; exit 13 on a difference."""
    stored = stoeval.read_run(run)
    catalogue = _catalogue(TechnicalDefinition(str(stored.manifest["technical"])))
    measurement = _measurement(catalogue, Phase(str(stored.manifest["measurement"])))
    seed = int(str(stored.manifest["seed"]))
    with _progress("Verifying", _links(catalogue)) as step:
        again = stoeval.evaluate(_panel(panel, seed), measurement, catalogue, seed=seed, progress=step)
    result = stoeval.verify_run(stored, again)
    typer.echo(f"{run.name}: {result.compared} values compared, {result.identical} identical to the last digit")


@app.command()
def report(
    runs: list[Path],
    *,
    out: Annotated[Path, typer.Option("--out", help="The HTML file.")] = Path("report.html"),
    language: Language = "nl",
) -> None:
    """Write one HTML report over one or more runs."""
    stored = [stoeval.read_run(path) for path in runs]
    catalogue = _catalogue(TechnicalDefinition(str(stored[0].manifest["technical"])))
    typer.echo(f"report: {stoeval.write_report(stored, catalogue, language, out).resolve()}")


@app.command()
def compare(first: Path, second: Path, *, as_json: Json = False) -> None:
    """Show two runs side by side, hypothesis by hypothesis."""
    _print_verdicts([stoeval.read_run(first), stoeval.read_run(second)], as_json=as_json)


def main() -> None:
    """Run the command line; an error of the user's ends with its message and its exit code."""
    # One thread a process: the same numbers to the last bit, and no contest between measurements.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except StoevalError as error:
        typer.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing half-written is left", err=True)
        sys.exit(INTERRUPTED)


def _catalogue(technical: TechnicalDefinition = TechnicalDefinition.HARD) -> Catalogue:

    return stoeval.assemble_catalogue(technical)


def _hypothesis(name: str) -> Hypothesis:
    known = {f"H{one.number}": one for one in _catalogue().hypotheses}
    if name.upper() not in known:
        message = f"no hypothesis is called {name!r}; known are {', '.join(known)}"
        raise CatalogueError(message)
    return known[name.upper()]


def _measurement(catalogue: Catalogue, phase: Phase) -> Measurement:
    return next(one for one in catalogue.measurements if one.phase is phase)


def _link_row(hypothesis: Hypothesis, name: str) -> dict[str, object]:
    link = next(one for one in hypothesis.links if one.name == name)
    design = link.design
    return {
        "link": link.name,
        "role": link.role.value,
        "cause": link.cause.name,
        "effect": link.effect.name,
        "interim": link.expected.interim.value,
        "final": link.expected.final.value,
        "design": getattr(design, "name", None) or f"niet toetsbaar: {getattr(design, 'reason', '')}",
    }


def _twin(seed: int) -> MonitorPanel:

    with _progress("Simulating", None):
        return stoeval.simulate(seed=seed)


def _panel(directory: Path | None, seed: int) -> MonitorPanel:
    if directory is None:
        return _twin(seed)

    panel = stoeval.read_panel(directory)
    stoeval.check_panel(panel)
    return panel


def _run(panel: MonitorPanel, phase: Phase, catalogue: Catalogue, out: Path, seed: int) -> StoredRun:

    measurement = _measurement(catalogue, phase)
    with _progress(f"Measuring {phase.value}", _links(catalogue)) as step:
        found = stoeval.evaluate(panel, measurement, catalogue, seed=seed, progress=step)
    return stoeval.read_run(stoeval.write_run(found, out))


def _leave_interrupts() -> None:
    """Let the parent answer an interrupt; it ends its children."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measure(panel: MonitorPanel, phase: Phase, catalogue: Catalogue, seed: int) -> Run:
    """Evaluate one measurement in a process of its own."""
    return stoeval.evaluate(panel, _measurement(catalogue, phase), catalogue, seed=seed)


def _links(catalogue: Catalogue) -> int:
    return sum(len(one.links) for one in catalogue.hypotheses)


def _progress(title: str, total: int | None) -> _Progress:
    return _Progress(title, total)


class _Progress:
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


def _print_verdicts(stored: Sequence[StoredRun], *, as_json: bool) -> None:
    rows: dict[int, dict[str, object]] = {}
    for one in stored:
        for _, verdict in one.verdicts.iterrows():
            row = rows.setdefault(int(verdict["hypothesis"]), {"hypothesis": f"H{verdict['hypothesis']}"})
            row[str(verdict["measurement"])] = verdict["conclusion"]
            row[f"class {verdict['measurement']}"] = verdict["identification_class"]
            row[f"because {verdict['measurement']}"] = verdict["because"]
    if not as_json:
        shown = [{name: cell for name, cell in row.items() if not name.startswith("because")} for row in rows.values()]
        _print_rows(shown, as_json=False)
        for one in stored:
            _print_caution(one)
        return
    _print_json(list(rows.values()))


def _print_caution(stored: StoredRun) -> None:
    if stored.manifest["synthetic"]:
        _say(f"{stored.path.name}: gesimuleerde gegevens; geen enkel getal zegt iets over STO")
    elif stored.manifest["regions"] != "STO":
        _say(f"{stored.path.name}: {stored.manifest['regions']} in plaats van de STO-regio's")


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _print_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def _print_rows(rows: Sequence[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        _print_json(list(rows))
        return
    from rich.console import Console  # noqa: PLC0415 - the command line starts without it
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(*(rows[0] if rows else ()))
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row.values()))
    Console().print(table)
