"""What each recipient's calendar is to carry and how much it says: the worker's choices over the council's."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.reminders import OFF_UNLESS_CHOSEN, EntryKind, Privacy

_USUAL = frozenset(EntryKind) - OFF_UNLESS_CHOSEN


@dataclass(frozen=True, slots=True)
class Wishes:
    """One recipient's: the kinds that go in, further notices by kind in working days, how much is said, and mail."""

    privacy: Privacy = Privacy.REFERENCE
    kinds: frozenset[EntryKind] = _USUAL
    leads: Mapping[EntryKind, int] = field(default_factory=dict)
    by_mail: bool = False

    @property
    def marks(self) -> tuple[object, ...]:
        """What tells one set of wishes from another, as far as the calendar shows it."""
        return (str(self.privacy), sorted(self.kinds), sorted(self.leads.items()))


@dataclass(frozen=True, slots=True)
class Council:
    """The council's own choices, as readers need them; the usual values while nothing was chosen.

    ``id`` is the record's number, or None while there is none.
    """

    id: int | None = None
    privacy: Privacy = Privacy.REFERENCE
    initials_allowed: bool = False
    classification: str = "private"
    kinds: Mapping[str, bool] = field(default_factory=dict)
    leads: Mapping[str, int] = field(default_factory=dict)
    feed_address: str = ""
    feed_folder: str = ""
    organiser: str = ""
    mail_host: str = ""
    mail_port: int | None = None
    mail_security: str = "starttls"
    mail_user: str = ""
    mail_per_minute: int = 30
    mail_ahead: int | None = None

    def wishes(self, choice: Mapping[str, Any] | None = None) -> Wishes:
        """Return what holds for a worker with this ``choice`` of their own, or for a team's calendar (None)."""
        own = choice or {}
        kinds = {**self.kinds, **own.get("kinds", {})}
        leads = {**self.leads, **own.get("leads", {})}
        privacy = Privacy(own.get("privacy") or self.privacy)
        if privacy is Privacy.INITIALS and not self.initials_allowed:
            privacy = Privacy.REFERENCE  # chosen while they were allowed
        return Wishes(
            privacy,
            frozenset(kind for kind in EntryKind if kinds.get(kind, kind in _USUAL)),
            {EntryKind(kind): days for kind, days in leads.items() if days},
            bool(own.get("by_mail", False)),
        )


_COLUMNS = (
    "id", "privacy", "initials_allowed", "classification", "kinds", "leads", "feed_address", "feed_folder",
    "organiser", "mail_host", "mail_port", "mail_security", "mail_user", "mail_per_minute", "mail_ahead",
)  # fmt: skip


def council(conn: sqlite3.Connection) -> Council:
    """Return the council's choices."""
    row = conn.execute(f"SELECT {', '.join(_COLUMNS)} FROM calendar_settings ORDER BY id LIMIT 1").fetchone()  # noqa: S608
    if row is None:
        return Council()
    values = dict(zip(_COLUMNS, row, strict=True))
    values["privacy"] = Privacy(values["privacy"])
    values["initials_allowed"] = bool(values["initials_allowed"])
    values["kinds"], values["leads"] = json.loads(values["kinds"]), json.loads(values["leads"])
    return Council(**values)


def choices(conn: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Return each worker's own choices, by staff id; nothing for whoever chose nothing."""
    query = "SELECT id, worker, privacy, kinds, leads, by_mail FROM calendar_choice"
    return {
        worker: {
            "id": number,
            "privacy": privacy,
            "kinds": json.loads(kinds),
            "leads": json.loads(leads),
            "by_mail": bool(mail),
        }
        for number, worker, privacy, kinds, leads, mail in conn.execute(query)
    }


def wishes_of(conn: sqlite3.Connection, recipients: Iterable[str]) -> dict[str, Wishes]:
    """Return what holds for each recipient."""
    whole, own = council(conn), choices(conn)
    return {recipient: whole.wishes(own.get(recipient)) for recipient in recipients}
