"""One case's own interval for a local rule: decided by somebody, for a reason, until it is looked at again.

A limit set by statute, regulation, guidance or a national standard stands: it can be made shorter for one case, never
longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from domain.core.errors import BadInput
from domain.core.fields import CaseReference, Code, Day, Note, SaidBy
from domain.core.intervals import Interval
from domain.core.records import Fields
from domain.due.override_effect import refused

if TYPE_CHECKING:
    from domain.rules.rule import Rule


class OverrideFields(Fields["Override"]):
    """How often something is done on one case instead. ``rule`` names a rule, or the series it takes turns in.

    It counts from ``decided_on``, and up to the day before ``ended_on``. ``review_on`` is when it is looked at again;
    it does not end by itself.
    """

    case: CaseReference
    rule: Code = Field(
        title="For",
        examples=["visit_standard"],
        description="or the series it takes turns in; as `almoner due` shows it",
    )
    unit: Literal["days", "working_days", "weeks", "months"] = Field(
        title="of these", examples=["weeks"], description="days, working_days, weeks, months"
    )
    number: Annotated[int, Field(gt=0, le=1_000)] = Field(
        title="Every", examples=[4], description="every 4 weeks; never past a limit that is not local"
    )
    decided_on: Day = Field(examples=["2026-11-16"])
    decided_by: SaidBy = Field(examples=["Hughes, Ann"])
    reason: Note = Field(min_length=1, title="Because", examples=["Placement unsettled"])
    review_on: Day = Field(
        title="Look at it again",
        examples=["2027-02-16"],
        description="when it is looked at again; it does not end by itself",
    )
    ended_on: Day | None = Field(
        default=None, title="Ends on", examples=["2027-02-16"], description="from that day the rule counts as it stands"
    )

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
