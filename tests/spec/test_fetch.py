"""Fetching against a server on this machine that serves, truncates, stalls and refuses; expectations by hand."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.client import HTTPMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.request import Request

import pytest

from stoeval.errors import PanelError
from stoeval.panel.duo_addresses import Published
from stoeval.panel.fetch import FetchFailed, Limits, NotServed, _NoDowngrade, fetch_duo, fetch_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTENT = b"INSTELLINGSCODE;VESTIGINGSCODE;AANTAL\r\n" + b"00AH;07;12\r\n" * 20_000
PAGE = b"\r\n<!DOCTYPE html><html><body>Pagina niet gevonden; zoek, verder</body></html>"
LIMITS = Limits(attempts=4, timeout=0.3, longest=5.0, largest=1_000_000)
NAME = "leerlingen-2024.csv"


@dataclass
class Behaviour:
    """What the server does with each request in turn; the last one stays."""

    steps: list[str] = field(default_factory=lambda: ["whole"])
    content: bytes = CONTENT
    version: str = '"v1"'
    catalogue: bytes = b""
    asked: list[tuple[str, str]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def next(self) -> str:
        return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]


class _Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self) -> None:
        self.behaviour.asked.append((self.path, self.headers.get("Range", "")))
        getattr(self, f"_{self.behaviour.next()}")()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of the library
        """Keep still."""

    def _send(self, status: int, body: bytes, *, claimed: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if claimed is None else claimed))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _start(self) -> int:
        asked = self.headers.get("Range", "")
        same = self.headers.get("If-Range") == self.behaviour.version
        return int(asked.removeprefix("bytes=").removesuffix("-")) if asked and same else 0

    def _whole(self, part: slice = slice(None)) -> None:
        content, start = self.behaviour.content, self._start()
        body, extent = content[start:], f"bytes {start}-{len(content) - 1}/{len(content)}"
        headers = {"Content_Range": extent} if start else {}
        self._send(206 if start else 200, body[part], claimed=len(body), ETag=self.behaviour.version, **headers)

    def _half(self) -> None:
        self._whole(slice(len(self.behaviour.content[self._start() :]) // 2))
        self.close_connection = True

    def _ignoring_range(self) -> None:
        self._send(200, self.behaviour.content, ETag=self.behaviour.version)

    def _without_version(self) -> None:
        self._send(200, self.behaviour.content)

    def _half_without_version(self) -> None:
        self._send(200, self.behaviour.content[:1000], claimed=len(self.behaviour.content))
        self.close_connection = True

    def _wrong_part(self) -> None:
        self._send(206, b"x", Content_Range=f"bytes 0-0/{len(self.behaviour.content)}", ETag=self.behaviour.version)

    def _stall(self) -> None:
        self._send(200, self.behaviour.content[:1000], claimed=len(self.behaviour.content), ETag=self.behaviour.version)
        self.behaviour.released.wait(5)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _absent(self) -> None:
        self._send(404, PAGE, Content_Type="text/html")

    def _broken(self) -> None:
        self._send(500, b"")

    def _busy(self) -> None:
        self._send(503, b"", Retry_After="7")

    def _forbidden(self) -> None:
        self._send(403, b"")

    def _outdated(self) -> None:
        self._send(416, b"")

    def _page(self) -> None:
        self._send(200, PAGE, Content_Type="text/html; charset=utf-8")

    def _page_as_csv(self) -> None:
        self._send(200, PAGE, Content_Type="text/csv")

    def _claim(self) -> None:
        self._send(200, b"a;b", claimed=10_000_000_000)

    def _unmeasured(self) -> None:
        self._send(200, CONTENT * 8, claimed=-1)

    def _to_a_file(self) -> None:
        self._send(302, b"", Location="file:///etc/hostname.csv")

    def _catalogue(self) -> None:
        self._send(200, self.behaviour.catalogue, Content_Type="application/json")

    def _moved(self) -> None:
        self._send(301, b"", Location=f"/elsewhere/{NAME}")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Behaviour]]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    behaviour = Behaviour()
    handler = type("Handler", (_Handler,), {"behaviour": behaviour})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{listening.server_address[1]}/{NAME}", behaviour
    behaviour.released.set()
    listening.shutdown()
    thread.join()
    listening.server_close()


def _left(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_comes_in_whole_with_its_fingerprint_and_progress(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    fetched = fetch_file(server[0], tmp_path, source="enrolment", limits=LIMITS, progress=lambda *one: told.append(one))
    assert fetched.path.read_bytes() == CONTENT
    assert (fetched.name, fetched.source, fetched.address) == (NAME, "enrolment", server[0])
    assert (fetched.sha256, fetched.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert not fetched.kept
    assert told[-1] == (NAME, len(CONTENT), len(CONTENT))
    assert [received for _, received, _ in told] == sorted(received for _, received, _ in told)
    assert _left(tmp_path) == [NAME]


def test_what_is_there_is_never_written_over_nor_asked_for(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"my own;file\n")
    fetched = fetch_file(server[0], tmp_path, limits=LIMITS)
    assert fetched.kept
    assert fetched.sha256 == hashlib.sha256(b"my own;file\n").hexdigest()
    assert server[1].asked == []


@pytest.mark.parametrize("first", ["half", "stall"])
def test_a_truncated_or_stalled_file_is_gone_on_with(server: tuple[str, Behaviour], tmp_path: Path, first: str) -> None:
    server[1].steps = [first, "whole"]
    pauses: list[float] = []
    fetched = fetch_file(server[0], tmp_path, limits=LIMITS, sleep=pauses.append)
    had = {"half": len(CONTENT) // 2, "stall": 1000}[first]
    assert fetched.path.read_bytes() == CONTENT
    assert [asked for _, asked in server[1].asked] == ["", f"bytes={had}-"]
    assert pauses == [1.0]


def test_a_later_call_goes_on_where_the_first_gave_up(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    server[1].steps = ["half", "broken", "broken", "broken", "whole"]
    pauses: list[float] = []
    with pytest.raises(PanelError, match=r"4 attempts failed, the last with HTTP 500 .* what came in is gone on with"):
        fetch_file(server[0], tmp_path, limits=LIMITS, sleep=pauses.append)
    assert pauses == [1.0, 2.0, 4.0]
    assert _left(tmp_path) == [f".{NAME}.part", f".{NAME}.part-version"]
    assert fetch_file(server[0], tmp_path, limits=LIMITS).path.read_bytes() == CONTENT
    assert server[1].asked[-1] == (f"/{NAME}", f"bytes={len(CONTENT) // 2}-")
    assert _left(tmp_path) == [NAME]


def test_a_new_version_on_the_server_starts_the_file_anew(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    server[1].steps = ["half", "broken"]
    with pytest.raises(PanelError):
        fetch_file(server[0], tmp_path, limits=LIMITS, sleep=lambda _: None)
    server[1].steps, server[1].version, server[1].content = ["whole"], '"v2"', CONTENT.replace(b"12", b"34")
    assert fetch_file(server[0], tmp_path, limits=LIMITS).path.read_bytes() == server[1].content


@pytest.mark.parametrize(
    "steps",
    [
        ["half", "ignoring_range"],
        ["half_without_version", "without_version"],
        ["half", "wrong_part", "ignoring_range"],
        ["half", "outdated", "whole"],
        ["hang_up", "whole"],
    ],
)
def test_a_server_that_ignores_or_garbles_ranges_still_gives_the_file_once(
    server: tuple[str, Behaviour], tmp_path: Path, steps: list[str]
) -> None:
    server[1].steps = steps
    assert fetch_file(server[0], tmp_path, limits=LIMITS, sleep=lambda _: None).path.read_bytes() == CONTENT


def test_a_busy_server_is_given_the_time_that_it_asks_for(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    server[1].steps = ["busy", "whole"]
    pauses: list[float] = []
    fetch_file(server[0], tmp_path, limits=LIMITS, sleep=pauses.append)
    assert pauses == [7.0]


@pytest.mark.parametrize(
    ("step", "error", "message", "n_asked"),
    [
        ("absent", NotServed, "HTTP 404 Not Found; DUO moved or withdrew the file; look for it on duo.nl", 1),
        ("forbidden", PanelError, "HTTP 403 Forbidden; the server refuses the file; fetch it by hand", 1),
        ("page", NotServed, "a web page in place of the file", 1),
        ("page_as_csv", NotServed, "the content is no csv file but begins b'<!DOCTYPE html>", 1),
        ("claim", PanelError, "10000000000 bytes or more; at most 1000000 are fetched", 1),
        ("unmeasured", PanelError, "at most 1000000 are fetched", 1),
        ("to_a_file", PanelError, "HTTP 302", 1),
        ("broken", PanelError, "4 attempts failed, the last with HTTP 500", 4),
        ("hang_up", PanelError, "4 attempts failed", 4),
    ],
)
def test_a_file_that_cannot_be_had_is_refused_with_what_to_do_and_leaves_nothing(  # noqa: PLR0917 - parameters
    server: tuple[str, Behaviour], tmp_path: Path, step: str, error: type[PanelError], message: str, n_asked: int
) -> None:
    server[1].steps = [step]
    with pytest.raises(error, match=message):
        fetch_file(server[0], tmp_path, limits=LIMITS, sleep=lambda _: None)
    assert len(server[1].asked) == n_asked
    assert _left(tmp_path) == []


def test_more_bytes_than_the_limit_are_refused(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="at most 1000 are fetched"):
        fetch_file(server[0], tmp_path, limits=Limits(largest=1000))


def test_an_attempt_that_takes_too_long_is_given_up(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    with pytest.raises(PanelError, match=r"1 attempts failed, the last with no end after 0 seconds"):
        fetch_file(server[0], tmp_path, limits=Limits(attempts=1, longest=0.0))


@pytest.mark.parametrize("content", [b'{"success": false, "a": 1}', b"PK\x03\x04;,", b"a;\0b", b"Geen bestand\n", b""])
def test_content_that_is_no_table_is_refused(server: tuple[str, Behaviour], tmp_path: Path, content: bytes) -> None:
    server[1].content = content
    with pytest.raises(NotServed, match="the content is no csv file"):
        fetch_file(server[0], tmp_path, limits=LIMITS)
    assert _left(tmp_path) == []


def test_a_workbook_is_told_by_its_first_bytes(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    address = server[0].replace(NAME, "personeel.xlsx")
    with pytest.raises(NotServed, match="the content is no xlsx file"):
        fetch_file(address, tmp_path, limits=LIMITS)
    server[1].content = b"PK\x03\x04 and the rest"
    assert fetch_file(address, tmp_path, limits=LIMITS).name == "personeel.xlsx"


def test_a_redirect_is_followed_and_the_file_keeps_the_name_that_was_asked_for(
    server: tuple[str, Behaviour], tmp_path: Path
) -> None:
    server[1].steps = ["moved", "whole"]
    assert fetch_file(server[0], tmp_path, limits=LIMITS).path == tmp_path / NAME
    assert [path for path, _ in server[1].asked] == [f"/{NAME}", f"/elsewhere/{NAME}"]


def test_a_page_of_the_catalogue_tells_where_the_file_is(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    stem = server[0].removesuffix(NAME)
    told = [{"url": f"https://elders.nl/{NAME}"}, {"url": f"{stem}a/b/anders.csv"}, {"url": f"{stem}a/b/{NAME}"}]
    server[1].catalogue = json.dumps({"result": {"resources": told}}).encode()
    server[1].steps = ["broken", "catalogue", "whole"]
    fetched = fetch_file(f"{stem}package_show?id=x#{NAME}", tmp_path, limits=LIMITS, sleep=lambda _: None)
    assert (fetched.address, fetched.path.read_bytes()) == (f"{stem}a/b/{NAME}", CONTENT)
    assert [path for path, _ in server[1].asked] == ["/package_show?id=x"] * 2 + [f"/a/b/{NAME}"]
    assert fetch_file(f"{stem}package_show?id=x#{NAME}", tmp_path, limits=LIMITS).kept
    assert _left(tmp_path) == [NAME]


@pytest.mark.parametrize(
    ("catalogue", "message"),
    [
        (
            b'{"result": {"resources": [{"url": "https://elders.nl/leerlingen-2024.csv"}]}}',
            "names no leerlingen-2024.csv",
        ),
        (b'{"result": {}}', "no page of DUO's catalogue"),
        (b'{"result": null}', "no page of DUO's catalogue"),
        (b"[1]", "no page of DUO's catalogue"),
        (b"geen json", "no page of DUO's catalogue"),
        (b"\xff\xfe", "no page of DUO's catalogue"),
    ],
)
def test_a_page_that_does_not_tell_or_tells_of_elsewhere_is_refused(
    server: tuple[str, Behaviour], tmp_path: Path, catalogue: bytes, message: str
) -> None:
    server[1].steps, server[1].catalogue = ["catalogue"], catalogue
    with pytest.raises(NotServed, match=message):
        fetch_file(f"{server[0]}?id=x#{NAME}", tmp_path, limits=LIMITS)
    assert _left(tmp_path) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://duo.nl/a/..%2f..%2fetc%2fpasswd.csv",
        "https://duo.nl/a/%2e%2e.csv",
        "https://duo.nl/a/.verborgen.csv",
        "https://duo.nl/a/leerlingen.exe",
        "https://duo.nl/a/",
        "https://duo.nl/a/b%00.csv",
        "file:///etc/leerlingen.csv",
        "ftp://duo.nl/leerlingen.csv",
        "https://duo.nl/a#../../leerlingen.csv",
        "leerlingen.csv",
    ],
)
def test_no_address_writes_outside_the_directory_or_reads_this_machine(tmp_path: Path, address: str) -> None:
    with pytest.raises(PanelError, match="not the address of a csv or xlsx file on the web"):
        fetch_file(address, tmp_path)
    assert _left(tmp_path) == []


def test_a_file_that_appears_meanwhile_is_left_alone(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    with pytest.raises(PanelError, match="appeared while it was being fetched"):
        fetch_file(server[0], tmp_path, limits=LIMITS, progress=lambda *_: (tmp_path / NAME).write_bytes(b"a;b"))
    assert (tmp_path / NAME).read_bytes() == b"a;b"


def test_a_redirect_never_leaves_https() -> None:
    asked = Request("https://duo.nl/a.csv")
    with pytest.raises(PanelError, match=r"https://duo\.nl/a\.csv: redirected to http://duo\.nl/b\.csv, which is not"):
        _NoDowngrade().redirect_request(asked, BytesIO(), 302, "Found", HTTPMessage(), "http://duo.nl/b.csv")


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/é/a.csv", "http://127.0.0.1:port/a.csv", "http://[x/a.csv"])
def test_an_address_that_cannot_be_asked_for_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(PanelError, match=r"a\.csv"):
        fetch_file(address, tmp_path, limits=Limits(attempts=1))
    assert _left(tmp_path) == []


def test_a_link_in_the_directory_is_not_followed(server: tuple[str, Behaviour], tmp_path: Path) -> None:
    inside, outside = tmp_path / "data", tmp_path / "elders.csv"
    inside.mkdir()
    (inside / f".{NAME}.part").symlink_to(outside)
    with pytest.raises(PanelError, match="is a link to elsewhere"):
        fetch_file(server[0], inside, limits=LIMITS)
    assert not outside.exists()


def test_fetching_takes_the_first_address_that_serves_and_tells_of_all_that_fail(
    server: tuple[str, Behaviour], tmp_path: Path
) -> None:
    stem = server[0].removesuffix(NAME)
    published = (
        Published(source="enrolment", addresses=(f"{stem}oud.csv", f"{stem}nieuw.csv"), covers=(2024,)),
        Published(source="enrolment", addresses=(f"{stem}weg.csv", f"{stem}ook-weg.csv"), covers=(2023,)),
        Published(source="addresses", addresses=(f"{stem}adressen.csv",)),
    )
    server[1].steps = ["absent", "whole", "absent", "absent", "whole"]
    with pytest.raises(FetchFailed, match="1 of 3 files were not fetched; the others are there") as failed:
        fetch_duo((2023, 2024), tmp_path / "duo", addresses=published, limits=LIMITS)
    assert [one.name for one in failed.value.fetched] == ["nieuw.csv", "adressen.csv"]
    assert "weg.csv: HTTP 404" in failed.value.failures[0]
    assert "nor is it at 1 other addresses" in failed.value.failures[0]
    server[1].steps = ["whole"]
    again = fetch_duo((2023, 2024), tmp_path / "duo", addresses=published, limits=LIMITS)
    assert [(one.name, one.kept) for one in again] == [("nieuw.csv", True), ("weg.csv", False), ("adressen.csv", True)]


def test_a_place_that_is_no_directory_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("x", encoding="ascii")
    with pytest.raises(PanelError, match="is no directory and cannot become one"):
        fetch_duo((2023,), tmp_path / "bestand")
    with pytest.raises(PanelError, match="no such directory; nothing was fetched"):
        fetch_file("https://duo.nl/a.csv", tmp_path / "weg")
