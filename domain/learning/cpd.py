"""Continuing professional development as the regulator asks for it: one registration year and what is still missing.

Social Work England: at least two different pieces, at least one of them with a peer reflection; the year runs from
1 December to 30 November, and pieces are handed in with the renewal from 1 September to 30 November. What another
regulator asks for stands in a pack. A year that ended with something missing stays late until it is there, or until
somebody closes it with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.core.dates import EARLIEST, LATEST, parse_day, short_day
from domain.core.text import plural

SOURCE = "Social Work England; Research in Practice, September 2025"
PROMPT = "What did talking it over with a peer teach me, and what will I do differently?"
DONE, LATE, DUE, AHEAD, CLOSED = "held", "late", "due", "ahead", "closed"
NOT_COUNTED = "not counted"
_DAY = timedelta(days=1)
_SPAN = re.compile(r"(\d{4})\s*[-/]\s*(\d{2}|\d{4})")


class Standard(NamedTuple):
    """What a regulator asks for in a year: its last day and the first day of renewal, as (month, day), and how much."""

    ends: tuple[int, int] = (11, 30)
    opens: tuple[int, int] = (9, 1)
    pieces: int = 2
    with_peer: int = 1


ENGLAND = Standard()


def standard_of(said: Mapping[str, Any]) -> Standard:
    """Return the standard that a pack gives (see registration_packs.RegistrationYear)."""
    return Standard(_month_day(said["ends"]), _month_day(said["opens"]), int(said["pieces"]), int(said["with_peer"]))


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


class Year(NamedTuple):
    """A registration year, and its renewal window at the end of it."""

    start: date
    end: date
    opens: date

    @property
    def title(self) -> str:
        """What it is called: "2025/26"; a year that is a calendar year by its number."""
        first, last = self.start.year, self.end.year
        return str(last) if first == last else f"{first}/{last % 100:02}"


class Closed(NamedTuple):
    """That a year is not to be met any more: when, by whom and why it was closed."""

    on: date
    by: str
    why: str


class Piece(NamedTuple):
    """A piece of development: a draft until all that the form asks for is filled in. ``worker`` is called ``name``."""

    on: date
    title: str
    learning: str = ""
    impact: str = ""
    peer: bool = False
    peer_note: str = ""
    submitted_on: date | None = None
    id: int = 0
    kind: str = ""
    worker: str = ""
    name: str = ""

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the form asks for and what is not written yet."""
        asked = (("learning", self.learning), ("impact", self.impact), ("peer note", self.peer_note or not self.peer))
        return tuple(name for name, given in asked if not given)

    @property
    def ready(self) -> bool:
        """Whether it can be handed in as it is."""
        return not self.lacks


class YearState(NamedTuple):
    """How one worker's registration year stands; ``missing`` says in words what is still to be done.

    ``not_counted`` says why nothing is asked of it: "before 1 Sep 2026, when their team began to use Almoner".
    """

    year: Year
    pieces: int
    ready: int
    with_peer: int
    submitted: int
    missing: tuple[str, ...]
    state: str
    drafts: int = 0
    days_late: int = 0
    closed: Closed | None = None
    asked: Standard = ENGLAND
    not_counted: str = ""

    @property
    def words(self) -> str:
        """What is missing, or that nothing is; or why it is not counted."""
        if self.state == NOT_COUNTED:
            return f"{NOT_COUNTED} ({self.not_counted})"
        return "; ".join(self.missing) or "complete"

    @property
    def told(self) -> str:
        """The year in a sentence: "CPD year to 30 Nov 2026: 1 of 2 pieces, peer reflection missing; late 1 day"."""
        if self.state == NOT_COUNTED:
            return f"CPD year to {short_day(self.year.end)}: {self.words}"
        there = [f"{self.ready} of {plural(self.asked.pieces, 'piece')}"]
        there += ["peer reflection missing"] if self.with_peer < self.asked.with_peer else []
        there += [one for one in self.missing if one.endswith("to finish") or one == NOT_HANDED_IN]
        late = f"; late {plural(self.days_late, 'day')}" if self.state == LATE else ""
        return f"CPD year to {short_day(self.year.end)}: {', '.join(there)}{late}"


def registration_year(day: date, standard: Standard = ENGLAND) -> Year:
    """Return the registration year that a day lies in."""
    end = _on(day.year, standard.ends)
    if end < day:
        end = _on(day.year + 1, standard.ends)
    opens = _on(end.year, standard.opens)
    return Year(
        _on(end.year - 1, standard.ends) + _DAY, end, opens if opens <= end else _on(end.year - 1, standard.opens)
    )


def _on(year: int, month_day: tuple[int, int]) -> date:
    return date(year, *month_day)


def years_through(first: date, last: date, standard: Standard = ENGLAND) -> Iterator[Year]:
    """Yield the registration years from that of ``first`` through that of ``last``."""
    year = registration_year(first, standard)
    while year.start <= last:
        yield year
        year = registration_year(year.end + _DAY, standard)


def named_day(text: str) -> date:
    """Return a day of the registration year that somebody names: "2025-26", "2025/26", or any day in it.

    Raises ValueError with a plain sentence for anything else.
    """
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return parse_day(text.strip())
    first, last = int(found[1]), found[2]
    if int(last) != (first + 1 if len(last) == len(found[1]) else (first + 1) % 100):
        raise ValueError("a registration year is named by two years that follow each other, as in 2025-26")
    if not EARLIEST.year <= first < LATEST.year:
        raise ValueError(f"the year must lie between {EARLIEST.year} and {LATEST.year}")
    return date(first + 1, 1, 1)  # a year that bears two numbers holds the turn between them


def year_state(
    pieces: Iterable[Piece],
    today: date,
    year: Year | None = None,
    *,
    standard: Standard = ENGLAND,
    renewed: bool = False,
    closed: Closed | None = None,
    not_counted: str = "",
) -> YearState:
    """Return how a registration year stands, that of ``today`` if none is given. Pieces of one title count once.

    ``renewed``: the registration was renewed for it, with which what there is counts as handed in. ``not_counted``: why
    nothing is asked of it.
    """
    year = year or registration_year(today, standard)
    own = [piece for piece in pieces if year.start <= piece.on <= year.end]
    different = {" ".join(piece.title.casefold().split()) for piece in own if piece.ready}
    peers = sum(piece.ready and piece.peer for piece in own)
    handed_in = {" ".join(piece.title.casefold().split()) for piece in own if piece.ready and piece.submitted_on}
    drafts = sum(not piece.ready for piece in own)
    submitted = len(different) if renewed else len(handed_in)
    missing = tuple(_missing(standard, drafts, len(different), peers, submitted))
    state = _state(year, missing, today, closed, not_counted)
    if state == NOT_COUNTED:
        missing = ()
    late = (today - year.end).days if state == LATE else 0
    return YearState(
        year, len(own), len(different), peers, len(handed_in), missing, state, drafts, late, closed, standard,
        not_counted if state == NOT_COUNTED else "",
    )  # fmt: skip


NOT_HANDED_IN = "not handed in yet"


def _missing(asked: Standard, drafts: int, ready: int, peers: int, submitted: int) -> Iterable[str]:
    if ready < asked.pieces:
        yield plural(asked.pieces - ready, "more piece", "more pieces")
    if peers < asked.with_peer:
        yield "a peer reflection" if asked.with_peer == 1 else f"{asked.with_peer - peers} more with a peer reflection"
    if drafts:
        yield f"{plural(drafts, 'draft')} to finish"
    if ready >= asked.pieces and peers >= asked.with_peer and submitted < asked.pieces:
        yield NOT_HANDED_IN


def _state(year: Year, missing: tuple[str, ...], today: date, closed: Closed | None, not_counted: str) -> str:
    if not [one for one in missing if not one.endswith("to finish")]:
        return DONE
    if closed is not None:
        return CLOSED
    if not_counted:
        return NOT_COUNTED
    if today > year.end:
        return LATE
    return DUE if today >= year.opens else AHEAD
