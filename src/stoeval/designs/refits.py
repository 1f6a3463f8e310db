"""Average effects of a dose by era, from a probability model refitted on any part of its cells.

The average structural function is the probability that the rows of an era would have on average at a given dose; the
effect is its derivative to the dose (Papke and Wooldridge 2008, Journal of Econometrics 145(1-2)),

    t_s = b_s  sum over i in s of w_i G'(x_i b) / sum over i in s of w_i

with b_s the coefficient of dose x era. It is on the scale of the outcome, as that of a linear model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.absorption import dense_codes
from stoeval.inference.binomial_regression import independent_columns
from stoeval.inference.jackknife import jackknife

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.designs.eras import Eras
    from stoeval.designs.probability_models import ProbabilityModel
    from stoeval.inference.jackknife import Jackknife
    from stoeval.vocabulary import Floats, Integers, Sample

STEP = 1e-6
"""Of the central differences of an effect to the parameters, relative to their size."""
STILL = 1e-8
"""A response that is this flat on average belongs to an era in which nothing, or everything, happens."""
ROUNDS = 10
"""Of the search for the furthest fill."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refits:
    """A model on the cells of a sample, solved on all of them."""

    model: ProbabilityModel
    columns: Floats
    """(m, p) by cell; dose x era first, then those of other doses"""
    member: Floats
    """(m, k) era of each cell"""
    cluster: Integers
    """(m,)"""
    leading: int
    """How many columns are a dose x era."""
    parameters: Floats
    """(q,)"""

    def effects(self, cells: Integers) -> Floats:
        """Return the average effect (leading,) of each dose in each era, refitted on some cells (c,)."""
        parameters = self.model.solve(self.columns[cells], cells, self.leading, self.parameters)
        return self.at(parameters, cells)

    def at(self, parameters: Floats, cells: Integers) -> Floats:
        """Return the average effects (leading,) over some cells (c,) at given parameters (q,)."""
        slope, weight = self.model.slope(self.columns[cells], parameters), self.model.weight[cells]
        held = weight @ self.member[cells]
        if not (held > 0).all():
            message = f"{int((held <= 0).sum())} eras hold no rows"
            raise NotIdentified(message)
        average = (weight * slope) @ self.member[cells] / held
        if not (average > STILL).all():
            message = f"in {int((average <= STILL).sum())} of {len(held)} eras the outcome never varies"
            raise NotIdentified(message)
        return parameters[: self.leading] * np.tile(average, self.leading // len(average))

    def jackknife(self) -> Jackknife:
        """Return the average effects, and what they are without each cluster."""
        return jackknife(self.effects, self.cluster)

    def furthest(self, combination: Floats, sign: int) -> Refits:
        """Return the refits at the fill of masked outcomes that a search finds to raise (1) or lower (-1) an effect.

        Each round fills by the slope of the effect (`combination`, over the first effects) to every outcome.
        """
        every, best = np.arange(len(self.columns)), self
        for _ in range(ROUNDS):
            gradient = best.gradient(combination)
            model = best.model.filled(best.columns, best.leading, best.parameters, gradient, sign)
            parameters = model.solve(best.columns, every, best.leading, best.parameters)
            found = replace(best, model=model, parameters=parameters)
            if sign * (found.value(combination) - best.value(combination)) <= 0:
                break
            best = found
        return best

    def value(self, combination: Floats) -> float:
        """Return a combination of the effects of the first dose."""
        every = np.arange(len(self.columns))
        return float(combination @ self.at(self.parameters, every)[: len(combination)])

    def gradient(self, combination: Floats) -> Floats:
        """Return the derivative (q,) of a combination of effects to the parameters."""
        steps = STEP * (1 + np.abs(self.parameters))
        return np.array(
            [
                (self._moved(combination, place, step) - self._moved(combination, place, -step)) / (2 * step)
                for place, step in enumerate(steps.tolist())
            ]
        )

    def _moved(self, combination: Floats, place: int, step: float) -> float:
        moved = self.parameters.copy()
        moved[place] += step
        return replace(self, parameters=moved).value(combination)


def refits(
    sample: Sample,
    eras: Eras,
    doses: Sequence[Floats],
    controls: Floats,
    model_of: Callable[[Sample, Integers], ProbabilityModel],
) -> Refits:
    """Solve the model of a sample on doses (n,) by era, their own level, controls (n, q) and years.

    Rows that agree in every column and in their cluster are one cell: the likelihood is the same.
    """
    years = sample.period[:, None] == np.unique(sample.period)
    first = np.hstack([eras.times(dose) for dose in doses])
    columns = np.hstack([first, np.column_stack(doses), controls, years])
    cluster = dense_codes(sample.cluster)
    once, cell = _cells(np.column_stack([cluster, columns]))
    model, leading = model_of(sample, cell), first.shape[1]
    columns = columns[once]
    columns = columns[:, independent_columns(columns, leading)]
    parameters = model.solve(columns, np.arange(len(once)), leading, None)
    return Refits(
        model=model,
        columns=columns,
        member=eras.member[once],
        cluster=cluster[once],
        leading=leading,
        parameters=parameters,
    )


def _cells(rows: Floats) -> tuple[Integers, Integers]:
    """Return the position of one row (m,) of each kind, and the kind (n,) of each row."""
    bytes_of_rows = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
    _, once, cell = np.unique(bytes_of_rows, return_index=True, return_inverse=True)
    return once.astype(np.int64), cell.ravel().astype(np.int64)
