"""The rows of a stored run as typed records, with what the catalogue knows about its measurement."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, TypeVar, get_type_hints

import pandas as pd

from stoeval.errors import CatalogueError, VerificationError
from stoeval.vocabulary import (
    RECORDS,
    Catalogue,
    Conclusion,
    Direction,
    IdentificationClass,
    Measurement,
    Phase,
    SchoolYear,
    Synthesis,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoeval.runs.read import StoredRun


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRow:
    """One row of `estimates`."""

    hypothesis: int
    link: str
    role: str
    outcome: str
    exposure: str
    design: str
    population: str
    effect: float
    std_error: float
    ci_low: float
    ci_high: float
    ci_level: float
    p_value: float
    p_adjusted: float | None
    n_units: int
    n_clusters: int
    unit: str
    baseline_mean: float
    mde: float
    identification_class: IdentificationClass
    convention: str
    expected: Direction
    bound_low: float | None
    bound_high: float | None
    n_masked: int

    @property
    def waits(self) -> bool:
        """Whether the outcome cannot respond yet at this measurement."""
        return self.expected is Direction.NO_RESPONSE


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """One row of `event_study`."""

    hypothesis: int
    link: str
    school_year: SchoolYear
    effect: float
    std_error: float
    ci_low: float
    ci_high: float
    reference: bool
    band_low: float | None
    band_high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustnessRow:
    """One row of `robustness`."""

    hypothesis: int
    link: str
    wild_p: float | None
    wild_low: float | None
    wild_high: float | None
    permutation_p: float | None
    breakdown: float | None
    pre_test_power: float | None
    leave_out_low: float | None
    leave_out_high: float | None
    effective_clusters: float | None
    equivalence_bound: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One row of `checks`."""

    hypothesis: int
    link: str
    check: str
    passed: bool | None
    statistic: float | None
    threshold: float | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRow:
    """One row of `verdicts`."""

    hypothesis: int
    conclusion: Conclusion
    identification_class: IdentificationClass | None
    because: str

    @property
    def reasons(self) -> tuple[str, ...]:
        """The parts of the reason."""
        return tuple(part.strip() for part in self.because.split("|"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One row of `links`."""

    hypothesis: int
    link: str
    role: str
    testable: bool
    reason: str
    missing: str

    @property
    def deliveries(self) -> tuple[str, ...]:
        """The deliveries this link waits for."""
        return tuple(part.strip() for part in self.missing.split(";") if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What a manifest says, as the report prints it."""

    folder: str
    panel_sha256: str
    catalogue_sha256: str
    technical: str
    synthetic: bool
    regions: str
    seed: int
    sources: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]
    provisional: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """Whether its numbers are simulated, stand in for the programme's regions, or are real."""
        if self.synthetic:
            return "simulated"
        return "real" if self.regions == "STO" else "stand_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredRun:
    """One stored run with its measurement."""

    measurement: Measurement
    facts: RunFacts
    estimates: tuple[EstimateRow, ...]
    robustness: tuple[RobustnessRow, ...]
    periods: tuple[PeriodRow, ...]
    checks: tuple[CheckRow, ...]
    verdicts: tuple[VerdictRow, ...]
    links: tuple[LinkRow, ...]
    synthesis: Synthesis = field(default_factory=Synthesis)

    def verdict(self, hypothesis: int) -> VerdictRow | None:
        """Return the verdict on a hypothesis, if the run has one."""
        return next((row for row in self.verdicts if row.hypothesis == hypothesis), None)

    @property
    def decisive(self) -> tuple[EstimateRow, ...]:
        """Primary estimates of outcomes that can respond at this measurement."""
        return tuple(row for row in self.estimates if row.role == "primary" and not row.waits)

    def primary(self, hypothesis: int) -> tuple[EstimateRow, ...]:
        """Return the primary estimates of a hypothesis."""
        return tuple(row for row in self.estimates if row.hypothesis == hypothesis and row.role == "primary")

    def further(self, hypothesis: int) -> tuple[EstimateRow, ...]:
        """Return the estimates of a hypothesis that do not decide its verdict."""
        return tuple(row for row in self.estimates if row.hypothesis == hypothesis and row.role != "primary")

    def checks_of(self, row: EstimateRow) -> tuple[CheckRow, ...]:
        """Return the checks of an estimate."""
        return tuple(one for one in self.checks if (one.hypothesis, one.link) == (row.hypothesis, row.link))

    def second_opinion(self, row: EstimateRow) -> RobustnessRow | None:
        """Return what other inference says about an estimate, if the run has it."""
        found = (one for one in self.robustness if (one.hypothesis, one.link) == (row.hypothesis, row.link))
        return next(found, None)

    def path(self, row: EstimateRow) -> tuple[PeriodRow, ...]:
        """Return the years of an estimate in order."""
        found = [one for one in self.periods if (one.hypothesis, one.link) == (row.hypothesis, row.link)]
        return tuple(sorted(found, key=lambda one: one.school_year))

    def failed(self, row: EstimateRow, check: str) -> bool:
        """Say whether an estimate failed a check whose name begins like this."""
        return any(one.check.startswith(check) and one.passed is False for one in self.checks_of(row))


Row = TypeVar("Row")


def read_runs(runs: Sequence[StoredRun], catalogue: Catalogue) -> tuple[MeasuredRun, ...]:
    """Type the rows of stored runs and put interim before final.

    Raises
    ------
    CatalogueError
        If there is no run, or a run holds a measurement or hypothesis that the catalogue does not.
    VerificationError
        If a run lacks a column or holds a value that cannot be read.
    """
    if not runs:
        message = "a report needs at least one stored run; evaluate a measurement first"
        raise CatalogueError(message)
    measured = [_measured(run, catalogue) for run in runs]
    return tuple(sorted(measured, key=lambda run: run.measurement.phase is Phase.FINAL))


def _measured(run: StoredRun, catalogue: Catalogue) -> MeasuredRun:
    name = str(run.manifest["measurement"])
    measurement = next((one for one in catalogue.measurements if one.name == name), None)
    known = {hypothesis.number for hypothesis in catalogue.hypotheses}
    verdicts = _rows(VerdictRow, run.verdicts, run)
    strange = sorted({row.hypothesis for row in verdicts} - known)
    if measurement is None or strange:
        what = f"measurement {name!r}" if measurement is None else f"hypotheses {strange}"
        message = f"run {run.path.name} holds {what}, unknown to this catalogue; pass the catalogue it was made with"
        raise CatalogueError(message)
    return MeasuredRun(
        measurement=measurement,
        facts=_facts(run),
        estimates=_rows(EstimateRow, run.estimates, run),
        robustness=_rows(RobustnessRow, run.robustness, run),
        periods=_rows(PeriodRow, run.event_study, run),
        checks=_rows(CheckRow, run.checks, run),
        verdicts=verdicts,
        links=_rows(LinkRow, run.links, run),
        synthesis=Synthesis(**{name: _rows(RECORDS[name], frame, run) for name, frame in run.synthesis.items()}),
    )


def _facts(run: StoredRun) -> RunFacts:
    manifest = run.manifest
    return RunFacts(
        folder=run.path.name,
        panel_sha256=str(manifest["panel_sha256"]),
        catalogue_sha256=str(manifest["catalogue_sha256"]),
        technical=str(manifest["technical"]),
        synthetic=bool(manifest["synthetic"]),
        regions=str(manifest["regions"]),
        seed=int(str(manifest["seed"])),
        sources=_pairs(manifest["sources"]),
        notes=_texts(manifest["notes"]),
        versions=_pairs(manifest["versions"]),
        provisional=_texts(manifest.get("provisional", ())),
    )


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    return tuple((str(first), str(second)) for first, second in value) if isinstance(value, (list, tuple)) else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else ()


def _rows(kind: type[Row], frame: pd.DataFrame, run: StoredRun) -> tuple[Row, ...]:
    hints = get_type_hints(kind)
    names = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        message = f"run {run.path.name}: {kind.__name__} lacks columns {', '.join(lacking)}; evaluate it again"
        raise VerificationError(message)
    records = frame[names].astype(object).to_dict("records")
    make: Callable[..., Row] = kind
    try:
        return tuple(
            make(**{name: _value(record[name], _READERS[hints[name]]) for name in names}) for record in records
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"run {run.path.name}: {kind.__name__} holds a value that cannot be read: {error}"
        raise VerificationError(message) from error


def _value(value: object, reader: tuple[Callable[[str], object], object]) -> object:
    read, empty = reader
    if value is None or value is pd.NA or value != value or value == "":  # noqa: PLR0124 - NaN is not itself
        if empty is ...:
            message = "a required cell is empty"
            raise ValueError(message)
        return empty
    return read(str(value))


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _school_year(text: str) -> SchoolYear:
    return SchoolYear(start=int(text[:4]))


_READERS: dict[object, tuple[Callable[[str], object], object]] = {
    str: (str, ""),
    int: (lambda text: int(float(text)), ...),
    float: (float, ...),
    bool: (_truth, ...),
    float | None: (float, None),
    int | None: (lambda text: int(float(text)), None),
    bool | None: (_truth, None),
    SchoolYear: (_school_year, ...),
    Conclusion: (Conclusion, ...),
    Direction: (Direction, ...),
    IdentificationClass: (IdentificationClass, ...),
    IdentificationClass | None: (IdentificationClass, None),
}
