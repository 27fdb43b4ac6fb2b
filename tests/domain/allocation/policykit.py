"""Cases, workers and rules for tests of who may hold what."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.allocation.eligibility import Asked, Beside, Candidate, CaseNeeds, about, findings
from domain.allocation.policies import PolicyPack
from domain.core.enums import Role

ON = date(2026, 11, 20)


def rule(kind: str, **says: Any) -> dict[str, Any]:
    """A rule as readers get it, through the checks a pack goes through."""
    given = {"id": "x", "title": "Rule", "kind": kind, "basis": "local", **says}
    data = {"kind": "policies", "id": "p", "title": "P", "version": "1", "policies": [given]}
    return PolicyPack.model_validate(data).policies[0].as_item()


def case(**says: Any) -> CaseNeeds:
    """A case in child protection, of team North, weighing 10 points."""
    given: dict[str, Any] = {"reference": "C-1", "team": "North", "pathways": ("child_protection",), "points": 1000}
    return CaseNeeds(**{**given, **says})


def worker(**says: Any) -> Candidate:
    """A social worker of team North who carries 50 of 100 points."""
    given: dict[str, Any] = {"staff_id": "W2", "name": "Okafor, Chidi", "team": "North", "grade": "children-sw"}
    return Candidate(**{**given, "points": 5000, "capacity": 10_000, "cases": 6, **says})


def colleague(**says: Any) -> Beside:
    """A registered, experienced co-worker on the case."""
    given: dict[str, Any] = {"worker": "W9", "role": Role.CO_WORKER, "registered": True, "newly_qualified": False}
    return Beside(**{**given, **says})


def said(a_rule: dict[str, Any], a_case: CaseNeeds, a_worker: Candidate, **asked: Any) -> list[str]:
    """The words of what one rule says against a worker."""
    wanted = Asked(**{"on": ON, **asked})
    return [f.words for f in findings(about([a_rule], a_case, wanted.role), a_case, a_worker, wanted)]
