"""Help: what can be done here, searchable, and enter on a line does it."""

from __future__ import annotations

from collections.abc import Mapping

from textual.binding import ActiveBinding

from tui.commands import BY_ID, answered
from tui.dialogs.choose import Choice, Picker


class HelpDialog(Picker):
    """Answers the id of the command to run."""

    TITLE_WORDS = "What can be done here"
    PROMPT = "look for a command; enter does it"
    NOTHING = "No command matches. Try another word, or ctrl+p."
    WIDE = True

    def __init__(self, active: Mapping[str, ActiveBinding], about: str = "") -> None:
        super().__init__()
        self._active = active
        self._about = about

    def offer(self, letters: str) -> None:
        """Show the commands that match, in their groups."""
        choices: list[Choice | None] = []
        group = ""
        for command_id, keys in self._keys().items():
            command = BY_ID[command_id]
            choice = Choice(command_id, command.title, command.tooltip, keys, (12, 19))
            if choice.matches(letters):
                if choices and command.group != group:
                    choices.append(None)
                group = command.group
                choices.append(choice)
        self.put(choices)

    def _keys(self) -> dict[str, str]:
        return {
            name: " ".join(self.app.get_key_display(one.binding) for one in active)
            for name, active in answered(self._active).items()
        }
