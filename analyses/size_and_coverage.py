"""How often each method of inference is wrong, with 78, 40, 12 and 7 of 78 treated regions.

In:  nothing; countries are simulated with seeds of their own.
Out: results/size_and_coverage.csv beside this file and the tables of docs/explanation/size_and_coverage.md. Cells that
     are finished stay in runs/size_and_coverage/ and are not made again; 2,000 draws of all take forty minutes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from monte_carlo.grid import CELLS, DRAWS, read_rows, rows_of, write_rows
from monte_carlo.page import with_tables

HERE = Path(__file__).parent


def main() -> None:
    """Simulate the cells that are asked for, and publish the grid once it is whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", action="append", choices=[cell.name for cell in CELLS], help="by default all")
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "size_and_coverage.csv")
    parser.add_argument("--page", type=Path, default=HERE.parent / "docs" / "explanation" / "size_and_coverage.md")
    parser.add_argument("--parts", type=Path, default=Path("runs/size_and_coverage"))
    arguments = parser.parse_args()

    parts = {cell.name: arguments.parts / str(arguments.draws) / f"{cell.name}.csv" for cell in CELLS}
    for cell in CELLS:
        if cell.name in (arguments.cell or parts) and not parts[cell.name].exists():
            write_rows(parts[cell.name], rows_of(cell, arguments.draws))
            print(f"{cell.name}: done")
    missing = [name for name, path in parts.items() if not path.exists()]
    if missing:
        print(f"{len(missing)} of {len(parts)} cells are left: {'; '.join(missing)}")
        return
    rows = [row for path in parts.values() for row in read_rows(path)]
    write_rows(arguments.out, rows)
    arguments.page.write_text(with_tables(arguments.page.read_text(encoding="utf-8"), rows), encoding="utf-8")
    print(f"{arguments.out}\n{arguments.page}")


if __name__ == "__main__":
    main()
