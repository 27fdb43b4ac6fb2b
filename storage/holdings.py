"""What each worker holds, one line a worker and kind: registrations, warrants, checks and training."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.eligibility import lapses
from domain.ids import PATHWAY_TITLES, Pathway
from storage.reading import Packs
from storage.registrations import CURRENT, LAPSED, NONE, SOON, RegistrationLine, registrations, trainings
from storage.warrants import says, unregistered

REGULATOR, TRAINED = "registration_renewed", "training_completed"
REGISTRATION, EVENT = "registration", "worker-event"
_ORDER = {LAPSED: 0, SOON: 1, NONE: 2, CURRENT: 3}
_LAST = 4


class Bar(NamedTuple):
    """What a policy keeps from whoever holds no such thing on the day: its title, and the cases it speaks of."""

    policy: str
    title: str
    cases: str


class Holding(NamedTuple):
    """One thing that a worker holds, or should and does not; ``until`` is the last day, or by when it is renewed.

    ``record`` is the kind and number of what was recorded last. ``sure`` is False where a day comes from an interval
    that nobody read in its source. ``ended`` says that it no longer counts, not merely that its renewal is late.
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
        """How it stands, in words."""
        if self.state == LAPSED:
            return "lapsed" if self.ended and self.granted else "ended" if self.ended else "late"
        if self.state == NONE:
            return "not recorded" if self.granted is None else "no interval"
        return "due" if self.state == SOON else "current"


class _Told(NamedTuple):
    """An event about a worker."""

    id: int
    worker: str
    name: str
    kind: str
    on: date
    details: Mapping[str, Any]


Scope = Mapping[str, str | None]
_Key = tuple[str, str]
_IN_SCOPE = """(:worker IS NULL OR w.staff_id = :worker) AND (:team IS NULL OR w.team = :team)
  AND (w.leaves IS NULL OR w.leaves >= :today)"""


def holdings(
    conn: sqlite3.Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[Holding]:
    """Return what a worker or a team holds, what is late first.

    Training never had stands there only for one worker: a team's list would be nothing else.
    """
    packs, scope = Packs(conn), {"worker": worker, "team": team, "today": today.isoformat()}
    told = _told(conn, scope)
    found = [*_registered(conn, packs, scope, told, today), *_trained(conn, packs, scope, told, today)]
    return sorted(found, key=_order)


def _order(one: Holding) -> tuple[int, date]:
    never_had = one.training and one.state == NONE
    return _LAST if never_had else _ORDER[one.state], one.until or date.max


# registrations ------------------------------------------------------------------------------------------------------


def _registered(
    conn: sqlite3.Connection, packs: Packs, scope: Scope, told: Sequence[_Told], today: date
) -> Iterator[Holding]:
    kinds = packs.all("registration_kind")
    bars = {kind: tuple(_bars(packs, said)) for kind, said in kinds.items()}
    dues, gone = _dues(conn, packs, kinds, scope), unregistered(conn, today)
    for held in _newest(conn, kinds, scope, told, today):
        said = kinds.get(held.kind, {})
        known = held._replace(bars=bars.get(held.kind, ()))
        yield _standing(known, packs, said, dues.get((held.worker, held.kind)), held.worker in gone, today)


def _newest(
    conn: sqlite3.Connection, kinds: Mapping[str, Any], scope: Scope, told: Sequence[_Told], today: date
) -> Iterator[Holding]:
    """Yield what was recorded last of each kind, as a registration or as the event it gives; and who has none."""
    found: dict[_Key, Holding] = {}
    for line in registrations(conn, today, worker=scope["worker"], team=scope["team"]):
        found[line.worker, line.kind] = _of_record(line)
    since = _recorded_since(conn, scope)
    for one in told:
        for kind, said in kinds.items():
            key, known = (one.worker, kind), since.get((one.worker, kind))
            if one.kind == said.get("gives") and _has(one.details, said) and (known is None or known < one.on):
                title = str(said["title"])
                found[key] = Holding(one.worker, one.name, kind, title, record=(EVENT, one.id), granted=one.on)
            elif one.kind == said.get("ends") and key in found and (found[key].granted or one.on) < one.on:
                del found[key]
    yield from found.values()
    yield from _lacking(conn, kinds, scope, found)


def _of_record(line: RegistrationLine) -> Holding:
    return Holding(
        line.worker, line.name, line.kind, line.title, record=(REGISTRATION, line.id), number=line.number,
        granted=line.granted, until=line.until,
    )  # fmt: skip


def _has(details: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    return all(details.get(name) == value for name, value in said.get("details", {}).items())


def _lacking(
    conn: sqlite3.Connection, kinds: Mapping[str, Any], scope: Scope, found: Collection[_Key]
) -> Iterator[Holding]:
    """Yield those whose grade is a registered one and of whom no registration is recorded."""
    regulators = [(kind, str(said["title"])) for kind, said in kinds.items() if said.get("gives") == REGULATOR]
    query = f"""SELECT w.staff_id, w.name, w.registration FROM worker w
        JOIN pack_item p ON p.kind = 'grade' AND p.id = w.grade AND json_extract(p.data, '$.registered')
        WHERE {_IN_SCOPE}"""  # noqa: S608
    for kind, title in regulators:
        for staff_id, name, number in conn.execute(query, scope):
            if (staff_id, kind) not in found:
                yield Holding(staff_id, name, kind, title, number=number)


def _recorded_since(conn: sqlite3.Connection, scope: Scope) -> dict[_Key, date]:
    """Return when the newest registration of each kind was granted, ended ones among them."""
    query = f"""SELECT r.worker, r.kind, max(r.granted) FROM registration r JOIN worker w ON w.staff_id = r.worker
        WHERE {_IN_SCOPE} AND r.granted <= :today GROUP BY r.worker, r.kind"""  # noqa: S608
    return {(who, kind): date.fromisoformat(granted) for who, kind, granted in conn.execute(query, scope)}


def _told(conn: sqlite3.Connection, scope: Scope) -> list[_Told]:
    """Return what happened to each worker, in order."""
    query = f"""SELECT e.id, w.staff_id, w.name, e.kind, e."on", e.details
        FROM worker_event e JOIN worker w ON w.staff_id = e.worker
        WHERE {_IN_SCOPE} AND e."on" <= :today ORDER BY e."on", e.id"""  # noqa: S608
    return [
        _Told(number, who, name, kind, date.fromisoformat(on), json.loads(details))
        for number, who, name, kind, on, details in conn.execute(query, scope)
    ]


# until when ---------------------------------------------------------------------------------------------------------

_Last = tuple[date, bool]  # a day, and whether it was recorded or its interval read in a source


def _standing(
    held: Holding, packs: Packs, said: Mapping[str, Any], due: _Last | None, gone: bool, today: date
) -> Holding:
    """Return it with its last day and its state; ``due`` is the day of the rule that renews it."""
    counts = min(_lasts(held, packs), default=None)
    lapsed = counts is not None and counts[0] < today
    barred = gone if said.get("gives") == REGULATOR else lapsed and bool(held.bars)
    until, sure = min((last for last in (counts, due) if last is not None), default=(None, True))
    if lapsed or barred or (until is not None and until < today):
        state = LAPSED
    elif until is not None and (until - today).days <= said.get("remind_days", 56):
        state = SOON
    else:
        state = NONE if held.granted is None else CURRENT
    return held._replace(until=until, sure=sure, state=state, ended=lapsed or barred, barred=barred)


def _lasts(held: Holding, packs: Packs) -> Iterator[_Last]:
    """Yield the days after which it counts no more: its own, and those of policies that ask for it."""
    if held.until is not None:
        yield held.until, True
    for bar in held.bars:
        policy = packs.get("policy", bar.policy)
        if held.granted is not None and policy.get("warrant"):
            yield lapses(policy["warrant"], held.granted), _read(policy)


def _read(said: Mapping[str, Any]) -> bool:
    citations = said.get("citations") or ()
    return bool(citations) and all(one.get("verified") for one in citations)


_RULES = """SELECT data FROM pack_item
WHERE kind = 'rule' AND json_extract(data, '$.applies_to') = 'worker' AND json_extract(data, '$.active')"""
_DUE = f"""SELECT o.subject, o.series, min(o.legal_due) FROM obligation o JOIN worker w ON w.staff_id = o.subject
WHERE o.subject_kind = 'worker' AND o.legal_due IS NOT NULL AND {_IN_SCOPE} GROUP BY o.subject, o.series"""  # noqa: S608


def _dues(
    conn: sqlite3.Connection, packs: Packs, kinds: Mapping[str, Mapping[str, Any]], scope: Scope
) -> dict[_Key, _Last]:
    """Return by worker and kind the day on which the rules ask for the next."""
    of_training = {one.get("rule") for one in packs.all("training").values()}
    rules = [json.loads(data) for (data,) in conn.execute(_RULES)]
    asked: dict[str, tuple[str, bool]] = {}
    for kind, said in kinds.items():
        own = (rule for rule in rules if said.get("gives") in rule["starts"] and rule["id"] not in of_training)
        asked |= {rule["series"]: (kind, rule["verified"]) for rule in own}
    found: dict[_Key, _Last] = {}
    for who, series, on in conn.execute(_DUE, scope):
        if series in asked:
            kind, sure = asked[series]
            last = (date.fromisoformat(on), sure)
            found[who, kind] = min(last, found.get((who, kind), last))
    return found


# what it rules out --------------------------------------------------------------------------------------------------


def _bars(packs: Packs, said: Mapping[str, Any]) -> Iterator[Bar]:
    """Yield the policies that rule out whoever does not hold a kind."""
    for policy in packs.all("policy").values():
        warrant = policy.get("warrant") or {}
        asked = warrant.get("event") == said.get("gives") and says(warrant, said.get("details", {}))
        of_regulator = policy["kind"] == "registered_only" and said.get("gives") == REGULATOR
        if policy.get("active", True) and ((warrant and asked) or of_regulator):
            yield Bar(policy["id"], policy["title"], _cases(policy.get("when") or {}))


def _cases(when: Mapping[str, Any]) -> str:
    """Return in words the cases that a policy speaks of."""
    family = f"{when['family']}'s cases" if when.get("family") else ""
    pathways = [PATHWAY_TITLES[Pathway(one)] for one in when.get("pathways", ())]
    words = ", ".join(one[:1].lower() + one[1:] for one in pathways)
    words = f"{words} cases" if words else family or "any case"
    factors = when.get("factors")
    return f"{words} marked {' or '.join(factors)}" if factors else words


# training -----------------------------------------------------------------------------------------------------------


def _trained(
    conn: sqlite3.Connection, packs: Packs, scope: Scope, told: Sequence[_Told], today: date
) -> Iterator[Holding]:
    said = packs.all("training")
    sure = {name: bool(packs.get("rule", one.get("rule") or "").get("verified")) for name, one in said.items()}
    last = {(one.worker, str(one.details.get("topic"))): one.id for one in told if one.kind == TRAINED}
    for line in trainings(conn, today, worker=scope["worker"], team=scope["team"]):
        number = last.get((line.worker, said[line.training]["topic"]))
        if number is not None or scope["worker"]:
            record = None if number is None else (EVENT, number)
            yield Holding(
                line.worker, line.name, line.training, line.title, training=True, record=record, granted=line.last,
                until=line.due, state=line.state, sure=sure[line.training],
            )  # fmt: skip
