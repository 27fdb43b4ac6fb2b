"""Opening a session: its agenda as pages to go through, with what was written, drafts, decisions and actions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.core.text import initials, whole_number
from domain.supervision.formats import Shape, suiting
from storage.database.connection import Connection
from storage.database.fragments import POINTS
from storage.people.staff import staff
from storage.rules.kept_packs import Packs
from storage.supervision.agenda.worker_agenda import agenda as whole_agenda
from storage.supervision.session import session_reads
from storage.supervision.session.prompts import shape_of
from storage.supervision.session.session_reads import (
    DecisionLine,
    DiscussionLine,
    DraftLine,
    RatingLine,
    SessionAction,
    SessionCard,
)

if TYPE_CHECKING:
    from storage.supervision.agenda.worker_agenda import Agenda, Item

TOPICS = {
    "wellbeing": "Wellbeing",
    "private": "Private to us",
    "action": "Actions",
    "change": "What changed",
    "workload": "Workload",
    "reduction": "Reductions",
    "learning": "Learning needs",
    "registration": "Registration and training",
    "programme": "Programme",
    "leave": "Leave and time owed",
    "agreement": "Agreement",
    "reflection": "Reflection",
}
CASE, TOPIC, NEXT, END = "case", "topic", "next", "end"


class Page(NamedTuple):
    """One page of a session: a case, a topic, the next date, or the end. ``why`` and ``lines`` come from the agenda."""

    key: str
    kind: str
    topic: str
    title: str
    case: str | None = None
    worker: str | None = None
    why: str = ""
    days: int | None = None
    state: str = ""
    lines: tuple[str, ...] = ()


class CaseLine(NamedTuple):
    """What stands at the top of a case's page."""

    reference: str
    pathways: tuple[str, ...]
    points: int | None
    closed: date | None


class Book(NamedTuple):
    """A session as it is opened. ``said`` has what is in the record and ``drafts`` what is not yet, by page key."""

    card: SessionCard
    pages: tuple[Page, ...]
    said: Mapping[str, DiscussionLine]
    drafts: Mapping[str, DraftLine]
    decisions: tuple[DecisionLine, ...]
    actions: tuple[SessionAction, ...]
    last: date | None


class Opened(NamedTuple):
    """One page with all that is shown on it. ``open`` are the actions that wait, on the page for them."""

    page: Page
    case: CaseLine | None
    shape: Shape
    fitting: tuple[tuple[str, str], ...]
    said: DiscussionLine | None
    last: DiscussionLine | None
    last_on: date | None
    ratings: tuple[RatingLine, ...] = ()
    open: tuple[SessionAction, ...] = ()


def key_of(topic: str, case: str | None, worker: str | None) -> str:
    """Return the key of a page and of its draft."""
    return f"case:{case}" if case else f"{topic}:{worker or ''}"


def open_book(conn: Connection, session: int, today: date, actor: str) -> Book:
    """Return a session with its pages in the order of its agenda; raises NotFound."""
    card = session_reads.session_card(conn, session)
    said = {key_of(d.topic, d.case, d.worker): d for d in session_reads.discussions(conn, session)}
    agendas = [(worker, whole_agenda(conn, worker, today, session)) for worker in card.present]
    pages = _in_order(conn, agendas, card, said)
    return Book(
        card,
        tuple(pages),
        said,
        {draft.part: draft for draft in session_reads.drafts(conn, session, actor)},
        tuple(session_reads.decisions(conn, session)),
        tuple(session_reads.session_actions(conn, session)),
        agendas[0][1].last,
    )


def _in_order(
    conn: Connection,
    agendas: Iterable[tuple[str, Agenda]],
    card: SessionCard,
    said: Mapping[str, DiscussionLine],
) -> Iterator[Page]:
    found: dict[str, Page] = {}
    for worker, agenda in agendas:
        for page in _pages(worker, agenda.items):
            found.setdefault(page.key, page)
    for key, line in said.items():
        found.setdefault(key, _titled(conn, _page(line.topic, line.case, line.worker)))
    whose = {card.worker: card.worker_name, **{other.worker: other.name for other in card.others}}
    for page in found.values():
        mine = initials(whose.get(page.worker or "", "")) if page.kind == TOPIC and card.others else ""
        yield page._replace(title=f"{page.title} {mine}".rstrip())
    yield Page(NEXT, NEXT, NEXT, "Next date")
    yield Page(END, END, END, "Before agreeing")


def _titled(conn: Connection, page: Page) -> Page:
    """Return the page of something that was put on the agenda under the words it was put there with."""
    kind, _, number = page.topic.partition(".")
    if kind != "item" or whole_number(number) is None:
        return page
    title = conn.value("SELECT what FROM agenda_item WHERE id = :id", id=int(number))
    return page if title is None else page._replace(title=title)


def _pages(worker: str, items: Iterable[Item]) -> Iterator[Page]:
    """Yield a page a case, a page for each thing put on the agenda, and one for all items of any other kind."""
    grouped: dict[str, list[Item]] = {"wellbeing": [], "private": []}
    for item in items:
        if item.kind != NEXT:
            grouped.setdefault(_group(item, worker), []).append(item)
    for group, found in grouped.items():
        topic, _, case = group.partition(" ")
        yield _of_case(case, worker, found) if case else _of_topic(topic, worker, found)


def _group(item: Item, worker: str) -> str:
    """Return the page that an item stands on; what was put on the agenda about a case stands with that case."""
    if item.kind == CASE or (item.kind == "item" and item.subject != worker):
        return f"{CASE} {item.subject}"
    if item.kind != "item":
        return str(item.kind)
    return f"item.{item.key.rpartition(':')[2]}"


def _of_case(case: str, worker: str, items: list[Item]) -> Page:
    main = next((item for item in items if item.kind == CASE), None)
    wanted = tuple(f"On the agenda: {item.title}" for item in items if item.kind != CASE)
    page = _page(CASE, case, worker)
    if main is None:
        return page._replace(lines=wanted)
    parked = (f"Put off: {main.parked}",) if main.parked else ()
    lines = (*parked, *wanted, *main.lines)
    return page._replace(why=main.why, days=main.days_since, state=main.state, lines=lines)


def _of_topic(topic: str, worker: str, items: list[Item]) -> Page:
    page = _page(topic, None, worker)
    if not items:
        return page
    state = next((item.state for item in items if item.state == "late"), items[0].state)
    title = items[0].title if topic.startswith("item.") else page.title
    lines = tuple(line for item in items for line in (_words(item, title), *item.lines) if line)
    return page._replace(title=title, state=state, lines=lines)


def _words(item: Item, title: str) -> str:
    """Return an item in words, without its title where that is the title of the page."""
    return ": ".join(part for part in (item.title if item.title != title else "", item.why) if part)


def _page(topic: str, case: str | None, worker: str | None) -> Page:
    title = case or TOPICS.get(topic, topic.partition(".")[0].replace("_", " ").capitalize())
    return Page(key_of(topic, case, worker), CASE if case else TOPIC, topic, title, case, worker)


# one page ------------------------------------------------------------------------------------------------------------


def open_page(conn: Connection, card: SessionCard, page: Page, today: date, form: str = "") -> Opened:
    """Return a page with its format, or in ``form``: what was written in this session and the last, and the ratings."""
    packs = Packs(conn)
    now = {key_of(d.topic, d.case, d.worker): d for d in session_reads.discussions(conn, card.id)}.get(page.key)
    case = case_line(conn, page.case, today) if page.case else None
    known = packs.all("format")
    fitting = suiting(known, topic=page.topic.partition(".")[0], pathways=case.pathways if case else ())
    last, last_on = _last(conn, card, page)
    chosen = form or (now.format if now and now.answers else "") or fitting[0]
    return Opened(
        page,
        case,
        shape_of(packs, chosen),
        tuple((name, str(known.get(name, {}).get("title", name))) for name in fitting),
        now,
        last,
        last_on,
        tuple(session_reads.ratings(conn, page.case)) if page.case else (),
        tuple(session_reads.open_actions(conn, card.id, page.worker)) if page.topic == "action" and page.worker else (),
    )


def case_line(conn: Connection, reference: str, today: date) -> CaseLine | None:
    """Return what stands at the top of a case's page, or None where there is no such case."""
    query = f"""SELECT c.reference, c.pathways, c.closed,
        (SELECT {POINTS} FROM case_points p WHERE p."case" = c.reference) AS points
        FROM cases c WHERE c.reference = :case"""  # noqa: S608
    return conn.one(CaseLine, query, case=reference, today=today)


def _last(conn: Connection, card: SessionCard, page: Page) -> tuple[DiscussionLine | None, date | None]:
    if page.case:
        found = session_reads.last_discussion(conn, page.case, card)
        return found, found and found.held_on
    before = session_reads.last_session(conn, page.worker, card.day) if page.worker else None
    if before is None:
        return None, None
    same = (d for d in session_reads.discussions(conn, before) if (d.topic, d.worker) == (page.topic, page.worker))
    return next(same, None), session_reads.session_card(conn, before).held_on


def worker_names(conn: Connection, card: SessionCard) -> dict[str, str]:
    """Return who may be given an action: those at the session first, then everybody else who has not left."""
    everybody = {one.staff_id: one.name for one in staff(conn, card.day)}
    first = (card.worker, *(other.worker for other in card.others), card.supervisor)
    return {**{one: everybody[one] for one in first if one in everybody}, **everybody}
