"""Clocks for tests: they stand still, so that a test says the same on any day."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from domain.core.clock import Clock, noon

TODAY = date(2026, 11, 20)
PRETENDED = "faketime" in os.environ.get("LD_PRELOAD", "")  # the whole run stands on another day


def clock_at(moment: datetime) -> Clock:
    """A clock that stands at ``moment``, for stamps, too."""
    return Clock(lambda: moment)


def clock_on(day: date) -> Clock:
    """A clock that stands at noon of ``day``."""
    return clock_at(noon(day).astimezone(UTC))


CLOCK = clock_on(TODAY)
