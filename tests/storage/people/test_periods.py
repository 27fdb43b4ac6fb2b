"""What lasts lies within the time its case is open and its people are here, whichever of them is recorded first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.cases.cases import Allocation, Case
from domain.core.enums import ChangeReason
from domain.core.errors import BadInput
from domain.load.records import Reduction
from domain.people.people import Worker
from storage.allocation.acts import allocate
from storage.cases.acts import close
from storage.people.periods import beyond
from storage.records import acts
from storage.records.database import Database
from storage.records.undo import undo
from storage.safety.doctor import examine
from tests.conftest import TODAY
from tests.storage.safety.test_doctor import forge
from tests.units import get, keep, put

CAME, LEFT = "2026-03-09", "2026-10-30"
OF_W8: dict[str, dict[str, Any]] = {
    "allocation": {"case": "C-1001", "worker": "W8", "role": "co_worker"},
    "reduction": {"worker": "W8", "percent": 20, "reason": "Union work"},
    "extra": {"worker": "W8", "title": "Lead for missing children", "points": 5},
    "agreement": {"worker": "W8", "supervisor": "W1", "standard": "monthly"},
    "agreement of theirs": {"worker": "W3", "supervisor": "W8", "standard": "monthly", "kind": "reflective"},
}
OWN: dict[str, dict[str, Any]] = {
    "programme": {"worker": "W8", "kind": "asye"},
    "registration": {"worker": "W8", "kind": "swe"},
}


@pytest.fixture
def staffed(team: Database) -> Database:
    """Team North, with W8, who came in March and left at the end of October."""
    new = {"staff_id": "W8", "name": "Lowe, Sam", "team": "North", "grade": "children-sw"}
    put(team, ("worker", {**new, "started": CAME, "leaves": LEFT}))
    return team


def by_hand(team: Database, of: type[Any], key: str | int, **changes: Any) -> Any:
    with team.unit("A. Hughes", TODAY) as unit:
        return acts.amend(unit, of, key, changes).record


def name(kind: str) -> str:
    return kind.partition(" ")[0]


def lasts(kind: str, starts: str, ends: str | None) -> dict[str, Any]:
    if kind == "registration":
        return {**OWN[kind], "granted": starts, "ended_on": ends}
    return {**(OF_W8 | OWN)[kind], "starts": starts, "ends": ends}


# workers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", OF_W8)
def test_what_lasts_begins_with_its_worker_at_the_earliest_and_ends_with_them_at_the_latest(
    staffed: Database, kind: str
) -> None:
    last = "2026-10-31" if kind == "allocation" else LEFT  # a case is held no more on the day an allocation ends
    for starts, ends, field in (
        ("2026-03-08", LEFT, "starts"),
        ("2026-10-31", None, "starts"),
        (CAME, None, "ends"),
        (CAME, "2026-11-01", "ends"),
    ):
        with pytest.raises(BadInput, match=r"W8 (left|started) on") as refused:
            keep(staffed, name(kind), **lasts(kind, starts, ends))
        assert refused.value.field == field
    assert keep(staffed, name(kind), **lasts(kind, CAME, last)).ends == date.fromisoformat(last)


@pytest.mark.parametrize("kind", OWN)
def test_what_is_the_person_s_own_may_be_older_than_the_post_but_does_not_begin_after_it(
    staffed: Database, kind: str
) -> None:
    for starts, ends in (("2026-10-31", None), (CAME, "2026-10-31")):
        with pytest.raises(BadInput, match="W8 left on Fri 30 Oct 2026"):
            keep(staffed, name(kind), **lasts(kind, starts, ends))
    keep(staffed, name(kind), **lasts(kind, "2025-10-01", None))


def test_a_registration_does_not_end_before_it_was_granted(team: Database) -> None:
    with pytest.raises(BadInput, match="it cannot end before it was granted"):
        keep(team, "registration", worker="W2", kind="swe", granted="2026-10-02", ended_on="2026-10-01")


def test_somebody_who_is_yet_to_leave_may_hold_a_case_until_further_notice(team: Database) -> None:
    by_hand(team, Worker, "W2", leaves="2026-12-31")
    assert get_allocation(team).ends is None
    keep(team, "reduction", worker="W2", percent=10, reason="Union", starts="2026-11-20")
    with pytest.raises(BadInput, match="W2 leaves on Thu 31 Dec 2026: it ends by then"):
        keep(team, "extra", worker="W2", title="Duty", points=1, starts="2026-12-01", ends="2027-01-01")


def get_allocation(team: Database, number: int = 1) -> Allocation:
    with team.unit("", TODAY) as unit:
        found: Allocation = get(unit, "allocation", number)
    return found


def test_nobody_can_be_made_to_have_come_or_gone_before_or_after_what_they_have(team: Database) -> None:
    for changes in ({"started": "2026-03-17"}, {"started": "2026-01-01", "leaves": "2026-03-15"}):
        with pytest.raises(BadInput, match=r"allocation 1 begins (already|only) on Mon 16 Mar 2026"):
            by_hand(team, Worker, "W2", **changes)
    by_hand(team, Worker, "W2", started="2026-03-16", leaves="2026-03-16")


def test_whoever_left_with_a_case_lets_go_of_it_later_and_it_can_be_given_on_or_closed(team: Database) -> None:
    put(team, ("case", {"reference": "C-2", "team": "North", "pathway": "child_in_need", "opened": "2026-04-01"}))
    put(team, ("allocation", {"case": "C-2", "worker": "W2", "starts": "2026-04-01"}))
    by_hand(team, Worker, "W2", leaves="2026-10-30")
    with team.unit("A. Hughes", TODAY) as unit:
        allocate(unit, "C-1001", "W3", TODAY, reason=ChangeReason.LEFT_ROLE, note="Left")
    with team.unit("A. Hughes", TODAY) as unit:
        assert close(unit, "C-2", TODAY, "Done").ended == (2,)
    assert get_allocation(team).ends == get_allocation(team, 2).ends == TODAY
    assert by_hand(team, Allocation, 1, ends="2026-11-01").ends == date(2026, 11, 1)
    with pytest.raises(BadInput, match="W2 left"):
        by_hand(team, Allocation, 1, ends="")
    assert not beyond(team.reader())


def test_a_note_can_be_written_on_what_was_wrong_before(staffed: Database) -> None:
    kept = keep(staffed, "reduction", **lasts("reduction", CAME, LEFT))
    forge(staffed, "UPDATE reduction SET ends = '2027-01-01'")
    assert by_hand(staffed, Reduction, kept.id, note="Agreed").note == "Agreed"


# cases --------------------------------------------------------------------------------------------------------------


def closed(team: Database, on: str = "2026-11-16") -> None:
    by_hand(team, Case, "C-1001", closed=on, close_reason="Home")


@pytest.mark.parametrize("ends", ["", "2026-11-17"])
def test_an_allocation_does_not_go_on_after_its_case_closed(team: Database, ends: str) -> None:
    closed(team)
    with pytest.raises(BadInput, match="C-1001 closed on Mon 16 Nov 2026: nobody holds it after that") as refused:
        by_hand(team, Allocation, 1, ends=ends)
    assert (refused.value.field, "ends=2026-11-16" in refused.value.hint) == ("ends", True)
    assert by_hand(team, Allocation, 1, ends="2026-11-15").ends == date(2026, 11, 15)


def test_nobody_joins_a_case_on_the_day_it_closes_unless_they_leave_it_that_day(team: Database) -> None:
    closed(team)
    joins = {"case": "C-1001", "worker": "W3", "role": "co_worker", "starts": "2026-11-16"}
    for ends in (None, "2026-11-17"):
        with pytest.raises(BadInput, match="nobody holds it after that"):
            keep(team, "allocation", **joins, ends=ends)
    keep(team, "allocation", **joins, ends="2026-11-16")


def test_a_case_that_closed_earlier_than_was_said_is_let_go_of_earlier(team: Database) -> None:
    closed(team)
    short = {"case": "C-1001", "worker": "W3", "role": "co_worker"}
    keep(team, "allocation", **short, starts="2026-11-02", ends="2026-11-05")
    closed(team, "2026-11-03")
    assert [get_allocation(team, number).ends for number in (1, 2)] == [date(2026, 11, 3)] * 2
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert [get_allocation(team, number).ends for number in (1, 2)] == [date(2026, 11, 16), date(2026, 11, 5)]


def test_a_handover_still_to_come_when_the_case_closes_never_happens(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        allocate(unit, "C-1001", "W3", date(2026, 12, 1), reason=ChangeReason.MANAGE, note="Then")
    closed(team)
    assert (get_allocation(team).ends, get_allocation(team, 2).ends) == (date(2026, 11, 16), date(2026, 12, 1))
    assert told(team) == {}


def test_opening_a_case_again_looks_at_who_would_hold_it(team: Database) -> None:
    closed(team)
    forge(team, "UPDATE allocation SET ends = NULL")
    by_hand(team, Worker, "W2", leaves="2026-11-10")
    with pytest.raises(BadInput, match="W2, who would hold C-1001 again, left on Tue 10 Nov 2026") as refused:
        by_hand(team, Case, "C-1001", closed="")
    assert "almoner amend allocation 1 ends=2026-11-10" in refused.value.hint
    by_hand(team, Allocation, 1, ends="2026-11-10")
    assert by_hand(team, Case, "C-1001", closed="").closed is None
    assert get_allocation(team).ends == date(2026, 11, 10)


def test_a_closing_day_that_leaves_somebody_holding_the_case_is_refused_wherever_it_comes_from(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="W2 holds C-1001 until further notice"):
        unit.amend_by(Case, "C-1001", {"closed": date(2026, 11, 16)})


# what is wrong already ----------------------------------------------------------------------------------------------


def told(team: Database) -> dict[str, str]:
    return {one.state: one.message for one in examine(team, TODAY) if one.check == "what lasts" and one.state != "ok"}


def test_doctor_tells_of_what_is_outside_its_time_already(staffed: Database) -> None:
    assert told(staffed) == {}
    for kind in OF_W8:
        keep(staffed, name(kind), **lasts(kind, CAME, LEFT))
    forge(
        staffed,
        "UPDATE cases SET closed = '2026-10-01'",
        "UPDATE reduction SET ends = '2026-10-31'",
        "UPDATE extra SET starts = '2026-03-08'",
        "UPDATE agreement SET ends = '2026-10-31' WHERE supervisor = 'W8'",
    )
    found = told(staffed)
    assert found["problem"] == "2 allocations lie outside the time that the case is open: 1, 2."
    assert found["note"].endswith("or go on after they left: reduction 1, extra 1, agreement 2.")
    assert found["note"].startswith("3 records begin before the worker started")
