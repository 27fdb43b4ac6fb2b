"""The council's own due dates beside ours, from what an import kept."""

from __future__ import annotations

from datetime import date

from storage.due.council_dates import council_lines
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import record


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
