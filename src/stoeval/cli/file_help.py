"""What `stoeval estimate --help` says of each design: its exposure, its columns and its options."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from typer.core import TyperCommand

from stoeval.estimate.taken import MODELS, TAKES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

    from stoeval.estimate.taken import Takes

EVERY = MODELS | {name: replace(own, needs=("reference", *own.needs)) for name, own in TAKES.items()}


class EstimateHelp(TyperCommand):
    """The command, with a section on models and one on designs after its options."""

    @property
    def further_tables(self) -> tuple[tuple[tuple[str, ...], list[tuple[str, ...]]], ...]:
        """Return heads and rows of what each model and design takes, for the reference pages."""
        rows: list[tuple[str, ...]]
        rows = [(f"`{name}`", str(own.exposure), _code(own.needs), _code(own.may)) for name, own in EVERY.items()]
        return ((("design", "exposure", "needs", "may have"), rows),)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write both sections."""
        from stoeval.estimate.by_design import options_of  # noqa: PLC0415 - the command line starts without it

        super().format_epilog(ctx, formatter)
        with formatter.section("Models, with the covariance that is asked for"):
            formatter.write_dl([(name, "; ".join(_parts(own))) for name, own in MODELS.items()])
        with formatter.section("Designs of the evaluation, with inference of their own"):
            formatter.write_dl([(name, "; ".join(_parts(EVERY[name], options_of(name)))) for name in TAKES])


def _parts(own: Takes, options: tuple[str, ...] = ()) -> Iterator[str]:
    yield f"exposure: {own.exposure}"
    named = {"needs": own.needs, "may have": own.may}
    yield from (f"{word} {' '.join(f'--{one}' for one in columns)}" for word, columns in named.items() if columns)
    yield from (f"--option {one}" for one in options)


def _code(options: tuple[str, ...]) -> str:
    return ", ".join(f"`--{one}`" for one in options)
