"""A session in words: its heading, the lines of its agenda, the head of a page, and what was settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from textual.content import Content

from domain.core.dates import ago, show_day
from domain.core.enums import PATHWAY_TITLES, Pathway
from domain.core.text import plural
from domain.supervision.prompts import Nudge
from storage.supervision.session.pages import CASE, TOPICS, Opened, Page
from storage.supervision.session.session_reads import DecisionLine, SessionAction, SessionCard
from tui.core.look import Look, hundredths, state
from tui.core.text import line, shorten, show

MOST_LINES = 200
DONE, PARKED, HALF, OPEN = "✓", "–", "…", " "


def who(card: SessionCard, look: Look) -> str:
    """Who meets whom: surnames, or initials while names are hidden."""
    names = [(card.worker_name, card.worker), *((other.name, other.worker) for other in card.others)]
    supervisor = short(card.supervisor_name, look, card.supervisor)
    return f"{' and '.join(short(name, look, staff_id) for name, staff_id in names)} with {supervisor}"


def short(name: str, look: Look, staff_id: str = "") -> str:
    """A worker's surname, the staff id behind it where others have the same name; initials while names are hidden."""
    return look.worker(name) if look.no_names else line(name).partition(",")[0] + look.tail(staff_id)


def when(card: SessionCard, look: Look) -> str:
    """The day and the hours; once it was held, the day it was."""
    if card.held_on is not None:
        return f"held {show_day(card.held_on, look.today)}"
    hour, minute = (int(part) for part in card.start.split(":"))
    end = (timedelta(hours=hour, minutes=minute) + timedelta(minutes=card.minutes)).total_seconds() // 60 % 1440
    booked = "" if card.state == "planned" else f" ({card.state})"
    return f"{show_day(card.on, look.today)} {card.start}-{int(end) // 60:02}:{int(end) % 60:02}{booked}"


def entry(page: Page, mark: str, width: int, look: Look) -> Content:
    """A line of the agenda: done or not, what it is, and for how long a case was not discussed."""
    found = state(page.state)
    right = ""
    if page.kind == CASE:
        right = "new" if page.days is None else plural(page.days, "day")
    glyph = found.glyph if page.state in ("late", "due") else ""
    tail = f"{right} {glyph}".strip()
    room = max(width - len(tail) - 3, 4)
    title = shorten(line(page.title), room)
    colour = look.colour(found.name) if glyph else ""
    return Content.assemble(mark, " ", show(title).pad_right(max(room - show(title).cell_length, 0)), " ",
                            show(tail, colour) if tail else "")  # fmt: skip


def head(opened: Opened, look: Look) -> Content:
    """What is known before a word is said."""
    page, parts = opened.page, [_title(opened, look)]
    if opened.case and opened.case.closed:
        closed = show_day(opened.case.closed, look.today)
        parts.append(show(f"This case was closed on {closed}: what is said goes into a closed file.", "$due"))
    if page.topic == "private":
        parts.append(
            show("Between the two of you: nobody else is shown it, and it is in no document unless you ask.", "$muted")
        )
    if opened.said and opened.said.parked:
        parts.append(show(f"– parked: {opened.said.parked}", "$due"))
    shown = page.lines[:MOST_LINES]
    parts += [show(text, "$muted") for text in shown]
    if len(page.lines) > len(shown):
        parts.append(show(f"and {len(page.lines) - len(shown)} more", "$muted"))
    return Content("\n").join(parts)


def _title(opened: Opened, look: Look) -> Content:
    page, case = opened.page, opened.case
    if case is None:
        form = opened.shape.title if opened.shape.title != page.title else ""
        return Content.assemble(show(page.title, "bold"), "   ", show(form, "$muted"))
    pathways = ", ".join(PATHWAY_TITLES[Pathway(p)].lower() for p in case.pathways)
    points = "" if case.points is None else f"   {hundredths(case.points)} points"
    return Content.assemble(
        show(f"{case.reference}  {pathways}", "bold"), points, "   ", _discussed(opened, look),
        "   ", show(opened.shape.title, "$muted"),
    )  # fmt: skip


def _discussed(opened: Opened, look: Look) -> Content:
    found = state(opened.page.state)
    words = f"last discussed {ago(opened.last_on, look.today)}" if opened.last_on else "not discussed before"
    words = opened.page.why or words
    marked = f"{found.glyph} " if found.name in ("late", "due") else ""
    return show(f"{marked}{words}", f"${found.name}" if marked else "$muted")


def settled(key: Page, decisions: Iterable[DecisionLine], actions: Iterable[SessionAction], look: Look) -> list[str]:
    """What was decided and agreed to be done on a page, a line each."""
    lines = [
        _decided(one, look) for one in decisions if one.case == key.case and (key.case or one.worker == key.worker)
    ]
    return lines + [action_words(one, look) for one in actions if one.case == key.case]


def _decided(one: DecisionLine, look: Look) -> str:
    because = f", because {one.rationale}" if one.rationale else ""
    follow = f"; follow up by {show_day(one.follow_by, look.today)}" if one.follow_by else ""
    return f"✓ Decided: {one.decision}{because} ({one.decided_by}, {show_day(one.on, look.today)}{follow})"


def action_words(one: SessionAction, look: Look) -> str:
    """An action: who, what, by when."""
    whose = look.worker(one.owner_name, one.owner) if one.owner_name else one.owner or one.who or "nobody"
    by = f" by {show_day(one.due, look.today)}" if one.due else ", no day set"
    return f"→ {whose}: {one.what}{by}"


def about(subject: str) -> str:
    """A case's reference, or a topic in words."""
    return TOPICS.get(subject, subject.partition(".")[0].replace("_", " "))


def end_words(card: SessionCard, nudges: Iterable[Nudge], half: Collection[str], look: Look) -> Content:
    """What the last page says: how the session stands, what is not kept yet, and what is worth a second look."""
    parts = [show("Before agreeing", "bold"), _stands(card, look)]
    if half:
        parts.append(show(f"… half said, not yet in the record: {', '.join(half)}", "$due"))
    by_subject: dict[str, list[str]] = {}
    for nudge in nudges:
        by_subject.setdefault(nudge.about, []).append(nudge.words)
    if by_subject:
        parts.append(show("Worth a second look (nothing here stops you):"))
        parts += [show(f"· {about(subject)}: {'; '.join(words)}") for subject, words in by_subject.items()]
    else:
        parts.append(show("✓ Nothing stands out in what is kept.", "$held"))
    return Content("\n").join(parts)


def _stands(card: SessionCard, look: Look) -> Content:
    if card.agreed:
        return show("✓ The record was agreed: what is added from now on is an amendment.", "$held")
    if card.held_on:
        return show(f"✓ held {show_day(card.held_on, look.today)}", "$held")
    return show(f"○ {card.state}, booked for {show_day(card.on, look.today)}: not recorded as held yet", "$ahead")


def next_words(booked: Iterable[SessionCard], look: Look) -> Content:
    """What the page for the next date says."""
    lines = [f"○ {when(one, look)}   {line(one.place)}".rstrip() for one in booked]
    said = "\n".join(lines) if lines else "Nothing is booked after this session yet."
    return Content.assemble(show("Next date", "bold"), "\n", show(said), "\n")


def last_time(opened: Opened, look: Look) -> str:
    """What was said last time, field by field."""
    if opened.last is None or opened.last_on is None:
        return "This was not talked about before."
    titles = {part.id: part.title for part in opened.shape.parts}
    said = [f"{titles.get(name, name.replace('_', ' '))}\n{text}" for name, text in opened.last.answers.items()]
    return "\n\n".join([show_day(opened.last_on, look.today), *said])
