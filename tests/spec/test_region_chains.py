"""Up to which step a region goes along, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.synthesis import region_chains as followed
from stoeval.synthesis.region_chains import RegionChange, regional_changes, steps_in_order
from stoeval.vocabulary import CausalChain, Direction, Expected, Level, Link, RegionChain
from toy_catalogue import FINAL, INTERIM, UNMEASURED, hypothesis, toy_catalogue, toy_sample
from toy_chain import FALLS, FLOUR_TO_BREAD, HOLDS, LATER, TO_BREAD, TO_FLOUR, TOY
from toy_samples import place, toy_panel

PLACES = [place(f"{number:02d}{name}{name}00", 2017, name) for name in "ABCD" for number in range(12)]
CHANGES = {
    "flour": {"A": 3.0, "B": 2.0, "C": 1.0},
    "bread": {"A": 3.0, "B": 1.0, "C": 2.0},
    "technical_share_candidates": {"A": 1.0, "B": 3.0, "C": 2.0},
}
"""Of three regions; the median region is in the middle."""


def chains(
    monkeypatch: pytest.MonkeyPatch, *, units: int = 12, links: tuple[Link, ...] = TOY.chain.links
) -> dict[str, RegionChain]:
    def changes(_panel: object, _measurement: object, _catalogue: object, link: Link, _programme: object) -> object:
        own = CHANGES[link.effect.name].items()
        return {region: RegionChange(change=change, units=units) for region, change in own}

    monkeypatch.setattr(followed, "_changes", changes)
    toy = hypothesis(chain=CausalChain(links=links))
    found = followed.region_chains(toy_panel(vestigingen=PLACES), FINAL, toy_catalogue(toy))
    return {one.region: one for one in found}


def test_a_region_follows_until_the_first_step_that_is_not_beyond_the_median(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chains(monkeypatch)
    assert {name: (one.followed, one.steps, one.breaks_at) for name, one in found.items()} == {
        "A": (2, 3, "bread-to-bakers"),
        "B": (0, 3, "to-flour"),
        "C": (0, 3, "to-flour"),
        "D": (0, 0, ""),
    }
    assert "een op de 8 regio's alle 3 stappen" in found["A"].because
    assert found["A"].because.startswith("beschrijving (klasse E)")


def test_rows_stand_in_the_order_of_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(chains(monkeypatch)) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(("expected", "follow"), [(LATER, "A"), (FALLS, "C"), (HOLDS, "AB")])
def test_the_expected_side_of_the_median_depends_on_the_direction(
    monkeypatch: pytest.MonkeyPatch, expected: Expected, follow: str
) -> None:
    found = chains(monkeypatch, links=(replace(TO_FLOUR, expected=expected),))
    assert "".join(name for name, one in found.items() if one.followed) == follow


def test_a_region_with_too_few_units_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = chains(monkeypatch, units=9)
    assert {(one.steps, one.breaks_at) for one in found.values()} == {(0, "")}
    assert found["A"].because == "geen enkele stap rust hier op ten minste 10 vestigingen of scholen; niet getoond"


def test_of_one_number_a_region_the_vestigingen_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    regional = replace(TO_FLOUR, effect=replace(TO_FLOUR.effect, level=Level.REGION))
    assert chains(monkeypatch, units=1, links=(regional,))["A"].steps == 1


def test_each_indicator_is_followed_once_and_only_where_it_can_respond() -> None:
    twice = hypothesis(chain=CausalChain(links=(TO_BREAD, FLOUR_TO_BREAD, TO_FLOUR)))
    assert [one.name for one in steps_in_order(twice, FINAL)] == ["to-bread", "to-flour"]
    later = hypothesis(chain=CausalChain(links=(replace(TO_FLOUR, expected=LATER), TO_BREAD)))
    assert [one.name for one in steps_in_order(later, INTERIM)] == ["to-bread"]
    untested = hypothesis(chain=CausalChain(links=(replace(TO_FLOUR, design=UNMEASURED), TO_BREAD)))
    assert [one.name for one in steps_in_order(untested, FINAL)] == ["to-bread"]


def test_a_region_changes_by_the_weighted_mean_of_units_seen_before_and_after() -> None:
    sample = toy_sample(regions=3)
    before, after = sample.period == 2017, np.isin(sample.period, (2022, 2023))
    outcome = np.where(after, 1.0 + sample.unit, 0.0) + (sample.period == 2023) * 0.5
    weight = np.where(sample.unit == 1, 3.0, 1.0)
    # Unit 5 has no baseline, so that region 2 rests on unit 4.
    kept = np.flatnonzero(~(before & (sample.unit == 5)))
    found = regional_changes(replace(sample, outcome=outcome, weight=weight).rows(kept), FINAL.window(TO_FLOUR.timing))
    assert found["0"] == RegionChange(change=pytest.approx((1.25 + 3 * 2.25) / 4), units=2)
    assert found["1"] == RegionChange(change=pytest.approx(3.75), units=2)
    assert found["2"] == RegionChange(change=pytest.approx(5.25), units=1)


def test_groups_without_entitlement_are_not_followed() -> None:
    sample = toy_sample(regions=3)
    none = replace(sample, entitlement=np.where(sample.cluster == 1, 0.0, 1.0))
    assert set(regional_changes(none, FINAL.window(TO_FLOUR.timing))) == {"0", "2"}


def test_without_a_programme_in_the_catalogue_no_region_is_followed() -> None:
    catalogue = replace(toy_catalogue(TOY), exposures=())
    assert followed.region_chains(toy_panel(vestigingen=PLACES), FINAL, catalogue) == ()


def test_a_mechanism_of_which_nothing_was_observed_has_no_rows() -> None:
    assert followed.region_chains(toy_panel(vestigingen=PLACES), FINAL, toy_catalogue(TOY)) == ()


def test_a_direction_that_cannot_respond_is_no_step() -> None:
    never = Expected(interim=Direction.NO_RESPONSE, final=Direction.NO_RESPONSE)
    waiting = hypothesis(chain=CausalChain(links=(replace(TO_FLOUR, expected=never),)))
    assert steps_in_order(waiting, FINAL) == ()
