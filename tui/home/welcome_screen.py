"""The first run: who is working, and what to begin with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.files.paths import DEMO
from storage.opening import open_database
from tui.core.choice import Choice
from tui.core.frame import Heading, Keys
from tui.core.page import Page
from tui.core.screens import page
from tui.core.storage_thread import Job, in_plain_words
from tui.core.text import show
from tui.dialogs.choose import list_line
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.progress import STOPPING, ProgressDialog
from tui.home.settings_screen import actor_form
from tui.widgets.menu import Menu

if TYPE_CHECKING:
    from domain.core.clock import Clock
    from storage.records.database import Database

WORDS = """Almoner runs supervision and plans caseloads for a social work team: who holds what, how much that is, \
and what falls due. It works offline; the data stays on this machine."""
ROOM = (0, 24)
BEGINNINGS = (
    Choice("demo", "Look around", "a fictional team; nothing real is touched", room=ROOM),
    Choice("import", "Take in an extract", "of a case system, a return or a spreadsheet", room=ROOM),
    Choice("empty", "Start empty", "name your team; add people and cases later", room=ROOM),
)
GO_ON = Choice("go-on", "Go on looking around", "the demonstration that is there, as you left it", room=ROOM)
AFRESH = Choice("demo", "Look around afresh", "a new fictional team in its place", room=ROOM)
TITLES = {choice.key: choice.words for choice in (GO_ON, *BEGINNINGS)}
MAKING = "Making your database…"
DEMO_SEED = 1

Making = Callable[[Job], "Database"]


class WelcomeScreen(Page):
    """Shown while there is no database."""

    CSS_PATH = "welcome_screen.tcss"
    AUTO_FOCUS = "Menu"
    BINDINGS: ClassVar[list[BindingType]] = []

    @property
    def _demo(self) -> Path:
        return self.office.path.with_name(DEMO)

    def compose(self) -> ComposeResult:
        """The frame without areas: there is nothing to go to yet."""
        yield Heading()
        yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """Who this is, and the ways to begin."""
        with Vertical(id="welcome"):
            yield Static(show(WORDS))
            yield Menu(*(Option(list_line(choice), id=choice.key) for choice in _beginnings(self._demo)))
            yield Static("", id="where")

    def read_again(self) -> None:
        """Show where the data will lie; there is nothing to read."""
        self.title_with("Welcome")
        self.query_one("#where", Static).update(show(f"Your data will be kept in {self.office.path}"))

    async def load(self) -> None:
        """There is nothing to read yet."""

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._begin(str(event.option_id))

    @work(exit_on_error=False)
    async def _begin(self, way: str) -> None:
        """Make what is to be begun with, one at a time, and open it."""
        if not self.office.actor and await self.app.push_screen_wait(actor_form(self)) is None:
            return
        menu = self.query_one(Menu)
        menu.disabled = True
        try:
            made = await self._begun(way)
        finally:
            menu.disabled = False
            menu.focus()
        if made is not None:
            await self._open(made, way)

    async def _begun(self, way: str) -> Database | None:
        office, demo = self.office, self._demo
        if way == "go-on":
            return await self._made(TITLES[way], "Opening the demonstration…", _reopen(demo, office.clock))
        if way != "demo":
            return await self._made(TITLES[way], MAKING, _create(office.path, office.clock, office.actor))
        overwrite = await asyncio.to_thread(_is_worked_in, demo)
        if overwrite and not await self.app.push_screen_wait(_lose_it()):
            return None
        making = _make_demo(demo, office.clock, overwrite=overwrite)
        return await self._made(TITLES[way], "Making a fictional team…", making)

    async def _made(self, title: str, words: str, make: Making) -> Database | None:
        """Return what ``make`` made, while a dialog says so; None when it was stopped or failed, which is told."""

        async def task(job: Job) -> Database:
            return await _in_thread(make, job)

        stopping = STOPPING if title == TITLES["demo"] else ""
        made: Database | None = await self.app.push_screen_wait(ProgressDialog(title, words, task, stopping=stopping))
        return made

    async def _open(self, made: Database, way: str) -> None:
        self.office.open(made)
        self.office.team = ""
        await self.app.switch_mode("team")
        if way == "import":
            self.app.push_screen(page("import"))
        elif way == "empty":
            await self.run_action("app.do('new')")


async def _in_thread(make: Making, job: Job) -> Database:
    try:
        return await asyncio.to_thread(make, job)
    except Exception as error:
        raise in_plain_words(error) from error


def _create(path: Path, clock: Clock, actor: str) -> Making:
    def make(_: Job) -> Database:
        return open_database(path, clock, create=True, actor=actor)

    return make


def _beginnings(demo: Path) -> tuple[Choice, ...]:
    """Return the ways to begin: going on comes first where a demonstration is there."""
    if not demo.exists():
        return BEGINNINGS
    from storage.demo.make import is_demo

    return (GO_ON, AFRESH, *BEGINNINGS[1:]) if is_demo(demo) else BEGINNINGS


def _is_worked_in(path: Path) -> bool:
    from storage.demo.make import is_worked_in

    return is_worked_in(path)


def _lose_it() -> ConfirmDialog:
    words = "Something was recorded in the demonstration since it was made. Made afresh, it would be lost."
    return ConfirmDialog("Make the demonstration afresh?", words, yes="Yes, make it afresh", no="No, keep it")


def _reopen(path: Path, clock: Clock) -> Making:
    def make(_: Job) -> Database:
        return open_database(path, clock)

    return make


def _make_demo(path: Path, clock: Clock, *, overwrite: bool) -> Making:
    def make(job: Job) -> Database:
        from storage.demo.make import make as make_demo

        make_demo(path, "team", DEMO_SEED, clock, job.progress, overwrite=overwrite)
        return open_database(path, clock)

    return make
