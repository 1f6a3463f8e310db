"""Reports of hand-written runs, and a reader of their pages that refuses tags that do not match."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from stoeval.report import build_report, render_html
from stored_runs import stored_run, supplementary_run, toy_catalogue

if TYPE_CHECKING:
    from stoeval.report.model import Report
    from stoeval.runs.read import StoredRun

VOID = {"meta", "link", "img", "br", "hr", "input"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    words: str = ""
    inside: tuple[str, ...] = ()


@dataclass
class Page(HTMLParser):
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(
            name=tag,
            attributes={key: value or "" for key, value in attrs},
            inside=tuple(each.name for each in self.open),
        )
        self.elements.append(one)
        if tag not in VOID:
            self.open.append(one)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one.words += data

    def named(self, *names: str) -> list[Element]:
        return [one for one in self.elements if one.name in names]


@lru_cache
def page_of(language: str = "nl", label: str = "Aandeel techniek", **changes: object) -> tuple[str, Page]:
    html = render_html(build_report(both(**changes), toy_catalogue(label), language))
    page = Page()
    page.feed(html)
    assert page.open == []
    return html, page


def both(**changes: object) -> list[StoredRun]:
    return [stored_run("interim", conclusion="te vroeg", **changes), stored_run("final", **changes)]


@lru_cache
def supplementary(language: str = "nl") -> Report:
    return build_report([supplementary_run("interim"), supplementary_run("final")], toy_catalogue(), language)


def parsed(report: Report) -> Page:
    page = Page()
    page.feed(render_html(report))
    assert page.open == []
    return page
