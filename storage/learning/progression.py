"""How far a worker is on the way to the next grade: criteria, evidence, gaps, and what an application pack holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.core.dates import parse_day
from domain.core.errors import BadInput, NotFound
from domain.learning.frameworks import Capability, known, meant
from domain.learning.progression import Row, Shown, gaps, offered, rows
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM
from storage.learning.registrations import RegistrationLine, registrations
from storage.rules.kept_packs import Packs

PANEL = "panel"  # a programme's setting, and the milestone once the panel was held


class Progress(NamedTuple):
    """One worker's progression. ``panel`` is the day of the panel; ``example``: the criteria are not the council's.

    ``evidence`` includes finished pieces of professional development, under negative numbers.
    """

    worker: str
    name: str
    team: str
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
        """The criteria for which evidence is missing."""
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
    """What an application pack holds: who applies for what, the evidence by criterion, the log, and the gaps."""

    progress: Progress
    capabilities: dict[str, Capability]
    log: tuple[Development, ...]
    registrations: tuple[RegistrationLine, ...]

    def words(self, domains: Sequence[str]) -> tuple[str, ...]:
        """Return the titles of capabilities."""
        return tuple(meant(code, self.capabilities).words for code in domains)


class _Worker(NamedTuple):
    name: str
    grade: str
    team: str


class _Begun(NamedTuple):
    id: int
    kind: str
    ends: date | None
    settings: Mapping[str, Any]

    @property
    def panel(self) -> date | None:
        given = self.settings.get(PANEL)
        return parse_day(given) if isinstance(given, str) and given else self.ends


_WHO = "SELECT name, grade, team FROM worker_on(:today) w WHERE w.staff_id = :worker"
_BEGUN = """SELECT id, kind, ends, settings FROM programme
WHERE worker = :worker AND (ended_on IS NULL OR ended_on > :today) ORDER BY starts DESC, id DESC"""
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
UNION ALL SELECT "on", 'Training', coalesce(json_extract(details, '$.topic'), '') FROM worker_event
  WHERE worker = :worker AND kind = 'training_completed' AND "on" <= :today
ORDER BY 1
"""


def progress(conn: Connection, worker: str, today: date, progression: str | None = None) -> Progress:
    """Return how far a worker is: in the progression begun or given, else the one that leads on from their grade.

    Raises NotFound for a worker or progression there is not, and BadInput where none leads on from the grade.
    """
    packs = Packs(conn)
    who = conn.one(_Worker, _WHO, worker=worker, today=today)
    if who is None:
        raise NotFound(f"There is no worker {worker!r}.", field="worker", hint="See: almoner list worker")
    begun = conn.all(_Begun, _BEGUN, worker=worker, today=today)
    chosen = _chosen(packs, progression, who.grade, [one.kind for one in begun])
    said = packs.get("progression", chosen)
    shown = _evidence(conn, packs, worker, today)
    own = next((one for one in begun if one.kind == chosen), None)
    return Progress(
        worker=worker,
        name=who.name,
        team=who.team,
        grade=packs.title("grade", who.grade),
        progression=chosen,
        title=said["title"],
        to_grade=packs.title("grade", said["to_grade"]) if said.get("to_grade") else "",
        note=said.get("note", ""),
        example=said.get("basis") == "local",
        panel=own.panel if own else None,
        programme=own.id if own else None,
        rows=tuple(rows(said["criteria"], shown)),
        evidence=tuple(shown),
    )


def _chosen(packs: Packs, wanted: str | None, grade: str, begun: Sequence[str]) -> str:
    progressions = packs.all("progression")
    if wanted is not None and wanted not in progressions:
        hint = f"There are: {', '.join(sorted(progressions))}."
        raise NotFound(f"There is no progression {wanted!r} in the packs.", field="progression", hint=hint)
    chosen = wanted or offered(progressions, grade, begun)
    if chosen is None:
        words = f"No progression in the packs leads on from {packs.title('grade', grade)}."
        raise BadInput(words, field="progression", hint="See: almoner list progression")
    return chosen


def _evidence(conn: Connection, packs: Packs, worker: str, today: date) -> list[Shown]:
    among = known(packs.all("framework").values())
    found = conn.all(Shown, _EVIDENCE, worker=worker, today=today)
    return [one._replace(domains=tuple(dict.fromkeys(meant(code, among).id for code in one.domains))) for one in found]


def application(conn: Connection, worker: str, today: date, progression: str | None = None) -> Application:
    """Return what the application pack of a worker holds."""
    found = progress(conn, worker, today, progression)
    log = tuple(conn.all(Development, _LOG, worker=worker, today=today))
    held = tuple(registrations(conn, today, worker=worker))
    return Application(found, known(Packs(conn).all("framework").values()), log, held)


def candidates(conn: Connection, today: date, team: str | None = None) -> list[Progress]:
    """Return everybody who has begun a progression, the nearest panel first."""
    query = f"""SELECT DISTINCT p.worker FROM programme p JOIN worker w ON w.staff_id = p.worker
        WHERE p.ended_on IS NULL AND p.kind IN :kinds AND {IN_TEAM}"""  # noqa: S608
    workers = conn.values(query, kinds=list(Packs(conn).all("progression")), team=team, today=today)
    found = [progress(conn, worker, today) for worker in workers]
    return sorted(found, key=lambda one: (one.panel is None, one.panel or today, one.name))
