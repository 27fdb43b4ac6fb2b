"""Learning needs as they are read: open ones of a worker or a team, by capability, and what they are to the rules."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.capabilities import Capability, in_force, known, meant
from domain.dates import DUE_SOON_DAYS
from domain.obligations import Happening
from storage.cpd import draft_cpd
from storage.reading import Packs, day

__all__ = ["by_domain", "draft_cpd", "frameworks_on", "matrix", "open_needs"]

RAISED, ENDED = "learning_need_raised", "learning_need_ended"
LATE, DUE, AHEAD, UNSET = "late", "due", "ahead", "unset"
_ORDER = (LATE, DUE, AHEAD, UNSET)


class NeedLine(NamedTuple):
    """An open learning need. ``domains`` are the ids of capabilities, ``words`` their titles; cost in pence."""

    id: int
    worker: str
    name: str
    team: str
    title: str
    raised_on: date
    source: str
    domains: tuple[str, ...]
    words: tuple[str, ...]
    priority: str
    method: str
    due: date | None
    cost: int | None
    approved_on: date | None
    evidence: int
    state: str

    @property
    def planned(self) -> bool:
        """Whether it is agreed how and by when it is met."""
        return self.due is not None and self.method != "other"


class DomainNeeds(NamedTuple):
    """The open needs of a team in one capability; None gathers those that name none."""

    capability: Capability | None
    needs: tuple[NeedLine, ...]

    @property
    def workers(self) -> tuple[str, ...]:
        """Whose needs they are, each once."""
        return tuple(dict.fromkeys(need.worker for need in self.needs))

    @property
    def state(self) -> str:
        """The most pressing state among them."""
        return min((need.state for need in self.needs), key=_ORDER.index, default=UNSET)


class MatrixRow(NamedTuple):
    """One capability and how much evidence there is at each level; None is evidence without a level."""

    capability: Capability
    counts: Mapping[str | None, int]


_OPEN = """
SELECT n.id, n.worker, w.name, w.team, n.title, n.raised_on, n.source, n.domains, n.priority, n.method, n.due, n.cost,
  n.approved_on, (SELECT count(*) FROM evidence e WHERE e.need = n.id)
FROM learning_need n JOIN worker w ON w.staff_id = n.worker
WHERE n.ended_on IS NULL AND (:worker IS NULL OR n.worker = :worker) AND (:team IS NULL OR w.team = :team)
  AND (w.leaves IS NULL OR w.leaves >= :today)
ORDER BY n.due IS NULL, n.due, w.sort_key, n.id
"""


def open_needs(
    conn: sqlite3.Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[NeedLine]:
    """Return the open learning needs of a worker or a team, or all; the soonest first, those without a day last."""
    among = known(Packs(conn).all("framework").values())
    given = {"worker": worker, "team": team, "today": today.isoformat()}
    return [_need(row, among, today) for row in conn.execute(_OPEN, given).fetchall()]


def _need(row: Sequence[Any], among: Mapping[str, Capability], today: date) -> NeedLine:
    number, worker, name, team, title, raised, source, domains, priority, method, due, cost, approved, evidence = row
    found = tuple(dict.fromkeys(meant(code, among) for code in json.loads(domains)))
    by = day(due)
    return NeedLine(
        number, worker, name, team, title, date.fromisoformat(raised), source,
        tuple(one.id for one in found), tuple(one.words for one in found),
        priority, method, by, cost, day(approved), evidence, state(by, today),
    )  # fmt: skip


def state(due: date | None, today: date) -> str:
    """Say whether a need is late, due within a fortnight, ahead, or without a day."""
    if due is None:
        return UNSET
    days = (due - today).days
    return LATE if days < 0 else DUE if days <= DUE_SOON_DAYS else AHEAD


def by_domain(
    conn: sqlite3.Connection, today: date, team: str | None = None, needs: Iterable[NeedLine] | None = None
) -> list[DomainNeeds]:
    """Return a team's open needs by capability, those that most workers share first; a need may stand in several."""
    among = known(Packs(conn).all("framework").values())
    grouped: dict[str | None, list[NeedLine]] = defaultdict(list)
    for need in open_needs(conn, today, team=team) if needs is None else needs:
        for code in need.domains or (None,):
            grouped[code].append(need)
    found = [DomainNeeds(meant(code, among) if code else None, tuple(lines)) for code, lines in grouped.items()]
    return sorted(found, key=_shared)


def _shared(one: DomainNeeds) -> tuple[bool, int, int, str]:
    return (
        one.capability is None,
        -len(one.workers),
        _ORDER.index(one.state),
        one.capability.id if one.capability else "",
    )


_EVIDENCE = 'SELECT domains, level FROM evidence WHERE worker = :worker AND "on" <= :today'


def matrix(conn: sqlite3.Connection, worker: str, framework: str, today: date) -> list[MatrixRow]:
    """Return the evidence of one worker by capability of a framework and level; empty for a framework not known."""
    packs = Packs(conn)
    frames = packs.all("framework")
    among = known(frames.values())
    counts: dict[str, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for domains, level in conn.execute(_EVIDENCE, {"worker": worker, "today": today.isoformat()}):
        for code in {meant(code, among).id for code in json.loads(domains)}:
            counts[code][level] += 1
    return [
        MatrixRow(one, dict(counts.get(one.id, {})))
        for one in dict.fromkeys(among.values())
        if one.framework == framework
    ]


def frameworks_on(conn: sqlite3.Connection, on: date, family: str = "") -> dict[str, str]:
    """Return the frameworks in force on a day, title by id; of one family and those for both where one is given."""
    found = Packs(conn).all("framework")
    return {
        name: said["title"]
        for name, said in found.items()
        if in_force(said, on) and (not family or said["family"] in ("any", family))
    }


# what they are to the rules -----------------------------------------------------------------------------------------


class _Spell(NamedTuple):
    """A stretch of time in which a worker had open needs with a day agreed."""

    start: date
    end: date | None
    due: date


def happenings(raw: sqlite3.Connection, workers: Sequence[str]) -> Iterator[tuple[str, Happening]]:
    """Yield what learning needs come to: a stretch with open needs begins, with its day, and ends with the last.

    The rules know one such duty of a worker at a time. While it is open its day is the earliest of the open needs;
    once all are ended it was answered on the day the last one ended.
    """
    query = f"""SELECT worker, raised_on, due, ended_on FROM learning_need
                WHERE worker IN ({_marks(workers)}) AND due IS NOT NULL ORDER BY worker, raised_on, id"""  # noqa: S608
    kept: dict[str, list[tuple[date, date, date | None]]] = defaultdict(list)
    for worker, raised, due, ended in raw.execute(query, workers):
        kept[worker].append((date.fromisoformat(raised), date.fromisoformat(due), day(ended)))
    for worker, needs in kept.items():
        for spell in _spells(needs):
            yield worker, Happening(RAISED, spell.start, {"due": spell.due.isoformat()})
            if spell.end is not None:
                yield worker, Happening(ENDED, spell.end, {})


def _spells(needs: Sequence[tuple[date, date, date | None]]) -> Iterator[_Spell]:
    """Yield the stretches, in order; those that touch are one."""
    running: list[tuple[date, date, date | None]] = []
    for need in needs:
        if running and (ends := _end(running)) is not None and need[0] > ends:
            yield _spell(running)
            running = []
        running.append(need)
    if running:
        yield _spell(running)


def _end(needs: Sequence[tuple[date, date, date | None]]) -> date | None:
    ends = [ended for *_, ended in needs]
    return None if None in ends else max(ended for ended in ends if ended)


def _spell(needs: Sequence[tuple[date, date, date | None]]) -> _Spell:
    still = [due for _, due, ended in needs if ended is None]
    return _Spell(needs[0][0], _end(needs), min(still) if still else max(due for _, due, _ in needs))


def _marks(items: Sequence[str]) -> str:
    return ",".join("?" * len(items))
