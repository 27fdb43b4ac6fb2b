"""How the board of supervision says things: sessions, agreements, records, and the whole of a row in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from domain.core.dates import distance, short_day, show_day
from domain.core.enums import SUPERVISION_KIND_TITLES, SupervisionKind
from storage.supervision.month_board import BoardRow, SessionMark
from tui.core.look import Look, due_state
from tui.core.text import cell

WIDE = 13  # from here on a cell has room for the word beside the day
NARROW = 8  # below that, only for the day without its month, which stands above


class Said(NamedTuple):
    """A state of an agreement: the mark it is drawn with, and its words."""

    mark: str
    words: str


AGREEMENTS = {
    "none": Said("unset", "none"),
    "unsigned": Said("late", "not signed"),
    "one": Said("due", "signed by one"),
    "review": Said("late", "review late"),
    "soon": Said("due", "review soon"),
    "signed": Said("held", "signed"),
}
_GLYPHS = {"missed": "✗", "cancelled": "✗"}


def week_cell(marks: Sequence[SessionMark], look: Look, width: int) -> Text:
    """Return a week's sessions: "✓ 18 Nov", "◐ booked 25 Nov", "✗ missed: court", late ones in words."""
    found = cell("")
    for mark in marks:
        if found.plain:
            found.append(" ")
        found.append_text(_one(mark, look, width if len(marks) == 1 else width // len(marks)))
    return found


def _one(mark: SessionMark, look: Look, width: int) -> Text:
    wide = not width or width >= WIDE
    on = str(mark.on.day) if 0 < width < NARROW else short_day(mark.on, look.today if wide else mark.on)
    extra = "+" if mark.kind in ("group", "joint", "ad_hoc") else ""
    if mark.state == "held":
        return look.mark("held", on + extra)
    if mark.overdue(look.today):
        return look.mark("late", f"{on}?" if not wide else f"held? {on}")
    if mark.state == "planned":
        return look.mark("due", f"booked {on}{extra}" if wide else on + extra)
    why = mark.reason.lower()
    words = f"{mark.state}: {why}" if wide and why else why or mark.state
    return cell(f"✗ {words}", look.colour("late" if mark.state == "missed" else "muted"))


def due_cell(row: BoardRow, look: Look) -> Text:
    """Return by when supervision is due: "● 13 Nov"."""
    if row.due is None:
        return look.mark("unset")
    return look.mark(due_state(row.due, look.today).name, short_day(row.due, look.today))


def agreement_cell(row: BoardRow, look: Look) -> Text:
    """Return how the main agreement stands; a worker without a supervisor needs none."""
    said = AGREEMENTS[row.agreement.state]
    if row.agreement.state == "none" and not row.supervisor:
        return look.plain("")
    return look.mark(said.mark, said.words)


def records_cell(row: BoardRow, look: Look) -> Text:
    """Return how many records of the last three months are not written, or not agreed by both."""
    if row.unrecorded:
        return look.mark("late", f"{row.unrecorded} to write")
    return look.mark("due", f"{row.unagreed} to agree") if row.unagreed else look.mark("held", "in order")


def about(row: BoardRow, look: Look) -> str:
    """Return the whole of a row in words: when it is due, its agreements, its sessions one by one."""
    return "\n".join(filter(None, (_due(row, look), _agreements(row, look), _sessions(row, look))))


def _due(row: BoardRow, look: Look) -> str:
    words = [look.worker(row.name, row.worker)]
    if row.due is not None:
        words.append(f"due {show_day(row.due, look.today)}, {distance(row.due, look.today)}")
    if row.supervisor:
        words.append(f"supervised by {look.worker(row.supervisor_name, row.supervisor)}")
    if row.over_number:
        words.append(f"▲ supervises {row.supervises}, agreed {row.supervises_most}")
    return ": ".join((words[0], "; ".join(words[1:]))) if words[1:] else words[0]


def _agreements(row: BoardRow, look: Look) -> str:
    parts = []
    for one in row.agreements:
        kind = SUPERVISION_KIND_TITLES[SupervisionKind(one.kind)].lower()
        review = f", looked at again {show_day(one.review_on, look.today)}" if one.review_on else ""
        other = f", with {one.supervisor}" if one.supervisor != row.supervisor else ""
        parts.append(f"{kind}: {one.title.lower()}, {AGREEMENTS[one.state].words}{review}{other}")
    return "Agreed: " + "; ".join(parts) if parts else ""


def _sessions(row: BoardRow, look: Look) -> str:
    return "; ".join(_whole(mark, look) for mark in row.sessions)


def _whole(mark: SessionMark, look: Look) -> str:
    state = "not recorded yet" if mark.overdue(look.today) else "booked" if mark.state == "planned" else mark.state
    words = f"{show_day(mark.on, look.today)} {mark.start} {state}"
    if mark.state in _GLYPHS and mark.reason:
        words += f" ({mark.reason.lower()})"
    if mark.moved_from:
        words += f", first for {show_day(mark.moved_from, look.today)}"
    if mark.cover_for:
        words += f", {mark.supervisor} covers for {mark.cover_for}"
    if mark.rebook_by and mark.state in _GLYPHS:
        words += f", to be held by {show_day(mark.rebook_by, look.today)}"
    if mark.others:
        words += f", with {', '.join(mark.others)}"
    return words
