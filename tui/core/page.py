"""What all full screens have in common: the frame, reading afresh, going back, and the door for errors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from domain.core.errors import AlmonerError
from tui.core.choice import EVERY
from tui.core.error_door import Window
from tui.core.frame import Areas, AsOf, Heading, Keys
from tui.core.keys import bindings
from tui.core.leaving.turns import put_down
from tui.core.screens import question
from tui.core.text import line

if TYPE_CHECKING:
    from storage.records.unit import Unit


PATIENCE = 5.0  # seconds that what is asked for waits for a slow reading


class Page(Window, Screen[None], inherit_bindings=False):
    """A full screen. A subclass gives ``area``, ``body()`` and ``load()``, and names the commands it answers."""

    AREA: ClassVar[str] = "team"
    BINDINGS: ClassVar[list[BindingType]] = bindings("next-part", "previous-part", "back", "reload")
    AUTO_FOCUS: ClassVar[str | None] = "Sheet"
    SHOWS_EVERY_TEAM: ClassVar[bool] = False  # whether it can show all teams together
    FOLLOWS_OTHERS: ClassVar[bool] = True  # read again by itself when another program saved something

    def __init__(self) -> None:
        super().__init__()
        self._seen: tuple[object, ...] = ()
        self._readings = 0
        self.every_team = False
        self.reading_first_since: float | None = None
        self._up_to_date = asyncio.Event()
        self._up_to_date.set()

    def compose(self) -> ComposeResult:
        """Put the frame around the body."""
        yield Heading()
        yield Areas(self.AREA)
        yield AsOf()
        yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """Give the widgets between the frame's top and bottom."""
        raise NotImplementedError

    def take_back(self) -> bool:
        """Take back what was last done here that is no record yet; say whether there was anything."""
        return False

    async def load(self) -> None:
        """Read what the screen shows (``await self.office.desk.read(...)``) and hand it to the widgets."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Read at once, so that the first painting already has something to show."""
        self.read_again()

    def on_screen_resume(self) -> None:
        """Read again when something changed while another screen was on top."""
        if self._seen != self._stands():
            self.read_again()
        else:
            self.look_again()

    def look_again(self) -> None:
        """Read again when the day is another, or another program saved something in the same file."""
        if self._seen and self.office.is_open:
            self.run_worker(self._look, exclusive=True, group="look", exit_on_error=False)

    async def _look(self) -> None:
        if self.FOLLOWS_OTHERS:
            with suppress(AlmonerError):  # nobody asked for it: what is asked for next says what is wrong
                await self.office.desk.look()
        if self._seen != self._stands():
            self.read_again()

    def has_seen(self) -> None:
        """Note that what was done last stands here already."""
        self._seen = self._stands()

    def _stands(self) -> tuple[object, ...]:
        """Return what a reading depends on: what was done here, the day, what others saved in the same file."""
        office = self.office
        others = office.desk.others if office.is_open and self.FOLLOWS_OTHERS else 0
        return office.revision, office.today, others

    def read_again(self) -> None:
        """Read and show afresh; a reading still under way is dropped."""
        if not self._seen:
            self.reading_first_since = monotonic()
        self.has_seen()
        self.query_one(Heading).refresh()
        self._readings += 1
        self.run_worker(self._load(self._readings), exclusive=True, group="load", exit_on_error=False)

    async def _load(self, reading: int) -> None:
        try:
            for words in await self.office.follow_names() if self.office.is_open else ():
                self.notify(words, markup=False)
            await self.load()
        finally:
            if reading == self._readings:
                self._up_to_date.set()
                self.reading_first_since = None
        if self.office.is_open:
            self.office.desk.warm()

    def tell(self, words: str | None) -> None:
        """Say what was done, and read again; with None nothing was."""
        if words is None:
            return
        self.office.changed()
        self.notify(words, markup=False)
        if self.is_current:
            self._up_to_date.clear()
            self.read_again()

    async def settled(self) -> None:
        """Wait until the screen shows what was done last, so that nothing is done to what is no longer so."""
        if not self._up_to_date.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._up_to_date.wait(), PATIENCE)

    def do(self, doing: Awaitable[str | None]) -> None:
        """Wait for what asks its own questions, and say what it did."""
        if self.is_busy:
            put_down(doing)
        else:
            self._see_through(doing)

    @work(exit_on_error=False)
    async def _see_through(self, doing: Awaitable[str | None]) -> None:
        self.tell(await doing)

    @work(exit_on_error=False)
    async def act(self, act: Callable[[Unit], str]) -> None:
        """Carry out an act, and say what it says it did."""
        self.tell(await self.office.desk.run(act))

    def title_with(self, *parts: str) -> None:
        """Say in the heading what is shown, its parts set apart from one another."""
        self.query_one(Heading).subject = " · ".join(filter(None, map(line, parts)))

    def action_back(self) -> None:
        """Go back to the screen before; the first screen of an area stays."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Going back is offered only where there is somewhere to go."""
        if action == "back":
            return len(self.app.screen_stack) > 1 and self.app.screen_stack[0] is not self
        return super().check_action(action, parameters)

    @work(exit_on_error=False)
    async def action_choose_team(self) -> None:
        """Choose which team is shown, here and on every other screen; or, on this one alone, every team."""
        if team := await question("team")(self, every=self.SHOWS_EVERY_TEAM):
            self.every_team = team == EVERY
            if not self.every_team:
                self.office.show_team(team)
            self.read_again()

    def action_reload(self) -> None:
        """Read again."""
        self.read_again()
