"""Days as a person types them: any written form the records take, and the words people use for near ones."""

from __future__ import annotations

import re
from datetime import date, timedelta

from domain.core.dates import ago, distance, parse_day, show_day

_WORDS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_SHIFT = re.compile(r"([+-])(\d{1,3})")
_NO_YEAR = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]+(\d{1,2}|[a-z]{3,9})")
_WEEK = 7
SHORTEST = 3


def read_day(text: str, today: date, *, ahead: bool = False) -> date:
    """Return the day meant by ``text``: a written date, "today", "yesterday", "thu", "19 nov", "-3", "+14".

    A weekday, or a date without its year, means the nearest one that has been, or with ``ahead`` the nearest to come.
    Raises ValueError with a plain sentence.
    """
    word = " ".join(text.split()).casefold().removeprefix("last ").removeprefix("next ")
    if word in _WORDS:
        return today + timedelta(days=_WORDS[word])
    if match := _SHIFT.fullmatch(word):
        return today + timedelta(days=int(match[1] + match[2]))
    if (weekday := _weekday(word)) is not None:
        return _nearest(weekday, today, ahead=ahead)
    if match := _NO_YEAR.fullmatch(word):
        return _without_year(match[1], match[2], today, ahead=ahead)
    return parse_day(text)


def _weekday(word: str) -> int | None:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if len(word) < SHORTEST:
        return None
    return next((n for n, name in enumerate(names) if name.startswith(word)), None)


def _nearest(weekday: int, today: date, *, ahead: bool) -> date:
    if ahead:
        return today + timedelta(days=(weekday - today.weekday()) % _WEEK or _WEEK)
    return today - timedelta(days=(today.weekday() - weekday) % _WEEK)


def _without_year(day: str, month: str, today: date, *, ahead: bool) -> date:
    """Return the nearest such day; the 29th of February may lie up to eight years away."""
    step = 1 if ahead else -1
    fault = ValueError("not a date: write it as 16/03/2026 or 2026-03-16")
    for year in range(today.year, today.year + 9 * step, step):
        try:
            found = parse_day(f"{day} {month} {year}")
        except ValueError as error:
            fault = error
            continue
        if (found - today).days * step >= 0:
            return found
    raise fault


def spoken(day: date, today: date) -> str:
    """Return a day with its distance, as a form says back what it understood."""
    far = distance(day, today) if day >= today else ago(day, today)
    return f"{show_day(day, today)}, {far}"
