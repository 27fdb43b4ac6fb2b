"""What every command works with: the day, who is acting, the database, and whether names may be shown."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.core.clock import Clock, parse_moment
from domain.core.dates import parse_day
from domain.core.errors import BadInput, NotFound
from domain.core.identifiers import identifier
from domain.core.namesakes import told_apart
from domain.core.text import clean_line, initials
from tui.commandline.catalogue import writes
from tui.commandline.machine_clock import machine_clock
from tui.commandline.machine_user import machine_user

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.database import Database

DONE, PROBLEMS, BAD, STOPPED = 0, 1, 2, 130


@dataclass
class Context:
    """One command's surroundings. ``options`` are its parsed arguments, global ones included."""

    options: Namespace

    def given(self, name: str) -> Any:
        """Return an option that may be left out, or None."""
        return getattr(self.options, name, None)

    @cached_property
    def clock(self) -> Clock:
        """What day and moment it is: the machine's, or what ``--today`` says; with ``--as-of``, noon of that day."""
        if self.as_of is not None:
            return machine_clock().on_day(self.as_of)
        text = self.today_given
        return machine_clock(_parse_option_moment(text, "--today") if text else None)

    @cached_property
    def as_of(self) -> date | None:
        """The day at whose end what is shown was on record, where an earlier one is asked for."""
        text = self.given("given_as_of")
        if text is None:
            return None
        if self.given("given_today"):
            words = "--as-of sets the day that counts as today as well."
            raise BadInput(words, field="--as-of", hint="Leave --today out.", title="Not understood")
        return parse_option_day(text, "--as-of")

    def refuse_writing(self) -> None:
        """Raise where what is asked for would write, and the records of an earlier day are shown, which stay."""
        if self.as_of is not None and writes(self.options):
            from storage.home.as_of.reading import ReadsOnly

            raise ReadsOnly(self.as_of)

    @property
    def today(self) -> date:
        """The day that counts as today."""
        return self.clock.today()

    @property
    def on(self) -> date:
        """The day whose figures are asked for: today, where ``--on`` is left out."""
        text = self.given("on")
        return parse_option_day(text, "--on") if text else self.today

    @property
    def today_given(self) -> str:
        """The day that counts as today, as far as the command line or the environment says."""
        return self.given("given_today") or os.environ.get("ALMONER_TODAY") or ""

    @property
    def actor_given(self) -> str:
        """Who is acting, as far as the command line or the environment says."""
        return clean_line(self.given("given_actor") or os.environ.get("ALMONER_ACTOR") or "")

    @property
    def actor(self) -> str:
        """Who is acting: as given, as set in the application, or the operating-system user."""
        return self.actor_given or _from_settings() or _system_user()

    @cached_property
    def login(self) -> str:
        """Who signed in to the machine, whoever is said to be acting."""
        return machine_user()

    @property
    def path(self) -> str | Path:
        """Where the database is."""
        given = self.given("given_database") or os.environ.get("ALMONER_DATABASE")
        if given:
            return str(given)
        from storage.files.paths import default_database

        return default_database()

    @property
    def form(self) -> str:
        """The form of the answer: "json", "csv" or "table"."""
        return "json" if self.given("json") else "csv" if self.given("csv") else "table"

    @property
    def no_names(self) -> bool:
        """Whether persons served go by reference and workers by initials."""
        return bool(self.given("given_no_names"))

    @cached_property
    def database(self) -> Database:
        """The database, opened; brought in line with the packs in force where they changed."""
        return self.open()

    def open(self, *, create: bool = False) -> Database:
        """Open the database, making a new one when that is asked for."""
        if self.as_of is not None:
            return self._as_it_was(self.as_of)
        from storage.opening import open_database

        follow = not self.given("dry_run")
        database = open_database(
            self.path, self.clock, create=create, actor=self.actor, login=self.login, follow=follow
        )
        if database.packs_changed:
            _tell_of_broken_packs(database)
        return database

    def _as_it_was(self, day: date) -> Database:
        from storage.home.as_of.rebuilding import open_as_of
        from tui.commandline.progress import Ticker

        return open_as_of(self.path, day, machine_clock(), actor=self.actor, login=self.login, told=Ticker)

    def packed(self, kind: str) -> list[dict[str, Any]]:
        """Return what the packs in force say about a kind; before there is a database, what the shipped ones say."""
        from domain.core.errors import StorageProblem
        from storage.records.listing import PACKED, packed

        try:
            return packed(self.reader, kind)
        except StorageProblem:
            if self.given("given_database") or os.environ.get("ALMONER_DATABASE"):
                raise
            from storage.rules.pack_set import load

            name = "kind" if kind == "event-kind" else "id"
            return [{name: key, **data} for of, key, data in load().items() if of == PACKED[kind]]

    @property
    def reader(self) -> Connection:
        """A plain connection for reading."""
        return self.database.reader()

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Say of a fault inside that the database is damaged, where it was opened and is."""
        try:
            yield
        except Exception:
            from storage.safety.damage import blaming

            with blaming(self.__dict__.get("database")):
                raise

    def close(self) -> None:
        """Let go of the database."""
        if "database" in self.__dict__:
            self.database.close()

    # names

    def person_name(self, name: str) -> str | None:
        """The name of a person served, unless names stay hidden."""
        return None if self.no_names or not name else name

    def staff_name(self, name: str, staff_id: str | None = None) -> str:
        """The name of a worker, or the initials while names stay hidden.

        In text the staff id stands behind a name that others share; where it stands beside it anyway, give none.
        """
        if self.no_names:
            return initials(name)
        return told_apart(name, staff_id, self.shared_names) if staff_id and self.form == "table" else name

    @cached_property
    def shared_names(self) -> frozenset[str]:
        """The staff ids of workers who share their name."""
        from storage.people.namesakes import shared_names

        return shared_names(self.reader, self.today)

    # things named on the command line

    def the_worker(self, named: str) -> str:
        """Return the staff id that ``named`` stands for: the id itself, or a name only one worker has."""
        from storage.cases.case_page import find
        from storage.people.staff import is_worker

        wanted = as_text(named)
        if is_worker(self.reader, staff_id := self._led("worker", identifier(wanted))):
            return staff_id
        hits = [hit for hit in find(self.reader, wanted, self.today) if hit.kind == "worker"]
        if len(hits) == 1:
            return hits[0].key
        hint = "Known like that: " + ", ".join(hit.key for hit in hits) + "." if hits else "See: almoner list worker"
        raise NotFound(f"There is no worker {wanted!r}.", field="worker", hint=hint)

    def the_team(self, named: str) -> str:
        """Return the team's full name: as given, whatever its capitals, or the only one that begins so."""
        from storage.people.teams import team_names, teams_called

        wanted = self._led("team", identifier(as_text(named)))
        names, same = team_names(self.reader), teams_called(self.reader, wanted)
        if len(same) == 1:
            return same[0]
        hint = "Teams: " + "; ".join((same or names)[:8]) + "." if names else "See: almoner record team"
        raise NotFound(f"There is no team {as_text(named)!r}.", field="team", hint=hint)

    def the_key(self, kind: str, named: str) -> str:
        """Return the key of a record: what it leads to now, and a team's full name where one begins so.

        What no team is called stays as given.
        """
        from storage.people.teams import teams_called

        key = as_text(named)
        if (led := self._led(kind, identifier(key))) != identifier(key):
            return led
        return self.the_team(named) if kind == "team" and teams_called(self.reader, identifier(key)) else key

    def _led(self, kind: str, key: str) -> str:
        """Return where a typed key of a case, worker or team leads, and say so where it is a former one."""
        from storage.records.keys.former_keys import OF, followed, lead
        from tui.commandline import printing

        now = followed(self.reader, kind, key) if kind in OF else key
        if now != key and (led := lead(self.reader, kind, key)) is not None:
            printing.say(led.words(kind, key))
        return now

    def the_case(self, named: str) -> str:
        """Return the reference of the case named."""
        from storage.cases.case_page import is_case

        wanted = self._led("case", identifier(as_text(named)))
        if not is_case(self.reader, wanted):
            raise NotFound(f"There is no case {wanted!r}.", field="case", hint="See: almoner list case")
        return wanted


def as_text(given: str) -> str:
    """Return a command-line argument as text that may be compared and shown."""
    return clean_line(given)[:200]


def parse_option_day(text: str, option: str) -> date:
    """Return the day an option names; raises BadInput naming the option."""
    try:
        return parse_day(text)
    except ValueError as fault:
        raise BadInput(f"{option}: {fault}.", field=option) from None


def _parse_option_moment(text: str, option: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as fault:
        raise BadInput(f"{option}: {fault}.", field=option) from None


def on_terminal() -> bool:
    """Whether a person sits at both ends, so that asking something makes sense."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _tell_of_broken_packs(database: Database) -> None:
    """Say once the packs are others that one of them was left out; `rules check` says the rest."""
    from tui.commandline import printing

    if problems := database.packs().problems:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        printing.say(f"A pack was left out: {problems[0]}{more}. See: almoner rules check")


def _from_settings() -> str:
    from storage.files.paths import settings_path
    from storage.files.settings import load

    return load(settings_path()).actor


def _system_user() -> str:
    import getpass

    try:
        return clean_line(getpass.getuser()) or "unknown"
    except (OSError, KeyError, ImportError):
        return "unknown"
