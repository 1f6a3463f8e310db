"""Runs: made, verified, reported and compared."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import stoeval
from stoeval.cli import lookups
from stoeval.cli.options import SEED, Json, Language, Out, Panel, Seed, Technical
from stoeval.cli.printing import Progress, print_verdicts, say
from stoeval.vocabulary import Phase, TechnicalDefinition

if TYPE_CHECKING:
    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Catalogue, MonitorPanel, Run


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
    stored = _run(lookups.panel(panel, seed), measurement, lookups.catalogue(technical), out, seed)
    print_verdicts([stored], as_json=as_json)
    say(f"run: {stored.path}")


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

    catalogue, data = lookups.catalogue(technical), lookups.panel(panel, seed)
    with (
        Progress("Measuring interim and final", None),
        get_context("spawn").Pool(len(Phase), _leave_interrupts) as pool,
    ):
        runs = pool.starmap(_measure, [(data, phase, catalogue, seed) for phase in Phase])
        stored = [stoeval.read_run(stoeval.write_run(found, out)) for found in runs]
    place = stoeval.write_report(stored, catalogue, language, out / f"report-{language}.html")
    print_verdicts(stored, as_json=False)
    for one in stored:
        typer.echo(f"run: {one.path}")
    typer.echo(f"report: {place.resolve()}")


def verify(run: Path, *, panel: Panel = None) -> None:
    """Make a run again and compare every number; exit 13 on a difference."""
    stored = stoeval.read_run(run)
    catalogue = lookups.catalogue(TechnicalDefinition(str(stored.manifest["technical"])))
    measurement = lookups.measurement(catalogue, Phase(str(stored.manifest["measurement"])))
    seed = int(str(stored.manifest["seed"]))
    with Progress("Verifying", lookups.links(catalogue)) as step:
        again = stoeval.evaluate(lookups.panel(panel, seed), measurement, catalogue, seed=seed, progress=step)
    result = stoeval.verify_run(stored, again)
    typer.echo(f"{run.name}: {result.compared} values compared, {result.identical} identical to the last digit")


def report(
    runs: list[Path],
    *,
    out: Annotated[Path, typer.Option("--out", help="The HTML file.")] = Path("report.html"),
    language: Language = "nl",
    characteristics: Annotated[
        Path | None, typer.Option(help="What `stoeval diagnose` wrote; by default what comes with the package.")
    ] = None,
) -> None:
    """Write one HTML report over one or more runs."""
    stored = [stoeval.read_run(path) for path in runs]
    catalogue = lookups.catalogue(TechnicalDefinition(str(stored[0].manifest["technical"])))
    known = None if characteristics is None else stoeval.read_characteristics(characteristics)
    typer.echo(f"report: {stoeval.write_report(stored, catalogue, language, out, known).resolve()}")


def compare(first: Path, second: Path, *, as_json: Json = False) -> None:
    """Show two runs side by side, hypothesis by hypothesis."""
    print_verdicts([stoeval.read_run(first), stoeval.read_run(second)], as_json=as_json)


def _run(panel: MonitorPanel, phase: Phase, catalogue: Catalogue, out: Path, seed: int) -> StoredRun:

    measurement = lookups.measurement(catalogue, phase)
    with Progress(f"Measuring {phase.value}", lookups.links(catalogue)) as step:
        found = stoeval.evaluate(panel, measurement, catalogue, seed=seed, progress=step)
    return stoeval.read_run(stoeval.write_run(found, out))


def _leave_interrupts() -> None:
    """Let the parent answer an interrupt; it ends its children."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _measure(panel: MonitorPanel, phase: Phase, catalogue: Catalogue, seed: int) -> Run:
    """Evaluate one measurement in a process of its own."""
    return stoeval.evaluate(panel, lookups.measurement(catalogue, phase), catalogue, seed=seed)
