"""Events and council dates of an extract against those on file."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.cases.cases import EventFields
from domain.cases.contradictions import before_birth
from domain.due.records import CouncilDateFields
from storage.importing.compare_cases import Work, update
from storage.importing.diff import Change
from storage.importing.extract import Item
from storage.importing.on_file import Kept, Record

Key = tuple[str, str, date]


def compare_events(work: Work) -> None:
    """Sort events into new, changed and unchanged; several of one kind on one day are one.

    An event's fields do not depend on each other, so each distinct kind with its details is validated once; the case
    has been validated as such, and the day comes from our own parser.
    """
    shapes: dict[Any, dict[str, Any] | None] = {}
    taken: dict[Key, dict[str, Any]] = {}
    for item in work.extract.items["event"]:
        if not _may_stand(work, item):
            continue
        details = _details(work, item, shapes)
        if details is None:
            continue
        data = item.data
        key = (data["case"], data["kind"], data["on"])
        if (before := taken.get(key)) is not None:
            before["details"] = {**details, **before["details"]}
            continue
        source = f"{data['source']}:{item.ref}"[:200] if item.ref else data["source"]
        taken[key] = {**data, "details": details, "note": "", "source": source}
    corrected = _by_source(work.kept)
    for key, row in taken.items():
        _sort_event(work, key, row, corrected)
    work.diff.additions["event"].sort(key=_place_in_day)


def _place_in_day(row: dict[str, Any]) -> tuple[date, int]:
    """Events of one day are kept in an order that makes sense: what ends, what begins, what follows from it."""
    kind = row["kind"]
    if kind.endswith("_ended") or kind == "ceased_looked_after":
        return row["on"], 0
    return row["on"], _WITHIN_DAY.get(kind, 3)


_WITHIN_DAY = {"became_looked_after": 1, "placement_started": 2, "placed_for_adoption": 4}


def _may_stand(work: Work, item: Item) -> bool:
    case, on, kind = work.case_of(item), item.data["on"], item.data["kind"]
    if case is None:
        return False
    if on > work.diff.today:
        work.refuse(item, "on", on, "lies in the future, so it has not happened")
        return False
    born = case["born"]
    if before_birth(kind, on, born):
        work.refuse(item, "on", on, "lies before the birth date")
        return False
    return True


def _details(work: Work, item: Item, shapes: dict[Any, dict[str, Any] | None]) -> dict[str, Any] | None:
    """Return an event's details as they may be kept, or None when they may not."""
    details = item.data["details"]
    shape = (item.data["kind"], *details.items())
    if shape in shapes:
        valid = shapes[shape]
        if valid is None:
            work.refuse(item, "details", "", "its details are not valid")
        return valid
    fields = work.validated(item, EventFields, "event", item.data)
    shapes[shape] = None if fields is None else fields["details"]
    return shapes[shape]


def _by_source(kept: Kept) -> dict[tuple[str, str, str], Record]:
    """Events on file by the number their source gave them, so that a corrected day is a change and no second event."""
    found = {}
    for record in kept.events.values():
        source = record.fields["source"]
        if ":" in source:
            found[record.fields["case"], record.fields["kind"], source] = record
    return found


def _sort_event(work: Work, key: Key, row: dict[str, Any], corrected: dict[tuple[str, str, str], Record]) -> None:
    diff = work.diff
    known = work.kept.events.get(key) or corrected.get((row["case"], row["kind"], row["source"]))
    if known is None:
        diff.additions["event"].append(row)
        return
    after = {**known.fields, "on": row["on"], "details": {**known.fields["details"], **row["details"]}}
    if after == known.fields:
        diff.unchanged["event"] += 1
    else:
        diff.changes["event"].append(Change(known.id, known.fields, after))


def compare_council_dates(work: Work) -> None:
    """Sort the council's own due dates into new, changed and unchanged."""
    taken: dict[Key, tuple[Item, dict[str, Any]]] = {}
    for item in work.extract.items["council-date"]:
        if work.case_of(item) is None:
            continue
        row = work.validated(item, CouncilDateFields, "council-date", item.data)
        if row is None:
            continue
        _, before = taken.setdefault((row["case"], row["kind"], row["due"]), (item, row))
        before["held"] = before["held"] or row["held"]
    for key, (item, row) in taken.items():
        known = work.kept.council.get(key)
        if known is None:
            work.diff.additions["council-date"].append(row)
        else:
            said = {"held": row["held"]} if row["held"] else {}
            update(work, "council-date", item, known, said, CouncilDateFields)
