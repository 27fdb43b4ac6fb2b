"""The narrow read behind "Needs you": what wants attention, each with the list that shows exactly it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.dates import show_day
from domain.namesakes import told_apart
from domain.text import plural
from storage.board import WorkerLine, team_board, unallocated
from storage.reading import Packs
from storage.reviewdays import override_reviews, reduction_ends, soon

if TYPE_CHECKING:
    from storage.concerns import ConcernLine

STALE_IMPORT = 7  # days
NAMED = 3  # how many people one line names


class Who(NamedTuple):
    """A worker within a line of words: a screen that hides names says it in its own way."""

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
        """Return the words, each worker's name as ``who`` says it."""
        return "".join(who(part.name) if isinstance(part, Who) else part for part in self.parts)


def _surname(who: Who, shared: Collection[str]) -> str:
    return told_apart(who.name.partition(",")[0], who.staff_id, shared)


def needs_you(
    conn: sqlite3.Connection, team: str | None, today: date, board: Sequence[WorkerLine] | None = None
) -> list[Need]:
    """Return what wants attention now, worst first; empty when nothing does.

    ``board`` is the team's, where it was read already. What takes longer to find is added afterwards by
    ``with_concerns`` and ``with_phantoms``.
    """
    board = team_board(conn, team, today) if board is None else board
    return [
        *_late(conn, team, today),
        *_late_supervision(board, today),
        *_late_about_workers(conn, team, today),
        *_unsettled(conn, team, today),
        *_own_intervals(conn, team, today, late=True),
        *_over(board),
        *_idle(board),
        *_lapsing(conn, team, today),
        *_own_intervals(conn, team, today, late=False),
        *_unallocated(conn, team, today),
        *_stale_import(conn, today),
    ]


def _late(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    where = "AND c.team = :team" if team is not None else ""
    query = f"""SELECT count(*), min(o.legal_due) FROM cases c JOIN obligation o
        ON o.subject = c.reference AND o.subject_kind = 'case'
        WHERE c.closed IS NULL AND o.legal_due < :today {where}"""  # noqa: S608
    count, oldest = conn.execute(query, {"team": team, "today": today.isoformat()}).fetchone()
    if count:
        days = (today - date.fromisoformat(oldest)).days
        yield Need(
            "late",
            (f"{plural(count, 'review or visit', 'reviews and visits')}, oldest {plural(days, 'day')}",),
            "due",
            "overdue about:case",
        )


def _late_supervision(board: Sequence[WorkerLine], today: date) -> Iterator[Need]:
    late = sorted((w.supervision_due, w) for w in board if w.supervision_due and w.supervision_due < today)
    if late:
        who: list[str | Who] = []
        for due, worker in late[:NAMED]:
            days = (today - due).days
            named = Who(worker.name, worker.staff_id)
            who += [", ", named, f" {days}"] if who else [" (", named, f" {plural(days, 'day')}"]
        more = f" and {len(late) - NAMED} more" if len(late) > NAMED else ""
        yield Need("late", (plural(len(late), "supervision"), *who, f"{more})"), "due", "overdue about:supervision")


def _late_about_workers(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    """Say what else is late about workers: reviews of a newly qualified year or a placement, learning needs."""
    query = """SELECT count(*), min(o.legal_due) FROM worker w JOIN obligation o
        ON o.subject = w.staff_id AND o.subject_kind = 'worker'
        WHERE o.series <> 'supervision' AND o.legal_due < :today AND (:team IS NULL OR w.team = :team)"""
    count, oldest = conn.execute(query, {"team": team, "today": today.isoformat()}).fetchone()
    if count:
        days = (today - date.fromisoformat(oldest)).days
        text = f"{plural(count, 'other date', 'other dates')} about workers, oldest {plural(days, 'day')}"
        yield Need("late", (text,), "due", "overdue about:worker -about:supervision")


def _unsettled(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    """Say how many disagreements have passed the day of their stage."""
    query = """SELECT count(*), min(d.due) FROM disagreement d LEFT JOIN worker w ON w.staff_id = d.worker
        LEFT JOIN cases c ON c.reference = d."case"
        WHERE d.ended_on IS NULL AND d.due < :today AND (:team IS NULL OR w.team = :team OR c.team = :team)"""
    count, oldest = conn.execute(query, {"team": team, "today": today.isoformat()}).fetchone()
    if count:
        days = (today - date.fromisoformat(oldest)).days
        text = f"{plural(count, 'disagreement')} past the day of the stage, oldest {plural(days, 'day')}"
        yield Need("late", (text,), "disagreements", "")


def _over(board: Sequence[WorkerLine]) -> Iterator[Need]:
    over = sorted((w for w in board if w.band == "over"), key=lambda w: -(w.utilisation or 0))
    for worker in over[:NAMED]:
        parts = Who(worker.name, worker.staff_id), f" at {((worker.utilisation or 0) + 5) // 10} %"
        yield Need("over", parts, "worker", worker.staff_id)


def _idle(board: Sequence[WorkerLine]) -> Iterator[Need]:
    """Say who holds cases and can carry nothing today."""
    for worker in board:
        if worker.capacity == 0 and worker.case_points:
            parts = Who(worker.name, worker.staff_id), f": no capacity today, {plural(worker.cases, 'case')} allocated"
            yield Need("over", parts, "worker", worker.staff_id)


def _lapsing(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    """Say which reductions end soon, and capacity returns, without anything that follows them."""
    for one in reduction_ends(conn, Packs(conn), today, soon(today), today, team):
        parts = Who(one.name, one.worker), f": {one.percent} % less, {one.reason}, ends {show_day(one.on, today)}"
        yield Need("due", parts, "worker", one.worker)


def _own_intervals(conn: sqlite3.Connection, team: str | None, today: date, *, late: bool) -> Iterator[Need]:
    """Say which cases' own intervals are to be looked at again: those past their day, or those soon to be."""
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
    """Return ``needs`` with the workload concerns that wait for somebody, in place of what they say again."""
    waiting = [one for one in concerns if one.state != "answered"]
    said = {one.worker for one in waiting}
    kept = [need for need in needs if not (need.area == "worker" and need.state == "over" and need.filter in said)]
    place = next((at for at, need in enumerate(kept) if need.state != "late"), len(kept))
    return [*kept[:place], *(_concern(one, today) for one in waiting), *kept[place:]]


def _concern(line: ConcernLine, today: date) -> Need:
    state, words = _concern_words(line, today)
    return Need(state, (Who(line.name, line.worker), words), "worker", line.worker)


def _concern_words(line: ConcernLine, today: date) -> tuple[str, str]:
    """Return the state of a concern, and what is said of it after the worker's name."""
    if line.state == "review" and line.review_on is not None:
        days = plural((today - line.review_on).days, "day")
        return "late", f": workload concern to be looked at again, {days} late"
    if not line.weeks:
        raised = show_day(line.raised_on, today)
        return "over", f": workload concern of {raised}, no answer"
    above = f"above {(line.line or 0) / 10:g} % for {plural(line.weeks, 'week')}"
    until = "" if line.running or line.last is None else f" to {show_day(line.last, today)}"
    return "over", f" {'' if line.running else 'was '}{above}{until}, no answer"


def _unallocated(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    lying = unallocated(conn, team, today)
    if lying.cases and lying.oldest:
        days = (today - lying.oldest).days
        text = f"{plural(lying.cases, 'case')} unallocated, oldest {plural(days, 'day')}"
        yield Need("due", (text,), "unallocated", "")


def with_phantoms(needs: Sequence[Need], conn: sqlite3.Connection, team: str | None, today: date) -> list[Need]:
    """Return ``needs`` with the cases that are held wrongly, before what is merely old."""
    place = next((at for at, need in enumerate(needs) if need.area == "import"), len(needs))
    return [*needs[:place], *_phantom(conn, team, today), *needs[place:]]


def _phantom(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    from storage.phantom import phantoms  # policies are read for it, and nobody waits for them with the first board

    found = {one.case for one in phantoms(conn, team, today)}
    if found:
        text = f"{plural(len(found), 'case')} held by somebody who cannot or may not"
        yield Need("due", (text,), "phantom", "")


def _stale_import(conn: sqlite3.Connection, today: date) -> list[Need]:
    (last,) = conn.execute('SELECT max("on") FROM import_run').fetchone()
    if last is None:
        return []
    days = (today - date.fromisoformat(last)).days
    return [Need("unset", (f"import is {plural(days, 'day')} old",), "import", "")] if days >= STALE_IMPORT else []
