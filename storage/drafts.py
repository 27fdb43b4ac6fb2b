"""What somebody is typing into a session, put away at every pause: beside the records, and in no change log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from domain.errors import BadInput
from domain.text import clean
from storage.kinds import table_of
from storage.tables import DraftRow
from storage.trouble import guard, read_only_problem

if TYPE_CHECKING:
    from storage.database import Database

LARGEST_DRAFT = 4_000_000  # characters in one part: ten times what a field of the record may hold


def save_draft(
    database: Database, session: int, part: str, actor: str, answers: Mapping[str, str], *, seen: int = 0
) -> None:
    """Put away the fields of a part that differ from its record; with none, nothing is left of the draft.

    Raises BadInput when there is more than a draft may hold; what was put away before stays.
    """
    if database.read_only:
        raise read_only_problem(database.path)
    if sum(map(len, answers.values())) > LARGEST_DRAFT:
        raise BadInput("This is too long to be put away even as a draft.", hint="Take out part of what was pasted.")
    kept = {name: clean(value) for name, value in answers.items()}
    with guard(database.path), database.engine().begin() as connection:
        if kept:
            connection.execute(_keep(session, part, actor, kept, seen))
        else:
            drop_draft(connection, session, part, actor)


def _keep(session: int, part: str, actor: str, answers: dict[str, str], seen: int) -> sa.Executable:
    now = datetime.now(UTC)
    row = insert(table_of(DraftRow)).values(
        session=session, part=part, actor=actor, answers=answers, seen=seen, saved_at=now
    )
    return row.on_conflict_do_update(
        index_elements=["session", "part", "actor"], set_={"answers": answers, "seen": seen, "saved_at": now}
    )


def drop_draft(connection: sa.Connection, session: int, part: str, actor: str) -> None:
    """Take a draft away, within a unit of work or a transaction of its own."""
    table = table_of(DraftRow)
    mine = sa.and_(table.c.session == session, table.c.part == part, table.c.actor == actor)
    connection.execute(sa.delete(table).where(mine))
