"""The command line: verbs in the order of the work."""

from __future__ import annotations

import os
import sys

import typer

from stoeval.cli import claims, diagnosis, files, panels, runs
from stoeval.cli.file_help import EstimateHelp
from stoeval.errors import StoevalError

INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Evaluate Sterk Techniekonderwijs: nine hypotheses, from data to verdicts.",
)
deliveries = typer.Typer(no_args_is_help=True, help="The list and the formats of delivered files.")
deliveries.command("init")(panels.init_deliveries)
deliveries.command("template")(panels.write_template)
app.add_typer(deliveries, name="deliveries")
app.command("list")(claims.list_hypotheses)
app.command("show")(claims.show)
app.command("plan")(claims.show_plan)
app.command("simulate")(panels.simulate_panel)
app.command("fetch")(panels.fetch)
app.command("build")(panels.build)
app.command("check")(panels.check)
app.command("monitor")(panels.monitor)
app.command("run")(runs.run)
app.command("evaluate")(runs.evaluate)
app.command("verify")(runs.verify)
app.command("report")(runs.report)
app.command("compare")(runs.compare)
app.command("diagnose")(diagnosis.diagnose)
app.command("estimate", cls=EstimateHelp)(files.estimate)


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
