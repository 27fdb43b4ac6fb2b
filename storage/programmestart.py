"""Beginning a programme: the programme itself, and with it what it takes from capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from storage import ramps
from storage.programmes import kept_programmes
from storage.reading import Packs

if TYPE_CHECKING:
    from storage.unit import Unit


class Begun(NamedTuple):
    """A programme that was recorded, and the reductions that go with it."""

    programme: Any
    reductions: Sequence[Any]


def begin(unit: Unit, data: Mapping[str, Any], *, ramp: str = "", relief: int = 0) -> Begun:
    """Record a programme; the learner follows ``ramp`` from its first day, the educator has ``relief`` percent less.

    The relief lasts to the end as it looks now; a ramp begins and ends by its own months, whatever the hours. Raises
    BadInput or NotFound naming the field.
    """
    programme = unit.record("programme", data)
    taken = list(ramps.follow(unit, programme.worker, ramp, programme.starts)) if ramp else []
    if relief and programme.educator:
        taken.append(_relief(unit, programme, relief))
    return Begun(programme, taken)


def _relief(unit: Unit, programme: Any, percent: int) -> Any:
    kept = kept_programmes(unit.raw, Packs(unit.raw), ids=[programme.id])[0]
    return unit.record(
        "reduction",
        {
            "worker": programme.educator,
            "kind": "practice_educator",
            "percent": percent,
            "reason": unit.packs.reasons["practice_educator"].title,
            "starts": programme.starts,
            "ends": kept.planned_end or programme.ends,
            "note": f"Programme {programme.id}",
        },
    )


def ramp_offered(unit: Unit, kind: str) -> str:
    """Return the ramp that the kind of programme names; "" where it names none."""
    said = unit.packs.programmes.get(kind)
    return (said.ramp or "") if said else ""
