"""Panels: simulated, built and checked."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import stoeval
from stoeval.cli import lookups
from stoeval.cli.options import SEED, Json, Language, Seed, Technical
from stoeval.cli.printing import Progress, print_json, print_rows, say
from stoeval.errors import ContractViolated, PanelError
from stoeval.vocabulary import TechnicalDefinition

FEWEST = 10
"""Smallest group that a monitor shows, as the disclosure gate asks of estimates."""


class Publisher(StrEnum):
    """Whose open files can be downloaded."""

    DUO = "duo"


def simulate_panel(
    *,
    out: Annotated[Path, typer.Option("--out")],
    seed: Seed = SEED,
    deliveries: Annotated[
        Path | None, typer.Option("--deliveries", help="Also write its own tables as deliveries, in a directory.")
    ] = None,
) -> None:
    """Write the simulated twin as a panel."""
    twin = lookups.twin(seed)
    stoeval.write_panel(twin, out)
    typer.echo(f"panel: {out}")
    if deliveries is not None:
        for path in stoeval.write_own_deliveries(twin, deliveries):
            typer.echo(f"delivery: {path}")


def build(
    *,
    deliveries: Annotated[Path, typer.Option("--deliveries", help="Directory with the delivered files.")],
    out: Annotated[Path, typer.Option("--out", help="Where the panel is written.")],
    regions: Annotated[Path | None, typer.Option("--regions", help="Table of STO regions.")] = None,
    pupils: Annotated[
        Path | None, typer.Option("--pupils", help="Pupil records in Parquet, which become the flows.")
    ] = None,
) -> None:
    """Build a panel from deliveries; files are read in place, and nothing is done where nothing changed."""
    inputs = stoeval.build_inputs(deliveries, regions) if pupils is None else ()
    if inputs and stoeval.is_current(out, inputs):
        typer.echo(f"panel: {out} (unchanged)")
        return
    with Progress("Building", None) as step:
        panel = stoeval.build_panel(deliveries, regions=regions, progress=step)
        if pupils is not None:
            panel = stoeval.with_flow_cells(panel, stoeval.reduce_pupil_records(pupils))
        stoeval.write_panel(panel, out, inputs=inputs)
    for note in panel.provenance.notes:
        typer.echo(f"- {note}")
    typer.echo(f"panel: {out}")


def init_deliveries(
    directory: Path,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a list that is there.")] = False,
) -> None:
    """Write deliveries.toml: which file is which, with its fingerprint, source, date, licence and status."""
    found = stoeval.init_deliveries(directory, replace=replace)
    print_rows([{"file": one.file, "source": one.source, "status": one.status} for one in found.files], as_json=False)
    for name, _ in found.unknown:
        say(f"not recognised: {name}")
    typer.echo(f"list: {found.path}")


def write_template(
    name: Annotated[str, typer.Argument(help="A kind of delivery; `list` prints them.")],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; its name is the kind where none is given.")
    ] = None,
) -> None:
    """Write an empty file of the documented format, with one row of examples."""
    if name == "list":
        for known in stoeval.template_names():
            typer.echo(known)
        return
    typer.echo(f"template: {stoeval.write_template(name, out or stoeval.template_file(name))}")


def fetch(
    publisher: Annotated[Publisher, typer.Argument(help="Whose open files.")],
    *,
    years: Annotated[str, typer.Option("--years", help="School years by their start, such as 2016-2025.")],
    to: Annotated[Path, typer.Option("--to", help="Directory that receives the files; nothing is overwritten.")],
) -> None:
    """Download open files, with a fingerprint of each in deliveries.toml."""
    del publisher
    first, _, last = years.partition("-")
    try:
        wanted = range(int(first), int(last or first) + 1)
    except ValueError as error:
        message = f"--years {years!r} is no range of years; write 2016-2025"
        raise PanelError(message) from error
    with Progress("Downloading", None) as step:
        found = stoeval.fetch_duo(wanted, to, progress=lambda name, got, total: step(f"{name} {got}/{total or '?'}"))
    stoeval.list_fetched(to, found)
    for one in found:
        typer.echo(f"{'kept' if one.kept else 'fetched'}: {one.path}")


def monitor(
    panel: Path,
    *,
    out: Annotated[Path, typer.Option("--out", help="A file that ends in .parquet or .xlsx.")],
    technical: Technical = TechnicalDefinition.HARD,
    fewest: Annotated[int, typer.Option("--fewest", help="Rows with smaller groups are withheld.")] = FEWEST,
) -> None:
    """Write every indicator by vestiging, region, leerweg, profile and year, with its change since 2017/18."""
    data, catalogue = lookups.panel(panel, SEED), lookups.catalogue(technical)
    with Progress("Monitoring", None):
        frame = stoeval.monitor(data, catalogue.indicators, technical=technical, fewest=fewest)
    typer.echo(f"monitor: {stoeval.write_monitor(frame, out, notes=data.provenance.notes)} ({len(frame)} rows)")


def check(
    panel: Path,
    *,
    html: Annotated[
        Path | None, typer.Option("--html", help="Also write a page on coverage and testable links.")
    ] = None,
    language: Language = "nl",
    as_json: Json = False,
) -> None:
    """Hold a panel against its contract, with every violation at once."""
    data = stoeval.read_panel(panel)
    found = stoeval.panel_violations(data)
    if html is not None:
        say(f"page: {stoeval.write_check_page(data, lookups.catalogue(), language, html)}")
    if as_json:
        print_json({"panel": str(panel), "violations": found})
    if found:
        raise ContractViolated(str(panel), found)
    if not as_json:
        typer.echo(f"{panel}: no violations")
