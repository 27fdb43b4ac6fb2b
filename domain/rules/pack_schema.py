"""What a rule pack may say: rules of a few closed kinds, without expressions, unknown keys refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from domain.core.enums import Nation, Pathway, SubjectKind
from domain.core.fields import Code, Day, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, PackPart
from domain.rules.pack_vocabulary import ConditionSpec, IntervalSpec, LimitSpec, Triggers, no_twins

VERIFIED_CODES = frozenset({"A", "B", "S1", "S2", "R"})
PROTECTED_TIERS = ("statute", "regulation")


class CitationSpec(PackPart):
    """Where a figure was read, when, and how well (the facts' own codes)."""

    text: Note = Field(min_length=1)
    source: Line = Field(min_length=1)
    checked: Day
    confidence: Literal["A", "B", "C", "D", "K", "L", "P", "R", "S1", "S2", "X", "local"]
    verified: bool

    @model_validator(mode="after")
    def _honest(self) -> CitationSpec:
        if self.verified and self.confidence not in VERIFIED_CODES:
            raise ValueError(f"verified: a figure marked {self.confidence} was not seen in its source")
        return self


class RuleBase(PackPart):
    """What every rule says, whatever its kind.

    ``same_day``: an answer on the very day of the start counts; ``early``: so does one up to so long before it.
    ``begins``: an answer with no start on record begins
    the series, as extracts often hold only the last review. ``waits``: a start before the birthday or stretch of time
    that the conditions ask for is kept until then. ``gap`` is said when a case on one of ``pathways`` has
    no starting event. ``measure`` names the on-time measure that its series counts towards.
    """

    id: Code
    series: Code | None = None
    title: Name
    plain: Note = Field(min_length=1)
    tier: Literal["statute", "regulation", "guidance", "national", "local"]
    applies_to: SubjectKind = SubjectKind.CASE
    pathways: tuple[Pathway, ...] = ()
    active: bool = True
    reason: Line = ""
    valid_from: Day | None = None
    valid_to: Day | None = None
    citations: Annotated[tuple[CitationSpec, ...], AtLeastOne]
    replaces: Code | None = None
    starts: Triggers = ()
    answers: Annotated[Triggers, AtLeastOne]
    stops: Triggers = ()
    when: tuple[ConditionSpec, ...] = ()
    same_day: bool = True
    early: IntervalSpec | None = None
    begins: bool = False
    waits: bool = False
    gap: Line = ""
    measure: Line = ""

    @model_validator(mode="after")
    def _sound(self) -> RuleBase:
        if not self.active and not self.reason:
            raise ValueError("reason: say why the rule is switched off")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to: lies before valid_from")
        if self.tier in PROTECTED_TIERS and not any(c.verified for c in self.citations):
            raise ValueError("tier: what nobody has verified is not shown as law; use local")
        if any(t.effect != "opens" for t in (*self.answers, *self.stops)):
            raise ValueError("effect: only a starting event has one")
        if any(t.effect == "extends" for t in self.starts) and getattr(self, "extension", None) is None:
            raise ValueError("extension: say by how much it extends")
        if any(spec is not None and spec.terms for spec in self._stretches()):
            raise ValueError("terms: only interval, first and then are counted in terms")
        if self.open_limits() and self.active and self.tier != "local":
            raise ValueError("tier: a figure that each council sets is local")
        return self

    def open_limits(self) -> list[LimitSpec]:
        """Return the intervals that each council must set."""
        given = (getattr(self, name) for name in type(self).model_fields)
        return [value for value in given if isinstance(value, LimitSpec) and value.not_set]

    def _stretches(self) -> list[IntervalSpec | None]:
        names = ("early", "opens", "extension", "within", "before", "ceiling", "every")
        return [getattr(self, name, None) for name in names]

    @property
    def family(self) -> str:
        """The series it belongs to."""
        return self.series or self.id


class Chained(RuleBase):
    """A rule whose cycles follow one another, each counted from the day the one before was held."""

    starts: Annotated[Triggers, AtLeastOne]


class AfterRule(Chained):
    """Once after the starting event (``anchor = "start"``), or after each answer (``anchor = "last"``).

    ``opens`` is when the window opens. ``extension`` is what each extending event adds. A ``minimum`` is a floor: not
    before, and never overdue.
    """

    kind: Literal["after"]
    interval: LimitSpec
    anchor: Literal["start", "last"] = "start"
    opens: LimitSpec | None = None
    extension: IntervalSpec | None = None
    limit: Literal["maximum", "minimum"] = "maximum"

    @model_validator(mode="after")
    def _floored(self) -> AfterRule:
        if self.limit == "minimum" and self.open_limits():
            raise ValueError("interval: a floor needs a figure")
        if self.opens and self.opens.not_set:
            raise ValueError("opens: leave it out where nobody has set it")
        return self


class StagedRule(Chained):
    """One interval after the starting event, another after each answer."""

    kind: Literal["staged"]
    first: LimitSpec
    then: LimitSpec


class UntilRule(Chained):
    """Every so often until an event happens, then at another interval; without ``then`` it cannot be dated any more."""

    kind: Literal["until"]
    first: IntervalSpec | None = None
    every: IntervalSpec
    until: Annotated[tuple[Code, ...], AtLeastOne]
    then: IntervalSpec | None = None
    undated: Line = ""

    @model_validator(mode="after")
    def _said(self) -> UntilRule:
        if self.then is None and not self.undated:
            raise ValueError("undated: without then, say why no date can be given any more")
        return self


class BeforeRule(RuleBase):
    """So long before an event that is already dated, or before the expected birth."""

    kind: Literal["before"]
    starts: Annotated[Triggers, AtLeastOne]
    interval: IntervalSpec

    @model_validator(mode="after")
    def _counted_back(self) -> BeforeRule:
        if self.interval.terms:
            raise ValueError("interval: terms are not counted back")
        return self


class AccruedSpec(PackPart):
    """So much time in all, within the stretches from starts to stops, since a birthday."""

    birthday: int = Field(ge=0, le=120)
    at_least: IntervalSpec

    @model_validator(mode="after")
    def _whole_days(self) -> AccruedSpec:
        if self.at_least.unit not in ("days", "weeks"):
            raise ValueError("at_least: give it in days or weeks")
        return self


class AgeRule(RuleBase):
    """By a birthday, or so long before or after it. With ``starts``, from that event where it came later.

    With ``accrued``, from the day on which the time between starts and stops has added up to so much, where later.
    With ``asked_from``, only once anything is on record from that birthday on: not ten years ahead.
    """

    kind: Literal["age"]
    birthday: int = Field(ge=0, le=120)
    interval: LimitSpec | None = None
    side: Literal["after", "before"] = "after"
    accrued: AccruedSpec | None = None
    asked_from: Annotated[int, Field(ge=0, le=120)] | None = None

    @model_validator(mode="after")
    def _forwards(self) -> AgeRule:
        given = self.interval
        if given and given.terms:
            raise ValueError("interval: terms are not counted from a birthday")
        if self.side == "before" and given and (given.yearly or given.not_set):
            raise ValueError("side: only a stretch of time is counted back")
        if self.accrued and not (self.starts and self.stops):
            raise ValueError("accrued: needs starts and stops to add up the time between")
        return self


class DatedRule(RuleBase):
    """By the day that a detail of the starting event gives, or by one fixed day for whatever runs on it.

    ``before`` counts back from that day, as does ``opens``; ``ceiling`` counts from the event and stands when earlier.
    With ``on``, what began before that day and has not ended by it (by a stop, or by its ``detail``) is meant.
    """

    kind: Literal["dated"]
    starts: Annotated[Triggers, AtLeastOne]
    detail: Code | None = None
    on: Day | None = None
    before: IntervalSpec | None = None
    opens: IntervalSpec | None = None
    ceiling: IntervalSpec | None = None

    @model_validator(mode="after")
    def _one_day(self) -> DatedRule:
        if self.detail is None and self.on is None:
            raise ValueError("detail: say which detail gives the day, or on which day with on")
        return self


class LinkedRule(RuleBase):
    """Due when another rule is due, or each time that anything in a series is."""

    kind: Literal["linked"]
    linked_to: Code


class CountedRule(RuleBase):
    """After the n-th event of a kind within a period."""

    kind: Literal["counted"]
    starts: Annotated[Triggers, AtLeastOne]
    count: int = Field(ge=2, le=100)
    within: IntervalSpec
    interval: LimitSpec

    @field_validator("within")
    @classmethod
    def _plain_period(cls, within: IntervalSpec) -> IntervalSpec:
        if within.unit == "working_days":
            raise ValueError("give it in days, weeks, months or years")
        return within

    @field_validator("interval")
    @classmethod
    def _no_terms(cls, given: LimitSpec) -> LimitSpec:
        if given.terms:
            raise ValueError("give it in days, weeks, months or years")
        return given


class RowRule(RuleBase):
    """After ``count`` events of ``starts`` with no answer between them: due when the rule ``linked_to`` is next due."""

    kind: Literal["in_a_row"]
    starts: Annotated[Triggers, AtLeastOne]
    count: int = Field(ge=1, le=100)
    linked_to: Code


RuleSpec = Annotated[
    AfterRule | StagedRule | UntilRule | BeforeRule | AgeRule | DatedRule | LinkedRule | CountedRule | RowRule,
    Field(discriminator="kind"),
]
AnyRule = AfterRule | StagedRule | UntilRule | BeforeRule | AgeRule | DatedRule | LinkedRule | CountedRule | RowRule


class RulePack(PackPart):
    """A file of rules. ``nation`` decides whose cases they bind."""

    kind: Literal["rules"]
    id: Code
    title: Name
    nation: Nation = Nation.ENGLAND
    version: Line = Field(min_length=1)
    rules: Annotated[tuple[RuleSpec, ...], AtLeastOne]

    @field_validator("rules")
    @classmethod
    def _once_each(cls, rules: tuple[AnyRule, ...]) -> tuple[AnyRule, ...]:
        no_twins((rule.id for rule in rules), "id")
        return rules
