"""The page that tells what a panel holds, what breaks its contract and which links it can test; needs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoeval.panel.coverage import panel_coverage
from stoeval.report.checked import check_page
from stoeval.report.pages import render_page, write_page

if TYPE_CHECKING:
    from pathlib import Path

    from stoeval.report.checked import CheckPage
    from stoeval.vocabulary import Catalogue, MonitorPanel


def write_check_page(panel: MonitorPanel, catalogue: Catalogue, language: str, path: Path) -> Path:
    """Write the page of a panel in one language, `nl` or `en`, whole or not at all.

    Raises StoevalError where the language is unknown.
    """
    text = render_check_page(check_page(panel_coverage(panel, catalogue), catalogue, language))
    return write_page(text, path)


def render_check_page(page: CheckPage) -> str:
    """Render the page, the same bytes each time."""
    return render_page("check.html.j2", page=page, words=page.labels)
