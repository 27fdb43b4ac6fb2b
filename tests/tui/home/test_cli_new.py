"""`almoner new`: an empty database, where nothing stands yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.shell import Shell


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    return Shell(capsys, tmp_path / "new.db")


def test_an_empty_database_is_made_and_can_be_used(shell: Shell, tmp_path: Path) -> None:
    made = shell("new")
    assert (made.code, made.out) == (0, "")
    assert str(shell.path) in made.err
    assert shell.record("team", '[[team]]\nname = "North"\n', tmp_path).code == 0
    assert [one["name"] for one in shell("list", "team", "--json").json] == ["North"]


def test_it_says_where_as_json(shell: Shell, tmp_path: Path) -> None:
    there = tmp_path / "folder" / "other.db"
    assert shell("new", "--path", str(there), "--json").json == {"path": str(there)}
    assert there.exists()
    assert not shell.path.exists()


@pytest.mark.parametrize("there", [b"", b"something else"])
def test_what_is_there_is_left_as_it_is(shell: Shell, there: bytes) -> None:
    shell.path.write_bytes(there)
    refused = shell("new")
    assert refused.code == 2
    assert "already" in refused.err
    assert "--path" in refused.err
    assert shell.path.read_bytes() == there


def test_a_second_one_is_refused(shell: Shell) -> None:
    assert [shell("new").code, shell("new").code] == [0, 2]


@pytest.mark.parametrize("path", ["", "x" * 300, "nul\0byte", "~nobodyx/new.db", "/proc/new.db"])
def test_a_place_that_cannot_be_is_said_plainly(shell: Shell, path: str) -> None:
    answer = shell("new", "--path", path)
    assert answer.code == (0 if path == "" else 2)
    assert answer.err.count("\n") <= 3
