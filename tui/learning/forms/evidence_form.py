"""Asking for evidence: something that shows a capability, for a need or for a criterion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.learning.records import Evidence, EvidenceFields
from tui.core.choice import Choice
from tui.dialogs.ask import Values, choose
from tui.dialogs.record_form import asked, record

if TYPE_CHECKING:
    from domain.learning.progression import Row
    from storage.records.unit import Unit
    from tui.core.page import Page

KINDS = (
    "observation", "feedback_people", "feedback_professional", "reflection", "statement", "case_study", "training",
    "leading", "manager_statement", "document", "other",
)  # fmt: skip
HINTS = {"source": "a place or document, never a person served"}


def words(code: str) -> str:
    """Return a code as a person reads it."""
    return code.replace("_", " ").capitalize()


def coded(codes: Sequence[str]) -> list[Choice]:
    """Return codes to choose from, as a person reads them."""
    return [Choice(code, words(code)) for code in codes]


async def evidence_for(
    page: Page, worker: str, row: Row, kinds: Sequence[str], domains: Sequence[Choice]
) -> str | None:
    """Ask for a piece of evidence for a criterion; where each capability needs one, ask for which."""
    given: Values = {"criterion": row.criterion}
    if row.domains:
        missing = row.missing or row.domains
        chosen = await choose(page, "For which?", [one for one in domains if one.key in missing])
        if chosen is None:
            return None
        given["domains"] = (chosen,)
    return await ask_evidence(page, worker, given, row.title, kinds)


async def ask_evidence(page: Page, worker: str, also: Values, about: str, kinds: Sequence[str] = KINDS) -> str | None:
    """Ask for a piece of evidence, and keep it with what it is ``also`` known to show."""
    kinds = kinds or KINDS
    given, options = {"on": "today", "kind": kinds[0]}, {"kind": coded(kinds)}
    names = ("title", "on", "kind", "seen_by", "source", "text")
    fields = asked(EvidenceFields, *names, given=given, options=options, hints=HINTS, needed={"kind"})

    def told(kept: Evidence, unit: Unit) -> str:
        return f"{kept.worker}: {kept.title}, {show_day(kept.on, unit.today)}."

    also = {"worker": worker, **also}
    return await record(page, f"Evidence: {worker}", EvidenceFields, fields, told, about=about, also=also)
