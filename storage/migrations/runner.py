"""Runs the migrations so that a fault, a kill or a full disk leaves the old database exactly as it was.

Alembic's usual recipe loses data on SQLite: a table that is copied and dropped takes its children along while foreign
keys are on, and a step that fails half-way stays half done. Here everything happens in one transaction on a
connection of its own with foreign keys off, after a verified backup, and is checked before it is committed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from domain.errors import AlmonerError, StorageProblem
from storage import backup, database, keeping

HERE = Path(__file__).parent


def build(path: Path) -> None:
    """Make a new, empty database at ``path``: whole under another name first, so that no half one is ever found."""
    backup.make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.new")
    backup.clear_leftovers(path.parent, f".{path.name}.*.new*")
    with backup.draft(draft):
        with contextlib.closing(database.connect(draft)) as raw:
            raw.execute(f"PRAGMA application_id={database.APPLICATION_ID}")
        with _transaction(draft) as connection:
            _run(connection)
            connection.exec_driver_sql("INSERT INTO meta (key, value) VALUES ('namespace', ?)", (str(uuid.uuid4()),))
        backup.sync_file(draft)
        _claim(draft, path)


def upgrade(path: Path) -> None:
    """Bring the database at ``path`` up to date, keeping a verified backup of how it was beside it."""
    try:
        _upgrade(path)
    except AlmonerError:
        raise
    except Exception as error:
        known = database.translate(error, path)
        raise StorageProblem(
            f"{path} could not be brought up to date: {known.message}",
            hint=f"Nothing was changed. Backups lie in {keeping.folder_of(path)}.",
        ) from error


def _upgrade(path: Path) -> None:
    with _transaction(path) as connection:
        version = _version(connection)
        if version >= database.SCHEMA_VERSION:
            return  # somebody else was quicker
        backup.automatic(path, f"before-format-{database.SCHEMA_VERSION}")
        before = _row_counts(connection)
        _run(connection)
        _refuse_losses(before, _row_counts(connection), _may_change(version))


def scripts() -> ScriptDirectory:
    """Return the steps there are."""
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return config


@contextlib.contextmanager
def _transaction(path: Path) -> Iterator[sa.Connection]:
    """A connection that holds the write lock, foreign keys off: commits at the end, or leaves everything as it was."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: _without_foreign_keys(path), poolclass=sa.NullPool, hide_parameters=True
    )
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection, connection.begin():
        yield connection


def _without_foreign_keys(path: Path) -> sqlite3.Connection:
    raw = database.connect(path)
    raw.execute("PRAGMA foreign_keys=OFF")  # takes no effect inside a transaction, hence here
    return raw


def _run(connection: sa.Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision_of(database.SCHEMA_VERSION))
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone():
        raise StorageProblem(
            f"The new form would leave records of {broken[0]} that point nowhere.", hint="Nothing was changed."
        )
    connection.exec_driver_sql(f"PRAGMA user_version={database.SCHEMA_VERSION}")


def revision_of(version: int) -> str:
    """Return the name of the step that leads to ``version``."""
    return f"{version:04d}"


def _version(connection: sa.Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _row_counts(connection: sa.Connection) -> dict[str, int]:
    raw: Any = connection.connection.driver_connection
    return backup.row_counts(raw)


def _may_change(version: int) -> frozenset[str]:
    """The tables that the steps after ``version`` declare to gain, lose or drop rows of (``ROWS_MAY_CHANGE``)."""
    steps = (
        scripts().get_revision(revision_of(number)).module for number in range(version + 1, database.SCHEMA_VERSION + 1)
    )
    return frozenset().union({"alembic_version"}, *(step.ROWS_MAY_CHANGE for step in steps))


def _refuse_losses(before: dict[str, int], after: dict[str, int], may_change: frozenset[str]) -> None:
    for table, count in before.items():
        if table not in may_change and after.get(table) != count:
            raise StorageProblem(
                f"{count} records of {table} would have become {after.get(table, 0)}.", hint="Nothing was changed."
            )


def _claim(draft: Path, path: Path) -> None:
    """Give the draft its name unless somebody else has just taken it."""
    try:
        os.link(draft, path)  # refuses when the name is taken, which a rename does not
    except FileExistsError:
        raise AlmonerError(f"{path} was made by somebody else just now.", hint="Open it again.") from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise
        draft.rename(path)
    backup.sync_folder(path.parent)
