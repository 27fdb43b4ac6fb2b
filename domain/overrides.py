"""One case's own interval for a local rule: decided by somebody, for a reason, until it is looked at again.

A limit set by statute, regulation, guidance or a national standard stands: it can be made shorter for one case, never
longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.errors import BadInput
from domain.fields import Code, Day, Name, Note, Reference
from domain.intervals import Interval
from domain.varying import refused

if TYPE_CHECKING:
    from domain.rule import Rule


class OverrideFields(BaseModel):
    """How often something is done on one case instead. ``rule`` names a rule, or the series it takes turns in.

    It counts from ``decided_on``, and up to the day before ``ended_on``. ``review_on`` is when it is looked at again;
    it does not end by itself.
    """

    case: Reference
    rule: Code
    unit: Literal["days", "working_days", "weeks", "months"]
    number: Annotated[int, Field(gt=0, le=1_000)]
    decided_on: Day
    decided_by: Name
    reason: Note = Field(min_length=1)
    review_on: Day
    ended_on: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> OverrideFields:
        if self.review_on <= self.decided_on:
            raise ValueError("review_on: must lie after the day it was decided")
        if self.ended_on and self.ended_on < self.decided_on:
            raise ValueError("ended_on: lies before the day it was decided")
        return self

    @property
    def interval(self) -> Interval:
        """The interval as the engine counts it."""
        return Interval(self.unit, self.number)


class Override(OverrideFields):
    """An override as kept."""

    model_config = ConfigDict(frozen=True)
    id: int


def allowed(rule: Rule, override: OverrideFields) -> BadInput | None:
    """Return why ``override`` may not stand for ``rule``; None when it may."""
    why = refused(rule, override.interval)
    hint = "A limit that is not local can be made shorter for one case, never longer."
    return BadInput(f"{why.rstrip('.')}.", field="number", hint=hint) if why else None
