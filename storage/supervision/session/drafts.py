"""Drafts of what somebody is typing into a session: saved at every pause, outside the records and the change log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from domain.core.errors import BadInput
from domain.core.text import clean
from storage.database.connection import Connection
from storage.database.errors import guard, read_only_problem
from storage.database.file import within

if TYPE_CHECKING:
    from storage.records.database import Database

LARGEST_DRAFT = 4_000_000  # characters in one part: ten times what a field of the record may hold


def save_draft(
    database: Database, session: int, part: str, actor: str, answers: Mapping[str, str], *, seen: int = 0
) -> None:
    """Save the fields of a part that differ from its record; without any, the draft is dropped.

    Raises BadInput when there is more than a draft may hold; what was saved before stays.
    """
    if database.read_only:
        raise read_only_problem(database.path)
    if sum(map(len, answers.values())) > LARGEST_DRAFT:
        raise BadInput("This is too long to be put away even as a draft.", hint="Take out part of what was pasted.")
    kept = {name: clean(value) for name, value in answers.items()}
    with guard(database.path), database.engine().begin() as transaction:
        conn = within(transaction)
        if not kept:
            drop_draft(conn, session, part, actor)
            return
        key = {"session": session, "part": part, "actor": actor}
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        conn.put("draft", tuple(key), {**key, "answers": text, "seen": seen, "saved_at": database.clock.real()})


def drop_draft(conn: Connection, session: int, part: str, actor: str) -> None:
    """Remove a draft."""
    query = "DELETE FROM draft WHERE session = :session AND part = :part AND actor = :actor"
    conn.change(query, session=session, part=part, actor=actor)
