"""A rebalancing plan as it is kept: the situation it was made for, and what it proposed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from domain.core.fields import Day, Marker, Name, Remark, TeamName
from domain.core.records import Fields


def _plain(value: Any) -> Any:
    """Return ``value`` with days as they are written in JSON; raises ValueError for what JSON does not know."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    raise ValueError(f"a plan cannot hold {type(value).__name__}")


Json = Annotated[dict[str, Any], BeforeValidator(_plain)]


class PlanFields(Fields["SavedPlan"]):
    """A saved plan. ``scenario`` and ``result`` are plain JSON values; ``applied_on`` is set once it was applied."""

    name: Annotated[Name, Marker.HIDDEN] = Field(
        examples=["Okafor leaves"], description="plans are made with: almoner plan --save NAME"
    )
    team: TeamName = Field(examples=["North"])
    scenario: Json = Field(examples=[{"target": 105}])
    result: Json = Field(examples=[{}])
    made_on: Day = Field(examples=["2026-11-16"])
    applied_on: Day | None = None
    note: Remark = Field(default="", repr=False)


class SavedPlan(PlanFields):
    """A plan as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
