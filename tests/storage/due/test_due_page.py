"""A page of due dates: filtered and counted by the database."""

from __future__ import annotations

import pytest

from storage.due.due_page import DuePage, Term, due_page
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import record


def page(database: Database, *terms: Term, most: int = 1_000, team: str | None = None, names: bool = True) -> DuePage:
    return due_page(database.reader(), TODAY, team, terms, most=most, names=names)


@pytest.fixture
def two(team: Database) -> Database:
    """Beside C-1001 with Okafor: C-2002, child protection, with nobody, in team South."""
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "South", "scheme": "three-factor"})
        case = {"reference": "C-2002", "team": "South", "pathway": "child_protection", "opened": "2026-10-01"}
        record(unit, "case", {**case, "name": "Zoë Ławniczak"})
        record(unit, "event", {"case": "C-2002", "kind": "cp_plan_started", "on": "2026-11-16"})
        unit.finish("Opened C-2002")
    return team


def references(found: DuePage) -> set[str]:
    return {line.subject for line in found.lines}


def test_counts_and_lines_say_the_same(two: Database) -> None:
    found = page(two)
    assert found.total == len(found.lines) == sum(found.by_due.values()) == sum(found.by_plan.values())
    assert [line.legal_due for line in found.lines] == sorted(line.legal_due for line in found.lines if line.legal_due)


def test_never_more_lines_than_asked_for_and_those_the_soonest(two: Database) -> None:
    whole, cut = page(two), page(two, most=2)
    assert cut.lines == whole.lines[:2]
    assert cut.total == whole.total > 2


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Term("worker", "okafor"), {"C-1001"}),
        (Term("worker", "w2"), {"C-1001"}),
        (Term("worker", "nobody"), {"C-2002"}),
        (Term("case", "c-2"), {"C-2002"}),
        (Term("name", "lawnicz"), {"C-2002"}),
        (Term("name", "jamie", without=True), {"C-2002"}),
        (Term("team", "south"), {"C-2002"}),
        (Term("what", "core group"), {"C-2002"}),
        (Term("what", "lac_review_1"), {"C-1001"}),
        (Term("what", "child_protection"), {"C-2002"}),
        (Term("", "zoe"), {"C-2002"}),
        (Term("", "100%"), set()),
        (Term("", "a_b"), set()),
        (Term("within", "3"), {"C-1001"}),
        (Term("within", "soon"), set()),
        (Term("on", "2026-04-15"), {"C-1001"}),
        (Term("state", "postponed"), set()),
    ],
)
def test_each_term_narrows(two: Database, term: Term, expected: set[str]) -> None:
    found = references(page(two, term))
    assert {name for name in found if name.startswith("C-")} == expected


def test_a_team_is_the_frame_until_another_is_named(two: Database) -> None:
    assert "C-2002" not in references(page(two, team="North"))
    assert references(page(two, Term("team", "south"), team="North")) == {"C-2002"}


def test_hidden_names_find_nothing(two: Database) -> None:
    assert references(page(two, Term("", "zoe"), names=False)) == set()


def test_what_is_postponed_is_found(two: Database) -> None:
    line = page(two, Term("what", "core group")).lines[0]
    with two.unit("A. Hughes", TODAY) as unit:
        given = {"case": line.subject, "rule": line.rule, "cycle": line.cycle, "to": "2026-12-14", "reason": "Snow"}
        record(unit, "postponement", given)
        unit.finish("Put off")
    found = page(two, Term("state", "postponed")).lines
    assert [(f.id, f.legal_due) for f in found] == [(line.id, line.legal_due)]
