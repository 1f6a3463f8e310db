"""Circumstances as categories: the value of each registered moderator for each region, or why it is not known.

Everything is measured in the baseline year of the counts or before it, so that no circumstance is a consequence of
the programme. What no delivery gives is not guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.errors import CatalogueError
from stoeval.panel.doses import dose, techniekarm
from stoeval.panel.geography import pairs_within
from stoeval.panel.kept import kept
from stoeval.panel.measures.teachers import region_of_school
from stoeval.vocabulary import Delivery, Exposure, Level, Timing, Untestable

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.vocabulary import Link, Measurement, Moderator, MonitorPanel, SchoolYear

    Categories = pd.Series[str] | Untestable

NEAR_KM = 10.0
EARLIER_PROGRAMMES = ("TiB", "RIF")


def circumstance(panel: MonitorPanel, moderator: Moderator, link: Link, measurement: Measurement) -> Categories:
    """Return the category of each region, or of each leerweg, at the baseline; or why it is not known.

    The index is named `region` or `leerweg`; what has no known category is not in it.
    """
    baseline = max(measurement.window(Timing.STOCK).baseline)
    if moderator.name in _REGIONAL:
        return _regional(panel, moderator.name, baseline)
    rule = _OF_A_LINK.get(moderator.name)
    if rule is None:
        known = ", ".join(sorted({*_REGIONAL, *_OF_A_LINK}))
        message = f"no rule gives the categories of moderator {moderator.name}; known are {known}"
        raise CatalogueError(message)
    return rule(panel, link)


@kept(32)
def _regional(panel: MonitorPanel, name: str, baseline: SchoolYear) -> Categories:
    return _REGIONAL[name](panel, baseline)


# --- of regions ------------------------------------------------------------------------------------------------------


def _shrinking(panel: MonitorPanel, baseline: SchoolYear) -> Categories:
    del baseline
    flags = panel.tables["regions"].set_index("region")["shrinking"].dropna()
    if flags.empty:
        return Untestable(reason="welke regio's krimpregio zijn, is niet geleverd", missing=(Delivery.REGIONS,))
    return _yes_no(flags.astype(bool))


def _techniekarm(panel: MonitorPanel, baseline: SchoolYear) -> Categories:
    del baseline
    flags = techniekarm(panel)
    if flags.empty:
        return Untestable(reason="welke regio's techniekarm zijn, is niet geleverd", missing=(Delivery.REGIONS,))
    return _yes_no(flags > 0)


def _prior_cooperation(panel: MonitorPanel, baseline: SchoolYear) -> Categories:
    """Return the flag of the region table, else whether any vestiging took part before the baseline ended."""
    flags = panel.tables["regions"].set_index("region")["prior_cooperation"].dropna()
    if not flags.empty:
        return _yes_no(flags.astype(bool))
    programmes = panel.tables["programmes"]
    earlier = programmes["programme"].isin(EARLIER_PROGRAMMES) & (programmes["school_year"] <= baseline.start)
    if not earlier.any():
        reason = "deelname aan TiB en RIF is niet geleverd, per regio noch per vestiging"
        return Untestable(reason=reason, missing=(Delivery.REGIONS,))
    places = panel.tables["vestigingen"].dropna(subset=["region"])
    taking_part = places["vestiging"].isin(programmes.loc[earlier, "vestiging"])
    return _yes_no(taking_part.groupby(places["region"].astype(object)).any())


def _network_form(panel: MonitorPanel, baseline: SchoolYear) -> Categories:
    del panel, baseline
    reason = "geen levering codeert of een netwerk een leidende partij, gedeelde leiding of een coördinator heeft"
    return Untestable(reason=reason, missing=(Delivery.PLANS,))


def _teacher_shortage(panel: MonitorPanel, baseline: SchoolYear) -> Categories:
    """Return which regions had fewer technical teachers per pupil taught than the median region."""
    staff = panel.tables["staff"]
    rows = staff[(staff["school_year"] == baseline.start) & (staff["subject_group"] == "technical")]
    totals = rows[["fte", "pupils"]].astype(float).groupby(rows["brin"].map(region_of_school(panel))).sum()
    totals = totals[totals["pupils"] > 0]
    if totals.empty:
        reason = f"techniekdocenten per school in {baseline} zijn niet geleverd"
        return Untestable(reason=reason, missing=(Delivery.STAFF,))
    each = totals["fte"] / totals["pupils"]
    return _named((each < each.median()).map({True: "few", False: "many"}))


def _urbanity(panel: MonitorPanel, baseline: SchoolYear) -> Categories:
    """Return the thirds of regions by how many vestigingen the average vestiging has near it."""
    places = panel.tables["vestigingen"]
    there = (places["school_year"] == baseline.start) & places["open"].fillna(value=False).astype(bool)
    known = places[there].dropna(subset=["longitude", "latitude", "region"])
    if known.empty:
        reason = f"coördinaten van vestigingen in {baseline} zijn niet geleverd"
        return Untestable(reason=reason, missing=(Delivery.ADDRESSES,))
    axes = [known[axis].to_numpy(dtype=float) for axis in ("longitude", "latitude")]
    ends = np.concatenate(pairs_within(axes[0], axes[1], NEAR_KM))
    near = pd.Series(np.bincount(ends, minlength=len(known)), index=known["region"].astype(object))
    return _thirds(near.groupby(level=0).mean())


# --- of a link -------------------------------------------------------------------------------------------------------


def _dose_tercile(panel: MonitorPanel, link: Link) -> Categories:
    if not isinstance(link.cause, Exposure):
        return Untestable(reason="de oorzaak is een indicator en geen bedrag")
    amount = dose(panel, link.cause.rule, Level.REGION)
    return amount if isinstance(amount, Untestable) else _thirds(amount)


def _leerweg(panel: MonitorPanel, link: Link) -> Categories:
    del panel
    if link.effect.level is not Level.LEERWEG:
        return Untestable(reason="de uitkomst is niet naar leerweg uitgesplitst")
    entitled = pd.Series({"BB": "BB", "KB": "KB", "GL": "GL"}, dtype=object)
    return entitled.rename_axis("leerweg")


def _sex(panel: MonitorPanel, link: Link) -> Categories:
    del panel
    reason = "deze uitkomst is niet naar geslacht geteld; bij H5 staan meisjes en jongens als eigen uitkomsten"
    return Untestable(reason=reason, missing=(link.effect.delivery,))


def _yes_no(flags: pd.Series[bool]) -> pd.Series[str]:
    return _named(flags.map({True: "yes", False: "no"}))


def _thirds(values: pd.Series[float]) -> pd.Series[str]:
    """Return thirds of regions; equal values share a third."""
    known = values.astype(float).dropna()
    low, high = known.quantile([1 / 3, 2 / 3])
    names = np.where(known <= low, "low", np.where(known <= high, "middle", "high"))
    return _named(pd.Series(names, index=known.index, dtype=object))


def _named(categories: pd.Series[str]) -> pd.Series[str]:
    return categories.astype(object).rename_axis("region")


_REGIONAL: dict[str, Callable[[MonitorPanel, SchoolYear], Categories]] = {
    "shrinking": _shrinking,
    "teacher_shortage": _teacher_shortage,
    "prior_cooperation": _prior_cooperation,
    "network_form": _network_form,
    "techniekarm": _techniekarm,
    "urbanity": _urbanity,
}
_OF_A_LINK: dict[str, Callable[[MonitorPanel, Link], Categories]] = {
    "dose_tercile": _dose_tercile,
    "leerweg": _leerweg,
    "sex": _sex,
}
