"""One thing at a time on a screen, and nothing of it lost: what is under way, what is written, what is not kept yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.worker import Worker

ASKED = "default"
"""The group of work that a person asked for: work without a group of its own."""


class Turns:
    """A mixin: while what a person asked for is under way on this screen, whatever else they ask for is ignored.

    So a key that is pressed twice or held down does its thing once. Work that belongs to it, begun from within, is
    part of it; readings behind the screen have a group of their own and are no turn.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turns: list[Worker[Any]] = []
        self._tasks: set[asyncio.Task[Any]] = set()

    def run_worker(
        self,
        work: Any,
        name: str | None = "",
        group: str = ASKED,
        description: str = "",
        exit_on_error: bool = True,
        start: bool = True,
        exclusive: bool = False,
        thread: bool = False,
    ) -> Worker[Any]:
        """Begin work; what was asked for while something else that was asked for is under way is not begun at all."""
        begin = cast("Callable[..., Worker[Any]]", super().run_worker)  # type: ignore[misc]
        options = {"name": name, "description": description, "exit_on_error": exit_on_error, "start": start}
        if group != ASKED or thread:
            return begin(work, group=group, exclusive=exclusive, thread=thread, **options)
        if self.is_busy and asyncio.current_task() not in self._tasks:
            put_down(work)
            return self._turns[-1]
        worker = begin(self._in_turn(work), group=group, thread=thread, **options)
        self._turns.append(worker)
        return worker

    def _forget(self) -> None:
        """Let go of what is over, and with it of the screens that it was about."""
        self._turns = [one for one in self._turns if not one.is_finished]

    def _in_turn(self, work: Any) -> Callable[[], Awaitable[Any]]:
        async def turn() -> Any:
            task = cast("asyncio.Task[Any]", asyncio.current_task())
            self._tasks.add(task)
            try:
                await self.settled()
                return await (work() if callable(work) else work)
            finally:
                self._tasks.discard(task)
                asyncio.get_running_loop().call_soon(self._forget)

        return turn

    async def settled(self) -> None:
        """Wait until the screen shows what was done last."""

    @property
    def is_busy(self) -> bool:
        """Whether something that the person asked for is under way, be it a question that waits for their answer."""
        return any(not one.is_finished for one in self._turns)

    def writes(self, task: object) -> bool:
        """Whether ``task`` is something that was asked for here."""
        return task in self._tasks

    def stop(self) -> bool:
        """Stop what is under way where that can be stopped instead of leaving; say whether it was."""
        return False

    @property
    def unsaved(self) -> str:
        """What would be lost with this screen, as in "2 accepted moves"; empty when nothing."""
        return ""

    def put_away(self) -> None:
        """Keep what was typed where the program has to go at once, so that it can be offered again."""

    @property
    def keeping(self) -> str:
        """What ``keep_unsaved`` does, in words; empty where leaving offers no such way."""
        return ""

    async def keep_unsaved(self) -> None:
        """Keep what would be lost; raises an AlmonerError where that cannot be."""


def put_down(work: object) -> None:
    """Let go of work that is never begun."""
    if iscoroutine(work):
        work.close()


def unsaved_on(node: DOMNode) -> str:
    """Return what would be lost with a screen; empty when nothing."""
    return node.unsaved if isinstance(node, Turns) else ""
