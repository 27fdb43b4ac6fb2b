"""What every screen shares: the desk, the settings, the day, who is working, and whether names may show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from domain.core.clock import Clock
from storage.files.settings import Settings
from storage.files.unfinished import Unfinished
from storage.home import remembered
from tui.core.look import Look
from tui.core.storage_thread import Desk
from tui.core.themes import DARK, PALETTES

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from storage.records.database import Database
    from tui.core.leaving.turns import Turns


class Office:
    """What outlives a screen. ``revision`` rises with every change, so that screens know to read again."""

    def __init__(
        self, settings: Settings, clock: Clock, *, actor: str, no_names: bool, path: Path, login: str = ""
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.actor = actor
        self.login = login  # who signed in to the machine
        self.no_names = no_names
        self.path = path
        self.team = settings.team
        self.revision = 0
        self._desk: Desk | None = None
        self.unfinished = Unfinished(settings.path.with_name("unfinished.json") if settings.path else None)
        self.typed: dict[str, str] = {}  # what was typed where and not used yet, offered again on reopening
        self.told_of_writing: Callable[[], None] = lambda: None
        self.ahead: object = None  # what was read for the first screen before it is there

    @property
    def today(self) -> date:
        """The day that counts as today."""
        return self.clock.today()

    @property
    def desk(self) -> Desk:
        """The desk; only the welcome screen is shown while there is no database."""
        if self._desk is None:
            raise LookupError("no database is open")
        return self._desk

    @property
    def is_open(self) -> bool:
        """Whether a database is open."""
        return self._desk is not None

    @property
    def as_of(self) -> date | None:
        """The day at whose end what is shown was on record, where that is an earlier one, which only reads."""
        return self._desk.database.as_of if self._desk is not None else None

    def open(self, database: Database) -> None:
        """Work with ``database`` from now on."""
        self.close()
        self.path = Path(database.path)
        self.actor = self.actor or database.actor
        database.login = database.login or self.login
        self._desk = Desk(database, self.actor, lambda: self.today, self._tell_of_writing)
        self.changed()

    def _tell_of_writing(self) -> None:
        self.told_of_writing()

    def writing_since(self, window: Turns) -> float | None:
        """Return since when something is being written that was asked for on ``window``; None when nothing is."""
        writing = self._desk.writing if self._desk is not None else {}
        return min((since for task, since in writing.items() if window.writes(task)), default=None)

    def act_as(self, actor: str) -> None:
        """Sign what is done from now on with ``actor``."""
        self.actor = self.settings.actor = actor
        if self._desk is not None:
            self._desk.actor = actor

    def show_team(self, team: str) -> None:
        """Make ``team`` the team on show, now and next time."""
        self.team = self.settings.team = team
        self.changed()

    async def follow_names(self) -> list[str]:
        """Bring what is remembered by name in line with what is on record; return what a person should know of it.

        Of an earlier day nothing is remembered: what had another name then is no news.
        """
        now = await self.desk.read(lambda conn: remembered.now(conn, self.team, self.settings.actor))
        said = [now.words] if now.words else []
        self.team = now.team
        if self.as_of is None:
            self.settings.team = now.team if said else self.settings.team
            if now.worker and self.actor == self.settings.actor:
                self.act_as(now.worker)
            self.settings.actor = now.worker or self.settings.actor
            if now.led:
                remembered.follow_filters(self.settings, now.led)
        return said

    def changed(self) -> None:
        """Note that something was kept or chosen that screens show."""
        self.revision += 1

    def close(self) -> None:
        """Let go of the database."""
        if self._desk is not None:
            self._desk.close()
            self._desk = None


class Holder(Protocol):
    """An application that holds an office."""

    office: Office


def office_of(node: DOMNode) -> Office:
    """Return the office of the application that ``node`` lives in."""
    return cast("Holder", node.app).office


def look_of(node: DOMNode) -> Look:
    """Return how cells are drawn now: the theme's colours, the day, names shown or hidden."""
    office = office_of(node)
    shared = office.desk.shared_names if office.is_open else frozenset[str]()
    return Look(PALETTES.get(node.app.theme, PALETTES[DARK]), office.today, office.no_names, shared)
