"""The first run: who is working, and what to begin with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.desk import in_plain_words
from tui.dialogs.choose import Choice, list_line
from tui.dialogs.form import Field, Form
from tui.screens import page
from tui.screens.base import Page
from tui.screens.settings import sign_as
from tui.text import show
from tui.widgets.frame import Heading, Keys
from tui.widgets.menu import Menu

if TYPE_CHECKING:
    from storage.database import Database

WORDS = """Almoner runs supervision and plans caseloads for a social work team: who holds what, how much that is, \
and what falls due. It works offline; the data stays on this machine."""
ROOM = (0, 24)
BEGINNINGS = (
    Choice("demo", "Look around", "a fictional team; nothing real is touched", room=ROOM),
    Choice("import", "Take in an extract", "of a case system, a return or a spreadsheet", room=ROOM),
    Choice("empty", "Start empty", "name your team; add people and cases later", room=ROOM),
)
DEMO_SEED = 1


class WelcomeScreen(Page):
    """Shown while there is no database."""

    CSS_PATH = "welcome.tcss"
    AUTO_FOCUS = "Menu"
    BINDINGS: ClassVar[list[BindingType]] = []

    def compose(self) -> ComposeResult:
        """The frame without areas: there is nothing to go to yet."""
        yield Heading()
        yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """Who this is, and the ways to begin."""
        with Vertical(id="welcome"):
            yield Static(show(WORDS))
            yield Menu(*(Option(list_line(choice), id=choice.key) for choice in BEGINNINGS))
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

    @work(exclusive=True, exit_on_error=False)
    async def _begin(self, way: str) -> None:
        if not self.office.actor and await self._who() is None:
            return
        if way == "demo":
            await self._demonstrate()
        elif way == "empty":
            await self._start_empty()
        else:
            await self._open(_create(self.office.path, self.office.actor))
            self.app.push_screen(page("import"))

    async def _who(self) -> object:
        fields = [Field("actor", "Your name", required=True)]

        async def keep(values: Mapping[str, Any]) -> None:
            sign_as(self, values["actor"])

        return await self.app.push_screen_wait(
            Form("Who is working?", fields, keep, about="Every change is signed with it.")
        )

    async def _demonstrate(self) -> None:
        path, today = self.office.path.with_name("demo.db"), self.office.today
        where = self.query_one("#where", Static)
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            loop.call_soon_threadsafe(where.update, show(f"Making a fictional team: {done:,} of {total:,} cases"))

        where.update(show("Making a fictional team…"))
        await self._open(_demo(path, tell, today))

    async def _start_empty(self) -> None:
        await self._open(_create(self.office.path, self.office.actor))
        await self.run_action("app.do('new')")

    async def _open(self, make: Callable[[], Database]) -> None:
        self.office.open(await _in_thread(make))
        self.office.team = ""
        await self.app.switch_mode("team")


async def _in_thread(make: Callable[[], Database]) -> Database:
    try:
        return await asyncio.to_thread(make)
    except Exception as error:
        raise in_plain_words(error) from error


def _create(path: Path, actor: str) -> Callable[[], Database]:
    def make() -> Database:
        from storage.database import open_database

        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return open_database(path, create=True, actor=actor)

    return make


def _demo(path: Path, tell: Callable[[int, int], None], today: Any) -> Callable[[], Database]:
    def make() -> Database:
        from storage.database import open_database
        from storage.demo.making import make as make_demo

        make_demo(path, "team", DEMO_SEED, today, tell)
        return open_database(path)

    return make
