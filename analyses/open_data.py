"""Both measurements on open DUO data: what can be said without the STO deliveries, and what cannot.

In:  the public DUO files (--deliveries, else STOEVAL_DUO, else ../shared/data/duo), read in place; the user's
     own table of STO regions (--regions), where RMC regions stand in for it.
Out: panel/open_data/, runs/interim-…/, runs/final-…/ and reports/open_data.html; with --page also the page of
     docs/explanation on what open data show. The panel holds counts by school as DUO publishes them; the runs, the
     report and the page hold estimates only.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from open_data_page.page import page
from open_data_page.recounts import recounts

import stoeval


def main() -> None:
    """Build the panel, run both measurements, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=Path, default=Path(os.environ.get("STOEVAL_DUO", "../shared/data/duo")))
    parser.add_argument("--regions", type=Path, help="table of STO regions")
    parser.add_argument("--out", type=Path, default=Path("runs"))
    parser.add_argument("--page", type=Path, help="where to write the page on what open data show")
    parser.add_argument("--seed", type=int, default=20180801)
    arguments = parser.parse_args()

    panel = stoeval.build_panel(arguments.deliveries, regions=arguments.regions)
    stoeval.write_panel(panel, Path("panel/open_data"))
    runs = [
        stoeval.evaluate(panel, measurement, stoeval.CATALOGUE, seed=arguments.seed)
        for measurement in stoeval.CATALOGUE.measurements
    ]
    stored = [stoeval.read_run(stoeval.write_run(run, arguments.out)) for run in runs]
    report = stoeval.write_report(stored, stoeval.CATALOGUE, "nl", Path("reports/open_data.html"))
    for note in panel.provenance.notes:
        print(f"- {note}")
    for run in stored:
        testable, asked = int(run.links["testable"].sum()), len(run.links)
        print(f"{run.path.name}: {testable} of {asked} links give an estimate on open data")
    print(f"{report}")
    if arguments.page:
        text = page(stored, stoeval.CATALOGUE, recounts(panel), panel.provenance.notes)
        arguments.page.write_text(text, encoding="utf-8")
        print(f"{arguments.page}")


if __name__ == "__main__":
    main()
