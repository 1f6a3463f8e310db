"""Evidence: samples, estimates, findings, verdicts and runs."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from stoeval.errors import CatalogueError
from stoeval.vocabulary.syntheses import Synthesis
from stoeval.vocabulary.words import IdentificationClass

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from stoeval.vocabulary.claims import Link, Measurement, Untestable
    from stoeval.vocabulary.words import Conclusion, SchoolYear

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The rows of one estimand as arrays: the seam between panel and designs.

    Row i is one unit (and group within it) in one school year. `dose` is in the exposure's unit,
    `entitlement` weighs the groups of a unit (one where there are none), `conditioning` holds the
    columns that enter times year, and `placebo_doses` the same dose built from other counts.
    """

    outcome: Floats
    outcome_low: Floats
    outcome_high: Floats
    unit: Integers
    group: Integers
    period: Integers
    cluster: Integers
    stratum: Integers
    dose: Floats
    entitlement: Floats
    conditioning: Floats
    weight: Floats
    offset: Floats
    placebo_doses: tuple[tuple[str, Floats], ...]
    unit_names: tuple[str, ...]
    cluster_names: tuple[str, ...]
    dropped: tuple[tuple[str, int], ...] = ()
    """Rows left out while the sample was made, by reason."""
    other_lines: Floats | None = None
    """(n, q) doses of the other lines of activity; the last conditioning column is then the whole budget."""
    mediator: Floats | None = None
    """(n,) what the cause is thought to work through."""
    recounted_doses: tuple[tuple[int, Floats], ...] = ()
    """The same dose built from the count of each school year at hand, by the year in which it starts."""
    recounted_inputs: tuple[tuple[int, Floats], ...] = ()
    """The input of the dose's formula at the same counts; empty where the dose has none."""

    @property
    def formula_input(self) -> Floats:
        """(n, q) what the dose is a function of, without the whole budget beside the dose of one line."""
        return self.conditioning if self.other_lines is None else self.conditioning[:, :-1]

    def rows(self, keep: Integers) -> Sample:
        """Return the sample with these rows only."""
        arrays = {
            one.name: getattr(self, one.name)[keep] for one in fields(self) if hasattr(getattr(self, one.name), "shape")
        }
        placebos = tuple((name, values[keep]) for name, values in self.placebo_doses)
        doses, inputs = (
            tuple((year, values[keep]) for year, values in counted)
            for counted in (self.recounted_doses, self.recounted_inputs)
        )
        return replace(self, **arrays, placebo_doses=placebos, recounted_doses=doses, recounted_inputs=inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number with its uncertainty and everything needed to read it."""

    effect: float
    std_error: float
    ci_low: float
    ci_high: float
    ci_level: float
    p_value: float
    df: float
    n_obs: int
    n_units: int
    n_clusters: int
    unit: str
    baseline_mean: float
    mde: float
    convention: str
    bound_low: float | None = None
    """Lowest estimate over all admissible values of masked counts; None where no bound is known."""
    bound_high: float | None = None
    n_masked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodEstimate:
    """One coefficient of an event study, with its own interval and its part of the simultaneous band."""

    period: SchoolYear
    effect: float
    std_error: float
    ci_low: float
    ci_high: float
    reference: bool
    band_low: float | None = None
    """None where the coefficients have no joint distribution: fewer regions than years."""
    band_high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Robustness:
    """What other inference, and other assumptions, say about one estimate.

    A number that does not exist is None, and `absent` says why, by the name of the method.
    """

    wild_p: float | None = None
    """p-value and interval of the wild cluster bootstrap; the score bootstrap for a Poisson model."""
    wild_low: float | None = None
    wild_high: float | None = None
    wild_method: str = ""
    permutation_p: float | None = None
    """p-value of doses permuted over regions, and the interval that its draws leave."""
    permutation_p_low: float | None = None
    permutation_p_high: float | None = None
    permutation_method: str = ""
    breakdown: float | None = None
    """How many times the largest change before the start every later change may be until zero is not rejected."""
    pre_test_power: float | None = None
    """Probability that the pre-test sees the linear trend that would explain the whole effect away."""
    leave_out_low: float | None = None
    """Lowest and highest effect when each region is left out in turn."""
    leave_out_high: float | None = None
    effective_clusters: float | None = None
    masked_low: float | None = None
    """Interval that covers the effect wherever the masked counts lie."""
    masked_high: float | None = None
    equivalence_bound: float | None = None
    """The smallest effect that two one-sided tests at 5 % exclude on both sides."""
    absent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A test of an assumption; it may lower a claim and never raise it."""

    name: str
    passed: bool | None
    """None where the check informs and does not decide."""
    statistic: float | None
    threshold: float | None
    detail: str
    cap: IdentificationClass = IdentificationClass.A
    """The strongest class that remains when this check is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a design returns, whole."""

    estimate: Estimate
    path: tuple[PeriodEstimate, ...]
    checks: tuple[Check, ...]
    identification_class: IdentificationClass
    robustness: Robustness


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a panel comes from, as it must be printed with every number."""

    synthetic: bool
    regions: str
    """"STO" for the programme's own regions, else what stands in for them."""
    sources: tuple[tuple[str, str], ...] = ()
    """Name and SHA-256 of each file or generator."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MonitorPanel:
    """A few tidy tables, by name, and where they come from."""

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one link gave at one measurement."""

    hypothesis: int
    link: Link
    finding: Finding | Untestable
    p_adjusted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a measurement concludes about a hypothesis, and why."""

    hypothesis: int
    conclusion: Conclusion
    identification_class: IdentificationClass | None
    because: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.because:
            message = f"H{self.hypothesis}: a verdict needs a reason"
            raise CatalogueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Enough to rerun, and to prove what was fixed when."""

    measurement: str
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
    """School years that rest on provisional figures and that the measurement sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measurement: what was asked, found and concluded."""

    manifest: Manifest
    measurement: Measurement
    results: tuple[Result, ...]
    verdicts: tuple[Verdict, ...]
    synthesis: Synthesis = field(default_factory=Synthesis)
