"""How the two kinds of record are made from what a session left: nothing of one goes into the other.

What is about a case goes to that case's record; everything else to one supervisee's personal record, which names cases
by reference alone. In a group, what belongs to no known supervisee is in no record, and is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from domain.core.dates import show_day
from domain.core.enums import SUPERVISION_KIND_TITLES, SupervisionKind
from domain.supervision.formats import UNKNOWN, Shape, with_strangers
from domain.supervision.written_record import CASE, PERSONAL, Filed, Passage, Section, Table
from storage.supervision.session.session_reads import (
    DecisionLine,
    DiscussionLine,
    RatingLine,
    SessionAction,
    SessionCard,
)

NOT_YET = "not yet"


class Person(NamedTuple):
    """Somebody who was there: staff id, name, and what they are here."""

    staff: str
    name: str
    role: str

    @property
    def words(self) -> str:
        """The person as the record names them."""
        return f"{self.name} ({self.staff})"


class AmendmentLine(NamedTuple):
    """What was added to an agreed record. ``by`` names who added it, ``staff`` says who of those there it was."""

    id: int
    case: str | None
    on: date
    by: str
    text: str
    why: str
    staff: str | None = None


class Material(NamedTuple):
    """Everything that a session left. ``holders`` says who worked on each case that day, and as what."""

    card: SessionCard
    people: Mapping[str, Person]
    discussions: tuple[DiscussionLine, ...]
    decisions: tuple[DecisionLine, ...]
    actions: tuple[SessionAction, ...]
    ratings: tuple[RatingLine, ...]
    amendments: tuple[AmendmentLine, ...]
    shapes: Mapping[str, Shape]
    topics: Mapping[str, str]
    holders: Mapping[str, Mapping[str, str]]

    @property
    def supervisees(self) -> tuple[str, ...]:
        """Everybody who was to be supervised, there or not."""
        return (self.card.worker, *(other.worker for other in self.card.others))

    @property
    def signatures(self) -> dict[str, date | None]:
        """When each of those who were there agreed the record, the supervisor last."""
        own = {other.worker: other.agreed_on for other in self.card.others if not other.absent}
        return {self.card.worker: self.card.agreed_worker, **own, self.card.supervisor: self.card.agreed_supervisor}

    @property
    def alone(self) -> str | None:
        """The supervisee, where there is only one."""
        return None if self.card.others else self.card.worker


# whose it is ---------------------------------------------------------------------------------------------------------


def cases(material: Material) -> list[str]:
    """Return the cases that have a record: those about which something was said, decided, rated or set."""
    said = [d.case for d in material.discussions if d.case and any(d.answers.values())]
    settled = (line.case for lines in (material.decisions, material.actions, material.ratings) for line in lines)
    added = (line.case for line in material.amendments)
    return list(dict.fromkeys(case for case in (*said, *settled, *added) if case))


def _of_discussion(material: Material, line: DiscussionLine) -> str | None:
    return line.worker if line.worker in material.supervisees else material.alone


def _of_decision(material: Material, line: DecisionLine) -> str | None:
    return line.worker if line.worker in material.supervisees else material.alone


def _of_action(material: Material, line: SessionAction) -> str | None:
    return line.owner if material.alone is None and line.owner in material.supervisees else material.alone


def _of_amendment(material: Material, line: AmendmentLine) -> str | None:
    return line.staff if material.alone is None and line.staff in material.supervisees else material.alone


def unplaced(material: Material) -> int:
    """Return how many things about no case belong to no known supervisee, so that no record has them."""
    lines = (
        *(_of_discussion(material, one) for one in material.discussions if one.case is None),
        *(_of_decision(material, one) for one in material.decisions if one.case is None),
        *(_of_action(material, one) for one in material.actions if one.case is None),
        *(_of_amendment(material, one) for one in material.amendments if one.case is None),
    )
    return sum(whose is None for whose in lines)


def workers_of(material: Material, case: str) -> list[str]:
    """Return the supervisees there whose case it is; everybody there where it is nobody's."""
    there = material.card.present
    spoke = {d.worker for d in material.discussions if d.case == case}
    own = [staff for staff in there if staff in spoke or staff in material.holders.get(case, {})]
    return own or list(there)


# the case's record ---------------------------------------------------------------------------------------------------


def case_record(material: Material, case: str) -> Filed:
    """Return what goes to a case's file: discussion, ratings, decisions, actions, and what was added later."""
    workers = workers_of(material, case)
    decisions = [line for line in material.decisions if line.case == case]
    actions = [line for line in material.actions if line.case == case]
    sections = (
        *_talked(material, case),
        *_rated(material, case),
        *_decided(decisions),
        *_to_do(actions),
        *_added(line for line in material.amendments if line.case == case),
    )
    facts = (
        ("Kind of record", "Supervision: discussion and decisions on a case, for that person's file"),
        ("Case", case),
        *_session(material),
        *(("Worker", _with_role(material, staff, case)) for staff in workers),
        ("Supervisor", _with_role(material, material.card.supervisor)),
        *_state(material, (*workers, material.card.supervisor)),
    )
    return Filed(CASE, case, material.card.id, material.card.day, f"Supervision: case record {case}", facts, sections)


def _talked(material: Material, case: str) -> Iterator[Section]:
    lines = [d for d in material.discussions if d.case == case and any(d.answers.values())]
    for line in lines:
        shape = _shape(material, line)
        who = material.people.get(line.worker or "")
        heading = f"{shape.title} ({who.name})" if len(lines) > 1 and who else shape.title
        yield Section(heading, tuple(_passages(shape, line)))


def _shape(material: Material, line: DiscussionLine) -> Shape:
    return with_strangers(material.shapes.get(line.format, UNKNOWN), line.answers)


def _passages(shape: Shape, line: DiscussionLine) -> Iterator[Passage]:
    for part in shape.parts:
        if line.answers.get(part.id):
            yield Passage(part.title, line.answers[part.id])


def _rated(material: Material, case: str) -> Iterator[Section]:
    found = [line for line in material.ratings if line.case == case]
    if not found:
        return
    forms = {d.format for d in material.discussions if d.case == case}
    scales = [shape.scale for form in sorted(forms) if (shape := material.shapes.get(form)) and shape.scale]
    ends = tuple(Passage(s.title, f"0: {s.low}. 10: {s.high}.") for s in scales)
    rows = tuple((r.about, r.rater, str(r.score), r.why) for r in found)
    yield Section("Ratings", ends, Table(("About", "Rated by", "0 to 10", "Why"), rows))


# the personal record -------------------------------------------------------------------------------------------------


def personal_record(material: Material, staff: str, *, private: bool = False) -> Filed:
    """Return what goes to a supervisee's own file; the parts private to the pair only where they ask for them."""
    card = material.card
    facts = (
        ("Kind of record", "Supervision: personal record, for supervisee, supervisor and the supervisor's manager"),
        ("Supervisee", _with_role(material, staff)),
        ("Supervisor", _with_role(material, card.supervisor)),
        *_session(material),
        ("Length", f"{card.minutes} minutes booked"),
        *((("Place", card.place),) if card.place else ()),
        *_company(material, staff),
        *_state(material, (staff, card.supervisor)),
    )
    decisions = [d for d in material.decisions if d.case is None and _of_decision(material, d) == staff]
    actions = [a for a in material.actions if a.case is None and _of_action(material, a) == staff]
    sections = (
        *_topics(material, staff, private=private),
        *_references(material, staff),
        *_decided(decisions),
        *_to_do(actions),
        *_added(a for a in material.amendments if a.case is None and _of_amendment(material, a) == staff),
    )
    return Filed(PERSONAL, staff, card.id, card.day, f"Supervision: personal record {staff}", facts, sections)


def _company(material: Material, staff: str) -> Iterator[tuple[str, str]]:
    if staff not in material.card.present:
        yield "Attendance", "was not there"
    others = [material.people[one].words for one in material.card.present if one != staff]
    if others:
        yield "Together with", "; ".join(others)


def _topics(material: Material, staff: str, *, private: bool) -> Iterator[Section]:
    for line in material.discussions:
        if line.case is not None or _of_discussion(material, line) != staff or (line.private and not private):
            continue
        parked = (Passage("Left for another time, because", line.parked),) if line.parked else ()
        passages = (*_passages(_shape(material, line), line), *parked)
        if passages:
            yield Section(material.topics.get(line.topic) or _spoken(line.topic), passages)


def _spoken(topic: str) -> str:
    return topic.partition(".")[0].replace("_", " ").capitalize()


def _references(material: Material, staff: str) -> Iterator[Section]:
    """Yield the cases of the session as references, with the reason where one was put off."""
    talked = cases(material)
    parked = {d.case: d.parked for d in material.discussions if d.case and d.parked and d.case not in talked}
    rows = tuple(
        (case, "left for another time", parked[case]) if case in parked else (case, "see that case's own record", "")
        for case in (*talked, *parked)
        if staff in workers_of(material, case)
    )
    if rows:
        yield Section("Cases", (), Table(("Case", "What happened", "Why"), rows))


# what both have ------------------------------------------------------------------------------------------------------


def _session(material: Material) -> Iterator[tuple[str, str]]:
    card = material.card
    kind = SUPERVISION_KIND_TITLES.get(SupervisionKind(card.kind), card.kind)
    yield "Supervision", f"session {card.id}, {show_day(card.day)}, {kind.lower()}"


def _with_role(material: Material, staff: str, case: str | None = None) -> str:
    person = material.people[staff]
    role = material.holders.get(case, {}).get(staff) or person.role if case else person.role
    return f"{person.words}, {role}" if role else person.words


def _state(material: Material, whose: Iterable[str]) -> Iterator[tuple[str, str]]:
    card = material.card
    if card.held_on is None:
        yield "State", "draft: the session is not recorded as held"
        return
    signed = material.signatures
    wanted = {staff: signed[staff] for staff in whose if staff in signed}
    days = [day for day in wanted.values() if day is not None]
    yield "State", "agreed" if len(days) == len(wanted) else "draft: not agreed by everybody yet"
    yield "Recorded", show_day(card.recorded_on) if card.recorded_on else NOT_YET
    said = (f"{material.people[staff].words}: {show_day(day) if day else NOT_YET}" for staff, day in wanted.items())
    yield "Agreed", "; ".join(said)


def _decided(lines: Iterable[DecisionLine]) -> Iterator[Section]:
    rows = tuple(
        (d.decision, d.rationale, f"{d.decided_by} ({d.body})", show_day(d.on), _day(d.follow_by))
        for d in lines
    )  # fmt: skip
    if rows:
        yield Section("Decisions", (), Table(("Decision", "Because", "Decided by", "On", "Follow up by"), rows))


def _to_do(lines: Iterable[SessionAction]) -> Iterator[Section]:
    rows = tuple((a.what, _doer(a), _day(a.due), a.why, show_day(a.set_on)) for a in lines)
    if rows:
        yield Section("Actions", (), Table(("What", "Who", "By when", "Why", "Set on"), rows))


def _day(day: date | None) -> str:
    return show_day(day) if day else ""


def _doer(action: SessionAction) -> str:
    return f"{action.owner_name} ({action.owner})" if action.owner else action.who


def _added(lines: Iterable[AmendmentLine]) -> Iterator[Section]:
    rows = tuple(
        Passage(f"Added on {show_day(a.on)} by {a.by}" + (f", because: {a.why}" if a.why else ""), a.text)
        for a in lines
    )
    if rows:
        yield Section("Amendments: what stands above is as it was agreed", rows)
