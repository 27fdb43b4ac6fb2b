"""What is done with cases, beyond recording one thing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.cases.cases import Case
from storage.cases.steps import let_go
from storage.records.acts import Changed

if TYPE_CHECKING:
    from storage.records.unit import Unit


def close(unit: Unit, reference: str, on: date, reason: str, seen: int | None = None) -> Changed[Case]:
    """Close a case: whoever holds it lets go that day, and nothing of it stays due."""
    ended = let_go(unit, reference, on)
    case = unit.amend_by(Case, reference, {"closed": on, "close_reason": reason}, seen)
    return Changed(case, ("closed", "close_reason"), ended, unit.finish(f"Closed {reference}"))
