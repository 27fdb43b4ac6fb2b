"""Where keys lead that are no longer those of a record, and by which key one was known first."""

from __future__ import annotations

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


def now(conn: Connection, kind: str, key: str) -> str:
    """Return the key that a record has now which had this one; that itself where nothing is known of it."""
    led = lead(conn, kind, key)
    if led is None or key in _standing(conn, kind, key):
        return key
    return led.now


def _standing(conn: Connection, kind: str, key: str) -> list[str]:
    table, column = {"case": ("cases", "reference"), "worker": ("worker", "staff_id"), "team": ("team", "name")}[kind]
    return conn.values(f"SELECT {column} FROM {table} WHERE {column} = :key", key=key)  # noqa: S608


def merged(conn: Connection, kind: str) -> dict[str, str]:
    """Return by the key of each record that was merged into another where it leads."""
    query = f"""SELECT former, "{kind}" FROM former_key WHERE merged AND "{kind}" IS NOT NULL ORDER BY id"""  # noqa: S608
    return conn.lookup(query)


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
