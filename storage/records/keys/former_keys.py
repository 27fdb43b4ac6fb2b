"""Where keys lead that are no longer those of a record, and by which key one was known first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from domain.core.dates import show_day
from storage.database.connection import Connection

OF = ("case", "worker", "team")  # the kinds that are known by a key of their own, which can be corrected


class Lead(NamedTuple):
    """Where a former key leads now."""

    now: str
    merged: bool
    on: date

    def words(self, kind: str, former: str) -> str:
        """Say where it went: a key, and no name of a person."""
        went = "was merged into" if self.merged else "is now"
        since = "on" if self.merged else "since"
        return f"{kind.capitalize()} {former} {went} {self.now}, {since} {show_day(self.on)}."


def lead(conn: Connection, kind: str, former: str) -> Lead | None:
    """Return where a former key of a case, worker or team leads, what was said last; None where it is none."""
    if kind not in OF:
        return None
    query = f"""SELECT "{kind}" AS now, merged, "on" FROM former_key
        WHERE former = :former AND "{kind}" IS NOT NULL AND "{kind}" <> former ORDER BY id DESC LIMIT 1"""  # noqa: S608
    return conn.one(Lead, query, former=former)


def followed(conn: Connection, kind: str, key: str) -> str:
    """Return the key that a typed one stands for: where it leads, unless a record has it or nothing is known of it.

    Whatever takes a key that somebody typed asks this: commands, forms and documents.
    """
    if kind not in OF or _standing(conn, kind, key):
        return key
    led = lead(conn, kind, key)
    return led.now if led is not None else key


def now(conn: Connection, kind: str, key: str) -> str:
    """Return the key that a record has now which had this one; that itself where nothing is known of it.

    It may have had it only until a correction was taken back, which no former key tells.
    """
    found = followed(conn, kind, key)
    return found if found != key or _standing(conn, kind, key) else _as_logged(conn, kind, key) or key


_TABLES = {"case": ("cases", "reference"), "worker": ("worker", "staff_id"), "team": ("team", "name")}


def _standing(conn: Connection, kind: str, key: str) -> list[str]:
    table, column = _TABLES[kind]
    return conn.values(f"SELECT {column} FROM {table} WHERE {column} = :key", key=key)  # noqa: S608


def _as_logged(conn: Connection, kind: str, key: str) -> str | None:
    """Return the key of the record that had this one last, as the change log tells it, while that record is there."""
    table, column = _TABLES[kind]
    said = f'"{column}":{json.dumps(key, ensure_ascii=False)}'
    like = "%" + re.sub("([!%_])", r"!\1", said) + "%"
    query = f"""SELECT {column} FROM {table} WHERE id = (
        SELECT "key" FROM change WHERE record = :kind AND (before LIKE :like ESCAPE '!' OR after LIKE :like ESCAPE '!')
        ORDER BY id DESC LIMIT 1)"""  # noqa: S608 - names of ours
    found: str | None = conn.value(query, kind=kind, like=like)
    return found


class Led(NamedTuple):
    """A former key that no record has any more: of which kind, and where it leads."""

    kind: str
    former: str
    now: str


_LEADS = " UNION ALL ".join(
    f"""SELECT '{kind}' AS kind, k.former, k."{kind}" AS now, k.id FROM former_key k WHERE k."{kind}" IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = k.former)"""  # noqa: S608
    for kind, (table, column) in _TABLES.items()
)


def leads(conn: Connection) -> list[Led]:
    """Return every former key that is free now, what was said last at the end."""
    return conn.all(Led, f"SELECT kind, former, now FROM ({_LEADS}) AS led ORDER BY id")  # noqa: S608


def names_of(conn: Connection, worker: str) -> list[str]:
    """Return a staff id with those that the same worker had before and nobody has now."""
    return [worker, *(one.former for one in leads(conn) if (one.kind, one.now) == ("worker", worker))]


def led_by(conn: Connection, kind: str) -> dict[str, str]:
    """Return by every former key of a kind that is free now where it leads."""
    return {one.former: one.now for one in leads(conn) if one.kind == kind}


class _First(NamedTuple):
    id: int
    former: str
    now: str


def identities(conn: Connection, kind: str, keys: Iterable[str]) -> Mapping[str, str]:
    """Return by its key what identifies a record for good: the key by which it was known first.

    Entries in calendars are known by it, so that a correction updates them and does not double them. Where a key was
    given again after its record was corrected, the next one of that key is told from the first by a number. Keys that
    identify themselves are left out.
    """
    query = f"""SELECT id, former, "{kind}" AS now FROM former_key
        WHERE NOT merged AND "{kind}" IS NOT NULL ORDER BY id"""  # noqa: S608
    rows = conn.all(_First, query)
    first: dict[str, _First] = {}
    for row in rows:
        first.setdefault(row.now, row)
    claimed: dict[str, list[str]] = {}
    for row in first.values():
        claimed.setdefault(row.former, []).append(row.now)
    found = {}
    for key in keys if first else ():
        own = first[key].former if key in first else key
        before = claimed.get(own, [])
        number = before.index(key) if key in before else len(before)
        found[key] = f"{own}\0{number}" if number else own
    return found
