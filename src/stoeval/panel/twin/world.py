"""World: everything that has happened, ready to be written down in tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoeval.panel.twin.careers import Pupils
    from stoeval.panel.twin.funding import Doses, Funding
    from stoeval.panel.twin.histories import Histories
    from stoeval.panel.twin.landscape import Landscape
    from stoeval.panel.twin.schools import Schools
    from stoeval.panel.twin.theory import TheoreticalLeerweg
    from stoeval.panel.twin.truth import Truth
    from stoeval.vocabulary import Integers


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class World:
    """One simulated country under one truth."""

    schools: Schools
    histories: Histories
    pupils: Pupils
    taught: Integers
    """Pupils in leerjaar 3 and 4: sites x profiles x leerwegen x school years."""
    theory: TheoreticalLeerweg
    truth: Truth
    funding: Funding

    @property
    def land(self) -> Landscape:
        """Regions and sites."""
        return self.schools.land

    @property
    def doses(self) -> Doses:
        """Exposures that follow from the money."""
        return self.funding.doses
