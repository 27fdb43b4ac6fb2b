"""How far a worker is on the way to the next grade: criteria, evidence, gaps, and what an application pack holds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.capabilities import Capability, known, meant
from domain.dates import parse_day
from domain.errors import BadInput, NotFound
from domain.progression import Row, Shown, gaps, offered, rows
from storage.reading import Packs, day
from storage.registrations import RegistrationLine, registrations

PANEL = "panel"  # a programme's setting, and the milestone once the panel was held


class Progress(NamedTuple):
    """One worker's progression. ``panel`` is the day of the panel; ``example``: the criteria are not the council's.

    ``evidence`` includes finished pieces of professional development, under negative numbers.
    """

    worker: str
    name: str
    grade: str
    progression: str
    title: str
    to_grade: str
    note: str
    example: bool
    panel: date | None
    programme: int | None
    rows: tuple[Row, ...]
    evidence: tuple[Shown, ...]

    @property
    def gaps(self) -> list[Row]:
        """The criteria that still lack evidence."""
        return gaps(self.rows)

    @property
    def unused(self) -> list[Shown]:
        """Evidence that counts towards no criterion."""
        used = {one.id for row in self.rows for one in row.evidence}
        return [one for one in self.evidence if one.id > 0 and one.id not in used]


class Development(NamedTuple):
    """A line of the development log: a piece of development, or a learning need that was met."""

    on: date
    kind: str
    title: str


class Application(NamedTuple):
    """What an application pack holds: who, for what, the evidence by criterion, the log, and what still lacks."""

    progress: Progress
    team: str
    started: date | None
    capabilities: dict[str, Capability]
    log: tuple[Development, ...]
    registrations: tuple[RegistrationLine, ...]

    def words(self, domains: Sequence[str]) -> tuple[str, ...]:
        """Return the titles of capabilities."""
        return tuple(meant(code, self.capabilities).words for code in domains)


_WORKER = """SELECT w.name, w.grade, w.team, w.started FROM worker w WHERE w.staff_id = ?"""
_PROGRAMMES = """SELECT id, kind, ends, settings FROM programme
WHERE worker = ? AND ended_on IS NULL ORDER BY starts DESC, id DESC"""
_EVIDENCE = """
SELECT id, "on", kind, title, domains, criterion, source, seen_by, text FROM evidence
  WHERE worker = :worker AND "on" <= :today
UNION ALL SELECT -id, "on", 'cpd', title, '[]', NULL, kind, '', learning FROM cpd
  WHERE worker = :worker AND "on" <= :today AND learning <> '' AND impact <> ''
ORDER BY 2, 1
"""
_LOG = """
SELECT "on", kind, title FROM cpd WHERE worker = :worker AND "on" <= :today
UNION ALL SELECT ended_on, 'Learning need met', title FROM learning_need
  WHERE worker = :worker AND outcome = 'met' AND ended_on <= :today
UNION ALL SELECT "on", 'Training', json_extract(details, '$.topic') FROM worker_event
  WHERE worker = :worker AND kind = 'training_completed' AND "on" <= :today
ORDER BY 1
"""


def progress(conn: sqlite3.Connection, worker: str, today: date, progression: str | None = None) -> Progress:
    """Return how far a worker is: in the progression begun or given, else the one that leads on from their grade.

    Raises NotFound for a worker or progression there is not, and BadInput where none leads on from the grade.
    """
    packs, row = Packs(conn), conn.execute(_WORKER, (worker,)).fetchone()
    if row is None:
        raise NotFound(f"There is no worker {worker!r}.", field="worker", hint="See: almoner list worker")
    name, grade, *_ = row
    begun = conn.execute(_PROGRAMMES, (worker,)).fetchall()
    chosen = _chosen(packs, progression, grade, [kind for _, kind, *_ in begun])
    said = packs.get("progression", chosen)
    shown = _evidence(conn, packs, worker, today)
    number, panel = next(
        ((n, _panel(ends, settings)) for n, kind, ends, settings in begun if kind == chosen), (None, None)
    )
    return Progress(
        worker=worker,
        name=name,
        grade=packs.title("grade", grade),
        progression=chosen,
        title=said["title"],
        to_grade=packs.title("grade", said["to_grade"]) if said.get("to_grade") else "",
        note=said.get("note", ""),
        example=said.get("basis") == "local",
        panel=panel,
        programme=number,
        rows=tuple(rows(said["criteria"], shown)),
        evidence=tuple(shown),
    )


def _chosen(packs: Packs, wanted: str | None, grade: str, begun: Sequence[str]) -> str:
    known_ones = packs.all("progression")
    if wanted is not None and wanted not in known_ones:
        hint = f"There are: {', '.join(sorted(known_ones))}."
        raise NotFound(f"There is no progression {wanted!r} in the packs.", field="progression", hint=hint)
    chosen = wanted or offered(known_ones, grade, begun)
    if chosen is None:
        words = f"No progression in the packs leads on from {packs.title('grade', grade)}."
        raise BadInput(words, field="progression", hint="See: almoner list progression")
    return chosen


def _panel(ends: str | None, settings: str) -> date | None:
    given = json.loads(settings).get(PANEL)
    return parse_day(given) if isinstance(given, str) and given else day(ends)


def _evidence(conn: sqlite3.Connection, packs: Packs, worker: str, today: date) -> list[Shown]:
    among = known(packs.all("framework").values())
    found = conn.execute(_EVIDENCE, {"worker": worker, "today": today.isoformat()}).fetchall()
    return [_shown(row, among) for row in found]


def _shown(row: Sequence[Any], among: dict[str, Capability]) -> Shown:
    number, on, kind, title, domains, criterion, source, seen_by, text = row
    codes = tuple(dict.fromkeys(meant(code, among).id for code in json.loads(domains)))
    return Shown(number, date.fromisoformat(on), kind, title, codes, criterion, source, seen_by, text)


def application(conn: sqlite3.Connection, worker: str, today: date, progression: str | None = None) -> Application:
    """Return what the application pack of a worker holds."""
    found, packs = progress(conn, worker, today, progression), Packs(conn)
    _, _, team, started = conn.execute(_WORKER, (worker,)).fetchone()
    given = {"worker": worker, "today": today.isoformat()}
    log = tuple(Development(date.fromisoformat(on), kind, title or "") for on, kind, title in conn.execute(_LOG, given))
    held = tuple(registrations(conn, today, worker=worker))
    return Application(found, team, day(started), known(packs.all("framework").values()), log, held)


def candidates(conn: sqlite3.Connection, today: date, team: str | None = None) -> list[Progress]:
    """Return everybody who has begun a progression, the nearest panel first."""
    begun = Packs(conn).all("progression")
    query = """SELECT DISTINCT p.worker FROM programme p JOIN worker w ON w.staff_id = p.worker
        WHERE p.ended_on IS NULL AND p.kind IN (SELECT value FROM json_each(?)) AND (? IS NULL OR w.team = ?)"""
    workers = [who for (who,) in conn.execute(query, (json.dumps(list(begun)), team, team)).fetchall()]
    found = [progress(conn, worker, today) for worker in workers]
    return sorted(found, key=lambda one: (one.panel is None, one.panel or today, one.name))
