"""The one door by which errors reach a person: a dialog with what happened and what to do."""

from __future__ import annotations

from textual.dom import DOMNode
from textual.worker import Worker, WorkerState

from domain.errors import AlmonerError
from tui.desk import in_plain_words


def complain(node: DOMNode, error: Exception) -> None:
    """Show ``error`` to the person, in words; a fault of ours shows its kind and place alone."""
    from tui.dialogs.message import ErrorDialog

    node.app.push_screen(ErrorDialog(in_plain_words(error)))


class Guarded:
    """A mixin for screens: what goes wrong in their work (``run_worker`` or ``@work``) comes out at the door.

    Start that work with ``exit_on_error=False``.
    """

    def on_worker_state_changed(self: Guarded, event: Worker.StateChanged) -> None:
        """Show the error of a piece of work that failed."""
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            assert isinstance(self, DOMNode)
            complain(self, event.worker.error)


def message(error: AlmonerError) -> str:
    """Return what happened and what to do as two short paragraphs."""
    return f"{error.message}\n\n{error.hint}".strip()
