"""Registrations: what stands, what lapses, what the rules make of them, and whom they let hold a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.errors import BadInput, NotFound
from storage.learning.registrations import registrations, trainings
from storage.people.standing import unregistered
from storage.records.database import Database
from tests.conftest import TODAY
from tests.storage.allocation.test_allocate import against, give, refused
from tests.units import case, put

AMHP = {"reference": "C-3", "pathway": "mental_health", "factors": ["AMHP"]}


def registration(kind: str, worker: str = "W3", granted: str = "2024-01-15", **says: Any) -> tuple[str, dict[str, Any]]:
    return "registration", {"worker": worker, "kind": kind, "granted": granted, **says}


def due(team: Database, series: str, worker: str = "W3") -> list[str]:
    query = "SELECT legal_due FROM obligation WHERE subject = ? AND series = ?"
    return [day for (day,) in team.reader().raw.execute(query, (worker, series))]


# warrants -----------------------------------------------------------------------------------------------------------


def test_a_registered_approval_lets_a_worker_take_the_case(team: Database) -> None:
    put(team, case(**AMHP))
    assert against(team, "W3", "C-3")["amhp-approval"]
    put(team, registration("amhp"))
    assert "amhp-approval" not in against(team, "W3", "C-3")
    give(team, "W3", "C-3")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ({"expires": "2026-11-19"}, "lapsed on Thu 19 Nov"),
        ({"ended_on": "2026-11-20"}, "lapsed on Thu 19 Nov"),
        ({"granted": "2021-11-19"}, "lapsed on Thu 19 Nov"),
        ({"granted": "2021-01-01", "expires": "2027-01-01"}, "lapsed on Thu 1 Jan"),
    ],
    ids=["ran out", "ended", "five years are over", "not longer than five years"],
)
def test_a_warrant_that_lapsed_matches_no_allocation(team: Database, says: dict[str, Any], words: str) -> None:
    put(team, case(**AMHP), registration("amhp", **says))
    assert against(team, "W3", "C-3")["amhp-approval"]
    assert "approved" in str(refused(team, "W3", "C-3")).casefold()


def test_on_its_last_day_a_warrant_still_counts(team: Database) -> None:
    put(team, case(**AMHP), registration("amhp", expires="2026-11-20"))
    assert "amhp-approval" not in against(team, "W3", "C-3")


def test_a_renewed_warrant_counts_whatever_became_of_the_one_before(team: Database) -> None:
    put(
        team,
        case(**AMHP),
        registration("amhp", granted="2020-01-01", expires="2024-12-31", ended_on="2024-12-31"),
        registration("amhp", granted="2024-12-01"),
    )
    assert "amhp-approval" not in against(team, "W3", "C-3")


def test_an_approval_ended_by_an_event_is_ended(team: Database) -> None:
    ended = {"worker": "W3", "kind": "amhp_ended", "on": "2026-01-01", "details": {}}
    put(team, case(**AMHP), registration("amhp"), ("worker-event", ended))
    assert against(team, "W3", "C-3")["amhp-approval"]
    put(team, registration("amhp", granted="2026-02-01"))
    assert "amhp-approval" not in against(team, "W3", "C-3")


def test_best_interests_training_of_this_year_counts(team: Database) -> None:
    put(team, case("C-4", pathway="mental_capacity", factors=["BIA"]), registration("bia", granted="2025-11-19"))
    assert against(team, "W3", "C-4")["bia-training"]
    put(team, registration("bia", granted="2025-11-20"))
    assert "bia-training" not in against(team, "W3", "C-4")


# the regulator ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "lapsed"),
    [
        ([registration("swe")], False),
        ([registration("swe", expires="2026-11-19")], True),
        ([registration("swe", expires="2026-11-20")], False),
        ([registration("swe", ended_on="2026-11-20")], True),
        ([registration("swe", expires="2025-11-30"), registration("swe", granted="2025-12-01")], False),
        ([registration("dbs", expires="2026-01-01")], False),
    ],
)
def test_who_is_registered_follows_from_the_registrations(team: Database, given: list[Any], lapsed: bool) -> None:
    put(team, *given)
    assert ("W3" in unregistered(team.reader(), TODAY)) is lapsed


def test_a_renewal_recorded_as_an_event_stands_beside_a_registration_that_ran_out(team: Database) -> None:
    renewed = {"worker": "W3", "kind": "registration_renewed", "on": "2025-12-01", "details": {}}
    put(team, registration("swe", expires="2025-11-30"), ("worker-event", renewed))
    assert unregistered(team.reader(), TODAY) == set()


@pytest.mark.parametrize(
    ("says", "on", "counts"),
    [
        ({"expires": "2026-11-19"}, "2026-11-02", True),
        ({"expires": "2026-11-19"}, "2026-08-20", True),
        ({"expires": "2026-11-19"}, "2026-08-19", False),  # more than 91 days ahead: that was the one before
        ({"ended_on": "2026-11-20"}, "2026-11-02", False),
        ({"ended_on": "2026-11-19"}, "2026-11-19", True),
    ],
)
def test_a_renewal_counts_ahead_of_what_runs_out_and_only_after_what_was_ended(
    team: Database, says: dict[str, str], on: str, counts: bool
) -> None:
    renewed = {"worker": "W3", "kind": "registration_renewed", "on": on, "details": {}}
    put(team, registration("swe", **says), ("worker-event", renewed))
    assert ("W3" not in unregistered(team.reader(), TODAY)) is counts


def test_whose_registration_ran_out_may_not_hold_a_case(team: Database) -> None:
    put(team, case(pathway="court"), registration("swe", expires="2026-11-01"))
    assert against(team, "W3") == {"children-unregistered-work": True}


# the rules ----------------------------------------------------------------------------------------------------------


def test_a_registration_dates_the_next_renewal_as_the_event_does(team: Database) -> None:
    put(team, registration("swe", granted="2025-11-10"), registration("amhp", granted="2024-03-01"))
    assert due(team, "swe_renewal") == ["2026-11-30"]
    assert due(team, "amhp_approval") == ["2029-03-01"]


def test_an_ended_registration_is_not_renewed_unless_another_stands(team: Database) -> None:
    put(team, registration("swe", granted="2025-11-10", ended_on="2026-06-01"))
    assert due(team, "swe_renewal") == []
    put(team, registration("swe", granted="2026-05-20"))
    assert due(team, "swe_renewal") == ["2026-11-30"]


def test_a_check_is_due_by_the_day_until_which_it_counts(team: Database) -> None:
    put(team, registration("dbs", expires="2027-01-15"), registration("pe1", granted="2025-07-01"))
    assert due(team, "dbs_renewal") == ["2027-01-15"]
    assert due(team, "pe_currency") == []
    put(team, registration("dbs", granted="2026-11-01", expires="2029-11-01"))
    assert due(team, "dbs_renewal") == ["2029-11-01"]
    assert team.differences() == []


# what is read -------------------------------------------------------------------------------------------------------


def test_the_newest_of_each_kind_is_read_with_where_it_stands(team: Database) -> None:
    put(
        team,
        registration("swe", granted="2025-12-01", expires="2026-11-30", number="SW1"),
        registration("dbs", granted="2020-01-01", expires="2023-01-01"),
        registration("dbs", granted="2023-01-01", expires="2026-01-01"),
        registration("pe1"),
        registration("amhp", ended_on="2025-01-01"),
    )
    found = {line.kind: (line.state, line.until) for line in registrations(team.reader(), TODAY, worker="W3")}
    assert found == {
        "swe": ("due", date(2026, 11, 30)),
        "dbs": ("late", date(2026, 1, 1)),
        "pe1": ("held", None),
    }


def test_training_never_had_is_listed_and_its_interval_is_not_guessed(team: Database) -> None:
    done = {"worker": "W3", "kind": "training_completed", "on": "2026-02-02", "details": {"topic": "prevent"}}
    put(team, ("worker-event", done))
    found = {line.training: line for line in trainings(team.reader(), TODAY, worker="W3")}
    assert (found["prevent"].last, found["prevent"].due, found["prevent"].set) == (date(2026, 2, 2), None, False)
    assert found["data-protection"].last is None
    assert {line.worker for line in trainings(team.reader(), TODAY, team="North")} == {"W1", "W2", "W3"}


def test_a_kind_that_no_pack_knows_is_refused_with_the_field_named(team: Database) -> None:
    with pytest.raises(NotFound) as error:
        put(team, registration("wizard"))
    assert error.value.field == "kind"


def test_what_was_not_granted_yet_is_refused(team: Database) -> None:
    with pytest.raises(BadInput, match="granted"):
        put(team, registration("swe", granted="2026-11-21"))
