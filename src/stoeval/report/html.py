"""The report as one HTML page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stoeval.disclosure import release
from stoeval.report.compose import build_report
from stoeval.report.figures import coefficient_svg, event_study_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.report.model import CoefficientFigure, EventStudyFigure, Report
    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Catalogue


def render_html(report: Report) -> str:
    """Render a report as one self-contained page, the same bytes each time."""
    style = "\n" + files("stoeval.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    numbers = report.numbers

    def event_study(figure: EventStudyFigure) -> Markup:
        return Markup(event_study_svg(figure, numbers))  # noqa: S704 - every word in a drawing is escaped there

    def coefficients(figure: CoefficientFigure) -> Markup:
        return Markup(coefficient_svg(figure, numbers))  # noqa: S704 - every word in a drawing is escaped there

    environment = Environment(
        loader=PackageLoader("stoeval.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        words=report.labels,
        style=Markup(style),  # noqa: S704 - a file of this package
        style_hash=f"sha256-{digest}",
        event_study=event_study,
        coefficients=coefficients,
    )


def write_report(runs: Sequence[StoredRun], catalogue: Catalogue, language: str, path: Path) -> Path:
    """Write the report to a file, whole or not at all; DisclosureError where a run may not be shown."""
    for stored in runs:
        release(stored)
    page = render_html(build_report(runs, catalogue, language))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(page)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return path
