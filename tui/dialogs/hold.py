"""Mark a due thing as held: the event that answers it is recorded with its day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.dates import distance, show_day
from domain.errors import BadInput
from domain.ids import SubjectKind
from storage import views
from tui import deeds
from tui.dialogs.asking import ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, NOTE, Field
from tui.dialogs.record_event import record_kind

if TYPE_CHECKING:
    from storage.views import DueLine, WorkerLine
    from tui.deeds import Deed
    from tui.screens.base import Page


CONCERN = "concern_review"  # the rule under which an answered workload concern is looked at again
STAYS = " It stays due."
STANDS = " That does not answer the date, which still stands: w shows what the rule asks for."


async def hold(page: Page, line: DueLine) -> Deed | None:
    """Ask when the thing was held, record it, and say so when that does not answer the date."""
    deed = await _hold(page, line)
    if deed is not None and line.id in deed.still_open and not deed.held:
        return deed._replace(said=deed.said + STAYS)
    if deed is not None and line.id in deed.still_open:
        return deed._replace(said=deed.said + STANDS)
    return deed


async def _hold(page: Page, line: DueLine) -> Deed | None:
    if line.series == CONCERN:
        return await _answer(page, line.subject)
    if line.subject_kind == SubjectKind.WORKER:
        return await hold_session(page, line.subject, _legal(line, page.office.today))
    packs = await page.office.desk.read(views.Packs)
    answers = [kind for kind in line.answers if packs.get("event_kind", kind)]
    if not answers:
        raise BadInput(f"{line.title}: no event answers this rule.", hint="Record what happened on the case itself.")
    choices = [Choice(kind, packs.title("event_kind", kind)) for kind in answers]
    kind = await choose(page, f"What was held? {line.title}", choices)
    if kind is None:
        return None
    about = _legal(line, page.office.today)
    return await record_kind(page, line.subject, kind, packs.get("event_kind", kind), about)


async def _answer(page: Page, worker: str) -> Deed | None:
    """Ask what becomes of the workload concern whose review is due."""
    from storage.concerns import open_concerns
    from tui.dialogs.load_form import answer_concern

    today = page.office.today
    concerns = await page.office.desk.read(lambda conn: open_concerns(conn, None, today, worker))
    due = sorted((one for one in concerns if one.review_on), key=lambda one: one.review_on or today)
    return await answer_concern(page, due[0]) if due else None


def _legal(line: DueLine, today: date) -> str:
    if line.legal_due is None:
        return line.title
    return f"{line.title}: due {show_day(line.legal_due, today)}, {distance(line.legal_due, today)}."


async def hold_session(page: Page, worker: str, about: str = "") -> Deed | None:
    """Ask when a worker was supervised and by whom, and record it."""
    today = page.office.today
    board = await page.office.desk.read(lambda conn: views.team_board(conn, None, today))
    supervisor = next((line.supervisor for line in board if line.staff_id == worker), None)
    fields = [
        Field("on", "Held on", DAY, "today", required=True),
        supervisor_field(page, board, worker, supervisor),
        Field("note", "Note", NOTE),
    ]
    return await ask(
        page,
        f"Supervision held: {worker}",
        fields,
        lambda unit, v: deeds.hold_session(unit, worker, v["supervisor"], v["on"], v["note"]),
        about=about,
    )


def supervisor_field(page: Page, board: list[WorkerLine], worker: str, supervisor: str | None) -> Field:
    """Return the question who supervises, the usual supervisor chosen already."""
    choices = [Choice(w.staff_id, page.look.worker(w.name), w.staff_id) for w in board if w.staff_id != worker]
    return Field("supervisor", "Supervisor", CHOICE, supervisor or "", choices, required=True)
