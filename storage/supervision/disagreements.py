"""Disagreements and how they stand: on which stage, with whom, and by when each is to be settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.core.dates import show_day
from domain.supervision import agenda
from domain.supervision.agenda import Item, Weighed
from domain.supervision.escalation import DUE, LATE, following, rungs, standing
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, TEAM_MEMBERS
from storage.rules.kept_packs import Packs


class DisagreementLine(NamedTuple):
    """A disagreement and how it stands: late, due, open, unset (its stage has no date) or ended.

    ``next_stage`` is the title of the stage that follows; empty on the last one.
    """

    id: int
    worker: str | None
    case: str | None
    session: int | None
    about: str
    raised_by: str
    raised_on: date
    ladder: str
    stage: str
    stage_on: date
    with_whom: str
    due: date | None
    outcome: str
    ended_on: date | None
    version: int
    stage_title: str = ""
    next_stage: str = ""
    state: str = ""

    @property
    def subject(self) -> str:
        """The case or the worker that it is about."""
        return self.case or self.worker or ""


# reading -----------------------------------------------------------------------------------------------------------

_OPEN = f"""
SELECT d.id, d.worker, d."case", d.session, d.about, d.raised_by, d.raised_on, d.ladder, d.stage, d.stage_on,
  d.with_whom, d.due, d.outcome, d.ended_on, d.version
FROM disagreement d LEFT JOIN cases c ON c.reference = d."case"
WHERE (:ended OR d.ended_on IS NULL) AND (:id IS NULL OR d.id = :id)
  AND (:team IS NULL OR d.worker IN {TEAM_MEMBERS} OR c.team = :team)
  AND (:worker IS NULL OR d.worker = :worker OR (d."case" IS NOT NULL AND {HELD_BY} = :worker))
ORDER BY d.ended_on IS NOT NULL, d.due IS NULL, d.due, d.id
"""  # noqa: S608


def disagreements(
    conn: Connection,
    today: date,
    *,
    worker: str | None = None,
    team: str | None = None,
    ended: bool = False,
    number: int | None = None,
) -> list[DisagreementLine]:
    """Return the disagreements about a worker and the cases held, or of a team; what is late first, ended ones last."""
    packs = Packs(conn)
    found = conn.all(DisagreementLine, _OPEN, worker=worker, team=team, today=today, ended=ended, id=number)
    return [_line(one, packs, today) for one in found]


def open_disagreements(
    conn: Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[DisagreementLine]:
    """Return the disagreements that have no outcome yet, the most urgent first."""
    return disagreements(conn, today, worker=worker, team=team)


def on_agenda(conn: Connection, worker: str, today: date) -> Iterator[Weighed]:
    """Yield the disagreements for a worker's agenda, beside the agreement or with the case that they are about.

    Only the stage and its day are given, not what the disagreement is about.
    """
    for one in open_disagreements(conn, today, worker=worker):
        kind, subject = ("item", one.case) if one.case else ("agreement", worker)
        why = f"by {show_day(one.due, today)}" if one.due else "no day is set for this stage"
        state = {LATE: agenda.LATE, DUE: agenda.DUE}.get(one.state, agenda.NEW)
        days, key = (today - one.raised_on).days, f"disagreement:{one.id}"
        yield Weighed(Item(kind, subject, f"Not settled: {one.stage_title}", why, days, state, "", key), days)


def _line(one: DisagreementLine, packs: Packs, today: date) -> DisagreementLine:
    """Return a disagreement with the titles of its stage and of the next, and how it stands."""
    steps = rungs(packs.get("ladder", one.ladder))
    title = next((step.title for step in steps if step.id == one.stage), one.stage.replace("_", " ").capitalize())
    after = following(steps, one.stage)
    state = standing(one.due, one.ended_on, today)
    return one._replace(stage_title=title, next_stage=after.title if after else "", state=state)
