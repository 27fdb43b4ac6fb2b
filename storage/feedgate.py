"""Which tokens may read now, and when each last did: read from the database now and then, never waited for.

The server must go on while the database is locked, replaced or away. Until it can be read for the first time, what
lies in the folder may be read; from then on the last that was known holds, with days of ending looked at each time.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

from domain.dates import stamp
from domain.errors import AlmonerError
from storage.calendars.tokens import LIVE
from storage.database import PRAGMAS, check_file, file_uri, guard

AGAIN = 3.0  # seconds between two looks at the tokens
KEPT_EVERY = 60.0  # seconds between two times that the last fetches are written down
PATIENCE = 2.0  # seconds to wait for somebody who is writing

_FETCHED = "UPDATE feed_token SET fetched_at = ?1 WHERE hash = ?2 AND (fetched_at IS NULL OR fetched_at < ?1)"


class Gate:
    """Knows live tokens by their hash and remembers their last fetches; one thread of its own keeps both in step."""

    def __init__(
        self, database: Path | None, today: Callable[[], date], *, again: float = AGAIN, kept_every: float = KEPT_EVERY
    ) -> None:
        self._database = database
        self._today = today
        self._again, self._kept_every = again, kept_every
        self._ends: Mapping[str, str | None] | None = None
        self._fetched: dict[str, str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_in_step, name="feed tokens", daemon=True)

    def open(self) -> bool:
        """Look for the first time and go on looking; says whether the database could be read."""
        read = self.look()
        self._thread.start()
        return read

    def close(self) -> None:
        """Stop looking, and write down what is left."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * PATIENCE)
        self.write_down()

    def live(self, number: str) -> bool:
        """Whether the token with this hash may be read today, as far as is known."""
        ends = self._ends
        if ends is None:
            return True
        last = ends.get(number, "")  # an empty day is before every other
        return last is None or last >= self._today().isoformat()

    def fetched(self, number: str) -> None:
        """Remember that the feed of this hash was just read."""
        with self._lock:
            self._fetched[number] = stamp(datetime.now(UTC))

    # the database ------------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Read the tokens afresh; says whether that could be done."""
        try:
            with guard(), closing(self._connection(read_only=True)) as conn:
                self._ends = {number: leaves for number, _, leaves in conn.execute(LIVE)}
        except (AlmonerError, OSError, sqlite3.Error):
            return False
        return True

    def write_down(self) -> bool:
        """Write the last fetches into the database; what cannot be written is kept for the next time."""
        with self._lock:
            waiting, self._fetched = self._fetched, {}
        if not waiting:
            return True
        try:
            with guard(), closing(self._connection(read_only=False)) as conn:
                conn.execute("BEGIN IMMEDIATE")
                conn.executemany(_FETCHED, [(at, number) for number, at in waiting.items()])
                conn.execute("COMMIT")
        except (AlmonerError, OSError, sqlite3.Error):
            with self._lock:
                self._fetched = {**waiting, **self._fetched}
            return False
        return True

    def _connection(self, *, read_only: bool) -> sqlite3.Connection:
        """Open the file anew each time, since it may have been replaced; wait for nobody for long."""
        if self._database is None:
            raise FileNotFoundError
        check_file(self._database)
        place = f"{file_uri(self._database)}?mode={'ro' if read_only else 'rw'}"
        conn = sqlite3.connect(place, uri=True, timeout=PATIENCE, isolation_level=None)
        for pragma in PRAGMAS[1:]:  # the first is to be more patient
            if not read_only or "journal" not in pragma:
                conn.execute(pragma)
        return conn

    def _keep_in_step(self) -> None:
        written = time.monotonic()
        while not self._over.wait(self._again):
            self.look()
            if time.monotonic() - written >= self._kept_every:
                self.write_down()
                written = time.monotonic()
