"""Which tokens may read now, and when each was last used, without ever waiting for the database.

The server must go on while the database is locked, replaced or missing. Until it can be read for the first time,
everything in the folder may be read; from then on what was read last holds, and each token's last day is checked at
every request.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from domain.core.clock import Clock
from domain.core.dates import stamp
from storage.calendar.feeds.feed_tokens import last_days
from storage.database.connection import Connection
from storage.database.errors import guard
from storage.database.sqlite import check_file, connect_briefly, transaction

AGAIN = 3.0  # seconds between two readings of the tokens
KEPT_EVERY = 60.0  # seconds between two writings of the last fetches
PATIENCE = 2.0  # seconds to wait while somebody else writes
_UNREAD = "the database cannot be read: what was known of the addresses before holds"
_READ = "the database can be read again"

_FETCHED = """UPDATE feed_token SET fetched_at = :at
              WHERE hash = :hash AND (fetched_at IS NULL OR fetched_at < :at)"""


class Gate:
    """Knows live tokens by their hash and remembers their last fetches; a thread of its own reads and writes both."""

    def __init__(
        self,
        database: Path | None,
        clock: Clock,
        told: Callable[[str], None] = lambda _: None,
        *,
        again: float = AGAIN,
        kept_every: float = KEPT_EVERY,
    ) -> None:
        """``told`` is told when the database can no longer be read, and when it can again."""
        self._database = database
        self.clock = clock
        self._told = told
        self._again, self._kept_every = again, kept_every
        self._ends: Mapping[str, str | None] | None = None
        self._fetched: dict[str, str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_in_step, name="feed tokens", daemon=True)

    def open(self) -> bool:
        """Read the tokens, start the thread that goes on reading them, and return whether they could be read."""
        read = self.look()
        self._thread.start()
        return read

    def close(self) -> None:
        """Stop the thread, and write down the last fetches."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2 * PATIENCE)
        self.write_down()

    def live(self, number: str) -> bool:
        """Whether the token with this hash may read today, as far as is known."""
        ends = self._ends
        if ends is None:
            return True
        last = ends.get(number, "")  # an empty day is before every other
        return last is None or last >= self.clock.today().isoformat()

    def fetched(self, number: str) -> None:
        """Remember that the feed of the token with this hash was just read."""
        with self._lock:
            self._fetched[number] = stamp(self.clock.real())

    # the database ------------------------------------------------------------------------------------------------

    def look(self) -> bool:
        """Read the tokens, and return whether that could be done."""
        try:
            with guard(), closing(self._connection(read_only=True)) as conn:
                self._ends = last_days(conn)
        except Exception:  # whatever took the database's place must not end the thread: revoked tokens would live on
            return False
        return True

    def write_down(self) -> bool:
        """Write the last fetches into the database, and return whether that could be done; else keep them for later."""
        with self._lock:
            waiting, self._fetched = self._fetched, {}
        if not waiting:
            return True
        try:
            with guard(), closing(self._connection(read_only=False)) as conn, transaction(conn):
                conn.change_each(_FETCHED, ({"at": at, "hash": number} for number, at in waiting.items()))
        except Exception:
            with self._lock:
                self._fetched = {**waiting, **self._fetched}
            return False
        return True

    def _connection(self, *, read_only: bool) -> Connection:
        """Open the file anew each time, since it may have been replaced, and never wait long for others."""
        if self._database is None:
            raise FileNotFoundError
        check_file(self._database)
        return connect_briefly(self._database, PATIENCE, read_only=read_only)

    def _keep_in_step(self) -> None:
        written, read = time.monotonic(), self._ends is not None
        while not self._over.wait(self._again):
            before, read = read, self.look()
            if read != before:
                self._told(f"{stamp(self.clock.real())} - {_READ if read else _UNREAD}")
            if time.monotonic() - written >= self._kept_every:
                self.write_down()
                written = time.monotonic()
