"""`list` and `show` print workers as they stand on the day; documents hold what a record itself says."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest

from storage.records.database import Database
from tests.tui.shell import Shell
from tests.units import change_from, put, worker
from tui.cli import run

MONDAY = "2026-11-23"


@pytest.fixture
def moving(team: Database) -> Database:
    """Okafor moves to South next Monday, at 0.6."""
    put(team, ("team", {"name": "South"}), worker("W8", team="South", name="Lowe, Sam"))
    change_from(team, date(2026, 11, 23), "worker", "W2", team="South", supervisor="W8", fte=60)
    return team


def on_monday(database: Database, *words: str) -> None:
    with contextlib.suppress(SystemExit):
        assert run(["--database", str(database.path), "--today", MONDAY, *words]) == 0


def test_the_workers_of_a_team_are_those_of_the_day(
    moving: Database, almoner: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ("list", "worker", "--team", "South", "--csv")
    assert "W2" not in almoner(*ask).out
    on_monday(moving, *ask)
    said = capsys.readouterr().out
    assert "W2" in said
    assert ",South,children-sw,,0.6," in said
    on_monday(moving, "list", "worker", "--worker", "W8", "--csv")
    assert "W2" in capsys.readouterr().out


def test_a_worker_is_shown_as_of_today_with_the_periods(moving: Database, almoner: Shell) -> None:
    shown = almoner("show", "worker", "W2", "--json").json
    assert (shown["team"], shown["fte"], shown["supervisor"]) == ("North", 1, "W1")
    assert shown["periods"] == [{"from": MONDAY, "until": None, "fte": 0.6, "team": "South", "supervisor": "W8"}]
    assert almoner("show", "team", "South", "--json").json["periods"] == []
    assert "Mon 23 Nov 2026" in almoner("show", "worker", "W2").out


def test_documents_hold_what_the_record_itself_says(moving: Database, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("show", "worker", "W2"), ("list", "worker", "--worker", "W2")):
        on_monday(moving, *words, "--toml")
        said = capsys.readouterr().out
        assert 'team = "North"' in said
        assert "periods" not in said
