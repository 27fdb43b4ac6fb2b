"""Two people changed the same thing: what it was, theirs, yours, and which shall stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.core.errors import StaleRecord
from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import laid, show


class ClashDialog(Dialog[set[str]]):
    """Answers the fields of which one's own value shall stand; at first those of the other person do."""

    DEFAULT_CSS = """
    ClashDialog > .dialog { border: round $due; }
    ClashDialog OptionList, ClashDialog OptionList:focus { text-wrap: wrap; max-height: 60vh; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("save", "tick")
    TITLE_WORDS = "Changed by somebody else"

    def __init__(self, stale: StaleRecord, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._stale = stale
        self._labels = labels
        self._mine: set[str] = set()

    def body(self) -> ComposeResult:
        """Each field with its three values."""
        yield Static(laid("{message}\n", message=self._stale.message))
        yield OptionList(*self._options())
        yield Static(
            laid("\nspace changes whose value stands, ctrl+s keeps it so, esc goes back to the form."),
            classes="dialog--quiet",
        )

    def _options(self) -> list[Option]:
        return [Option(self._words(*clash)) for clash in self._stale.clashes]

    def _words(self, name: str, was: object, theirs: object, yours: object) -> Content:
        stands = "yours stands" if name in self._mine else "theirs stands"
        values = [
            laid("\n   {word:<8}{value}", word=word, value=_said(value))
            for word, value in (("was", was), ("theirs", theirs), ("yours", yours))
        ]
        return Content.assemble(
            show(self._labels.get(name, name.replace("_", " ")), "bold"), "   ", show(stands, "$due"), *values
        )

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter and the mouse change whose value stands, too."""
        event.stop()
        self._turn(event.option_index)

    def _turn(self, at: int) -> None:
        self._mine ^= {self._stale.clashes[at][0]}
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(self._options())
        options.highlighted = at

    def action_tick(self) -> None:
        """Change whose value of the marked field stands."""
        self._turn(self.query_one(OptionList).highlighted or 0)

    @property
    def unsaved(self) -> str:
        """Whose values were chosen here."""
        return "What you chose here" if self._mine else ""

    def action_save(self) -> None:
        """Keep it so."""
        self.dismiss(self._mine)


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value) or "–"
    return "–" if value in (None, "") else str(value)
