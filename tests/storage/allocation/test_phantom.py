"""The phantom caseload: cases that look allocated and are not."""

from __future__ import annotations

from typing import Any

from storage.allocation.phantom import count, phantoms
from storage.records.database import Database
from tests.conftest import TODAY
from tests.storage.allocation.test_allocate import HEAD, give
from tests.storage.safety.test_doctor import forge
from tests.units import amend, case, put, worker


def found(team: Database) -> list[tuple[str, str, str | None]]:
    return [(p.kind, p.case, p.worker) for p in phantoms(team.reader(), "North", TODAY)]


def held(case: str, worker: str, **says: Any) -> tuple[str, dict[str, Any]]:
    return "allocation", {"case": case, "worker": worker, "starts": "2026-10-01", **says}


def test_a_well_kept_team_has_none(team: Database) -> None:
    assert found(team) == []
    assert count(team.reader(), None, TODAY) == {}


def test_the_cases_of_leavers_and_managers_are_found(team: Database) -> None:
    put(team, case(), case("C-3"), worker("W4", started="2020-01-01"), held("C-2", "W4"), held("C-3", "W1"))
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W4", {"leaves": "2026-11-19"})
        unit.finish("left")
    assert found(team) == [("left", "C-2", "W4"), ("manager", "C-3", "W1")]
    assert count(team.reader(), "North", TODAY) == {"left": 1, "manager": 1}
    assert phantoms(team.reader(), "South", TODAY) == []


def test_a_worker_who_leaves_today_still_holds_theirs(team: Database) -> None:
    put(team, case(), worker("W4", started="2020-01-01", leaves=TODAY.isoformat()), held("C-2", "W4"))
    assert found(team) == []


def test_a_case_with_a_co_worker_alone_is_found_and_one_with_nobody_is_only_unallocated(team: Database) -> None:
    put(team, case(), case("C-3"), held("C-2", "W3", role="co_worker"))
    assert found(team) == [("nobody", "C-2", "W3")]


def test_two_allocated_workers_are_found_once(team: Database) -> None:
    columns = 'version, changed_by, "case", worker, role, starts, note, overruled, approved_by'
    values = "1, '', 'C-1001', 'W3', 'allocated_worker', '2026-04-01', '', '[]', ''"
    forge(team, "DROP INDEX allocation_one_holds", f"INSERT INTO allocation ({columns}) VALUES ({values})")
    (one,) = phantoms(team.reader(), "North", TODAY)
    assert (one.kind, one.case, one.words) == ("two", "C-1001", "W2 and W3")


def test_a_student_with_a_looked_after_child_is_found(team: Database) -> None:
    put(
        team,
        case(pathway="looked_after"),
        case("C-3"),
        worker("W4", grade="student"),
        held("C-2", "W4"),
        held("C-3", "W4"),
    )
    assert found(team) == [("forbidden", "C-2", "W4")]
    assert phantoms(team.reader(), None, TODAY)[0].words.startswith("Child protection plans and looked-after children")


def test_a_newly_qualified_worker_alone_on_a_plan_is_found_until_somebody_stands_beside(team: Database) -> None:
    put(team, case(pathway="child_protection"), worker("W4", grade="asye"), held("C-2", "W4"))
    assert found(team) == [("forbidden", "C-2", "W4")]
    put(team, held("C-2", "W3", role="co_worker"))
    assert found(team) == []


def test_what_was_approved_is_no_phantom(team: Database) -> None:
    put(team, case(factors=["liberty"]))
    give(team, "W3", approved_by=HEAD)
    assert found(team) == []


def test_closed_cases_and_allocations_that_ended_are_past(team: Database) -> None:
    put(team, case(), held("C-2", "W1", ends="2026-11-01"))
    put(team, case("C-3", closed="2026-11-01"), held("C-3", "W1", ends="2026-11-01"))
    assert found(team) == []


def test_a_closed_case_that_is_still_held_is_found_whoever_holds_it(team: Database) -> None:
    put(team, case(), held("C-2", "W1"), held("C-2", "W3", role="co_worker"))
    forge(team, "UPDATE cases SET closed = '2026-11-20' WHERE reference = 'C-2'")
    assert found(team) == [("closed", "C-2", "W1"), ("closed", "C-2", "W3")]
    assert phantoms(team.reader(), "North", TODAY)[1].words == "W3, co worker; closed 2026-11-20"
