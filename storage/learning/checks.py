"""Checks of learning records against other records and the packs: capabilities, levels, criteria that are known."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from domain.core.dates import parse_day
from domain.core.errors import BadInput
from domain.learning.cpd import DONE
from domain.learning.programmes import Programme, ProgrammeFields
from domain.learning.records import CpdClosing, CpdClosingFields, LearningNeed, Registration, RegistrationFields
from domain.people.people import Worker
from storage.learning.cpd import year_of
from storage.people.periods import while_here
from storage.records.checking import not_ahead, one_of, there, there_if_named
from storage.tables import ProgrammeRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

PANEL = "There is: panel, the day of the panel."
_NAMED = (("programme", Programme), ("worker", Worker), ("need", LearningNeed))
_PAST = ("on", "ended_on", "submitted_on", "granted", "raised_on")


def names_and_days(unit: Unit, fields: Any) -> None:
    """Refuse a programme, worker or learning need that there is not, and days to come, in any record of learning."""
    for field, record in _NAMED:
        there_if_named(unit, record, getattr(fields, field, None), field)
    for field in _PAST:
        not_ahead(getattr(fields, field, None), unit.today, field)


def of_learning(unit: Unit, fields: Any, before: Any) -> None:
    """Refuse capabilities, levels and criteria that no pack knows, and a learning need of somebody else.

    What was recorded before the packs changed stays as it is.
    """
    names_and_days(unit, fields)
    domains = [code for code in getattr(fields, "domains", ()) if before is None or code not in before.domains]
    if domains:
        _known(domains, _statements(unit), "domains", "capability of a framework", "framework")
    if level := _new(fields, before, "level"):
        levels = {level.id for one in unit.packs.frameworks.values() for level in one.levels}
        _known([level], levels, "level", "level of a framework", "framework")
    if criterion := _new(fields, before, "criterion"):
        criteria = {one.id for progression in unit.packs.progressions.values() for one in progression.criteria}
        _known([criterion], criteria, "criterion", "criterion of a progression", "progression")
    _own_need(unit, fields)


def of_registration(unit: Unit, fields: RegistrationFields, before: Registration | None) -> None:
    """Refuse a kind of registration that no pack knows, and one of somebody who had left."""
    names_and_days(unit, fields)
    while_here(unit, "registration", fields, before)
    if kind := _new(fields, before, "kind"):
        _known([kind], unit.packs.registrations, "kind", "kind of registration", "registration-kind")


def of_cpd_closing(unit: Unit, fields: CpdClosingFields, before: CpdClosing | None) -> None:
    """Refuse a day that ends no registration year of the worker, a year that is complete, and one closed already."""
    names_and_days(unit, fields)
    kept = year_of(unit.reader, fields.worker, fields.year, unit.today)
    if kept is None:
        words = "No pack says when the registration year ends where they work."
        raise BadInput(words, field="worker", where="worker", hint="See: almoner list registration-kind")
    if kept.year.end != fields.year:
        hint = f"The year that holds it ends on {kept.year.end.isoformat()}."
        raise BadInput("No registration year ends on that day.", field="year", where="year", hint=hint)
    if before is not None and (before.worker, before.year) == (fields.worker, fields.year):
        return
    if kept.closed is not None:
        raise BadInput(f"The year {kept.year.title} is closed already.", field="year", where="year")
    if kept.state == DONE:
        raise BadInput(
            f"The year {kept.year.title} is complete: there is nothing to close.", field="year", where="year"
        )


def of_progression(unit: Unit, fields: ProgrammeFields, before: Programme | None) -> None:
    """Refuse settings other than the day of the panel, and a second progression of one worker."""
    for name, value in fields.settings.items():
        if name != "panel":
            raise BadInput(f"settings.{name}: a progression has no such choice.", field=f"settings.{name}", hint=PANEL)
        try:
            parse_day(str(value))
        except ValueError as error:
            raise BadInput(f"{error}.", field="settings.panel", where="settings.panel") from None
    if fields.ended_on is not None:
        return
    for other in unit.all(Programme, ProgrammeRow.worker == fields.worker):
        own = before is not None and other.id == before.id
        if not own and other.ended_on is None and other.kind in unit.packs.progressions:
            words = f"worker: {other.worker} is in progression {other.id} already."
            raise BadInput(words, field="worker", hint="End that one first: one at a time.")


def _statements(unit: Unit) -> set[str]:
    every = (one for framework in unit.packs.frameworks.values() for one in framework.statements)
    return {name for one in every for name in (one.id, *one.also)}


def _new(fields: Any, before: Any, name: str) -> str | None:
    """Return the value of a field where it is new."""
    value: str | None = getattr(fields, name, None)
    return value if value is not None and (before is None or getattr(before, name) != value) else None


def _known(given: Collection[str], known: Collection[str], field: str, what: str, kind: str) -> None:
    for code in given:
        one_of(code, known, field, what, kind)


def _own_need(unit: Unit, fields: Any) -> None:
    """Refuse evidence or a piece of development for a learning need of another worker."""
    need: int | None = getattr(fields, "need", None)
    if need is not None and there(unit, LearningNeed, need, "need").worker != fields.worker:
        raise BadInput(f"learning need {need} is another worker's.", field="need", where="need")
