"""The final effect measurement of 2023-2024, beside the interim one.

In:  a panel directory (--panel), or the simulated twin where none is given.
Out: runs/interim-…/, runs/final-…/ and reports/final_2023_2024.html; estimates and verdicts only, no counts
     of single schools.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import stoeval


def main() -> None:
    """Run both measurements and write one report, interim beside final."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panel", type=Path, help="panel directory; the simulated twin where none is given")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--seed", type=int, default=20180801)
    arguments = parser.parse_args()

    panel = stoeval.read_panel(arguments.panel) if arguments.panel else stoeval.simulate(seed=arguments.seed)
    runs = [
        stoeval.evaluate(panel, measurement, stoeval.CATALOGUE, seed=arguments.seed)
        for measurement in stoeval.CATALOGUE.measurements
    ]
    stored = [stoeval.read_run(stoeval.write_run(run, arguments.out)) for run in runs]
    report = stoeval.write_report(stored, stoeval.CATALOGUE, "nl", Path("reports/final_2023_2024.html"))
    for interim, final in zip(*(run.verdicts for run in runs), strict=True):
        print(f"H{final.hypothesis}: {interim.conclusion} -> {final.conclusion}")
    print(f"{report}")


if __name__ == "__main__":
    main()
