"""What is read for a session beside its own words: what is still to do, and which session was the last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from storage.records.database import Database
from storage.supervision.session.session_reads import last_session, open_actions
from tests.conftest import TODAY
from tests.units import keep

HELD = {"supervisor": "W1", "state": "held"}


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def to_do(database: Database, session: int, worker: str = "W2") -> list[str]:
    return [one.what for one in open_actions(database.reader(), session, worker)]


def test_still_to_do_is_what_the_worker_owns_or_what_was_set_in_their_supervision_before(team: Database) -> None:
    before, now, of_begum = (
        keep(team, "session", worker=who, on=days(on), **HELD).id for who, on in (("W2", -28), ("W2", 0), ("W3", -14))
    )
    action: dict[str, Any] = {"owner": "W2", "set_on": days(-28)}
    keep(team, "action", **action, what="Without a day")
    keep(team, "action", **action, what="Later", due=days(9))
    keep(team, "action", **action, what="Soon", due=days(2), session=of_begum)
    keep(team, "action", **{**action, "owner": "W1"}, what="Set with them", due=days(5), session=before)
    keep(team, "action", **{**action, "owner": "W1"}, what="Set with Begum", due=days(5), session=of_begum)
    keep(team, "action", **action, what="Set today", due=days(5), session=now)
    keep(team, "action", **action, what="Done", done_on=days(-1), how="By phone")
    keep(team, "action", **action, what="Dropped", dropped_on=days(-1), dropped_why="They moved")
    assert to_do(team, now) == ["Soon", "Set with them", "Later", "Without a day"]
    assert to_do(team, of_begum, "W3") == []


def test_an_action_carried_forward_is_to_do_once(team: Database) -> None:
    now = keep(team, "session", worker="W2", on=TODAY, **HELD).id
    first = keep(team, "action", owner="W2", what="Ring", set_on=days(-28)).id
    keep(team, "action", owner="W2", what="Ring again", set_on=days(-1), carries=first)
    assert to_do(team, now) == ["Ring again"]


@pytest.mark.parametrize(
    ("state", "absent", "counts"), [("held", False, True), ("held", True, False), ("planned", False, False)]
)
def test_a_group_session_is_the_last_one_of_whoever_was_there(
    team: Database, state: str, absent: bool, counts: bool
) -> None:
    group = keep(team, "session", worker="W3", supervisor="W1", on=days(-3), state=state, kind="group").id
    keep(team, "attendance", session=group, worker="W2", absent=absent)
    assert last_session(team.reader(), "W2", TODAY) == (group if counts else None)
    assert last_session(team.reader(), "W1", TODAY) is None


def test_the_last_session_is_the_latest_one_held_before_the_day(team: Database) -> None:
    keep(team, "session", worker="W2", on=days(-28), **HELD)
    latest = keep(team, "session", worker="W2", on=days(-1), **HELD).id
    earlier = keep(team, "session", worker="W2", on=days(-14), **HELD).id
    keep(team, "session", worker="W2", on=TODAY, **HELD)
    assert last_session(team.reader(), "W2", TODAY) == latest
    assert last_session(team.reader(), "W2", days(-1)) == earlier
