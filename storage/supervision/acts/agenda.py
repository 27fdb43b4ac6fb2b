"""What is done with an agenda: put something on it, take it off, put it off with a reason, take it up again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput, NotFound
from domain.core.text import whole_number
from domain.supervision.agenda import PARKS
from domain.supervision.discussions import AgendaItem, AgendaItemFields
from storage.records.unit import Done
from storage.supervision.coverage import holder, is_raised
from storage.tables import AgendaItemRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

TO_DISCUSS = "To be discussed in time"


def raise_item(
    unit: Unit, worker: str, what: str, case: str | None = None, session: int | None = None
) -> Done[AgendaItem]:
    """Put something on a worker's agenda, for whoever is acting; for one ``session`` alone where that is given."""
    if not what.strip():
        raise BadInput("Say what it is about.", field="what")
    kept = unit.record(
        AgendaItemFields(worker=worker, raised_by=unit.actor, on=unit.today, what=what, case=case, session=session)
    )
    return Done(kept, unit.finish(f"Put an item on the agenda of {worker}"))


def raise_case(unit: Unit, case: str) -> Done[AgendaItem]:
    """Put a case on the next agenda of whoever holds it; raises where nobody does, or where it stands there already."""
    found = holder(unit.reader, case, unit.today)
    if found is None:
        raise NotFound(f"There is no case {case!r}.", field="case")
    if found.worker is None:
        raise BadInput(f"Nobody holds {case}, so there is no agenda for it.", field="worker")
    if is_raised(unit.reader, case, found.worker, unit.today):
        raise BadInput(f"{case} stands on the next agenda already.", field="case")
    kept = unit.record(
        AgendaItemFields(worker=found.worker, raised_by=unit.actor, on=unit.today, what=TO_DISCUSS, case=case)
    )
    return Done(kept, unit.finish(f"Raised {case} for supervision"))


def close_item(unit: Unit, number: int) -> Done[AgendaItem]:
    """Take an item off the agenda because it was talked about."""
    kept = unit.amend_by(AgendaItem, number, {"closed_on": unit.today})
    return Done(kept, unit.finish(f"Took an item off the agenda of {kept.worker}"))


def park(unit: Unit, worker: str, key: str, until: date, why: str) -> Done[AgendaItem]:
    """Put off a case ("case:C-1042") or an item ("item:5") of a worker's agenda until a day, with a reason.

    Raises BadInput for what cannot wait like that, and for a day that is not ahead.
    """
    if until <= unit.today:
        raise BadInput(f"{show_day(until, unit.today)} is not ahead.", field="parked_until")
    if not why.strip():
        raise BadInput("Say why it is put off.", field="parked_why")
    what, _, name = key.partition(":")
    if what == "item" and whole_number(name) is not None:
        _on_agenda(unit, worker, int(name))
        kept = unit.amend_by(AgendaItem, int(name), {"parked_until": until, "parked_why": why})
    elif what == "case" and name:
        kept = _park_case(unit, worker, name, until, why)
    else:
        hint = "An action is carried forward instead."
        raise BadInput(f"{key} cannot be parked: only cases and items that were raised can.", field="key", hint=hint)
    return Done(kept, unit.finish(f"Parked {name if what == 'case' else 'an item'} on the agenda of {worker}"))


def take_up(unit: Unit, worker: str, key: str) -> Done[AgendaItem]:
    """Put something back on the agenda that was put off."""
    what, _, name = key.partition(":")
    back: dict[str, object] = {"parked_until": None, "parked_why": ""}
    if what == "case":
        parked = _parked_case(unit, worker, name)
        if parked is None:
            raise BadInput(f"{name} is not parked.", field="key")
        number, back = parked.id, {**back, "closed_on": unit.today}
    else:
        number = whole_number(name) or 0
        _on_agenda(unit, worker, number)
    kept = unit.amend_by(AgendaItem, number, back)
    return Done(kept, unit.finish(f"Took up again {name if what == 'case' else 'an item'} on the agenda of {worker}"))


def _on_agenda(unit: Unit, worker: str, number: int) -> None:
    if unit.get(AgendaItem, number).worker != worker:
        raise BadInput(f"Item {number} is not on the agenda of {worker}.", field="key")


def _park_case(unit: Unit, worker: str, case: str, until: date, why: str) -> AgendaItem:
    before = _parked_case(unit, worker, case)
    if before is not None:
        return unit.amend_by(AgendaItem, before.id, {"parked_until": until, "parked_why": why, "on": unit.today})
    return unit.record(
        AgendaItemFields(
            worker=worker,
            raised_by=unit.actor,
            on=unit.today,
            what=PARKS,
            case=case,
            parked_until=until,
            parked_why=why,
        )
    )


def _parked_case(unit: Unit, worker: str, case: str) -> AgendaItem | None:
    """Return the item that puts off a case on this worker's agenda, or None."""
    of_case = (AgendaItemRow.worker == worker, AgendaItemRow.case == case, AgendaItemRow.what == PARKS)
    found = [one for one in unit.all(AgendaItem, *of_case) if one.closed_on is None]
    return found[-1] if found else None
