"""Cases that are probably one child, and workers who are probably one: found and told, never merged by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from domain.people.alike import those_alike
from storage.database.connection import Connection

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


def cases(conn: Connection, *, open_only: bool = True) -> list[Pair]:
    """Return the cases that are probably one; with ``open_only`` those of which one is open at least."""
    found = list(_by_reference(conn, "SELECT reference FROM cases ORDER BY id", REFERENCE))
    found += _same_child(conn)
    if not open_only or not found:
        return _once(found)
    named = sorted({key for pair in found for key in pair[:2]})
    query = "SELECT reference FROM cases WHERE closed IS NULL AND reference IN :named"
    still_open = set(conn.values(query, named=named))
    return _once(pair for pair in found if still_open & {pair.one, pair.other})


def _same_child(conn: Connection) -> Iterator[Pair]:
    yield from _grouped(conn, _SAME_BIRTH, CHILD)


def _grouped(conn: Connection, query: str, by: str) -> Iterator[Pair]:
    groups: dict[str, list[str]] = {}
    for one in conn.each(_Likeness, query):
        groups.setdefault(_in_any_order(one.likeness), []).append(one.key)
    for those in groups.values():
        yield from _pairs(those, by)


def _in_any_order(likeness: str) -> str:
    """Return words so that "Popescu, Mihai" and "Mihai Popescu" are one."""
    return " ".join(sorted(re.findall(r"[^\s,;]+", likeness)))


def workers(conn: Connection) -> list[Pair]:
    """Return the workers who are probably one, whether they are still here or not."""
    found = list(_by_reference(conn, "SELECT staff_id FROM worker ORDER BY id", STAFF_ID))
    for by, column in _SAME_WORKER.items():
        query = f"SELECT w.staff_id AS key, {column} AS likeness FROM worker w WHERE {column} <> '' ORDER BY w.id"  # noqa: S608
        found += _grouped(conn, query, by)
    return _once(found)


def _by_reference(conn: Connection, query: str, by: str) -> Iterator[Pair]:
    for those in those_alike(conn.values(query)):
        yield from _pairs(those, by)


def _pairs(those: Iterable[str], by: str) -> Iterator[Pair]:
    """Yield each of a group with the first of it."""
    first, *others = those
    return (Pair(first, other, by) for other in others)


def _once(found: Iterable[Pair]) -> list[Pair]:
    """Return each pair once, by what tells most."""
    pairs: dict[tuple[str, str], Pair] = {}
    for pair in found:
        pairs.setdefault((pair.one, pair.other), pair)
    return list(pairs.values())
