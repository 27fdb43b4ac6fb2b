"""How long registrations, warrants and checks count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.core.workdays import add_months
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs

REMIND_DAYS = 56  # how long before its end a registration is due for renewal, where its kind does not say
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """How long a registration counts: from a day up to and including another, if any.

    ``renewal_from`` is the first day on which a renewal counts for what comes after it.
    """

    worker: str
    kind: str
    granted: date
    until: date | None
    renewal_from: date | None = None

    def counts(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.granted <= on and (self.until is None or on <= self.until)


def counts_until(kind: Mapping[str, Any], granted: date, expires: date | None, ended: date | None) -> date | None:
    """Return the last day a registration counts: its expiry, or what its kind lasts, or the day before an early end."""
    lasts = add_months(granted, kind["months"]) if kind.get("months") else None
    days = [found for found in (expires or lasts, ended and ended - _DAY) if found is not None]
    return min(days, default=None)


def _renewal_from(kind: Mapping[str, Any], until: date | None, ended: date | None) -> date | None:
    """Return the first day of renewal: some time before the last day, or after the end where it was ended early."""
    if until is None:
        return None
    early = ended is not None and ended <= until + _DAY
    return until + _DAY if early else until - timedelta(days=kind.get("remind_days", REMIND_DAYS))


class _Kept(NamedTuple):
    worker: str
    kind: str
    granted: date
    expires: date | None
    ended_on: date | None


_SPANS = """SELECT worker, kind, granted, expires, ended_on FROM registration
WHERE kind IN :kinds ORDER BY granted, id"""


def spans(conn: Connection, packs: Packs, giving: Sequence[str]) -> Iterator[tuple[Span, Mapping[str, Any]]]:
    """Yield registrations of kinds that give one of those events, with their kind in the packs; the earliest first."""
    kinds = {name: kind for name, kind in packs.all("registration_kind").items() if kind.get("gives") in giving}
    for one in conn.all(_Kept, _SPANS, kinds=list(kinds)):
        kind = kinds[one.kind]
        until = counts_until(kind, one.granted, one.expires, one.ended_on)
        yield Span(one.worker, one.kind, one.granted, until, _renewal_from(kind, until, one.ended_on)), kind
