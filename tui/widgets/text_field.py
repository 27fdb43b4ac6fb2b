"""A field for long text in which typing stays as quick with 200 KB in it as when it is empty.

The library's text area does work in proportion to a paragraph's length at every key. Paragraphs beyond five hundred
characters are therefore broken where nobody sees it (an invisible mark before the break); the mark and its break are
taken out again before the text goes anywhere.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import TextArea
from textual.widgets.text_area import EditResult

from domain.core.text import clean
from domain.supervision.formats import Part
from tui.core.text import show

MARK = "\u200c\n"
LONGEST_LINE = 500


class Wrapped(WrappedDocument):
    """The wrapped text, which knows its height without counting its lines."""

    @property
    def height(self) -> int:
        """How many lines it takes on the screen."""
        return len(self._offset_to_line_info)


class Writing(TextArea):
    """One field of a format.

    ``base`` is its text as kept, ``start`` what stood there before anything was typed (the same, unless something was
    brought forward), ``touched`` whether anything was typed since.
    """

    DEFAULT_CSS = """
    Writing, Writing:focus { border: none; padding: 0 1; background: $panel; color: $text; height: 4; }
    Writing:focus { background: $rest; height: 9; }
    Writing .text-area--placeholder { color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []
    # Its height is fixed: a line more of text moves nothing on the screen.
    virtual_size = Reactive(Size(0, 0), layout=False)

    def __init__(self, part: Part, base: str = "", brought: str = "") -> None:
        super().__init__(
            broken(base or brought), soft_wrap=True, tab_behavior="focus", compact=True, placeholder=show(part.prompt)
        )
        self.part = part
        self.base = base
        self.start = base or brought
        self.touched = False

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document = Wrapped(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()

    def watch_virtual_size(self, size: Size) -> None:
        """Let the scrollbar follow the text."""
        if self.is_attached:
            self._scroll_update(size)

    def edit(self, edit: Edit) -> EditResult:
        """Take in text cleaned of what no record may hold, and break a paragraph that has grown too long."""
        if not (edit.text.isascii() and edit.text.isprintable()):
            edit.text = _cleaned(edit.text)
        if len(edit.text) > LONGEST_LINE:
            edit.text = broken(edit.text)
        result = super().edit(edit)
        self._break_here(edit)
        return result

    def _break_here(self, edit: Edit) -> None:
        row = self.cursor_location[0]
        here = self.document.get_line(row)
        if len(here) > 2 * LONGEST_LINE and edit.text != MARK:
            at = _break_at(here, 0)
            super().edit(Edit(MARK, (row, at), (row, at), True))

    def become(self, part: Part, base: str = "", brought: str = "") -> None:
        """Be the field of another page, as if it had just been made."""
        self.part, self.base, self.start = part, base, base or brought
        self.placeholder = show(part.prompt)
        self._load(self.start)

    def take(self, text: str) -> None:
        """Show another text as the one that is kept."""
        self.base = self.start = text
        if self.said() != text:
            self._load(text)
        self.touched = False

    def _load(self, text: str) -> None:
        with self.prevent(TextArea.Changed):
            self.load_text(broken(text))
        self.touched = False

    def put(self, text: str) -> None:
        """Put ``text`` in place of what stands here, as if it had been typed."""
        self.replace(broken(text), (0, 0), self.document.end)

    def said(self) -> str:
        """The text as it would be kept."""
        return clean(joined(self.text))


def broken(text: str) -> str:
    """Return ``text`` with its long paragraphs broken invisibly."""
    if len(text) <= LONGEST_LINE:
        return text
    return "\n".join(MARK.join(_pieces(line)) if len(line) > LONGEST_LINE else line for line in text.split("\n"))


def joined(text: str) -> str:
    """Return ``text`` with its paragraphs whole again."""
    return text.replace(MARK, "")


def _pieces(line: str) -> list[str]:
    found, start = [], 0
    while len(line) - start > LONGEST_LINE:
        end = _break_at(line, start)
        found.append(line[start:end])
        start = end
    return [*found, line[start:]]


def _break_at(line: str, start: int) -> int:
    """The place behind the last space that fits, or in the middle of a word without any."""
    space = line.rfind(" ", start, start + LONGEST_LINE)
    return space + 1 if space > start else start + LONGEST_LINE


def _cleaned(text: str) -> str:
    """Return ``text`` cleaned, the spaces and breaks at its ends kept."""
    if text in ("\n", MARK):
        return text
    return clean(f"x{text}x")[1:-1]
