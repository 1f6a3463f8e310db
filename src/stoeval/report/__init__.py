"""The report: one model, one renderer a format."""

from __future__ import annotations

from stoeval.report.compose import build_report
from stoeval.report.html import render_html, write_report

__all__ = ["build_report", "render_html", "write_report"]
