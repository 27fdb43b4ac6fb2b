"""Narrow reads for lists and dashboards: rows, never entities, on the plain driver. The one door for readers.

Nothing behind it needs SQLModel, pydantic or the packs' files: what packs say stands in ``pack_item``. Names of
persons served are in the rows; whoever shows them decides whether to.
"""

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
from storage.duelist import DueLine, due, status
from storage.needs import Need, needs_you
from storage.reading import Packs, day

__all__ = [
    "AllocationLine", "CaseCard", "CaseLine", "ChangeLine", "DueLine", "EventLine", "Hit", "Need", "Packs",
    "TeamLine", "UnallocatedLine", "WeightingLine", "WorkerLine", "bands", "case_allocations", "case_card",
    "case_events", "case_weightings", "day", "due", "find", "history", "needs_you", "reductions_today", "status",
    "team_board", "teams", "unallocated", "unallocated_cases", "worker_capacity", "worker_cases",
]  # fmt: skip
