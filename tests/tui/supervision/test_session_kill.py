"""Killed in the middle of a word, a session loses at most the last two seconds of typing."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database.sqlite import connect
from storage.records.database import Database
from storage.supervision.session import session_reads
from tests.conftest import TODAY
from tests.units import record

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0
MOST_LOST = 2.0  # seconds
SIZE = {"COLUMNS": "100", "LINES": "30"}


@pytest.fixture
def session(team: Database) -> int:
    with team.unit("A. Hughes", TODAY) as unit:
        booked = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": TODAY})
        unit.finish("Booked")
        return int(booked.id)


@contextmanager
def terminal(*words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A program on a terminal of its own; killed at the end if it still runs."""
    ours, theirs = pty.openpty()
    given = {**os.environ, **SIZE, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=given, cwd=ROOT)
    os.close(theirs)
    try:
        yield process, ours
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(ours)


def drain(terminal: int, seconds: float) -> bytes:
    found, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                found += os.read(terminal, 65536)
            except OSError:
                break
    return found


def wait_for(terminal: int, words: bytes) -> None:
    found, end = b"", time.monotonic() + PATIENCE
    while words not in found:
        assert time.monotonic() < end, f"{words!r} did not come up"
        found += drain(terminal, 0.1)


def test_kill_while_typing_loses_no_more_than_two_seconds(team: Database, session: int, tmp_path: Path) -> None:
    typed: list[tuple[float, str]] = []
    with terminal(sys.executable, "-m", "tests.harness.typist", str(team.path), str(session)) as (process, screen):
        wait_for(screen, b"Before agreeing")
        drain(screen, 1.5)
        os.write(screen, b"\r")
        drain(screen, 1.0)
        begun = time.monotonic()
        while time.monotonic() - begun < 5.0:
            word = f"w{len(typed)} "
            os.write(screen, word.encode())
            typed.append((time.monotonic(), word))
            drain(screen, 0.05)
        os.kill(process.pid, signal.SIGKILL)
        killed = time.monotonic()
    conn = connect(Path(team.path))
    try:
        (draft,) = session_reads.drafts(conn, session, "A. Hughes")
    finally:
        conn.close()
    kept = draft.answers["how"].split()
    due = [word.strip() for at, word in typed if at < killed - MOST_LOST]
    assert len(due) > 20
    assert kept[: len(due)] == due
