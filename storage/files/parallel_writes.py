"""Writing many files: each waits for its disk, so several wait at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

AHEAD = 8

_T = TypeVar("_T")


def together(calls: Iterable[Callable[[], _T]]) -> Generator[_T, None, None]:
    """Run ``calls`` side by side, asking for a few ahead, and yield what they return in their order.

    The first that fails raises; those under way then end, and no further one begins. Close it to stop early.
    """
    under_way: deque[Future[_T]] = deque()
    pool = ThreadPoolExecutor(AHEAD, thread_name_prefix="write")
    try:
        for call in calls:
            under_way.append(pool.submit(call))
            if len(under_way) >= AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
