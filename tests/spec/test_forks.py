"""Forks as values: what a fork may set, how forks combine, and what the catalogue declares."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stoeval.catalogue import CATALOGUE
from stoeval.catalogue.exposures import REGIONAL_DOSE
from stoeval.catalogue.forks import SUCCESSORS, SURVIVORS, TECHNICAL, UNITS, WINDOW_ONLY
from stoeval.catalogue.indicators import duurzaam
from stoeval.errors import CatalogueError
from stoeval.panel.genealogy import Genealogy
from stoeval.panel.samples import sample
from stoeval.synthesis.forked_links import altered
from stoeval.vocabulary import (
    Estimand,
    Exposure,
    Fork,
    ForkKind,
    Role,
    Sample,
    SchoolYear,
    Untestable,
    Weighting,
    Window,
    require_few,
    routes,
)
from toy_samples import offer, place, toy_panel

OTHER = replace(TECHNICAL[0], name="other-population", dimension="population", technical=None, population="few")


def test_forks_of_one_dimension_exclude_each_other_and_those_of_different_ones_combine() -> None:
    forks = (SUCCESSORS, SURVIVORS, UNITS, *TECHNICAL, OTHER)
    preserving = routes(forks, ForkKind.PRESERVING)
    # Three ways to follow times two to weigh; three definitions times two populations.
    assert preserving[0] == ()
    assert {tuple(fork.name for fork in way) for way in preserving} == {
        (),
        ("successors",),
        ("survivors",),
        ("units-alike",),
        ("successors", "units-alike"),
        ("survivors", "units-alike"),
    }
    assert len(routes(forks, ForkKind.CHANGING)) == 6
    assert routes((), ForkKind.CHANGING) == ((),)


@pytest.mark.parametrize(
    ("fork", "parts"),
    [
        (UNITS, {"kind": ForkKind.CHANGING}),
        (SUCCESSORS, {"kind": ForkKind.CHANGING}),
        (WINDOW_ONLY, {"kind": ForkKind.CHANGING}),
        (TECHNICAL[0], {"kind": ForkKind.PRESERVING}),
        (UNITS, {"without": (SchoolYear(start=2020),)}),
        (UNITS, {"population": "few"}),
    ],
)
def test_a_fork_that_does_not_fit_its_kind_is_refused(fork: Fork, parts: dict[str, object]) -> None:
    with pytest.raises(CatalogueError, match="declare it of the other kind"):
        replace(fork, **parts)  # type: ignore[arg-type]


def test_a_fork_that_departs_in_nothing_is_refused() -> None:
    with pytest.raises(CatalogueError, match="departs in nothing"):
        replace(UNITS, weighting=None)


def test_forks_that_collide_are_refused() -> None:
    with pytest.raises(CatalogueError, match="two forks are named units-alike"):
        require_few((UNITS, replace(UNITS, dimension="more weights")))
    with pytest.raises(CatalogueError, match="both set weighting"):
        require_few((UNITS, replace(UNITS, name="pupils", dimension="other", weighting=Weighting.PUPILS)))


def test_more_than_two_hundred_specifications_of_a_hypothesis_are_refused() -> None:
    years = [
        replace(TECHNICAL[0], name=str(year), dimension="year", technical=None, without=(SchoolYear(start=year),))
        for year in range(2000, 2099)
    ]
    # 1 + 99 years, times two genealogies apart: 100 changing, one of them the primary, and 2 preserving.
    assert require_few((*years, SURVIVORS))
    other_link = [replace(fork, link="other") for fork in years]
    with pytest.raises(CatalogueError, match=r"more than 200 specifications \(H0: 201\)"):
        require_few((*years, SURVIVORS, *other_link))


def test_every_fork_of_the_catalogue_fits_its_link() -> None:
    links = {(one.number, link.name): link for one in CATALOGUE.hypotheses for link in one.links}
    seen = dict.fromkeys((fork.hypothesis, fork.link) for fork in CATALOGUE.forks)
    for key in seen:
        own = [fork for fork in CATALOGUE.forks if (fork.hypothesis, fork.link) == key]
        for kind in ForkKind:
            for way in routes(own, kind):
                changed = altered(links[key], way)
                assert (changed == links[key]) is not any(
                    part in {"design", "cause", "effect", "population"} for fork in way for part in fork.parts
                )


def test_every_primary_link_that_can_be_tested_has_forks_of_both_kinds() -> None:
    for hypothesis in CATALOGUE.hypotheses:
        for link in hypothesis.primary:
            own = {
                fork.kind for fork in CATALOGUE.forks if (fork.hypothesis, fork.link) == (hypothesis.number, link.name)
            }
            expected = set() if isinstance(link.design, Untestable) else set(ForkKind)
            assert own == expected, (hypothesis.number, link.name)


def test_only_primary_links_and_what_open_data_reach_are_forked() -> None:
    links = {(one.number, link.name): link for one in CATALOGUE.hypotheses for link in one.links}
    for fork in CATALOGUE.forks:
        link = links[fork.hypothesis, fork.link]
        open_data = isinstance(link.cause, Exposure) and link.cause.name == "aanloop_dose_2017"
        assert link.role is Role.PRIMARY or open_data, (fork.hypothesis, fork.link)


@pytest.mark.parametrize("rule", list(Genealogy))
def test_a_region_is_paid_for_all_its_pupils_whatever_rule_follows_vestigingen(rule: Genealogy) -> None:
    """A has 100 pupils in every year, B 300 until it closes; 1.6 million over four years is EUR 1,000 a pupil."""
    places, offers = [], []
    for number in range(12):
        region = f"R{number:02d}"
        for vestiging, pupils, last in ((f"{number:02d}AA00", 100, 2019), (f"{number:02d}BB00", 300, 2018)):
            for year in range(2017, last + 1):
                places.append(place(vestiging, year, region))
                offers += [
                    offer(vestiging, profile, "BB", year, pupils=pupils // 2, entrants=pupils // 4)
                    for profile in ("PIE", "DP")
                ]
    regions = [{"region": f"R{number:02d}", "budget": 1.6e6} for number in range(12)]
    panel = toy_panel(vestigingen=places, offers=offers, regions=regions)
    window = Window(baseline=(SchoolYear(start=2017),), outcome=(SchoolYear(start=2019),))
    estimand = Estimand(cause=REGIONAL_DOSE, effect=duurzaam.TECHNICAL_SHARE_PUPILS, population="all", window=window)
    rows = sample(panel, estimand, CATALOGUE, genealogy=rule)
    assert isinstance(rows, Sample)
    assert rows.dose == pytest.approx(np.ones(len(rows.dose)))


def test_labels_are_there_in_both_languages() -> None:
    assert all(fork.label and fork.label_en and fork.label != fork.label_en for fork in CATALOGUE.forks)
