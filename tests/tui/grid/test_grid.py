"""The list: sorted, filtered, fitted, remembered, paged and exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

from storage.files.settings import Settings
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tui.core.look import Look
from tui.core.page import Page
from tui.core.themes import DARK, PALETTES
from tui.grid.columns import Column, fitting, shared_out
from tui.grid.export import Table, as_csv, as_markdown, table_of
from tui.grid.filtering import Filter, unknown_fields, without_names, words_of
from tui.grid.grid import PAGE_ROWS, Grid
from tui.grid.sheet import Sheet

LOOK = Look(PALETTES[DARK], TODAY)


class Line(NamedTuple):
    key: str
    name: str
    points: float | None
    due: date | None


COLUMNS: list[Column[Line]] = [
    Column("case", "Case", lambda r: r.key),
    Column("name", "Name", lambda r: r.name, names="served", gives_way=1),
    Column("points", "Points", lambda r: r.points, right=True, gives_way=2),
    Column("due", "Due", lambda r: r.due, lambda r, look: look.due(r.due), least=8, gives_way=3),
]
LINES = [
    Line("C-1", "Żak", 9, TODAY - timedelta(days=3)),
    Line("C-2", "Okafor", 14.25, TODAY + timedelta(days=5)),
    Line("C-3", "Begum [10%]", None, None),
    Line("C-4", "Éluard", 2, TODAY + timedelta(days=60)),
]


class Listing(Page):
    """A screen with one list."""

    def __init__(self, rows: Sequence[Line]) -> None:
        super().__init__()
        self.rows = rows
        self.opened: list[str] = []

    def body(self) -> ComposeResult:
        yield Grid("lines", COLUMNS, key=lambda r: r.key, empty="No lines yet. Press n to add one.")

    async def load(self) -> None:
        self.query_one(Grid).show_rows(self.rows)

    def on_grid_opened(self, event: Grid.Opened) -> None:
        self.opened.append(event.row.key)


def keys(pilot: Pilot[Any]) -> list[str]:
    return [row.key for row in pilot.app.screen.query_one(Grid).found]


def show(folder: Path, steps: Any, rows: Sequence[Line] = LINES, size: tuple[int, int] = (100, 20)) -> Settings:
    app = almoner(None, folder)

    async def run(pilot: Pilot[Any]) -> None:
        await app.push_screen(Listing(rows))
        await settled(pilot)
        await steps(pilot)

    drive(app, run, size)
    app.office.settings.save()
    return app.office.settings


def test_sorting_by_the_marked_column_and_turning_it_round(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "right", "s")
        assert keys(pilot) == ["C-3", "C-4", "C-2", "C-1"], "accents do not matter: Éluard before Okafor"
        await press(pilot, "s")
        assert keys(pilot) == ["C-1", "C-2", "C-4", "C-3"]
        await press(pilot, "right", "s")
        assert keys(pilot) == ["C-4", "C-1", "C-2", "C-3"], "nothing known comes last"
        await press(pilot, "s")
        assert keys(pilot) == ["C-2", "C-1", "C-4", "C-3"], "also in descending order"

    show(tmp_path, steps)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("okafor", ["C-2"]),
        ("zak", ["C-1"]),
        ("name:begum", ["C-3"]),
        ("[10%]", ["C-3"]),
        ("points:>8", ["C-1", "C-2"]),
        ("points:>=9 points:<10", ["C-1"]),
        ("due:<20/11/2026", ["C-1"]),
        ("late", ["C-1"]),
        ("-late", ["C-2", "C-3", "C-4"]),
        ("-name:okafor ahead", []),
        ('name:"begum [10"', ["C-3"]),
        ("nonsense:x", []),
        ("points:>x", []),
    ],
)
def test_what_a_filter_lets_through(words: str, found: list[str]) -> None:
    test = Filter(words, COLUMNS, LOOK)
    assert [line.key for line in LINES if test.takes(line)] == found


@given(st.text(max_size=40))
@example('0:0"0')  # a quotation mark within a word
@example("´:0")  # a field of which nothing is left without its accents
@example("0:＂")  # wide characters that are plain ones when searched by
def test_no_filter_fails(words: str) -> None:
    test = Filter(words, COLUMNS, LOOK)
    assert all(test.takes(line) in (True, False) for line in LINES)
    assert words_of(without_names(words, COLUMNS)) == words_of(without_names(without_names(words, COLUMNS), COLUMNS))


def test_a_filter_that_may_hold_a_name_is_not_written_to_disk() -> None:
    assert without_names("doe name:jamie points:>8 -case:c-1", COLUMNS) == 'points:">8" -case:"c-1"'
    assert without_names("doe", [COLUMNS[0]]) == "doe"
    assert without_names("´:doe", COLUMNS) == "", "read again it would be a word of any column"


def test_a_field_that_is_not_there_is_named() -> None:
    assert unknown_fields("wroker:x points:>1", COLUMNS) == ["wroker"]


def test_filtering_as_it_is_typed_and_clearing_it(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "slash", *"zak")
        assert keys(pilot) == ["C-1"]
        await press(pilot, "enter", "enter")
        assert pilot.app.screen.opened == ["C-1"]  # type: ignore[attr-defined]
        await press(pilot, "escape")
        assert len(keys(pilot)) == 4
        await press(pilot, "slash", *"nobody")
        assert "Nothing here matches “nobody”" in text(pilot)

    show(tmp_path, steps)


def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Press n to add one.")

    show(tmp_path, steps, rows=[])


def test_cursor_order_filter_and_columns_are_there_next_time(tmp_path: Path) -> None:
    async def first(pilot: Pilot[Any]) -> None:
        await press(pilot, "right", "right", "s", "down")
        assert pilot.app.screen.query_one(Grid).current == LINES[0]
        await press(pilot, "slash", *"points:>1", "enter", "c")
        await until(pilot, "ctrl+s keeps")
        await press(pilot, "down", "down", "space", "ctrl+s")
        assert [c.id for c in pilot.app.screen.query_one(Grid).chosen] == ["case", "name", "due"]

    async def second(pilot: Pilot[Any]) -> None:
        grid = pilot.app.screen.query_one(Grid)
        assert keys(pilot) == ["C-4", "C-1", "C-2"]
        assert grid.current == LINES[0]
        assert [c.id for c in grid.chosen] == ["case", "name", "due"]

    show(tmp_path, first)
    show(tmp_path, second)


def test_the_columns_that_give_way_go_first() -> None:
    widths = {"case": 4, "name": 12, "points": 6, "due": 24}
    assert [c.id for c in fitting(COLUMNS, widths, 60)] == ["case", "name", "points", "due"]
    assert [c.id for c in fitting(COLUMNS, widths, 30)] == ["case", "name", "points"]
    assert [c.id for c in fitting(COLUMNS, widths, 10)] == ["case"]


@given(room=st.integers(1, 200), longest=st.lists(st.integers(1, 80), min_size=4, max_size=4))
def test_columns_never_need_more_than_their_room(room: int, longest: list[int]) -> None:
    full = dict(zip([c.id for c in COLUMNS], longest, strict=True))
    widths = {c.id: max(min(full[c.id], c.most), c.least) for c in COLUMNS}
    columns = fitting(COLUMNS, widths, room)
    given_out = shared_out(columns, widths, full, room)
    assert set(given_out) == {c.id for c in columns}
    if len(columns) > 1:
        assert sum(given_out.values()) + len(columns) <= room


@pytest.mark.parametrize("width", [30, 80, 120, 200])
def test_no_line_is_wider_than_the_window(tmp_path: Path, width: int) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert all(cell_len(line) <= width for line in text(pilot).splitlines())

    show(tmp_path, steps, [*LINES, Line("C-5", "x" * 150, 1, TODAY)], (width, 20))


class Below(Listing):
    """A list under something else, which leaves it less room than the window has."""

    def body(self) -> ComposeResult:
        high = Static("above")
        high.styles.height = 10
        yield high
        column = Column[Line]("name", "Name", lambda r: r.name, most=200, stretch=True)
        yield Grid("lines", [column], key=lambda r: r.key, empty="Nothing.")


@pytest.mark.parametrize("height", [17, 18, 22, 24, 30, 60])
def test_a_list_scrolls_down_and_never_sideways(tmp_path: Path, height: int) -> None:
    rows = [Line(f"C-{n}", "long " * 30, None, None) for n in range(10)]

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(Below(rows))
        await until(pilot, "long")
        await settled(pilot)
        assert pilot.app.screen.query_one(Sheet).max_scroll_x == 0

    drive(almoner(None, tmp_path), steps, (80, height))


def test_the_whole_of_a_cut_cell_can_be_read_below(tmp_path: Path) -> None:
    name = "Anna " * 16 + "the last"

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "the last")

    show(tmp_path, steps, [Line("C-5", name, 1, None)], (80, 20))


def test_a_long_list_goes_on_page_by_page(tmp_path: Path) -> None:
    lines = [Line(f"C-{n:05}", "", n, None) for n in range(2 * PAGE_ROWS + 10)]

    async def steps(pilot: Pilot[Any]) -> None:
        grid = pilot.app.screen.query_one(Grid)
        assert grid.sheet.row_count == PAGE_ROWS
        await press(pilot, "end", "down")
        assert grid.current == lines[PAGE_ROWS]
        await press(pilot, "up")
        assert grid.current == lines[PAGE_ROWS - 1]
        await press(pilot, "end", "down", "end", "down", "end", "down")
        assert grid.current == lines[-1]
        await until(pilot, f"{2 * PAGE_ROWS + 1:,} to {len(lines):,} shown")

    show(tmp_path, steps, lines)


def test_the_mouse_opens_and_sorts(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.click("Sheet", offset=(2, 3))
        await pilot.click("Sheet", offset=(2, 3))
        await pilot.pause()
        assert pilot.app.screen.opened == ["C-3"]  # type: ignore[attr-defined]
        await pilot.click("Sheet", offset=(10, 0))
        await pilot.pause()
        assert keys(pilot) == ["C-3", "C-4", "C-2", "C-1"]

    show(tmp_path, steps)


def test_an_export_says_what_is_shown(tmp_path: Path) -> None:
    table = table_of("due/../list", COLUMNS, LINES, LOOK)
    assert table.file_name(TODAY, "csv") == "almoner-due-list-2026-11-20.csv"
    rows = list(csv.reader(io.StringIO(as_csv(table))))
    assert rows[0] == ["Case", "Name", "Points", "Due"]
    assert rows[2] == ["C-2", "Okafor", "14.25", "2026-11-25"]
    assert "| C-3 | Begum [10%] |  |  |" in as_markdown(table)


def test_an_export_to_a_spreadsheet_runs_nothing() -> None:
    table = Table("x", ["=1+1"], [["=cmd|' /C calc'!A0"], ["@sum(1)"], [" +44 1"], [-3], [TODAY]])
    rows = list(csv.reader(io.StringIO(as_csv(table))))
    assert [r[0] for r in rows[:4]] == ["'=1+1", "'=cmd|' /C calc'!A0", "'@sum(1)", "'+44 1"]
    assert [r[0] for r in rows[4:]] == ["-3", "2026-11-20"]


def test_an_export_hides_what_the_screen_hides() -> None:
    hidden = Column[Line](
        "name", "Name", lambda r: r.name, lambda r, look: look.plain(look.served(r.name, r.key)), names="served"
    )
    table = table_of("x", [hidden], LINES[:1], Look(PALETTES[DARK], TODAY, no_names=True))
    assert table.rows == [["C-1"]]


def test_saving_an_export_by_keys(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "x")
        await until_screen(pilot, "ExportDialog")
        box = pilot.app.screen.query_one("Input")
        box.value = str(tmp_path)  # type: ignore[attr-defined]
        await press(pilot, "enter")
        await until_screen(pilot, "Listing")

    show(tmp_path, steps)
    saved = tmp_path / "almoner-lines-2026-11-20.csv"
    assert saved.read_bytes().startswith(b"\xef\xbb\xbfCase,Name")
    assert saved.stat().st_mode & 0o077 == 0
