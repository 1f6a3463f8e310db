"""Panels: simulated, built and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import stoeval
from stoeval.cli import lookups
from stoeval.cli.options import SEED, Json, Seed
from stoeval.cli.printing import Progress, print_json
from stoeval.errors import ContractViolated


def simulate_panel(*, out: Annotated[Path, typer.Option("--out")], seed: Seed = SEED) -> None:
    """Write the simulated twin as a panel."""
    stoeval.write_panel(lookups.twin(seed), out)
    typer.echo(f"panel: {out}")


def build(
    *,
    deliveries: Annotated[Path, typer.Option("--deliveries", help="Directory with the delivered files.")],
    out: Annotated[Path, typer.Option("--out", help="Where the panel is written.")],
    regions: Annotated[Path | None, typer.Option("--regions", help="Table of STO regions.")] = None,
) -> None:
    """Build a panel from deliveries; files are read in place."""
    with Progress("Building", None) as step:
        panel = stoeval.build_panel(deliveries, regions=regions, progress=step)
        stoeval.write_panel(panel, out)
    for note in panel.provenance.notes:
        typer.echo(f"- {note}")
    typer.echo(f"panel: {out}")


def check(panel: Path, *, as_json: Json = False) -> None:
    """Hold a panel against its contract, with every violation at once."""
    found = stoeval.panel_violations(stoeval.read_panel(panel))
    if as_json:
        print_json({"panel": str(panel), "violations": found})
    if found:
        raise ContractViolated(str(panel), found)
    if not as_json:
        typer.echo(f"{panel}: no violations")
