"""What wants attention now, for "Needs you" on the first screen; each need names the list that shows exactly it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.core.dates import show_day
from domain.core.hundredths import whole_percent
from domain.core.namesakes import told_apart
from domain.core.text import plural
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT, TEAM_MEMBERS
from storage.load.review_days import override_reviews, reduction_ends, soon
from storage.load.worker_load import WorkerLine, team_board, unallocated
from storage.rules.kept_packs import Packs

if TYPE_CHECKING:
    from storage.load.history.concerns import ConcernLine

STALE_IMPORT = 7  # days
NAMED = 3  # how many people one line names


class Who(NamedTuple):
    """A worker's name within a text, so that a screen can hide it."""

    name: str
    staff_id: str = ""


Parts = tuple[str | Who, ...]


class Need(NamedTuple):
    """One thing that wants attention, and the list that shows exactly it."""

    state: str
    parts: Parts
    area: str
    filter: str

    @property
    def text(self) -> str:
        """The words, workers by their surnames."""
        return self.told()

    def told(self, shared: Collection[str] = ()) -> str:
        """Return the words, workers by their surnames, with the staff id behind those in ``shared``."""
        return "".join(_surname(part, shared) if isinstance(part, Who) else part for part in self.parts)

    def said(self, who: Callable[[str], str]) -> str:
        """Return the words, each worker's name as ``who`` gives it."""
        return "".join(who(part.name) if isinstance(part, Who) else part for part in self.parts)


def _surname(who: Who, shared: Collection[str]) -> str:
    return told_apart(who.name.partition(",")[0], who.staff_id, shared)


def needs_you(conn: Connection, team: str | None, today: date, board: Sequence[WorkerLine] | None = None) -> list[Need]:
    """Return what wants attention now, worst first; empty when nothing does.

    ``board`` is the team's, where it was read already. What takes longer to find is added afterwards by
    ``with_concerns`` and ``with_phantoms``.
    """
    board = team_board(conn, team, today) if board is None else board
    return [
        *_late(conn, _CASES if team is None else _CASES_OF_TEAM, team, today),
        *_late_supervision(board, today),
        *_cpd_years(conn, team, today),
        *_late(conn, _WORKERS, team, today),
        *_late(conn, _DISAGREEMENTS, team, today),
        *_own_intervals(conn, team, today, late=True),
        *_over(board),
        *_idle(board),
        *_lapsing(conn, team, today),
        *_own_intervals(conn, team, today, late=False),
        *_unallocated(conn, team, today),
        *_stale_import(conn, today),
    ]


class _Late(NamedTuple):
    """What may be late: a query for how many and since when, the words for one and for many, and its list."""

    query: str
    one: str
    many: str
    area: str
    filter: str = ""


_CASES = _Late(
    """SELECT count(*) AS late, min(o.legal_due) AS oldest FROM cases c
        JOIN obligation o ON o.subject = c.reference AND o.subject_kind = 'case'
        WHERE c.closed IS NULL AND o.legal_due < :today""",
    "review or visit",
    "reviews and visits",
    "due",
    "overdue about:case",
)
_CASES_OF_TEAM = _CASES._replace(query=f"{_CASES.query} AND c.team = :team")
# Reviews of a newly qualified year or a placement, and learning needs.
_WORKERS = _Late(
    f"""SELECT count(*) AS late, min(o.legal_due) AS oldest FROM worker w
        JOIN obligation o ON o.subject = w.staff_id AND o.subject_kind = 'worker'
        WHERE o.series NOT IN ('supervision', 'cpd_year') AND o.legal_due < :today AND {IN_TEAM}""",  # noqa: S608
    "other date about workers",
    "other dates about workers",
    "due",
    "overdue about:worker -about:supervision -about:cpd_year",
)
_DISAGREEMENTS = _Late(
    f"""SELECT count(*) AS late, min(d.due) AS oldest FROM disagreement d
        LEFT JOIN cases c ON c.reference = d."case"
        WHERE d.ended_on IS NULL AND d.due < :today
        AND (:team IS NULL OR d.worker IN {TEAM_MEMBERS} OR c.team = :team)""",  # noqa: S608
    "disagreement past the day of the stage",
    "disagreements past the day of the stage",
    "disagreements",
)


class _Count(NamedTuple):
    late: int
    oldest: date | None


def _late(conn: Connection, what: _Late, team: str | None, today: date) -> Iterator[Need]:
    for found in conn.all(_Count, what.query, team=team, today=today):
        if found.oldest is not None:
            text = _with_oldest(plural(found.late, what.one, what.many), found.oldest, today)
            yield Need("late", (text,), what.area, what.filter)


def _with_oldest(text: str, oldest: date, today: date) -> str:
    return f"{text}, oldest {plural((today - oldest).days, 'day')}"


def _late_supervision(board: Sequence[WorkerLine], today: date) -> Iterator[Need]:
    late = sorted((w.supervision_due, w) for w in board if w.supervision_due and w.supervision_due < today)
    people = [(due, Who(worker.name, worker.staff_id)) for due, worker in late]
    yield from _late_of(people, plural(len(people), "supervision"), "supervision", today)


def _late_of(late: Sequence[tuple[date, Who]], words: str, about: str, today: date) -> Iterator[Need]:
    """Yield what is late of some people, since when of the first few."""
    if late:
        who: list[str | Who] = []
        for due, named in late[:NAMED]:
            days = (today - due).days
            who += [", ", named, f" {days:,}"] if who else [" (", named, f" {plural(days, 'day')}"]
        more = f" and {len(late) - NAMED} more" if len(late) > NAMED else ""
        yield Need("late", (words, *who, f"{more})"), "due", f"overdue about:{about}")


_CPD_YEARS = f"""SELECT o.subject AS staff_id, w.name, o.legal_due AS due
FROM obligation o JOIN worker w ON w.staff_id = o.subject
WHERE o.subject_kind = 'worker' AND o.series = 'cpd_year' AND o.legal_due < :today AND {IN_TEAM} AND {NOT_LEFT}
ORDER BY o.legal_due, w.sort_key"""  # noqa: S608


class _CpdYear(NamedTuple):
    staff_id: str
    name: str
    due: date


def _cpd_years(conn: Connection, team: str | None, today: date) -> Iterator[Need]:
    """Yield the registration years that ended unmet, by worker."""
    found = conn.all(_CpdYear, _CPD_YEARS, team=team, today=today)
    late = [(one.due, Who(one.name, one.staff_id)) for one in found]
    yield from _late_of(late, f"{plural(len(late), 'CPD year')} unmet", "cpd_year", today)


def _over(board: Sequence[WorkerLine]) -> Iterator[Need]:
    over = sorted((w for w in board if w.band == "over"), key=lambda w: -(w.utilisation or 0))
    for worker in over[:NAMED]:
        parts = Who(worker.name, worker.staff_id), f" at {whole_percent(worker.utilisation or 0)} %"
        yield Need("over", parts, "worker", worker.staff_id)


def _idle(board: Sequence[WorkerLine]) -> Iterator[Need]:
    """Yield the workers who hold cases and have no capacity today."""
    for worker in board:
        if worker.capacity == 0 and worker.case_points:
            parts = Who(worker.name, worker.staff_id), f": no capacity today, {plural(worker.cases, 'case')} allocated"
            yield Need("over", parts, "worker", worker.staff_id)


def _lapsing(conn: Connection, team: str | None, today: date) -> Iterator[Need]:
    """Yield the reductions that end soon with nothing to follow them, so that capacity returns."""
    for one in reduction_ends(conn, Packs(conn), today, soon(today), today, team):
        parts = Who(one.name, one.worker), f": {one.less.words} less, {one.reason}, ends {show_day(one.on, today)}"
        yield Need("due", parts, "worker", one.worker)


def _own_intervals(conn: Connection, team: str | None, today: date, *, late: bool) -> Iterator[Need]:
    """Yield the cases whose own interval is to be looked at again: those past that day, or those that soon are."""
    since, until = (date.min, today - timedelta(days=1)) if late else (today, soon(today))
    found = [one for one in override_reviews(conn, today, since, until) if team in (None, one.team)]
    for one in found[:NAMED]:
        behind = f"{plural((today - one.on).days, 'day')} late" if late else f"by {show_day(one.on, today)}"
        text = f"{one.case}: own interval to be looked at again, {behind}"
        yield Need("late" if late else "due", (text,), "case", one.case)
    if more := found[NAMED:]:
        text = f"{plural(len(more), 'more own interval')} of cases to be looked at again, {more[0].case} next"
        yield Need("late" if late else "due", (text,), "case", more[0].case)


def with_concerns(needs: Sequence[Need], concerns: Sequence[ConcernLine], today: date) -> list[Need]:
    """Return ``needs`` with the workload concerns that wait for somebody, in place of the needs that say the same."""
    waiting = [one for one in concerns if one.state != "answered"]
    whose = {one.worker for one in waiting}
    kept = [need for need in needs if not (need.area == "worker" and need.state == "over" and need.filter in whose)]
    place = next((at for at, need in enumerate(kept) if need.state != "late"), len(kept))
    return [*kept[:place], *(_concern(one, today) for one in waiting), *kept[place:]]


def _concern(line: ConcernLine, today: date) -> Need:
    state, words = _concern_words(line, today)
    return Need(state, (Who(line.name, line.worker), words), "worker", line.worker)


def _concern_words(line: ConcernLine, today: date) -> tuple[str, str]:
    """Return the state of a concern, and the words that follow the worker's name."""
    if line.state == "review" and line.review_on is not None:
        days = plural((today - line.review_on).days, "day")
        return "late", f": workload concern to be looked at again, {days} late"
    if not line.weeks:
        raised = show_day(line.raised_on, today)
        return "over", f": workload concern of {raised}, no answer"
    above = f"above {(line.line or 0) / 10:g} % for {plural(line.weeks, 'week')}"
    until = "" if line.running or line.last is None else f" to {show_day(line.last, today)}"
    return "over", f" {'' if line.running else 'was '}{above}{until}, no answer"


def _unallocated(conn: Connection, team: str | None, today: date) -> Iterator[Need]:
    lying = unallocated(conn, team, today)
    if lying.oldest is not None:
        text = _with_oldest(f"{plural(lying.cases, 'case')} unallocated", lying.oldest, today)
        yield Need("due", (text,), "unallocated", "")


def with_phantoms(needs: Sequence[Need], conn: Connection, team: str | None, today: date) -> list[Need]:
    """Return ``needs`` with the cases that are held wrongly, before what is merely old."""
    place = next((at for at, need in enumerate(needs) if need.area == "import"), len(needs))
    return [*needs[:place], *_phantom(conn, team, today), *needs[place:]]


def _phantom(conn: Connection, team: str | None, today: date) -> Iterator[Need]:
    # loads policies, for which the first board must not wait
    from storage.allocation.phantom import phantoms, workers_twice

    found = phantoms(conn, team, today)
    if held := {one.case for one in found if not one.other}:
        text = f"{plural(len(held), 'case')} held by somebody who cannot or may not"
        yield Need("due", (text,), "phantom", "")
    cases, workers = {one.case for one in found if one.other}, {one.worker for one in workers_twice(conn, team, today)}
    counts = [plural(len(some), what) for some, what in ((cases, "case"), (workers, "worker")) if some]
    if counts:
        yield Need("due", (f"{' and '.join(counts)} probably recorded twice",), "phantom", "")


def _stale_import(conn: Connection, today: date) -> list[Need]:
    last = conn.value('SELECT max("on") FROM import_run')
    if last is None:
        return []
    days = (today - date.fromisoformat(last)).days
    return [Need("unset", (f"import is {plural(days, 'day')} old",), "import", "")] if days >= STALE_IMPORT else []
