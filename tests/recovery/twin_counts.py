"""Numbers that describe a panel the way public sources describe the country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stoeval.panel.tables import HARD_TECHNICAL, PROFILES, SOFT_TECHNICAL

if TYPE_CHECKING:
    from stoeval.vocabulary import MonitorPanel

TECHNICAL = (*HARD_TECHNICAL, *SOFT_TECHNICAL)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """What the margins are made of; a masked count is taken as two, as in the source of the shares."""

    panel: MonitorPanel
    pupils: pd.DataFrame
    """Profile rows: vestiging, profile, leerweg (LWT as BB), school_year, pupils, entrants, technical."""
    candidates: pd.DataFrame
    """Beroepsgericht, vestiging x school_year: n and t."""
    by_leerweg: pd.DataFrame


def count(panel: MonitorPanel) -> Counts:
    offers = panel.tables["offers"]
    profiles = offers[offers["profile"].isin(PROFILES)]
    pupils = (
        profiles[["vestiging", "profile", "school_year"]]
        .astype({"school_year": int})
        .assign(
            leerweg=profiles["leerweg"].replace("LWT", "BB"),
            pupils=_shown(profiles, "pupils"),
            entrants=_shown(profiles, "entrants"),
            technical=profiles["profile"].isin(TECHNICAL).to_numpy(bool),
        )
    )
    sectors = offers[offers["candidates_low"].notna() & (offers["leerweg"] != "TL")]
    n = _shown(sectors, "candidates")
    rows = pd.DataFrame(
        {
            "vestiging": sectors["vestiging"],
            "leerweg": sectors["leerweg"].replace("LWT", "BB"),
            "school_year": sectors["school_year"].astype(int),
            "n": n,
            "t": n * (sectors["profile"] == "S_TECHNIEK").to_numpy(int),
        }
    )
    return Counts(
        panel=panel,
        pupils=pupils,
        candidates=rows.groupby(["school_year", "vestiging"])[["n", "t"]].sum(),
        by_leerweg=rows.groupby(["leerweg", "school_year"])[["n", "t"]].sum(),
    )


def _shown(rows: pd.DataFrame, name: str) -> np.ndarray:
    low, high = rows[f"{name}_low"].to_numpy(float), rows[f"{name}_high"].to_numpy(float)
    return np.where(low < high, 2.0, low)


def offering(counts: Counts, year: int, *profiles: str) -> float:
    """Number of vestigingen with pupils in one of the profiles."""
    rows = counts.pupils[(counts.pupils["school_year"] == year) & counts.pupils["profile"].isin(profiles or PROFILES)]
    return float(rows["vestiging"].nunique())


def with_vmbo(counts: Counts, year: int) -> float:
    places = counts.panel.tables["vestigingen"]
    return float(places["open"][places["school_year"] == year].sum())


def candidates(counts: Counts, year: int) -> float:
    return float(counts.candidates.loc[year, "n"].sum())


def candidate_share(counts: Counts, year: int) -> float:
    return float(counts.candidates.loc[year, "t"].sum() / counts.candidates.loc[year, "n"].sum())


def leerweg_share(counts: Counts, leerweg: str) -> float:
    """Technical share of candidates, mean over 2019/20 to 2023/24."""
    rows = counts.by_leerweg.loc[leerweg].loc[2019:2023]
    return float((rows["t"] / rows["n"]).mean())


def technical_candidates(counts: Counts, quantile: float | None) -> float:
    """Mean or quantile over technical vestigingen, averaged over 2019/20 to 2023/24."""
    rows = counts.candidates.loc[2019:2023, "t"]
    by_year = rows[rows > 0].groupby("school_year")
    return float((by_year.mean() if quantile is None else by_year.quantile(quantile)).mean())


def median_candidates(counts: Counts) -> float:
    return float(counts.candidates.loc[2019:2023, "n"].groupby("school_year").median().mean())


def vestiging_share(counts: Counts, statistic: str) -> float:
    rows = counts.candidates.loc[2019:2023]
    return float((rows["t"] / rows["n"]).groupby("school_year").agg(statistic).mean())


def share_without_technique(counts: Counts) -> float:
    return 1 - offering(counts, 2017, *TECHNICAL) / offering(counts, 2017)


def balanced(counts: Counts) -> pd.DataFrame:
    """Technical share of vestigingen with ten candidates or more in all of 2019/20 to 2023/24."""
    rows = counts.candidates.loc[2019:2023].reset_index()
    size = rows.pivot_table(index="vestiging", columns="school_year", values="n")
    share = rows.assign(share=rows["t"] / rows["n"]).pivot_table(
        index="vestiging", columns="school_year", values="share"
    )
    return share[(size >= 10).all(axis=1)].dropna()


def between(counts: Counts) -> float:
    return float(balanced(counts).mean(axis=1).std())


def within(counts: Counts, *, technical: bool = False) -> float:
    """Standard deviation within vestigingen after year effects."""
    share = balanced(counts)
    share = share[(share > 0).all(axis=1)] if technical else share
    rest = share.sub(share.mean(axis=1), axis=0)
    rest = rest - rest.mean()
    return float(np.sqrt((rest.to_numpy() ** 2).sum() / ((len(share) - 1) * (share.shape[1] - 1))))


def regression_to_the_mean(counts: Counts) -> float:
    """Slope of the change of the share from 2019/20 to 2023/24 on the share of 2019/20."""
    share = balanced(counts)
    return float(np.polyfit(share[2019], share[2023] - share[2019], 1)[0])


def moves(counts: Counts, *, technical: bool, leaving: bool) -> float:
    """Entries or exits a year of vestigingen with candidates, 2019/20 to 2023/24."""
    rows = counts.candidates[counts.candidates["t"] > 0] if technical else counts.candidates
    there = {year: set(part) for year, part in rows.reset_index().groupby("school_year")["vestiging"]}
    steps = [(there[year], there[year + 1]) for year in range(2018, 2023)]
    return float(np.mean([len(before - after) if leaving else len(after - before) for before, after in steps]))


def entrants(counts: Counts, year: int) -> float:
    rows = counts.pupils
    return float(rows["entrants"][rows["technical"] & (rows["school_year"] == year)].sum())


def entrant_share(counts: Counts, leerweg: str) -> float:
    rows = counts.pupils[(counts.pupils["school_year"] == 2017) & (counts.pupils["leerweg"] == leerweg)]
    return float(rows["entrants"][rows["technical"]].sum() / rows["entrants"].sum())


def regions(counts: Counts, name: str, statistic: str) -> float:
    return float(counts.panel.tables["regions"][name].astype(float).agg(statistic))


def subsidy_per_technical_pupil(counts: Counts) -> float:
    """Euro a year without the extra of techniekarme regions, a technical pupil of 1-10-2018."""
    rows = counts.pupils
    pupils = rows["pupils"][rows["technical"] & (rows["school_year"] == 2018)].sum()
    return float((counts.panel.tables["regions"]["budget"].sum() - 90e6) / 4 / pupils)


def teachers(counts: Counts, year: int) -> float:
    staff = counts.panel.tables["staff"]
    return float(staff["fte"][(staff["subject_group"] == "technical") & (staff["school_year"] == year)].sum())


def flow(counts: Counts, part: str, leerweg: str | None = None, origin: str | None = None) -> float:
    """Share of mbo entrants, cohorts before masking."""
    rows = counts.panel.tables["flows"]
    rows = rows[rows["school_year"] < 2019]
    rows = rows if leerweg is None else rows[rows["leerweg"] == leerweg]
    rows = rows if origin is None else rows[(rows["origin"] == origin) & (rows["leerweg"] != "TL")]
    return float(rows[f"{part}_low"].sum() / rows["mbo_entrants_low"].sum())


def pass_rate(counts: Counts, leerweg: str, year: int) -> float:
    """From cells that are not masked, as in the source."""
    rows = counts.panel.tables["offers"]
    rows = rows[(rows["leerweg"] == leerweg) & (rows["school_year"] == year) & rows["candidates_low"].notna()]
    open_rows = rows[(rows["candidates_low"] == rows["candidates_high"]) & (rows["passes_low"] == rows["passes_high"])]
    return float(open_rows["passes_low"].sum() / open_rows["candidates_low"].sum())


def response(counts: Counts) -> float:
    """School leaders who answer, as a share of vestigingen with beroepsgericht vmbo, 2022/23."""
    surveys = counts.panel.tables["surveys"]
    rows = surveys[(surveys["kind"] == "school leader") & (surveys["wave"] == 2022)]
    return float(rows["vestiging"].nunique() / offering(counts, 2022))


def coder_kappa(counts: Counts) -> float:
    """Cohen's kappa of two coders on whether a line takes a tenth of the budget."""
    plans = counts.panel.tables["plans"]
    one = plans["share"].to_numpy(float) >= 0.1
    two = plans["share_second_coder"].to_numpy(float) >= 0.1
    chance = one.mean() * two.mean() + (1 - one.mean()) * (1 - two.mean())
    return float(((one == two).mean() - chance) / (1 - chance))


def masked_cells(counts: Counts) -> float:
    """Share of cells leerweg x sector with candidates that are hidden, since 2019/20."""
    rows = counts.panel.tables["offers"]
    rows = rows[rows["candidates_low"].notna() & (rows["school_year"] >= 2019)]
    return float((rows["candidates_low"] < rows["candidates_high"]).mean())
