"""Words and columns of professional development: how a registration year stands, what is asked for, one piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from rich.text import Text
from textual.content import Content

from domain.core.dates import MONTHS, distance, short_day, show_day
from domain.core.text import plural
from domain.learning.cpd import CLOSED, LATE, NOT_COUNTED, SOURCE, Closed, Piece, Standard, YearState
from storage.learning.cpd import WorkerYear
from tui.core.look import Look
from tui.core.look import state as named
from tui.core.text import cell, show
from tui.due.why_dialog import Working
from tui.grid.columns import Column

HIDDEN = "words hidden"
TO_WRITE = "not written yet"
LOOKS = {CLOSED: "held", NOT_COUNTED: "unset"}
Source = Mapping[str, Any]


def year_key(row: WorkerYear) -> str:
    """Return what tells a line of the years of a team from the others."""
    return f"{row.worker} {row.state.year.end}"


def span(found: Sequence[WorkerYear]) -> str:
    """Return what the year of some lines is called."""
    return found[0].state.year.title if found else ""


def year_words(state: YearState) -> str:
    """Return the year and what is still missing in it: "2025/26: 1 more piece"."""
    return f"{state.year.title}: {state.words}"


def asks(of: Standard) -> str:
    """Say what a regulator asks for in a year."""
    (month, day), (opens, first) = of.ends, of.opens
    return (
        f"At least {of.pieces} different pieces, at least {of.with_peer} with a peer reflection, in the year to "
        f"{day} {MONTHS[month - 1]}; handed in with the renewal from {first} {MONTHS[opens - 1]}."
    )


def _cited(one: Source) -> str:
    """Return a citation of the packs, and whether somebody read it in its source."""
    checked = date.fromisoformat(one["checked"])
    when = f"{MONTHS[checked.month - 1]} {checked.year}"
    read = f"read in its source, checked {when}" if one["verified"] else f"? not seen in its source, as of {when}"
    return f"{one['text']} ({read})"


def standard_words(of: Standard, sources: Sequence[Source]) -> Content:
    """Say what is asked for in a year, and where that stands."""
    cited = "\n".join(_cited(one) for one in sources) or f"{SOURCE}; no pack in force cites it"
    return Content.assemble(show(asks(of), "$text"), "\n", show(cited))


def year_working(worker: str, state: YearState, sources: Sequence[Source], look: Look) -> Working:
    """Return what the standard asks for in a worker's year, what there is, and the sources."""
    finished = state.pieces - state.drafts
    twice = f"{finished} with one title counted twice or more" if finished > state.ready else ""
    steps: list[tuple[str, str, date | None]] = [
        ("Year begins", "", state.year.start),
        ("Handed in from", "", state.year.opens),
        ("Year ends", "", state.year.end),
        ("Different pieces", f"{state.ready} of {state.asked.pieces} {twice}".rstrip(), None),
        ("With a peer", f"{state.with_peer} of {state.asked.with_peer}", None),
        ("Drafts", f"{state.drafts}, which do not count until they are finished", None),
        ("Handed in", str(state.submitted), None),
        ("Still asked", "; ".join(state.missing) or "nothing", None),
        *([("Not counted", state.not_counted, None)] if state.not_counted else []),
        *([("Late", f"{state.days_late} days", None)] if state.days_late else []),
        *([("Closed", _closed(state.closed, look), state.closed.on)] if state.closed else []),
    ]
    cited = [f"{_cited(one)}\n{one['source']}" for one in sources] or [SOURCE]
    return Working(f"CPD {state.year.title}, {worker}", asks(state.asked), steps, sources=cited)


def asked_words(state: YearState, look: Look) -> Content:
    """Say how a year stands and when it ends."""
    name, closed = LOOKS.get(state.state, state.state), state.closed
    word = "complete" if state.state == "held" else f"still asked: {state.words}"
    word = state.words if state.state == NOT_COUNTED else word
    if closed is not None and state.state == CLOSED:
        word = f"closed {short_day(closed.on, look.today)} {_closed(closed, look)}"
    mark = look.mark(name, state.told if state.state == LATE else word)
    end = show_day(state.year.end, look.today)
    over = (
        state.year.end < look.today
    )  # whether it is late, the mark says: a year that was met or is not counted is not
    ends = f"year ended {end}" if over else f"year ends {end}, {distance(state.year.end, look.today)}"
    return Content.assemble(show(mark.plain, f"${named(name).name}"), "   ", show(ends, "$muted"))


def _closed(closed: Closed, look: Look) -> str:
    return f"by {look.worker(closed.by)}: {HIDDEN if look.no_names else closed.why}"


def whole_piece(one: Piece, look: Look) -> Iterator[Content]:
    """Yield all of a piece; its words are hidden along with the names, since they may be about people."""
    yield show(one.title, "bold")
    yield show(f"{one.kind}, {show_day(one.on, look.today)}", "$muted")
    yield show(f"◐ draft: still to write: {', '.join(one.lacks)}", "$due") if one.lacks else show("✓ finished", "$held")
    told = [("What was learnt", one.learning), ("Impact on practice and people", one.impact)]
    if one.peer:
        told.append(("Peer reflection", one.peer_note))
    for label, words in told:
        yield Content("")
        yield show(label, "$muted")
        yield show((HIDDEN if look.no_names else words) if words else TO_WRITE, "" if words else "$muted")
    yield Content("")
    handed_in = f"Handed in {show_day(one.submitted_on, look.today)}" if one.submitted_on else "Not handed in yet"
    yield show(handed_in, "$muted")


# columns ---------------------------------------------------------------------------------------------------------


def year_columns() -> list[Column[WorkerYear]]:
    """Return the columns; in a narrow window they go in this order: handed in, drafts, without a peer."""
    return [
        Column("worker", "Worker", lambda r: r.name, names="worker", whose=lambda r: r.worker, least=10, most=24),
        Column(
            "state",
            "State",
            _state_word,
            lambda r, k: k.mark(LOOKS.get(r.state.state, r.state.state), _state_word(r)),
            least=10,
        ),
        Column("year", "Year to", lambda r: r.state.year.end, gives_way=4, least=10),
        Column("asks", "Still asked", _asked_words, _asks, stretch=True, least=18, most=60),
        Column("pieces", "Pieces", lambda r: r.state.pieces, right=True),
        Column("peer", "With peer", lambda r: r.state.with_peer, right=True),
        Column("alone", "Without", _alone, right=True, gives_way=1),
        Column("drafts", "Drafts", lambda r: r.state.drafts, right=True, gives_way=2),
        Column("submitted", "Handed in", lambda r: r.state.submitted, right=True, gives_way=3),
    ]


def _state_word(row: WorkerYear) -> str:
    if row.state.state == LATE:
        return f"late {plural(row.state.days_late, 'day')}"
    words = {"held": "complete", CLOSED: "closed", NOT_COUNTED: NOT_COUNTED}
    return words.get(row.state.state) or named(row.state.state).word


def _asked_words(row: WorkerYear) -> str:
    """Return what is still asked, with the year where it is not the present one."""
    if row.state.state == NOT_COUNTED:
        return row.state.not_counted
    return f"{row.state.year.title}: {row.state.words}" if row.state.state == LATE else row.state.words


def _asks(row: WorkerYear, look: Look) -> Text:
    return cell(_asked_words(row), look.colour("muted") if row.state.state in ("held", CLOSED, NOT_COUNTED) else "")


def _alone(row: WorkerYear) -> int:
    return row.state.pieces - row.state.drafts - row.state.with_peer


def piece_columns() -> list[Column[Piece]]:
    """Return the columns; in a narrow window they go in this order: handed in, type."""
    return [
        Column("on", "On", lambda r: r.on, least=10),
        Column("title", "What", lambda r: r.title, stretch=True, least=20, most=60),
        Column("state", "State", lambda r: "finished" if r.ready else "draft", _piece_state, least=10),
        Column("peer", "Peer", lambda r: "yes" if r.peer else "no"),
        Column("kind", "Type", lambda r: r.kind, gives_way=1, most=22),
        Column("submitted", "Handed in", lambda r: r.submitted_on, gives_way=2),
    ]


def _piece_state(row: Piece, look: Look) -> Text:
    return look.mark("held", "finished") if row.ready else look.mark("due", "draft")
