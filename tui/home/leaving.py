"""Leaving a screen, an area or the program: not while something is written, and after asking about what is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

from textual import work
from textual.actions import ActionParseResult, parse
from textual.app import App

from domain.core.errors import AlmonerError
from tui.core.error_door import Guarded, Window
from tui.core.frame import NOTICED, Keys
from tui.core.leaving.signals import heed

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tui.core.workspace import Office

LEAVING = {"back", "cancel"}


class Leaving(Guarded, App[int], inherit_bindings=False):
    """An application that loses nothing when a screen, an area or the program is left."""

    office: Office
    heeds_signals = False

    def on_load(self) -> None:
        """Heed the signals that ask us to go, from before the screen takes the terminal over."""
        if self.heeds_signals:
            heed(self._go_at_once)

    def _go_at_once(self, code: int) -> None:
        self.put_all_away()
        self.exit(return_code=code)

    def put_all_away(self) -> None:
        """Keep what was typed on any screen and is not saved; what cannot be kept keeps the program from nothing."""
        for window in self.windows():
            with suppress(Exception):
                window.put_away()

    def show_writing(self) -> None:
        """Show that something is saved, once that takes a moment, and that it is over."""

        def again() -> None:
            if self._screen_stack:
                for keys in self.screen.query(Keys):
                    keys.refresh()

        if self.is_running:
            again()
            if self.office.is_open and self.office.desk.writing:
                self.set_timer(NOTICED, again)

    # screens ---------------------------------------------------------------------------------------------------------

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do an action, but leave no screen that is writing, and ask first where something would be lost."""
        go = partial(super().run_action, action, default_namespace, namespaces)
        window = _left_by(action, default_namespace)
        if window is None or cast("object", window) is not self.screen:
            return await go()
        if window.is_writing or window.stop():
            return True
        if not window.unsaved:
            return await go()
        self._leave_asking(window, go)
        return True

    @work(exit_on_error=False)
    async def _leave_asking(self, window: Window, go: Callable[[], Awaitable[object]]) -> None:
        if await self._may_leave(window):
            await go()

    async def _may_leave(self, window: Window) -> bool:
        """Ask what becomes of what is not saved on ``window``; say whether it may be left now."""
        from tui.dialogs.unsaved import DISCARD, KEEP, UnsavedDialog

        answer = await self.push_screen_wait(UnsavedDialog([window.unsaved], keeping=window.keeping))
        if answer == KEEP:
            await window.keep_unsaved()
        return answer in (KEEP, DISCARD)

    # areas -----------------------------------------------------------------------------------------------------------

    async def action_area(self, area: str) -> None:
        """Show an area from its first screen; a screen there with something unsaved is shown instead."""
        if not self.office.is_open:
            return
        here = self.current_mode == area
        await self.switch_mode(area)
        await self._to_the_first()
        if here and len(self.screen_stack) > 1:
            self._first_asking()

    async def _to_the_first(self) -> None:
        while len(self.screen_stack) > 1 and not _stays(self.screen):
            await self.pop_screen()

    @work(exit_on_error=False)
    async def _first_asking(self) -> None:
        """Go to the first screen of the area we are in, asking about each one on the way that would lose something."""
        while len(self.screen_stack) > 1 and isinstance(window := self.screen, Window):
            if window.is_writing or (window.unsaved and not await self._may_leave(window)):
                return
            await self.pop_screen()

    # the program -----------------------------------------------------------------------------------------------------

    def windows(self) -> Iterator[Window]:
        """Yield every screen that is open, in whatever area."""
        for stack in self._screen_stacks.values():
            yield from (screen for screen in stack if isinstance(screen, Window))

    async def action_quit(self) -> None:
        """Keep the settings, and leave; ask first where something would be lost."""
        if lost := [window.unsaved for window in self.windows() if window.unsaved]:
            self._quit_asking(lost)
        else:
            self._quit()

    @work(exit_on_error=False)
    async def _quit_asking(self, lost: list[str]) -> None:
        from tui.dialogs.unsaved import DISCARD, UnsavedDialog

        if await self.push_screen_wait(UnsavedDialog(lost, leaving="Leave without saving")) == DISCARD:
            self._quit()

    def _quit(self) -> None:
        try:
            self.office.settings.save()
        except AlmonerError as error:
            self.notify(str(error), markup=False)
        self.exit(0)


def _left_by(action: str | ActionParseResult, node: object) -> Window | None:
    """Return the screen or dialog that an action on ``node`` leaves; None when it does not."""
    _, name, given = parse(action) if isinstance(action, str) else action
    leaves = isinstance(node, Window) and name in LEAVING and cast("DOMNode", node).check_action(name, given)
    return cast("Window", node) if leaves else None


def _stays(screen: object) -> bool:
    return isinstance(screen, Window) and (screen.is_writing or bool(screen.unsaved))
