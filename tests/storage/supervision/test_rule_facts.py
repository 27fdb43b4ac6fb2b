"""What agreements and sessions mean to the rules: obligations appear, are answered and vanish."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage.due.due_list import due
from storage.records.database import Database
from tests import units
from tests.conftest import TODAY
from tests.units import change, keep

STANDING: dict[str, Any] = {
    "worker": "W2", "supervisor": "W1", "starts": "2026-01-05",
    "signed_worker": "2026-01-07", "signed_worker_by": "Okafor",
    "signed_supervisor": "2026-01-09", "signed_supervisor_by": "Hughes",
}  # fmt: skip
HELD = {"worker": "W2", "supervisor": "W1", "state": "held"}


def of(database: Database, worker: str = "W2") -> dict[str, date]:
    """The open obligations about a worker, by rule."""
    lines = due(database.reader(), today=TODAY, worker=worker)
    return {line.rule: line.legal_due for line in lines if line.subject_kind == "worker"}


@pytest.fixture
def agreed(team: Database) -> Database:
    keep(team, "agreement", **STANDING)
    keep(team, "session", **HELD, on="2026-11-02")
    return team


def test_an_agreement_signed_by_both_is_reviewed_twelve_months_after_the_later_signature(agreed: Database) -> None:
    assert of(agreed)["sup_agreement_review"] == date(2027, 1, 9)


def test_an_agreement_signed_by_one_is_not_yet_an_agreement(team: Database) -> None:
    keep(team, "agreement", **{**STANDING, "signed_supervisor": None, "signed_supervisor_by": ""})
    assert "sup_agreement_review" not in of(team)


def test_the_agreement_says_itself_when_it_is_looked_at_again(team: Database) -> None:
    keep(team, "agreement", **STANDING, review_on="2026-12-01")
    assert of(team)["sup_agreement_review"] == date(2026, 12, 1)


def test_with_another_supervisor_a_new_agreement_is_due_at_once_until_both_have_signed_it(agreed: Database) -> None:
    change(agreed, "agreement", 1, ends="2026-10-31")
    assert of(agreed)["sup_agreement_change"] == date(2026, 11, 1)
    assert "sup_agreement_review" not in of(agreed)
    unsigned = {"worker": "W2", "supervisor": "W3", "starts": "2026-11-02"}
    new = keep(agreed, "agreement", **unsigned)
    assert of(agreed)["sup_agreement_change"] == date(2026, 11, 2)
    change(agreed, "agreement", new.id, signed_worker="2026-11-03", signed_supervisor="2026-10-30")
    assert "sup_agreement_change" not in of(agreed)
    assert of(agreed)["sup_agreement_review"] == date(2027, 11, 3)


def test_an_agreement_signed_before_it_starts_counts_from_its_start(agreed: Database) -> None:
    change(agreed, "agreement", 1, ends="2026-10-31")
    early = {"signed_worker": "2026-10-20", "signed_supervisor": "2026-10-21"}
    keep(agreed, "agreement", worker="W2", supervisor="W3", starts="2026-11-01", **early)
    assert "sup_agreement_change" not in of(agreed)


def test_the_reflective_half_of_split_supervision_reviews_nothing_of_the_other(agreed: Database) -> None:
    half = {**STANDING, "supervisor": "W3", "kind": "reflective", "starts": "2026-10-01"}
    keep(agreed, "agreement", **{**half, "signed_worker": "2026-10-05", "signed_supervisor": "2026-10-05"})
    assert of(agreed)["sup_agreement_review"] == date(2027, 1, 9)
    assert "sup_agreement_change" not in of(agreed)


# how often ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standard", "wanted"),
    [
        ("monthly", date(2026, 12, 2)),
        ("four-weekly", date(2026, 11, 30)),
        ("fortnightly", date(2026, 11, 16)),
        ("weekly", date(2026, 11, 9)),
    ],
)
def test_the_next_session_is_due_as_the_agreed_standard_says(agreed: Database, standard: str, wanted: date) -> None:
    change(agreed, "agreement", 1, standard=standard)
    assert of(agreed)["sup_worker"] == wanted


def test_a_standard_longer_than_the_rule_changes_nothing(agreed: Database) -> None:
    change(agreed, "agreement", 1, standard="six-weekly")
    assert of(agreed)["sup_worker"] == date(2026, 12, 2)


def test_an_agreement_that_has_ended_asks_for_nothing_more(agreed: Database) -> None:
    change(agreed, "agreement", 1, standard="weekly", ends="2026-11-01")
    assert of(agreed)["sup_worker"] == date(2026, 12, 2)


def test_a_newly_qualified_workers_phases_follow_the_standard_agreed(team: Database) -> None:
    amend_grade = {"grade": "asye", "started": "2026-09-15"}
    with team.unit("A. Hughes", TODAY) as unit:
        units.amend(unit, "allocation", 1, {"starts": "2026-09-15"})
        units.amend(unit, "worker", "W2", amend_grade)
        unit.finish("Newly qualified")
    keep(team, "session", **HELD, on="2026-11-02")
    assert of(team)["sup_nqsw_2"] == date(2026, 11, 16), "seven weeks in: fortnightly"
    keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-09-15", standard="newly-qualified-eight-weeks")
    assert of(team)["sup_nqsw_2"] == date(2026, 11, 9), "still weekly in the eighth week"


def test_the_phases_count_from_the_programme_where_it_began_after_the_work(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        units.amend(unit, "worker", "W2", {"grade": "asye", "started": "2026-01-05"})
        unit.finish("Newly qualified")
    keep(team, "programme", worker="W2", kind="asye", starts="2026-09-07")
    keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-09-07", standard="newly-qualified-eight-weeks")
    keep(team, "session", **HELD, on="2026-11-16")
    weekly, fortnightly = date(2026, 11, 23), date(2026, 11, 30)  # eight weeks from 7 September were over on 2 November
    assert fortnightly in of(team).values()
    assert weekly not in of(team).values()


def test_a_student_counted_in_placement_days_has_no_date_until_weeks_are_agreed(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        units.amend(unit, "allocation", 1, {"starts": "2026-10-05"})
        units.amend(unit, "worker", "W2", {"grade": "student", "started": "2026-10-05"})
        unit.finish("A student")
    kept = keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-10-05", standard="student-five-days")
    keep(team, "session", **HELD, on="2026-11-16")
    assert of(team).get("sup_student") is None
    change(team, "agreement", kept.id, standard="student-weekly")
    assert of(team)["sup_student"] == date(2026, 11, 23)


# sessions ----------------------------------------------------------------------------------------------------------


def test_a_missed_session_is_to_be_held_within_five_working_days_and_then_is_done(agreed: Database) -> None:
    kept = keep(agreed, "session", worker="W2", supervisor="W1", on="2026-11-17", state="missed", reason_code="court")
    assert of(agreed)["sup_rebook"] == date(2026, 11, 24)
    keep(agreed, "session", **HELD, on="2026-11-19")
    assert "sup_rebook" not in of(agreed)
    assert kept.reason_code == "court"


def test_a_session_cancelled_for_good_is_not_to_be_held_again(agreed: Database) -> None:
    gone = {"worker": "W2", "supervisor": "W1", "on": "2026-11-17", "state": "cancelled"}
    kept = keep(agreed, "session", **gone)
    assert "sup_rebook" not in of(agreed)
    change(agreed, "session", kept.id, rebook_by="2026-11-24")
    assert of(agreed)["sup_rebook"] == date(2026, 11, 24)


@pytest.mark.parametrize("kind", ["group", "joint", "ad_hoc"])
def test_group_joint_and_unplanned_sessions_come_on_top_and_answer_nothing(agreed: Database, kind: str) -> None:
    keep(agreed, "session", **HELD, on="2026-11-18", kind=kind)
    assert of(agreed)["sup_worker"] == date(2026, 12, 2)


def test_what_is_derived_piece_by_piece_is_what_a_rebuild_gives(agreed: Database) -> None:
    keep(agreed, "session", worker="W2", supervisor="W1", on="2026-11-17", state="missed", reason_code="court")
    change(agreed, "agreement", 1, standard="fortnightly")
    assert agreed.differences() == []
