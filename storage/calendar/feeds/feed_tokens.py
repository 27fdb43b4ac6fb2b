"""The right to read one recipient's feed: a token in a secret address, of which only the hash is kept.

A token is shown once, when it is issued. It ends when it is revoked, after the worker's last day, or when the
recipient is no longer known; it rests while its worker is merged into another. Whoever then asks for the feed is not
told which of these it was.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain.core.errors import BadInput, NotFound, StorageProblem
from storage.calendar.effective_choices import Council
from storage.calendar.feeds.feed_folder_state import feed_file, folders, folders_gone, take_away
from storage.calendar.recipients import team_of
from storage.calendar.said_entries import writing
from storage.database.connection import Connection
from storage.database.fragments import NOT_LEFT

if TYPE_CHECKING:
    from storage.records.database import Database

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


class _Leaver(NamedTuple):
    """When a worker leaves, if they do."""

    leaves: date | None


def hashed(token: str) -> str:
    """Return the hash of a token, as it is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def address(council: Council, token: str) -> str:
    """Return where the feed is read: below the council's web address, or the path alone while there is none."""
    base = council.feed_address.rstrip("/")
    return f"{base if base.endswith('/f') else f'{base}/f'}/{token}.ics"


# changing --------------------------------------------------------------------------------------------------------


def issue(database: Database, recipient: str, actor: str, today: date, now: datetime) -> str:
    """Give ``recipient`` a token and return it; it cannot be seen again."""
    with writing(database) as conn:
        leaves = _known(conn, recipient, today)
        if recipient in live(conn, today):
            raise BadInput(
                f"{recipient} has an address already.",
                field="recipient",
                hint=f"It cannot be shown again. For a new one: almoner calendar token rotate {recipient}",
            )
        return _new(conn, recipient, actor, leaves, now)


def rotate(database: Database, recipient: str, actor: str, today: date, now: datetime) -> str:
    """Replace the token by a new one, and delete the old one's file as far as that can be done: see ``lingering``."""
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
    """End every token of ``recipient``, delete what was published for it, and return how many tokens that ended.

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


def _revoke(conn: Connection, recipient: str, now: datetime) -> int:
    query = "UPDATE feed_token SET revoked_at = :now WHERE recipient = :recipient AND revoked_at IS NULL"
    ended = conn.change(query, now=now, recipient=recipient)
    if ended:  # nothing has been published yet for whatever token comes next
        conn.change("DELETE FROM calendar_export WHERE recipient = :recipient AND way = 'feed'", recipient=recipient)
    return ended


def _new(conn: Connection, recipient: str, actor: str, leaves: date | None, now: datetime) -> str:
    token = secrets.token_urlsafe(BYTES)
    row = {
        "hash": hashed(token), "recipient": recipient, "issued_at": now, "issued_by": actor, "expires_on": leaves,
    }  # fmt: skip
    conn.put("feed_token", ("hash",), row)
    return token


def _known(conn: Connection, recipient: str, today: date) -> date | None:
    """Return a worker's last day, or None for a team; raises NotFound where there is no such worker or team."""
    team = team_of(recipient)
    if team is not None:
        if conn.value("SELECT 1 FROM team WHERE name = :team", team=team) is None:
            raise NotFound(f"There is no team {team!r}.", field="recipient", hint="See: almoner list team")
        return None
    found = conn.one(_Leaver, "SELECT leaves FROM worker WHERE staff_id = :worker", worker=recipient)
    if found is None:
        raise NotFound(f"There is no worker {recipient!r}.", field="recipient", hint="See: almoner list worker")
    leaves = found.leaves
    if leaves is not None and leaves < today:
        raise BadInput(f"{recipient} left on {leaves}.", field="recipient", hint="Whoever has left has no calendar.")
    return leaves


# Tokens whose last day differs from the worker's, and tokens of nobody known. Of a worker who was merged into another
# they open nothing, and are left: the staff id is given to nobody else, and has them again if the merge is undone.
_ASTRAY = """revoked_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM former_key k WHERE k.former = recipient AND k.merged AND k.worker IS NOT NULL)
  AND (expires_on IS NOT (SELECT leaves FROM worker WHERE staff_id = recipient)
  OR NOT EXISTS (SELECT 1 FROM worker WHERE staff_id = recipient) AND NOT EXISTS (
    SELECT 1 FROM team WHERE name = substr(recipient, 6) AND recipient = 'team:' || name))"""


def bring_in_step(database: Database, now: datetime) -> None:
    """Let tokens end on their worker's last day as recorded now, and revoke those of nobody known.

    A staff id or a team's name may be given again to another, whose calendar the old token must not open.
    """
    if database.reader().value(f"SELECT 1 FROM feed_token WHERE {_ASTRAY} LIMIT 1") is None:  # noqa: S608
        return
    with writing(database) as conn:
        conn.change(
            f"""UPDATE feed_token SET
                  expires_on = (SELECT leaves FROM worker WHERE staff_id = recipient),
                  revoked_at = CASE WHEN EXISTS (SELECT 1 FROM worker WHERE staff_id = recipient)
                    OR EXISTS (SELECT 1 FROM team WHERE 'team:' || name = recipient) THEN NULL ELSE :now END
                WHERE {_ASTRAY}""",  # noqa: S608
            now=now,
        )


# reading ---------------------------------------------------------------------------------------------------------

_TOKENS = """
SELECT f.hash, f.recipient, f.issued_at, f.issued_by, w.leaves AS expires_on, f.fetched_at,
  CASE WHEN f.revoked_at IS NOT NULL THEN 'revoked'
    WHEN w.leaves < :today OR (w.staff_id IS NULL AND t.name IS NULL) THEN 'expired' ELSE 'live' END AS state
FROM feed_token f LEFT JOIN worker w ON w.staff_id = f.recipient
  LEFT JOIN team t ON t.name = substr(f.recipient, 6) AND f.recipient = 'team:' || t.name
ORDER BY f.recipient, f.issued_at, f.revoked_at IS NULL, f.hash
"""


def tokens(conn: Connection, today: date) -> list[TokenLine]:
    """Return every token there ever was, by recipient, oldest first; it ends on the last day recorded by now."""
    return conn.all(TokenLine, _TOKENS, today=today)


def had_any(conn: Connection, recipient: str) -> bool:
    """Whether ``recipient`` has or ever had an address, known still or not."""
    query = "SELECT 1 FROM feed_token WHERE recipient = :recipient LIMIT 1"
    return conn.value(query, recipient=recipient) is not None


# Tokens that are not revoked, of workers and teams that are known.
_NOT_REVOKED = """feed_token f LEFT JOIN worker w ON w.staff_id = f.recipient
  WHERE f.revoked_at IS NULL AND (w.staff_id IS NOT NULL OR EXISTS (
    SELECT 1 FROM team t WHERE t.name = substr(f.recipient, 6) AND f.recipient = 'team:' || t.name))"""


def live(conn: Connection, today: date) -> dict[str, str]:
    """Return by recipient the hash of the live token, which is the name of the published file, too."""
    return conn.lookup(f"SELECT f.recipient, f.hash FROM {_NOT_REVOKED} AND {NOT_LEFT}", today=today)  # noqa: S608


def last_days(conn: Connection) -> dict[str, str | None]:
    """Return by hash the last day on which each token that is not revoked may be read; None where there is no end."""
    return conn.lookup(f"SELECT f.hash, w.leaves FROM {_NOT_REVOKED}")  # noqa: S608


# what is published for tokens that ended -------------------------------------------------------------------------


def delete_dead(database: Database, recipient: str) -> None:
    """Delete what is published for the revoked tokens of ``recipient``, as far as that can be done."""
    take_away(_dead(database.reader(), recipient))  # what stays is returned by ``lingering``


def lingering(database: Database, recipient: str) -> list[Path]:
    """Return what is still published, or may be, for the revoked tokens of ``recipient``.

    While the folder published to last cannot be read, a file in it counts as published.
    """
    conn = database.reader()
    unreadable = folders_gone(conn)
    return [file for file in _dead(conn, recipient) if file.parent in unreadable or _may_be_there(file)]


def _may_be_there(file: Path) -> bool:
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # nobody can tell
        return True
    return True


def lingering_words(left: list[Path]) -> str:
    """Return what to do about files that could not be deleted."""
    named = ", ".join(str(path) for path in left[:3]) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
    return f"`serve` gives it out no longer; another web server still does. Delete it yourself: {named}"


def _dead(conn: Connection, recipient: str) -> list[Path]:
    query = "SELECT hash FROM feed_token WHERE recipient = :recipient AND revoked_at IS NOT NULL"
    hashes = conn.values(query, recipient=recipient)
    return [feed_file(folder, number) for folder in folders(conn) for number in hashes]
