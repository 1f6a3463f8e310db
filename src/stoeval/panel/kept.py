"""What is kept of a panel while it is looked at: frames, doses and compositions that several links share."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Given = ParamSpec("Given")
Found = TypeVar("Found")

_FORGOTTEN_BY: list[Callable[[], None]] = []


def kept(most: int) -> Callable[[Callable[Given, Found]], Callable[Given, Found]]:
    """Let a function of a panel keep its last answers, at most so many, until they are forgotten.

    Who asks again gets the same object; do not change it in place.
    """

    def keeping(function: Callable[Given, Found]) -> Callable[Given, Found]:
        keeper = lru_cache(maxsize=most)(function)
        _FORGOTTEN_BY.append(keeper.cache_clear)
        return keeper  # type: ignore[return-value] # it takes what the function takes, hashed

    return keeping


def forget() -> None:
    """Let go of everything that is kept of panels; many panels in one process would fill its memory."""
    for clear in _FORGOTTEN_BY:
        clear()
