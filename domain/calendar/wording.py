"""What a calendar carries for a due date or a session, and in what words: never a name, never a status.

A due date is a whole day, a session is a time: two shapes, told apart by ``day`` and ``starts_at``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from domain.core.dates import LONDON, show_day
from domain.core.text import clean_line, initials

SUMMARY_LIMIT = 99  # octets are the file's affair; this keeps a month view readable
REFERENCE_SHOWN = 40
SESSION_ALARM_MINUTES = 30
_DAY_MINUTES = 24 * 60
_NINE = 9 * 60

LOOK_BACK = timedelta(days=30)
LOOK_AHEAD_MONTHS = 18

WorkingDayBefore = Callable[[date], date]
"""The last working day before, and never on, the day it is asked about."""


class Privacy(StrEnum):
    """How much an entry says: "Review due", then with the reference, then with the initials of the person too."""

    NONE = "none"
    REFERENCE = "reference"
    INITIALS = "initials"


class EntryKind(StrEnum):
    """The kinds of entry that can be switched on and off: due dates of cases by what they are, then what else."""

    REVIEW = "review"
    VISIT = "visit"
    MEETING = "meeting"
    CONTACT = "contact"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    CHECK = "check"
    OTHER = "other"
    SESSION = "session"
    SUPERVISION = "supervision"
    LEARNING = "learning"
    ACTION = "action"
    SUPERVISEE = "supervisee"
    LEARNER = "learner"
    UNALLOCATED = "unallocated"
    TEAM = "team"


KIND_TITLES = {
    EntryKind.REVIEW: "Reviews",
    EntryKind.VISIT: "Visits",
    EntryKind.MEETING: "Meetings and conferences",
    EntryKind.CONTACT: "Contacts and interviews",
    EntryKind.ASSESSMENT: "Assessments",
    EntryKind.PLAN: "Plans",
    EntryKind.CHECK: "Checks",
    EntryKind.OTHER: "Other due dates, and days to look again",
    EntryKind.SESSION: "Supervision sessions booked",
    EntryKind.SUPERVISION: "Own supervision due",
    EntryKind.LEARNING: "Own learning, programme and registration",
    EntryKind.ACTION: "Own actions agreed",
    EntryKind.SUPERVISEE: "Supervision due of those supervised",
    EntryKind.LEARNER: "Programmes of learners supported",
    EntryKind.UNALLOCATED: "Due dates of the team's unallocated cases",
    EntryKind.TEAM: "Every due date of the team's cases",
}
OFF_UNLESS_CHOSEN = frozenset({EntryKind.TEAM})

# What an obligation is in one word that says nothing of anybody's needs or legal status. The first that fits counts.
_WORDS = (
    ("conference", "Meeting", EntryKind.MEETING),
    ("core group", "Meeting", EntryKind.MEETING),
    ("meeting", "Meeting", EntryKind.MEETING),
    ("review", "Review", EntryKind.REVIEW),
    ("visit", "Visit", EntryKind.VISIT),
    ("interview", "Contact", EntryKind.CONTACT),
    ("contact", "Contact", EntryKind.CONTACT),
    ("assessment", "Assessment", EntryKind.ASSESSMENT),
    ("check", "Check", EntryKind.CHECK),
    ("plan", "Plan", EntryKind.PLAN),
)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One calendar entry: either a whole ``day``, or ``minutes`` from ``starts_at`` (UTC).

    ``key`` is the same for the life of the thing and leads to the entry's identity. ``alarm_minutes_before`` counts
    from the start; from local midnight for a whole day.
    """

    kind: str
    key: str
    summary: str
    description: str
    category: str
    busy: bool
    alarm_minutes_before: int | None
    day: date | None = None
    starts_at: datetime | None = None
    minutes: int = 0

    def __post_init__(self) -> None:
        if (self.day is None) == (self.starts_at is None):
            raise ValueError("a reminder is either a day or a time")
        if self.starts_at is not None and (self.starts_at.tzinfo is None or self.minutes <= 0):
            raise ValueError("a time needs its zone and a length")
        if self.alarm_minutes_before is not None and self.alarm_minutes_before < 0:
            raise ValueError("an alarm cannot come after the start")

    @property
    def starts(self) -> datetime | None:
        """When it starts by the clock on the wall; None for a whole day."""
        return None if self.starts_at is None else self.starts_at.astimezone(LONDON)

    @property
    def on(self) -> date:
        """The day it stands on, by the clock on the wall."""
        if self.day is not None:
            return self.day
        assert self.starts_at is not None
        return self.starts_at.astimezone(LONDON).date()

    @property
    def clock(self) -> str:
        """The time of day at which it starts ("10:00"), nothing for a whole day."""
        return f"{self.starts:%H:%M}" if self.starts else ""

    @property
    def when(self) -> str:
        """The day in words, for a time with its start and end: "Wed 25 Nov 2026, 10:00 to 11:00"."""
        if self.starts_at is None:
            return show_day(self.on)
        ends = (self.starts_at + timedelta(minutes=self.minutes)).astimezone(LONDON)
        return f"{show_day(self.on)}, {self.clock} to {ends:%H:%M}"

    @property
    def rings(self) -> datetime | None:
        """When its alarm rings, by the clock on the wall: without a zone for a whole day, in London's for a time."""
        if self.alarm_minutes_before is None:
            return None
        before = timedelta(minutes=self.alarm_minutes_before)
        if self.starts_at is not None:  # counted in UTC: between start and alarm the clocks may change
            return (self.starts_at - before).astimezone(LONDON)
        return datetime.combine(self.on, datetime.min.time()) - before


_TAIL = re.compile(r" \(ref (?P<reference>.*?)(?:, [^\W\d_.]+(?:\.[^\W\d_.]+)*\.?)?\)$")


def without(summary: str, privacy: Privacy) -> str:
    """Return a summary made under another privacy setting, without what ``privacy`` does not allow."""
    if privacy is Privacy.INITIALS or not (tail := _TAIL.search(summary)):
        return summary
    rest = summary[: tail.start()]
    return rest if privacy is Privacy.NONE else f"{rest} (ref {tail['reference']})"


@dataclass(frozen=True, slots=True)
class Shown:
    """What an entry may say of whom it concerns, under one privacy setting."""

    privacy: Privacy = Privacy.REFERENCE
    reference: str = ""
    initials: str = ""

    def summary(self, what: str) -> str:
        """Return ``what`` with as much of the rest as is allowed, short enough for a month view."""
        parts = []
        if self.privacy is not Privacy.NONE and (reference := clean_line(self.reference)[:REFERENCE_SHOWN]):
            parts.append(f"ref {reference}")
        if self.privacy is Privacy.INITIALS and self.initials:
            parts.append(self.initials)
        tail = f" ({', '.join(parts)})" if parts else ""
        room = SUMMARY_LIMIT - len(tail)
        return (what if len(what) <= room else what[: room - 1].rstrip() + "…") + tail


def for_obligation(
    *,
    key: str,
    kind: EntryKind,
    word: str,
    shown: Shown,
    legal_due: date,
    plan_by: date,
    before: WorkingDayBefore,
) -> Reminder:
    """Return the entry of an open obligation: on its true date, with an alarm at nine on the working day before.

    ``word`` is the neutral one: what the rule is called stays inside.
    """
    return Reminder(
        kind=kind,
        key=key,
        summary=shown.summary(f"{word} due"),
        description=_due_description(legal_due, plan_by),
        category=category(kind),
        busy=False,
        alarm_minutes_before=nine_before(legal_due, before),
        day=legal_due,
    )


def for_session(*, key: str, starts_at: datetime, minutes: int, shown: Shown) -> Reminder:
    """Return the entry of a planned session; ``shown`` carries the other worker's staff id, or nothing."""
    return Reminder(
        kind=EntryKind.SESSION,
        key=key,
        summary=shown.summary("Supervision"),
        description="The agenda is in Almoner.",
        category=category(EntryKind.SESSION),
        busy=True,
        alarm_minutes_before=SESSION_ALARM_MINUTES,
        starts_at=starts_at,
        minutes=minutes,
    )


def earlier_notice(reminder: Reminder, starts_on: date, days: int, before: WorkingDayBefore) -> Reminder:
    """Return a second entry ``days`` working days ahead of ``reminder``, with an identity and an alarm of its own.

    ``starts_on`` is the day of the first one as a calendar on the wall has it. Outlook keeps one alarm an entry, so
    a further notice has to be a further entry.
    """
    on = starts_on
    for _ in range(days):
        on = before(on)
    return Reminder(
        kind=reminder.kind,
        key=f"lead:{reminder.key}",
        summary=f"On {show_day(starts_on)}: {reminder.summary}",
        description=f"{days} working days' notice. {reminder.description}",
        category=reminder.category,
        busy=False,
        alarm_minutes_before=nine_before(on, before),
        day=on,
    )


def category(kind: EntryKind | str) -> str:
    """Return the one fixed word under which Outlook files entries of a kind, to filter or delete in bulk."""
    return f"Almoner {kind}"


def initials_of(name: str) -> str:
    """Return the initials of ``name`` as a calendar shows them ("A.B."), at most four."""
    return "".join(f"{letter}." for letter in initials(clean_line(name))[:4])


def nine_before(day: date, before: WorkingDayBefore) -> int:
    """Return the minutes from nine o'clock on the working day before ``day`` to the midnight that begins ``day``."""
    return (day - before(day)).days * _DAY_MINUTES - _NINE


def neutral_word(title: str) -> str:
    """Return what ``title`` is about in one word that gives nothing away: "Review", "Visit", or else "Task"."""
    return _found(title)[0]


def kind_of_title(title: str) -> EntryKind:
    """Return the kind of entry that a case's due date with this title is."""
    return _found(title)[1]


@lru_cache(maxsize=1024)
def _found(title: str) -> tuple[str, EntryKind]:
    lower = title.casefold()
    return next(((word, kind) for part, word, kind in _WORDS if part in lower), ("Task", EntryKind.OTHER))


def _due_description(legal_due: date, plan_by: date) -> str:
    if plan_by == legal_due:
        return f"Due on {show_day(legal_due)}. What it is and why this date: see Almoner."
    return f"Due on {show_day(legal_due)}; plan it by {show_day(plan_by)}. What it is and why this date: see Almoner."
