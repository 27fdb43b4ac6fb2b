"""Bringing an older database up to date: all of it or nothing, nothing lost, a verified backup first."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - declares every table
from domain.errors import StorageProblem
from domain.reminders import Reminder
from storage import backup, keeping
from storage import database as db
from storage.calendars.entries import compare, known
from storage.calendars.wishes import wishes_of
from storage.database import connect, open_database
from storage.migrations import runner

NOW = db.SCHEMA_VERSION
STEPS = {
    # The everyday kind that loses children when run carelessly: a table is copied, dropped and renamed.
    "copy_cases.py": """
import sqlalchemy as sa
from alembic import op
revision, down_revision = NEXT, NOW
ROWS_MAY_CHANGE = frozenset()
def upgrade():
    with op.batch_alter_table("cases", recreate="always") as cases:
        cases.add_column(sa.Column("budget", sa.Integer))
    op.execute("CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT")
""",
    "loses_rows.py": """
from alembic import op
revision, down_revision = NEXT, NOW
ROWS_MAY_CHANGE = frozenset()
def upgrade():
    op.execute("DELETE FROM event WHERE id > 10")
""",
    "says_it_loses_rows.py": """
from alembic import op
revision, down_revision = NEXT, NOW
ROWS_MAY_CHANGE = frozenset({"event"})
def upgrade():
    op.execute("DELETE FROM event WHERE id > 10")
""",
    "breaks_references.py": """
from alembic import op
revision, down_revision = NEXT, NOW
ROWS_MAY_CHANGE = frozenset({"cases"})
def upgrade():
    op.execute("DELETE FROM cases")
""",
    "fails_half_way.py": """
from alembic import op
revision, down_revision = NEXT, NOW
ROWS_MAY_CHANGE = frozenset()
def upgrade():
    op.execute("CREATE TABLE second (id INTEGER PRIMARY KEY) STRICT")
    op.execute("INSERT INTO nowhere VALUES (1)")
""",
    "grows.py": """
from alembic import op
revision, down_revision = NEXT, NOW
ROWS_MAY_CHANGE = frozenset()
def upgrade():
    op.execute("CREATE TABLE big (text TEXT NOT NULL) STRICT")
    op.execute("WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 500) "
               "INSERT INTO big SELECT hex(randomblob(2000)) FROM n")
""",
}


@pytest.fixture
def old(_blank: Path, tmp_path: Path) -> Path:
    """A database of the present format with a team, a case and events."""
    path = Path(shutil.copy(_blank, tmp_path / "almoner.db"))
    with contextlib.closing(connect(path)) as own:
        own.execute("BEGIN")
        columns = "version, changed_by, name, nation, service, scheme, sort_key"
        own.execute(f"INSERT INTO team ({columns}) VALUES (1, '', 'North', 'england', '', 'three-factor', 'north')")
        columns = "version, changed_by, reference, team, nation, opened, close_reason, name, sibling_group, pathways"
        own.execute(
            f"INSERT INTO cases ({columns}, factors, area, must_have, prefers, sort_key) VALUES "
            "(1, '', 'C-1001', 'North', 'england', '2026-03-02', '', '', '', '[\"court\"]', '[]', '', '[]', '[]', '')"
        )
        own.execute("INSERT INTO case_points VALUES ('C-1001', 'three-factor', 400, 1, 0, NULL, NULL, 0)")
        own.executemany(
            'INSERT INTO event (version, changed_by, "case", kind, "on", details, note, source) '
            "VALUES (1, '', 'C-1001', 'case_note', '2026-03-03', '{}', ?, '')",
            [(f"note {n}",) for n in range(50)],
        )
        own.execute("COMMIT")
    return path


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Pretend that this version of Almoner has one step more."""

    def use(name: str) -> None:
        place = tmp_path / "migrations"
        (place / "versions").mkdir(parents=True)
        for file in (runner.HERE / "env.py", *(runner.HERE / "versions").glob("0*.py")):
            (place / file.relative_to(runner.HERE)).write_text(file.read_text())
        revisions = f"NOW, NEXT = {runner.revision_of(NOW)!r}, {runner.revision_of(NOW + 1)!r}\n"
        (place / "versions" / f"{runner.revision_of(NOW + 1)}_{name}").write_text(revisions + STEPS[name])
        monkeypatch.setattr(runner, "HERE", place)
        monkeypatch.setattr(db, "SCHEMA_VERSION", NOW + 1)

    return use  # type: ignore[return-value]


def contents(path: Path) -> list[str]:
    with contextlib.closing(connect(path)) as own:
        return [line for line in own.iterdump() if "alembic_version" not in line]


def test_the_steps_lead_to_what_the_table_classes_say(tmp_path: Path) -> None:
    wanted = sa.create_engine("sqlite://")
    SQLModel.metadata.create_all(wanted)
    with open_database(tmp_path / "a.db", create=True) as database, wanted.connect() as other:
        raw = other.connection.driver_connection
        assert raw is not None
        assert shape(database.reader()) == shape(raw)


def shape(connection: sqlite3.Connection) -> dict[str, object]:
    """Everything SQLite knows about the tables: columns, keys, references, indexes, checks, strictness."""
    tables = connection.execute(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' "
        "AND name <> 'alembic_version'"
    ).fetchall()
    return {name: (strict, *details(connection, name)) for name, strict in tables}


def details(connection: sqlite3.Connection, table: str) -> Iterator[object]:
    yield connection.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
    yield sorted(connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall())
    found = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ? AND type <> 'trigger'", (table,)
    )
    yield sorted((kind, name, "".join((sql or "").replace('"', "").split())) for kind, name, sql in found)


def test_the_numbers_of_the_steps_are_the_formats() -> None:
    steps = list(runner.scripts().walk_revisions())
    assert sorted(s.revision for s in steps) == [runner.revision_of(n) for n in range(1, len(steps) + 1)]
    assert runner.scripts().get_current_head() == runner.revision_of(db.SCHEMA_VERSION)
    assert all(isinstance(s.module.ROWS_MAY_CHANGE, frozenset) for s in steps)


def test_the_steps_can_be_imported_from_a_package() -> None:
    module = importlib.import_module("storage.migrations.versions.0001_foundation")
    assert module.revision == "0001"


def test_a_current_database_is_opened_without_alembic(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "upgrade", lambda *_: pytest.fail("ran"))
    open_database(old).close()
    assert not keeping.folder_of(old).exists()


def test_copying_a_table_that_others_name_loses_none_of_them(old: Path, step: object) -> None:
    step("copy_cases.py")  # type: ignore[operator]
    with open_database(old) as database:
        reader = database.reader()
        assert reader.execute("PRAGMA user_version").fetchone() == (NOW + 1,)
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (50,)
        assert reader.execute("SELECT count(*) FROM case_points").fetchone() == (1,)
        assert reader.execute("SELECT reference, budget FROM cases").fetchall() == [("C-1001", None)]
        assert reader.execute("SELECT count(*) FROM second").fetchone() == (0,)
        assert reader.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_the_same_step_run_with_foreign_keys_on_would_lose_children_and_is_caught(
    old: Path, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    step("copy_cases.py")  # type: ignore[operator]
    monkeypatch.setattr(runner, "_without_foreign_keys", connect)
    with pytest.raises(StorageProblem, match="case_points would have become 0"):
        open_database(old)


def test_a_verified_backup_of_how_it_was_comes_first(old: Path, step: object) -> None:
    before = contents(old)
    step("copy_cases.py")  # type: ignore[operator]
    open_database(old).close()
    ((_, kept),) = keeping.kept(old)
    assert f"before-format-{NOW + 1}" in kept.name
    assert backup.verify(kept).format == NOW
    assert contents(kept) == before


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("loses_rows.py", "50 records of event would have become 10"),
        ("breaks_references.py", "point nowhere"),
        ("fails_half_way.py", "could not be brought up to date"),
    ],
)
def test_a_step_that_goes_wrong_leaves_everything_as_it_was(old: Path, step: object, name: str, words: str) -> None:
    before = contents(old)
    step(name)  # type: ignore[operator]
    with pytest.raises(StorageProblem, match=words):
        open_database(old)
    assert contents(old) == before
    with contextlib.closing(connect(old)) as own:
        assert own.execute("PRAGMA user_version").fetchone() == (NOW,)
        assert own.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_step_may_lose_what_it_declares(old: Path, step: object) -> None:
    step("says_it_loses_rows.py")  # type: ignore[operator]
    with open_database(old) as database:
        assert database.reader().execute("SELECT count(*) FROM event").fetchone() == (10,)


def test_a_full_disk_half_way_leaves_everything_as_it_was(
    old: Path, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(old)
    step("grows.py")  # type: ignore[operator]
    monkeypatch.setattr(db, "PRAGMAS", (*db.PRAGMAS, "PRAGMA max_page_count=70"))
    with pytest.raises(StorageProblem, match="no room left"):
        open_database(old)
    assert contents(old) == before


def test_without_room_for_the_backup_nothing_is_begun(old: Path, step: object, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(old)
    step("copy_cases.py")  # type: ignore[operator]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_publish", full)
    with pytest.raises(StorageProblem, match="no room left"):
        open_database(old)
    assert contents(old) == before
    assert list(keeping.folder_of(old).iterdir()) == []


def test_somebody_elses_writing_is_waited_for_and_then_said(
    old: Path, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    step("copy_cases.py")  # type: ignore[operator]
    monkeypatch.setattr(db, "PRAGMAS", ("PRAGMA busy_timeout=50", *db.PRAGMAS[1:]))
    with contextlib.closing(connect(old)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="Another program is writing"):
            open_database(old)
        other.execute("ROLLBACK")
    open_database(old).close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change_set SET what = 'nothing'",
        "DELETE FROM change_set",
        "INSERT OR REPLACE INTO change_set VALUES (1, 'X', '', '', NULL, 0, '', '')",
        "UPDATE change SET after = '{}'",
        "UPDATE change SET commitment = '', before = NULL, after = NULL, salt = NULL",
        "UPDATE change SET record = 'team'",
        "DELETE FROM change",
        "INSERT OR REPLACE INTO change VALUES (1, 1, 'x', 1, NULL, NULL, NULL, '')",
        "DELETE FROM change_set WHERE id = 1",
    ],
)
def test_the_change_log_is_added_to_and_never_rewritten(old: Path, statement: str) -> None:
    with contextlib.closing(connect(old)) as own:
        own.execute("INSERT INTO change_set VALUES (1, 'A. Hughes', '2026-11-20T10:00:00Z', 'x', NULL, 1, 'c', 'h')")
        own.execute("INSERT INTO change VALUES (1, 1, 'case', 1, '{}', '{\"a\":1}', 'salt', 'c')")
        with pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
            own.execute(statement)


def test_erasing_a_person_may_empty_what_a_line_said(old: Path) -> None:
    with contextlib.closing(connect(old)) as own:
        own.execute("INSERT INTO change_set VALUES (1, 'A. Hughes', '2026-11-20T10:00:00Z', 'x', NULL, 1, 'c', 'h')")
        own.execute("INSERT INTO change VALUES (1, 1, 'case', 1, '{}', '{\"a\":1}', 'salt', 'c')")
        own.execute("UPDATE change SET before = NULL, after = NULL, salt = NULL")
        assert own.execute("SELECT commitment, after FROM change").fetchall() == [("c", None)]


def built(path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty database of an earlier format."""
    with monkeypatch.context() as then:
        then.setattr(db, "SCHEMA_VERSION", number)
        runner.build(path)
    return path


def put_okafor(own: sqlite3.Connection) -> None:
    """A team with one worker, in format 4."""
    own.execute("INSERT INTO team VALUES (1, 1, '', NULL, 'N', 'england', '', 'three-factor', NULL, NULL, NULL, '')")
    own.execute(
        "INSERT INTO worker VALUES (1, 1, '', NULL, 'W1', 'Okafor', 'N', 'asye', '', 60, NULL, NULL, NULL, NULL, "
        "'', '[]', '[]', NULL, 0, '', 'okafor')"
    )


def test_an_older_database_keeps_every_record_and_gains_what_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = built(tmp_path / "older.db", 1, monkeypatch)
    with contextlib.closing(connect(path)) as own:
        own.execute("INSERT INTO team VALUES (1, 1, '', NULL, 'North', 'england', '', 'three-factor', 9000, 'north')")
        own.execute(
            "INSERT INTO worker VALUES (1, 3, 'A', NULL, 'W1', 'Okafor', 'North', 'children-sw', '', 60, '2024-01-08', "
            "NULL, NULL, NULL, '', '[\"Urdu\"]', 0, '', 'okafor')"
        )
        own.execute(
            "INSERT INTO cases VALUES (1, 1, '', NULL, 'C-1', 'North', 'england', '2026-03-02', NULL, '', '', NULL, "
            "NULL, 'S-1', '[\"court\"]', '[]', NULL, '')"
        )
        own.execute(
            "INSERT INTO allocation VALUES (1, 1, '', NULL, 'C-1', 'W1', 'allocated_worker', '2026-03-02', NULL, "
            "'TSPROC', 'kept')"
        )
        own.execute("INSERT INTO reduction VALUES (1, 1, '', NULL, 'W1', 20, 'Student', '2026-09-01', NULL, '')")
        answers = '{"complexity": "3", "risk": "3", "travel": "1"}'
        own.execute(
            "INSERT INTO weighting VALUES (1, 1, '', NULL, 'C-1', 'three-factor', '2026-03-09', ?, '', '1', 700)",
            (answers,),
        )
    with open_database(path) as database, database.unit("A. Hughes") as unit:
        assert (unit.get("worker", "W1").specialisms, unit.get("worker", "W1").areas) == (("Urdu",), ())
        assert unit.version("worker", "W1") == 3
        assert (unit.get("team", "North").full_time_points, unit.get("team", "North").red_weeks) == (9000, None)
        assert unit.get("reduction", 1).kind == "other"
        assert (unit.get("weighting", 1).uplift, unit.get("weighting", 1).points) == (0, 700)
        assert (unit.get("allocation", 1).note, unit.get("allocation", 1).overruled) == ("kept", ())
        assert unit.all("extra") == unit.all("plan") == []
        query = "SELECT points, assumed FROM case_points"
        assert database.reader().execute(query).fetchall() == [(700, 0)]


def test_an_allocation_keeps_the_name_of_its_plan_without_holding_on_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = built(tmp_path / "older.db", 4, monkeypatch)
    with contextlib.closing(connect(path)) as own:
        put_okafor(own)
        own.execute(
            "INSERT INTO cases VALUES (1, 1, '', NULL, 'C-1', 'N', 'england', '2026-03-02', NULL, '', '', NULL, NULL, "
            "'', '[\"court\"]', '[]', '', '[]', '[]', NULL, '')"
        )
        own.execute("INSERT INTO plan VALUES (1, 1, '', NULL, 'Spring', 'N', '{}', '{}', '2026-03-02', NULL, '')")
        own.execute(
            "INSERT INTO allocation VALUES (1, 1, '', NULL, 'C-1', 'W1', 'cover', '2026-03-02', NULL, NULL, '', '[]', "
            "'', 'Spring')"
        )
    with open_database(path) as database, database.unit("A. Hughes") as unit:
        unit.remove("plan", "Spring")
        unit.finish("Deleted")
        assert unit.get("allocation", 1).under == "Spring"


def test_calendar_entries_of_an_older_database_count_on_from_what_its_files_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, said = built(tmp_path / "older.db", 4, monkeypatch), "2026-11-01T09:00:00Z"
    with contextlib.closing(connect(path)) as own:
        put_okafor(own)
        own.execute("INSERT INTO calendar_entry VALUES ('W1', 'session:1', 'd', 3, ?, ?, NULL)", (said, said))
        own.execute("INSERT INTO calendar_entry VALUES ('W1', 'session:2', 'd', 2, ?, ?, ?)", (said, said, said))
        own.execute("INSERT INTO calendar_export VALUES ('W1', 'file', ?, 'x', 1)", (said,))
        own.execute(
            "INSERT INTO calendar_choice VALUES (1, 1, '', NULL, 'W1', 'none', '{\"review\": 10}', 1, '{}')",
        )
        own.execute("INSERT INTO feed_token VALUES ('h', 'W1', ?, 'A. Hughes', NULL, NULL, NULL)", (said,))
    with open_database(path) as database:
        kept = known(database.reader(), "W1")
        assert (kept["session:1"].sequence, kept["session:1"].said) == (3, {"file": 3, "mail": None})
        assert (kept["session:2"].gone, kept["session:2"].sequence, kept["session:2"].said["file"]) == (True, 2, None)
        assert {one.shown for one in kept.values()} == {""}
        again = Reminder(
            "session", "session:1", "Supervision", "", "Almoner session", busy=True, alarm_minutes_before=30,
            starts_at=datetime(2026, 12, 1, 10, tzinfo=UTC), minutes=60,
        )  # fmt: skip
        here = compare(database.reader(), "W1", [again], date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC))
        assert [entry.sequence for entry in here.waiting("file").changed] == [4]
        assert here.waiting("file").gone == ()  # nobody knows any more what it said
        choice = wishes_of(database.reader(), ["W1"])["W1"]
        assert (choice.privacy, choice.leads, choice.by_mail) == ("none", {"review": 10}, True)
        assert database.reader().execute("SELECT recipient, way FROM calendar_export").fetchall() == [("W1", "file")]
        assert database.reader().execute("SELECT hash FROM feed_token").fetchall() == [("h",)]
