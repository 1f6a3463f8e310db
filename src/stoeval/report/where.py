"""For whom, where and how: circumstances, regions, and where a mechanism breaks."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from stoeval.report.grids import grid, place_of, state
from stoeval.report.model import Cell, Passage, Row, Table
from stoeval.report.wording import sentence

if TYPE_CHECKING:
    from stoeval.report.edition import Edition
    from stoeval.report.stored import MeasuredRun
    from stoeval.vocabulary import ChainStep, ContextRow, Moderation, RegionEffect, RegionSpread


def where(edition: Edition) -> tuple[Passage, ...]:
    """Return the passages on circumstances, regions and mechanisms that the runs have something for."""
    made = (mechanisms(edition), circumstances(edition), regions(edition), contexts(edition))
    return tuple(passage for passage in made if passage)


def mechanisms(edition: Edition) -> Passage | None:
    """Say at which step each mechanism breaks."""
    say, wording = edition.wording.say, edition.wording

    def row(run: MeasuredRun, one: ChainStep) -> Row:
        return Row(
            header=Cell(words=place_of(run, one.hypothesis, one.link, edition), note=str(one.position)),
            cells=(
                Cell(words=state(one.state, edition)),
                Cell(words="" if one.p_value is None else wording.numbers.p_value(one.p_value)),
                Cell(words=say("across.here") if one.first_break else ""),
                Cell(words=one.because, language=edition.dutch("").language),
            ),
        )

    rows = [(run, [row(run, one) for one in run.synthesis.chain_steps]) for run in edition.runs]
    if not any(found for _, found in rows):
        return None
    table = grid("chain_steps", ("step", "state", "p", "break", "remark"), rows, edition)
    followed = _followed(edition)
    folded = ((say("across.show_region_chains"), followed),) if followed else ()
    return Passage(
        heading=say("heading.mechanisms"), paragraphs=(say("across.mechanisms"),), tables=(table,), folded=folded
    )


def _followed(edition: Edition) -> Table | None:
    """Return how many regions follow a mechanism up to which step; never a list of regions by success."""
    rows = []
    for run in edition.runs:
        found = []
        chains = sorted(run.synthesis.region_chains, key=lambda one: one.hypothesis)
        for hypothesis, group in groupby(chains, key=lambda one: one.hypothesis):
            regions = list(group)
            steps = max(one.steps for one in regions)
            counts = [sum(one.followed >= step for one in regions) for step in range(1, steps + 1)]
            found.append(
                Row(
                    header=Cell(words=f"{edition.wording.texts['label']['hypothesis_short']}{hypothesis}"),
                    cells=(
                        Cell(words=str(len(regions))),
                        Cell(words=edition.wording.listing([str(count) for count in counts])),
                    ),
                )
            )
        rows.append((run, found))
    return (
        grid("region_chains", ("hypothesis", "regions", "followed"), rows, edition) if any(r for _, r in rows) else None
    )


def circumstances(edition: Edition) -> Passage | None:
    """Say whether effects differ by registered circumstances."""
    say, wording, last = edition.wording.say, edition.wording, edition.runs[-1]
    names = ("category", "effect", "interval", "regions", "p_alike", "class")
    folded = []
    for (hypothesis, link), group in groupby(last.synthesis.moderations, key=lambda one: (one.hypothesis, one.link)):
        anchor = f"across-moderations-{hypothesis}-{link}"
        rows = [_category(last, one, edition) for one in group]
        shown = grid("moderations", names, [(last, rows)], edition, anchor)
        folded.append((place_of(last, hypothesis, link, edition), shown))
    if not folded:
        return None
    asked = {(one.hypothesis, one.link, one.moderator) for one in last.synthesis.moderations}
    differing = {
        (one.hypothesis, one.link, one.moderator)
        for one in last.synthesis.moderations
        if one.p_adjusted is not None and one.p_adjusted < last.measurement.alpha
    }
    said = sentence(wording.counted("across.differing", len(differing), total=wording.numeral(len(asked))))
    return Passage(
        heading=say("heading.circumstances"), paragraphs=(say("across.circumstances"), said), folded=tuple(folded)
    )


def _category(run: MeasuredRun, one: Moderation, edition: Edition) -> Row:
    wording, primary = edition.wording, edition.row_of(run, one.hypothesis, one.link)
    moderator = next((noun for noun in edition.catalogue.moderators if noun.name == one.moderator), None)
    scale = edition.reading(primary) if primary else 1.0
    names = {value: (nl, en) for value, nl, en in moderator.categories} if moderator else {}
    category = names.get(one.category, (one.category, one.category))[0 if wording.language == "nl" else 1]
    error = (one.std_error or 0.0) * scale
    low, high = one.ci_low, one.ci_high
    interval = "" if low is None or high is None else wording.numbers.interval(low * scale, high * scale, error)
    return Row(
        header=Cell(words=category, note=wording.label(moderator) if moderator else one.moderator),
        cells=(
            Cell(words="" if one.effect is None else wording.numbers.estimate(one.effect * scale, error)),
            Cell(words=interval),
            Cell(words=str(one.n_clusters)),
            Cell(words="" if one.p_adjusted is None else wording.numbers.p_value(one.p_adjusted)),
            Cell(words=one.identification_class, note=one.because, note_language=edition.dutch("").language),
        ),
    )


def regions(edition: Edition) -> Passage | None:
    """Say how far regions differ beyond chance, and which ranks the data allow; regions in order of their names."""
    say, last = edition.wording.say, edition.runs[-1]
    rows = [(run, [_spread(run, one, edition) for one in run.synthesis.region_spreads]) for run in edition.runs]
    if not any(found for _, found in rows):
        return None
    table = grid("region_spreads", ("link", "regions", "spread", "p_alike"), rows, edition)
    names = ("region", "pooled", "interval", "ranks")
    folded = []
    for (hypothesis, link), group in groupby(last.synthesis.region_effects, key=lambda one: (one.hypothesis, one.link)):
        effects = [_region(one, last, edition) for one in group]
        anchor = f"across-regions-{hypothesis}-{link}"
        shown = grid("region_effects", names, [(last, effects)], edition, anchor)
        folded.append((place_of(last, hypothesis, link, edition), shown))
    return Passage(
        heading=say("heading.regions"),
        paragraphs=(say("across.regions_intro"),),
        tables=(table,),
        folded=tuple(folded),
    )


def _spread(run: MeasuredRun, one: RegionSpread, edition: Edition) -> Row:
    numbers, primary = edition.wording.numbers, edition.row_of(run, one.hypothesis, one.link)
    scale = edition.reading(primary) if primary else 1.0
    error = edition.shown(primary).std_error if primary else 0.0
    return Row(
        header=Cell(words=place_of(run, one.hypothesis, one.link, edition)),
        cells=(
            Cell(words=str(one.regions)),
            Cell(words="" if one.spread is None else numbers.estimate(one.spread * scale, error)),
            Cell(
                words="" if one.p_alike is None else numbers.p_value(one.p_alike),
                note=one.because,
                note_language=edition.dutch("").language,
            ),
        ),
    )


def _region(one: RegionEffect, run: MeasuredRun, edition: Edition) -> Row:
    numbers, primary = edition.wording.numbers, edition.row_of(run, one.hypothesis, one.link)
    scale = edition.reading(primary) if primary else 1.0
    low, high = one.pooled_low, one.pooled_high
    error = 0.0 if low is None or high is None else (high - low) * scale / 4
    ranks = "" if one.rank_low is None or one.rank_high is None else f"{one.rank_low}-{one.rank_high}"
    return Row(
        header=Cell(words=one.region),
        cells=(
            Cell(words="" if one.pooled is None else numbers.estimate(one.pooled * scale, error)),
            Cell(
                words="" if low is None or high is None else numbers.interval(low * scale, high * scale, error),
                note=one.because,
                note_language=edition.dutch("").language,
            ),
            Cell(words=ranks),
        ),
    )


def contexts(edition: Edition) -> Passage | None:
    """Say what was seen of which mechanism in which context."""
    say, wording = edition.wording.say, edition.wording
    prefix = wording.texts["label"]["hypothesis_short"]

    def row(one: ContextRow) -> Row:
        dutch = edition.dutch("").language
        return Row(
            header=Cell(words=f"{prefix}{one.hypothesis}", note=one.context, note_language=dutch),
            cells=(
                Cell(words=one.mechanism, note=one.mechanism_state, language=dutch, note_language=dutch),
                Cell(words=one.outcome, note=one.outcome_state, language=dutch, note_language=dutch),
                Cell(words=one.identification_class, note=wording.name("class_word", one.identification_class)),
            ),
        )

    rows = [(edition.runs[-1], [row(one) for one in edition.runs[-1].synthesis.context_rows])]
    if not rows[0][1]:
        return None
    table = grid("context_rows", ("context", "mechanism", "outcome", "class"), rows, edition)
    return Passage(
        heading=say("heading.contexts"),
        paragraphs=(say("across.contexts"),),
        folded=((say("across.show_contexts"), table),),
    )
