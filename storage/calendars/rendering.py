"""Calendars put into bytes, one after another.

Other processes were tried and do not help: an entry takes some fifty microseconds, handing it over costs as much.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import NamedTuple

from storage.exports.icalendar import Entry, Manner, render


class Job(NamedTuple):
    """One recipient's calendar to be put into bytes."""

    recipient: str
    entries: Sequence[Entry]
    manner: Manner
    name: str | None
    feed: bool = False


def render_many(jobs: Iterable[Job]) -> Generator[tuple[Job, bytes], None, None]:
    """Yield each job with its bytes, in order."""
    for job in jobs:
        yield job, render(job.entries, job.manner, name=job.name, feed=job.feed)
