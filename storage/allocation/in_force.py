"""What is in force on cases on a day, of what the policies read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from domain.cases.in_force import InForce, in_force
from domain.cases.subject import Happening
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs

_EVENTS = """SELECT "case", kind, "on", details, id FROM event WHERE kind IN :kinds AND "on" <= :on"""
_OF_CASES = """ AND "case" IN :cases"""
_IN_ORDER = """ ORDER BY "case", "on", id"""


class _Event(NamedTuple):
    case: str
    kind: str
    on: date
    details: dict[str, Any]
    id: int


def standing(
    conn: Connection, packs: Packs, on: date, cases: Collection[str] | None = None
) -> dict[str, tuple[InForce, ...]]:
    """Return by case what is in force on a day, of what some policy reads; of every case where none are named."""
    specs = [spec for spec in packs.all("in_force").values() if spec["read_by"]]
    if not specs:
        return {}
    kinds = sorted({kind for spec in specs for kind in (*spec["begins"], *spec["ended"])})
    query = _EVENTS + ("" if cases is None else _OF_CASES) + _IN_ORDER
    events: dict[str, list[Happening]] = defaultdict(list)
    for event in conn.each(_Event, query, kinds=kinds, on=on, **({} if cases is None else {"cases": list(cases)})):
        events[event.case].append(Happening(event.kind, event.on, event.details, event.id))
    found = {case: tuple(_now(specs, those, on)) for case, those in events.items()}
    return {case: those for case, those in found.items() if those}


def _now(specs: list[dict[str, Any]], events: list[Happening], on: date) -> list[InForce]:
    return [one for spec in specs if (one := in_force(spec, events, on)) is not None]
