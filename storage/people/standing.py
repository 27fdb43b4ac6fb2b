"""Who is registered on a day, and who holds a warrant: events and registration records of workers taken together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.allocation.eligibility import lapses
from domain.allocation.known_words import fold
from storage.database.connection import Connection
from storage.people.registration_spans import Span, spans
from storage.rules.kept_packs import Packs

_REGULATOR = ("registration_renewed",)
_CHANGES = """
SELECT worker, max(CASE kind WHEN 'registration_ended' THEN "on" END) AS ended,
  max(CASE kind WHEN 'registration_renewed' THEN "on" END) AS renewed
FROM worker_event WHERE kind IN ('registration_ended', 'registration_renewed') AND "on" <= :on GROUP BY worker
"""
_EVENTS = """SELECT worker, kind, details, "on" FROM worker_event
WHERE kind IN :kinds AND "on" <= :on ORDER BY "on", id"""


class _Change(NamedTuple):
    """When the registration of a worker was last ended and last renewed, by the events recorded."""

    worker: str
    ended: date | None = None
    renewed: date | None = None


class _Event(NamedTuple):
    worker: str
    kind: str
    details: Mapping[str, Any]
    on: date


class Warrant(NamedTuple):
    """An approval: the day it was given, and the last day it counts where it has an end of its own."""

    given: date
    until: date | None = None


def unregistered(conn: Connection, on: date) -> set[str]:
    """Return the workers whose registration was ended or ran out, as last recorded by an event or a registration."""
    changes = {change.worker: change for change in conn.all(_Change, _CHANGES, on=on)}
    kept: dict[str, list[Span]] = defaultdict(list)
    for span in _recorded(conn, None, _REGULATOR, on):
        kept[span.worker].append(span)
    workers = changes.keys() | kept.keys()
    return {who for who in workers if _ended(changes.get(who, _Change(who)), kept.get(who, ()), on)}


def _ended(change: _Change, kept: Iterable[Span], on: date) -> bool:
    """Whether a registration has ended: a renewal counts in the weeks before it runs out, and from an end on."""
    ended, renewed = change.ended, change.renewed
    granted = [span.granted for span in kept if span.counts(on)]
    if ended is None:
        last = max(((span.until, span.renewal_from) for span in kept if span.until), default=None)
        return last is not None and not granted and (renewed is None or (last[1] is not None and renewed < last[1]))
    return all(found < ended for found in (*granted, *([renewed] if renewed else ())))


def approvals(conn: Connection, packs: Packs, policies: Iterable[Mapping[str, Any]], on: date) -> Approvals:
    """Return, by worker and policy, the approval that counts on a day, or the last one that did."""
    warrants = {one["id"]: one["warrant"] for one in policies if one["kind"] == "warrant"}
    found, ended = _by_events(conn, warrants, on)
    for policy, warrant in warrants.items():
        for span in _recorded(conn, packs, (warrant["event"],), on, warrant):
            gone = ended.get((span.worker, policy))
            if gone is None or gone <= span.granted:
                found[span.worker].setdefault(policy, []).append(Warrant(span.granted, span.until))
    return {
        worker: {policy: _best(given, warrants[policy], on) for policy, given in own.items()}
        for worker, own in found.items()
    }


Approvals = dict[str, dict[str, Warrant]]
_Found = dict[str, dict[str, list[Warrant]]]


def _best(given: Iterable[Warrant], warrant: Mapping[str, Any], on: date) -> Warrant:
    def standing(one: Warrant) -> tuple[bool, date]:
        last = lapses(warrant, one.given)
        return on <= (min(last, one.until) if one.until else last), one.given

    return max(given, key=standing)


def _by_events(
    conn: Connection, warrants: Mapping[str, Mapping[str, Any]], on: date
) -> tuple[_Found, dict[tuple[str, str], date]]:
    """Return the approvals that events gave and have not ended since, and the day on which each was last ended."""
    kinds = {kind for warrant in warrants.values() for kind in (warrant["event"], *warrant["ended"])}
    found: _Found = defaultdict(dict)
    ended: dict[tuple[str, str], date] = {}
    for event in conn.each(_Event, _EVENTS, kinds=sorted(kinds), on=on):
        for policy, warrant in warrants.items():
            if event.kind in warrant["ended"]:
                found[event.worker].pop(policy, None)
                ended[event.worker, policy] = event.on
            elif event.kind == warrant["event"] and says(warrant, event.details):
                found[event.worker][policy] = [Warrant(event.on)]
    return found, ended


def _recorded(
    conn: Connection, packs: Packs | None, giving: tuple[str, ...], on: date, warrant: Mapping[str, Any] | None = None
) -> Iterator[Span]:
    """Yield the registrations granted by a day whose kind gives one of those events, as the warrant asks for it."""
    if conn.value("SELECT 1 FROM registration LIMIT 1") is None:
        return
    for span, kind in spans(conn, packs or Packs(conn), giving):
        if span.granted <= on and (warrant is None or says(warrant, kind.get("details", {}))):
            yield span


def says(warrant: Mapping[str, Any], details: Mapping[str, Any]) -> bool:
    """Whether an event's details are those that a warrant asks for; capitals and hyphens make no other word."""
    name = warrant.get("detail")
    if name is None:
        return True
    given, asked = details.get(name), warrant.get("is")
    return fold(given) == fold(asked) if isinstance(given, str) and isinstance(asked, str) else given == asked
