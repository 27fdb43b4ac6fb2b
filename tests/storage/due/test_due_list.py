"""Open due dates in a list: how far ahead it reaches, and from which day something is overdue."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.due.due_list import due
from storage.due.due_page import Term, due_page
from storage.records.database import Database
from tests.units import put

PLAN, CASE, WORKER = date(2026, 11, 16), "C-2002", "W2"


@pytest.fixture
def reviewed(team: Database) -> Database:
    """Child protection of C-2002, and Okafor supervised: a due date of a case and one of a worker."""
    put(
        team,
        ("case", {"reference": CASE, "team": "North", "pathway": "child_protection", "opened": "2026-10-01"}),
        ("event", {"case": CASE, "kind": "cp_plan_started", "on": PLAN}),
        ("session", {"worker": WORKER, "supervisor": "W1", "on": PLAN, "state": "held"}),
    )
    return team


def due_day(database: Database, subject: str) -> tuple[str, date]:
    """One open due date of a case or a worker, and its day."""
    found = due(database.reader(), today=PLAN)
    return next((line.id, line.legal_due) for line in found if line.subject == subject and line.legal_due)


def listed(database: Database, day: date, within: int) -> set[str]:
    return {line.id for line in due(database.reader(), today=day, within=within)}


def paged(database: Database, day: date, term: Term) -> set[str]:
    return {line.id for line in due_page(database.reader(), day, terms=[term]).lines}


@pytest.mark.parametrize("subject", [CASE, WORKER])
@pytest.mark.parametrize(("days", "is_there"), [(6, False), (7, True), (8, True)])
def test_within_some_days_reaches_the_last_of_them(reviewed: Database, subject: str, days: int, is_there: bool) -> None:
    number, on = due_day(reviewed, subject)
    today = on - timedelta(days=7)
    assert (number in listed(reviewed, today, days)) is is_there
    assert (number in paged(reviewed, today, Term("within", str(days)))) is is_there


@pytest.mark.parametrize("subject", [CASE, WORKER])
@pytest.mark.parametrize(("days", "is_late"), [(-1, False), (0, False), (1, True)])
def test_what_is_due_today_is_not_overdue_and_tomorrow_it_is(
    reviewed: Database, subject: str, days: int, is_late: bool
) -> None:
    number, on = due_day(reviewed, subject)
    today = on + timedelta(days=days)
    assert (number in {line.id for line in due(reviewed.reader(), today=today, overdue=True)}) is is_late
    assert (number in paged(reviewed, today, Term("state", "late"))) is is_late
