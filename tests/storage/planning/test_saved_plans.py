"""Plans kept and applied: applying is one step that undo takes back, and a stale plan is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import BadInput, NotFound
from domain.planning.proposals import Proposal
from storage.opening import open_database
from storage.planning.acts import Applied, apply, drop, save
from storage.planning.saved_plans import again, compare, free_name, saved, saved_plans
from storage.planning.solving import work_out
from storage.records.database import Database
from storage.records.undo import undo
from tests.clocks import CLOCK
from tests.storage.planning.plankit import LEAVING, THREE, TODAY, north, planned
from tests.units import amend, record

CASES = {"C-1": ("W1", 30), "C-5": ("W1", 20), "C-2": ("W2", 60), "C-3": ("W3", 40)}
LEAVES = {"leavers": [{"worker": "W1", "on": LEAVING}]}
TABLES = ("allocation", "plan", "cases", "worker", "case_points", "obligation")


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("north")
    north(folder, THREE, CASES).close()
    return folder


@pytest.fixture
def database(_kept: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copytree(_kept, tmp_path, dirs_exist_ok=True)
    with open_database(tmp_path / "almoner.db", CLOCK) as found:
        yield found


def proposal(database: Database, **parts: Any) -> Proposal:
    return planned(database, **(parts or LEAVES)).proposal()


def applied(database: Database, plan: Proposal, name: str = "Al leaves", **options: Any) -> Applied:
    with database.unit("A. Hughes", TODAY) as unit:
        return apply(unit, plan, name=name, **options)


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row as it stands, but for who changed it last and its version, which undoing moves on."""
    found = {}
    for table in TABLES:
        names = [row[1] for row in database.reader().raw.execute(f"PRAGMA table_info({table})")]
        kept = ", ".join(f'"{n}"' for n in names if n not in ("version", "changed_by", "changed_at"))
        found[table] = sorted(database.reader().raw.execute(f"SELECT {kept} FROM {table}").fetchall(), key=str)
    return found


def holders(database: Database) -> list[tuple[Any, ...]]:
    query = """SELECT "case", worker, role, starts, ends, reason, under FROM allocation
        WHERE starts >= '2026-11-01' ORDER BY "case", starts"""
    return database.reader().raw.execute(query).fetchall()


def test_a_saved_plan_comes_back_as_it_was(database: Database) -> None:
    plan = proposal(database)
    with database.unit("A. Hughes", TODAY) as unit:
        save(unit, "Al leaves", plan, note="for Monday")
        unit.finish("Saved a plan")
    kept = saved(database.reader(), "Al leaves")
    assert kept.proposal == plan
    assert (kept.note, kept.made_on, kept.applied_on) == ("for Monday", TODAY, None)
    line = saved_plans(database.reader(), "North")[0]
    assert (line.name, line.moves, line.highest, line.proven) == ("Al leaves", 2, plan.highest, True)
    assert not saved_plans(database.reader(), "South")
    with pytest.raises(NotFound, match="no plan 'x'"):
        saved(database.reader(), "x")


def test_a_name_is_taken_once_unless_the_plan_is_to_be_replaced(database: Database) -> None:
    plan = proposal(database)
    with database.unit("A. Hughes", TODAY) as unit:
        save(unit, "P", plan)
        with pytest.raises(BadInput, match="already"):
            save(unit, "P", plan)
        save(unit, "P", planned(database, target=90).proposal(), replace=True)
        unit.finish("Saved")
    assert saved(database.reader(), "P").proposal.target == 90
    assert free_name(database.reader(), "North: looked after", TODAY) == "North 2026-11-20"
    with database.unit("A. Hughes", TODAY) as unit:
        drop(unit, "P")
        unit.finish("Deleted")
    assert not saved_plans(database.reader())


def test_applying_makes_dated_allocations_with_their_reason_and_plan(database: Database) -> None:
    done = applied(database, proposal(database))
    assert {move.case for move in done.moves} == {"C-1", "C-5"}
    on = LEAVING.isoformat()
    assert holders(database) == [
        ("C-1", "W3", "allocated_worker", on, None, "LEFTRL", "Al leaves"),
        ("C-5", "W2", "allocated_worker", on, None, "LEFTRL", "Al leaves"),
    ]
    ended = database.reader().raw.execute("SELECT DISTINCT ends FROM allocation WHERE worker = 'W1'").fetchall()
    assert ended == [(on,)]
    assert saved(database.reader(), "Al leaves").applied_on == TODAY


def test_undo_gives_back_the_same_contents(database: Database) -> None:
    before = contents(database)
    applied(database, proposal(database))
    assert contents(database) != before
    with database.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert contents(database) == before


def test_cover_ends_with_the_absence_and_the_worker_stays_allocated(database: Database) -> None:
    absence = {"worker": "W1", "starts": "2026-12-01", "ends": "2027-01-31"}
    applied(database, proposal(database, absences=[absence]))
    assert {row[2:6] for row in holders(database)} == {("cover", "2026-12-01", "2027-02-01", "ABSENC")}
    still = "SELECT count(*) FROM allocation WHERE worker = 'W1' AND ends IS NULL"
    assert database.reader().raw.execute(still).fetchone() == (2,)


def test_what_was_applied_stays_and_names_its_plan_once_that_is_deleted(database: Database) -> None:
    name = free_name(database.reader(), "North", TODAY)
    applied(database, proposal(database), name=name)
    moved = holders(database)
    with database.unit("A. Hughes", TODAY) as unit:
        drop(unit, name)
        unit.finish("Deleted")
    assert not saved_plans(database.reader())
    assert holders(database) == moved
    assert {row[-1] for row in moved} == {name}
    assert free_name(database.reader(), "North", TODAY) == f"{name} (2)", "the name would say two things"
    with database.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert [line.name for line in saved_plans(database.reader())] == [name]


def test_some_moves_alone_can_be_applied(database: Database) -> None:
    done = applied(database, proposal(database), cases=["C-5"])
    assert [move.case for move in done.moves] == ["C-5"]
    assert [row[0] for row in holders(database)] == ["C-5"]
    with pytest.raises(BadInput, match="C-2 does not move"):
        applied(database, proposal(database), name="Other", cases=["C-2"])


def test_a_plan_is_applied_once(database: Database) -> None:
    plan = proposal(database)
    applied(database, plan)
    before = contents(database)
    with pytest.raises(BadInput, match="was applied on 2026-11-20 already"):
        applied(database, plan)
    with pytest.raises(BadInput, match="C-1 is with W3 now, not W1"):
        applied(database, plan, name="Again")
    assert contents(database) == before


def test_what_no_longer_fits_is_named_and_nothing_is_changed(database: Database) -> None:
    plan = proposal(database)
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-5", {"closed": TODAY, "close_reason": "Done"})
        unit.finish("Closed")
    before = contents(database)
    with pytest.raises(BadInput, match="C-5 closed on 2026-11-20") as fault:
        applied(database, plan)
    assert "C-1" not in fault.value.message
    assert contents(database) == before


def test_a_hard_rule_made_since_stops_the_plan_by_name(database: Database) -> None:
    plan = proposal(database)
    with database.unit("A. Hughes", TODAY) as unit:
        conflict = {"case": "C-1", "worker": "W3", "why": "conflict_of_interest", "starts": "2026-01-01"}
        record(unit, "conflict", conflict)
        unit.finish("A conflict")
    before = contents(database)
    with pytest.raises(BadInput, match="W3 may not hold C-1"):
        applied(database, plan)
    assert contents(database) == before


def test_cases_and_workers_only_thought_of_cannot_be_applied(database: Database) -> None:
    arrival = [{"id": "N-1", "pathway": "court", "points": 500}]
    with pytest.raises(BadInput, match="N-1 is not recorded yet"):
        applied(database, proposal(database, arrivals=arrival))
    starter = [{"id": "new-1", "grade": "children-sw", "on": "2026-12-01"}]
    pin = [{"case": "C-2", "worker": "new-1"}]
    with pytest.raises(BadInput, match="new-1 is not recorded yet"):
        applied(database, proposal(database, starters=starter, pins=pin))


def test_siblings_are_applied_together_or_not_at_all(tmp_path: Path) -> None:
    siblings = {"sibling_group": "S"}
    with north(tmp_path, THREE, CASES, C_1=siblings, C_5=siblings) as database:
        plan = proposal(database)
        with pytest.raises(BadInput, match="C-5 moves together with C-1"):
            applied(database, plan, cases=["C-5"])
        applied(database, plan)
        assert [row[0] for row in holders(database)] == ["C-1", "C-5"]


def test_a_saved_plan_is_solved_again_with_new_wishes(database: Database) -> None:
    plan = proposal(database)
    wished = again(plan.scenario, [("C-1", "W2")], [("C-5", "W2")])
    found = work_out(database, wished, TODAY).proposal()
    assert {move.case: move.to for move in found.moves} == {"C-1": "W2", "C-5": "W3"}
    turned = again(found.scenario, [("C-1", "W3")], [])
    assert [(pin.case, pin.worker) for pin in turned.pins] == [("C-1", "W3")]
    assert not again(turned, [], [("C-1", "W3")]).pins


def test_two_plans_beside_each_other(database: Database) -> None:
    plan = proposal(database)
    other = work_out(database, again(plan.scenario, [("C-1", "W2")], []), TODAY).proposal()
    found = compare(plan, other)
    assert [(side.key, side.one, side.other) for side in found.cases if side.key == "C-1"] == [("C-1", "W3", "W2")]
    assert next(side for side in found.figures if side.key == "cost").one == plan.cost
    assert {side.key for side in found.people} == {"W1", "W2", "W3"}


def test_a_plan_kept_too_long_begins_today(database: Database) -> None:
    plan = proposal(database)
    late = date(2026, 12, 28)
    with database.unit("A. Hughes", late) as unit:
        apply(unit, plan, name="Late")
        unit.finish("Applied late")
    assert {row[3] for row in holders(database)} == {"2026-12-28"}
