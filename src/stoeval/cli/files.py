"""One estimate of any file: the reviewer's tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import stoeval
from stoeval.cli.options import SEED
from stoeval.cli.printing import print_rows, say
from stoeval.errors import EstimationError
from stoeval.estimate.question import Model, Question

if TYPE_CHECKING:
    from stoeval.estimate.answer import Answer, Inference

Column = Annotated[str, typer.Option(help="A column of the file.")]
Columns = Annotated[list[str], typer.Option(help="A column of the file; may be given several times.")]


def estimate(  # noqa: PLR0913 - a regression has this many parts
    file: Annotated[Path, typer.Argument(help="CSV (plain or gzip) or Parquet, with a header.")],
    *,
    outcome: Column,
    exposure: Column,
    unit: Column,
    time: Column,
    cluster: Column,
    design: Annotated[Model, typer.Option(help="The regression.")] = Model.TWFE,
    control: Columns = [],  # noqa: B006 - Typer copies it
    absorb: Annotated[list[str], typer.Option(help="A further fixed effect; a:b is a combination.")] = [],  # noqa: B006
    weights: Column = "",
    offset: Annotated[str, typer.Option(help="A column whose logarithm enters ppml.")] = "",
    group: Annotated[str, typer.Option(help="The groups within units of ddd.")] = "",
    entitlement: Annotated[str, typer.Option(help="What each group of ddd is entitled to, from 0 to 1.")] = "",
    reference: Annotated[int | None, typer.Option(help="The period that a path is measured from.")] = None,
    window: Annotated[str, typer.Option(help="Periods whose mean is the effect, such as 2022,2023.")] = "",
    covariance: Annotated[str, typer.Option(help="CRV1, CRV2 or CRV3, and a convention, such as CRV1:stata.")] = "CRV3",
    level: Annotated[float, typer.Option(help="Level of every interval.")] = 0.95,
    bootstrap: Annotated[int, typer.Option(help="Draws of the bootstrap and of permutations.")] = 9_999,
    honest: Annotated[bool, typer.Option("--honest", help="Intervals under violations of parallel trends.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of every random draw.")] = SEED,
    out: Annotated[Path | None, typer.Option(help="A new directory for the tables.")] = None,
) -> None:
    """Estimate one effect on any file, with every standard error and the second opinion of the evaluation."""
    question = Question(
        outcome=outcome,
        exposure=exposure,
        unit=unit,
        time=time,
        cluster=cluster,
        model=design,
        controls=tuple(control),
        absorb=tuple(absorb),
        weights=weights,
        offset=offset,
        group=group,
        entitlement=entitlement,
        reference=reference,
        window=_periods(window),
    )
    found = stoeval.estimate_file(file, question, _inference(covariance, level, bootstrap, honest=honest), seed=seed)
    _print(found)
    if out is not None:
        say(f"tables: {stoeval.write_answer(found, out)}")


def _periods(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        message = f"window {text!r} is no list of whole numbers; write 2022,2023"
        raise EstimationError(message) from error


def _inference(covariance: str, level: float, draws: int, *, honest: bool) -> Inference:
    from stoeval.estimate.answer import Inference  # noqa: PLC0415 - the command line starts without it
    from stoeval.inference.clustering import Convention, Kind  # noqa: PLC0415 - as above

    kind, _, convention = covariance.partition(":")
    try:
        chosen = Kind(kind.upper()), Convention(convention.lower()) if convention else None
    except ValueError as error:
        known = f"{', '.join(Kind)}, and after a colon {', '.join(Convention)}"
        message = f"covariance {covariance!r} is unknown; known are {known}"
        raise EstimationError(message) from error
    return Inference(kind=chosen[0], convention=chosen[1], level=level, draws=draws, honest=honest)


def _print(found: Answer) -> None:
    """Print an answer from the estimate to what may be wrong with it."""
    estimate = found.estimates.iloc[0]
    shown = (
        "outcome",
        "exposure",
        "design",
        "effect",
        "std_error",
        "ci_low",
        "ci_high",
        "p_value",
        "mde",
        "convention",
    )
    _print_down({name: estimate[name] for name in (*shown, "n_obs", "n_units", "n_clusters")})
    second = found.robustness.iloc[0]
    _print_down({name: second[name] for name in found.robustness.columns if name != "absent"})
    for frame in (found.covariances, found.event_study, found.honest):
        if len(frame):
            said = frame.loc[:, (frame.notna() & (frame != "")).any()]
            rows: list[dict[str, object]] = [
                {str(name): _shown(cell, digits=4) for name, cell in row.items()} for row in said.to_dict("records")
            ]
            print_rows(rows, as_json=False)
    for line in filter(None, str(second["absent"]).split(" | ")):
        say(f"absent: {line}")


def _print_down(values: dict[str, object]) -> None:
    print_rows([{"": name, "value": _shown(value)} for name, value in values.items()], as_json=False)


def _shown(value: object, digits: int = 8) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return ""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)
