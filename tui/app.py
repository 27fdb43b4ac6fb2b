"""The application: its areas, its colours, what works everywhere, and the last door for errors."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from sys import exc_info
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from domain.core.clock import Clock
from domain.core.errors import AlmonerError, where
from storage.files import paths, settings
from tui.core.frame import Areas, AsOf, Heading
from tui.core.keys import BY_ID, bindings, writes
from tui.core.page import Page
from tui.core.screens import page
from tui.core.styling import KeptStylesheet
from tui.core.themes import DARK, LIGHT, PALETTES, theme, variables
from tui.core.workspace import Office
from tui.grid.grid import Grid
from tui.home.daily_backup import DailyBackup
from tui.home.leaving import Leaving
from tui.home.team_board import read_ahead
from tui.home.type_ahead import TypeAhead

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.command import Provider
    from textual.dom import DOMNode

    from storage.records.database import Database

LOOK = 15.0  # seconds between two looks at the day and at what others saved
AREAS = ("team", "due", "supervision", "learning", "plan", "calendar", "settings")


def _search() -> type[Provider]:
    from tui.core.palette import CommandSearch

    return CommandSearch


class Almoner(TypeAhead, Leaving, inherit_bindings=False):
    """One window onto one database."""

    TITLE = "Almoner"
    CSS_PATH = "app.tcss"
    MODES: ClassVar[dict[str, str | Callable[[], Screen[Any]]]] = {
        name: partial(page, name) for name in (*AREAS, "welcome")
    }
    COMMANDS = {_search}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "area-team",
        "area-due",
        "area-supervision",
        "area-learning",
        "area-plan",
        "area-calendar",
        "area-settings",
        "goto",
        "undo",
        "redo",
        "log",
        "names",
        "theme",
        "palette",
        "help",
        "quit",
        "leave",
    )

    def __init__(
        self,
        database: Database | None = None,
        *,
        path: Path,
        clock: Clock,
        actor: str = "",
        login: str = "",
        no_names: bool = False,
        settings_path: Path | None = None,
        backups: bool = False,
    ) -> None:
        """Prepare the window; with ``backups`` it makes the day's backup behind the first screen."""
        super().__init__()
        self._backups = DailyBackup(self) if backups else None
        self._history = asyncio.Lock()  # one step back or forward after the other
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        chosen = settings.load(settings_path)
        self.office = Office(
            chosen, clock, actor=actor or chosen.actor, no_names=no_names or chosen.no_names, path=path, login=login
        )
        self.office.told_of_writing = self.show_writing
        if database is not None:
            self.office.open(database)
        for name in PALETTES:
            self.register_theme(theme(name))
        self.theme = chosen.theme if chosen.theme in PALETTES else DARK
        self.set_keymap({name: keys for name, keys in chosen.keys.items() if name in BY_ID})

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Name the colours of our own, so that stylesheets may use them under any theme."""
        return variables(PALETTES[DARK])

    def compose(self) -> ComposeResult:
        """Paint the frame at once; what fills it is loaded behind it."""
        yield Heading()
        if self.office.is_open:
            yield Areas("team")
            yield AsOf()

    def on_mount(self) -> None:
        """Open the first screen once the frame is painted."""
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        said = []
        if self.office.is_open:
            with suppress(AlmonerError):  # what is wrong is told by the first screen, which reads as well
                said = await self.office.follow_names()
            await read_ahead(self.office)
        await self.switch_mode("team" if self.office.is_open else "welcome")
        self.has_begun = True
        if self.office.settings.note:
            self.notify(self.office.settings.note, severity="warning", markup=False)
        for words in said:
            self.notify(words, markup=False)
        if self._backups is not None:
            self._backups.begin()
        self.set_interval(LOOK, self.follow_the_day)

    def follow_the_day(self) -> None:
        """Have what is shown read again once the day is another, or another program has saved something."""
        if isinstance(self.screen, Page):
            self.screen.look_again()

    def on_app_focus(self) -> None:
        """Look at once when somebody comes back to the window: after a weekend it is another day."""
        self.follow_the_day()

    # what works everywhere -----------------------------------------------------------------------------------------

    async def action_do(self, command: str) -> None:
        """Do a command as its key would, where that command is answered now."""
        for active in self.screen.active_bindings.values():
            if active.binding.id == command:
                await self.run_action(active.binding.action, active.node)
                return

    def action_goto(self) -> None:
        """Ask where to go, and go there."""
        from tui.dialogs.goto import GotoDialog

        self.push_screen(GotoDialog(), self._go)

    def _go(self, answer: str | None) -> None:
        kind, _, key = (answer or "").partition(":")
        if kind == "team":
            self.office.show_team(key)
            self.run_worker(self.action_area("team"))
        elif kind:
            self.push_screen(page(kind, key))

    @work(exit_on_error=False)
    async def action_undo(self) -> None:
        """Take back the last change of the person working."""
        from tui.home.going_back import take_back

        if isinstance(self.screen, Page) and self.screen.take_back():
            return
        async with self._history:
            if await take_back(self):
                self._changed()

    @work(exit_on_error=False)
    async def action_redo(self) -> None:
        """Bring forward again what the person working took back last."""
        from tui.home.going_back import bring_forward

        async with self._history:
            if await bring_forward(self):
                self._changed()

    def action_log(self) -> None:
        """Show what was recorded by anybody."""
        self.push_screen(page("history"))

    def action_names(self) -> None:
        """Hide or show names."""
        self.office.no_names = not self.office.no_names
        self._changed()

    def _changed(self) -> None:
        from tui.core.page import Page

        self.office.changed()
        if isinstance(self.screen, Page):
            self.screen.read_again()

    def watch_theme(self) -> None:
        """Draw the lists shown again at once: their cells carry their colours. Screens below read again when back."""
        if self.has_begun:
            for grid in self.screen.query(Grid):
                grid.redraw()

    def action_theme(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT if self.theme == DARK else DARK
        self.office.settings.theme = self.theme
        self._changed()

    async def action_help(self) -> None:
        """Show what can be done here, and do what is chosen."""
        from tui.dialogs.help import HelpDialog

        async def run(command: str | None) -> None:
            if command:
                await self.action_do(command)

        await self.push_screen(HelpDialog(dict(self.screen.active_bindings)), run)

    def action_leave(self) -> None:
        """Copy what is marked with the mouse; otherwise say how to quit."""
        if marked := self.screen.get_selected_text():
            self.copy_to_clipboard(marked)
        else:
            self.notify("Press ctrl+q to quit.", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that needs a database before there is one."""
        if action in {"area", "goto", "undo", "redo", "log"}:
            return self.office.is_open
        return super().check_action(action, parameters)

    def _check_action_state(self, action: str, default_namespace: DOMNode) -> bool | None:
        """Offer nothing anywhere that would write while an earlier day is shown."""
        if self.office.as_of is not None and writes(action):
            return False
        return super()._check_action_state(action, default_namespace)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do nothing that would write while an earlier day is shown, by whatever way it was asked for."""
        if self.office.as_of is not None and writes(action if isinstance(action, str) else action[1]):
            return False
        return await super().run_action(action, default_namespace, namespaces)

    def show_error(self, error: AlmonerError) -> None:
        """Show what happened and what to do, in a dialog."""
        from tui.dialogs.message import ErrorDialog

        self.push_screen(ErrorDialog(error))

    # the last door ---------------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Leave after a fault of ours, printing its kind and place: a traceback would print people's data."""
        self.bell()
        self.put_all_away()
        error = exc_info()[1] or self._exception
        place = where(error) if error is not None else "unknown place"
        self._exit_renderables.append(
            Text(f"Almoner had to stop: {place}. What was saved is safe. Please report these words; they hold no data.")
        )
        self._close_messages_no_wait()


def run(
    database: Database | None,
    *,
    path: Path | str,
    clock: Clock,
    actor: str = "",
    login: str = "",
    no_names: bool = False,
) -> int:
    """Open the application on ``database`` (None: the welcome screen makes one at ``path``)."""
    app = Almoner(
        database,
        path=Path(path),
        clock=clock,
        actor=actor,
        login=login,
        no_names=no_names,
        settings_path=paths.settings_path(),
        backups=True,
    )
    app.heeds_signals = True
    try:
        app.run()
    finally:
        app.office.close()
    return app.return_code or 0
