"""A database, or its folder, that may only be read: everything is shown, and each change says what it cannot write.

An administrator may write anywhere, so there these run as somebody else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.driving import almoner as application
from tests.tui.driving import drive, press, text, until
from tests.tui.shell import TODAY

NOBODY = 65_534
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
EVENT = '[[event]]\ncase = "C-1001"\nkind = "lac_visit"\non = 2026-05-01\n'
READING = ("due", "caseload", "list case", "show case C-1001", "doctor")
WRITING = (
    "record event --from visit.toml", "undo", "amend case C-1001 area=Leeds", "import sheet.csv",
    "calendar token issue W2", "calendar export --worker W2 --output w2.ics",
)  # fmt: skip
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="rights as Unix has them"),
]


@pytest.fixture
def place(team: Database) -> Iterator[Path]:
    """A folder that anybody may reach, with the team's database and what is taken in."""
    team.close()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copy(team.path, folder / "almoner.db")
        (folder / "visit.toml").write_text(EVENT)
        (folder / "sheet.csv").write_text(
            "Case ref,Team,Worker,Case type,Opened\nC-3,North,W2,Looked after,02/03/2026\n"
        )
        for file in folder.iterdir():
            file.chmod(0o644)
            if os.geteuid() == 0:
                os.chown(file, NOBODY, NOBODY)
        yield folder
        folder.chmod(0o755)


def run(folder: Path, words: str) -> tuple[int, str]:
    """Run a command as somebody who is no administrator; returns its code and what it said."""
    command = [sys.executable, "-m", "tui", "--database", "almoner.db", "--today", TODAY, *words.split()]
    if os.geteuid() == 0:
        command = [*AS_NOBODY, *command]
    root = Path(__file__).parents[3]
    env = {**os.environ, "PYTHONPATH": str(root), "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr, done.stderr
    assert "Something went wrong" not in done.stderr, done.stderr
    return done.returncode, done.stderr


def bound_by_rights() -> bool:
    """Whether a command can be run as somebody whom rights bind."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return True
    if shutil.which("setpriv") is None:
        return False
    return subprocess.run([*AS_NOBODY, sys.executable, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("what", ["folder", "file"])
def test_everything_can_be_read_and_a_change_says_what_cannot_be_written(place: Path, what: str) -> None:
    if not bound_by_rights():
        pytest.skip("whoever runs this may write anywhere, and can be nobody else")
    file = place / "almoner.db"
    before = file.read_bytes()
    if what == "folder":
        place.chmod(0o555)
    else:
        file.chmod(0o444)
    for words in READING:
        assert run(place, words)[0] in (0, 1), words
    for words in WRITING:
        code, said = run(place, words)
        assert code == 2, words
        assert said.startswith(f"almoner: {place.resolve()}"), (words, said)
        assert "only be read" in said or "may not be written" in said, words
    assert file.read_bytes() == before
    assert not (place / "w2.ics").exists()


def test_the_application_reads_and_says_that_nothing_can_be_changed(team: Database, tmp_path: Path) -> None:
    team.close()
    Path(team.path).chmod(0o444)
    before = Path(team.path).read_bytes()

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "g", *"C-1001", "enter")
        await until(pilot, "ooked after, aged")
        await press(pilot, "e")
        await until(pilot, "only be read")
        assert "Traceback" not in text(pilot)

    drive(application(open_database(team.path, CLOCK), tmp_path), steps, (100, 40))
    assert Path(team.path).read_bytes() == before
