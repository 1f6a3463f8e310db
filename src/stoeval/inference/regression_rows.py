"""The rows of a regression as they were given, checked and put into one form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.absorption import absorb, dense_codes
from stoeval.inference.blocks import Dummies, blocks_of, whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from stoeval.inference.blocks import Block

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Numbers = NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class RegressionRows:
    """Columns, codes and weights of n rows; everything refers to the arrays that were given where it can."""

    outcomes: Numbers
    """(n, m)"""
    regressors: Numbers
    """(n, k)"""
    controls: Numbers
    """(n, q)"""
    weights: Floats | None
    cluster: Integers
    """(n,) dense codes, as are all effects."""
    nested: tuple[Integers, ...]
    """Effects within clusters."""
    linking: tuple[Integers, ...]
    """Effects that are absorbed though they link clusters; then the nested ones are among them."""
    crossed: tuple[Integers, ...]
    """Effects that enter as dummies."""
    n_crossed_levels: int
    constant: bool
    """Whether a constant enters, as the first of the dummies."""

    @property
    def absorbed(self) -> tuple[Integers, ...]:
        """Return the effects that are absorbed."""
        return self.linking or self.nested

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks that can be worked on apart."""
        return whole(self.cluster, self.linking) if self.linking else blocks_of(self.cluster, self.nested)

    def columns(self, rows: slice | Integers) -> Floats:
        """Return controls, regressors and outcomes (K, n) of some rows, one column a row."""
        parts = [np.asarray(part[rows], dtype=np.float64).T for part in (self.controls, self.regressors, self.outcomes)]
        return np.ascontiguousarray(np.concatenate(parts))

    @cached_property
    def dummies(self) -> Dummies:
        """Return the dummies of crossed effects, a constant first."""
        effects = list(self.crossed)
        if self.constant:
            effects.insert(0, np.broadcast_to(np.int64(0), (len(self.cluster),)))
        return Dummies(effects, [int(codes.max()) + 1 for codes in effects], len(self.cluster))

    @property
    def dummy_columns(self) -> Integers:
        """Return the dummies without the first level of each effect, the constant included."""
        first = self.dummies.offsets[1:-1] if self.constant else self.dummies.offsets[:-1]
        return np.setdiff1d(np.arange(self.dummies.width), first)

    def design(self, controls: Integers, dummies: Integers) -> Floats:
        """Return regressors, some controls and some dummies with the absorbed effects removed, times the weights."""
        parts = (self.regressors, self.controls[:, controls], self.dummies.dense()[dummies].T)
        columns = np.column_stack([np.asarray(part, dtype=np.float64) for part in parts])
        columns = absorb(columns, self.absorbed, self.weights) if self.absorbed else columns
        return columns if self.weights is None else columns * self.weights[:, None]


def regression_rows(  # noqa: PLR0913 - the parts of a regression
    outcomes: Numbers,
    regressors: Numbers,
    *,
    cluster: Integers | None,
    nested: Sequence[Integers],
    crossed: Sequence[Integers],
    absorbed: Sequence[Integers],
    controls: Numbers | None,
    weights: Floats | None,
    intercept: bool,
) -> RegressionRows:
    """Check the parts of a regression and return them in one form."""
    outcomes, regressors = _as_columns(outcomes), _as_columns(regressors)
    n = len(outcomes)
    controls = np.empty((n, 0)) if controls is None else _as_columns(controls)
    cluster = np.arange(n) if cluster is None else cluster
    refuse_bad_rows(outcomes, regressors, controls, cluster, *nested, *crossed, *absorbed)
    if weights is not None:
        refuse_bad_rows(outcomes[:, 0], weights)
        _refuse_light_rows(weights)
    effects = [tuple(dense_codes(codes) for codes in group) for group in (nested, crossed, absorbed)]
    if any(effects) and not intercept:
        message = "effects hold a constant, so that intercept=False would change nothing; leave it out"
        raise EstimationError(message)
    within, across, linking = effects
    # A constant among the regressors takes the place of the one that would be added.
    added = intercept and not any(effects) and not any(_is_constant(column) for column in regressors.T)
    levels = sum(int(codes.max()) + 1 for codes in (*across, *linking)) - max(len(across) + len(linking) - 1, 0)
    return RegressionRows(
        outcomes=outcomes,
        regressors=regressors,
        controls=controls,
        weights=None if weights is None else np.asarray(weights, dtype=np.float64),
        cluster=dense_codes(cluster),
        nested=within,
        linking=(*within, *across, *linking) if linking else (),
        crossed=() if linking else across,
        n_crossed_levels=levels if across or linking else int(added or bool(within)),
        constant=added or (bool(across) and not within and not linking),
    )


def _as_columns(values: Numbers) -> Numbers:
    """Return values as columns (n, K) of doubles, or of numbers with more digits where they are given as such."""
    array = np.asarray(values)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2:
        message = f"columns have the shape {array.shape}; give (rows,) or (rows, columns)"
        raise EstimationError(message)
    return array if finer(array) or array.dtype == np.float64 else np.asarray(array, dtype=np.float64)


def finer(values: Numbers) -> bool:
    """Say whether numbers may have digits that a double cannot hold."""
    return bool(values.dtype in {np.dtype(object), np.dtype(np.longdouble)})


def _is_constant(column: Numbers) -> bool:
    return bool(column[0] != 0) and bool((column == column[0]).all())


def refuse_bad_rows(outcome: Numbers, *others: Numbers) -> None:
    """Raise EstimationError where arrays differ in length or hold a value that is not finite.

    Raises NotIdentified where there are no rows.
    """
    rows = len(outcome)
    lengths = {len(other) for other in others} | {rows}
    if lengths != {rows}:
        message = f"outcome has {rows} rows, the arrays together {sorted(lengths)}; give arrays of equal length"
        raise EstimationError(message)
    if rows == 0:
        message = "the sample has 0 rows; widen the population or the years"
        raise NotIdentified(message)
    bad = sum(_count_not_finite(np.asarray(values)) for values in (outcome, *others))
    if bad:
        message = f"{bad} values are not finite; drop these rows or fill them before fitting"
        raise EstimationError(message)


def _count_not_finite(values: Numbers) -> int:
    if values.dtype.kind in "iub":
        return 0
    return int((~np.isfinite(values.astype(np.float64) if values.dtype == object else values)).sum())


def _refuse_light_rows(weights: Floats) -> None:
    light = int((weights <= 0).sum())
    if light:
        message = f"{light} weights are zero or negative; drop these rows before fitting"
        raise EstimationError(message)
