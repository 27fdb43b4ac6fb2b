"""What a case, worker or team was called before its reference, staff id or name was corrected, or it was merged."""

from __future__ import annotations

from pydantic import ConfigDict, Field, model_validator

from domain.core.fields import CaseReference, Day, Name, StaffId, TeamName
from domain.core.records import Fields


class FormerKeyFields(Fields["FormerKey"]):
    """A reference, staff id or team's name that leads to another now. ``merged``: its record went into that one."""

    former: Name = Field(title="Formerly", examples=["C-0101"], description="what it was called before")
    case: CaseReference | None = None
    worker: StaffId | None = None
    team: TeamName | None = Field(default=None, examples=["North"])
    merged: bool = Field(default=False, examples=[True], description="true where its record was merged into that one")
    on: Day = Field(examples=["2026-11-20"], description="the day on which that was done")

    @model_validator(mode="after")
    def _one(self) -> FormerKeyFields:
        if sum(one is not None for one in (self.case, self.worker, self.team)) != 1:
            raise ValueError("former: name one case, one worker or one team that it leads to")
        return self


class FormerKey(FormerKeyFields):
    """A former key as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
