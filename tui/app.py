"""The application: its areas, its colours, what works everywhere, and the last door for errors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from sys import exc_info
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from domain.errors import AlmonerError
from storage import paths, settings
from tui.commands import BY_ID, bindings
from tui.dailybackup import DailyBackup
from tui.desk import where
from tui.door import Guarded
from tui.office import Office
from tui.screens import page
from tui.styling import KeptStylesheet
from tui.themes import DARK, LIGHT, PALETTES, theme, variables
from tui.widgets.frame import Areas, Heading

if TYPE_CHECKING:
    from textual.command import Provider

    from storage.database import Database

AREAS = ("team", "due", "supervision", "learning", "plan", "calendar", "settings")


def _search() -> type[Provider]:
    from tui.palette import CommandSearch

    return CommandSearch


class Almoner(Guarded, App[int], inherit_bindings=False):
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
        today: date | None = None,
        actor: str = "",
        no_names: bool = False,
        settings_path: Path | None = None,
        backups: bool = False,
    ) -> None:
        """Prepare the window; with ``backups`` it makes the day's backup behind the first screen."""
        super().__init__()
        self._backups = DailyBackup(self) if backups else None
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        chosen = settings.load(settings_path)
        self.office = Office(
            chosen, today=today, actor=actor or chosen.actor, no_names=no_names or chosen.no_names, path=path
        )
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

    def on_mount(self) -> None:
        """Open the first screen once the frame is painted."""
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        if self.office.is_open:
            await self.office.read_ahead()
        await self.switch_mode("team" if self.office.is_open else "welcome")
        if self.office.settings.note:
            self.notify(self.office.settings.note, severity="warning", markup=False)
        if self._backups is not None:
            self._backups.begin()

    # what works everywhere -----------------------------------------------------------------------------------------

    async def action_area(self, area: str) -> None:
        """Show an area from its first screen."""
        if not self.office.is_open:
            return
        await self.switch_mode(area)
        while len(self.screen_stack) > 1:
            await self.pop_screen()

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
        what = await self.office.desk.run(lambda unit: unit.undo())
        self.notify(f"Taken back: {what}", markup=False)
        self._changed()

    def action_names(self) -> None:
        """Hide or show names."""
        self.office.no_names = not self.office.no_names
        self._changed()

    def _changed(self) -> None:
        from tui.screens.base import Page

        self.office.changed()
        if isinstance(self.screen, Page):
            self.screen.read_again()

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

    async def action_quit(self) -> None:
        """Keep the settings, and leave."""
        try:
            self.office.settings.save()
        except AlmonerError as error:
            self.notify(str(error), markup=False)
        self.exit(0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing that needs a database before there is one."""
        if action in {"area", "goto", "undo"}:
            return self.office.is_open
        return super().check_action(action, parameters)

    # the last door ---------------------------------------------------------------------------------------------------

    def _fatal_error(self) -> None:
        """Leave after a fault of ours, printing its kind and place: a traceback would print people's data."""
        self.bell()
        error = exc_info()[1] or self._exception
        place = where(error) if error is not None else "unknown place"
        self._exit_renderables.append(
            Text(f"Almoner had to stop: {place}. What was saved is safe. Please report these words; they hold no data.")
        )
        self._close_messages_no_wait()


def run(
    database: Database | None, *, path: Path | str, today: date | None = None, actor: str = "", no_names: bool = False
) -> int:
    """Open the application on ``database`` (None: the welcome screen makes one at ``path``)."""
    app = Almoner(
        database,
        path=Path(path),
        today=today,
        actor=actor,
        no_names=no_names,
        settings_path=paths.settings_path(),
        backups=True,
    )
    try:
        app.run()
    finally:
        app.office.close()
    return app.return_code or 0
