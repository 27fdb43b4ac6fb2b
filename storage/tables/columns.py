"""Column types that mean the same on every database, and STRICT tables on SQLite."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field

from domain.core.dates import stamp


def _text(*_: Any, **__: Any) -> str:
    return "TEXT"


# STRICT tables know only SQLite's own type names; SQLAlchemy writes VARCHAR, DATE and so on.
for _kind in (sa.String, sa.Text, sa.Date, sa.DateTime, sa.Enum, sa.JSON):
    compiles(_kind, "sqlite")(_text)


@compiles(sa.Boolean, "sqlite")
def _integer(*_: Any, **__: Any) -> str:
    return "INTEGER"


class Words(sa.TypeDecorator[tuple[str, ...]]):
    """A short tuple of texts as a JSON array with stable bytes."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        """Write the tuple."""
        if not value:
            return None if value is None else "[]"
        return json.dumps([str(v) for v in value], ensure_ascii=False)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> tuple[str, ...] | None:
        """Read the tuple."""
        return None if value is None else tuple(json.loads(value))


class Numbers(sa.TypeDecorator[tuple[int, ...]]):
    """A short tuple of whole numbers as a JSON array."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        """Write the tuple."""
        return None if value is None else json.dumps([int(v) for v in value])

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> tuple[int, ...] | None:
        """Read the tuple."""
        return None if value is None else tuple(json.loads(value))


class Facts(sa.TypeDecorator[dict[str, Any]]):
    """A small mapping as JSON with sorted keys; assign a new one to change it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        """Write the mapping."""
        if not value:
            return None if value is None else "{}"
        return json.dumps(value, ensure_ascii=False, sort_keys=True)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> dict[str, Any] | None:
        """Read the mapping."""
        return None if value is None else json.loads(value)


class Moment(sa.TypeDecorator[datetime]):
    """An instant, kept as UTC text to the second ("2026-11-22T09:00:00Z")."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str | None:
        """Write the instant; one without a zone is a mistake of ours, not something to guess at."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        return stamp(value)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> datetime | None:
        """Read the instant."""
        return None if value is None else datetime.fromisoformat(value)


def choice(kind: type[StrEnum], **field: Any) -> Any:
    """A column that holds one of ``kind``'s values, checked by the database too and never stored by member name."""
    column = sa.Enum(
        kind,
        values_callable=lambda members: [m.value for m in members],
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        name=f"{kind.__name__.lower()}_listed",
    )
    return Field(sa_type=column, **field)


def belongs_to(target: str, **field: Any) -> Any:
    """A column that names a row of another table by its number."""
    return Field(
        sa_type=sa.Integer,
        sa_column_args=[sa.ForeignKey(target, deferrable=True, initially="DEFERRED")],
        **field,
    )


def points_to(target: str, **field: Any) -> Any:
    """A column that names a row of another table by its natural key and follows when that key is corrected."""
    return Field(
        sa_type=sa.Text,
        sa_column_args=[sa.ForeignKey(target, onupdate="CASCADE", deferrable=True, initially="DEFERRED")],
        **field,
    )


class Written(NamedTuple):
    """How a column that is no foreign key writes the key of a kind: after what, or after ``anything`` and that.

    ``where`` is the condition under which it is that kind's, as SQL. Where it ``stays``, it follows a correction, and
    keeps to the record that went when two are merged: so that undo finds it there again.
    """

    before: str = ""
    anything: bool = False
    where: str = ""
    stays: bool = False


WRITTEN, WITHIN = "written", "within"  # under which a column's ``info`` says which keys it holds


def names(written: Mapping[str, Written], **field: Any) -> Any:
    """A column of text that names cases, workers or teams (by kind) in words of its own, and follows a correction."""
    return Field(sa_column_kwargs={"info": {WRITTEN: written}}, **field)


def names_within(fields: Mapping[str, Collection[str]], **field: Any) -> Any:
    """A column of JSON that names cases, workers or teams, by kind: in which of its fields, at whatever depth."""
    return Field(sa_type=Facts, sa_column_kwargs={"info": {WITHIN: fields}}, **field)
