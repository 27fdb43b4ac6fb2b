"""Actions and decisions across sessions, by person, case, session and team; and what becomes of them, one unit each.

Those that a worker does, that were set in their sessions, or that are on the cases they hold count as theirs.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.actions import CARRIED, DONE, LATE, LATER, MOVED, WEEK, Stale, Told, stale, state
from domain.errors import BadInput
from storage.reading import HOLDS, day

if TYPE_CHECKING:
    from storage.unit import Unit

ACTION, DECISION = "action", "decision"
OPEN = frozenset((LATE, WEEK, LATER))
NEWEST = 3  # how many earlier actions a wording is held against
MOST_STEPS = 50  # how far back a chain of actions carried forward is followed


class ActionLine(NamedTuple):
    """An action, or a decision to be followed through (``kind``), and how it stands.

    For a decision ``who`` is who decided, ``why`` its rationale, ``due`` the day to follow it up, ``done_on`` when
    that was done and ``how`` what came of it; ``body`` is "" for an action. ``about`` is the worker that it is about:
    the supervisee of its session, otherwise whoever owns it. ``carried`` counts how often it was carried forward.
    """

    kind: str
    id: int
    case: str | None
    about: str | None
    owner: str | None
    owner_name: str
    who: str
    what: str
    why: str
    set_on: date
    due: date | None
    done_on: date | None
    how: str
    dropped_on: date | None
    dropped_why: str
    session: int | None
    carries: int | None
    carried: int
    body: str
    state: str
    stale: tuple[Stale, ...]
    version: int

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{self.kind}:{self.id}"

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in OPEN

    @property
    def doer(self) -> str:
        """Who does it: a worker's name, or somebody else."""
        return self.owner_name or self.who


class Scope(NamedTuple):
    """Whose actions: of a worker, a case, a session or a team; of everybody where none is given."""

    worker: str | None = None
    case: str | None = None
    session: int | None = None
    team: str | None = None


_HELD = f'SELECT a."case" FROM allocation a WHERE a.worker = :worker AND {HOLDS}'  # noqa: S608
_ACTIONS_OF = {
    "worker": f"""SELECT id FROM action WHERE owner = :worker
        UNION SELECT x.id FROM session s JOIN action x ON x.session = s.id WHERE s.worker = :worker
        UNION SELECT id FROM action WHERE "case" IN ({_HELD})""",  # noqa: S608
    "case": 'SELECT id FROM action WHERE "case" = :case',
    "session": "SELECT id FROM action WHERE session = :session",
    "team": """SELECT x.id FROM worker w JOIN session s ON s.worker = w.staff_id JOIN action x ON x.session = s.id
          WHERE w.team = :team
        UNION SELECT x.id FROM worker w JOIN action x ON x.owner = w.staff_id WHERE w.team = :team
        UNION SELECT x.id FROM cases c JOIN action x ON x."case" = c.reference
          WHERE c.team = :team AND c.closed IS NULL""",
    "": "SELECT id FROM action",
}
_DECISIONS_OF = {
    "worker": f"""SELECT id FROM decision WHERE worker = :worker
        UNION SELECT d.id FROM session s JOIN decision d ON d.session = s.id WHERE s.worker = :worker
        UNION SELECT id FROM decision WHERE "case" IN ({_HELD})""",  # noqa: S608
    "case": 'SELECT id FROM decision WHERE "case" = :case',
    "session": "SELECT id FROM decision WHERE session = :session",
    "team": """SELECT d.id FROM worker w JOIN session s ON s.worker = w.staff_id JOIN decision d ON d.session = s.id
          WHERE w.team = :team
        UNION SELECT d.id FROM worker w JOIN decision d ON d.worker = w.staff_id WHERE w.team = :team
        UNION SELECT d.id FROM cases c JOIN decision d ON d."case" = c.reference
          WHERE c.team = :team AND c.closed IS NULL""",
    "": "SELECT id FROM decision",
}
_ACTIONS = """
SELECT a.id, a."case", coalesce(s.worker, a.owner), a.owner, coalesce(w.name, ''), a.who, a.what, a.why, a.set_on,
  a.due, a.done_on, a.how, a.dropped_on, a.dropped_why, a.session, a.carries, a.version
FROM action a LEFT JOIN session s ON s.id = a.session LEFT JOIN worker w ON w.staff_id = a.owner
WHERE a.id IN ({ids}) ORDER BY a.id
"""
_DECISIONS = """
SELECT d.id, d."case", coalesce(d.worker, s.worker), d.decided_by, d.decision, d.rationale, d."on", d.follow_by,
  d.followed_on, d.outcome, d.session, d.body, d.version
FROM decision d LEFT JOIN session s ON s.id = d.session
WHERE d.follow_by IS NOT NULL AND d.id IN ({ids}) ORDER BY d.id
"""
_CARRIED = """
WITH RECURSIVE chain(id, up, n) AS (
  SELECT id, carries, 1 FROM action WHERE carries IS NOT NULL AND id IN ({ids})
  UNION ALL
  SELECT chain.id, a.carries, n + 1 FROM chain JOIN action a ON a.id = chain.up
    WHERE a.carries IS NOT NULL AND n < :most)
SELECT id, max(n) FROM chain GROUP BY id
"""


def followed(conn: sqlite3.Connection, today: date, scope: Scope) -> list[ActionLine]:
    """Return every action and every decision to be followed through, open ones by due date first, then ended ones."""
    found = [*_actions(conn, today, scope), *_decisions(conn, today, scope)]
    return sorted(found, key=_urgency)


def _urgency(line: ActionLine) -> tuple[bool, date, str, int]:
    ended = line.done_on or line.dropped_on
    # What ended last stands first among the ended.
    on = (
        (line.due or date.min)
        if line.open
        else date.fromordinal(date.max.toordinal() - (ended or date.min).toordinal())
    )
    return (not line.open, on, line.kind, line.id)


def _given(scope: Scope, today: date) -> tuple[str, dict[str, Any]]:
    within = next((name for name, value in zip(scope._fields, scope, strict=True) if value is not None), "")
    return within, {**scope._asdict(), "today": today.isoformat(), "most": MOST_STEPS}


def _actions(conn: sqlite3.Connection, today: date, scope: Scope) -> Iterator[ActionLine]:
    within, given = _given(scope, today)
    ids = _ACTIONS_OF[within]
    rows = conn.execute(_ACTIONS.format(ids=ids), given).fetchall()
    carried = dict(conn.execute(_CARRIED.format(ids=ids), given).fetchall()) if any(row[15] for row in rows) else {}
    earlier = _Earlier(rows)
    for row in rows:
        yield _action(row, today, carried.get(row[0], 0), earlier)


class _Earlier:
    """The actions at hand by what they are about and whose they are, to hold a wording against those before it."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._of: dict[tuple[str | None, str | None], list[tuple[date, str, int]]] = defaultdict(list)
        self._carries: dict[int, int | None] = {}
        for row in rows:
            self._carries[row[0]] = row[15]
            self._of[row[1], row[3]].append((date.fromisoformat(row[8]), row[6], row[0]))
        self._taken_on = set(self._carries.values())

    def carried_on(self, number: int) -> bool:
        """Whether a later action takes its place."""
        return number in self._taken_on

    def before(self, row: Sequence[Any]) -> list[tuple[date, str]]:
        """Return what was set before on the same case for the same person, without what the action itself carries."""
        own, up = {row[0]}, row[15]
        while up is not None and up not in own:
            own.add(up)
            up = self._carries.get(up)
        set_on = date.fromisoformat(row[8])
        same = self._of[row[1], row[3]]
        return [(on, what) for on, what, number in same if on < set_on and number not in own][-NEWEST:]


def _action(row: Sequence[Any], today: date, carried: int, earlier: _Earlier) -> ActionLine:
    number, case, about, owner, owner_name, who, what, why, set_on, *days_and_words, session, carries, version = row
    due, done, how, dropped, dropped_why = days_and_words
    due, done, dropped = day(due), day(done), day(dropped)
    stands = state(due, done, dropped, today, dropped_why)
    if stands != DONE and earlier.carried_on(number):
        stands = MOVED
    reasons = stale(Told(what, due, carried, earlier.before(row)), today) if stands in OPEN else ()
    return ActionLine(
        ACTION, number, case, about, owner, owner_name, who, what, why, date.fromisoformat(set_on), due, done, how,
        dropped, dropped_why, session, carries, carried, "", stands, reasons, version,
    )  # fmt: skip


def _decisions(conn: sqlite3.Connection, today: date, scope: Scope) -> Iterator[ActionLine]:
    within, given = _given(scope, today)
    for row in conn.execute(_DECISIONS.format(ids=_DECISIONS_OF[within]), given).fetchall():
        number, case, about, decided_by, what, why, on, follow, done, outcome, session, body, version = row
        due, done_on = day(follow), day(done)
        stands = state(due, done_on, None, today)
        # How a decision is worded is its own affair; only whether somebody followed it up is looked at.
        reasons = tuple(one for one in stale(Told("", due, 0), today) if one.kind == "overdue") if not done_on else ()
        yield ActionLine(
            DECISION, number, case, about, None, "", decided_by, what, why, date.fromisoformat(on), due, done_on,
            outcome, None, "", session, None, 0, body, stands, reasons, version,
        )  # fmt: skip


# what becomes of them ------------------------------------------------------------------------------------------------


def complete(unit: Unit, number: int, on: date, how: str, seen: int | None = None) -> Any:
    """Record that an action was done: when and how. Raises BadInput where it ended already."""
    _still_open(unit, number)
    if not how.strip():
        raise BadInput("how: say how it was done.", field="how")
    kept = unit.amend("action", number, {"done_on": on, "how": how}, seen)
    unit.finish(f"Completed action {number}")
    return kept


def carry(unit: Unit, number: int, due: date | None, changes: Mapping[str, Any] | None = None) -> Any:
    """Set an action again from today for a later day; the old one ends as carried forward. Returns the new one.

    ``changes`` are what is different this time: the wording, the owner, the session in which that is agreed.
    """
    old = _still_open(unit, number)
    if due is None:
        raise BadInput("due: an action carried forward needs a new day.", field="due")
    same = {name: getattr(old, name) for name in ("case", "owner", "who", "what", "why")}
    new = unit.record("action", {**same, **(changes or {}), "set_on": unit.today, "due": due, "carries": number})
    unit.amend("action", number, {"dropped_on": unit.today, "dropped_why": f"{CARRIED} as action {new.id}"})
    unit.finish(f"Carried action {number} forward")
    return new


def drop(unit: Unit, number: int, why: str, on: date | None = None, seen: int | None = None) -> Any:
    """Record that an action is no longer to be done, and why."""
    _still_open(unit, number)
    if not why.strip():
        raise BadInput("dropped_why: say why it is no longer to be done.", field="dropped_why")
    if why.startswith(CARRIED):
        raise BadInput("dropped_why: carry it forward instead, with a new day.", field="dropped_why")
    kept = unit.amend("action", number, {"dropped_on": on or unit.today, "dropped_why": why}, seen)
    unit.finish(f"Dropped action {number}")
    return kept


def follow(unit: Unit, number: int, on: date, outcome: str, seen: int | None = None) -> Any:
    """Record that a decision was followed up: when, and what came of it."""
    if unit.get(DECISION, number).followed_on:
        raise BadInput("That decision was followed up already.", field="decision", hint="Take it back with u first.")
    if not outcome.strip():
        raise BadInput("outcome: say what came of it.", field="outcome")
    kept = unit.amend(DECISION, number, {"followed_on": on, "outcome": outcome}, seen)
    unit.finish(f"Followed up decision {number}")
    return kept


def _still_open(unit: Unit, number: int) -> Any:
    action = unit.get(ACTION, number)
    if action.done_on or action.dropped_on:
        word = "done" if action.done_on else "carried forward" if action.dropped_why.startswith(CARRIED) else "dropped"
        raise BadInput(f"That action is {word} already.", field="action", hint="Take it back with u first.")
    return action
