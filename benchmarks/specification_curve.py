"""About two hundred specifications of one link, with their inference and joint tests, on the panel of open data.

`python -m benchmarks.specification_curve DUO`, with the directory of the DUO files. To the forks of the catalogue come
definitions of technical and subsets of years that are left out, until the limit of the catalogue. What is timed is
the whole: measures of the indicators, samples, fits, CRV3 of each, 999 joint draws of each kind, records. Each time
starts from a panel that nothing remembers. The limit is 10 seconds for a link.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import measure, show

LINKS = ("H9 candidates", "H9 by-leerweg", "H5 candidates")
MOST = 200
YEARS = (2014, 2015, 2016, 2018, 2019)
"""Outside the window of the final measurement."""


def prepare(duo: str, name: str) -> dict[str, Any]:
    """Return the panel at the final measurement, and the catalogue with the forks of one link."""
    from stoeval.catalogue import CATALOGUE, forks  # noqa: PLC0415 - in the measured process only
    from stoeval.panel.assembly import build_panel  # noqa: PLC0415 - in the measured process only
    from stoeval.panel.samples import cut  # noqa: PLC0415 - in the measured process only
    from stoeval.vocabulary import ForkKind, Phase, SchoolYear, routes  # noqa: PLC0415 - in the measured process only

    number, link_name = int(name[1]), name.partition(" ")[2]
    own = [fork for fork in CATALOGUE.forks if (fork.hypothesis, fork.link) == (number, link_name)]
    template = next(fork for fork in own if fork.without)
    kept = [fork for fork in own if not fork.without]
    kept += [replace(fork, hypothesis=number, link=link_name) for fork in forks.TECHNICAL]
    each = len(routes(kept, ForkKind.CHANGING))
    count = (MOST + 1 - len(routes(kept, ForkKind.PRESERVING))) // each - 1
    subsets = chain.from_iterable(combinations(YEARS, size) for size in range(1, len(YEARS) + 1))
    left_out = [tuple(SchoolYear(start=year) for year in years) for years in subsets][:count]
    kept += [replace(template, name="-".join(map(str, years)), without=years) for years in left_out]
    measurement = next(one for one in CATALOGUE.measurements if one.phase is Phase.FINAL)
    return {
        "panel": cut(build_panel(Path(duo)), measurement.last_year),
        "measurement": measurement,
        "catalogue": replace(CATALOGUE, forks=tuple(kept)),
        "link": (number, link_name),
    }


def specify(given: dict[str, Any]) -> tuple[int, int, str]:
    """Return how many specifications there are and were estimated, and the joint p-values."""
    from stoeval.panel.samples import sample  # noqa: PLC0415 - in the measured process only
    from stoeval.synthesis.specification_curve import specifications  # noqa: PLC0415 - in the measured process only
    from stoeval.vocabulary import Result  # noqa: PLC0415 - in the measured process only

    panel = replace(given["panel"])
    catalogue, measurement, (number, name) = given["catalogue"], given["measurement"], given["link"]
    link = next(one for one in catalogue.hypotheses[number - 1].links if one.name == name)
    estimand = link.estimand(measurement)
    result = Result(
        hypothesis=number, link=link, finding=link.design.find(estimand, sample(panel, estimand, catalogue))
    )
    records, curves = specifications(panel, measurement, catalogue, [result], np.random.default_rng(1))
    joint = ", ".join(f"{one.joint_p:.3f}" for one in curves)
    return len(records), sum(one.estimated for one in curves), joint


def main() -> None:
    """Write one table."""
    duo = sys.argv[1]
    measured = [measure(name, specify, prepare=prepare, arguments=(duo, name), repeats=3) for name in LINKS]
    show(
        "specification curve: specifications, estimated, joint p of both kinds",
        measured,
        answers=lambda found: f"{found[0]} specifications, {found[1]} estimated, joint p {found[2]}",
    )


if __name__ == "__main__":
    main()
