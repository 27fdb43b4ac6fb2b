"""The kind of record that is a saved plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people.people import Team
from domain.planning.saved_plan import PlanFields, SavedPlan
from storage.records.checking import there
from storage.records.kind import ByHand, Kind, touch_nothing
from storage.tables import PlanRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

_WORKED_OUT = "A plan is worked out: save it again, or apply it, with almoner plan."


def _check(unit: Unit, fields: PlanFields, _before: SavedPlan | None) -> None:
    there(unit, Team, fields.team, "team")


KINDS = (
    Kind(
        "plan",
        PlanFields,
        SavedPlan,
        PlanRow,
        key="name",
        touches=touch_nothing,
        check=_check,
        by_hand=ByHand(
            elsewhere=dict.fromkeys(("team", "scenario", "result", "made_on", "applied_on"), _WORKED_OUT),
            removable=True,
        ),
    ),
)
