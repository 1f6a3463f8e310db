"""The address register of vo vestigingen: place, postcode, gemeente, province and RMC region."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from stoeval.panel.sources.declaration import Source
from stoeval.panel.sources.delimited import Delivered, places_of, read_delimited
from stoeval.panel.sources.duo_columns import BRIN, CC0, DUO, WHOLE_VESTIGING, text
from stoeval.panel.sources.keys import vestiging_keys

if TYPE_CHECKING:
    from pathlib import Path

WHAT = "the DUO address register of vo vestigingen"
DECLARED = (
    BRIN,
    WHOLE_VESTIGING,
    text("name", "VESTIGINGSNAAM", "name of the vestiging", "Het Voorbeeldcollege", required=False),
    text("postcode", "POSTCODE", "postcode", "7511 AA", pattern=r"[0-9]{4} ?[A-Z]{2}"),
    text("place", "PLAATSNAAM", "place", "ENSCHEDE"),
    text("gemeente", "GEMEENTENAAM", "gemeente", "ENSCHEDE"),
    text("province", "PROVINCIE", "province", "Overijssel"),
    text("rmc_code", "RMC-REGIO CODE", "number of the RMC region; a lost zero is put back", "11"),
    text("rmc_name", "RMC-REGIO NAAM", "name of the RMC region", "Twente"),
)


def read_addresses(path: Path) -> Delivered:
    """Read one row a vestiging: vestiging, postcode, place, gemeente, province, rmc_code, rmc_name."""
    file = read_delimited(path, SOURCE.required_headers, what=WHAT)
    rows = pd.DataFrame({"vestiging": vestiging_keys(file.frame["brin"], file.frame["number"], where=path.name)})
    for name in ("postcode", "place", "gemeente", "province", "rmc_code", "rmc_name"):
        texts = file.frame[name].str.strip()
        rows[name] = texts.where(texts != "")
    rows["postcode"] = rows["postcode"].str.replace(" ", "")
    rows["rmc_code"] = rows["rmc_code"].str.zfill(2)
    rows = rows.drop_duplicates("vestiging", ignore_index=True)
    places = places_of(rows["vestiging"], place=rows["place"], gemeente=rows["gemeente"], province=rows["province"])
    return Delivered(name=path.name, sha256=file.sha256, rows=rows, places=places)


SOURCE = Source(
    name="addresses",
    description="The register of vo vestigingen with gemeente and RMC region, refreshed each month.",
    publisher=DUO,
    licence=CC0,
    file_name=re.compile(r"alle-vestigingen-vo"),
    columns=DECLARED,
    read=read_addresses,
    many=False,
)
