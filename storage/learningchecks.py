"""Checks of learning records against the packs: capabilities, levels, criteria and kinds that are known."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from domain.dates import parse_day
from domain.errors import BadInput, NotFound
from storage.kinds import KINDS

if TYPE_CHECKING:
    from storage.unit import Unit

Fields = Mapping[str, Any]
PANEL = "There is: panel, the day of the panel."


def of_learning(unit: Unit, fields: Fields, row: Any) -> None:
    """Refuse capabilities, levels and criteria that no pack knows, and a need or session of somebody else.

    What was recorded before the packs changed stays as it is.
    """
    domains = [code for code in fields.get("domains", ()) if row is None or code not in row.domains]
    if domains:
        _known(domains, _statements(unit), "domains", "capability of a framework", "framework")
    if _new(fields, row, "level"):
        levels = {level.id for one in unit.packs.frameworks.values() for level in one.levels}
        _known([fields["level"]], levels, "level", "level of a framework", "framework")
    if _new(fields, row, "criterion"):
        criteria = {one.id for progression in unit.packs.progressions.values() for one in progression.criteria}
        _known([fields["criterion"]], criteria, "criterion", "criterion of a progression", "progression")
    _own_need(unit, fields)


def of_registration(unit: Unit, fields: Fields, row: Any) -> None:
    """Refuse a kind of registration that no pack knows."""
    if _new(fields, row, "kind"):
        kinds = unit.packs.registrations
        _known([fields["kind"]], kinds, "kind", "kind of registration", "registration-kind")


def of_progression(unit: Unit, fields: Fields, row: Any) -> None:
    """Refuse settings other than the day of the panel, and a second progression of one worker."""
    for name, value in fields["settings"].items():
        if name != "panel":
            raise BadInput(f"settings.{name}: a progression has no such choice.", field=f"settings.{name}", hint=PANEL)
        try:
            parse_day(str(value))
        except ValueError as error:
            raise BadInput(f"settings.panel: {error}.", field="settings.panel") from None
    if fields["ended_on"] is not None:
        return
    for other in unit.all("programme", worker=fields["worker"], ended_on=None):
        if (row is None or other.id != row.id) and other.kind in unit.packs.progressions:
            words = f"worker: {other.worker} is in progression {other.id} already."
            raise BadInput(words, field="worker", hint="End that one first: one at a time.")


def _statements(unit: Unit) -> set[str]:
    every = (one for framework in unit.packs.frameworks.values() for one in framework.statements)
    return {name for one in every for name in (one.id, *one.also)}


def _new(fields: Fields, row: Any, name: str) -> bool:
    return fields.get(name) is not None and (row is None or getattr(row, name) != fields[name])


def _known(given: Collection[str], known: Collection[str], field: str, what: str, kind: str) -> None:
    for code in given:
        if code not in known:
            near = difflib.get_close_matches(code, known, n=3)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"See: almoner list {kind}"
            raise NotFound(f"{field}: {code!r} is not a {what}.", field=field, hint=hint)


def _own_need(unit: Unit, fields: Fields) -> None:
    """Refuse evidence or a piece of development for a learning need of another worker."""
    import sqlalchemy as sa

    if fields.get("need") is None:
        return
    table = KINDS["learning-need"].table
    owner = unit.connection.execute(sa.select(table.c.worker).where(table.c.id == fields["need"])).scalar()
    if owner is not None and owner != fields["worker"]:
        raise BadInput(f"need: learning need {fields['need']} is another worker's.", field="need")
