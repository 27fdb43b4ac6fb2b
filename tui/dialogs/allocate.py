"""Give a case to a worker: who there is, and what it would do to the load of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from domain import capacity
from domain.dates import show_day
from domain.errors import NotFound
from domain.ids import CHANGE_REASON_TITLES, ROLE_TITLES, Role
from domain.text import plural
from storage import views
from tui import deeds
from tui.dialogs.asking import answer, ask
from tui.dialogs.choose import Choice, Picker
from tui.dialogs.form import CHOICE, DAY, NOTE, Field
from tui.words import hundredths, percent, state

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from storage.views import CaseCard, WorkerLine
    from tui.deeds import Deed
    from tui.screens.base import Page
    from tui.words import Look

NAME_ROOM = 20
LOAD_ROOM = 22
SHOWN = 200
ROLES = [Choice(role.value, title) for role, title in ROLE_TITLES.items()]
REASONS = [Choice(reason.value, title, reason.value) for reason, title in CHANGE_REASON_TITLES.items()]


class Takers(NamedTuple):
    """The case, the workers who are there to take it, and where the bands of load end."""

    card: CaseCard
    workers: Sequence[WorkerLine]
    bands: capacity.Bands


class TakerDialog(Picker):
    """Answers the staff id of a worker. The team of the case comes first; letters find anybody."""

    PROMPT = "a few letters of a name or a staff id; other teams are found too"
    NOTHING = "No worker matches."
    WIDE = True

    def __init__(self, title: str, own: Sequence[Choice], others: Sequence[Choice]) -> None:
        super().__init__(title)
        self._own = own
        self._others = others

    def offer(self, letters: str) -> None:
        """Show the team, and with letters those of other teams who match."""
        own: list[Choice | None] = [c for c in self._own if c.matches(letters)]
        others = [c for c in self._others if (letters.strip() or not self._own) and c.matches(letters)][:SHOWN]
        self.put([*own, *([None] if own and others else []), *others])


async def allocate(page: Page, reference: str) -> Deed | None:
    """Ask who takes a case, from when and why, and allocate it."""
    today, look = page.office.today, page.look
    takers = await page.office.desk.read(lambda conn: _takers(conn, reference, today))
    card = takers.card
    own = [w for w in takers.workers if w.team == card.team]
    others = [w for w in takers.workers if w.team != card.team]
    held = f", now with {look.worker(card.worker_name)}" if card.worker else ""
    worker = await answer(
        page,
        TakerDialog(
            f"Who takes {reference} ({hundredths(card.points)} points{held})?",
            [_choice(w, takers, look) for w in own],
            [_choice(w, takers, look, team=True) for w in others],
        ),
    )
    if worker is None:
        return None
    name = next((look.worker(w.name) for w in takers.workers if w.staff_id == worker), worker)
    return await ask(
        page,
        f"Allocate {reference} to {name}",
        _fields(card),
        lambda unit, v: deeds.allocate(unit, reference, worker, v["starts"], v["role"], v.get("reason"), v["note"]),
        about=_ending(card, look),
    )


def _takers(conn: sqlite3.Connection, reference: str, today: date) -> Takers:
    card = views.case_card(conn, reference, today)
    if card is None:
        raise NotFound(f"There is no case {reference!r} any more.", field="case")
    packs = views.Packs(conn)
    there = [w for w in views.team_board(conn, None, today, packs=packs) if w.staff_id != card.worker]
    return Takers(card, there, views.bands(packs.get("scheme", card.scheme)))


def _choice(worker: WorkerLine, takers: Takers, look: Look, *, team: bool = False) -> Choice:
    after = capacity.utilisation(worker.points + takers.card.points, worker.capacity)
    found = state(capacity.band(after, takers.bands))
    load = f"{percent(worker.utilisation)} → {percent(after)}".ljust(15) + f"{found.glyph} {found.word}".strip()
    if after is None:
        load = f"{hundredths(worker.points)} → {hundredths(worker.points + takers.card.points)} points"
    load = load.ljust(LOAD_ROOM)
    parts = [load, plural(worker.cases, "case"), worker.grade_title, *([worker.team] if team else [])]
    if worker.fte != 100:
        parts.append(f"{hundredths(worker.fte)} FTE")
    if worker.leaves:
        parts.append(f"leaves {show_day(worker.leaves, look.today)}")
    return Choice(worker.staff_id, look.worker(worker.name), "  ".join(parts), room=(0, NAME_ROOM))


def _fields(card: CaseCard) -> list[Field]:
    reason = Field("reason", "Because", CHOICE, "", REASONS, hint="why the worker changes")
    return [
        Field("starts", "From", DAY, "today", required=True, ahead=True),
        Field("role", "As", CHOICE, Role.ALLOCATED.value, ROLES, required=True),
        *([reason] if card.worker else []),
        Field("note", "Note", NOTE),
    ]


def _ending(card: CaseCard, look: Look) -> str:
    if not card.worker:
        return "Nobody holds it now."
    since = f" since {show_day(card.since, look.today)}" if card.since else ""
    return f"{look.worker(card.worker_name)} has held it{since}; a new allocated worker ends that."
