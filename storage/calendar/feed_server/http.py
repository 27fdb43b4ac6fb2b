"""HTTP/1 as far as feeds need it: requests read with bounds on time and size, answers put on the wire.

Nothing of a request is ever repeated in an answer. Answers carry no name or version of what sent them.
"""

from __future__ import annotations

import io
import re
import socket
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from storage.calendar.feed_server.answers import Answer, plain

_LONGEST_LINE = 8_192
_MOST_HEADERS = 100
_EMPTY_LINES = 4  # tolerated before a request
_DRAINED = 1_000_000  # bytes of an unread body that are taken in, so that the answer is not lost with the connection
_DRAINING = 1.0  # seconds
_WORD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_METHOD = re.compile(rb"[A-Za-z-]{1,32}")
_VERSION = re.compile(rb"HTTP/(\d)\.(\d)")

MISTAKES = {
    400: plain(400, "Not understood"),
    408: plain(408, "Too slow"),
    414: plain(414, "Too long"),
    431: plain(431, "Too long"),
    503: plain(503, "Busy, try again", ("Retry-After", "5")),
    505: plain(505, "Only HTTP/1 is spoken here"),
}


class Mistake(Exception):
    """A request that is answered by its status alone."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Request(NamedTuple):
    """What a request asks; header names in small letters, nothing of it decoded."""

    method: str
    target: str
    headers: dict[str, str]
    version: str

    @property
    def stays(self) -> bool:
        """Whether the connection can go on: a body is never read, so it ends one."""
        if self.headers.get("content-length", "0") != "0" or "transfer-encoding" in self.headers:
            return False
        words = {word.strip() for word in self.headers.get("connection", "").lower().split(",")}
        return "close" not in words and (self.version == "1.1" or "keep-alive" in words)


class ClientConnection:
    """A connection to listen on; ``between`` seconds may pass before a request, ``whole`` from its start to its end."""

    def __init__(self, connection: socket.socket, between: float, whole: float, largest: int) -> None:
        self._raw = _Patient(connection)
        self._file = io.BufferedReader(self._raw)
        self._between, self._whole, self._largest = between, whole, largest

    def listen(self) -> Request | None:
        """Return the next request, None where there is none; raises Mistake for what is no request."""
        self._raw.give(self._between, self._largest)
        try:
            if not self._file.peek(1):
                return None
        except TimeoutError:
            return None
        self._raw.give(self._whole, self._largest)
        try:
            return self._request()
        except TimeoutError:
            raise Mistake(408) from None
        except _TooLong:
            raise Mistake(431) from None

    def _request(self) -> Request | None:
        for _ in range(_EMPTY_LINES):
            first = self._line(414)
            if first:
                break
        else:
            raise Mistake(400)
        method, target, version = _first(first)
        headers = self._headers()
        if version == "1.1" and "host" not in headers:
            raise Mistake(400)
        return Request(method, target, headers, version)

    def _headers(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for _ in range(_MOST_HEADERS + 1):
            line = self._line(431)
            if not line:
                return found
            name, colon, value = line.partition(b":")
            if not colon or not _WORD.fullmatch(name) or b"\0" in value:
                raise Mistake(400)
            key, text = name.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")
            found[key] = f"{found[key]}, {text}" if key in found else text
        raise Mistake(431)

    def _line(self, too_long: int) -> bytes:
        line = self._file.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE:
            raise Mistake(too_long)
        if not line.endswith(b"\n"):
            raise Mistake(400)  # the client stopped in the middle
        return line.rstrip(b"\r\n")


def _first(line: bytes) -> tuple[str, str, str]:
    """Return method, target and version of a request line."""
    words = line.split(b" ")
    if len(words) != 3:
        raise Mistake(400)
    method, target, version = words
    spoken = _VERSION.fullmatch(version)
    if not spoken or not _METHOD.fullmatch(method) or not target:
        raise Mistake(400)
    if spoken[1] != b"1":
        raise Mistake(505)
    return method.decode("ascii"), target.decode("latin-1"), "1.0" if spoken[2] == b"0" else "1.1"


class _TooLong(Exception):
    """A request longer than any honest one."""


class _Patient(io.RawIOBase):
    """A connection to read from that knows when patience ends, however slowly the bytes drip in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._until = 0.0
        self._left = 0

    def give(self, seconds: float, size: int) -> None:
        """Give it so long, and so many bytes, from now on."""
        self._until, self._left = time.monotonic() + seconds, size

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read what is there, or wait for it as long as patience lasts."""
        remaining = self._until - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        if self._left <= 0:
            raise _TooLong
        self._connection.settimeout(remaining)
        count = self._connection.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


def wire(answer: Answer, now: datetime, *, close: bool, head: bool) -> bytes:
    """Return the bytes of an answer given at ``now``; to HEAD the same headers without the body."""
    date = format_datetime(now.astimezone(UTC), usegmt=True)
    headers = (*answer.headers, ("Connection", "close" if close else "keep-alive"))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", f"Date: {date}"]
    lines += [f"{name}: {value}" for name, value in headers]
    whole = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return whole if head else whole + answer.body


def part(connection: socket.socket) -> None:
    """End a connection so that the last answer arrives: closing upon unread bytes would take it back."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        until, taken = time.monotonic() + _DRAINING, 0
        while taken < _DRAINED and (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            got = len(connection.recv(65_536))
            if not got:
                return
            taken += got
