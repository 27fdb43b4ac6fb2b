"""A session: the agenda on the left, the case or topic under its cursor on the right, recorded once as it is held.

What is typed is put away as a draft within two seconds; leaving a page, or ctrl+s, makes it part of the record.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, OptionList, Static, TextArea

from storage.supervision.session import session_reads
from storage.supervision.session.pages import END, NEXT, Book, Opened, open_book, open_page, worker_names
from storage.supervision.session.pages import Page as Topic
from storage.supervision.session.prompts import nudges
from tui.core.choice import Choice
from tui.core.editor import edit
from tui.core.keys import bindings
from tui.core.screens import page as screen_page
from tui.core.text import line
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.message import MessageDialog
from tui.supervision.session import session_text as words
from tui.supervision.session.agenda_list import AgendaList
from tui.supervision.session.autosave import Keeping
from tui.widgets.text_field import Writing

# What is done by a letter works from the agenda only: in a field the letter is typed.
_LETTERS = frozenset(
    ("new", "park", "other_format", "prompts", "last_time", "record", "book_next", "see_record", "session_timer")
)


class SessionScreen(Keeping):
    """One supervision session."""

    CSS_PATH = "session_screen.tcss"
    AREA = "supervision"
    AUTO_FOCUS = "AgendaList"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "save", "next-item", "item-before", "in-editor", "new", "park", "record", "other-format", "prompts",
        "last-time", "book-next", "see-record", "session-timer",
    )  # fmt: skip

    def body(self) -> ComposeResult:
        """The line about the session, its agenda, and the page under the cursor."""
        yield Static(id="line")
        with Horizontal(id="book"):
            yield AgendaList()
            yield self.panel

    def on_mount(self) -> None:
        """Keep the clock of the heading going, for whoever wants it; of an earlier day nothing is typed."""
        self.panel.disabled = self.office.as_of is not None
        self.set_interval(20, self._show_line)

    # reading ---------------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read the session and show it; what is half said on the page stays there."""
        first = self.book is None
        number, today, actor = self.session, self.office.today, self.office.actor or "unknown"
        book = await self.office.desk.read(lambda conn: open_book(conn, number, today, actor))
        self.names = await self.office.desk.read(lambda conn: worker_names(conn, book.card))
        self.book = book
        self.title_with("Supervision")
        if first and book.drafts:
            await self._offer(book)
        self.agenda.show_pages(book.pages, self._entry)
        self._show_line()
        if not first and not self.panel.draft():
            await self._turn_to(self.agenda.current, again=True)

    async def _offer(self, book: Book) -> None:
        from tui.supervision.session.session_dialogs import offer_drafts

        if await self._asked(offer_drafts(self, book.drafts)):
            self._half = dict(book.drafts)
            return
        for draft in book.drafts.values():
            await self._put_away(draft.part, {}, draft.seen)

    # turning pages ---------------------------------------------------------------------------------------------------

    @on(OptionList.OptionHighlighted, "AgendaList")
    def _moved(self) -> None:
        self.run_worker(self._turn(), group="turn", exit_on_error=False)

    @on(OptionList.OptionSelected, "AgendaList")
    def _entered(self) -> None:
        self._into_page = True
        self.run_worker(self._turn(), group="turn", exit_on_error=False)

    async def _turn(self) -> None:
        """Keep what was typed, and show the page under the cursor."""
        async with self._turning:
            wanted = self.agenda.current
            here = self.panel.opened.page if self.panel.opened else None
            if wanted is not None and (here is None or wanted.key != here.key):
                await self._leave()
                await self._turn_to(wanted)
            if self._into_page and (field := self.panel.first_field()) is not None:
                field.focus()
            self._into_page = False

    async def _turn_to(self, page: Topic | None, *, again: bool = False, form: str = "") -> None:
        if page is None or self.book is None:
            return
        number, card, today = self.session, self.book.card, self.office.today
        if page.kind in (NEXT, END):
            await self._show_last(page)
            return
        opened = await self.office.desk.read(lambda conn: open_page(conn, card, page, today, form))
        settled = words.settled(page, self.book.decisions, self.book.actions, self.look)
        typing = again and self.panel.has_focus_within
        async with self._writing:  # nobody takes the page for empty before what was half said stands there again
            await self.panel.show_page(opened, number, settled, self.office.actor, self.names, self.look)
            if (draft := self._half.get(page.key)) is not None:
                await self.panel.take_up(draft.answers, draft.seen)
        if typing and (field := self.panel.first_field()) is not None:
            field.focus()
        self._page_begun = monotonic()
        self._show_line()

    async def _show_last(self, page: Topic) -> None:
        """Show the next date, or what is worth a second look before the record is agreed."""
        number, card = self.session, self.opened.card
        if page.kind == END:
            found = await self.office.desk.read(lambda conn: nudges(conn, number))
            half = [words.about(key.partition(":")[2] if key.startswith("case:") else key.partition(":")[0])
                    for key in self._half]  # fmt: skip
            content = words.end_words(card, found, half, self.look)
            choices = [("record", "Record the day it was held"), ("see_record", "See the two records, and agree them")]
        else:
            booked = await self.office.desk.read(lambda conn: session_reads.booked_after(conn, card))
            content = words.next_words(booked, self.look)
            choices = [("book_next", "Book the next session")]
        await self.panel.show_plain(content, choices)

    def action_next_item(self) -> None:
        """Go on to the next page, into its first field."""
        self._into_page = True
        self.agenda.step(1)

    def action_item_before(self) -> None:
        """Go back to the page before."""
        self._into_page = True
        self.agenda.step(-1)

    def action_back(self) -> None:
        """From a field to the agenda; from the agenda to the screen before, once everything is kept."""
        if self.focused is not self.agenda:
            self.agenda.focus()
        else:
            self.run_worker(self._go_away(), exit_on_error=False)

    async def _go_away(self) -> None:
        async with self._turning:
            await self._leave()
        super().action_back()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what a letter does only where letters are not typed; going back works everywhere."""
        typing = isinstance(self.focused, TextArea | Input)
        if action in _LETTERS:
            return not typing
        if action == "in_editor":
            return isinstance(self.focused, TextArea)
        if action == "back" and typing:
            return True
        return super().check_action(action, parameters)

    # what can be done beside writing ---------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def _do(self, doing: Callable[[], Coroutine[Any, Any, str | None]], *, turn: str = "") -> None:
        """Keep the page, ask what is to be asked, and read again."""
        async with self._turning:
            await self._leave()
            said = await self._asked(doing())
        if said is None:
            return
        self.office.changed()
        self.notify(line(said), markup=False)
        await self.load()
        self.has_seen()
        if turn:
            self.agenda.focus()

    def action_new(self) -> None:
        """Put something on the agenda."""
        from tui.supervision.session.session_dialogs import put_on_agenda

        self._do(lambda: put_on_agenda(self, self.opened.card))

    def action_park(self) -> None:
        """Leave this page for another time."""
        from tui.supervision.session.session_dialogs import park

        if (opened := self._page_of_words()) is not None:
            part = self.panel.part
            self._do(lambda: park(self, part, opened))

    def action_record(self) -> None:
        """Record on which day the session was held."""
        from tui.supervision.session.session_dialogs import held

        self._do(lambda: held(self, self.opened.card))

    def action_book_next(self) -> None:
        """Book the next session."""
        from tui.supervision.session.session_dialogs import book_next

        self._do(lambda: book_next(self, self.opened.card))

    def action_see_record(self) -> None:
        """See the two records as they will be filed."""
        self.app.push_screen(screen_page("record", self.session))

    def _page_of_words(self) -> Opened | None:
        if self.panel.opened is None or self.panel.is_empty:
            self.notify("Move to a case or a topic first.", markup=False)
            return None
        return self.panel.opened

    @on(OptionList.OptionSelected, "Menu")
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        name = event.option_id or ""
        if name.startswith("action-"):
            from tui.supervision.session.session_dialogs import settle_action

            opened = self.panel.opened
            action = next((a for a in opened.open if f"action-{a.id}" == name), None) if opened else None
            if action is not None:
                self._do(lambda: settle_action(self, self.opened.card, action))
        elif name:
            getattr(self, f"action_{name}")()

    @work(exit_on_error=False)
    async def action_other_format(self) -> None:
        """Talk the page through in another format; what was written stays."""
        if (opened := self._page_of_words()) is None:
            return
        choices = [Choice(name, title) for name, title in opened.fitting]
        async with self._turning:
            await self._leave()
            chosen = await self._asked(self.app.push_screen_wait(ChooseDialog("Which format?", choices)))
            if chosen:
                await self._turn_to(opened.page, form=chosen)

    def action_prompts(self) -> None:
        """Show the format's questions."""
        if (opened := self._page_of_words()) is not None:
            asked = "\n".join(f"· {prompt}" for prompt in opened.shape.prompts) or "This format has no questions."
            self.app.push_screen(MessageDialog("To reflect on", asked))

    def action_last_time(self) -> None:
        """Show what was said last time."""
        if (opened := self._page_of_words()) is not None:
            self.app.push_screen(MessageDialog("Last time", words.last_time(opened, self.look)))

    def action_session_timer(self) -> None:
        """Show or hide the time taken, now and in later sessions."""
        self.office.settings.session_timer = not self.office.settings.session_timer
        self._show_line()

    @work(exit_on_error=False)
    async def action_in_editor(self) -> None:
        """Hand the field over to the person's own editor."""
        field = self.focused
        if not isinstance(field, Writing):
            return
        await self._put_away_page()
        text = edit(self.app, field.said())
        if text is None:
            self.notify("Nothing was changed in the editor.", markup=False)
        else:
            field.put(text)
