"""One choice of several in a form: opened and searched by simply typing a few letters of it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.events import Key
from textual.widgets import Select
from textual.widgets._select import SelectCurrent, SelectOverlay
from textual.widgets.option_list import Option

from domain.core.text import sort_key


class Offered(SelectOverlay):
    """The choices, open. The library's own search knows neither our kind of text nor that Ż is found under z."""

    typed = ""  # what opened them

    def _find_search_match(self, query: str) -> int | None:
        """Return the choice that holds ``query`` earliest; the line that stands for no choice is none."""
        wanted, choices = sort_key(query), self.parent
        blank = isinstance(choices, Choices) and choices.may_be_blank
        found = {at: _words(option).find(wanted) for at, option in enumerate(self.options) if at or not blank}
        return min((at for at in found if found[at] >= 0), key=found.__getitem__, default=None)

    def watch_has_focus(self, value: bool) -> None:
        """Begin a search with what was typed while the choices were closed."""
        super().watch_has_focus(value)
        if value and self.typed:
            self._search_query, self.typed = self.typed, ""
            if (at := self._find_search_match(self._search_query)) is not None:
                self.select(at)


class Choices(Select[str]):
    """A field to choose in. Enter, space and the arrows open it, and so does any letter, which looks for itself."""

    def compose(self) -> ComposeResult:
        """What is chosen, and the choices."""
        yield SelectCurrent(self.prompt)
        yield Offered(type_to_search=self._type_to_search).data_bind(compact=Select.compact)

    @property
    def may_be_blank(self) -> bool:
        """Whether the first line stands for no choice."""
        return self._allow_blank

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Letters look for a choice here; they are no commands."""
        return character is not None and character.isprintable() and not character.isspace()

    def on_key(self, event: Key) -> None:
        """Open at what a letter finds."""
        letter = event.character
        if self.expanded or letter is None or not self.check_consume_key(event.key, letter):
            return
        event.stop()
        event.prevent_default()
        self.query_one(Offered).typed += letter
        self.action_show_overlay()


def _words(option: Option) -> str:
    return sort_key(str(getattr(option.prompt, "plain", option.prompt)))
