"""Save or copy what a list shows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from domain.errors import AlmonerError
from domain.text import plural
from tui.dialogs.choose import Choice, Picker
from tui.door import complain
from tui.exporting import Table, as_bytes, as_markdown
from tui.text import line, show

WAYS = (
    Choice("csv", "CSV file", "for a spreadsheet; cells that look like formulas are made harmless"),
    Choice("xlsx", "XLSX workbook", "for a spreadsheet; numbers and days keep their kind"),
    Choice("md", "Markdown file", "for a document"),
    Choice("copy", "Copy", "to the clipboard, where the terminal allows it"),
)


class ExportDialog(Picker):
    """Answers nothing; says what it did."""

    TITLE_WORDS = "Export what is shown"

    def __init__(self, table: Table, today: date) -> None:
        super().__init__()
        self._table = table
        self._today = today

    def body(self) -> ComposeResult:
        """Where to, and how."""
        yield Static(show(f"{plural(len(self._table.rows), 'line')} to this folder or file:", "$muted"))
        yield Input(line(str(Path.home())), select_on_focus=False, compact=True)
        yield OptionList()
        yield Static("", id="said", classes="dialog--quiet")

    def offer(self, letters: str) -> None:
        """Show the ways, whatever is typed in the line above."""
        options = self.query_one(OptionList)
        if not options.option_count:
            self.put(WAYS)

    def chosen(self, key: str) -> None:
        """Save or copy."""
        if key == "copy":
            self.app.copy_to_clipboard(as_markdown(self._table))
            self.notify("Copied.", markup=False)
            self.dismiss(None)
            return
        from storage.exports.atomic import write_atomically

        try:
            path = self._target(key)
            write_atomically(path, as_bytes(self._table, key))
        except AlmonerError as error:
            complain(self, error)
            return
        self.notify(f"Saved as {path}", markup=False)
        self.dismiss(None)

    def _target(self, ending: str) -> Path:
        typed = Path(self.query_one(Input).value.strip() or ".").expanduser()
        return typed / self._table.file_name(self._today, ending) if typed.is_dir() else typed
