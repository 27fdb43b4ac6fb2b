"""What each worker holds, one line for each worker and kind: registrations, warrants, checks and training."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.allocation.eligibility import lapses
from domain.core.enums import PATHWAY_TITLES, Pathway
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT
from storage.learning.registrations import CURRENT, LAPSED, NONE, SOON, registrations, trainings
from storage.people.registration_spans import REMIND_DAYS
from storage.people.standing import says, unregistered
from storage.rules.kept_packs import Packs

REGULATOR, TRAINED = "registration_renewed", "training_completed"
REGISTRATION, EVENT = "registration", "worker-event"
_ORDER = {LAPSED: 0, SOON: 1, NONE: 2, CURRENT: 3}
_LAST = 4


class Bar(NamedTuple):
    """A policy that rules out whoever does not hold something, and in words the cases that it rules them out of."""

    policy: str
    title: str
    cases: str


class Holding(NamedTuple):
    """Something that a worker holds, or should hold and does not; ``until`` is its last day, or the day to renew it by.

    ``record`` is the kind and number of the newest record of it. ``sure`` is False where ``until`` comes from an
    interval that nobody has read in its source. ``ended`` says that it no longer counts, and not only that its renewal
    is late; ``barred`` that the worker is ruled out of the cases of ``bars`` today.
    """

    worker: str
    name: str
    kind: str
    title: str
    training: bool = False
    record: tuple[str, int] | None = None
    number: str = ""
    granted: date | None = None
    until: date | None = None
    state: str = NONE
    sure: bool = True
    ended: bool = False
    bars: tuple[Bar, ...] = ()
    barred: bool = False

    @property
    def word(self) -> str:
        """Its state in words."""
        if self.state == LAPSED:
            return "lapsed" if self.ended and self.granted else "ended" if self.ended else "late"
        if self.state == NONE:
            return "not recorded" if self.granted is None else "no interval"
        return "due" if self.state == SOON else "current"


class _Event(NamedTuple):
    id: int
    worker: str
    name: str
    kind: str
    on: date
    details: Mapping[str, Any]


class _Newest(NamedTuple):
    worker: str
    kind: str
    granted: date


class _Due(NamedTuple):
    worker: str
    series: str
    due: date


class _Scope(NamedTuple):
    """Whom a list is about: one worker, one team or everybody, on a day."""

    worker: str | None
    team: str | None
    today: date


_Key = tuple[str, str]
_IN_SCOPE = f"(:worker IS NULL OR w.staff_id = :worker) AND {IN_TEAM} AND {NOT_LEFT}"
_EVENTS = f"""SELECT e.id, e.worker, w.name, e.kind, e."on", e.details
FROM worker_event e JOIN worker w ON w.staff_id = e.worker
WHERE {_IN_SCOPE} AND e."on" <= :today ORDER BY e."on", e.id"""  # noqa: S608
_NEWEST = f"""SELECT r.worker, r.kind, max(r.granted) AS granted
FROM registration r JOIN worker w ON w.staff_id = r.worker
WHERE {_IN_SCOPE} AND r.granted <= :today GROUP BY r.worker, r.kind"""  # noqa: S608
_REGISTERED = f"""SELECT w.staff_id AS worker, w.name, :kind AS kind, :title AS title, w.registration AS number
FROM worker_on(:today) w
JOIN pack_item p ON p.kind = 'grade' AND p.id = w.grade AND json_extract(p.data, '$.registered')
WHERE {_IN_SCOPE}"""  # noqa: S608
_RULES = """SELECT data FROM pack_item
WHERE kind = 'rule' AND json_extract(data, '$.applies_to') = 'worker' AND json_extract(data, '$.active')"""
_DUE = f"""SELECT o.subject AS worker, o.series, min(o.legal_due) AS due
FROM obligation o JOIN worker w ON w.staff_id = o.subject
WHERE o.subject_kind = 'worker' AND o.legal_due IS NOT NULL AND {_IN_SCOPE} GROUP BY o.subject, o.series"""  # noqa: S608


def holdings(conn: Connection, today: date, *, worker: str | None = None, team: str | None = None) -> list[Holding]:
    """Return what a worker or a team holds, what is late first.

    Training that was never had is listed only for one worker: it would be most of a team's list.
    """
    packs, scope = Packs(conn), _Scope(worker, team, today)
    events = conn.all(_Event, _EVENTS, **scope._asdict())
    found = [*_registered(conn, packs, scope, events), *_trained(conn, packs, scope, events)]
    return sorted(found, key=_order)


def _order(one: Holding) -> tuple[int, date]:
    never_had = one.training and one.state == NONE
    return _LAST if never_had else _ORDER[one.state], one.until or date.max


# registrations ------------------------------------------------------------------------------------------------------


def _registered(conn: Connection, packs: Packs, scope: _Scope, events: Sequence[_Event]) -> Iterator[Holding]:
    kinds = packs.all("registration_kind")
    bars = {name: tuple(_bars(packs, kind)) for name, kind in kinds.items()}
    dues, gone = _dues(conn, packs, kinds, scope), unregistered(conn, scope.today)
    for held in _newest(conn, kinds, scope, events):
        known, due = held._replace(bars=bars.get(held.kind, ())), dues.get((held.worker, held.kind))
        yield _standing(known, packs, kinds.get(held.kind, {}), due, held.worker in gone, scope.today)


def _newest(conn: Connection, kinds: Mapping[str, Any], scope: _Scope, events: Sequence[_Event]) -> Iterator[Holding]:
    """Yield the newest record of each kind, a registration or the event it gives; then who has none and needs one."""
    found: dict[_Key, Holding] = {}
    for line in registrations(conn, scope.today, worker=scope.worker, team=scope.team):
        found[line.worker, line.kind] = Holding(
            line.worker, line.name, line.kind, line.title, record=(REGISTRATION, line.id), number=line.number,
            granted=line.granted, until=line.until,
        )  # fmt: skip
    granted = {(one.worker, one.kind): one.granted for one in conn.each(_Newest, _NEWEST, **scope._asdict())}
    for event in events:
        for name, kind in kinds.items():
            key, since = (event.worker, name), granted.get((event.worker, name))
            if event.kind == kind.get("gives") and _has(event.details, kind) and (since is None or since < event.on):
                record, title = (EVENT, event.id), str(kind["title"])
                found[key] = Holding(event.worker, event.name, name, title, record=record, granted=event.on)
            elif event.kind == kind.get("ends") and key in found and (found[key].granted or event.on) < event.on:
                del found[key]
    yield from found.values()
    yield from _lacking(conn, kinds, scope, found)


def _has(details: Mapping[str, Any], kind: Mapping[str, Any]) -> bool:
    return all(details.get(name) == value for name, value in kind.get("details", {}).items())


def _lacking(conn: Connection, kinds: Mapping[str, Any], scope: _Scope, found: Collection[_Key]) -> Iterator[Holding]:
    """Yield those whose grade is a registered one and of whom no registration is recorded."""
    for name, kind in kinds.items():
        if kind.get("gives") == REGULATOR:
            staff = conn.all(Holding, _REGISTERED, kind=name, title=str(kind["title"]), **scope._asdict())
            yield from (one for one in staff if (one.worker, name) not in found)


# until when ---------------------------------------------------------------------------------------------------------

_Last = tuple[date, bool]  # a day, and whether it was recorded or its interval read in a source


def _standing(
    held: Holding, packs: Packs, kind: Mapping[str, Any], due: _Last | None, gone: bool, today: date
) -> Holding:
    """Return something held with its last day and its state; ``due`` is the day of the rule that renews it."""
    counts = min(_lasts(held, packs), default=None)
    lapsed = counts is not None and counts[0] < today
    barred = gone if kind.get("gives") == REGULATOR else lapsed and bool(held.bars)
    until, sure = min((last for last in (counts, due) if last is not None), default=(None, True))
    if lapsed or barred or (until is not None and until < today):
        state = LAPSED
    elif until is not None and (until - today).days <= kind.get("remind_days", REMIND_DAYS):
        state = SOON
    else:
        state = NONE if held.granted is None else CURRENT
    return held._replace(until=until, sure=sure, state=state, ended=lapsed or barred, barred=barred)


def _lasts(held: Holding, packs: Packs) -> Iterator[_Last]:
    """Yield the last days on which it counts: its own, and those of the policies that ask for it."""
    if held.until is not None:
        yield held.until, True
    for bar in held.bars:
        policy = packs.get("policy", bar.policy)
        if held.granted is not None and policy.get("warrant"):
            yield lapses(policy["warrant"], held.granted), _read(policy)


def _read(policy: Mapping[str, Any]) -> bool:
    """Whether somebody has read a policy in its sources."""
    citations = policy.get("citations") or ()
    return bool(citations) and all(one.get("verified") for one in citations)


def _dues(conn: Connection, packs: Packs, kinds: Mapping[str, Mapping[str, Any]], scope: _Scope) -> dict[_Key, _Last]:
    """Return by worker and kind the day on which the rules ask for the next."""
    of_training = {one.get("rule") for one in packs.all("training").values()}
    rules = [rule for rule in map(json.loads, conn.values(_RULES)) if rule["id"] not in of_training]
    asked = {
        rule["series"]: (name, rule["verified"])
        for name, kind in kinds.items()
        for rule in rules
        if kind.get("gives") in rule["starts"]
    }
    found: dict[_Key, _Last] = {}
    for one in conn.each(_Due, _DUE, **scope._asdict()):
        if one.series in asked:
            kind, sure = asked[one.series]
            key, last = (one.worker, kind), (one.due, sure)
            found[key] = min(last, found.get(key, last))
    return found


# what it rules out --------------------------------------------------------------------------------------------------


def _bars(packs: Packs, kind: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the policies that rule out whoever does not hold a kind."""
    for policy in packs.all("policy").values():
        warrant = policy.get("warrant") or {}
        asked = warrant.get("event") == kind.get("gives") and says(warrant, kind.get("details", {}))
        of_regulator = policy["kind"] == "registered_only" and kind.get("gives") == REGULATOR
        if policy.get("active", True) and ((warrant and asked) or of_regulator):
            yield Bar(policy["id"], policy["title"], _cases(packs, policy.get("when") or {}))


def _cases(packs: Packs, when: Mapping[str, Any]) -> str:
    """Return in words the cases that a policy applies to."""
    family = f"{when['family']}'s cases" if when.get("family") else ""
    pathways = [PATHWAY_TITLES[Pathway(one)] for one in when.get("pathways", ())]
    words = ", ".join(one[:1].lower() + one[1:] for one in pathways)
    words = f"{words} cases" if words else family or "any case"
    factors = when.get("factors")
    words = f"{words} marked {' or '.join(factors)}" if factors else words
    standing = " or ".join(packs.title("in_force", one) for one in when.get("in_force", ()))
    link = ", or with" if when.get("either") else " with"
    return f"{words}{link} {standing} in force" if standing else words


# training -----------------------------------------------------------------------------------------------------------


def _trained(conn: Connection, packs: Packs, scope: _Scope, events: Sequence[_Event]) -> Iterator[Holding]:
    kinds = packs.all("training")
    last = {(one.worker, str(one.details.get("topic"))): one.id for one in events if one.kind == TRAINED}
    for line in trainings(conn, scope.today, worker=scope.worker, team=scope.team):
        kind = kinds[line.training]
        number = last.get((line.worker, kind["topic"]))
        if number is not None or scope.worker:
            yield Holding(
                line.worker, line.name, line.training, line.title, training=True, granted=line.last, until=line.due,
                record=None if number is None else (EVENT, number), state=line.state,
                sure=bool(packs.get("rule", kind.get("rule") or "").get("verified")),
            )  # fmt: skip
