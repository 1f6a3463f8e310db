"""What is claimed and measured: the content that the commission reads, assembled and cross-checked."""

from __future__ import annotations

from stoeval.catalogue import exposures, hypotheses, indicators, measurements, norms
from stoeval.catalogue.discovery import discover, require_consistent
from stoeval.vocabulary import Catalogue, TechnicalDefinition

__all__ = ["CATALOGUE", "assemble_catalogue"]


def assemble_catalogue(technical: TechnicalDefinition = TechnicalDefinition.HARD) -> Catalogue:
    """Return the catalogue under one definition of technical."""
    return require_consistent(
        Catalogue(
            hypotheses=discover(hypotheses),
            measurements=measurements.ALL,
            indicators=indicators.ALL,
            exposures=exposures.ALL,
            technical=technical,
            norms=norms.NORMS,
        ),
    )


CATALOGUE = assemble_catalogue()
