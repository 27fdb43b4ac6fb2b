"""What is put together while a dataset is read: people become cases, with the pathways that are current."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.core.enums import Pathway
from storage.importing.extract import Extract
from storage.importing.files import aliases
from storage.importing.files.quoting import quoted
from storage.importing.files.rows import Row
from storage.importing.sources.ssd_dataset import Dataset
from storage.importing.sources.ssd_tables import CIN_ASSESSMENTS, PERSON, DatasetTable, On, filled

SOURCE = "ssd"
DEFAULT_TEAM = "Imported"
# The order in which the pathways of one case are given.
ORDER = (
    Pathway.LOOKED_AFTER, Pathway.CHILD_PROTECTION, Pathway.COURT, Pathway.PRE_PROCEEDINGS, Pathway.ADOPTION,
    Pathway.SHORT_BREAKS, Pathway.CARE_LEAVER, Pathway.CHILD_IN_NEED, Pathway.ASSESSMENT,
)  # fmt: skip


class Spell(NamedTuple):
    """Whose a row is, when it begins, and when it ended if it has."""

    who: str
    start: date
    end: date | None = None


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
    """One extract while it is being read. ``links`` has people by the short name and the text of a linking column."""

    data: Dataset
    extract: Extract
    today: date
    team: str | None
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    workers: dict[str, str] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    listed: int = 0
    health_unknown: Counter[str] = field(default_factory=Counter)

    def rows(self, table: DatasetTable, *more_days: str) -> Iterator[Row]:
        """Yield the rows of a table, with its columns of days and further ones read as days."""
        return self.data.rows(table.name, *table.day_columns, *more_days)

    def take_tables(self, *tables: DatasetTable) -> None:
        """Take the events of whole tables."""
        for table in tables:
            for row in self.rows(table):
                self.take(row, table)

    def take(self, row: Row, table: DatasetTable, details: dict[str, Any] | None = None) -> Spell | None:
        """Take the events of a row, and return whose it is with the first day and the end; None where nothing happened.

        ``details`` are more details of the first event.
        """
        if not table.starts.column:
            return self._take_days(row, table)
        spell = self.spell(row, table)
        if spell is None:
            return None
        who, start, end = spell
        self._event(row, table, who, table.starts, start, details)
        if end is not None:
            self._event(row, table, who, table.ends, end)
        self.opens(who, start)
        if table.pathway is not None:
            self.on_pathway(who, table.pathway, start, end)
        if table.team:
            self.in_team(who, self.team_name(row[table.team]), start)
        return spell

    def spell(self, row: Row, table: DatasetTable) -> Spell | None:
        """Return whose a row is, its start, and its end if that has come; None when the row is set aside."""
        who = self.person(row, table)
        start = who and self.happened(row, table.starts.column)
        if not who or not start:
            return None
        if table.link:
            self.links[_short(table.link), row[table.link]] = who
        stands, end = self.ended(row, table.ends.column, start) if table.ends.column else (True, None)
        return Spell(who, start, end) if stands else None

    def _take_days(self, row: Row, table: DatasetTable) -> Spell | None:
        """Take days that may be empty; where there can be a due date, either that or the day itself must be there."""
        who = self.person(row, table)
        if not who:
            return None
        due = row.day(table.due) if table.due else None
        cancelled = table.cancelled and aliases.yes(row[table.cancelled])
        found = []
        for on in table.days:
            needed = bool(table.due) and due is None
            day = None if cancelled else self.happened(row, on.column, needed=needed)
            if day is not None:
                self._event(row, table, who, on, day)
                self.opens(who, day)
                found.append(day)
            if due is not None:
                self.extract.council_date(who, on.event, due, row.origin, day, row[table.ref])
        return Spell(who, min(found)) if found else None

    def _event(
        self, row: Row, table: DatasetTable, who: str, on: On, day: date, details: dict[str, Any] | None = None
    ) -> None:
        if on.event:
            given = filled(row, on.details) | (details or {})
            self.extract.event(who, on.event, day, row.origin, given, row[table.ref])

    def person(self, row: Row, table: DatasetTable) -> str | None:
        """Return whose row it is; a row that names nobody is set aside."""
        for column in table.person:
            who = row[column]
            if who and not column.endswith("_person_id"):
                who = self.links.get((_short(column), who), "")
            if who:
                self.people.setdefault(who, Person(row.origin))
                return who
        first = table.person[0]
        linked = any(row[column] for column in table.person)
        message = "nothing in this extract says whose this is" if linked else "no person is named"
        self.extract.set_aside(row.origin, first, row[first], message)
        return None

    def happened(self, row: Row, column: str, *, needed: bool = True) -> date | None:
        """Return a day that has come; a row without a needed one is set aside, and so is one dated in the future."""
        day = row.day(column)
        if day is None:
            if needed:
                self.extract.set_aside(row.origin, column, row[column], "a day is needed here")
            return None
        if day > self.today:
            aside = self.extract.set_aside if needed else self.extract.fault
            aside(row.origin, column, row[column], "lies in the future, so it has not happened")
            return None
        return day

    def ended(self, row: Row, column: str, start: date) -> tuple[bool, date | None]:
        """Return whether the row stands, and its end if that has come; one that ends before it starts is set aside."""
        end = row.day(column)
        if end is not None and end < start:
            self.extract.set_aside(row.origin, column, row[column], "ends before it starts")
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

    def in_team(self, who: str, team: str, since: date) -> None:
        """Note which team held the person last."""
        person = self.people[who]
        if team and (person.team_since is None or since >= person.team_since):
            person.team, person.team_since = team, since

    def team_name(self, text: str) -> str:
        """Return the team a number or name stands for; one not listed becomes a team of its own."""
        if text and text not in self.teams:
            self.need_team(text)
        return self.teams.get(text, "")

    def need_team(self, name: str) -> None:
        """Make sure that a team is there."""
        if name not in self.teams.values():
            self.teams[name] = name
            self.extract.add("team", {"name": name}, "", 0)

    def make_cases(self) -> None:
        """Turn every person with anything dated into a case."""
        undated, notes = 0, self.extract.notes
        for who, person in self.people.items():
            if person.opened is None:
                undated += 1
            else:
                self.extract.add("case", self._case(who, person, person.opened), *person.origin)
        if undated:
            notes.append(f"{undated:,} people have no episode, plan or worker in this extract, so they are no cases.")
        if self.data.has(PERSON.name) and (unlisted := len(self.people) - self.listed):
            notes.append(f"{unlisted:,} cases are not listed in ssd_person: they have no name or birth date.")
        for words, count in self.health_unknown.items():
            kind = quoted("clah_health_check_type", words)
            notes.append(f"{count:,} health checks of the kind {kind!r} are not known here and were left out.")

    def _case(self, who: str, person: Person, opened: date) -> dict[str, Any]:
        data: dict[str, Any] = {
            "reference": who,
            "team": person.team or self.team or DEFAULT_TEAM,
            "pathways": self._pathways(person),
            "opened": opened,
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
            self.extract.current_since[who] = max(person.current.values(), default=opened)
        return data

    def _pathways(self, person: Person) -> tuple[Pathway, ...]:
        if person.current:
            return tuple(p for p in ORDER if p in person.current)
        if person.past and not person.open_referral:
            return (max(person.past, key=lambda p: person.past[p]),)
        return (Pathway.CHILD_IN_NEED,) if not self.data.has(CIN_ASSESSMENTS.name) else (Pathway.ASSESSMENT,)


def _short(column: str) -> str:
    """Return a column's name without its table's prefix, by which tables share it: referral_id, cla_id."""
    return column.partition("_")[2]
