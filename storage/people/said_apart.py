"""Which pairs that look like one somebody said are two; light, for what is read before the records load."""

from __future__ import annotations

from typing import NamedTuple

from storage.database.connection import Connection

Apart = frozenset[frozenset[str]]


class _Pair(NamedTuple):
    one: str
    other: str


_SAID = {
    "case": """SELECT n."case" AS one, n.other_case AS other FROM not_the_same n WHERE n."case" IS NOT NULL""",
    "worker": "SELECT n.worker AS one, n.other_worker AS other FROM not_the_same n WHERE n.worker IS NOT NULL",
}


def said_apart(conn: Connection, kind: str) -> Apart:
    """Return the pairs of cases, or of workers, that somebody said are two."""
    return frozenset(frozenset(pair) for pair in conn.all(_Pair, _SAID[kind]))
