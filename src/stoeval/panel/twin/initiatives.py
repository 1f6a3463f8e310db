"""The table `initiatives`: cooperation initiatives with generic names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.twin.funding import region_names
from stoeval.panel.twin.landscape import N_REGIONS

if TYPE_CHECKING:
    from stoeval.panel.twin.landscape import Landscape

MEAN_A_REGION = 1.7
_GOALS = ("duurzaam", "dekkend", "kwalitatief hoogstaand")
_KINDS = (
    ("Gedeelde praktijkruimte", "vmbo;mbo;bedrijf", "gezamenlijk gebruik van lokalen en machines"),
    ("Doorlopende leerlijn techniek", "vmbo;mbo", "afgestemd programma van leerjaar 3 vmbo tot en met mbo"),
    ("Techniekweek basisscholen", "vmbo;po;bedrijf", "kennismaking met techniek in groep 7 en 8"),
    ("Gastdocenten uit het bedrijf", "vmbo;bedrijf", "vakmensen verzorgen lessen en keuzevakken"),
    ("Docentenstage", "vmbo;bedrijf", "docenten lopen mee in een technisch bedrijf"),
    ("Regionale keuzevakken", "vmbo;vmbo", "leerlingen volgen keuzevakken op elkaars vestiging"),
    ("Mobiel technieklokaal", "vmbo;po;mbo", "een lokaal dat langs scholen reist"),
)
_FIRST, _LAST = 2014, 2023


def initiatives(generator: np.random.Generator, land: Landscape) -> pd.DataFrame:
    """Draw one to three initiatives for most regions."""
    region = np.repeat(np.arange(N_REGIONS), generator.poisson(MEAN_A_REGION, N_REGIONS))
    kind = generator.integers(len(_KINDS), size=len(region))
    place = [int(generator.choice(land.gemeente[land.region == each])) + 1 for each in region]
    return pd.DataFrame(
        {
            "initiative": [f"I{number:03d}" for number in range(1, len(region) + 1)],
            "region": np.array(region_names())[region],
            "name": [f"{_KINDS[one][0]} {region_names()[each]}" for one, each in zip(kind, region, strict=True)],
            "partners": [_KINDS[one][1] for one in kind],
            "content": [_KINDS[one][2] for one in kind],
            "goal": np.array(_GOALS)[generator.integers(len(_GOALS), size=len(region))],
            "place": [f"Gemeente {number:03d}" for number in place],
            "started": generator.integers(_FIRST, _LAST + 1, size=len(region)),
        }
    )
