"""What follows from an agreement's terms: when it is to be reviewed, and that changed terms are signed again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from domain.core.workdays import add_months
from domain.supervision.sessions import Agreement

if TYPE_CHECKING:
    from storage.records.kind import Data
    from storage.records.unit import Unit

REVIEW = "sup_agreement_review"
_YEAR = 12
SIGNATURES: dict[str, Any] = {
    "signed_worker": None,
    "signed_worker_by": "",
    "signed_supervisor": None,
    "signed_supervisor_by": "",
}


def review_day(unit: Unit, since: date) -> date:
    """Return when an agreement that stands since a day is to be reviewed: by the rule in force, or a year on."""
    rule = unit.packs.rulebook.rule(REVIEW)
    if rule is not None and rule.first is not None and not rule.first.unset and rule.first.unit != "working_days":
        return rule.first.after(since)
    return add_months(since, _YEAR)


def revised(unit: Unit, found: Agreement, changes: Data, seen: int | None = None) -> Agreement:
    """Change an agreement within an act: unless only its end changes, both have to sign it again."""
    same = all(getattr(found, name) == value for name, value in changes.items() if name != "ends")
    return unit.amend_by(Agreement, found.id, {**({} if same else SIGNATURES), **changes}, seen)
