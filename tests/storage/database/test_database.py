"""Opening: what is refused, in which words, with the file as it was."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.core.errors import AlmonerError, BadInput, StorageProblem
from storage import opening
from storage.database import sqlite
from storage.database.errors import guard, translate
from storage.files import paths
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.raw import connect


def fingerprint(path: Path) -> tuple[str, int]:
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns


@pytest.fixture
def ours(_blank: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(_blank, tmp_path / "almoner.db"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a moment, not ten seconds, for somebody else's lock."""
    monkeypatch.setattr(sqlite, "PRAGMAS", ("PRAGMA busy_timeout=50", *sqlite.PRAGMAS[1:]))


@contextlib.contextmanager
def being_written(path: Path) -> Iterator[None]:
    with contextlib.closing(connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


# --- a new one ---


def test_a_new_database_is_private_current_and_has_an_identity_of_its_own(tmp_path: Path) -> None:
    names = set()
    for name in ("a.db", "b.db"):
        with open_database(tmp_path / name, CLOCK, create=True) as database:
            assert stat.S_IMODE(database.path.stat().st_mode) == 0o600
            reader = database.reader()
            assert reader.value("PRAGMA application_id") == sqlite.APPLICATION_ID
            assert reader.value("PRAGMA user_version") == sqlite.FORMAT
            names.add(uuid.UUID(reader.value("SELECT value FROM meta WHERE key = 'namespace'")))
    assert len(names) == 2
    assert {p.name.removesuffix("-journal") for p in tmp_path.iterdir()} == {"a.db", "b.db"}


def test_a_fault_while_making_one_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage.migrations import runner

    def fault(*_: object) -> None:
        raise StorageProblem("the disk broke")

    monkeypatch.setattr(runner, "_claim", fault)
    with pytest.raises(StorageProblem):
        open_database(tmp_path / "folder" / "almoner.db", CLOCK, create=True)
    assert list((tmp_path / "folder").iterdir()) == []


def test_two_who_make_the_same_one_end_with_one(tmp_path: Path) -> None:
    from storage.migrations import runner

    path = tmp_path / "almoner.db"
    runner.build(path, CLOCK)
    before = fingerprint(path)
    with pytest.raises(AlmonerError, match="somebody else"):
        runner.build(path, CLOCK)
    assert fingerprint(path) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["100% sure?.db", "a#b&c=d.db", "Ünï cödé.db", "%41.db", "it's.db"])
def test_odd_names_mean_the_file_they_say(tmp_path: Path, name: str) -> None:
    with open_database(tmp_path / name, CLOCK, create=True) as database, database.engine().connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM meta WHERE key = 'namespace'")).scalar() == 1
    assert {p.name.removesuffix("-journal") for p in tmp_path.iterdir()} == {name}


def test_a_missing_one_says_how_to_begin_and_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StorageProblem) as refused:
        open_database(tmp_path / "none.db", CLOCK)
    assert "almoner demo" in refused.value.hint
    assert "almoner import" in refused.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_network_or_sync_folder_is_refused_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "OneDrive - Northshire Council"
    folder.mkdir()
    with pytest.raises(StorageProblem, match="OneDrive copies elsewhere"):
        open_database(folder / "almoner.db", CLOCK, create=True)
    assert list(folder.iterdir()) == []


def test_folders_on_the_way_are_made_and_kept_private(tmp_path: Path) -> None:
    open_database(tmp_path / "one" / "two" / "almoner.db", CLOCK, create=True).close()
    assert stat.S_IMODE((tmp_path / "one" / "two").stat().st_mode) == 0o700


def test_another_programs_database_that_took_the_place_of_ours_is_not_touched(ours: Path) -> None:
    with open_database(ours, CLOCK):
        with contextlib.closing(connect(ours)) as own:  # the very same file, another owner's mark
            own.execute("PRAGMA application_id=7")
            own.execute("PRAGMA user_version=0")
        before = fingerprint(ours)
        with pytest.raises(StorageProblem, match="another program"):
            open_database(ours, CLOCK)
        assert fingerprint(ours) == before


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageProblem):
        open_database(tmp_path / "file" / "almoner.db", CLOCK, create=True)


@pytest.mark.parametrize("url", ["postgresql://host/almoner", "postgres://h", "postgresql+psycopg://u@h/d"])
def test_a_server_is_not_there_yet(url: str) -> None:
    with pytest.raises(StorageProblem, match="not there yet"):
        open_database(url, CLOCK)


@pytest.mark.parametrize("path", ["", " ", "a\0b"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(StorageProblem):
        open_database(path, CLOCK)


def test_a_file_address_is_a_path(ours: Path) -> None:
    with open_database(f"sqlite:///{ours}", CLOCK) as database:
        assert database.path == ours


# --- what is not ours, or not fit ---


def foreign(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
        other.commit()


def newer(path: Path) -> None:
    open_database(path, CLOCK, create=True).close()
    with contextlib.closing(connect(path)) as own:
        own.execute("PRAGMA user_version=99")


def cut(path: Path) -> None:
    open_database(path, CLOCK, create=True).close()
    path.write_bytes(path.read_bytes()[: 3 * 4096 + 100])


def half_made(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as own:
        own.execute(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
        own.execute("CREATE TABLE team (id INTEGER PRIMARY KEY)")


def scrambled(path: Path) -> None:
    open_database(path, CLOCK, create=True).close()
    content = bytearray(path.read_bytes())
    content[100:4096] = os.urandom(3996)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(b"SQLite form"), "cut short"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(40)), "cut short"),
        (lambda path: path.write_bytes(b"PK\3\4 a spreadsheet" * 400), "not an Almoner database"),
        (lambda path: path.write_text("Reference,Name\n"), "not an Almoner database"),
        (foreign, "another program's database"),
        (newer, "newer version"),
        (cut, "damaged or cut short"),
        (scrambled, "damaged or cut short"),
    ],
)
@pytest.mark.parametrize("create", [False, True])
def test_what_is_not_a_fit_database_of_ours_is_refused_and_left_as_it_was(
    tmp_path: Path, make: object, words: str, create: bool
) -> None:
    path = tmp_path / "file.db"
    make(path)  # type: ignore[operator]
    before, beside = fingerprint(path), sorted(tmp_path.iterdir())
    with pytest.raises(StorageProblem, match=words) as refused:
        open_database(path, CLOCK, create=create)
    assert refused.value.hint
    assert fingerprint(path) == before
    assert sorted(tmp_path.iterdir()) == beside


def test_a_half_made_one_is_refused_with_all_its_tables_left(tmp_path: Path) -> None:
    half_made(tmp_path / "file.db")
    before = fingerprint(tmp_path / "file.db")
    with pytest.raises(StorageProblem, match="development version"):
        open_database(tmp_path / "file.db", CLOCK)
    assert fingerprint(tmp_path / "file.db") == before


def test_a_folder_or_a_pipe_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StorageProblem, match="is a folder"):
        open_database(tmp_path, CLOCK)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageProblem, match="not an ordinary file"):
        open_database(tmp_path / "pipe", CLOCK)


def test_another_programs_database_is_not_even_connected_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign(tmp_path / "places.sqlite")
    monkeypatch.setattr(sqlite3, "connect", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(StorageProblem, match="another program"):
        open_database(tmp_path / "places.sqlite", CLOCK)


# --- reading and writing ---


def test_our_settings_hold_on_every_connection(ours: Path) -> None:
    with open_database(ours, CLOCK) as database, database.engine().connect() as connection:
        raw = connection.connection.driver_connection
        for used in (database.reader().raw, raw):
            assert used is not None
            asked = {p: used.execute(f"PRAGMA {p}").fetchone()[0] for p in ("journal_mode", "synchronous")}
            assert asked == {"journal_mode": "truncate", "synchronous": 3}
            assert used.execute("PRAGMA foreign_keys").fetchone() == (1,)
            assert used.execute("PRAGMA secure_delete").fetchone() == (1,)
            assert used.execute("PRAGMA trusted_schema").fetchone() == (0,)
            assert used.execute("PRAGMA busy_timeout").fetchone() == (10000,)


def test_a_reader_cannot_write(ours: Path) -> None:
    with open_database(ours, CLOCK) as database, pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.reader().raw.execute("DELETE FROM meta")


def test_each_thread_has_one_reader(ours: Path) -> None:
    found: list[int] = []
    with open_database(ours, CLOCK) as database:
        assert database.reader() is database.reader()
        thread = threading.Thread(target=lambda: found.append(id(database.reader())))
        thread.start()
        thread.join()
        assert found[0] != id(database.reader())


def test_a_writing_transaction_takes_the_lock_at_once(ours: Path, impatient: None) -> None:
    with open_database(ours, CLOCK) as database, database.engine().begin() as one:
        one.execute(sa.text("SELECT 1"))
        with pytest.raises(StorageProblem, match="Another program is writing"), database.engine().begin() as two:
            two.execute(sa.text("SELECT 1"))
        assert database.reader().raw.execute("SELECT count(*) FROM meta WHERE key = 'namespace'").fetchone() == (1,), (
            "readers go on"
        )


def test_a_locked_database_is_said_to_be_in_use(ours: Path, impatient: None) -> None:
    with being_written(ours), pytest.raises(StorageProblem, match="Another program is writing") as refused:
        open_database(ours, CLOCK)
    assert "again" in refused.value.hint


def test_a_read_only_file_can_be_read_and_says_so_when_written(ours: Path) -> None:
    ours.chmod(0o400)
    before = fingerprint(ours)
    with open_database(ours, CLOCK) as database:
        assert database.read_only
        assert database.reader().raw.execute("SELECT count(*) FROM meta WHERE key = 'namespace'").fetchone() == (1,)
        with pytest.raises(StorageProblem, match="can only be read"):
            database.unit("A. Hughes")
        refused = pytest.raises(StorageProblem, match="can only be read")
        with refused, guard(ours), database.engine().begin() as connection:
            connection.execute(sa.text("DELETE FROM meta"))
    assert fingerprint(ours) == before


def test_an_older_read_only_file_cannot_be_brought_up_to_date(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FORMAT", sqlite.FORMAT + 1)
    ours.chmod(0o400)
    with pytest.raises(StorageProblem, match="older version and can only be read"):
        open_database(ours, CLOCK)


def test_a_file_replaced_while_open_gets_no_changes(ours: Path, tmp_path: Path) -> None:
    with open_database(ours, CLOCK) as database:
        database.reader()
        open_database(tmp_path / "other.db", CLOCK, create=True).close()
        (tmp_path / "other.db").replace(ours)
        before = fingerprint(ours)
        with pytest.raises(StorageProblem, match="moved or replaced"):
            database.reader()
        with pytest.raises(StorageProblem, match="moved or replaced"), database.engine().begin() as connection:
            connection.execute(sa.text("DELETE FROM meta"))
        assert fingerprint(ours) == before


def test_after_closing_nothing_can_be_read(ours: Path) -> None:
    database = open_database(ours, CLOCK)
    database.close()
    database.close()
    with pytest.raises(StorageProblem, match="closed"):
        database.reader()


def test_opening_again_does_not_drop_the_lock_somebody_holds(ours: Path) -> None:
    """A second handle on the file, once closed, would take all of this process's locks with it."""
    question = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try: c.execute('BEGIN IMMEDIATE')\n"
        "except sqlite3.OperationalError: sys.exit(7)\n"
    )
    with open_database(ours, CLOCK) as database, database.engine().begin() as connection:
        connection.execute(sa.text("UPDATE meta SET value = value"))
        open_database(ours, CLOCK).close()
        answer = subprocess.run([sys.executable, "-c", question, str(ours)], check=False)
    assert answer.returncode == 7, "another process got the lock"


# --- what goes wrong later ---


def fill(database: Database) -> None:
    row: dict[str, object] = {"actor": "A. Hughes", "at": "2026-11-20T10:00:00Z", "what": "x" * 3000}
    row |= {"login": "", "lines": 0, "commitment": "", "chain": ""}
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    with guard(database.path), database.engine().begin() as connection:
        connection.execute(sa.text(f"INSERT INTO change_set ({columns}) VALUES ({values})"), [row] * 300)


def test_a_full_database_is_said_to_be_full_and_stays_whole(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "PRAGMAS", (*sqlite.PRAGMAS, "PRAGMA max_page_count=60"))
    with open_database(ours, CLOCK) as database:
        with pytest.raises(StorageProblem, match="no room left"):
            fill(database)
        assert database.reader().raw.execute("SELECT count(*) FROM change_set").fetchone() == (0,)
        assert database.reader().raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are a POSIX thing")
def test_a_disk_that_takes_no_more_is_explained_and_loses_nothing(ours: Path) -> None:
    import resource
    import signal

    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open_database(ours, CLOCK) as database:
            resource.setrlimit(resource.RLIMIT_FSIZE, (ours.stat().st_size + 20_000, old[1]))
            with pytest.raises(StorageProblem):
                fill(database)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)
    with open_database(ours, CLOCK) as database:
        assert database.reader().raw.execute("SELECT count(*) FROM change_set").fetchone() == (0,)
        assert database.reader().raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        fill(database)
        assert database.reader().raw.execute("SELECT count(*) FROM change_set").fetchone() == (300,)


@pytest.mark.parametrize(
    ("statement", "field", "words"),
    [
        ("INSERT INTO meta (key, value) VALUES ('namespace', 'x')", "key", "already one"),
        ("INSERT INTO meta (key) VALUES ('x')", "value", "must be given"),
        (
            """INSERT INTO team (id, version, changed_by, name, nation, service, scheme, sort_key)
               VALUES (1, 1, '', 'North', 'france', '', 'three-factor', '')""",
            "nation",
            "listed",
        ),
        (
            "INSERT INTO change (change_set, record, key, commitment) VALUES (99, 'case', 1, '')",
            "",
            "not in this database",
        ),
    ],
)
def test_what_the_tables_refuse_names_the_field(ours: Path, statement: str, field: str, words: str) -> None:
    with contextlib.closing(connect(ours)) as own, pytest.raises(BadInput, match=words) as refused, guard(ours):
        own.execute(statement)
    assert refused.value.field == field


def test_what_is_no_fault_of_the_file_is_not_dressed_up_as_one(ours: Path) -> None:
    with pytest.raises(KeyError), guard(ours):
        raise KeyError("x")


def test_no_value_ever_stands_in_an_error_or_a_log(ours: Path) -> None:
    with open_database(ours, CLOCK) as database, database.engine().begin() as connection:
        with pytest.raises(sa.exc.OperationalError) as failed:
            connection.execute(sa.text("INSERT INTO nowhere VALUES (:name)"), {"name": "Jamie Doe"})
        assert "Jamie" not in str(failed.value)


def test_every_fault_has_words_with_a_way_on() -> None:
    for error in (ValueError("x"), OSError(5, "Input/output error"), PermissionError(13, "no"), sqlite3.Error("x")):
        known = translate(error, Path("/data/almoner.db"))
        assert isinstance(known, AlmonerError)
        assert known.message
        assert known.hint


def test_an_old_sqlite_is_said_to_be_too_old(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(StorageProblem, match="too old"):
        open_database(ours, CLOCK)


def test_opening_loads_nothing_heavy(ours: Path) -> None:
    code = (
        "import sys; from tests.clocks import CLOCK; from storage.files import paths\n"
        "from storage.opening import open_database\n"
        "open_database(sys.argv[1], CLOCK).reader().raw.execute('SELECT 1'); paths.default_database()\n"
        "print([m for m in ('sqlalchemy', 'sqlmodel', 'pydantic', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ours)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_usual_place_is_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALMONER_HOME", str(tmp_path))
    with open_database(paths.default_database(), CLOCK, create=True) as database:
        assert database.path == tmp_path / "almoner.db"
