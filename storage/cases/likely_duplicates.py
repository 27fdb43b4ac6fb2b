"""Cases that are probably one child, and workers who are probably one: found and told, never merged by themselves.

Of which somebody said that they are two is told no more (`storage/people/said_apart.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.people.similar_keys import those_alike
from storage.database.connection import Connection
from storage.database.fragments import OPEN
from storage.people.said_apart import Apart, said_apart

REFERENCE, CHILD = "reference", "child"
STAFF_ID, REGISTRATION, EMAIL, NAME = "staff_id", "registration", "email", "name"
WORDS = {
    REFERENCE: "references alike",
    CHILD: "same name and birth date",
    STAFF_ID: "staff ids alike",
    REGISTRATION: "same registration number",
    EMAIL: "same e-mail address",
    NAME: "same name",
}


class Pair(NamedTuple):
    """Two records that are probably one, and by what (a key of ``WORDS``); the one recorded first comes first."""

    one: str
    other: str
    by: str


_SAME_BIRTH = """
SELECT c.reference AS key, c.sort_key || ' ' || c.born AS likeness FROM cases c
WHERE c.name <> '' AND c.born IN (SELECT o.born FROM cases o GROUP BY o.born HAVING count(*) > 1)
ORDER BY c.id
"""
# The columns by which two workers are one: what is empty says nothing.
_SAME_WORKER = {
    REGISTRATION: "replace(upper(w.registration), ' ', '')",
    EMAIL: "lower(w.email)",
    NAME: "w.sort_key",
}


class _Likeness(NamedTuple):
    key: str
    likeness: str


_THERE = "SELECT c.reference FROM cases c WHERE c.opened <= :today AND c.reference IN :named"
_STARTED = "SELECT staff_id FROM worker_on(:today) WHERE (started IS NULL OR started <= :today) AND staff_id IN :named"


def cases(conn: Connection, on: date | None = None) -> list[Pair]:
    """Return the cases that are probably one; with ``on`` those there by that day, one of them open on it at least."""
    apart = said_apart(conn, "case")
    found = list(_by_reference(conn, "SELECT reference FROM cases ORDER BY id", REFERENCE, apart))
    found += _grouped(conn, _SAME_BIRTH, CHILD, apart)
    if on is None or not found:
        return _once(found)
    there = _those(conn, found, _THERE, on)
    still_open = _those(conn, found, f"{_THERE} AND {OPEN}", on)
    return _once(pair for pair in found if there >= set(pair[:2]) and still_open & set(pair[:2]))


def _those(conn: Connection, pairs: Sequence[Pair], query: str, on: date) -> set[str]:
    """Return those of the records in pairs that a query finds on a day."""
    named = sorted({key for pair in pairs for key in pair[:2]})
    return set(conn.values(query, named=named, today=on))


def _grouped(conn: Connection, query: str, by: str, apart: Apart) -> Iterator[Pair]:
    groups: dict[str, list[str]] = {}
    for one in conn.each(_Likeness, query):
        groups.setdefault(_in_any_order(one.likeness), []).append(one.key)
    for those in groups.values():
        yield from _pairs(those, by, apart)


def _in_any_order(likeness: str) -> str:
    """Return words so that "Popescu, Mihai" and "Mihai Popescu" are one."""
    return " ".join(sorted(re.findall(r"[^\s,;]+", likeness)))


def workers(conn: Connection, on: date | None = None) -> list[Pair]:
    """Return the workers who are probably one, whether they are still here or not; with ``on``, had begun by then."""
    apart = said_apart(conn, "worker")
    found = list(_by_reference(conn, "SELECT staff_id FROM worker ORDER BY id", STAFF_ID, apart))
    for by, column in _SAME_WORKER.items():
        query = f"SELECT w.staff_id AS key, {column} AS likeness FROM worker w WHERE {column} <> '' ORDER BY w.id"  # noqa: S608
        found += _grouped(conn, query, by, apart)
    if on is None or not found:
        return _once(found)
    there = _those(conn, found, _STARTED, on)
    return _once(pair for pair in found if there >= set(pair[:2]))


def _by_reference(conn: Connection, query: str, by: str, apart: Apart) -> Iterator[Pair]:
    for those in those_alike(conn.values(query)):
        yield from _pairs(those, by, apart)


def _pairs(those: Sequence[str], by: str, apart: Apart) -> Iterator[Pair]:
    """Yield each of a group with the first of it that it may be one with."""
    for place, other in enumerate(those):
        first = next((one for one in those[:place] if frozenset((one, other)) not in apart), None)
        if first is not None:
            yield Pair(first, other, by)


def _once(found: Iterable[Pair]) -> list[Pair]:
    """Return each pair once, by what tells most."""
    pairs: dict[tuple[str, str], Pair] = {}
    for pair in found:
        pairs.setdefault((pair.one, pair.other), pair)
    return list(pairs.values())
