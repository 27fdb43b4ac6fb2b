"""Writing files from a screen: where some stand there already, the person is asked once whether they may go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from domain.core.errors import BadInput
from storage.files.outgoing import AlreadyThere
from tui.dialogs.confirm import ConfirmDialog

if TYPE_CHECKING:
    from textual.dom import DOMNode

T = TypeVar("T")


async def replacing(node: DOMNode, write: Callable[[bool], Awaitable[T]], field: str = "") -> T:
    """Return what ``write(False)`` returns, or ``write(True)`` once the person agreed to lose what stands there.

    Raises BadInput, beside ``field`` where there is a form, when they would rather name another place.
    """
    try:
        return await write(False)
    except AlreadyThere as found:
        there = found
    if not await node.app.push_screen_wait(_question(there)):
        raise BadInput("Nothing was written.", field=field, hint="Name another place.", title="Kept as it was")
    return await write(True)


def _question(there: AlreadyThere) -> ConfirmDialog:
    one = len(there.paths) == 1
    verb, them, holds = ("is", "it", "it holds") if one else ("are", "them", "they hold")
    words = f"{there.words} {verb} there already. What {holds} now would be lost."
    return ConfirmDialog("Replace what is there?", words, yes=f"Yes, replace {them}", no=f"No, keep {them}")
