"""The agenda of a session as a list: a tick for what was talked about, the cursor on what is being talked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from storage.supervision.session.pages import Page
from tui.core.keys import bindings
from tui.widgets.steady import same


class AgendaList(OptionList):
    """The pages of a session."""

    DEFAULT_CSS = """
    AgendaList, AgendaList:focus {
        width: 26; border: none; border-right: solid $edge; padding: 0; background: $surface; color: $text;
        height: 1fr; text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("open")
    WORDS = 24

    def __init__(self) -> None:
        super().__init__()
        self.pages: tuple[Page, ...] = ()

    @property
    def current(self) -> Page | None:
        """The page under the cursor."""
        at = self.highlighted
        return self.pages[at] if at is not None and at < len(self.pages) else None

    def show_pages(self, pages: Sequence[Page], draw: Callable[[Page], Content]) -> None:
        """Show the pages; the cursor stays on its page."""
        before, here = self.current, [page.key for page in self.pages]
        self.pages = tuple(pages)
        if pages and here == [page.key for page in pages]:
            self.draw_again(draw)
            return
        self.clear_options()
        self.add_options([Option(draw(page)) for page in pages])
        keys = [page.key for page in pages]
        self.highlighted = keys.index(before.key) if before and before.key in keys else 0 if keys else None

    def draw_again(self, draw: Callable[[Page], Content]) -> None:
        """Draw each line again, as what was said changed its marks."""
        for at, page in enumerate(self.pages):
            if not same(self.get_option_at_index(at).prompt, drawn := draw(page)):
                self.replace_option_prompt_at_index(at, drawn)

    def step(self, by: int) -> None:
        """Go some pages on; the ends stay where they are."""
        if self.pages:
            self.highlighted = min(max((self.highlighted or 0) + by, 0), len(self.pages) - 1)

    def action_open(self) -> None:
        """Go into the page under the cursor."""
        self.action_select()
