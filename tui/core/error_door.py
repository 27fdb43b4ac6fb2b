"""How errors reach a person: in a dialog that says what happened and what to do; and what all screens share."""

from __future__ import annotations

from typing import Protocol, cast

from textual.dom import DOMNode
from textual.worker import Worker, WorkerState

from domain.core.errors import AlmonerError, BadInput
from tui.core.leaving.release import let_go
from tui.core.leaving.turns import Turns
from tui.core.look import Look
from tui.core.storage_thread import in_plain_words
from tui.core.workspace import Office, look_of, office_of


class Shows(Protocol):
    """An application that shows errors."""

    def show_error(self, error: AlmonerError) -> None:
        """Show what happened and what to do."""


def complain(node: DOMNode, error: Exception) -> None:
    """Show ``error`` to the person, in words; a fault of ours shows its kind and place alone."""
    cast("Shows", node.app).show_error(in_plain_words(error))


class Guarded(Turns):
    """A mixin that shows the person what went wrong in work (``run_worker`` or ``@work``) begun on a screen.

    Start that work with ``exit_on_error=False``.
    """

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the error of a piece of work that failed."""
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            complain(cast("DOMNode", self), event.worker.error)


class Window(Guarded):
    """What screens and dialogs share."""

    def _on_unmount(self) -> None:
        """Leave nothing of what was here with the application."""
        let_go(cast("DOMNode", self).app)

    @property
    def office(self) -> Office:
        """What all screens share."""
        return office_of(cast("DOMNode", self))

    @property
    def is_writing(self) -> bool:
        """Whether something asked for here is being written: leaving would not stop it, only hide how it went."""
        return self.office.writing_since(self) is not None

    @property
    def look(self) -> Look:
        """How cells are drawn now."""
        return look_of(cast("DOMNode", self))


def message(error: AlmonerError) -> str:
    """Return what happened and what to do as two short paragraphs."""
    words = error.in_words if isinstance(error, BadInput) else error.message
    return f"{words}\n\n{error.hint}".strip()
