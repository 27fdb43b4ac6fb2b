"""What every screen shares: the desk, the settings, the day, who is working, and whether names may show."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from domain.errors import AlmonerError
from storage.settings import Settings
from tui.desk import Desk
from tui.themes import DARK, PALETTES
from tui.words import Look

if TYPE_CHECKING:
    import sqlite3

    from textual.dom import DOMNode

    from storage.database import Database
    from tui.board import Board


class Office:
    """What outlives a screen. ``revision`` rises with every change, so that screens know to read again."""

    def __init__(self, settings: Settings, *, today: date | None, actor: str, no_names: bool, path: Path) -> None:
        self.settings = settings
        self.actor = actor
        self.no_names = no_names
        self.path = path
        self.team = settings.team
        self.revision = 0
        self._today = today
        self._desk: Desk | None = None
        self._ahead: Board | None = None

    @property
    def today(self) -> date:
        """The day given at the start, or the real one."""
        return self._today or datetime.now().astimezone().date()

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

    async def read_ahead(self) -> None:
        """Read the first screen's board, so that its widgets can be painted filled.

        What goes wrong is left to the screen's own reading, which shows it at the door.
        """
        with suppress(AlmonerError):
            self._ahead = await self._read_board()

    async def board(self) -> Board:
        """Return the board of the team on show: the one read ahead, the first time."""
        ahead, self._ahead = self._ahead, None
        return ahead or await self._read_board()

    async def _read_board(self) -> Board:
        def ask(connection: sqlite3.Connection) -> Board:
            from tui.board import read_board

            return read_board(connection, team, today)

        team, today = self.team, self.today
        return await self.desk.read(ask)

    def open(self, database: Database) -> None:
        """Work with ``database`` from now on."""
        self.close()
        self.path = Path(database.path)
        self.actor = self.actor or database.actor
        self._desk = Desk(database, self.actor, lambda: self.today)
        self.changed()

    def act_as(self, actor: str) -> None:
        """Sign what is done from now on with ``actor``."""
        self.actor = self.settings.actor = actor
        if self._desk is not None:
            self._desk.actor = actor

    def show_team(self, team: str) -> None:
        """Make ``team`` the team on show, now and next time."""
        self.team = self.settings.team = team
        self.changed()

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
