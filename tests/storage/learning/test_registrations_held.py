"""What each worker holds: the last day it counts, whether it is late, and what it rules its holder out of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage.learning.registrations_held import Holding, holdings
from storage.people.standing import unregistered
from storage.records.database import Database
from tests.conftest import TODAY
from tests.storage.allocation.test_allocate import against
from tests.storage.learning.test_registrations import AMHP, registration
from tests.units import case, put


def held(team: Database, kind: str, worker: str = "W3") -> Holding:
    return next(one for one in holdings(team.reader(), TODAY, worker=worker) if one.kind == kind)


def event(kind: str, on: str, worker: str = "W3", **details: Any) -> tuple[str, dict[str, Any]]:
    return "worker-event", {"worker": worker, "kind": kind, "on": on, "details": details}


@pytest.mark.parametrize(
    ("says", "until", "word"),
    [
        ({"granted": "2021-11-19"}, date(2026, 11, 19), "lapsed"),
        ({"granted": "2021-11-20"}, date(2026, 11, 20), "due"),
        ({"expires": "2026-11-19"}, date(2026, 11, 19), "lapsed"),
        ({"granted": "2024-01-15"}, date(2029, 1, 15), "current"),
    ],
)
def test_an_approval_bars_its_cases_from_when_it_lapses(
    team: Database, says: dict[str, Any], until: date, word: str
) -> None:
    put(team, case(**AMHP), registration("amhp", **says))
    one = held(team, "amhp")
    assert (one.until, one.word, one.sure) == (until, word, "expires" in says)
    assert one.barred is ("amhp-approval" in against(team, "W3", "C-3")) is (word == "lapsed")
    assert [bar.cases for bar in one.bars] == ["mental health cases marked AMHP or Mental Health Act assessment"]


def test_the_rule_of_the_regulator_says_by_when_it_is_renewed(team: Database) -> None:
    put(team, registration("swe", granted="2025-11-10"))
    one = held(team, "swe")
    assert (one.until, one.state, one.barred, one.sure) == (date(2026, 11, 30), "due", False, True)


def test_a_renewal_recorded_as_an_event_is_held_too(team: Database) -> None:
    put(
        team,
        registration("swe", granted="2024-10-10", expires="2025-11-30"),
        event("registration_renewed", "2025-12-01"),
    )
    one = held(team, "swe")
    assert one.record is not None
    assert (one.record[0], one.granted, one.state) == ("worker-event", date(2025, 12, 1), "due")


@pytest.mark.parametrize("told", [registration("swe", expires="2026-11-01"), event("registration_ended", "2026-11-01")])
def test_whoever_is_no_longer_registered_is_late_and_barred(team: Database, told: Any) -> None:
    put(team, told)
    one = held(team, "swe")
    assert unregistered(team.reader(), TODAY) == {"W3"}
    assert (one.state, one.barred, one.word) == ("late", True, "lapsed" if told[0] == "registration" else "ended")
    assert any(bar.cases.startswith("child protection, looked after cases, or with Child prot") for bar in one.bars)


def test_an_approval_that_an_event_ended_is_no_longer_held(team: Database) -> None:
    put(team, registration("amhp"), event("amhp_ended", "2026-01-01"))
    assert [one for one in holdings(team.reader(), TODAY, worker="W3") if one.kind == "amhp"] == []


def test_a_team_lists_what_is_late_first_and_no_training_never_had(team: Database) -> None:
    put(
        team,
        registration("dbs", expires="2029-01-01"),
        registration("swe", "W2", granted="2026-01-02", expires="2026-11-30"),
        registration("dbs", "W2", granted="2020-01-01", expires="2026-11-01"),
        event("training_completed", "2026-02-02", topic="prevent"),
    )
    found = [(one.worker, one.kind, one.word) for one in holdings(team.reader(), TODAY, team="North")]
    assert found[:2] == [("W2", "dbs", "lapsed"), ("W2", "swe", "due")]
    assert set(found[2:-2]) == {("W1", "swe", "not recorded"), ("W3", "swe", "not recorded")}
    assert found[-2:] == [("W3", "dbs", "current"), ("W3", "prevent", "no interval")]
    assert held(team, "data-protection").word == "not recorded"
    assert holdings(team.reader(), TODAY, team="South") == []
