"""Open obligations as lists show them, soonest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.core.dates import status
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS, TEAM_MEMBERS
from storage.people import staff
from storage.rules.kept_packs import Packs


class ObligationName(NamedTuple):
    """What an open obligation is about: which rule or series asks for it of whom, for the which time."""

    subject_kind: str
    subject: str
    series: str
    cycle: int


def asked_about(conn: Connection, obligation: str) -> ObligationName | None:
    """Return what the open obligation with that id is about."""
    query = "SELECT subject_kind, subject, series, cycle FROM obligation WHERE id = :obligation"
    return conn.one(ObligationName, query, obligation=obligation)


class DueLine(NamedTuple):
    """An open obligation with what a list says about it.

    As the database has them: ``pathways`` of its case, ``postponed`` as "day reason", and in ``council`` the dates that
    the council's own system has for the case, as "kind day;kind day".
    """

    id: str
    subject_kind: str
    subject: str
    name: str
    pathways: tuple[str, ...]
    series: str
    rule: str
    cycle: int
    anchor_event: str
    anchor_on: date | None
    legal_due: date | None
    plan_by: date | None
    opens: date | None
    worker: str | None
    team: str
    postponed: str | None
    council: str | None
    # Not columns of the query:
    worker_name: str = ""
    pathway: str = ""
    title: str = ""
    tier: str = ""
    citation: str = ""
    verified: bool = False
    answers: tuple[str, ...] = ()

    def status(self, today: date) -> str:
        """Return how it stands: "overdue", "due" within the horizon, "upcoming", or "unset" without a date."""
        return status(self.legal_due, self.plan_by, today)

    @property
    def postponed_to(self) -> date | None:
        """The day it was put off to."""
        return date.fromisoformat(self.postponed.partition(" ")[0]) if self.postponed else None

    @property
    def postponed_why(self) -> str:
        """Why it was put off."""
        return self.postponed.partition(" ")[2] if self.postponed else ""

    @property
    def council_due(self) -> date | None:
        """The latest of the council's own dates for an event that answers the rule."""
        known = (one.split(" ") for one in self.council.split(";")) if self.council else ()
        dates = [day for kind, day in known if kind in self.answers]
        return date.fromisoformat(max(dates)) if dates else None

    @property
    def council_difference(self) -> int | None:
        """How many days later than ours the council's own date is; None where either has none."""
        return (self.council_due - self.legal_due).days if self.council_due and self.legal_due else None


# A worker's cases; then the two halves of the list, of cases and of workers, before their conditions.
_HELD = f"""c.reference IN (SELECT a."case" FROM allocation a
  WHERE a.worker = :worker AND a.role = 'allocated_worker' AND {HOLDS})"""  # noqa: S608
# The council's open dates of a case on a day: of those that were held later, the first of each kind was open then.
COUNCIL_DATES = """(SELECT group_concat(d.kind || ' ' || d.due, ';') FROM council_date d
  WHERE d."case" = c.reference AND (d.held IS NULL OR d.held > :today) AND NOT EXISTS (SELECT 1 FROM council_date e
    WHERE e."case" = d."case" AND e.kind = d.kind AND e.held > :today AND e.due < d.due))"""
_OF_CASES = f"""
SELECT o.id, o.subject_kind, o.subject, c.name, c.pathways, o.series, o.rule, o.cycle, o.anchor_event, o.anchor_on,
  o.legal_due, o.plan_by, o.opens, {HELD_BY} AS worker, c.team,
  (SELECT p."to" || ' ' || p.reason FROM postponement p WHERE p."case" = o.subject
    AND p.rule IN (o.rule, o.series) AND p.cycle = o.cycle ORDER BY p.id DESC LIMIT 1) AS postponed,
  {COUNCIL_DATES} AS council
FROM cases c JOIN obligation o ON o.subject = c.reference AND o.subject_kind = 'case'
WHERE c.closed IS NULL"""  # noqa: S608
_OF_WORKERS = """
SELECT o.id, o.subject_kind, o.subject, w.name, '[]', o.series, o.rule, o.cycle, o.anchor_event, o.anchor_on,
  o.legal_due, o.plan_by, o.opens, w.staff_id, w.team,
  (SELECT p."to" || ' ' || p.reason FROM postponement p WHERE p.worker = o.subject
    AND p.rule IN (o.rule, o.series) AND p.cycle = o.cycle ORDER BY p.id DESC LIMIT 1),
  NULL
FROM worker_on(:today) w JOIN obligation o ON o.subject = w.staff_id AND o.subject_kind = 'worker'
WHERE 1 = 1"""


def due(
    conn: Connection,
    *,
    today: date,
    team: str | None = None,
    worker: str | None = None,
    case: str | None = None,
    within: int | None = None,
    overdue: bool = False,
    kinds: Sequence[str] = (),
    search: str = "",
    ids: Sequence[str] | None = None,
) -> Iterator[DueLine]:
    """Yield open obligations, soonest first: those of a team, a worker or a case, within some days, or overdue.

    ``kinds`` keeps rules whose id, series or subject is named, or whose title holds the word; ``search`` those whose
    reference, name, worker or title holds it; ``ids`` the obligations so numbered.
    """
    asked = (
        (team is not None, "c.team = :team", f"w.staff_id IN {TEAM_MEMBERS}"),
        (worker is not None, _HELD, "w.staff_id = :worker"),
        (case is not None, "c.reference = :case", "1 = 0"),
        (within is not None, "o.legal_due <= :until", "o.legal_due <= :until"),
        (overdue, "o.legal_due < :today", "o.legal_due < :today"),
        (ids is not None, "o.id IN :ids", "o.id IN :ids"),
    )
    of_cases = " AND ".join((_OF_CASES, *(of_case for there, of_case, _ in asked if there)))
    of_workers = " AND ".join((_OF_WORKERS, *(of_worker for there, _, of_worker in asked if there)))
    # A compound's own ORDER BY takes columns only, no expressions: hence the outer select.
    query = f"""SELECT * FROM ({of_cases} UNION ALL {of_workers}) AS found
        ORDER BY legal_due IS NULL, legal_due, subject, series"""  # noqa: S608
    given = {"today": today, "team": team, "worker": worker, "case": case, "ids": ids}
    given["until"] = None if within is None else today + timedelta(days=within)

    packs, names = Packs(conn), staff.names(conn)
    known: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
    words, needle = [kind.casefold() for kind in kinds], search.casefold()
    for found in conn.each(DueLine, query, **given):
        key = found.rule, found.pathways
        if key not in known:
            known[key] = from_packs(packs, *key)
        line = found._replace(worker_name=names.get(found.worker or "", ""), **known[key])
        if words and not any(_is_kind(line, word) for word in words):
            continue
        if needle and needle not in f"{line.subject} {line.name} {line.worker_name} {line.title}".casefold():
            continue
        yield line


def from_packs(packs: Packs, rule: str, pathways: tuple[str, ...]) -> dict[str, Any]:
    """Return those fields of a line that follow from its rule and the pathways of its case."""
    says = packs.get("rule", rule)
    of_rule = says.get("pathways", ())
    both = [one for one in pathways if one in of_rule]
    return {
        "pathway": next(iter(both or of_rule or pathways), ""),
        "title": packs.title("rule", rule),
        "tier": says.get("tier", "local"),
        "citation": next((one["text"] for one in says.get("citations", ())), ""),
        "verified": bool(says.get("verified", False)),
        "answers": tuple(says.get("answers", ())),
    }


def _is_kind(line: DueLine, word: str) -> bool:
    return word in (line.rule, line.series, line.subject_kind, line.pathway) or word in line.title.casefold()
