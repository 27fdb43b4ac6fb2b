"""Keys: every command with its key; enter on one gives it another."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Key
from textual.widgets import Static

from domain.core.errors import AlmonerError
from tui.core.dialog import Dialog
from tui.core.error_door import complain
from tui.core.keys import BY_ID, COMMANDS, FORMS, Command, bindings, clash
from tui.core.page import Page
from tui.core.text import laid, show
from tui.grid.columns import Column
from tui.grid.grid import Grid


class KeyDialog(Dialog[str]):
    """Waits for one key and answers its name."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, command: Command) -> None:
        super().__init__(command.title)

    def body(self) -> ComposeResult:
        """What to do."""
        yield Static(laid("Press the key you want for this.\n"))
        yield Static(show("esc leaves it as it is"), classes="dialog--quiet")

    def on_key(self, event: Key) -> None:
        """Take whatever key comes."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else event.key)


class KeysScreen(Page):
    """A line a command."""

    AREA = "settings"
    BINDINGS: ClassVar[list[BindingType]] = bindings("reset")

    def body(self) -> ComposeResult:
        """The list."""
        yield Grid(
            "keys",
            [
                Column("key", "Key", self._key, least=10),
                Column("command", "Command", lambda c: c.title, least=16),
                Column("does", "What it does", lambda c: c.tooltip, stretch=True, least=20, most=90),
                Column("group", "Where", lambda c: c.group, gives_way=1),
                Column("usual", "Usual key", lambda c: _shown(c.keys), gives_way=2),
            ],
            key=lambda command: command.id,
            empty="There are no commands.",
        )

    def _key(self, command: Command) -> str:
        return _shown(self.office.settings.keys.get(command.id, command.keys))

    async def load(self) -> None:
        """Show the commands."""
        self.title_with("Keys: enter changes one")
        self.query_one(Grid).show_rows([command for command in COMMANDS if command.group != FORMS])

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        command: Command = event.row
        self.app.push_screen(KeyDialog(command), lambda key: self._give(command, key) if key else None)

    def _give(self, command: Command, key: str) -> None:
        wanted = {**self.office.settings.keys, command.id: key}
        if other := clash(wanted, command.id):
            self.notify(f"{_shown(key)} is already “{other.title}”. Change that one first.", markup=False)
            return
        self._keep(wanted)

    def action_reset(self) -> None:
        """Give the marked command its usual key again."""
        command = self.query_one(Grid).current
        if isinstance(command, Command):
            kept = {name: key for name, key in self.office.settings.keys.items() if name != command.id}
            if other := clash(kept, command.id):
                self.notify(f"{_shown(command.keys)} is “{other.title}” now. Change that one first.", markup=False)
            else:
                self._keep(kept)

    def _keep(self, keys: dict[str, str]) -> None:
        self.office.settings.keys = keys
        self.app.set_keymap({name: key for name, key in keys.items() if name in BY_ID})
        try:
            self.office.settings.save()
        except AlmonerError as error:
            complain(self, error)
        self.query_one(Grid).redraw()


def _shown(keys: str) -> str:
    names = {"question_mark": "?", "escape": "esc", "slash": "/"}
    return "  ".join(names.get(key, key) for key in keys.split(","))
