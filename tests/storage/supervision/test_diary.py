"""When somebody has a session already: what a booking would clash with."""

from __future__ import annotations

from datetime import date

import pytest

from storage.records.database import Database
from storage.supervision.diary import clash
from tests.units import keep

DAY = date(2026, 11, 25)


def taken(database: Database, who: str, start: str = "10:00", minutes: int = 60) -> bool:
    return bool(clash(database.reader(), (who,), DAY, start, minutes))


@pytest.mark.parametrize("absent", [False, True])
def test_whoever_comes_to_a_group_session_is_taken_unless_they_cannot_come(team: Database, absent: bool) -> None:
    group = keep(team, "session", worker="W3", supervisor="W1", on=DAY, start="10:00", minutes=60, kind="group").id
    keep(team, "attendance", session=group, worker="W2", absent=absent)
    assert taken(team, "W2") is not absent
    assert taken(team, "W3")
    assert taken(team, "W1")


@pytest.mark.parametrize(("start", "is_taken"), [("09:00", False), ("09:01", True), ("10:59", True), ("11:00", False)])
def test_one_may_begin_when_the_other_ends(team: Database, start: str, is_taken: bool) -> None:
    keep(team, "session", worker="W2", supervisor="W1", on=DAY, start="10:00", minutes=60)
    assert taken(team, "W2", start) is is_taken
    assert not taken(team, "W3", start)
