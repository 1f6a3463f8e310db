"""Every declared way through the forks of a link, one estimate each, and what they say together.

Forks that ask for the same number (weights, genealogy, the columns of the formula) and forks that ask for another one
(outcome, definition, years, population) give two curves, which are never pooled: the spread of the first is a matter
of method, that of the second of meaning. Ways of one kind combine; ways of the two kinds do not. Each has its plain
CRV3 error; the standard error is no fork. Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour 4) for the joint
test; Del Giudice and Gangestad (2021, Advances in Methods and Practices in Psychological Science 4) for the kinds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import EstimationError
from stoeval.inference.specification_test import specification_test
from stoeval.synthesis.forked_links import JOINER, LEVEL, Specified, rows_once, specified
from stoeval.vocabulary import (
    Finding,
    ForkKind,
    Role,
    Specification,
    SpecificationCurve,
    Untestable,
    require_few,
    routes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Catalogue, Fork, Measurement, MonitorPanel, Result

DRAWS = 999
AGREES = 1e-6
"""Relative difference above which the primary specification is not the finding of its link."""


def specifications(
    panel: MonitorPanel,
    measurement: Measurement,
    catalogue: Catalogue,
    results: Sequence[Result],
    generator: np.random.Generator,
) -> tuple[tuple[Specification, ...], tuple[SpecificationCurve, ...]]:
    """Return every specification of every link with forks, and two curves a link.

    Secondary links have them only where a hypothesis has no primary estimate.

    The panel is cut at the last year of the measurement. Forks of a link that was not evaluated are left
    out. Raises CatalogueError for too many specifications, and EstimationError where a primary specification is not
    the finding.
    """
    found = {(result.hypothesis, result.link.name): result for result in results}
    forked = dict.fromkeys((fork.hypothesis, fork.link) for fork in require_few(catalogue.forks))
    tested = {one.hypothesis for one in results if one.link.role is Role.PRIMARY and isinstance(one.finding, Finding)}
    known = [key for key in forked if key in found]
    asked = [key for key in known if found[key].link.role is Role.PRIMARY or key[0] not in tested]
    every: list[Specification] = []
    curves: list[SpecificationCurve] = []
    for key, child in zip(asked, generator.spawn(len(asked)), strict=True):
        ways = _ways([fork for fork in catalogue.forks if (fork.hypothesis, fork.link) == key])
        rows = rows_once(panel, catalogue)
        given = {way: specified(rows, measurement, found[key].link, way) for _, way in ways}
        _require_the_finding(given[()], found[key])
        every += [_record(found[key], kind, way, given[way]) for kind, way in ways]
        for kind, draws in zip(ForkKind, child.spawn(len(ForkKind)), strict=True):
            own = [given[way] for one, way in ways if one is kind]
            curves.append(_curve(found[key], kind, own, given[()], draws))
    return tuple(every), tuple(curves)


def _ways(forks: Sequence[Fork]) -> list[tuple[ForkKind, tuple[Fork, ...]]]:
    """Return the ways through the forks of a link, by kind; the primary stands first, among the preserving."""
    changing = [(ForkKind.CHANGING, way) for way in routes(forks, ForkKind.CHANGING) if way]
    return [*((ForkKind.PRESERVING, way) for way in routes(forks, ForkKind.PRESERVING)), *changing]


def _require_the_finding(primary: Specified | Untestable, result: Result) -> None:
    """Raise where the specification without any fork is not what the link was found to give."""
    if isinstance(primary, Untestable) or isinstance(result.finding, Untestable):
        alike = isinstance(primary, Untestable) and isinstance(result.finding, Untestable)
        pair = ["untestable" if isinstance(one, Untestable) else "estimated" for one in (primary, result.finding)]
    else:
        effects = primary.effect.effect, result.finding.estimate.effect
        alike, pair = bool(np.isclose(*effects, rtol=AGREES, atol=0.0)), [f"{effect:.9g}" for effect in effects]
    if not alike:
        where = f"H{result.hypothesis} {result.link.name}"
        message = f"{where}: the primary specification is {pair[0]} and the finding {pair[1]}; they must be one"
        raise EstimationError(message)


def _record(result: Result, kind: ForkKind, way: Sequence[Fork], given: Specified | Untestable) -> Specification:
    blank = Specification(
        hypothesis=result.hypothesis,
        link=result.link.name,
        kind=kind,
        choices=JOINER.join(fork.name for fork in way),
        effect=None,
        std_error=None,
        ci_low=None,
        ci_high=None,
        p_value=None,
        unit="",
        because="",
    )
    if isinstance(given, Untestable):
        return replace(blank, because=given.reason)
    effect = given.effect
    return replace(
        blank,
        effect=effect.effect,
        std_error=effect.std_error,
        ci_low=effect.ci_low,
        ci_high=effect.ci_high,
        p_value=effect.p_value,
        unit=given.unit,
    )


def _curve(
    result: Result,
    kind: ForkKind,
    every: Sequence[Specified | Untestable],
    primary: Specified | Untestable,
    generator: np.random.Generator,
) -> SpecificationCurve:
    """Return what the specifications of one kind say together."""
    given = [one for one in every if not isinstance(one, Untestable)]
    effects = np.array([one.effect.effect for one in given])
    units = {one.unit for one in given}
    alike = effects if len(units) == 1 else np.array([])
    sign = 0.0 if isinstance(primary, Untestable) else np.sign(primary.effect.effect)
    drawn = [one.drawn for one in given if one.drawn is not None]
    test = specification_test(drawn, generator=generator, draws=DRAWS) if drawn else None
    return SpecificationCurve(
        hypothesis=result.hypothesis,
        link=result.link.name,
        kind=kind,
        specifications=len(every),
        estimated=len(given),
        unit=units.pop() if len(units) == 1 else "",
        median=float(np.median(alike)) if len(alike) else None,
        lowest=float(alike.min()) if len(alike) else None,
        highest=float(alike.max()) if len(alike) else None,
        median_t=_median_t(given),
        share_same_sign=float((np.sign(effects) == sign).mean()) if given and sign else None,
        share_significant=_share_significant(given),
        joint_p=test.p_median if test else None,
        joint_p_significant=test.p_significant if test else None,
        method=test.method if test else "",
        because=_because(every, given, len(drawn), alike_in_unit=len(units) <= 1),
    )


def _median_t(given: Sequence[Specified]) -> float | None:
    return float(np.median([one.effect.effect / one.effect.std_error for one in given])) if given else None


def _share_significant(given: Sequence[Specified]) -> float | None:
    """Return the share that is significant on the side where most are."""
    if not given:
        return None
    sides = np.array([np.sign(one.effect.effect) * (one.effect.p_value < LEVEL) for one in given])
    return float(max((sides > 0).mean(), (sides < 0).mean()))


def _because(
    every: Sequence[Specified | Untestable], given: Sequence[Specified], drawn: int, *, alike_in_unit: bool
) -> str:
    """Return in Dutch what is missing from a curve, empty where nothing is."""
    lost = [one.reason for one in every if isinstance(one, Untestable)]
    said = []
    if not every:
        said.append("er zijn geen keuzes van deze soort vastgelegd")
    if lost:
        most = max(dict.fromkeys(lost), key=lost.count)
        said.append(f"{len(lost)} van {len(every)} specificaties zijn niet te schatten, meestal omdat: {most}")
    if not alike_in_unit:
        said.append("de specificaties hebben verschillende eenheden, dus mediaan en bereik staan in standaardfouten")
    if drawn < len(given):
        said.append(f"{len(given) - drawn} van {len(given)} specificaties doen niet mee aan de gezamenlijke toets")
    return "; ".join(said)
