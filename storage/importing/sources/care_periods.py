"""Periods of care put together from episodes: which start together, where they break, and which cannot be true."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from storage.importing.extract import Extract

CONTINUES = "X1"
STARTED = "S"
PLACEMENT_MOVED = frozenset("SPTBU")
LEGAL_CHANGED = frozenset("SLBU")
LEGAL_STATUSES = frozenset("C1 C2 D1 E1 V2 V3 V4 J1 J2 J3 L1 L2 L3".split())  # noqa: SIM905
PLACEMENTS = frozenset(
    "A3 A4 A5 A6 H5 K1 K2 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1".split()  # noqa: SIM905
)
FOR_ADOPTION = frozenset({"A3", "A4", "A5", "A6"})
SHORT_BREAKS = frozenset({"V3", "V4"})
ORDERS = {"C1": "interim_care_order_made", "C2": "care_order_made", "E1": "placement_order_made"}

Origin = tuple[str, int]

LATEST_FIRST, LATEST_SECOND = 31, 124  # days: 20 working days with bank holidays, and three months more


@dataclass(slots=True)
class Episode:
    """One episode of care as a return or extract has it."""

    origin: Origin
    start: date
    end: date | None
    why_started: str = ""
    why_ended: str = ""
    legal: str = ""
    place: str = ""
    ref: str = ""


@dataclass(slots=True)
class Period:
    """Unbroken care, from becoming looked after until it ceased; ``seen_start`` when the source shows the beginning."""

    episodes: list[Episode] = field(default_factory=list)
    ended: date | None = None
    why_ended: str = ""

    @property
    def start(self) -> date:
        """When the child became looked after, as far as the source shows."""
        return self.episodes[0].start

    @property
    def seen_start(self) -> bool:
        """Whether the first episode is marked as the start of being looked after."""
        return self.episodes[0].why_started in (STARTED, "")

    def covers(self, day: date) -> bool:
        """Whether the child was, or may have been, looked after on ``day``."""
        return (self.start <= day or not self.seen_start) and (self.ended is None or day <= self.ended)


def periods(episodes: list[Episode], extract: Extract, start_column: str, end_column: str) -> list[Period]:
    """Join one child's episodes into periods of care; the columns are those that faults are reported in.

    Episodes are put in order; one that starts before the one before it ended is set aside, and so is a second one of
    the same day. An episode left open although a later one follows ended when that one began. Care ceases where an
    end carries a reason other than X1, or where X1 is followed by a gap.
    """
    found: list[Period] = []
    current: Period | None = None
    last: Episode | None = None
    for episode in sorted(episodes, key=lambda e: (e.start, e.end or date.max)):
        if last is not None and (why := _overlap(last, episode)):
            extract.set_aside(episode.origin, start_column, f"{episode.start:%d/%m/%Y}", why)
            continue
        if last is not None and last.end is None:
            why = f"not ended although the next episode began on {episode.start:%d/%m/%Y}; taken as its end"
            extract.fault(last.origin, end_column, "", why)
            last.end, last.why_ended = episode.start, CONTINUES
        if current is None or last is None or _breaks(last, episode):
            if current is not None and last is not None:
                _end(current, last)
            current = Period()
            found.append(current)
        current.episodes.append(episode)
        last = episode
    if current is None or last is None or last.end is None:
        return found
    if last.why_ended in ("", CONTINUES):
        why = "ended and says that care goes on, but no later episode follows; taken as still looked after"
        extract.fault(last.origin, end_column, "", why)
    else:
        _end(current, last)
    return found


def _overlap(last: Episode, episode: Episode) -> str:
    if episode.start == last.start:
        return "a second episode of this child starts on the same day"
    if last.end is not None and episode.start < last.end:
        return "starts before the episode before it ended"
    return ""


def _breaks(last: Episode, episode: Episode) -> bool:
    if last.end != episode.start:
        return True
    return last.why_ended not in ("", CONTINUES)


def _end(period: Period, last: Episode) -> None:
    period.ended = last.end
    period.why_ended = "" if last.why_ended == CONTINUES else last.why_ended


def take_period(extract: Extract, case: str, period: Period) -> None:
    """Turn a period of care into events: became looked after once, each placement and legal status, ceased."""
    first = period.episodes[0]
    details = {} if period.seen_start else {"assumed": True}
    extract.event(case, "became_looked_after", first.start, first.origin, details)
    legal = ""
    for episode in period.episodes:
        opens = episode is first
        if episode.place and (opens or episode.why_started in PLACEMENT_MOVED):
            extract.event(
                case,
                "placement_started",
                episode.start,
                episode.origin,
                placement(episode.place, episode.legal, assumed=opens and not period.seen_start),
            )
            if episode.place in FOR_ADOPTION:
                extract.event(case, "placed_for_adoption", episode.start, episode.origin)
        if episode.legal and episode.legal != legal:
            take_legal_status(extract, case, episode.legal, episode.start, episode.origin)
            legal = episode.legal
    if period.ended is not None:
        why = {"reason": period.why_ended} if period.why_ended else {}
        extract.event(case, "ceased_looked_after", period.ended, period.episodes[-1].origin, why)


def take_legal_status(extract: Extract, case: str, status: str, on: date, origin: Origin, ref: str = "") -> None:
    """Take a change of legal status, and the order that it means."""
    extract.event(case, "legal_status_changed", on, origin, {"status": status}, ref)
    if order := ORDERS.get(status):
        extract.event(case, order, on, origin, None, ref)


def placement(code: str, legal: str = "", *, assumed: bool = False) -> dict[str, object]:
    """Return what a placement code says; whether it is meant to last is for the care plan to say, never for a code."""
    details: dict[str, object] = {"placement_type": code}
    if code == "P1":
        details["with_parent"] = True
    if code.startswith("T"):
        details["temporary"] = True
    if legal in SHORT_BREAKS:
        details["regulation"] = "48"
    if assumed:
        details["assumed"] = True
    return details


def review_number(assumed: date, held: date) -> int:
    """Return which review it was at the least, where the return does not show when care began or what came before.

    A first is due within 20 working days and a second three months on, so a later one had earlier ones before it.
    """
    days = (held - assumed).days
    return 3 if days > LATEST_SECOND else 2 if days > LATEST_FIRST else 1
