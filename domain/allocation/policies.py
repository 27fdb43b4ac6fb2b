"""Allocation policies: which worker may hold which case, and how long a case may lie with nobody. Data, in packs.

Only what a pack may say stands here; ``domain.allocation.candidates`` puts the rules to cases and workers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from domain.core.enums import ConflictReason, Nation, Pathway, Role
from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack
from domain.rules.pack_vocabulary import no_twins

PolicyKind = Literal[
    "grades",
    "registered_only",
    "only_jointly",
    "warrant",
    "most_cases",
    "new_cases",
    "over_percent",
    "conflict",
    "needs",
    "siblings_together",
    "leaving",
    "away",
    "manager_holds",
    "other_team",
    "travel",
    "span",
    "unallocated",
]
# The keys that belong to a kind: those it cannot do without, and those it may have besides.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "grades": ((), ("allowed", "not_allowed")),
    "warrant": (("warrant",), ()),
    "most_cases": ((), ("most",)),
    "new_cases": (("one_per",), ()),
    "over_percent": ((), ("percent",)),
    "conflict": (("why",), ()),
    "needs": (("asks",), ()),
    "leaving": ((), ("within_weeks",)),
    "span": ((), ("most",)),
    "unallocated": ((), ("review_days", "escalate_days", "seen_days")),
}
_OWN_KEYS = tuple(dict.fromkeys(key for needed, more in _KEYS.values() for key in (*needed, *more)))
_ONE_OF = ("grades", "unallocated")  # kinds that need at least one of the keys they may have
_SPANS = ("months", "years")

Days = Annotated[int, Field(gt=0, le=366)]


class When(PackPart):
    """The cases a policy is about: all that is given must hold. ``pathways`` and ``factors`` mean any of them."""

    family: Literal["children", "adults"] | None = None
    pathways: tuple[Pathway, ...] = ()
    factors: tuple[Line, ...] = ()
    nations: tuple[Nation, ...] = ()


class Warrant(PackPart):
    """An approval that a worker must hold: the event that gives it, those that end it, and how long it lasts."""

    event: Code
    detail: Code | None = None
    is_: Line | None = Field(default=None, alias="is")
    ended: tuple[Code, ...] = ()
    months: Annotated[int, Field(gt=0, le=240)] | None = None
    years: Annotated[int, Field(gt=0, le=20)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Warrant:
        if (self.detail is None) != (self.is_ is None):
            raise ValueError("detail: name the detail of the event, and with is what it must be")
        if sum(getattr(self, name) is not None for name in _SPANS) != 1:
            raise ValueError("months: say how long it lasts, in months or in years")
        return self


class Policy(PackPart):
    """One rule about who may hold a case.

    A ``hard`` rule rules a worker out, unless the ``approver`` it names agrees; without one nobody can. Any other is a
    caution that a manager may overrule with a reason. ``title`` is read as that reason. ``grades`` and
    ``newly_qualified`` say which workers it binds (left out: everyone), ``roles`` in which roles.
    """

    id: Code
    title: Name
    kind: PolicyKind
    hard: bool = False
    approver: Line = ""
    active: bool = True
    basis: Literal["law", "published", "job_family", "local"]
    note: Note = ""
    when: When = When()
    grades: tuple[Code, ...] = ()
    newly_qualified: Literal[True] | None = None
    roles: tuple[Role, ...] = (Role.ALLOCATED,)
    allowed: tuple[Code, ...] = ()
    not_allowed: tuple[Code, ...] = ()
    warrant: Warrant | None = None
    most: Annotated[int, Field(gt=0, le=1000)] | None = None
    one_per: Annotated[int, Field(gt=0, le=100)] | None = None
    percent: Annotated[int, Field(gt=0, le=1000)] | None = None
    why: tuple[ConflictReason, ...] = ()
    asks: Literal["must_have", "prefers"] | None = None
    within_weeks: Annotated[int, Field(gt=0, le=104)] | None = None
    review_days: Days | None = None
    escalate_days: Days | None = None
    seen_days: Days | None = None
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Policy:
        for fault in (*self._faults_of_keys(), *self._faults()):
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        if self.basis != "local" and not self.citations:
            yield "citations: a rule that is not local needs one"
        if self.approver and not self.hard:
            yield "approver: only a hard rule has one; a caution is overruled with a reason"
        if self.hard and self.kind == "unallocated":
            yield "hard: how long a case may lie with nobody rules no worker out"
        if self.allowed and self.not_allowed:
            yield "allowed: say either which grades may or which may not"

    def _faults_of_keys(self) -> Iterator[str]:
        needed, more = _KEYS.get(self.kind, ((), ()))
        given = [key for key in _OWN_KEYS if getattr(self, key) not in (None, ())]
        for key in given:
            if key not in (*needed, *more):
                yield f"{key}: does not belong to a rule of kind {self.kind}"
        for key in needed:
            if key not in given:
                yield f"{key}: a rule of kind {self.kind} needs it"
        if self.kind in _ONE_OF and not given:
            yield f"{more[0]}: a rule of kind {self.kind} needs one of {', '.join(more)}"

    def as_item(self) -> dict[str, Any]:
        """What the database keeps of the rule for readers: plain JSON values, without what was left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class PolicyPack(PackPart):
    """A file of policies."""

    kind: Literal["policies"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    policies: Annotated[tuple[Policy, ...], AtLeastOne]

    @field_validator("policies")
    @classmethod
    def _once_each(cls, policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        no_twins((policy.id for policy in policies), "id")
        return policies


def read_policies(data: Mapping[str, Any], file: str) -> tuple[PolicyPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(PolicyPack, data, file)


def unknown_words(
    pack: PolicyPack, grades: Collection[str], event_kinds: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Yield (policy, key, message) for every grade and kind of event that a pack names and nobody knows."""
    for policy in pack.policies:
        for key in ("grades", "allowed", "not_allowed"):
            for grade in getattr(policy, key):
                if grade not in grades:
                    yield policy.id, key, f"there is no grade {grade}"
        if policy.warrant is not None:
            for kind in (policy.warrant.event, *policy.warrant.ended):
                if kind not in event_kinds:
                    yield policy.id, "warrant", f"there is no kind of event {kind}"
