"""What a calendar carries for a due date or a session, and in what words. Never a name; by default, no status either.

A due date is a whole day, a session is a time: two shapes, told apart by ``day`` and ``starts_at``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.dates import show_day
from domain.text import clean_line

SUMMARY_LIMIT = 99  # octets are the file's affair; this keeps a month view readable
REFERENCE_SHOWN = 40
SESSION_ALARM_MINUTES = 30
_DAY_MINUTES = 24 * 60
_NINE = 9 * 60

# What an obligation is in one word that says nothing of anybody's needs or legal status. The first that fits counts.
_WORDS = (
    ("supervision", "Supervision"),
    ("conference", "Meeting"),
    ("core group", "Meeting"),
    ("meeting", "Meeting"),
    ("review", "Review"),
    ("visit", "Visit"),
    ("interview", "Contact"),
    ("contact", "Contact"),
    ("assessment", "Assessment"),
    ("check", "Check"),
    ("plan", "Plan"),
)


class Privacy(StrEnum):
    """How much a calendar entry says: "Review due", then with the reference, then with what kind of review."""

    NONE = "none"
    REFERENCE = "reference"
    TITLE = "title"


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


def for_obligation(
    *,
    key: str,
    reference: str,
    title: str,
    legal_due: date,
    plan_by: date,
    previous_working_day: Callable[[date], date],
    privacy: Privacy = Privacy.REFERENCE,
) -> Reminder:
    """Return the entry of an open obligation: on its true date, with an alarm at nine on the working day before.

    ``previous_working_day`` gives the last working day before, and never on, the day it is asked about.
    """
    return Reminder(
        kind="due",
        key=key,
        summary=_summary(_what(title, privacy) + " due", reference, privacy),
        description=_due_description(legal_due, plan_by),
        category="Almoner due date",
        busy=False,
        alarm_minutes_before=nine_before(legal_due, previous_working_day),
        day=legal_due,
    )


def for_session(
    *, key: str, starts_at: datetime, minutes: int, reference: str = "", privacy: Privacy = Privacy.REFERENCE
) -> Reminder:
    """Return the entry of a planned session; ``reference`` is the other worker's staff id, or empty."""
    return Reminder(
        kind="session",
        key=key,
        summary=_summary("Supervision", reference, privacy),
        description="The agenda is in Almoner.",
        category="Almoner supervision",
        busy=True,
        alarm_minutes_before=SESSION_ALARM_MINUTES,
        starts_at=starts_at,
        minutes=minutes,
    )


def nine_before(day: date, previous_working_day: Callable[[date], date]) -> int:
    """Return the minutes from nine o'clock on the working day before ``day`` to the midnight that begins ``day``."""
    return (day - previous_working_day(day)).days * _DAY_MINUTES - _NINE


def neutral_word(title: str) -> str:
    """Return what ``title`` is about in one word that gives nothing away: "Review", "Visit", or else "Date"."""
    lower = title.casefold()
    return next((word for part, word in _WORDS if part in lower), "Date")


def _what(title: str, privacy: Privacy) -> str:
    if privacy is not Privacy.TITLE:
        return neutral_word(title)
    return clean_line(title).removesuffix(" due") or neutral_word(title)


def _summary(what: str, reference: str, privacy: Privacy) -> str:
    shown = clean_line(reference)[:REFERENCE_SHOWN] if privacy is not Privacy.NONE else ""
    tail = f" (ref {shown})" if shown else ""
    room = SUMMARY_LIMIT - len(tail)
    return (what if len(what) <= room else what[: room - 1].rstrip() + "…") + tail


def _due_description(legal_due: date, plan_by: date) -> str:
    if plan_by == legal_due:
        return f"Due on {show_day(legal_due)}. What it is and why this date: see Almoner."
    return f"Due on {show_day(legal_due)}; plan it by {show_day(plan_by)}. What it is and why this date: see Almoner."
