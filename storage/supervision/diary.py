"""When people are away or have a session already: what a booking must not clash with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.dates import show_day
from domain.supervision.scheduling import Away, Booked
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs


def clash(conn: Connection, workers: Sequence[str], on: date, start: str, minutes: int, leaving_out: int = 0) -> str:
    """Return what a session at that time would clash with, in words; empty when nothing of theirs is booked then."""
    planned = booked(conn, workers, planned=True, leaving_out=leaving_out)
    found = next((one for one in planned if one.overlaps(on, start, minutes)), None)
    return f"has a session at {found.start} on {show_day(found.on)}" if found else ""


class Absence(NamedTuple):
    """A spell in which a worker is away altogether; ``kind`` is its reason in the packs."""

    worker: str
    kind: str
    starts: date
    ends: date | None


def spells_away(conn: Connection, packs: Packs, workers: Sequence[str]) -> list[Absence]:
    """Return the spells in which those workers are away altogether, as the reasons in the packs say."""
    query = "SELECT worker, kind, starts, ends FROM reduction WHERE percent = 100 AND worker IN :workers"
    found = conn.all(Absence, query, workers=workers)
    return [one for one in found if packs.get("reduction_reason", one.kind).get("away")]


class _Leaver(NamedTuple):
    staff_id: str
    leaves: date


def absences(conn: Connection, workers: Sequence[str]) -> list[Away]:
    """Return when those workers are away altogether, or have left."""
    packs, found = Packs(conn), []
    for one in spells_away(conn, packs, workers):
        title = packs.get("reduction_reason", one.kind).get("title", one.kind)
        found.append(Away(one.starts, one.ends, f"{one.worker} away ({str(title).lower()})"))
    query = "SELECT staff_id, leaves FROM worker WHERE leaves IS NOT NULL AND staff_id IN :workers"
    leavers = conn.all(_Leaver, query, workers=workers)
    gone = [Away(one.leaves + timedelta(days=1), None, f"{one.staff_id} has left") for one in leavers]
    return [*found, *gone]


class _Session(NamedTuple):
    id: int
    day: date
    start: str
    minutes: int
    supervisor: str
    worker: str


def booked(conn: Connection, workers: Sequence[str], *, planned: bool = False, leaving_out: int = 0) -> list[Booked]:
    """Return the sessions that those workers take part in: planned and held ones, or planned ones alone."""
    states = ("planned",) if planned else ("planned", "held")
    query = """SELECT id, coalesce(held_on, "on") AS day, start, minutes, supervisor, worker FROM session
               WHERE state IN :states AND id <> :leaving_out AND (worker IN :workers OR supervisor IN :workers
               OR id IN (SELECT session FROM attendance WHERE worker IN :workers AND NOT absent))
               ORDER BY day, start"""
    found = conn.all(_Session, query, states=states, leaving_out=leaving_out, workers=workers)
    return [Booked(s.day, s.start, s.minutes, f"{s.supervisor} meets {s.worker}", s.id) for s in found]
