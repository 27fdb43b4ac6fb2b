"""The kind of record that says what a case, worker or team was called before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.people.former_keys import FormerKey, FormerKeyFields
from storage.records.kind import Data

if TYPE_CHECKING:
    from storage.records.unit import Unit

_GROUPS = {"case": "cases", "worker": "workers", "team": "teams"}


def note_former(kind: str) -> Callable[[Unit, str, str], None]:
    """Return what keeps note of a key that was corrected."""

    def note(unit: Unit, old: str, new: str) -> None:
        unit.record(FormerKeyFields.model_validate({"former": old, kind: new, "on": unit.today}))

    return note


def touches_former(state: Data) -> Iterator[tuple[str, Any]]:
    """Say what a former key leads to: due dates are known by the first key there was."""
    return ((group, state[kind]) for kind, group in _GROUPS.items() if state.get(kind))


def of_former_key(unit: Unit, fields: FormerKeyFields, _before: FormerKey | None) -> None:
    """Refuse a key that leads nowhere, and as merged one that a record still has."""
    for kind in _GROUPS:
        now = getattr(fields, kind)
        if now is None:
            continue
        of = unit.kinds.named(kind)
        if unit.find(of.record, now) is None:
            raise BadInput(f"{kind}: there is no {kind} {now!r}.", field=kind, hint=f"See: almoner list {kind}")
        if fields.merged and unit.find(of.record, fields.former) is not None:
            raise BadInput(
                f"former: there is {of.one} {fields.former!r}, which was not merged.", field="former", where="former"
            )
