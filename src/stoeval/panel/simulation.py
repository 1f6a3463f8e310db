"""The simulated twin: a country like the Netherlands in which the truth is known.

It exists to test the evaluation and to teach with. It has the size, the distributions, the masking and
the traps of the real deliveries and none of their content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.tables import FLOWS, INITIATIVES, OFFERS, PLANS, REGIONS, STAFF, SURVEYS, VESTIGINGEN
from stoeval.panel.twin.answers import surveys
from stoeval.panel.twin.careers import draw_fates, follow
from stoeval.panel.twin.casting import cast
from stoeval.panel.twin.choices import choose, draw_entry
from stoeval.panel.twin.flows import flows
from stoeval.panel.twin.funding import fund, region_names
from stoeval.panel.twin.histories import draw_histories
from stoeval.panel.twin.initiatives import initiatives
from stoeval.panel.twin.mergers import merge_small
from stoeval.panel.twin.offers import professional_offers, theoretical_offers, vestigingen
from stoeval.panel.twin.people import staff
from stoeval.panel.twin.schools import draw_schools
from stoeval.panel.twin.theory import draw_theory
from stoeval.panel.twin.truth import DEFAULT_TRUTH, PlantedEffect, Truth
from stoeval.vocabulary import MonitorPanel, Provenance

if TYPE_CHECKING:
    import pandas as pd

    from stoeval.panel.tables import Table

__all__ = ["DEFAULT_TRUTH", "PlantedEffect", "Truth", "simulate"]

_PROCESSES = (
    "schools",
    "histories",
    "entry",
    "fates",
    "funding",
    "mergers",
    "marks",
    "theory",
    "staff",
    "surveys",
    "flows",
    "initiatives",
)
"""Each process has a stream of its own, so that an effect on one leaves the luck of the others alone."""
_NOTES = (
    "Gesimuleerd: geen enkele vestiging, leerling, docent of regio in dit panel bestaat.",
    "De ware effecten zijn bekend en vooraf in de simulatie gelegd; zie Truth in stoeval.panel.simulation.",
    "De verdelingen lijken op openbare cijfers van DUO en de STO-monitor; de cijfers zelf zijn getrokken.",
)


def simulate(truth: Truth = DEFAULT_TRUTH, *, seed: int) -> MonitorPanel:
    """Return the panel of a simulated country in which `truth` holds.

    The same seed gives the same panel; two truths with the same seed share all luck, so that their panels
    differ by the effects only. Ten to a hundred thousand rows a table; a few seconds.
    """
    children = np.random.SeedSequence(seed).spawn(len(_PROCESSES))
    luck = {name: np.random.default_rng(child) for name, child in zip(_PROCESSES, children, strict=True)}
    frames = _frames(truth, luck)
    return MonitorPanel(
        tables={table.name: cast(frame, table) for table, frame in frames},
        provenance=Provenance(
            synthetic=True,
            regions="STO (gesimuleerd)",
            sources=(("simulation", f"seed {seed}"),),
            notes=_NOTES,
        ),
    )


def _frames(truth: Truth, luck: dict[str, np.random.Generator]) -> tuple[tuple[Table, pd.DataFrame], ...]:
    schools = draw_schools(luck["schools"])
    land, sites = schools.land, schools.land.n_sites
    histories = draw_histories(luck["histories"], schools)
    entry = draw_entry(luck["entry"], schools, histories)
    fates = draw_fates(luck["fates"], int(entry.count.sum()))
    theory = draw_theory(luck["theory"], schools)
    # The doses are fixed by counts that lie before every effect on pupils, so a world without effects gives them.
    before = follow(entry, choose(entry, truth), fates)
    funding = fund(luck["funding"], land, before.count("entrants", sites) + before.count("fourth", sites))
    doses = funding.doses
    pupils = merge_small(luck["mergers"], land, follow(entry, choose(entry, truth, doses), fates), truth, doses)
    taught = pupils.count("entrants", sites) + pupils.count("fourth", sites)
    present = taught.sum(axis=(1, 2)) + theory.entrants + theory.fourth
    offers = [
        *professional_offers(luck["marks"], pupils, histories, sites),
        *theoretical_offers(luck["marks"], theory, histories),
    ]
    return (
        (OFFERS, _stack(offers)),
        (VESTIGINGEN, vestigingen(land, histories, present, region_names())),
        (REGIONS, funding.regions),
        (PLANS, funding.plans),
        (STAFF, staff(luck["staff"], land, taught, truth, doses)),
        (SURVEYS, surveys(luck["surveys"], land, histories, taught, truth, doses)),
        (FLOWS, flows(luck["flows"], land, histories, pupils, theory, truth, doses)),
        (INITIATIVES, initiatives(luck["initiatives"], land)),
    )


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Stack frames whose columns differ; what a frame lacks is empty."""
    import pandas as pd

    return pd.concat([cast(frame, OFFERS) for frame in frames], ignore_index=True)
