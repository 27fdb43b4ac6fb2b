"""Narrow reads for lists and dashboards: rows, never entities, on the plain driver. The one door for readers.

Nothing behind it needs SQLModel, pydantic or the packs' files: what packs say stands in ``pack_item``. Names of
persons served are in the rows; whoever shows them decides whether to.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from domain.dates import status
    from storage.board import (
        TeamLine,
        UnallocatedLine,
        WorkerLine,
        bands,
        reductions_today,
        team_board,
        teams,
        unallocated,
        worker_capacity,
    )
    from storage.cards import (
        AllocationLine,
        CaseCard,
        ChangeLine,
        EventLine,
        Hit,
        WeightingLine,
        case_allocations,
        case_card,
        case_events,
        case_weightings,
        find,
        history,
    )
    from storage.caselist import CaseLine, unallocated_cases, worker_cases
    from storage.duelist import DueLine, due
    from storage.needs import Need, needs_you
    from storage.reading import Packs, day

# The first screen needs two of these rooms only: the others are opened when somebody asks for what is in them.
_ROOMS = {
    "storage.board": (
        "TeamLine",
        "UnallocatedLine",
        "WorkerLine",
        "bands",
        "reductions_today",
        "team_board",
        "teams",
        "unallocated",
        "worker_capacity",
    ),
    "storage.cards": (
        "AllocationLine",
        "CaseCard",
        "ChangeLine",
        "EventLine",
        "Hit",
        "WeightingLine",
        "case_allocations",
        "case_card",
        "case_events",
        "case_weightings",
        "find",
        "history",
    ),
    "storage.caselist": (
        "CaseLine",
        "unallocated_cases",
        "worker_cases",
    ),
    "storage.duelist": (
        "DueLine",
        "due",
    ),
    "domain.dates": ("status",),
    "storage.needs": (
        "Need",
        "needs_you",
    ),
    "storage.reading": (
        "Packs",
        "day",
    ),
}
_PLACE = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _PLACE:
        raise AttributeError(name)
    found = globals()[name] = getattr(import_module(_PLACE[name]), name)
    return found


__all__ = [
    "AllocationLine", "CaseCard", "CaseLine", "ChangeLine", "DueLine", "EventLine", "Hit", "Need", "Packs",
    "TeamLine", "UnallocatedLine", "WeightingLine", "WorkerLine", "bands", "case_allocations", "case_card",
    "case_events", "case_weightings", "day", "due", "find", "history", "needs_you", "reductions_today", "status",
    "team_board", "teams", "unallocated", "unallocated_cases", "worker_capacity", "worker_cases",
]  # fmt: skip
