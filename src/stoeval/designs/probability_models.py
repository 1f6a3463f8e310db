"""Models of a probability for `average_effects`: what is solved, how steep the response is, and the furthest fills."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from stoeval.errors import NotIdentified
from stoeval.inference.binomial_regression import Link, fit_binomial, outcome_pull, response
from stoeval.inference.ordered_logit import category_pull, fit_ordered
from stoeval.inference.other_engines import confirm_binomial, confirm_ordered

if TYPE_CHECKING:
    from stoeval.vocabulary import Floats, Integers, Sample

FEWEST_CATEGORIES, MOST_CATEGORIES = 2, 10


class ProbabilityModel(Protocol):
    """An outcome by cell, that is by row with columns of its own."""

    @property
    def weight(self) -> Floats:
        """Return the weight (m,) of each cell."""
        ...

    def solve(self, columns: Floats, cells: Integers, leading: int, start: Floats | None) -> Floats:
        """Return the parameters (q,) on columns (c, p) of some cells (c,), coefficients first."""
        ...

    def slope(self, columns: Floats, parameters: Floats) -> Floats:
        """Return the derivative (c,) of the probability to the index."""
        ...

    def filled(
        self, columns: Floats, leading: int, parameters: Floats, gradient: Floats, sign: int
    ) -> ProbabilityModel:
        """Return the model with masked outcomes at the end that raises (1) or lowers (-1) what has this gradient."""
        ...

    def confirm(self, columns: Floats, leading: int, parameters: Floats) -> None:
        """Have statsmodels solve it again; raise EnginesDisagree where it ends elsewhere."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShareModelOfCells:
    """A share, or yes and no, through a link; the mean outcome (m,) of each cell and the ends of it."""

    link: Link
    weight: Floats
    outcome: Floats
    low: Floats
    high: Floats

    def solve(self, columns: Floats, cells: Integers, leading: int, start: Floats | None) -> Floats:
        """Return the coefficients (p,) on columns (c, p) of some cells (c,)."""
        found = fit_binomial(
            self.outcome[cells], columns, weights=self.weight[cells], link=self.link, leading=leading, start=start
        )
        return found.coefficients

    def slope(self, columns: Floats, parameters: Floats) -> Floats:
        """Return the derivative (c,) of the mean to the index."""
        return response(columns @ parameters, self.link)[1]

    def filled(
        self, columns: Floats, leading: int, parameters: Floats, gradient: Floats, sign: int
    ) -> ShareModelOfCells:
        """Return the model with each outcome at the end that moves furthest."""
        fitted = fit_binomial(
            self.outcome, columns, weights=self.weight, link=self.link, leading=leading, start=parameters
        )
        pull = sign * outcome_pull(fitted, columns, self.weight, gradient)
        return replace(self, outcome=np.where(pull > 0, self.high, self.low))

    def confirm(self, columns: Floats, leading: int, parameters: Floats) -> None:
        """Have statsmodels solve it again."""
        confirm_binomial(
            self.outcome, columns, weights=self.weight, link=self.link, leading=leading, coefficients=parameters
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrderedModelOfCells:
    """Ordered categories; the probability is that of the highest."""

    weight: Floats
    counts: Floats
    """(m, K) weighted answers"""
    cell: Integers
    """(n,) cell of each row"""
    row_weight: Floats
    low: Integers
    """(n,) lowest and highest category of each row"""
    high: Integers

    def solve(self, columns: Floats, cells: Integers, leading: int, start: Floats | None) -> Floats:
        """Return coefficients and thresholds (q,) on columns (c, p) of some cells (c,).

        A category without an answer is joined with the next; without the highest there is nothing to explain.
        """
        counts = self.counts[cells]
        held = np.flatnonzero(counts.sum(axis=0) > 0)
        if held[-1] < counts.shape[1] - 1:
            message = "no answer lies in the highest category"
            raise NotIdentified(message)
        width = columns.shape[1]
        if start is not None:
            start = np.concatenate([start[:width], start[width:][held[1:] - 1]])
        found = fit_ordered(counts[:, held], columns, leading=leading, start=start)
        return np.concatenate([found.coefficients, found.thresholds])

    def slope(self, columns: Floats, parameters: Floats) -> Floats:
        """Return the derivative (c,) of the probability of the highest category to the index."""
        index = columns @ parameters[: columns.shape[1]] - parameters[-1]
        return response(index, Link.LOGIT)[1]

    def filled(
        self, columns: Floats, leading: int, parameters: Floats, gradient: Floats, sign: int
    ) -> OrderedModelOfCells:
        """Return the model with each answer in the category that moves furthest."""
        fitted = fit_ordered(self.counts, columns, leading=leading, start=parameters)
        categories = self.counts.shape[1]
        pull = sign * category_pull(fitted, columns, gradient)[self.cell]
        place = np.arange(categories)
        allowed = (place >= self.low[:, None]) & (place <= self.high[:, None])
        return self.with_answers(np.where(allowed, pull, -np.inf).argmax(axis=1))

    def with_answers(self, category: Integers) -> OrderedModelOfCells:
        """Return the model with a category (n,) for each row."""
        return replace(self, counts=_counts(self.cell, category, self.row_weight, self.counts.shape))

    def confirm(self, columns: Floats, leading: int, parameters: Floats) -> None:
        """Have statsmodels judge the maximum."""
        confirm_ordered(self.counts, columns, leading=leading, parameters=parameters)


def share_of_cells(sample: Sample, cell: Integers, link: Link) -> ShareModelOfCells:
    """Return the share model of a sample; outcomes have to lie from 0 to 1."""
    outside = int(((sample.outcome < 0) | (sample.outcome > 1)).sum())
    if outside:
        message = f"{outside} of {len(sample.outcome)} outcomes lie outside 0 to 1; take a linear model"
        raise NotIdentified(message)
    weight = np.bincount(cell, sample.weight).astype(np.float64)

    def mean(values: Floats) -> Floats:
        return np.clip(np.bincount(cell, sample.weight * values) / weight, 0.0, 1.0)

    return ShareModelOfCells(
        link=link,
        weight=weight,
        outcome=mean(sample.outcome),
        low=mean(np.clip(sample.outcome_low, 0.0, 1.0)),
        high=mean(np.clip(sample.outcome_high, 0.0, 1.0)),
    )


def ordered_of_cells(sample: Sample, cell: Integers, cuts: tuple[float, ...]) -> OrderedModelOfCells:
    """Return the ordered model of a sample, with categories between the cuts.

    A category without an answer is joined with the next; the highest one has to hold answers, and not all.
    """
    edges = np.array(cuts)
    present = np.unique(np.searchsorted(edges, sample.outcome, side="right"))
    if not FEWEST_CATEGORIES <= len(present) <= MOST_CATEGORIES:
        message = f"the outcome falls into {len(present)} categories; {FEWEST_CATEGORIES} to {MOST_CATEGORIES} will do"
        raise NotIdentified(message)
    if present[-1] != len(edges):
        message = f"no answer lies at or above {edges[-1]:.6g}, so the highest category is empty; choose other cuts"
        raise NotIdentified(message)
    edges = edges[present[1:] - 1]
    category, low, high = (
        np.searchsorted(edges, values, side="right").astype(np.int64)
        for values in (sample.outcome, sample.outcome_low, sample.outcome_high)
    )
    weight = np.bincount(cell, sample.weight).astype(np.float64)
    return OrderedModelOfCells(
        weight=weight,
        counts=_counts(cell, category, sample.weight, (len(weight), len(edges) + 1)),
        cell=cell,
        row_weight=sample.weight,
        low=low,
        high=high,
    )


def _counts(cell: Integers, category: Integers, weight: Floats, shape: tuple[int, ...]) -> Floats:
    flat = np.bincount(cell * shape[1] + category, weight, minlength=shape[0] * shape[1])
    return np.asarray(flat.reshape(shape), dtype=np.float64)
