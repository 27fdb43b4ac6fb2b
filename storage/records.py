"""The records of a session, read for whoever asks: those they may see, and why the others are kept back."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.errors import BadInput, NotFound
from domain.filing import CASE, PERSONAL, Filed
from domain.ids import ROLE_TITLES, Role
from domain.text import clean_line
from storage import recordparts, sessions
from storage.nudging import shape_of
from storage.reading import Packs
from storage.recordparts import AmendmentLine, Material, Person
from storage.sessionbook import TOPICS
from storage.whois import acting, cannot_see, in_pair, may_see

Hide = Callable[[str], str]
MOST_TITLE = 100


class Withheld(NamedTuple):
    """A personal record that is not shown, and why."""

    worker: str
    why: str


@dataclass(frozen=True, slots=True)
class Records:
    """What a session leaves to be filed, as one person may see it.

    ``me`` is the worker who asks, if they are one; ``private`` whose private parts they could ask for; ``unplaced``
    counts what is in no record; ``mark`` tells one state of the words from another.
    """

    material: Material
    me: str | None
    records: tuple[Filed, ...]
    withheld: tuple[Withheld, ...]
    private: tuple[str, ...]
    unplaced: int
    mark: str

    def case(self, reference: str) -> Filed:
        """Return one case's record; raises NotFound."""
        return self._one(CASE, reference, f"Nothing was said about {reference!r} in this session.")

    def personal(self, worker: str) -> Filed:
        """Return one supervisee's record; raises NotFound, or BadInput where it is not theirs to see."""
        why = next((one.why for one in self.withheld if one.worker == worker), "")
        if why:
            raise BadInput(f"The personal record of {worker} is not yours to see: {why}.", field="--personal")
        return self._one(PERSONAL, worker, f"{worker} was not supervised in this session.")

    def _one(self, kind: str, about: str, missing: str) -> Filed:
        found = next((one for one in self.records if (one.kind, one.about) == (kind, about)), None)
        if found is None:
            known = ", ".join(one.about for one in self.records if one.kind == kind)
            hint = f"There are: {known}." if known else ""
            raise NotFound(missing, field=kind, hint=hint)
        return found


def records(conn: sqlite3.Connection, session: int, actor: str, *, private: bool = False, hide: Hide = str) -> Records:
    """Return the records of a session as ``actor`` may see them; raises NotFound.

    Case records are for the person's file, which everybody who works with that person reads; a personal record is for
    the pair and those above the supervisor, and its private parts, when asked for, for the pair alone. ``hide`` turns
    the names of workers into what may be shown of them.
    """
    material = read(conn, session, hide)
    me = acting(conn, actor)
    card = material.card
    mine = [one for one in _with_record(material) if may_see(conn, card, me, one)]
    pair = tuple(one for one in mine if in_pair(card, me, one) and _has_private(material, one))
    filed = [recordparts.case_record(material, case) for case in recordparts.cases(material)]
    filed += [recordparts.personal_record(material, one, private=private and one in pair) for one in mine]
    why = cannot_see(actor, me)
    withheld = tuple(Withheld(one, why) for one in _with_record(material) if one not in mine)
    return Records(material, me, tuple(filed), withheld, pair, recordparts.unplaced(material), mark(material))


def _with_record(material: Material) -> list[str]:
    """Those who were there, and whoever was not but had something said about them."""
    there = material.card.present
    about = {d.worker for d in material.discussions if d.case is None} | {
        *(d.worker for d in material.decisions if d.case is None),
        *(a.owner for a in material.actions if a.case is None),
    }
    return [one for one in material.supervisees if one in there or one in about]


def _has_private(material: Material, worker: str) -> bool:
    whose = (worker, None) if material.alone else (worker,)
    return any(d.private and d.worker in whose and any(d.answers.values()) for d in material.discussions)


def mark(material: Material) -> str:
    """Return what tells the words of a record from any others; signatures do not change it."""
    words = (material.discussions, material.decisions, material.actions, material.ratings, material.amendments)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


# reading -------------------------------------------------------------------------------------------------------------


def read(conn: sqlite3.Connection, session: int, hide: Hide = str) -> Material:
    """Return everything a session left; raises NotFound. Who may see it is for ``records`` to say."""
    packs, card = Packs(conn), sessions.session_card(conn, session)
    said = tuple(sessions.discussions(conn, session))
    decided = tuple(d._replace(decided_by=hide(d.decided_by)) for d in sessions.decisions(conn, session))
    actions = tuple(a._replace(owner_name=hide(a.owner_name)) for a in sessions.session_actions(conn, session))
    rated = tuple(_ratings(conn, session))
    people = _people(conn, card, packs)
    added = tuple(_named(line, people, hide) for line in amendments(conn, session))
    found = {line.case for lines in (said, decided, actions, rated) for line in lines}
    return Material(
        card,
        {staff: one._replace(name=hide(one.name)) for staff, one in people.items()},
        said,
        decided,
        actions,
        rated,
        added,
        {form: shape_of(packs, form) for form in {d.format for d in said}},
        _topics(conn, card, said),
        {case: _holders(conn, case, card.day) for case in found if case},
    )


def _ratings(conn: sqlite3.Connection, session: int) -> list[sessions.RatingLine]:
    query = """SELECT id, "case", session, "on", about, rater, score, why FROM rating WHERE session = ? ORDER BY id"""
    rows = conn.execute(query, (session,)).fetchall()
    return [sessions.RatingLine._make((*row[:3], date.fromisoformat(row[3]), *row[4:])) for row in rows]


def amendments(conn: sqlite3.Connection, session: int) -> list[AmendmentLine]:
    """Return what was added to a session's record, oldest first."""
    query = """SELECT id, "case", "on", "by", text, why FROM amendment WHERE session = ? ORDER BY "on", id"""
    rows = conn.execute(query, (session,)).fetchall()
    return [AmendmentLine(n, case, date.fromisoformat(on), by, text, why) for n, case, on, by, text, why in rows]


def _named(line: AmendmentLine, people: Mapping[str, Person], hide: Hide) -> AmendmentLine:
    """Say who added something by name and staff id, however that was written down."""
    found = next((one for one in people.values() if line.by in (one.staff, one.name)), None)
    if found is None:
        return line._replace(by=hide(line.by))
    return line._replace(by=f"{hide(found.name)} ({found.staff})", staff=found.staff)


def _people(conn: sqlite3.Connection, card: sessions.SessionCard, packs: Packs) -> dict[str, Person]:
    there = (card.worker, card.supervisor, *(other.worker for other in card.others))
    query = f"""SELECT staff_id, name, role, grade FROM worker
        WHERE staff_id IN ({",".join("?" * len(there))})"""  # noqa: S608
    rows = conn.execute(query, there).fetchall()
    return {staff: Person(staff, name, role or packs.title("grade", grade)) for staff, name, role, grade in rows}


def _topics(
    conn: sqlite3.Connection, card: sessions.SessionCard, said: tuple[sessions.DiscussionLine, ...]
) -> dict[str, str]:
    """The titles of topics; what somebody put on their agenda, about no case, goes by its first words."""
    titles = dict(TOPICS)
    for line in said:
        kind, _, number = line.topic.partition(".")
        if kind == "item" and number.isascii() and number.isdigit():
            query = 'SELECT what FROM agenda_item WHERE id = ? AND worker = ? AND "case" IS NULL'
            row = conn.execute(query, (int(number[:18]), line.worker or card.worker)).fetchone()
            titles[line.topic] = f"On the agenda: {clean_line(row[0])[:MOST_TITLE]}" if row else "On the agenda"
    return titles


def _holders(conn: sqlite3.Connection, case: str, day: date) -> dict[str, str]:
    query = """SELECT worker, role FROM allocation
        WHERE "case" = :case AND starts <= :day AND (ends IS NULL OR ends > :day) ORDER BY starts DESC, id DESC"""
    rows = conn.execute(query, {"case": case, "day": day.isoformat()}).fetchall()
    return {worker: ROLE_TITLES[Role(role)].lower() for worker, role in rows}
