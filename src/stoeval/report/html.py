"""The report as one HTML page that needs nothing else: no network, no script, no other file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from stoeval.disclosure import release
from stoeval.report.compose import build_report
from stoeval.report.figures import coefficient_svg, event_study_svg
from stoeval.report.pages import render_page, write_page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stoeval.diagnosis.characteristics import OperatingCharacteristic
    from stoeval.report.model import CoefficientFigure, EventStudyFigure, Report
    from stoeval.runs.read import StoredRun
    from stoeval.vocabulary import Catalogue


def render_html(report: Report) -> str:
    """Render a report as one self-contained page, the same bytes each time."""
    numbers = report.numbers

    def event_study(figure: EventStudyFigure) -> Markup:
        return Markup(event_study_svg(figure, numbers))  # noqa: S704 - every word in a drawing is escaped there

    def coefficients(figure: CoefficientFigure) -> Markup:
        return Markup(coefficient_svg(figure, numbers))  # noqa: S704 - every word in a drawing is escaped there

    return render_page(
        "report.html.j2",
        report=report,
        words=report.labels,
        event_study=event_study,
        coefficients=coefficients,
    )


def write_report(
    runs: Sequence[StoredRun],
    catalogue: Catalogue,
    language: str,
    path: Path,
    characteristics: tuple[OperatingCharacteristic, ...] | None = None,
) -> Path:
    """Write the report to a file, whole or not at all; DisclosureError where a run may not be shown."""
    for stored in runs:
        release(stored)
    return write_page(render_html(build_report(runs, catalogue, language, characteristics)), path)
