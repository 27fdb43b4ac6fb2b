"""Opening a session: its agenda as pages to go through, with what was said, what is half said, and what was settled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.talking import Shape, suiting
from domain.text import initials
from storage import sessions
from storage.nudging import shape_of
from storage.reading import POINTS, Packs, day
from storage.sessions import DecisionLine, DiscussionLine, DraftLine, RatingLine, SessionAction, SessionCard

if TYPE_CHECKING:
    from storage.agenda import Agenda, Item

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
    """What the head of a case's page says."""

    reference: str
    pathways: tuple[str, ...]
    points: int | None
    closed: date | None


class Book(NamedTuple):
    """A session as it is opened; what was said and half said by page key."""

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
    """Return what a page and its draft are known by."""
    return f"case:{case}" if case else f"{topic}:{worker or ''}"


def open_book(conn: sqlite3.Connection, session: int, today: date, actor: str) -> Book:
    """Return a session with its pages in the order of its agenda; raises NotFound."""
    from storage.agenda import agenda

    card = sessions.session_card(conn, session)
    said = {key_of(d.topic, d.case, d.worker): d for d in sessions.discussions(conn, session)}
    agendas = [(worker, agenda(conn, worker, today, session)) for worker in card.present]
    pages = _in_order(conn, agendas, card, said)
    return Book(
        card,
        tuple(pages),
        said,
        {draft.part: draft for draft in sessions.drafts(conn, session, actor)},
        tuple(sessions.decisions(conn, session)),
        tuple(sessions.session_actions(conn, session)),
        agendas[0][1].last,
    )


def _in_order(
    conn: sqlite3.Connection,
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


def _titled(conn: sqlite3.Connection, page: Page) -> Page:
    """Return the page of something that was put on the agenda under the words it was put there with."""
    kind, _, number = page.topic.partition(".")
    row = None
    if kind == "item" and number.isdigit():
        row = conn.execute("SELECT what FROM agenda_item WHERE id = ?", (int(number),)).fetchone()
    return page._replace(title=row[0]) if row else page


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
    """The page that an item stands on; what was put on the agenda about a case stands with that case."""
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
    lines = tuple(line for item in items for line in (_said(item, title), *item.lines) if line)
    return page._replace(title=title, state=state, lines=lines)


def _said(item: Item, title: str) -> str:
    """An item among others on its page; what the page is called already is not said again."""
    return ": ".join(part for part in (item.title if item.title != title else "", item.why) if part)


def _page(topic: str, case: str | None, worker: str | None) -> Page:
    title = case or TOPICS.get(topic, topic.partition(".")[0].replace("_", " ").capitalize())
    return Page(key_of(topic, case, worker), CASE if case else TOPIC, topic, title, case, worker)


# one page ------------------------------------------------------------------------------------------------------------


def open_page(conn: sqlite3.Connection, card: SessionCard, page: Page, today: date, form: str = "") -> Opened:
    """Return one page with its format (``form``: another one), what was said now and last time, and its ratings."""
    packs = Packs(conn)
    now = {key_of(d.topic, d.case, d.worker): d for d in sessions.discussions(conn, card.id)}.get(page.key)
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
        tuple(sessions.ratings(conn, page.case)) if page.case else (),
        tuple(open_actions(conn, card, page.worker)) if page.topic == "action" and page.worker else (),
    )


def case_line(conn: sqlite3.Connection, reference: str, today: date) -> CaseLine | None:
    """Return what the head of a case's page says, or None for a case that is not there."""
    query = f"""SELECT c.reference, c.pathways, (SELECT {POINTS} FROM case_points p WHERE p."case" = c.reference),
        c.closed FROM cases c WHERE c.reference = :case"""  # noqa: S608
    row = conn.execute(query, {"case": reference, "today": today.isoformat()}).fetchone()
    return None if row is None else CaseLine(row[0], tuple(json.loads(row[1])), row[2], day(row[3]))


def _last(conn: sqlite3.Connection, card: SessionCard, page: Page) -> tuple[DiscussionLine | None, date | None]:
    if page.case:
        return sessions.last_discussion(conn, page.case, card) or (None, None)
    before = sessions.last_session(conn, page.worker, card.day) if page.worker else None
    if before is None:
        return None, None
    same = (d for d in sessions.discussions(conn, before) if (d.topic, d.worker) == (page.topic, page.worker))
    return next(same, None), sessions.session_card(conn, before).held_on


def open_actions(conn: sqlite3.Connection, card: SessionCard, worker: str) -> list[SessionAction]:
    """Return what waits to be done by a supervisee, or was set in their supervision, soonest due first."""
    query = """SELECT a.id, a."case", a.owner, coalesce(w.name, ''), a.who, a.what, a.why, a.set_on, a.due, a.carries,
        a.done_on, a.how, a.dropped_on, a.version FROM action a LEFT JOIN worker w ON w.staff_id = a.owner
        WHERE a.done_on IS NULL AND a.dropped_on IS NULL AND (a.session IS NULL OR a.session <> :session)
          AND (a.owner = :worker OR a.session IN (SELECT s.id FROM session s WHERE s.worker = :worker))
          AND NOT EXISTS (SELECT 1 FROM action later WHERE later.carries = a.id)
        ORDER BY a.due IS NULL, a.due, a.id"""
    return [sessions.action_line(row) for row in conn.execute(query, {"worker": worker, "session": card.id}).fetchall()]


def worker_names(conn: sqlite3.Connection, card: SessionCard) -> dict[str, str]:
    """Return those who may do something: the pair and whoever else is there first, then everybody still here."""
    query = """SELECT staff_id, name FROM worker WHERE leaves IS NULL OR leaves >= ? ORDER BY sort_key"""
    everybody: dict[str, Any] = dict(conn.execute(query, (card.day.isoformat(),)).fetchall())
    first = (card.worker, *(other.worker for other in card.others), card.supervisor)
    return {**{one: everybody[one] for one in first if one in everybody}, **everybody}
