"""The rows of a file as arrays; what is left out is counted."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from stoeval.errors import EstimationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stoeval.estimate.question import Question
    from stoeval.vocabulary import Floats, Integers

PARQUET = ".parquet"
STATA = ".dta"
GZIP = ".gz"
LONGEST_PERIOD = 2**31
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The complete rows of a file, by column."""

    frame: pd.DataFrame
    dropped: int
    """Rows left out because a column that is used is empty."""
    empty: tuple[tuple[str, int], ...] = ()
    """How many rows each used column leaves out, for those that leave out any; a row may count for several."""

    def numbers(self, column: str) -> Floats:
        """Return a column (n,) as numbers."""
        own = self.frame[column]
        if pd.api.types.is_datetime64_any_dtype(own) or pd.api.types.is_timedelta64_dtype(own):
            message = f"column {column}: {len(own)} values are dates; make a column of numbers, such as the year"
            raise EstimationError(message)
        try:
            values = pd.to_numeric(own, errors="coerce")
        except OverflowError as error:
            message = f"column {column}: a whole number of hundreds of digits; give numbers that a spreadsheet can hold"
            raise EstimationError(message) from error
        wrong = values.isna() | ~np.isfinite(values.astype(float))
        if wrong.any():
            first = own[wrong].iloc[0]
            message = (
                f"column {column}: {int(wrong.sum())} of {len(values)} values are no finite number; first is "
                f"{_plainly(first)}; give numbers with a decimal point"
            )
            raise EstimationError(message)
        return np.asarray(values, dtype=np.float64)

    def codes(self, effect: str) -> Integers:
        """Return a column, or a combination `a:b` of columns, as codes (n,) from 0."""
        keys = [pd.factorize(self.frame[part], sort=True)[0] for part in effect.split(":")]
        return np.asarray(pd.factorize(pd.MultiIndex.from_arrays(keys))[0], dtype=np.int64)

    def labels(self, effect: str) -> tuple[str, ...]:
        """Return the name of each code of a column, in the order of the codes."""
        codes = self.codes(effect)
        first = np.unique(codes, return_index=True)[1]
        return tuple(":".join(str(self.frame[part].iloc[row]) for part in effect.split(":")) for row in first)

    def periods(self, column: str) -> Integers:
        """Return a column (n,) as whole numbers, such as years."""
        values = self.numbers(column)
        wrong = (values != np.round(values)) | (np.abs(values) > LONGEST_PERIOD)
        if wrong.any():
            first = f"{int(wrong.sum())} of {len(values)} values are no period, first {values[wrong][0]:g}"
            message = f"column {column}: {first}; periods must be whole numbers, such as years"
            raise EstimationError(message)
        return values.astype(np.int64)


def _plainly(value: object) -> str:
    return repr(value) if isinstance(value, str) else str(value)


def read_rows(path: Path, question: Question, further: Sequence[str] = (), *, may_be_empty: str = "") -> Rows:
    """Read the columns that a question needs from CSV (plain or gzip, any delimiter), Parquet or Stata.

    Rows with an empty cell are left out, but for the column that may be empty. Raises EstimationError at a file that
    cannot be read, a missing column, and no complete row.
    """
    frame = _frame(path)
    asked = list(dict.fromkeys([*question.columns, *further]))
    missing = [name for name in asked if name not in frame.columns]
    if missing:
        message = (
            f"{path.name}: {len(missing)} columns are missing: {', '.join(missing)}; the file has "
            f"{', '.join(map(str, frame.columns))}"
        )
        raise EstimationError(message)
    needed = [name for name in asked if name != may_be_empty]
    complete = frame[asked].dropna(subset=needed).reset_index(drop=True)
    counts = frame[needed].isna().sum()
    if complete.empty:
        empty = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "it has no rows"
        message = f"{path.name}: none of {len(frame)} rows has a value in every column that is used; empty are: {empty}"
        raise EstimationError(message)
    return Rows(
        frame=complete,
        dropped=len(frame) - len(complete),
        empty=tuple((str(name), int(count)) for name, count in counts.items() if count),
    )


def _frame(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == PARQUET:
            return pd.read_parquet(path)
        if path.suffix == STATA:
            return pd.read_stata(path, convert_dates=False, convert_categoricals=False)
        compression: Literal["gzip"] | None = "gzip" if path.suffix == GZIP else None
        heads = {one: pd.read_csv(path, sep=one, nrows=0, compression=compression) for one in DELIMITERS}
        delimiter = max(DELIMITERS, key=lambda one: len(heads[one].columns))
        return pd.read_csv(path, sep=delimiter, compression=compression)
    except (OSError, EOFError, zlib.error, struct.error, ValueError, pd.errors.ParserError) as error:
        message = f"{path}: cannot be read as a table ({error}); give csv with a header, parquet or Stata's dta"
        raise EstimationError(message) from error
