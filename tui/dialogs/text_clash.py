"""Two people wrote into the same field: both texts, and which shall stand: mine, theirs, or both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from domain.core.errors import StaleRecord
from domain.core.merge import both
from tui.core.dialog import Dialog
from tui.core.keys import bindings
from tui.core.text import laid, show
from tui.widgets.text_field import broken

THEIRS, MINE, BOTH = "theirs", "mine", "both"
_STANDS = {THEIRS: "theirs stands", MINE: "mine stands", BOTH: "both stand, theirs first"}


class TextClashDialog(Dialog[dict[str, str]]):
    """Answers the text that shall stand for each field; until one is chosen, both do. Esc chooses nothing yet."""

    DEFAULT_CSS = """
    TextClashDialog > .dialog { border: round $due; width: 100%; }
    TextClashDialog OptionList { max-height: 5; }
    TextClashDialog .texts { height: 10; margin-top: 1; }
    TextClashDialog .texts > Vertical { width: 1fr; margin-right: 1; }
    TextClashDialog .texts Static { height: 1; color: $muted; }
    TextClashDialog TextArea, TextClashDialog TextArea:focus {
        border: none; padding: 0 1; background: $panel; color: $text; height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("save", "tick")
    WIDE = True

    def __init__(self, stale: StaleRecord, labels: Mapping[str, str]) -> None:
        super().__init__("Somebody else wrote here too")
        self._stale = stale
        self._labels = labels
        self._chosen = {name: BOTH for name, *_ in stale.clashes}

    def body(self) -> ComposeResult:
        """The fields with what stands, and both texts of the marked one."""
        yield Static(laid("{message} {hint}\n", message=self._stale.message, hint=self._stale.hint))
        yield OptionList(*self._options())
        with Horizontal(classes="texts"):
            for name, words in ((THEIRS, f"theirs ({self._stale.by})"), (MINE, "mine")):
                with Vertical():
                    yield Static(show(words))
                    yield TextArea("", read_only=True, soft_wrap=True, compact=True, id=name)
        yield Static(laid("\nspace changes what stands, ctrl+s keeps it so, esc leaves your words as a draft."),
                     classes="dialog--quiet")  # fmt: skip

    def on_mount(self) -> None:
        """Show the first field's texts."""
        self._show(0)
        self.query_one(OptionList).focus()

    def _options(self) -> list[Option]:
        return [
            Option(Content.assemble(show(self._labels.get(name, name), "bold"), "   ",
                                    show(_STANDS[self._chosen[name]], "$due")))
            for name, *_ in self._stale.clashes
        ]  # fmt: skip

    def _show(self, at: int) -> None:
        _, _, theirs, mine = self._stale.clashes[at]
        self.query_one(f"#{THEIRS}", TextArea).load_text(broken(str(theirs)))
        self.query_one(f"#{MINE}", TextArea).load_text(broken(str(mine)))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show the texts of the field under the cursor."""
        self._show(event.option_index)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter and the mouse change what stands, too."""
        event.stop()
        self.action_tick()

    def action_tick(self) -> None:
        """Change what stands of the marked field: both, mine, theirs."""
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        name = self._stale.clashes[at][0]
        turn = [BOTH, MINE, THEIRS]
        self._chosen[name] = turn[(turn.index(self._chosen[name]) + 1) % len(turn)]
        options.replace_option_prompt_at_index(at, self._options()[at].prompt)

    @property
    def unsaved(self) -> str:
        """Which texts were chosen here."""
        return "What you chose here" if set(self._chosen.values()) != {BOTH} else ""

    def action_save(self) -> None:
        """Let it stand so."""
        answers = {THEIRS: lambda t, m: t, MINE: lambda t, m: m, BOTH: both}
        self.dismiss(
            {name: answers[self._chosen[name]](str(theirs), str(mine)) for name, _, theirs, mine in self._stale.clashes}
        )
