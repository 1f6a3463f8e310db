"""Context, mechanism and outcome in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.synthesis.context_rows import context_rows, mechanism_state, outcome_state
from stoeval.vocabulary import ChainStep, Direction, Expected, Moderation, Phase
from toy_catalogue import FINAL, toy_catalogue
from toy_chain import FALLS, LATER, SHRINKING, TOY

SEEN = Moderation(
    hypothesis=1,
    link="bakers",
    moderator="shrinking",
    category="yes",
    effect=0.3,
    std_error=0.1,
    ci_low=0.1,
    ci_high=0.5,
    n_units=100,
    n_clusters=15,
    p_difference=0.01,
    p_adjusted=0.03,
    identification_class="C",
    because="by hand",
)
STEPS = tuple(
    ChainStep(
        hypothesis=1, position=position, link=name, state=state, p_value=None, first_break=breaks, because="by hand"
    )
    for position, name, state, breaks in (
        (1, "to-flour", "aangetoond", False),
        (2, "flour-to-bread", "niet aangetoond", True),
        (3, "bread-to-bakers", "niet toetsbaar", False),
    )
)
CATALOGUE = replace(toy_catalogue(TOY), moderators=(SHRINKING,))


def test_a_row_names_context_mechanism_and_outcome() -> None:
    (row,) = context_rows(FINAL, CATALOGUE, [SEEN], STEPS)
    assert row.context == "Krimp: ja"
    assert row.mechanism == "flour > bread > Aandeel bakkers"
    assert row.mechanism_state == (
        "1 van 2 toetsbare stappen aangetoond; breekt bij bread (niet aangetoond); 1 niet toetsbaar"
    )
    assert row.outcome == "Aandeel bakkers"
    assert row.outcome_state == (
        "aanwijzing voor een effect in de verwachte richting; "
        "verschilt tussen de omstandigheden (p = 0,03 na correctie)"
    )
    assert row.identification_class == "C"


def test_what_has_no_estimate_or_was_not_registered_has_no_row() -> None:
    without = replace(SEEN, effect=None, std_error=None, ci_low=None, ci_high=None)
    unregistered = replace(SEEN, moderator="weather")
    assert context_rows(FINAL, CATALOGUE, [without, unregistered], STEPS) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ci_low": -0.1}, "niet van nul te onderscheiden; verschilt tussen de omstandigheden (p = 0,03 na correctie)"),
        (
            {"ci_low": -0.5, "ci_high": -0.1, "identification_class": "D", "p_adjusted": 0.4},
            (
                "samenhang tegen de verwachte richting in; een verschil tussen de omstandigheden is niet aangetoond "
                "(p = 0,40 na correctie)"
            ),
        ),
        (
            {"p_adjusted": None, "p_difference": None},
            "aanwijzing voor een effect in de verwachte richting; niet met andere omstandigheden te vergelijken",
        ),
    ],
)
def test_words_follow_interval_class_and_comparison(changes: dict[str, object], expected: str) -> None:
    assert outcome_state(replace(SEEN, **changes), TOY.primary[0], Phase.FINAL) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "phase", "words"),
    [
        (FALLS, Phase.FINAL, "aanwijzing voor een effect tegen de verwachte richting in"),
        (LATER, Phase.INTERIM, "aanwijzing voor een effect, terwijl deze uitkomst nog niet kan reageren"),
        (
            Expected(interim=Direction.NOT_LOWER, final=Direction.NOT_LOWER),
            Phase.FINAL,
            "aanwijzing voor een effect in de verwachte richting",
        ),
    ],
)
def test_the_expected_direction_is_that_of_the_link_at_the_measurement(
    expected: Expected, phase: Phase, words: str
) -> None:
    assert outcome_state(SEEN, replace(TOY.primary[0], expected=expected), phase).partition("; ")[0] == words


@pytest.mark.parametrize(
    ("states", "words"),
    [
        (("niet toetsbaar",) * 3, "geen enkele stap is toetsbaar"),
        (("aangetoond",) * 3, "alle 3 toetsbare stappen aangetoond"),
        (("aangetoond", "niet toetsbaar", "aangetoond"), "alle 2 toetsbare stappen aangetoond; 1 niet toetsbaar"),
    ],
)
def test_a_mechanism_without_a_break_says_how_much_of_it_was_tested(states: tuple[str, ...], words: str) -> None:
    steps = [replace(step, state=state, first_break=False) for step, state in zip(STEPS, states, strict=True)]
    assert mechanism_state(TOY, steps) == words


def test_a_break_against_the_expectation_says_so() -> None:
    steps = [replace(STEPS[0], state="tegen de verwachting", first_break=True), *STEPS[1:]]
    assert "breekt bij flour (tegen de verwachting in)" in mechanism_state(TOY, steps)
