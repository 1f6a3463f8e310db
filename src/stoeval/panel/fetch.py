"""Fetch DUO's public files: with retry and resume, never over what is there, never more than a limit.

A file comes in under a hidden name that ends in `.part` and gets its own name once it is whole and is what it
should be. A part is gone on with only where the server names the version (ETag or Last-Modified) and still
has it; otherwise the file starts anew. A page in place of a table is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from stoeval.errors import PanelError
from stoeval.panel.duo_addresses import PUBLISHED, Published, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from typing import IO

    Progress = Callable[[str, int, int | None], None]

CHUNK = 65_536
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may succeed."""
ABSENT = frozenset({404, 410})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.,()_-]{0,200}\.(csv|xlsx)")
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-[0-9]{1,15}/([0-9]{1,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One file that is now in the directory: where it came from and its fingerprint."""

    source: str
    name: str
    path: Path
    sha256: str
    address: str
    date: date
    size: int
    kept: bool
    """Whether the file was already there, so that nothing was fetched; its date is then that of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how often to try (seconds), and how much to take (bytes)."""

    attempts: int = 5
    pause: float = 1.0
    """Before the second attempt; doubled before each next one."""
    longest_pause: float = 60.0
    timeout: float = 30.0
    """Without a byte."""
    longest: float = 1_800.0
    """For one attempt as a whole."""
    largest: int = 300_000_000


LIMITS = Limits()


class NotServed(PanelError):  # noqa: N818 - reads as what happened
    """A file that is not at its address."""


class FetchFailed(PanelError):  # noqa: N818 - reads as what happened
    """Files that could not be fetched, with those that could."""

    def __init__(self, failures: Sequence[str], fetched: Sequence[Fetched]) -> None:
        self.failures, self.fetched = tuple(failures), tuple(fetched)
        told = f"{len(failures)} of {len(failures) + len(fetched)} files were not fetched; the others are there"
        super().__init__("\n".join([told, *(f"  {line}" for line in failures)]))


class _AgainLater(Exception):  # noqa: N818 - never leaves this module
    """An attempt that may succeed when repeated, after so many seconds where the server says so."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class _NoDowngrade(HTTPRedirectHandler):
    """Follow a redirect, but never from https to http."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - the signature of the library
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Return the request to follow; raise PanelError where it would leave https."""
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            message = f"{req.full_url}: redirected to {newurl}, which is not https; fetch the file by hand"
            raise PanelError(message)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _silent(name: str, received: int, total: int | None) -> None:
    """Tell nobody."""


def fetch_duo(  # noqa: PLR0913 - what to fetch, whereto, and how
    years: Iterable[int],
    to: Path,
    *,
    addresses: Sequence[Published] = PUBLISHED,
    limits: Limits = LIMITS,
    progress: Progress = _silent,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Fetched, ...]:
    """Fetch the public DUO files of school years (by their first year) into a directory.

    A file that is there already is kept and reported as such. `progress` is told the name, the bytes received
    and the bytes in all where known. Raises FetchFailed, once all others are there, with every file that
    could not be fetched and what to do about it; PanelError at years that DUO does not publish.
    """
    chosen = wanted(years, addresses)
    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"{to}: is no directory and cannot become one ({error.strerror}); choose another place"
        raise PanelError(message) from error
    fetched: list[Fetched] = []
    failures: list[str] = []
    for one in chosen:
        try:
            fetched.append(_fetch_one(one, to, limits, progress, sleep))
        except PanelError as error:
            failures.append(str(error))
    if failures:
        raise FetchFailed(failures, fetched)
    return tuple(fetched)


def fetch_file(  # noqa: PLR0913 - what to fetch, whereto, and how
    address: str,
    to: Path,
    *,
    source: str = "",
    limits: Limits = LIMITS,
    progress: Progress = _silent,
    sleep: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Fetch one file under its own name into a directory that exists.

    An address with a fragment is a page of DUO's catalogue that tells the address of the file after the `#`.
    Raises NotServed where the address has no such file, PanelError where it cannot be fetched, is too large
    or has an unsafe name.
    """
    target = _target(address, to)
    if not to.is_dir():
        message = f"{to}: no such directory; nothing was fetched; make it first"
        raise PanelError(message)
    if target.exists():
        return _record(target, address, source, kept=True)
    part = _part_of(target)
    address = _looked_up(address, to, limits, sleep)
    _try_often(address, part, limits, progress, sleep)
    _refuse_other_content(part, address)
    if target.exists():
        message = f"{target.name}: appeared while it was being fetched; the fetched one is {part.name}; keep one"
        raise PanelError(message)
    part.rename(target)
    _tag_of(part).unlink(missing_ok=True)
    return _record(target, address, source, kept=False)


def _fetch_one(one: Published, to: Path, limits: Limits, progress: Progress, sleep: Callable[[float], None]) -> Fetched:
    there = [address for address in one.addresses if _target(address, to).exists()]
    refused = ""
    for address in there[:1] or one.addresses:
        try:
            return fetch_file(address, to, source=one.source, limits=limits, progress=progress, sleep=sleep)
        except NotServed as error:
            refused = refused or str(error)
    others = len(one.addresses) - 1
    message = refused + (f"; nor is it at {others} other addresses" if others else "")
    raise NotServed(message)


def _target(address: str, to: Path) -> Path:
    pieces = _pieces(address)
    name = pieces.fragment or unquote(pieces.path.rpartition("/")[2])
    if pieces.scheme not in {"http", "https"} or not _NAME.fullmatch(name) or ".." in name:
        message = f"{address}: not the address of a csv or xlsx file on the web; give one such as https://…/naam.csv"
        raise PanelError(message)
    target = to / name
    part = _part_of(target)
    if any(one.is_symlink() for one in (target, part, _tag_of(part))):
        message = f"{target}: is a link to elsewhere; nothing was fetched; remove the link"
        raise PanelError(message)
    return target


def _pieces(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError as error:
        message = f"{address}: no address ({error}); give one such as https://…/naam.csv"
        raise PanelError(message) from error


def _looked_up(address: str, to: Path, limits: Limits, sleep: Callable[[float], None]) -> str:
    """Return the address itself, or where it is a page of the catalogue, that of the file which it names."""
    page, _, name = address.partition("#")
    if not name:
        return address
    part = to / ".catalogue.part"
    _remove(part)
    try:
        _try_often(page, part, limits, _silent, sleep)
        content = json.loads(part.read_bytes())
        told = [str(one["url"]) for one in content["result"]["resources"]]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        message = f"{page}: no page of DUO's catalogue ({error}); look for {name} on onderwijsdata.duo.nl"
        raise NotServed(message) from error
    finally:
        _remove(part)
    here = urlsplit(page)
    for one in told:
        found = _pieces(one)
        if unquote(found.path.rpartition("/")[2]) == name and found[:2] == here[:2]:
            return one
    message = f"{page}: names no {name} among {len(told)} files; look for it on onderwijsdata.duo.nl"
    raise NotServed(message)


def _part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")


def _tag_of(part: Path) -> Path:
    return part.with_name(f"{part.name}-version")


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag_of(part).unlink(missing_ok=True)


def _try_often(address: str, part: Path, limits: Limits, progress: Progress, sleep: Callable[[float], None]) -> None:
    reason, pause = "", limits.pause
    for attempt in range(limits.attempts):
        if attempt:
            sleep(min(pause, limits.longest_pause))
        try:
            _attempt(address, part, limits, progress)
        except _AgainLater as error:
            reason, pause = str(error), max(error.wait, limits.pause * 2**attempt)
        else:
            return
    message = (
        f"{address}: {limits.attempts} attempts failed, the last with {reason}; check the connection and fetch again, "
        "what came in is gone on with"
    )
    raise PanelError(message)


def _attempt(address: str, part: Path, limits: Limits, progress: Progress) -> None:
    have, version = _so_far(part)
    headers = {"User-Agent": "stoeval", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-", "If-Range": version}
    request = Request(address, headers=headers)  # noqa: S310 - `_target` lets in http and https only
    try:
        with build_opener(_NoDowngrade).open(request, timeout=limits.timeout) as response:
            _take(response, part, have, limits, progress)
    except HTTPError as error:
        raise _meaning(error, address, part) from error
    except (URLError, HTTPException, OSError) as error:
        told = str(getattr(error, "reason", "") or error) or type(error).__name__
        raise _AgainLater(told) from error
    except ValueError as error:
        message = f"{address}: cannot be asked for ({error}); give an address in plain letters"
        raise PanelError(message) from error


def _so_far(part: Path) -> tuple[int, str]:
    """Return the bytes of a part whose version is known, and the version."""
    if not part.exists() or not _tag_of(part).exists():
        return 0, ""
    return part.stat().st_size, _tag_of(part).read_text(encoding="ascii")


def _meaning(error: HTTPError, address: str, part: Path) -> Exception:
    told = f"HTTP {error.code} {error.reason}"
    if error.code in ABSENT:
        return NotServed(f"{address}: {told}; DUO moved or withdrew the file; look for it on duo.nl/open_onderwijsdata")
    if error.code == 416:
        part.unlink(missing_ok=True)
        return _AgainLater(f"{told}, so the part is of another version")
    if error.code in AGAIN:
        wait = error.headers.get("Retry-After", "")
        return _AgainLater(told, float(wait) if wait.isascii() and wait.isdigit() else 0.0)
    return PanelError(f"{address}: {told}; the server refuses the file; fetch it by hand with a browser")


def _take(response: HTTPResponse, part: Path, have: int, limits: Limits, progress: Progress) -> None:
    start, total = _extent(response, have)
    address = response.geturl()
    if response.headers.get_content_type() in {"text/html", "application/xhtml+xml"}:
        message = f"{address}: a web page in place of the file; DUO moved it; look on duo.nl/open_onderwijsdata"
        raise NotServed(message)
    if total is not None and total > limits.largest:
        raise _too_large(address, total, limits)
    _keep_version(response, part)
    received, started = start, time.monotonic()
    with part.open("ab" if start else "wb") as stream:
        while chunk := response.read1(CHUNK):
            received += len(chunk)
            if received > limits.largest:
                break
            stream.write(chunk)
            progress(part.name[1:].removesuffix(".part"), received, total)
            if time.monotonic() - started > limits.longest:
                told = f"no end after {limits.longest:g} seconds"
                raise _AgainLater(told)
    if received > limits.largest:
        _remove(part)
        raise _too_large(address, received, limits)
    if total is not None and received != total:
        told = f"{received} of {total} bytes"
        raise _AgainLater(told)


def _extent(response: HTTPResponse, have: int) -> tuple[int, int | None]:
    """Return where the answer begins and the size of the whole file."""
    if response.status == 206:
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if not found or int(found.group(1)) != have:
            told = f"another part than asked for ({response.headers.get('Content-Range')})"
            raise _AgainLater(told)
        return have, int(found.group(2))
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isascii() and length.isdigit() else None


def _keep_version(response: HTTPResponse, part: Path) -> None:
    strong = response.headers.get("ETag", "")
    version = strong if strong and not strong.startswith("W/") else response.headers.get("Last-Modified", "")
    if version and version.isascii():
        _tag_of(part).write_text(version, encoding="ascii")
    else:
        _tag_of(part).unlink(missing_ok=True)


def _too_large(address: str, size: int, limits: Limits) -> PanelError:
    return PanelError(
        f"{address}: {size} bytes or more; at most {limits.largest} are fetched; see what DUO serves there"
    )


def _refuse_other_content(part: Path, address: str) -> None:
    with part.open("rb") as stream:
        head = stream.read(CHUNK)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if part.name.endswith(".xlsx.part"):
        good = head.startswith(b"PK\x03\x04")
    else:
        line = start.split(b"\n", 1)[0]
        good = not start.startswith((b"<", b"{", b"PK")) and b"\0" not in head and (b";" in line or b"," in line)
    if good:
        return
    _remove(part)
    message = (
        f"{address}: the content is no {part.name.rpartition('.part')[0].rpartition('.')[2]} file but begins "
        f"{start[:40]!r}; DUO moved the file; look on duo.nl/open_onderwijsdata"
    )
    raise NotServed(message)


def _record(path: Path, address: str, source: str, *, kept: bool) -> Fetched:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    moment = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return Fetched(
        source=source,
        name=path.name,
        path=path,
        sha256=digest,
        address=address,
        date=moment.date(),
        size=path.stat().st_size,
        kept=kept,
    )
