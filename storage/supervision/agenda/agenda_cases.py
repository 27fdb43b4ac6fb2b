"""The cases on a supervision agenda: how long since each was discussed, what happened since last time, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.core.dates import show_day
from domain.core.enums import ROLE_TITLES, Role
from domain.core.text import plural
from domain.supervision.agenda import (
    DUE,
    LATE,
    NEW,
    OK,
    Item,
    Weighed,
    discussion_state,
    policy_days,
    since_words,
    waited,
)
from storage.database.connection import Connection
from storage.database.fragments import HOLDS
from storage.load.review_days import override_reviews
from storage.rules.kept_packs import Packs
from storage.supervision.agenda.agenda_items import Raised

AHEAD = timedelta(days=28)  # how far ahead due dates are spoken of: about one session's time
NAMED = 4  # how many events one line names


class Span(NamedTuple):
    """What an agenda covers: things from ``since`` on count as new; ``last`` is None before the first session."""

    worker: str
    today: date
    since: date
    last: date | None
    last_session: int | None
    session: int | None

    def given(self) -> dict[str, object]:
        """Return the values for the queries about it."""
        return {
            "worker": self.worker,
            "today": self.today,
            "since": self.since,
            "ahead": self.today + AHEAD,
            "last": self.last_session or 0,
            "session": self.session or 0,
        }


class Due(NamedTuple):
    """An open due date of a case, with its title."""

    case: str
    rule: str
    on: date | None
    title: str = ""


class Cases(NamedTuple):
    """The worker's cases as items, and what was found on the way for the other items."""

    items: Sequence[Weighed]
    events: Mapping[str, Sequence[str]]
    due: Sequence[Due]


_MINE = f"""SELECT a."case" FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
  WHERE a.worker = :worker AND {HOLDS}"""  # noqa: S608
_HELD = f"""
SELECT c.reference AS "case", c.pathways, c.opened, a.role, a.starts,
  (SELECT t.in_use_since FROM team t WHERE t.name = c.team) AS in_use,
  (SELECT max(s.held_on) FROM discussion d JOIN session s ON s.id = d.session
    WHERE d."case" = c.reference AND d.parked = '' AND s.state = 'held' AND s.held_on <= :today AND s.id <> :session)
    AS last
FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
WHERE a.worker = :worker AND {HOLDS} ORDER BY c.reference, a.role <> 'allocated_worker'
"""  # noqa: S608
_EVENTS = f"""
SELECT e."case", e.kind, e."on" FROM event e
WHERE e."case" IN ({_MINE}) AND e."on" > :since AND e."on" <= :today ORDER BY e."on", e.id
"""  # noqa: S608
_DUE = f"""
SELECT o.subject AS "case", o.rule, o.legal_due AS "on" FROM obligation o
WHERE o.subject_kind = 'case' AND o.subject IN ({_MINE}) AND (o.legal_due IS NULL OR o.legal_due <= :ahead)
ORDER BY o.legal_due, o.subject, o.series
"""  # noqa: S608
_PUT_OFF = """SELECT "case", parked FROM discussion WHERE session = :last AND parked <> '' AND "case" IS NOT NULL"""


class _Held(NamedTuple):
    """A case that the worker holds, in which role and since when, and the day it was last discussed."""

    case: str
    pathways: tuple[str, ...]
    opened: date
    role: Role
    starts: date
    in_use: date | None
    last: date | None


class _Event(NamedTuple):
    case: str
    kind: str
    on: date


def cases(conn: Connection, packs: Packs, span: Span, waiting: Mapping[str, Raised]) -> Cases:
    """Return the worker's open cases; ``waiting`` has what puts some of them off."""
    given = span.given()
    events: dict[str, list[str]] = defaultdict(list)
    for event in conn.all(_Event, _EVENTS, **given):
        events[event.case].append(f"{packs.title('event_kind', event.kind)} {show_day(event.on, span.today)}")
    due = [one._replace(title=packs.title("rule", one.rule)) for one in conn.all(Due, _DUE, **given)]
    of_case: dict[str, list[Due]] = defaultdict(list)
    for date_due in due:
        of_case[date_due.case].append(date_due)
    intervals = list(packs.all("discussed").values())
    again, put_off = _again(conn, packs, span), conn.lookup(_PUT_OFF, **given)
    words = _Words(span, events, of_case, again, put_off, waiting, intervals)
    found: dict[str, Weighed] = {}
    for held in conn.all(_Held, _HELD, **given):
        found.setdefault(held.case, words.item(held))
    return Cases(list(found.values()), events, due)


def _again(conn: Connection, packs: Packs, span: Span) -> dict[str, list[Due]]:
    """Return by case the intervals of its own whose review is late or due within ``AHEAD``."""
    found: dict[str, list[Due]] = defaultdict(list)
    for one in override_reviews(conn, span.today, date.min, span.today + AHEAD, span.worker):
        found[one.case].append(Due(one.case, one.rule, one.on, packs.title("rule", one.rule)))
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    """Puts one case after another into words, from what is known by case."""

    span: Span
    events: Mapping[str, Sequence[str]]
    due: Mapping[str, Sequence[Due]]
    again: Mapping[str, Sequence[Due]]
    put_off: Mapping[str, str]
    waiting: Mapping[str, Raised]
    intervals: Sequence[Mapping[str, Any]]

    def item(self, held: _Held) -> Weighed:
        """Return a case as an item, weighed by how far it is behind the policy and how much on it is late."""
        case, today = held.case, self.span.today
        policy = policy_days(self.intervals, held.pathways)
        days, known = waited(held.last, held.opened, policy, held.in_use, today)
        state = discussion_state(None if days is None else known, policy, known)
        late = [one for one in self.due.get(case, ()) if one.on and one.on < today]
        again = self.again.get(case, ())
        if state == OK and (late or again):
            state = DUE
        behind = known - (policy or 0) + 7 * len(late)
        why = since_words(days, policy) + (f"; {plural(len(late), 'date')} late" if late else "")
        why += "; own interval to be looked at again" if again else ""
        parked = self._parked(case, held.last)
        lines = tuple(self._lines(held, late))
        return Weighed(Item("case", case, case, why, days, state, parked, f"case:{case}", lines), behind)

    def _parked(self, case: str, last: date | None) -> str:
        """Return why a case is put off; having been discussed since, or its day having come, ends that."""
        one, today = self.waiting.get(case), self.span.today
        if one is None or one.until is None or one.until <= today or (last is not None and last > one.on):
            return ""
        return f"until {show_day(one.until, today)}: {one.why}"

    def _lines(self, held: _Held, late: Sequence[Due]) -> Iterator[str]:
        case, today = held.case, self.span.today
        if held.role != Role.ALLOCATED:
            yield f"Held as {ROLE_TITLES[held.role].lower()}"
        if held.starts > self.span.since:
            yield f"Allocated {show_day(held.starts, today)}"
        if why := self.put_off.get(case):
            yield f"Put off last time: {why}"
        if happened := self.events.get(case):
            yield f"Since last time: {_some(happened)}"
        for one in late:
            stale = "Stale plan" if _is_plan(one.title) else "Late"
            days = (today - (one.on or today)).days
            yield f"{stale}: {_small(one.title)}, {plural(days, 'day')}"
        for one in self.again.get(case, ()):
            word = "was to be" if one.on and one.on < today else "to be"
            yield f"Own interval, {_small(one.title)}: {word} looked at again by {show_day(one.on or today, today)}"
        dates = self.due.get(case, ())
        if coming := [f"{_small(d.title)} by {show_day(d.on, today)}" for d in dates if d.on and d.on >= today]:
            yield f"Coming: {_some(coming)}"
        if unset := [_small(d.title) for d in dates if d.on is None]:
            yield f"No date can be given: {_some(unset)}"


def _is_plan(title: str) -> bool:
    """Return whether what is due is a plan or the review of one."""
    words = title.casefold()
    return "plan" in words or "review" in words


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return f"{'; '.join(words[-NAMED:])}{more}"


def _small(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


# what changed --------------------------------------------------------------------------------------------------------


def changes(conn: Connection, span: Span, found: Cases) -> Iterator[Weighed]:
    """Yield what changed on the caseload: cases taken and let go, what happened, what was missed, what is coming."""
    yield from _came_and_went(conn, span)
    happened = [f"{case}: {_some(words)}" for case, words in found.events.items()]
    if happened:
        count = sum(len(words) for words in found.events.values())
        yield _change(span, "events", "Happened on cases", f"{plural(count, 'event')} {_since(span)}", NEW, happened)
    today = span.today
    missed = [d for d in found.due if d.on and d.on < today]
    if missed:
        new = sum(d.on is not None and d.on >= span.since for d in missed)
        why = f"{plural(len(missed), 'date')} late, {new} of them {_since(span)}"
        lines = [f"{d.case}: {_small(d.title)}, {plural((today - (d.on or today)).days, 'day')} late" for d in missed]
        yield _change(span, "missed", "Dates missed", why, LATE, lines)
    coming = [d for d in found.due if d.on and d.on >= today]
    if coming:
        lines = [f"{d.case}: {_small(d.title)} by {show_day(d.on or today, today)}" for d in coming]
        why = f"{plural(len(coming), 'date')} in the next {AHEAD.days} days"
        yield _change(span, "coming", "Dates coming", why, OK, lines)


def _change(span: Span, key: str, title: str, why: str, state: str, lines: Sequence[str]) -> Weighed:
    return Weighed(Item("change", span.worker, title, why, None, state, "", f"change:{key}", tuple(lines)))


def _since(span: Span) -> str:
    return f"since {show_day(span.since, span.today)}"


_ALLOCATIONS = """
SELECT a."case", a.starts, a.ends, c.closed FROM allocation a JOIN cases c ON c.reference = a."case"
WHERE a.worker = :worker AND a.starts <= :today AND (a.ends IS NULL OR a.ends > :since)
  AND (c.closed IS NULL OR c.closed > :since) ORDER BY a."case"
"""


class _Allocation(NamedTuple):
    case: str
    starts: date
    ends: date | None
    closed: date | None


def _came_and_went(conn: Connection, span: Span) -> Iterator[Weighed]:
    then: dict[str, date | None] = {}
    now: dict[str, date] = {}
    for one in conn.all(_Allocation, _ALLOCATIONS, **span.given()):
        if one.starts <= span.since:
            then[one.case] = one.closed
        if (one.ends is None or one.ends > span.today) and one.closed is None:
            now[one.case] = one.starts
    came = [f"{case}: since {show_day(on, span.today)}" for case, on in now.items() if case not in then]
    if came:
        yield _change(span, "came", "Cases taken on", f"{plural(len(came), 'case')} {_since(span)}", NEW, came)
    went = [f"{case}: {'closed' if closed else 'passed on'}" for case, closed in then.items() if case not in now]
    if went:
        yield _change(span, "went", "Cases let go", f"{plural(len(went), 'case')} {_since(span)}", NEW, went)
