"""What tests of feeds share: a published folder, a server on a port of its own, and a client that keeps what it got."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from storage.calendar.feed_server.answers import Feeds
from storage.calendar.feed_server.server import FeedServer, start
from storage.calendar.feed_server.token_gate import Gate
from storage.calendar.feeds import feed_tokens
from storage.calendar.feeds.feed_files import Published, publish
from storage.records.database import Database
from tests.clocks import clock_on

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Office:
    """Somebody who issues addresses and publishes to one folder; each publish is an hour after the last."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.now, self.today = NOW, TODAY

    def issue(self, recipient: str) -> str:
        return feed_tokens.issue(self.database, recipient, "A. Hughes", self.today, self.now)

    def publish(self, folder: Path | None = None) -> Published:
        self.now += timedelta(hours=1)
        return publish(self.database, folder or self.folder, self.today, now=self.now)

    def file(self, token: str) -> Path:
        return self.folder / f"{feed_tokens.hashed(token)}.ics"


@contextmanager
def served(folder: Path, database: Path | None, today: date = TODAY, again: float = 0.05) -> Iterator[FeedServer]:
    """Serve a folder while the block lasts; what the log said is ``server.said``."""
    said: list[str] = []
    gate = Gate(database, clock_on(today), said.append, again=again, kept_every=again)
    server = start("127.0.0.1", 0, Feeds(folder, gate.live), gate, said.append)
    server.said = said  # type: ignore[attr-defined]
    gate.open()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.finish()


class Got:
    """An answer as it arrived."""

    def __init__(self, response: HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def told(self) -> dict[str, str]:
        """The headers that do not depend on the moment or the connection."""
        return {name: value for name, value in self.headers.items() if name not in ("date", "connection")}


def ask(server: FeedServer, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Got:
    """Ask once, on a connection of its own; ``If_None_Match`` stands for If-None-Match."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return Got(connection.getresponse())
    finally:
        connection.close()


def raw(server: FeedServer, data: bytes, *, wait: float = 5.0) -> bytes:
    """Send bytes as they are, and return all that came back until the server closed or said no more."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=wait) as connection:
        found = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                found += part
        except OSError:
            pass
        return found


class Subscriber:
    """A calendar client that subscribes: it keeps its copy, and asks whether that still holds."""

    def __init__(self, server: FeedServer, token: str) -> None:
        self._server, self._path = server, f"/f/{token}.ics"
        self._etag = ""
        self.copy = b""
        self.status = 0

    def poll(self) -> bytes:
        """Ask, replace the whole copy where it no longer holds, drop it where the feed is gone."""
        given = {"If_None_Match": self._etag} if self._etag else {}
        answer = ask(self._server, self._path, **given)
        self.status = answer.status
        if answer.status == 200:
            self.copy, self._etag = answer.body, answer.headers["etag"]
        elif answer.status == 404:
            self.copy, self._etag = b"", ""
        return self.copy

    @property
    def starts(self) -> dict[str, list[str]]:
        """What is in the calendar: each summary with the days or times it stands at."""
        found: dict[str, list[str]] = {}
        for event in self.copy.replace(b"\r\n ", b"").split(b"BEGIN:VEVENT")[1:]:
            lines = dict(line.decode().partition(":")[::2] for line in event.split(b"BEGIN:VALARM")[0].split(b"\r\n"))
            start = next(value for name, value in lines.items() if name.startswith("DTSTART"))
            found.setdefault(lines["SUMMARY"], []).append(start)
        return {summary: sorted(starts) for summary, starts in found.items()}
