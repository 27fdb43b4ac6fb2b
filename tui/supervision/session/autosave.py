"""What a session's screen does with what is typed: drafts at every pause, and the record, in which nothing is lost.

One thing is written at a time, and what to write is looked at once it is its turn: words that have just been kept are
no longer half said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import on
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from domain.core.errors import AlmonerError, BadInput, Cancelled, StaleRecord
from storage.supervision.session import session_reads
from storage.supervision.session.drafts import save_draft
from storage.supervision.session.pages import END, NEXT, Book, key_of, open_page
from storage.supervision.session.pages import Page as Topic
from storage.supervision.session.session_reads import DraftLine
from tui.core.page import Page
from tui.core.text import line, show
from tui.dialogs.ask import answer
from tui.dialogs.text_clash import TextClashDialog
from tui.supervision.session import session_text as words
from tui.supervision.session.agenda_list import AgendaList
from tui.supervision.session.decision_action import Box
from tui.supervision.session.discussion import Discussion
from tui.widgets.steady import put

if TYPE_CHECKING:
    from storage.supervision.session.parts import Said

PAUSE = 1.0  # seconds from the first key to the draft: a crash loses no more than two
RETRY = 5.0


class Keeping(Page):
    """A page that keeps what is typed on it. ``_half`` holds what cannot be part of the record yet."""

    def __init__(self, session: int | str) -> None:
        super().__init__()
        self.session = int(session)
        self.book: Book | None = None
        self.names: dict[str, str] = {}
        self._panel = Discussion()
        self._half: dict[str, DraftLine] = {}
        self._put: dict[str, str] = {}
        self._turning = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._pause: Timer | None = None
        self._saved = ""
        self._into_page = False
        self._asking = False
        self._begun, self._page_begun = monotonic(), monotonic()

    @property
    def agenda(self) -> AgendaList:
        """The list of pages."""
        return self.query_one(AgendaList)

    @property
    def panel(self) -> Discussion:
        """The page under the cursor."""
        return self._panel

    @property
    def opened(self) -> Book:
        """The session as it was read."""
        assert self.book is not None
        return self.book

    async def _asked(self, question: Coroutine[Any, Any, Any]) -> Any:
        """Wait for a dialog; meanwhile nothing on the page is kept on its own."""
        self._asking = True
        try:
            return await question
        finally:
            self._asking = False

    def _entry(self, page: Topic) -> Content:
        return words.entry(page, self._mark(page), AgendaList.WORDS, self.look)

    def _mark(self, page: Topic) -> str:
        said = self.opened.said.get(page.key)
        if page.key in self._half:
            return words.HALF
        if page.kind == NEXT or page.kind == END or said is None:
            return words.DONE if page.kind == END and self.opened.card.agreed else words.OPEN
        return words.PARKED if said.parked else words.DONE

    def _show_line(self) -> None:
        if self.book is None:
            return
        card, look = self.book.card, self.look
        pages = [page for page in self.book.pages if page.kind not in (NEXT, END)]
        still = sum(self._mark(page) in (words.OPEN, words.HALF) for page in pages)
        parts = [words.who(card, look), words.when(card, look), f"{still} of {len(pages)} open"]
        if self.office.settings.session_timer:
            now = monotonic()
            parts.append(f"{int(now - self._begun) // 60} min, this item {int(now - self._page_begun) // 60}")
        for heading in self.query("#line").results(Static):
            put(heading, show("   ".join(filter(None, [*parts, self._saved]))), moves=False)

    # keeping ---------------------------------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Make what was typed part of the record; stay where something is missing."""
        self.run_worker(self._save(), group="save", exit_on_error=False)

    @on(Box.Wanted)
    def _box_filled(self) -> None:
        """Keep what is in a box, and be ready for the next action."""
        self.run_worker(self._save(then_action=True), group="save", exit_on_error=False)

    async def _save(self, *, then_action: bool = False) -> None:
        async with self._turning:
            try:
                await self._keep(ask=True)
                if then_action and self.panel.action is not None:
                    self.panel.action.inputs["who"].focus()
            except BadInput as error:
                self._note_half()
                if not self.panel.complain(error):
                    raise
            except Cancelled as error:
                self._note_half()
                self.notify(f"{error} Your words are kept as a draft.", markup=False)

    async def _leave(self, *, ask: bool = True) -> None:
        """Keep what was typed before another page comes up; what cannot be kept yet stays as a draft."""
        if self.panel.opened is None or self.panel.is_empty:
            return
        try:
            await self._keep(ask=ask and not self._asking)
        except AlmonerError as error:
            self._note_half()
            title = self.panel.opened.page.title
            self.notify(f"{line(title)}: {error} It is kept as a draft.", severity="warning", markup=False, timeout=8)
        if (key := self.panel.part.key) in self._half:
            await self._put_away(key, self.panel.draft(), self.panel.seen)

    def _note_half(self) -> None:
        part, draft = self.panel.part, self.panel.draft()
        if draft:
            self._half[part.key] = DraftLine(part.key, draft, self.panel.seen, "")
            self.agenda.draw_again(self._entry)

    async def _keep(self, *, ask: bool) -> None:
        """Keep the page in one unit; where somebody else wrote too, ask which text stands."""
        if self.panel.opened is None or self.panel.is_empty:
            return
        said = self.panel.said(self._day())
        if said is None:
            await self._nothing_to_keep()
            return
        try:
            await self._keep_said(said)
        except StaleRecord as stale:
            if not ask or not await self._settle(stale):
                raise Cancelled("Somebody else wrote here too; nothing of theirs was overwritten.") from None
            again = self.panel.said(self._day())
            if again is not None:
                await self._keep_said(again)

    async def _nothing_to_keep(self) -> None:
        key = self.panel.part.key
        async with self._writing:
            if self._half.pop(key, None) or key in self._put:
                await self._write_draft(key, {}, 0)
                self.agenda.draw_again(self._entry)

    async def _keep_said(self, said: Said) -> None:
        from storage.supervision.acts.session_parts import keep_part

        async with self._writing:
            await self.office.desk.run(lambda unit: keep_part(unit, said))
            self._half.pop(said.part.key, None)
            self._put.pop(said.part.key, None)
            self._saved = self._clock_words()
            self.office.changed()
            self.has_seen()
            await self._read_settled()
            await self._show_kept(said)

    async def _read_settled(self) -> None:
        """Read what was said and settled again; the agenda stays as it was when the session was opened."""
        number = self.session
        card, said, decided, agreed = await self.office.desk.read(
            lambda conn: (
                session_reads.session_card(conn, number),
                {key_of(d.topic, d.case, d.worker): d for d in session_reads.discussions(conn, number)},
                tuple(session_reads.decisions(conn, number)),
                tuple(session_reads.session_actions(conn, number)),
            )
        )
        self.book = self.opened._replace(card=card, said=said, decisions=decided, actions=agreed)
        self.agenda.draw_again(self._entry)
        self._show_line()

    async def _show_kept(self, said: Said) -> None:
        """Let the page stand as it was kept, without moving the cursor in it."""
        opened = self.panel.opened
        if opened is None or self.panel.part != said.part:
            return
        card, today = self.opened.card, self.office.today
        now = await self.office.desk.read(lambda conn: open_page(conn, card, opened.page, today, opened.shape.id))
        settled = words.settled(opened.page, self.opened.decisions, self.opened.actions, self.look)
        self.panel.as_kept(now, said, settled)

    async def _settle(self, stale: StaleRecord) -> bool:
        assert self.panel.opened is not None
        labels = {part.id: part.title for part in self.panel.opened.shape.parts}
        chosen = await self._asked(answer(self, TextClashDialog(stale, labels)))
        if chosen is None:
            return False
        number = self.session
        said = await self.office.desk.read(lambda conn: session_reads.discussions(conn, number))
        now = next((d for d in said if key_of(d.topic, d.case, d.worker) == self.panel.part.key), None)
        self.panel.settle(chosen, now)
        return True

    def _day(self) -> date:
        return min(self.opened.card.day, self.office.today)

    # drafts ----------------------------------------------------------------------------------------------------------

    @on(Discussion.Touched)
    def _touched(self) -> None:
        """Begin to count at the first key, not at the last, so that steady typing is put away too."""
        if self._pause is None:
            self._pause = self.set_timer(PAUSE, self._paused)

    def _paused(self) -> None:
        self._pause = None
        self.run_worker(self._put_away_page(), group="drafts", exit_on_error=False)

    async def _put_away_page(self) -> None:
        if self.panel.opened is None or self.panel.is_empty:
            return
        await self.panel.follow_dangers()
        await self._put_away_words()

    async def _put_away_words(self) -> None:
        """Put away what stands on the page and is not kept by the time that it can be put away."""
        async with self._writing:
            if not self.panel.is_empty:
                await self._write_draft(self.panel.part.key, self.panel.draft(), self.panel.seen)

    async def _put_away(self, key: str, draft: dict[str, str], seen: int) -> None:
        """Put a part away as a draft, where it differs from what was put away last."""
        async with self._writing:
            await self._write_draft(key, draft, seen)

    async def _write_draft(self, key: str, draft: dict[str, str], seen: int) -> None:
        mark = str(hash((tuple(draft.items()), seen)))
        if self._put.get(key, "") == mark or not (draft or key in self._put or key in self.opened.drafts):
            return
        number, actor = self.session, self.office.actor or "unknown"

        try:
            await self.office.desk.call(lambda db: save_draft(db, number, key, actor, draft, seen=seen))
        except AlmonerError as error:
            self._saved = f"● not saved: {line(error.message)}"
            self._pause = self._pause or self.set_timer(RETRY, self._paused)
        else:
            self._put[key] = mark
            self._saved = self._clock_words()
        self._show_line()

    async def on_screen_suspend(self) -> None:
        """Another screen comes up: what was typed is kept; a dialog of our own leaves it as a draft."""
        if self.book is None:
            return
        if self._asking or self._turning.locked():
            await self._put_away_page()
        else:
            async with self._turning:
                await self._leave(ask=False)

    def _clock_words(self) -> str:
        clock = self.office.clock
        return f"saved {clock.local(clock.real()):%H:%M:%S}"

    async def on_unmount(self) -> None:
        """Put away what was typed in the last second before the program was left."""
        if self.book is not None and self._pause is not None:
            await self._put_away_words()
