"""The table `surveys`: four waves among school leaders, teachers, pupils and programme leaders.

The investment comes from the school's own books, so it is known for the years before the first wave too.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.tables import ITEMS
from stoeval.panel.twin.calendar import YEARS
from stoeval.panel.twin.funding import region_names
from stoeval.panel.twin.landscape import N_REGIONS
from stoeval.panel.twin.publication import named

if TYPE_CHECKING:
    from stoeval.panel.twin.calendar import Truths
    from stoeval.panel.twin.world import World
    from stoeval.vocabulary import Floats, Integers

WAVES = (2018, 2020, 2022, 2023)
ASKED_YEARS = tuple(range(2015, 2024))
"""All items are asked in the waves, the investment for every year."""
RESPONSE, _LASTING_WILL = 0.62, 0.65
PROGRAMME_LEADERS = {2018: 64, 2020: 58, 2022: 51, 2023: 51}
"""Programme leaders who answer in each wave (51 of 78 in 2023/24)."""
_LEVEL = {
    "shared_facilities": (0.28, 0.010),
    "facility_satisfaction": (0.44, 0.010),
    "investment_per_technical_pupil": (1.10, 0.030),
    "innovation_satisfaction": (0.50, 0.010),
    "knowledge_sharing": (0.66, 0.006),
    "cooperation_vmbo": (0.50, 0.015),
    "cooperation_mbo": (0.52, 0.012),
    "cooperation_business": (0.46, 0.015),
    "education_judgement": (0.58, 0.0),
    "preparation_judgement": (0.56, 0.0),
    "motivation": (0.55, -0.004),
    "teacher_expertise": (0.60, 0.002),
}
"""Mean in 2018/19 and change a year."""
_ASKED = {
    "school leader": (
        "shared_facilities",
        "facility_satisfaction",
        "investment_per_technical_pupil",
        "innovation_satisfaction",
        "cooperation_vmbo",
        "cooperation_mbo",
        "cooperation_business",
    ),
    "teacher": ("knowledge_sharing", "facility_satisfaction", "innovation_satisfaction", "education_judgement"),
    "pupil": ("education_judgement", "preparation_judgement", "motivation", "teacher_expertise"),
    "programme leader": ("knowledge_sharing", "cooperation_vmbo", "cooperation_mbo", "cooperation_business"),
}
_RESPONDENTS = {"school leader": ("L", 1), "teacher": ("D", 3), "pupil": ("P", 5)}
"""Letter of the respondent's name and the most respondents a vestiging."""
_CHANCE_OF_THIRD_TEACHER = 0.5
_SPREAD = {"region": 0.02, "region x wave": 0.012, "site": 0.05, "site x wave": 0.04, "respondent": 0.08}
"""Standard deviations, chosen so that 78 regions can show the effects that the twin plants."""
_INVESTMENT = ITEMS.index("investment_per_technical_pupil")
_INVESTMENT_SCALE = 3.0
"""Investment varies more than an answer between 0 and 1."""
_BY_LINE = (
    ("dose_line_2", "2", "shared_facilities"),
    ("dose_line_6", "6", "facility_satisfaction"),
    ("dose_line_7", "7", "knowledge_sharing"),
)
_BY_AANLOOP = ("investment_per_technical_pupil", "facility_satisfaction")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Views:
    """What is true of a place in a year, before anyone answers: places x items x years."""

    sites: Floats
    regions: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Response:
    """Which sites answer in which year, and with which weight: sites x years."""

    answered: Truths
    weight: Floats


def surveys(generator: np.random.Generator, world: World) -> pd.DataFrame:
    """Draw the answers of all waves and the investments of all years."""
    views = _views(generator, world)
    response = _response(generator, world)
    parts = [_school_answers(generator, kind, world, views.sites, response) for kind in _RESPONDENTS]
    return pd.concat([*parts, _regional_answers(generator, views.regions)], ignore_index=True)


def _views(generator: np.random.Generator, world: World) -> Views:
    land, truth, doses = world.land, world.truth, world.doses
    years = np.array(ASKED_YEARS)
    scale = np.where(np.arange(len(ITEMS)) == _INVESTMENT, _INVESTMENT_SCALE, 1.0)[:, None]
    level = np.array([_LEVEL[item][0] + _LEVEL[item][1] * (years - WAVES[0]) for item in ITEMS])

    def noise(places: int, waves: int, name: str) -> Floats:
        return np.asarray(generator.normal(0, _SPREAD[name], (places, len(ITEMS), waves)) * scale)

    regional = level + noise(N_REGIONS, 1, "region") + noise(N_REGIONS, len(years), "region x wave")
    for exposure, line, item in _BY_LINE:
        effect = np.array([truth.at(exposure, item, year) for year in ASKED_YEARS])
        regional[:, ITEMS.index(item)] += doses.line(line)[:, None] * effect
    sites = regional[land.region] + noise(land.n_sites, 1, "site") + noise(land.n_sites, len(years), "site x wave")
    for item in _BY_AANLOOP:
        effect = np.array([truth.at("aanloop_dose", item, year) for year in ASKED_YEARS])
        sites[:, ITEMS.index(item)] += doses.aanloop[:, None] * effect
    return Views(sites=sites, regions=regional)


def _response(generator: np.random.Generator, world: World) -> Response:
    """Let technical and large sites answer more often; weigh by the inverse rate of the stratum."""
    present = world.taught.sum(axis=(1, 2))[:, np.searchsorted(YEARS, ASKED_YEARS)] > 0
    size, technical = world.schools.size, world.schools.technical > 0
    small = size < np.median(size[size > 0])
    chance = RESPONSE - 0.03 + 0.08 * technical - 0.06 * small
    quantile = np.array([NormalDist().inv_cdf(each) for each in chance])[:, None]
    willing = np.sqrt(_LASTING_WILL) * generator.normal(size=(len(size), 1))
    willing = willing + np.sqrt(1 - _LASTING_WILL) * generator.normal(size=present.shape)
    answered = present & (willing < quantile)
    weight = np.ones(present.shape)
    for stratum in range(4):
        of_stratum = present & ((2 * technical + small) == stratum)[:, None]
        rate = (of_stratum & answered).sum(axis=0) / np.maximum(of_stratum.sum(axis=0), 1)
        weight = np.where(of_stratum, 1 / np.maximum(rate, 0.05), weight)
    return Response(answered=answered, weight=weight)


def _school_answers(
    generator: np.random.Generator, kind: str, world: World, views: Floats, response: Response
) -> pd.DataFrame:
    letter, most = _RESPONDENTS[kind]
    items = [ITEMS.index(item) for item in _ASKED[kind]]
    there = np.repeat(response.answered[:, None, :], most, axis=1)
    if kind == "teacher":
        there[:, 2] &= generator.random((len(there), 1)) < _CHANCE_OF_THIRD_TEACHER
    value = views[:, None, items] + _own_noise(generator, items, (len(views), most, len(items), len(ASKED_YEARS)))
    use = there[:, :, None, :] & _asked(items)
    site, slot, item, year = np.nonzero(use)
    numbers = world.histories.vestiging[:, np.searchsorted(YEARS, ASKED_YEARS)]
    name = named(world.histories.names, numbers[site, year])
    return pd.DataFrame(
        {
            "respondent": f"{letter}-" + name + named([f"-{number + 1}" for number in range(most)], slot),
            "kind": kind,
            "vestiging": name,
            "region": named(region_names(), world.land.region[site]),
            "wave": np.array(ASKED_YEARS)[year],
            "item": named(_ASKED[kind], item),
            "value": _bounded(value[use], np.array(items)[item]),
            "weight": response.weight[site, year].round(4),
        }
    )


def _regional_answers(generator: np.random.Generator, views: Floats) -> pd.DataFrame:
    kind = "programme leader"
    items = [ITEMS.index(item) for item in _ASKED[kind]]
    # Those who stop answering stop for good, as respondents to a yearly questionnaire do.
    rank = generator.permutation(N_REGIONS)
    value = views[:, items] + _own_noise(generator, items, (N_REGIONS, len(items), len(ASKED_YEARS)))
    answering = np.array([PROGRAMME_LEADERS.get(year, 0) for year in ASKED_YEARS])
    use = (rank[:, None] < answering)[:, None, :] & _asked(items)
    region, item, year = np.nonzero(use)
    names = named(region_names(), region)
    return pd.DataFrame(
        {
            "respondent": "R-" + names,
            "kind": kind,
            "vestiging": "",
            "region": names,
            "wave": np.array(ASKED_YEARS)[year],
            "item": named(_ASKED[kind], item),
            "value": _bounded(value[use], np.array(items)[item]),
            "weight": (N_REGIONS / answering[year]).round(4),
        }
    )


def _asked(items: list[int]) -> Truths:
    """Return which items are asked in which years, items x years."""
    in_wave = np.isin(ASKED_YEARS, WAVES)
    return np.array([in_wave | (item == _INVESTMENT) for item in items])


def _own_noise(generator: np.random.Generator, items: list[int], shape: tuple[int, ...]) -> Floats:
    scale = np.where(np.array(items) == _INVESTMENT, _INVESTMENT_SCALE, 1.0)[:, None]
    return np.asarray(generator.normal(0, _SPREAD["respondent"], shape) * scale)


def _bounded(value: Floats, item: Integers) -> Floats:
    """Keep answers on their scale; hardly any needs it, so that effects stay what they were planted to be."""
    highest = np.where(item == _INVESTMENT, np.inf, 1.0)
    return np.asarray(np.clip(value, 0, highest).round(3))
