"""The council's own due dates beside ours, from what an import kept."""

from __future__ import annotations

from datetime import date, timedelta

from domain.core.enums import ChangeReason
from storage.cases.steps import give
from storage.due.council_dates import council_lines
from storage.due.due_list import due
from storage.due.open_on import open_on
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import change, put, record


def found(database: Database, team: str | None = None) -> list[tuple[str, str, int, str]]:
    lines = council_lines(database.reader(), database.packs(), TODAY, team)
    return [(one.line.subject, one.line.series, one.days, one.explained_by) for one in lines]


def keep(database: Database, due: str, *held: str, kind: str = "lac_review_held") -> None:
    with database.unit("A. Hughes") as unit:
        for day in held:
            record(unit, "event", {"case": "C-1001", "kind": kind, "on": day})
        record(unit, "council-date", {"case": "C-1001", "kind": kind, "due": due})
        unit.finish("From the council's system")


def test_the_same_date_is_no_difference(team: Database) -> None:
    keep(team, "2026-04-15")  # twenty working days from 16 March, over Easter
    assert found(team) == []


def test_twenty_eight_days_for_twenty_working_days(team: Database) -> None:
    keep(team, "2026-04-13")
    assert found(team) == [("C-1001", "lac_review", -2, "28 days in place of 20 working days")]
    assert found(team, "North") == found(team)


def test_counted_from_when_the_review_before_was_due(team: Database) -> None:
    # the first review was due 15 April and held 9 April: the second is due 9 July, and 15 July from the due date
    keep(team, "2026-07-15", "2026-04-09")
    ((_, _, days, words),) = found(team)
    assert days == 6
    assert words == "counted from Wed 15 Apr 2026, when the one before was due, not from the day it was held"


def test_an_odd_date_is_not_explained(team: Database) -> None:
    keep(team, "2026-12-24")
    assert found(team)[0][3] == "not explained"


def test_a_date_already_held_there_is_not_compared(team: Database) -> None:
    with team.unit("A. Hughes") as unit:
        date_of_theirs = {"case": "C-1001", "kind": "lac_review_held", "due": "2026-04-13", "held": date(2026, 4, 10)}
        record(unit, "council-date", date_of_theirs)
        unit.finish("Held")
    assert found(team) == []


# on another day --------------------------------------------------------------------------------------------------

HELD, DAY = date(2026, 4, 9), timedelta(days=1)  # the first review was due 15 April


def on(database: Database, day: date, team: str | None = None) -> list[tuple[str, int, date | None]]:
    lines = council_lines(database.reader(), database.packs(), day, team, TODAY)
    return [(one.line.subject, one.line.cycle, one.line.council_due) for one in lines]


def reviewed(database: Database) -> None:
    """Keep the council's dates for both reviews, the first of them held on 9 April."""
    first = {"case": "C-1001", "kind": "lac_review_held", "due": "2026-04-13", "held": HELD}
    put(database, ("event", {"case": "C-1001", "kind": "lac_review_held", "on": HELD}), ("council-date", first))
    put(database, ("council-date", {"case": "C-1001", "kind": "lac_review_held", "due": "2026-07-15"}))


def test_on_a_day_it_is_what_was_open_then(team: Database) -> None:
    reviewed(team)
    first = ("C-1001", 1, date(2026, 4, 13))
    second = ("C-1001", 2, date(2026, 7, 15))
    assert [on(team, day) for day in (HELD - DAY, HELD, HELD + DAY)] == [[first], [second], [second]]
    assert [on(team, day) for day in (TODAY - DAY, TODAY, TODAY + DAY)] == [[second]] * 3


def test_a_case_counts_from_the_day_it_opened_to_the_day_before_it_closed(team: Database) -> None:
    reviewed(team)
    change(team, "case", "C-1001", closed="2026-11-18", close_reason="Moved")
    days = (date(2026, 11, 17), date(2026, 11, 18), TODAY)
    assert [len(on(team, day)) for day in days] == [1, 0, 0]
    assert on(team, date(2026, 3, 15)) == []  # not yet looked after


def test_another_teams_are_left_out_and_who_held_it_is_of_the_day(team: Database) -> None:
    reviewed(team)
    put(team, ("team", {"name": "South"}))
    assert on(team, HELD, "South") == []
    assert on(team, HELD, "North") == on(team, HELD) != []
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 11, 2), reason=ChangeReason.MANAGE)
        unit.finish("Given")
    conn, days = team.reader(), (date(2026, 11, 1), date(2026, 11, 2), TODAY)
    held = [[one.line.worker for one in council_lines(conn, team.packs(), day, None, TODAY)] for day in days]
    assert held == [["W2"], ["W3"], ["W3"]]


def test_of_today_it_is_what_is_kept(team: Database) -> None:
    reviewed(team)
    stood = [one._replace(postponed=None) for one in open_on(team.reader(), team.packs(), TODAY)]
    assert stood == [one for one in due(team.reader(), today=TODAY) if one.subject_kind == "case"]
