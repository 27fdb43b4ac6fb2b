"""Asked to go by a signal: the terminal is left as it was, drafts are kept, and the exit code says which signal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from storage.database.sqlite import connect
from storage.opening import open_database
from storage.records.database import Database
from storage.supervision.session import session_reads
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.supervision.test_session_kill import ROOT, SIZE, drain, wait_for
from tests.units import record

pytestmark = pytest.mark.slow

PATIENCE = 30.0
ASKED_TO_GO = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
TYPIST = (sys.executable, "-m", "tests.harness.typist")


@pytest.fixture
def session(team: Database) -> int:
    with team.unit("A. Hughes", TODAY) as unit:
        booked = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": TODAY})
        unit.finish("Booked")
        return int(booked.id)


@contextmanager
def terminal(*words: str) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """A program on a terminal that stays open after it: the process, our end, and the program's end."""
    ours, theirs = pty.openpty()
    given = {**os.environ, **SIZE, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, env=given, cwd=ROOT, start_new_session=True
    )
    try:
        yield process, ours, theirs
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for end in (ours, theirs):
            with suppress(OSError):
                os.close(end)


def leave(process: subprocess.Popen[bytes], screen: int) -> bytes:
    said, end = b"", time.monotonic() + PATIENCE
    while process.poll() is None:
        assert time.monotonic() < end, "it did not go"
        said += drain(screen, 0.1)
    return said + drain(screen, 0.2)


def draft_of(team: Database, session: int) -> str:
    conn = connect(Path(team.path))
    try:
        (draft,) = session_reads.drafts(conn, session, "A. Hughes")
        return str(draft.answers["how"])
    finally:
        conn.close()


@pytest.mark.parametrize("asked", ASKED_TO_GO, ids=lambda s: s.name)
def test_a_signal_restores_the_terminal_and_keeps_what_was_typed(
    team: Database, session: int, asked: signal.Signals
) -> None:
    with terminal(*TYPIST, team.path, str(session)) as (process, screen, theirs):
        before = termios.tcgetattr(theirs)
        wait_for(screen, b"Before agreeing")
        drain(screen, 1.5)
        assert not termios.tcgetattr(theirs)[3] & termios.ECHO
        os.write(screen, b"\r")
        drain(screen, 1.0)
        os.write(screen, b"half a thought")
        drain(screen, 0.8)  # less than it takes until a draft is put away without being asked
        process.send_signal(asked)
        said = leave(process, screen)
        assert process.returncode == 128 + asked
        assert termios.tcgetattr(theirs) == before
        for usual in (b"\x1b[?1049l", b"\x1b[?25h"):
            assert usual in said
        assert b"Traceback" not in said
    assert draft_of(team, session) == "half a thought"


def test_a_terminal_that_is_closed_ends_the_program_and_keeps_what_was_typed(team: Database, session: int) -> None:
    with terminal(*TYPIST, team.path, str(session)) as (process, screen, theirs):
        wait_for(screen, b"Before agreeing")
        drain(screen, 1.5)
        os.write(screen, b"\r")
        drain(screen, 1.0)
        os.write(screen, b"half a thought")
        drain(screen, 0.8)  # less than it takes until a draft is put away without being asked
        os.close(theirs)
        os.close(screen)
        process.send_signal(signal.SIGHUP)
        assert process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert draft_of(team, session) == "half a thought"


@pytest.mark.parametrize("asked", ASKED_TO_GO[:2], ids=lambda s: s.name)
def test_a_signal_while_a_database_is_being_made_leaves_none_half_made(tmp_path: Path, asked: signal.Signals) -> None:
    given: dict[str, Any] = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    path = tmp_path / "new.db"
    words = [f"{name}={value}" for name, value in given.items()]
    program = ("env", *words, sys.executable, "-m", "tui", "--database", str(path), "--as", "A. Hughes")
    with terminal(*program) as (process, screen, theirs):
        before = termios.tcgetattr(theirs)
        wait_for(screen, b"Look around")
        drain(screen, 0.5)
        os.write(screen, b"\r")
        wait_for(screen, b"Making a fictional team")
        process.send_signal(asked)
        leave(process, screen)
        assert process.returncode == 128 + asked
        assert termios.tcgetattr(theirs) == before
    assert not path.exists()
    assert [one.name for one in tmp_path.iterdir() if "making" in one.name] == []
    if (tmp_path / "demo.db").exists():
        open_database(tmp_path / "demo.db", CLOCK).close()


STUCK = """
import sys
from tui.core.leaving import signals
signals.PATIENCE = 2.0
sys.argv = ["typist", *sys.argv[1:]]
import runpy
runpy.run_module("tests.harness.typist", run_name="__main__")
"""


def test_a_terminal_that_takes_nothing_more_is_not_waited_for(team: Database, session: int) -> None:
    with terminal(sys.executable, "-c", STUCK, team.path, str(session)) as (process, screen, theirs):
        before = termios.tcgetattr(theirs)
        wait_for(screen, b"Before agreeing")
        end = time.monotonic() + 6
        while time.monotonic() < end:  # pages drawn over and over, and nobody reads them
            with suppress(BlockingIOError):
                os.write(screen, b"\x14\x1b[B")
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 128 + signal.SIGTERM
        assert termios.tcgetattr(theirs) == before
