"""The page that tells what a panel holds, what breaks its contract and which links it can test; needs nothing else."""

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

from stoeval.panel.coverage import panel_coverage
from stoeval.report.checked import check_page

if TYPE_CHECKING:
    from stoeval.report.checked import CheckPage
    from stoeval.vocabulary import Catalogue, MonitorPanel


def write_check_page(panel: MonitorPanel, catalogue: Catalogue, language: str, path: Path) -> Path:
    """Write the page of a panel in one language, `nl` or `en`, whole or not at all.

    Raises StoevalError where the language is unknown.
    """
    text = render_check_page(check_page(panel_coverage(panel, catalogue), catalogue, language))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(unfinished).chmod(0o644)
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return path


def render_check_page(page: CheckPage) -> str:
    """Render the page, the same bytes each time."""
    style = "\n" + files("stoeval.report").joinpath("templates", "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=PackageLoader("stoeval.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("check.html.j2").render(
        page=page,
        words=page.labels,
        style=Markup(style),  # noqa: S704 - a file of this package
        style_hash=f"sha256-{digest}",
    )
