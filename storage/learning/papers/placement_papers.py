"""The attendance register of a placement, and the log of supervision: when, with whom, how long, never what about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.core.dates import DAYS, show_day
from domain.core.enums import SUPERVISION_KIND_TITLES, DayKind
from domain.core.errors import BadInput
from domain.supervision.written_record import Filed, Section, Table
from storage.database.connection import Connection
from storage.learning.learner_page import Learner, learner
from storage.learning.papers.paper import LOG, REGISTER, TITLES, Paper

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


def register(conn: Connection, number: int, today: date) -> Paper:
    """Return the attendance register of a placement; raises NotFound, and BadInput for any other programme."""
    found = learner(conn, number, today)
    placement = found.kept.placement
    if placement is None:
        raise BadInput(f"Programme {number} is not counted in placement days.", field="programme")
    table = Table(("Day", "Date", "What it was", "Counts", "Hours", "Days so far"), tuple(_days(found)))
    facts = (
        *_facts(found),
        ("Days done", f"{_plain(placement.done)} of {_plain(placement.target)}"),
        ("Days missed, made up at the end", _plain(placement.missed)),
        *([("Past days not recorded", str(len(found.unrecorded)))] if found.unrecorded else []),
        ("Ends, as it looks now", show_day(placement.ends) if placement.ends else "not known"),
    )
    closures = tuple((show_day(one.starts), show_day(one.ends)) for one in found.kept.closures)
    closed = (Section("Closed", table=Table(("From", "To"), closures)),) if closures else ()
    return paper_of(REGISTER, found, today, facts, (Section("Days", table=table), *closed, SIGNATURES), table)


def _days(found: Learner) -> Iterator[tuple[str, ...]]:
    so_far = 0
    for line in found.kept.days:
        so_far += line.counts
        hours = "" if line.hours is None else _plain(line.hours)
        half = ", half a day" if line.part < 100 else ""
        what = KINDS[DayKind(line.kind)] + half
        yield DAYS[line.on.weekday()], line.on.isoformat(), what, _plain(line.counts), hours, _plain(so_far)


def log(conn: Connection, number: int, today: date) -> Paper:
    """Return the log of the supervision held within a programme; raises NotFound."""
    found = learner(conn, number, today)
    rows = tuple(
        (one.on.isoformat(), _hours(one.minutes), SUPERVISION_KIND_TITLES[one.kind], one.supervisor_name)
        for one in found.held
    )
    table = Table(("Date", "Hours", "Kind", "With"), rows)
    facts = [*_facts(found), ("Sessions", str(len(rows)))]
    facts.append(("Hours given", _hours(sum(one.minutes for one in found.held))))
    if found.entitlement:
        facts.append(("Agreed", found.entitlement))
    if found.hours is not None:
        facts.append(("Hours due by now", _hours(found.hours.due)))
    return paper_of(LOG, found, today, tuple(facts), (Section("Sessions", table=table), SIGNATURES), table)


def paper_of(
    what: str, found: Learner, today: date, facts: tuple[tuple[str, str], ...], parts: tuple[Section, ...], table: Table
) -> Paper:
    """Return a paper about a programme."""
    return Paper(Filed(what, found.kept.worker, found.kept.id, today, TITLES[what], facts, parts), table)


def _facts(found: Learner) -> Iterator[tuple[str, str]]:
    """Yield who learns what with whom."""
    kept = found.kept
    yield "Learner", f"{kept.name} ({kept.worker})"
    yield "Programme", f"{kept.title} (number {kept.id})"
    yield "Team", kept.team
    if kept.university:
        yield "University", kept.university
    for label, name in (("Practice educator", kept.educator_name), ("On-site supervisor", kept.on_site_name)):
        if name:
            yield label, name
    yield "Began", show_day(kept.starts)


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


def _plain(value: int) -> str:
    """Return hundredths as a number without needless zeros."""
    return f"{value / 100:g}"
