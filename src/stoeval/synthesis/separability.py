"""Which hypotheses these data can tell apart: overlap of the plans' lines of activity, and agreement of their coders.

Each hypothesis rests on the money that the plans give to its line. Three things make two of them one: doses that
follow from each other, shares of the plans that move together, and codings that two coders do not agree on. A line

    is not told apart     where its dose beside the other lines and the input of the formula has a variance
                          inflation factor over 10 (Marquardt 1970, Technometrics 12(3)), or its weighted kappa is
                          below 0.40, which Fleiss, Levin and Paik (2003, Statistical Methods for Rates and
                          Proportions, chapter 18) call poor;
    from another line     where their shares of the plans correlate by more than 0.9 either way (Tabachnick and Fidell
                          2013, Using Multivariate Statistics, section 4.1.7), or either of the two has a poor kappa,
                          since errors of coding hide how much lines overlap;
    from the whole        where its dose and the whole budget correlate by more than 0.9.

Regions count alike. It does not see money that went elsewhere than the plan said, nor hypotheses that two lines serve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import NotIdentified, PanelError
from stoeval.inference.collinearity import variance_inflation
from stoeval.panel.doses import dose, techniekarm
from stoeval.panel.plan_coding import coding_agreement
from stoeval.vocabulary import WHOLE, ActivityLine, Level, RegionalBudget, Separation, Untestable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoeval.vocabulary import Catalogue, Exposure, Floats, MonitorPanel

LARGEST_INFLATION = 10.0
LARGEST_CORRELATION = 0.9
SMALLEST_KAPPA = 0.4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lines:
    """The lines of the plans over regions."""

    names: tuple[str, ...]
    doses: Floats
    """(R, L) EUR 1,000 per pupil and year"""
    shares: Floats
    """(R, L) of the plan"""
    whole: Floats
    """(R,) the whole budget in EUR 1,000 per pupil and year"""
    beside: Floats
    """(R, q) what the doses are a function of"""
    kappa: dict[str, float | None]


def separations(panel: MonitorPanel, catalogue: Catalogue) -> tuple[Separation, ...]:
    """Return whether each line is told apart from all others together, from the whole budget, and from each other."""
    exposures = {one.rule.line: one for one in catalogue.exposures if isinstance(one.rule, ActivityLine)}
    unknown = {name: reason for name, one in exposures.items() if (reason := _unknown(panel, one))}
    missing = [_separation(name, "", because=reason) for name, reason in unknown.items()]
    known = {name: one for name, one in exposures.items() if name not in unknown}
    if not known:
        return tuple(missing)
    lines = _lines(panel, known)
    pairs = [_beside_another(lines, first, second) for first, second in permutations(range(len(lines.names)), 2)]
    alone = [_beside_all(lines, number) for number in range(len(lines.names))]
    return (*missing, *alone, *(_beside_whole(lines, number) for number in range(len(lines.names))), *pairs)


def _unknown(panel: MonitorPanel, exposure: Exposure) -> str:
    """Return why the dose of a line is not known, empty where it is."""
    found = dose(panel, exposure.rule, Level.REGION)
    return found.reason if isinstance(found, Untestable) else ""


def _lines(panel: MonitorPanel, exposures: dict[str, Exposure]) -> _Lines:
    """Return the lines over the regions in which all of them are known."""
    columns: dict[str, pd.Series[float]] = {}
    inputs: dict[str, pd.Series[float]] = {}
    for name, exposure in exposures.items():
        columns[name] = _known(dose(panel, exposure.rule, Level.REGION))
        if isinstance(exposure.rule, ActivityLine):
            columns[WHOLE] = _known(dose(panel, RegionalBudget(counted=exposure.rule.counted), Level.REGION))
        if exposure.formula_input is not None:
            inputs[exposure.formula_input.name] = _known(dose(panel, exposure.formula_input.rule, Level.REGION))
    if not (flags := techniekarm(panel)).empty:
        inputs["techniekarm"] = flags
    table = pd.DataFrame({**columns, **inputs}).dropna()
    names = tuple(exposures)
    doses, whole = table[list(names)].to_numpy(dtype=np.float64), table[WHOLE].to_numpy(dtype=np.float64)
    return _Lines(
        names=names,
        doses=doses,
        shares=doses / whole[:, None],
        whole=whole,
        beside=table[list(inputs)].to_numpy(dtype=np.float64),
        kappa=_agreement(panel),
    )


def _known(found: pd.Series[float] | Untestable) -> pd.Series[float]:
    if isinstance(found, Untestable):
        message = f"a line of activity has a dose but not what it is a part of: {found.reason}"
        raise NotIdentified(message)
    return found


def _agreement(panel: MonitorPanel) -> dict[str, float | None]:
    """Return the weighted kappa of each line, empty where nobody coded a second time."""
    try:
        return dict(coding_agreement(panel.tables["plans"]).by_line)
    except PanelError:
        return {}


# --- rows ----------------------------------------------------------------------------------------------------------


def _beside_all(lines: _Lines, number: int) -> Separation:
    """Return how far a line is told apart from all others together."""
    others = np.delete(lines.doses, number, axis=1)
    row = _separation(lines.names[number], "", kappa=lines.kappa.get(lines.names[number]))
    try:
        inflation = variance_inflation(lines.doses[:, number], np.column_stack([lines.beside, others]))
    except NotIdentified as error:
        return replace(row, because=f"niet vast te stellen: {error}")
    limits = [
        _limit("variantie-inflatie", inflation, LARGEST_INFLATION, larger_is_worse=True),
        *_of_kappa((row.kappa,)),
    ]
    return _judged(replace(row, inflation=inflation if np.isfinite(inflation) else None), limits)


def _beside_whole(lines: _Lines, number: int) -> Separation:
    """Return how far the dose of a line is told apart from the whole budget."""
    row = _separation(lines.names[number], WHOLE, kappa=lines.kappa.get(lines.names[number]))
    return _correlated(row, lines.doses[:, number], lines.whole, (row.kappa,))


def _beside_another(lines: _Lines, first: int, second: int) -> Separation:
    """Return how far the plans' shares of two lines are told apart; kappa is the lower of the two."""
    kappas = tuple(lines.kappa.get(lines.names[number]) for number in (first, second))
    lowest = min((kappa for kappa in kappas if kappa is not None), default=None)
    row = _separation(lines.names[first], lines.names[second], kappa=lowest)
    return _correlated(row, lines.shares[:, first], lines.shares[:, second], kappas)


def _correlated(row: Separation, one: Floats, other: Floats, kappas: Sequence[float | None]) -> Separation:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return replace(row, because="niet vast te stellen: de inzet is in alle regio's gelijk")
    correlation = float(np.corrcoef(one, other)[0, 1])
    limit = _limit("correlatie zonder teken", abs(correlation), LARGEST_CORRELATION, larger_is_worse=True)
    return _judged(replace(row, correlation=correlation), [limit, *_of_kappa(kappas)])


def _of_kappa(kappas: Sequence[float | None]) -> list[tuple[bool, str]]:
    known = [kappa for kappa in kappas if kappa is not None]
    if not known:
        return [(True, "niemand codeerde de plannen een tweede keer")]
    return [_limit("kappa van de codering", min(known), SMALLEST_KAPPA, larger_is_worse=False)]


def _limit(name: str, value: float, limit: float, *, larger_is_worse: bool) -> tuple[bool, str]:
    """Return whether a value keeps to its limit, and both in words."""
    passed = value <= limit if larger_is_worse else value >= limit
    bound = "hoogstens" if larger_is_worse else "ten minste"
    shown = "oneindig" if np.isinf(value) else f"{value:.2f}".replace(".", ",")
    return passed, f"{name} {shown} ({bound} {f'{limit:g}'.replace('.', ',')})"


def _judged(row: Separation, limits: Sequence[tuple[bool, str]]) -> Separation:
    separate = all(passed for passed, _ in limits)
    verdict = "uit elkaar te houden" if separate else "niet uit elkaar te houden in deze gegevens"
    return replace(row, separate=separate, because=f"{verdict}: {'; '.join(words for _, words in limits)}")


def _separation(line: str, other: str, *, kappa: float | None = None, because: str = "") -> Separation:
    """Return the row of a line, whose name starts with the number of its hypothesis."""
    return Separation(
        hypothesis=int(line.partition("_")[0]),
        line=line,
        other=other,
        correlation=None,
        inflation=None,
        kappa=kappa,
        separate=None,
        because=because,
    )
