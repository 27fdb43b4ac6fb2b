"""Registration years as they stand, of each worker: one that ended unmet stays late until it is met or closed.

Which years count: those that ended since a team of the worker's came into use. Where no team says since when, those
that ended since the database was begun, or since the worker's first piece of development, whichever is earlier. A year
that ends after the worker's last day is not counted either. Where such a year is asked for, the reason is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.cases.subject import Happening
from domain.core.dates import short_day
from domain.learning.cpd import (
    CLOSED,
    DONE,
    Closed,
    Piece,
    Standard,
    Year,
    YearState,
    registration_year,
    standard_of,
    year_state,
    years_through,
)
from storage.database.connection import Connection
from storage.database.derived_days import begun_on, settled_day
from storage.due.subjects import WorkerDraft
from storage.people.in_use import counted_from
from storage.rules.kept_packs import Packs

BEGAN, MET = "cpd_year_began", "cpd_year_met"
SERIES = "cpd_year"
RENEWAL = "registration_renewed"
_DAY = timedelta(days=1)

_STAFF = """SELECT w.staff_id, w.started, w.leaves, t.nation FROM worker w JOIN team t ON t.name = w.team
WHERE w.staff_id IN :workers"""
_PIECES = """SELECT id, worker, "on", kind, title, learning, impact, peer, peer_note, submitted_on FROM cpd
WHERE worker IN :workers AND "on" <= :today"""
_CLOSINGS = 'SELECT worker, year, "on", "by", why FROM cpd_closing WHERE worker IN :workers AND "on" <= :today'
_RENEWALS = """SELECT worker, "on" FROM worker_event WHERE worker IN :workers AND kind = :renewal AND "on" <= :today
UNION SELECT worker, granted FROM registration WHERE worker IN :workers AND kind IN :kinds AND granted <= :today"""
_KEPT = f"""SELECT worker FROM cpd WHERE worker IN :workers
UNION SELECT worker FROM cpd_closing WHERE worker IN :workers UNION SELECT worker FROM ({_RENEWALS}) r"""  # noqa: S608
_GRADES = "SELECT staff_id, grade FROM worker_on(:day) w WHERE w.staff_id IN :workers"


class _Staff(NamedTuple):
    staff_id: str
    started: date | None
    leaves: date | None
    nation: str


class _Closing(NamedTuple):
    worker: str
    year: date
    on: date
    by: str
    why: str


class _Renewal(NamedTuple):
    worker: str
    on: date


class _Known(NamedTuple):
    """What is recorded of some workers and their regulators, by staff id; ``grades`` by the last day of a year."""

    standards: Mapping[str, Standard]
    pieces: Mapping[str, list[Piece]]
    closings: Mapping[tuple[str, date], Closed]
    renewals: Mapping[str, list[date]]
    since: Mapping[str, date]
    begun: date
    registered: frozenset[str]
    grades: dict[date, Mapping[str, str]]


def standards(packs: Packs) -> dict[str, Standard]:
    """Return what the regulator of each nation asks for in a year, as far as a pack says it."""
    said = (one.get("year") for one in packs.all("registration_kind").values() if one.get("active", True))
    return {year["nation"]: standard_of(year) for year in said if year}


def states(
    conn: Connection,
    packs: Packs,
    workers: Sequence[str],
    today: date,
    asked: date | None = None,
    *,
    concerned: bool = True,
) -> dict[str, list[YearState]]:
    """Return by worker how each registration year that counts stands, the earliest first, through the present one.

    With ``asked``, a day, the one year of each worker that holds it, counted or not; and where ``concerned`` is False
    also of those who were not registered then.
    """
    found: dict[str, list[YearState]] = {}
    staff = conn.all(_Staff, _STAFF, workers=list(workers))
    known = _known(conn, packs, staff, today)
    for one in staff:
        if (standard := known.standards.get(one.nation)) is None:
            continue
        years = [registration_year(asked, standard)] if asked else _years(one, known, standard, today)
        found[one.staff_id] = [
            _state(one, known, standard, year, today)
            for year in years
            if not concerned or _concerned(conn, known, one, [each.staff_id for each in staff], year, today)
        ]
    return found


def _known(conn: Connection, packs: Packs, staff: Sequence[_Staff], today: date) -> _Known:
    workers = [one.staff_id for one in staff]
    kinds = _renewed_by(packs)
    given = {"workers": workers, "today": today}
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for piece in conn.each(Piece, _PIECES, **given):
        pieces[piece.worker].append(piece)
    renewals: dict[str, list[date]] = defaultdict(list)
    for renewal in conn.each(_Renewal, _RENEWALS, **given, renewal=RENEWAL, kinds=kinds):
        renewals[renewal.worker].append(renewal.on)
    return _Known(
        standards(packs),
        pieces,
        {(one.worker, one.year): Closed(one.on, one.by, one.why) for one in conn.each(_Closing, _CLOSINGS, **given)},
        renewals,
        counted_from(conn, workers),
        begun_on(conn) or today,
        frozenset(key for key, grade in packs.all("grade").items() if grade.get("registered")),
        {},
    )


def _renewed_by(packs: Packs) -> list[str]:
    """Return the kinds of registration that renew the registration with a regulator."""
    return [key for key, one in packs.all("registration_kind").items() if one.get("gives") == RENEWAL]


def _years(one: _Staff, known: _Known, standard: Standard, today: date) -> Iterator[Year]:
    """Yield the years of a worker that count, and the one in which they leave."""
    last = min(today, one.leaves or today)
    yield from years_through(min(_since(one, known).day, last), last, standard)


class _Since(NamedTuple):
    """From which day a worker's years are counted, and what that day is."""

    day: date
    what: str


def _since(one: _Staff, known: _Known) -> _Since:
    if in_use := known.since.get(one.staff_id):
        return _Since(in_use, "when their team began to use Almoner")
    begun = _Since(known.begun, "when records began here")
    first = min((piece.on for piece in known.pieces.get(one.staff_id, ())), default=known.begun)
    if first < known.begun:
        begun = _Since(first, "the day of the first piece")
    return _Since(one.started, "when they started") if one.started and one.started > begun.day else begun


def _not_counted(one: _Staff, known: _Known, standard: Standard, year: Year, today: date) -> str:
    """Return why a year of a worker is not counted; "" where it is."""
    if one.leaves is not None and one.leaves < year.end:
        return f"last day {short_day(one.leaves)}, before it ends"
    since = _since(one, known)
    first = registration_year(min(since.day, today), standard)
    return f"before {short_day(since.day)}, {since.what}" if year.end < first.end else ""


def _concerned(conn: Connection, known: _Known, one: _Staff, workers: Sequence[str], year: Year, today: date) -> bool:
    """Whether a worker was here and registered when a year ended, or has a piece in it."""
    if any(year.start <= piece.on <= year.end for piece in known.pieces.get(one.staff_id, ())):
        return True
    day = min(year.end, today)
    if (one.started is not None and one.started > day) or (one.leaves is not None and one.leaves < day):
        return False
    if day not in known.grades:
        known.grades[day] = conn.lookup(_GRADES, day=day, workers=list(workers))
    return known.grades[day].get(one.staff_id, "") in known.registered


def _state(one: _Staff, known: _Known, standard: Standard, year: Year, today: date) -> YearState:
    until = registration_year(year.end + _DAY, standard).opens
    renewed = any(year.opens <= on < until for on in known.renewals.get(one.staff_id, ()))
    return year_state(
        known.pieces.get(one.staff_id, ()),
        today,
        year,
        standard=standard,
        renewed=renewed,
        closed=known.closings.get((one.staff_id, year.end)),
        not_counted=_not_counted(one, known, standard, year, today),
    )


# what they mean to the rules ----------------------------------------------------------------------------------------


def of_cpd(conn: Connection, drafts: Mapping[str, WorkerDraft], packs: Packs) -> None:
    """Add the registration years up to the earliest that is still to be met, or through the present one.

    The rules know one such duty of a worker at a time: of several years that are open the earliest counts. A year that
    was met or closed counts as met on its last day, whenever that was recorded. The present year is asked for of those
    whose registration or development is kept here; one that ended unmet of everybody who was registered.
    """
    today = settled_day(conn)
    if today == date.min:
        return
    found = states(conn, packs, list(drafts), today)
    kinds = _renewed_by(packs)
    kept = set(conn.values(_KEPT, workers=list(found), today=today, renewal=RENEWAL, kinds=kinds))
    for worker, years in found.items():
        drafts[worker].happenings += _happenings(years, today, present=worker in kept)


def _happenings(found: Sequence[YearState], today: date, *, present: bool) -> Iterator[Happening]:
    for one in found:
        if not present and one.year.end >= today:
            return
        yield Happening(BEGAN, one.year.start, {"due": one.year.end.isoformat()})
        if one.state not in (DONE, CLOSED):
            return
        yield Happening(MET, min(one.year.end, today), {})
