"""What was recorded when, by whom: of a case, of a worker, or by anybody; beside it what each change changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize

from domain.core.dates import show_day
from domain.core.text import plural
from storage.home.recorded import Log, LogFilter, RecordedLine, RecordedSet
from storage.records.database import Database
from tui.core.look import Look
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import show
from tui.grid.grid import Grid
from tui.home.history.history_columns import history_columns
from tui.home.history.history_text import changes, lateness, moment, title, verb
from tui.widgets.side import Side

ROOMY = 100
MOST = 1_000  # changes that are read
LINES = 200  # records of a change that are shown
_PAGES = ("case", "worker")
EMPTY = "Nothing is on record here."


class HistoryScreen(Page):
    """The changes, the newest first."""

    AREA = "settings"
    CSS_PATH = "history_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, kind: str = "", key: str = "") -> None:
        super().__init__()
        self._kind = kind
        self._key = key

    def body(self) -> ComposeResult:
        """The list, and what the marked change changed."""
        name = f"history-{self._kind or 'all'}"
        with Horizontal():
            yield Grid(
                name,
                history_columns(self.office.clock),
                key=lambda row: str(row.set),
                empty=EMPTY,
                sort="at",
                descending=True,
            )
            yield Side()

    @property
    def grid(self) -> Grid[RecordedSet]:
        """The changes."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the log and show it."""
        found = await self.office.desk.call(self._read)
        about = f"{self._kind} {self._key}" if self._kind else "everything"
        self.title_with(f"History: {about}", f"the last {MOST:,} changes" if len(found) == MOST else "")
        self.grid.show_rows(found)
        self._tell(self.grid.current)

    def _read(self, database: Database) -> list[RecordedSet]:
        log = Log(database.reader(), database.kinds, self.office.clock, self.office.actor or "unknown")
        return list(log.read(LogFilter(self._kind, self._key), MOST, LINES))

    def on_resize(self, event: Resize) -> None:
        """Put the side below the list in a narrow window."""
        self.query_one(Horizontal).set_class(event.size.width < ROOMY, "-narrow")
        self.query_one(Side).set_class(event.size.width < ROOMY, "-narrow")

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._tell(event.row)

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        """Open the first case or worker that the change was about."""
        where = next((found for line in event.row.lines if (found := _page_of(line))), None)
        if where is None:
            self.notify("This change was about no case and no worker.", markup=False)
        elif where != (self._kind, self._key):
            self.app.push_screen(page(*where))

    def _tell(self, one: RecordedSet | None) -> None:
        look, clock = self.look, self.office.clock
        at = moment(one, clock, look.today) if one else ""
        self.query_one(Side).show_lines(lambda _room: _told(one, at, look) if one else ())


def _page_of(line: RecordedLine) -> tuple[str, str] | None:
    """Return the page of the case or worker that a line is about."""
    if line.kind in _PAGES:
        return line.kind, str(line.key)
    said = line.after or line.before or {}
    return next(((kind, str(said[kind])) for kind in _PAGES if said.get(kind)), None)


def _told(one: RecordedSet, at: str, look: Look) -> Iterator[Content]:
    """Say who recorded what, and every record that it touched."""
    yield show(one.what, "bold")
    yield show(f"change {one.set}, {at}", "$muted")
    yield show(f"by {_whose(one, look)}", "$muted")
    if one.undoes is not None:
        yield show(f"takes back change {one.undoes}", "$muted")
    for line in one.lines:
        yield Content("")
        yield from _line(line, look)
    if one.touched > len(one.lines):
        yield Content("")
        yield show(f"and {plural(one.touched - len(one.lines), 'other record')}: see almoner history", "$muted")


def _whose(one: RecordedSet, look: Look) -> str:
    who = look.worker(one.actor)
    same = not one.user or one.user.casefold() == one.actor.casefold()
    return who if same or look.no_names else f"{who}, signed in as {one.user}"


def _line(line: RecordedLine, look: Look) -> Iterator[Content]:
    yield show(f"{title(line)}: {verb(line)}", "$accent")
    if line.late_days and line.on_day is not None:
        yield show(f"of {show_day(line.on_day, look.today)}, recorded {lateness(line)}", "$due").pad_left(2)
    for name, words in changes(line, look.today, no_names=look.no_names):
        yield show(f"{name}: {words}" if name else words).pad_left(2)
