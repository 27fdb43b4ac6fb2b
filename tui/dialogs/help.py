"""Help: what can be done here, searchable, and enter on a line does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import ActiveBinding

from tui.core.choice import Choice, found
from tui.core.keys import BY_ID, answered
from tui.dialogs.choose import Picker


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
        """Show every command in its group, or those that match, the nearest first."""
        commands = [(BY_ID[name], keys) for name, keys in self._keys().items()]
        choices = [Choice(one.id, one.title, one.tooltip, keys, (12, 19)) for one, keys in commands]
        self.put(found(choices, letters) if letters.strip() else _in_groups(choices))

    def _keys(self) -> dict[str, str]:
        return {
            name: " ".join(self.app.get_key_display(one.binding) for one in active)
            for name, active in answered(self._active).items()
        }


def _in_groups(commands: Sequence[Choice]) -> list[Choice | None]:
    """Return the commands with a line between their groups."""
    lines: list[Choice | None] = []
    for before, one in zip((None, *commands), commands, strict=False):
        if before is not None and BY_ID[before.key].group != BY_ID[one.key].group:
            lines.append(None)
        lines.append(one)
    return lines
