"""What stands on a supervision agenda besides the cases: wellbeing, actions, items, load, capacity, own dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.dates import show_day
from domain.core.hundredths import whole_percent
from domain.core.text import plural
from domain.supervision.actions import LATE as OVERDUE
from domain.supervision.actions import WEEK
from domain.supervision.agenda import DUE, LATE, NEW, OK, Item, Weighed
from storage.database.connection import Connection
from storage.load.history.concerns import History
from storage.load.reduction_lines import ReductionLine, worker_reductions
from storage.load.worker_load import UNPLANNED_DAYS
from storage.rules.kept_packs import Packs
from storage.supervision.actions import DECISION, ActionLine, Scope, followed
from storage.supervision.agenda.agenda_cases import AHEAD, Span
from storage.supervision.agenda.agenda_items import Raised

HORIZON = timedelta(days=56)  # how far ahead a worker's own dates are spoken of
LOOKED_BACK = 6  # sessions that are looked through for wellbeing

# The part of the agenda for a worker's own dates, by the first letters of the series; all others are registration.
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
# First words of lines in a standing agenda that are on every agenda anyway.
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


def wellbeing(conn: Connection, span: Span) -> Weighed:
    """Return the item that always comes first, with when it was last noted."""
    last = conn.value(_WELLBEING, **span.given(), sessions=LOOKED_BACK)
    days: int | None = None
    if last is None:
        why, state = ("nothing noted in the last sessions", DUE) if span.last else ("not talked about yet", NEW)
    else:
        on = date.fromisoformat(last)
        why, state = f"noted {show_day(on, span.today)}", OK if on == span.last else DUE
        days = (span.today - on).days
    return Weighed(Item("wellbeing", span.worker, "Wellbeing", why, days, state, "", "wellbeing"))


def open_actions(conn: Connection, span: Span) -> Iterator[Weighed]:
    """Yield what is still to be done or followed up, without what was set in the session itself."""
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
    """Return who decided, or who does it where that is not the worker whose agenda it is."""
    if line.kind == DECISION:
        return (f"Decided by {line.who}",)
    return (f"Who: {line.doer}",) if line.doer and line.owner != worker else ()


def items(raised: Sequence[Raised], span: Span) -> Iterator[Weighed]:
    """Yield what was put on the agenda."""
    for one in raised:
        if one.parks:
            continue
        days = (span.today - one.on).days
        why, parked = f"raised {show_day(one.on, span.today)}", ""
        if one.until and one.until > span.today:
            parked = f"until {show_day(one.until, span.today)}: {one.why}"
        elif one.until:
            why += f"; was parked until {show_day(one.until, span.today)}"
        subject, by = one.case or span.worker, (f"Raised by {one.by}",)
        yield Weighed(Item("item", subject, one.what, why, days, NEW, parked, f"item:{one.id}", by), days)


class Agreement(NamedTuple):
    """An agreement that stands, with the lines of its standing agenda."""

    id: int
    kind: str
    agenda: tuple[str, ...]
    signed_worker: date | None
    signed_supervisor: date | None


_AGREED = """
SELECT id, kind, agenda, signed_worker, signed_supervisor FROM agreement
WHERE worker = :worker AND starts <= :today AND (ends IS NULL OR ends >= :today) ORDER BY starts, id
"""


def agreements(conn: Connection, span: Span) -> list[Agreement]:
    """Return the worker's agreements that stand."""
    return conn.all(Agreement, _AGREED, **span.given())


def standing(agreed: Sequence[Agreement], span: Span) -> Iterator[Weighed]:
    """Yield what the agreements say is talked about every time, unless it is on every agenda anyway."""
    seen: set[str] = set()
    for what in (line for one in agreed for line in one.agenda):
        words = what.casefold().split()
        if words and words[0] not in _STANDING and what.casefold() not in seen:
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
    used = [f"{whole_percent(one)} %" for one in (then.utilisation, now.utilisation) if one is not None]
    lines = (f"Of what can be carried: {' then, '.join(used)} now",) if len(used) == 2 else ()
    yield Weighed(Item("change", span.worker, "Load then and now", why, None, NEW, "", "change:load", lines))


def _points(hundredths: int) -> str:
    return f"{hundredths / 100:g} points"


def workload(past: History, span: Span) -> Iterator[Weighed]:
    """Yield open workload concerns, or a load over the red line where there are none."""
    mine = [one for one in past.concerns if one.worker == span.worker]
    for one in mine:
        state = OK if one.state == "answered" else LATE
        why = f"raised {show_day(one.raised_on, span.today)}, {one.state}"
        if one.weeks:
            why = f"{plural(one.weeks, 'week')} over the red line, no answer"
        days = (span.today - one.raised_on).days
        lines = tuple(text for text in (one.why, one.plan) if text)
        key = f"concern:{one.id or 'streak'}"
        yield Weighed(Item("workload", span.worker, "Workload concern", why, days, state, "", key, lines), days)
    weeks = past.weeks.get(span.worker) or ()
    if weeks and weeks[-1].band == "over" and not mine:
        used = weeks[-1].utilisation
        why = "over what can be carried" if used is None else f"{whole_percent(used)} % of what can be carried"
        yield Weighed(Item("workload", span.worker, "Over capacity", why, None, DUE, "", "over"))


def reductions(conn: Connection, packs: Packs, span: Span) -> Iterator[Weighed]:
    """Yield reductions about to lapse, and time away."""
    kept = worker_reductions(conn, span.worker, span.today, packs)
    for one in kept:
        if one.lapses(span.today, AHEAD.days) and one.ends:
            why = f"ends {show_day(one.ends, span.today)}; what can be carried returns the day after"
            title = f"{one.less.words} less: {one.title}"
            behind = -(one.ends - span.today).days
            yield Weighed(Item("reduction", span.worker, title, why, None, DUE, "", f"reduction:{one.id}"), behind)
    yield from _leave(conn, packs, span, kept)


_UNPLANNED = """
SELECT "on", hours, what FROM unplanned WHERE worker = :worker AND "on" > :since AND "on" <= :today ORDER BY "on" DESC
"""


class _Unplanned(NamedTuple):
    on: date
    hours: int
    what: str


def _leave(conn: Connection, packs: Packs, span: Span, kept: Sequence[ReductionLine]) -> Iterator[Weighed]:
    """Yield time away, present or booked, and unplanned hours, for which time off may be owed."""
    since = span.today - timedelta(days=UNPLANNED_DAYS)
    hours = conn.all(_Unplanned, _UNPLANNED, worker=span.worker, since=since, today=span.today)
    away = [one for one in kept if packs.get("reduction_reason", one.kind).get("away")]
    if not hours and not away:
        return
    why = [f"{sum(one.hours for one in hours) / 100:g} h unplanned in {UNPLANNED_DAYS} days"] if hours else []
    if away:
        why.append(f"away from {show_day(away[0].starts, span.today)}")
    off = [f"{one.title} {show_day(one.starts, span.today)} to {_until(one.ends, span.today)}" for one in away]
    extra = [f"{one.hours / 100:g} h {show_day(one.on, span.today)}: {one.what}" for one in hours]
    item = Item("leave", span.worker, "Leave and time owed", "; ".join(why), None, OK, "", "leave", (*off, *extra))
    yield Weighed(item)


def _until(ends: date | None, today: date) -> str:
    return show_day(ends, today) if ends else "further notice"


# the worker's own dates ----------------------------------------------------------------------------------------------


class OwnDate(NamedTuple):
    """A due date of the worker's own."""

    series: str
    rule: str
    on: date | None
    title: str = ""

    @property
    def part(self) -> str:
        """The part of the agenda that it belongs to."""
        return next((part for start, part in _PARTS if self.series.startswith(start)), "registration")


_DATES = """
SELECT series, rule, legal_due AS "on" FROM obligation WHERE subject = :worker AND subject_kind <> 'case'
  AND (legal_due IS NULL OR legal_due <= :horizon OR series = 'supervision') ORDER BY legal_due, series
"""


def own_dates(conn: Connection, packs: Packs, span: Span) -> list[OwnDate]:
    """Return the worker's own open dates that are near, late or cannot be given."""
    found = conn.all(OwnDate, _DATES, worker=span.worker, horizon=span.today + HORIZON)
    return [one._replace(title=packs.title("rule", one.rule)) for one in found]


def of_dates(dates: Sequence[OwnDate], span: Span) -> Iterator[Weighed]:
    """Yield registration, training, programme and agreement dates that are near, late, or cannot be given."""
    for one in dates:
        if one.part in ("next", "learning"):  # the next date and each learning need have items of their own
            continue
        state, why, behind = NEW, "no date can be given: something is not recorded", 0
        if one.on is not None:
            behind = (span.today - one.on).days
            state, word = (LATE, "was due") if behind > 0 else (DUE, "by")
            why = f"{word} {show_day(one.on, span.today)}"
        yield Weighed(Item(one.part, span.worker, one.title, why, None, state, "", f"date:{one.series}"), behind)


def unsigned(agreed: Sequence[Agreement], span: Span) -> Iterator[Weighed]:
    """Yield the agreements that one or both have not signed."""
    for one in agreed:
        signed = (("worker", one.signed_worker), ("supervisor", one.signed_supervisor))
        if missing := [who for who, on in signed if not on]:
            title = "Agreement not signed" + ("" if one.kind == "line" else f": {one.kind.replace('_', ' ')}")
            why = f"to be signed by the {' and the '.join(missing)}"
            yield Weighed(Item("agreement", span.worker, title, why, None, DUE, "", f"agreement:{one.id}"))


class _Need(NamedTuple):
    id: int
    title: str
    raised_on: date
    due: date | None


_LEARNING = """
SELECT id, title, raised_on, due FROM learning_need WHERE worker = :worker AND ended_on IS NULL
ORDER BY due IS NULL, due, id
"""


def learning(conn: Connection, span: Span) -> Iterator[Weighed]:
    """Yield the learning needs still open."""
    for one in conn.all(_Need, _LEARNING, worker=span.worker):
        days = (span.today - one.raised_on).days
        state, by, behind = OK, "no date yet", -days
        if one.due is not None:
            state = LATE if one.due < span.today else DUE if one.due <= span.today + HORIZON else OK
            by, behind = f"by {show_day(one.due, span.today)}", (span.today - one.due).days
        why = f"raised {show_day(one.raised_on, span.today)}, {by}"
        yield Weighed(Item("learning", span.worker, one.title, why, days, state, "", f"learning:{one.id}"), behind)


class _Booked(NamedTuple):
    on: date
    start: str


_BOOKED = """
SELECT "on", start FROM session WHERE worker = :worker AND state = 'planned' AND "on" >= :today AND id <> :session
ORDER BY "on", start LIMIT 1
"""


def next_date(conn: Connection, span: Span, dates: Sequence[OwnDate]) -> Iterator[Weighed]:
    """Yield whether and when the next session is booked."""
    booked = conn.one(_Booked, _BOOKED, **span.given())
    due = next((one.on for one in dates if one.series == "supervision"), None)
    by = f"due by {show_day(due, span.today)}" if due else "no date is due"
    lines = tuple(_rebook(dates, span))
    state, when = LATE if due is not None and due < span.today else DUE, "not booked"
    if booked:
        state, when = OK, f"booked {show_day(booked.on, span.today)} at {booked.start}"
    yield Weighed(Item("next", span.worker, "Next date", f"{when}; {by}", None, state, "", "next", lines))


def _rebook(dates: Sequence[OwnDate], span: Span) -> Iterator[str]:
    for one in dates:
        if one.part == "next" and one.series != "supervision" and one.on:
            yield f"{one.title} by {show_day(one.on, span.today)}"
