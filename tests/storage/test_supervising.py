"""The board of a month: who is supervised when, how agreements and records stand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage import agreements, schedule
from storage.calendars.gathering import gather
from storage.database import Database
from storage.supervising import Board, BoardRow, month_board, weeks_of
from tests.conftest import TODAY

NOVEMBER = date(2026, 11, 1)
PAIR = {"worker": "W2", "supervisor": "W1"}


def board(database: Database, month: date = NOVEMBER) -> Board:
    return month_board(database.reader(), "North", month, TODAY)


def row(database: Database, worker: str = "W2", month: date = NOVEMBER) -> BoardRow:
    return next(row for row in board(database, month).rows if row.worker == worker)


def keep(database: Database, *records: tuple[str, dict[str, Any]]) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        for kind, data in records:
            unit.record(kind, data)
        unit.finish("Kept")


@pytest.mark.parametrize(
    ("month", "first", "last", "weeks"),
    [
        (date(2026, 11, 1), date(2026, 10, 26), date(2026, 11, 30), 6),
        (date(2027, 2, 1), date(2027, 2, 1), date(2027, 2, 22), 4),
        (date(2026, 12, 31), date(2026, 11, 30), date(2026, 12, 28), 5),
    ],
)
def test_the_weeks_of_a_month_are_all_that_it_lies_in(month: date, first: date, last: date, weeks: int) -> None:
    found = weeks_of(month)
    assert (found[0], found[-1], len(found)) == (first, last, weeks)


def test_each_session_stands_in_its_week(team: Database) -> None:
    keep(
        team,
        ("session", {**PAIR, "on": "2026-11-04", "state": "held"}),
        ("session", {**PAIR, "on": "2026-11-18", "state": "missed", "reason_code": "court"}),
        ("session", {**PAIR, "on": "2026-11-25"}),
        ("session", {**PAIR, "on": "2027-01-13"}),
    )
    found = row(team)
    assert [[m.state for m in week] for week in found.weeks] == [[], ["held"], [], ["missed"], ["planned"], []]
    assert found.weeks[3][0].reason == "Court"
    assert [m.on for m in row(team, month=date(2027, 1, 1)).sessions] == [date(2027, 1, 13)]


def test_a_session_held_on_another_day_stands_where_it_was_held(team: Database) -> None:
    keep(team, ("session", {**PAIR, "on": "2026-11-04", "state": "held", "held_on": "2026-11-11"}))
    assert [len(week) for week in row(team).weeks] == [0, 0, 1, 0, 0, 0]


def test_one_booked_for_a_day_that_has_passed_is_overdue(team: Database) -> None:
    keep(team, ("session", {**PAIR, "on": "2026-11-18"}))
    mark = row(team).sessions[0]
    assert mark.overdue(TODAY)
    assert not mark.overdue(date(2026, 11, 18))


def test_everybody_at_a_group_session_has_it_in_their_row(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        schedule.book_one(unit, {**PAIR, "on": "2026-11-26", "kind": "group"}, ["W3"])
        unit.finish("A group")
    assert [m.others for m in row(team, "W3").sessions] == [("W3",)]


def test_the_agreement_tells_how_far_it_is(team: Database) -> None:
    assert row(team).agreement.state == "none"
    with team.unit("A. Hughes", TODAY) as unit:
        agreements.make(unit, {**PAIR, "starts": "2025-11-24"})
        unit.finish("Drawn up")
    assert (row(team).agreement.state, row(team).agreement.title) == ("unsigned", "Every month")
    for who, state in (("W1", "one"), ("W2", "soon")):
        with team.unit("A. Hughes", TODAY) as unit:
            agreements.sign(unit, 1, who, date(2025, 11, 24))
            unit.finish("Signed")
        assert row(team).agreement.state == state
    for review, state in (("2026-11-19", "review"), ("2027-06-01", "signed")):
        with team.unit("A. Hughes", TODAY) as unit:
            unit.amend("agreement", 1, {"review_on": review})
            unit.finish("Review")
        assert row(team).agreement.state == state


def test_records_not_written_or_not_agreed_are_counted_and_a_recent_one_is_not_yet(team: Database) -> None:
    held = {**PAIR, "state": "held"}
    keep(
        team,
        ("session", {**held, "on": "2026-10-05"}),
        ("session", {**held, "on": "2026-10-20", "recorded_on": "2026-10-21", "agreed_worker": "2026-10-22"}),
        ("session", {**held, "on": "2026-11-18"}),
        ("session", {**held, "on": "2026-07-01"}),
    )
    assert (row(team).unrecorded, row(team).unagreed) == (1, 1)


def test_a_supervisor_with_more_supervisees_than_agreed_is_told(team: Database) -> None:
    lead = row(team, "W1")
    assert (lead.leads, lead.supervises, lead.over_number) == (True, 2, False)
    with team.unit("A. Hughes", TODAY) as unit:
        unit.amend("worker", "W1", {"supervises_most": 1})
        unit.finish("One")
    assert row(team, "W1").over_number
    assert not row(team, "W2").leads


def test_whoever_left_before_the_month_is_not_on_it(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        unit.amend("worker", "W3", {"leaves": "2026-11-06"})
        unit.finish("Left")
    assert [r.worker for r in board(team).rows] == ["W3", "W1", "W2"]
    assert [r.worker for r in board(team, date(2026, 12, 1)).rows] == ["W1", "W2"]


def test_whoever_joins_a_group_session_has_it_in_their_calendar(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        schedule.book_one(unit, {**PAIR, "on": "2026-11-26", "kind": "group"}, ["W3"])
        unit.finish("A group")
    every = gather(team.reader(), ["W3"], TODAY)["W3"].lines
    found = [one for one in every if one.key.startswith("session:")]
    assert len(found) == 1
