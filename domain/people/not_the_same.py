"""That two cases, or two workers, which look like one are two: said by somebody who looked at both."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from domain.core.fields import CaseReference, Day, Remark, StaffId
from domain.core.records import Fields

PAIRS = {"case": ("case", "other_case"), "worker": ("worker", "other_worker")}
Reason = Annotated[Remark, StringConstraints(min_length=1)]


class NotTheSameFields(Fields["NotTheSame"]):
    """Two cases, or two workers, that are not one, and how somebody knows."""

    case: CaseReference | None = None
    other_case: CaseReference | None = Field(default=None, title="And case", examples=["C-1002"])
    worker: StaffId | None = None
    other_worker: StaffId | None = Field(default=None, title="And worker", examples=["W102"])
    reason: Reason = Field(repr=False, title="How they differ", examples=["Twins, born on the same day"])
    on: Day = Field(title="Said on", examples=["2026-11-20"], description="the day on which somebody looked at both")

    @model_validator(mode="after")
    def _one_pair(self) -> NotTheSameFields:
        pairs = [(getattr(self, one), getattr(self, other)) for one, other in PAIRS.values()]
        given = [pair for pair in pairs if pair != (None, None)]
        if len(given) != 1 or None in given[0]:
            raise ValueError("case: name two cases, or two workers")
        if given[0][0] == given[0][1]:
            raise ValueError("case: name two that are different")
        return self

    @property
    def of(self) -> str:
        """What the two are: "case" or "worker"."""
        return next(kind for kind, (one, _) in PAIRS.items() if getattr(self, one) is not None)

    @property
    def pair(self) -> frozenset[str]:
        """The two references, or staff ids; which of them comes first makes no difference."""
        return frozenset(getattr(self, name) for name in PAIRS[self.of])


class NotTheSame(NotTheSameFields):
    """Two that are not one, as kept."""

    model_config = ConfigDict(frozen=True)
    id: int
