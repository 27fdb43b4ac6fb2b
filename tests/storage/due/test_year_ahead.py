"""The year ahead of a case, and the month of a team."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from domain.due.engine import derive
from domain.due.year_ahead import year_ahead
from storage.due.due_month import due_month
from storage.due.due_page import due_page
from storage.due.subjects import case_subjects
from storage.due.year_ahead import case_gaps, case_year
from storage.records.database import Database
from tests import units
from tests.conftest import TODAY


def record(team: Database, kind: str, on: str, **details: object) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        units.record(unit, "event", {"case": "C-1001", "kind": kind, "on": on, "details": details})
        unit.finish("Recorded")


def visits(team: Database) -> list[tuple[date | None, bool]]:
    return [(line.legal_due, line.if_held) for line in case_year(team, "C-1001", TODAY) if line.series == "lac_visit"]


def test_later_visits_follow_if_each_is_held_on_its_day(team: Database) -> None:
    record(team, "placement_started", "2026-03-16")
    record(team, "lac_visit", "2026-10-19", seen=True)
    found = visits(team)
    assert found[0] == (date(2026, 11, 30), False), "the open one: six weeks after the last"
    assert found[1] == (date(2027, 1, 11), True)
    assert all(if_held for _, if_held in found[1:])
    days = [day for day, _ in found if day]
    assert all(later - day == timedelta(weeks=6) for day, later in pairwise(days))
    assert days[-1] <= date(2027, 11, 20)


def test_what_is_foretold_is_what_the_engine_gives_when_it_comes_true(team: Database) -> None:
    record(team, "placement_started", "2026-03-16")
    record(team, "lac_visit", "2026-10-19", seen=True)
    foretold = visits(team)[1][0]
    with team.unit("A. Hughes", date(2026, 11, 30)) as unit:
        units.record(
            unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-11-30", "details": {"seen": True}}
        )
        unit.finish("Held on its day")
    assert visits(team)[0] == (foretold, False)


def test_what_is_overdue_is_taken_as_held_today(team: Database) -> None:
    reviews = [line for line in case_year(team, "C-1001", TODAY) if line.series == "lac_review"]
    assert (reviews[0].legal_due, reviews[0].if_held) == (date(2026, 4, 15), False)
    assert reviews[1].legal_due == date(2027, 2, 20), "three months from today"


def test_open_dates_are_the_engines_own(team: Database) -> None:
    subject = next(iter(case_subjects(team.reader(), ["C-1001"])))
    packs = team.packs()
    calendar = packs.calendar(subject.nation)
    given = {one for one in derive(subject, packs.rulebook, calendar).obligations if one.held_on is None}
    shown = {a.obligation for a in year_ahead(subject, packs.rulebook, calendar, TODAY) if not a.if_held}
    assert shown == {one for one in given if one.legal_due is None or one.legal_due <= date(2027, 11, 20)}


def test_a_closed_case_has_nothing_ahead(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        units.amend(unit, "case", "C-1001", {"closed": "2026-11-01", "close_reason": "Moved"})
        unit.finish("Closed")
    assert case_year(team, "C-1001", TODAY) == []


def test_contradictions_come_before_what_is_missing(team: Database) -> None:
    record(team, "lac_review_held", "2026-04-13")
    record(team, "lac_review_held", "2026-04-13")
    found = case_gaps(team, "C-1001", TODAY)
    assert found[0].series == ""
    assert "recorded twice on Mon 13 Apr 2026" in found[0].message
    assert any("placement" in gap.message for gap in found[1:])


def test_a_month_counts_each_thing_on_the_day_it_is_to_be_done(team: Database) -> None:
    month = due_month(team.reader(), TODAY, date(2027, 3, 1), "North")
    by_plan = due_page(team.reader(), TODAY, "North", most=0).by_plan
    assert {day.on: day.things for day in month.days if day.things} == {
        day: n for day, n in by_plan.items() if day and (day.year, day.month) == (2027, 3)
    }
    assert (month.workers, month.limit, len(month.days)) == (3, 3, 31)
    assert [day.on for day in month.days if day.holiday] == [date(2027, 3, 26), date(2027, 3, 29)], "Easter 2027"
    assert not any(day.working for day in month.days if day.on.weekday() >= 5)


def test_more_than_the_workers_can_do_is_a_pile_up(team: Database) -> None:
    day = next(d for d in due_month(team.reader(), TODAY, date(2026, 4, 1), "North").days if d.things)
    assert not day.pile_up
    tight = due_month(team.reader(), TODAY, date(2026, 4, 1), "North", per_worker=0)
    assert {d.on for d in tight.days if d.pile_up} == {d.on for d in tight.days if d.things > 1}
