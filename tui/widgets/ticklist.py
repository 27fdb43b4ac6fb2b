"""A list of which several may be ticked, told apart without colours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.core.keys import bindings
from tui.core.text import show

if TYPE_CHECKING:
    from tui.core.choice import Choice


class TickList(OptionList, inherit_bindings=False):
    """Choices to tick with the space bar or the mouse; ``chosen`` are the keys of those ticked, in their order."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("up", "down", "page-up", "page-down", "turn-on")

    def __init__(self, choices: Sequence[Choice], ticked: Iterable[str], name: str) -> None:
        self._choices = choices
        self._ticked = set(ticked)
        super().__init__(*(Option(self._line(one)) for one in choices), id=name, compact=True)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys of what is ticked."""
        return tuple(one.key for one in self._choices if one.key in self._ticked)

    def tick(self, keys: Iterable[str]) -> None:
        """Tick these, and no others."""
        self._ticked = set(keys)
        for number, one in enumerate(self._choices):
            self.replace_option_prompt_at_index(number, self._line(one))

    def _line(self, one: Choice) -> Content:
        mark = "✓" if one.key in self._ticked else "·"
        return Content.assemble(show(mark), " ", show(one.words), "   " if one.quiet else "", show(one.quiet, "$muted"))

    def action_turn_on(self) -> None:
        """Tick what is marked, or take the tick away."""
        if self.highlighted is not None:
            one = self._choices[self.highlighted]
            self._ticked ^= {one.key}
            self.replace_option_prompt_at_index(self.highlighted, self._line(one))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """The mouse ticks, too."""
        event.stop()
        self.action_turn_on()
