"""What is worth a second look in a session's record before it is agreed, read from what is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from domain import talking
from domain.nudges import Nudge, Told
from domain.nudges import nudges as look_at
from storage import sessions
from storage.reading import Packs
from storage.sessions import DiscussionLine, SessionCard


def nudges(conn: sqlite3.Connection, session: int) -> list[Nudge]:
    """Return what the packs' nudges find in a session: on each case and topic that was not parked."""
    packs, card = Packs(conn), sessions.session_card(conn, session)
    rules = list(packs.all("nudge").values())
    settled = (sessions.decisions(conn, session), sessions.session_actions(conn, session))
    before = sessions.last_session(conn, card.worker, card.day)
    topics = {d.topic: d for d in sessions.discussions(conn, before) if d.case is None} if before else {}
    found: list[Nudge] = []
    for said in sessions.discussions(conn, session):
        if not said.parked:
            found += look_at(_told(conn, packs, card, said, topics, settled), rules)
    return found


def _told(
    conn: sqlite3.Connection,
    packs: Packs,
    card: SessionCard,
    said: DiscussionLine,
    topics: Mapping[str, DiscussionLine],
    settled: tuple[Iterable[sessions.DecisionLine], Iterable[sessions.SessionAction]],
) -> Told:
    form = shape_of(packs, said.format)
    decided = [d for d in settled[0] if d.case == said.case]
    actions = [a for a in settled[1] if a.case == said.case]
    days = [d.follow_by for d in decided] + [a.due for a in actions]
    return Told(
        about=said.case or said.topic,
        case=said.case is not None,
        pathways=pathways_of(conn, said.case),
        answers=said.answers,
        last=_last(conn, card, said, topics),
        voice=tuple(part.id for part in form.parts if part.voice),
        standing=tuple(part.id for part in form.parts if part.stands),
        titles={part.id: part.title.lower() for part in form.parts},
        reasons=tuple(d.rationale for d in decided),
        days=tuple(day for day in days if day),
    )


def _last(
    conn: sqlite3.Connection, card: SessionCard, said: DiscussionLine, topics: Mapping[str, DiscussionLine]
) -> Mapping[str, str]:
    if said.case is None:
        before = topics.get(said.topic)
        return before.answers if before and before.worker == said.worker else {}
    found = sessions.last_discussion(conn, said.case, card)
    return found[0].answers if found else {}


def shape_of(packs: Packs, form: str) -> talking.Shape:
    """Return a format as the packs in force have it; what none knows any more is one field of plain text."""
    says: Mapping[str, Any] = packs.get("format", form)
    return talking.shape(says) if says else talking.UNKNOWN


def pathways_of(conn: sqlite3.Connection, case: str | None) -> tuple[str, ...]:
    """Return the pathways that a case is on."""
    import json

    row = conn.execute("SELECT pathways FROM cases WHERE reference = ?", (case,)).fetchone() if case else None
    return tuple(json.loads(row[0])) if row else ()
