"""What is put together while a dataset is read: people become cases, with the pathways that are current."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.ids import Pathway
from storage.imports import aliases
from storage.imports.extract import Extract
from storage.imports.ssd_tables import Dataset, Row

SOURCE = "ssd"
DEFAULT_TEAM = "Imported"
ORDER = (
    Pathway.LOOKED_AFTER,
    Pathway.CHILD_PROTECTION,
    Pathway.COURT,
    Pathway.PRE_PROCEEDINGS,
    Pathway.ADOPTION,
    Pathway.SHORT_BREAKS,
    Pathway.CARE_LEAVER,
    Pathway.CHILD_IN_NEED,
    Pathway.ASSESSMENT,
)


@dataclass(slots=True)
class Person:
    """A person of the extract, as it becomes a case."""

    origin: tuple[str, int]
    name: str = ""
    born: date | None = None
    expected: date | None = None
    died: date | None = None
    opened: date | None = None
    closings: list[tuple[date, str]] = field(default_factory=list)
    current: dict[Pathway, date] = field(default_factory=dict)
    past: dict[Pathway, date] = field(default_factory=dict)
    open_referral: bool = False
    team: str = ""
    team_since: date | None = None


@dataclass(slots=True)
class Work:
    """One extract while it is being read."""

    data: Dataset
    extract: Extract
    today: date
    team: str | None
    known_cases: frozenset[str]
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    workers: dict[str, str] = field(default_factory=dict)
    referrals: dict[str, str] = field(default_factory=dict)
    enquiries: dict[str, date] = field(default_factory=dict)
    care: dict[str, str] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    health_unknown: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def person(self, row: Row, *fields: str) -> str | None:
        """Return whose row it is; a row that names nobody is set aside."""
        for name in fields:
            who = row[name]
            if who and name.endswith("_cla_id"):
                who = self.care.get(who, "")
            elif who and name.endswith("referral_id"):
                who = self.referrals.get(who, "")
            if who:
                return self._known(who, row)
        linked = any(row[name] for name in fields)
        message = "nothing in this extract says whose this is" if linked else "no person is named"
        self.extract.set_aside(row.origin, fields[0], row[fields[0]], message)
        return None

    def _known(self, who: str, row: Row) -> str:
        if who not in self.people:
            self.people[who] = Person(row.origin)
            if self.data.has("person"):
                self.unlisted.add(who)
        return who

    def happened(self, row: Row, name: str, *, needed: bool = True) -> date | None:
        """Return a day that has come; a row without a needed one is set aside, and so is one dated in the future."""
        day = row.day(name)
        if day is None:
            if needed:
                self.extract.set_aside(row.origin, name, row[name], "a day is needed here")
            return None
        if day > self.today:
            aside = self.extract.set_aside if needed else self.extract.fault
            aside(row.origin, name, row[name], "lies in the future, so it has not happened")
            return None
        return day

    def ended(self, row: Row, name: str, start: date) -> tuple[bool, date | None]:
        """Return whether the row stands, and its end if that has come; one that ends before it starts is set aside."""
        end = row.day(name)
        if end is not None and end < start:
            self.extract.set_aside(row.origin, name, row[name], "ends before it starts")
            return False, None
        return True, end if end is not None and end <= self.today else None

    def opens(self, who: str, day: date) -> None:
        """Note that a person's case was open on ``day``."""
        person = self.people[who]
        if person.opened is None or day < person.opened:
            person.opened = day

    def on_pathway(self, who: str, pathway: Pathway, start: date, end: date | None) -> None:
        """Note that a person was on a pathway, and still is unless it ended."""
        self.opens(who, start)
        person = self.people[who]
        if end is None:
            person.current[pathway] = max(start, person.current.get(pathway, start))
        else:
            person.past[pathway] = max(end, person.past.get(pathway, end))
            person.closings.append((end, ""))

    def event(
        self, who: str, kind: str, on: date, row: Row, details: dict[str, Any] | None = None, ref: str = ""
    ) -> None:
        """Take an event."""
        self.extract.event(who, kind, on, row.origin, details, row[ref] if ref else "")

    def in_team(self, who: str, team: str, since: date) -> None:
        """Note which team held the person last."""
        person = self.people[who]
        if team and (person.team_since is None or since >= person.team_since):
            person.team, person.team_since = team, since

    def make_cases(self) -> None:
        """Turn every person with anything dated into a case."""
        undated = 0
        for who, person in self.people.items():
            if person.opened is None:
                undated += 1
                continue
            self.extract.add("case", self._case(who, person), *person.origin)
        if undated:
            self.extract.notes.append(
                f"{undated:,} people have no episode, plan or worker in this extract, so they are no cases."
            )
        if self.unlisted:
            self.extract.notes.append(
                f"{len(self.unlisted):,} cases are not listed in ssd_person: they have no name or birth date."
            )
        for words, count in self.health_unknown.items():
            self.extract.notes.append(
                f"{count:,} health checks of the kind {words!r} are not known here and were left out."
            )

    def _case(self, who: str, person: Person) -> dict[str, Any]:
        assert person.opened is not None
        data: dict[str, Any] = {
            "reference": who,
            "team": person.team or self.team or DEFAULT_TEAM,
            "pathways": self._pathways(person),
            "opened": person.opened,
        }
        if not person.team:
            self.need_team(data["team"])
        given = (("name", person.name), ("born", person.born), ("expected_birth", person.expected))
        data |= {name: value for name, value in given if value}
        if person.died is not None:
            data |= {"closed": person.died, "close_reason": "Died"}
        elif person.closings and not person.current and not person.open_referral:
            data["closed"], data["close_reason"] = max(person.closings)
        else:
            self.extract.current_since[who] = max(person.current.values(), default=person.opened)
        return data

    def _pathways(self, person: Person) -> tuple[Pathway, ...]:
        if person.current:
            return tuple(p for p in ORDER if p in person.current)
        if person.past and not person.open_referral:
            return (max(person.past, key=lambda p: person.past[p]),)
        return (Pathway.CHILD_IN_NEED,) if not self.data.has("cin_assessments") else (Pathway.ASSESSMENT,)

    def need_team(self, name: str) -> None:
        """Make sure that a team is there."""
        if name not in self.teams.values():
            self.teams[name] = name
            self.extract.add("team", {"name": name}, "", 0)


def flags(row: Row, **fields: str) -> dict[str, Any]:
    """Return the yes-or-no details of a row; what is not filled in is left out."""
    found = {name: aliases.yes(row[column]) for name, column in fields.items()}
    return {name: value for name, value in found.items() if value is not None}
