"""What a feed request is answered with: the same for every client, and nothing for whoever guesses.

A wrong, a malformed and a revoked token get one answer, byte for byte, along one path: each is hashed, looked up, and
not found. Bodies are kept in memory as long as their file stays what it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from threading import Lock

from storage.calendar.feeds.feed_folder_state import feed_file
from storage.calendar.feeds.feed_tokens import LENGTH, hashed

CACHE_CONTROL = "private, max-age=900, must-revalidate"
ALLOWED = ("GET", "HEAD")
MOST_KEPT = 64_000_000  # bytes of bodies in memory
MOST_SERVED = 32_000_000  # bytes; a calendar of ours never comes near
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{LENGTH}}}")
_ENTITY = re.compile(r'"[^"]*"')  # weak tags too: a list is compared by what stands in quotes
_NOBODY = "-" * LENGTH  # hashed in place of what cannot be a token, so that it takes as long

# Every answer carries these: nobody passes the address on, finds it by searching, or guesses what a body is.
EVERYWHERE = (
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("X-Content-Type-Options", "nosniff"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and a body; ``hash`` names the feed where one was read, and is for counting only."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    hash: str = ""


def plain(status: int, words: str, *headers: tuple[str, str]) -> Answer:
    """Return a short answer in plain text that nobody keeps."""
    body = f"{words}\n".encode()
    common = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))))
    return Answer(status, (*common, ("Cache-Control", "no-store"), *headers, *EVERYWHERE), body)


NOT_FOUND = plain(404, "Not found")
NOT_ALLOWED = plain(405, "Only GET and HEAD are answered here", ("Allow", ", ".join(ALLOWED)))


@dataclass(frozen=True, slots=True)
class _Body:
    """A file's bytes as read, with what tells whether the file is still the same."""

    state: tuple[int, int, int]
    data: bytes
    etag: str
    changed: int

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What a 200 and a 304 both say."""
        changed = format_datetime(datetime.fromtimestamp(self.changed, UTC), usegmt=True)
        return (("ETag", self.etag), ("Last-Modified", changed), ("Cache-Control", CACHE_CONTROL), *EVERYWHERE)


class Feeds:
    """The published files of one folder, answering requests; may be asked from many threads."""

    def __init__(self, folder: Path, live: Callable[[str], bool]) -> None:
        self._folder = folder
        self._live = live
        self._kept: OrderedDict[str, _Body] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def answer(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request; ``target`` as it came, a query in it is passed over.

        Whatever stands before ``/f/`` belongs to a proxy. ``headers`` are looked up in small letters.
        """
        if method not in ALLOWED:
            return NOT_ALLOWED
        number = hash_of(target)
        body = self._body(number) if self._live(number) else None
        if body is None:
            return NOT_FOUND
        if _unchanged(body, headers):
            return Answer(304, body.headers, hash=number)
        shown = (
            ("Content-Type", "text/calendar; charset=utf-8"),
            ("Content-Length", str(len(body.data))),
            ("Content-Disposition", 'inline; filename="reminders.ics"'),
        )
        return Answer(200, (*shown, *body.headers), body.data, number)

    # files -------------------------------------------------------------------------------------------------------

    def _body(self, number: str) -> _Body | None:
        path = feed_file(self._folder, number)
        try:
            state = _state(os.lstat(path))
            kept = self._kept.get(number)
            if kept is not None and kept.state == state:
                return kept
            found = _read(path)
        except (OSError, ValueError):
            self._forget(number)
            return None
        self._keep(number, found)
        return found

    def _keep(self, number: str, body: _Body) -> None:
        with self._lock:
            self._drop(number)
            self._kept[number] = body
            self._bytes += len(body.data)
            while self._bytes > MOST_KEPT:
                self._drop(next(iter(self._kept)))

    def _forget(self, number: str) -> None:
        with self._lock:
            self._drop(number)

    def _drop(self, number: str) -> None:
        body = self._kept.pop(number, None)
        if body is not None:
            self._bytes -= len(body.data)


def hash_of(target: str) -> str:
    """Return the hash of the token that a request names, or one that no token has."""
    path = target.partition("?")[0]
    _, found, name = path.rpartition("/f/")
    token = name.removesuffix(".ics")
    fits = bool(found) and name.endswith(".ics") and _TOKEN.fullmatch(token) is not None
    return hashed(token if fits else _NOBODY)


def _state(found: os.stat_result) -> tuple[int, int, int]:
    """Return what tells one state of a file from another; raises for what is no file: a pipe would be waited for."""
    if not stat.S_ISREG(found.st_mode):
        raise ValueError
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(path: Path) -> _Body:
    """Read a file and its state from one opening; raises for links, and for what is no calendar of ours."""
    with os.fdopen(
        os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb"
    ) as file:
        opened = os.fstat(file.fileno())
        data = file.read(MOST_SERVED + 1)
    if not data.startswith(b"BEGIN:VCALENDAR") or len(data) > MOST_SERVED:
        raise ValueError
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    return _Body(_state(opened), data, etag, int(opened.st_mtime))


# conditions ------------------------------------------------------------------------------------------------------


def _unchanged(body: _Body, headers: Mapping[str, str]) -> bool:
    """Whether the client holds this very body: by its tags if it names any, else by its date."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return tags.strip() == "*" or body.etag in _ENTITY.findall(tags)
    since = _moment(headers.get("if-modified-since"))
    return since is not None and since >= body.changed


def _moment(text: str | None) -> float | None:
    if not text or len(text) > 64:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None
