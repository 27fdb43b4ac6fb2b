"""The attendance register of a placement, and the log of supervision: when, with whom, how long, and nothing said."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from domain.dates import DAYS, show_day
from domain.errors import BadInput
from domain.filing import Filed, Section, Table
from domain.ids import SUPERVISION_KIND_TITLES, DayKind, SupervisionKind
from storage.exports.learningdocs import LOG, REGISTER, TITLES, Paper

if TYPE_CHECKING:
    from storage.learnerfile import Learner

_SIGNERS = ("Student or worker", "Practice educator or assessor", "On-site supervisor")
_PLACES = ("Who", "Name", "Signature", "Date")
SIGNATURES = Section("Signed", table=Table(_PLACES, tuple((who, "", "", "") for who in _SIGNERS)))
KINDS = {
    DayKind.ATTENDED: "Attended",
    DayKind.RECALL: "Recall day (counts)",
    DayKind.SKILLS: "Skills day (does not count)",
    DayKind.SICK: "Off sick",
    DayKind.HOLIDAY: "On leave",
    DayKind.ABSENT: "Missed",
}


def register(conn: sqlite3.Connection, number: int, today: date) -> Paper:
    """Return the attendance register of a placement; raises NotFound, and BadInput for what is no placement."""
    from storage.programmes import learner

    found = learner(conn, int(number), today)
    placement = found.kept.placement
    if placement is None:
        raise BadInput(f"Programme {number} is not counted in placement days.", field="programme")
    table = Table(("Day", "Date", "What it was", "Counts", "Hours", "Days so far"), tuple(_days(found)))
    facts = (
        *_facts(conn, found),
        ("Days done", f"{_plain(placement.done)} of {_plain(placement.target)}"),
        ("Days missed, made up at the end", _plain(placement.missed)),
        ("Ends, as it looks now", show_day(placement.ends) if placement.ends else "not known"),
    )
    closures = tuple((show_day(first), show_day(last)) for first, last in found.kept.closures)
    rested = (Section("Closed", table=Table(("From", "To"), closures)),) if closures else ()
    return _paper(REGISTER, found, today, facts, (Section("Days", table=table), *rested, SIGNATURES), table)


def _days(found: Learner) -> Iterator[tuple[str, ...]]:
    so_far = 0
    for line in found.kept.days:
        so_far += line.counts
        hours = "" if line.hours is None else _plain(line.hours)
        half = ", half a day" if line.part < 100 else ""
        what = KINDS[DayKind(line.kind)] + half
        yield DAYS[line.on.weekday()], line.on.isoformat(), what, _plain(line.counts), hours, _plain(so_far)


def log(conn: sqlite3.Connection, number: int, today: date) -> Paper:
    """Return the log of the supervision held within a programme; raises NotFound."""
    from storage.programmes import learner

    found = learner(conn, int(number), today)
    rows = tuple(
        (
            one.on.isoformat(),
            f"{one.minutes / 60:g}",
            SUPERVISION_KIND_TITLES[SupervisionKind(one.kind)],
            one.supervisor_name,
        )
        for one in found.held
    )
    table = Table(("Date", "Hours", "Kind", "With"), rows)
    facts = [*_facts(conn, found), ("Sessions", str(len(rows)))]
    facts.append(("Hours given", f"{sum(one.minutes for one in found.held) / 60:g}"))
    if found.entitlement:
        facts.append(("Agreed", found.entitlement))
    if found.hours is not None:
        facts.append(("Hours due by now", f"{found.hours.due / 60:g}"))
    return _paper(LOG, found, today, tuple(facts), (Section("Sessions", table=table), SIGNATURES), table)


def _paper(
    what: str, found: Learner, today: date, facts: tuple[tuple[str, str], ...], parts: tuple[Section, ...], table: Table
) -> Paper:
    return Paper(Filed(what, found.kept.worker, found.kept.id, today, TITLES[what], facts, parts), table)


def _facts(conn: sqlite3.Connection, found: Learner) -> Iterator[tuple[str, str]]:
    """Yield who learns what with whom."""
    kept = found.kept
    yield "Learner", f"{kept.name} ({kept.worker})"
    yield "Programme", f"{kept.title} (number {kept.id})"
    yield "Team", kept.team
    if kept.university:
        yield "University", kept.university
    for label, who in (("Practice educator", kept.educator), ("On-site supervisor", kept.on_site)):
        if who:
            yield label, name_of(conn, who)
    yield "Began", show_day(kept.starts)


def name_of(conn: sqlite3.Connection, staff_id: str | None) -> str:
    """Return a worker's name."""
    row = conn.execute("SELECT name FROM worker WHERE staff_id = ?", (staff_id,)).fetchone()
    return str(row[0]) if row else staff_id or ""


def _plain(value: int) -> str:
    """Return hundredths as a number without needless noughts."""
    return f"{value / 100:g}"
