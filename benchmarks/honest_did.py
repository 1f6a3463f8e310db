"""Relative magnitudes at four values of mbar on the Medicaid event study, and its breakdown values.

`PYTHONPATH=src python -m benchmarks.honest_did VALIDATION`, with the directory of the published sets. The comparison
is with moderndid[didhonest]; where it is not installed the row says so, and an interpreter that has it, with numpy,
scipy and pandas, runs this as well.
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.timing import measure, show

if TYPE_CHECKING:
    from collections.abc import Sequence

MBARS = (0.5, 1.0, 1.5, 2.0)
FIRST_YEAR = (1.0, 0.0)


def study(directory: str) -> tuple[Any, ...]:
    """Return coefficients, covariance and numbers of periods."""
    from tests.event_studies import medicaid  # noqa: PLC0415 - in the measured process only

    from stoeval.inference import honest_did  # noqa: F401, PLC0415 - in the measured process only

    found = medicaid(Path(directory))
    return found.betahat, found.sigma, found.n_pre, found.n_post


def study_of_moderndid(directory: str) -> tuple[Any, ...]:
    """Return the same, with moderndid imported so that no import is timed."""
    import cvxpy  # noqa: F401, PLC0415 - moderndid hides which of its parts is missing
    from moderndid import didhonest  # noqa: F401, PLC0415 - in the measured process only

    return study(directory)


def intervals(given: tuple[Any, ...]) -> list[tuple[float, float]]:
    """Return our intervals."""
    from stoeval.inference.honest_did import relative_magnitudes  # noqa: PLC0415 - in the measured process only

    found = [relative_magnitudes(*given, mbar, FIRST_YEAR) for mbar in MBARS]
    return [(each.ci_low, each.ci_high) for each in found]


def combined(given: tuple[Any, ...]) -> list[tuple[float, float]]:
    """Return our intervals in relative smoothness."""
    from stoeval.inference.honest_did import relative_smoothness  # noqa: PLC0415 - in the measured process only

    found = [relative_smoothness(*given, mbar, FIRST_YEAR) for mbar in MBARS]
    return [(each.ci_low, each.ci_high) for each in found]


def breakdowns(given: tuple[Any, ...]) -> list[tuple[float, float]]:
    """Return our breakdown value of every restriction, with the end of its search."""
    from stoeval.inference.honest_did import Restriction, breakdown  # noqa: PLC0415 - in the measured process only

    found = [breakdown(*given, FIRST_YEAR, restriction=each) for each in Restriction]
    return [(each.bound, each.upper) for each in found]


def intervals_of_moderndid(given: tuple[Any, ...]) -> list[tuple[float, float]]:
    """Return the intervals of moderndid."""
    return _by_moderndid(given, "deviation from parallel trends")


def combined_of_moderndid(given: tuple[Any, ...]) -> list[tuple[float, float]]:
    """Return the intervals of moderndid in relative smoothness."""
    return _by_moderndid(given, "deviation from linear trend")


def _by_moderndid(given: tuple[Any, ...], bound: str) -> list[tuple[float, float]]:
    import numpy as np  # noqa: PLC0415 - in the measured process only
    from moderndid.didhonest import create_sensitivity_results_rm  # noqa: PLC0415 - in the measured process only

    table = create_sensitivity_results_rm(*given, bound=bound, m_bar_vec=list(MBARS), l_vec=np.array(FIRST_YEAR))
    return list(zip(table["lb"].to_list(), table["ub"].to_list(), strict=True))


def printed(pairs: Sequence[tuple[float, float]]) -> str:
    """Return intervals in the digits that HonestDiD prints."""
    return " ".join(f"[{low:.4f}, {high:.4f}]" for low, high in pairs)


def main() -> None:
    """Print a table for each piece of work."""
    if len(sys.argv) != 2:
        sys.exit("name the directory of the published sets")
    name, arguments = f"moderndid, Python {platform.python_version()}", (sys.argv[1],)
    own: dict[str, Any] = {"prepare": study, "arguments": arguments, "repeats": 5}
    theirs: dict[str, Any] = {"prepare": study_of_moderndid, "arguments": arguments, "repeats": 2}
    show(
        f"HonestDiD, Medicaid, relative magnitudes at {MBARS}",
        [measure("stoeval", intervals, **own), measure(name, intervals_of_moderndid, **theirs)],
        answers=printed,
    )
    show(
        f"HonestDiD, Medicaid, relative smoothness at {MBARS}",
        [measure("stoeval", combined, **own), measure(name, combined_of_moderndid, **theirs)],
        answers=printed,
    )
    show(
        "HonestDiD, Medicaid, breakdown values of the three restrictions, with the end of each search",
        [measure("stoeval", breakdowns, **own)],
        answers=printed,
    )


if __name__ == "__main__":
    main()
