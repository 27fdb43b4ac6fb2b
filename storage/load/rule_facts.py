"""What workload concerns mean to the rules: answered, with the day on which the answer is looked at again; closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.cases.subject import Happening
from storage.database.connection import Connection
from storage.due.subjects import WorkerDraft
from storage.rules.kept_packs import Packs


class _Concern(NamedTuple):
    id: int
    worker: str
    answered_on: date
    review_on: date | None
    closed_on: date | None


_CONCERNS = """SELECT id, worker, answered_on, review_on, closed_on FROM concern
               WHERE worker IN :workers AND answered_on IS NOT NULL"""


def of_concerns(conn: Connection, drafts: Mapping[str, WorkerDraft], _packs: Packs) -> None:
    """Add what concerns say of those workers."""
    for one in conn.all(_Concern, _CONCERNS, workers=list(drafts)):
        happenings = drafts[one.worker].happenings
        if one.review_on is not None:
            details = {"review": one.review_on.isoformat()}
            happenings.append(Happening("concern_answered", one.answered_on, details, one.id))
        if one.closed_on is not None:
            happenings.append(Happening("concern_closed", one.closed_on, {}, one.id))
