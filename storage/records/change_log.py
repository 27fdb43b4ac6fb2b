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
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from domain.core.dates import stamp
from storage.database.connection import Connection

START = "0" * 64


class LoggedRecord(NamedTuple):
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


def commit_to(line: LoggedRecord, salt: str) -> str:
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


def head(conn: Connection) -> str:
    """Return the chain value of the newest set, to be anchored outside the database."""
    return conn.value("SELECT chain FROM change_set ORDER BY id DESC LIMIT 1") or START


def state_at(conn: Connection, record: str, key: int, version: int) -> dict[str, Any]:
    """Return the fields a record had at ``version``; empty when the log no longer says."""
    query = "SELECT after FROM change WHERE record = :record AND key = :key ORDER BY id DESC"
    for after in conn.values(query, record=record, key=key):
        state: dict[str, Any] = json.loads(after) if after else {}
        if state.get("version") == version:
            return state
    return {}


class _Set(NamedTuple):
    """A set as kept, with the time as it was written."""

    id: int
    actor: str
    login: str
    at: str
    what: str
    undoes: int | None
    lines: int
    commitment: str
    chain: str


class _Committed(NamedTuple):
    """A line as kept."""

    record: str
    key: int
    before: str | None
    after: str | None
    salt: str | None
    commitment: str


def write(
    conn: Connection, lines: Sequence[LoggedRecord], actor: str, login: str, at: datetime, what: str, undoes: int | None
) -> int:
    """Add a set of lines to the log, chained to the one before, and return its number."""
    fresh = salts(len(lines))
    commitments = [commit_to(line, salt) for line, salt in zip(lines, fresh, strict=True)]
    heading = [actor, login, stamp(at), what, undoes, len(lines), commit_to_all(commitments)]
    names = ("actor", "login", "at", "what", "undoes", "lines", "commitment")
    number = int(conn.value("SELECT coalesce(max(id), 0) + 1 FROM change_set"))
    chain = link(head(conn), heading)
    conn.insert("change_set", ("id", *names, "chain"), [(number, *heading, chain)])
    rows = ((*line, salt, commitment, number) for line, salt, commitment in zip(lines, fresh, commitments, strict=True))
    conn.insert("change", (*LoggedRecord._fields, "salt", "commitment", "change_set"), rows)
    return number


def verify(conn: Connection) -> str | None:
    """Return what is wrong with the change log in one sentence, or None when it holds."""
    previous = START
    query = "SELECT id, actor, login, at, what, undoes, lines, commitment, chain FROM change_set ORDER BY id"
    for one in conn.all(_Set, query):
        fault = _lines_fault(conn, one)
        heading = [one.actor, one.login, one.at, one.what, one.undoes, one.lines, one.commitment]
        if fault is None and link(previous, heading) != one.chain:
            fault = "its heading was altered"
        if fault:
            return f"change {one.id} does not verify: {fault}"
        previous = one.chain
    return None


def _lines_fault(conn: Connection, of: _Set) -> str | None:
    commitments = []
    query = "SELECT record, key, before, after, salt, commitment FROM change WHERE change_set = :set ORDER BY id"
    for line in conn.all(_Committed, query, set=of.id):
        said = LoggedRecord(line.record, line.key, line.before, line.after)
        if line.salt is not None and commit_to(said, line.salt) != line.commitment:
            return f"a line about {line.record} {line.key} was altered"
        commitments.append(line.commitment)
    if len(commitments) != of.lines:
        return f"it has {len(commitments)} lines where it had {of.lines}"
    return None if commit_to_all(commitments) == of.commitment else "its lines were altered"
