"""The reference page of the inference: every public name with its signature and what it says of itself.

It follows from `stoeval.inference.__all__`, by the module that a name lives in; `honest_did` is a module by itself.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from dataclasses import fields, is_dataclass
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING

from stoeval import inference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PACKAGE = inference.__name__
INTRODUCTION = (
    "Functions take plain arrays and return small frozen records. `Floats` and `Integers` are NumPy arrays, of the "
    "shape that the text gives; effects and clusters are integer codes, one a row. "
    "[Use the inference](../how-to/use_the_inference.md) has an example."
)
MODULE = "honest_did"
"""The public name that is a module, whose functions are called by that name."""


def blocks() -> Iterator[str]:
    """Yield the text of the page: a section a module, below it one for each function, record and choice."""
    yield INTRODUCTION
    for home, names in sorted(_names_by_home().items()):
        module = import_module(home)
        yield f"## {home.rpartition('.')[2].replace('_', ' ').capitalize()}"
        yield inspect.getdoc(module) or ""
        yield f"Source: `{home}`."
        for shown, value in sorted(names.items()):
            yield f"### `{shown}`"
            yield from _section(shown.rpartition(".")[2], value)


def _names_by_home() -> dict[str, dict[str, object]]:
    """Return the public names, as they are called, by the module they live in."""
    found: dict[str, dict[str, object]] = defaultdict(dict)
    for name in inference.__all__:
        if name != MODULE:
            value = getattr(inference, name)
            found[str(value.__module__)][f"inference.{name}"] = value
    home = f"{PACKAGE}.{MODULE}"
    for name, value in vars(import_module(home)).items():
        if getattr(value, "__module__", "") == home and not name.startswith("_"):
            found[home][f"inference.{MODULE}.{name}"] = value
    return dict(found)


def _section(name: str, value: object) -> Iterator[str]:
    if inspect.isfunction(value):
        yield f"```\n{_call(name, value)}\n```"
    yield inspect.getdoc(value) or ""
    if inspect.isclass(value) and issubclass(value, StrEnum):
        yield f"Values: {', '.join(f'`{one.name}`' for one in value)}."
    elif inspect.isclass(value) and is_dataclass(value):
        yield f"Fields: {', '.join(f'`{one.name}`' for one in fields(value))}."


def _call(name: str, function: Callable[..., object]) -> str:
    """Return a signature with one argument a line, defaults as they are written."""
    signature = inspect.signature(function)
    lines: list[str] = []
    keyword = False
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not keyword:
            lines, keyword = [*lines, "    *,"], True
        lines.append(f"    {_parameter(one)},")
    return "\n".join([f"{name}(", *lines, f") -> {signature.return_annotation}"])


def _parameter(one: inspect.Parameter) -> str:
    mark = "*" if one.kind is one.VAR_POSITIONAL else ""
    if one.default is one.empty:
        return f"{mark}{one.name}: {one.annotation}"
    default = str(one.default) if isinstance(one.default, StrEnum) else one.default
    return f"{one.name}: {one.annotation} = {default!r}"
