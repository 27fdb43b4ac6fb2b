"""Continuing professional development as the regulator asks for it: one registration year, and what it still lacks.

Social Work England: at least two different pieces, at least one of them with a peer reflection; the year runs from
1 December to 30 November, and pieces are handed in with the renewal from 1 September to 30 November.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.text import plural

PIECES, WITH_PEER = 2, 1
SOURCE = "Social Work England; Research in Practice, September 2025"
PROMPT = "What did talking it over with a peer teach me, and what will I do differently?"
DONE, LATE, DUE, AHEAD = "held", "late", "due", "ahead"


class Year(NamedTuple):
    """A registration year, and its renewal window at the end of it."""

    start: date
    end: date
    opens: date


class Piece(NamedTuple):
    """A piece as it counts: what the form asks for is filled in, or it is only a draft."""

    on: date
    title: str
    learning: str = ""
    impact: str = ""
    peer: bool = False
    peer_note: str = ""
    submitted_on: date | None = None
    id: int = 0

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the form asks for and is not written yet."""
        asked = (("learning", self.learning), ("impact", self.impact), ("peer note", self.peer_note or not self.peer))
        return tuple(name for name, given in asked if not given)

    @property
    def ready(self) -> bool:
        """Whether it can be handed in as it is."""
        return not self.lacks


class YearState(NamedTuple):
    """How one worker stands in a registration year. ``missing`` says what is still to be done, in words."""

    year: Year
    pieces: int
    ready: int
    with_peer: int
    submitted: int
    missing: tuple[str, ...]
    state: str
    drafts: int = 0

    @property
    def words(self) -> str:
        """What is missing, or that nothing is."""
        return "; ".join(self.missing) or "complete"


def registration_year(day: date) -> Year:
    """Return the registration year that a day lies in."""
    end = date(day.year + (day.month == 12), 11, 30)
    return Year(date(end.year - 1, 12, 1), end, date(end.year, 9, 1))


def year_state(pieces: Iterable[Piece], today: date, year: Year | None = None) -> YearState:
    """Return what the registration year of ``today`` (or another) still lacks. Two of one title are one piece."""
    year = year or registration_year(today)
    own = [piece for piece in pieces if year.start <= piece.on <= year.end]
    different = {" ".join(piece.title.casefold().split()) for piece in own if piece.ready}
    peers = sum(piece.ready and piece.peer for piece in own)
    handed_in = {" ".join(piece.title.casefold().split()) for piece in own if piece.ready and piece.submitted_on}
    drafts = sum(not piece.ready for piece in own)
    missing = tuple(_missing(drafts, len(different), peers, len(handed_in)))
    state = _state(year, missing, today)
    return YearState(year, len(own), len(different), peers, len(handed_in), missing, state, drafts)


def _missing(drafts: int, ready: int, peers: int, submitted: int) -> Iterable[str]:
    if ready < PIECES:
        yield plural(PIECES - ready, "more piece", "more pieces")
    if peers < WITH_PEER:
        yield "a peer reflection"
    if drafts:
        yield f"{plural(drafts, 'draft')} to finish"
    if ready >= PIECES and peers >= WITH_PEER and submitted < PIECES:
        yield "not handed in yet"


def _state(year: Year, missing: tuple[str, ...], today: date) -> str:
    if not [one for one in missing if not one.endswith("to finish")]:
        return DONE
    if today > year.end:
        return LATE
    return DUE if today >= year.opens else AHEAD
