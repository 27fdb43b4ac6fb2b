"""What is done about calendars: choosing what goes into a worker's, or what holds for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.calendar.choices import CalendarChoice, CalendarChoiceFields, CalendarSettings, CalendarSettingsFields
from storage.records.kind import Data
from storage.tables import CalendarChoiceRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

_BY_KIND = ("kinds", "leads")


def choose(unit: Unit, worker: str | None, changes: Data, seen: int | None = None) -> bool:
    """Keep what ``worker`` chose, or with None what holds for all; returns whether anything is different now.

    Within ``kinds`` and ``leads`` only what is named changes, and None goes back to what holds without a choice.
    ``seen`` is the version that the person was looking at, 0 where there was no record yet.
    """
    record = CalendarSettings if worker is None else CalendarChoice
    kept = _kept(unit, worker)
    before = unit.kinds.of(record).defaults if kept is None else kept.model_dump()
    fields = {name: _merged(name, value, before) for name, value in changes.items()}
    if all(name in before and before[name] == value for name, value in fields.items()):
        return False
    if kept is not None:
        unit.amend_by(record, kept.id, fields, seen)
    elif worker is None:
        unit.record(CalendarSettingsFields.model_validate(fields))
    else:
        unit.record(CalendarChoiceFields.model_validate({"worker": worker, **fields}))
    what = "what holds for every calendar" if worker is None else f"what goes into the calendar of {worker}"
    unit.finish(f"Chose {what}")
    return True


def version(unit: Unit, worker: str | None) -> int:
    """Return the version of what ``worker`` chose, or of what holds for all; 0 where nothing was chosen yet."""
    kept = _kept(unit, worker)
    return 0 if kept is None else unit.version(type(kept), kept.id)


def _kept(unit: Unit, worker: str | None) -> CalendarChoice | CalendarSettings | None:
    if worker is None:
        return next(iter(unit.all(CalendarSettings)), None)
    return next(iter(unit.all(CalendarChoice, CalendarChoiceRow.worker == worker)), None)


def _merged(name: str, value: Any, before: Data) -> Any:
    if name not in _BY_KIND or not isinstance(value, Mapping):
        return value
    return {key: one for key, one in {**before.get(name, {}), **value}.items() if one is not None}
