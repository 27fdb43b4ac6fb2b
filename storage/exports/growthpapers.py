"""The frame of a newly qualified year's record of support, a CPD draft, and the application for progression."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from domain.dates import show_day
from domain.errors import BadInput
from domain.filing import Filed, Passage, Section, Table
from storage.exports.learningdocs import APPLICATION, CPD, SUPPORT, TITLES, Paper
from storage.exports.placementpapers import SIGNATURES, name_of

if TYPE_CHECKING:
    from domain.progression import Row
    from storage.cpd import CpdLine
    from storage.learnerfile import Learner
    from storage.progression import Application

TO_WRITE = "(to be written)"
SOURCE = "Frame after the headings of the record of support and progressive assessment (Skills for Care templates)."


# the newly qualified year ----------------------------------------------------------------------------------------


def support(conn: sqlite3.Connection, number: int, today: date) -> Paper:
    """Return the frame of a newly qualified year's record, filled with what is known; raises NotFound, BadInput."""
    from storage.programmes import learner

    found = learner(conn, int(number), today)
    if found.kept.year is None:
        raise BadInput(f"Programme {number} is no newly qualified year.", field="programme")
    stages = Table(
        ("Stage", "Due", "Held"),
        tuple((s.title, _day(s.due), _day(s.done_on)) for s in found.stages),
    )
    checks = Table(
        ("What", "There", "Needed", "Next by"),
        tuple((c.title, str(c.have), str(c.need), _day(c.due)) for c in found.checks),
    )
    parts = (
        Section("Agreement", (Passage("How workload is agreed", TO_WRITE), Passage("Duties", TO_WRITE))),
        Section("Dates", table=stages),
        Section("Supervision in phases", table=Table(("Every", "From", "To"), tuple(
            (phase.every.words, show_day(phase.starts), show_day(phase.until)) for phase in found.phases))),
        Section("What the pass asks for", table=checks),
        *(_review(stage.title) for stage in found.stages if stage.id.startswith("review") or stage.id == "final"),
        SIGNATURES,
    )  # fmt: skip
    facts = tuple(_year_facts(conn, found))
    return Paper(Filed(SUPPORT, found.kept.worker, found.kept.id, today, TITLES[SUPPORT], facts, parts), stages)


def _year_facts(conn: sqlite3.Connection, found: Learner) -> Iterator[tuple[str, str]]:
    kept = found.kept
    row = conn.execute("SELECT registration FROM worker WHERE staff_id = ?", (kept.worker,)).fetchone()
    yield "Newly qualified social worker", f"{kept.name} ({kept.worker})"
    yield "Registration number", (row and row[0]) or TO_WRITE
    yield "Programme", kept.title
    yield "Assessor", name_of(conn, kept.educator) or TO_WRITE
    yield "Began", show_day(kept.starts)
    yield "Ends", _day(found.line.ends)
    if found.protected is not None:
        yield "Protected time", f"{found.protected // 60} h {found.protected % 60:02} min a week"
    yield "Frame", SOURCE


def _review(title: str) -> Section:
    return Section(title, tuple(Passage(label, TO_WRITE) for label in ("Progress", "Judgement", "Next steps")))


# development -----------------------------------------------------------------------------------------------------


def cpd(conn: sqlite3.Connection, worker: str, today: date) -> Paper:
    """Return a worker's development of this registration year as the regulator's form asks for it."""
    from domain.cpd import PROMPT, registration_year, year_state
    from storage.cpd import ADVICE, pieces

    year = registration_year(today)
    lines = pieces(conn, year, worker=str(worker))
    state = year_state([line.piece for line in lines], today, year)
    table = Table(
        ("Type", "Date", "Description", "Learning", "Impact", "Peer reflection", "Handed in"), tuple(map(_piece, lines))
    )
    facts = (
        ("Worker", f"{name_of(conn, str(worker))} ({worker})"),
        ("Registration year", f"{show_day(year.start)} to {show_day(year.end)}"),
        ("Still missing", state.words),
        ("Before it is handed in", ADVICE),
    )
    sections = tuple(_about(line, PROMPT) for line in lines) or (_empty(PROMPT),)
    return Paper(Filed(CPD, str(worker), 0, today, TITLES[CPD], facts, sections), table)


def _piece(line: CpdLine) -> tuple[str, ...]:
    one = line.piece
    peer = one.peer_note if one.peer else ""
    return (line.kind, one.on.isoformat(), one.title, one.learning, one.impact, peer, _day(one.submitted_on))


def _about(line: CpdLine, prompt: str) -> Section:
    one = line.piece
    peer = one.peer_note if one.peer and one.peer_note else f"{prompt}\n\n{TO_WRITE}"
    said = (
        ("Type and date", f"{line.kind}, {show_day(one.on)}"),
        ("What I learnt", one.learning or TO_WRITE),
        ("Impact on my practice and on people", one.impact or TO_WRITE),
        ("Peer reflection", peer),
    )
    return Section(one.title, tuple(Passage(label, text) for label, text in said))


def _empty(prompt: str) -> Section:
    labels = ("Type and date", "What I learnt", "Impact on my practice and on people")
    return Section("First piece", (*(Passage(label, TO_WRITE) for label in labels), Passage("Peer reflection", prompt)))


# progression -----------------------------------------------------------------------------------------------------


def application(conn: sqlite3.Connection, worker: str, today: date) -> Paper:
    """Return the application pack of a worker in progression: criteria with their evidence, gaps, the log."""
    from storage.progression import application as gathered

    found = gathered(conn, str(worker), today)
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
        ("Team", found.team),
        ("From", progress.grade),
        ("To", progress.to_grade or "–"),
        ("Panel", _day(progress.panel) or "not set"),
        ("Criteria", "Example, put together from published ones" if progress.example else progress.title),
    )
    return Paper(
        Filed(APPLICATION, progress.worker, progress.programme or 0, today, TITLES[APPLICATION], facts, parts), matrix
    )


def _criterion(found: Application, row: Row) -> tuple[str, ...]:
    missing = "; ".join(found.words(row.missing)) if row.missing else str(row.gap) if row.gap else ""
    return (row.title, str(row.needs), str(len(row.evidence)), missing)


def _shown(row: Row) -> Table:
    return Table(("Date", "Kind", "What", "Seen by"), tuple(
        (one.on.isoformat(), one.kind.replace("_", " "), one.title, one.seen_by) for one in row.evidence))  # fmt: skip


def _day(day: date | None) -> str:
    return show_day(day) if day else ""
