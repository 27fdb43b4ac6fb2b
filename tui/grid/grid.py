"""The list that every screen uses: sorted, filtered, fitted to the width, remembered, and exported as it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import DataTable, Static

from storage.files.settings import ListState, SavedView
from tui.core.keys import bindings
from tui.core.text import cell, show
from tui.core.workspace import look_of, office_of
from tui.grid.columns import GAP, Column, Row, fit, fitting, in_order, shared_out
from tui.grid.filtering import Filter
from tui.grid.saved_views import Viewed
from tui.grid.sheet import Sheet
from tui.grid.summary import nothing, summary
from tui.widgets.steady import Words, put

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.core.look import Look

PAGE_ROWS = 200


class Grid(Viewed, Generic[Row]):
    """A list of rows, each with a stable key.

    Give it rows with ``show_rows``; it posts ``Opened`` and ``Moved``. ``last`` marks rows that stay at the end
    whatever the order. Cursor, order, filter and columns are kept in the settings under ``name``.
    """

    # Its parts ask for a layout themselves; the room they take together asks for no other.
    virtual_size = Reactive(Size(0, 0), layout=False)
    DEFAULT_CSS = """
    Grid { height: 1fr; background: $background; padding: 0 0 0 1; }
    Grid Sheet { height: auto; max-height: 1fr; background: $background; }
    Grid Sheet > .datatable--header { background: $panel; color: $text; text-style: bold; }
    Grid Sheet > .datatable--header-hover { background: $rest; color: $text; }
    Grid Sheet:focus { background-tint: $background 0%; }
    Grid Sheet > .datatable--hover { background: $panel; }
    Grid Sheet > .datatable--cursor { background: $rest; color: $text; }
    Grid Sheet:focus > .datatable--cursor { background: $cursor; color: $cursor-text; }
    Grid .grid--empty { padding: 1 2; color: $text; height: auto; display: none; }
    Grid .grid--said { height: auto; max-height: 3; min-height: 1; color: $muted; dock: bottom; }
    Grid Input { display: none; dock: bottom; height: 1; border: none; padding: 0 1; background: $panel; color: $text; }
    Grid.-filtering Input { display: block; }
    Grid.-filtering .grid--said { display: none; }
    Grid.-empty Sheet { display: none; }
    Grid.-empty .grid--empty { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("filter", "sort", "columns", "views", "export", "clear-filter")

    class About(Message):
        """Something about one row; a handler can be tied to one list by its id."""

        def __init__(self, grid: Grid[Any], row: Any) -> None:
            super().__init__()
            self.grid, self.row = grid, row

        @property
        def control(self) -> Grid[Any]:
            """The list."""
            return self.grid

    class Opened(About):
        """A row was chosen with enter or the mouse."""

    class Moved(About):
        """The cursor came to another row."""

    def __init__(
        self,
        name: str,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], str],
        *,
        empty: str,
        sort: str = "",
        descending: bool = False,
        last: Callable[[Row], bool] = lambda _: False,
    ) -> None:
        super().__init__(id=name)
        self.list_name = name
        self.columns = columns
        self.empty = empty
        self._key = key
        self._last = last
        self._first_sort = (sort, descending)
        self.rows: Sequence[Row] = ()
        self._found: list[Row] = []
        self._widths: dict[str, int] = {}
        self._page = 0
        self._filled_for = (0, False)
        self._loaded = False
        self._typed_filter: str | None = None
        self._narrowed = ""
        self._marked = ""

    # what the outside asks ---------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show ``rows``, keeping the cursor on the line it was on."""
        self.rows = rows
        self._loaded = True
        self.redraw()

    def narrow(self, filter_text: str) -> None:
        """Show only what matches, for as long as this screen lives; the remembered filter stays as it was."""
        self._narrowed = self._typed_filter = filter_text
        self.redraw()

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        at = self._page * PAGE_ROWS + self.sheet.cursor_row
        return self._found[at] if 0 <= at < len(self._found) and self.sheet.row_count else None

    @property
    def found(self) -> Sequence[Row]:
        """Every row that the filter lets through, in order."""
        return self._found

    @property
    def filter(self) -> str:
        """The filter in force."""
        return self.state.filter if self._typed_filter is None else self._typed_filter

    @property
    def state(self) -> ListState:
        """What is remembered of this list."""
        state = office_of(self).settings.of_list(self.list_name)
        if not state.sort:
            state.sort, state.descending = self._first_sort
        return state

    @property
    def marked(self) -> str:
        """The id of the column that is marked."""
        return self._marked

    @property
    def sheet(self) -> Sheet:
        """The table."""
        return self.query_one(Sheet)

    @property
    def chosen(self) -> list[Column[Row]]:
        """The columns a person wants to see, in their order."""
        by_id = {column.id: column for column in self.columns}
        wanted = [by_id[name] for name in self.state.columns if name in by_id]
        return wanted or [column for column in self.columns if column.at_first]

    # drawing -----------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """A table, the words shown in its place when it is empty, and a line below it."""
        yield Sheet()
        yield Words("", classes="grid--empty")
        yield Words("", classes="grid--said")

    def on_resize(self, event: Resize) -> None:
        """Fit the columns to the new width, and to the scroll bar that a longer list has."""
        if self._loaded and self._filled_for != (event.size.width, self._is_long(event.size.height)):
            self.redraw()

    def redraw(self) -> None:
        """Filter, sort and draw again, the cursor on the line it was on."""
        if not self._loaded or not self.is_mounted:
            return
        look = look_of(self)
        test = Filter(self.filter, self.columns, look)
        self._found = self._in_order([row for row in self.rows if test.takes(row)] if self.filter else list(self.rows))
        wanted = self.state.cursor
        at = next((n for n, row in enumerate(self._found) if self._key(row) == wanted), 0)
        self._page = at // PAGE_ROWS
        self._fill(at % PAGE_ROWS)

    def _in_order(self, rows: list[Row]) -> list[Row]:
        column = next((c for c in self.columns if c.id == self.state.sort), None)
        if column is not None:
            rows = in_order(rows, column, descending=self.state.descending)
        return sorted(rows, key=self._last)

    def _fill(self, cursor: int) -> None:
        look, sheet = look_of(self), self.sheet
        rows = self._found[self._page * PAGE_ROWS : (self._page + 1) * PAGE_ROWS]
        size = self.size or self.app.size  # before the first layout: most lists are as wide as the window
        self._filled_for = (size.width, self._is_long(size.height))
        room = size.width - 1 - (2 if self._is_long(size.height) else 0)
        longest = {c.id: self._longest(c, rows) for c in self.chosen}
        widths = {c.id: max(min(longest[c.id], c.most), c.least) for c in self.chosen}
        columns = fitting(self.chosen, widths, room)
        self._widths = shared_out(columns, widths, longest, room)
        if self._marked not in self._widths:
            self._marked = self.state.sort if self.state.sort in self._widths else columns[0].id
        with self.app.batch_update(), self.prevent(DataTable.RowHighlighted):
            sheet.clear(columns=True)
            for column in columns:
                sheet.add_column(self._heading(column), key=column.id, width=self._widths[column.id] + GAP)
            for row in rows:
                cells = [self._cell(c, row, look) for c in columns]
                sheet.add_row(*cells, key=self._key(row))
            sheet.move_cursor(row=cursor)
        self._say()

    def _cell(self, column: Column[Row], row: Row, look: Look) -> Text:
        width = self._widths[column.id]
        return fit(column.cell(row, look, width), width, column.tail(row, look))

    def _is_long(self, height: int) -> bool:
        """Whether the page may not fit in under its heading and above the words below it."""
        return min(len(self._found) - self._page * PAGE_ROWS, PAGE_ROWS) >= height - 2

    def _longest(self, column: Column[Row], rows: Sequence[Row]) -> int:
        """Return the width that would cut nothing."""
        look = look_of(self)
        longest = max((column.cell(row, look).cell_len for row in rows), default=0)
        return max(longest, cell_len(column.title) + 2 * (column.id == self.state.sort))

    def _heading(self, column: Column[Row]) -> Text:
        arrow = (" ↓" if self.state.descending else " ↑") if column.id == self.state.sort else ""
        heading = cell(column.title + arrow, right=column.right)
        fit(heading, self._widths[column.id])
        if column.id == self._marked:
            heading.stylize("underline")
        return heading

    def _say(self) -> None:
        """Write the line below: the whole of a cut cell, or how much is shown and in which order."""
        self.set_class(not self._found, "-empty")
        self.can_focus = not self._found  # the table is hidden then, and its keys must still be answered
        said = "   ".join(words for words in (self._whole_cell(), self._summary()) if words)
        put(self.query_one(".grid--empty", Static), show(self._nothing()))
        put(self.query_one(".grid--said", Static), show(said))

    def _whole_cell(self) -> str:
        """Return the whole of a cut cell of the marked row: the marked column's, or the first that was cut."""
        row, look = self.current, look_of(self)
        if row is None:
            return ""
        shown = [c for c in self.chosen if c.id in self._widths and c.draw_wide is None]
        for column in sorted(shown, key=lambda c: c.id != self._marked):
            text = column.cell(row, look).plain
            if cell_len(text) > self._widths[column.id]:
                return f"{column.title}: {text}"
        return ""

    def _nothing(self) -> str:
        return nothing(self, self.empty)

    def _summary(self) -> str:
        hidden = [c.title for c in self.chosen if c.id not in self._widths]
        start = self._page * PAGE_ROWS if len(self._found) > PAGE_ROWS else None
        return summary(self, len(self._found), start, PAGE_ROWS, hidden)

    # what the person does ----------------------------------------------------------------------------------------

    @on(DataTable.RowHighlighted)
    def _moved(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        row = self.current
        if row is not None and self._loaded and self._key(row) == event.row_key.value:
            self.state.cursor = self._key(row)
            self._say()
            self.post_message(self.Moved(self, row))

    @on(DataTable.RowSelected)
    def _opened(self, event: DataTable.RowSelected) -> None:
        event.stop()
        if (row := self.current) is not None:
            self.post_message(self.Opened(self, row))

    @on(DataTable.HeaderSelected)
    def _heading_clicked(self, event: DataTable.HeaderSelected) -> None:
        event.stop()
        self._marked = str(event.column_key.value)
        self.action_sort()

    @on(Sheet.ColumnMarked)
    def _column_marked(self, event: Sheet.ColumnMarked) -> None:
        event.stop()
        names = list(self._shown_ids())
        at = names.index(self._marked) if self._marked in names else 0
        self._marked = names[max(0, min(at + event.step, len(names) - 1))]
        for column in self.columns:
            if column.id in self._widths:
                self.sheet.columns[_key_of(self.sheet, column.id)].label = self._heading(column)
        self.sheet.notify_style_update()
        self.sheet.refresh()
        self._say()

    def _shown_ids(self) -> list[str]:
        return [column.id for column in self.chosen if column.id in self._widths]

    @on(Sheet.PageWanted)
    def _page_wanted(self, event: Sheet.PageWanted) -> None:
        event.stop()
        wanted = self._page + event.step
        if 0 <= wanted <= (len(self._found) - 1) // PAGE_ROWS:
            self._page = wanted
            self._fill(0 if event.step > 0 else PAGE_ROWS - 1)
            if (row := self.current) is not None:
                self.state.cursor = self._key(row)
                self.post_message(self.Moved(self, row))

    def action_sort(self) -> None:
        """Sort by the marked column, or turn its order round."""
        state = self.state
        if state.sort == self._marked:
            state.descending = not state.descending
        else:
            state.sort, state.descending = self._marked, False
        self.redraw()

    async def action_filter(self) -> None:
        """Type a filter; the list follows as it is typed."""
        from textual.widgets import Input

        if not self.query(Input):  # made when first wanted: a list opens sooner without it
            words = "words to look for, or column:word   enter keeps it, esc drops it"
            await self.mount(Input(placeholder=words, compact=True))
        self.add_class("-filtering")
        box = self.query_one(Input)
        box.value = self.filter
        box.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Follow what is typed."""
        event.stop()
        if self.has_class("-filtering") and event.value != self.filter:
            self._filter_by(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self._close_filter()

    def _filter_by(self, text: str) -> None:
        self._typed_filter = text
        self.redraw()

    def _close_filter(self) -> None:
        self.remove_class("-filtering")
        if self._typed_filter is not None and not self._narrowed:
            self.state.filter = self.keepable(self._typed_filter)
        (self.sheet if self._found else self).focus()
        self.refresh_bindings()
        self._say()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a filter to clear only while one is in force that the person gave."""
        if action == "clear_filter":
            return self.filter != self._narrowed or self.has_class("-filtering")
        if action == "filter":
            return not self.has_class("-filtering")
        return super().check_action(action, parameters)

    def action_clear_filter(self) -> None:
        """Show again what was shown before a filter was typed."""
        self._filter_by(self._narrowed)
        self._close_filter()

    def action_columns(self) -> None:
        """Choose the columns."""
        from tui.grid.columns_dialog import ColumnsDialog

        self.app.push_screen(ColumnsDialog(self.columns, [c.id for c in self.chosen]), self._columns_chosen)

    def _columns_chosen(self, ids: list[str] | None) -> None:
        if ids is not None:
            self.state.columns = ids
            self.redraw()

    # its views -----------------------------------------------------------------------------------------------------

    def take_view(self, view: SavedView) -> None:
        """Show what a view says."""
        state = self.state
        state.sort, state.descending = (view.sort, view.descending) if view.sort else self._first_sort
        state.columns = list(view.columns)
        state.filter, self._narrowed = view.filter, ""
        self._filter_by(view.filter)
        self.redraw()
        self.refresh_bindings()

    def action_views(self) -> None:
        """Choose, save, rename or delete a view."""
        from tui.grid.saved_views_dialog import choose_view

        self.screen.run_worker(choose_view(self), exit_on_error=False)

    def action_export(self) -> None:
        """Save or copy what is shown."""
        from tui.grid.export import table_of
        from tui.grid.export_dialog import ExportDialog

        self.app.push_screen(
            ExportDialog(table_of(self.list_name, self.chosen, self._found, look_of(self)), office_of(self).today)
        )


def _key_of(sheet: Sheet, name: str) -> Any:
    return next(key for key in sheet.columns if key.value == name)
