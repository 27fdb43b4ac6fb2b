"""What is worth a second look in a session's record before it is agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from domain.supervision import formats
from domain.supervision.prompts import Answered, Nudge
from domain.supervision.prompts import nudges as look_at
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs
from storage.supervision.session import session_reads
from storage.supervision.session.session_reads import DiscussionLine, SessionCard

_CASE = "SELECT pathways FROM cases WHERE reference = :case"


class _Case(NamedTuple):
    pathways: tuple[str, ...]


def nudges(conn: Connection, session: int) -> list[Nudge]:
    """Return what the packs' nudges find in a session, on each case and topic that was not put off."""
    packs, card = Packs(conn), session_reads.session_card(conn, session)
    rules = list(packs.all("nudge").values())
    settled = (session_reads.decisions(conn, session), session_reads.session_actions(conn, session))
    before = session_reads.last_session(conn, card.worker, card.day)
    topics = {d.topic: d for d in session_reads.discussions(conn, before) if d.case is None} if before else {}
    found: list[Nudge] = []
    for said in session_reads.discussions(conn, session):
        if not said.parked:
            found += look_at(_told(conn, packs, card, said, topics, settled), rules)
    return found


def _told(
    conn: Connection,
    packs: Packs,
    card: SessionCard,
    said: DiscussionLine,
    topics: Mapping[str, DiscussionLine],
    settled: tuple[Iterable[session_reads.DecisionLine], Iterable[session_reads.SessionAction]],
) -> Answered:
    form = shape_of(packs, said.format)
    decided = [d for d in settled[0] if d.case == said.case]
    actions = [a for a in settled[1] if a.case == said.case]
    days = [d.follow_by for d in decided] + [a.due for a in actions]
    case = conn.one(_Case, _CASE, case=said.case) if said.case else None
    return Answered(
        about=said.case or said.topic,
        case=said.case is not None,
        pathways=case.pathways if case else (),
        answers=said.answers,
        last=_last(conn, card, said, topics),
        voice=tuple(part.id for part in form.parts if part.voice),
        standing=tuple(part.id for part in form.parts if part.stands),
        titles={part.id: part.title.lower() for part in form.parts},
        reasons=tuple(d.rationale for d in decided),
        days=tuple(day for day in days if day),
    )


def _last(
    conn: Connection, card: SessionCard, said: DiscussionLine, topics: Mapping[str, DiscussionLine]
) -> Mapping[str, str]:
    if said.case is None:
        before = topics.get(said.topic)
        return before.answers if before and before.worker == said.worker else {}
    found = session_reads.last_discussion(conn, said.case, card)
    return found.answers if found else {}


def shape_of(packs: Packs, form: str) -> formats.Shape:
    """Return a format as the packs in force have it; one that none of them has any more is a field of plain text."""
    says: Mapping[str, Any] = packs.get("format", form)
    return formats.shape(says) if says else formats.UNKNOWN
