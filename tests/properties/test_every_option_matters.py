"""No argument of a public function of the inference is silently ignored: another value changes the result or raises."""

from __future__ import annotations

import inspect
import pkgutil
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

import stoeval.inference
from option_cases import alike, plain, without_nan
from option_samples import CLUSTER, OFFSET, OTHER_Y, UNIT, X
from option_table_covariances import COVARIANCES
from option_table_doses import DOSES
from option_table_draws import DRAWS
from option_table_fits import FITS, MADE
from option_table_groups import GROUPS
from option_table_judgements import JUDGEMENTS
from option_table_pooling import POOLING
from option_table_probabilities import PROBABILITIES
from option_table_together import TOGETHER
from stoeval.errors import EstimationError, StoevalError
from stoeval.inference import honest_did
from stoeval.inference.regression import solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from option_cases import Case

CASES: dict[str, Case] = FITS | COVARIANCES | DOSES | DRAWS | GROUPS | JUDGEMENTS | POOLING | PROBABILITIES | TOGETHER
OPTIONS = [(name, option) for name, case in CASES.items() for option in case.tested]


def public_functions() -> dict[str, Callable[..., object]]:
    """Return every function without a leading underscore, by module and name."""
    found = {}
    for one in pkgutil.iter_modules(stoeval.inference.__path__):
        module = import_module(f"stoeval.inference.{one.name}")
        for name, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                found[f"{one.name}.{name}"] = value
    return found


@cache
def result_of(name: str) -> object:
    return CASES[name].result()


def test_every_public_function_has_a_case_that_names_every_argument() -> None:
    functions = public_functions()
    assert {name.partition(" ")[0] for name in CASES} == set(functions)
    for name, case in CASES.items():
        assert case.function is functions[name.partition(" ")[0]], name
        assert set(case.given) == set(inspect.signature(case.function).parameters), name


def test_every_argument_is_tested_in_some_case_of_its_function() -> None:
    wanted = {(name.partition(" ")[0], option) for name, case in CASES.items() for option in case.given}
    free = {(name, option) for name, case in CASES.items() for option in case.free}
    assert {(name.partition(" ")[0], option) for name, option in OPTIONS} | free == wanted


def test_few_arguments_are_free_to_change_nothing() -> None:
    free = {(name, option) for name, case in CASES.items() for option in case.free}
    assert len(free) <= 4


@pytest.mark.parametrize("name", CASES)
def test_a_call_repeated_gives_the_same_result(name: str) -> None:
    assert alike(result_of(name), CASES[name].result())
    assert without_nan(result_of(name))


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_another_value_changes_the_result_or_raises(name: str, option: str) -> None:
    case, result = CASES[name], result_of(name)
    for changed in case.others(option):
        try:
            other = case.result(**changed)
        except StoevalError:
            continue
        assert not alike(result, other), changed
        assert without_nan(other), changed


OUT_OF_RANGE = {
    "alpha": 2.0,
    "alphas": (0.01, 2.0),
    "cutoff_km": -1.0,
    "df": -1.0,
    "draws": 0,
    "bootstrap_draws": 0,
    "fraction": 2.0,
    "fractions": (0.5, 2.0),
    "lags": -1,
    "level": 95.0,
    "m": -1.0,
    "mbar": -1.0,
    "p_values": (0.1, 2.0),
    "power": 80.0,
    "se_high": -1.0,
    "se_low": 0.0,
    "share": 2.0,
    "shrink": -1.0,
    "simulations": 0,
    "std_error": -1.0,
    "upper": -1.0,
}
FACE = [getattr(stoeval.inference, name) for name in stoeval.inference.__all__ if name != "honest_did"]
FACE += [honest_did.original, honest_did.relative_magnitudes, honest_did.relative_smoothness]
FACE += [honest_did.smoothness, honest_did.breakdown]
LIMITED = [
    (name, option)
    for name, option in OPTIONS
    if option in OUT_OF_RANGE and any(CASES[name].function is one for one in FACE)
]


@pytest.mark.parametrize(("name", "option"), LIMITED)
def test_a_value_out_of_its_range_raises(name: str, option: str) -> None:
    with pytest.raises(StoevalError):
        CASES[name].result(**{option: OUT_OF_RANGE[option]})


PARTS = {
    "outcome": OTHER_Y,
    "cluster": UNIT,
    "nested": [CLUSTER],
    "crossed": [],
    "controls": None,
    "weights": None,
    "offset": OFFSET,
}


def test_every_part_of_a_regression_is_tested() -> None:
    assert set(PARTS) == {one.name for one in fields(MADE)}


@pytest.mark.parametrize("part", PARTS)
def test_another_part_of_a_regression_changes_its_fit_or_raises(part: str) -> None:
    found = plain(solve(MADE, X, ("a", "b")))
    try:
        other = plain(solve(replace(MADE, **{part: PARTS[part]}), X, ("a", "b")))
    except StoevalError:
        return
    assert not alike(found, other)


def test_a_poisson_model_refuses_weights() -> None:
    with pytest.raises(EstimationError, match="takes no weights"):
        replace(MADE, offset=OFFSET)
