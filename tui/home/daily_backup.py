"""The day's backup behind the screens: on a thread that nobody waits for, not even when the program is left."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.core.storage_thread import in_plain_words
from tui.core.workspace import office_of

if TYPE_CHECKING:
    from textual.app import App

SOON = 3.0  # seconds after the first screen is filled
AGAIN = 3600.0  # seconds: a program left open over night makes the new day's, too


class DailyBackup:
    """Looks from time to time whether the day's backup is due, and has it made.

    The real day counts, whatever day was given to the program: a backup says how things stood when it was made.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._making: threading.Thread | None = None

    def begin(self) -> None:
        """Look soon, and then every hour."""
        self._app.set_timer(SOON, self._look)
        self._app.set_interval(AGAIN, self._look)

    def _look(self) -> None:
        office = office_of(self._app)
        if not (office.is_open and office.settings.daily_backup) or office.desk.database.read_only:
            return
        if self._making is not None and self._making.is_alive():
            return
        given = (Path(office.desk.database.path), office.settings.backup_folder)
        self._making = threading.Thread(target=self._make, args=given, name="backup", daemon=True)
        self._making.start()

    def _make(self, path: Path, folder: str) -> None:
        from storage.safety.daily_backup import keep

        try:
            told = keep(path, office_of(self._app).clock, folder)
        except Exception as error:
            told = f"Today's backup was not made: {in_plain_words(error).message}"
        if told:
            with suppress(RuntimeError):  # the program was left meanwhile; `doctor` tells it
                self._app.call_from_thread(self._app.notify, told, severity="warning", markup=False, timeout=10)
