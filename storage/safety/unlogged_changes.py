"""What was changed past Almoner: records that are not what the change log said of them last, and a changed schema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from storage.database import sqlite
from storage.database.connection import Connection
from storage.migrations.runner import expected_schema
from storage.records.kind import Kind, Kinds, kept

_STEPS = sqlite.Part("table", "alembic_version")  # the migrating library's own, written as it likes
_CHUNK = 2_000  # numbers of records at a time


class _Said(NamedTuple):
    """The log's last word about a record; the salt is None where its words were erased."""

    key: int
    after: str | None
    salt: str | None


_LAST = """SELECT c."key", c.after, c.salt FROM change c JOIN (
               SELECT max(id) AS id FROM change WHERE record = :record AND "key" BETWEEN :first AND :last
               GROUP BY "key") AS newest ON newest.id = c.id"""
_MOST = """SELECT max(coalesce((SELECT max("key") FROM change WHERE record = :record), 0),
                      coalesce((SELECT max(id) FROM "{table}"), 0))"""


def changed_records(conn: Connection, kinds: Kinds) -> Iterator[str]:
    """Yield in words every record that is not what the log said of it last; never what is in it.

    One pass over the records of a kind, some at a time. What was erased from the log cannot be compared.
    """
    for kind in kinds:
        most = conn.value(_MOST.format(table=kind.table.name), record=kind.name)
        for first in range(1, most + 1, _CHUNK):
            yield from _some(conn, kind, first, first + _CHUNK - 1)


def _some(conn: Connection, kind: Kind[Any, Any], first: int, last: int) -> Iterator[str]:
    query = f'SELECT * FROM "{kind.table.name}" WHERE id BETWEEN :first AND :last'  # noqa: S608 - a table of ours
    rows = {row["id"]: row for row in conn.rows(query, first=first, last=last)}
    for said in conn.all(_Said, _LAST, record=kind.name, first=first, last=last):
        row = rows.pop(said.key, None)
        if said.salt is None:
            continue
        if row is None:
            if said.after is not None:
                yield f"{_named(kind, json.loads(said.after))} is gone"
        elif said.after is None:
            yield f"{_named(kind, row)} was removed and is there again"
        elif differing := _differing(json.loads(said.after), row):
            yield f"{_named(kind, row)} ({', '.join(differing)})"
    for row in rows.values():
        yield f"{_named(kind, row)} was never recorded"


def _named(kind: Kind[Any, Any], row: Mapping[str, Any]) -> str:
    return f"{kind.title} {row[kind.key]}"


def _differing(said: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    return [name.replace("_", " ") for name, stored in row.items() if not _same(said.get(name), stored)]


def _same(said: Any, stored: Any) -> bool:
    """Whether a column holds what the log says, however the two write it."""
    value = kept(said)
    if value == stored and value.__class__ is stored.__class__:
        return True
    if not isinstance(said, dict | list) or not isinstance(stored, str):
        return False
    try:
        return bool(json.loads(stored) == said)
    except ValueError:
        return False


def changed_schema(conn: Connection) -> Iterator[str]:
    """Yield in words every table, index and trigger that is gone, altered, or none of ours."""
    ours, there = expected_schema(), sqlite.schema_of(conn)
    for schema in (ours, there):
        schema.pop(_STEPS, None)
    for one in sorted(ours.keys() - there.keys()):
        yield f"the {one.kind} {one.name} is gone"
    for one in sorted(ours.keys() & there.keys()):
        if ours[one] != there[one]:
            yield f"the {one.kind} {one.name} is not as it was made"
    for one in sorted(there.keys() - ours.keys()):
        yield f"the {one.kind} {one.name} is none of Almoner's"
