"""Which designs there are: every module of this package is looked at, so that a new one is known by being there."""

from __future__ import annotations

from importlib import import_module
from inspect import getmembers, isclass
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, cast

from stoeval import designs

if TYPE_CHECKING:
    from stoeval.vocabulary import Design


def known_designs() -> dict[str, type[Design]]:
    """Return every design by its name with dashes."""
    found: dict[str, type[Design]] = {}
    for module in iter_modules(designs.__path__, f"{designs.__name__}."):
        one: Any
        for _, one in getmembers(import_module(module.name), isclass):
            if one.__module__ == module.name and hasattr(one, "find") and hasattr(one, "ceiling"):
                found[dashed(one)] = cast("type[Design]", one)
    return dict(sorted(found.items()))


def dashed(design: Design | type[Design]) -> str:
    """Return the name of a design as the command line spells it."""
    return str(design.name).replace(" ", "-")
