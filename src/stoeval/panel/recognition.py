"""Which file is which delivery: by its name, or else by its header; everything else is left alone."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from stoeval.errors import PanelError
from stoeval.panel import sources
from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import header_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSV = "csv"


def discover() -> tuple[Source, ...]:
    """Return the source that each module of `panel/sources` declares, modules in order of name.

    Raises PanelError where two declare the same name.
    """
    found: dict[str, Source] = {}
    for module in sorted(pkgutil.iter_modules(sources.__path__), key=lambda one: one.name):
        declared = getattr(import_module(f"{sources.__name__}.{module.name}"), "SOURCE", None)
        if isinstance(declared, Source):
            if declared.name in found:
                message = f"panel/sources/{module.name}.py: a second source is called {declared.name!r}; rename one"
                raise PanelError(message)
            found[declared.name] = declared
    return tuple(found.values())


SOURCES = discover()
"""Every kind of delivery that has a reader."""


def source_named(name: str) -> Source:
    """Return a source by its name; raise PanelError where there is none."""
    known = {source.name: source for source in SOURCES}
    if name not in known:
        message = f"no delivery is called {name!r}; known are {', '.join(known)}"
        raise PanelError(message)
    return known[name]


def recognise(path: Path) -> Source | None:
    """Return the source of a file, None where no source knows its name or its header.

    Of several sources that a header suits, the one that asks most of it.
    """
    suffix = path.suffix.lower().removeprefix(".")
    candidates = [source for source in SOURCES if source.template == suffix]
    for source in candidates:
        if source.file_name.search(path.name.lower()):
            return source
    if suffix != CSV:
        return None
    try:
        header = header_names(path)
    except OSError as error:
        message = f"{path.name}: cannot be read ({error.strerror}); give the file its rights or take it away"
        raise PanelError(message) from error
    fitting = [source for source in candidates if _fits(source, header)]
    return max(fitting, key=lambda source: len(source.required_headers), default=None)


def files_in(directory: Path) -> Iterator[Path]:
    """Return every visible file under a directory, in order of name."""
    paths = (path for path in directory.rglob("*") if path.is_file() and not path.name.startswith("."))
    yield from sorted(paths, key=lambda one: (one.name, str(one)))


def _fits(source: Source, header: frozenset[str]) -> bool:
    return all(header & {text.upper() for text in texts} for texts in source.required_headers.values())
