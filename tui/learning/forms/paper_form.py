"""Forms that save a paper of a programme or of a worker: which one, and into which folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from storage.files.outgoing import Outgoing
from storage.files.paths import typed
from storage.learning.papers.paper import APPLICATION, CPD, LOG, OF_PROGRAMME, REGISTER, SUPPORT, TITLES
from storage.learning.papers.papers import paper, write_paper
from tui.core.choice import Choice
from tui.dialogs.ask import Values, answer, choose
from tui.dialogs.form import LINE, Field, Form
from tui.dialogs.replacing import replacing

if TYPE_CHECKING:
    from storage.learning.programmes import LearnerLine
    from tui.core.page import Page

ABOUT = "A Word document and a CSV file, named after kind, number and day. No notes, and nobody served is named."


async def save_paper(page: Page, line: LearnerLine) -> str | None:
    """Ask which paper and where to, and save it as Word and CSV."""
    papers = [Choice(what, TITLES[what]) for what in papers_of(line)]
    what = await choose(page, "Which paper?", papers)
    if what is None:
        return None
    return await save_one(page, what, line.id if what in OF_PROGRAMME else line.worker)


async def save_one(page: Page, what: str, about: str | int, *, asked: date | None = None) -> str | None:
    """Ask where to, and save one paper of a programme (by its number) or of a worker as Word and CSV.

    Of development it is the year that holds ``asked``, or this one.
    """
    today, written = page.office.today, []

    async def save(values: Values) -> None:
        folder = typed(values["folder"], "folder")
        made = await page.office.desk.read(lambda conn: paper(conn, what, about, today, asked))

        async def write(overwrite: bool) -> list[Path]:
            return await page.office.desk.call(
                lambda db: write_paper(made, folder, Outgoing(db.path, overwrite=overwrite))
            )

        written.extend(await replacing(page, write, "folder"))

    fields = [Field("folder", "Into the folder", LINE, str(Path.cwd()), required=True)]
    await answer(page, Form(TITLES[what], fields, save, about=ABOUT))
    return f"Saved: {', '.join(path.name for path in written)}" if written else None


def papers_of(line: LearnerLine) -> list[str]:
    """Return the papers that a learner's programme has."""
    if line.unit == "criteria":
        return [APPLICATION, CPD]
    return [REGISTER, LOG] if line.sort == "placement" else [SUPPORT, LOG, CPD]
