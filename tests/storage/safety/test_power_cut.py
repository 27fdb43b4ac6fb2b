"""The power goes at any moment: our settings of SQLite lose nothing that was saved, and weaker ones do.

``ALMONER_CUTS`` sets how many cuts (200 by default, thousands before a release).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
from collections import Counter
from pathlib import Path

import apsw
import pytest

from storage.database.sqlite import PRAGMAS
from storage.migrations import runner
from tests.clocks import CLOCK
from tests.harness import disk, writing
from tests.harness.checks import fault_in
from tests.raw import connect

CUTS = int(os.environ.get("ALMONER_CUTS", "200"))
SETS = 30
_names = itertools.count()

pytestmark = pytest.mark.slow


def settings(journal: str, synchronous: str) -> tuple[str, ...]:
    """Our settings with these two put differently."""
    changed = {"journal_mode": journal, "synchronous": synchronous}
    return tuple(
        f"PRAGMA {name}={changed.get(name, value)}"
        for name, value in (p.removeprefix("PRAGMA ").split("=") for p in PRAGMAS)
    )


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with a team and cases, as the disk holds it before the work."""
    path = tmp_path_factory.mktemp("start") / "almoner.db"
    runner.build(path, CLOCK)
    with contextlib.closing(connect(path)) as own:
        writing.lay_out(own.execute)
    return path.read_bytes()


def record(path: Path, start: bytes, pragmas: tuple[str, ...]) -> list[disk.Operation]:
    """Write events and their lines in the change log on a recording disk, and return what was asked of it."""
    path.with_name(path.name + "-journal").unlink(missing_ok=True)
    path.write_bytes(start)
    recorder = disk.RecordingDisk(f"recording-{next(_names)}")
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=recorder.name)
    try:
        for pragma in pragmas:
            connection.execute(pragma)
        for number in writing.work(connection.execute, SETS, random.Random(1)):
            recorder.log.append(disk.Operation("ack", str(number)))
    finally:
        connection.close()
        recorder.unregister()
    return recorder.log


def faults_after_cuts(
    folder: Path, start: bytes, pragmas: tuple[str, ...], count: int, *, enough: str = ""
) -> Counter[str]:
    """Cut the power ``count`` times, or until a fault of the kind ``enough``, and return the kinds of fault found."""
    log = record(folder / "recorded.db", start, pragmas)
    found: Counter[str] = Counter()
    path = folder / "almoner.db"
    for files, acknowledged in disk.cuts(log, {"recorded.db": start}, count, random.Random(2)):
        for ending in ("", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
            if (content := files.get("recorded.db" + ending)) is not None:
                path.with_name(path.name + ending).write_bytes(content)
        if fault := fault_in(path, [int(number) for number in acknowledged]):
            found[fault.partition(":")[0]] += 1
        if found[enough]:
            break
    return found


def test_our_settings_lose_nothing(tmp_path: Path, start: bytes) -> None:
    assert faults_after_cuts(tmp_path, start, PRAGMAS, CUTS) == {}


def test_our_settings_lose_nothing_when_a_change_outgrows_memory(tmp_path: Path, start: bytes) -> None:
    assert faults_after_cuts(tmp_path, start, (*PRAGMAS, "PRAGMA cache_size=5"), CUTS) == {}


@pytest.mark.parametrize(
    ("journal", "synchronous", "harm"),
    [
        ("DELETE", "FULL", "lost"),  # SQLite's own default
        ("DELETE", "NORMAL", "lost"),
        ("TRUNCATE", "NORMAL", "corrupt"),
        ("TRUNCATE", "OFF", "corrupt"),
        ("MEMORY", "EXTRA", "corrupt"),
    ],
)
def test_weaker_settings_are_caught(tmp_path: Path, start: bytes, journal: str, synchronous: str, harm: str) -> None:
    found = faults_after_cuts(tmp_path, start, settings(journal, synchronous), max(150, CUTS // 4), enough=harm)
    assert found[harm] > 0


def test_the_work_itself_is_sound(tmp_path: Path, start: bytes) -> None:
    log = record(tmp_path / "recorded.db", start, PRAGMAS)
    saved = [int(operation.file) for operation in log if operation.kind == "ack"]
    assert saved == list(range(1, SETS + 1))
    assert fault_in(tmp_path / "recorded.db", saved) is None
    assert {operation.kind for operation in log} >= {"create", "write", "truncate", "sync", "ack"}
