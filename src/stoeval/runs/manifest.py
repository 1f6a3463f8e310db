"""The manifest of a run: what it was made of, and a name that follows from it."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from stoeval.panel.provisional import provisional_years
from stoeval.panel.storage import panel_sha256
from stoeval.vocabulary import Manifest

if TYPE_CHECKING:
    from stoeval.vocabulary import Catalogue, Measurement, MonitorPanel

PACKAGES = ("stoeval", "numpy", "scipy", "pandas", "statsmodels", "linearmodels", "pyfixest", "pyarrow")


def manifest_of(panel: MonitorPanel, measurement: Measurement, catalogue: Catalogue, *, seed: int) -> Manifest:
    """Return the manifest of a measurement on a panel."""
    versions = [("python", platform.python_version()), *((package, version(package)) for package in PACKAGES)]
    return Manifest(
        measurement=measurement.name,
        panel_sha256=panel_sha256(panel),
        catalogue_sha256=catalogue_sha256(catalogue),
        technical=catalogue.technical.value,
        synthetic=panel.provenance.synthetic,
        regions=panel.provenance.regions,
        seed=seed,
        sources=panel.provenance.sources,
        notes=panel.provenance.notes,
        versions=tuple(versions),
        provisional=_provisional(panel, measurement),
    )


def _provisional(panel: MonitorPanel, measurement: Measurement) -> tuple[str, ...]:
    """Return the provisional school years up to the last one that a measurement sees."""
    years = {year for table in provisional_years(panel.provenance.notes).values() for year in table}
    return tuple(str(year) for year in sorted(years) if year <= measurement.last_year)


def catalogue_sha256(catalogue: Catalogue) -> str:
    """Return the fingerprint of everything that is claimed: frozen values print the same everywhere."""
    return hashlib.sha256(repr(catalogue).encode()).hexdigest()


def run_name(manifest: Manifest) -> str:
    """Return the directory name of a run: measurement and eight hexadecimal digits of what it is made of."""
    parts = (
        manifest.measurement,
        manifest.panel_sha256,
        manifest.catalogue_sha256,
        manifest.technical,
        str(manifest.seed),
        dict(manifest.versions)["stoeval"],
    )
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f"{manifest.measurement}-{digest[:8]}"
