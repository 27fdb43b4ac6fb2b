"""The cases on a supervision agenda: how long since each was discussed, what happened since last time, what is due."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.agenda import DUE, LATE, NEW, OK, Item, Weighed, discussion_state, policy_days, since_words
from domain.dates import show_day
from domain.ids import ROLE_TITLES, Role
from domain.text import plural
from storage.reading import HOLDS, Packs
from storage.reviewdays import override_reviews

AHEAD = timedelta(days=28)  # how far ahead due dates are spoken of: about one session's time
NAMED = 4  # how many events one line names


class Span(NamedTuple):
    """From when on things count as new for an agenda, and what it is about; ``last`` is None without a session."""

    worker: str
    today: date
    since: date
    last: date | None
    last_session: int | None
    session: int | None

    def given(self) -> dict[str, Any]:
        """What the statements here ask for."""
        return {
            "worker": self.worker,
            "today": self.today.isoformat(),
            "since": self.since.isoformat(),
            "ahead": (self.today + AHEAD).isoformat(),
            "last": self.last_session or 0,
            "session": self.session or 0,
        }


class Due(NamedTuple):
    """An open due date of a case, with its title."""

    case: str
    title: str
    on: date | None


class Cases(NamedTuple):
    """The worker's cases as items, and what was found on the way for the other items."""

    items: Sequence[Weighed]
    events: Mapping[str, Sequence[str]]
    due: Sequence[Due]


_MINE = f"""SELECT a."case" FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
  WHERE a.worker = :worker AND {HOLDS}"""  # noqa: S608
_HELD = f"""
SELECT c.reference, c.pathways, c.opened, a.role, a.starts,
  (SELECT max(s.held_on) FROM discussion d JOIN session s ON s.id = d.session
    WHERE d."case" = c.reference AND d.parked = '' AND s.state = 'held' AND s.held_on <= :today AND s.id <> :session)
FROM allocation a JOIN cases c ON c.reference = a."case" AND c.closed IS NULL
WHERE a.worker = :worker AND {HOLDS} ORDER BY c.reference, a.role <> 'allocated_worker'
"""  # noqa: S608
_EVENTS = f"""
SELECT e."case", e.kind, e."on" FROM event e
WHERE e."case" IN ({_MINE}) AND e."on" > :since AND e."on" <= :today ORDER BY e."on", e.id
"""  # noqa: S608
_DUE = f"""
SELECT o.subject, o.rule, o.legal_due FROM obligation o
WHERE o.subject_kind = 'case' AND o.subject IN ({_MINE}) AND (o.legal_due IS NULL OR o.legal_due <= :ahead)
ORDER BY o.legal_due, o.subject, o.series
"""  # noqa: S608
_PUT_OFF = """SELECT "case", parked FROM discussion WHERE session = :last AND parked <> '' AND "case" IS NOT NULL"""


def cases(conn: sqlite3.Connection, packs: Packs, span: Span, waiting: Mapping[str, tuple[date, date, str]]) -> Cases:
    """Return the worker's open cases. ``waiting`` gives parked ones as (parked on, until, why)."""
    given = span.given()
    events, due = _events(conn, packs, given), _due(conn, packs, given)
    again = _again(conn, packs, span)
    told = _Told(packs, span, events, due, again, dict(conn.execute(_PUT_OFF, given).fetchall()), waiting)
    found: dict[str, Weighed] = {}
    for row in conn.execute(_HELD, given).fetchall():
        found.setdefault(row[0], told.item(row))
    return Cases(list(found.values()), events, due)


def _events(conn: sqlite3.Connection, packs: Packs, given: Mapping[str, Any]) -> dict[str, list[str]]:
    today = date.fromisoformat(given["today"])
    found: dict[str, list[str]] = defaultdict(list)
    for case, kind, on in conn.execute(_EVENTS, given).fetchall():
        found[case].append(f"{packs.title('event_kind', kind)} {show_day(date.fromisoformat(on), today)}")
    return found


def _due(conn: sqlite3.Connection, packs: Packs, given: Mapping[str, Any]) -> list[Due]:
    rows = conn.execute(_DUE, given).fetchall()
    return [Due(case, packs.title("rule", rule), date.fromisoformat(on) if on else None) for case, rule, on in rows]


def _again(conn: sqlite3.Connection, packs: Packs, span: Span) -> dict[str, list[Due]]:
    """Return by case the intervals of its own that are to be looked at again before the session after this."""
    found: dict[str, list[Due]] = defaultdict(list)
    for one in override_reviews(conn, span.today, date.min, span.today + AHEAD, span.worker):
        found[one.case].append(Due(one.case, packs.title("rule", one.rule), one.on))
    return found


class _Told:
    """Puts one case after another into words."""

    def __init__(
        self,
        packs: Packs,
        span: Span,
        events: Mapping[str, Sequence[str]],
        due: Sequence[Due],
        again: Mapping[str, Sequence[Due]],
        put_off: Mapping[str, str],
        waiting: Mapping[str, tuple[date, date, str]],
    ) -> None:
        self._span = span
        self._events = events
        self._again = again
        self._put_off = put_off
        self._waiting = waiting
        self._intervals = list(packs.all("discussed").values())
        self._due: dict[str, list[Due]] = defaultdict(list)
        for one in due:
            self._due[one.case].append(one)

    def item(self, row: Sequence[Any]) -> Weighed:
        """Return a case as an item, weighed by how far it is behind the policy and how much on it is late."""
        case, pathways, opened, role, starts, last = row
        today = self._span.today
        days = (today - date.fromisoformat(last)).days if last else None
        policy = policy_days(self._intervals, json.loads(pathways))
        known = (today - date.fromisoformat(opened)).days
        state = discussion_state(days, policy, known)
        late = [one for one in self._due[case] if one.on and one.on < today]
        again = self._again.get(case, ())
        if state == OK and (late or again):
            state = DUE
        behind = (known if days is None else days) - (policy or 0) + 7 * len(late)
        why = since_words(days, policy) + (f"; {plural(len(late), 'date')} late" if late else "")
        why += "; own interval to be looked at again" if again else ""
        parked = self._parked(case, last)
        lines = tuple(self._lines(case, role, starts, late))
        return Weighed(Item("case", case, case, why, days, state, parked, f"case:{case}", lines), behind)

    def _parked(self, case: str, last: str | None) -> str:
        """Why a case is parked today; what was parked before it was last discussed is spent."""
        if case not in self._waiting:
            return ""
        on, until, why = self._waiting[case]
        spent = last is not None and date.fromisoformat(last) > on
        return "" if spent or until <= self._span.today else f"until {show_day(until, self._span.today)}: {why}"

    def _lines(self, case: str, role: str, starts: str, late: Sequence[Due]) -> Iterator[str]:
        today, since = self._span.today, self._span.since
        if role != Role.ALLOCATED:
            yield f"Held as {ROLE_TITLES[Role(role)].lower()}"
        if date.fromisoformat(starts) > since:
            yield f"Allocated {show_day(date.fromisoformat(starts), today)}"
        if said := self._put_off.get(case):
            yield f"Put off last time: {said}"
        if happened := self._events.get(case):
            yield f"Since last time: {_some(happened)}"
        for one in late:
            stale = "Stale plan" if _is_plan(one.title) else "Late"
            days = (today - (one.on or today)).days
            yield f"{stale}: {_small(one.title)}, {plural(days, 'day')}"
        for one in self._again.get(case, ()):
            word = "was to be" if one.on and one.on < today else "to be"
            yield f"Own interval, {_small(one.title)}: {word} looked at again by {show_day(one.on or today, today)}"
        coming = [f"{_small(d.title)} by {show_day(d.on, today)}" for d in self._due[case] if d.on and d.on >= today]
        if coming:
            yield f"Coming: {_some(coming)}"
        if unset := [_small(d.title) for d in self._due[case] if d.on is None]:
            yield f"No date can be given: {_some(unset)}"


def _is_plan(title: str) -> bool:
    """Whether what is due keeps a plan alive: the plan itself, or a review of it."""
    words = title.casefold()
    return "plan" in words or "review" in words


def _some(words: Sequence[str]) -> str:
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return f"{'; '.join(words[-NAMED:])}{more}"


def _small(title: str) -> str:
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


# what changed --------------------------------------------------------------------------------------------------------


def changes(conn: sqlite3.Connection, span: Span, found: Cases) -> Iterator[Weighed]:
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


def _came_and_went(conn: sqlite3.Connection, span: Span) -> Iterator[Weighed]:
    given = span.given()
    then: dict[str, str | None] = {}
    now: dict[str, str] = {}
    for case, starts, ends, closed in conn.execute(_ALLOCATIONS, given).fetchall():
        if starts <= given["since"]:
            then[case] = closed
        if (ends is None or ends > given["today"]) and closed is None:
            now[case] = starts
    came = [
        f"{case}: since {show_day(date.fromisoformat(on), span.today)}" for case, on in now.items() if case not in then
    ]
    if came:
        yield _change(span, "came", "Cases taken on", f"{plural(len(came), 'case')} {_since(span)}", NEW, came)
    went = [f"{case}: {'closed' if closed else 'passed on'}" for case, closed in then.items() if case not in now]
    if went:
        yield _change(span, "went", "Cases let go", f"{plural(len(went), 'case')} {_since(span)}", NEW, went)
