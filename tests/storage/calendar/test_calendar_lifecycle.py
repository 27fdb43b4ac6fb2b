"""What becomes of a calendar entry when the thing it stands for moves, ends or changes hands: the table of the docs.

Every story is driven through real records and looked at by each way out, read with a parser of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from domain.core.enums import ChangeReason
from storage.calendar.feeds.feed_files import publish
from storage.calendar.feeds.feed_tokens import hashed, issue
from storage.calendar.files import export
from storage.calendar.mail.delivery import deliver
from storage.calendar.mail.outbox import outbox
from storage.calendar.mail.queue import queue
from storage.cases.steps import give
from storage.opening import open_database
from storage.records.database import Database
from tests import units
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.calendar import feedkit
from tests.storage.calendar.icsreader import Part, events, read
from tests.units import amend, record

CYCLE_2, CYCLE_3 = date(2027, 1, 1), date(2027, 5, 20)
BOOKED = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
EVERYBODY = ("W1", "W2", "W3")


@dataclass(frozen=True)
class Told:
    """What one recipient is told by each way, since it was last told: the file whole and by parts, feed and mail."""

    whole: Sequence[Part]
    changed: Sequence[Part]
    cancelled: Sequence[Part]
    feed: Sequence[Part]
    requests: Sequence[Part]
    cancels: Sequence[Part]

    @property
    def days(self) -> set[date | datetime]:
        """When the entries of the whole file start."""
        return {event.start for event in self.whole}

    @property
    def silent(self) -> bool:
        """Whether nothing is to be said by any way that says only what is new."""
        return not (self.changed or self.cancelled or self.requests or self.cancels)


class Postbox:
    """A mail server that takes everything, on a clock that nobody waits for."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self._seconds = 0.0

    def send(self, message: bytes) -> None:
        self.taken.append(message)

    def close(self) -> None:
        pass

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self._seconds += seconds


class Office:
    """A team whose calendars go out by every way, one step after another."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder
        self.today, self.now = TODAY, datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
        self.tokens = {who: issue(database, who, "A. Hughes", self.today, self.now) for who in EVERYBODY}

    def tell(self, who: str) -> Told:
        """Let every way say to ``who`` what it has to say."""
        self.now += timedelta(minutes=1)
        place = self.folder / f"step-{self.now:%m%d%H%M}-{who.replace(':', '-')}"
        place.mkdir(parents=True)
        self._export(who, place / "changed.ics", changed_only=True)
        self._export(who, place / "cancelled.ics", cancelled=True)
        self._export(who, place / "whole.ics")
        gone = [events(path.read_bytes()) for path in sorted(place.glob("cancelled*.ics"))]
        assert all(len(one) == 1 for one in gone), "Outlook takes one cancellation a file"
        whole, changed = self._read(place / "whole.ics"), self._read(place / "changed.ics")
        requests, cancels = self.mail(who)
        told = Told(whole, changed, [one for (one,) in gone], self._feed(who), requests, cancels)
        _agree(told)
        return told

    def _feed(self, who: str) -> list[Part]:
        publish(self.database, self.folder / "feeds", self.today, now=self.now)
        with feedkit.served(self.folder / "feeds", self.database.path, self.today) as server:
            answer = feedkit.ask(server, f"/f/{self.tokens[who]}.ics")
        assert answer.status == (200 if self.feed_file(who).exists() else 404)
        return events(answer.body) if answer.status == 200 else []

    def feed_file(self, who: str) -> Path:
        """Where the feed of ``who`` is published."""
        return self.folder / "feeds" / f"{hashed(self.tokens[who])}.ics"

    def mail(self, who: str) -> tuple[list[Part], list[Part]]:
        """Return the requests and cancellations that are sent now."""
        box = Postbox()
        queue(self.database, self.today, now=self.now, recipients=[who])
        deliver(self.database, box, now=self.now, watch=box)
        assert all(line.state in ("sent", "gone") for line in outbox(self.database.reader(), who))
        found: dict[str, list[Part]] = {"REQUEST": [], "CANCEL": []}
        for taken in box.taken:
            (part,) = [p for p in message_from_bytes(taken).walk() if p.get_content_type() == "text/calendar"]
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            method = read(data).one("METHOD")
            assert part.get_param("method") == method
            found[method] += events(data)
        return found["REQUEST"], found["CANCEL"]

    def _export(self, who: str, path: Path, **how: Any) -> None:
        export(self.database, [(who, path)], self.today, now=self.now, **how)

    @staticmethod
    def _read(path: Path) -> list[Part]:
        return events(path.read_bytes()) if path.exists() else []

    def later(self, day: date) -> None:
        """Let days go by."""
        self.today, self.now = day, datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC)

    def keep(self, kind: str, /, **data: Any) -> Any:
        with self.database.unit("A. Hughes", self.today) as unit:
            kept = record(unit, kind, data)
            unit.finish("Kept")
        return kept

    def change(self, kind: str, key: int | str, /, **changes: Any) -> None:
        with self.database.unit("A. Hughes", self.today) as unit:
            amend(unit, kind, key, changes)
            unit.finish("Changed")

    def reallocate(self, case: str, worker: str) -> None:
        with self.database.unit("A. Hughes", self.today) as unit:
            give(unit, case, worker, self.today, reason=ChangeReason.ABSENCE)
            unit.finish("Reallocated")


def _agree(told: Told) -> None:
    """Check that the ways say the same: which entries stand, when, and what is new, changed or gone."""

    def shown(parts: Sequence[Part]) -> list[tuple[object, ...]]:
        return sorted((p.uid, p.sequence, str(p.start), p.text("SUMMARY")) for p in parts)

    assert shown(told.feed) == shown(told.whole)
    assert shown(told.requests) == shown(told.changed)
    assert shown(told.cancels) == shown(told.cancelled)
    assert {p.uid for p in told.changed} <= {p.uid for p in told.whole}
    assert not {p.uid for p in told.cancelled} & {p.uid for p in told.whole}


@pytest.fixture
def office(team: Database, tmp_path: Path) -> Iterator[Office]:
    """Okafor holds C-1001, whose second review is due on New Year's Day, and meets Hughes on 25 November at ten.

    No other dates of cases are wished for, so that each story is about one entry.
    """
    kinds = {"plan": False, "check": False, "other": False}
    units.keep(team, "calendar-settings", kinds=kinds, organiser="calendar@council.example")
    for who in EVERYBODY:
        units.change(team, "worker", who, email=f"{who.lower()}@council.example")
        units.keep(team, "calendar-choice", worker=who, by_mail=True)
    units.keep(team, "event", case="C-1001", kind="lac_review_held", on="2026-10-01")
    units.keep(team, "session", worker="W2", supervisor="W1", on="2026-11-25", start="10:00")
    office = Office(team, tmp_path)
    for who in EVERYBODY:
        office.tell(who)
    yield office
    office.database.close()


def at(parts: Sequence[Part], start: date | datetime) -> Part:
    """The one entry that starts then."""
    (found,) = [part for part in parts if part.start == start]
    return found


def test_nothing_happened_and_nothing_is_said(office: Office) -> None:
    told = office.tell("W2")
    assert told.days == {CYCLE_2, BOOKED}
    assert told.silent


def test_a_review_that_was_held_goes_and_the_next_one_comes(office: Office) -> None:
    before = at(office.tell("W2").whole, CYCLE_2)
    office.keep("event", case="C-1001", kind="lac_review_held", on="2026-11-20")
    told = office.tell("W2")
    assert CYCLE_2 not in told.days
    following = at(told.whole, CYCLE_3)
    assert [part.uid for part in told.changed] == [following.uid] != [before.uid]
    assert following.sequence == 0
    (gone,) = told.cancelled
    assert (gone.uid, gone.sequence, gone.one("STATUS")) == (before.uid, 1, "CANCELLED")
    assert gone.start == CYCLE_2


def test_a_session_that_was_moved_keeps_its_identity_for_both(office: Office) -> None:
    before = at(office.tell("W2").whole, BOOKED)
    office.change("session", 1, on="2026-11-26", start="14:30")
    for who in ("W1", "W2"):
        told = office.tell(who)
        (moved,) = told.changed
        assert (moved.uid, moved.sequence) == (before.uid, before.sequence + 1)
        assert (moved.start, moved.when("DTEND")) == (
            datetime(2026, 11, 26, 14, 30, tzinfo=UTC),
            datetime(2026, 11, 26, 16, 0, tzinfo=UTC),
        )
        assert at(told.whole, moved.start).uid == before.uid
        assert BOOKED not in told.days
        assert not told.cancelled
        assert moved.alarm == timedelta(minutes=30)


def test_a_clock_that_went_back_makes_no_entry_look_older(office: Office) -> None:
    (moved,) = [p for p in office.tell("W2").whole if p.text("SUMMARY").startswith("Supervision")][:1]
    number = office.database.reader().value("SELECT id FROM session")
    ours, stamps = office.now, []
    for now, start in (
        (ours + timedelta(days=1), "11:00"),
        (ours + timedelta(hours=1), "12:00"),
        (ours + timedelta(hours=2), "13:00"),
    ):
        office.now = now
        office.change("session", number, start=start)
        told = office.tell("W2")
        parts = [p for p in (*told.feed, *told.requests) if p.uid == moved.uid]
        assert {p.uid for p in parts} == {moved.uid}
        stamps.append([(p.sequence, p.text("DTSTAMP"), p.text("LAST-MODIFIED")) for p in parts])
    for way in zip(*stamps, strict=True):
        sequences, made, changed = zip(*way, strict=True)
        assert list(sequences) == sorted(set(sequences))
        assert list(changed) == sorted(changed)
        assert min(made[1:]) >= changed[0], "no stamp is before what the fast clock said"


def test_a_session_that_is_off_leaves_both_calendars(office: Office) -> None:
    before = at(office.tell("W2").whole, BOOKED)
    office.change("session", 1, state="cancelled")
    for who in ("W1", "W2"):
        told = office.tell(who)
        assert BOOKED not in told.days
        assert not told.changed
        (gone,) = told.cancelled
        assert (gone.uid, gone.sequence) == (before.uid, before.sequence + 1)


def test_a_session_that_was_missed_leaves_a_day_by_which_to_hold_it(office: Office) -> None:
    office.change("session", 1, state="missed", reason="Off sick")
    for who, category in (("W2", "Almoner supervision"), ("W1", "Almoner supervisee")):
        told = office.tell(who)
        assert [gone.start for gone in told.cancelled] == [BOOKED]
        (again,) = told.changed
        assert again.text("CATEGORIES") == category
        assert isinstance(again.start, date)


def test_a_session_that_is_on_again_comes_back_as_the_same_entry(office: Office) -> None:
    before = at(office.tell("W2").whole, BOOKED)
    for state, sequence in (("cancelled", 1), ("planned", 2)):
        office.change("session", 1, state=state)
        told = office.tell("W2")
        assert [p.uid for p in (*told.changed, *told.cancelled)] == [before.uid]
        assert (*told.changed, *told.cancelled)[0].sequence == sequence


def test_a_case_given_to_another_leaves_one_calendar_and_enters_the_other(office: Office) -> None:
    before = at(office.tell("W2").whole, CYCLE_2)
    office.reallocate("C-1001", "W3")
    left, entered = office.tell("W2"), office.tell("W3")
    assert left.days == {BOOKED}
    assert not left.changed
    assert before.uid in {gone.uid for gone in left.cancelled}
    assert CYCLE_2 in entered.days
    assert {part.uid for part in entered.changed} == {gone.uid for gone in left.cancelled}
    assert not entered.cancelled


def test_who_left_carries_nothing_from_the_day_after(office: Office) -> None:
    had = {part.uid for part in office.tell("W2").whole}
    office.change("worker", "W2", leaves="2026-12-04")
    office.later(date(2026, 12, 4))
    assert CYCLE_2 in office.tell("W2").days
    office.later(date(2026, 12, 5))
    told = office.tell("W2")
    assert not told.whole
    assert not office.feed_file("W2").exists()  # the address ends with the worker's last day
    assert {gone.uid for gone in told.cancelled} < had  # the session is over: that is no news
    assert CYCLE_2 in {gone.start for gone in told.cancelled}


def test_a_changed_rule_moves_the_entry_it_made(office: Office, tmp_path: Path) -> None:
    before = at(office.tell("W2").whole, CYCLE_2)
    packs = office.database.path.with_suffix(".packs")
    packs.mkdir()
    (packs / "own.toml").write_text(TIGHTER, encoding="utf-8")
    office.database.close()
    office.database = open_database(office.database.path, CLOCK)
    told = office.tell("W2")
    (moved,) = told.changed
    assert (moved.uid, moved.sequence, moved.start) == (before.uid, 1, date(2026, 12, 1))
    assert CYCLE_2 not in told.days
    assert not told.cancelled


TIGHTER = """kind = "rules"
id = "own"
title = "Our council"
version = "1"
[[rules]]
id = "lac_review_2"
replaces = "lac_review_2"
interval = { months = 2 }
"""


def test_what_is_put_off_stays_on_its_legal_date(office: Office) -> None:
    before = office.tell("W2").whole
    office.keep("postponement", case="C-1001", rule="lac_review_2", cycle=2, to="2027-01-08", reason="Holidays")
    told = office.tell("W2")
    assert told.silent
    assert told.whole == before


def test_a_session_that_was_held_goes_without_a_word(office: Office) -> None:
    office.later(date(2026, 11, 26))
    office.change("session", 1, state="held")
    for who in ("W1", "W2"):
        told = office.tell(who)
        assert BOOKED not in told.days
        assert not told.cancelled  # nobody wants a meeting withdrawn that they were at


def test_a_session_held_ahead_of_its_time_is_withdrawn(office: Office) -> None:
    office.change("session", 1, state="held", held_on="2026-11-20")
    assert [gone.start for gone in office.tell("W2").cancelled] == [BOOKED]


def test_a_closed_case_leaves_the_calendar(office: Office) -> None:
    office.change("case", "C-1001", closed="2026-11-20")
    told = office.tell("W2")
    assert told.days == {BOOKED}
    assert CYCLE_2 in {gone.start for gone in told.cancelled}


def test_an_interval_of_its_own_is_looked_at_again_and_goes_when_it_ends(office: Office) -> None:
    office.change("calendar-choice", 1, kinds={"other": True})
    decided = {"decided_on": "2026-11-20", "decided_by": "A. Hughes", "reason": "Unsettled"}
    office.keep(
        "override", case="C-1001", rule="visit_standard", number=4, unit="weeks", review_on="2027-02-01", **decided
    )
    (new,) = office.tell("W1").changed
    assert (new.start, new.text("SUMMARY")) == (date(2027, 2, 1), "Review due (ref C-1001)")
    office.change("override", 1, review_on="2027-05-03")
    (later,) = office.tell("W1").changed
    assert (later.uid, later.sequence, later.start) == (new.uid, 1, date(2027, 5, 3))
    office.change("override", 1, ended_on="2026-12-01")
    told = office.tell("W1")
    assert [(gone.uid, gone.sequence) for gone in told.cancelled] == [(new.uid, 2)]
    assert not told.changed


def test_a_reduction_that_another_follows_leaves_the_day_to_that(office: Office) -> None:
    office.change("calendar-choice", 1, kinds={"other": True})
    given = {"worker": "W2", "kind": "practice_educator", "reason": "Student", "percent": 20}
    office.keep("reduction", **given, starts="2026-11-01", ends="2026-12-11")
    (first,) = office.tell("W1").changed
    assert (first.start, first.text("SUMMARY")) == (date(2026, 12, 11), "Review due (ref W2)")
    office.keep("reduction", **given, starts="2026-12-12", ends="2027-01-29")
    told = office.tell("W1")
    assert [gone.uid for gone in told.cancelled] == [first.uid]
    assert [new.start for new in told.changed] == [date(2027, 1, 29)]
    office.later(date(2027, 1, 30))
    assert not office.tell("W1").cancelled  # it ended on its day: that is no news


def test_what_nobody_was_told_of_is_not_withdrawn(office: Office) -> None:
    office.keep("session", worker="W3", supervisor="W1", on="2026-12-01")
    office.change("session", 2, state="cancelled")
    assert office.tell("W3").silent


def test_what_is_long_past_falls_out_without_a_word(office: Office) -> None:
    office.later(CYCLE_2 + timedelta(days=30))
    assert CYCLE_2 in office.tell("W2").days
    office.later(CYCLE_2 + timedelta(days=31))
    told = office.tell("W2")
    assert CYCLE_2 not in told.days
    assert not told.cancelled


def test_a_change_of_wording_reaches_every_entry(office: Office) -> None:
    before = office.tell("W2").whole
    assert "C-1001" in at(before, CYCLE_2).text("SUMMARY")
    office.change("calendar-choice", 2, privacy="none")
    told = office.tell("W2")
    assert {(p.uid, p.sequence) for p in told.changed} == {(p.uid, p.sequence + 1) for p in before}
    assert "C-1001" not in "".join(p.text("SUMMARY") + p.text("DESCRIPTION") for p in told.whole)
    assert not told.cancelled


def test_a_kind_that_is_switched_off_is_withdrawn(office: Office) -> None:
    office.change("calendar-choice", 2, kinds={"session": False})
    told = office.tell("W2")
    assert told.days == {CYCLE_2}
    assert [gone.start for gone in told.cancelled] == [BOOKED]


def test_mail_that_is_switched_off_says_nothing_more(office: Office) -> None:
    office.change("calendar-choice", 2, by_mail=False)
    office.change("session", 1, state="cancelled")
    place = office.folder / "gone.ics"
    export(office.database, [("W2", place)], office.today, now=office.now, cancelled=True)
    assert place.exists()
    assert office.mail("W2") == ([], [])


def test_an_earlier_notice_moves_with_what_it_announces(office: Office) -> None:
    office.change("calendar-choice", 2, leads={"session": 2})
    (notice,) = office.tell("W2").changed
    assert notice.start == date(2026, 11, 23)
    office.change("session", 1, on="2026-11-27")
    moved = {part.uid: part.start for part in office.tell("W2").changed}
    assert moved[notice.uid] == date(2026, 11, 25)
    assert len(moved) == 2
    office.change("session", 1, state="cancelled")
    assert {gone.uid for gone in office.tell("W2").cancelled} == set(moved)
