"""What is claimed and what would be estimated; no data are touched."""

from __future__ import annotations

from dataclasses import asdict

import typer

import stoeval
from stoeval.cli import lookups
from stoeval.cli.options import Json, Technical
from stoeval.cli.printing import print_json, print_rows
from stoeval.vocabulary import Hypothesis, Phase, TechnicalDefinition


def list_hypotheses(*, as_json: Json = False) -> None:
    """List the nine hypotheses."""
    rows = [
        {"hypothesis": f"H{one.number}", "goal": one.goal, "links": len(one.links), "statement": one.statement}
        for one in lookups.catalogue().hypotheses
    ]
    print_rows(rows, as_json=as_json)


def show(hypothesis: str, *, as_json: Json = False) -> None:
    """Show one hypothesis, such as H4: statement, chain, designs and gaps."""
    chosen = lookups.hypothesis(hypothesis)
    links = [_link_row(chosen, link.name) for link in chosen.links]
    if as_json:
        print_json({"hypothesis": chosen.number, "statement": chosen.statement, "gaps": chosen.gaps, "links": links})
        return
    typer.echo(f"H{chosen.number} ({chosen.goal}; {chosen.reference})\n\n{chosen.statement}\n")
    print_rows(links, as_json=False)
    for gap in chosen.gaps:
        typer.echo(f"- {gap}")


def show_plan(measurement: Phase, *, technical: Technical = TechnicalDefinition.HARD, as_json: Json = False) -> None:
    """Print every estimate that would be made; no data are touched."""
    catalogue = lookups.catalogue(technical)
    rows = [
        asdict(planned) for planned in stoeval.planned_estimates(lookups.measurement(catalogue, measurement), catalogue)
    ]
    if as_json:
        print_json({"catalogue_sha256": stoeval.catalogue_sha256(catalogue), "estimates": rows})
        return
    shown = ("hypothesis", "link", "role", "exposure", "outcome", "design", "window", "expected", "highest_class")
    print_rows([{name: row[name] for name in shown} for row in rows], as_json=False)
    typer.echo(f"catalogue {stoeval.catalogue_sha256(catalogue)}")


def _link_row(hypothesis: Hypothesis, name: str) -> dict[str, object]:
    link = next(one for one in hypothesis.links if one.name == name)
    design = link.design
    return {
        "link": link.name,
        "role": link.role.value,
        "cause": link.cause.name,
        "effect": link.effect.name,
        "interim": link.expected.interim.value,
        "final": link.expected.final.value,
        "design": getattr(design, "name", None) or f"niet toetsbaar: {getattr(design, 'reason', '')}",
    }
