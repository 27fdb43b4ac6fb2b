"""Calendars put into bytes: one after another, or side by side in other processes where there are many entries.

Another process costs about half a second to start, writing out an entry half a millisecond: one team never needs one,
a council saves half the time or more.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from storage.exports.icalendar import Entry, Manner, render

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

    Rendered = Generator[tuple["Job", bytes], None, None]

MANY = 2_000  # entries, from which on other processes are worth their start
_MOST_PROCESSES = 8
_AHEAD = 4  # calendars for each process that are under way at once: memory stays flat, stopping is quick
_NO_PROCESSES = (OSError, RuntimeError, ImportError)  # none to be had, or they died (BrokenProcessPool)


class Job(NamedTuple):
    """One recipient's calendar to be put into bytes."""

    recipient: str
    entries: Sequence[Entry]
    manner: Manner
    name: str | None
    feed: bool = False


def render_many(jobs: Iterable[Job], events: int) -> Rendered:
    """Yield each job with its bytes, in order, asking for jobs a few ahead; ``events`` is about how many there are.

    Close it when it is not taken to its end, so that other processes end with it.
    """
    if events > MANY and processors() > 1:
        yield from _side_by_side(iter(jobs))
    else:
        yield from map(_rendered, jobs)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _rendered(job: Job) -> tuple[Job, bytes]:
    return job, _render(job)


def _render(job: Job) -> bytes:
    return render(job.entries, job.manner, name=job.name, feed=job.feed)


def _side_by_side(jobs: Iterator[Job]) -> Rendered:
    """Yield from other processes; where they cannot be had, or die, go on in this one with what is left."""
    under_way: deque[tuple[Job, Future[bytes] | None]] = deque()
    size = min(processors(), _MOST_PROCESSES)
    with _pool(size) as pool:
        for job in islice(jobs, size * _AHEAD):
            under_way.append((job, _submit(pool, job)))
        while under_way:
            job, promised = under_way.popleft()
            yield job, _result(job, promised)
            under_way.extend((job, _submit(pool, job)) for job in islice(jobs, 1))


def _submit(pool: ProcessPoolExecutor, job: Job) -> Future[bytes] | None:
    try:
        return pool.submit(_render, job)
    except _NO_PROCESSES:
        return None


def _result(job: Job, promised: Future[bytes] | None) -> bytes:
    if promised is not None:
        try:
            return promised.result()
        except _NO_PROCESSES:
            pass  # it died, or there was no room for it
    return _render(job)


@contextmanager
def _pool(size: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes that start afresh: a copy of this one would carry open databases and threads along."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(size, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    """Leave Ctrl-C to the process that asked, and load the library before the first job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import icalendar  # noqa: F401
