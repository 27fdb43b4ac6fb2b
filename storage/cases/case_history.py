"""What was changed on one case: on its own record, and on the records that belong to it."""

from __future__ import annotations

from typing import Any, NamedTuple

from storage.database.connection import Connection

_PARTS = ("event", "allocation", "weighting", "postponement", "override")  # records, and the tables that hold them


class ChangeLine(NamedTuple):
    """A line of the change log."""

    change: int
    at: str
    actor: str
    login: str
    what: str
    record: str
    key: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def case_history(conn: Connection, reference: str, limit: int = 40) -> list[ChangeLine]:
    """Return the newest lines of the change log about a case and the records that belong to it now."""
    parts = " OR ".join(
        f"""(c.record = '{part}' AND c.key IN (SELECT id FROM {part} WHERE "case" = :case))"""  # noqa: S608
        for part in _PARTS
    )
    query = f"""SELECT s.id AS change, s.at, s.actor, s.login, s.what, c.record, c.key, c.before, c.after
        FROM change c JOIN change_set s ON s.id = c.change_set
        WHERE (c.record = 'case' AND c.key = (SELECT id FROM cases WHERE reference = :case)) OR {parts}
        ORDER BY c.id DESC LIMIT :limit"""  # noqa: S608
    return conn.all(ChangeLine, query, case=reference, limit=limit)
