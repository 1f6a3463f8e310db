"""Operating characteristics: rates with intervals, as flat records, and the file that holds them.

The interval is that of Clopper and Pearson (1934, Biometrika 26(4)), which covers at least 95 %. A rate over some
draws and one over other draws of the same seed pool to a rate over all of them.
"""

from __future__ import annotations

import csv
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from stoeval.errors import VerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PACKAGED = Path(__file__).parent / "results" / "operating_characteristics.csv"
"""What the report prints beside each verdict."""
LEVEL = 0.95
COVERAGE = "dekking"
"""The 95 % interval of a link holds the true effect."""
SEEN = "significant"
"""An effect in the expected direction is significant in the family, whatever the class allows."""
FAMILY = 0
"""In place of the number of a hypothesis: at least one of the family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatingCharacteristic:
    """How often one outcome of the rule occurs in countries whose truth is known."""

    hypothesis: int
    """Zero for at least one of the family."""
    measurement: str
    multiple: float
    """Size of the true effects, in reference effects; zero where nothing has an effect."""
    outcome: str
    """A conclusion, `significant`, or `dekking` of the interval of a link."""
    link: str
    draws: int
    count: int
    rate: float
    ci_low: float
    ci_high: float
    seed: int
    first: int
    """Number of the first draw, and of the last."""
    last: int
    version: str
    catalogue_sha256: str

    @property
    def key(self) -> tuple[object, ...]:
        """What the rate is of, and of which program: everything but the draws."""
        return (
            self.hypothesis,
            self.measurement,
            self.multiple,
            self.outcome,
            self.link,
            self.seed,
            self.version,
            self.catalogue_sha256,
        )


def interval(count: int, draws: int) -> tuple[float, float]:
    """Return the exact interval of a rate."""
    from scipy.special import betaincinv  # noqa: PLC0415 - reading a file of results needs no scipy

    tail = (1 - LEVEL) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, draws - count + 1, tail))
    high = 1.0 if count == draws else float(betaincinv(count + 1, draws - count, 1 - tail))
    return low, high


def pooled(records: Iterable[OperatingCharacteristic]) -> tuple[OperatingCharacteristic, ...]:
    """Return the rates over all draws of records; raise VerificationError where the same draws are counted twice."""
    groups: dict[tuple[object, ...], list[OperatingCharacteristic]] = {}
    for one in records:
        groups.setdefault(one.key, []).append(one)
    return tuple(_together(sorted(group, key=lambda one: one.first)) for group in groups.values())


def _together(group: Sequence[OperatingCharacteristic]) -> OperatingCharacteristic:
    for one, following in pairwise(group):
        if following.first <= one.last:
            message = f"draws {following.first} to {one.last} of seed {one.seed} stand in two files; count them once"
            raise VerificationError(message)
    draws, count = sum(one.draws for one in group), sum(one.count for one in group)
    low, high = interval(count, draws)
    return replace(
        group[0], draws=draws, count=count, rate=count / draws, ci_low=low, ci_high=high, last=group[-1].last
    )


def write_characteristics(records: Sequence[OperatingCharacteristic], path: Path) -> Path:
    """Write records as CSV and return the path; an interruption leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, prefix=f".{path.name}-", delete=False, encoding="utf-8", newline=""
    ) as file:
        place = Path(file.name)
        try:
            writer = csv.DictWriter(file, [one.name for one in fields(OperatingCharacteristic)], lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(one) for one in records)
            file.close()
            place.chmod(0o644)
            place.replace(path)
        finally:
            place.unlink(missing_ok=True)
    return path


def read_characteristics(path: Path = PACKAGED) -> tuple[OperatingCharacteristic, ...]:
    """Return the records of a file, by default those that come with the package; none where that is not there.

    Raises VerificationError where the file holds something else.
    """
    if path == PACKAGED and not path.exists():
        return ()
    kinds = {"str": str, "int": int, "float": float}
    types = {one.name: kinds[str(one.type)] for one in fields(OperatingCharacteristic)}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return tuple(OperatingCharacteristic(**{name: types[name](cell) for name, cell in row.items()}) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} holds no operating characteristics; make it with `stoeval diagnose all`"
        raise VerificationError(message) from error
