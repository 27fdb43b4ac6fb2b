"""Actions and decisions across sessions, by worker, case, session and team, and how each stands.

A worker's are those they do, those set in their sessions, and those on the cases they hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from domain.supervision.actions import DONE, LATE, LATER, MOVED, OVERDUE, WEEK, ActionFacts, Stale, stale, state
from storage.database.connection import Connection
from storage.database.fragments import HOLDS, OPEN, TEAM_MEMBERS

ACTION, DECISION = "action", "decision"
STILL_OPEN = frozenset((LATE, WEEK, LATER))
NEWEST = 3  # how many earlier actions a wording is compared with
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
    who: str
    what: str
    why: str
    set_on: date
    due: date | None
    done_on: date | None
    how: str
    session: int | None
    version: int
    owner: str | None = None
    owner_name: str = ""
    dropped_on: date | None = None
    dropped_why: str = ""
    carries: int | None = None
    carried: int = 0
    body: str = ""
    state: str = LATER
    stale: tuple[Stale, ...] = ()

    @property
    def key(self) -> str:
        """The kind and the number."""
        return f"{self.kind}:{self.id}"

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in STILL_OPEN

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
    "team": f"""SELECT x.id FROM worker w JOIN session s ON s.worker = w.staff_id JOIN action x ON x.session = s.id
          WHERE w.staff_id IN {TEAM_MEMBERS}
        UNION SELECT x.id FROM worker w JOIN action x ON x.owner = w.staff_id WHERE w.staff_id IN {TEAM_MEMBERS}
        UNION SELECT x.id FROM cases c JOIN action x ON x."case" = c.reference
          WHERE c.team = :team AND {OPEN}""",  # noqa: S608
    "": "SELECT id FROM action",
}
_DECISIONS_OF = {
    "worker": f"""SELECT id FROM decision WHERE worker = :worker
        UNION SELECT d.id FROM session s JOIN decision d ON d.session = s.id WHERE s.worker = :worker
        UNION SELECT id FROM decision WHERE "case" IN ({_HELD})""",  # noqa: S608
    "case": 'SELECT id FROM decision WHERE "case" = :case',
    "session": "SELECT id FROM decision WHERE session = :session",
    "team": f"""SELECT d.id FROM worker w JOIN session s ON s.worker = w.staff_id JOIN decision d ON d.session = s.id
          WHERE w.staff_id IN {TEAM_MEMBERS}
        UNION SELECT d.id FROM worker w JOIN decision d ON d.worker = w.staff_id WHERE w.staff_id IN {TEAM_MEMBERS}
        UNION SELECT d.id FROM cases c JOIN decision d ON d."case" = c.reference
          WHERE c.team = :team AND {OPEN}""",  # noqa: S608
    "": "SELECT id FROM decision",
}
_CARRIED_OF = {
    scope: f"""WITH RECURSIVE chain(id, up, n) AS (
      SELECT id, carries, 1 FROM action WHERE carries IS NOT NULL AND id IN ({ids})
      UNION ALL
      SELECT chain.id, a.carries, n + 1 FROM chain JOIN action a ON a.id = chain.up
        WHERE a.carries IS NOT NULL AND n < {MOST_STEPS})
    SELECT id, max(n) FROM chain GROUP BY id"""  # noqa: S608
    for scope, ids in _ACTIONS_OF.items()
}
_ACTION = """
SELECT 'action' AS kind, a.id, a."case", coalesce(s.worker, a.owner) AS about, a.owner,
  coalesce(w.name, '') AS owner_name, a.who, a.what, a.why, a.set_on, a.due, a.done_on, a.how, a.dropped_on,
  a.dropped_why, a.session, a.carries, a.version
FROM action a LEFT JOIN session s ON s.id = a.session LEFT JOIN worker w ON w.staff_id = a.owner
"""
_DECISION = """
SELECT 'decision' AS kind, d.id, d."case", coalesce(d.worker, s.worker) AS about, d.decided_by AS who,
  d.decision AS what, d.rationale AS why, d."on" AS set_on, d.follow_by AS due, d.followed_on AS done_on,
  d.outcome AS how, d.session, d.body, d.version
FROM decision d LEFT JOIN session s ON s.id = d.session
"""


def followed(conn: Connection, today: date, scope: Scope, now: date | None = None) -> list[ActionLine]:
    """Return every action and every decision to be followed through, open ones by due date first, then ended ones.

    ``now`` is the day on which that is asked of ``today``, where it is another: of a day that has passed nothing is
    told that was set later, and what ended later is open.
    """
    within = next((name for name, value in zip(scope._fields, scope, strict=True) if value is not None), "")
    given = {**scope._asdict(), "today": today}
    query = f"{_ACTION} WHERE a.id IN ({_ACTIONS_OF[within]}) ORDER BY a.id"
    passed = now is not None and today < now
    actions = _by_then(conn.all(ActionLine, query, **given), today, passed=passed)
    carried = conn.lookup(_CARRIED_OF[within], **given) if any(one.carries for one in actions) else {}
    query = f"{_DECISION} WHERE d.follow_by IS NOT NULL AND d.id IN ({_DECISIONS_OF[within]}) ORDER BY d.id"
    decisions = _by_then(conn.all(ActionLine, query, **given), today, passed=passed)
    found = [*_actions(actions, carried, today), *(_decision(one, today) for one in decisions)]
    return sorted(found, key=_urgency)


def _by_then(lines: Sequence[ActionLine], day: date, *, passed: bool) -> list[ActionLine]:
    """Return lines as they stood on a day: what ended later was open, and of a day that has passed none set later."""
    return [_still_open(one, day) for one in lines if not passed or one.set_on <= day]


def _still_open(line: ActionLine, day: date) -> ActionLine:
    if line.done_on is not None and line.done_on > day:
        line = line._replace(done_on=None, how="")
    if line.dropped_on is not None and line.dropped_on > day:
        line = line._replace(dropped_on=None, dropped_why="")
    return line


def _urgency(line: ActionLine) -> tuple[bool, int, str, int]:
    """Return the place of a line: open ones by due date, then the ended ones, what ended last first."""
    ended = line.done_on or line.dropped_on or date.min
    on = (line.due or date.min).toordinal() if line.open else -ended.toordinal()
    return not line.open, on, line.kind, line.id


def _actions(lines: Sequence[ActionLine], carried: Mapping[int, int], today: date) -> Iterator[ActionLine]:
    earlier = _Earlier(lines)
    for line in lines:
        stands = state(line.due, line.done_on, line.dropped_on, today, line.dropped_why)
        if stands != DONE and earlier.carried_on(line.id):
            stands = MOVED
        often = carried.get(line.id, 0)
        reasons = (
            stale(ActionFacts(line.what, line.due, often, earlier.before(line)), today) if stands in STILL_OPEN else ()
        )
        yield line._replace(carried=often, state=stands, stale=reasons)


def _decision(line: ActionLine, today: date) -> ActionLine:
    """Return a decision with its state; it is stale only when overdue, since its wording is not judged."""
    reasons = (
        () if line.done_on else tuple(one for one in stale(ActionFacts("", line.due, 0), today) if one.kind == OVERDUE)
    )
    return line._replace(state=state(line.due, line.done_on, None, today), stale=reasons)


class _Earlier:
    """The actions by case and owner, to compare a wording with those before it."""

    def __init__(self, lines: Iterable[ActionLine]) -> None:
        self._of: dict[tuple[str | None, str | None], list[ActionLine]] = defaultdict(list)
        self._carries: dict[int, int | None] = {}
        for line in lines:
            self._carries[line.id] = line.carries
            self._of[line.case, line.owner].append(line)
        self._taken_on = set(self._carries.values())

    def carried_on(self, number: int) -> bool:
        """Return whether a later action takes its place."""
        return number in self._taken_on

    def before(self, line: ActionLine) -> list[tuple[date, str]]:
        """Return what was set earlier on the same case for the same person, without what the action carries forward."""
        own, up = {line.id}, line.carries
        while up is not None and up not in own:
            own.add(up)
            up = self._carries.get(up)
        same = self._of[line.case, line.owner]
        return [(one.set_on, one.what) for one in same if one.set_on < line.set_on and one.id not in own][-NEWEST:]
