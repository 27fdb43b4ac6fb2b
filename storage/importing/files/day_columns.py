"""Columns of days: each distinct text is parsed once, and a column that puts the month first is refused whole."""

from __future__ import annotations

import re
from datetime import date

from domain.core.dates import from_serial, parse_day
from storage.importing.files.tables import Table

NOTHING = frozenset({"", "null", "none", "n/a", "na", "nat", "-", "--", "tbc", "unknown", "not known", "#n/a"})
NO_DAY = date(1900, 1, 1)
LOWEST_SERIAL = 3_654
MONTH_FIRST = "writes the month before the day, so the whole column was left out: save it as day/month/year"

_AMERICAN = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}(?:\D.*)?")
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?")

Found = date | str | None


class Days:
    """Reads day columns of several tables with one memory; a found text is a day, nothing, or why it is none."""

    def __init__(self) -> None:
        self._memory: dict[str, Found] = {"": None}

    def column(self, table: Table, heading: str) -> list[date | None]:
        """Return a day or None for each row; each cell that is no day is noted in ``table`` with its row."""
        place = table.columns.get(heading)
        if place is None:
            return [None] * len(table.rows)
        texts = [cells[place] for _, cells in table.rows]
        distinct = set(texts)
        found = {text: self._find(text) for text in distinct}
        wrong = {text: why for text, why in found.items() if isinstance(why, str)}
        if not wrong:
            return [found[text] for text in texts]  # type: ignore[misc]
        return self._with_faults(table, place, texts, found, wrong)

    def _find(self, text: str) -> Found:
        try:
            return self._memory[text]
        except KeyError:
            found = self._memory[text] = _read(text)
            return found

    def _with_faults(
        self,
        table: Table,
        place: int,
        texts: list[str],
        found: dict[str, Found],
        wrong: dict[str, str],
    ) -> list[date | None]:
        heading = table.headings[place]
        if (serials := _serials(found)) is not None:
            table.notes.append(f"{table.file}: {heading} was read as spreadsheet date numbers.")
            return [serials[text] for text in texts]
        american = {text for text in wrong if _month_first(text)}
        if american:
            rows = [number for (number, _), text in zip(table.rows, texts, strict=True) if text in american]
            shown = ", ".join(str(row) for row in rows[:10]) + (" and more" if len(rows) > 10 else "")
            table.fault(rows[0], heading, "", f"row {shown} {MONTH_FIRST}")
            return [None] * len(texts)
        for (number, _), text in zip(table.rows, texts, strict=True):
            if text in wrong:
                table.fault(number, heading, text, wrong[text])
        return [day if isinstance(day := found[text], date) else None for text in texts]


def _read(text: str) -> Found:
    if text.casefold() in NOTHING or "9999" in text or "2999" in text:
        return None
    try:
        day = _plain_uk(text) or parse_day(text)
    except ValueError as why:
        return str(why)
    return None if day == NO_DAY else day


def _plain_uk(text: str) -> date | None:
    """The day in the commonest form, 16/03/2026, without the cost of trying every form; None for any other text."""
    if len(text) != 10 or text[2] != "/" or text[5] != "/" or not text.isascii():
        return None
    day, month, year = text[:2], text[3:5], text[6:]
    if not (day.isdecimal() and month.isdecimal() and year.isdecimal() and "1900" <= year <= "2199"):
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month_first(text: str) -> bool:
    match = _AMERICAN.fullmatch(text)
    return bool(match) and 1 <= int(match[1]) <= 12 < int(match[2]) <= 31  # type: ignore[index]


def _serials(found: dict[str, Found]) -> dict[str, date | None] | None:
    """The days of a column in which every filled cell is a spreadsheet date number; None for any other column."""
    days: dict[str, date | None] = {}
    for text, day in found.items():
        match = _SERIAL.fullmatch(text)
        if day is None:
            days[text] = None
        elif match is None or int(match[1]) < LOWEST_SERIAL:
            return None
        else:
            try:
                days[text] = from_serial(int(match[1]))
            except ValueError:
                return None
    return days
