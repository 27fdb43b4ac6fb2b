"""The records as they had been recorded by the end of a day: a database like any other, but that nothing is written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from domain.core.dates import show_day
from domain.core.errors import StorageProblem
from storage.records.database import Database, Parts

if TYPE_CHECKING:
    from domain.core.clock import Clock
    from storage.database.connection import Connection
    from storage.database.rebuilt import Rebuilt


class ReadsOnly(StorageProblem):
    """Something was to be written while the records of an earlier day are shown."""

    title = "Reads only"

    def __init__(self, day: date) -> None:
        words = f"This shows what was on record on {show_day(day)} and reads only, so nothing was changed."
        super().__init__(words, hint="Leave --as-of out to change anything.")


class DatabaseAsOf(Database):
    """The copy, under the name of the database it was made from."""

    def __init__(
        self, path: Path, clock: Clock, parts: Parts, rebuilt: Rebuilt, *, actor: str = "", login: str = ""
    ) -> None:
        super().__init__(path, clock, parts, read_only=True, actor=actor, login=login)
        self._rebuilt = rebuilt
        self._day = clock.today()
        self.as_of = self._day

    def unit(self, actor: str = "", today: date | None = None) -> NoReturn:
        """Refuse: nothing is written here."""
        raise ReadsOnly(self._day)

    def writing(self) -> NoReturn:
        """Refuse: nothing is written here."""
        raise ReadsOnly(self._day)

    def engine(self) -> NoReturn:
        """Refuse: nothing is written here."""
        raise ReadsOnly(self._day)

    def close(self) -> None:
        """Let go of the copy, of which nothing is left."""
        super().close()
        self._rebuilt.close()

    def _begin_reading(self) -> Connection:
        return self._rebuilt.reader()

    def _still_there(self) -> None:
        """What becomes of the file itself meanwhile makes no difference to the copy."""
        if self._closed:
            raise StorageProblem("The database has been closed.", hint="Open it again.")
