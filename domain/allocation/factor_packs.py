"""The vocabulary of the policies, as packs say it: factors of cases, specialisms of workers, what may be in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.allocation.known_words import Words, fold, or_near, spellings
from domain.core.enums import Pathway
from domain.core.fields import Code, Line, Name, Note
from domain.rules.pack_parts import Citation, PackPart, sound, twice
from domain.rules.pack_vocabulary import EventKind


class Word(PackPart):
    """A word of the vocabulary, and what else it is called. Capitals, hyphens and spaces make no other word of it."""

    id: Code
    title: Name
    also: tuple[Line, ...] = ()
    basis: Literal["law", "published", "job_family", "local"] = "local"
    note: Note = ""
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _honest(self) -> Word:
        if self.basis != "local" and not self.citations:
            raise ValueError("citations: a word that is not local needs one")
        return self


class Specialism(Word):
    """What a worker may bring and a case may need: a language, a sort of work."""


class Factor(Word):
    """What may be marked on a case. It holds without a mark on those ``pathways``, and while that is ``in_force``."""

    family: Literal["children", "adults", "any"] = "any"
    pathways: tuple[Pathway, ...] = ()
    in_force: tuple[Code, ...] = ()


class Standing(PackPart):
    """An authorisation, order or plan: the events that begin it, those that end it, and how long it can last.

    ``until`` is the detail of the beginning event that gives its last day; ``days`` or ``months`` are the longest that
    it lasts, the day on which it begins being the first.
    """

    id: Code
    title: Name
    begins: tuple[Code, ...] = Field(min_length=1)
    detail: Code | None = None
    is_: bool | int | Line | None = Field(default=None, alias="is")
    ended: tuple[Code, ...] = ()
    until: Code | None = None
    days: Annotated[int, Field(gt=0, le=1000)] | None = None
    months: Annotated[int, Field(gt=0, le=240)] | None = None
    note: Note = ""
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Standing:
        if (self.detail is None) != (self.is_ is None):
            raise ValueError("detail: name the detail of the event, and with is what it must be")
        if self.days and self.months:
            raise ValueError("days: say how long it lasts at most in days or in months")
        if (self.days or self.months) and not self.citations:
            raise ValueError("citations: how long it lasts at most needs one")
        return self

    def as_item(self) -> dict[str, Any]:
        """What the database keeps for readers: plain JSON values, without what was left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class FactorPack(PackPart):
    """A file of the vocabulary: a council's or a team's own words stand in one of its own."""

    kind: Literal["factors"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    factors: tuple[Factor, ...] = ()
    specialisms: tuple[Specialism, ...] = ()
    in_force: tuple[Standing, ...] = ()

    @model_validator(mode="after")
    def _some_once_each(self) -> FactorPack:
        lists = {"factors": self.factors, "specialisms": self.specialisms, "in_force": self.in_force}
        if not any(lists.values()):
            raise ValueError("factors: at least one factor, specialism or thing in force is needed")
        return sound(self, (f"{key}: {name} is there twice" for key, those in lists.items() for name in _again(those)))


def _again(words: tuple[PackPart, ...]) -> list[str]:
    return twice(word.id for word in words)  # type: ignore[attr-defined]


Fault = tuple[str, str, str]  # which part, which key, what is wrong


def faults_of(
    pack: FactorPack,
    events: Mapping[str, EventKind],
    factors: Mapping[str, Factor],
    specialisms: Mapping[str, Specialism],
    in_force: Mapping[str, Standing],
) -> Iterator[Fault]:
    """Yield what a pack names and nobody knows, and words that mean something else already; the others are earlier."""
    for standing in pack.in_force:
        yield from _of_events(standing, events)
    known = {*in_force, *(one.id for one in pack.in_force)}
    for factor in pack.factors:
        for name in factor.in_force:
            if name not in known:
                yield factor.id, "in_force", f"there is nothing called {name} that may be in force{_near(name, known)}"
    yield from _clashes({**factors, **{one.id: one for one in pack.factors}}, pack.factors)
    yield from _clashes({**specialisms, **{one.id: one for one in pack.specialisms}}, pack.specialisms)


def _of_events(standing: Standing, events: Mapping[str, EventKind]) -> Iterator[Fault]:
    for key in ("begins", "ended"):
        for kind in getattr(standing, key):
            if kind not in events:
                yield standing.id, key, no_event(kind, events)
    for key, name in (("until", standing.until), ("detail", standing.detail)):
        for kind in standing.begins:
            if name is not None and kind in events:
                yield from ((standing.id, key, words) for words in no_detail(events[kind], name, day=key == "until"))


def no_event(kind: str, events: Mapping[str, Any]) -> str:
    """Return in words that there is no such kind of event, and which may be meant."""
    return f"there is no kind of event {kind}{_near(kind, events)}"


def no_detail(kind: EventKind, name: str, *, day: bool = False) -> Iterator[str]:
    """Yield in words that a kind of event has no such detail, or that it is no day where it should be."""
    details = {one.name: one for one in kind.details}
    if name not in details:
        yield f"{kind.kind} has no detail {name}{_near(name, details)}"
    elif day and details[name].type != "day":
        yield f"{name} of {kind.kind} is no day"


def _near(name: str, known: Mapping[str, Any] | set[str]) -> str:
    return or_near(Words({"id": one, "title": one} for one in sorted(known)).near(name))


def _clashes(every: Mapping[str, Word], own: tuple[Word, ...]) -> Iterator[Fault]:
    """Yield the spellings of a pack's words by which another word goes."""
    taken: dict[str, str] = {}
    for word in every.values():
        for spelling in spellings(word.as_item()):
            taken.setdefault(fold(spelling), word.id)
    mine = {word.id for word in own}
    for word in every.values():
        for spelling in spellings(word.as_item()):
            other = taken[fold(spelling)]
            if other != word.id and mine & {word.id, other}:
                yield word.id, "also", f"“{spelling}” means {other} already"
