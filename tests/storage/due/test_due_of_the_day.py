"""The due list, its page and the month are of who is in a team on the day."""

from __future__ import annotations

from datetime import date

import pytest

from storage.due.due_list import due
from storage.due.due_month import due_month
from storage.due.due_page import Term, due_page
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import change_from, put

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(("day", "there", "other"), [(TODAY, "North", "South"), (MONDAY, "South", "North")])
def test_dates_about_a_worker_move_with_them(team: Database, day: date, there: str, other: str) -> None:
    put(team, ("team", {"name": "South"}))
    change_from(team, MONDAY, "worker", "W2", team="South")
    conn = team.reader()

    def about(team: str | None = None, *terms: Term) -> set[str]:
        page = due_page(conn, day, team, terms)
        listed = due(conn, today=day, team=team) if not terms else page.lines
        assert {line.subject for line in page.lines if line.subject == "W2"} == {
            line.subject for line in listed if line.subject == "W2"
        }
        return {line.team for line in page.lines if line.subject == "W2"}

    assert about(there) == {there} == about()
    assert about(other) == set()
    assert about(None, Term("team", there.lower())) == {there}
    assert about(None, Term("team", other.lower())) == set()
    assert {one: due_month(conn, day, day.replace(day=1), one).workers for one in (there, other)} == (
        {"North": 3, "South": 0} if day == TODAY else {"North": 2, "South": 1}
    )
