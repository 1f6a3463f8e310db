"""The address register of vo vestigingen: place, postcode, gemeente, province and RMC region."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.keys import BRIN_HEADERS, NUMBER_HEADERS, vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "the DUO address register of vo vestigingen"
COLUMNS = {
    "brin": BRIN_HEADERS,
    "number": NUMBER_HEADERS,
    "postcode": ("POSTCODE",),
    "place": ("PLAATSNAAM",),
    "gemeente": ("GEMEENTENAAM",),
    "province": ("PROVINCIE",),
    "rmc_code": ("RMC-REGIO CODE",),
    "rmc_name": ("RMC-REGIO NAAM",),
}


def read_addresses(path: Path) -> Delivered:
    """Read one row a vestiging: vestiging, postcode, place, gemeente, province, rmc_code, rmc_name."""
    file = read_delimited(path, COLUMNS, what=WHAT)
    rows = pd.DataFrame({"vestiging": vestiging_keys(file.frame["brin"], file.frame["number"], where=path.name)})
    for name in ("postcode", "place", "gemeente", "province", "rmc_code", "rmc_name"):
        texts = file.frame[name].str.strip()
        rows[name] = texts.where(texts != "")
    rows["postcode"] = rows["postcode"].str.replace(" ", "")
    rows["rmc_code"] = rows["rmc_code"].str.zfill(2)
    rows = rows.drop_duplicates("vestiging", ignore_index=True)
    places = places_of(rows["vestiging"], place=rows["place"], gemeente=rows["gemeente"], province=rows["province"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)
