"""Cases that lie with nobody: since when, why, and against which limits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.allocation.waiting import Limits, standing
from storage.allocation.unallocated import Waiting, waiting
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import case, put, worker

LIMITS = Limits(7, 28, 28)


def only(team: Database, **says: Any) -> Waiting:
    put(team, case(**says))
    (found,) = waiting(team.reader(), "North", TODAY)
    return found


@pytest.mark.parametrize(
    ("since", "reviewed", "seen", "state", "words"),
    [
        (date(2026, 11, 14), None, None, "ahead", "review by Sat 21 Nov"),
        (date(2026, 11, 13), None, None, "due", "review today"),
        (date(2026, 11, 12), None, None, "late", "review: 1 day late"),
        (date(2026, 11, 1), date(2026, 11, 14), None, "ahead", "review by Sat 21 Nov"),
        (date(2026, 10, 23), date(2026, 11, 19), date(2026, 11, 19), "due", "escalate today"),
        (date(2026, 10, 22), date(2026, 11, 19), date(2026, 11, 19), "late", "escalate: 1 day late"),
    ],
)
def test_each_limit_is_kept_on_its_last_day(since: date, reviewed: Any, seen: Any, state: str, words: str) -> None:
    first = standing(LIMITS, since, reviewed, seen, TODAY)[0]
    assert (first.state, first.words) == (state, words)


def test_without_a_limit_it_says_so() -> None:
    assert standing(Limits(), date(2020, 1, 1), None, None, TODAY)[0][:2] == ("unset", "no limit set")


def test_a_case_never_allocated_waits_since_it_opened(team: Database) -> None:
    found = only(team, opened="2026-11-10")
    assert (found.since, found.days(TODAY), found.last_worker, found.reviewed_on) == (
        date(2026, 11, 10),
        10,
        None,
        None,
    )
    assert [s.words for s in found.standing] == [
        "review: 3 days late",
        "escalate by Tue 8 Dec",
        "see the child by Tue 8 Dec",
    ]


def test_a_case_waits_since_its_last_allocation_ended_and_says_whose_it_was(team: Database) -> None:
    put(team, case(), worker("W4", started="2020-01-01", leaves="2026-11-02"))
    held = {"case": "C-2", "worker": "W4", "starts": "2026-10-01", "ends": "2026-11-02"}
    put(
        team,
        ("allocation", held),
        ("allocation", {"case": "C-2", "worker": "W3", "role": "co_worker", "starts": "2026-10-05"}),
    )
    (found,) = waiting(team.reader(), None, TODAY)
    assert (found.since, found.last_worker, found.left, found.beside) == (date(2026, 11, 2), "W4", True, ("W3",))


def test_a_review_counts_only_from_the_wait_on(team: Database) -> None:
    put(team, case(opened="2026-11-10"), ("event", {"case": "C-2", "kind": "unallocated_reviewed", "on": "2026-11-18"}))
    (found,) = waiting(team.reader(), "North", TODAY)
    assert found.reviewed_on == date(2026, 11, 18)
    assert found.state == "ahead"
    held = {"case": "C-2", "worker": "W3", "starts": "2026-11-18", "ends": "2026-11-19"}
    put(team, ("allocation", held))
    assert waiting(team.reader(), "North", TODAY)[0].reviewed_on is None


def test_the_child_was_seen_at_a_visit_where_the_child_was_seen(team: Database) -> None:
    found = only(team, opened="2026-10-01")
    assert found.seen_on is None
    put(team, ("event", {"case": "C-2", "kind": "lac_visit", "on": "2026-11-01", "details": {"seen": False}}))
    assert waiting(team.reader(), None, TODAY)[0].seen_on is None
    put(team, ("event", {"case": "C-2", "kind": "lac_visit", "on": "2026-11-03", "details": {"seen": True}}))
    assert waiting(team.reader(), None, TODAY)[0].seen_on == date(2026, 11, 3)


def test_the_most_pressing_comes_first(team: Database) -> None:
    put(team, case(opened="2026-11-19"), case("C-3", opened="2026-10-01"), case("C-4", pathway="care_act"))
    assert [w.case.reference for w in waiting(team.reader(), "North", TODAY)] == ["C-3", "C-2", "C-4"]
    assert waiting(team.reader(), "South", TODAY) == []
