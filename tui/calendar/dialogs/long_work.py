"""What work on calendars has in common: where it writes, and progress; what is done by the time it stops stays done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from domain.core.errors import Cancelled
from storage.files.paths import home
from tui.dialogs.ask import answer
from tui.dialogs.progress import ProgressDialog

if TYPE_CHECKING:
    from tui.core.page import Page
    from tui.core.storage_thread import Job

FOLDER = "Almoner calendars"
STOPPING = "esc stops it; what is done by then stays done"


def usual_folder(page: Page) -> str:
    """Return the folder that files went into last, or one at home for a start."""
    return page.office.settings.calendar_folder or str(home() / FOLDER)


async def under_way(page: Page, title: str, words: str, task: Callable[[Job], Awaitable[str]]) -> str | None:
    """Do ``task`` and return what it says it did, or where it was stopped; None when it failed, which is told."""

    async def stoppable(job: Job) -> str:
        try:
            return await task(job)
        except Cancelled as stopped:
            return str(stopped)

    said: str | None = await answer(page, ProgressDialog(title, words, stoppable, stopping=STOPPING))
    if said is None:  # some of it may have been done
        page.office.changed()
        page.read_again()
    return said


def reporting(job: Job) -> Callable[[int, int], None]:
    """Return how storage reports progress; once stopped it says nothing, and the work ends at its own next step."""

    def report(done: int, total: int) -> None:
        if not job.cancelled():
            job.progress(done, total)

    return report
