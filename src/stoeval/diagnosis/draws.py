"""Draws: countries simulated one by one, read by the rule, and counted.

Each draw has a seed of its own, so that neither the number of workers nor their order changes a count. A draw shares
all luck between worlds: the countries differ by their effects only.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from stoeval.diagnosis.characteristics import COVERAGE, FAMILY, SEEN, OperatingCharacteristic, interval
from stoeval.diagnosis.thrifty_rule import SAYS_NOTHING, read_verdicts
from stoeval.diagnosis.worlds import NOTHING, planted_worlds, with_norms
from stoeval.errors import EstimationError
from stoeval.panel.kept import forget
from stoeval.panel.simulation import simulate
from stoeval.plan import highest_class
from stoeval.runs.manifest import catalogue_sha256
from stoeval.verdicts import DECISIVE
from stoeval.vocabulary import Conclusion, Phase

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.diagnosis.thrifty_rule import Reading
    from stoeval.diagnosis.worlds import World
    from stoeval.vocabulary import Catalogue, Hypothesis, Measurement

SAYABLE = {
    Phase.INTERIM: (Conclusion.ON_COURSE, Conclusion.OFF_COURSE, Conclusion.TOO_EARLY, Conclusion.NOT_TESTABLE),
    Phase.FINAL: (
        Conclusion.SUPPORTED,
        Conclusion.PARTLY_SUPPORTED,
        Conclusion.CONTRARY,
        Conclusion.NO_RELEVANT_EFFECT,
        Conclusion.UNDECIDED,
        Conclusion.NOT_TESTABLE,
    ),
}

SELDOM = 10
"""In one of this many draws a hypothesis that cannot be decided is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One country to be made: a world, and the number of its luck."""

    world: World
    number: int
    seed: int

    @property
    def country(self) -> int:
        """The seed of this country, the same in every world."""
        words = np.random.SeedSequence(self.seed, spawn_key=(self.number,)).generate_state(2)
        return int(words[0]) << 32 | int(words[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that could occur in a draw; how often it did, of how many times, is what is counted."""

    hypothesis: int
    measurement: str
    multiple: float
    outcome: str
    link: str = ""

    @property
    def order(self) -> tuple[str, float, int, str, str]:
        """Where it stands in a file."""
        return self.measurement, self.multiple, self.hypothesis, self.outcome, self.link


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """By what, and with which draws, things were counted."""

    seed: int
    first: int
    last: int
    version: str
    catalogue_sha256: str


Observed = list[tuple[Event, bool]]


def planned_draws(draws: int, planted: int, *, first: int = 0, seed: int) -> tuple[Draw, ...]:
    """Return draws of the country without effects, and `planted` draws of each country with effects."""
    return tuple(
        Draw(world=world, number=first + number, seed=seed)
        for world, count in ((NOTHING, draws), *((world, planted) for world in planted_worlds()))
        for number in range(count)
    )


def diagnose(
    catalogue: Catalogue,
    draws: Sequence[Draw],
    *,
    wanted: tuple[int, ...] = (),
    jobs: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[OperatingCharacteristic, ...]:
    """Return how often the rule says what, of the hypotheses that are wanted or of all, over draws of one seed.

    `jobs` processes share the draws, through whatever backend of joblib is set around the call. `progress` is called
    with each draw that is done.
    """
    run = Parallel(n_jobs=jobs, return_as="generator_unordered")
    trials: Counter[Event] = Counter()
    hits: Counter[Event] = Counter()
    for number, observed in enumerate(run(delayed(observe)(draw, catalogue, wanted) for draw in draws), start=1):
        trials.update(event for event, _ in observed)
        hits.update(event for event, occurred in observed if occurred)
        progress(f"{number} of {len(draws)}")
    origin = Origin(
        seed=draws[0].seed,
        first=min(draw.number for draw in draws),
        last=max(draw.number for draw in draws),
        version=version("stoeval"),
        catalogue_sha256=catalogue_sha256(catalogue),
    )
    return tuple(
        _characteristic(event, trials[event], hits[event], origin)
        for event in sorted(trials, key=lambda one: one.order)
    )


def observe(draw: Draw, catalogue: Catalogue, wanted: tuple[int, ...]) -> Observed:
    """Return whether each event occurred in a draw; nothing where its world says nothing of what is wanted."""
    if not _read(draw, catalogue, wanted):
        return []
    with threadpool_limits(limits=1, user_api="blas"):
        return _observed(draw, catalogue, wanted)


def _observed(draw: Draw, catalogue: Catalogue, wanted: tuple[int, ...]) -> Observed:
    panel = simulate(draw.world.truth, seed=draw.country)
    # A norm turns silence into *geen relevant effect* and changes no other word; without effects that word is right.
    normed = with_norms(catalogue) if draw.world.multiple else catalogue
    found: Observed = []
    for measurement in catalogue.measurements:
        try:
            readings = read_verdicts(
                panel, measurement, normed, seed=draw.country, wanted=_read(draw, catalogue, wanted)
            )
        except EstimationError as error:
            message = f"draw {draw.number} with effects times {draw.world.multiple:g}: {error}"
            raise type(error)(message) from error
        found += _of_hypotheses(readings, measurement, draw.world)
        if not draw.world.multiple and not wanted:
            found += _of_family(readings, measurement)
    forget()
    return found


def _read(draw: Draw, catalogue: Catalogue, wanted: tuple[int, ...]) -> list[int]:
    """Return the hypotheses that are read in a draw.

    One that its declaration keeps below every conclusion cannot be found wrongly, and in a world without effects is
    read in one of `SELDOM` draws, for significance and coverage.
    """
    numbers = [one for one in draw.world.hypotheses(catalogue) if not wanted or one in wanted]
    if draw.world.multiple or wanted or draw.number % SELDOM == 0:
        return numbers
    decidable = {one.number for one in catalogue.hypotheses if _decidable(one)}
    return [one for one in numbers if one in decidable]


def _decidable(one: Hypothesis) -> bool:
    """Say whether every primary link could be estimated in a class that decides."""
    classes = [highest_class(link) for link in one.primary]
    return all(grade is None or grade in DECISIVE for grade in classes)


def _of_hypotheses(readings: Sequence[Reading], measurement: Measurement, world: World) -> Observed:
    """Return conclusion, significance and coverage of each hypothesis."""
    found: Observed = []
    for one in readings:
        event = partial(Event, hypothesis=one.hypothesis, measurement=measurement.name, multiple=world.multiple)
        found += [(event(outcome=each), one.conclusion is each) for each in SAYABLE[measurement.phase]]
        found.append((event(outcome=SEEN), one.seen))
        for link, estimate in one.estimates:
            true = world.true_effect(link, measurement)
            if true is not None:
                covered = estimate.ci_low <= true <= estimate.ci_high
                found.append((event(outcome=COVERAGE, link=link.name), covered))
    return found


def _of_family(readings: Sequence[Reading], measurement: Measurement) -> Observed:
    """Return whether each conclusion about an effect was drawn on at least one hypothesis."""
    drawn = {one.conclusion for one in readings}
    event = partial(Event, hypothesis=FAMILY, measurement=measurement.name, multiple=0.0)
    return [(event(outcome=each), each in drawn) for each in SAYABLE[measurement.phase] if each not in SAYS_NOTHING]


def _characteristic(event: Event, draws: int, count: int, origin: Origin) -> OperatingCharacteristic:
    low, high = interval(count, draws)
    return OperatingCharacteristic(
        **asdict(event), draws=draws, count=count, rate=count / draws, ci_low=low, ci_high=high, **asdict(origin)
    )
