"""Agreements signed and renewed, and sessions booked ahead, moved, cancelled, missed, covered and booked again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.enums import SessionState
from domain.core.errors import BadInput, NotFound
from domain.supervision.sessions import Agreement, AgreementFields, Session, SessionFields
from storage.records.database import Database
from storage.records.undo import undo
from storage.records.unit import Unit
from storage.supervision.acts import agreements, bookings
from storage.supervision.diary import clash
from storage.supervision.series import propose
from tests.conftest import TODAY
from tests.units import amend, change, change_from, every, get, record

TERMS: dict[str, Any] = {"worker": "W2", "supervisor": "W1", "starts": "2026-01-05", "weekday": 2}


def make(unit: Unit, **given: Any) -> Agreement:
    return agreements.make(unit, AgreementFields.model_validate({**TERMS, **given})).record


def sign(database: Database, who: str, on: date | None = None, today: date = TODAY) -> Agreement:
    with database.unit(who, today) as unit:
        return agreements.sign(unit, 1, on).record


def book(unit: Unit, others: Sequence[str] = (), **given: Any) -> Session:
    fields = SessionFields.model_validate({"worker": "W2", "supervisor": "W1", "on": "2026-11-25", **given})
    return bookings.book(unit, fields, others).record


@pytest.fixture
def agreed(team: Database) -> Database:
    with team.unit("A. Hughes", TODAY) as unit:
        make(unit, standard="four-weekly")
        record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-10-28", "state": "held"})
        unit.finish("Agreed")
    return team


def booked(database: Database, **given: Any) -> Session:
    with database.unit("A. Hughes", TODAY) as unit:
        return book(unit, **given)


# agreements --------------------------------------------------------------------------------------------------------


def test_a_new_agreement_takes_its_length_and_its_review_from_the_standard_and_the_rule(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        kept = make(unit, worker="W3", standard="part-time-four-weekly")
    assert (kept.minutes, kept.review_on) == (60, date(2027, 1, 5))


@pytest.mark.parametrize(("starts", "minutes"), [("2026-11-22", 60), ("2026-11-23", 75), ("2026-11-24", 75)])
def test_its_length_follows_from_the_contract_hours_of_the_day_it_starts(
    team: Database, starts: str, minutes: int
) -> None:
    change(team, "team", "North", full_time_hours=3750)
    change(team, "worker", "W3", hours=2500, fte=None)  # two thirds of 90 minutes; an FTE of 0.67 would make it 65
    change_from(team, date(2026, 11, 23), "worker", "W3", hours=3000)
    with team.unit("A. Hughes", TODAY) as unit:
        assert make(unit, worker="W3", standard="part-time-four-weekly", starts=starts).minutes == minutes


def test_each_signs_for_themselves_and_both_make_it_signed(agreed: Database) -> None:
    assert sign(agreed, "W1").signed_on is None
    with pytest.raises(BadInput, match="W1 signed it on"):
        sign(agreed, "W1")
    with pytest.raises(BadInput, match="neither the supervisee nor the supervisor"):
        sign(agreed, "W3")
    with pytest.raises(BadInput, match="'Nobody' is not a worker here"):
        sign(agreed, "Nobody")
    assert sign(agreed, "W2").signed_on == TODAY


def test_one_person_cannot_sign_for_both(agreed: Database) -> None:
    sign(agreed, "W1")
    with agreed.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="both signatures are by one person"):
        amend(unit, "agreement", 1, {"signed_worker": TODAY, "signed_worker_by": "w1"})


def test_at_its_review_it_is_signed_again_and_the_next_review_is_a_year_on(agreed: Database) -> None:
    for who in ("W1", "W2"):
        sign(agreed, who, date(2026, 1, 7))
    assert sign(agreed, "W2", today=date(2027, 1, 6)).signed_on is None, "the other has yet to sign again"
    kept = sign(agreed, "W1", today=date(2027, 1, 6))
    assert (kept.signed_on, kept.review_on) == (date(2027, 1, 6), date(2028, 1, 6))


def test_what_is_changed_is_signed_again(agreed: Database) -> None:
    for who in ("W1", "W2"):
        sign(agreed, who)
    with agreed.unit("A. Hughes", TODAY) as unit:
        assert agreements.revise(unit, 1, {"minutes": 90}).record.signed_on == TODAY, "nothing was changed"
        assert agreements.revise(unit, 1, {"minutes": 60}).record.signed_on is None


def test_another_supervisor_takes_over_agreement_bookings_and_worker(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        new = agreements.change_supervisor(unit, 1, "W3", date(2026, 11, 23)).record
        assert (new.supervisor, new.starts, new.weekday, new.signed_on) == ("W3", date(2026, 11, 23), 2, None)
        assert get(unit, "agreement", 1).ends == date(2026, 11, 22)
        assert get(unit, "session", kept.id).supervisor == "W3"
        assert get(unit, "worker", "W2").supervisor == "W3"


def test_two_agreements_of_one_kind_do_not_stand_at_once_but_a_reflective_one_may(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput, match="has such an agreement with W1"):
            make(unit, supervisor="W3", starts="2026-11-01")
        make(unit, supervisor="W3", kind="reflective", covers=["Practice, reflection"])


def test_a_standard_nobody_knows_is_refused(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(NotFound, match="not a supervision standard"):
        make(unit, standard="never")


# a series ----------------------------------------------------------------------------------------------------------


def test_a_series_is_proposed_from_the_last_session_and_booked_in_one_step(agreed: Database) -> None:
    with agreed.unit("W2", TODAY) as unit:
        found = propose(unit, 1, 3)
        assert [one.on for one in found.dates] == [
            date(2026, 11, 25), date(2026, 12, 23), date(2027, 1, 20), date(2027, 2, 17),
        ]  # fmt: skip
        kept = bookings.book_series(unit, found, found.dates)
        assert {(s.proposed_by, s.start, s.minutes) for s in kept} == {("W2", "10:00", 90)}
    with agreed.unit("W2", TODAY) as unit:
        assert [one.on for one in propose(unit, 1, 4).dates] == [date(2027, 3, 17)], "what is booked counts"
        undo(unit)
    assert agreed.reader().raw.execute("SELECT count(*) FROM session").fetchone() == (1,)


def test_leave_and_other_sessions_of_either_are_avoided(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        leave = {"worker": "W1", "percent": 100, "kind": "annual_leave", "reason": "Leave"}
        record(unit, "reduction", {**leave, "starts": "2026-11-25", "ends": "2026-11-25"})
        record(unit, "session", {"worker": "W3", "supervisor": "W1", "on": "2026-11-24", "start": "10:30"})
        one = propose(unit, 1, 1).dates[0]
        assert one.on == date(2026, 11, 23)
        assert one.moved == ("Wed 25 Nov 2026: W1 away (annual leave)",)


def test_an_agreement_that_is_over_gives_no_series(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        amend(unit, "agreement", 1, {"ends": "2026-11-01"})
        with pytest.raises(BadInput, match="ended on Sun 1 Nov"):
            propose(unit, 1)


# sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_that_is_moved_keeps_its_first_day_and_why(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        bookings.move(unit, kept.id, date(2026, 11, 26), reason="court")
        moved = bookings.move(unit, kept.id, date(2026, 11, 27), "14:00").record
        assert (moved.on, moved.start, moved.moved_from, moved.reason_code) == (
            date(2026, 11, 27), "14:00", date(2026, 11, 25), "court",
        )  # fmt: skip
        assert bookings.move(unit, kept.id, date(2026, 11, 25)).record.moved_from is None
        with pytest.raises(BadInput, match="has passed"):
            bookings.move(unit, kept.id, date(2026, 11, 2))


def test_a_session_missed_says_why_and_is_held_again_within_five_working_days(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        kept = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-18"})
        with pytest.raises(NotFound, match="not a reason"):
            bookings.miss(unit, kept.id, "forgot")
        missed = bookings.miss(unit, kept.id, "Court", "Final hearing").record
        assert (missed.state, missed.reason_code, missed.rebook_by) == (
            SessionState.MISSED,
            "court",
            date(2026, 11, 25),
        )
        again = bookings.rebook(unit, kept.id, date(2026, 11, 24)).record
        assert (again.on, again.moved_from, again.worker) == (date(2026, 11, 24), date(2026, 11, 18), "W2")


def test_one_still_to_come_is_cancelled_not_missed(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput, match="still to come"):
            bookings.miss(unit, kept.id, "court")
        assert bookings.cancel(unit, kept.id, "court").record.rebook_by == date(2026, 12, 2)
        with pytest.raises(BadInput, match="was cancelled already"):
            bookings.hold(unit, kept.id, TODAY)


def test_one_cancelled_for_good_or_on_top_is_not_held_again(agreed: Database) -> None:
    first, second = booked(agreed), booked(agreed, kind="group", on="2026-11-26")
    with agreed.unit("A. Hughes", TODAY) as unit:
        assert bookings.cancel(unit, first.id, "other", again=False).record.rebook_by is None
        assert bookings.cancel(unit, second.id, "other").record.rebook_by is None


def test_somebody_covers_while_the_supervisor_is_away_and_gives_it_back(agreed: Database) -> None:
    kept = booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit:
        covered = bookings.cover(unit, kept.id, "W3").record
        assert (covered.supervisor, covered.cover_for) == ("W3", "W1")
        back = bookings.cover(unit, kept.id, "W1").record
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
        record(unit, "session", {"worker": "W2", "supervisor": "W1", **given})


def test_a_session_of_the_supervisees_own_supervisees_is_in_the_way_too(agreed: Database) -> None:
    booked(agreed)
    with agreed.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="W2 has a session"):
        record(unit, "session", {"worker": "W3", "supervisor": "W2", "on": "2026-11-25", "start": "09:00"})


def test_a_session_over_midnight_is_in_the_way_of_one_next_morning_and_the_other_way_round(agreed: Database) -> None:
    first = booked(agreed, on="2026-11-25", start="23:30", minutes=120)
    with agreed.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="at 23:30 on Wed 25 Nov 2026"):
        book(unit, on="2026-11-26", start="01:00")
    with agreed.unit("A. Hughes", TODAY) as unit:
        bookings.cancel(unit, first.id, "leave")
    early = booked(agreed, on="2026-11-26", start="01:30")
    late = booked(agreed, on="2026-11-27", start="23:00", minutes=180)
    with agreed.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="at 01:30 on Thu 26 Nov 2026"):
        amend(unit, "session", late.id, {"on": "2026-11-25", "start": "23:00"})
    with agreed.unit("A. Hughes", TODAY) as unit:
        bookings.move(unit, early.id, date(2026, 11, 26), start="02:00")


def test_several_supervisees_meet_in_a_group_session_and_none_is_double_booked(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        kept = book(unit, ["W3"], on="2026-11-26", kind="group")
        assert [a.worker for a in every(unit, "attendance", session=kept.id)] == ["W3"]
        assert "at 10:00" in clash(unit.reader, ("W3",), kept.on, "09:30", 60)
        assert not clash(unit.reader, ("W3",), kept.on, "09:30", 30)
        with pytest.raises(BadInput, match="a group or a joint session"):
            book(unit, ["W3"], on="2026-11-27")


# held ---------------------------------------------------------------------------------------------------------------


def test_a_session_is_held_on_its_day_by_its_supervisor_unless_said_otherwise(agreed: Database) -> None:
    with agreed.unit("A. Hughes", TODAY) as unit:
        first = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-12", "note": "Room 2"})
        second = record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-18"})
        kept = bookings.hold(unit, first.id).record
        assert (kept.state, kept.held_on, kept.supervisor, kept.note) == ("held", date(2026, 11, 12), "W1", "Room 2")
        kept = bookings.hold(unit, second.id, TODAY, supervisor="W3", note="In the car").record
        assert (kept.held_on, kept.supervisor, kept.note) == (TODAY, "W3", "In the car")


@pytest.mark.parametrize(("days", "is_the_booked_one"), [(-8, False), (-7, True), (0, True), (7, True), (8, False)])
def test_what_is_held_about_the_day_of_a_booking_is_the_booked_session(
    agreed: Database, days: int, is_the_booked_one: bool
) -> None:
    booking = booked(agreed, on=(TODAY - timedelta(days=days)).isoformat())
    with agreed.unit("A. Hughes", TODAY) as unit:
        kept = bookings.hold_near(unit, "W2", "W1", TODAY).record
    assert (kept.id == booking.id) is is_the_booked_one
    assert (kept.state, kept.held_on) == (SessionState.HELD, TODAY)


def test_of_two_bookings_the_nearer_is_held_and_keeps_its_note(agreed: Database) -> None:
    booked(agreed, on="2026-11-24", note="Far")
    near = booked(agreed, on="2026-11-19", note="Near")
    with agreed.unit("A. Hughes", TODAY) as unit:
        kept = bookings.hold_near(unit, "W2", "W3", TODAY).record
    assert (kept.id, kept.supervisor, kept.note) == (near.id, "W3", "Near")


def test_a_booking_of_somebody_else_is_left_alone(agreed: Database) -> None:
    other = booked(agreed, worker="W3", on=TODAY.isoformat())
    with agreed.unit("A. Hughes", TODAY) as unit:
        kept = bookings.hold_near(unit, "W2", "W1", TODAY).record
        assert (kept.id == other.id, get(unit, "session", other.id).state) == (False, SessionState.PLANNED)


@pytest.mark.parametrize(("kind", "again"), [("line", True), ("group", False), ("joint", False), ("ad_hoc", False)])
def test_only_what_is_due_by_itself_has_a_day_by_which_it_is_held_again(team: Database, kind: str, again: bool) -> None:
    booking = booked(team, kind=kind)
    with team.unit("A. Hughes", TODAY) as unit:
        kept = bookings.cancel(unit, booking.id, "duty").record
    assert (kept.rebook_by is not None) is again
