"""The interim effect measurement of 2021.

In:  a panel directory (--panel), or the simulated twin where none is given.
Out: runs/interim-…/ and reports/interim_2021.html; estimates and verdicts only, no counts of single schools.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import stoeval


def main() -> None:
    """Run the interim measurement and write its report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panel", type=Path, help="panel directory; the simulated twin where none is given")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--seed", type=int, default=20180801)
    arguments = parser.parse_args()

    panel = stoeval.read_panel(arguments.panel) if arguments.panel else stoeval.simulate(seed=arguments.seed)
    interim = next(one for one in stoeval.CATALOGUE.measurements if one.name == "interim")
    run = stoeval.evaluate(panel, interim, stoeval.CATALOGUE, seed=arguments.seed)
    stored = stoeval.read_run(stoeval.write_run(run, arguments.out))
    report = stoeval.write_report([stored], stoeval.CATALOGUE, "nl", Path("reports/interim_2021.html"))
    for verdict in run.verdicts:
        print(f"H{verdict.hypothesis}: {verdict.conclusion}")
    print(f"{stored.path}\n{report}")


if __name__ == "__main__":
    main()
