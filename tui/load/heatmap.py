"""Load by worker and week: two or three digits of percent a cell, in the colours of the bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import RenderResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from domain.core.dates import MONTHS
from domain.core.hundredths import whole_percent
from storage.load.history.load_weeks import (
    ASSUMED,
    BOOKED,
    GONE,
    NOT_YET,
    PAST,
    TEAM,
    TODAY,
    HeatCell,
    HeatMap,
    HeatRow,
)
from tui.core.keys import bindings
from tui.core.look import state
from tui.core.text import line, shorten
from tui.core.workspace import look_of

CELL = 4
WIDER = 5
NAMES = (12, 24)  # the narrowest and the widest column of names
HEAD = 3
AWAY, HATCH, NONE = "·", "░", "–"
ABSENT = {NOT_YET: "›", GONE: "×"}  # who is not in the team that week
ABSENT_WORDS = {NOT_YET: "not yet here", GONE: "gone"}
# Weeks that give way last in a narrow window.
KEPT_AHEAD, KEPT_BACK = 8, 4
_FILLED = frozenset(("over", "near"))
_SAID = {PAST: "as it was", TODAY: "now", BOOKED: "booked", ASSUMED: "forecast"}


class HeatGrid(Widget, can_focus=True):
    """A row a worker, a column a week; the arrows move from cell to cell, and the weeks slide along."""

    DEFAULT_CSS = """
    HeatGrid { height: 1fr; padding: 0 1; background: $background; color: $text; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("open", "up", "down", "week-before", "week-after", "today")
    row: reactive[int] = reactive(0)
    column: reactive[int] = reactive(0)

    class Opened(Message):
        """A worker was chosen; ``staff_id`` is empty for the whole team."""

        def __init__(self, staff_id: str) -> None:
            super().__init__()
            self.staff_id = staff_id

    class Marked(Message):
        """Another cell was marked, or the same says something else now."""

        def __init__(self, row: HeatRow, cell: HeatCell) -> None:
            super().__init__()
            self.row = row
            self.cell = cell

    def __init__(self) -> None:
        super().__init__()
        self.shown: HeatMap | None = None
        self._first = 0
        self._top = 0

    def show_map(self, shown: HeatMap) -> None:
        """Show a map; the cursor stays where it was, and begins at today."""
        begins = self.shown is None or len(self.shown.days) != len(shown.days)
        self.shown = shown
        self.row = max(min(self.row, len(shown.rows) - 1), 0)
        if begins:
            self.column = self._now
            self._first = self._now - fitting(self._now, len(shown.days) - self._now - 1, self._room())[0]
        self._tell()
        self.refresh()

    @property
    def marked(self) -> tuple[HeatRow, HeatCell] | None:
        """The marked worker and week."""
        if self.shown is None or not self.shown.rows:
            return None
        row = self.shown.rows[self.row]
        return row, row.cells[self.column]

    @property
    def _now(self) -> int:
        cells = self.shown.rows[0].cells if self.shown and self.shown.rows else ()
        return next((at for at, cell in enumerate(cells) if cell.layer == TODAY), 0)

    # drawing ---------------------------------------------------------------------------------------------------------

    @property
    def names_width(self) -> int:
        """How wide the names are."""
        longest = max((len(self._named(row)) for row in self.shown.rows), default=0) if self.shown else 0
        return min(max(longest + 1, NAMES[0]), NAMES[1] if self.size.width >= 100 else NAMES[0] + 2)

    @property
    def cell_width(self) -> int:
        """How wide a week is: a cell wider where every week fits in."""
        weeks = len(self.shown.days) if self.shown else 0
        return WIDER if self.content_size.width >= self.names_width + weeks * WIDER else CELL

    def _room(self) -> int:
        return max((self.content_size.width - self.names_width) // self.cell_width, 1)

    def render(self) -> RenderResult:
        """Write the weeks, and a line a worker under them."""
        if self.shown is None:
            return Content("")
        if not self.shown.rows:
            return Content("Nobody in this team carries anything, or could.")
        columns = self._columns()
        lines = self._head(columns)
        workers = list(enumerate(self.shown.rows))[:-1]
        height = max(self.content_size.height - HEAD - 2, 1)
        self._top = min(max(self._top, min(self.row, len(workers) - 1) - height + 1), self.row)
        lines += [self._line(at, row, columns) for at, row in workers[self._top : self._top + height]]
        lines.append(Content.styled("─" * (self.names_width + len(columns) * self.cell_width), "$muted"))
        lines.append(self._line(len(workers), self.shown.rows[-1], columns))
        return Content("\n").join(lines)

    def _columns(self) -> range:
        """Return the places of the weeks that are in the window, the marked one among them."""
        count, room = len(self.shown.days) if self.shown else 0, self._room()
        first = min(max(self._first, self.column - room + 1, 0), self.column)
        self._first = min(first, max(count - room, 0))
        return range(self._first, min(self._first + room, count))

    def _head(self, columns: range) -> list[Content]:
        assert self.shown is not None
        days, cells, width = self.shown.days, self.shown.rows[0].cells, self.cell_width
        months = "".join(
            (MONTHS[days[at].month - 1] if n == 0 or days[at].month != days[at - 1].month else "").ljust(width)
            for n, at in enumerate(columns)
        )
        numbers = [
            Content.styled(str(days[at].day).rjust(width - 1) + " ", "bold $accent" if at == self._now else "$muted")
            for at in columns
        ]
        pad = " " * self.names_width
        return [
            Content.styled(pad + " " + months.rstrip(), "$muted"),
            Content("").join([Content(pad), *numbers]),
            Content("").join([Content(pad), *_layers([cells[at].layer for at in columns], width)]),
        ]

    def _line(self, at: int, row: HeatRow, columns: range) -> Content:
        name = shorten(self._named(row), self.names_width - 1).ljust(self.names_width)
        named = Content.styled(name, "bold" if at == self.row else "")
        return Content("").join([named, *(self._cell(at, n, row.cells[n]) for n in columns)])

    def _cell(self, at: int, column: int, cell: HeatCell) -> Content:
        text = drawn(cell, self.cell_width)
        if (at, column) == (self.row, self.column):
            return Content.styled(text, "bold $cursor-text on $cursor" if self.has_focus else "bold on $rest")
        name = state(cell.band).name
        if cell.utilisation is None or not cell.band:
            return Content.styled(text, "$muted")
        return Content.styled(text, f"$background on ${name}" if name in _FILLED else f"${name} on $surface")

    def _named(self, row: HeatRow) -> str:
        return line(row.name) if row.staff_id == TEAM else look_of(self).worker(row.name, row.staff_id)

    # moving ----------------------------------------------------------------------------------------------------------

    def _move(self, rows: int, columns: int) -> None:
        if self.shown is None or not self.shown.rows:
            return
        self.row = min(max(self.row + rows, 0), len(self.shown.rows) - 1)
        self.column = min(max(self.column + columns, 0), len(self.shown.days) - 1)
        self._tell()

    def _tell(self) -> None:
        if self.marked is not None:
            self.post_message(self.Marked(*self.marked))

    def action_cursor_up(self) -> None:
        """Mark the worker above."""
        self._move(-1, 0)

    def action_cursor_down(self) -> None:
        """Mark the worker below."""
        self._move(1, 0)

    def action_week_before(self) -> None:
        """Mark the week before."""
        self._move(0, -1)

    def action_week_after(self) -> None:
        """Mark the week after."""
        self._move(0, 1)

    def action_today(self) -> None:
        """Go back to the present week."""
        self._move(0, self._now - self.column)

    def action_open(self) -> None:
        """Open the marked worker."""
        if self.marked is not None:
            self.post_message(self.Opened(self.marked[0].staff_id))

    def on_click(self, event: Click) -> None:
        """Mark the cell that was clicked, or by its name the worker; a click on what is marked opens the worker."""
        offset = event.get_content_offset(self)
        if self.shown is None or offset is None or offset.y < HEAD:
            return
        at, columns = self._top + offset.y - HEAD, self._columns()
        named = offset.x < self.names_width
        column = self.column if named else self._first + (offset.x - self.names_width) // self.cell_width
        last = len(self.shown.rows) - 1
        if at >= last:
            at = last if offset.y == HEAD + min(last - self._top, self.content_size.height - HEAD - 2) + 1 else -1
        if at < 0 or column not in columns:
            return
        if (at, column) == (self.row, self.column):
            self.action_open()
        self._move(at - self.row, column - self.column)


def fitting(back: int, ahead: int, room: int) -> tuple[int, int]:
    """Return how many weeks back and ahead are in the window at first: the farthest go first, then the oldest."""
    while back + ahead + 1 > room and back + ahead:
        if ahead > KEPT_AHEAD or (back <= KEPT_BACK and ahead >= 2 * back):
            ahead -= 1
        else:
            back -= 1
    return back, ahead


def drawn(cell: HeatCell, width: int) -> str:
    """Return a cell's characters: hatched when forecast, a dot when away, the band's glyph where there is room."""
    if cell.utilisation is None:
        return ABSENT.get(cell.presence, AWAY if cell.away else NONE).rjust(width - 1) + " "
    figure = str(min(whole_percent(cell.utilisation), 999))
    lead = AWAY if cell.away else HATCH if cell.layer == ASSUMED else " "
    glyph = state(cell.band).glyph
    if width == CELL and len(figure) == CELL - 1:  # no room for the glyph: the figure itself says it
        glyph = ""
    body = (figure + (glyph or " ")).rjust(width - 1) if len(figure) < width - 1 else figure
    return lead + body


def _layers(layers: Sequence[str], width: int) -> list[Content]:
    """Say under the weeks what they are: how it was, today, what is booked or forecast."""
    parts, at = [], 0
    while at < len(layers):
        upto = next((n for n in range(at, len(layers)) if layers[n] != layers[at]), len(layers))
        room = (upto - at) * width
        said = shorten(_SAID[layers[at]], room - 1)
        fill = HATCH if layers[at] == ASSUMED else "─"
        text = said.ljust(room) if room < len(said) + 3 else f"{said} {fill * (room - len(said) - 2)} "
        parts.append(Content.styled(text, "bold $accent" if layers[at] == TODAY else "$muted"))
        at = upto
    return parts
