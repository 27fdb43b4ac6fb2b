"""Waiting until the application has nothing left to do, which costs far less than asking each widget in turn."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from unittest.mock import patch

SOON = 0.03  # what a timer will do within these seconds belongs to what is under way: the next frame, a short delay
LONGEST = 1.0  # after that a thread counts as waiting for something, and a repeated timer as never resting


class Quiet(Protocol):
    """Waits for the loop to have nothing to do, and says so, as Textual's own ways of waiting do."""

    def __call__(self, *_: float, **__: float) -> Awaitable[bool]:
        """Wait; what Textual would have waited at least and at most does not count."""


@contextmanager
def quietly() -> Iterator[Quiet]:
    """Have keys and pauses wait on the running loop: until no callback is ready, no timer near and no thread at work.

    Textual sends a message to every widget and sleeps until the processor rests, several times for each key.
    """
    loop: Any = asyncio.get_running_loop()
    threads: set[Future[Any]] = set()
    start = loop.run_in_executor

    def noted(*given: Any) -> Future[Any]:
        work: Future[Any] = start(*given)
        threads.add(work)
        work.add_done_callback(threads.discard)
        return work

    async def quiet(*_: float, **__: float) -> bool:
        return await _rest(loop, threads)

    with (
        patch.object(loop, "run_in_executor", noted),
        patch("textual.app.wait_for_idle", quiet),
        patch("textual.pilot.wait_for_idle", quiet),
    ):
        yield quiet


async def _rest(loop: Any, threads: set[Future[Any]]) -> bool:
    begun, calm = loop.time(), 0
    while calm < 2 and loop.time() - begun < LONGEST:
        await asyncio.sleep(0)
        if loop._ready:
            calm = 0
        elif wait := _under_way(loop, bool(threads)):
            calm = 0
            await asyncio.sleep(wait)
        else:
            calm += 1
    return True


def _under_way(loop: Any, in_threads: bool) -> float:
    """Return for how long something that will not take long still wants waiting for."""
    near = [when for timer in loop._scheduled if not timer.cancelled() and (when := timer.when() - loop.time()) < SOON]
    if near:
        return max(min(near), 0.001)
    return 0.002 if in_threads else 0.0
