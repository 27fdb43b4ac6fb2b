"""Which recorded thing makes a rule speak: a factor however spelled, a pathway, an authorisation or plan in force."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from storage.allocation.candidates import offer
from storage.allocation.phantom import phantoms
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import case, change, put, worker

DAY = timedelta(days=1)
SOUTH = ("team", {"name": "South", "service": "Adult social care", "scheme": "starter-adults"})


def person(staff_id: str, grade: str) -> tuple[str, dict[str, Any]]:
    return worker(staff_id, team="South", grade=grade)


def adult(**says: Any) -> tuple[str, dict[str, Any]]:
    return case("D-1", team="South", **{"pathway": "care_act", **says})


def event(reference: str, kind: str, on: date, **details: Any) -> tuple[str, dict[str, Any]]:
    return "event", {"case": reference, "kind": kind, "on": on, "details": details}


@pytest.fixture
def adults(team: Database) -> Database:
    put(
        team, SOUTH, person("A2", "adults-senior-sw"), person("A3", "adults-sw"), person("A4", "asye"),
        person("A5", "care-officer"), person("A7", "student"), adult(),
    )  # fmt: skip
    return team


def hard(team: Database, staff_id: str, reference: str = "D-1", on: date = TODAY) -> dict[str, tuple[str, ...]]:
    found = offer(team.reader(), reference, on, worker=staff_id).of(staff_id)
    assert found is not None
    return {finding.rule: finding.because for finding in found.hard}


def test_a_recorded_authorisation_counts_before_in_and_after_its_time(adults: Database) -> None:
    put(adults, event("D-1", "dols_authorised", TODAY - 10 * DAY, ends=(TODAY + 5 * DAY).isoformat()))
    assert hard(adults, "A5", on=TODAY - 11 * DAY) == {}
    words = ("Standard DoLS authorisation, from Tue 10 Nov 2026 until Wed 25 Nov 2026",)
    for day in (TODAY - 10 * DAY, TODAY, TODAY + 5 * DAY):
        assert hard(adults, "A5", on=day) == {"adults-liberty": words, "adults-unregistered-work": words}
    assert hard(adults, "A5", on=TODAY + 6 * DAY) == {}
    assert hard(adults, "A4") == {"adults-liberty": words}
    assert hard(adults, "A2") == hard(adults, "A3") == {}


def test_an_authorisation_that_was_ended_counts_no_more_and_undo_brings_it_back(adults: Database) -> None:
    put(adults, event("D-1", "dols_authorised", TODAY - 10 * DAY))
    put(adults, event("D-1", "dols_ended", TODAY))
    assert hard(adults, "A5", on=TODAY - DAY)
    assert hard(adults, "A5") == {}
    with adults.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert "adults-liberty" in hard(adults, "A5")


@pytest.mark.parametrize("spelled", ["deprivation of liberty", "DoLS", "Liberty", "deprivation-of-liberty"])
def test_a_factor_counts_however_it_is_spelled_and_undo_takes_it_back(adults: Database, spelled: str) -> None:
    change(adults, "case", "D-1", factors=[spelled])
    assert hard(adults, "A7")["adults-liberty"] == (f"factor “{spelled}”",)
    with adults.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert hard(adults, "A7") == {}


def test_a_factor_that_no_pack_knows_bars_nobody_and_is_said(adults: Database) -> None:
    change(adults, "case", "D-1", factors=["deprivation of libery"])
    found = offer(adults.reader(), "D-1", TODAY)
    said = "factor “deprivation of libery” is not known to any rule; did you mean deprivation of liberty?"
    assert found.remarks == (said,)
    assert hard(adults, "A7") == {}


def test_dementia_autism_and_transition_go_to_nobody_unregistered(adults: Database) -> None:
    for factor in ("autism", "advanced dementia"):
        change(adults, "case", "D-1", factors=[factor])
        assert set(hard(adults, "A5")) == set(hard(adults, "A7")) == {"adults-unregistered-work"}, factor
        assert hard(adults, "A3") == {}
    change(adults, "case", "D-1", factors=[], pathways=["transition"])
    assert hard(adults, "A5") == {"adults-unregistered-work": ("pathway Transition",)}


def test_a_protection_plan_in_force_counts_on_a_child_in_need_too(team: Database) -> None:
    put(team, case(), worker("W4", grade="asye"), worker("W5", grade="personal-adviser"))
    put(team, event("C-2", "cp_plan_started", TODAY - 3 * DAY))
    words = ("Child protection plan, from Tue 17 Nov 2026",)
    assert hard(team, "W4", "C-2") == {"newly-qualified-jointly": words}
    assert hard(team, "W5", "C-2") == {"children-qualified": words}
    assert hard(team, "W2", "C-2") == {}
    put(team, event("C-2", "cp_plan_ended", TODAY))
    assert hard(team, "W4", "C-2") == hard(team, "W5", "C-2") == {}


def test_a_secure_order_in_force_touches_a_childs_liberty(team: Database) -> None:
    put(team, case(pathway="looked_after"), event("C-2", "secure_order_made", TODAY))
    assert set(hard(team, "W2", "C-2")) == {"children-liberty"}
    put(team, event("C-2", "secure_placement_ended", TODAY))
    assert set(hard(team, "W2", "C-2")) == {"children-liberty"}  # an order made that day begins again


def test_who_holds_a_case_against_what_is_in_force_is_found(adults: Database) -> None:
    put(adults, ("allocation", {"case": "D-1", "worker": "A5", "starts": "2026-10-01"}))
    assert phantoms(adults.reader(), "South", TODAY) == []
    put(adults, event("D-1", "dols_authorised", TODAY, ends="2027-05-01"))
    assert [(one.kind, one.worker) for one in phantoms(adults.reader(), "South", TODAY)] == [("forbidden", "A5")]
    assert phantoms(adults.reader(), "South", TODAY - DAY) == []
