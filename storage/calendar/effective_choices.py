"""What each recipient's calendar carries and how much it says: the worker's choices, then the council's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from domain.calendar.wording import OFF_UNLESS_CHOSEN, EntryKind, Privacy
from storage.database.connection import Connection

_USUAL = frozenset(EntryKind) - OFF_UNLESS_CHOSEN


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """What one worker chose for their own calendar; where a choice is empty, the council's holds."""

    worker: str = ""
    privacy: Privacy | None = None
    kinds: Mapping[str, bool] = field(default_factory=dict)
    leads: Mapping[str, int] = field(default_factory=dict)
    by_mail: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for one recipient: how much is said, which kinds go in, notices in working days, and mail."""

    privacy: Privacy = Privacy.REFERENCE
    kinds: frozenset[EntryKind] = _USUAL
    leads: Mapping[EntryKind, int] = field(default_factory=dict)
    by_mail: bool = False

    @property
    def marks(self) -> tuple[object, ...]:
        """What differs between two sets of wishes whose calendars look different."""
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

    def wishes(self, own: OwnChoice | None = None) -> Wishes:
        """Return what holds for a worker with this choice of their ``own``; None for a team, or without a choice."""
        own = own or OwnChoice()
        kinds, leads = {**self.kinds, **own.kinds}, {**self.leads, **own.leads}
        privacy = own.privacy or self.privacy
        if privacy is Privacy.INITIALS and not self.initials_allowed:
            privacy = Privacy.REFERENCE  # chosen while they were allowed
        return Wishes(
            privacy,
            frozenset(kind for kind in EntryKind if kinds.get(kind, kind in _USUAL)),
            {EntryKind(kind): days for kind, days in leads.items() if days},
            own.by_mail,
        )


_COUNCIL = f"SELECT {', '.join(one.name for one in fields(Council))} FROM calendar_settings ORDER BY id LIMIT 1"  # noqa: S608


def council(conn: Connection) -> Council:
    """Return the council's choices."""
    return conn.one(Council, _COUNCIL) or Council()


def choices(conn: Connection) -> dict[str, OwnChoice]:
    """Return each worker's own choices, by staff id; whoever chose nothing is not in it."""
    found = conn.each(OwnChoice, "SELECT worker, privacy, kinds, leads, by_mail FROM calendar_choice")
    return {one.worker: one for one in found}


def wishes_of(conn: Connection, recipients: Iterable[str]) -> dict[str, Wishes]:
    """Return what holds for each recipient."""
    whole, own = council(conn), choices(conn)
    return {recipient: whole.wishes(own.get(recipient)) for recipient in recipients}
