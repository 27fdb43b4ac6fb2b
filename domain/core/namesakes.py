"""Workers who share a name: where a name alone could mean either, the staff id stands behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple


class Named(NamedTuple):
    """A worker as names are compared: ``key`` is the name without case and accents."""

    staff_id: str
    key: str
    current: bool


def namesakes(workers: Iterable[Named]) -> frozenset[str]:
    """Return the staff ids of those whose name another current worker has too.

    Somebody who has left is told from those still there, who keep their name to themselves.
    """
    workers = list(workers)
    current = Counter(worker.key for worker in workers if worker.current)
    return frozenset(worker.staff_id for worker in workers if current[worker.key] > worker.current)


def told_apart(name: str, staff_id: str, shared: Collection[str]) -> str:
    """Return ``name``, with the staff id behind it where it is one of those in ``shared``."""
    return f"{name} {staff_id}" if name and staff_id in shared else name
