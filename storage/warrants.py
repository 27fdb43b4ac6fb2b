"""Who is registered on a day, and who holds a warrant: events and registration records of workers taken together."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.eligibility import lapses
from storage.reading import Packs, day
from storage.registrations import Span, spans

_REGULATOR = ("registration_renewed",)
_EVENTS = """
SELECT worker, max(CASE kind WHEN 'registration_ended' THEN "on" END),
  max(CASE kind WHEN 'registration_renewed' THEN "on" END)
FROM worker_event WHERE kind IN ('registration_ended', 'registration_renewed') AND "on" <= ? GROUP BY worker
"""


class Warrant(NamedTuple):
    """An approval: from which day, and the last day it counts where it has an end of its own."""

    given: date
    until: date | None = None


def unregistered(conn: sqlite3.Connection, on: date) -> set[str]:
    """Return the workers whose registration was ended or ran out, as last recorded by an event or a registration."""
    told = {worker: (day(ended), day(renewed)) for worker, ended, renewed in conn.execute(_EVENTS, (on.isoformat(),))}
    kept: dict[str, list[Span]] = defaultdict(list)
    for span in _recorded(conn, None, _REGULATOR, on):
        kept[span.worker].append(span)
    return {who for who in told.keys() | kept.keys() if _ended(*told.get(who, (None, None)), kept.get(who, ()), on)}


def _ended(ended: date | None, renewed: date | None, kept: Iterable[Span], on: date) -> bool:
    """Whether a registration has ended: a renewal counts in the weeks before it runs out, and from an end on."""
    granted = [span.granted for span in kept if span.counts(on)]
    if ended is None:
        last = max(((span.until, span.renewal_from) for span in kept if span.until), default=None)
        return last is not None and not granted and (renewed is None or (last[1] is not None and renewed < last[1]))
    return all(found < ended for found in (*granted, *([renewed] if renewed else ())))


def approvals(conn: sqlite3.Connection, packs: Packs, policies: Iterable[Mapping[str, Any]], on: date) -> Approvals:
    """Return, by worker and policy, the approval that stands on a day, or the last one that did."""
    warrants = {one["id"]: one["warrant"] for one in policies if one["kind"] == "warrant"}
    found, ended = _by_events(conn, warrants, on)
    for policy, said in warrants.items():
        for span in _recorded(conn, packs, (said["event"],), on, said):
            gone = ended.get((span.worker, policy))
            if gone is None or gone <= span.granted:
                found[span.worker].setdefault(policy, []).append(Warrant(span.granted, span.until))
    return {
        worker: {policy: _best(given, warrants[policy], on) for policy, given in own.items()}
        for worker, own in found.items()
    }


Approvals = dict[str, dict[str, Warrant]]
_Found = dict[str, dict[str, list[Warrant]]]


def _best(given: Iterable[Warrant], said: Mapping[str, Any], on: date) -> Warrant:
    def standing(one: Warrant) -> tuple[bool, date]:
        last = lapses(said, one.given)
        return on <= (min(last, one.until) if one.until else last), one.given

    return max(given, key=standing)


def _by_events(
    conn: sqlite3.Connection, warrants: Mapping[str, Mapping[str, Any]], on: date
) -> tuple[_Found, dict[tuple[str, str], date]]:
    """Return the approvals that events give and did not end since, and on which day each was last ended."""
    kinds = {kind for said in warrants.values() for kind in (said["event"], *said["ended"])}
    query = """SELECT worker, kind, details, "on" FROM worker_event
        WHERE kind IN (SELECT value FROM json_each(?)) AND "on" <= ? ORDER BY "on", id"""
    found: _Found = defaultdict(dict)
    ended: dict[tuple[str, str], date] = {}
    for worker, kind, details, happened in conn.execute(query, (json.dumps(sorted(kinds)), on.isoformat())):
        for policy, said in warrants.items():
            if kind in said["ended"]:
                found[worker].pop(policy, None)
                ended[worker, policy] = date.fromisoformat(happened)
            elif kind == said["event"] and says(said, json.loads(details)):
                found[worker][policy] = [Warrant(date.fromisoformat(happened))]
    return found, ended


def _recorded(
    conn: sqlite3.Connection,
    packs: Packs | None,
    giving: tuple[str, ...],
    on: date,
    said: Mapping[str, Any] | None = None,
) -> Iterator[Span]:
    """Yield the registrations begun by a day whose kind gives one of those events, with the details asked for."""
    if conn.execute("SELECT 1 FROM registration LIMIT 1").fetchone() is None:
        return
    for span, kind in spans(conn, packs or Packs(conn), giving):
        if span.granted <= on and (said is None or says(said, kind.get("details", {}))):
            yield span


def says(warrant: Mapping[str, Any], details: Mapping[str, Any]) -> bool:
    """Whether an event's details are those that a warrant asks for."""
    name = warrant.get("detail")
    return name is None or details.get(name) == warrant.get("is")
