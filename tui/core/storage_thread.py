"""The one place that does storage work off the screen's thread: one storage thread, everything in turn.

Reads go through plain ``sqlite3`` views; a write gets a unit of work. SQLModel is loaded behind the first screen, not
before it. Whatever goes wrong comes back as an AlmonerError.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from domain.core.errors import AlmonerError, Cancelled, where
from storage.opening import follow_packs
from storage.people.namesakes import shared_names
from storage.safety.damage import blaming

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.database import Database
    from storage.records.unit import Unit

T = TypeVar("T")


class Job:
    """A long piece of work: storage reports progress on it and asks whether to go on; a screen may stop it."""

    def __init__(self, on_progress: Callable[[int, int], None] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_progress = on_progress
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ask the work to stop at its next step; nothing of it is kept."""
        self._stopped.set()

    def cancelled(self) -> bool:
        """Whether the person asked to stop."""
        return self._stopped.is_set()

    def progress(self, done: int, total: int) -> None:
        """Report from the storage thread how far the work is; raises Cancelled when it should stop."""
        if self._stopped.is_set():
            raise Cancelled("Stopped as you asked; nothing was changed.")
        if self._on_progress is not None:
            self._loop.call_soon_threadsafe(self._on_progress, done, total)


class Desk:
    """Storage work for the screens, done in turn on one thread of its own.

    ``shared_names`` are the staff ids of workers who share their name, as of what was read last.
    """

    def __init__(
        self, database: Database, actor: str, today: Callable[[], date], told: Callable[[], None] = lambda: None
    ) -> None:
        """Open for business; ``told`` is called whenever a piece of writing begins or ends."""
        self.database = database
        self.actor = actor
        self._today = today
        self._day = today()  # as of which what is derived was brought up to date here
        self._told = told
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="storage")
        self._lock = threading.Lock()
        self._reading: tuple[object, Connection] | None = None
        self.own: set[int] = set()  # the changes made here, by their numbers in the log
        self.shared_names: frozenset[str] = frozenset()
        self._shared_at: tuple[int, date] | None = None
        self._mark: int | None = None
        self.others = 0  # how often it was seen that another program had saved something
        self.writing: dict[object, float] = {}  # what may be writing now, and since when
        self._warming = threading.Thread(target=_load_writing, name="loading", daemon=True)

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Return what ``ask`` reads on a plain connection that cannot write. A cancelled reader is interrupted."""
        token = object()

        def work() -> T:
            connection = self.database.reader()
            with self._lock:
                self._reading = (token, connection)
            try:
                self._heed(connection)
                found = ask(connection)
                self._tell_apart(connection)
                return found
            finally:
                with self._lock:
                    self._reading = None

        try:
            return await self._in_turn(work)
        except asyncio.CancelledError:
            with self._lock:
                if self._reading is not None and self._reading[0] is token:
                    self._reading[1].interrupt()
            raise

    async def look(self) -> None:
        """Look whether another program has saved something since anything was last read: then ``others`` rises.

        On another day what comes in force with it does so first: hours, a grade, a team booked from that day.
        """
        await self._in_turn(self._look)

    def _look(self) -> None:
        if self._today() != self._day:
            follow_packs(self.database)
            self._day = self._today()
        self._heed(self.database.reader())

    def _heed(self, connection: Connection, *, ours: bool = False) -> None:
        mark = connection.change_mark()
        if self._mark not in (None, mark) and not ours:
            self.others += 1
        self._mark = mark

    def _tell_apart(self, connection: Connection) -> None:
        """Read who shares a name, whenever something was kept, by whomever, or a day has passed."""
        now = connection.change_mark(), self._today()
        if now != self._shared_at:
            self.shared_names = shared_names(connection, now[1])
            self._shared_at = now

    async def run(self, work: Callable[[Unit], T]) -> T:
        """Return what ``work`` does within one unit of work; nothing is kept unless it calls ``unit.finish``."""

        def within() -> T:
            with self.database.unit(self.actor, self._today()) as unit:
                self._heed(self.database.reader())
                done = work(unit)
            self._heed(self.database.reader(), ours=True)
            if unit.number is not None:
                self.own.add(unit.number)
            return done

        return await self._written(within)

    async def call(self, work: Callable[[Database], T]) -> T:
        """Return what ``work`` does with the database itself: a backup, an examination."""

        def within() -> T:
            self._heed(self.database.reader())
            done = work(self.database)
            self._heed(self.database.reader(), ours=True)
            return done

        return await self._written(within)

    async def _written(self, work: Callable[[], T]) -> T:
        """Do what may write; who waits for it must not go away, for it goes on in its thread and nobody hears how."""
        task = asyncio.current_task()
        self.writing[task] = monotonic()
        self._told()
        try:
            return await self._in_turn(work)
        finally:
            self.writing.pop(task, None)
            self._told()

    async def _in_turn(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: _plainly(work, self.database))

    def warm(self) -> None:
        """Begin to load what writing needs, once, behind what is on screen."""
        if self._warming.ident is None:
            if not gc.isenabled():  # the start put it off; what was loaded since lasts as long as the program
                gc.freeze()
                gc.enable()
            self._warming.start()

    def close(self) -> None:
        """Finish the work begun, drop the rest, and close the database."""
        self._pool.submit(self.database.close)
        self._pool.shutdown(wait=True)


def _load_writing() -> None:
    with suppress(Exception):  # whoever writes first meets the fault, and says it
        importlib.import_module("storage.opening").load_writing()


def _plainly(work: Callable[[], T], database: Database) -> T:
    try:
        with blaming(database):
            return work()
    except AlmonerError:
        raise
    except Exception as error:
        raise in_plain_words(error) from error


def in_plain_words(error: Exception) -> AlmonerError:
    """Return any error as one of the family, saying its kind and place but none of its values."""
    if isinstance(error, AlmonerError):
        return error
    if type(error).__module__.partition(".")[0] in {"sqlite3", "sqlalchemy"}:
        from storage.database.errors import translate

        return translate(error)
    return AlmonerError(
        f"This is a fault in Almoner ({where(error)}). Nothing was changed.",
        hint="Please report it with these words; they hold no one's data.",
    )
