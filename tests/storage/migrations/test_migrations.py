"""Bringing an older database up to date: all of it or nothing, nothing lost, a verified backup first."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - declares every table
from domain.core.errors import StorageProblem
from storage import opening
from storage.database import sqlite
from storage.migrations import runner
from storage.opening import open_database
from storage.safety import backup, backup_retention
from tests.clocks import CLOCK
from tests.raw import connect

NOW = sqlite.FORMAT
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
        for file in (runner.HERE / "env.py", *(runner.HERE / "versions").glob("[a-z0-9]*.py")):
            (place / file.relative_to(runner.HERE)).write_text(file.read_text())
        revisions = f"NOW, NEXT = {runner.revision_of(NOW)!r}, {runner.revision_of(NOW + 1)!r}\n"
        (place / "versions" / f"{runner.revision_of(NOW + 1)}_{name}").write_text(revisions + STEPS[name])
        monkeypatch.setattr(runner, "HERE", place)
        monkeypatch.setattr(sqlite, "FORMAT", NOW + 1)
        monkeypatch.setattr(opening, "FORMAT", NOW + 1)

    return use  # type: ignore[return-value]


def contents(path: Path) -> list[str]:
    with contextlib.closing(connect(path)) as own:
        return [line for line in own.iterdump() if "alembic_version" not in line]


def test_the_steps_lead_to_what_the_table_classes_say(tmp_path: Path) -> None:
    wanted = sa.create_engine("sqlite://")
    SQLModel.metadata.create_all(wanted)
    with open_database(tmp_path / "a.db", CLOCK, create=True) as database, wanted.connect() as other:
        raw = other.connection.driver_connection
        assert raw is not None
        assert shape(database.reader().raw) == shape(raw)


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
    numbers = range(sqlite.FOUNDATION, sqlite.FORMAT + 1)
    assert sorted(s.revision for s in steps) == [runner.revision_of(number) for number in numbers]
    assert runner.scripts().get_current_head() == runner.revision_of(sqlite.FORMAT)
    assert all(isinstance(s.module.ROWS_MAY_CHANGE, frozenset) for s in steps)


def test_a_current_database_is_opened_without_alembic(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "upgrade", lambda *_: pytest.fail("ran"))
    open_database(old, CLOCK).close()
    assert not backup_retention.folder_of(old).exists()


def test_copying_a_table_that_others_name_loses_none_of_them(old: Path, step: object) -> None:
    step("copy_cases.py")  # type: ignore[operator]
    with open_database(old, CLOCK) as database:
        reader = database.reader().raw
        assert reader.execute("PRAGMA user_version").fetchone() == (NOW + 1,)
        assert reader.execute("SELECT count(*) FROM event").fetchone() == (50,)
        assert reader.execute("SELECT count(*) FROM case_points").fetchone() == (1,)
        assert reader.execute("SELECT reference, budget FROM cases").fetchall() == [("C-1001", None)]
        assert reader.execute("SELECT count(*) FROM second").fetchone() == (0,)
        assert reader.execute("PRAGMA foreign_keys").fetchone() == (1,)


@contextlib.contextmanager
def with_foreign_keys(path: Path) -> Iterator[sa.Connection]:
    """A transaction as ``rebuilding`` gives it, but for the foreign keys."""
    engine = sa.create_engine("sqlite://", creator=lambda: connect(path))
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection, connection.begin():
        yield connection


def test_the_same_step_run_with_foreign_keys_on_would_lose_children_and_is_caught(
    old: Path, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    step("copy_cases.py")  # type: ignore[operator]
    monkeypatch.setattr(runner, "rebuilding", with_foreign_keys)
    with pytest.raises(StorageProblem, match="case_points would have become 0"):
        open_database(old, CLOCK)


def test_a_verified_backup_of_how_it_was_comes_first(old: Path, step: object) -> None:
    before = contents(old)
    step("copy_cases.py")  # type: ignore[operator]
    open_database(old, CLOCK).close()
    ((_, kept),) = backup_retention.kept(old)
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
        open_database(old, CLOCK)
    assert contents(old) == before
    with contextlib.closing(connect(old)) as own:
        assert own.execute("PRAGMA user_version").fetchone() == (NOW,)
        assert own.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_step_may_lose_what_it_declares(old: Path, step: object) -> None:
    step("says_it_loses_rows.py")  # type: ignore[operator]
    with open_database(old, CLOCK) as database:
        assert database.reader().raw.execute("SELECT count(*) FROM event").fetchone() == (10,)


def test_a_full_disk_half_way_leaves_everything_as_it_was(
    old: Path, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(old)
    step("grows.py")  # type: ignore[operator]
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "PRAGMA max_page_count=70"))
    with pytest.raises(StorageProblem, match="no room left"):
        open_database(old, CLOCK)
    assert contents(old) == before


def test_without_room_for_the_backup_nothing_is_begun(old: Path, step: object, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(old)
    step("copy_cases.py")  # type: ignore[operator]

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_publish", full)
    with pytest.raises(StorageProblem, match="no room left"):
        open_database(old, CLOCK)
    assert contents(old) == before
    assert list(backup_retention.folder_of(old).iterdir()) == []


def test_somebody_elses_writing_is_waited_for_and_then_said(
    old: Path, step: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    step("copy_cases.py")  # type: ignore[operator]
    monkeypatch.setattr(sqlite, "PRAGMAS", ("PRAGMA busy_timeout=50", *sqlite.PRAGMAS[1:]))
    with contextlib.closing(connect(old)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageProblem, match="Another program is writing"):
            open_database(old, CLOCK)
        other.execute("ROLLBACK")
    open_database(old, CLOCK).close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change_set SET what = 'nothing'",
        "DELETE FROM change_set",
        "INSERT OR REPLACE INTO change_set VALUES (1, 'X', '', '', '', NULL, 0, '', '')",
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
        own.execute(
            "INSERT INTO change_set VALUES (1, 'A. Hughes', 'ahughes', '2026-11-20T10:00:00Z', 'x', NULL, 1, 'c', 'h')"
        )
        own.execute("INSERT INTO change VALUES (1, 1, 'case', 1, '{}', '{\"a\":1}', 'salt', 'c')")
        with pytest.raises(sqlite3.IntegrityError, match="never rewritten"):
            own.execute(statement)


def test_erasing_a_person_may_empty_what_a_line_said(old: Path) -> None:
    with contextlib.closing(connect(old)) as own:
        own.execute(
            "INSERT INTO change_set VALUES (1, 'A. Hughes', 'ahughes', '2026-11-20T10:00:00Z', 'x', NULL, 1, 'c', 'h')"
        )
        own.execute("INSERT INTO change VALUES (1, 1, 'case', 1, '{}', '{\"a\":1}', 'salt', 'c')")
        own.execute("UPDATE change SET before = NULL, after = NULL, salt = NULL")
        assert own.execute("SELECT commitment, after FROM change").fetchall() == [("c", None)]


@pytest.mark.parametrize("number", [0, 1, sqlite.FOUNDATION - 1])
def test_a_file_of_a_development_version_is_refused_with_the_way_over(old: Path, number: int) -> None:
    with contextlib.closing(connect(old)) as own:
        own.execute(f"PRAGMA user_version={number}")
    before = old.read_bytes()
    with pytest.raises(StorageProblem, match="development version") as refusal:
        open_database(old, CLOCK)
    assert "docs/upgrading.md" in refusal.value.hint
    assert old.read_bytes() == before
    assert not backup_retention.folder_of(old).exists()
