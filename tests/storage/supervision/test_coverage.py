"""Coverage: when each open case was last discussed, against the policy of its pathways."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.core.errors import BadInput, NotFound
from storage.cases.steps import give
from storage.records.database import Database
from storage.supervision.acts.agenda import raise_case
from storage.supervision.coverage import Discussed, covered, discussed
from tests.conftest import TODAY
from tests.units import keep, put, record


@pytest.fixture
def talked(team: Database) -> Database:
    """Today is 20 November 2026. Policies: looked after 56 days, child protection 28, adults none.

    C-1001 looked after, discussed 1 October (50 days ago: due within the week before 56), parked 5 November.
    C-1002 protection and looked after (the shorter, 28), discussed 20 October: 31 days, 3 too many.
    C-1003 protection, opened 1 March, never discussed. C-1004 protection, opened 10 November, never discussed.
    C-1005 adult, no policy, discussed 1 January. C-1006 closed. C-1007 held by nobody.
    """
    with team.unit("A. Hughes", TODAY) as unit:
        case = {"team": "North", "opened": "2026-03-01"}
        record(unit, "case", {**case, "reference": "C-1002", "pathways": ["looked_after", "child_protection"]})
        record(unit, "case", {**case, "reference": "C-1003", "pathway": "child_protection"})
        record(unit, "case", {**case, "reference": "C-1004", "pathway": "child_protection", "opened": "2026-11-10"})
        record(unit, "case", {**case, "reference": "C-1005", "pathway": "care_act", "opened": "2025-06-01"})
        record(unit, "case", {**case, "reference": "C-1006", "pathway": "looked_after", "closed": "2026-06-01"})
        record(unit, "case", {**case, "reference": "C-1007", "pathway": "looked_after"})
        for reference, worker in (("C-1002", "W2"), ("C-1003", "W3"), ("C-1004", "W3"), ("C-1005", "W3")):
            give(unit, reference, worker, date(2026, 11, 10))
        for on, said in (
            ("2026-01-01", [("C-1005", "")]),
            ("2026-10-01", [("C-1001", ""), ("C-1002", "")]),
            ("2026-10-20", [("C-1002", "")]),
            ("2026-11-05", [("C-1001", "No time")]),
        ):
            held = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": on, "state": "held"})
            for reference, parked in said:
                record(unit, "discussion", {"session": held.id, "case": reference, "parked": parked})
        planned = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-12-02"})
        record(unit, "discussion", {"session": planned.id, "case": "C-1003"})
        unit.finish("Talked")
    return team


def by_case(database: Database, **scope: str) -> dict[str, Discussed]:
    return {one.case: one for one in discussed(database.reader(), TODAY, **scope)}


def test_each_open_case_stands_against_the_policy_of_its_pathways(talked: Database) -> None:
    found = by_case(talked, team="North")
    said = {case: (one.days, one.policy, one.state) for case, one in found.items()}
    assert said == {
        "C-1001": (50, 56, "due"),
        "C-1002": (31, 28, "late"),
        "C-1003": (None, 28, "late"),
        "C-1004": (None, 28, "new"),
        "C-1005": (323, None, "ok"),
        "C-1007": (None, 56, "late"),
    }


def test_what_is_furthest_behind_comes_first(talked: Database) -> None:
    # C-1003: open 264 days, policy 28: 236 over. C-1007: 264 - 56 = 208. C-1002: 31 - 28 = 3. Then new, due, well.
    assert list(by_case(talked)) == ["C-1003", "C-1007", "C-1002", "C-1004", "C-1001", "C-1005"]


def test_the_last_day_of_a_policy_is_in_time_and_the_next_is_late(talked: Database) -> None:
    reader = talked.reader()
    found = {day: discussed(reader, date(2026, 11, day), worker="W2") for day in (16, 17, 18)}
    on = {day: one.state for day, cases in found.items() for one in cases if one.case == "C-1002"}
    assert on == {16: "due", 17: "due", 18: "late"}  # 20 October and 28 days: 17 November


def test_a_worker_has_the_cases_they_hold_and_nobody_elses(talked: Database) -> None:
    assert set(by_case(talked, worker="W2")) == {"C-1001", "C-1002"}
    assert by_case(talked, worker="W1") == {}
    assert {one.worker for one in by_case(talked, team="North").values()} == {"W2", "W3", None}


def test_what_was_discussed_today_counts_today_and_not_the_day_before(talked: Database) -> None:
    held = keep(talked, "session", worker="W3", supervisor="W1", on=TODAY, state="held").id
    keep(talked, "discussion", session=held, case="C-1003")
    assert (by_case(talked)["C-1003"].days, by_case(talked)["C-1003"].state) == (0, "ok")
    yesterday = {one.case: one for one in discussed(talked.reader(), TODAY - timedelta(days=1))}
    assert yesterday["C-1003"].days is None


def test_a_workers_case_in_another_team_is_left_out_where_a_team_is_named(talked: Database) -> None:
    west = {"reference": "C-2001", "team": "West", "pathway": "looked_after", "opened": "2026-03-01"}
    put(talked, ("team", {"name": "West"}), ("case", west))
    with talked.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-2001", "W2", date(2026, 11, 10))
        unit.finish("Allocated")
    assert set(by_case(talked, worker="W2")) == {"C-1001", "C-1002", "C-2001"}
    assert set(by_case(talked, worker="W2", team="North")) == {"C-1001", "C-1002"}
    assert set(by_case(talked, worker="W2", team="West")) == set(by_case(talked, team="West")) == {"C-2001"}


def test_a_case_has_its_last_day_its_policy_and_its_state(talked: Database) -> None:
    assert {case: (one.on, one.policy, one.state) for case, one in by_case(talked, worker="W2").items()} == {
        "C-1001": (date(2026, 10, 1), 56, "due"),
        "C-1002": (date(2026, 10, 20), 28, "late"),
    }


def test_the_counts_add_up(talked: Database) -> None:
    assert by_case(talked)["C-1002"].behind == 3
    assert covered(by_case(talked).values()) == (6, 3, 3, 1, 1, 1)


def test_a_case_is_raised_on_the_agenda_of_whoever_holds_it_once(talked: Database) -> None:
    with talked.unit("A. Hughes", TODAY) as unit:
        assert raise_case(unit, "C-1003").record.worker == "W3"
    assert by_case(talked)["C-1003"].raised
    with talked.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput, match="stands on the next agenda already"):
            raise_case(unit, "C-1003")
        with pytest.raises(BadInput, match="Nobody holds"):
            raise_case(unit, "C-1007")
        with pytest.raises(NotFound):
            raise_case(unit, "C-9999")


def test_every_read_uses_an_index_for_the_discussions(talked: Database) -> None:
    statements: list[str] = []
    reader = talked.reader()
    reader.raw.set_trace_callback(statements.append)
    for scope in ({"worker": "W2"}, {"team": "North"}):
        discussed(reader, TODAY, **scope)
    reader.raw.set_trace_callback(None)
    plans = [row["detail"] for s in statements if "discussion" in s for row in reader.rows(f"EXPLAIN QUERY PLAN {s}")]
    assert plans
    assert not [p for p in plans if p.startswith("SCAN") and ("discussion" in p or " d" in p or " s " in p)], plans
