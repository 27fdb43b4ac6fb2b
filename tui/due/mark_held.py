"""Mark a due thing as held: what answers it is recorded with its day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import distance, show_day
from domain.core.enums import SubjectKind
from domain.core.errors import BadInput
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.core.screens import question
from tui.dialogs.ask import choose
from tui.due.done_text import DoneText
from tui.due.record_event import record_kind, title_of

if TYPE_CHECKING:
    from storage.due.due_list import DueLine
    from tui.core.page import Page


CONCERN = "concern_review"  # the rule under which an answered workload concern is looked at again
STAYS = " It stays due."
STANDS = " That does not answer the date, which still stands: w shows what the rule asks for."


async def hold(page: Page, line: DueLine) -> DoneText | None:
    """Ask when the thing was held, record it, and say so when that does not answer the date."""
    told = await _hold(page, line)
    if told is None or line.id in told.over:
        return told
    return told._replace(words=told.words + (STANDS if told.held else STAYS))


async def _hold(page: Page, line: DueLine) -> DoneText | None:
    if line.series == CONCERN:
        return await _answer(page, line)
    about = _legal(line, page.office.today)
    if line.subject_kind == SubjectKind.WORKER:
        told: DoneText | None = await question("hold-session")(page, line.subject, about)
        return told
    packs = await page.office.desk.read(lambda conn: Packs(conn).all("event_kind"))
    choices = [Choice(kind, title_of(kind, packs[kind])) for kind in line.answers if kind in packs]
    if not choices:
        raise BadInput(f"{line.title}: no event answers this rule.", hint="Record what happened on the case itself.")
    kind = await choose(page, f"What was held? {line.title}", choices)
    return await record_kind(page, line.subject, kind, packs[kind], about) if kind else None


async def _answer(page: Page, line: DueLine) -> DoneText | None:
    """Ask what becomes of the workload concern whose review is due."""
    words = await question("answer-due-concern")(page, line.subject)
    return DoneText(words, page.office.today, over=frozenset({line.id})) if words else None


def _legal(line: DueLine, today: date) -> str:
    if line.legal_due is None:
        return line.title
    return f"{line.title}: due {show_day(line.legal_due, today)}, {distance(line.legal_due, today)}."
