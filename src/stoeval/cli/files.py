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
    from stoeval.estimate.by_design import Columns

Weights = Annotated[str, typer.Option(help="Column of the weight of each row.")]
BESIDE = "Column beside the exposure, times each period in a design; may be given several times."
Controls = Annotated[list[str], typer.Option(help=BESIDE)]
REFERENCE = "The period that is measured from; needed by every design but twfe and ppml."
Reference = Annotated[int | None, typer.Option(help=REFERENCE)]
WINDOW = "Periods whose mean is the effect, such as 2022,2023; all after the reference if not given."
Periods = Annotated[str, typer.Option(help=WINDOW)]


def estimate(  # noqa: PLR0913 - a regression has this many parts
    file: Annotated[Path, typer.Argument(help="CSV (plain or gzip), Parquet or Stata's dta; one row a unit and time.")],
    *,
    outcome: Annotated[str, typer.Option(help="Column of the outcome, in numbers.")],
    exposure: Annotated[str, typer.Option(help="Column of the exposure; below is what each design takes it for.")],
    unit: Annotated[str, typer.Option(help="Column of who is followed, numbers or text.")],
    time: Annotated[str, typer.Option(help="Column of the period, in whole numbers such as years.")],
    cluster: Annotated[str, typer.Option(help="Column of the clusters of the standard error; may be the unit.")],
    design: Annotated[str, typer.Option(help="A model or a design, by its name below.")] = Model.TWFE,
    control: Controls = [],  # noqa: B006 - Typer copies it
    absorb: Annotated[list[str], typer.Option(help="A further fixed effect; a:b is a combination; for models.")] = [],  # noqa: B006
    weights: Weights = "",
    offset: Annotated[str, typer.Option(help="A column whose logarithm enters a Poisson model.")] = "",
    group: Annotated[str, typer.Option(help="Groups within units, for designs that compare them.")] = "",
    entitlement: Annotated[str, typer.Option(help="What each group is entitled to, from 0 to 1.")] = "",
    reference: Reference = None,
    window: Periods = "",
    low: Annotated[str, typer.Option(help="Column of the lowest outcome that a masked count may stand for.")] = "",
    high: Annotated[str, typer.Option(help="Column of the highest.")] = "",
    stratum: Annotated[str, typer.Option(help="Column of the strata of units.")] = "",
    mediator: Annotated[str, typer.Option(help="Column of what the exposure may work through.")] = "",
    other: Annotated[list[str], typer.Option(help="Column of another dose beside the exposure.")] = [],  # noqa: B006
    placebo: Annotated[list[str], typer.Option(help="Column of a placebo dose.")] = [],  # noqa: B006
    option: Annotated[list[str], typer.Option(help="An option of the design, such as boundary=zero; see below.")] = [],  # noqa: B006
    covariance: Annotated[
        str, typer.Option(help="CRV1, CRV2 or CRV3, and a convention, such as CRV1:stata; for models.")
    ] = "CRV3",
    level: Annotated[float, typer.Option(help="Level of every interval; for models.")] = 0.95,
    bootstrap: Annotated[int, typer.Option(help="Draws of the bootstrap and of permutations; for models.")] = 9_999,
    honest: Annotated[
        bool, typer.Option("--honest", help="Intervals under violations of parallel trends; for models.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of every random draw.")] = SEED,
    out: Annotated[Path | None, typer.Option(help="A new directory for the tables.")] = None,
) -> None:
    """Estimate one effect on any file, with every standard error and the second opinion of the evaluation."""
    model = Model(design) if design in set(Model) else None
    question = Question(
        outcome=outcome,
        exposure=exposure,
        unit=unit,
        time=time,
        cluster=cluster,
        model=model,
        controls=tuple(control),
        absorb=tuple(absorb),
        weights=weights,
        offset=offset,
        group=group,
        entitlement=entitlement,
        reference=reference,
        window=_periods(window),
    )
    inference = _inference(covariance, level, bootstrap, honest=honest)
    columns = _columns(low, high, stratum, mediator, other, placebo, option)
    if model is None:
        found = _by_design(file, question, design, columns, inference, seed)
    else:
        _refuse(columns, model)
        found = stoeval.estimate_file(file, question, inference, seed=seed)
    _print(found)
    if out is not None:
        say(f"tables: {stoeval.write_answer(found, out)}")


def _columns(  # noqa: PLR0913, PLR0917 - one for each option
    low: str, high: str, stratum: str, mediator: str, others: list[str], placebos: list[str], options: list[str]
) -> Columns:
    from stoeval.estimate.by_design import Columns  # noqa: PLC0415 - the command line starts without it

    pairs = tuple(tuple(part.strip() for part in one.split("=", 1)) for one in options)
    wrong = [one for one, pair in zip(options, pairs, strict=True) if len(pair) != 2]
    if wrong:
        message = f"option {wrong[0]!r} is no name=value, such as boundary=zero"
        raise EstimationError(message)
    return Columns(
        low=low,
        high=high,
        stratum=stratum,
        mediator=mediator,
        others=tuple(others),
        placebos=tuple(placebos),
        options=tuple((pair[0], pair[1]) for pair in pairs),
    )


def _refuse(columns: Columns, model: Model) -> None:
    """Raise where a plain regression is given what only designs use."""
    if columns.named or columns.options:
        given = ", ".join([*columns.named, *(name for name, _ in columns.options)])
        message = (
            f"{model} takes no {given}: bounds, strata, mediators, other lines, placebos and options are a design's"
        )
        raise EstimationError(message)


def _by_design(  # noqa: PLR0913, PLR0917 - what is asked of what
    file: Path, question: Question, name: str, columns: Columns, inference: Inference, seed: int
) -> Answer:
    from stoeval.estimate.answer import Inference as Chosen  # noqa: PLC0415 - the command line starts without it
    from stoeval.estimate.by_design import made  # noqa: PLC0415 - as above

    if inference != Chosen():
        message = f"{name} brings its own inference; leave out covariance, level, bootstrap and honest"
        raise EstimationError(message)
    design = made(name, columns.options, controls=bool(question.controls))
    return stoeval.estimate_by_design(file, question, design, columns, seed=seed)


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
        "unit",
        "effect",
        "std_error",
        "ci_low",
        "ci_high",
        "p_value",
        "mde",
        "convention",
        "identification_class",
    )
    _print_down({name: estimate[name] for name in (*shown, "n_obs", "n_units", "n_clusters")})
    second = found.robustness.iloc[0]
    _print_down({name: second[name] for name in found.robustness.columns if name != "absent"})
    for frame in (found.covariances, found.checks, found.event_study, found.honest):
        if len(frame):
            said = frame.loc[:, (frame.notna() & (frame != "")).any()]
            rows: list[dict[str, object]] = [
                {str(name): _shown(cell, digits=4) for name, cell in row.items()} for row in said.to_dict("records")
            ]
            print_rows(rows, as_json=False)
    for line in filter(None, str(second["absent"]).split(" | ")):
        say(f"absent: {line}")
    for column, rows in found.left_out.itertuples(index=False):
        say(f"rows left out because {column} is empty: {rows}")


def _print_down(values: dict[str, object]) -> None:
    told = {name: _shown(value) for name, value in values.items()}
    print_rows([{"": name, "value": value} for name, value in told.items() if value], as_json=False)


def _shown(value: object, digits: int = 8) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return ""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)
