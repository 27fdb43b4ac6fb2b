"""On-time measures over a team's records: by team now, by who held the case when it was due, by month."""

from __future__ import annotations

from datetime import date

import pytest

from domain.due.timeliness import Period
from storage.cases.steps import give
from storage.due.timeliness import MeasureTally, timeliness, timeliness_by
from storage.records.database import Database
from tests.units import amend, record

YEAR = Period(date(2025, 11, 20), date(2026, 11, 19))
REVIEWS = "Looked-after reviews"


@pytest.fixture
def reviewed(team: Database) -> Database:
    """C-1001, looked after from 16 March: reviewed in time on 10 April; the second, due 10 July, held on 14 July.

    W2 held it until 1 June, W3 since. C-1002, looked after from 2 March, was never reviewed (due 30 March).
    """
    with team.unit("A. Hughes") as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-04-10"})
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-07-14"})
        give(unit, "C-1001", "W3", date(2026, 6, 1), reason="TSPROC")
        case = {"reference": "C-1002", "team": "North", "pathway": "looked_after", "opened": "2026-03-02"}
        record(unit, "case", case)
        record(unit, "event", {"case": "C-1002", "kind": "became_looked_after", "on": "2026-03-02"})
        unit.finish("Reviews")
    return team


def lines(database: Database, period: Period = YEAR, **said: object) -> list[MeasureTally]:
    found = timeliness(database.reader(), database.packs(), period, **said)  # type: ignore[arg-type]
    return [line for line in found if line.measure == REVIEWS]


def counts(line: MeasureTally) -> tuple[int, int, int, int]:
    return line.tally.due, line.tally.on_time, line.tally.late, line.tally.not_held


def test_events_and_people_are_counted(reviewed: Database) -> None:
    (line,) = lines(reviewed)
    assert counts(line) == (3, 1, 1, 1)
    assert (line.tally.people, line.tally.people_on_time) == (2, 0)


def test_a_period_in_which_all_was_well(reviewed: Database) -> None:
    (line,) = lines(reviewed, Period(date(2026, 4, 1), date(2026, 4, 30)))
    assert (counts(line), line.tally.people_on_time, line.tally.percent) == ((1, 1, 0, 0), 1, 100.0)


def test_the_worker_is_who_held_it_on_the_due_date(reviewed: Database) -> None:
    by_worker = {line.group: counts(line) for line in lines(reviewed, by="worker")}
    assert by_worker == {"W2": (1, 1, 0, 0), "W3": (1, 0, 1, 0), "": (1, 0, 0, 1)}
    assert [counts(line) for line in lines(reviewed, worker="W2")] == [(1, 1, 0, 0)]
    assert lines(reviewed, worker="W1") == []


def test_the_team_is_the_one_that_has_the_case_now(reviewed: Database) -> None:
    with reviewed.unit("A. Hughes") as unit:
        record(unit, "team", {"name": "West"})
        amend(unit, "case", "C-1002", {"team": "West"})
        unit.finish("Moved")
    assert {line.group: counts(line) for line in lines(reviewed, by="team")} == {
        "North": (2, 1, 1, 0),
        "West": (1, 0, 0, 1),
    }
    assert [counts(line) for line in lines(reviewed, team="West")] == [(1, 0, 0, 1)]


def test_the_month_is_that_of_the_due_date(reviewed: Database) -> None:
    assert [line.group for line in lines(reviewed, by="month")] == ["2026-03", "2026-04", "2026-07"]


def test_groups_add_up_to_the_whole(reviewed: Database) -> None:
    (whole,) = lines(reviewed)
    for by in ("team", "worker", "month"):
        parts = [counts(line) for line in lines(reviewed, by=by)]
        assert tuple(map(sum, zip(*parts, strict=True))) == counts(whole), by


def test_several_ways_at_once_are_each_what_they_are_alone(reviewed: Database) -> None:
    conn, packs = reviewed.reader(), reviewed.packs()
    ways = (None, "team", "worker", "month")
    for worker in (None, "W2"):
        found = timeliness_by(conn, packs, YEAR, ways, worker=worker)
        assert {way: timeliness(conn, packs, YEAR, by=way, worker=worker) for way in ways} == found
        assert all(found.values())


def test_a_closed_case_still_counts_for_what_fell_due_before(reviewed: Database) -> None:
    with reviewed.unit("A. Hughes") as unit:
        amend(unit, "case", "C-1002", {"closed": "2026-05-01"})
        unit.finish("Closed")
    assert counts(lines(reviewed)[0]) == (3, 1, 1, 1)


def test_progress_reaches_the_end(reviewed: Database) -> None:
    seen: list[tuple[int, int]] = []
    lines(reviewed, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(2, 2)]
