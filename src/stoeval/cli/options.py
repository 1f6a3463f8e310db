"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stoeval.vocabulary import TechnicalDefinition

SEED = 20180801
"""The first of August 2018, when the money started."""

Json = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]
Panel = Annotated[Path | None, typer.Option("--panel", help="Panel directory; the simulated twin where none is given.")]
Out = Annotated[Path, typer.Option("--out", help="Where runs are written.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the twin and of every random draw.")]
Technical = Annotated[TechnicalDefinition, typer.Option("--technical", help="Which profiles count as technical.")]
Language = Annotated[str, typer.Option("--language", help="nl or en.")]
