"""Who holds which case: one allocated worker at a time, nobody before the case opened, nobody after it closed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from domain.cases.cases import AllocationFields
from domain.core.enums import Role
from storage.importing.compare_cases import Work
from storage.importing.diff import Change
from storage.importing.extract import Item
from storage.importing.on_file import Record

UNDATED = "undated"

Spell = tuple[Item, dict[str, Any]]


def compare_allocations(work: Work) -> None:
    """Fill the difference with allocations, case by case."""
    per_case: dict[str, list[Spell]] = defaultdict(list)
    for item in work.extract.items["allocation"]:
        row = _sound(work, item)
        if row is not None:
            per_case[row["case"]].append((item, row))
    for case, spells in per_case.items():
        _one_case(work, case, spells)
    for case in work.cases:
        if case not in per_case:
            _end_when_closed(work, case, set())


def _sound(work: Work, item: Item) -> dict[str, Any] | None:
    """Return the fields of an allocation that can stand by itself, or None."""
    data = {name: value for name, value in item.data.items() if name != UNDATED}
    case = work.case_of(item)
    if case is None:
        return None
    worker = work.workers.get(data["worker"])
    if worker is None:
        work.refuse(item, "worker", data["worker"], "there is no such worker here, or the row was set aside")
        return None
    starts = data["starts"]
    if starts < case["opened"]:
        work.refuse(item, "starts", starts, f"lies before the case opened ({case['opened']:%d/%m/%Y})")
        return None
    if worker["leaves"] is not None and starts > worker["leaves"]:
        work.refuse(item, "starts", starts, "lies after the worker left")
        return None
    if case["closed"] is not None and not _within(work, item, data, case["closed"]):
        return None
    return work.validated(item, AllocationFields, "allocation", data)


def _within(work: Work, item: Item, data: dict[str, Any], closed: date) -> bool:
    """Whether an allocation began before the case closed; one that goes on after that ends with the case."""
    if data["starts"] > closed:
        work.refuse(item, "starts", data["starts"], f"lies after the case closed ({closed:%d/%m/%Y})")
        return False
    if data.get("ends") is None or data["ends"] > closed:
        data["ends"] = closed
    return True


def _one_case(work: Work, case: str, spells: list[Spell]) -> None:
    used: set[int] = set()
    new: list[Spell] = []
    for item, row in _untangled(work, spells):
        known = _known(work.kept.allocations.get(case, []), item, row, used)
        if known is None:
            new.append((item, row))
        else:
            used.add(known.id)
            _sort_known(work, item, known, row)
    for item, row in new:
        if row["role"] is not Role.ALLOCATED or _makes_room(work, case, item, row, used):
            work.diff.additions["allocation"].append(row)
    _end_when_closed(work, case, used)


def _untangled(work: Work, spells: list[Spell]) -> list[Spell]:
    """Return the spells without repeats, and with each allocated worker's ended by the next one's start."""
    once: dict[tuple[Any, ...], Spell] = {}
    for item, row in sorted(spells, key=lambda s: (s[1]["starts"], s[1]["ends"] or date.max)):
        once.setdefault((row["worker"], row["role"], row["starts"]), (item, row))
    others = [spell for spell in once.values() if spell[1]["role"] is not Role.ALLOCATED]
    allocated: list[Spell] = []
    for item, row in (spell for spell in once.values() if spell[1]["role"] is Role.ALLOCATED):
        if allocated and not _follows(work, allocated[-1], item, row):
            continue
        allocated.append((item, row))
    return allocated + others


def _follows(work: Work, last: Spell, item: Item, row: dict[str, Any]) -> bool:
    before = last[1]
    if before["ends"] is not None and before["ends"] <= row["starts"]:
        return True
    if before["starts"] == row["starts"]:
        work.refuse(item, "worker", row["worker"], "a second allocated worker from the same day")
        return False
    work.note(
        last[0],
        "ends",
        before["ends"],
        f"overlaps the next allocated worker's time; ended on {row['starts']:%d/%m/%Y}, when that began",
    )
    before["ends"] = row["starts"]
    return True


def _known(held: list[Record], item: Item, row: dict[str, Any], used: set[int]) -> Record | None:
    """The allocation on file that a row speaks of: the same start, or the one that is still open."""
    same = [
        r for r in held if r.id not in used and (r.fields["worker"], r.fields["role"]) == (row["worker"], row["role"])
    ]
    exact = next((r for r in same if r.fields["starts"] == row["starts"]), None)
    if exact is not None or (row["ends"] is not None and not item.data.get(UNDATED)):
        return exact
    return next((r for r in same if r.fields["ends"] is None), None)


def _sort_known(work: Work, item: Item, known: Record, row: dict[str, Any]) -> None:
    said = {"ends": row["ends"], "reason": row["reason"]}
    if not item.data.get(UNDATED):
        said["starts"] = row["starts"]
    changes = {name: value for name, value in said.items() if value is not None and known.fields[name] != value}
    if not changes:
        work.diff.unchanged["allocation"] += 1
        return
    after = work.validated(item, AllocationFields, "allocation", {**known.fields, **changes})
    if after is not None:
        closes = after["ends"] is not None and known.fields["ends"] is None
        work.diff.changes["allocation"].append(Change(known.id, known.fields, after, closes))


def _makes_room(work: Work, case: str, item: Item, row: dict[str, Any], used: set[int]) -> bool:
    """Whether a new allocated worker can begin: one on file who still holds the case ends on that day."""
    for record in work.kept.allocations.get(case, []):
        held = record.fields
        if record.id in used or held["role"] is not Role.ALLOCATED or not _overlap(held, row):
            continue
        if held["ends"] is not None or held["starts"] > row["starts"]:
            work.refuse(
                item, "starts", row["starts"], f"{held['worker']} holds the case from {held['starts']:%d/%m/%Y} on file"
            )
            return False
        used.add(record.id)
        work.diff.changes["allocation"].append(Change(record.id, held, {**held, "ends": row["starts"]}, closes=True))
    return True


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two allocations share a day; one that ends on the day it begins has none."""
    if any(spell["ends"] == spell["starts"] for spell in (one, other)):
        return False
    return (other["ends"] is None or one["starts"] < other["ends"]) and (
        one["ends"] is None or other["starts"] < one["ends"]
    )


def _end_when_closed(work: Work, case: str, used: set[int]) -> None:
    """End what goes on after a case closed, by what this import or the file says of it."""
    known = work.kept.cases.get(case)
    closed = work.cases[case]["closed"]
    if known is None or closed is None:
        return
    for record in work.kept.allocations.get(case, []):
        held = record.fields
        ends = max(closed, held["starts"])  # what began only after the case closed was never held
        if record.id not in used and (held["ends"] is None or held["ends"] > ends):
            work.diff.changes["allocation"].append(Change(record.id, held, {**held, "ends": ends}, closes=True))
