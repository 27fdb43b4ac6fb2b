"""Print what Almoner costs beside its floors: python -m benchmarks.run [--only NAME] [--folder FOLDER].

The folder keeps the demonstration databases between runs (making the council one takes a minute or two).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import json
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks import agendas
from benchmarks.held import compliance
from benchmarks.measure import ROOT, Ratio, command, first_words, in_turn, python
from storage.records.undo import undo
from tests.clocks import CLOCK
from tests.units import record

TODAY = date(2026, 11, 20)
RETURN_903 = ROOT.parent / "shared" / "data" / "ssda903"
EMPTY_APP = """
from textual.app import App
from textual.widgets import DataTable, Footer, Header, Static
class Empty(App):
    def compose(self):
        yield Header()
        yield Static("emptyframe")
        yield DataTable()
        yield Footer()
Empty().run()
"""


def made(folder: Path, scale: str) -> Path:
    """Return the demonstration database of a scale, making it when it is not there yet."""
    path = folder / f"{scale}.db"
    if not path.exists():
        start = time.perf_counter()
        arguments = ["-m", "tui", "demo", "--path", str(path), "--scale", scale, "--no-open", "--today", str(TODAY)]
        subprocess.run(python(*arguments), check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        print(f"  made the {scale} database in {time.perf_counter() - start:.0f} s")
    return path


def start_up(folder: Path) -> Iterator[Ratio]:
    """First frame and first data of the application, against an empty Textual application."""
    path = made(folder, "team")
    env = {"ALMONER_TODAY": str(TODAY), "XDG_CONFIG_HOME": str(folder / "config")}
    ours = python("-m", "tui", "--database", str(path), "--as", "A. Hughes")
    frames, data, floors = [], [], []
    first_words(ours, ["Okafor"], env)  # compiles
    for _ in range(9):
        floors += first_words(python("-c", EMPTY_APP), ["emptyframe"])
        frame, rows = first_words(ours, ["Almoner", "Okafor"], env)
        frames.append(frame)
        data.append(rows)
    floor = statistics.median(floors)
    yield Ratio("first frame / empty app's", statistics.median(frames), floor, "ms", 1.2)
    yield Ratio("team data on screen / empty app's frame", statistics.median(data), floor, "ms", 1.6)


def dashboard(folder: Path) -> Iterator[Ratio]:
    """The team board's reads, against the same statements on the raw driver."""
    from storage.load.worker_load import team_board
    from storage.opening import open_database
    from storage.people.teams import team_names

    with open_database(made(folder, "team"), CLOCK) as database:
        conn = database.reader()
        team = team_names(conn)[0]
        statements: list[str] = []
        conn.set_trace_callback(statements.append)
        team_board(conn, team, TODAY)
        conn.set_trace_callback(None)

        def raw() -> None:
            for statement in statements:
                conn.execute(statement).fetchall()

        yield Ratio("team board / raw driver", *in_turn(lambda: team_board(conn, team, TODAY), raw, 41), "ms", 2.0)


def due_command(folder: Path) -> Iterator[Ratio]:
    """``almoner due --team X --json`` at council scale, against team scale: time and memory."""
    taken = {}
    for scale in ("team", "council"):
        path = made(folder, scale)
        with contextlib.closing(sqlite3.connect(path)) as conn:
            team = conn.execute("SELECT team FROM cases GROUP BY team ORDER BY abs(count(*) - 75) LIMIT 1").fetchone()[
                0
            ]
        arguments = python("-m", "tui", "due", "--database", str(path), "--team", team, "--json", "--today", str(TODAY))
        command(arguments)
        taken[scale] = [command(arguments) for _ in range(9)]
    for place, name, unit in ((0, "time", "ms"), (1, "peak memory", "MB")):
        ours, floor = (statistics.median(run[place] for run in taken[scale]) for scale in ("council", "team"))
        yield Ratio(f"due --team --json, council / team scale, {name}", ours, floor, unit, 1.5)


def import_903(folder: Path) -> Iterator[Ratio]:
    """Importing the SSDA903 files, against reading them with csv and inserting the same rows with sqlite3."""
    if not RETURN_903.is_dir():
        print("  (the 903 files are not here: skipped)")
        return
    from storage.importing import apply, plan_import
    from storage.opening import open_database

    def ours(path: Path) -> float:
        with open_database(path, CLOCK, create=True) as database:
            database.packs()
            with database.unit("Bench", TODAY):
                pass
            start = time.perf_counter()
            diff = plan_import(database.reader(), RETURN_903, team="North", today=TODAY)
            with database.unit("Bench", TODAY) as unit:
                apply(unit, diff)
            return (time.perf_counter() - start) * 1000

    def floor(path: Path, filled: Path) -> float:
        with contextlib.closing(sqlite3.connect(filled)) as conn:
            tables = {
                name: (sql, conn.execute(f'SELECT * FROM "{name}"').fetchall())
                for name, sql in conn.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
                if not name.startswith("sqlite_")
            }
            indexes = [
                s for (s,) in conn.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")
            ]
        with contextlib.closing(sqlite3.connect(path)) as conn:
            from storage.database.sqlite import PRAGMAS

            for pragma in PRAGMAS:
                conn.execute(pragma)
            for statement in [sql for sql, _ in tables.values()] + indexes:
                conn.execute(statement)
            conn.commit()
            start = time.perf_counter()
            for file in sorted(RETURN_903.glob("*.csv")):
                with file.open(newline="", encoding="utf-8-sig") as text:
                    list(csv.DictReader(text))
            for name, (_, rows) in tables.items():
                if rows:
                    conn.executemany(f'INSERT INTO "{name}" VALUES ({",".join("?" * len(rows[0]))})', rows)
            conn.commit()
            return (time.perf_counter() - start) * 1000

    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        times: tuple[list[float], list[float]] = ([], [])
        for n in range(5):
            times[0].append(ours(Path(scratch, f"ours{n}.db")))
            times[1].append(floor(Path(scratch, f"floor{n}.db"), Path(scratch, f"ours{n}.db")))
    yield Ratio("import 903 / csv and sqlite3, same rows", *map(statistics.median, times), "ms", 6.0)


def moving(folder: Path) -> Iterator[Ratio]:
    """Moving the cursor and switching screens at council scale, against team scale."""
    taken = {scale: asyncio.run(_moves(made(folder, scale))) for scale in ("team", "council")}
    for place, name in ((0, "moving the cursor"), (1, "switching screens")):
        yield Ratio(f"{name}, council / team scale", taken["council"][place], taken["team"][place], "ms", 1.5)


async def _moves(path: Path) -> tuple[float, float]:
    from storage.opening import open_database
    from tui.app import Almoner

    app = Almoner(open_database(path, CLOCK), path=path, clock=CLOCK, actor="Bench", no_names=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(1.0)

        async def timed(*keys: str) -> float:
            start = time.perf_counter()
            await pilot.press(*keys)
            await app.workers.wait_for_complete()
            await pilot.pause()
            return (time.perf_counter() - start) * 1000

        await timed("2"), await timed("1")
        switches = [await timed("2") + await timed("1") for _ in range(5)]
        await timed("2")
        cursor = [await timed(*["down"] * 10) for _ in range(5)]
    return statistics.median(cursor) / 10, statistics.median(switches) / 2


def heat_map(folder: Path) -> Iterator[Ratio]:
    """The weeks of a team on screen, against its board: a fresh screen each time, until its rows are painted."""
    ours, floor = asyncio.run(_drawn(made(folder, "team")))
    yield Ratio("heat map drawn / team screen drawn", ours, floor, "ms", 1.5)


async def _drawn(path: Path) -> tuple[float, float]:
    from storage.opening import open_database
    from tui.app import Almoner
    from tui.core.screens import page

    app = Almoner(open_database(path, CLOCK), path=path, clock=CLOCK, actor="Bench", no_names=False)
    taken: dict[str, list[float]] = {"plan": [], "team": []}
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(1.0)
        for name in ["plan", "team"] * 10:
            start = time.perf_counter()
            screen = page(name)
            await app.push_screen(screen)
            while not _filled(screen):
                await asyncio.sleep(0.001)
            await pilot.pause()
            taken[name].append((time.perf_counter() - start) * 1000)
            await app.workers.wait_for_complete()  # the forecast comes after, and is not waited for
            app.pop_screen()
            await pilot.pause()
    return statistics.median(taken["plan"][1:]), statistics.median(taken["team"][1:])


def _filled(screen: object) -> bool:
    grid = screen.grid  # type: ignore[attr-defined]
    return bool(grid.shown if hasattr(grid, "shown") else grid.found)


def recompute(folder: Path) -> Iterator[Ratio]:
    """A full recompute a case at council scale against service scale, and one event against the whole."""
    from storage.opening import open_database
    from storage.records import derived

    rates, whole = {}, 0.0
    for scale in ("service", "council"):
        with open_database(made(folder, scale), CLOCK) as database, database.engine().connect() as connection:
            with connection.begin() as transaction:
                count = connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() or 1
                start = time.perf_counter()
                derived.rebuild(connection, database.packs())
                whole = (time.perf_counter() - start) * 1000
                rates[scale] = whole / count
                transaction.rollback()
            print(f"  {scale}: {count / whole * 1000:,.0f} cases a second")
    yield Ratio("full recompute a case, council / service scale", rates["council"], rates["service"], "ms", 1.1)
    with open_database(made(folder, "council"), CLOCK) as database:
        case = database.reader().raw.execute("SELECT reference FROM cases WHERE closed IS NULL LIMIT 1").fetchone()[0]
        taken = []
        for _ in range(6):
            start = time.perf_counter()
            with database.unit("Bench", TODAY) as unit:
                record(unit, "event", {"case": case, "kind": "case_note", "on": TODAY})
                unit.finish("Bench")
            taken.append((time.perf_counter() - start) * 1000)
            with database.unit("Bench", TODAY) as unit:
                undo(unit)
        one = statistics.median(taken[1:])  # the first also reads the packs
    yield Ratio("one event recorded / full recompute", one, whole, "ms", 0.01)


def agenda(folder: Path) -> Iterator[Ratio]:
    """The agenda of a worker with 40 cases and five years of history."""
    yield from agendas.agenda(folder, made)


def learner_board(folder: Path) -> Iterator[Ratio]:
    """The board of learners at 200 against 20."""
    from benchmarks import learners

    yield from learners.board(folder)


def calendar_files(folder: Path) -> Iterator[Ratio]:
    """The calendar files of 400 workers, about 40,000 events."""
    from benchmarks import calendars

    yield from calendars.files(folder)


def calendar_files_quick(folder: Path) -> Iterator[Ratio]:
    """The calendar files of 20 workers, about 2,000 events."""
    from benchmarks import calendars

    yield from calendars.quick(folder)


def feed_publishing(folder: Path) -> Iterator[Ratio]:
    """Publishing the feeds of 400 workers again after one change, against the first time."""
    from benchmarks import feeds

    yield from feeds.publishing(folder)


def feed_serving(folder: Path) -> Iterator[Ratio]:
    """A feed that has not changed, against a file from Python's own server."""
    from benchmarks import feeds

    yield from feeds.serving(folder)


def growth(folder: Path) -> Iterator[Ratio]:
    """Five years of a team's use, against the first of them."""
    from benchmarks import growth as five_years

    yield from five_years.growth(folder)


MEASURES = {
    f.__name__: f
    for f in (
        start_up,
        dashboard,
        due_command,
        import_903,
        moving,
        heat_map,
        recompute,
        compliance,
        agenda,
        learner_board,
        calendar_files,
        calendar_files_quick,
        feed_publishing,
        feed_serving,
        growth,
    )
}


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=MEASURES, action="append")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "almoner-benchmarks")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(exist_ok=True)
    rows: list[Ratio] = []
    for name in given.only or MEASURES:
        print(f"{name} ...")
        rows += MEASURES[name](given.folder)
    if given.json:
        print(json.dumps([{**row._asdict(), "ratio": row.ratio} for row in rows], indent=2))
        return
    print(f"\n{'measure':<56}{'ours':>12}{'floor':>12}{'ratio':>9}{'bound':>8}")
    for row in rows:
        verdict = "" if row.ratio <= row.bound else "  over"
        figures = f"{row.ours:>9.2f} {row.unit}{row.floor:>9.2f} {row.unit}{row.ratio:>9.3f}{row.bound:>8}"
        print(f"{row.name:<56}{figures}{verdict}")


if __name__ == "__main__":
    main()
