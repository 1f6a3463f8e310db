"""The simulated twin: a country like the Netherlands in which the truth is known.

It exists to test the evaluation and to teach with. It has the size, the distributions, the masking and
the traps of the real deliveries and none of their content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stoeval.panel.contract import conform
from stoeval.panel.tables import (
    CONTEXT,
    FLOWS,
    INITIATIVES,
    OFFERS,
    PLANS,
    PROGRAMMES,
    PROSPECTS,
    REGIONS,
    RESPONSE,
    STAFF,
    SURVEYS,
    VESTIGINGEN,
)
from stoeval.panel.twin.answers import surveys
from stoeval.panel.twin.careers import draw_fates, follow
from stoeval.panel.twin.choices import choose, draw_entry, moved_share
from stoeval.panel.twin.flows import flows
from stoeval.panel.twin.funding import fund
from stoeval.panel.twin.histories import draw_histories
from stoeval.panel.twin.initiatives import initiatives
from stoeval.panel.twin.mergers import merge_small
from stoeval.panel.twin.offers import offers, vestigingen
from stoeval.panel.twin.people import staff
from stoeval.panel.twin.schools import draw_schools
from stoeval.panel.twin.surroundings import context, programmes, prospects, response
from stoeval.panel.twin.theory import draw_theory
from stoeval.panel.twin.truth import DEFAULT_TRUTH, PlantedEffect, Truth
from stoeval.panel.twin.world import World
from stoeval.vocabulary import MonitorPanel, Provenance

if TYPE_CHECKING:
    import pandas as pd

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
    "prospects",
    "context",
    "programmes",
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
    differ by the effects only. About 200,000 rows in twelve tables; a few seconds.
    """
    luck = streams(seed)
    return MonitorPanel(
        tables=_written(live(truth, luck), luck),
        provenance=Provenance(
            synthetic=True,
            regions="STO (gesimuleerd)",
            sources=(("simulation", f"seed {seed}"),),
            notes=_NOTES,
        ),
    )


def streams(seed: int) -> dict[str, np.random.Generator]:
    """Return a random stream for each process."""
    children = np.random.SeedSequence(seed).spawn(len(_PROCESSES))
    return {name: np.random.default_rng(child) for name, child in zip(_PROCESSES, children, strict=True)}


def live(truth: Truth, luck: dict[str, np.random.Generator]) -> World:
    """Let land, schools, pupils and money happen under a truth."""
    schools = draw_schools(luck["schools"])
    land, sites = schools.land, schools.land.n_sites
    histories = draw_histories(luck["histories"], schools)
    entry = draw_entry(luck["entry"], schools, histories)
    fates = draw_fates(luck["fates"], int(entry.count.sum()))
    # The counts that fix the doses lie before every effect on pupils, so a world without effects gives them.
    untouched = follow(entry, choose(entry, entry.share), fates)
    funding = fund(luck["funding"], land, untouched.taught(sites))
    share = moved_share(entry, truth, funding.doses)
    moved = untouched if share is entry.share else follow(entry, choose(entry, share), fates)
    pupils = merge_small(luck["mergers"], land, moved, truth, funding.doses)
    return World(
        schools=schools,
        histories=histories,
        pupils=pupils,
        taught=pupils.taught(sites),
        theory=draw_theory(luck["theory"], schools),
        truth=truth,
        funding=funding,
    )


def _written(world: World, luck: dict[str, np.random.Generator]) -> dict[str, pd.DataFrame]:
    answers = surveys(luck["surveys"], world)
    frames = (
        (OFFERS, offers(luck["marks"], world)),
        (VESTIGINGEN, vestigingen(world)),
        (REGIONS, world.funding.regions),
        (PLANS, world.funding.plans),
        (STAFF, staff(luck["staff"], world)),
        (SURVEYS, answers),
        (FLOWS, flows(luck["flows"], world)),
        (INITIATIVES, initiatives(luck["initiatives"], world.land)),
        (RESPONSE, response(world, answers)),
        (PROSPECTS, prospects(luck["prospects"])),
        (CONTEXT, context(luck["context"], world.land, world.schools.size)),
        (PROGRAMMES, programmes(luck["programmes"], world)),
    )
    return {table.name: conform(frame, table) for table, frame in frames}
