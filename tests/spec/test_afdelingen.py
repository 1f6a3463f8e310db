"""The crosswalk from old afdelingen, against the regulation's list, DUO's codebook and its own page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from stoeval.panel.afdelingen import ASSUMPTIONS, OLD, PAID, as_table, assumed
from stoeval.panel.sources.crosswalks import PROFILE_OF_AFDELING
from stoeval.panel.tables import HARD_TECHNICAL, PROFILES

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "old_afdelingen.md"
OF_THE_REGULATION = (
    "bouwtechniek",
    "transport en logistiek",
    "voertuigentechniek",
    "metaaltechniek",
    "elektrotechniek",
    "installatietechniek",
    "metalektro",
    "instalektro",
    "techniek breed",
)
"""sterktechniekonderwijs.nl/veelgestelde-vragen; bouwtechniek in five kinds."""


def test_what_the_regulation_paid_for_is_exactly_what_becomes_hard_technical() -> None:
    assert {one.name for one in OLD if one.profile in HARD_TECHNICAL} == set(PAID)
    assert {next(one for one in OF_THE_REGULATION if name.startswith(one)) for name in PAID.values()} == set(
        OF_THE_REGULATION
    )


def test_afdelingen_that_are_technical_and_were_not_paid_are_soft() -> None:
    assert {one.profile for one in assumed()} == {"MVI", "MAT"}
    assert {one.name for one in assumed()} >= {"Grafische Techniek", "Vakmanschapsroute Techniek"}


def test_every_afdeling_has_a_profile_and_a_reason_once() -> None:
    names = [one.name for one in OLD]
    assert len(names) == len(set(names))
    assert {one.profile for one in OLD} <= set(PROFILES)
    assert all(one.assumption for one in OLD)


def test_every_name_of_the_crosswalk_is_a_profile_or_an_old_afdeling() -> None:
    """A profile goes by its own name and by DUO's letters for it."""
    profiles = set(PROFILE_OF_AFDELING) - set(ASSUMPTIONS)
    assert {PROFILE_OF_AFDELING[name] for name in profiles} == set(PROFILES)
    assert len(profiles) <= 2 * len(PROFILES)


def test_every_afdeling_of_the_codebook_is_in_the_crosswalk(duo: Path) -> None:
    codebook = pd.read_csv(duo / "codebooks" / "codeboek_afdelingen_examen.csv", sep=";", keep_default_na=False)
    given = codebook[~codebook["LEERWEG VMBO"].isin(["TL"])]["AFDELING"].str.strip()
    known = {name.casefold() for name in (*PROFILE_OF_AFDELING, "Technologie Orientatie")}
    unknown = {name for name in given if name.casefold() not in known}
    assert unknown <= {"", "N.v.t.", "Nvt", "n.v.t."}
    assert len(set(given)) > 40


@pytest.mark.parametrize("line", as_table().splitlines())
def test_the_page_holds_the_table(line: str) -> None:
    assert line in PAGE.read_text(encoding="utf-8").splitlines()
