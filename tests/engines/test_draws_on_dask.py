"""Draws on a Dask cluster of this machine: the counts are those of one process."""

from __future__ import annotations

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.diagnosis.draws import diagnose, planned_draws
from stoeval.diagnosis.workers import Backend, workers

pytestmark = [pytest.mark.dask, pytest.mark.filterwarnings("ignore::ResourceWarning")]


@pytest.mark.slow
def test_a_local_cluster_counts_what_one_process_counts() -> None:
    draws = planned_draws(2, 0, seed=1)
    alone = diagnose(CATALOGUE, draws, wanted=(6,))
    with workers(Backend.DASK, jobs=2):
        together = diagnose(CATALOGUE, draws, wanted=(6,), jobs=2)
    assert together == alone
    assert {one.draws for one in alone} == {2}
