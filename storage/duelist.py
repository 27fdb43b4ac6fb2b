"""The narrow read of open obligations, soonest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.dates import status
from storage.reading import HELD_BY, HOLDS, Packs, day


class DueLine(NamedTuple):
    """An open obligation with what a list says about it."""

    id: str
    subject_kind: str
    subject: str
    name: str
    pathway: str
    series: str
    rule: str
    cycle: int
    title: str
    tier: str
    anchor_event: str
    anchor_on: date | None
    legal_due: date | None
    plan_by: date | None
    opens: date | None
    postponed_to: date | None
    postponed_why: str
    worker: str | None
    worker_name: str
    team: str
    citation: str
    verified: bool
    council_due: date | None
    answers: tuple[str, ...]

    def status(self, today: date) -> str:
        """ "overdue", "due" within the horizon, or "upcoming"; "unset" where no date can be given."""
        return status(self.legal_due, self.plan_by, today)

    @property
    def council_difference(self) -> int | None:
        """How many days later than ours the council's own date is; None where either has none."""
        return (self.council_due - self.legal_due).days if self.council_due and self.legal_due else None


_DUE_CASES = f"""
SELECT o.id, 'case' AS kind, o.subject, c.name, c.pathways, o.series, o.rule, o.cycle, o.anchor_event, o.anchor_on,
  o.legal_due AS legal_due, o.plan_by, o.opens, {HELD_BY} AS worker, c.team,
  (SELECT p."to" || ' ' || p.reason FROM postponement p WHERE p."case" = o.subject
    AND p.rule IN (o.rule, o.series) AND p.cycle = o.cycle ORDER BY p.id DESC LIMIT 1),
  (SELECT group_concat(d.kind || ' ' || d.due, ';') FROM council_date d WHERE d."case" = o.subject AND d.held IS NULL)
FROM cases c JOIN obligation o ON o.subject = c.reference AND o.subject_kind = 'case'
WHERE c.closed IS NULL AND {{where}}
"""  # noqa: S608
_DUE_WORKERS = """
SELECT o.id, 'worker', o.subject, w.name, '[]', o.series, o.rule, o.cycle, o.anchor_event, o.anchor_on,
  o.legal_due AS legal_due, o.plan_by, o.opens, w.staff_id, w.team,
  (SELECT p."to" || ' ' || p.reason FROM postponement p WHERE p.worker = o.subject
    AND p.rule IN (o.rule, o.series) AND p.cycle = o.cycle ORDER BY p.id DESC LIMIT 1),
  NULL
FROM worker w JOIN obligation o ON o.subject = w.staff_id AND o.subject_kind = 'worker'
WHERE {where}
"""


def due(
    conn: sqlite3.Connection,
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
    packs = Packs(conn)
    names = dict(conn.execute("SELECT staff_id, name FROM worker"))
    query, given = _due_query(today, team, worker, case, within, overdue, ids)
    wanted = tuple(kind.casefold() for kind in kinds)
    needle = search.casefold()
    for row in conn.execute(query, given):
        line = _due_line(row, packs, names)
        if wanted and not any(_is_kind(line, word) for word in wanted):
            continue
        if needle and needle not in f"{line.subject} {line.name} {line.worker_name} {line.title}".casefold():
            continue
        yield line


def _due_query(
    today: date,
    team: str | None,
    worker: str | None,
    case: str | None,
    within: int | None,
    overdue: bool,
    ids: Sequence[str] | None,
) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {"today": today.isoformat(), "team": team, "worker": worker, "case": case}
    shared, of_case, of_worker = [], [], []
    if team is not None:
        of_case.append("c.team = :team")
        of_worker.append("w.team = :team")
    if worker is not None:
        of_case.append(
            f"""c.reference IN (SELECT a."case" FROM allocation a WHERE a.worker = :worker
                AND a.role = 'allocated_worker' AND {HOLDS})"""  # noqa: S608
        )
        of_worker.append("w.staff_id = :worker")
    if case is not None:
        of_case.append("c.reference = :case")
        of_worker.append("1 = 0")
    if within is not None:
        given["until"] = (today + timedelta(days=within)).isoformat()
        shared.append("o.legal_due <= :until")
    if overdue:
        shared.append("o.legal_due < :today")
    if ids is not None:
        given["ids"] = json.dumps(list(ids))
        shared.append("o.id IN (SELECT value FROM json_each(:ids))")
    cases = _DUE_CASES.format(where=" AND ".join([*of_case, *shared]) or "1 = 1")
    workers = _DUE_WORKERS.format(where=" AND ".join([*of_worker, *shared]) or "1 = 1")
    # A compound's own ORDER BY takes columns only, no expressions: hence the outer select.
    return f"SELECT * FROM ({cases} UNION ALL {workers}) ORDER BY legal_due IS NULL, legal_due, 3, 6", given  # noqa: S608


def _due_line(row: Sequence[Any], packs: Packs, names: dict[str, str]) -> DueLine:
    (number, kind, subject, name, pathways, series, rule, cycle, event, anchored, legal, plan, opens, *rest) = row
    worker, team, postponed, council = rest
    says = packs.get("rule", rule)
    answers = tuple(says.get("answers", ()))
    to, _, why = (postponed or "").partition(" ")
    return DueLine(
        id=number,
        subject_kind=kind,
        subject=subject,
        name=name,
        pathway=_pathway(says.get("pathways", ()), json.loads(pathways)),
        series=series,
        rule=rule,
        cycle=cycle,
        title=packs.title("rule", rule),
        tier=says.get("tier", "local"),
        anchor_event=event,
        anchor_on=day(anchored),
        legal_due=day(legal),
        plan_by=day(plan),
        opens=day(opens),
        postponed_to=day(to or None),
        postponed_why=why,
        worker=worker,
        worker_name=names.get(worker, "") if worker else "",
        team=team,
        citation=next((c["text"] for c in says.get("citations", ())), ""),
        verified=bool(says.get("verified", False)),
        council_due=_council(council, answers),
        answers=answers,
    )


def _pathway(of_rule: Sequence[str], of_case: Sequence[str]) -> str:
    both = [p for p in of_case if p in of_rule]
    return (both or list(of_rule) or list(of_case) or [""])[0]


def _council(kept: str | None, answers: tuple[str, ...]) -> date | None:
    dates = [text.split(" ")[1] for text in (kept or "").split(";") if text and text.split(" ")[0] in answers]
    return day(max(dates)) if dates else None


def _is_kind(line: DueLine, word: str) -> bool:
    return word in (line.rule, line.series, line.subject_kind, line.pathway) or word in line.title.casefold()
