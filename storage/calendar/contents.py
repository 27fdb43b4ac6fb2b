"""What each recipient's calendar carries today, read for many recipients at once.

One pass reads the open obligations in the window for all of them. A mark that differs tells that a calendar changed,
without putting its entries into words.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from domain.calendar.wording import (
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
from domain.core.dates import LONDON
from domain.core.enums import Nation
from storage.calendar.effective_choices import Wishes, council, wishes_of
from storage.calendar.recipients import team_of, team_recipient
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS, NOT_LEFT
from storage.load.review_days import override_reviews, reduction_ends
from storage.rules.kept_packs import Packs
from storage.rules.working_days import working_days

if TYPE_CHECKING:
    from storage.records.database import Database

FORM = 1  # raise it when entries are worded or written otherwise, so that every calendar counts as changed
# How the series of rules about workers begin: supervision and its agreement, and what a programme asks. Everything else
# about a worker (registrations, checks, concerns) is shown to them alone.
_OWN_SUPERVISION = ("supervision", "sup_")
_OF_PROGRAMME = ("asye_", "practice_")


class PlannedEntry(NamedTuple):
    """An entry before it is put into words; ``starts`` and ``minutes`` are for sessions only."""

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
    """One recipient's calendar: its lines in order, and a mark that differs when anything in it does.

    ``seen`` is the newest change to the records when it was read.
    """

    recipient: str
    wishes: Wishes
    lines: tuple[PlannedEntry, ...]
    mark: str
    seen: int = 0


def gather(conn: Connection, recipients: Sequence[str], today: date) -> dict[str, Gathered]:
    """Return what each of ``recipients`` is to see: staff ids, or ``team:NAME`` for a team's own calendar."""
    seen = newest_change(conn)
    wishes = wishes_of(conn, recipients)
    found: dict[str, dict[str, PlannedEntry]] = {recipient: {} for recipient in recipients}
    reader = _Reader(conn, recipients, today, any(w.privacy is Privacy.INITIALS for w in wishes.values()))
    for recipient, line in reader.lines():
        if recipient in found and line.kind in wishes[recipient].kinds:
            found[recipient].setdefault(line.key, line)
    for left in reader.left:
        found.get(left, {}).clear()
    beside = (FORM, packs_in_force(conn), council(conn).classification)
    nations = _nations(conn, found, today)
    return {
        # A further notice becomes too old before its entry does: with notices, the day is part of the mark.
        recipient: _gathered(
            recipient,
            wishes[recipient],
            lines.values(),
            (*beside, nations[recipient], wishes[recipient].leads and today),
        )._replace(seen=seen)
        for recipient, lines in found.items()
    }


def newest_change(conn: Connection) -> int:
    """Return the number of the newest change to the records; 0 while there is none."""
    found: int = conn.value("SELECT coalesce(max(id), 0) FROM change_set")
    return found


def packs_in_force(conn: Connection) -> str:
    """Return the digest of the packs in force; empty before any were written down."""
    return conn.value("SELECT value FROM meta WHERE key = 'packs'") or ""


def _gathered(recipient: str, wishes: Wishes, lines: Iterable[PlannedEntry], beside: tuple[object, ...]) -> Gathered:
    settled = tuple(sorted(lines, key=lambda line: (line.on, line.starts, line.key)))
    if wishes.privacy is not Privacy.INITIALS:
        settled = tuple(line._replace(name="") for line in settled) if any(line.name for line in settled) else settled
    mark = hashlib.sha256(repr((wishes.marks, settled, beside)).encode()).hexdigest()
    return Gathered(recipient, wishes, settled, mark)


def reminders(gathered: Gathered, before: WorkingDayBefore, today: date) -> list[Reminder]:
    """Return the entries of ``gathered`` in words, with the further notices that were chosen."""
    return [entry for line in gathered.lines for entry in _entries(line, gathered.wishes, before, today)]


def _entries(line: PlannedEntry, wishes: Wishes, before: WorkingDayBefore, today: date) -> Iterator[Reminder]:
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


def working_days_before(database: Database, recipients: Iterable[str], today: date) -> dict[str, WorkingDayBefore]:
    """Return by recipient the last working day before a day, where the recipient's team of today works."""
    conn = database.reader()
    nations = _nations(conn, recipients, today)
    packs = Packs(conn)
    found = {nation: _working_day_before(packs, nation) for nation in dict.fromkeys(nations.values())}
    return {recipient: found[nation] for recipient, nation in nations.items()}


def _nations(conn: Connection, recipients: Iterable[str], today: date) -> dict[str, Nation]:
    teams = conn.lookup("SELECT name, nation FROM team")
    homes = conn.lookup("SELECT staff_id, team FROM worker_on(:today) w", today=today)
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
# CROSS JOIN makes SQLite begin with the table on the left, of which few rows are wanted.
_CASES = f"""
SELECT o.id, o.rule, c.reference, CASE WHEN :initials THEN c.name ELSE '' END AS name, o.legal_due AS due,
  coalesce(o.plan_by, o.legal_due) AS plan_by, c.team, {HELD_BY} AS holder
FROM cases c CROSS JOIN obligation o
WHERE o.subject = c.reference AND o.subject_kind = 'case' AND c.closed IS NULL AND {_WINDOW}
  AND c.reference IN (
    SELECT a."case" FROM worker w CROSS JOIN allocation a
    WHERE w.staff_id IN :workers AND a.worker = w.staff_id AND a.role = 'allocated_worker' AND {HOLDS}
    UNION SELECT reference FROM cases WHERE closed IS NULL AND team IN :teams)
"""  # noqa: S608
_WORKERS = f"""
SELECT o.id, o.rule, o.series, w.staff_id AS reference, o.legal_due AS due,
  coalesce(o.plan_by, o.legal_due) AS plan_by, w.supervisor
FROM worker_on(:today) w CROSS JOIN obligation o
WHERE o.subject = w.staff_id AND o.subject_kind = 'worker' AND {_WINDOW} AND {NOT_LEFT}
  AND (w.staff_id IN :workers OR w.supervisor IN :workers
    OR w.staff_id IN (SELECT worker FROM programme
      WHERE ended_on IS NULL AND (educator IN :workers OR on_site IN :workers)))
"""  # noqa: S608
_SESSIONS = """
SELECT s.id, s."on", s.start, s.minutes, s.worker, s.supervisor, w.team,
  (SELECT group_concat(a.worker, char(10)) FROM attendance a WHERE a.session = s.id AND NOT a.absent) AS others
FROM session s JOIN worker_on(:today) w ON w.staff_id = s.worker
WHERE s.state = 'planned' AND s."on" BETWEEN :since AND :until
  AND (s.worker IN :workers OR s.supervisor IN :workers
    OR s.worker IN (SELECT i.staff_id FROM worker_on(:today) i WHERE i.team IN :teams)
    OR s.id IN (SELECT session FROM attendance WHERE worker IN :workers))
"""
_ACTIONS = """
SELECT id, owner, "case", due FROM action
WHERE owner IN :workers AND done_on IS NULL AND dropped_on IS NULL AND due BETWEEN :since AND :until
"""


class _Due(NamedTuple):
    """An obligation of an open case, with its team and holder, or about a worker, with their supervisor."""

    id: str
    rule: str
    reference: str
    due: str
    plan_by: str
    series: str = ""
    name: str = ""
    team: str = ""
    holder: str | None = None
    supervisor: str | None = None


class _Session(NamedTuple):
    """A planned session; ``others`` are further supervisees, a line each."""

    id: int
    on: str
    start: str
    minutes: int
    worker: str
    supervisor: str
    team: str
    others: str | None


class _Action(NamedTuple):
    id: int
    owner: str
    case: str | None
    due: str


class _Manager(NamedTuple):
    """A line manager of somebody in a team; ``inside`` where the manager is in it, too."""

    team: str
    manager: str
    inside: bool


class _Learner(NamedTuple):
    """Somebody in an open programme, and who supports them."""

    worker: str
    educator: str | None
    on_site: str | None


class _Reader:
    """One pass over the records for some recipients; yields (recipient, line), the nearer relation first."""

    def __init__(self, conn: Connection, recipients: Sequence[str], today: date, initials: bool) -> None:
        from dateutil.relativedelta import relativedelta

        self._conn, self._today = conn, today
        self._packs = Packs(conn)
        self.left = frozenset(conn.values("SELECT staff_id FROM worker WHERE leaves < :today", today=today))
        self._managers = _managers(conn, recipients, today)
        self._since, self._until = today - LOOK_BACK, today + relativedelta(months=LOOK_AHEAD_MONTHS)
        self._given = {
            "since": self._since,
            "until": self._until,
            "today": today,
            "workers": [r for r in recipients if team_of(r) is None],
            "teams": sorted({*self._managers, *(team for r in recipients if (team := team_of(r)) is not None)}),
        }
        self._initials = initials
        self._words: dict[str, tuple[str, EntryKind]] = {}

    def lines(self) -> Iterator[tuple[str, PlannedEntry]]:
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

    def _of_cases(self) -> Iterator[tuple[str, PlannedEntry]]:
        """Yield the holder's and the team's; the manager's where nobody holds it, or the whole team was chosen."""
        later = []
        for one in self._conn.each(_Due, _CASES, **self._given, initials=self._initials):
            word, kind = self._word(one.rule)
            line = PlannedEntry(kind, f"due:{one.id}", word, one.reference, one.name, one.due, one.plan_by)
            # Whoever has left holds nothing, whatever the records still say.
            holder = None if one.holder in self.left else one.holder
            if holder is not None:
                yield holder, line
            yield team_recipient(one.team), line
            for manager in self._managers.get(one.team, ()):
                if holder is None:
                    yield manager, line._replace(kind=EntryKind.UNALLOCATED)
                later.append((manager, line._replace(kind=EntryKind.TEAM)))
        yield from later

    def _of_workers(self) -> Iterator[tuple[str, PlannedEntry]]:
        learners = _supporters(self._conn)
        for one in self._conn.all(_Due, _WORKERS, **self._given):
            about_supervision = one.series.startswith(_OWN_SUPERVISION)
            word = "Supervision" if one.series == "supervision" else self._word(one.rule)[0]
            own = EntryKind.SUPERVISION if about_supervision else EntryKind.LEARNING
            line = PlannedEntry(own, f"due:{one.id}", word, one.reference, "", one.due, one.plan_by)
            yield one.reference, line
            if about_supervision and one.supervisor:
                yield one.supervisor, line._replace(kind=EntryKind.SUPERVISEE)
            if one.series.startswith(_OF_PROGRAMME):
                for supporter in learners.get(one.reference, ()):
                    yield supporter, line._replace(kind=EntryKind.LEARNER)

    def _of_sessions(self) -> Iterator[tuple[str, PlannedEntry]]:
        for one in self._conn.each(_Session, _SESSIONS, **self._given):
            key = f"session:{one.id}"
            line = PlannedEntry(EntryKind.SESSION, key, "", one.supervisor, "", one.on, "", one.start, one.minutes)
            for supervisee in dict.fromkeys((one.worker, *(one.others or "").split("\n"))):
                if supervisee:
                    yield supervisee, line
            about = line._replace(reference=one.worker)
            yield one.supervisor, about
            yield team_recipient(one.team), about

    def _of_actions(self) -> Iterator[tuple[str, PlannedEntry]]:
        for one in self._conn.each(_Action, _ACTIONS, **self._given):
            key = f"action:{one.id}"
            yield one.owner, PlannedEntry(EntryKind.ACTION, key, "Action", one.case or one.owner, "", one.due, one.due)

    def _of_reviews(self) -> Iterator[tuple[str, PlannedEntry]]:
        """Yield what a supervisor looks at again: intervals of single cases, and capacity about to return."""
        since, until = self._since, self._until
        supervisors = self._conn.lookup("SELECT staff_id, supervisor FROM worker_on(:today) w", today=self._today)
        for one in override_reviews(self._conn, self._today, since, until):
            holder = one.holder if one.holder not in self.left else None
            line = _review(f"override:{one.id}", one.case, one.on)
            for who in self._looking(supervisors.get(holder), one.team):
                yield who, line
        for end in reduction_ends(self._conn, self._packs, since, until, until):
            line = _review(f"reduction:{end.id}", end.worker, end.on)
            for who in self._looking(end.supervisor, end.team):
                yield who, line

    def _looking(self, supervisor: str | None, team: str) -> Sequence[str]:
        """Return who looks at it: the supervisor, or the team's managers where there is none who still works here."""
        return [supervisor] if supervisor and supervisor not in self.left else self._managers.get(team, ())


def _review(key: str, reference: str, on: date) -> PlannedEntry:
    return PlannedEntry(EntryKind.OTHER, key, "Review", reference, "", on.isoformat(), on.isoformat())


def _managers(conn: Connection, recipients: Iterable[str], today: date) -> Mapping[str, Sequence[str]]:
    """Return by team those of ``recipients`` who manage it: line managers of somebody in it, from its own ranks.

    Where nobody in a team manages it, those outside who do: a manager's own manager is not asked to do their work.
    """
    wanted = set(recipients)
    found: dict[str, dict[bool, list[str]]] = defaultdict(lambda: defaultdict(list))
    query = """SELECT DISTINCT w.team, w.line_manager AS manager, m.team = w.team AS inside
               FROM worker_on(:today) w JOIN worker_on(:today) m ON m.staff_id = w.line_manager
               ORDER BY w.team, w.line_manager"""
    for one in conn.each(_Manager, query, today=today):
        found[one.team][one.inside].append(one.manager)
    return {
        team: managers
        for team, by in found.items()
        if (managers := [m for m in by.get(True) or by[False] if m in wanted])
    }


def _supporters(conn: Connection) -> Mapping[str, Sequence[str]]:
    """Return by learner who supports them in an open programme: the educator and the on-site supervisor."""
    found: dict[str, list[str]] = defaultdict(list)
    query = "SELECT worker, educator, on_site FROM programme WHERE ended_on IS NULL ORDER BY id"
    for one in conn.each(_Learner, query):
        supporters = found[one.worker]
        supporters += [w for w in (one.educator, one.on_site) if w and w != one.worker and w not in supporters]
    return found
