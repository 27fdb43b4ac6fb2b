"""The board of a team of known loads, each figure worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.errors import BadInput, NotFound
from storage.cases.steps import give
from storage.home.needs_you import needs_you
from storage.home.worker_page import worker_file
from storage.load.acts import follow_ramp
from storage.load.worker_load import team_board
from storage.people.teams import teams
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import amend, record

ANSWERS = {"complexity": "3", "risk": "3", "travel": "3"}  # 9 points


@pytest.fixture
def known(team: Database) -> Database:
    """North at 100 points and 36 h: Okafor full time; Begum at 0.6 with a student, an extra and unplanned hours."""
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"full_time_hours": 36_00})
        for n in range(4):
            case = {"reference": f"C-2{n}", "team": "North", "pathway": "looked_after", "opened": "2026-11-01"}
            record(unit, "case", case)
            record(unit, "weighting", {"case": f"C-2{n}", "scheme": "three-factor", "on": TODAY, "answers": ANSWERS})
            give(unit, f"C-2{n}", "W3", date(2026, 11, 2))
        less(unit, "W3", 10, "Student", kind="practice_educator")
        record(unit, "extra", {"worker": "W3", "title": "Lead", "points": 5_00, "starts": "2026-09-01"})
        record(
            unit,
            "extra",
            {"worker": "W3", "title": "Over", "points": 7_00, "starts": "2026-01-01", "ends": "2026-11-19"},
        )
        record(unit, "extra", {"worker": "W3", "title": "To come", "points": 7_00, "starts": "2026-11-21"})
        hours = {"worker": "W3", "hours": 3_50, "what": "Emergency placement"}
        record(unit, "unplanned", {**hours, "on": "2026-11-16"})
        record(unit, "unplanned", {**hours, "on": "2026-10-24"})
        record(unit, "unplanned", {**hours, "on": "2026-10-23"})
        unit.finish("A team of known loads")
    return team


def less(unit: Any, worker: str, percent: int, reason: str, **more: Any) -> Any:
    given = {"worker": worker, "percent": percent, "reason": reason, "starts": "2026-09-01"}
    return record(unit, "reduction", {**given, **more})


def line(database: Database, worker: str) -> Any:
    return next(row for row in team_board(database.reader(), None, TODAY, worker))


def test_load_and_capacity_of_a_part_timer_by_hand(known: Database) -> None:
    """Load 4 x 9 + 5 = 41; capacity 0.6 x 100 = 60 less 10 % of 60 = 54; 41 / 54 = 75.9 %."""
    begum = line(known, "W3")
    assert (begum.case_points, begum.extra, begum.stable, begum.points) == (36_00, 5_00, 0, 41_00)
    assert (begum.capacity, begum.utilisation, begum.band) == (54_00, 759, "room")


def test_hours_are_counted_from_the_teams_own_week(known: Database) -> None:
    """0.6 x 36 h = 21.6 h by contract; a tenth less is 19.44 h today."""
    begum = line(known, "W3")
    assert (begum.contract_hours, begum.today_hours) == (21_60, 19_44)


def test_unplanned_hours_of_four_weeks_stand_apart(known: Database) -> None:
    """16 November and 24 October lie within the 28 days up to the 20th, 23 October does not."""
    assert line(known, "W3").unplanned == 7_00
    assert line(known, "W3").points == 41_00


def test_the_workers_own_page_adds_up_to_the_board(known: Database) -> None:
    file = worker_file(known.reader(), "W3", TODAY)
    assert file is not None
    assert sum(role.points for role in file.roles) == file.line.case_points
    assert sum(step.points for step in file.capacity.lines) == file.line.capacity
    assert sum(step.hours for step in file.capacity.lines) == file.line.today_hours
    assert [extra.title for extra in file.extras] == ["Lead", "To come"]


def test_annual_leave_marks_the_week_and_leaves_capacity(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        less(unit, "W2", 100, "Fortnight off", kind="annual_leave", starts="2026-11-16", ends="2026-11-27")
        unit.finish("Leave")
    assert (line(known, "W2").capacity, line(known, "W2").away) == (100_00, True)


def test_whoever_is_ill_has_no_capacity_and_their_cases_are_spoken_of(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        less(unit, "W3", 100, "Ill", kind="sickness")
        unit.finish("Ill")
    begum = line(known, "W3")
    assert (begum.capacity, begum.utilisation, begum.band, begum.away) == (0, None, "", True)
    texts = [need.text for need in needs_you(known.reader(), "North", TODAY)]
    assert "Begum: no capacity today, 4 cases allocated" in texts


def test_a_stable_part_counts_as_load_in_proportion_to_the_post(known: Database, monkeypatch) -> None:
    """15 stable points of a full-time post are 9 at 0.6: load 36 + 5 + 9 = 50, of 54 is 92.6 %."""
    from storage.rules.kept_packs import Packs

    plain = Packs.get

    def with_stable(packs: Packs, kind: str, key: str) -> dict[str, Any]:
        found = plain(packs, kind, key)
        return found | {"stable_points": 15_00} if kind == "scheme" else found

    monkeypatch.setattr(Packs, "get", with_stable)
    begum = line(known, "W3")
    assert (begum.stable, begum.points, begum.case_points, begum.utilisation) == (9_00, 50_00, 36_00, 926)
    assert line(known, "W1").stable == 0, "a grade that holds no cases"


def test_the_schemes_word_on_a_grade_comes_before_the_grades_own(known: Database, monkeypatch) -> None:
    from storage.rules.kept_packs import Packs

    plain = Packs.get

    def with_grade(packs: Packs, kind: str, key: str) -> dict[str, Any]:
        found = plain(packs, kind, key)
        return found | {"grade_percent": {"children-sw": 80}} if kind == "scheme" else found

    monkeypatch.setattr(Packs, "get", with_grade)
    assert line(known, "W2").capacity == 80_00


def test_a_reason_nobody_knows_is_refused_with_the_way_to_those_there_are(known: Database) -> None:
    with pytest.raises(NotFound) as refusal, known.unit("A. Hughes", TODAY) as unit:
        less(unit, "W2", 10, "?", kind="golf")
    assert refusal.value.field == "kind"
    assert "almoner list reduction-reason" in str(refusal.value.hint)


def test_more_than_a_reason_may_take_is_refused(known: Database) -> None:
    with pytest.raises(BadInput) as refusal, known.unit("A. Hughes", TODAY) as unit:
        less(unit, "W2", 51, "Branch secretary", kind="union")
    assert refusal.value.field == "percent"
    assert "50 %" in str(refusal.value)


def test_two_reductions_may_overlap(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        less(unit, "W2", 10, "Duty", kind="duty")
        less(unit, "W2", 5, "Lead", kind="lead_role")
        unit.finish("Two at once")
    assert line(known, "W2").capacity == 85_00


def test_a_ramp_is_recorded_as_dated_steps_taken_back_together(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        steps = follow_ramp(unit, "W2", "phased-return-weeks", TODAY).steps
    assert [(s.percent, s.starts.isoformat(), s.ends.isoformat()) for s in steps] == [
        (75, "2026-11-20", "2026-12-03"), (50, "2026-12-04", "2026-12-17"), (25, "2026-12-18", "2026-12-31"),
    ]  # fmt: skip
    assert line(known, "W2").capacity == 25_00
    with known.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert line(known, "W2").capacity == 100_00


def test_a_reduction_about_to_end_is_spoken_of_a_fortnight_before(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        less(unit, "W2", 20, "Student", kind="practice_educator", ends="2026-12-04")
        less(unit, "W2", 20, "Duty", kind="duty", ends="2026-12-05")
        less(unit, "W2", 100, "Leave", kind="annual_leave", ends="2026-11-27")
        unit.finish("Ending")
    texts = [need.text for need in needs_you(known.reader(), "North", TODAY)]
    assert [text for text in texts if "ends" in text] == ["Okafor: 20 % less, Student, ends Fri 4 Dec"]
    file = worker_file(known.reader(), "W2", TODAY)
    assert file is not None
    assert [r.reason for r in file.reductions if r.lapses(TODAY)] == ["Student"]


def test_a_step_that_the_next_one_follows_needs_no_reminder(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        follow_ramp(unit, "W2", "phased-return-weeks", TODAY)
    assert not [need for need in needs_you(known.reader(), "North", TODAY) if "ends" in need.text]


def test_days_are_named_once_in_the_line_of_late_supervisions(known: Database) -> None:
    def late(worker: str, days: int) -> Any:
        return line(known, worker)._replace(supervision_due=TODAY - timedelta(days=days))

    def said(*board: Any) -> str:
        return next(
            need.text for need in needs_you(known.reader(), "North", TODAY, board) if "supervision" in need.text
        )

    assert said(late("W2", 7), late("W3", 1)) == "2 supervisions (Okafor 7 days, Begum 1)"
    assert said(late("W3", 1)) == "1 supervision (Begum 1 day)"
    assert said(late("W2", 1016), late("W3", 1015)) == "2 supervisions (Okafor 1,016 days, Begum 1,015)"
    assert said(*[late("W2", days) for days in (9, 8, 7, 6)]).endswith("Okafor 7 and 1 more)")


def test_who_has_left_is_not_counted_in_the_team(known: Database) -> None:
    with known.unit("A. Hughes", TODAY) as unit:
        yesterday = TODAY - timedelta(days=1)
        amend(unit, "extra", 3, {"starts": yesterday, "ends": yesterday})
        amend(unit, "worker", "W3", {"leaves": yesterday})
        amend(unit, "worker", "W2", {"leaves": TODAY})
        unit.finish("Left")
    assert [one.workers for one in teams(known.reader(), yesterday)] == [3]
    assert [one.workers for one in teams(known.reader(), TODAY)] == [2]
