"""Time and peak memory of pieces of work, each in a process of its own, and a table of their ratios.

`measure` starts a fresh process, lets it prepare its input, does the work a few times and keeps the best. The
peak is the high-water mark of the whole process: interpreter, imports and input included. Prepare the input
thriftily (arrays read from disk), or its making is what the peak shows.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MEBIBYTE = 1024
"""Kibibytes, the unit of the system, in a mebibyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Best time of a piece of work; without a time, why there is none."""

    engine: str
    seconds: float | None = None
    first_seconds: float | None = None
    """The first time, with whatever had to be warmed up."""
    processor_seconds: float | None = None
    """Fewest seconds of all processors together; steadier than the time where others use the machine."""
    before: float = 0.0
    """Mebibytes at the peak before the work: interpreter, imports, input."""
    peak: float = 0.0
    """Mebibytes at the peak of the process."""
    answer: Any = None
    """What the work returned the last time; small and picklable."""
    absent: str = ""


def measure(
    engine: str,
    work: Callable[[Any], Any],
    *,
    prepare: Callable[..., Any],
    arguments: Sequence[Any] = (),
    repeats: int = 3,
) -> Measured:
    """Measure work(prepare(*arguments)), best of `repeats`, in a new process.

    Both are functions of a module, so that the process can find them. An engine that is not installed
    (its import fails) is a row without a time.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_measure_here, engine, work, prepare, tuple(arguments), repeats).result()


def _measure_here(
    engine: str, work: Callable[[Any], Any], prepare: Callable[..., Any], arguments: tuple[Any, ...], repeats: int
) -> Measured:
    try:
        given = prepare(*arguments)
        before = _peak()
        seconds, processor, answer = [], [], None
        for _ in range(repeats):
            answer = None
            gc.collect()
            began, used = time.perf_counter(), time.process_time()
            answer = work(given)
            seconds.append(time.perf_counter() - began)
            processor.append(time.process_time() - used)
    except ModuleNotFoundError as missing:
        return Measured(engine=engine, absent=f"{missing.name} is not installed")
    return Measured(
        engine=engine,
        seconds=min(seconds),
        first_seconds=seconds[0],
        processor_seconds=min(processor),
        before=before,
        peak=_peak(),
        answer=answer,
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE


def show(title: str, measured: Sequence[Measured], *, answers: Callable[[Any], str] = lambda _: "") -> None:
    """Write one table; the first row is ours, the ratio says how many times longer another took."""
    own = measured[0].seconds
    heads = f"{'seconds':>10}{'first':>10}{'processor':>11}{'ratio':>9}{'input MiB':>11}{'peak MiB':>10}"
    lines = [title, f"{'engine':<32}{heads}  answer"]
    for one in measured:
        if one.seconds is None:
            lines.append(f"{one.engine:<32}{one.absent}")
            continue
        ratio = "" if own is None else f"{one.seconds / own:.2f}"
        times = f"{one.seconds:>10.3f}{one.first_seconds:>10.3f}{one.processor_seconds:>11.3f}"
        lines.append(f"{one.engine:<32}{times}{ratio:>9}{one.before:>11.0f}{one.peak:>10.0f}  {answers(one.answer)}")
    sys.stdout.write("\n".join([*lines, "", ""]))
    sys.stdout.flush()
