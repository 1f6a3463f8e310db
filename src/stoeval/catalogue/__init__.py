"""What is claimed and measured: the content that the commission reads, assembled and cross-checked."""

from __future__ import annotations

from stoeval.catalogue import (
    exposures,
    hypotheses,
    indicators,
    measurements,
    moderators,
    negative_controls,
    norms,
    trade_offs,
)
from stoeval.catalogue.developments import with_developments
from stoeval.catalogue.discovery import discover, require_consistent
from stoeval.catalogue.forks import forks_of
from stoeval.catalogue.indicators import beyond_the_sketch
from stoeval.vocabulary import Catalogue, TechnicalDefinition

__all__ = ["CATALOGUE", "assemble_catalogue"]


def assemble_catalogue(technical: TechnicalDefinition = TechnicalDefinition.HARD) -> Catalogue:
    """Return the catalogue under one definition of technical."""
    claimed = with_developments(negative_controls.with_negative_controls(discover(hypotheses)))
    return require_consistent(
        Catalogue(
            hypotheses=claimed,
            measurements=measurements.ALL,
            indicators=(
                *indicators.ALL,
                *beyond_the_sketch.ALL,
                *negative_controls.INDICATORS,
                *trade_offs.INDICATORS,
            ),
            exposures=exposures.ALL,
            technical=technical,
            norms=norms.NORMS,
            forks=forks_of(claimed),
            moderators=moderators.ALL,
            trade_offs=trade_offs.TRADE_OFFS,
        ),
    )


CATALOGUE = assemble_catalogue()
