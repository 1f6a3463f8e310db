"""What of a region drives a dose and its outcome alike enters the sample beside the formula input."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.exposures import DOSE_LINE_1, DOSE_LINE_2
from stoeval.catalogue.indicators import dekkend
from stoeval.catalogue.measurements import FINAL
from stoeval.panel.samples import sample
from stoeval.vocabulary import Estimand, Exposure, Sample, Timing

if TYPE_CHECKING:
    from stoeval.vocabulary import MonitorPanel


def rows(panel: MonitorPanel, cause: Exposure) -> Sample:
    window = FINAL.window(Timing.STOCK)
    found = sample(
        panel,
        Estimand(cause=cause, effect=dekkend.REACHABILITY_PROFILES, population="all", window=window),
        CATALOGUE,
    )
    assert isinstance(found, Sample)
    return found


def test_krimp_stands_beside_the_dose_of_agreements_and_of_no_other_line(twin: MonitorPanel) -> None:
    """Columns are formula input, techniekarm, krimp and, last, the whole budget."""
    first, second = rows(twin, DOSE_LINE_1), rows(twin, DOSE_LINE_2)
    assert (first.conditioning.shape[1], second.conditioning.shape[1]) == (4, 3)
    np.testing.assert_array_equal(np.delete(first.conditioning, 2, axis=1), second.conditioning)
    shrinking = twin.tables["regions"].set_index("region")["shrinking"].astype(float)
    np.testing.assert_array_equal(
        first.conditioning[:, 2], shrinking[list(first.cluster_names)].to_numpy()[first.cluster]
    )
    assert 0 < first.conditioning[:, 2].mean() < 1


def test_a_circumstance_that_was_not_delivered_leaves_the_sample_as_it_is(twin: MonitorPanel) -> None:
    regions = twin.tables["regions"].assign(shrinking=None).astype({"shrinking": "boolean"})
    without = replace(twin, tables={**twin.tables, "regions": regions})
    found = rows(without, DOSE_LINE_1)
    np.testing.assert_array_equal(found.conditioning, rows(twin, DOSE_LINE_2).conditioning)
