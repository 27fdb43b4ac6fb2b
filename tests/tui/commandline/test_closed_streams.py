"""Standard input, output and error as they come: closed, cut off, or full; nothing goes where it does not belong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.records.database import Database
from tests.tui.shell import TODAY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell's way of closing streams")


def shell(team: Database, line: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a line in which ``almoner`` is the program on the small team."""
    team.close()
    almoner = f'"{sys.executable}" -m tui --database "{team.path}" --today {TODAY} --as "A. Hughes"'
    command = ["/bin/sh", "-c", line.replace("almoner", almoner)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("form", ["", "--json", "--csv"])
def test_an_answer_that_nobody_wants_is_given_to_nobody(team: Database, form: str) -> None:
    done = shell(team, f"almoner list worker {form} >&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_belongs_on_a_closed_standard_error_stays_out_of_the_answer(team: Database) -> None:
    done = shell(team, "almoner due --json 2>&-; almoner nonsense 2>&-")
    assert json.loads(done.stdout)
    assert done.returncode == 2


def test_with_everything_closed_work_is_done_and_the_database_is_whole(team: Database, tmp_path: Path) -> None:
    (tmp_path / "more.toml").write_text('[[team]]\nname = "South"\n')
    root = str(Path(__file__).parents[3])
    line = "almoner record team --from more.toml <&- >&- 2>&-; echo $?; almoner show team South --json"
    done = shell(team, line, cwd=tmp_path, env={**os.environ, "PYTHONPATH": root})
    code, _, shown = done.stdout.partition("\n")
    assert code == "0"
    assert json.loads(shown)["name"] == "South"


def test_a_closed_standard_input_is_said(team: Database) -> None:
    done = shell(team, "almoner record case --from - <&-")
    assert done.returncode == 2
    assert "Standard input is closed" in done.stderr


def test_whoever_reads_one_line_gets_one_line(team: Database) -> None:
    done = shell(team, "almoner due --json | head -1")
    assert (done.stdout, done.stderr) == ("[\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_an_answer_that_finds_no_room_is_no_success(team: Database) -> None:
    done = shell(team, "almoner due --json >/dev/full")
    assert done.returncode == 2
    assert "no room" in done.stderr
