"""Save or copy what a list shows."""

from __future__ import annotations

import asyncio
from datetime import date

from textual import work
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from domain.core.text import plural
from storage.files.outgoing import Outgoing
from storage.files.paths import home, typed
from tui.core.choice import Choice
from tui.core.text import line, show
from tui.dialogs.choose import Picker
from tui.dialogs.replacing import replacing
from tui.grid.export import Table, as_bytes, as_markdown

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
        yield Input(line(home()), select_on_focus=False, compact=True)
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

        self._save(key)

    @work(exit_on_error=False)
    async def _save(self, ending: str) -> None:
        place = typed(self.query_one(Input).value.strip() or ".", "folder", "Write its whole path.")
        path = place / self._table.file_name(self._today, ending) if place.is_dir() else place
        table, office = self._table, self.office

        async def write(overwrite: bool) -> None:
            away = Outgoing(office.path, overwrite=overwrite)

            def put(_: object = None) -> None:
                away.check([path], ending)
                away.write(path, as_bytes(table, ending), ending)

            await (office.desk.call(put) if office.is_open else asyncio.to_thread(put))

        await replacing(self, write)
        self.notify(f"Saved as {path}", markup=False)
        self.dismiss(None)
