"""Where each vestiging lies: gemeente, coordinates, footprint and region, with the source of each counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import PanelError
from stoeval.panel.genealogy import footprints, same_address
from stoeval.panel.geography import base_year_names, fill_coordinates, nearest
from stoeval.panel.sources.delimited import PLACES
from stoeval.panel.sources.keys import folded

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.panel.sources.delimited import Delivered

AXES = ["longitude", "latitude"]
ORIGINS = {
    "own": "eigen ligging",
    "postcode4": "gemiddelde van dezelfde postcode (vier cijfers)",
    "place": "gemiddelde van dezelfde plaats",
    "gemeente": "gemiddelde van dezelfde gemeente",
}
PLACING_ORDER = ("addresses", "exam candidates", "coordinates", "exam results", "enrolment")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """One row a vestiging, and what must be told about how it was placed.

    Columns of `frame`: vestiging, gemeente, footprint, longitude, latitude and region; before the region is
    known also rmc, the RMC region of the register, and province.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


def locate(offers: pd.DataFrame, delivered: dict[str, list[Delivered]]) -> Places:
    """Place every vestiging of the offers; raise PanelError where no delivery names its gemeente."""
    frame = pd.DataFrame({"vestiging": sorted(set(offers["vestiging"]))}).astype("string")
    named = [file.places for source in PLACING_ORDER for file in delivered[source]]
    for column in PLACES:
        frame[column] = frame["vestiging"].map(_first_named(named, column)).astype("string")
    nameless = frame["gemeente"].isna()
    if nameless.any():
        message = (
            f"{int(nameless.sum())} vestigingen have no gemeente in any delivery; first "
            f"{frame['vestiging'][nameless].iloc[0]}; add the address register or the exam candidates"
        )
        raise PanelError(message)
    register = [file.rows.set_index("vestiging") for file in delivered["addresses"]]
    for column in ("postcode", "rmc_code", "rmc_name"):
        values = register[0][column] if register else pd.Series(dtype="string")
        frame[column] = frame["vestiging"].map(values).astype("string")
    frame["rmc"] = "RMC " + frame["rmc_code"] + " " + frame["rmc_name"]
    frame, gemeente_note = _of_base_year(frame, delivered)
    frame, coordinate_note = _with_coordinates(frame, delivered)
    frame, footprint_note = _with_footprints(frame, offers, delivered)
    return Places(frame=frame, notes=(gemeente_note, coordinate_note, footprint_note))


def place_in_regions(places: Places, region_table: Delivered | None) -> Places:
    """Give each vestiging its region: of the user's table, else the RMC region that stands in."""
    frame, note = _rmc_regions(places.frame) if region_table is None else _sto_regions(places.frame, region_table)
    kept = frame[["vestiging", "region", "gemeente", "footprint", *AXES]].reset_index(drop=True)
    return Places(frame=kept, notes=(*places.notes, note))


def _first_named(named: list[pd.DataFrame], column: str) -> pd.Series:
    given = [part.loc[part[column].notna(), ["vestiging", column]] for part in named]
    together = pd.concat(given, ignore_index=True).drop_duplicates("vestiging")
    return together.set_index("vestiging")[column]


def _of_base_year(frame: pd.DataFrame, delivered: dict[str, list[Delivered]]) -> tuple[pd.DataFrame, str]:
    """Name gemeenten as the address register does, so that a gemeente is one area in all years."""
    if not delivered["addresses"]:
        return frame, "Gemeenten: geen adressenbestand geleverd; elke gemeente heet zoals in de nieuwste levering."
    register = delivered["addresses"][0].places.set_index("vestiging")["gemeente"].dropna()
    older = [file.places.dropna(subset=["gemeente"]) for source in PLACING_ORDER[1:] for file in delivered[source]]
    named = pd.concat(older, ignore_index=True)[["vestiging", "gemeente"]] if older else frame.iloc[:0]
    found = base_year_names(frame["gemeente"], register, named)
    renamed = int((found != frame["gemeente"]).sum())
    unknown = sorted(set(found) - set(register))
    note = (
        f"Gemeenten: indeling van het adressenbestand; {renamed} vestigingen kregen de naam die hun gemeente daarin "
        f"heeft; {len(unknown)} gemeentenamen komen daarin niet voor{_examples(unknown)}."
    )
    return frame.assign(gemeente=found), note


def _with_coordinates(frame: pd.DataFrame, delivered: dict[str, list[Delivered]]) -> tuple[pd.DataFrame, str]:
    if not delivered["coordinates"]:
        return frame.assign(longitude=np.nan, latitude=np.nan), "Ligging: geen coördinaten geleverd."
    known = _comparable(delivered["coordinates"][0].rows).assign(**delivered["coordinates"][0].rows[AXES])
    located = fill_coordinates(_comparable(frame), known)
    counts = located["origin"].value_counts()
    listed = "; ".join(f"{int(counts.get(name, 0))} {text}" for name, text in ORIGINS.items())
    note = f"Ligging: {listed}; {int(located['origin'].isna().sum())} zonder."
    return frame.merge(located[["vestiging", *AXES]], on="vestiging", validate="1:1"), note


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "vestiging": frame["vestiging"],
            "postcode4": frame["postcode"].str.slice(0, 4),
            "place": folded(frame["place"]),
            "gemeente": folded(frame["gemeente"]),
        }
    )


def _with_footprints(
    frame: pd.DataFrame, offers: pd.DataFrame, delivered: dict[str, list[Delivered]]
) -> tuple[pd.DataFrame, str]:
    if not delivered["successions"]:
        return frame.assign(
            footprint=frame["vestiging"]
        ), "Fusies: geen overgangen geleverd; elke vestiging staat alleen."
    years = offers["school_year"]
    moved = same_address(offers[["vestiging", "school_year"]], _postcodes(delivered))
    found = footprints(
        list(frame["vestiging"]),
        delivered["successions"][0].rows,
        first_year=int(years.min()),
        last_year=int(years.max()),
        more=moved,
    )
    joined = frame.assign(footprint=frame["vestiging"].map(found))
    tied = int(joined["footprint"].duplicated(keep=False).sum())
    note = (
        f"Fusies: {len(joined)} vestigingen vormen {joined['footprint'].nunique()} eenheden; {tied} delen een eenheid; "
        f"{len(moved)} keer begon een vestiging op het adres waar een andere het jaar ervoor ophield."
    )
    return joined, note


def _postcodes(delivered: dict[str, list[Delivered]]) -> pd.Series:
    """Return the postcode of each vestiging, of the register or else of the file with coordinates."""
    parts = [file.rows[["vestiging", "postcode"]] for name in ("addresses", "coordinates") for file in delivered[name]]
    if not parts:
        return pd.Series(dtype="string")
    together = pd.concat(parts, ignore_index=True).dropna().drop_duplicates("vestiging")
    return together.set_index("vestiging")["postcode"].astype("string").str.replace(" ", "")


def _rmc_regions(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Place by the register; else by gemeente, by the nearest vestiging, by school, by province."""
    if frame["rmc"].isna().all():
        message = "no address register with RMC regions and no region table; deliver one of the two"
        raise PanelError(message)
    region, counts = frame["rmc"], []
    ways: tuple[Callable[[pd.Series], pd.Series], ...] = (
        lambda known: _most_frequent(known, folded(frame["gemeente"])),
        lambda known: _of_nearest(frame, known),
        lambda known: _most_frequent(known, frame["vestiging"].str.slice(0, 4)),
        lambda known: _most_frequent(known, folded(frame["province"])),
    )
    for way in ways:
        placed = region.fillna(way(region))
        counts.append(int(region.isna().sum() - placed.isna().sum()))
        region = placed
    lost = region.isna()
    if lost.any():
        first = frame["vestiging"][lost].iloc[0]
        message = f"{int(lost.sum())} vestigingen have no region; first {first}; give a region table"
        raise PanelError(message)
    note = (
        f"Regio's: de {region.nunique()} RMC-regio's van het adressenbestand vervangen de STO-regio's. "
        f"{sum(counts)} vestigingen staan niet in dat bestand: {counts[0]} zijn geplaatst via de gemeente, "
        f"{counts[1]} via de dichtstbijzijnde vestiging, {counts[2]} via de school en {counts[3]} via de provincie."
    )
    return frame.assign(region=region), note


def _most_frequent(values: pd.Series, group: pd.Series) -> pd.Series:
    counts = pd.DataFrame({"group": group, "value": values}).value_counts(sort=False).reset_index()
    ordered = counts.sort_values(["count", "value"], ascending=[False, True]).drop_duplicates("group")
    return group.map(ordered.set_index("group")["value"])


def _of_nearest(frame: pd.DataFrame, region: pd.Series) -> pd.Series:
    placed = frame["longitude"].notna()
    known, wanted = frame[placed & region.notna()], frame[placed & region.isna()]
    if not len(wanted) or not len(known):
        return pd.Series(pd.NA, index=frame.index, dtype="string")
    coordinates = [part[axis].to_numpy(dtype=float) for part in (wanted, known) for axis in AXES]
    chosen = region[known.index].iloc[nearest(*coordinates)]
    return pd.Series(chosen.to_numpy(), index=wanted.index, dtype="string").reindex(frame.index)


def _sto_regions(frame: pd.DataFrame, region_table: Delivered) -> tuple[pd.DataFrame, str]:
    member = region_table.rows.set_index("vestiging")["region"]
    region = frame["vestiging"].map(member).astype("string")
    shared = region.groupby(frame["footprint"])
    of_footprint = shared.transform("first").where(shared.transform("nunique") == 1)
    by_footprint = int((region.isna() & of_footprint.notna()).sum())
    region = region.fillna(of_footprint)
    outside = frame.loc[region.isna(), "vestiging"]
    unknown = sorted(set(member.index) - set(frame["vestiging"]))
    if region.isna().all():
        message = (
            f"{region_table.name}: none of {len(member)} vestigingen occurs in the DUO files; "
            "check the column vestiging"
        )
        raise PanelError(message)
    note = (
        f"Regio's: {region.nunique()} STO-regio's uit {region_table.name}; {by_footprint} vestigingen volgen een "
        f"vestiging waarmee zij fuseerden; {len(outside)} vestigingen staan in geen regio en blijven buiten het panel"
        f"{_examples(outside)}; {len(unknown)} vestigingen uit de tabel komen in de DUO-bestanden niet voor"
        f"{_examples(unknown)}."
    )
    return frame.assign(region=region)[region.notna()], note


def _examples(vestigingen: pd.Series | list[str]) -> str:
    first = list(vestigingen)[:3]
    return f" ({', '.join(first)}{' en andere' if len(vestigingen) > 3 else ''})" if first else ""
