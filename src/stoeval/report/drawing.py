"""Marks, axes and text of a figure, as SVG."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stoeval.report.numbers import NumberFormat

INK = "#1b262c"
QUIET = "#55636b"
ACCENT = "#0b5c70"
PAPER = "#ffffff"
RULE = "#d5dcdf"
BAND = "#e4eaec"
GLYPH = 6.3
"""Mean width of a letter at the size of a legend, in units of the drawing."""


def element(name: str, content: str = "", /, **attributes: object) -> str:
    """Return one SVG element; attribute values are escaped and numbers kept short."""
    pairs = [(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items()]
    written = "".join(f' {key}="{escape(_short(value))}"' for key, value in pairs)
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(words: str, x: float, y: float, **attributes: object) -> str:
    """Return a line of text with its baseline at a point."""
    return element("text", escape(words), x=x, y=y, **{"fill": QUIET, "font_size": 12.0, **attributes})


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Return a line between two points."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **{"stroke": QUIET, "stroke_width": 1, **attributes})


def mark(kind: str, x: float, y: float) -> str:
    """Return a mark that differs by shape and weight as well as by colour."""
    if kind in {"outcome", "last"}:
        return element("circle", cx=x, cy=y, r=5, fill=ACCENT)
    if kind == "reference":
        return element(
            "rect", x=x - 4.5, y=y - 4.5, width=9, height=9, fill=INK, transform=f"rotate(45 {_short(x)} {_short(y)})"
        )
    if kind == "band":
        return element("rect", x=x - 9, y=y - 4, width=18, height=8, fill=BAND, stroke="#7a8890", stroke_width=0.8)
    if kind == "together":
        ends = "".join(line(x - 5, y + side, x + 5, y + side, stroke_width=0.8) for side in (-7, 7))
        return line(x, y - 7, x, y + 7, stroke_width=0.8) + ends
    return element("circle", cx=x, cy=y, r=4, fill=PAPER, stroke=QUIET, stroke_width=1.6)


def arrowhead(x: float, y: float, tip: float, colour: str) -> str:
    """Return an arrowhead at a point, its tip this far to the right or, below zero, to the left."""
    half = 0.7 * abs(tip)
    points = ((x + tip, y), (x, y - half), (x, y + half))
    return element("polygon", points=" ".join(f"{_short(one)},{_short(other)}" for one, other in points), fill=colour)


def legend(entries: Iterable[tuple[str, str]], x: float, y: float) -> str:
    """Return marks with their meaning, side by side."""
    parts = []
    for kind, words in entries:
        parts += [mark(kind, x + 8, y - 4), text(words, x + 22, y)]
        x += 44 + GLYPH * len(words)
    return "".join(parts)


def drawing(anchor: str, title: str, description: str, size: tuple[float, float], content: str) -> str:
    """Return a whole figure that names and describes itself to assistive technology."""
    named = element("title", escape(title), id=f"{anchor}-title") + element(
        "desc", escape(description), id=f"{anchor}-desc"
    )
    width, height = (_short(one) for one in size)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="{anchor}-title {anchor}-desc">{named}{content}</svg>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A linear scale from values to places in a drawing, with round ticks."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def at(self, value: float) -> float:
        """Return the place of a value, at the edge for values outside."""
        inside = min(max(value, self.low), self.high)
        return self.start + (inside - self.low) / (self.high - self.low) * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Round values from low to high."""
        first = math.ceil(self.low / self.step - 1e-9)
        last = math.floor(self.high / self.step + 1e-9)
        return [position * self.step for position in range(first, last + 1)]

    def written(self, tick: float, numbers: NumberFormat) -> str:
        """Write a tick with the decimals of the step."""
        return numbers.fixed(tick, max(0, -math.floor(math.log10(self.step) + 1e-9)))


def scale(values: Iterable[float], start: float, end: float, ticks: int = 5) -> Scale:
    """Return a scale that holds zero and all finite values, with about this many ticks."""
    finite = [value for value in (*values, 0.0) if math.isfinite(value)]
    low, high = min(finite), max(finite)
    span = high - low or 1.0
    power = 10.0 ** math.floor(math.log10(span / ticks))
    step = next(one * power for one in (1, 2, 5, 10) if span / (one * power) <= ticks)
    return Scale(
        low=math.floor(low / step + 1e-9) * step,
        high=math.ceil(high / step - 1e-9) * step or step,
        start=start,
        end=end,
        step=step,
    )


def _short(value: object) -> str:
    return f"{round(value, 1):g}" if isinstance(value, (int, float)) else str(value)
