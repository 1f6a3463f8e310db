"""What the policy changed, unevenly: the aanloop formula, the regional budgets and what the plans spend them on."""

from __future__ import annotations

from dataclasses import replace

from stoeval.vocabulary import (
    AanloopFormula,
    ActivityLine,
    ApprovalRound,
    Entitlement,
    Exposure,
    FormulaInput,
    Payment,
    Programme,
    RegionalBudget,
    RegionalFormula,
    SchoolYear,
)

_DOSE = "per EUR 1,000 per pupil"
_REGULATION = "Regeling aanvullende bekostiging technisch vmbo 2018-2019 (Stcrt. 2018, 34118 en 63519)"
_SUBSIDY = "Subsidieregeling Sterk Techniekonderwijs 2020-2023 (Stcrt. 2018, 51216)"


def _payment_of_2018(counted: int) -> Payment:
    return Payment(year=2018, counted=SchoolYear(start=counted), per_bk=1544.48, per_gl=772.24)


def _payment_of_2019(counted: int) -> Payment:
    return Payment(year=2019, counted=SchoolYear(start=counted), per_bk=3078.0, per_gl=1539.0)


FORMULA_INPUT = Exposure(
    name="formula_input",
    label="Aandeel leerlingen in een hard technisch profiel bij de telling",
    label_en="Share of pupils in a hard-technical profile at the count",
    unit="per unit of the share",
    definition="Leerlingen in BWI, PIE en M&T in leerjaar 3 en 4 als aandeel van alle leerlingen in de "
    "beroepsgerichte leerwegen, op 1 oktober 2017.",
    source=f"{_REGULATION}; DUO-leerlingentelling van 1 oktober 2017",
    rule=FormulaInput(counted=SchoolYear(start=2017)),
)


def _aanloop(
    name: str,
    label: str,
    label_en: str,
    payments: tuple[Payment, ...],
    placebos: tuple[Exposure, ...] = (),
) -> Exposure:
    counted = " en ".join(f"1 oktober {payment.counted.start}" for payment in payments)
    return Exposure(
        name=name,
        label=label,
        label_en=label_en,
        unit=_DOSE,
        definition="Bedrag per leerling in een hard technisch profiel, heel voor bb en kb en half voor gl, gedeeld "
        f"door alle leerlingen in de beroepsgerichte leerwegen, in duizend euro. Teldata: {counted}.",
        source=f"{_REGULATION}: 1.544,48 euro over 2018 en, na bijstelling, 3.078 euro over 2019",
        rule=AanloopFormula(payments=payments),
        formula_input=FORMULA_INPUT,
        placebos=placebos,
    )


AANLOOP_DOSE_2016 = _aanloop(
    "aanloop_dose_2016",
    "Aanloopbedrag, berekend op de telling van 2016/17 (placebo)",
    "Run-up money, computed on the count of 2016/17 (placebo)",
    (_payment_of_2018(2016), _payment_of_2019(2016)),
)
AANLOOP_DOSE_2019 = _aanloop(
    "aanloop_dose_2019",
    "Aanloopbedrag, berekend op de telling van 2019/20 (placebo)",
    "Run-up money, computed on the count of 2019/20 (placebo)",
    (_payment_of_2018(2019), _payment_of_2019(2019)),
)
AANLOOP_DOSE = _aanloop(
    "aanloop_dose",
    "Aanloopbedrag 2018 en 2019 per leerling",
    "Run-up money of 2018 and 2019 per pupil",
    (_payment_of_2018(2017), _payment_of_2019(2018)),
    placebos=(AANLOOP_DOSE_2016, AANLOOP_DOSE_2019),
)

AANLOOP_PER_TECHNICAL_PUPIL = Exposure(
    name="aanloop_per_technical_pupil",
    label="Ontvangen aanloopgeld per technische leerling per jaar",
    label_en="Run-up money received per technical pupil and year",
    unit="per EUR 1,000 per technical pupil and year",
    definition="Bedrag per leerling in een hard technisch profiel, gemiddeld over de twee betalingen, in duizend euro. "
    "Wie geen harde techniek had, kreeg niets. Teldata: 1 oktober 2017 en 1 oktober 2018.",
    source=f"{_REGULATION}: 1.544,48 euro over 2018 en, na bijstelling, 3.078 euro over 2019",
    rule=AanloopFormula(payments=(_payment_of_2018(2017), _payment_of_2019(2018)), per_technical_pupil=True),
    formula_input=FORMULA_INPUT,
)
"""The unit of the investment, so that an estimate on it is euro spent for each euro received."""

AANLOOP_DOSE_2017_ON_2016 = _aanloop(
    "aanloop_dose_2017_on_2016",
    "Aanloopbedrag 2018, berekend op de telling van 2016/17 (placebo)",
    "Run-up money of 2018, computed on the count of 2016/17 (placebo)",
    (_payment_of_2018(2016),),
)
AANLOOP_DOSE_2017_ON_2019 = _aanloop(
    "aanloop_dose_2017_on_2019",
    "Aanloopbedrag 2018, berekend op de telling van 2019/20 (placebo)",
    "Run-up money of 2018, computed on the count of 2019/20 (placebo)",
    (_payment_of_2018(2019),),
)
AANLOOP_DOSE_2017 = _aanloop(
    "aanloop_dose_2017",
    "Aanloopbedrag 2018 per leerling, op de telling van 2017/18",
    "Run-up money of 2018 per pupil, on the count of 2017/18",
    (_payment_of_2018(2017),),
    placebos=(AANLOOP_DOSE_2017_ON_2016, AANLOOP_DOSE_2017_ON_2019),
)
"""The part of the run-up money that open data can compute."""

FORMULA_INPUT_2018 = replace(
    FORMULA_INPUT,
    name="formula_input_2018",
    definition="Leerlingen in BWI, PIE en M&T in leerjaar 3 en 4 als aandeel van alle leerlingen in de "
    "beroepsgerichte leerwegen, op 1 oktober 2018: de telling die het maximum per regio bepaalde.",
    source=f"{_SUBSIDY}; DUO-leerlingentelling van 1 oktober 2018",
    rule=FormulaInput(counted=SchoolYear(start=2018)),
)
REGIONAL_FORMULA_2016 = Exposure(
    name="regional_formula_2016",
    label="Regionaal budget volgens de telling van 2016/17 (placebo)",
    label_en="Regional budget by the count of 2016/17 (placebo)",
    unit=_DOSE,
    definition="Drieduizend euro per leerling in een hard technisch profiel, gedeeld door alle leerlingen in de "
    "beroepsgerichte leerwegen van de regio, op een telling die niets bepaalde: 1 oktober 2016.",
    source=f"{_SUBSIDY}; 76,5 miljoen euro per jaar voor ongeveer 25.500 technische leerlingen",
    rule=RegionalFormula(counted=SchoolYear(start=2016), per_pupil=3000.0),
)

REGIONAL_DOSE = Exposure(
    name="regional_dose",
    label="Regionaal STO-budget per leerling per jaar",
    label_en="Regional STO budget per pupil and year",
    unit=_DOSE,
    definition="Toegekende subsidie van de regio over 2020-2023, per jaar en per leerling in de beroepsgerichte "
    "leerwegen op 1 oktober 2018, in duizend euro.",
    source=f"{_SUBSIDY}; STO-regiotabel (Kamerbrieven van 1 juli en 17 december 2019, DUS-I)",
    rule=RegionalBudget(counted=SchoolYear(start=2018)),
    formula_input=FORMULA_INPUT_2018,
    placebos=(REGIONAL_FORMULA_2016,),
)


def _line(line: str, label: str, label_en: str, responds_from: SchoolYear | None = None) -> Exposure:
    return Exposure(
        name=f"dose_line_{line}",
        label=f"Budget voor {label}",
        label_en=f"Budget for {label_en}",
        unit=_DOSE,
        definition="Regionaal STO-budget per leerling per jaar, maal het aandeel van het regioplan dat naar "
        f"activiteitenlijn {line} gaat: {label}.",
        source=f"{_SUBSIDY}; regioplannen, gecodeerd door twee codeurs",
        rule=ActivityLine(line=line, counted=SchoolYear(start=2018)),
        formula_input=FORMULA_INPUT_2018,
        placebos=(REGIONAL_FORMULA_2016,),
        responds_from=responds_from,
    )


DOSE_LINE_1 = replace(
    _line("1", "afspraken over profielen en keuzevakken", "agreements on profiles and electives"),
    circumstances=("shrinking",),
)
"""Krimp drives agreements and closures alike."""
DOSE_LINE_2 = _line("2", "afspraken over faciliteiten", "agreements on facilities")
DOSE_LINE_3 = _line("3", "aantrekken en behouden van techniekdocenten", "attracting and keeping technical teachers")
DOSE_LINE_4 = _line("4", "afstemming op de regionale behoefte", "fit with regional demand")
DOSE_LINE_5_PO = _line(
    "5_po",
    "kennismaking met techniek in het primair onderwijs",
    "meeting technology in primary education",
    responds_from=SchoolYear(start=2022),
)
"""Pupils who were in group 8 in 2020 reach leerjaar 3 in 2022/23."""
DOSE_LINE_5_BREED = _line(
    "5_breed",
    "brede kennismaking met techniek in het vmbo",
    "meeting technology across vmbo",
)
DOSE_LINE_6 = _line("6", "moderne inventaris en materialen", "modern equipment and materials")
DOSE_LINE_7 = _line("7", "regionale kennisdeling", "regional knowledge sharing")
DOSE_LINE_8 = _line(
    "8",
    "professionalisering en docenten uit het bedrijfsleven",
    "professional development and teachers from companies",
)
DOSE_LINE_9 = _line(
    "9", "aantrekkelijk techniekonderwijs van hoge kwaliteit", "attractive technical education of high quality"
)

APPROVAL_ROUND = Exposure(
    name="approval_round",
    label="Ronde waarin het regioplan is goedgekeurd",
    label_en="Round in which the regional plan was approved",
    unit="per round",
    definition="1: juli 2019 (45 regio's), 2: december 2019 (26 regio's), 3: september 2020 (7 regio's).",
    source="STO-regiotabel (Kamerbrieven van 1 juli en 17 december 2019, DUS-I)",
    rule=ApprovalRound(),
)
ENTITLEMENT = Exposure(
    name="entitlement",
    label="Gewicht van de leerweg in de bekostiging",
    label_en="Weight of the leerweg in the funding",
    unit="per full entitlement",
    definition="Een hele leerling voor bb en kb, een halve voor gl en geen voor tl.",
    source=_REGULATION,
    rule=Entitlement(bb=1.0, kb=1.0, gl=0.5, tl=0.0),
)

PROGRAMME = Exposure(
    name="programme",
    label="Het programma als geheel",
    label_en="The programme as a whole",
    unit="",
    definition="Een voor elke regio: geen regio bleef zonder, dus er is niets om mee te vergelijken.",
    source=f"{_REGULATION}; {_SUBSIDY}",
    rule=Programme(),
)

ALL = (
    AANLOOP_DOSE,
    AANLOOP_DOSE_2016,
    AANLOOP_DOSE_2019,
    AANLOOP_PER_TECHNICAL_PUPIL,
    AANLOOP_DOSE_2017,
    AANLOOP_DOSE_2017_ON_2016,
    AANLOOP_DOSE_2017_ON_2019,
    FORMULA_INPUT,
    FORMULA_INPUT_2018,
    REGIONAL_DOSE,
    REGIONAL_FORMULA_2016,
    DOSE_LINE_1,
    DOSE_LINE_2,
    DOSE_LINE_3,
    DOSE_LINE_4,
    DOSE_LINE_5_PO,
    DOSE_LINE_5_BREED,
    DOSE_LINE_6,
    DOSE_LINE_7,
    DOSE_LINE_8,
    DOSE_LINE_9,
    APPROVAL_ROUND,
    ENTITLEMENT,
    PROGRAMME,
)
