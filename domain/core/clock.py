"""What day it is and what moment: one clock, made at the edges of the program and handed in.

The domain never asks the machine; nor do storage and the screens. They are given a ``Clock`` by whoever starts the
program (`tui/commandline/machine_clock.py`), so that screen, command, calendar and mail agree what day it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.core.dates import LONDON, parse_day

NOON = time(12)


class Clock:
    """The day and the moment that count as now, by the clock on the wall of the team's zone.

    ``machine`` returns the machine's moment, with its zone. Where the clock is ``standing``, that moment counts as
    now, and ``machine`` is asked for stamps only.
    """

    def __init__(
        self, machine: Callable[[], datetime], *, standing: datetime | None = None, zone: ZoneInfo = LONDON
    ) -> None:
        self._machine = machine
        self._standing = standing
        self.zone = zone

    def now(self) -> datetime:
        """The moment that counts as now, in UTC."""
        return (self._standing or self._machine()).astimezone(UTC)

    def today(self) -> date:
        """The day that counts as today."""
        return self.local(self.now()).date()

    def real(self) -> datetime:
        """The machine's own moment, in UTC, whatever counts as now: for the change log and the names of backups."""
        return self._machine().astimezone(UTC)

    def on_day(self, day: date) -> Clock:
        """Return a clock that stands at noon of ``day``, and is this one for stamps."""
        return Clock(self._machine, standing=noon(day, self.zone), zone=self.zone)

    def days_start(self, day: date) -> datetime:
        """Return the first moment of ``day``, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def days_end(self, day: date) -> datetime:
        """Return the first moment, in UTC, that is no longer of ``day``."""
        return self.days_start(day + timedelta(days=1))

    def local(self, moment: datetime) -> datetime:
        """Return ``moment`` as the clock on the wall shows it."""
        return moment.astimezone(self.zone)


def noon(day: date, zone: ZoneInfo = LONDON) -> datetime:
    """Return noon of ``day``: the moment meant where somebody names a day alone."""
    return datetime.combine(day, NOON, zone)


def parse_moment(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """Return the moment that ``text`` names: a day (its noon), or a day and a time such as ``2026-11-20T14:30``.

    Raises ValueError with a plain sentence for anything else.
    """
    day, mark, clock = text.strip().partition("T")
    if not mark:
        return noon(parse_day(text), zone)
    try:
        at = time.fromisoformat(clock)
    except ValueError:
        raise ValueError("not a time: write it as 2026-11-20T14:30") from None
    return datetime.combine(parse_day(day), at.replace(tzinfo=at.tzinfo or zone))
