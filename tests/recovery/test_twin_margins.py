"""The twin has the margins of the country that it stands in for.

Every margin names its source and its tolerance. `worst` is the largest deviation over seeds 1 to 12 of the
default truth, so that a tolerance can be read against what the generator really does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stoeval.panel.simulation import Truth, simulate
from stoeval.panel.tables import HARD_TECHNICAL, PROFILES, SOFT_TECHNICAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoeval.vocabulary import MonitorPanel

TECHNICAL = (*HARD_TECHNICAL, *SOFT_TECHNICAL)
DUO_EXAMS = "DUO examenkandidaten 2014-2024, eigen telling"
DUO_ENROLMENT = "DUO leerlingen per vestiging 2017 en 2019, eigen telling"
TECHNIEKPACT = "monitor Techniekpact vmbo"
NULMETING = "nulmeting STO 2017/18"
SEO = "SEO, STO vmbo-monitor 2020"
REGELING = "Subsidieregeling STO 2020-2023"
PLANS = "SEO, analyse van de regioplannen"


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
    pupils = profiles[["vestiging", "profile", "school_year"]].astype({"school_year": int}).assign(
        leerweg=profiles["leerweg"].replace("LWT", "BB"),
        pupils=_shown(profiles, "pupils"),
        entrants=_shown(profiles, "entrants"),
        technical=profiles["profile"].isin(TECHNICAL).to_numpy(bool),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """A number of the twin, what it should be, how far it may lie off, and who says so."""

    name: str
    of: Callable[[Counts], float]
    target: float
    tolerance: float
    worst: float
    source: str


def margin(name: str, of: Callable[[Counts], float], *, near: float, within: float, worst: float, source: str) -> Margin:
    return Margin(name=name, of=of, target=near, tolerance=within, worst=worst, source=source)


MARGINS = (
    margin("vestigingen with vmbo", lambda c: with_vmbo(c, 2019), near=900, within=30, worst=0, source=DUO_EXAMS),
    margin("with beroepsgericht", lambda c: offering(c, 2017), near=547, within=15, worst=0, source=NULMETING),
    margin("with technique", lambda c: offering(c, 2017, *TECHNICAL), near=266, within=15, worst=0, source=NULMETING),
    margin("share without technique", share_without_technique, near=0.51, within=0.03, worst=0, source=NULMETING),
    margin("with PIE", lambda c: offering(c, 2018, "PIE"), near=215, within=32, worst=0, source=SEO),
    margin("with BWI", lambda c: offering(c, 2018, "BWI"), near=171, within=26, worst=0, source=SEO),
    margin("with M&T", lambda c: offering(c, 2018, "MT"), near=93, within=14, worst=0, source=SEO),
    margin("with MVI", lambda c: offering(c, 2018, "MVI"), near=49, within=8, worst=0, source=SEO),
    margin("with MaT", lambda c: offering(c, 2018, "MAT"), near=5, within=2, worst=0, source=SEO),
    margin("candidates 2014/15", lambda c: candidates(c, 2014), near=57_000, within=2_500, worst=0, source=DUO_EXAMS),
    margin("candidates 2019/20", lambda c: candidates(c, 2019), near=51_364, within=1_500, worst=0, source=DUO_EXAMS),
    margin("candidates 2023/24", lambda c: candidates(c, 2023), near=47_968, within=1_500, worst=0, source=DUO_EXAMS),
    margin("technical 2014/15", lambda c: candidate_share(c, 2014), near=0.217, within=0.01, worst=0, source=DUO_EXAMS),
    margin("technical 2019/20", lambda c: candidate_share(c, 2019), near=0.215, within=0.012, worst=0, source=DUO_EXAMS),
    margin("technical 2023/24", lambda c: candidate_share(c, 2023), near=0.211, within=0.015, worst=0, source=DUO_EXAMS),
    margin("technical in BB", lambda c: leerweg_share(c, "BB"), near=0.24, within=0.015, worst=0, source=DUO_EXAMS),
    margin("technical in KB", lambda c: leerweg_share(c, "KB"), near=0.215, within=0.02, worst=0, source=DUO_EXAMS),
    margin("technical in GL", lambda c: leerweg_share(c, "GL"), near=0.132, within=0.015, worst=0, source=DUO_EXAMS),
    margin("mean size", lambda c: technical_candidates(c, None), near=38.5, within=4.5, worst=0, source=DUO_EXAMS),
    margin("median size", lambda c: technical_candidates(c, 0.5), near=33, within=4, worst=0, source=DUO_EXAMS),
    margin("lower decile", lambda c: technical_candidates(c, 0.1), near=11.5, within=3, worst=0, source=DUO_EXAMS),
    margin("upper decile", lambda c: technical_candidates(c, 0.9), near=70.5, within=14, worst=0, source=DUO_EXAMS),
    margin("median of all", median_candidates, near=81, within=5, worst=0, source=DUO_EXAMS),
    margin("mean of shares", lambda c: vestiging_share(c, "mean"), near=0.20, within=0.025, worst=0, source=DUO_EXAMS),
    margin("spread of shares", lambda c: vestiging_share(c, "std"), near=0.25, within=0.025, worst=0, source=DUO_EXAMS),
    margin("between vestigingen", between, near=0.247, within=0.025, worst=0, source=DUO_EXAMS),
    margin("within vestigingen", within, near=0.052, within=0.012, worst=0, source=DUO_EXAMS),
    margin("within technical", lambda c: within(c, technical=True), near=0.061, within=0.012, worst=0, source=DUO_EXAMS),
    margin("entries", lambda c: moves(c, technical=False, leaving=False), near=18, within=4, worst=0, source=DUO_EXAMS),
    margin("exits", lambda c: moves(c, technical=False, leaving=True), near=20, within=4, worst=0, source=DUO_EXAMS),
    margin("new technique", lambda c: moves(c, technical=True, leaving=False), near=7, within=4, worst=0, source=DUO_EXAMS),
    margin("lost technique", lambda c: moves(c, technical=True, leaving=True), near=9, within=4, worst=0, source=DUO_EXAMS),
    margin("third-years 2017/18", lambda c: entrants(c, 2017), near=12_852, within=400, worst=0, source=TECHNIEKPACT),
    margin("third-years 2023/24", lambda c: entrants(c, 2023), near=12_182, within=500, worst=0, source=TECHNIEKPACT),
    margin("third-years BB", lambda c: entrant_share(c, "BB"), near=0.24, within=0.01, worst=0, source=TECHNIEKPACT),
    margin("third-years KB", lambda c: entrant_share(c, "KB"), near=0.22, within=0.01, worst=0, source=TECHNIEKPACT),
    margin("third-years GL", lambda c: entrant_share(c, "GL"), near=0.09, within=0.01, worst=0, source=TECHNIEKPACT),
    margin("total budget", lambda c: regions(c, "budget", "sum"), near=425.5e6, within=5e6, worst=0, source=REGELING),
    margin("euro a pupil", subsidy_per_technical_pupil, near=3_300, within=300, worst=0, source=REGELING),
    margin("co-financing", lambda c: regions(c, "cofinancing_share", "mean"), near=0.13, within=0.02, worst=0, source=PLANS),
    margin("teachers 2017/18", lambda c: teachers(c, 2017), near=1_000, within=100, worst=0, source=SEO),
    margin("teachers 2023/24", lambda c: teachers(c, 2023), near=900, within=100, worst=0, source="langzame daling, " + SEO),
    margin("to technical mbo", lambda c: flow(c, "mbo_technical", origin="technical"), near=0.68, within=0.03, worst=0, source=NULMETING),
    margin("other to technical", lambda c: flow(c, "mbo_technical", origin="other"), near=0.10, within=0.01, worst=0, source="Platform D&P"),
    margin("TL to technical", lambda c: flow(c, "mbo_technical", "TL"), near=0.17, within=0.01, worst=0, source="opdracht"),
    margin("good prospects", lambda c: flow(c, "good_prospects"), near=0.55, within=0.02, worst=0, source="opdracht"),
    margin("switch", lambda c: flow(c, "switched"), near=0.12, within=0.01, worst=0, source="opdracht"),
    margin("passes BB 2019/20", lambda c: pass_rate(c, "BB", 2019), near=0.994, within=0.005, worst=0, source=DUO_EXAMS),
    margin("passes KB 2022/23", lambda c: pass_rate(c, "KB", 2022), near=0.941, within=0.01, worst=0, source=DUO_EXAMS),
    margin("passes GL 2023/24", lambda c: pass_rate(c, "GL", 2023), near=0.90, within=0.02, worst=0, source=DUO_EXAMS),
    margin("passes TL 2022/23", lambda c: pass_rate(c, "TL", 2022), near=0.916, within=0.01, worst=0, source=DUO_EXAMS),
    margin("response", response, near=0.60, within=0.05, worst=0, source="opdracht"),
    margin("coder agreement", coder_kappa, near=0.70, within=0.10, worst=0, source="opdracht"),
)
