"""Days as they are read and shown: strict on entry, plain on the way out."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")  # the clock on the wall, in every part of the United Kingdom
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_NUMBERS = {
    **{name: n for n, name in enumerate(_LONG_MONTHS, 1)},
    **{name[:3].lower(): n for n, name in enumerate(MONTHS, 1)},
    "sept": 9,
}
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}")
_UK = re.compile(
    rf"(?:[A-Za-z]{{3,9}},? +)?(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]+(\d{{1,2}}|[A-Za-z]{{3,9}})[-/., ]+(\d{{4}}){_TIME}"
)
_COMPACT = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TIME}")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ]\d{2}")

FROM_UNTIL = {"from": "starts", "until": "ends"}  # what documents call the two days of a period

DUE_SOON_DAYS = 14
EARLIEST = date(1900, 1, 1)
LATEST = date(2199, 12, 31)


def parse_day(text: str) -> date:
    """Return the day that ``text`` names: ISO, or day before month as in the UK; never month before day.

    Takes 2026-03-16, 16/03/2026, 16-3-2026, 16.03.2026, 16 Mar 2026, 16-Mar-2026, Mon 16 March 2026, 20260316, each
    also with a time behind it, which is dropped.
    Raises ValueError with a plain sentence for anything else, impossible days and years outside 1900 to 2199.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _UK.fullmatch(text):
        day, year = int(match[1]), int(match[3])
        month = int(match[2]) if match[2].isdigit() else _MONTH_NUMBERS.get(match[2].lower(), 0)
    elif _SHORT_YEAR.fullmatch(text):
        raise ValueError("the year needs four figures, as in 16/03/2026")
    else:
        raise ValueError("not a date: write it as 16/03/2026 or 2026-03-16")
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day (day comes before month, as in 16/03/2026)") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError("the year must lie between 1900 and 2199")
    return found


def from_serial(number: int) -> date:
    """Return the day of a spreadsheet serial number (day 1 is 1 January 1900, with the old 29 February 1900 fault).

    Raises ValueError outside 36,526 to 73,050 (the years 2000 to 2099) except for 1 to 36,525 (1900 to 1999), which
    are taken too, as birth dates need them.
    """
    if not 1 <= number <= 73_050 or number == 60:
        raise ValueError("not a spreadsheet date number")
    return date(1899, 12, 30 if number > 60 else 31) + timedelta(days=number)


def show_day(day: date, today: date | None = None) -> str:
    """Return "Fri 27 Nov", with the year when it is not this year's or no ``today`` is given."""
    return f"{DAYS[day.weekday()]} {short_day(day, today)}"


def short_day(day: date, today: date | None = None) -> str:
    """Return "27 Nov" for where there is little room, with the year as ``show_day`` has it."""
    text = f"{day.day} {MONTHS[day.month - 1]}"
    return text if today is not None and day.year == today.year else f"{text} {day.year}"


def show_month(day: date) -> str:
    """Return the month of a day as "December 2026"."""
    return f"{_LONG_MONTHS[day.month - 1].capitalize()} {day.year}"


def distance(day: date, today: date) -> str:
    """Return how far ``day`` lies from ``today`` as a due date is spoken of: "in 7 days", "today", "23 days late"."""
    days = (day - today).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days > 1:
        return f"in {days:,} days"
    return "1 day late" if days == -1 else f"{-days:,} days late"


def status(legal_due: date | None, plan_by: date | None, today: date) -> str:
    """Return how a due date stands: "overdue", "due" (to be planned by then within 14 days), "upcoming", or "unset"."""
    if legal_due is None:
        return "unset"
    if legal_due < today:
        return "overdue"
    return "due" if ((plan_by or legal_due) - today).days <= DUE_SOON_DAYS else "upcoming"


def ago(day: date, today: date) -> str:
    """Return how long ago ``day`` was: "today", "yesterday", "12 days ago"."""
    days = (today - day).days
    if days < 0:
        return distance(day, today)
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days:,} days ago"


@lru_cache(maxsize=8)  # the many rows of one change carry the same moment
def stamp(moment: datetime) -> str:
    """Return an instant as it is kept: UTC to the second ("2026-11-22T09:00:00Z")."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
