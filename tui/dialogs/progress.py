"""A long piece of work under way: how far it is, and a way to stop it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from domain.core.errors import AlmonerError, Cancelled
from tui.core.dialog import Dialog
from tui.core.error_door import complain
from tui.core.storage_thread import Job
from tui.core.text import laid, show

WIDTH = 40
STOPPING = "esc stops it; nothing of it is kept then"


class ProgressDialog(Dialog[Any]):
    """Does ``task`` with a job to report on and answers what it returned; None when it was stopped or failed."""

    def __init__(
        self, title: str, words: str, task: Callable[[Job], Awaitable[Any]], *, stopping: str = STOPPING
    ) -> None:
        super().__init__(title)
        self._words = words
        self._stopping = stopping
        self._doing = task
        self._job: Job | None = None

    def body(self) -> ComposeResult:
        """The words, and how far it is."""
        yield Static(show(self._words))
        yield Static("", id="far")
        yield Static(laid("\n{stopping}", stopping=self._stopping), classes="dialog--quiet")

    def on_mount(self) -> None:
        """Begin."""
        self._job = Job(self._tell)
        self._do(self._job)

    @work(exit_on_error=False)
    async def _do(self, job: Job) -> None:
        try:
            answer = await self._doing(job)
        except Cancelled:
            self.dismiss(None)
        except AlmonerError as error:
            self.dismiss(None)
            complain(self.app, error)
        else:
            self.dismiss(answer)

    def _tell(self, done: int, total: int) -> None:
        if self.is_attached and total:
            full = min(done * WIDTH // total, WIDTH)
            bar = "█" * full + "░" * (WIDTH - full)
            self.query_one("#far", Static).update(show(f"{bar}  {done:,} of {total:,}"))

    def on_unmount(self) -> None:
        """Stop the work when the program is left meanwhile."""
        if self._job is not None:
            self._job.stop()

    @property
    def is_writing(self) -> bool:
        """Work that can be stopped ends in its own way when it is; nothing of it is hidden by that."""
        return not self._stopping and super().is_writing

    def stop(self) -> bool:
        """Ask the work to stop where it can be stopped; the dialog goes when it has."""
        if self._job is None or not self._stopping:
            return False
        self._job.stop()
        self.query_one("#far", Static).update("Stopping…")
        return True

    def action_cancel(self) -> None:
        """Ask the work to stop; the dialog stays until then."""
        self.stop()
