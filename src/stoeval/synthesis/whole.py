"""Everything that is said over the links of a measurement, gathered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.synthesis.budget import budget_statements
from stoeval.synthesis.chain_steps import chain_steps
from stoeval.synthesis.context_rows import context_rows
from stoeval.synthesis.moderation import moderations
from stoeval.synthesis.region_chains import region_chains
from stoeval.synthesis.region_effects import region_effects
from stoeval.synthesis.separability import separations
from stoeval.synthesis.specification_curve import specifications
from stoeval.synthesis.trade_offs import trade_offs
from stoeval.vocabulary import Synthesis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.vocabulary import Catalogue, Measurement, MonitorPanel, Result

STREAM = 10_000
"""Beyond every number of a hypothesis, so that these draws are no link's."""


def synthesize(  # noqa: PLR0913 - what a run is made of
    panel: MonitorPanel,
    measurement: Measurement,
    catalogue: Catalogue,
    results: Sequence[Result],
    *,
    seed: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Synthesis:
    """Return what the links of a measurement say together.

    The panel is already cut at the last year of the measurement. None of it decides a verdict.
    """
    ways, regions = np.random.default_rng([seed, STREAM]).spawn(2)
    progress("what can be told apart")
    apart = separations(panel, catalogue)
    progress("trade-offs")
    ends = trade_offs(panel, measurement, catalogue, results)
    progress("other specifications")
    specified, curves = specifications(panel, measurement, catalogue, results, ways)
    progress("circumstances")
    moderated = moderations(panel, measurement, catalogue, results)
    progress("regions")
    effects, spreads = region_effects(panel, measurement, catalogue, results, generator=regions)
    progress("mechanisms")
    steps = chain_steps(measurement, catalogue, results)
    return Synthesis(
        specifications=specified,
        specification_curves=curves,
        separations=apart,
        trade_offs=ends,
        moderations=moderated,
        region_effects=effects,
        region_spreads=spreads,
        chain_steps=steps,
        region_chains=region_chains(panel, measurement, catalogue),
        context_rows=context_rows(measurement, catalogue, moderated, steps),
        budget_statements=budget_statements(measurement, results),
    )
