"""The narrow read behind `list` and `show`: records as they are kept, on the plain driver.

Points and FTE come as the hundredths they are kept in; days as dates.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.errors import BadInput
from storage.reading import HOLDS, Packs

_OF_CASE = '"case" IN (SELECT reference FROM cases WHERE team = :team)'
_OF_WORKER = "worker IN (SELECT staff_id FROM worker WHERE team = :team)"
_HELD = f"""reference IN (SELECT a."case" FROM allocation a WHERE a.worker = :worker AND {HOLDS})"""  # noqa: S608
_HELD_CASE = f""""case" IN (SELECT a."case" FROM allocation a WHERE a.worker = :worker AND {HOLDS})"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a kind is kept, its key, its order, and what each filter means for it."""

    table: str
    key: str
    order: str
    filters: Mapping[str, str]


_OWN = {"kind": "kind = :kind", "case": '"case" = :case', "worker": "worker = :worker"}
_STAFF = {"team": "team = :team", "worker": "(staff_id = :worker OR supervisor = :worker)"}
_KEPT = {
    "team": _Kept("team", "name", "sort_key", {"team": "name = :team"}),
    "worker": _Kept(
        "worker", "staff_id", "sort_key", _STAFF
    ),
    "reduction": _Kept("reduction", "id", "worker, starts", {"team": _OF_WORKER, "worker": _OWN["worker"]}),
    "worker-event": _Kept(
        "worker_event", "id", 'worker, "on", id',
        {"team": _OF_WORKER, "worker": _OWN["worker"], "kind": _OWN["kind"]},
    ),
    "case": _Kept(
        "cases", "reference", "reference",
        {"team": "team = :team", "worker": _HELD, "case": "reference = :case", "open": "closed IS NULL",
         "kind": "pathways LIKE '%\"' || :kind || '\"%'"},
    ),
    "event": _Kept(
        "event", "id", '"case", "on", id',
        {"team": _OF_CASE, "worker": _HELD_CASE, "case": _OWN["case"], "kind": _OWN["kind"]},
    ),
    "allocation": _Kept(
        "allocation", "id", '"case", starts, id',
        {"team": _OF_CASE, **_OWN, "open": "ends IS NULL", "kind": "role = :kind"},
    ),
    "weighting": _Kept(
        "weighting", "id", '"case", "on", id',
        {"team": _OF_CASE, "worker": _HELD_CASE, "case": _OWN["case"], "kind": "scheme = :kind"},
    ),
    "session": _Kept(
        "session", "id", '"on", worker, id',
        {"team": _OF_WORKER, "worker": "(worker = :worker OR supervisor = :worker)", "open": "state = 'planned'",
         "kind": "state = :kind"},
    ),
    "postponement": _Kept(
        "postponement", "id", '"to", id',
        {"team": _OF_CASE, "worker": _OWN["worker"], "case": _OWN["case"], "kind": "rule = :kind"},
    ),
    "override": _Kept(
        "override", "id", '"case", decided_on, id',
        {"team": _OF_CASE, "worker": _HELD_CASE, "case": _OWN["case"], "kind": "rule = :kind",
         "open": "ended_on IS NULL"},
    ),
    "council-date": _Kept(
        "council_date", "id", '"case", due, id',
        {"team": _OF_CASE, "worker": _HELD_CASE, "case": _OWN["case"], "kind": _OWN["kind"], "open": "held IS NULL"},
    ),
    "extra": _Kept("extra", "id", "worker, starts, id", {"team": _OF_WORKER, "worker": _OWN["worker"]}),
    "unplanned": _Kept(
        "unplanned", "id", '"on", id', {"team": _OF_WORKER, "worker": _OWN["worker"], "case": _OWN["case"]}
    ),
    "concern": _Kept(
        "concern", "id", "raised_on, id",
        {"team": _OF_WORKER, "worker": _OWN["worker"], "open": "closed_on IS NULL"},
    ),
    "conflict": _Kept(
        "conflict", "id", '"case", starts, id',
        {"team": _OF_CASE, "worker": _OWN["worker"], "case": _OWN["case"], "kind": "why = :kind",
         "open": "ends IS NULL"},
    ),
    "agreement": _Kept(
        "agreement", "id", "worker, starts, id",
        {"team": _OF_WORKER, "worker": "(worker = :worker OR supervisor = :worker)", "kind": _OWN["kind"],
         "open": "(ends IS NULL OR ends > :today)"},
    ),
    "attendance": _Kept("attendance", "id", "session, id", {"team": _OF_WORKER, "worker": _OWN["worker"]}),
    "discussion": _Kept(
        "discussion", "id", "session, id", {"team": _OF_CASE, "case": _OWN["case"], "kind": "topic = :kind"}
    ),
    "amendment": _Kept("amendment", "id", "session, id", {"team": _OF_CASE, "case": _OWN["case"]}),
    "rating": _Kept("rating", "id", '"case", "on", id', {"team": _OF_CASE, "case": _OWN["case"]}),
    "decision": _Kept(
        "decision", "id", '"on", id',
        {"team": _OF_CASE, **_OWN, "kind": "body = :kind", "open": "followed_on IS NULL"},
    ),
    "action": _Kept(
        "action", "id", "due, id",
        {"team": f"(owner IN (SELECT staff_id FROM worker WHERE team = :team) OR {_OF_CASE})",  # noqa: S608
         "worker": "owner = :worker", "case": _OWN["case"], "open": "done_on IS NULL AND dropped_on IS NULL"},
    ),
    "agenda-item": _Kept(
        "agenda_item", "id", '"on", id',
        {"team": _OF_WORKER, "worker": _OWN["worker"], "case": _OWN["case"], "open": "closed_on IS NULL"},
    ),
    "disagreement": _Kept(
        "disagreement", "id", "raised_on, id",
        {"team": _OF_WORKER, "worker": _OWN["worker"], "case": _OWN["case"], "kind": "stage = :kind",
         "open": "ended_on IS NULL"},
    ),
    "learning-need": _Kept(
        "learning_need", "id", "worker, raised_on, id",
        {"team": _OF_WORKER, "worker": _OWN["worker"], "kind": "source = :kind", "open": "ended_on IS NULL"},
    ),
    "evidence": _Kept(
        "evidence", "id", 'worker, "on", id', {"team": _OF_WORKER, "worker": _OWN["worker"], "kind": _OWN["kind"]}
    ),
    "cpd": _Kept("cpd", "id", 'worker, "on", id', {"team": _OF_WORKER, "worker": _OWN["worker"]}),
    "registration": _Kept(
        "registration", "id", "worker, kind, granted",
        {"team": _OF_WORKER, "worker": _OWN["worker"], "kind": _OWN["kind"], "open": "ended_on IS NULL"},
    ),
    "programme": _Kept(
        "programme", "id", "worker, starts, id",
        {"team": _OF_WORKER, "worker": "(worker = :worker OR educator = :worker OR on_site = :worker)",
         "kind": _OWN["kind"], "open": "ended_on IS NULL"},
    ),
    "milestone": _Kept("milestone", "id", 'programme, "on", id', {"kind": _OWN["kind"]}),
    "placement-day": _Kept("placement_day", "id", 'programme, "on"', {"kind": _OWN["kind"]}),
    "closure": _Kept("closure", "id", "programme, starts", {}),
    "calendar-choice": _Kept("calendar_choice", "id", "worker", {"team": _OF_WORKER, "worker": _OWN["worker"]}),
    "calendar-settings": _Kept("calendar_settings", "id", "id", {}),
    "plan": _Kept("plan", "name", "made_on, name", {"team": "team = :team", "open": "applied_on IS NULL"}),
}  # fmt: skip
_JSON = frozenset(
    (
        "pathways", "factors", "specialisms", "details", "answers", "areas", "must_have", "prefers", "overruled",
        "scenario", "result", "covers", "agenda", "domains", "pattern", "settings",
        "kinds", "leads",
    )
)  # fmt: skip
_FLAGS = frozenset({"agency", "absent", "private", "peer", "by_mail", "initials_allowed"})
_DAYS = frozenset(
    (
        "opened", "closed", "born", "expected_birth", "threshold_met", "on", "starts", "ends", "started", "leaves",
        "held_on", "to", "due", "held", "decided_on", "review_on", "ended_on", "raised_on", "answered_on", "closed_on",
        "made_on", "applied_on", "agreed_worker", "agreed_supervisor", "signed_worker", "signed_supervisor",
        "moved_from",
        "rebook_by", "recorded_on", "agreed_on", "follow_by", "followed_on", "set_on", "done_on", "dropped_on",
        "parked_until", "stage_on", "approved_on", "submitted_on", "granted", "expires",
    )
)  # fmt: skip
_KEEPING = frozenset({"version", "changed_by", "changed_at", "sort_key"})

# Kinds that packs hold, by the word a person uses; those of later packs are empty until then.
PACKED = {
    "event-kind": "event_kind", "grade": "grade", "scheme": "scheme", "rule": "rule", "policy": "policy",
    "framework": "framework", "programme": "programme", "format": "format", "reduction-reason": "reduction_reason",
    "ramp": "ramp", "standard": "standard", "missed-reason": "missed_reason", "discussion-interval": "discussed",
    "ladder": "ladder", "nudge": "nudge", "registration-kind": "registration_kind", "training": "training",
    "progression": "progression",
}  # fmt: skip


def records(
    conn: sqlite3.Connection,
    kind: str,
    today: date,
    *,
    team: str | None = None,
    worker: str | None = None,
    case: str | None = None,
    of_kind: str | None = None,
    open_only: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the records of a kind that fit; raises BadInput for a filter that means nothing for it."""
    kept = _KEPT[kind]
    given = {"team": team, "worker": worker, "case": case, "kind": of_kind, "open": open_only or None}
    where = [_condition(kind, kept, name) for name, value in given.items() if value is not None]
    query = f"SELECT * FROM {kept.table} WHERE {' AND '.join(where) or '1 = 1'} ORDER BY {kept.order}"  # noqa: S608
    cursor = conn.execute(query, {**given, "today": today.isoformat()})
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield _record(names, row)


def _condition(kind: str, kept: _Kept, name: str) -> str:
    if name not in kept.filters:
        known = ", ".join(f"--{one}" for one in kept.filters)
        raise BadInput(f"A {kind} cannot be chosen by --{name}.", field=name, hint=f"These work here: {known}.")
    return kept.filters[name]


def record(conn: sqlite3.Connection, kind: str, key: str) -> dict[str, Any] | None:
    """Return one record by its key, or None."""
    kept = _KEPT[kind]
    if kept.key == "id" and not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    cursor = conn.execute(f"SELECT * FROM {kept.table} WHERE {kept.key} = ?", (key,))  # noqa: S608
    names = [column[0] for column in cursor.description]
    row = cursor.fetchone()
    return None if row is None else _record(names, row)


def _record(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in zip(names, row, strict=True) if name not in _KEEPING}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _JSON:
        return json.loads(value)
    if name in _DAYS:
        return date.fromisoformat(value)
    return bool(value) if name in _FLAGS else value


def packed(conn: sqlite3.Connection, kind: str) -> list[dict[str, Any]]:
    """Return what the packs in force say about a kind, in their order."""
    keyed = "kind" if kind == "event-kind" else "id"
    return [{keyed: key, **data} for key, data in Packs(conn).all(PACKED[kind]).items()]
