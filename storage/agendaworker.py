"""What stands on a supervision agenda besides the cases: wellbeing, actions, items, load, capacity, own dates."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.actions import LATE as OVERDUE
from domain.actions import WEEK
from domain.agenda import DUE, LATE, NEW, OK, Item, Weighed
from domain.dates import show_day
from domain.text import plural
from storage.actions import DECISION, ActionLine, Scope, followed
from storage.agendacases import AHEAD, Span
from storage.agendaitems import Raised
from storage.board import UNPLANNED_DAYS
from storage.concerns import History
from storage.reading import Packs, day
from storage.workerfile import ReductionLine, worker_reductions

HORIZON = timedelta(days=56)  # how far ahead a worker's own dates are spoken of
LOOKED_BACK = 6  # sessions that are looked through for wellbeing

# What of a worker's own dates belongs to which part of the agenda, by how the series begins; the rest is registration.
_PARTS = (
    ("supervision", "next"),
    ("sup_rebook", "next"),
    ("sup_", "agreement"),
    ("concern_", "workload"),
    ("asye_", "programme"),
    ("practice_", "programme"),
    ("programme_", "programme"),
    ("placement_", "programme"),
    ("learning_", "learning"),
)
# Lines of a standing agenda that stand here anyway.
_STANDING = frozenset((
    "wellbeing", "welfare", "actions", "cases", "caseload", "workload", "learning", "development", "cpd",
    "registration", "leave", "toil", "programme", "next", "agreement",
))  # fmt: skip


# wellbeing, actions, items -------------------------------------------------------------------------------------------

_WELLBEING = """
SELECT max(s.held_on) FROM (SELECT id, held_on FROM session WHERE worker = :worker AND state = 'held'
    AND id <> :session AND held_on <= :today ORDER BY "on" DESC LIMIT :sessions) s
JOIN discussion d ON d.session = s.id AND d.topic = 'wellbeing'
"""


def wellbeing(conn: sqlite3.Connection, span: Span) -> Weighed:
    """Return the item that always comes first, with when it was last noted."""
    (last,) = conn.execute(_WELLBEING, {**span.given(), "sessions": LOOKED_BACK}).fetchone()
    if last is None:
        why = "nothing noted in the last sessions" if span.last else "not talked about yet"
        return Weighed(
            Item("wellbeing", span.worker, "Wellbeing", why, None, DUE if span.last else NEW, "", "wellbeing")
        )
    on = date.fromisoformat(last)
    state = OK if on == span.last else DUE
    why = f"noted {show_day(on, span.today)}"
    return Weighed(Item("wellbeing", span.worker, "Wellbeing", why, (span.today - on).days, state, "", "wellbeing"))


def open_actions(conn: sqlite3.Connection, span: Span) -> Iterator[Weighed]:
    """Yield what is still to be done or followed up, without what this very session set."""
    for line in followed(conn, span.today, Scope(worker=span.worker)):
        if line.open and (span.session is None or line.session != span.session):
            yield _action(line, span)


def _action(line: ActionLine, span: Span) -> Weighed:
    state = {OVERDUE: LATE, WEEK: DUE}.get(line.state, DUE if line.stale else OK)
    title = f"Follow up: {line.what}" if line.kind == DECISION else line.what
    due = f"due {show_day(line.due, span.today)}" if line.due else ""
    reasons = [one.words for one in line.stale]
    why = "; ".join([due, *reasons] if due else reasons)
    who = _who(line, span.worker)
    behind = (span.today - line.due).days if line.due else 0
    subject, days = line.case or line.about or span.worker, (span.today - line.set_on).days
    return Weighed(Item("action", subject, title, why, days, state, "", line.key, who), behind)


def _who(line: ActionLine, worker: str) -> tuple[str, ...]:
    """Say who decided, or who does it where that is not the worker whose agenda it is."""
    if line.kind == DECISION:
        return (f"Decided by {line.who}",)
    return (f"Who: {line.doer}",) if line.doer and line.owner != worker else ()


def items(raised: Sequence[Raised], span: Span) -> Iterator[Weighed]:
    """Yield what either put on the agenda."""
    for one in raised:
        if one.parks:
            continue
        days = (span.today - one.on).days
        why, parked = f"raised {show_day(one.on, span.today)}", ""
        if one.until and one.until > span.today:
            parked = f"until {show_day(one.until, span.today)}: {one.why}"
        elif one.until:
            why += f"; was parked until {show_day(one.until, span.today)}"
        item = Item(
            "item",
            one.case or span.worker,
            one.what,
            why,
            days,
            NEW,
            parked,
            f"item:{one.id}",
            (f"Raised by {one.by}",),
        )
        yield Weighed(item, days)


_AGREED = """
SELECT id, kind, agenda, signed_worker, signed_supervisor, starts FROM agreement
WHERE worker = :worker AND starts <= :today AND (ends IS NULL OR ends >= :today) ORDER BY starts, id
"""


def standing(conn: sqlite3.Connection, span: Span) -> Iterator[Weighed]:
    """Yield what the agreement says is talked about every time, unless it stands on every agenda anyway."""
    seen: set[str] = set()
    for _, _, standing, *_ in conn.execute(_AGREED, span.given()).fetchall():
        for what in json.loads(standing):
            words = what.casefold().split()
            if not words or words[0] in _STANDING or what.casefold() in seen:
                continue
            seen.add(what.casefold())
            key = "standing:" + "-".join(words)
            yield Weighed(Item("item", span.worker, what, "on the standing agenda", None, OK, "", key))


# workload and capacity -----------------------------------------------------------------------------------------------


def load_change(past: History, span: Span) -> Iterator[Weighed]:
    """Yield how the load changed since last time, if it did."""
    weeks = past.weeks.get(span.worker) or ()
    then = next((week for week in reversed(weeks) if week.day <= span.since), None)
    if then is None or then.points == weeks[-1].points:
        return
    now = weeks[-1]
    why = f"{_points(then.points)} on {show_day(then.day, span.today)}, {_points(now.points)} now"
    used = [f"{one / 10:.0f} %" for one in (then.utilisation, now.utilisation) if one is not None]
    lines = (f"Of what can be carried: {' then, '.join(used)} now",) if len(used) == 2 else ()
    yield Weighed(Item("change", span.worker, "Load then and now", why, None, NEW, "", "change:load", lines))


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g} points"


def workload(past: History, span: Span) -> Iterator[Weighed]:
    """Yield open concerns, and a load over the red line about which nobody has raised any."""
    mine = [one for one in past.concerns if one.worker == span.worker]
    for one in mine:
        state = OK if one.state == "answered" else LATE
        raised = show_day(one.raised_on, span.today)
        why = (
            f"{plural(one.weeks, 'week')} over the red line, no answer"
            if one.weeks
            else f"raised {raised}, {one.state}"
        )
        days = (span.today - one.raised_on).days
        lines = tuple(text for text in (one.why, one.plan) if text)
        key = f"concern:{one.id or 'streak'}"
        yield Weighed(Item("workload", span.worker, "Workload concern", why, days, state, "", key, lines), days)
    weeks = past.weeks.get(span.worker) or ()
    if weeks and weeks[-1].band == "over" and not mine:
        used = weeks[-1].utilisation
        why = "over what can be carried" if used is None else f"{used / 10:.0f} % of what can be carried"
        yield Weighed(Item("workload", span.worker, "Over capacity", why, None, DUE, "", "over"))


def reductions(conn: sqlite3.Connection, packs: Packs, span: Span) -> Iterator[Weighed]:
    """Yield reductions about to lapse, and time away."""
    kept = worker_reductions(conn, span.worker, span.today, packs)
    for one in kept:
        if one.lapses(span.today, AHEAD.days) and one.ends:
            why = f"ends {show_day(one.ends, span.today)}; what can be carried returns the day after"
            title = f"{one.percent} % less: {one.title}"
            behind = -(one.ends - span.today).days
            yield Weighed(Item("reduction", span.worker, title, why, None, DUE, "", f"reduction:{one.id}"), behind)
    yield from _leave(conn, packs, span, kept)


_UNPLANNED = """
SELECT "on", hours, what FROM unplanned WHERE worker = :worker AND "on" > :from AND "on" <= :today ORDER BY "on" DESC
"""


def _leave(conn: sqlite3.Connection, packs: Packs, span: Span, kept: Sequence[ReductionLine]) -> Iterator[Weighed]:
    """Yield time away, booked or taken now, and hours that no plan foresaw, for which time off may be owed."""
    given = {**span.given(), "from": (span.today - timedelta(days=UNPLANNED_DAYS)).isoformat()}
    hours = conn.execute(_UNPLANNED, given).fetchall()
    away = [one for one in kept if packs.get("reduction_reason", one.kind).get("away")]
    if not hours and not away:
        return
    said = [f"{sum(row[1] for row in hours) / 100:g} h unplanned in {UNPLANNED_DAYS} days"] if hours else []
    if away:
        said.append(f"away from {show_day(away[0].starts, span.today)}")
    off = [f"{one.title} {show_day(one.starts, span.today)} to {_until(one.ends, span.today)}" for one in away]
    extra = [f"{n / 100:g} h {show_day(date.fromisoformat(on), span.today)}: {what}" for on, n, what in hours]
    item = Item("leave", span.worker, "Leave and time owed", "; ".join(said), None, OK, "", "leave", (*off, *extra))
    yield Weighed(item)


def _until(ends: date | None, today: date) -> str:
    return show_day(ends, today) if ends else "further notice"


# the worker's own dates ----------------------------------------------------------------------------------------------


class OwnDate(NamedTuple):
    """A due date of the worker's own."""

    id: str
    series: str
    title: str
    on: date | None
    part: str


_DATES = """
SELECT id, series, rule, legal_due FROM obligation WHERE subject = :worker AND subject_kind <> 'case'
  AND (legal_due IS NULL OR legal_due <= :horizon OR series = 'supervision') ORDER BY legal_due, series
"""


def own_dates(conn: sqlite3.Connection, packs: Packs, span: Span) -> list[OwnDate]:
    """Return the worker's own open dates that are near, late or cannot be given."""
    given = {**span.given(), "horizon": (span.today + HORIZON).isoformat()}
    rows = conn.execute(_DATES, given).fetchall()
    return [
        OwnDate(number, series, packs.title("rule", rule), day(on), _part(series)) for number, series, rule, on in rows
    ]


def _part(series: str) -> str:
    return next((part for start, part in _PARTS if series.startswith(start)), "registration")


def of_dates(dates: Sequence[OwnDate], span: Span) -> Iterator[Weighed]:
    """Yield registration, training, programme and agreement dates that are near, late, or cannot be given."""
    for one in dates:
        if one.part in ("next", "learning"):  # learning needs stand there one by one
            continue
        if one.on is None:
            state, why = NEW, "no date can be given: something is not recorded"
        else:
            late = (span.today - one.on).days
            state = LATE if late > 0 else DUE
            why = f"was due {show_day(one.on, span.today)}" if late > 0 else f"by {show_day(one.on, span.today)}"
        behind = 0 if one.on is None else (span.today - one.on).days
        yield Weighed(Item(one.part, span.worker, one.title, why, None, state, "", f"date:{one.series}"), behind)


def agreement(conn: sqlite3.Connection, span: Span) -> Iterator[Weighed]:
    """Yield the agreements that one of the two has not signed."""
    for number, kind, _, worker, supervisor, _ in conn.execute(_AGREED, span.given()).fetchall():
        missing = [who for who, signed in (("worker", worker), ("supervisor", supervisor)) if not signed]
        if missing:
            title = "Agreement not signed" if kind == "line" else f"Agreement not signed: {kind.replace('_', ' ')}"
            why = f"to be signed by the {' and the '.join(missing)}"
            yield Weighed(Item("agreement", span.worker, title, why, None, DUE, "", f"agreement:{number}"))


_LEARNING = """
SELECT id, title, raised_on, due FROM learning_need WHERE worker = :worker AND ended_on IS NULL
ORDER BY due IS NULL, due, id
"""


def learning(conn: sqlite3.Connection, span: Span) -> Iterator[Weighed]:
    """Yield the learning needs still open."""
    for number, title, raised, due in conn.execute(_LEARNING, span.given()).fetchall():
        by, on = day(due), date.fromisoformat(raised)
        late = by is not None and by < span.today
        soon = by is not None and by <= span.today + HORIZON
        why = f"raised {show_day(on, span.today)}" + (f", by {show_day(by, span.today)}" if by else ", no date yet")
        state = LATE if late else DUE if soon else OK
        days = (span.today - on).days
        behind = (span.today - by).days if by else -days
        yield Weighed(Item("learning", span.worker, title, why, days, state, "", f"learning:{number}"), behind)


_BOOKED = """
SELECT "on", start FROM session WHERE worker = :worker AND state = 'planned' AND "on" >= :today AND id <> :session
ORDER BY "on", start LIMIT 1
"""


def next_date(conn: sqlite3.Connection, span: Span, dates: Sequence[OwnDate]) -> Iterator[Weighed]:
    """Yield whether and when the next session is booked."""
    booked = conn.execute(_BOOKED, span.given()).fetchone()
    due = next((one.on for one in dates if one.series == "supervision"), None)
    by = f"due by {show_day(due, span.today)}" if due else "no date is due"
    lines = tuple(_rebook(dates, span))
    if booked:
        on = show_day(date.fromisoformat(booked[0]), span.today)
        item = Item("next", span.worker, "Next date", f"booked {on} at {booked[1]}; {by}", None, OK, "", "next", lines)
    else:
        state = LATE if due is not None and due < span.today else DUE
        item = Item("next", span.worker, "Next date", f"not booked; {by}", None, state, "", "next", lines)
    yield Weighed(item)


def _rebook(dates: Sequence[OwnDate], span: Span) -> Iterator[str]:
    for one in dates:
        if one.part == "next" and one.series != "supervision" and one.on:
            yield f"{one.title} by {show_day(one.on, span.today)}"
