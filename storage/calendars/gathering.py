"""What each recipient's calendar carries today, read for many recipients at once.

Costs one pass over the open obligations in the window, whoever asks. A mark tells whether what a recipient is to see
is still what it was, without putting it into words.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from domain.dates import LONDON
from domain.ids import Nation
from domain.reminders import (
    LOOK_AHEAD_MONTHS,
    LOOK_BACK,
    EntryKind,
    Privacy,
    Reminder,
    Shown,
    WorkingDayBefore,
    earlier_notice,
    for_obligation,
    for_session,
    initials_of,
    kind_of_title,
    neutral_word,
)
from storage.calendars.recipients import team_of, team_recipient
from storage.calendars.wishes import Wishes, council, wishes_of
from storage.reading import HELD_BY, HOLDS, Packs
from storage.reviewdays import override_reviews, reduction_ends
from storage.workingdays import working_days

if TYPE_CHECKING:
    from storage.database import Database

FORM = 1  # goes up when entries are worded or written otherwise, so that every calendar counts as changed
# How the series of rules about workers begin: supervision and its agreement, and what a programme asks. What else there
# is about a worker (registrations, checks, concerns) is shown to them alone.
_OWN_SUPERVISION = ("supervision", "sup_")
_OF_PROGRAMME = ("asye_", "practice_")


class Line(NamedTuple):
    """One thing in a calendar before it is put into words; ``starts`` and ``minutes`` for a session only."""

    kind: EntryKind
    key: str
    word: str
    reference: str
    name: str
    on: str
    plan_by: str
    starts: str = ""
    minutes: int = 0


class Gathered(NamedTuple):
    """One recipient's calendar: its lines in a settled order, and a mark that differs when any of it does.

    ``seen`` is the newest change to the records that it knows of.
    """

    recipient: str
    wishes: Wishes
    lines: tuple[Line, ...]
    mark: str
    seen: int = 0


def gather(conn: sqlite3.Connection, recipients: Sequence[str], today: date) -> dict[str, Gathered]:
    """Return what each of ``recipients`` is to see: staff ids, or ``team:NAME`` for a team's own calendar."""
    seen = newest_change(conn)
    wishes = wishes_of(conn, recipients)
    found: dict[str, dict[str, Line]] = {recipient: {} for recipient in recipients}
    reader = _Reader(conn, recipients, today, any(w.privacy is Privacy.INITIALS for w in wishes.values()))
    for recipient, line in reader.lines():
        if recipient in found and line.kind in wishes[recipient].kinds:
            found[recipient].setdefault(line.key, line)
    for left in reader.left:
        found.get(left, {}).clear()
    packs = conn.execute("SELECT value FROM meta WHERE key = 'packs'").fetchone()
    beside = (FORM, packs, council(conn).classification)
    nations = _nations(conn, found)
    return {
        # A further notice falls out of the days looked back upon before its entry does: then the day counts, too.
        recipient: _gathered(
            recipient,
            wishes[recipient],
            lines.values(),
            (*beside, nations[recipient], wishes[recipient].leads and today),
        )._replace(seen=seen)
        for recipient, lines in found.items()
    }


def newest_change(conn: sqlite3.Connection) -> int:
    """Return the number of the newest change to the records; 0 while there is none."""
    found: int = conn.execute("SELECT coalesce(max(id), 0) FROM change_set").fetchone()[0]
    return found


def _gathered(recipient: str, wishes: Wishes, lines: Iterable[Line], beside: tuple[object, ...]) -> Gathered:
    settled = tuple(sorted(lines, key=lambda line: (line.on, line.starts, line.key)))
    if wishes.privacy is not Privacy.INITIALS:
        settled = tuple(line._replace(name="") for line in settled) if any(line.name for line in settled) else settled
    mark = hashlib.sha256(repr((wishes.marks, settled, beside)).encode()).hexdigest()
    return Gathered(recipient, wishes, settled, mark)


def reminders(gathered: Gathered, before: WorkingDayBefore, today: date) -> list[Reminder]:
    """Return the entries of ``gathered`` in words, with the earlier notices that are wished for."""
    return [entry for line in gathered.lines for entry in _entries(line, gathered.wishes, before, today)]


def _entries(line: Line, wishes: Wishes, before: WorkingDayBefore, today: date) -> Iterator[Reminder]:
    shown = Shown(wishes.privacy, line.reference, initials_of(line.name))
    on = _day(line.on)
    if line.starts:
        at = datetime.fromisoformat(f"{line.on}T{line.starts}").replace(tzinfo=LONDON).astimezone(UTC)
        entry = for_session(key=line.key, starts_at=at, minutes=line.minutes, shown=shown)
    else:
        plan_by = _day(line.plan_by)
        entry = for_obligation(
            key=line.key, kind=line.kind, word=line.word, shown=shown, legal_due=on, plan_by=plan_by, before=before
        )
    yield entry
    if days := wishes.leads.get(line.kind):
        earlier = earlier_notice(entry, on, days, before)
        if earlier.day is not None and earlier.day >= today - LOOK_BACK:
            yield earlier


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return date.fromisoformat(text)


def working_days_before(database: Database, recipients: Iterable[str]) -> dict[str, WorkingDayBefore]:
    """Return by recipient the last working day before a day, where the recipient's team works."""
    conn = database.reader()
    nations = _nations(conn, recipients)
    packs = Packs(conn)
    found = {nation: _working_day_before(packs, nation) for nation in dict.fromkeys(nations.values())}
    return {recipient: found[nation] for recipient, nation in nations.items()}


def _nations(conn: sqlite3.Connection, recipients: Iterable[str]) -> dict[str, Nation]:
    teams = dict(conn.execute("SELECT name, nation FROM team"))
    homes = dict(conn.execute("SELECT staff_id, team FROM worker"))
    return {
        recipient: Nation(teams.get(team_of(recipient) or homes.get(recipient), Nation.ENGLAND))
        for recipient in recipients
    }


def _working_day_before(packs: Packs, nation: Nation) -> WorkingDayBefore:
    workdays = working_days(packs, nation)

    @lru_cache(maxsize=4096)
    def before(day: date) -> date:
        return workdays.on_or_before(day - timedelta(days=1))

    return before


# reading ---------------------------------------------------------------------------------------------------------

_WINDOW = "o.legal_due BETWEEN :since AND :until"
_CASES = f"""
SELECT o.id, o.rule, o.subject, {{name}}, o.legal_due, coalesce(o.plan_by, o.legal_due), c.team, {HELD_BY} AS holder
FROM cases c CROSS JOIN obligation o ON o.subject = c.reference AND o.subject_kind = 'case'
WHERE c.closed IS NULL AND {_WINDOW} {{only}}
"""  # noqa: S608
_ONLY_THEIRS = f"""AND c.reference IN (
  SELECT a."case" FROM allocation a JOIN json_each(:workers) ON a.worker = value
  WHERE a.role = 'allocated_worker' AND {HOLDS}
  UNION SELECT reference FROM cases WHERE closed IS NULL AND team IN (SELECT value FROM json_each(:teams)))"""  # noqa: S608
_WORKERS = f"""
SELECT o.id, o.rule, o.series, o.subject, o.legal_due, coalesce(o.plan_by, o.legal_due), w.supervisor
FROM worker w CROSS JOIN obligation o ON o.subject = w.staff_id AND o.subject_kind = 'worker'
WHERE {_WINDOW} AND (w.leaves IS NULL OR w.leaves >= :today)
  AND (w.staff_id IN (SELECT value FROM json_each(:workers)) OR w.supervisor IN (SELECT value FROM json_each(:workers))
    OR w.staff_id IN (SELECT worker FROM programme JOIN json_each(:workers) ON value IN (educator, on_site)
      WHERE ended_on IS NULL))
"""  # noqa: S608
_SESSIONS = """
SELECT s.id, s."on", s.start, s.minutes, s.worker, s.supervisor, w.team,
  (SELECT group_concat(a.worker, char(10)) FROM attendance a WHERE a.session = s.id AND NOT a.absent)
FROM session s JOIN worker w ON w.staff_id = s.worker
WHERE s.state = 'planned' AND s."on" BETWEEN :since AND :until
  AND (s.worker IN (SELECT value FROM json_each(:workers)) OR s.supervisor IN (SELECT value FROM json_each(:workers))
    OR w.team IN (SELECT value FROM json_each(:teams))
    OR s.id IN (SELECT session FROM attendance JOIN json_each(:workers) ON worker = value))
"""
_ACTIONS = """
SELECT id, owner, coalesce("case", ''), due FROM action
WHERE owner IS NOT NULL AND done_on IS NULL AND dropped_on IS NULL AND due BETWEEN :since AND :until
"""


class _Reader:
    """One pass over the records for some recipients; yields (recipient, line), the nearer relation first."""

    def __init__(self, conn: sqlite3.Connection, recipients: Sequence[str], today: date, initials: bool) -> None:
        from dateutil.relativedelta import relativedelta

        self._conn, self._today = conn, today
        self._packs = Packs(conn)
        gone = conn.execute("SELECT staff_id FROM worker WHERE leaves < ?", (today.isoformat(),))
        self.left = frozenset(staff_id for (staff_id,) in gone)
        self._managers = _managers(conn, recipients)
        teams = sorted({*self._managers, *(team for r in recipients if (team := team_of(r)) is not None)})
        self._given = {
            "since": (today - LOOK_BACK).isoformat(),
            "until": (today + relativedelta(months=LOOK_AHEAD_MONTHS)).isoformat(),
            "today": today.isoformat(),
            "workers": json.dumps([r for r in recipients if team_of(r) is None]),
            "teams": json.dumps(teams),
        }
        self._cases = _CASES.format(name="c.name" if initials else "''", only=_ONLY_THEIRS)
        self._words: dict[str, tuple[str, EntryKind]] = {}

    def lines(self) -> Iterator[tuple[str, Line]]:
        yield from self._of_workers()
        yield from self._of_sessions()
        yield from self._of_actions()
        yield from self._of_reviews()
        yield from self._of_cases()

    def _word(self, rule: str) -> tuple[str, EntryKind]:
        found = self._words.get(rule)
        if found is None:
            title = self._packs.title("rule", rule)
            found = self._words[rule] = (neutral_word(title), kind_of_title(title))
        return found

    def _of_cases(self) -> Iterator[tuple[str, Line]]:
        """The holder's; the manager's where nobody holds it, or where the whole team was wished for; the team's."""
        later = []
        for number, rule, reference, name, due, plan_by, team, holder in self._conn.execute(self._cases, self._given):
            word, kind = self._word(rule)
            line = Line(kind, f"due:{number}", word, reference, name, due, plan_by)
            if holder in self.left:
                holder = None  # whoever has left holds nothing, whatever the records still say
            if holder is not None:
                yield holder, line
            yield team_recipient(team), line
            for manager in self._managers.get(team, ()):
                if holder is None:
                    yield manager, line._replace(kind=EntryKind.UNALLOCATED)
                later.append((manager, line._replace(kind=EntryKind.TEAM)))
        yield from later

    def _of_workers(self) -> Iterator[tuple[str, Line]]:
        learners = _supporters(self._conn)
        rows = self._conn.execute(_WORKERS, self._given).fetchall()
        for number, rule, series, worker, due, plan_by, supervisor in rows:
            about_supervision = series.startswith(_OWN_SUPERVISION)
            word = "Supervision" if series == "supervision" else self._word(rule)[0]
            own = EntryKind.SUPERVISION if about_supervision else EntryKind.LEARNING
            line = Line(own, f"due:{number}", word, worker, "", due, plan_by)
            yield worker, line
            if about_supervision and supervisor:
                yield supervisor, line._replace(kind=EntryKind.SUPERVISEE)
            if series.startswith(_OF_PROGRAMME):
                for supporter in learners.get(worker, ()):
                    yield supporter, line._replace(kind=EntryKind.LEARNER)

    def _of_sessions(self) -> Iterator[tuple[str, Line]]:
        query = _SESSIONS
        for number, on, start, minutes, worker, supervisor, team, others in self._conn.execute(query, self._given):
            line = Line(EntryKind.SESSION, f"session:{number}", "", supervisor, "", on, "", start, minutes)
            supervisees = dict.fromkeys((worker, *(others or "").split("\n")))
            for supervisee in supervisees:
                if supervisee:
                    yield supervisee, line
            about = line._replace(reference=worker)
            yield supervisor, about
            yield team_recipient(team), about

    def _of_actions(self) -> Iterator[tuple[str, Line]]:
        for number, owner, case, due in self._conn.execute(_ACTIONS, self._given):
            yield owner, Line(EntryKind.ACTION, f"action:{number}", "Action", case or owner, "", due, due)

    def _of_reviews(self) -> Iterator[tuple[str, Line]]:
        """What a supervisor looks at again: an interval of a case's own, and capacity that returns the day after."""
        since, until = (_day(self._given[name]) for name in ("since", "until"))
        supervisors = dict(self._conn.execute("SELECT staff_id, supervisor FROM worker"))
        for one in override_reviews(self._conn, self._today, since, until):
            day, holder = one.on.isoformat(), one.holder if one.holder not in self.left else None
            line = Line(EntryKind.OTHER, f"override:{one.id}", "Review", one.case, "", day, day)
            for who in self._looking(supervisors.get(holder), one.team):
                yield who, line
        for end in reduction_ends(self._conn, self._packs, since, until, until):
            day = end.on.isoformat()
            line = Line(EntryKind.OTHER, f"reduction:{end.id}", "Review", end.worker, "", day, day)
            for who in self._looking(end.supervisor, end.team):
                yield who, line

    def _looking(self, supervisor: str | None, team: str) -> Sequence[str]:
        """Return who looks at it: the supervisor, or where there is none, or none any more, the team's managers."""
        return [supervisor] if supervisor and supervisor not in self.left else self._managers.get(team, ())


def _managers(conn: sqlite3.Connection, recipients: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Return by team those of ``recipients`` who manage it: line managers of somebody in it, from its own ranks.

    Where nobody in a team manages it, those outside who do: a manager's own manager is not asked to do their work.
    """
    wanted = set(recipients)
    found: dict[str, dict[bool, list[str]]] = defaultdict(lambda: defaultdict(list))
    query = """SELECT DISTINCT w.team, w.line_manager, m.team = w.team FROM worker w
               JOIN worker m ON m.staff_id = w.line_manager ORDER BY w.team, w.line_manager"""
    for team, manager, inside in conn.execute(query):
        found[team][bool(inside)].append(manager)
    return {
        team: managers
        for team, by in found.items()
        if (managers := [m for m in by.get(True) or by[False] if m in wanted])
    }


def _supporters(conn: sqlite3.Connection) -> Mapping[str, Sequence[str]]:
    """Return by learner who supports them in an open programme: the educator and the on-site supervisor."""
    found: dict[str, list[str]] = defaultdict(list)
    query = "SELECT worker, educator, on_site FROM programme WHERE ended_on IS NULL ORDER BY id"
    for learner, *supporters in conn.execute(query):
        found[learner].extend(who for who in supporters if who and who != learner and who not in found[learner])
    return found
