"""The nine hypotheses about Sterk Techniekonderwijs as testable, reproducible models."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoeval.catalogue import CATALOGUE, assemble_catalogue
    from stoeval.diagnosis.characteristics import (
        OperatingCharacteristic,
        read_characteristics,
        write_characteristics,
    )
    from stoeval.diagnosis.characteristics import pooled as pooled_characteristics
    from stoeval.diagnosis.draws import diagnose, planned_draws
    from stoeval.estimate.answer import Inference
    from stoeval.estimate.by_design import Columns
    from stoeval.estimate.file import estimate_by_design, estimate_file
    from stoeval.estimate.question import Model, Question
    from stoeval.estimate.write import write_answer
    from stoeval.evaluation import evaluate
    from stoeval.panel.assembly import build_panel
    from stoeval.panel.contract import check as check_panel
    from stoeval.panel.contract import violations as panel_violations
    from stoeval.panel.delivery_list import init_deliveries, list_fetched
    from stoeval.panel.fetch import fetch_duo
    from stoeval.panel.incremental import build_inputs, is_current
    from stoeval.panel.monitor import monitor, write_monitor
    from stoeval.panel.pupil_records import reduce_pupil_records, with_flow_cells
    from stoeval.panel.simulation import DEFAULT_TRUTH, Truth, simulate
    from stoeval.panel.storage import read_panel, write_panel
    from stoeval.panel.templates import template_file, template_names, write_template
    from stoeval.panel.written_deliveries import write_own_deliveries
    from stoeval.plan import planned_estimates
    from stoeval.report import write_report
    from stoeval.report.check_page import write_check_page
    from stoeval.runs.manifest import catalogue_sha256
    from stoeval.runs.read import read_run
    from stoeval.runs.verify import verify as verify_run
    from stoeval.runs.write import write_run

_PLACES = {
    "CATALOGUE": ("stoeval.catalogue", "CATALOGUE"),
    "DEFAULT_TRUTH": ("stoeval.panel.simulation", "DEFAULT_TRUTH"),
    "Columns": ("stoeval.estimate.by_design", "Columns"),
    "Inference": ("stoeval.estimate.answer", "Inference"),
    "Model": ("stoeval.estimate.question", "Model"),
    "OperatingCharacteristic": ("stoeval.diagnosis.characteristics", "OperatingCharacteristic"),
    "diagnose": ("stoeval.diagnosis.draws", "diagnose"),
    "planned_draws": ("stoeval.diagnosis.draws", "planned_draws"),
    "pooled_characteristics": ("stoeval.diagnosis.characteristics", "pooled"),
    "read_characteristics": ("stoeval.diagnosis.characteristics", "read_characteristics"),
    "write_characteristics": ("stoeval.diagnosis.characteristics", "write_characteristics"),
    "Question": ("stoeval.estimate.question", "Question"),
    "Truth": ("stoeval.panel.simulation", "Truth"),
    "assemble_catalogue": ("stoeval.catalogue", "assemble_catalogue"),
    "build_panel": ("stoeval.panel.assembly", "build_panel"),
    "catalogue_sha256": ("stoeval.runs.manifest", "catalogue_sha256"),
    "check_panel": ("stoeval.panel.contract", "check"),
    "estimate_by_design": ("stoeval.estimate.file", "estimate_by_design"),
    "estimate_file": ("stoeval.estimate.file", "estimate_file"),
    "evaluate": ("stoeval.evaluation", "evaluate"),
    "init_deliveries": ("stoeval.panel.delivery_list", "init_deliveries"),
    "list_fetched": ("stoeval.panel.delivery_list", "list_fetched"),
    "template_names": ("stoeval.panel.templates", "template_names"),
    "write_template": ("stoeval.panel.templates", "write_template"),
    "template_file": ("stoeval.panel.templates", "template_file"),
    "fetch_duo": ("stoeval.panel.fetch", "fetch_duo"),
    "monitor": ("stoeval.panel.monitor", "monitor"),
    "write_monitor": ("stoeval.panel.monitor", "write_monitor"),
    "write_own_deliveries": ("stoeval.panel.written_deliveries", "write_own_deliveries"),
    "build_inputs": ("stoeval.panel.incremental", "build_inputs"),
    "is_current": ("stoeval.panel.incremental", "is_current"),
    "with_flow_cells": ("stoeval.panel.pupil_records", "with_flow_cells"),
    "reduce_pupil_records": ("stoeval.panel.pupil_records", "reduce_pupil_records"),
    "write_check_page": ("stoeval.report.check_page", "write_check_page"),
    "panel_violations": ("stoeval.panel.contract", "violations"),
    "planned_estimates": ("stoeval.plan", "planned_estimates"),
    "read_panel": ("stoeval.panel.storage", "read_panel"),
    "read_run": ("stoeval.runs.read", "read_run"),
    "simulate": ("stoeval.panel.simulation", "simulate"),
    "verify_run": ("stoeval.runs.verify", "verify"),
    "write_answer": ("stoeval.estimate.write", "write_answer"),
    "write_panel": ("stoeval.panel.storage", "write_panel"),
    "write_report": ("stoeval.report", "write_report"),
    "write_run": ("stoeval.runs.write", "write_run"),
}
"""Where each public name lives; imported when first asked for, so that the command line starts at once."""

__all__ = [
    "CATALOGUE",
    "DEFAULT_TRUTH",
    "Columns",
    "Inference",
    "Model",
    "OperatingCharacteristic",
    "Question",
    "Truth",
    "assemble_catalogue",
    "build_inputs",
    "build_panel",
    "catalogue_sha256",
    "check_panel",
    "diagnose",
    "estimate_by_design",
    "estimate_file",
    "evaluate",
    "fetch_duo",
    "init_deliveries",
    "is_current",
    "list_fetched",
    "monitor",
    "panel_violations",
    "planned_draws",
    "planned_estimates",
    "pooled_characteristics",
    "read_characteristics",
    "read_panel",
    "read_run",
    "reduce_pupil_records",
    "simulate",
    "template_file",
    "template_names",
    "verify_run",
    "with_flow_cells",
    "write_answer",
    "write_characteristics",
    "write_check_page",
    "write_monitor",
    "write_own_deliveries",
    "write_panel",
    "write_report",
    "write_run",
    "write_template",
]


def __getattr__(name: str) -> object:
    """Import a public name."""
    if name not in _PLACES:
        message = f"module 'stoeval' has no attribute {name!r}"
        raise AttributeError(message)
    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)
