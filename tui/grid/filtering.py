"""The words of a filter: ``okafor late worker:begum points:>8 -closed``. All must hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic

from domain.core.dates import parse_day
from domain.core.text import sort_key
from tui.core.look import Look
from tui.grid.columns import Column, Row

_WORD = re.compile(r'(-?)(?:([^\s:"<>]+):)?(?:"([^"]*)"?|([^\s"]+))')
_COMPARISON = re.compile(r"([<>]=?)(.+)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a filter: what is looked for, in which column (or in any), and whether it must be absent."""

    text: str
    field: str = ""
    without: bool = False


def words_of(filter_text: str) -> list[Word]:
    """Take a filter apart. It never fails: what makes no sense simply matches nothing."""
    found = []
    for minus, field, quoted, plain in _WORD.findall(filter_text):
        text = quoted or plain
        if text:
            found.append(Word(sort_key(text), sort_key(field), bool(minus)))
    return found


def unknown_fields(filter_text: str, columns: Sequence[Column[Row]]) -> list[str]:
    """Return the fields a filter names that the list does not have."""
    return [w.field for w in words_of(filter_text) if w.field and not any(c.answers_to(w.field) for c in columns)]


def without_names(filter_text: str, columns: Sequence[Column[Row]]) -> str:
    """Return the part of a filter that may be remembered on disk: no words that could be a served person's name."""
    private = [c for c in columns if c.names == "served"]
    if not private:
        return filter_text
    kept = [w for w in words_of(filter_text) if w.field and not any(c.answers_to(w.field) for c in private)]
    return " ".join(words for word in kept if words_of(words := _written(word)) == [word])  # else it says other words


def _written(word: Word) -> str:
    return f'{"-" if word.without else ""}{word.field}:"{word.text}"'


class Filter(Generic[Row]):
    """A filter ready to be put to rows."""

    def __init__(self, text: str, columns: Sequence[Column[Row]], look: Look) -> None:
        self._words = words_of(text)
        self._columns = columns
        self._look = look

    def takes(self, row: Row) -> bool:
        """Whether every word holds for ``row``."""
        return all(self._holds(word, row) != word.without for word in self._words)

    def _holds(self, word: Word, row: Row) -> bool:
        if not word.field:
            return any(word.text in self._said(column, row) for column in self._columns)
        named = [c for c in self._columns if c.answers_to(word.field)]
        if match := _COMPARISON.fullmatch(word.text):
            return any(_compare(c.value(row), match[1], match[2]) for c in named)
        return any(word.text in self._said(column, row) for column in named)

    def _said(self, column: Column[Row], row: Row) -> str:
        return sort_key(column.cell(row, self._look, 0).plain)


def _compare(value: object, sign: str, text: str) -> bool:
    try:
        bound: object = parse_day(text) if isinstance(value, date) else float(text)
    except ValueError:
        return False
    if not isinstance(value, int | float | date):
        return False
    below, same = value < bound, value == bound  # type: ignore[operator]
    return (same and "=" in sign) or (below if sign[0] == "<" else not below and not same)
