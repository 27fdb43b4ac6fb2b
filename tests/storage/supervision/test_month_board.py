"""The board of a month: who is supervised when, how agreements and records stand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.supervision.sessions import AgreementFields, SessionFields
from storage.calendar.contents import gather
from storage.records.database import Database
from storage.supervision.acts import agreements, bookings
from storage.supervision.month_board import Board, BoardRow, month_board, weeks_of
from tests.conftest import TODAY
from tests.units import amend, change_from, put, worker

NOVEMBER = date(2026, 11, 1)
PAIR = {"worker": "W2", "supervisor": "W1"}


def board(database: Database, month: date = NOVEMBER) -> Board:
    return month_board(database.reader(), "North", month, TODAY)


def row(database: Database, worker: str = "W2", month: date = NOVEMBER) -> BoardRow:
    return next(row for row in board(database, month).rows if row.worker == worker)


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
    put(
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
    put(team, ("session", {**PAIR, "on": "2026-11-04", "state": "held", "held_on": "2026-11-11"}))
    assert [len(week) for week in row(team).weeks] == [0, 0, 1, 0, 0, 0]


def test_one_booked_for_a_day_that_has_passed_is_overdue(team: Database) -> None:
    put(team, ("session", {**PAIR, "on": "2026-11-18"}))
    mark = row(team).sessions[0]
    assert mark.overdue(TODAY)
    assert not mark.overdue(date(2026, 11, 18))


def test_everybody_at_a_group_session_has_it_in_their_row(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        bookings.book(unit, SessionFields.model_validate({**PAIR, "on": "2026-11-26", "kind": "group"}), ["W3"])
    assert [m.others for m in row(team, "W3").sessions] == [("W3",)]


def test_the_agreement_tells_how_far_it_is(team: Database) -> None:
    assert row(team).agreement.state == "none"
    with team.unit("A. Hughes", TODAY) as unit:
        agreements.make(unit, AgreementFields.model_validate({**PAIR, "starts": "2025-11-24"}))
    assert (row(team).agreement.state, row(team).agreement.title) == ("unsigned", "Every month")
    for who, state in (("W1", "one"), ("W2", "soon")):
        with team.unit(who, TODAY) as unit:
            agreements.sign(unit, 1, date(2025, 11, 24))
        assert row(team).agreement.state == state
    for review, state in (("2026-11-19", "review"), ("2027-06-01", "signed")):
        with team.unit("A. Hughes", TODAY) as unit:
            amend(unit, "agreement", 1, {"review_on": review})
            unit.finish("Review")
        assert row(team).agreement.state == state


@pytest.mark.parametrize(
    ("starts", "ends", "stands"),
    [(-90, None, True), (0, None, True), (1, None, False), (-90, 0, True), (-90, -1, False)],
)
def test_an_agreement_stands_from_its_first_day_to_its_last(
    team: Database, starts: int, ends: int | None, stands: bool
) -> None:
    until = None if ends is None else TODAY + timedelta(days=ends)
    put(team, ("agreement", {**PAIR, "starts": TODAY + timedelta(days=starts), "ends": until}))
    assert row(team).agreement.state == ("unsigned" if stands else "none")
    assert row(team, "W3").agreement.state == "none"


def test_records_not_written_or_not_agreed_are_counted_and_a_recent_one_is_not_yet(team: Database) -> None:
    held = {**PAIR, "state": "held"}
    put(
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
        amend(unit, "worker", "W1", {"supervises_most": 1})
        unit.finish("One")
    assert row(team, "W1").over_number
    assert not row(team, "W2").leads


def test_whoever_left_before_the_month_is_not_on_it(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"leaves": "2026-11-06"})
        unit.finish("Left")
    assert [r.worker for r in board(team).rows] == ["W3", "W1", "W2"]
    assert [r.worker for r in board(team, date(2026, 12, 1)).rows] == ["W1", "W2"]


def test_whoever_joins_a_group_session_has_it_in_their_calendar(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        bookings.book(unit, SessionFields.model_validate({**PAIR, "on": "2026-11-26", "kind": "group"}), ["W3"])
    every = gather(team.reader(), ["W3"], TODAY)["W3"].lines
    found = [one for one in every if one.key.startswith("session:")]
    assert len(found) == 1


@pytest.mark.parametrize(
    ("today", "month", "teams", "supervisor"),
    [
        (TODAY, NOVEMBER, ["North"], "W1"),
        (date(2026, 11, 23), NOVEMBER, ["South"], "W8"),
        (TODAY, date(2026, 12, 1), ["South"], "W8"),  # the first of the month to come
        (date(2026, 12, 2), date(2026, 10, 1), ["North"], "W1"),  # the last of the month that is over
    ],
)
def test_who_moves_is_on_the_board_of_the_team_of_the_day(
    team: Database, today: date, month: date, teams: list[str], supervisor: str
) -> None:
    put(team, ("team", {"name": "South"}), worker("W8", team="South", name="Lowe, Sam"))
    change_from(team, date(2026, 11, 23), "worker", "W2", team="South", supervisor="W8")
    boards = {one: month_board(team.reader(), one, month, today).rows for one in ("North", "South")}
    found = {one: row for one, rows in boards.items() for row in rows if row.worker == "W2"}
    assert list(found) == teams
    assert [(row.team, row.supervisor) for row in found.values()] == [(teams[0], supervisor)]
    leads = {row.worker: row.supervises for rows in boards.values() for row in rows}
    assert (leads["W1"], leads["W8"]) == ((2, 0) if supervisor == "W1" else (1, 1))
