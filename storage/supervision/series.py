"""The sessions that an agreement asks for in the months ahead: proposed, not yet booked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.cases.subject import Happening
from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.workdays import add_months
from domain.supervision.frequency import cadence
from domain.supervision.scheduling import Diary, Proposed, Wanted, series
from domain.supervision.sessions import Agreement
from storage.database.connection import Connection
from storage.supervision.diary import absences, booked
from storage.supervision.rule_facts import ONE_TO_ONE, phases_begin

if TYPE_CHECKING:
    from domain.core.workdays import Workdays
    from storage.records.unit import Unit
    from storage.rules.pack_set import PackSet

AHEAD = 6  # months of a series, unless somebody asks for another length


class Series(NamedTuple):
    """The dates proposed from an agreement, and the day they are counted from."""

    agreement: Agreement
    minutes: int
    dates: tuple[Proposed, ...]
    anchor: date


def propose(unit: Unit, agreement: int, months: int = AHEAD) -> Series:
    """Return the sessions that ``agreement`` asks for over the months ahead; those already booked count as held.

    Raises BadInput where the agreement is over or its standard is not known.
    """
    found = unit.get(Agreement, agreement)
    until = add_months(max(unit.today, found.starts), months)
    if found.ends is not None and found.ends < unit.today:
        raise BadInput(
            f"This agreement ended on {show_day(found.ends)}.", field="agreement", hint="Book from the one that stands."
        )
    until = min(until, found.ends or until)
    standard = unit.packs.standard(found.standard)
    said = cadence(standard.as_item())
    last = _last(unit.reader, found.worker, found.supervisor)
    first = max(found.starts, unit.today, last + timedelta(days=1) if last else found.starts)
    anchor = _anchor(unit.reader, found) if last is None or last < found.starts else last
    start_of_phases = _began(unit.reader, found.worker)
    wanted = Wanted(found.weekday, found.start, found.minutes)
    dates = series(
        wanted,
        lambda on: said.every(on, start_of_phases),
        anchor,
        first,
        until,
        diary(unit.reader, unit.packs, (found.worker, found.supervisor), unit.today),
    )
    return Series(found, found.minutes, dates, anchor)


def _anchor(raw: Connection, found: Agreement) -> date:
    """Return the day to count the first session from: the last one-to-one session with anybody, or the start."""
    query = f"""SELECT max(held_on) FROM session
                WHERE worker = :worker AND state = 'held' AND kind IN {ONE_TO_ONE}"""  # noqa: S608
    held = raw.value(query, worker=found.worker)
    return max(date.fromisoformat(held), found.starts) if held else found.starts


def _last(raw: Connection, worker: str, supervisor: str) -> date | None:
    """Return the day of the pair's last session that was held or is booked."""
    query = f"""SELECT max(coalesce(held_on, "on")) FROM session WHERE worker = :worker AND supervisor = :supervisor
                AND state IN ('planned', 'held') AND kind IN {ONE_TO_ONE}"""  # noqa: S608
    last = raw.value(query, worker=worker, supervisor=supervisor)
    return date.fromisoformat(last) if last else None


def _began(raw: Connection, worker: str) -> date | None:
    started = raw.value("SELECT started FROM worker WHERE staff_id = :worker", worker=worker)
    query = """SELECT "on" FROM worker_event WHERE worker = :worker AND kind = 'asye_started'"""
    events = [Happening("asye_started", date.fromisoformat(on)) for on in raw.values(query, worker=worker)]
    return phases_begin(date.fromisoformat(started) if started else None, events)


# when they can meet --------------------------------------------------------------------------------------------------


def diary(raw: Connection, packs: PackSet, workers: Sequence[str], today: date, *, leaving_out: int = 0) -> Diary:
    """Return when ``workers`` can meet: the nation's working days, their absences, and the sessions they have."""
    return Diary(
        calendar_of(raw, packs, workers[0], today),
        absences(raw, workers),
        booked(raw, workers, leaving_out=leaving_out),
    )


def calendar_of(raw: Connection, packs: PackSet, worker: str, today: date) -> Workdays:
    """Return the working days where a worker works today."""
    query = "SELECT t.nation FROM worker_on(:today) w JOIN team t ON t.name = w.team WHERE w.staff_id = :worker"
    return packs.calendar(raw.value(query, worker=worker, today=today) or "england")
