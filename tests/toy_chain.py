"""A mechanism of Toyland in three steps, and a circumstance in which it may work otherwise."""

from __future__ import annotations

from dataclasses import replace

from stoeval.vocabulary import CausalChain, Direction, Expected, Link, Moderator, Role
from toy_catalogue import BAKERS, hypothesis, link

LATER = Expected(interim=Direction.NO_RESPONSE, final=Direction.RISE)
HOLDS = Expected(interim=Direction.NOT_LOWER, final=Direction.NOT_LOWER)
FALLS = Expected(interim=Direction.FALL, final=Direction.FALL)
FLOUR, BREAD = (replace(BAKERS, name=name, label=name) for name in ("flour", "bread"))


def step(name: str, **changes: object) -> Link:
    """Return a link of a chain."""
    return link(name, role=Role.SECONDARY, **changes)


TO_FLOUR, TO_BREAD = step("to-flour", effect=FLOUR), step("to-bread", effect=BREAD)
FLOUR_TO_BREAD = step("flour-to-bread", cause=FLOUR, effect=BREAD)
BREAD_TO_BAKERS = step("bread-to-bakers", cause=BREAD)
TOY = hypothesis(chain=CausalChain(links=(BREAD_TO_BAKERS, FLOUR_TO_BREAD, TO_FLOUR)))
"""Flour, bread, bakers; declared from back to front."""
SHRINKING = Moderator(
    name="shrinking",
    label="Krimp",
    label_en="Shrinking",
    unit="region",
    source="by hand",
    categories=(("yes", "ja", "yes"), ("no", "nee", "no")),
)
