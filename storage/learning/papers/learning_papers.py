"""The frame of a newly qualified year's record of support, a CPD draft, and the application for progression."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.learning.cpd import PROMPT, Piece
from domain.learning.progression import Row
from domain.supervision.written_record import Filed, Passage, Section, Table
from storage.database.connection import Connection
from storage.learning import progression
from storage.learning.cpd import ADVICE, pieces, year_of
from storage.learning.learner_page import Learner, learner
from storage.learning.papers.paper import APPLICATION, CPD, SUPPORT, TITLES, Paper
from storage.learning.papers.placement_papers import SIGNATURES, paper_of
from storage.people.staff import colleague

TO_WRITE = "(to be written)"
LABELS = ("Type and date", "What I learnt", "Impact on my practice and on people", "Peer reflection")
SOURCE = "Frame after the headings of the record of support and progressive assessment (Skills for Care templates)."


# the newly qualified year ----------------------------------------------------------------------------------------


def support(conn: Connection, number: int, today: date) -> Paper:
    """Return the frame of a newly qualified year's record, filled with what is known; raises NotFound, BadInput."""
    found = learner(conn, number, today)
    if found.kept.year is None:
        raise BadInput(f"Programme {number} is not a newly qualified year (ASYE).", field="programme")
    stages = Table(("Stage", "Due", "Held"), tuple((s.title, _day(s.due), _day(s.done_on)) for s in found.stages))
    rows = tuple((c.title, str(c.have), str(c.need), _day(c.due)) for c in found.checks)
    checks = Table(("What", "There", "Needed", "Next by"), rows)
    parts = (
        Section("Agreement", (Passage("How workload is agreed", TO_WRITE), Passage("Duties", TO_WRITE))),
        Section("Dates", table=stages),
        Section("Supervision in phases", table=Table(("Every", "From", "To"), tuple(
            (phase.every.words, show_day(phase.starts), show_day(phase.until)) for phase in found.phases))),
        Section("What the pass asks for", table=checks),
        *(_review(stage.title) for stage in found.stages if stage.id.startswith("review") or stage.id == "final"),
        SIGNATURES,
    )  # fmt: skip
    return paper_of(SUPPORT, found, today, tuple(_year_facts(conn, found)), parts, stages)


def _year_facts(conn: Connection, found: Learner) -> Iterator[tuple[str, str]]:
    kept = found.kept
    number = conn.value("SELECT registration FROM worker WHERE staff_id = :worker", worker=kept.worker)
    yield "Newly qualified social worker", f"{kept.name} ({kept.worker})"
    yield "Registration number", number or TO_WRITE
    yield "Programme", kept.title
    yield "Assessor", kept.educator_name or TO_WRITE
    yield "Began", show_day(kept.starts)
    yield "Ends", _day(found.line.ends)
    if found.protected is not None:
        yield "Protected time", f"{found.protected // 60} h {found.protected % 60:02} min a week"
    yield "Frame", SOURCE


def _review(title: str) -> Section:
    return Section(title, tuple(Passage(label, TO_WRITE) for label in ("Progress", "Judgement", "Next steps")))


# development -----------------------------------------------------------------------------------------------------


def cpd(conn: Connection, worker: str, today: date, asked: date | None = None) -> Paper:
    """Return a worker's development of a registration year, this one or that of ``asked``, as the form asks for it."""
    state, known = year_of(conn, worker, asked or today, today), colleague(conn, worker, today)
    if state is None:
        raise BadInput("No pack says when the registration year ends where they work.", field="worker")
    year = state.year
    found = pieces(conn, year, today, worker=worker)
    table = Table(
        ("Type", "Date", "Description", "Learning", "Impact", "Peer reflection", "Handed in"), tuple(map(_piece, found))
    )
    facts = (
        ("Worker", f"{known.name if known else worker} ({worker})"),
        ("Registration year", f"{show_day(year.start)} to {show_day(year.end)}"),
        ("Still missing", state.words),
        ("Before it is handed in", ADVICE),
    )
    sections = tuple(map(_about, found)) or (_empty(),)
    return Paper(Filed(CPD, worker, 0, today, TITLES[CPD], facts, sections), table)


def _piece(one: Piece) -> tuple[str, ...]:
    peer = one.peer_note if one.peer else ""
    return (one.kind, one.on.isoformat(), one.title, one.learning, one.impact, peer, _day(one.submitted_on))


def _about(one: Piece) -> Section:
    peer = one.peer_note if one.peer and one.peer_note else f"{PROMPT}\n\n{TO_WRITE}"
    texts = (f"{one.kind}, {show_day(one.on)}", one.learning or TO_WRITE, one.impact or TO_WRITE, peer)
    return Section(one.title, tuple(map(Passage, LABELS, texts)))


def _empty() -> Section:
    return Section("First piece", tuple(map(Passage, LABELS, (TO_WRITE, TO_WRITE, TO_WRITE, PROMPT))))


# progression -----------------------------------------------------------------------------------------------------


def application(conn: Connection, worker: str, today: date) -> Paper:
    """Return a worker's application for the next grade: the criteria with their evidence and gaps, and the log."""
    found = progression.application(conn, worker, today)
    progress = found.progress
    matrix = Table(("Criterion", "Needed", "There", "Missing"), tuple(_criterion(found, row) for row in progress.rows))
    logged = tuple((one.on.isoformat(), one.kind, one.title) for one in found.log)
    held = tuple((one.title, _day(one.granted), _day(one.until)) for one in found.registrations)
    parts = (
        Section("Criteria", table=matrix),
        *(Section(row.title, table=_shown(row)) for row in progress.rows if row.evidence),
        Section("Development and training", table=Table(("Date", "Kind", "What"), logged)),
        Section("Registrations", table=Table(("What", "Granted", "Until"), held)),
        Section("Statement", (Passage("Of the worker", TO_WRITE), Passage("Of the manager", TO_WRITE))),
        SIGNATURES,
    )
    facts = (
        ("Worker", f"{progress.name} ({progress.worker})"),
        ("Team", progress.team),
        ("From", progress.grade),
        ("To", progress.to_grade or "–"),
        ("Panel", _day(progress.panel) or "not set"),
        ("Criteria", "Example, put together from published ones" if progress.example else progress.title),
    )
    return Paper(
        Filed(APPLICATION, progress.worker, progress.programme or 0, today, TITLES[APPLICATION], facts, parts), matrix
    )


def _criterion(found: progression.Application, row: Row) -> tuple[str, ...]:
    missing = "; ".join(found.words(row.missing)) if row.missing else str(row.gap) if row.gap else ""
    return (row.title, str(row.needs), str(len(row.evidence)), missing)


def _shown(row: Row) -> Table:
    lines = ((one.on.isoformat(), one.kind.replace("_", " "), one.title, one.seen_by) for one in row.evidence)
    return Table(("Date", "Kind", "What", "Seen by"), tuple(lines))


def _day(day: date | None) -> str:
    return show_day(day) if day else ""
