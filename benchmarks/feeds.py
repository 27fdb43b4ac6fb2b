"""What feeds cost: publishing again after one change against publishing all, and a 304 against a plain file served."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.calendars import TODAY, WHOLE, made
from benchmarks.measure import COMPILED, ROOT, Ratio, command, python
from domain.core.dates import stamp
from storage.calendar.feeds import feed_tokens
from storage.calendar.feeds.feed_files import publish
from storage.calendar.recipients import people
from storage.calendar.said_entries import writing
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.units import record

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHANGES = 7
REQUESTS = 400


def publishing(folder: Path, workers: int = WHOLE) -> Iterator[Ratio]:
    """Publishing again after one thing was recorded, against the first publish; within one process, and as commands."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(shutil.copy(made(folder, workers), Path(scratch, "almoner.db")))
        with contextlib.closing(open_database(path, CLOCK, actor="Bench")) as database:
            _issue_all(database)
            whole, again, events = _within(database, Path(scratch, "feeds"))
        name = f"publish again, one change / {workers} feeds, {events:,} events"
        yield Ratio(name, again, whole, "ms", 0.02)
        # A command first has to start, whatever it then does: the bound is on more than publishing.
        yield Ratio("the same as commands, each from its start", *_as_commands(path, Path(scratch, "other")), "ms", 0.2)


def _issue_all(database: Database) -> None:
    with writing(database) as conn:
        for person in people(database.reader(), TODAY):
            secret = feed_tokens.hashed(person.staff_id)
            conn.execute(
                "INSERT INTO feed_token (hash, recipient, issued_at, issued_by) VALUES (?, ?, ?, 'Bench')",
                (secret, person.staff_id, stamp(NOW)),
            )


def _within(database: Database, folder: Path) -> tuple[float, float, int]:
    database.packs()
    start = time.perf_counter()
    first = publish(database, folder, TODAY, now=NOW)
    whole = (time.perf_counter() - start) * 1000
    taken = []
    for number in range(CHANGES):
        _record(database, number)
        start = time.perf_counter()
        done = publish(database, folder, TODAY, now=NOW + timedelta(hours=number + 1))
        taken.append((time.perf_counter() - start) * 1000)
        assert len(done.files) == 1, done
    return whole, statistics.median(taken), sum(file.events for file in first.files)


def _record(database: Database, number: int) -> None:
    with database.unit("Bench", TODAY) as unit:
        held = date(2026, 11, 1) + timedelta(days=number)
        record(unit, "event", {"case": f"C-{number}", "kind": "became_looked_after", "on": held})
        unit.finish("Bench")


def _as_commands(path: Path, folder: Path) -> tuple[float, float]:
    words = python("-m", "tui", "--database", str(path), "--today", str(TODAY))
    words += ["calendar", "publish", "--output", str(folder)]
    whole, taken = command(words)[0], []
    for number in range(3):
        with contextlib.closing(open_database(path, CLOCK, actor="Bench")) as database:
            _record(database, CHANGES + number)
        taken.append(command(words)[0])
    return statistics.median(taken), whole


# over HTTP -------------------------------------------------------------------------------------------------------


def serving(folder: Path) -> Iterator[Ratio]:
    """A 304 from the feed server against a file of 60 kB from ``python -m http.server``."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        token = "a" * feed_tokens.LENGTH
        file = Path(scratch, f"{feed_tokens.hashed(token)}.ics")
        file.write_bytes(b"BEGIN:VCALENDAR\r\n" + os.urandom(30_000).hex().encode() + b"\r\nEND:VCALENDAR\r\n")
        none = str(Path(scratch, "none.db"))
        ours = python("-m", "tui", "--database", none, "calendar", "serve", "--folder", scratch, "--port")
        floor = python("-m", "http.server", "--bind", "127.0.0.1", "--directory", scratch)
        feed = f"GET /f/{token}.ics HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n".encode()
        static = f"GET /{file.name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        times: tuple[list[float], list[float]] = ([], [])
        with _running(ours) as our_port, _running(floor) as floor_port:
            for _ in range(5):
                times[0].append(_asked(our_port, feed))
                times[1].append(_asked(floor_port, static))
        yield Ratio("304 from the feed server / a static file", *map(statistics.median, times), "ms", 2.0)


@contextlib.contextmanager
def _running(words: list[str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen(
        [*words, str(port)],
        cwd=ROOT,
        env={**os.environ, **COMPILED},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    sys.exit("the server never answered")


def _asked(port: int, request: bytes) -> float:
    """Return the milliseconds a request, over many, each on a connection of its own as calendar clients do."""
    start = time.perf_counter()
    for _ in range(REQUESTS):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            _answer(connection, request)
    return (time.perf_counter() - start) * 1000 / REQUESTS


def _answer(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    found = b""
    while b"\r\n\r\n" not in found:
        found += connection.recv(65_536)
    head, _, body = found.partition(b"\r\n\r\n")
    assert head[9:12] in (b"200", b"304"), head
    length = next((int(x[15:]) for x in head.split(b"\r\n") if x.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65_536)
