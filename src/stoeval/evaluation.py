"""One pure function from panel to run: what a measurement asked, found and concluded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from stoeval.errors import EstimationError, NotIdentified
from stoeval.inference.multiplicity import holm
from stoeval.panel.samples import cut, sample
from stoeval.runs.manifest import manifest_of
from stoeval.synthesis.whole import synthesize
from stoeval.verdicts import judge, weigh
from stoeval.vocabulary import Estimand, Finding, Result, Role, Run, Untestable

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.vocabulary import Catalogue, Hypothesis, Link, Measurement, MonitorPanel


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
    reason; any other EstimationError, such as two engines that disagree, stops the run.
    """
    seen = cut(panel, measurement.last_year)
    results: dict[int, list[Result]] = {}
    for hypothesis in catalogue.hypotheses:
        results[hypothesis.number] = []
        for link in hypothesis.links:
            progress(f"H{hypothesis.number} {link.name}")
            finding = _find(seen, hypothesis, link, measurement, catalogue, _generator(seed, hypothesis, link))
            results[hypothesis.number].append(Result(hypothesis=hypothesis.number, link=link, finding=finding))
    weights = {
        hypothesis.number: weigh(results[hypothesis.number], measurement.phase, catalogue)
        for hypothesis in catalogue.hypotheses
    }
    adjusted = dict(zip(weights, holm([weight.p_value for weight in weights.values()]), strict=True))
    verdicts = tuple(
        judge(one, results[one.number], weights[one.number], adjusted[one.number], measurement, catalogue)
        for one in catalogue.hypotheses
    )
    every = tuple(_adjust(result, adjusted) for found in results.values() for result in found)
    return Run(
        manifest=manifest_of(panel, measurement, catalogue, seed=seed),
        measurement=measurement,
        results=every,
        verdicts=verdicts,
        synthesis=synthesize(seen, measurement, catalogue, every, seed=seed, progress=progress),
    )


def _generator(seed: int, hypothesis: Hypothesis, link: Link) -> np.random.Generator:
    """Return draws that belong to one link, whatever else is evaluated and in which order."""
    return np.random.default_rng([seed, hypothesis.number, crc32(link.name.encode())])


def _find(  # noqa: PLR0913, PLR0917 - what is asked, of what, and by which draws
    panel: MonitorPanel,
    hypothesis: Hypothesis,
    link: Link,
    measurement: Measurement,
    catalogue: Catalogue,
    generator: np.random.Generator,
) -> Finding | Untestable:
    """Return the finding of a link, or why there is none."""
    if isinstance(link.design, Untestable):
        return link.design
    estimand: Estimand = link.estimand(measurement)
    rows = sample(panel, estimand, catalogue)
    if isinstance(rows, Untestable):
        return rows
    try:
        return link.design.find(estimand, rows, generator=generator, confirm=link.role is Role.PRIMARY)
    except NotIdentified as error:
        return Untestable(reason=f"niet te schatten met dit ontwerp en deze gegevens: {error}")
    except EstimationError as error:
        message = f"H{hypothesis.number} {link.name} ({link.design.name}, {measurement.name}): {error}"
        raise type(error)(message) from error


def _adjust(result: Result, adjusted: dict[int, float]) -> Result:
    """Return a primary result with the p-value that its hypothesis has in the family."""
    if result.link.role is not Role.PRIMARY or isinstance(result.finding, Untestable):
        return result
    return replace(result, p_adjusted=adjusted[result.hypothesis])
