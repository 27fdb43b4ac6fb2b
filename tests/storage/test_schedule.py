"""Agreements signed and renewed, and sessions booked ahead, moved, cancelled, missed, covered and booked again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.errors import BadInput, NotFound
from domain.ids import SessionState
from storage import agreements, schedule
from storage.database import Database
from tests.conftest import TODAY

TERMS: dict[str, Any] = {"worker": "W2", "supervisor": "W1", "starts": "2026-01-05", "weekday": 2}


@pytest.fixture
def agreed(team: Database) -> Database:
    with team.unit("A. Hughes", TODAY) as unit:
        agreements.make(unit, {**TERMS, "standard": "four-weekly"})
        unit.record("session", {"worker": "W2", "supervisor": "W1", "on": "2026-10-28", "state": "held"})
        unit.finish("Agreed")
    return team


def booked(database: Database, **given: Any) -> Any:
    with database.unit("A. Hughes", TODAY) as unit:
        kept = schedule.book_one(unit, {"worker": "W2", "supervisor": "W1", "on": "2026-11-25", **given})
        unit.finish("Booked")
    return kept


# agreements --------------------------------------------------------------------------------------------------------


def test_a_new_agreement_takes_its_length_and_its_review_from_the_standard_and_the_rule(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        kept = agreements.make(unit, {**TERMS, "worker": "W3", "standard": "part-time-four-weekly"})
    assert (kept.minutes, kept.review_on) == (60, date(2027, 1, 5))


def test_each_signs_for_themselves_and_both_make_it_signed(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        assert agreements.sign(unit, 1, "W1").signed_on is None
        with pytest.raises(BadInput, match="W1 signed it on"):
            agreements.sign(unit, 1, "W1")
        with pytest.raises(BadInput, match="neither the supervisee nor the supervisor"):
            agreements.sign(unit, 1, "W3")
        assert agreements.sign(unit, 1, "W2").signed_on == TODAY


def test_one_person_cannot_sign_for_both(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        agreements.sign(unit, 1, "W1")
        with pytest.raises(BadInput, match="both signatures are by one person"):
            unit.amend("agreement", 1, {"signed_worker": TODAY, "signed_worker_by": "w1"})


def test_at_its_review_it_is_signed_again_and_the_next_review_is_a_year_on(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        for who in ("W1", "W2"):
            agreements.sign(unit, 1, who, date(2026, 1, 7))
        unit.finish("Signed")
    with agreed.unit("A. Hughes", date(2027, 1, 6)) as unit:
        assert agreements.sign(unit, 1, "W2").signed_on is None, "the other has yet to sign again"
        kept = agreements.sign(unit, 1, "W1")
        assert (kept.signed_on, kept.review_on) == (date(2027, 1, 6), date(2028, 1, 6))


def test_what_is_changed_is_signed_again(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        for who in ("W1", "W2"):
            agreements.sign(unit, 1, who)
        assert agreements.revise(unit, 1, {"minutes": 90}).signed_on == TODAY, "nothing was changed"
        assert agreements.revise(unit, 1, {"minutes": 60}).signed_on is None


def test_another_supervisor_takes_over_agreement_bookings_and_worker(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        new = agreements.change_supervisor(unit, 1, "W3", date(2026, 11, 23))
        assert (new.supervisor, new.starts, new.weekday, new.signed_on) == ("W3", date(2026, 11, 23), 2, None)
        assert unit.get("agreement", 1).ends == date(2026, 11, 22)
        assert unit.get("session", kept.id).supervisor == "W3"
        assert unit.get("worker", "W2").supervisor == "W3"


def test_two_agreements_of_one_kind_do_not_stand_at_once_but_a_reflective_one_may(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput, match="has such an agreement with W1"):
            agreements.make(unit, {**TERMS, "supervisor": "W3", "starts": "2026-11-01"})
        agreements.make(unit, {**TERMS, "supervisor": "W3", "kind": "reflective", "covers": ["Practice, reflection"]})


def test_a_standard_nobody_knows_is_refused(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(NotFound, match="not a supervision standard"):
        agreements.make(unit, {**TERMS, "standard": "never"})


# a series ----------------------------------------------------------------------------------------------------------


def test_a_series_is_proposed_from_the_last_session_and_booked_in_one_step(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        found = schedule.propose(unit, 1, 3)
        assert [one.on for one in found.dates] == [
            date(2026, 11, 25), date(2026, 12, 23), date(2027, 1, 20), date(2027, 2, 17),
        ]  # fmt: skip
        kept = schedule.book(unit, found, found.dates, "W2")
        assert {(s.proposed_by, s.start, s.minutes) for s in kept} == {("W2", "10:00", 90)}
        unit.finish("Booked a series")
    with agreed.unit("A. Hughes", TODAY) as unit:
        assert [one.on for one in schedule.propose(unit, 1, 4).dates] == [date(2027, 3, 17)], "what is booked counts"
        unit.undo()
    assert agreed.reader().execute("SELECT count(*) FROM session").fetchone() == (1,)


def test_leave_and_other_sessions_of_either_are_avoided(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        leave = {"worker": "W1", "percent": 100, "kind": "annual_leave", "reason": "Leave"}
        unit.record("reduction", {**leave, "starts": "2026-11-25", "ends": "2026-11-25"})
        unit.record("session", {"worker": "W3", "supervisor": "W1", "on": "2026-11-24", "start": "10:30"})
        one = schedule.propose(unit, 1, 1).dates[0]
        assert one.on == date(2026, 11, 23)
        assert one.moved == ("Wed 25 Nov 2026: W1 away (annual leave)",)


def test_an_agreement_that_is_over_gives_no_series(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        unit.amend("agreement", 1, {"ends": "2026-11-01"})
        with pytest.raises(BadInput, match="ended on Sun 1 Nov"):
            schedule.propose(unit, 1)


# sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_that_is_moved_keeps_its_first_day_and_why(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        schedule.move(unit, kept.id, date(2026, 11, 26), reason="court")
        moved = schedule.move(unit, kept.id, date(2026, 11, 27), "14:00")
        assert (moved.on, moved.start, moved.moved_from, moved.reason_code) == (
            date(2026, 11, 27), "14:00", date(2026, 11, 25), "court",
        )  # fmt: skip
        assert schedule.move(unit, kept.id, date(2026, 11, 25)).moved_from is None
        with pytest.raises(BadInput, match="has passed"):
            schedule.move(unit, kept.id, date(2026, 11, 2))


def test_a_session_missed_says_why_and_is_held_again_within_five_working_days(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        kept = unit.record("session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-18"})
        with pytest.raises(NotFound, match="not a reason"):
            schedule.miss(unit, kept.id, "forgot")
        missed = schedule.miss(unit, kept.id, "Court", "Final hearing")
        assert (missed.state, missed.reason_code, missed.rebook_by) == (
            SessionState.MISSED,
            "court",
            date(2026, 11, 25),
        )
        again = schedule.rebook(unit, kept.id, date(2026, 11, 24))
        assert (again.on, again.moved_from, again.worker) == (date(2026, 11, 24), date(2026, 11, 18), "W2")


def test_one_still_to_come_is_cancelled_not_missed(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput, match="still to come"):
            schedule.miss(unit, kept.id, "court")
        assert schedule.cancel(unit, kept.id, "court").rebook_by == date(2026, 12, 2)
        with pytest.raises(BadInput, match="was cancelled already"):
            schedule.hold(unit, kept.id, TODAY)


def test_one_cancelled_for_good_or_on_top_is_not_held_again(agreed: Database) -> None:
    first, second = booked(agreed), booked(agreed, kind="group", on="2026-11-26")
    with agreed.unit("A. Hughes", TODAY) as unit:
        assert schedule.cancel(unit, first.id, "other", again=False).rebook_by is None
        assert schedule.cancel(unit, second.id, "other").rebook_by is None


def test_somebody_covers_while_the_supervisor_is_away_and_gives_it_back(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        covered = schedule.cover(unit, kept.id, "W3")
        assert (covered.supervisor, covered.cover_for) == ("W3", "W1")
        back = schedule.cover(unit, kept.id, "W1")
        assert (back.supervisor, back.cover_for) == ("W1", None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on": "2026-11-25", "start": "11:00"}, "W1 has a session at 10:00"),
        ({"on": "2025-12-01", "state": "held"}, "lies before the agreement"),
        ({"on": "2026-11-27", "state": "held"}, "lies in the future"),
        ({"on": "2026-11-27", "reason_code": "rain"}, "'rain' is not a reason"),
        ({"on": "2026-11-27", "cover_for": "W9"}, "there is no worker 'W9'"),
    ],
)
def test_what_cannot_be_is_refused_plainly(agreed: Database, given: dict[str, Any], said: str) -> None:
    booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match=said):
        unit.record("session", {"worker": "W2", "supervisor": "W1", **given})


def test_a_session_of_the_supervisees_own_supervisees_is_in_the_way_too(agreed: Database) -> None:
    booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="W2 has a session"):
        unit.record("session", {"worker": "W3", "supervisor": "W2", "on": "2026-11-25", "start": "09:00"})


def test_several_supervisees_meet_in_a_group_session_and_none_is_double_booked(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        given = {"worker": "W2", "supervisor": "W1", "on": "2026-11-26", "kind": "group"}
        kept = schedule.book_one(unit, given, ["W3"])
        assert [a.worker for a in unit.all("attendance", session=kept.id)] == ["W3"]
        assert "at 10:00" in schedule.clash(unit, ("W3",), kept.on, "09:30", 60)
        assert not schedule.clash(unit, ("W3",), kept.on, "09:30", 30)
        with pytest.raises(BadInput, match="a group or a joint session"):
            schedule.book_one(unit, {"worker": "W2", "supervisor": "W1", "on": "2026-11-27"}, ["W3"])
