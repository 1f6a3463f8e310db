"""The figures of the report as inline SVG: one drawing from one record, the same bytes each time."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from stoeval.report.drawing import (
    ACCENT,
    BAND,
    INK,
    QUIET,
    RULE,
    Scale,
    arrowhead,
    drawing,
    element,
    legend,
    line,
    mark,
    scale,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoeval.report.model import CoefficientFigure, CoefficientMark, CoefficientRow, EventPoint, EventStudyFigure
    from stoeval.report.numbers import NumberFormat

WIDTH, HEIGHT = 760.0, 392.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 752.0, 66.0, 330.0
SHADES = {"runup": "#f1f4f5", "transition": "#e6edef"}
MARK_HEIGHT, LINE_HEIGHT = 20.0, 16.0
PLOT_LEFT, PLOT_RIGHT, PAGE = 310.0, 690.0, 860.0
TIMES = "\N{MULTIPLICATION SIGN}"
ROW_GAP = 12.0
FURTHEST = 3.0
"""An estimate further out than three times the detectable is marked at the edge; its numbers stand beside it."""


def event_study_svg(figure: EventStudyFigure, numbers: NumberFormat) -> str:
    """Draw estimates by school year, with the phases of the programme behind them."""
    values = [value for one in figure.points for value in (one.low, one.high, one.effect, *(one.band or ()))]
    heights = scale(values, BOTTOM, TOP)
    years = [one.year for one in figure.points]
    first, last = min(years) - 0.5, max(years) + 0.5
    places = Scale(low=first, high=last, start=LEFT, end=RIGHT, step=1.0)
    parts = [
        *_phases(figure, places),
        *_height_axis(figure.axis, heights, numbers),
        *(_year(one, places) for one in figure.points),
        *(_point(one, places.at(one.year), heights) for one in figure.points),
        legend(figure.legend, LEFT, HEIGHT - 10),
    ]
    return drawing(figure.anchor, figure.title, figure.description, (WIDTH, HEIGHT), "".join(parts))


def _phases(figure: EventStudyFigure, places: Scale) -> Iterator[str]:
    for phase in figure.phases:
        start, end = places.at(phase.first - 0.5), places.at(phase.last + 0.5)
        if end - start < 1:
            continue
        middle = (start + end) / 2
        if phase.kind in SHADES:
            yield element(
                "rect", x=start, y=TOP - 24, width=end - start, height=BOTTOM - TOP + 24, fill=SHADES[phase.kind]
            )
            yield text(phase.label, middle, TOP - 30, text_anchor="middle")
            continue
        yield element(
            "rect", x=start, y=TOP - 24, width=end - start, height=BOTTOM - TOP + 24, fill=INK, fill_opacity="0.05"
        )
        for edge in (start, end):
            yield line(edge, TOP - 24, edge, BOTTOM, stroke="#8b979d", stroke_dasharray="2 4")
        yield text(phase.label, middle, TOP - 9, text_anchor="middle", font_style="italic")


def _height_axis(unit: str, heights: Scale, numbers: NumberFormat) -> Iterator[str]:
    yield text(unit, 0, 14, fill=INK)
    for tick in heights.ticks:
        y = heights.at(tick)
        zero = abs(tick) < heights.step / 2
        yield line(LEFT, y, RIGHT, y, stroke=INK if zero else RULE, stroke_width=1.2 if zero else 0.8)
        yield text(heights.written(tick, numbers), LEFT - 8, y + 4, text_anchor="end")


def _year(point: EventPoint, places: Scale) -> str:
    strong = {"font_weight": "bold", "fill": INK} if point.kind == "outcome" else {}
    return text(point.label, places.at(point.year), BOTTOM + 22, text_anchor="middle", **strong)


def _point(point: EventPoint, x: float, heights: Scale) -> str:
    if point.kind == "reference":
        return mark("reference", x, heights.at(point.effect))
    strong = point.kind == "outcome"
    low, high = heights.at(point.low), heights.at(point.high)
    bar = line(x, low, x, high, stroke=ACCENT if strong else QUIET, stroke_width=3 if strong else 1.4)
    return _together(point, x, heights) + bar + mark(point.kind, x, heights.at(point.effect))


def _together(point: EventPoint, x: float, heights: Scale) -> str:
    """Draw the simultaneous band of a year as a thin line with ends."""
    if point.band is None:
        return ""
    low, high = (heights.at(value) for value in point.band)
    ends = "".join(line(x - 5, y, x + 5, y, stroke=QUIET, stroke_width=0.8) for y in (low, high))
    return line(x, low, x, high, stroke=QUIET, stroke_width=0.8) + ends


def coefficient_svg(figure: CoefficientFigure, numbers: NumberFormat) -> str:
    """Draw all primary estimates over the band in which nothing could be detected."""
    widths = scale(_ends(figure), PLOT_LEFT, PLOT_RIGHT)
    parts, y = [], ROW_GAP
    for row in figure.rows:
        labels = textwrap.wrap(row.label, 46)[:4]
        height = max(MARK_HEIGHT * len(row.marks), LINE_HEIGHT * (len(labels) + 1)) + ROW_GAP
        parts.append(_row(row, labels, y, height, widths))
        y += height
    axis = _band(widths, y) + _width_axis(widths, y, numbers)
    parts.append(legend(figure.legend, 0, y + 44))
    return drawing(figure.anchor, figure.title, figure.description, (PAGE, y + 56), axis + "".join(parts))


def _ends(figure: CoefficientFigure) -> list[float]:
    """Return the values that the scale has to hold, cut where it would squeeze the rest."""
    values = [value for row in figure.rows for one in row.marks for value in (one.low, one.high)]
    return [-1.0, 1.0, *(min(max(value, -FURTHEST), FURTHEST) for value in values)]


def _row(row: CoefficientRow, labels: list[str], top: float, height: float, widths: Scale) -> str:
    first = top + 12
    parts = [
        *(text(words, 0, first + LINE_HEIGHT * position, fill=INK) for position, words in enumerate(labels)),
        text(row.unit, 0, first + LINE_HEIGHT * len(labels), font_size=11),
    ]
    middle = top - ROW_GAP / 2 + height / 2 - MARK_HEIGHT * (len(row.marks) - 1) / 2
    parts += [_mark(one, middle + MARK_HEIGHT * position, widths) for position, one in enumerate(row.marks)]
    bottom = top + height - ROW_GAP / 2
    parts.append(line(0, bottom, PAGE, bottom, stroke=RULE, stroke_width=0.8))
    return "".join(parts)


def _band(widths: Scale, bottom: float) -> str:
    left, right = widths.at(-1), widths.at(1)
    edges = [line(x, 0, x, bottom, stroke="#7a8890", stroke_width=0.8, stroke_dasharray="3 3") for x in (left, right)]
    return element("rect", x=left, y=0, width=right - left, height=bottom, fill=BAND) + "".join(edges)


def _mark(one: CoefficientMark, y: float, widths: Scale) -> str:
    strong = one.last
    bar = line(
        widths.at(one.low),
        y,
        widths.at(one.high),
        y,
        stroke=ACCENT if strong else QUIET,
        stroke_width=2.6 if strong else 1.4,
    )
    colour = ACCENT if strong else QUIET
    ends = ((one.low < widths.low, widths.start, -6.0), (one.high > widths.high, widths.end, 6.0))
    heads = "".join(arrowhead(x, y, tip, colour) for outside, x, tip in ends if outside)
    inside = widths.low <= one.effect <= widths.high
    point = mark("last" if strong else "earlier", widths.at(one.effect), y) if inside else ""
    words = text(one.words, PAGE, y + 4, text_anchor="end", fill=INK if strong else QUIET)
    return bar + heads + point + words


def _width_axis(widths: Scale, bottom: float, numbers: NumberFormat) -> str:
    parts = []
    for tick in widths.ticks:
        x = widths.at(tick)
        zero = abs(tick) < widths.step / 2
        parts.append(line(x, 0, x, bottom, stroke=INK if zero else RULE, stroke_width=1.2 if zero else 0.8))
        parts.append(text(f"{widths.written(tick, numbers)}{TIMES}", x, bottom + 16, text_anchor="middle"))
    return "".join(parts)
