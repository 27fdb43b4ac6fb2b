"""Forms that were half filled in when the program had to go at once: a small private file beside the settings.

What stands in it was meant for the records, so it is readable by its owner alone, goes as soon as it was used or let
go of, and is forgotten after a month.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from storage.files.atomic_write import write_atomically
from storage.files.durable import make_folder

MOST = 20
LASTS = timedelta(days=31)
LONGEST_FILE = 100_000_000


@dataclass(frozen=True, slots=True)
class HalfFilled:
    """A form that was left: in which database, by whom, its title and fields, on what screen and day.

    ``answers`` are the fields that were filled in, by name.
    """

    database: str
    actor: str
    form: str
    asked: tuple[str, ...]
    place: str = ""
    day: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)

    def is_of(self, other: HalfFilled) -> bool:
        """Whether both are the same form of one person, on whatever record."""
        names = ("database", "actor", "form", "asked")
        return all(getattr(self, name) == getattr(other, name) for name in names)


class Unfinished:
    """What is kept of such forms; without a path nothing is."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def of(self, form: HalfFilled, today: date) -> list[HalfFilled]:
        """Return what was filled in of this form, the newest first."""
        recent = (one for one in self._read() if one.day >= (today - LASTS).isoformat())
        return [one for one in recent if one.is_of(form)]

    def keep(self, form: HalfFilled) -> None:
        """Keep what stands in a form; raises StorageProblem where that cannot be written."""
        since = (date.fromisoformat(form.day) - LASTS).isoformat()
        self._change(lambda known: [form, *(one for one in known if one != form and one.day >= since)][:MOST])

    def drop(self, form: HalfFilled) -> None:
        """Let go of what was kept."""
        self._change(lambda known: [one for one in known if one != form])

    def _change(self, change: Callable[[list[HalfFilled]], list[HalfFilled]]) -> None:
        known = self._read()
        left = change(known)
        if self._path is None or left == known:
            return
        if not left:
            self._path.unlink(missing_ok=True)
            return
        make_folder(self._path.parent)
        write_atomically(self._path, _written(left))

    def _read(self) -> list[HalfFilled]:
        """Return what is kept; nothing where that cannot be read."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            if self._path is not None and self._path.stat().st_size <= LONGEST_FILE:
                return [_taken(one) for one in json.loads(self._path.read_text(encoding="utf-8"))]
        return []


def _written(forms: Iterable[HalfFilled]) -> bytes:
    return (json.dumps([asdict(one) for one in forms], ensure_ascii=False, indent=1) + "\n").encode()


def _taken(found: Mapping[str, Any]) -> HalfFilled:
    words = {one.name: str(found[one.name]) for one in fields(HalfFilled) if one.name not in ("asked", "answers")}
    return HalfFilled(**words, asked=tuple(map(str, found["asked"])), answers=dict(found["answers"]))
