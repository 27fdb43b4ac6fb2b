"""Making databases: one at a time within a program, never over anything that is there, and the records loaded once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.core.errors import StorageProblem
from storage.opening import make_database, open_database
from tests.clocks import CLOCK
from tests.house import ROOT

TOGETHER = """
import sys, threading
from pathlib import Path
from storage.opening import load_writing, open_database
from tests.clocks import CLOCK, TODAY
from tests.units import record

sys.setswitchinterval(1e-5)
folder, faults, begin = Path(sys.argv[1]), [], threading.Barrier(5)

def at_once(work):
    def run():
        begin.wait()
        try:
            work()
        except BaseException as fault:
            faults.append(repr(fault))
    thread = threading.Thread(target=run)
    thread.start()
    return thread

def make(name):
    with open_database(folder / name, CLOCK, create=True, actor="A. Hughes") as database:
        with database.unit("A. Hughes", TODAY) as unit:
            record(unit, "team", {"name": "North", "scheme": "three-factor"})
            unit.finish("Set up")

threads = [at_once(load_writing), *(at_once(lambda n=n: make(f"{n}.db")) for n in range(4))]
for thread in threads:
    thread.join()
print(faults)
"""


def test_several_threads_make_databases_and_load_the_records_at_once(tmp_path: Path) -> None:
    words = [sys.executable, "-c", TOGETHER, str(tmp_path)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]
    for number in range(4):
        with open_database(tmp_path / f"{number}.db", CLOCK) as database:
            assert database.reader().value("SELECT count(*) FROM team") == 1
            assert database.differences() == []


def test_an_empty_database_is_whole(tmp_path: Path) -> None:
    make_database(tmp_path / "deep" / "new.db", CLOCK)
    with open_database(tmp_path / "deep" / "new.db", CLOCK) as database:
        assert database.reader().value("SELECT count(*) FROM team") == 0
        assert database.differences() == []


def test_nothing_that_is_there_is_overwritten(tmp_path: Path) -> None:
    make_database(tmp_path / "ours.db", CLOCK)
    (tmp_path / "other").write_bytes(b"something else")
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "leads nowhere").symlink_to(tmp_path / "gone")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    for name in ("ours.db", "other", "empty", "folder", "leads nowhere"):
        with pytest.raises(StorageProblem, match=r"already|is a link"):
            make_database(tmp_path / name, CLOCK)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before
    assert not (tmp_path / "gone").exists()
