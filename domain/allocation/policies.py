"""Allocation policies: which worker may hold which case, and how long a case may lie with nobody. Data, in packs.

Only what a pack may say stands here; ``domain.allocation.candidates`` puts the rules to cases and workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from domain.allocation.factor_packs import Fault, no_detail, no_event
from domain.allocation.known_words import Words, fold, or_near, spellings
from domain.core.enums import ConflictReason, Nation, Pathway, Role
from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note
from domain.load.grades import Grade, SuperviseeKind
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack
from domain.rules.pack_vocabulary import EventKind, no_twins

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
    "change_of_worker",
]
# The keys that belong to a kind: those it cannot do without, and those it may have besides.
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "grades": ((), ("allowed", "not_allowed", "not_allowed_kinds")),
    "warrant": (("warrant",), ()),
    "most_cases": ((), ("most",)),
    "new_cases": (("one_per",), ()),
    "over_percent": ((), ("percent",)),
    "conflict": (("why",), ()),
    "needs": (("asks",), ()),
    "leaving": ((), ("within_weeks",)),
    "span": ((), ("most",)),
    "unallocated": ((), ("review_days", "escalate_days", "seen_days")),
    "change_of_worker": (("saves",), ()),
}
_OWN_KEYS = tuple(dict.fromkeys(key for needed, more in _KEYS.values() for key in (*needed, *more)))
_ONE_OF = ("grades", "unallocated")  # kinds that need at least one of the keys they may have
_SPANS = ("months", "years")

Days = Annotated[int, Field(gt=0, le=366)]


class When(PackPart):
    """The cases a policy is about: all that is given must hold. Of a list, any one of it is enough.

    With ``either``, one of ``pathways``, ``factors`` and ``in_force`` is enough, whichever of them are given.
    """

    family: Literal["children", "adults"] | None = None
    pathways: tuple[Pathway, ...] = ()
    factors: tuple[Line, ...] = ()
    in_force: tuple[Code, ...] = ()
    either: Literal[True] | None = None
    nations: tuple[Nation, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> When:
        if self.either and sum(map(bool, (self.pathways, self.factors, self.in_force))) < 2:
            raise ValueError("either: give two or more of pathways, factors and in_force")
        return self


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
    caution that a manager may overrule with a reason. ``title`` is read as that reason. ``grades``, ``grade_kinds``
    and ``newly_qualified`` say which workers it binds (left out: everyone), ``roles`` in which roles. Whoever brings
    one of the specialisms ``unless_brings`` is not bound.
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
    grade_kinds: tuple[SuperviseeKind, ...] = ()
    newly_qualified: Literal[True] | None = None
    unless_brings: tuple[Line, ...] = ()
    roles: tuple[Role, ...] = (Role.ALLOCATED,)
    allowed: tuple[Code, ...] = ()
    not_allowed: tuple[Code, ...] = ()
    not_allowed_kinds: tuple[SuperviseeKind, ...] = ()
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
    saves: Annotated[int, Field(ge=0, le=10_000)] | None = None
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
        if self.allowed and (self.not_allowed or self.not_allowed_kinds):
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


# what it is held against ---------------------------------------------------------------------------------------------


class Known(NamedTuple):
    """The words that policies may use, by id: grades, kinds of event, and the vocabulary."""

    grades: Mapping[str, Grade]
    events: Mapping[str, EventKind]
    factors: Mapping[str, PackPart]
    specialisms: Mapping[str, PackPart]
    in_force: Mapping[str, PackPart]


def unknown_words(pack: PolicyPack, known: Known) -> Iterator[Fault]:
    """Yield (policy, key, message) for every word that a pack names and nobody knows, with the one it may mean."""
    for policy in pack.policies:
        for key in ("grades", "allowed", "not_allowed"):
            yield from _strange(policy.id, key, getattr(policy, key), known.grades, "grade")
        yield from _strange(policy.id, "when.in_force", policy.when.in_force, known.in_force, "thing in force")
        yield from _undeclared(policy.id, "when.factors", policy.when.factors, known.factors, "factor")
        yield from _undeclared(policy.id, "unless_brings", policy.unless_brings, known.specialisms, "specialism")
        if policy.warrant is not None:
            yield from ((policy.id, "warrant", words) for words in _of_events(policy.warrant, known.events))


def _strange(policy: str, key: str, given: Iterable[str], known: Mapping[str, Any], what: str) -> Iterator[Fault]:
    """Yield the ids that are none of those known."""
    for name in given:
        if name not in known:
            near = Words({"id": one, "title": one} for one in known).near(name)
            yield policy, key, f"there is no {what} {name}{or_near(near)}"


def _undeclared(
    policy: str, key: str, given: Iterable[str], known: Mapping[str, PackPart], what: str
) -> Iterator[Fault]:
    """Yield the words that no pack declares, however they are spelled."""
    words = Words(one.as_item() for one in known.values())
    for word in given:
        if words.id_of(word) is None:
            yield policy, key, f"there is no {what} {word}{or_near(words.near(word))}"


def _of_events(warrant: Warrant, events: Mapping[str, EventKind]) -> Iterator[str]:
    for kind in (warrant.event, *warrant.ended):
        if kind not in events:
            yield no_event(kind, events)
    if warrant.detail is not None and warrant.event in events:
        yield from no_detail(events[warrant.event], warrant.detail)


def written_out(policy: Policy, known: Known) -> dict[str, Any]:
    """Return what the database keeps of a rule, with all that its words stand for, so that readers need no vocabulary.

    ``when.means`` are its factors, each with every spelling and what it holds by; ``bound`` the grades it binds, where
    it names any; ``excuses`` the specialisms that free somebody from it, ``excused`` their spellings; ``same`` the id
    of every specialism by its spellings.
    """
    item = policy.as_item()
    if policy.when.factors:
        words = Words(one.as_item() for one in known.factors.values())
        ids = dict.fromkeys(words.id_of(word) or word for word in policy.when.factors)
        item["when"]["means"] = [_meaning(known.factors[one].as_item()) for one in ids if one in known.factors]
    if policy.grade_kinds:
        item["bound"] = sorted({*policy.grades, *_of_kinds(policy.grade_kinds, known)})
    if policy.not_allowed_kinds:
        item["not_allowed"] = sorted({*policy.not_allowed, *_of_kinds(policy.not_allowed_kinds, known)})
    specialisms = Words(one.as_item() for one in known.specialisms.values())
    if policy.unless_brings:
        meant = {specialisms.id_of(word) or word for word in policy.unless_brings}
        item["excuses"] = sorted(meant)
        item["excused"] = sorted(word for word, name in specialisms.ids.items() if name in meant)
    if policy.kind == "needs":
        item["same"] = dict(sorted(specialisms.ids.items()))
    return item


def _meaning(factor: Mapping[str, Any]) -> dict[str, Any]:
    words = sorted({fold(word) for word in spellings(factor)})
    return {**{key: factor[key] for key in ("id", "title", "pathways", "in_force")}, "words": words}


def _of_kinds(kinds: Iterable[SuperviseeKind], known: Known) -> set[str]:
    wanted = set(kinds)
    return {name for name, grade in known.grades.items() if grade.kind in wanted}


def read_by(policies: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[str]]]:
    """Return which rules in use read each factor, specialism and thing in force: "factor" to id to the rules' ids."""
    found: dict[str, dict[str, list[str]]] = {"factor": {}, "specialism": {}, "in_force": {}}
    for policy in policies:
        if not policy.get("active", True):
            continue
        when = policy.get("when", {})
        means = when.get("means", ())
        standing = dict.fromkeys([*when.get("in_force", ()), *(name for one in means for name in one["in_force"])])
        for factor in means:
            found["factor"].setdefault(factor["id"], []).append(policy["id"])
        for name in standing:
            found["in_force"].setdefault(name, []).append(policy["id"])
        for name in dict.fromkeys(policy.get("excuses", ())):
            found["specialism"].setdefault(name, []).append(policy["id"])
    return found
