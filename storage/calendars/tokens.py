"""The right to read one recipient's feed: a secret address, of which only the hash is kept.

A token is shown once, when it is issued. It ends when it is revoked, when the worker's last day is over, or when the
recipient is no longer known; nothing tells a caller which of these it was.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain.dates import stamp
from domain.errors import BadInput, NotFound, StorageProblem
from storage.calendars.entries import writing
from storage.calendars.published import feed_file, folders, folders_gone
from storage.calendars.recipients import team_of
from storage.calendars.wishes import Council

if TYPE_CHECKING:
    from storage.database import Database

TokenState = Literal["live", "revoked", "expired"]
BYTES = 32
LENGTH = 43  # characters that so many bytes become


class TokenLine(NamedTuple):
    """One token: whose, since when and until when, when it was last used; never the token itself.

    ``hash`` names the file that is published for it.
    """

    recipient: str
    issued_at: datetime
    issued_by: str
    expires_on: date | None
    fetched_at: datetime | None
    state: TokenState
    hash: str


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def address(council: Council, token: str) -> str:
    """Return where the feed is read: below the council's address, or the path alone while there is none."""
    base = council.feed_address.rstrip("/")
    return f"{base if base.endswith('/f') else f'{base}/f'}/{token}.ics"


# changing --------------------------------------------------------------------------------------------------------


def issue(database: Database, recipient: str, actor: str, today: date, now: datetime) -> str:
    """Give ``recipient`` a token and return it: the only time that it can be seen."""
    with writing(database) as conn:
        leaves = _known(conn, recipient, today)
        if any(line.recipient == recipient and line.state == "live" for line in tokens(conn, today)):
            raise BadInput(
                f"{recipient} has an address already.",
                field="recipient",
                hint=f"It cannot be shown again. For a new one: almoner calendar token rotate {recipient}",
            )
        return _new(conn, recipient, actor, leaves, now)


def rotate(database: Database, recipient: str, actor: str, today: date, now: datetime) -> str:
    """Put a new token in place of the one there is, whose file goes at once; ``lingering`` tells where it could not."""
    with writing(database) as conn:
        leaves = _known(conn, recipient, today)
        if not _revoke(conn, recipient, now):
            raise BadInput(
                f"{recipient} has no address yet.", field="recipient", hint=f"almoner calendar token issue {recipient}"
            )
        token = _new(conn, recipient, actor, leaves, now)
    delete_dead(database, recipient)
    return token


def revoke(database: Database, recipient: str, now: datetime) -> int:
    """End every token of ``recipient`` and delete what was published for it; returns how many tokens that ended.

    Raises StorageProblem where a file stayed: the tokens are revoked nevertheless.
    """
    with writing(database) as conn:
        ended = _revoke(conn, recipient, now)
    delete_dead(database, recipient)
    if ended and (left := lingering(database, recipient)):
        raise StorageProblem(
            f"The address of {recipient} is revoked, but what was published for it could not be deleted.",
            title="A published file is still there",
            hint=lingering_words(left),
        )
    return ended


def _revoke(conn: sqlite3.Connection, recipient: str, now: datetime) -> int:
    query = "UPDATE feed_token SET revoked_at = ? WHERE recipient = ? AND revoked_at IS NULL"
    ended = conn.execute(query, (stamp(now), recipient)).rowcount
    if ended:  # what comes next has not been published yet
        conn.execute("DELETE FROM calendar_export WHERE recipient = ? AND way = 'feed'", (recipient,))
    return ended


def _new(conn: sqlite3.Connection, recipient: str, actor: str, leaves: str | None, now: datetime) -> str:
    token = secrets.token_urlsafe(BYTES)
    conn.execute(
        "INSERT INTO feed_token (hash, recipient, issued_at, issued_by, expires_on) VALUES (?, ?, ?, ?, ?)",
        (hashed(token), recipient, stamp(now), actor, leaves),
    )
    return token


def _known(conn: sqlite3.Connection, recipient: str, today: date) -> str | None:
    """Return the last day of a worker, None for a team; raises NotFound where there is no such recipient any more."""
    team = team_of(recipient)
    if team is not None:
        if conn.execute("SELECT 1 FROM team WHERE name = ?", (team,)).fetchone() is None:
            raise NotFound(f"There is no team {team!r}.", field="recipient", hint="See: almoner list team")
        return None
    found = conn.execute("SELECT leaves FROM worker WHERE staff_id = ?", (recipient,)).fetchone()
    if found is None:
        raise NotFound(f"There is no worker {recipient!r}.", field="recipient", hint="See: almoner list worker")
    leaves: str | None = found[0]
    if leaves is not None and leaves < today.isoformat():
        raise BadInput(f"{recipient} left on {leaves}.", field="recipient", hint="Whoever has left has no calendar.")
    return leaves


_ASTRAY = """revoked_at IS NULL AND (expires_on IS NOT (SELECT leaves FROM worker WHERE staff_id = recipient)
  OR NOT EXISTS (SELECT 1 FROM worker WHERE staff_id = recipient) AND NOT EXISTS (
    SELECT 1 FROM team WHERE name = substr(recipient, 6) AND recipient = 'team:' || name))"""


def bring_in_step(database: Database, now: datetime) -> None:
    """Let tokens end on the last day of their worker as it is recorded now, and end those of nobody known.

    A staff id or a team's name that is given up may be given again: whoever gets it must not inherit a reader.
    """
    if database.reader().execute(f"SELECT 1 FROM feed_token WHERE {_ASTRAY} LIMIT 1").fetchone() is None:  # noqa: S608
        return
    with writing(database) as conn:
        conn.execute(
            f"""UPDATE feed_token SET
                  expires_on = (SELECT leaves FROM worker WHERE staff_id = recipient),
                  revoked_at = CASE WHEN EXISTS (SELECT 1 FROM worker WHERE staff_id = recipient)
                    OR EXISTS (SELECT 1 FROM team WHERE 'team:' || name = recipient) THEN NULL ELSE ? END
                WHERE {_ASTRAY}""",  # noqa: S608
            (stamp(now),),
        )


# reading ---------------------------------------------------------------------------------------------------------

_TOKENS = """
SELECT f.hash, f.recipient, f.issued_at, f.issued_by, w.leaves, f.fetched_at, f.revoked_at,
  w.staff_id IS NOT NULL OR t.name IS NOT NULL
FROM feed_token f LEFT JOIN worker w ON w.staff_id = f.recipient
  LEFT JOIN team t ON t.name = substr(f.recipient, 6) AND f.recipient = 'team:' || t.name
ORDER BY f.recipient, f.issued_at, f.revoked_at IS NULL, f.hash
"""


def tokens(conn: sqlite3.Connection, today: date) -> list[TokenLine]:
    """Return every token there ever was, by recipient, oldest first; it ends on the last day recorded by now."""
    found = []
    for number, recipient, issued, by, leaves, fetched, revoked, known in conn.execute(_TOKENS):
        expires = date.fromisoformat(leaves) if leaves else None
        over = not known or (expires is not None and expires < today)
        state: TokenState = "revoked" if revoked else "expired" if over else "live"
        found.append(TokenLine(recipient, datetime.fromisoformat(issued), by, expires, _moment(fetched), state, number))
    return found


def had_any(conn: sqlite3.Connection, recipient: str) -> bool:
    """Whether ``recipient`` has or ever had an address, known still or not."""
    return conn.execute("SELECT 1 FROM feed_token WHERE recipient = ? LIMIT 1", (recipient,)).fetchone() is not None


LIVE = """
SELECT f.hash, f.recipient, w.leaves FROM feed_token f LEFT JOIN worker w ON w.staff_id = f.recipient
WHERE f.revoked_at IS NULL AND (w.staff_id IS NOT NULL OR EXISTS (
  SELECT 1 FROM team t WHERE t.name = substr(f.recipient, 6) AND f.recipient = 'team:' || t.name))
"""  # whoever is not revoked, with the last day on which it may be read


def live(conn: sqlite3.Connection, today: date) -> dict[str, str]:
    """Return by recipient the hash of the live token, and so the name of what is published."""
    day = today.isoformat()
    return {who: number for number, who, leaves in conn.execute(LIVE) if leaves is None or leaves >= day}


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


# what is published for tokens that ended -------------------------------------------------------------------------


def delete_dead(database: Database, recipient: str) -> None:
    """Delete what is published for the revoked tokens of ``recipient``, as far as it lets itself be deleted."""
    for file in _dead(database.reader(), recipient):
        try:
            file.unlink(missing_ok=True)
        except OSError:  # lingering() tells
            continue


def lingering(database: Database, recipient: str) -> list[Path]:
    """Return what is still published, or may be, for the revoked tokens of ``recipient``.

    A file in the folder published to last counts while that folder cannot be looked into.
    """
    conn = database.reader()
    dead = _dead(conn, recipient)
    out_of_reach = folders_gone(conn)
    return [file for file in dead if file.parent in out_of_reach or _may_be_there(file)]


def _may_be_there(file: Path) -> bool:
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # nobody can tell
        return True
    return True


def lingering_words(left: list[Path]) -> str:
    """Return what to do about files that stayed."""
    named = ", ".join(str(path) for path in left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
    return f"`serve` gives it out no longer; another web server still does. Delete it yourself: {named}"


def _dead(conn: sqlite3.Connection, recipient: str) -> list[Path]:
    query = "SELECT hash FROM feed_token WHERE recipient = ? AND revoked_at IS NOT NULL"
    hashes = [number for (number,) in conn.execute(query, (recipient,)).fetchall()]
    return [feed_file(folder, number) for folder in folders(conn) for number in hashes]
