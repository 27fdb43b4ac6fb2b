"""The kinds of record about cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from domain.cases.cases import (
    Allocation,
    AllocationFields,
    Case,
    CaseFields,
    Conflict,
    ConflictFields,
    Event,
    EventFields,
)
from storage.cases import checks
from storage.cases.steps import let_go
from storage.people.former_keys import note_former
from storage.records.kind import Also, Amended, ByHand, Data, Kind, sorted_by_name, touch_nothing
from storage.tables import AllocationRow, CaseRow, ConflictRow, EventRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

_GIVEN = "End it with ends=, and give the case to somebody with: almoner allocate"


def _touched_by_a_case(state: Data) -> Iterator[tuple[str, Any]]:
    """The case, and the children of its sibling group: which of them counts as the first may be another one now."""
    yield "cases", state["reference"]
    if group := state.get("sibling_group"):
        yield "siblings", group


def _amend_case(unit: Unit, found: Case, wanted: Data, seen: int | None) -> Amended:
    """Where the case closes, or closed earlier than was said, let whoever holds it let go that day."""
    on = wanted.get("closed")
    ended = let_go(unit, found.reference, on) if on is not None else ()
    unit.amend_by(Case, found.reference, wanted, seen)
    return Amended(tuple(wanted), ended)


KINDS = (
    Kind(
        "case",
        CaseFields,
        Case,
        CaseRow,
        key="reference",
        touches=_touched_by_a_case,
        complete=sorted_by_name,
        check=checks.of_case,
        renamed=note_former("case"),
        by_hand=ByHand(
            amend=_amend_case,
            instead="Close it: almoner amend case REFERENCE closed=2026-11-20 close_reason=...",
        ),
        also={
            "pathway": Also(
                "pathways",
                "looked_after",
                "child_in_need, child_protection, care_leaver, care_act, carer_support, ...",
            )
        },
    ),
    Kind("event", EventFields, Event, EventRow, check=checks.of_event, by_hand=ByHand(removable=True)),
    Kind(
        "allocation",
        AllocationFields,
        Allocation,
        AllocationRow,
        check=checks.of_allocation,
        by_hand=ByHand(
            elsewhere=dict.fromkeys(("case", "worker", "role"), _GIVEN),
            removable_while=lambda one, today: one.starts > today,
            instead="One that has not begun can be; else end it: almoner amend allocation ID ends=2026-11-20",
        ),
    ),
    Kind("conflict", ConflictFields, Conflict, ConflictRow, touches=touch_nothing, check=checks.of_conflict),
)
