"""What mail says of a calendar as its entries come, move and go, and that nothing is lost or said twice on the way."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.core.enums import ChangeReason
from domain.core.errors import BadInput, NotFound
from storage.calendar.files import export
from storage.calendar.mail import delivery
from storage.calendar.mail.delivery import Delivered, deliver
from storage.calendar.mail.outbox import drop, outbox, retry, retry_all, tally
from storage.calendar.mail.queue import Queued, dry_run, queue
from storage.calendar.status import sync_states
from storage.cases.steps import give
from storage.opening import open_database
from storage.records.database import Database
from tests import units
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.calendar import mailkit
from tests.storage.calendar.mailkit import ADDRESSES, ORGANISER, Clock, Got, Mailroom
from tests.units import amend

REVIEW, NEXT_REVIEW = date(2027, 1, 1), date(2027, 5, 20)
BOOKED = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


class Office:
    """A team whose workers chose mail, and the server it goes to."""

    def __init__(self, database: Database, room: Mailroom, port: int) -> None:
        self.database, self.room, self.port = database, room, port
        self.today, self.now = TODAY, datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
        self.clock = Clock()

    def queue(self, **more: Any) -> Queued:
        self.now += timedelta(minutes=1)
        return queue(self.database, self.today, now=self.now, **more)

    def deliver(self, **more: Any) -> Delivered:
        self.now += timedelta(minutes=1)
        sender = mailkit.sender(self.port, timeout=more.pop("timeout", 5.0))
        return deliver(self.database, sender, now=self.now, watch=self.clock, **more)

    def mail(self, to: str = "W2") -> list[Got]:
        """Queue and deliver; returns what arrived for one worker."""
        self.queue()
        self.deliver()
        return [got for got in self.room.taken() if got.to == ADDRESSES[to]]

    def states(self, who: str = "W2") -> list[tuple[str, str, int]]:
        """State, method and sequence of a worker's messages, taken-back ones included, in the order they were made."""
        query = "SELECT state, method, sequence FROM outbox WHERE recipient = ? ORDER BY id"
        return self.database.reader().raw.execute(query, (who,)).fetchall()

    def keep(self, kind: str, /, **data: Any) -> Any:
        return units.keep(self.database, kind, **data)

    def change(self, kind: str, key: int | str, /, **changes: Any) -> None:
        with self.database.unit("A. Hughes", self.today) as unit:
            amend(unit, kind, key, changes)
            unit.finish("Changed")

    def later(self, **how: float) -> None:
        self.now += timedelta(**how)
        self.today = self.now.date()


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture
def office(team: Database, room: Mailroom) -> Iterator[Office]:
    """Okafor holds C-1001, whose second review is due on New Year's Day, and meets Hughes on 25 November at ten.

    All three have chosen mail and heard of all that is; no other dates of cases are wished for.
    """
    units.keep(
        team,
        "calendar-settings",
        organiser=ORGANISER,
        mail_host="127.0.0.1",
        mail_security="none",
        mail_per_minute=6_000,
        kinds={"plan": False, "check": False, "other": False},
    )
    for worker, address in ADDRESSES.items():
        units.change(team, "worker", worker, email=address)
        units.keep(team, "calendar-choice", worker=worker, by_mail=True)
    units.keep(team, "event", case="C-1001", kind="lac_review_held", on="2026-10-01")
    units.keep(team, "session", worker="W2", supervisor="W1", on="2026-11-25", start="10:00")
    with mailkit.running(room) as port:
        office = Office(team, room, port)
        yield office
        office.database.close()


@pytest.fixture
def told(office: Office) -> Office:
    """The same, once everybody has heard of all that is."""
    office.mail()
    return office


def of(messages: list[Got], start: date | datetime) -> Got:
    (found,) = [got for got in messages if got.start == start]
    return found


# the life of an entry --------------------------------------------------------------------------------------------


def test_what_stands_is_asked_for_once(office: Office) -> None:
    first = office.mail()
    assert {got.said for got in first} == {("REQUEST", 0, REVIEW), ("REQUEST", 0, BOOKED)}
    assert {(got.sender, got.to) for got in first} == {(ORGANISER, ADDRESSES["W2"])}
    assert office.mail() == []
    assert office.queue() == Queued()


def test_a_review_that_was_held_is_withdrawn_and_the_next_asked_for(office: Office) -> None:
    before = of(office.mail(), REVIEW)
    office.keep("event", case="C-1001", kind="lac_review_held", on="2026-11-20")
    messages = office.mail()
    assert {got.said for got in messages} == {("CANCEL", 1, REVIEW), ("REQUEST", 0, NEXT_REVIEW)}
    gone = of(messages, REVIEW)
    assert (gone.event["UID"], gone.event["STATUS"]) == (before.event["UID"], "CANCELLED")


def test_a_session_that_moved_is_asked_for_again_in_the_same_thread(office: Office) -> None:
    first = of(office.mail(), BOOKED)
    office.change("session", 1, on="2026-11-26", start="14:30")
    (moved,) = office.mail()
    assert moved.said == ("REQUEST", 1, datetime(2026, 11, 26, 14, 30, tzinfo=UTC))
    assert moved.event["UID"] == first.event["UID"]
    assert (first.message["In-Reply-To"], first.message["References"]) == (None, None)
    assert moved.message["In-Reply-To"] == moved.message["References"] == first.id != moved.id
    office.change("session", 1, state="cancelled")
    (gone,) = office.mail()
    assert gone.said[:2] == ("CANCEL", 2)
    assert gone.message["References"] == first.id


def test_a_session_that_is_on_again_comes_back_as_the_same_entry(told: Office) -> None:
    for state, method, sequence in (("cancelled", "CANCEL", 1), ("planned", "REQUEST", 2)):
        told.change("session", 1, state=state)
        (got,) = told.mail()
        assert got.said == (method, sequence, BOOKED)


def test_a_case_given_to_another_leaves_one_and_enters_the_other(told: Office) -> None:
    with told.database.unit("A. Hughes", told.today) as unit:
        give(unit, "C-1001", "W3", told.today, reason=ChangeReason.ABSENCE)
        unit.finish("Reallocated")
    told.queue()
    told.deliver()
    assert {(got.to, *got.said) for got in told.room.taken()} == {
        (ADDRESSES["W2"], "CANCEL", 1, REVIEW),
        (ADDRESSES["W3"], "REQUEST", 0, REVIEW),
    }


def test_what_a_worker_who_left_still_had_ahead_is_withdrawn(told: Office) -> None:
    told.change("worker", "W2", leaves="2026-11-20")
    told.later(days=1)
    assert {got.said for got in told.mail()} == {("CANCEL", 1, REVIEW), ("CANCEL", 1, BOOKED)}


def test_a_changed_rule_moves_what_it_made(told: Office) -> None:
    packs = told.database.path.with_suffix(".packs")
    packs.mkdir()
    (packs / "own.toml").write_text(
        'kind = "rules"\nid = "own"\ntitle = "Our council"\nversion = "1"\n'
        '[[rules]]\nid = "lac_review_2"\nreplaces = "lac_review_2"\ninterval = { months = 2 }\n',
        encoding="utf-8",
    )
    told.database.close()
    told.database = open_database(told.database.path, CLOCK)
    (moved,) = told.mail()
    assert moved.said == ("REQUEST", 1, date(2026, 12, 1))


def test_a_session_that_was_held_in_its_time_goes_without_a_word(told: Office) -> None:
    told.later(days=6)
    told.change("session", 1, state="held")
    (following,) = told.mail()  # supervision is due again
    assert following.said[:2] == ("REQUEST", 0)
    assert following.start == date(2026, 12, 25)


def test_a_meeting_already_begun_is_not_asked_for(office: Office) -> None:
    office.later(days=6)
    assert BOOKED not in {got.start for got in office.mail()}


# what has not left yet -------------------------------------------------------------------------------------------


def test_queueing_twice_makes_nothing_twice(office: Office) -> None:
    assert office.queue(recipients=["W2"]) == Queued(requests=2)
    assert office.queue(recipients=["W2"]) == Queued()
    assert office.states() == [("waiting", "REQUEST", 0)] * 2


def test_only_the_latest_of_several_changes_leaves(office: Office) -> None:
    office.queue()
    for start in ("11:00", "12:00"):
        office.change("session", 1, start=start)
        office.queue()
    sessions = [got for got in office.mail() if got.start != REVIEW]
    assert [got.said for got in sessions] == [("REQUEST", 2, BOOKED + timedelta(hours=2))]
    assert sessions[0].message["References"] is None  # nothing was sent that it could follow
    kept = office.database.reader().raw.execute("SELECT message FROM outbox WHERE state = 'gone'").fetchall()
    assert kept == [("",)] * 4


def test_what_came_and_went_before_it_left_is_never_mentioned(office: Office) -> None:
    office.queue()
    office.change("session", 1, state="cancelled")
    assert [got.start for got in office.mail()] == [REVIEW]
    assert ("gone", "REQUEST", 0) in office.states()
    assert not [state for state in office.states() if state[1] == "CANCEL"]


def test_what_went_and_came_back_before_mail_left_is_one_update(told: Office) -> None:
    told.change("session", 1, state="cancelled")
    assert told.queue(recipients=["W2"]) == Queued(cancels=1)
    told.change("session", 1, state="planned")
    assert [got.said for got in told.mail()] == [("REQUEST", 2, BOOKED)]


def test_what_is_withdrawn_already_is_not_withdrawn_again(told: Office) -> None:
    told.change("session", 1, state="cancelled")
    told.mail()
    told.change("session", 1, state="planned")
    told.queue()
    told.change("session", 1, state="cancelled")
    assert told.mail() == []
    states = {line.recipient: line.mail for line in sync_states(told.database, told.today, told.now)}
    assert (states["W2"].state, states["W2"].waiting) == ("current", 0)


def test_a_file_written_in_between_hides_nothing_from_mail(told: Office, tmp_path: Path) -> None:
    told.change("session", 1, start="11:00")
    export(told.database, [("W2", tmp_path / "w2.ics")], told.today, now=told.now)
    assert [got.sequence for got in told.mail()] == [1]


def test_mail_reaches_only_so_far_ahead_and_follows_what_it_has_said(office: Office) -> None:
    office.change("calendar-settings", 1, mail_ahead=14)
    assert [got.start for got in office.mail()] == [BOOKED]
    office.change("session", 1, on="2027-03-01")
    assert [got.start for got in office.mail()] == [datetime(2027, 3, 1, 10, tzinfo=UTC)]
    office.later(days=30)
    assert [got.start for got in office.mail()] == [REVIEW]


def test_who_switches_mail_off_hears_no_more_and_on_again_hears_what_changed(told: Office) -> None:
    told.change("session", 1, start="11:00")
    told.queue()
    (number,) = told.database.reader().raw.execute("SELECT id FROM calendar_choice WHERE worker = 'W2'").fetchone()
    told.change("calendar-choice", number, by_mail=False)
    assert told.mail() == []
    assert ("gone", "REQUEST", 1) in told.states()
    told.change("calendar-choice", number, by_mail=True)
    assert [got.sequence for got in told.mail()] == [1]


def test_a_new_address_gets_what_waits_and_the_old_one_does_not(office: Office) -> None:
    office.queue()
    office.change("worker", "W2", email="chidi.okafor@council.example")
    office.queue()
    office.deliver()
    to = [got.to for got in office.room.taken()]
    assert ADDRESSES["W2"] not in to
    assert to.count("chidi.okafor@council.example") == 2


def test_a_withdrawal_that_waits_says_no_more_than_is_allowed_by_then(told: Office) -> None:
    told.change("case", "C-1001", closed="2026-11-20")
    told.queue()
    (number,) = told.database.reader().raw.execute("SELECT id FROM calendar_choice WHERE worker = 'W2'").fetchone()
    before = told.database.reader().raw.execute("SELECT message FROM outbox WHERE method = 'CANCEL'").fetchall()
    assert told.queue() == Queued()
    assert told.database.reader().raw.execute("SELECT message FROM outbox WHERE method = 'CANCEL'").fetchall() == before
    told.change("calendar-choice", number, privacy="none")
    gone = of(told.mail(), REVIEW)
    assert gone.method == "CANCEL"
    assert "C-1001" not in gone.raw.decode() + gone.data.decode()


@pytest.mark.parametrize("address", ["", ORGANISER.upper()])
def test_who_cannot_be_reached_is_told_and_holds_up_nobody(office: Office, address: str) -> None:
    office.queue()
    office.change("worker", "W2", email=address)
    queued = office.queue()
    assert [problem.recipient for problem in queued.problems] == ["W2"]
    office.deliver()
    assert {got.to for got in office.room.taken()} == {ADDRESSES["W1"]}
    assert {state for state, *_ in office.states()} == {"gone"}
    office.change("worker", "W2", email=ADDRESSES["W2"])
    assert len(office.mail()) == 2


def test_without_an_organiser_nothing_is_queued(office: Office) -> None:
    office.change("calendar-settings", 1, organiser="")
    with pytest.raises(BadInput) as fault:
        office.queue()
    assert fault.value.field == "organiser"
    assert office.states() == []


# the server misbehaves -------------------------------------------------------------------------------------------


def test_a_refused_recipient_fails_in_plain_words_and_others_go_on(office: Office) -> None:
    office.room.refuse[ADDRESSES["W2"]] = "550 5.1.1 No such user here"
    office.queue()
    assert office.deliver().failed == 2
    assert office.room.asked == 1 + len(office.room.got)  # the mailbox is not asked again for each message
    assert {got.to for got in office.room.taken()} >= {ADDRESSES["W1"]}
    assert {state for state, *_ in office.states()} == {"failed"}
    line = outbox(office.database.reader(), "W2", "failed")[0]
    assert line.fault == f"The mail server refuses {ADDRESSES['W2']} (550 5.1.1 No such user here)."
    assert office.mail() == []  # and it is not tried again by itself


def test_a_failed_message_is_tried_again_or_dropped_as_somebody_says(office: Office) -> None:
    office.room.refuse[ADDRESSES["W2"]] = "550 No such user"
    office.mail()
    office.room.refuse.clear()
    one, two = outbox(office.database.reader(), "W2", "failed")
    retry(office.database, one.id, office.now)
    drop(office.database, two.id)
    assert len(office.mail()) == 1
    assert sorted(state for state, *_ in office.states()) == ["dropped", "sent"]
    for number, error in ((one.id, BadInput), (9_999, NotFound)):
        with pytest.raises(error):
            retry(office.database, number, office.now)


def test_all_that_failed_is_tried_again_at_once(office: Office) -> None:
    office.room.refuse = dict.fromkeys(ADDRESSES.values(), "550 No mail today")
    office.queue()
    assert office.deliver().failed == 3
    office.room.refuse.clear()
    assert retry_all(office.database, office.now) == 3
    assert office.deliver().sent == 3


def test_what_was_refused_for_sure_is_not_withdrawn(office: Office) -> None:
    office.room.refuse[ADDRESSES["W2"]] = "550 No such user"
    office.mail()
    office.room.refuse.clear()
    office.change("session", 1, state="cancelled")
    assert office.mail() == []
    assert ("gone", "REQUEST", 0) in office.states()


def test_a_refused_message_is_no_refused_mailbox(office: Office) -> None:
    office.room.replies = ["554 No calendars here"]
    office.queue(recipients=["W2"])
    delivered = office.deliver()
    assert (delivered.sent, delivered.failed) == (1, 1)


def test_a_mailbox_that_puts_off_waits_longer_each_time_while_others_go_on(office: Office) -> None:
    office.room.refuse[ADDRESSES["W2"]] = "451 4.7.1 Greylisted"
    office.queue()
    delivered = office.deliver()
    assert (delivered.failed, delivered.waiting, delivered.trouble) == (0, 2, "")
    assert office.room.asked == 1 + len(office.room.taken())  # once in a run, whatever waits for it
    for attempts, minutes in ((1, 1), (2, 2), (3, 4)):
        lines = outbox(office.database.reader(), "W2")
        assert {line.next_at for line in lines} == {office.now + timedelta(minutes=minutes)}
        assert sorted(line.attempts for line in lines) == [0, attempts]
        office.now += timedelta(minutes=minutes - 1)
        office.deliver()
    office.room.refuse.clear()
    office.later(hours=1)
    assert office.deliver().sent == 2


def test_the_pause_doubles_up_to_six_hours() -> None:
    minutes = [delivery.pause_after(n) // timedelta(minutes=1) for n in (1, 2, 3, 9, 10, 1_000)]
    assert minutes == [1, 2, 4, 256, 360, 360]


def test_a_server_that_dies_between_messages_is_asked_again(office: Office) -> None:
    office.room.replies = ["250 OK", "hang up"]
    office.queue()
    delivered = office.deliver()
    assert delivered.trouble == ""
    assert delivered.waiting == 1  # the one it died over, whose fate is not known
    (unclear,) = outbox(office.database.reader(), state="waiting")
    assert unclear.sent_at is not None
    assert unclear.attempts == 1
    office.later(minutes=5)
    assert office.deliver().sent == 1
    assert {state for who in ADDRESSES for state, *_ in office.states(who)} == {"sent"}


def test_a_server_that_is_gone_stops_the_delivery_and_costs_nothing(office: Office) -> None:
    office.queue()
    port, office.port = office.port, mailkit.free_port()
    for _ in range(2):
        delivered = office.deliver()
        assert delivered.sent == delivered.failed == 0
        assert "cannot be reached" in delivered.trouble
    assert {line.attempts for line in outbox(office.database.reader())} == {0}
    office.port = port
    assert office.deliver().waiting == 0


def test_a_server_that_hangs_is_given_up_after_a_few_messages(office: Office) -> None:
    office.room.seconds = 3
    office.queue()
    delivered = office.deliver(timeout=0.2)
    assert delivered.sent == 0
    assert delivered.trouble.startswith("The mail server does not answer")
    assert [line.attempts for line in outbox(office.database.reader())].count(1) == delivery.PATIENCE


def test_a_server_that_refuses_the_organiser_stops_everything(office: Office) -> None:
    office.room.senders[ORGANISER] = "553 Not yours"
    office.queue()
    delivered = office.deliver()
    assert delivered.trouble == "The mail server refuses mail from the organiser (553 Not yours)."
    assert (delivered.sent, delivered.failed) == (0, 0)


# crashes and company ---------------------------------------------------------------------------------------------


def _die_after_the_servers_word(path: Path, port: int, now: datetime) -> None:
    delivery._Delivery._mark_sent = lambda self, claim: os._exit(9)  # type: ignore[method-assign]
    with open_database(path, CLOCK) as database:
        deliver(database, mailkit.sender(port), now=now)


def _crash(office: Office) -> None:
    """Let a process deliver one message and die before it could say so."""
    run = multiprocessing.get_context("spawn").Process(
        target=_die_after_the_servers_word, args=(office.database.path, office.port, office.now)
    )
    run.start()
    run.join(60)
    assert run.exitcode == 9


def test_a_crash_after_the_servers_word_sends_the_same_thing_again(office: Office) -> None:
    office.queue(recipients=["W3", "W2"])
    _crash(office)
    (lost,) = office.room.taken()
    office.deliver()
    assert lost.id not in {got.id for got in office.room.taken()}  # it is still claimed
    office.now += delivery.CLAIM
    assert office.deliver().waiting == 0
    (again,) = office.room.taken()
    assert again.raw == lost.raw
    assert (again.id, again.event["UID"], again.sequence) == (lost.id, lost.event["UID"], lost.sequence)
    assert office.queue(recipients=["W2", "W3"]) == Queued()


def test_what_may_have_arrived_before_a_crash_is_withdrawn_when_it_goes(office: Office) -> None:
    office.keep("session", worker="W3", supervisor="W1", on="2026-12-01", start="10:00")
    office.queue(recipients=["W3"])
    _crash(office)
    (lost,) = office.room.taken()
    office.change("session", 2, state="cancelled")
    office.now += delivery.CLAIM
    (gone,) = office.mail("W3")
    assert gone.said == ("CANCEL", 1, lost.start)
    assert gone.message["References"] == lost.id
    assert office.states("W3") == [("gone", "REQUEST", 0), ("sent", "CANCEL", 1)]


def test_that_withdrawal_is_not_taken_back_by_looking_again_before_it_left(office: Office) -> None:
    office.keep("session", worker="W3", supervisor="W1", on="2026-12-01", start="10:00")
    office.queue(recipients=["W3"])
    _crash(office)
    (lost,) = office.room.taken()
    office.change("session", 2, state="cancelled")
    office.now += delivery.CLAIM
    office.queue()
    (gone,) = office.mail("W3")
    assert gone.said == ("CANCEL", 1, lost.start)
    assert office.queue() == Queued()


def test_what_may_have_arrived_is_followed_beyond_the_days_that_mail_reaches(office: Office) -> None:
    office.change("calendar-settings", 1, mail_ahead=30)
    office.keep("session", worker="W3", supervisor="W1", on="2026-12-01", start="10:00")
    office.queue(recipients=["W3"])
    _crash(office)
    (lost,) = office.room.taken()
    office.change("session", 2, on="2027-02-01")
    office.now += delivery.CLAIM
    (moved,) = office.mail("W3")
    assert moved.said == ("REQUEST", 1, datetime(2027, 2, 1, 10, 0, tzinfo=UTC))
    assert moved.message["References"] == lost.id


def test_a_new_address_hears_of_an_entry_with_its_next_change(told: Office) -> None:
    told.room.taken()
    told.change("worker", "W2", email="okafor@council.example")
    told.mail()
    assert told.room.taken() == []
    told.change("session", 1, start="11:00")
    told.queue()
    told.deliver()
    assert sorted(got.to for got in told.room.taken()) == [ADDRESSES["W1"], "okafor@council.example"]


def test_two_deliveries_at_once_never_send_twice(office: Office) -> None:
    for day in range(1, 15):
        office.keep("session", worker="W2", supervisor="W1", on=f"2026-12-{day:02}", start="09:00")
    office.queue()
    results: list[Delivered] = []

    def go() -> None:
        with open_database(office.database.path, CLOCK) as database:
            results.append(deliver(database, mailkit.sender(office.port), now=office.now))

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ids = [got.id for got in office.room.taken()]
    assert len(ids) == len(set(ids)) == sum(result.sent for result in results) > 28


def test_a_newer_one_waits_for_the_older_one_of_the_same_entry(office: Office) -> None:
    office.queue(recipients=["W2"])
    with office.database.unit("A. Hughes") as unit:
        unit.transaction.exec_driver_sql(
            "UPDATE outbox SET state = 'sending', attempts = 1, next_at = ?, sent_at = made_at WHERE recipient = 'W2'",
            ((office.now + delivery.CLAIM).strftime("%Y-%m-%dT%H:%M:%SZ"),),
        )
        unit.finish("Claimed elsewhere")
    office.change("session", 1, start="11:00")
    assert office.queue(recipients=["W2"]) == Queued(requests=1)
    assert office.deliver().sent == 0
    office.now += delivery.CLAIM
    office.deliver()
    sessions = [got.said for got in office.room.taken() if got.start != REVIEW]
    assert sessions == [("REQUEST", 1, BOOKED + timedelta(hours=1))]


def test_being_stopped_halfway_keeps_the_rest_for_next_time(office: Office) -> None:
    office.queue()
    seen: list[tuple[int, int]] = []
    delivered = office.deliver(stopped=lambda: len(seen) >= 2, progress=lambda *n: seen.append(n))
    assert delivered.sent == 2
    assert delivered.waiting == len(outbox(office.database.reader(), state="waiting")) > 0
    assert seen[0] == (1, 2 + delivered.waiting)
    office.deliver()
    ids = [got.id for got in office.room.taken()]
    assert len(set(ids)) == len(ids) == 2 + delivered.waiting


def test_a_clock_that_was_ahead_holds_nothing_back(office: Office) -> None:
    now = office.now
    office.now = now + timedelta(days=900)
    queue(office.database, office.today, now=office.now)
    office.now = now
    assert office.deliver().waiting == 0


# pace, and what is kept ------------------------------------------------------------------------------------------


def test_no_more_leave_in_a_minute_than_allowed(office: Office) -> None:
    for day in range(1, 8):
        office.keep("session", worker="W2", supervisor="W1", on=f"2026-12-{day:02}", start="09:00")
    office.change("calendar-settings", 1, mail_per_minute=4)
    office.queue()
    times: list[float] = []
    office.room.on_message = lambda _count: times.append(office.clock.time)
    sent = office.deliver().sent
    assert sent == len(times) > 8
    assert all(later - sooner >= 60 for sooner, later in zip(times, times[4:], strict=False))
    assert office.clock.time - times[-1] < 1  # and nobody waits for nothing at the end


def test_the_pace_holds_across_two_runs(office: Office) -> None:
    office.change("calendar-settings", 1, mail_per_minute=1)
    office.queue(recipients=["W2"])
    seen: list[int] = []
    office.deliver(stopped=lambda: bool(seen), progress=lambda *n: seen.append(1))
    before = office.clock.time
    office.now -= timedelta(seconds=50)  # ten seconds after the first run
    office.deliver()
    assert 49 <= office.clock.time - before <= 51


def test_one_connection_carries_all(office: Office) -> None:
    office.queue()
    assert office.deliver().sent == 3
    assert len(office.room.sessions) == 1


def test_what_was_sent_is_not_kept(told: Office) -> None:
    rows = told.database.reader().raw.execute("SELECT state, message, fault FROM outbox").fetchall()
    assert set(rows) == {("sent", "", "")}
    assert tally(told.database.reader())["W2"] == {"sent": 2}


def test_a_dry_run_writes_what_would_leave_and_marks_nothing(told: Office, tmp_path: Path) -> None:
    told.change("session", 1, start="11:00")
    before = list(told.database.reader().raw.execute("SELECT * FROM calendar_entry, outbox"))
    folder = tmp_path / "new" / "folder"
    paths, _ = dry_run(told.database, folder, told.today, now=told.now)
    assert sorted(folder.iterdir()) == sorted(paths)
    assert len(paths) == 2  # both who meet
    assert list(told.database.reader().raw.execute("SELECT * FROM calendar_entry, outbox")) == before
    written = {path.read_bytes() for path in paths}
    told.now -= timedelta(minutes=1)
    told.queue()
    told.deliver()
    assert {got.raw for got in told.room.taken()} == written
