"""What all full screens have in common: the frame, reading afresh, going back, and the door for errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tui.commands import bindings
from tui.door import Guarded
from tui.office import Office, look_of, office_of
from tui.widgets.frame import Areas, Heading, Keys
from tui.words import Look

if TYPE_CHECKING:
    from storage.unit import Unit

T = TypeVar("T")


class Page(Guarded, Screen[None], inherit_bindings=False):
    """A full screen. A subclass gives ``area``, ``body()`` and ``load()``, and names the commands it answers."""

    AREA: ClassVar[str] = "team"
    BINDINGS: ClassVar[list[BindingType]] = bindings("next-part", "previous-part", "back", "reload")
    AUTO_FOCUS: ClassVar[str | None] = "Sheet"

    def __init__(self) -> None:
        super().__init__()
        self._seen = -1

    @property
    def office(self) -> Office:
        """What all screens share."""
        return office_of(self)

    @property
    def look(self) -> Look:
        """How cells are drawn now."""
        return look_of(self)

    def compose(self) -> ComposeResult:
        """Put the frame around the body."""
        yield Heading()
        yield Areas(self.AREA)
        yield from self.body()
        yield Keys()

    def body(self) -> ComposeResult:
        """Give the widgets between the frame's top and bottom."""
        raise NotImplementedError

    async def load(self) -> None:
        """Read what the screen shows (``await self.office.desk.read(...)``) and hand it to the widgets."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Read at once, so that the first painting already has something to show."""
        self.read_again()

    def on_screen_resume(self) -> None:
        """Read again when something changed while another screen was on top."""
        if self._seen != self.office.revision:
            self.read_again()

    def read_again(self) -> None:
        """Read and show afresh; a reading still under way is dropped."""
        self._seen = self.office.revision
        self.query_one(Heading).refresh()
        self.run_worker(self._load(), exclusive=True, group="load", exit_on_error=False)

    async def _load(self) -> None:
        await self.load()
        if self.office.is_open:
            self.office.desk.warm()

    @work(exit_on_error=False)
    async def keep(self, change: Callable[[Unit], T], said: str = "", then: Callable[[T], None] | None = None) -> None:
        """Do ``change`` in a unit of work (it must call ``unit.finish``), say so, and read again."""
        kept = await self.office.desk.run(change)
        self.office.changed()
        if said:
            self.notify(said, markup=False)
        if then is not None:
            then(kept)
        if self.is_current:
            self.read_again()

    def title_with(self, *parts: str) -> None:
        """Say in the heading what is shown, its parts set apart from one another."""
        self.query_one(Heading).subject = " · ".join(filter(None, parts))

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
        """Choose which team is shown, here and on every other screen."""
        from tui.dialogs.whose import ask_team

        if team := await ask_team(self):
            self.office.show_team(team)
            self.read_again()

    def action_reload(self) -> None:
        """Read again."""
        self.read_again()
