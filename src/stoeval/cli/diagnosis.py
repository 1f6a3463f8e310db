"""Operating characteristics: how often the verdict rule is wrong, and how often it sees what is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import stoeval
from stoeval.cli import lookups
from stoeval.cli.options import SEED, Json, Technical
from stoeval.cli.printing import Progress, print_json, print_rows, say
from stoeval.diagnosis.workers import Backend, workers
from stoeval.errors import CatalogueError
from stoeval.vocabulary import TechnicalDefinition

if TYPE_CHECKING:
    from stoeval.diagnosis.characteristics import OperatingCharacteristic

EVERYTHING = "all"
SUPPORT = ("ondersteund", "op koers")
AGAINST = ("tegengesteld", "niet op koers")


def diagnose(  # noqa: PLR0913 - what is simulated, how often, by whom and where to
    hypothesis: Annotated[str, typer.Argument(help="A hypothesis, such as H4, or all.")] = EVERYTHING,
    *,
    draws: Annotated[int, typer.Option(help="Countries in which nothing has an effect.")] = 1_000,
    planted: Annotated[
        int | None, typer.Option(help="Countries with effects of each size; a fifth of the draws where not given.")
    ] = None,
    first: Annotated[int, typer.Option(help="Number of the first draw, to go on where another file ends.")] = 0,
    add: Annotated[list[Path], typer.Option(help="A file of other draws to count in; may be given again.")] = [],  # noqa: B006 - Typer copies it
    jobs: Annotated[int | None, typer.Option(help="Processes; as many as there are processors if not given.")] = None,
    backend: Annotated[Backend, typer.Option(help="Who makes the draws.")] = Backend.PROCESSES,
    scheduler: Annotated[str, typer.Option(help="Address of a Dask scheduler; a local one where none is given.")] = "",
    seed: Annotated[int, typer.Option(help="Seed of every draw.")] = SEED,
    technical: Technical = TechnicalDefinition.HARD,
    out: Annotated[Path, typer.Option(help="The CSV file.")] = Path("operating_characteristics.csv"),
    as_json: Json = False,
) -> None:
    """Run the whole verdict rule on simulated countries whose truth is known, and count what it says."""
    with_effects = draws // 5 if planted is None else planted
    if draws < 0 or with_effects < 0 or first < 0 or not draws + with_effects:
        message = f"{draws} draws and {with_effects} with effects, from number {first}: give at least one, from 0 on"
        raise CatalogueError(message)
    catalogue = lookups.catalogue(technical)
    wanted = () if hypothesis.lower() == EVERYTHING else (lookups.hypothesis(hypothesis).number,)
    processes = jobs or os.cpu_count() or 1
    earlier = [record for path in add for record in stoeval.read_characteristics(path)]
    every = stoeval.planned_draws(draws, with_effects, first=first, seed=seed)
    with Progress("Diagnosing", len(every)) as step, workers(backend, jobs=processes, scheduler=scheduler):
        found = stoeval.diagnose(catalogue, every, wanted=wanted, jobs=processes, progress=step)
    records = stoeval.pooled_characteristics((*earlier, *found))
    if as_json:
        print_json(_rows(records))
    else:
        print_rows(_rows(records), as_json=False)
    say(f"operating characteristics: {stoeval.write_characteristics(records, out)}")


def _rows(records: tuple[OperatingCharacteristic, ...]) -> list[dict[str, object]]:
    """Return one row for each hypothesis, measurement and size of effect; coverage is that of the worst link."""
    rows: dict[tuple[int, str, float], dict[str, object]] = {}
    for one in records:
        row = rows.setdefault(
            (one.hypothesis, one.measurement, one.multiple),
            {
                "hypothesis": f"H{one.hypothesis}" if one.hypothesis else "any of the family",
                "measurement": one.measurement,
                "effect": f"{one.multiple:g} x reference" if one.multiple else "none",
            }
            | dict.fromkeys(
                ("support", "partly", "against", "geen relevant effect", "significant", "coverage", "draws")
            ),
        )
        _enter(row, one)
    return list(rows.values())


def _enter(row: dict[str, object], one: OperatingCharacteristic) -> None:
    """Enter a rate in the column that it belongs to."""
    rate = f"{one.rate:.1%} ({one.ci_low:.1%}-{one.ci_high:.1%})"
    if one.link:
        worst = row["coverage"]
        row["coverage"] = rate if worst is None else min(str(worst), rate, key=lambda text: float(text.split("%")[0]))
        return
    row["draws"] = one.draws
    if one.outcome in SUPPORT:
        row["support"] = rate
    elif one.outcome in AGAINST:
        row["against"] = rate
    elif one.outcome == "deels ondersteund":
        row["partly"] = rate
    elif one.outcome in row:
        row[one.outcome] = rate
