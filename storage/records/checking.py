"""What every check of a record against others asks: is what it names there, and has the day come?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from domain.core.dates import show_day
from domain.core.errors import BadInput, NotFound
from domain.core.refusals.nearest import known_instead
from domain.core.text import shown

if TYPE_CHECKING:
    from storage.records.unit import Unit

R = TypeVar("R", bound=BaseModel)


def there(unit: Unit, record: type[R], key: str | int, field: str) -> R:
    """Return the record that a field names; raises NotFound naming the field."""
    found = unit.find(record, key)
    if found is None:
        kind = unit.kinds.of(record)
        raise NotFound(
            f"{field}: there is no {kind.name} {kind.key_said(key)}.",
            field=field,
            hint=f"See: almoner list {kind.name}",
            missing=(kind.name, str(key)),
        )
    return found


def there_if_named(unit: Unit, record: type[R], key: str | int | None, field: str) -> R | None:
    """Return the record that a field names, or None where it names none; raises NotFound naming the field."""
    return None if key is None else there(unit, record, key, field)


def one_of(value: str, known: Iterable[str], field: str, what: str, listed: str = "") -> None:
    """Raise NotFound unless ``value`` is among those known; `list` shows them as the kind ``listed``."""
    known = set(known)
    if value not in known:
        see = f"almoner list {listed}" if listed else ""
        hint = known_instead(value, known, see)
        raise NotFound(f"{field}: {shown(value)!r} is not a {what}.", field=field, hint=hint)


def not_ahead(day: date | None, today: date, field: str) -> None:
    """Raise BadInput where a day on which something happened lies in the future."""
    if day is not None and day > today:
        raise BadInput(
            f"{field}: {show_day(day)} lies in the future (today is {show_day(today)}).",
            field=field,
            hint="Record what has happened; what is planned is worked out from the rules.",
        )
