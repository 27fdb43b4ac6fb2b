"""A worker owes what falls due up to their last day; what would fall due later is closed, because they leave."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.enums import SubjectKind
from domain.due.explanation import Explanation, explain
from domain.due.timeliness import Period
from storage.due.due_list import due
from storage.opening import follow_packs
from storage.records.database import Database
from storage.records.undo import undo
from storage.supervision.compliance import Scope, compliance
from tests.clocks import clock_on
from tests.conftest import TODAY
from tests.units import change, put

DAY = timedelta(days=1)
HELD = date(2026, 10, 30)
NEXT = date(2026, 11, 30)  # a month on: the same-numbered day
YEAR_ENDS = date(2026, 11, 30)


@pytest.fixture
def supervised(team: Database) -> Database:
    """Begum, who was supervised on 30 October, and has a piece of development and a training to refresh."""
    session: dict[str, Any] = {"worker": "W3", "supervisor": "W1", "kind": "line", "state": "held"}
    put(
        team,
        ("session", {**session, "on": HELD, "held_on": HELD}),
        ("cpd", {"worker": "W3", "on": "2026-05-04", "title": "Law", "kind": "Reading", "learning": "Ask."}),
    )
    return team


def on(database: Database, day: date) -> Database:
    """Let a day begin."""
    database.clock = clock_on(day)
    follow_packs(database)
    return database


def dues(database: Database, day: date = TODAY, worker: str = "W3") -> dict[str, date | None]:
    lines = due(database.reader(), today=day, worker=worker)
    return {line.series: line.legal_due for line in lines if line.subject_kind == SubjectKind.WORKER}


def why(database: Database, series: str) -> Explanation:
    packs, subject = database.packs(), database.subjects.of(database.reader(), SubjectKind.WORKER, "W3")
    assert subject is not None
    return explain(subject, packs.rulebook, packs.calendar(subject.nation), series)


def closings(found: Explanation) -> list[tuple[str, str]]:
    return [(step.step, step.detail) for step in found.steps if step.step in ("Closed", "Owed")]


def test_without_a_leaving_day_both_stand(supervised: Database) -> None:
    assert dues(supervised)["supervision"] == NEXT
    assert dues(supervised)["cpd_year"] == YEAR_ENDS
    assert closings(why(supervised, "supervision")) == []


@pytest.mark.parametrize("leaves", [NEXT, NEXT + DAY])
def test_what_falls_due_up_to_the_last_day_is_owed(supervised: Database, leaves: date) -> None:
    change(supervised, "worker", "W3", leaves=leaves)
    assert dues(supervised)["supervision"] == NEXT
    assert dues(supervised)["cpd_year"] == YEAR_ENDS
    ((step, words),) = closings(why(supervised, "supervision"))
    assert (step, words[:9]) == ("Owed", "last day ")


def test_what_falls_due_the_day_after_the_last_is_closed_and_says_why(supervised: Database) -> None:
    change(supervised, "worker", "W3", leaves=NEXT - DAY)
    assert {"supervision", "cpd_year"}.isdisjoint(dues(supervised))
    found = why(supervised, "supervision")
    assert (found.obligation.legal_due, found.obligation.ended_on) == (NEXT, NEXT - DAY)
    assert closings(found) == [("Closed", "last day Sun 29 Nov 2026")]


def test_what_is_overdue_stays_owed_while_they_are_here_and_ends_with_the_last_day(supervised: Database) -> None:
    change(supervised, "worker", "W3", leaves=NEXT + DAY)
    here = [dues(on(supervised, day), day).get("supervision") for day in (NEXT, NEXT + DAY, NEXT + 2 * DAY)]
    assert here == [NEXT, NEXT, None]
    assert dues(supervised, NEXT + 2 * DAY) == {}
    assert supervised.differences() == []
    assert dues(on(supervised, NEXT + DAY), NEXT + DAY)["supervision"] == NEXT  # a clock put back


@pytest.mark.parametrize(("leaves", "there"), [(TODAY - DAY, False), (TODAY, True), (TODAY + DAY, True)])
def test_they_owe_up_to_and_including_the_leaving_day(team: Database, leaves: date, there: bool) -> None:
    begun = dues(team)
    late = {series for series, day in begun.items() if day is not None and day <= leaves}
    assert late  # nobody supervised Begum since 2024
    change(team, "worker", "W3", leaves=leaves)
    found = dues(team)
    assert {series for series, day in found.items() if day is not None} == (late if there else set())
    assert team.differences() == []


def test_undo_of_leaving_brings_everything_back(supervised: Database) -> None:
    before = dues(supervised)
    change(supervised, "worker", "W3", leaves=TODAY + DAY)
    assert dues(supervised) != before
    with supervised.unit("A. Hughes") as unit:
        undo(unit)
    assert dues(supervised) == before


def test_of_others_nothing_changes(supervised: Database) -> None:
    before = dues(supervised, worker="W2"), dues(supervised, worker="W1")
    change(supervised, "worker", "W3", leaves=TODAY + DAY)
    assert (dues(supervised, worker="W2"), dues(supervised, worker="W1")) == before


def test_compliance_counts_the_session_that_was_due_on_the_last_day_and_none_after(supervised: Database) -> None:
    def due_up_to(last: date) -> int:
        conn, packs = supervised.reader(), supervised.packs()
        (line,) = compliance(conn, supervised.subjects, packs, Period(HELD + DAY, last), Scope(worker="W3"))
        return line.tally.due

    on(supervised, date(2027, 3, 1))
    counted = []
    for leaves in (NEXT - DAY, NEXT, NEXT + DAY):
        change(supervised, "worker", "W3", leaves=leaves)
        counted.append([due_up_to(last) for last in (NEXT - DAY, NEXT, date(2027, 2, 28))])
    assert counted == [[0, 0, 0], [0, 1, 1], [0, 1, 1]]
