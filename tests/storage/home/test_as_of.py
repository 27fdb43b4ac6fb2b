"""The day as it was: rebuilt from the change log, it is what a copy of the file kept on that day holds."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.core.enums import ChangeReason
from domain.core.errors import BadInput, StorageProblem
from storage.cases.steps import give
from storage.database import rebuilt
from storage.database.sqlite import row_counts
from storage.due.due_list import due
from storage.home.as_of.reading import DatabaseAsOf, ReadsOnly
from storage.home.as_of.rebuilding import UNLOGGED, open_as_of
from storage.importing import apply, plan_import
from storage.load.worker_load import team_board, unallocated
from storage.opening import open_database
from storage.records.database import Database
from storage.records.undo import redo, undo
from storage.records.unit import Unit
from storage.safety.doctor import examine
from tests.clocks import clock_at, clock_on
from tests.conftest import TODAY
from tests.storage.due.test_pack_diff import TIGHTER, pack
from tests.units import amend, record, remove

ACTOR = "A. Hughes"
DAYS = 7
NEXT, LATER = TODAY + timedelta(days=1), TODAY + timedelta(days=200)


def on(path: Path, day: date, doing: Callable[[Unit], object]) -> None:
    """Do something in one unit on a day."""
    with open_database(path, clock_on(day), actor=ACTOR) as database, database.unit() as unit:
        doing(unit)
        unit.finish("Something")


def as_it_was(path: Path, day: date, now: date = LATER, **given: Any) -> DatabaseAsOf:
    return open_as_of(path, day, clock_on(now), actor=ACTOR, **given)


def tables(database: Database) -> dict[str, list[str]]:
    """Every row of every table that is a record, derived from one, or the log."""
    conn = database.reader()
    names = [name for name in row_counts(conn) if name not in UNLOGGED and not name.startswith("sqlite_")]
    return {name: sorted(map(repr, conn.rows(f'SELECT * FROM "{name}"'))) for name in names}


def shown(database: Database, day: date) -> list[Any]:
    """What screens and commands show of a day."""
    conn = database.reader()
    return [team_board(conn, None, day), list(due(conn, today=day)), unallocated(conn, None, day)]


def same(path: Path, kept: Path, day: date) -> None:
    """What is rebuilt from the file of today is what the copy kept on a day holds, and shows the same."""
    with as_it_was(path, day) as then, open_database(kept, clock_on(day)) as copy:
        found, expected = tables(then), tables(copy)
        for name, rows in expected.items():
            assert found[name] == rows, name
        assert shown(then, day) == shown(copy, day)
        assert then.differences() == []


# a story of changes --------------------------------------------------------------------------------------------------


class Story:
    """Changes at random, day after day: whatever a team might do, refused or not."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self.dice = random.Random(seed)
        self.cases = ["C-1001"]

    def day(self, day: date) -> None:
        """A few changes on a day, each a unit of its own."""
        ways = [
            self.case, self.case, self.event, self.event, self.removed, self.weighed, self.given, self.closed,
            self.renamed, self.renamed_team, self.fte, self.undone, self.redone, self.imported, self.less,
        ]  # fmt: skip
        for _ in range(6):
            way = self.dice.choice(ways)
            with open_database(self.path, clock_on(day), actor=ACTOR) as database, contextlib.suppress(BadInput):
                way(database, day)

    def _do(self, database: Database, doing: Callable[[Unit], object]) -> None:
        with database.unit() as unit:
            doing(unit)
            unit.finish("Something")

    def case(self, database: Database, day: date) -> None:
        number = len(self.cases) + 1
        self._do(
            database,
            lambda unit: record(
                unit,
                "case",
                {
                    "reference": f"C-{number}",
                    "team": unit.reader.value("SELECT name FROM team ORDER BY id"),
                    "pathway": self.dice.choice(["looked_after", "child_in_need", "court"]),
                    "opened": "2026-09-01",
                    "name": f"Somebody {number}",
                },
            ),
        )
        self.cases.append(f"C-{number}")

    def event(self, database: Database, day: date) -> None:
        kind = self.dice.choice(["became_looked_after", "lac_visit", "lac_review_held", "cin_visit"])
        one = {"case": self.dice.choice(self.cases), "kind": kind, "on": f"2026-{self.dice.randint(3, 10):02}-16"}
        self._do(database, lambda unit: record(unit, "event", one))

    def removed(self, database: Database, day: date) -> None:
        numbers = database.reader().values("SELECT id FROM event")
        if numbers:
            self._do(database, lambda unit: remove(unit, "event", self.dice.choice(numbers)))

    def weighed(self, database: Database, day: date) -> None:
        answers = {"complexity": self.dice.randint(1, 3), "risk": self.dice.randint(1, 3), "travel": 1}
        one = {"case": self.dice.choice(self.cases), "scheme": "three-factor", "on": day, "answers": answers}
        self._do(database, lambda unit: record(unit, "weighting", one))

    def given(self, database: Database, day: date) -> None:
        who = self.dice.choice(database.reader().values("SELECT staff_id FROM worker"))
        self._do(database, lambda unit: give(unit, self.dice.choice(self.cases), who, day, reason=ChangeReason.MANAGE))

    def closed(self, database: Database, day: date) -> None:
        changes = {"closed": day.isoformat(), "close_reason": "Done"}
        self._do(database, lambda unit: amend(unit, "case", self.dice.choice(self.cases), changes))

    def renamed(self, database: Database, day: date) -> None:
        place = self.dice.randrange(len(self.cases))
        new = f"{self.cases[place]}x"
        self._do(database, lambda unit: amend(unit, "case", self.cases[place], {"reference": new}))
        self.cases[place] = new

    def renamed_team(self, database: Database, day: date) -> None:
        old = database.reader().value("SELECT name FROM team ORDER BY id")
        self._do(database, lambda unit: amend(unit, "team", old, {"name": f"{old}s"}))

    def fte(self, database: Database, day: date) -> None:
        since = day + timedelta(days=self.dice.randint(-3, 5))
        kind = database.kinds.named("worker").record
        self._do(database, lambda unit: unit.amend_by(kind, "W3", {"fte": self.dice.randint(30, 100)}, since=since))

    def less(self, database: Database, day: date) -> None:
        one = {"worker": "W2", "percent": 20, "reason": "Duty", "starts": day.isoformat()}
        self._do(database, lambda unit: record(unit, "reduction", one))

    def undone(self, database: Database, day: date) -> None:
        with database.unit() as unit:
            undo(unit)

    def redone(self, database: Database, day: date) -> None:
        with database.unit() as unit:
            redo(unit)

    def imported(self, database: Database, day: date) -> None:
        team = database.reader().value("SELECT name FROM team ORDER BY id")
        sheet = self.path.with_name("sheet.csv")
        lines = [f"D-{n},{team},W2,Looked after,0{self.dice.randint(1, 9)}/03/2026\n" for n in range(3)]
        sheet.write_text("Case ref,Team,Worker,Case type,Opened\n" + "".join(lines))
        diff = plan_import(database.reader(), sheet, today=day)
        with database.unit() as unit:
            apply(unit, diff)


@pytest.mark.parametrize("seed", range(4))
def test_every_day_is_what_a_copy_kept_on_it_holds(team: Database, tmp_path: Path, seed: int) -> None:
    team.close()
    story = Story(Path(team.path), seed)
    kept = {}
    for number in range(1, DAYS + 1):
        day = TODAY + timedelta(days=3 * number)
        story.day(day)
        kept[day] = Path(shutil.copy(team.path, tmp_path / f"kept-{day}.db"))
    for day, copy in kept.items():
        same(Path(team.path), copy, day)


@pytest.fixture
def path(team: Database) -> Path:
    """The small team, made on the test's day, to which two things were done the day after."""
    team.close()
    on(team.path, NEXT, lambda unit: amend(unit, "case", "C-1001", {"area": "Leeds"}))
    on(team.path, NEXT, lambda unit: record(unit, "case", CASE))
    return team.path


CASE = {"reference": "C-9", "team": "North", "pathway": "court", "opened": "2026-11-01"}


def area(database: Database) -> str:
    found: str = database.reader().value("SELECT area FROM cases WHERE reference = 'C-1001'")
    return found


def test_the_database_itself_stays_as_it_is(path: Path) -> None:
    before = path.read_bytes()
    with as_it_was(path, TODAY) as then:
        assert area(then) == ""
    assert path.read_bytes() == before
    assert beside(path) == []


def test_what_is_rebuilt_is_sound_in_all_that_the_doctor_asks(path: Path) -> None:
    with as_it_was(path, TODAY) as then:
        assert [one for one in examine(then, TODAY) if one.state == "problem"] == []


def test_the_day_counts_by_the_clock_on_the_wall(path: Path) -> None:
    """Half past eleven in the evening in summer is half past ten in London's winter: still the same day there."""
    late, early = datetime(2027, 7, 1, 22, 59, 59, tzinfo=UTC), datetime(2027, 7, 1, 23, 0, tzinfo=UTC)
    for moment, name in ((late, "Late"), (early, "Early")):
        with open_database(path, clock_at(moment), actor=ACTOR) as database, database.unit() as unit:
            amend(unit, "case", "C-1001", {"area": name})
            unit.finish("Something")
    with as_it_was(path, date(2027, 7, 1), date(2027, 8, 1)) as then:
        assert area(then) == "Late"


def test_a_correction_of_a_name_goes_back_with_all_that_bears_it(path: Path) -> None:
    on(path, LATER, lambda unit: amend(unit, "case", "C-1001", {"reference": "C-77"}))
    on(path, LATER, lambda unit: give(unit, "C-77", "W3", LATER, reason=ChangeReason.MANAGE))
    with as_it_was(path, NEXT) as then:
        conn = then.reader()
        assert set(conn.values('SELECT "case" FROM allocation')) == {"C-1001"}
        assert set(conn.values("SELECT subject FROM obligation WHERE subject_kind = 'case'")) >= {"C-1001"}
        assert "C-77" not in conn.values('SELECT "case" FROM case_points')


def test_what_was_erased_stays_erased(path: Path) -> None:
    """Of what was there on the day what stands now is all there is; what was recorded later is not there."""
    on(path, LATER, lambda unit: amend(unit, "case", "C-9", {"area": "Bradford"}))
    with open_database(path, clock_on(LATER), actor=ACTOR) as database, database.writing() as conn:
        conn.change("UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE record = 'case' AND key = 2")
    with as_it_was(path, NEXT) as then:
        assert then.reader().value("SELECT area FROM cases WHERE reference = 'C-9'") == "Bradford"
    with as_it_was(path, TODAY) as then:
        assert then.reader().values("SELECT reference FROM cases") == ["C-1001"]


def test_words_being_typed_and_addresses_of_feeds_are_left_out(path: Path) -> None:
    with open_database(path, clock_on(NEXT), actor=ACTOR) as database, database.writing() as conn:
        at = "2026-11-20T12:00:00Z"
        conn.put("feed_token", ("hash",), {"hash": "x", "recipient": "W2", "issued_at": at, "issued_by": ""})
        sent = {"recipient": "W2", "way": "file", "at": at, "digest": "", "events": 1}
        conn.put("calendar_export", ("recipient", "way"), sent)
    with as_it_was(path, NEXT) as then:
        assert {name: then.reader().value(f"SELECT count(*) FROM {name}") for name in UNLOGGED} == dict.fromkeys(
            UNLOGGED, 0
        )


def test_packs_are_those_in_force_now(path: Path, tmp_path: Path) -> None:
    """Which ones were in force on the day is not on record; a copy opened with today's packs shows the same."""
    for kind, day in (("placement_started", "2026-03-16"), ("lac_visit", "2026-03-20")):
        on(path, NEXT, lambda unit, k=kind, d=day: record(unit, "event", {"case": "C-1001", "kind": k, "on": d}))
    kept = tmp_path / "kept" / path.name
    kept.parent.mkdir()
    shutil.copy(path, kept)
    on(path, LATER, lambda unit: record(unit, "case", {**CASE, "reference": "C-10"}))
    for place in (path, kept):
        pack(place.with_suffix(".packs"), TIGHTER)
    same(path, kept, NEXT)
    query = "SELECT legal_due FROM obligation WHERE subject = 'C-1001' AND rule = 'visit_standard'"
    with as_it_was(path, NEXT) as then:
        assert then.reader().value(query) == "2026-04-17"


def test_nothing_can_be_written(path: Path) -> None:
    with as_it_was(path, TODAY) as then:
        for writing in (then.unit, then.writing, then.engine):
            with pytest.raises(ReadsOnly, match="reads only"):
                writing()
        with pytest.raises(Exception, match="readonly"):
            then.reader().change("DELETE FROM cases")


# days that cannot be shown -------------------------------------------------------------------------------------------


def test_a_day_before_the_first_change_names_that(path: Path) -> None:
    with pytest.raises(BadInput, match="the first change was recorded on Fri 20 Nov 2026") as refused:
        as_it_was(path, TODAY - timedelta(days=1))
    assert "--as-of 2026-11-20" in refused.value.hint


def test_a_day_to_come_is_refused_whatever_counts_as_today(path: Path) -> None:
    with pytest.raises(BadInput, match="is in the future"):
        as_it_was(path, NEXT, now=TODAY)
    as_it_was(path, NEXT, now=NEXT).close()


def test_where_nothing_was_ever_recorded_that_is_said(database: Database) -> None:
    with pytest.raises(BadInput, match="Nothing is on record"):
        as_it_was(database.path, TODAY)


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageProblem, match="There is no database"):
        as_it_was(tmp_path / "none.db", TODAY)
    (tmp_path / "text.db").write_text("no database")
    with pytest.raises(StorageProblem, match="not an Almoner database"):
        as_it_was(tmp_path / "text.db", TODAY)


# a large one: in a file that has lost its name -----------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, path: Path) -> Path:
    """A database that counts as too large for memory."""
    monkeypatch.setattr(rebuilt, "SMALL", 0)
    return path


def beside(path: Path) -> list[str]:
    """What lies there besides the database and its own journal."""
    return sorted({one.name for one in path.parent.iterdir()} - {path.name, f"{path.name}-journal"})


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
def test_a_large_one_is_in_a_file_that_nobody_sees(large: Path) -> None:
    with as_it_was(large, TODAY) as then:
        assert beside(large) == []
        assert area(then) == ""
        assert then.differences() == []


def test_where_an_open_file_keeps_its_name_it_goes_at_the_end(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilt, "_unnamed", lambda _: False)
    with as_it_was(large, TODAY):
        (name,) = beside(large)
        assert stat.S_IMODE(large.with_name(name).stat().st_mode) == 0o600 or sys.platform == "win32"
    assert beside(large) == []


def test_what_was_left_behind_goes_at_the_next_start(path: Path) -> None:
    left, other = path.with_name(f"{path.name}.as-of-999999999.db"), path.with_name("x.db.as-of-999999999.db")
    for one in (left, other):
        one.write_bytes(b"left")
    as_it_was(path, TODAY).close()
    assert beside(path) == [other.name]


def test_stopping_on_the_way_leaves_nothing(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuilt, "_unnamed", lambda _: False)

    def stop(_what: str) -> None:
        assert len(beside(large)) == 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        as_it_was(large, TODAY, told=stop)
    assert beside(large) == []


KILLED = """
import sys, time
from datetime import date
from pathlib import Path
from storage.database import rebuilt
from storage.home.as_of.rebuilding import open_as_of
from tests.clocks import clock_on
rebuilt.SMALL = 0
open_as_of(Path(sys.argv[1]), date(2026, 11, 20), clock_on(date(2027, 1, 1)))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="an open file keeps its name there")
def test_nothing_is_left_after_a_kill(path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGKILL)
    assert beside(path) == []


# progress ------------------------------------------------------------------------------------------------------------


def test_it_says_how_far_it_is(path: Path) -> None:
    said: list[tuple[str, int, int]] = []

    def told(what: str) -> Callable[[int, int], None]:
        return lambda done, total: said.append((what, done, total))

    as_it_was(path, TODAY, told=told).close()
    assert said == [("Going back", 2, 2)]
