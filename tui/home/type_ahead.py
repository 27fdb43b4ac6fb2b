"""Keys in the order they were pressed, each given to the screen that the ones before have led to.

A key that comes while a screen is still being opened, or before the one before it has had its effect, waits: it is
neither lost nor taken by the screen that is being left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import ScreenError
from textual.events import AppBlur, AppFocus, Event, InputEvent, Key, Paste
from textual.worker import Worker

from tui.core.leaving.turns import ASKED
from tui.core.text import typed

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump
    from textual.screen import Screen

    _Base = App[Any]
else:
    _Base = object

PATIENCE = 2.0  # seconds that a key waits for a screen to have read what it shows
ASKING = 0.5  # seconds that a key waits for the question that the key before it asks
EFFECT = 1.0  # seconds that a key waits for the effect of the one before
TURN = 0.01
AT_ONCE = frozenset({"quit", "leave"})  # overtakes what waits
GIVES_UP = frozenset({"back", "cancel", "close"})  # takes back what waits


class TypeAhead(_Base):
    """A mixin for the application: keys and pasted text wait for their screen."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._typed: deque[Key | Paste] = deque()
        self._handing: Worker[None] | None = None
        self._given = ""  # the key given last
        self.has_begun = False  # whether the first screen is there

    async def on_event(self, event: Event) -> None:
        """Let what is typed wait for its turn; everything else passes, as long as there is a screen for it."""
        if self.has_begun and self._screen_there() is None and self._wants_a_screen(event):
            return
        means = self._means(event) if isinstance(event, Key) else ""
        if not isinstance(event, Key | Paste) or event.is_forwarded or means in AT_ONCE:
            await super().on_event(event)
            return
        if isinstance(event, Paste):
            event.text = typed(event.text)  # fields draw what they hold as it is, and it would reach the terminal
        if means in GIVES_UP:
            self._typed.clear()
        self._typed.append(event)
        if self._handing is None or self._handing.is_finished:
            self._handing = self.run_worker(self._hand_on(), group="typed", exit_on_error=False)

    def _wants_a_screen(self, event: Event) -> bool:
        """Whether an event is lost without a screen: a click, or a key that came back from the screen that is gone.

        Whether the terminal has the focus is told again once there is a screen.
        """
        if isinstance(event, AppFocus | AppBlur):
            self.set_timer(TURN, partial(self.post_message, event))
            return True
        return isinstance(event, InputEvent) and (event.is_forwarded or not isinstance(event, Key | Paste))

    def _means(self, event: Key) -> str:
        """Return the command that a key stands for here."""
        screen = self._screen_there()
        active = screen.active_bindings.get(event.key) if screen else None
        return (active and active.binding.id) or ""

    async def _hand_on(self) -> None:
        while self._typed:
            while self._typed and self._waits(self._typed[0]):
                if self._is_held(self._typed[0]):
                    self._typed.popleft()
                else:
                    await asyncio.sleep(TURN)
            if not self._typed:  # taken back meanwhile
                return
            event = self._typed.popleft()
            path: list[MessagePump] = [*(self.focused or self.screen).ancestors_with_self]
            self._given = event.key if isinstance(event, Key) else ""
            await super().on_event(event)
            for node in (*path, *path):  # what a key sets off goes from the widget that has it up to the application
                await _over(node)

    def _waits(self, event: Key | Paste) -> bool:
        """Whether a key is to wait: the screen reads for the first time, or the key before is about to ask."""
        screen = self._screen_there()
        if screen is None:
            return True
        return (_reads_first(screen) or self._may_be_asked(screen)) and not self._leads_away(event)

    def _is_held(self, event: Key | Paste) -> bool:
        """Whether a key that waits is the one before, held down until its question comes: it does its thing once."""
        screen = self._screen_there()
        if screen is None or _reads_first(screen) or not isinstance(event, Key):
            return False
        return event.key == self._given and self._may_be_asked(screen)

    def _may_be_asked(self, screen: Screen[Any]) -> bool:
        return not screen.is_modal and any(_may_ask(work, screen) for work in self.workers)

    def _screen_there(self) -> Screen[Any] | None:
        """Return the screen on top; none before the first, and while one area gives way to another."""
        if not self.has_begun:
            return None
        try:
            return self.screen
        except ScreenError:
            return None

    def _leads_away(self, event: Key | Paste) -> bool:
        means = self._means(event) if isinstance(event, Key) else ""
        return means in GIVES_UP or means.startswith("area-")


def _reads_first(screen: Screen[Any]) -> bool:
    since = getattr(screen, "reading_first_since", None)
    return since is not None and monotonic() - since < PATIENCE


def _may_ask(work: Worker[Any], screen: object) -> bool:
    if work.is_finished or work.node is not screen or work.group != ASKED:
        return False
    return monotonic() - work._created_time < ASKING  # noqa: SLF001  # there is no other way to know


async def _over(node: MessagePump) -> None:
    """Wait until ``node`` is through with everything that was put to it before."""
    done = asyncio.Event()
    if node.is_running and node.call_later(done.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), EFFECT)
