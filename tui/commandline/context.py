"""What every command works with: the day, who is acting, the database, and whether names may be shown."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.dates import parse_day
from domain.errors import BadInput, NotFound
from domain.namesakes import told_apart
from domain.text import clean_line, initials

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Database

DONE, PROBLEMS, BAD, STOPPED = 0, 1, 2, 130


@dataclass
class Context:
    """One command's surroundings. ``options`` are its parsed arguments, global ones included."""

    options: Namespace

    def given(self, name: str) -> Any:
        """Return an option that may be left out, or None."""
        return getattr(self.options, name, None)

    @cached_property
    def today(self) -> date:
        """The day that counts as today."""
        text = self.today_given
        return parse_option_day(text, "--today") if text else datetime.now().astimezone().date()

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

    @property
    def path(self) -> str | Path:
        """Where the database is."""
        given = self.given("given_database") or os.environ.get("ALMONER_DATABASE")
        if given:
            return str(given)
        from storage.paths import default_database

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
        from storage.database import open_database

        return open_database(self.path, create=create, actor=self.actor)

    def packed(self, kind: str) -> list[dict[str, Any]]:
        """Return what the packs in force say about a kind; before there is a database, what the shipped ones say."""
        from domain.errors import StorageProblem
        from storage.listing import PACKED, packed

        try:
            return packed(self.reader, kind)
        except StorageProblem:
            if self.given("given_database") or os.environ.get("ALMONER_DATABASE"):
                raise
            from storage.packs import load

            name = "kind" if kind == "event-kind" else "id"
            return [{name: key, **data} for of, key, data in load().items() if of == PACKED[kind]]

    @property
    def reader(self) -> sqlite3.Connection:
        """A plain connection for reading."""
        return self.database.reader()

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
        from storage.namesakes import shared_names

        return shared_names(self.reader, self.today)

    # things named on the command line

    def the_worker(self, named: str) -> str:
        """Return the staff id that ``named`` stands for: the id itself, or a name only one worker has."""
        from storage.views import find

        row = self.reader.execute("SELECT staff_id FROM worker WHERE staff_id = ?", (as_text(named),)).fetchone()
        if row:
            return str(row[0])
        hits = [hit for hit in find(self.reader, as_text(named)) if hit.kind == "worker"]
        if len(hits) == 1:
            return hits[0].key
        hint = "Known like that: " + ", ".join(hit.key for hit in hits) + "." if hits else "See: almoner list worker"
        raise NotFound(f"There is no worker {as_text(named)!r}.", field="worker", hint=hint)

    def the_team(self, named: str) -> str:
        """Return the team's full name: as given, whatever its capitals, or the only one that begins so."""
        wanted = as_text(named).casefold()
        names = [str(name) for (name,) in self.reader.execute("SELECT name FROM team ORDER BY sort_key")]
        same = [n for n in names if n.casefold() == wanted] or [n for n in names if n.casefold().startswith(wanted)]
        if len(same) == 1:
            return same[0]
        hint = "Teams: " + "; ".join((same or names)[:8]) + "." if names else "See: almoner record team"
        raise NotFound(f"There is no team {as_text(named)!r}.", field="team", hint=hint)

    def the_case(self, named: str) -> str:
        """Return the reference of the case named."""
        row = self.reader.execute("SELECT reference FROM cases WHERE reference = ?", (as_text(named),)).fetchone()
        if row is None:
            raise NotFound(f"There is no case {as_text(named)!r}.", field="case", hint="See: almoner list case")
        return str(row[0])


def as_text(given: str) -> str:
    """Return a command-line argument as text that may be compared and shown."""
    return clean_line(given)[:200]


def parse_option_day(text: str, option: str) -> date:
    """Return the day an option names; raises BadInput naming the option."""
    try:
        return parse_day(text)
    except ValueError as fault:
        raise BadInput(f"{option}: {fault}.", field=option) from None


def on_terminal() -> bool:
    """Whether a person sits at both ends, so that asking something makes sense."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _from_settings() -> str:
    from storage.paths import settings_path
    from storage.settings import load

    return load(settings_path()).actor


def _system_user() -> str:
    import getpass

    try:
        return clean_line(getpass.getuser()) or "unknown"
    except (OSError, KeyError, ImportError):
        return "unknown"
