"""The append-only change log: who changed what, from what to what, bound in a chain that shows tampering.

A *set* is one finished piece of work; its *lines* are the records it touched. Each line is committed to as
SHA-256(salt, before, after), each set as SHA-256 over its lines, and each set's chain value binds it to the one
before. Erasing a person empties before, after and salt of a line and leaves its commitment, so the chain holds.
The chain shows edits that leave a later anchor (each backup carries one); it cannot show a tail that was cut off or a
chain recomputed whole by someone who has the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from domain.dates import stamp

START = "0" * 64


class Line(NamedTuple):
    """One record changed; ``before`` and ``after`` are canonical JSON, either may be None."""

    record: str
    key: int
    before: str | None
    after: str | None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"a {type(value).__name__} has no place in the change log")


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode


def canonical(data: Mapping[str, Any] | None) -> str | None:
    """Return a record's fields as JSON whose bytes depend on nothing but the values."""
    return None if data is None else _encode(data)


def commit_to(line: Line, salt: str) -> str:
    """Return the commitment of one line."""
    parts = (salt, line.record, str(line.key), line.before or "", line.after or "")
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def salts(count: int) -> list[str]:
    """Return that many fresh salts."""
    noise = os.urandom(16 * count).hex()
    return [noise[n : n + 32] for n in range(0, 32 * count, 32)]


def commit_to_all(commitments: Iterable[str]) -> str:
    """Return the commitment of a set, from those of its lines in order."""
    return hashlib.sha256("".join(commitments).encode()).hexdigest()


def link(previous: str, meta: Sequence[object]) -> str:
    """Return the chain value of a set from that of the set before and its own ``meta``."""
    text = json.dumps([previous, *meta], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def head(connection: sqlite3.Connection) -> str:
    """Return the chain value of the newest set, to be anchored outside the database."""
    row = connection.execute("SELECT chain FROM change_set ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else START


def verify(connection: sqlite3.Connection) -> str | None:
    """Return what is wrong with the change log in one sentence, or None when it holds."""
    previous = START
    sets = connection.execute(
        "SELECT id, actor, at, what, undoes, lines, commitment, chain FROM change_set ORDER BY id"
    ).fetchall()
    for number, actor, at, what, undoes, lines, commitment, chain in sets:
        fault = _lines_fault(connection, number, lines, commitment)
        if fault is None and link(previous, [actor, at, what, undoes, lines, commitment]) != chain:
            fault = "its heading was altered"
        if fault:
            return f"change {number} does not verify: {fault}"
        previous = chain
    return None


def _lines_fault(connection: sqlite3.Connection, number: int, count: int, commitment: str) -> str | None:
    commitments = []
    query = "SELECT record, key, before, after, salt, commitment FROM change WHERE change_set = ? ORDER BY id"
    for record, key, before, after, salt, kept in connection.execute(query, (number,)):
        if salt is not None and commit_to(Line(record, key, before, after), salt) != kept:
            return f"a line about {record} {key} was altered"
        commitments.append(kept)
    if len(commitments) != count:
        return f"it has {len(commitments)} lines where it had {count}"
    return None if commit_to_all(commitments) == commitment else "its lines were altered"
