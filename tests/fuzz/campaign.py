"""Run damaged files through every reader, in a number of executions that can be repeated and resumed.

`python tests/fuzz/campaign.py --executions 1000000 --seed 1`

Execution n of a seed is always the same file. What was done so far is kept in a file of state; a campaign of the
same seed goes on from there. An error that is not the typed one is kept with its number, and the campaign goes on.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from itertools import accumulate
from pathlib import Path
from random import Random
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from targets import targets

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from targets import Target

MEMORY = Path("/dev/shm")  # noqa: S108 - files in memory, in a directory of their own
KEPT_EVERY = 2_000
SLOW = 10.0
"""Seconds of processor time after which an execution is as bad as an error."""


class Campaign:
    """Counts of what became of damaged files."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.targets = targets(directory)
        self.directory = directory
        self.seed = seed
        self.bounds = tuple(accumulate(target.weight for target in self.targets))
        self.done = 0
        self.seconds = 0.0
        self.outcomes: Counter[str] = Counter()
        self.damages: Counter[str] = Counter()
        self.refused_by: Counter[str] = Counter()
        self.findings: dict[str, dict[str, Any]] = {}
        self.slowest = (0.0, -1)

    def run(self, executions: int) -> None:
        """Do the next executions."""
        for number in range(self.done, self.done + executions):
            start, begin = time.perf_counter(), time.process_time()
            self.execute(number)
            took = time.process_time() - begin
            self.slowest = max(self.slowest, (took, number))
            if took > SLOW:
                self._find(number, "slow", f"{took:.0f} seconds", ())
            self.seconds += time.perf_counter() - start
            self.done = number + 1

    def execute(self, number: int) -> None:
        """Spoil one file and read it."""
        draw = Random(f"{self.seed}:{number}")  # noqa: S311 - repeatable on purpose
        (target,) = draw.choices(self.targets, cum_weights=self.bounds)
        self.attempt(target, draw, number)

    def attempt(self, target: Target, draw: Random, number: int) -> None:
        """Spoil one file of a target, read it, and count what became of it."""
        path, names = target.spoil(self.directory, draw)
        self.damages.update(names)
        try:
            target.read(path)
        except target.refusal as error:
            self.outcomes[f"{target.name}|refused"] += 1
            self.refused_by[_module(error.__traceback__)] += 1
            if target.names_file and path.name not in str(error):
                self._find(number, target.name, f"the file is not named: {str(error)[:200]}", names)
        except Exception as error:  # noqa: BLE001 - whatever is not typed is what is looked for
            place = extract_tb(error.__traceback__)
            ours = next((step for step in reversed(place) if "stoeval" in step.filename), place[-1])
            what = f"{type(error).__name__} at {Path(ours.filename).name}:{ours.lineno}"
            self._find(number, target.name, what, names, str(error)[:200])
        else:
            self.outcomes[f"{target.name}|read"] += 1

    def _find(self, number: int, target: str, what: str, names: tuple[str, ...], said: str = "") -> None:
        self.outcomes[f"{target}|untyped"] += 1
        found = self.findings.setdefault(
            f"{target}: {what}", {"times": 0, "first": number, "damages": names, "said": said}
        )
        found["times"] += 1

    def state(self) -> dict[str, Any]:
        """Return what is kept between runs."""
        return {
            "seed": self.seed,
            "done": self.done,
            "seconds": round(self.seconds, 1),
            "slowest": self.slowest,
            "findings": self.findings,
            **{name: dict(sorted(getattr(self, name).items())) for name in ("outcomes", "refused_by", "damages")},
        }

    def tables(self) -> str:
        """Return executions a reader, damages and refusing modules as tables in Markdown."""
        kinds = ("read", "refused", "untyped")
        told = {one.name: [self.outcomes[f"{one.name}|{kind}"] for kind in kinds] for one in self.targets}
        lines = ["| Reader | Executions | Read | Refused | Untyped |", "|---|---|---|---|---|"]
        lines += [f"| {name} | {sum(row):,} | {' | '.join(f'{n:,}' for n in row)} |" for name, row in told.items()]
        total = [sum(column) for column in zip(*told.values(), strict=True)]
        lines.append(f"| all | {sum(total):,} | {' | '.join(f'{n:,}' for n in total)} |")
        for title, counts in (("Refused by", self.refused_by), ("Damage", self.damages)):
            lines += ["", f"| {title} | Times |", "|---|---|"]
            lines += [f"| {name.replace('_', ' ')} | {count:,} |" for name, count in counts.most_common()]
        return "\n".join([*lines, ""])

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from what was kept."""
        if state["seed"] != self.seed:
            message = f"the state is of seed {state['seed']}, not of {self.seed}; name another file of state"
            raise SystemExit(message)
        self.done, self.seconds, self.findings = state["done"], state["seconds"], state["findings"]
        self.slowest = tuple(state["slowest"])
        for name in ("outcomes", "refused_by", "damages"):
            getattr(self, name).update(state[name])


def _module(traceback: TracebackType | None) -> str:
    """Return the module that raised, without building the text of the traceback."""
    step = traceback
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    return Path(step.tb_frame.f_code.co_filename).stem if step else ""


def in_memory(work: Callable[[Path], None]) -> None:
    """Do work in a directory of its own, in memory where the system has that."""
    directory = Path(tempfile.mkdtemp(prefix="fuzz-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        work(directory)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executions", type=int, default=10_000, help="how many there are to be in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="file of state; fuzz-SEED.json here by default")
    parser.add_argument("--table", action="store_true", help="only show what the state holds, as tables")
    parser.add_argument("--again", type=int, metavar="N", help="do execution N only, and let its error through")
    parser.add_argument("--target", help="with this target only, by name")
    return parser.parse_args()


def main() -> None:
    """Run a campaign as asked on the command line."""
    asked = _arguments()
    warnings.simplefilter("error")
    in_memory(lambda directory: _again(directory, asked) if asked.again is not None else _whole(directory, asked))


def _whole(directory: Path, asked: argparse.Namespace) -> None:
    campaign = Campaign(directory, asked.seed)
    if asked.target:
        campaign.targets = tuple(one for one in campaign.targets if one.name == asked.target)
        campaign.bounds = tuple(accumulate(one.weight for one in campaign.targets))
    place = asked.state or Path(f"fuzz-{asked.seed}.json")
    if place.exists():
        campaign.resume(json.loads(place.read_text(encoding="utf-8")))
    if asked.table:
        sys.stdout.write(campaign.tables())
        return
    while campaign.done < asked.executions:
        start, before = time.perf_counter(), campaign.done
        campaign.run(min(KEPT_EVERY, asked.executions - campaign.done))
        place.write_text(json.dumps(campaign.state(), indent=1) + "\n", encoding="utf-8")
        rate = (campaign.done - before) / (time.perf_counter() - start)
        sys.stdout.write(f"{campaign.done} executions, {rate:.0f} a second, {len(campaign.findings)} findings\n")
        sys.stdout.flush()
    for what, found in campaign.findings.items():
        sys.stdout.write(f"{found['times']} x {what}; first {found['first']} {found['damages']} {found['said']}\n")


def _again(directory: Path, asked: argparse.Namespace) -> None:
    campaign = Campaign(directory, asked.seed)
    draw = Random(f"{asked.seed}:{asked.again}")  # noqa: S311 - repeatable on purpose
    (target,) = draw.choices(campaign.targets, cum_weights=campaign.bounds)
    path, names = target.spoil(directory, draw)
    sys.stdout.write(f"{target.name}, {path.name}, {', '.join(names)}\n")
    if path.is_file():
        sys.stdout.write(f"{path.read_bytes()[:600]!r}\n")
    target.read(path)


if __name__ == "__main__":
    main()
