"""The words of one language, read from its file, and how they join into sentences."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol

from stoeval.errors import StoevalError
from stoeval.report.numbers import NumberFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    class Labelled(Protocol):
        """Something with a name in two languages."""

        @property
        def label(self) -> str:
            """In Dutch."""
            ...

        @property
        def label_en(self) -> str:
            """In English."""
            ...


LANGUAGES = ("nl", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The texts and number format of one language."""

    language: str
    texts: dict[str, dict[str, object]]
    numbers: NumberFormat

    def say(self, key: str, **values: object) -> str:
        """Return the text under a key such as `table.estimate`, filled in."""
        group, _, name = key.partition(".")
        return str(self.texts[group][name]).format(**values)

    def name(self, group: str, code: str) -> str:
        """Return the word for a code, or the code itself where the language has none."""
        return str(self.texts[group].get(code, code))

    def lines(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under a key."""
        group, _, name = key.partition(".")
        found = self.texts[group][name]
        return tuple(str(line) for line in found) if isinstance(found, list) else (str(found),)

    def counted(self, key: str, count: int, **values: object) -> str:
        """Return the singular or plural text under a key, with its count as a word."""
        form = "one" if count == 1 else "many"
        return self.say(f"{key}_{form}", count=self.numeral(count), **values)

    def count(self, key: str, count: int) -> str:
        """Return the singular or plural text under a key, with its count in figures."""
        return self.say(f"{key}_{'one' if count == 1 else 'many'}", count=self.numbers.count(count))

    def numeral(self, count: int) -> str:
        """Write a small count as a word and a large one in figures."""
        words = self.lines("numbers.words")
        return words[count] if count < len(words) else self.numbers.count(count)

    def listing(self, items: Sequence[str]) -> str:
        """Join items into "a, b en c"."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self.say('numbers.and')} {items[-1]}"

    def label(self, noun: Labelled) -> str:
        """Return the label of an indicator, exposure or question in this language."""
        return noun.label if self.language == "nl" else noun.label_en


def sentence(text: str) -> str:
    """Start a sentence with a capital, which takes no accent in Dutch: "Eén"."""
    return text[:1].replace("é", "e").upper() + text[1:]


def load_wording(language: str) -> Wording:
    """Read the words of a language.

    Raises
    ------
    StoevalError
        If the report does not speak the language.
    """
    if language not in LANGUAGES:
        message = f"the report has no language {language!r}; choose one of: {', '.join(LANGUAGES)}"
        raise StoevalError(message)
    text = files("stoeval.report").joinpath("texts", f"{language}.toml").read_text(encoding="utf-8")
    texts = tomllib.loads(text)
    style = texts["numbers"]
    numbers = NumberFormat(
        decimal=style["decimal"],
        thousands=style["thousands"],
        interval_separator=style["interval_separator"],
        percent=style["percent"],
    )
    return Wording(language=language, texts=texts, numbers=numbers)
