"""From when supervision is counted: since a team came into use, with the sessions last held before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import BadInput
from domain.due.timeliness import Period
from storage.due import due_list
from storage.importing.last_held import read_last_held
from storage.people.in_use import counted_from, counted_words
from storage.records.database import Database
from storage.supervision.acts.last_held import LastHeld, keep_last_held
from storage.supervision.agenda.worker_agenda import agenda
from storage.supervision.compliance import Scope, compliance, open_records
from storage.supervision.coverage import discussed
from storage.supervision.month_board import month_board
from tests.conftest import TODAY
from tests.units import amend, keep, put

SINCE = date(2026, 9, 1)
YEAR = Period(date(2025, 11, 20), date(2026, 11, 19))


def in_use(database: Database, day: date | None = SINCE, team: str = "North") -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", team, {"in_use_since": day})
        unit.finish("In use")


def due(database: Database, worker: str) -> date | None:
    lines = due_list.due(database.reader(), today=TODAY, worker=worker)
    return next((line.legal_due for line in lines if line.series == "supervision"), None)


def held(database: Database, worker: str, day: str, **more: Any) -> None:
    said = {"worker": worker, "supervisor": "W1", "on": day, "state": "held"}
    keep(database, "session", **said, **more)


def counts(database: Database, worker: str, period: Period = YEAR) -> tuple[int, int, int, int]:
    (line,) = compliance(database.reader(), database.subjects, database.packs(), period, Scope(worker=worker), by=None)
    return line.tally.due, line.tally.held, line.tally.late, line.tally.missed


def test_without_a_day_everything_is_counted_from_the_start(team: Database) -> None:
    assert due(team, "W2") == date(2024, 2, 8)  # a month after the start of work
    assert counts(team, "W2")[3] == 12
    assert counted_from(team.reader()) == {}
    assert counted_words(team.reader(), ["North"]) == ""


def test_with_a_day_nobody_is_late_of_the_time_before(team: Database) -> None:
    in_use(team)
    assert due(team, "W2") == date(2026, 10, 1)  # a month after the first day
    assert counts(team, "W2") == (2, 0, 0, 2)  # 1 October and 1 November
    assert counted_words(team.reader(), ["North"]) == "Counted from 1 Sep 2026, when North began to use Almoner."
    in_use(team, None)
    assert due(team, "W2") == date(2024, 2, 8)


@pytest.mark.parametrize(
    ("last", "next_due"),
    [("2026-08-20", date(2026, 9, 20)), ("2026-08-01", date(2026, 9, 1)), ("2026-07-31", date(2026, 10, 1))],
    ids=["due after the first day", "due on it", "due the day before: counted from the first day"],
)
def test_the_session_last_held_goes_on_counting_unless_the_next_was_late_by_then(
    team: Database, last: str, next_due: date
) -> None:
    in_use(team)
    held(team, "W2", last, elsewhere=True)
    assert due(team, "W2") == next_due


def test_a_month_missed_since_then_stays_counted_whatever_is_held_later(team: Database) -> None:
    in_use(team)
    to_october = Period(SINCE, date(2026, 10, 31))
    assert counts(team, "W2", to_october) == (1, 0, 0, 1)
    for day in ("2026-11-02", "2026-11-03", "2026-11-04"):
        held(team, "W2", day)
    assert counts(team, "W2", to_october) == (1, 0, 0, 1)
    assert counts(team, "W2") == (2, 0, 1, 1)  # 1 November, held the day after


def test_lines_say_from_when_they_count(team: Database) -> None:
    in_use(team)
    for by in ("worker", "team", None):
        lines = compliance(team.reader(), team.subjects, team.packs(), YEAR, Scope(team="North"), by=by)
        assert {line.counted_from for line in lines} == {SINCE}
    later = Period(date(2026, 9, 2), YEAR.end)
    lines = compliance(team.reader(), team.subjects, team.packs(), later, Scope(team="North"), by="worker")
    assert {line.counted_from for line in lines} == {None}


def test_who_moves_is_counted_since_the_first_of_their_teams_was_in_use(team: Database) -> None:
    put(team, ("team", {"name": "South", "in_use_since": "2026-03-01"}))
    in_use(team)
    keep(team, "worker-period", worker="W2", team="South", until="2026-05-31")
    found = counted_from(team.reader())
    assert (found["W2"], found["W3"]) == (date(2026, 3, 1), SINCE)
    in_use(team, date(2026, 6, 15), "South")  # after W2 had left it
    assert counted_from(team.reader())["W2"] == SINCE


def test_a_session_held_before_asks_for_no_record_here(team: Database) -> None:
    held(team, "W2", "2026-08-31")
    held(team, "W3", "2026-10-01", elsewhere=True)
    since = date(2026, 1, 1)
    assert [one.worker for one in open_records(team.reader(), team.packs(), TODAY, since)] == ["W2"]
    rows = {row.worker: row.unrecorded for row in month_board(team.reader(), "North", TODAY, TODAY).rows}
    assert (rows["W2"], rows["W3"]) == (1, 0)
    in_use(team)
    assert open_records(team.reader(), team.packs(), TODAY, since) == []
    assert {row.unrecorded for row in month_board(team.reader(), "North", TODAY, TODAY).rows} == {0}
    held(team, "W2", "2026-09-01")
    assert [one.held_on for one in open_records(team.reader(), team.packs(), TODAY, since)] == [SINCE]


def test_a_case_opened_long_before_is_not_late_to_be_discussed(team: Database) -> None:
    (line,) = discussed(team.reader(), TODAY, team="North")
    assert (line.state, line.policy) == ("late", 56)
    in_use(team, date(2026, 9, 25))  # 56 days before today
    (line,) = discussed(team.reader(), TODAY, team="North")
    assert (line.state, line.known, line.days) == ("new", 56, None)
    assert next(i.state for i in agenda(team.reader(), "W2", TODAY).items if i.kind == "case") == "new"
    in_use(team, date(2026, 9, 24))
    assert discussed(team.reader(), TODAY, team="North")[0].state == "late"


# when each was last supervised ------------------------------------------------------------------------------------


def test_a_list_of_days_is_kept_in_one_step_with_nothing_to_sign(team: Database, tmp_path: Path) -> None:
    file = tmp_path / "held.csv"
    file.write_text("Staff ID,Last held,Supervisor\nW2,20/08/2026,\nW3,2026-08-14,W2\nW1,,\n", "utf-8")
    days = read_last_held(file)
    with team.unit("A. Hughes", TODAY) as unit:
        assert keep_last_held(unit, days) == (2, 0)
    with team.unit("A. Hughes", TODAY) as unit:
        assert keep_last_held(unit, days) == (0, 2)
    query = "SELECT worker, supervisor, held_on, elsewhere, recorded_on FROM session ORDER BY worker"
    assert [tuple(row.values()) for row in team.reader().rows(query)] == [
        ("W2", "W1", "2026-08-20", 1, None),
        ("W3", "W2", "2026-08-14", 1, None),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("worker,last_held\nW2,yesterday\n", "row 2"),
        ("worker,last_held\n,2026-08-14\n", "a day without a worker"),
        ("worker,name\nW2,x\n", "no column for the day last held"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_row(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "held.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        read_last_held(file)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (LastHeld("W99", SINCE, where="held.csv, row 2"), "held.csv, row 2"),
        (LastHeld("W2", date(2026, 11, 21)), "2026"),
        (LastHeld("W1", SINCE), "nobody supervised W1 then"),
    ],
)
def test_a_day_that_cannot_be_kept_keeps_none(team: Database, one: LastHeld, words: str) -> None:
    with pytest.raises(BadInput) as caught, team.unit("A. Hughes", TODAY) as unit:
        keep_last_held(unit, [LastHeld("W3", SINCE), one])
    assert words in str(caught.value)
    assert team.reader().value("SELECT count(*) FROM session") == 0


def test_who_moves_to_a_team_that_began_later_keeps_what_stands_out_from_before(team: Database) -> None:
    """North counts from the start: its records not made are still seen after a move to South, in use since today."""
    put(team, ("team", {"name": "South", "in_use_since": TODAY}))
    held(team, "W2", "2026-10-20", held_on="2026-10-20")

    def unrecorded(of: str) -> dict[str, int]:
        return {row.worker: row.unrecorded for row in month_board(team.reader(), of, TODAY, TODAY).rows}

    assert unrecorded("North")["W2"] == 1
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"team": "South"})
        unit.finish("Moved")
    assert unrecorded("South")["W2"] == 1
