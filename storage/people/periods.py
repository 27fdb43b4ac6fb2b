"""What lasts from one day to another against the time its workers are here: both ends, whichever is recorded first.

What is a person's own rather than their post's (a registration, a programme begun elsewhere) may be older than the
post; how long a registration counts is nobody's leaving date.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.people.people import Worker, WorkerFields
from storage.database.connection import Connection

if TYPE_CHECKING:
    from storage.records.unit import Unit

_DAY = timedelta(days=1)


class Period(NamedTuple):
    """A kind of record that lasts: the fields that say from when, up to when, and who is to be here meanwhile.

    Of several ``ends`` the first that is given counts. ``through``: the end is the last day of it, not the day after.
    ``brought``: it may be older than the worker's post, and go on after it where no end is given.
    """

    kind: str
    starts: str = "starts"
    ends: tuple[str, ...] = ("ends",)
    workers: tuple[str, ...] = ("worker",)
    through: bool = True
    brought: bool = False

    def end_of(self, fields: Any) -> tuple[str, date | None]:
        """Return the field that says up to when, and its day; None where there is no end."""
        name = next((name for name in self.ends if getattr(fields, name) is not None), self.ends[0])
        return name, getattr(fields, name)

    def no_longer(self, fields: Any, before: Any) -> bool:
        """Whether it is of the same people from the same day as before, and ends no later."""
        if any(getattr(fields, name) != getattr(before, name) for name in (self.starts, *self.workers)):
            return False
        (_, end), (_, old) = self.end_of(fields), self.end_of(before)
        return (end or date.max) <= (old or date.max)

    @property
    def last_sql(self) -> str:
        """The last day in SQL; NULL where there is none."""
        end = self.ends[0] if len(self.ends) == 1 else f"coalesce({', '.join(self.ends)})"
        return end if self.through else f"date({end}, '-1 day')"


PERIODS = (
    Period("allocation", through=False),
    Period("reduction"),
    Period("extra"),
    Period("agreement", workers=("worker", "supervisor")),
    Period("programme", ends=("ended_on", "ends"), brought=True),
    Period("registration", starts="granted", ends=("ended_on",), brought=True),
)
_OF = {period.kind: period for period in PERIODS}


def while_here(unit: Unit, kind: str, fields: Any, before: Any) -> None:
    """Refuse a period that begins before its worker started, or goes on after they left.

    What stands may stay, and end sooner: whoever left with cases still lets go of them. Raises BadInput naming the
    field.
    """
    period = _OF[kind]
    if before is not None and period.no_longer(fields, before):
        return
    for field in period.workers:
        _of_one(unit, period, fields, unit.get(Worker, getattr(fields, field)))


def _of_one(unit: Unit, period: Period, fields: Any, worker: Worker) -> None:
    starts: date = getattr(fields, period.starts)
    if worker.started is not None and starts < worker.started and not period.brought:
        raise BadInput(
            f"{worker.staff_id} started on {show_day(worker.started)}.",
            field=period.starts,
            where=period.starts,
            hint="Give a day from then on, or correct the day on which they started.",
        )
    if worker.leaves is not None:
        _by_leaving(period, fields, f"{_gone(worker, unit.today)} on {show_day(worker.leaves)}", worker.leaves, unit)


def _gone(worker: Worker, today: date) -> str:
    return f"{worker.staff_id} {'left' if worker.leaves is not None and worker.leaves < today else 'leaves'}"


def _by_leaving(period: Period, fields: Any, words: str, leaves: date, unit: Unit) -> None:
    if getattr(fields, period.starts) > leaves:
        raise BadInput(f"{words}.", field=period.starts, where=period.starts)
    field, end = period.end_of(fields)
    if end is None:
        late = leaves < unit.today and not period.brought
    else:
        late = (end if period.through else end - _DAY) > leaves
    if late:
        raise BadInput(
            f"{words}: it ends by then.",
            field=field,
            where=field,
            hint=f"Give {field}={leaves if period.through else leaves + _DAY} or a day before.",
        )


def refuse_stranding(unit: Unit, fields: WorkerFields, before: Worker | None) -> None:
    """Refuse a start or a leaving day that leaves something of theirs beginning before they came or after they went.

    What merely goes on after the day they leave does not keep them: it is told by doctor.
    """
    if before is None or (fields.started == before.started and fields.leaves == before.leaves):
        return
    for found in _outside(unit.reader, fields.staff_id, fields.started, fields.leaves):
        field, word = ("started", "already") if found.early else ("leaves", "only")
        raise BadInput(
            f"{found.kind} {found.id} begins {word} on {show_day(found.starts)}.",
            field=field,
            where=field,
            hint=f"Correct or end that first: almoner amend {found.kind} {found.id}",
        )


class _Outside(NamedTuple):
    """A record that begins before its worker started, or after they left."""

    kind: str
    id: int
    starts: date
    early: bool


def _outside(conn: Connection, who: str, started: date | None, leaves: date | None) -> Iterator[_Outside]:
    for period in PERIODS:
        about = " OR ".join(f"{column} = :who" for column in period.workers)
        lasting = "" if period.through else f"AND ({period.ends[0]} IS NULL OR {period.ends[0]} > {period.starts})"
        early = "(1 = 0)" if period.brought else f"({period.starts} < :started)"
        query = f"""SELECT '{period.kind}' AS kind, id, {period.starts} AS starts, {early} AS early FROM {period.kind}
            WHERE ({about}) AND ({early} OR {period.starts} > :leaves) {lasting} ORDER BY starts, id LIMIT 1"""  # noqa: S608
        yield from conn.all(_Outside, query, who=who, started=started, leaves=leaves)


class Beyond(NamedTuple):
    """A record that lies outside the time of one of its workers."""

    kind: str
    id: int


def beyond(conn: Connection) -> list[Beyond]:
    """Return the records that begin before a worker of theirs started, or last longer than that worker stays.

    Whoever left with cases lets go of them later, which is no wrong day; meanwhile they are told of as leavers' cases.
    """
    found: dict[Beyond, None] = {}
    for period in PERIODS:
        early = "" if period.brought else "p.starts < w.started OR "
        late = " OR p.last > w.leaves" if period.through else ""
        for column in period.workers:
            query = f"""SELECT '{period.kind}' AS kind, p.id
                FROM (SELECT id, {column} AS who, {period.starts} AS starts, {period.last_sql} AS last
                      FROM {period.kind}) p JOIN worker w ON w.staff_id = p.who
                WHERE (p.last IS NULL OR p.last >= p.starts)
                AND ({early}p.starts > w.leaves{late}) ORDER BY p.id"""  # noqa: S608
            found |= dict.fromkeys(conn.all(Beyond, query))
    return list(found)
