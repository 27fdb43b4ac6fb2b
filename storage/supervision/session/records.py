"""The records of a session that somebody may see, and why the others are not shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from domain.core.enums import ROLE_TITLES, Role
from domain.core.errors import BadInput, NotFound
from domain.core.text import clean_line
from domain.supervision.written_record import CASE, PERSONAL, Filed
from storage.database.connection import Connection
from storage.database.fragments import HOLDS
from storage.people.acting import acting
from storage.rules.kept_packs import Packs
from storage.supervision.session import record_parts, session_reads
from storage.supervision.session.pages import TOPICS
from storage.supervision.session.prompts import shape_of
from storage.supervision.session.record_parts import AmendmentLine, Material, Person
from storage.supervision.session.viewer import cannot_see, in_pair, may_see

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
    counts what is in no record; ``mark`` changes with the words.
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


def records(
    conn: Connection, session: int, actor: str, today: date, *, private: bool = False, hide: Hide = str
) -> Records:
    """Return the records of a session as ``actor`` may see them today; raises NotFound.

    Case records are for the person's file, which everybody who works with that person reads; a personal record is for
    the pair and those above the supervisor, and its private parts, when asked for, for the pair alone. ``hide`` turns
    the names of workers into what may be shown of them.
    """
    material = read(conn, session, hide)
    me = acting(conn, actor)
    card = material.card
    mine = [one for one in _with_record(material) if may_see(conn, card, me, one, today)]
    pair = tuple(one for one in mine if in_pair(card, me, one) and _has_private(material, one))
    filed = [record_parts.case_record(material, case) for case in record_parts.cases(material)]
    filed += [record_parts.personal_record(material, one, private=private and one in pair) for one in mine]
    why = cannot_see(actor, me)
    withheld = tuple(Withheld(one, why) for one in _with_record(material) if one not in mine)
    return Records(material, me, tuple(filed), withheld, pair, record_parts.unplaced(material), mark(material))


def _with_record(material: Material) -> list[str]:
    """Return the supervisees who were there, or about whom something was written."""
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
    """Return a mark that changes with the words of a record, but not with signatures."""
    words = (material.discussions, material.decisions, material.actions, material.ratings, material.amendments)
    return hashlib.sha256(repr(words).encode()).hexdigest()[:16]


# reading -------------------------------------------------------------------------------------------------------------


def read(conn: Connection, session: int, hide: Hide = str) -> Material:
    """Return everything a session left; raises NotFound. Who may see it is for ``records`` to say."""
    packs, card = Packs(conn), session_reads.session_card(conn, session)
    said = tuple(session_reads.discussions(conn, session))
    decided = tuple(d._replace(decided_by=hide(d.decided_by)) for d in session_reads.decisions(conn, session))
    actions = tuple(a._replace(owner_name=hide(a.owner_name)) for a in session_reads.session_actions(conn, session))
    rated = tuple(session_reads.session_ratings(conn, session))
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


def amendments(conn: Connection, session: int) -> list[AmendmentLine]:
    """Return what was added to a session's record, oldest first."""
    query = """SELECT id, "case", "on", "by", text, why FROM amendment WHERE session = :session ORDER BY "on", id"""
    return conn.all(AmendmentLine, query, session=session)


def _named(line: AmendmentLine, people: Mapping[str, Person], hide: Hide) -> AmendmentLine:
    """Name whoever added something by name and staff id, whichever of the two was written down."""
    found = next((one for one in people.values() if line.by in (one.staff, one.name)), None)
    if found is None:
        return line._replace(by=hide(line.by))
    return line._replace(by=f"{hide(found.name)} ({found.staff})", staff=found.staff)


class _Worker(NamedTuple):
    staff_id: str
    name: str
    role: str
    grade: str


def _people(conn: Connection, card: session_reads.SessionCard, packs: Packs) -> dict[str, Person]:
    there = (card.worker, card.supervisor, *(other.worker for other in card.others))
    query = "SELECT staff_id, name, role, grade FROM worker_on(:day) w WHERE w.staff_id IN :there"
    found = conn.all(_Worker, query, there=there, day=card.day)
    return {w.staff_id: Person(w.staff_id, w.name, w.role or packs.title("grade", w.grade)) for w in found}


def _topics(
    conn: Connection, card: session_reads.SessionCard, said: tuple[session_reads.DiscussionLine, ...]
) -> dict[str, str]:
    """Return the titles of topics: for what somebody put on their own agenda, about no case, its first words."""
    titles = dict(TOPICS)
    query = 'SELECT what FROM agenda_item WHERE id = :id AND worker = :worker AND "case" IS NULL'
    for line in said:
        kind, _, number = line.topic.partition(".")
        if kind == "item" and number.isascii() and number.isdigit():
            what = conn.value(query, id=int(number[:18]), worker=line.worker or card.worker)
            titles[line.topic] = f"On the agenda: {clean_line(what)[:MOST_TITLE]}" if what else "On the agenda"
    return titles


def _holders(conn: Connection, case: str, day: date) -> dict[str, str]:
    """Return who works on a case on a day, and as what."""
    query = f"""SELECT a.worker, a.role FROM allocation a
        WHERE a."case" = :case AND {HOLDS} ORDER BY a.starts DESC, a.id DESC"""  # noqa: S608
    roles = conn.lookup(query, case=case, today=day)
    return {worker: ROLE_TITLES[Role(role)].lower() for worker, role in roles.items()}
