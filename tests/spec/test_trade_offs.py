"""Trade-offs between two ends of which the truth is planted, and the conclusion that follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.designs.dose_event_study import DoseEventStudy
from stoeval.synthesis import trade_offs as asked
from stoeval.vocabulary import (
    Direction,
    Estimand,
    Expected,
    IdentificationClass,
    Measurement,
    Phase,
    Role,
    Sample,
    Timing,
    TradeOff,
    TradeOffFinding,
    Untestable,
)
from toy_catalogue import FixedAnswer, finding, link, result, toy_catalogue
from toy_samples import MONEY, RESULT, WINDOW, toy_estimand, toy_sample

MEASUREMENT = Measurement(
    name="toy", phase=Phase.FINAL, alpha=0.05, windows=tuple((timing, WINDOW) for timing in Timing)
)
SIZE = replace(RESULT, name="size", label="Omvang")
REACH = replace(RESULT, name="reach", label="Bereik")
RISES, FALLS = (Expected(interim=Direction.NO_RESPONSE, final=sign) for sign in (Direction.RISE, Direction.FALL))
STUDY = DoseEventStudy()
FIRST = link("size", cause=MONEY, effect=SIZE, design=STUDY, role=Role.SECONDARY, expected=RISES)
SECOND = link("reach", cause=MONEY, effect=REACH, design=STUDY, role=Role.SECONDARY, expected=RISES)
OFF = TradeOff(
    name="size-or-reach", label="", label_en="", reference="Toyland", hypothesis=1, first=FIRST, second=SECOND
)
SEEDS = {"size": 1, "reach": 2}


def found(
    monkeypatch: pytest.MonkeyPatch,
    effects: tuple[float, float],
    off: TradeOff = OFF,
    *,
    phase: Phase = Phase.FINAL,
    results: tuple[object, ...] = (),
) -> TradeOffFinding:
    """Return what a trade-off shows where the two ends have these effects."""

    def sample(_panel: object, estimand: Estimand, _catalogue: object, *, for_checks: bool) -> Sample | Untestable:
        assert not for_checks
        name = estimand.effect.name
        if name not in SEEDS:
            return Untestable(reason="niet geleverd")
        return toy_sample("units", effect=effects[name == "reach"], seed=SEEDS[name])

    monkeypatch.setattr(asked, "sample", sample)
    catalogue = replace(toy_catalogue(), trade_offs=(off,))
    (one,) = asked.trade_offs(None, replace(MEASUREMENT, phase=phase), catalogue, results)  # type: ignore[arg-type]
    return one


def test_the_ends_are_what_their_designs_find(monkeypatch: pytest.MonkeyPatch) -> None:
    one = found(monkeypatch, (0.3, -0.3))
    for effect, seed, end in (
        (0.3, 1, (one.first_effect, one.first_error)),
        (-0.3, 2, (one.second_effect, one.second_error)),
    ):
        own = STUDY.find(toy_estimand("units"), toy_sample("units", effect=effect, seed=seed)).estimate
        assert end == pytest.approx((own.effect, own.std_error), rel=1e-12)  # worst seen 0
    assert (one.first, one.second, one.trade_off) == ("size", "reach", "size-or-reach")
    assert abs(one.correlation) < 1


@pytest.mark.parametrize(
    ("effects", "second", "conclusion"),
    [
        ((0.3, -0.3), RISES, "afruil zichtbaar"),
        ((-0.3, 0.3), RISES, "afruil zichtbaar"),
        ((0.3, -0.3), FALLS, "beide bewegen de goede kant op"),
        ((0.3, 0.3), RISES, "beide bewegen de goede kant op"),
        ((0.3, 0.3), FALLS, "afruil zichtbaar"),
        ((-0.3, -0.3), RISES, "geen afruil zichtbaar"),
        ((0.0, 0.0), RISES, "onbeslist"),
    ],
)
def test_the_conclusion_follows_from_what_was_planted(
    monkeypatch: pytest.MonkeyPatch, effects: tuple[float, float], second: Expected, conclusion: str
) -> None:
    one = found(monkeypatch, effects, replace(OFF, second=replace(SECOND, expected=second)))
    assert one.conclusion == conclusion
    assert (one.p_trade_off < 0.05) == (conclusion == "afruil zichtbaar")
    assert one.because


def test_what_cannot_respond_yet_or_was_not_delivered_is_not_testable(monkeypatch: pytest.MonkeyPatch) -> None:
    early = found(monkeypatch, (0.3, 0.3), phase=Phase.INTERIM)
    assert (early.conclusion, early.first_effect, early.p_value) == ("niet toetsbaar", None, None)
    assert early.because == "omvang kan bij deze meting nog niet reageren; bereik kan bij deze meting nog niet reageren"
    absent = found(monkeypatch, (0.3, 0.3), replace(OFF, second=replace(SECOND, effect=replace(REACH, name="gone"))))
    assert (absent.conclusion, absent.because) == ("niet toetsbaar", "niet geleverd")
    fixed = found(monkeypatch, (0.3, 0.3), replace(OFF, second=replace(SECOND, design=FixedAnswer())))
    assert "niet een enkele regressie" in fixed.because


def test_an_end_that_is_the_other_cannot_be_tested_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    one = found(monkeypatch, (0.3, 0.3), replace(OFF, second=replace(FIRST, name="again")))
    assert one.conclusion == "niet toetsbaar"
    assert "niet samen te toetsen" in one.because
    assert one.first_effect == one.second_effect


def test_the_class_is_the_weaker_of_the_findings_and_an_association_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = result(replace(FIRST, name="elsewhere"), finding(0.3, 0.1, IdentificationClass.B))
    second = result(SECOND, finding(0.3, 0.1, IdentificationClass.C))
    assert found(monkeypatch, (0.3, 0.3), results=(first, second)).identification_class == "C"
    assert found(monkeypatch, (0.3, 0.3), results=(first,)).identification_class == "D"


def test_the_tensions_of_the_background_sketch_are_all_declared() -> None:
    by_goals = {
        tuple(sorted((one.first.effect.goal.split()[0], one.second.effect.goal.split()[0])))
        for one in CATALOGUE.trade_offs
    }
    assert {("duurzaam", "kwalitatief"), ("dekkend", "duurzaam"), ("dekkend", "kwalitatief")} <= by_goals
    assert {"technical-or-other-profiles", "technical-or-tl"} <= {one.name for one in CATALOGUE.trade_offs}
    assert all("paragraaf 2.2" in one.reference for one in CATALOGUE.trade_offs)
    assert all(one.first.cause == one.second.cause for one in CATALOGUE.trade_offs)
    declared = set(CATALOGUE.indicators)
    assert all({one.first.effect, one.second.effect} <= declared for one in CATALOGUE.trade_offs)
