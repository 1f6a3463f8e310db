"""One pure function from panel to run: what a measurement asked, found and concluded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.multiplicity import holm
from stoeval.panel.samples import cut, sample
from stoeval.runs.manifest import manifest_of
from stoeval.synthesis.whole import synthesize
from stoeval.verdicts import judge, weigh
from stoeval.vocabulary import Finding, Result, Role, Run, Untestable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stoeval.vocabulary import (
        Catalogue,
        Design,
        Estimand,
        Hypothesis,
        Link,
        Measurement,
        MonitorPanel,
        Sample,
        Verdict,
    )


def evaluate(
    panel: MonitorPanel,
    measurement: Measurement,
    catalogue: Catalogue,
    *,
    seed: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Run:
    """Evaluate every link of every hypothesis at a measurement and judge each hypothesis.

    The panel is cut at the last year of the measurement before anything else looks at it. `progress` is
    called with the name of each link. An estimate that the data cannot identify is untestable, with the
    reason; any other EstimationError, such as two engines that disagree, stops the run. Linear algebra has one thread
    meanwhile, so that no number depends on how many there are.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        seen = cut(panel, measurement.last_year)
        results: dict[int, list[Result]] = {}
        for hypothesis in catalogue.hypotheses:
            results[hypothesis.number] = []
            for link in hypothesis.links:
                progress(f"H{hypothesis.number} {link.name}")
                rows = rows_of(seen, link, measurement, catalogue)
                so_far = results[hypothesis.number]
                so_far.append(answered(hypothesis, link, measurement, rows, seed=seed, decided=_decided(so_far)))
        verdicts, adjusted = judged(results, measurement, catalogue)
        every = tuple(_adjust(result, adjusted) for found in results.values() for result in found)
        return Run(
            manifest=manifest_of(panel, measurement, catalogue, seed=seed),
            measurement=measurement,
            results=every,
            verdicts=verdicts,
            synthesis=synthesize(seen, measurement, catalogue, every, seed=seed, progress=progress),
        )


def judged(
    results: Mapping[int, Sequence[Result]], measurement: Measurement, catalogue: Catalogue
) -> tuple[tuple[Verdict, ...], dict[int, float]]:
    """Return the verdict on each hypothesis from its results, and by number the p-value that it has in the family."""
    weights = {one.number: weigh(results[one.number], measurement.phase, catalogue) for one in catalogue.hypotheses}
    adjusted = dict(zip(weights, holm([weight.p_value for weight in weights.values()]), strict=True))
    verdicts = tuple(
        judge(one, results[one.number], weights[one.number], adjusted[one.number], measurement, catalogue)
        for one in catalogue.hypotheses
    )
    return verdicts, adjusted


class Answer(Protocol):
    """How much of a finding is computed."""

    def __call__(
        self, design: Design, estimand: Estimand, rows: Sample, *, generator: np.random.Generator | None, confirm: bool
    ) -> Finding:
        """Return the finding of a design, or the part of it that is asked for."""
        ...


def in_full(
    design: Design, estimand: Estimand, rows: Sample, *, generator: np.random.Generator | None, confirm: bool
) -> Finding:
    """Return everything that a design finds."""
    return design.find(estimand, rows, generator=generator, confirm=confirm)


def rows_of(
    panel: MonitorPanel, link: Link, measurement: Measurement, catalogue: Catalogue, *, for_checks: bool = True
) -> Sample | Untestable:
    """Return the rows of a link on a panel that was cut, or why it cannot be tested.

    `for_checks` adds what checks read and no estimate does.
    """
    if isinstance(link.design, Untestable):
        return link.design
    return sample(panel, link.estimand(measurement), catalogue, for_checks=for_checks)


def answered(  # noqa: PLR0913 - what is asked, of what, by which draws and how
    hypothesis: Hypothesis,
    link: Link,
    measurement: Measurement,
    rows: Sample | Untestable,
    *,
    seed: int,
    answer: Answer = in_full,
    decided: bool = True,
) -> Result:
    """Return the result of a link on its rows; a primary estimate is computed a second time.

    The draws belong to the link, whatever else is evaluated and in which order. Primary links and those of the
    mechanism have them, and secondary links where no primary one was `decided`. What cannot be identified is
    untestable, with the reason.
    """
    finding: Finding | Untestable
    if isinstance(rows, Untestable):
        finding = rows
    elif isinstance(link.design, Untestable):
        finding = link.design
    else:
        own = link in (*hypothesis.primary, *hypothesis.chain.links)
        drawn = own or (link.role is Role.SECONDARY and not decided)
        generator = np.random.default_rng([seed, hypothesis.number, crc32(link.name.encode())]) if drawn else None
        confirm = link.role is Role.PRIMARY
        try:
            finding = answer(link.design, link.estimand(measurement), rows, generator=generator, confirm=confirm)
        except NotIdentified as error:
            finding = Untestable(reason=f"niet te schatten met dit ontwerp en deze gegevens: {error}")
        except EstimationError as error:
            message = f"H{hypothesis.number} {link.name} ({link.design.name}, {measurement.name}): {error}"
            raise type(error)(message) from error
    return Result(hypothesis=hypothesis.number, link=link, finding=finding)


def _decided(results: Sequence[Result]) -> bool:
    """Say whether a hypothesis has a primary estimate."""
    return any(one.link.role is Role.PRIMARY and isinstance(one.finding, Finding) for one in results)


def _adjust(result: Result, adjusted: dict[int, float]) -> Result:
    """Return a primary result with the p-value that its hypothesis has in the family."""
    if result.link.role is not Role.PRIMARY or isinstance(result.finding, Untestable):
        return result
    return replace(result, p_adjusted=adjusted[result.hypothesis])
