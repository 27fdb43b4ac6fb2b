"""The narrow read behind `list` and `show`: records as they are kept.

Points, hours and FTE come as the hundredths they are kept in; days as dates.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.core.dates import FROM_UNTIL
from domain.core.errors import BadInput
from domain.core.identifiers import identifier
from domain.core.text import whole_number
from storage.database.connection import Connection
from storage.records.listed import DAYS, FLAGS, SEVERAL, Listed
from storage.rules.kept_packs import Packs

_BESIDE = frozenset({"version", "changed_by", "changed_at", "sort_key"})  # columns that are not the record's own

# Kinds that packs hold, by the word a person uses.
PACKED = {
    "event-kind": "event_kind", "grade": "grade", "scheme": "scheme", "rule": "rule", "policy": "policy",
    "factor": "factor", "specialism": "specialism", "in-force": "in_force",
    "framework": "framework", "programme": "programme", "format": "format", "reduction-reason": "reduction_reason",
    "ramp": "ramp", "standard": "standard", "missed-reason": "missed_reason", "discussion-interval": "discussed",
    "ladder": "ladder", "nudge": "nudge", "tolerance": "tolerance", "registration-kind": "registration_kind",
    "training": "training", "progression": "progression",
}  # fmt: skip


def records(
    conn: Connection,
    kind: str,
    listed: Listed,
    today: date,
    *,
    team: str | None = None,
    worker: str | None = None,
    case: str | None = None,
    of_kind: str | None = None,
    open_only: bool = False,
    own: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the records of a kind that fit, as they stand on a day; with ``own`` what they hold themselves.

    Raises BadInput for a filter that means nothing for the kind.
    """
    given = {"team": team, "worker": worker, "case": case, "kind": of_kind, "open": open_only or None}
    where = " AND ".join(_condition(kind, listed, name) for name, value in given.items() if value is not None)
    where = " AND ".join((where or "1 = 1", *([listed.shown] if listed.shown and not own else [])))
    query = f"SELECT * FROM {listed.standing(own)} WHERE {where} ORDER BY {listed.order}"  # noqa: S608
    yield from (_record(row, listed) for row in conn.rows(query, **given, today=today))


def _condition(kind: str, listed: Listed, name: str) -> str:
    if name not in listed.filters:
        known = ", ".join(f"--{one}" for one in listed.filters)
        raise BadInput(f"A {kind} cannot be chosen by --{name}.", field=name, hint=f"These work here: {known}.")
    return listed.filters[name]


def record(conn: Connection, listed: Listed, key: str, today: date, *, own: bool = False) -> dict[str, Any] | None:
    """Return one record by its key, or None: as it stands on a day, or with ``own`` what it holds itself."""
    if listed.key == "id" and whole_number(key) is None:
        return None
    keys = [key] if listed.key == "id" else list({key, identifier(key)})
    query = f"SELECT * FROM {listed.standing(own)} WHERE {listed.key} IN :keys"  # noqa: S608
    found = conn.rows(query, keys=keys, today=today)
    return _record(found[0], listed) if found else None


def periods(conn: Connection, listed: Listed, key: str) -> list[dict[str, Any]]:
    """Return what was or will be otherwise of a record for a time, in order; null is said of what there was none."""
    query = f"""SELECT * FROM {listed.dated}_period WHERE {listed.dated} = :key
        ORDER BY starts IS NOT NULL, starts, ends IS NULL, ends, id"""  # noqa: S608
    return [_period(row, listed) for row in conn.rows(query, key=key)]


def _period(row: Mapping[str, Any], listed: Listed) -> dict[str, Any]:
    values = {name: _value(name, value) for name, value in row.items() if name not in {*_BESIDE, "id", listed.dated}}
    days, without = {word: values.pop(name) for word, name in FROM_UNTIL.items()}, values.pop("without")
    return {**days, **{name: value for name, value in values.items() if value is not None or name in without}}


def _record(row: Mapping[str, Any], listed: Listed) -> dict[str, Any]:
    called = {column: word for word, column in listed.written.items()}
    return {called.get(name, name): _value(name, value) for name, value in row.items() if name not in _BESIDE}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in SEVERAL:
        return json.loads(value)
    if name in DAYS:
        return date.fromisoformat(value)
    return bool(value) if name in FLAGS else value


def packed(conn: Connection, kind: str) -> list[dict[str, Any]]:
    """Return what the packs in force say about a kind, in their order."""
    keyed = "kind" if kind == "event-kind" else "id"
    return [{keyed: key, **data} for key, data in Packs(conn).all(PACKED[kind]).items()]
