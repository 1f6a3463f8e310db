"""How an option is shown to matter: a call with every argument, other values of each, and what counts as different."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np

from option_samples import FIT, OTHER_FIT
from stoeval.inference.least_squares import Fit

ECHOES = {"alpha", "level", "ci_level", "p_level", "draws", "null", "nulls", "method", "convention"}
"""Fields of records that repeat what was given: they show nothing."""
OWN_ECHOES = {
    "RobustInterval": {"bound"},
    "Breakdown": {"restriction", "upper"},
    "Equivalence": {"low", "high"},
    "NonInferiority": {"margin", "higher_is_better"},
    "SimulatedPower": {"effects", "simulations"},
    "PreTrendPower": {"slope"},
    "JointBootstrap": {"counting"},
    "Fit": {"made_of"},
}
DIFFERENCE = 1e-9
"""Relative to the largest value: what is nearer than this is rounding."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A new generator in every call."""

    number: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """A value that is made anew for every call, as the call changes it in place."""

    make: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Together:
    """An option that can only change together with others, which it has to fit."""

    values: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A call with every argument named."""

    function: Callable[..., Any]
    given: dict[str, Any]
    changed: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    """Other values, where `alternatives` does not know any."""
    read: Callable[[Any], Any] = lambda result: result
    """What is compared of a result that is no number or record."""
    free: dict[str, str] = field(default_factory=dict)
    """Arguments that may change nothing, with the reason."""
    elsewhere: tuple[str, ...] = ()
    """Arguments that need other ones to matter; another case has these."""
    only: tuple[str, ...] = ()
    """The arguments that this case is there for; all where empty."""

    @property
    def tested(self) -> list[str]:
        """Return the arguments of which other values must change the result."""
        return [one for one in self.only or self.given if one not in {*self.free, *self.elsewhere}]

    def result(self, **changed: Any) -> Any:  # noqa: ANN401 - the arguments of any function
        """Return the result of the call with some arguments changed."""
        given = {name: _made(value) for name, value in (self.given | changed).items()}
        positional = [
            name for name, one in inspect.signature(self.function).parameters.items() if one.kind == one.VAR_POSITIONAL
        ]
        if not positional:
            return plain(self.read(self.function(**given)))
        before = list(given)[: list(given).index(positional[0])]
        return plain(self.read(self.function(*(given[name] for name in before), *given[positional[0]])))

    def others(self, name: str) -> list[dict[str, Any]]:
        """Return the arguments of each changed call for one option."""
        values = self.changed.get(name) or alternatives(self.given[name])
        return [one.values if isinstance(one, Together) else {name: one} for one in values]


def _made(value: Any) -> Any:  # noqa: ANN401 - any argument
    if isinstance(value, Seed):
        return np.random.default_rng(value.number)
    return value.make() if isinstance(value, Fresh) else value


def alternatives(value: Any) -> tuple[Any, ...]:  # noqa: ANN401, PLR0911 - one line a kind of value
    """Return other values of the same kind: every other member of an enumeration, every element changed in turn."""
    if isinstance(value, Seed):
        return (Seed(value.number + 1),)
    if isinstance(value, Fit):
        return (FIT if value is OTHER_FIT else OTHER_FIT,)
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, Enum):
        return tuple(one for one in type(value) if one is not value)
    if isinstance(value, int):
        return (value + 1,)
    if isinstance(value, float):
        return (value * 0.9,)
    if isinstance(value, np.ndarray):
        return (_moved(value),)
    if isinstance(value, list | tuple) and value:
        return tuple(
            type(value)([*value[:place], other, *value[place + 1 :]])
            for place, one in enumerate(value)
            for other in alternatives(one)
        )
    message = f"no other value is known for {value!r}; name one in `changed`"
    raise LookupError(message)


def _moved(values: np.ndarray) -> np.ndarray:
    """Return an array of the same kind: codes one place on, truths turned, covariances still symmetric."""
    if values.dtype.kind == "i":
        return np.roll(values, 1)
    if values.dtype.kind == "b":
        return np.concatenate([~values[:1], values[1:]])
    factor = 1 + 0.1 * np.sin(np.arange(1, len(values) + 1))
    if values.ndim == 2 and values.shape[0] == values.shape[1] and np.allclose(values, values.T):
        return np.asarray(values * np.outer(factor, factor))
    return np.asarray(values * factor.reshape(-1, *[1] * (values.ndim - 1)))


def plain(result: Any) -> Any:  # noqa: ANN401 - the result of any function
    """Return a result as nested lists and dictionaries, without what only repeats the arguments."""
    if isinstance(result, Iterator | tuple | list):
        return [plain(one) for one in result]
    if is_dataclass(result):
        name = type(result).__name__
        shown = {one.name for one in fields(result)} - ECHOES - OWN_ECHOES.get(name, set())
        held = {one: plain(getattr(result, one)) for one in sorted(shown)}
        return held | ({"design": result.design} if isinstance(result, Fit) else {})
    known = isinstance(result, np.ndarray | int | float | str | slice | np.generic) or result is None
    return result if known else type(result).__name__


def alike(one: Any, other: Any) -> bool:  # noqa: ANN401 - two results
    """Say whether two plain results are the same but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, str | slice | None) or isinstance(other, str | slice | None):
        return type(one) is type(other) and bool(one == other)
    left, right = np.asarray(one), np.asarray(other)
    if left.shape != right.shape:
        return False
    largest = float(np.abs(left.astype(float)[np.isfinite(left.astype(float))]).max(initial=0.0))
    return bool(np.allclose(left, right, rtol=0, atol=DIFFERENCE * largest, equal_nan=True))


def without_nan(result: Any) -> bool:  # noqa: ANN401 - a plain result
    """Say whether a plain result holds numbers only where it holds numbers."""
    if isinstance(result, dict | list):
        return all(map(without_nan, result.values() if isinstance(result, dict) else result))
    return isinstance(result, str | slice | None) or not np.isnan(np.asarray(result, dtype=float)).any()
