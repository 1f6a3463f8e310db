"""The import table of DESIGN.md section 1, held over the syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "stoeval"

ALLOWED = {
    "vocabulary": {"vocabulary", "errors"},
    "errors": set(),
    "inference": {"inference", "errors"},
    "checks": {"vocabulary", "errors", "inference"},
    "estimate": {"estimate", "designs", "runs", "inference", "vocabulary", "errors"},
    "designs": {"designs", "vocabulary", "errors", "inference", "checks"},
    "panel": {"panel", "vocabulary", "errors"},
    "verdicts": {"vocabulary", "errors"},
    "plan": {"vocabulary", "errors", "checks"},
    "runs": {"runs", "panel", "vocabulary", "errors"},
    "synthesis": {"synthesis", "designs", "panel", "inference", "checks", "verdicts", "vocabulary", "errors"},
    "evaluation": {"runs", "panel", "inference", "synthesis", "verdicts", "vocabulary", "errors"},
    "diagnosis": {
        "diagnosis",
        "designs",
        "panel",
        "runs",
        "evaluation",
        "verdicts",
        "plan",
        "checks",
        "inference",
        "vocabulary",
        "errors",
    },
    "disclosure": {"runs", "vocabulary", "errors"},
    "report": {"report", "diagnosis", "runs", "disclosure", "panel", "vocabulary", "errors"},
    "reference_pages": {"panel", "reference_inference", "vocabulary", "errors"},
    "reference_inference": {"inference"},
    "catalogue": {"catalogue", "designs", "vocabulary", "errors"},
}
"""Who may import whom. `vocabulary` raises CatalogueError, so it may see `errors`; nothing sees `catalogue`."""

FREE = {"cli", "__init__"}
"""The public face may import everything."""

MODULES = sorted(path for path in SOURCE.rglob("*.py"))


def part_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    """Return the parts of stoeval that a module imports, outside `if __name__ == "__main__"`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    body = [node for node in tree.body if not _is_main(node)]
    found = set()
    for node in (inner for top in body for inner in ast.walk(top)):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
        if isinstance(node, ast.ImportFrom) and node.module == "stoeval":
            names = [f"stoeval.{alias.name}" for alias in node.names]
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("stoeval.")}
        assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path.name} imports by dots"
    return found


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_what_its_part_may(path: Path) -> None:
    part = part_of(path)
    if part in FREE:
        return
    assert imported_parts(path) - ALLOWED[part] == set()


def test_every_part_has_a_row_in_the_table() -> None:
    assert {part_of(path) for path in MODULES} - FREE == set(ALLOWED)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_keeps_its_size(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            signature = node.body[0].lineno - node.lineno
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - signature
            assert length <= 40, f"{node.name} has {length} lines below its signature"


def test_folders_are_at_most_three_deep() -> None:
    root = SOURCE.parent
    assert max(len(path.parent.relative_to(root).parts) for path in MODULES) <= 3


def test_no_file_is_named_after_nothing() -> None:
    forbidden = {"utils", "helpers", "common", "misc", "core", "base", "manager"}
    assert not {path.stem for path in MODULES} & forbidden


def test_the_analyses_use_public_names_only() -> None:
    for path in (SOURCE.parents[1] / "analyses").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        assert imported_parts(path) == set(), path.name
        assert [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] == ["main"], path.name
        assert len(text.splitlines()) <= 60, path.name
