"""Run the campaign's targets under atheris, which keeps the choices that reach new lines of the readers.

`python tests/fuzz/coverage_guided.py -atheris_runs=100000 -seed=1 -len_control=0 -max_len=300 corpus`, in an
environment with atheris and stoeval; the arguments are those of libFuzzer. The first error that is not the typed one
ends it.
"""

from __future__ import annotations

import sys
import warnings
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["stoeval.panel", "stoeval.estimate"]):
    from campaign import in_memory
    from targets import targets

if TYPE_CHECKING:
    from pathlib import Path


class Choices(Random):
    """Choices that a text of bytes makes, and the same sequence always where the bytes are used up."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(0)
        self.raw = raw
        self.place = 0

    def getrandbits(self, k: int, /) -> int:
        """Return k bits of the next bytes."""
        size = (k + 7) // 8
        piece = self.raw[self.place : self.place + size]
        self.place += size
        # A constant would never end a draw without replacement.
        return int.from_bytes(piece, "little") & ((1 << k) - 1) if len(piece) == size else super().getrandbits(k)

    def random(self) -> float:
        """Return a number from 0 to 1 of the next two bytes."""
        return self.getrandbits(16) / 2**16


def guided(directory: Path) -> None:
    """Fuzz until the runs that are asked for are done."""
    every = targets(directory)
    bounds = tuple(accumulate(target.weight for target in every))

    def once(raw: bytes) -> None:
        draw = Choices(raw)
        (target,) = draw.choices(every, cum_weights=bounds)
        path, _ = target.spoil(directory, draw)
        try:
            target.read(path)
        except target.refusal:
            return

    atheris.Setup(sys.argv, once)
    atheris.Fuzz()


if __name__ == "__main__":
    warnings.simplefilter("error")
    in_memory(guided)
