"""What somebody changed, in order, as the change log tells it: what stands, what was taken back, what came after.

Undo and redo are sets of the log like any other, and name what they reverse. Whose a change is goes by the name that
signed it; under another staff id since, it is still theirs. A set that names an ordinary one took it
back; a set that names such an undoing brought it forward again. Nothing else says which of them stand.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from storage.database.connection import Connection
from storage.records.keys.former_keys import names_of

IMPORTED = "Imported"  # how the log's words about an import begin


class Step(NamedTuple):
    """One change of somebody's: ``undone`` is the set that took it back, where one did, and ``since`` the one from
    which on it is as it is now.
    """

    number: int
    actor: str
    login: str
    at: str
    what: str
    lines: int
    undone: int | None
    since: int

    @property
    def is_import(self) -> bool:
        """Whether it took in an extract."""
        return self.what.startswith(f"{IMPORTED} ")


class Later(NamedTuple):
    """A change that stands between a step and now: who made it, what it was, and a record that both touched."""

    actor: str
    what: str
    record: str


_STEPS = """
SELECT id AS number, actor, login, at, what, lines, CASE WHEN redone IS NULL THEN undone END AS undone,
    coalesce(redone, undone, id) AS since
FROM (SELECT id, actor, login, at, what, lines, undone,
          (SELECT max(r.id) FROM change_set r WHERE r.undoes = undone) AS redone
      FROM (SELECT s.id, s.actor, s.login, s.at, s.what, s.lines,
                (SELECT max(u.id) FROM change_set u WHERE u.undoes = s.id) AS undone
            FROM change_set s WHERE s.undoes IS NULL AND {only}) AS done) AS known
"""
_OF_ACTOR = _STEPS.format(only="s.actor IN :actors")
_NUMBERED = _STEPS.format(only="s.id = :number")


def standing(conn: Connection, actor: str, passed: Collection[int] = (), most: int = 1) -> list[Step]:
    """Return the newest changes of somebody that stand, but for those ``passed`` over, newest first."""
    query = f"""SELECT * FROM ({_OF_ACTOR}) AS steps WHERE undone IS NULL AND number NOT IN :passed
                ORDER BY since DESC LIMIT :most"""  # noqa: S608
    return conn.all(Step, query, actors=names_of(conn, actor), passed=tuple(passed), most=most)


def taken_back(conn: Connection, actor: str, most: int = 1) -> list[Step]:
    """Return what somebody took back since they last changed anything, what went last at the beginning."""
    query = f"""SELECT * FROM ({_OF_ACTOR}) AS steps WHERE undone IS NOT NULL
                AND undone > (SELECT max(id) FROM change_set WHERE actor IN :actors AND undoes IS NULL)
                ORDER BY since DESC LIMIT :most"""  # noqa: S608
    return conn.all(Step, query, actors=names_of(conn, actor), most=most)


def changes(conn: Connection, actor: str, most: int) -> list[Step]:
    """Return somebody's changes, whether they stand or not, newest first."""
    query = f"SELECT * FROM ({_OF_ACTOR}) AS steps ORDER BY number DESC LIMIT :most"  # noqa: S608
    return conn.all(Step, query, actors=names_of(conn, actor), most=most)


def step(conn: Connection, number: int) -> Step | None:
    """Return the change with that number; None where there is none, or it is an undoing itself."""
    return conn.one(Step, _NUMBERED, number=number)


class _Touch(NamedTuple):
    record: str
    id: int
    undoes: int | None
    further: int | None
    actor: str
    what: str


def later(conn: Connection, of: Step) -> Later | None:
    """Return a change that others made, since ``of`` is as it is, to what it touched, and that makes a difference.

    What was done and taken back since makes none, nor does what was taken back and done again.
    """
    query = """SELECT DISTINCT c.record, s.id, s.undoes, p.undoes AS further, s.actor, s.what
        FROM change mine JOIN change c ON c.record = mine.record AND c."key" = mine."key"
        JOIN change_set s ON s.id = c.change_set LEFT JOIN change_set p ON p.id = s.undoes
        WHERE mine.change_set = :number AND c.change_set > :since ORDER BY s.id"""
    turns: dict[tuple[str, int], list[_Touch]] = {}
    for touch in conn.all(_Touch, query, number=of.number, since=of.since):
        root = touch.further or touch.undoes or touch.id
        turns.setdefault((touch.record, root), []).append(touch)
    for (record, _root), touches in turns.items():
        if len(touches) % 2:  # each set turns the one that it goes back to from standing to not, or back
            return Later(touches[-1].actor, touches[-1].what, record)
    return None
