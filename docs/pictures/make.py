"""Make the pictures of the README: screens of the demonstration team, on a fixed day, at a fixed size.

Run it from the project's folder with ``python docs/pictures/make.py``. It needs no network, and gives the same files
on every run: the people come from a fixed seed, the day is fixed, and nothing of the machine is shown.
`tests/test_pictures.py` says when a picture is out of date.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from textual.pilot import Pilot

from domain.core.clock import Clock
from storage.demo.make import make
from storage.opening import open_database
from tui.app import Almoner

HERE = Path(__file__).resolve().parent
CLOCK = Clock(lambda: datetime(2026, 11, 16, 12, tzinfo=UTC))
ACTOR = "Hughes, Anwen"  # the manager of the demonstration team
CELL = 12.2  # the width of a character in the pictures
FIRST = "Next due"  # stands on the first screen once it is drawn
PATIENCE = 30.0  # seconds until a screen is given up
_FONTS = re.compile(r"\s*(@font-face \{.*?\}|<!--.*?-->)", re.DOTALL)  # fonts that would be fetched from elsewhere
_ID = re.compile(r"terminal-\d+")
_TEXT = re.compile(r'<text class="terminal-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>(.*?)</text>')


class Picture(NamedTuple):
    """A screen: its file, what it shows, and the way there: keys, and words that come up after them."""

    name: str
    shows: str
    size: tuple[int, int]
    way: Sequence[tuple[Sequence[str], str]]


PICTURES = (
    Picture("team", "The team: what needs somebody, and everybody's load", (120, 26), []),
    Picture(
        "due",
        "Everything that falls due, soonest first",
        (120, 30),
        [(("2",), "This week"), (("home", "down"), "Overdue")],
    ),
    Picture(
        "why",
        "The working behind a due date, with its source",
        (120, 24),
        [(("2",), "This week"), (("home", *("down",) * 5, "w"), "Plan by")],
    ),
    Picture(
        "session",
        "A supervision session: the agenda, and one child's page",
        (120, 36),
        [
            (("3",), "Whitfield, Dawn"),
            (("enter",), "Which session?"),
            (("down", "enter"), "What helps"),
            (("down",) * 5, "Attendance at school"),
        ],
    ),
    Picture(
        "learner",
        "A newly qualified worker's year: what is done, what is late, what is missing",
        (120, 32),
        [(("4",), "Rahman, Imran"), (("enter",), "Protected time")],
    ),
)


async def drawn(picture: Picture, demo: Path, folder: Path) -> str:
    """Return a picture as SVG, taken in an application on a copy of ``demo``."""
    async with opened(shutil.copy(demo, folder / f"{picture.name}.db"), picture.size) as pilot:
        svg = await settled(pilot, FIRST)
        for keys, wanted in picture.way:
            for key in keys:
                await pilot.press(key)
            svg = await settled(pilot, wanted)
    return finished(svg, picture.shows)


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int]) -> AsyncIterator[Pilot[Any]]:
    """Open the application on a database, with no settings of anybody's."""
    database = open_database(path, CLOCK, actor=ACTOR)
    app = Almoner(database, path=path, clock=CLOCK, actor=ACTOR, settings_path=path.with_suffix(".settings"))
    try:
        async with app.run_test(size=size) as pilot:
            yield pilot
    finally:
        app.office.close()


async def settled(pilot: Pilot[Any], wanted: str) -> str:
    """Return the screen as SVG once ``wanted`` stands on it and it has stopped changing."""
    loop = asyncio.get_running_loop()
    end, last, same = loop.time() + PATIENCE, "", 0
    while loop.time() < end:
        await pilot.pause()
        svg = _ID.sub("terminal", pilot.app.export_screenshot(title="Almoner"))
        same = same + 1 if svg == last and wanted in words(svg) else 0
        if same == 3:
            return svg
        last = svg
        await asyncio.sleep(0.05)
    raise SystemExit(f"{wanted!r} did not come up; the screen shows:\n{words(last)}")


def finished(svg: str, shows: str) -> str:
    """Return a picture that asks nothing of the network, and that says what it shows to whoever cannot see it."""
    svg = _FONTS.sub("", svg).replace("Fira Code, monospace", "Menlo, Consolas, DejaVu Sans Mono, monospace")
    start = svg.index(">") + 1
    lines = f"{svg[:start]}\n    <title>{html.escape(shows)}</title>{svg[start:]}".splitlines()
    return "\n".join(line.rstrip() for line in lines) + "\n"


def words(svg: str) -> str:
    """Return what is written on a picture, line by line, without its drawing."""
    rows: dict[float, str] = {}
    for x, y, text in _TEXT.findall(svg):
        row = rows.get(float(y), "").ljust(round(float(x) / CELL))
        rows[float(y)] = row + html.unescape(text).replace("\xa0", " ")
    return "\n".join(rows[y].rstrip() for y in sorted(rows))


async def pictures() -> dict[str, str]:
    """Return every picture by name, as SVG."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "demo.db", "team", 1, CLOCK)
        return {one.name: await drawn(one, folder / "demo.db", folder) for one in PICTURES}


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    for name, svg in asyncio.run(pictures()).items():
        (HERE / f"{name}.svg").write_text(svg, encoding="utf-8", newline="\n")
