"""Numbers that a document gives: kept where they are free, refused where they are not, never used twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from storage.records import acts, change_log
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import every, record, remove

VISIT: Mapping[str, Any] = {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01"}  # the team's one event is 1


def visits(database: Database, *numbers: object) -> list[acts.Refused]:
    """Record one visit for each number, as a document would."""
    with database.unit("A. Hughes", TODAY) as unit:
        return acts.record_all(unit, [acts.Given("event", {**VISIT, "id": number}) for number in numbers], 20)


def numbers(database: Database) -> list[int]:
    with database.unit("A. Hughes", TODAY) as unit:
        return [one.id for one in every(unit, "event")]


def test_a_number_that_is_free_is_kept(team: Database) -> None:
    assert visits(team, 40, 7, 8) == []
    assert numbers(team) == [1, 7, 8, 40]
    assert change_log.verify(team.reader()) is None


def test_the_next_number_comes_after_those_that_were_given(team: Database) -> None:
    visits(team, 40)
    with team.unit("A. Hughes", TODAY) as unit:
        assert record(unit, "event", VISIT).id == 41


def test_what_refers_to_a_given_number_finds_it(team: Database) -> None:
    action = {"session": 12, "owner": "W2", "what": "Visit", "set_on": "2026-11-02", "due": "2026-11-30"}
    given = [
        acts.Given("session", {"id": 12, "worker": "W2", "supervisor": "W1", "on": "2026-11-02", "state": "held"}),
        acts.Given("discussion", {"id": 5, "session": 12, "case": "C-1001", "answers": {"update": "Settled"}}),
        acts.Given("action", {**action, "id": 9}),
        acts.Given("action", {**action, "carries": 9}),
    ]
    with team.unit("A. Hughes", TODAY) as unit:
        assert acts.record_all(unit, given, 20) == []
        assert [(one.id, one.session, one.carries) for one in every(unit, "action")] == [(9, 12, None), (10, 12, 9)]


@pytest.mark.parametrize("number", [0, -1, True, "7", "", "x" * 10_000, 7.0, 1.5, 10**9 + 1, 2**63, 2**100, [7], {}])
def test_what_is_no_number_is_refused(team: Database, number: object) -> None:
    (fault,) = visits(team, number)
    assert fault.why.field == "id"
    assert "whole number" in fault.why.message
    assert "Leave `id` out" in fault.why.hint
    assert numbers(team) == [1]


@pytest.mark.parametrize("given", [(1,), (7, 7), (8, 7, 8)])
def test_a_number_that_is_taken_is_refused_and_nothing_is_kept(team: Database, given: tuple[int, ...]) -> None:
    (fault,) = visits(team, *given)
    assert fault.place == len(given) - 1
    assert fault.why.field == "id"
    assert f"an event {given[-1]} already" in fault.why.message
    assert numbers(team) == [1]


def test_every_number_that_is_taken_is_told(team: Database) -> None:
    assert [fault.place for fault in visits(team, 1, 7, 1)] == [0, 2]


def test_undo_takes_back_what_was_given_a_number_and_the_number_stays_used(team: Database) -> None:
    visits(team, 40)
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert numbers(team) == [1]
    assert [fault.why.field for fault in visits(team, 40)] == ["id"]
    assert visits(team, 39) == []
    with team.unit("A. Hughes", TODAY) as unit:
        assert record(unit, "event", VISIT).id == 41


def test_a_number_removed_in_the_same_unit_stays_used(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        kept = record(unit, "event", VISIT)
        remove(unit, "event", kept.id)
        (fault,) = acts.record_all(unit, [acts.Given("event", {**VISIT, "id": kept.id})], 20)
    assert fault.why.field == "id"


def test_what_is_known_by_name_takes_no_number(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        (fault,) = acts.record_all(unit, [acts.Given("team", {"id": 7, "name": "South"})], 20)
    assert "has no field 'id'" in fault.why.message
