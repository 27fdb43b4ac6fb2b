"""The one place that asks the machine what moment it is."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.core.clock import Clock


def machine_clock(standing: datetime | None = None) -> Clock:
    """Return the clock of this run: the machine's, or one that stands at the moment given with ``--today``."""
    return Clock(lambda: datetime.now(UTC), standing=standing)
