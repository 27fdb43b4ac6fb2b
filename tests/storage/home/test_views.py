"""What lists and dashboards read: figures worked by hand for a small team."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.enums import ChangeReason, Role
from storage.cases import case_lists, case_page
from storage.cases.steps import give
from storage.due import due_list
from storage.home import needs_you
from storage.load import worker_load
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend, put, record


def worker(database: Database, staff_id: str) -> worker_load.WorkerLine:
    return next(w for w in worker_load.team_board(database.reader(), "North", TODAY) if w.staff_id == staff_id)


def a_case(reference: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return "case", {"reference": reference, "team": "North", "pathway": "looked_after", "opened": "2026-03-02", **more}


def weighed(case: str, complexity: int, risk: int, travel: int) -> tuple[str, dict[str, Any]]:
    answers = {"complexity": complexity, "risk": risk, "travel": travel}
    return "weighting", {"case": case, "scheme": "three-factor", "on": "2026-06-01", "answers": answers}


def test_a_load_is_points_over_todays_capacity(team: Database) -> None:
    put(
        team,
        weighed("C-1001", 3, 2, 1),
        ("reduction", {"worker": "W2", "percent": 20, "reason": "Duty", "starts": "2026-01-01"}),
    )
    line = worker(team, "W2")
    assert (line.cases, line.points, line.capacity, line.utilisation, line.band) == (1, 600, 8000, 75, "room")


def test_part_time_carries_less(team: Database) -> None:
    assert worker(team, "W3").capacity == 6000


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [
        ("2026-11-20", None, True),
        ("2026-11-21", None, False),
        ("2026-01-01", "2026-11-20", True),
        ("2026-01-01", "2026-11-19", False),
    ],
)
def test_a_reduction_counts_from_its_first_day_to_its_last(
    team: Database, starts: str, ends: str | None, counts: bool
) -> None:
    put(team, ("reduction", {"worker": "W2", "percent": 50, "reason": "Sick", "starts": starts, "ends": ends}))
    assert worker(team, "W2").capacity == (5000 if counts else 10_000)


def test_a_co_worker_carries_the_schemes_share(team: Database) -> None:
    put(team, weighed("C-1001", 3, 2, 1))
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 5, 1), role=Role.CO_WORKER)
        unit.finish("Co-worker")
    assert (worker(team, "W3").points, worker(team, "W3").cases) == (300, 0)


def test_a_case_counts_with_whoever_holds_it_today(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", TODAY, reason=ChangeReason.MANAGE)
        unit.finish("Moved")
    assert (worker(team, "W2").cases, worker(team, "W3").cases) == (0, 1)
    assert [w.worker for w in case_page.case_allocations(team.reader(), "C-1001")] == ["W3", "W2"]


def test_late_and_next_due_are_told_apart(team: Database) -> None:
    put(team, ("event", {"case": "C-1001", "kind": "placement_started", "on": "2026-11-16"}))
    line = worker(team, "W2")
    late = [
        d
        for d in due_list.due(team.reader(), today=TODAY, worker="W2")
        if d.subject_kind == "case" and d.status(TODAY) == "overdue"
    ]
    assert line.late == len(late) >= 1
    assert line.next_due == date(2026, 11, 23)  # the first visit, a week after the placement began


def test_due_is_soonest_first_and_explains_itself(team: Database) -> None:
    lines = list(due_list.due(team.reader(), today=TODAY, team="North"))
    assert [d.legal_due for d in lines] == sorted(d.legal_due for d in lines if d.legal_due)
    review = next(d for d in lines if d.series == "lac_review")
    assert (review.rule, review.legal_due, review.plan_by) == ("lac_review_1", date(2026, 4, 15), date(2026, 4, 15))
    assert (review.worker, review.pathway, review.tier, review.verified) == ("W2", "looked_after", "regulation", True)
    assert "lac_review_held" in review.answers
    assert review.citation


@pytest.mark.parametrize(
    ("narrow", "found"),
    [
        ({"case": "C-1001"}, True),
        ({"case": "C-9"}, False),
        ({"worker": "W2"}, True),
        ({"worker": "W3"}, False),
        ({"team": "North"}, True),
        ({"team": "South"}, False),
        ({"overdue": True}, True),
        ({"kinds": ["lac_review"]}, True),
        ({"kinds": ["review"]}, True),
        ({"kinds": ["visit"]}, False),
        ({"search": "okafor"}, True),
        ({"search": "nobody"}, False),
    ],
)
def test_due_narrows(team: Database, narrow: dict[str, Any], found: bool) -> None:
    lines = [d for d in due_list.due(team.reader(), today=TODAY, **narrow) if d.series == "lac_review"]
    assert bool(lines) is found


def test_due_within_some_days_leaves_out_what_is_later(team: Database) -> None:
    put(team, ("event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-11-10"}))
    assert not [d for d in due_list.due(team.reader(), today=TODAY, within=30) if d.series == "lac_review"]
    assert [d for d in due_list.due(team.reader(), today=TODAY, within=100) if d.series == "lac_review"]


def test_a_postponement_shows_and_the_legal_date_stays(team: Database) -> None:
    plan = {"case": "C-1001", "rule": "lac_review", "cycle": 1, "to": "2026-12-01", "reason": "Chair ill"}
    put(team, ("postponement", plan))
    review = next(d for d in due_list.due(team.reader(), today=TODAY) if d.series == "lac_review")
    assert (review.postponed_to, review.postponed_why, review.legal_due) == (
        date(2026, 12, 1),
        "Chair ill",
        date(2026, 4, 15),
    )


def test_the_councils_own_date_stands_beside_ours(team: Database) -> None:
    put(team, ("council-date", {"case": "C-1001", "kind": "lac_review_held", "due": "2026-04-13"}))
    review = next(d for d in due_list.due(team.reader(), today=TODAY) if d.series == "lac_review")
    assert review.council_due == date(2026, 4, 13)


def test_closed_cases_owe_nothing(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": TODAY, "close_reason": "Adopted"})
        unit.finish("Closed")
    assert not [d for d in due_list.due(team.reader(), today=TODAY) if d.subject == "C-1001"]
    assert worker(team, "W2").cases == 0


def test_what_lies_with_nobody(team: Database) -> None:
    put(team, a_case("C-2", opened="2026-11-08"), a_case("C-3", opened="2026-11-01", closed="2026-11-10"))
    lying = worker_load.unallocated(team.reader(), "North", TODAY)
    assert (lying.cases, lying.oldest) == (1, date(2026, 11, 8))
    assert [c.reference for c in case_lists.unallocated_cases(team.reader(), "North", TODAY)] == ["C-2"]


def test_needs_you_names_what_to_do_and_where(team: Database) -> None:
    put(team, a_case("C-2", opened="2026-11-08"))
    needs = needs_you.needs_you(team.reader(), "North", TODAY)
    texts = " | ".join(n.text for n in needs)
    assert "1 case unallocated, oldest 12 days" in texts
    assert "review" in texts
    assert "supervision" in texts
    assert not any("Jamie" in n.text for n in needs)


def test_leavers_stay_on_the_board_while_they_hold_cases(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-11-01"})
        amend(unit, "worker", "W3", {"leaves": "2026-11-01"})
        unit.finish("Both left")
    assert {w.staff_id for w in worker_load.team_board(team.reader(), "North", TODAY)} == {"W1", "W2"}


@pytest.mark.parametrize(
    ("letters", "first"),
    [("oka", "W2"), ("C-10", "C-1001"), ("jam", "C-1001"), ("nor", "North"), ("%", None), ("_", None)],
)
def test_finding_by_a_few_letters(team: Database, letters: str, first: str | None) -> None:
    hits = case_page.find(team.reader(), letters, TODAY)
    assert (hits[0].key if hits else None) == first


def test_whoever_is_called_just_so_is_found_before_those_who_begin_so(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        for reference, name in (("C-9", "Zola"), ("C-91", "Ada")):
            record(unit, "case", {"reference": reference, "name": name, "team": "North", "pathway": "court",
                                  "opened": "2026-03-02"})  # fmt: skip
        unit.finish("Two cases")
    assert [hit.key for hit in case_page.find(team.reader(), "c-9", TODAY)] == ["C-9", "C-91"]


def test_an_empty_database_has_nothing_to_say(database: Database) -> None:
    conn = database.reader()
    assert needs_you.needs_you(conn, None, TODAY) == []
    assert worker_load.team_board(conn, None, TODAY) == []
    assert list(due_list.due(conn, today=TODAY)) == []
    assert case_page.case_card(conn, "C-1", TODAY) is None
