"""Copying a table into a new shape, so that the file is the same however it came about.

The runner keeps foreign keys off meanwhile: with them on, dropping a table takes along the rows that name it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa


def statements(text: str) -> list[str]:
    """Return the statements in ``text``, each ended by a semicolon at the end of a line."""
    return [statement.rstrip(";\n") for statement in text.strip().split(";\n")]


def copy_into(connection: sa.Connection, table: str, shape: Sequence[str], added: Mapping[str, str]) -> None:
    """Copy ``table`` into ``shape`` (its CREATE TABLE, then its indexes); ``added`` gives new columns their values."""
    kept = [f'"{row[1]}"' for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")')]
    names = ", ".join([*kept, *(f'"{name}"' for name in added)])
    values = ", ".join([*kept, *added.values()])
    create, *indexes = shape
    connection.exec_driver_sql(create.replace(f"CREATE TABLE {table} ", f"CREATE TABLE {table}_new ", 1))
    connection.exec_driver_sql(f"INSERT INTO {table}_new ({names}) SELECT {values} FROM {table}")  # noqa: S608
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table}_new RENAME TO {table}")
    for index in indexes:
        connection.exec_driver_sql(index)
