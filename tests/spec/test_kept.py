"""What is kept of a panel is shared while it is looked at and gone when it is forgotten."""

from __future__ import annotations

import gc
from dataclasses import replace

from stoeval.catalogue import CATALOGUE
from stoeval.diagnosis.thrifty_rule import read_verdicts
from stoeval.panel.kept import forget, kept
from stoeval.panel.measures import measured
from stoeval.vocabulary import MonitorPanel


def panels() -> int:
    """Return how many panels are alive in this process."""
    gc.collect()
    return sum(type(one) is MonitorPanel for one in gc.get_objects())  # a weak proxy fails when asked what it is


def test_an_answer_is_the_same_object_until_it_is_forgotten() -> None:
    @kept(2)
    def answer(number: int) -> list[int]:
        return [number]

    first = answer(1)
    assert answer(1) is first
    forget()
    assert answer(1) is not first


def test_a_measure_is_taken_once_of_a_panel(twin: MonitorPanel) -> None:
    one, other = (measured(twin, "overlap_profiles", CATALOGUE.technical) for _ in range(2))
    assert one is not None
    assert one is other


def test_no_panel_outlives_a_reading_of_it(twin: MonitorPanel) -> None:
    """Panels that stay fill the memory of a process that reads a thousand of them."""
    forget()
    before = panels()
    read_verdicts(replace(twin), CATALOGUE.measurements[0], CATALOGUE, seed=1, wanted=(3, 8))
    assert panels() > before
    forget()
    assert panels() == before
