"""Actions and decisions across sessions: whose they are, how often carried, and each act with its way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.errors import BadInput
from storage.records.database import Database
from storage.records.undo import undo
from storage.supervision.actions import ActionLine, Scope, followed
from storage.supervision.acts.actions import carry, complete, drop, follow
from tests.conftest import TODAY
from tests.units import record

DUE = TODAY + timedelta(days=5)
ACTION = {"owner": "W2", "what": "Ring the school about reading", "set_on": TODAY - timedelta(days=20), "due": DUE}
DECISION = {
    "case": "C-1001", "decision": "Keep the placement", "decided_by": "A. Hughes", "on": TODAY - timedelta(days=30),
    "follow_by": TODAY - timedelta(days=2),
}  # fmt: skip


def keep(database: Database, kind: str, **fields: Any) -> int:
    with database.unit("A. Hughes", TODAY) as unit:
        kept = record(unit, kind, fields)
        unit.finish("Kept")
    return int(kept.id)


def lines(database: Database, **scope: Any) -> list[ActionLine]:
    return followed(database.reader(), TODAY, Scope(**scope))


def doing(database: Database, act: Callable[..., Any], *given: Any) -> Any:
    with database.unit("A. Hughes", TODAY) as unit:
        return act(unit, *given).record


def take_back(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        undo(unit)


def test_actions_are_found_by_person_case_session_and_team(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        held = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": ACTION["set_on"], "state": "held"})
        unit.finish("Held")
    own = keep(team, "action", **ACTION)
    theirs = keep(team, "action", **{**ACTION, "owner": "W1", "session": held.id})
    on_case = keep(team, "action", **{**ACTION, "owner": None, "who": "The carer", "case": "C-1001"})
    other = keep(team, "action", **{**ACTION, "owner": "W3"})

    def ids(**scope: Any) -> set[int]:
        return {line.id for line in lines(team, **scope)}

    assert ids(worker="W2") == {own, theirs, on_case}
    assert ids(worker="W3") == {other}
    assert ids(case="C-1001") == {on_case}
    assert ids(session=held.id) == {theirs}
    assert ids(team="North") == ids() == {own, theirs, on_case, other}
    by_id = {line.id: line for line in lines(team)}
    assert (by_id[theirs].about, by_id[own].about, by_id[on_case].doer) == ("W2", "W2", "The carer")


def test_completing_says_how_and_when_and_can_be_taken_back(team: Database) -> None:
    number = keep(team, "action", **ACTION)
    doing(team, complete, number, TODAY - timedelta(days=1), "By phone")
    (line,) = lines(team)
    assert (line.state, line.done_on, line.how, line.stale) == ("done", TODAY - timedelta(days=1), "By phone", ())
    with pytest.raises(BadInput, match="done already"):
        doing(team, complete, number, TODAY, "Again")
    take_back(team)
    assert lines(team)[0].state == "week"


def test_an_action_is_not_done_without_saying_how_or_before_it_was_set(team: Database) -> None:
    number = keep(team, "action", **ACTION)
    for on, how, field in ((TODAY, " ", "how"), (date(2026, 1, 1), "By phone", "done_on")):
        with pytest.raises(BadInput) as told:
            doing(team, complete, number, on, how)
        assert told.value.field == field
    assert lines(team)[0].open


def test_carrying_forward_ends_the_old_counts_the_times_and_is_one_step_back(team: Database) -> None:
    first = keep(team, "action", **ACTION)
    second = doing(team, carry, first, DUE + timedelta(days=7))
    third = doing(team, carry, second.id, DUE + timedelta(days=14))
    by_id = {line.id: line for line in lines(team)}
    assert [by_id[n].state for n in (first, second.id, third.id)] == ["carried", "carried", "later"]
    assert by_id[third.id].carried == 2
    assert [reason.kind for reason in by_id[third.id].stale] == ["carried"]  # its own words again are no copy
    assert (third.what, third.owner, third.set_on) == (ACTION["what"], "W2", TODAY)
    take_back(team)
    assert {line.id: line.state for line in lines(team)} == {first: "carried", second.id: "later"}
    with pytest.raises(BadInput, match="carried forward already"):
        doing(team, carry, first, DUE)


def test_an_action_that_another_one_carries_is_not_counted_twice(team: Database) -> None:
    """As it is when a file records the later one and nobody ended the earlier."""
    first = keep(team, "action", **ACTION)
    keep(team, "action", **{**ACTION, "set_on": TODAY, "carries": first})
    assert [line.state for line in lines(team) if line.id == first] == ["carried"]


def test_a_copied_wording_is_found_only_for_the_same_person_and_case(team: Database) -> None:
    keep(team, "action", **ACTION, done_on=TODAY, how="By phone")
    again = keep(team, "action", **{**ACTION, "set_on": TODAY})
    other = keep(team, "action", **{**ACTION, "set_on": TODAY, "owner": "W3"})
    found = {line.id: [reason.kind for reason in line.stale] for line in lines(team)}
    assert (found[again], found[other]) == (["copied"], [])


def test_dropping_needs_a_reason_and_can_be_taken_back(team: Database) -> None:
    number = keep(team, "action", **ACTION)
    for why in ("", "Carried forward"):
        with pytest.raises(BadInput) as fault:
            doing(team, drop, number, why)
        assert fault.value.field == "dropped_why"
    doing(team, drop, number, "The family did it")
    assert lines(team)[0].state == "dropped"
    take_back(team)
    assert lines(team)[0].open


def test_a_decision_is_followed_through(team: Database) -> None:
    keep(team, "decision", **{**DECISION, "follow_by": None})
    number = keep(team, "decision", **DECISION)
    (line,) = lines(team, worker="W2")
    assert (line.kind, line.state, line.who, line.body) == ("decision", "late", "A. Hughes", "supervision")
    assert [reason.kind for reason in line.stale] == ["overdue"]
    with pytest.raises(BadInput, match="Say what came of it"):
        doing(team, follow, number, TODAY, "")
    doing(team, follow, number, TODAY, "It held")
    (line,) = lines(team, worker="W2")
    assert (line.state, line.how, line.stale) == ("done", "It held", ())
    take_back(team)
    assert lines(team, worker="W2")[0].open


def test_open_ones_come_first_soonest_due_on_top(team: Database) -> None:
    late = keep(team, "action", **{**ACTION, "due": TODAY - timedelta(days=1)})
    keep(team, "action", **ACTION, done_on=TODAY, how="Done")
    soon = keep(team, "action", **ACTION)
    undated = keep(team, "action", **{**ACTION, "due": None})
    assert [line.id for line in lines(team) if line.open] == [undated, late, soon]
    assert [line.open for line in lines(team)] == [True, True, True, False]


def test_of_those_that_ended_the_last_to_end_stands_first(team: Database) -> None:
    long_ago = keep(team, "action", **ACTION, done_on=TODAY - timedelta(days=9), how="By phone")
    lately = keep(team, "action", **ACTION, dropped_on=TODAY - timedelta(days=1), dropped_why="They moved")
    between = keep(team, "action", **ACTION, done_on=TODAY - timedelta(days=4), how="By letter")
    assert [line.id for line in lines(team)] == [lately, between, long_ago]
