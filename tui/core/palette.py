"""The command palette: every command that is answered where it was opened."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.core.choice import Choice
from tui.core.keys import BY_ID, Command, answered
from tui.core.text import show

_STEP, _STEPS = 1000.0, 5  # more than letters here and there may count: a title that begins so comes first


class CommandSearch(Provider):
    """Finds commands by their words."""

    async def startup(self) -> None:
        """Note what works on the screen below."""
        self._active = {name: active[0] for name, active in answered(self.screen.active_bindings).items()}

    async def discover(self) -> Hits:
        """Offer everything."""
        for name in self._active:
            command = BY_ID[name]
            yield DiscoveryHit(show(self._words(command)), self._doing(name), command.title, command.tooltip)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for name in self._active:
            command = BY_ID[name]
            score = max(matcher.match(command.title), matcher.match(command.tooltip) * 0.8)
            if score > 0:
                score += _STEP * (_STEPS - Choice(name, command.title).farness(query))
                yield Hit(score, show(self._words(command)), self._doing(name), command.title, command.tooltip)

    def _words(self, command: Command) -> str:
        return f"{command.title}   ({self.app.get_key_display(self._active[command.id].binding)})"

    def _doing(self, name: str) -> Any:
        active = self._active[name]
        return partial(self.app.run_action, active.binding.action, active.node)
