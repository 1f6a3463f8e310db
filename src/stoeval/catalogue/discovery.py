"""Find the hypotheses, one file each, and refuse a catalogue that contradicts itself."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from typing import TYPE_CHECKING

from stoeval.errors import CatalogueError
from stoeval.vocabulary import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from stoeval.vocabulary import Catalogue

FILE_NAME = re.compile(r"h(?P<number>[1-9][0-9]*)_(?P<slug>[a-z][a-z0-9_]*)")


def discover(package: ModuleType) -> tuple[Hypothesis, ...]:
    """Return the hypothesis of every module in a package, by number; raise CatalogueError where a file is not one."""
    found = [_hypothesis(package.__name__, module.name) for module in pkgutil.iter_modules(package.__path__)]
    if twice := _twice(hypothesis.number for hypothesis in found):
        message = (
            f"{package.__name__}: {len(twice)} hypothesis numbers occur twice ({', '.join(twice)}); renumber a file"
        )
        raise CatalogueError(message)
    return tuple(sorted(found, key=lambda hypothesis: hypothesis.number))


def require_consistent(catalogue: Catalogue) -> Catalogue:
    """Return a catalogue unchanged; raise CatalogueError with everything in it that is undeclared or declared twice."""
    complaints = [*_declared_twice(catalogue), *_undeclared_links(catalogue), *_undeclared_norms(catalogue)]
    if complaints:
        heading = f"the catalogue contradicts itself in {len(complaints)} places:"
        raise CatalogueError("\n  ".join([heading, *complaints]))
    return catalogue


def _hypothesis(package: str, module: str) -> Hypothesis:
    match = FILE_NAME.fullmatch(module)
    if match is None:
        message = f"{package}.{module}: a hypothesis file is named h<number>_<slug>.py; rename it or move it elsewhere"
        raise CatalogueError(message)
    found = getattr(importlib.import_module(f"{package}.{module}"), "HYPOTHESIS", None)
    if not isinstance(found, Hypothesis):
        message = f"{package}.{module}: define HYPOTHESIS as a Hypothesis; found {type(found).__name__}"
        raise CatalogueError(message)
    if (str(found.number), found.slug) != (match["number"], match["slug"]):
        message = f"{package}.{module}: holds H{found.number} {found.slug}; file name, number and slug must agree"
        raise CatalogueError(message)
    return found


def _twice(values: Iterable[object]) -> list[str]:
    return [str(value) for value, count in Counter(values).items() if count > 1]


def _declared_twice(catalogue: Catalogue) -> Iterator[str]:
    names = [*(indicator.name for indicator in catalogue.indicators), *(one.name for one in catalogue.exposures)]
    for name in _twice(names):
        yield f"{name} is declared twice; indicators and exposures need different names"


def _undeclared_links(catalogue: Catalogue) -> Iterator[str]:
    declared = {*catalogue.indicators, *catalogue.exposures}
    for hypothesis in catalogue.hypotheses:
        for link in hypothesis.links:
            for end in (link.cause, link.effect, link.mediator):
                if end is not None and end not in declared:
                    yield f"H{hypothesis.number} {link.name}: {end.name} is undeclared; add it to ALL beside it"


def _undeclared_norms(catalogue: Catalogue) -> Iterator[str]:
    names = {indicator.name for indicator in catalogue.indicators}
    for norm in catalogue.norms:
        if norm.indicator not in names:
            yield f"norm for {norm.indicator}: there is no such indicator; correct the name"
