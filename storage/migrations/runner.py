"""Runs the migrations so that a fault, a kill or a full disk leaves the old database exactly as it was.

Alembic's usual recipe loses data on SQLite: a table that is copied and dropped takes its children along while foreign
keys are on, and a step that fails half-way stays half done. Here everything happens in one transaction on a
connection of its own with foreign keys off, after a verified backup, and is checked before it is committed.
"""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from domain.core.clock import Clock
from domain.core.errors import AlmonerError, StorageProblem
from storage.database import sqlite
from storage.database.connection import Connection
from storage.database.errors import translate
from storage.database.file import rebuilding, within
from storage.files.durable import clear_leftovers, draft, draft_name, make_folder, sync_folder

HERE = Path(__file__).parent
_ONE_AT_A_TIME = threading.Lock()


def build(path: Path, clock: Clock) -> None:
    """Make a new, empty database at ``path``: whole under another name first, so that no half one is ever found.

    What is in it is on the disk as soon as its transaction is over: see ``sqlite.PRAGMAS``.
    """
    make_folder(path.parent)
    new = draft_name(path, "new")
    clear_leftovers(path.parent, f".{path.name}.*.new*", clock.real())
    with draft(new):
        with contextlib.closing(sqlite.connect(new)) as conn:
            conn.change(f"PRAGMA application_id={sqlite.APPLICATION_ID}")
        with rebuilding(new) as connection:
            _run(connection)
            connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('namespace', ?)", (str(uuid.uuid4()),))
        _claim(new, path)


def upgrade(path: Path, keep_copy: Callable[[], object]) -> None:
    """Bring the database at ``path`` up to date; ``keep_copy`` makes a verified backup of how it was before."""
    try:
        _upgrade(path, keep_copy)
    except AlmonerError:
        raise
    except Exception as error:
        known = translate(error, path)
        raise StorageProblem(
            f"{path} could not be brought up to date: {known.message}",
            hint=f"Nothing was changed. Backups lie in {path.parent / 'backups'}.",
        ) from error


def _upgrade(path: Path, keep_copy: Callable[[], object]) -> None:
    with rebuilding(path) as connection:
        conn = within(connection)
        version = sqlite.format_of(conn)
        if version >= sqlite.FORMAT:
            return  # somebody else was quicker
        keep_copy()
        before = sqlite.row_counts(conn)
        _run(connection)
        _refuse_losses(before, sqlite.row_counts(conn), _may_change(version))


def expected_schema() -> dict[sqlite.Part, str]:
    """Return how each part of the schema is made by this version."""
    with rebuilding(None) as connection:
        _run(connection)
        return sqlite.schema_of(within(connection))


def scripts() -> ScriptDirectory:
    """Return the steps there are."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config


def _run(connection: sa.Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:  # Alembic keeps the step at hand in a module: two at once pull it from under each other
        command.upgrade(config, revision_of(sqlite.FORMAT))
    conn: Connection = within(connection)
    if broken := sqlite.broken_references(conn):
        raise StorageProblem(
            f"The new form would leave records of {broken[0]} that point nowhere.", hint="Nothing was changed."
        )
    conn.change(f"PRAGMA user_version={sqlite.FORMAT}")


def revision_of(version: int) -> str:
    """Return the name of the step that leads to ``version``."""
    return f"{version:04d}"


def _may_change(version: int) -> frozenset[str]:
    """The tables that the steps after ``version`` declare to gain, lose or drop rows of (``ROWS_MAY_CHANGE``)."""
    steps = (scripts().get_revision(revision_of(number)).module for number in range(version + 1, sqlite.FORMAT + 1))
    return frozenset().union({"alembic_version"}, *(step.ROWS_MAY_CHANGE for step in steps))


def _refuse_losses(before: dict[str, int], after: dict[str, int], may_change: frozenset[str]) -> None:
    for table, count in before.items():
        if table not in may_change and after.get(table) != count:
            raise StorageProblem(
                f"{count} records of {table} would have become {after.get(table, 0)}.", hint="Nothing was changed."
            )


def _claim(new: Path, path: Path) -> None:
    """Give what was made its name unless somebody else has just taken it."""
    try:
        os.link(new, path)  # refuses when the name is taken, which a rename does not
    except FileExistsError:
        raise AlmonerError(f"{path} was made by somebody else just now.", hint="Open it again.") from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise
        new.rename(path)
    sync_folder(path.parent)
