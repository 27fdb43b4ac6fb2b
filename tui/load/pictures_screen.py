"""Pictures of a team's load: count beside weight, what changed since last month, and the weeks behind and ahead.

Each stands above (or beside) the table with the same figures.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from domain.core.dates import MONTHS, show_day
from domain.core.hundredths import from_hundredths, from_tenths
from domain.load.capacity import utilisation
from storage.load import worker_load
from storage.load.history.load_changes import PART_TITLES, LoadChange, Spread, load_changes, spread
from storage.load.history.load_weeks import (
    ASSUMED,
    BOOKED,
    PAST,
    TEAM,
    TODAY,
    HeatCell,
    HeatMap,
    HeatRow,
    with_forecast,
)
from tui.core.keys import bindings
from tui.core.look import Look, hundredths, percent, state
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import cell, show
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.load.weeks_screen import forecast_of, layer_words, read_map
from tui.widgets.picture import Axis, Dot, Picture, Step, axis, plotted, steps_of, waterfall

if TYPE_CHECKING:
    from storage.database.connection import Connection

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BESIDE = 110  # from this width on the table stands beside the picture
SEVERAL = "*"
BAND, WAS, LIKELY, FIRM = "│", "●", "◆", "○"


class Lettered(NamedTuple):
    """A worker in the scatter, under the letter drawn for them."""

    letter: str
    line: Spread


class Read(NamedTuple):
    """Everything the pictures are of."""

    team: str
    spread: list[Lettered]
    changes: list[LoadChange]
    shown: HeatMap


class PicturesScreen(Page):
    """Three pictures of one team, one at a time."""

    CSS_PATH = "pictures_screen.tcss"
    AREA = "plan"
    BINDINGS: ClassVar[list[BindingType]] = bindings("next-picture", "whose")

    def __init__(self, whose: str = TEAM) -> None:
        super().__init__()
        self._at = 0
        self._whose = whose
        self._read: Read | None = None

    def body(self) -> ComposeResult:
        """The title, the picture, and its table."""
        yield Static(id="subject")
        with Container(id="picture"):
            yield Picture()
            for name, columns, key in TABLES:
                yield Grid(name, columns(), key, empty="There is nothing to draw yet.")

    @property
    def grid(self) -> Grid[Any]:
        """The table of the picture that is shown."""
        return self.query_one(f"#{TABLES[self._at][0]}", Grid)

    def on_mount(self) -> None:
        """Begin with the first picture."""
        self._turn_to(0)

    def on_resize(self) -> None:
        """Put the table beside the picture where there is room."""
        self.query_one("#picture").set_class(self.size.width >= BESIDE, "-beside")

    async def load(self) -> None:
        """Read the figures; the library that draws is loaded meanwhile, and the forecast comes after."""
        wanted, today = self.office.team, self.office.today
        loading = asyncio.to_thread(_load_drawing)
        self._read = await self.office.desk.read(lambda conn: read_pictures(conn, wanted, today))
        await loading
        self.title_with(f"Pictures: {self._read.team or 'no team yet'}")
        self._show_tables()
        if self._read.shown.rows:
            self.run_worker(self._forecast(self._read), exclusive=True, group="forecast", exit_on_error=False)

    async def _forecast(self, read: Read) -> None:
        self._read = read._replace(shown=with_forecast(read.shown, await forecast_of(self, read.team)))
        self._show_tables()

    def _show_tables(self) -> None:
        if self._read is not None:
            rows: tuple[Sequence[Any], ...] = (self._read.spread, self._read.changes, self._row().cells)
            for (name, _, _), found in zip(TABLES, rows, strict=True):
                self.query_one(f"#{name}", Grid).show_rows(found)
            self._paint()

    def _row(self) -> HeatRow:
        """Return the line of the weeks that is drawn: of whoever was chosen, or of the team."""
        rows = self._read.shown.rows if self._read else ()
        return next((row for row in rows if row.staff_id == self._whose), HeatRow(TEAM, "Team", ()))

    # which picture ---------------------------------------------------------------------------------------------------

    def _turn_to(self, at: int) -> None:
        self._at = at
        for number, (name, _, _) in enumerate(TABLES):
            self.query_one(f"#{name}").display = number == at
        self.grid.sheet.focus()
        self._paint()

    def action_next_picture(self) -> None:
        """Show the next picture."""
        self._turn_to((self._at + 1) % len(TABLES))

    def action_whose(self) -> None:
        """Draw the weeks of the next worker, and of the team after the last."""
        ids = [row.staff_id for row in self._read.shown.rows] if self._read else []
        if ids:
            self._whose = ids[(ids.index(self._whose) + 1) % len(ids)] if self._whose in ids else ids[0]
            self._turn_to(len(TABLES) - 1)
            self._show_tables()

    @on(Grid.Moved)
    def _moved(self) -> None:
        self._paint()

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        row = event.row
        worker = row.line.worker if isinstance(row, Lettered) else row.worker if isinstance(row, LoadChange) else ""
        if worker or self._whose:
            self.app.push_screen(page("worker", worker or self._whose))

    def _paint(self) -> None:
        if self._read is None:
            return
        painter = (self._scatter, self._waterfall, self._weeks)[self._at]
        title, drawn = painter(self._read)
        self.query_one("#subject", Static).update(show(f"{title}   ({self._at + 1} of {len(TABLES)})", "bold"))
        self.query_one(Picture).paint(drawn)

    # the three pictures ----------------------------------------------------------------------------------------------

    def _scatter(self, read: Read) -> tuple[str, Callable[[int, int], Text] | None]:
        look, marked = self.look, self.grid.current
        title = "Count beside weight: few and heavy top left, many and light bottom right, * several at once"
        if not read.spread:
            return title, None
        places = [(one, one.line.cases, one.line.mean / 100) for one in read.spread]
        crowd = Counter((x, y) for _, x, y in places)
        dots = [
            Dot(
                x,
                y,
                one.letter if crowd[x, y] == 1 else SEVERAL,
                look.palette.accent if one == marked else look.colour(state(one.line.band).name),
            )
            for one, x, y in places
        ]
        x = axis("cases", [x for _, x, _ in places])
        y = axis("points a case", [y for *_, y in places])
        middle = (
            [(_median([v for *_, v in places]), look.palette.edge)],
            [(_median([float(v) for _, v, _ in places]), look.palette.edge)],
        )
        return title, lambda w, h: plotted(dots, x, y, w, h, across=middle[0], down=middle[1])

    def _waterfall(self, read: Read) -> tuple[str, Callable[[int, int], Text] | None]:
        look, marked = self.look, self.grid.current
        change = marked or (read.changes[-1] if read.changes else None)
        if change is None:
            return "What changed since last month", None
        who = change.name if change.worker == TEAM else look.worker(change.name, change.worker)
        used = f"{percent(change.utilisation_before)} → {percent(change.utilisation_after)}"
        title = f"{who}: points from {show_day(change.since, look.today)} to today, {used} of capacity"
        parts = [(PART_TITLES[p], points, look.colour("over" if points > 0 else "room")) for p, points in change.parts]
        steps = steps_of(change.before, change.after, parts, look.palette.text)
        return title, lambda w, h: waterfall(steps, _signed, w, h)

    def _weeks(self, read: Read) -> tuple[str, Callable[[int, int], Text] | None]:
        look, row, marked = self.look, self._row(), self.grid.current
        who = row.name if row.staff_id == TEAM else look.worker(row.name, row.staff_id)
        title = f"{who}: percent of capacity by week   {WAS} was   {FIRM} booked   {LIKELY} likely, {BAND} 80 of 100"
        cells = [(at, one) for at, one in enumerate(row.cells) if one.utilisation is not None]
        if not cells:
            return title, None
        dots = [dot for at, one in cells for dot in _week_dots(at, one, look, marked)]
        x = Axis("", 0, max(len(row.cells) - 1, 1), _week_ticks(row.cells))
        y = axis("%", [90, 110, *(dot.y for dot in dots)])
        now = next((at for at, one in enumerate(row.cells) if one.layer == TODAY), 0)
        lines = [(100.0, look.palette.edge)], [(float(now), look.palette.edge)]
        return title, lambda w, h: plotted(dots, x, y, w, h, across=lines[0], down=lines[1])


def _week_dots(at: int, one: HeatCell, look: Look, marked: HeatCell | None) -> list[Dot]:
    colour = look.palette.accent if marked and marked.day == one.day else look.colour(state(one.band).name)
    middle = (one.utilisation or 0) / 10
    if one.layer != ASSUMED:
        return [Dot(at, middle, WAS if one.booked is None else FIRM, colour)]
    ends = [(utilisation(points or 0, one.capacity) or 0) / 10 for points in (one.low, one.high)]
    steps = [ends[0] + (ends[1] - ends[0]) * n / 12 for n in range(13)]
    return [*(Dot(at, y, BAND, look.palette.muted) for y in steps), Dot(at, middle, LIKELY, colour)]


def _week_ticks(cells: Sequence[HeatCell]) -> list[tuple[float, str]]:
    return [(at, f"{one.day.day} {MONTHS[one.day.month - 1]}") for at, one in enumerate(cells) if at % 4 == 0]


def _median(values: Sequence[float]) -> float:
    from statistics import median

    return float(median(values))


def _signed(step: Step) -> str:
    return hundredths(step.ends) if step.total else f"{(step.ends - step.begins) / 100:+g}"


def _load_drawing() -> None:
    import plotext  # noqa: F401  # takes a third of a second, so not on the screen's thread


def read_pictures(conn: Connection, wanted: str | None, today: date) -> Read:
    """Read what the pictures of a team are of."""
    shown = read_map(conn, wanted, today)
    if not shown.team:
        return Read("", [], [], shown)
    lines = spread(worker_load.team_board(conn, shown.team, today))
    lettered = [Lettered(LETTERS[at % len(LETTERS)], one) for at, one in enumerate(lines)]
    return Read(shown.team, lettered, load_changes(conn, shown.team, today), shown)


# the tables --------------------------------------------------------------------------------------------------------


def _spread_columns() -> list[Column[Lettered]]:
    return [
        Column("letter", "", lambda r: r.letter, lambda r, k: cell(r.letter, f"bold {k.colour(_tone(r.line.band))}")),
        Column("worker", "Worker", lambda r: r.line.name, names="worker", whose=lambda r: r.line.worker,
               stretch=True, least=10, most=24),
        Column("cases", "Cases", lambda r: r.line.cases, right=True),
        Column("points", "Points", lambda r: r.line.points / 100, right=True, gives_way=3),
        Column("mean", "A case", lambda r: r.line.mean / 100, right=True),
        Column("used", "Load", lambda r: (r.line.utilisation or 0) / 10,
               lambda r, k: _used(r.line.utilisation, r.line.band, k), least=11),
        Column("shape", "Shape", lambda r: r.line.shape, gives_way=1, least=5),
    ]  # fmt: skip


def _change_columns() -> list[Column[LoadChange]]:
    parts = [
        Column(part, title.split()[0], lambda r, p=part: getattr(r, p) / 100,  # type: ignore[misc]
               lambda r, k, p=part: _moved_by(getattr(r, p), k), right=True, least=5, gives_way=gives_way)  # type: ignore[misc]
        for (part, title), gives_way in zip(PART_TITLES.items(), (0, 1, 0, 2, 3, 4, 3), strict=True)
    ]  # fmt: skip
    return [
        Column(
            "worker",
            "Worker",
            lambda r: r.name,
            _change_name,
            names="worker",
            whose=lambda r: r.worker,
            stretch=True,
            least=10,
            most=24,
        ),
        Column("before", "Then", lambda r: r.before / 100, right=True),
        *parts,
        Column("after", "Now", lambda r: r.after / 100, right=True),
        Column("capacity", "Capacity", lambda r: from_hundredths(r.capacity_after), _capacity, gives_way=5, least=8),
        Column("used", "Load", lambda r: from_tenths(r.utilisation_after), _change_used, gives_way=6, least=12),
    ]


def _week_columns() -> list[Column[HeatCell]]:
    return [
        Column("week", "Week", lambda r: r.day, least=10),
        Column("used", "Load", lambda r: from_tenths(r.utilisation),
               lambda r, k: _used(r.utilisation, r.band, k), least=11),
        Column("points", "Points", lambda r: r.points / 100, right=True),
        Column("capacity", "Capacity", lambda r: from_hundredths(r.capacity), right=True, gives_way=2),
        Column("cases", "Cases", lambda r: r.cases, right=True, gives_way=3),
        Column("layer", "Layer", _layer, stretch=True, least=8, most=90, gives_way=1),
    ]  # fmt: skip


TABLES: tuple[tuple[str, Callable[[], list[Column[Any]]], Callable[[Any], str]], ...] = (
    ("pictures-spread", _spread_columns, lambda row: row.line.worker),
    ("pictures-changes", _change_columns, lambda row: row.worker or "team"),
    ("pictures-weeks", _week_columns, lambda row: row.day.isoformat()),
)


def _layer(one: HeatCell) -> str:
    short = {PAST: "as it was", TODAY: "now", BOOKED: "booked"}
    return short.get(one.layer) or layer_words(one)


def _tone(band: str) -> str:
    return state(band).name


def _used(tenths: int | None, band: str, look: Look) -> Text:
    if tenths is None:
        return look.mark("unset")
    mark = state(band)
    return cell(f"{percent(tenths)} {mark.glyph} {mark.word}".rstrip(), look.colour(mark.name))


def _change_used(change: LoadChange, look: Look) -> Text:
    return look.plain(f"{percent(change.utilisation_before)} → {percent(change.utilisation_after)}")


def _change_name(change: LoadChange, look: Look) -> Text:
    return look.plain(change.name if change.worker == TEAM else look.worker(change.name))


def _capacity(change: LoadChange, look: Look) -> Text:
    before, after = hundredths(change.capacity_before), hundredths(change.capacity_after)
    return look.plain(after if before == after else f"{before} → {after}")


def _moved_by(points: int, look: Look) -> Text:
    return cell(f"{points / 100:+g}" if points else "·", "" if points else look.palette.muted, right=True)
