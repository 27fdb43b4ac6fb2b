"""Learning needs as they are read: open ones of a worker or a team, by capability, and what they mean to the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from domain.cases.subject import Happening
from domain.core.dates import DUE_SOON_DAYS
from domain.learning.frameworks import Capability, in_force, known, meant
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT
from storage.due.subjects import WorkerDraft
from storage.rules.kept_packs import Packs

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
    priority: str
    method: str
    due: date | None
    cost: int | None
    approved_on: date | None
    evidence: int
    words: tuple[str, ...] = ()
    state: str = UNSET

    @property
    def planned(self) -> bool:
        """Whether it is agreed how and by when it is to be met."""
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


_OPEN = f"""
SELECT n.id, n.worker, w.name, w.team, n.title, n.raised_on, n.source, n.domains, n.priority, n.method, n.due, n.cost,
  n.approved_on, (SELECT count(*) FROM evidence e WHERE e.need = n.id) AS evidence
FROM learning_need n JOIN worker_on(:today) w ON w.staff_id = n.worker
WHERE n.ended_on IS NULL AND (:worker IS NULL OR n.worker = :worker) AND {IN_TEAM}
  AND {NOT_LEFT}
ORDER BY n.due IS NULL, n.due, w.sort_key, n.id
"""  # noqa: S608


def open_needs(conn: Connection, today: date, *, worker: str | None = None, team: str | None = None) -> list[NeedLine]:
    """Return the open learning needs of a worker or a team, or all; the soonest first, those without a day last."""
    among = known(Packs(conn).all("framework").values())
    needs = conn.all(NeedLine, _OPEN, worker=worker, team=team, today=today)
    return [_in_words(need, among)._replace(state=state(need.due, today)) for need in needs]


def _in_words(need: NeedLine, among: Mapping[str, Capability]) -> NeedLine:
    """Return a need with each of its capabilities once: by its own id, and by its title."""
    found = tuple(dict.fromkeys(meant(code, among) for code in need.domains))
    return need._replace(domains=tuple(one.id for one in found), words=tuple(one.words for one in found))


def state(due: date | None, today: date) -> str:
    """Return whether a need is late, due within a fortnight, ahead, or without a day."""
    if due is None:
        return UNSET
    days = (due - today).days
    return LATE if days < 0 else DUE if days <= DUE_SOON_DAYS else AHEAD


def by_domain(
    conn: Connection, today: date, team: str | None = None, needs: Iterable[NeedLine] | None = None
) -> list[DomainNeeds]:
    """Return a team's open needs by capability, the most shared first; a need may stand under several."""
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


class _Evidence(NamedTuple):
    domains: tuple[str, ...]
    level: str | None


_EVIDENCE = 'SELECT domains, level FROM evidence WHERE worker = :worker AND "on" <= :today'


def matrix(conn: Connection, worker: str, framework: str, today: date) -> list[MatrixRow]:
    """Return how much evidence a worker has by capability of a framework and level; empty for an unknown framework."""
    packs = Packs(conn)
    frames = packs.all("framework")
    among = known(frames.values())
    counts: dict[str, dict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for piece in conn.each(_Evidence, _EVIDENCE, worker=worker, today=today):
        for code in {meant(code, among).id for code in piece.domains}:
            counts[code][piece.level] += 1
    return [
        MatrixRow(one, dict(counts.get(one.id, {})))
        for one in dict.fromkeys(among.values())
        if one.framework == framework
    ]


def frameworks_on(conn: Connection, on: date, family: str = "") -> dict[str, str]:
    """Return the titles of the frameworks in force on a day, by id; with ``family`` only those that apply to it."""
    found = Packs(conn).all("framework")
    return {
        name: said["title"]
        for name, said in found.items()
        if in_force(said, on) and (not family or said["family"] in ("any", family))
    }


# what they mean to the rules ----------------------------------------------------------------------------------------


class _Spell(NamedTuple):
    """A stretch of time in which a worker had open needs with a day agreed."""

    start: date
    end: date | None
    due: date


class _Dated(NamedTuple):
    worker: str
    raised_on: date
    due: date
    ended_on: date | None


_DATED = """SELECT worker, raised_on, due, ended_on FROM learning_need
            WHERE worker IN :workers AND due IS NOT NULL ORDER BY worker, raised_on, id"""


def of_needs(conn: Connection, drafts: Mapping[str, WorkerDraft], _packs: Packs) -> None:
    """Add the stretches of time in which a worker had open needs: each begins with a need and ends with the last one.

    The rules know one such duty of a worker at a time. While it is open it is due with the earliest of the open needs;
    it is fulfilled on the day on which the last need ends.
    """
    for worker, needs in groupby(conn.all(_Dated, _DATED, workers=list(drafts)), lambda need: need.worker):
        for spell in _spells(list(needs)):
            drafts[worker].happenings.append(Happening(RAISED, spell.start, {"due": spell.due.isoformat()}))
            if spell.end is not None:
                drafts[worker].happenings.append(Happening(ENDED, spell.end, {}))


def _spells(needs: Sequence[_Dated]) -> Iterator[_Spell]:
    """Yield the stretches with open needs, in order; those that touch are one."""
    running: list[_Dated] = []
    for need in needs:
        if running and (ends := _end(running)) is not None and need.raised_on > ends:
            yield _spell(running)
            running = []
        running.append(need)
    if running:
        yield _spell(running)


def _end(needs: Sequence[_Dated]) -> date | None:
    ends = [need.ended_on for need in needs if need.ended_on]
    return max(ends) if len(ends) == len(needs) else None


def _spell(needs: Sequence[_Dated]) -> _Spell:
    still = [need.due for need in needs if need.ended_on is None]
    return _Spell(needs[0].raised_on, _end(needs), min(still) if still else max(need.due for need in needs))
