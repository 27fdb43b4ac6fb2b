"""Calendar mail: sending what waits, writing it into a folder instead, and settling what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.core.text import plural
from storage.calendar.effective_choices import council
from storage.calendar.mail.delivery import Delivered, deliver
from storage.calendar.mail.outbox import OutboxLine, drop, ready, retry
from storage.calendar.mail.queue import Queued, dry_run, queue
from storage.calendar.mail.smtp import SmtpSender, server_of
from storage.files.outgoing import AlreadyThere
from storage.files.paths import typed
from tui.calendar.calendar_text import delivered_words, queued_words
from tui.calendar.dialogs.long_work import reporting, under_way, usual_folder
from tui.dialogs.ask import answer
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import Field, Form
from tui.dialogs.replacing import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from storage.calendar.mail.smtp import Server
    from storage.records.database import Database
    from tui.core.page import Page
    from tui.core.storage_thread import Job

NAMED = 3
NOTHING_WAITS = "Nothing waits: everybody who chose mail has been told everything."
TO_SETTINGS = "Press S, then Mail."


async def send(page: Page) -> str | None:
    """Put what is to be said into the outbox, ask, and send it; returns what was done."""
    server = await page.office.desk.call(_server)
    queued: list[Queued] = []

    async def prepare(job: Job) -> str:
        queued.append(await page.office.desk.call(lambda db: _queue(db, page, job)))
        return _prepared(queued[-1])

    prepared = await under_way(page, "Preparing messages", "What is new, changed or withdrawn", prepare)
    if prepared is None or not queued:
        return prepared
    waiting = await page.office.desk.read(lambda conn: ready(conn, page.office.clock.now()))
    if not waiting:
        return f"{prepared} {NOTHING_WAITS if not queued[-1].problems else ''}".strip()
    words = (
        f"{prepared}\n\n{plural(waiting, 'message')} would go out now through {server.host}. What was sent cannot be "
        f"taken back; a cancellation can follow. {server.warning}"
    )
    if not await answer(page, ConfirmDialog("Send calendar mail?", words, yes="Yes, send", no="No, let it wait")):
        return None

    async def sending(job: Job) -> str:
        done = await page.office.desk.call(lambda db: _deliver(db, server, job))
        return f"{delivered_words(done)} {done.trouble}".strip()

    return await under_way(page, "Sending", f"Through {server.host}", sending)


def _server(database: Database) -> Server:
    try:
        return server_of(council(database.reader()))
    except BadInput as fault:
        raise BadInput(fault.message, field=fault.field, hint=TO_SETTINGS, title="Mail is not set up") from fault


def _queue(database: Database, page: Page, job: Job) -> Queued:
    now = database.clock.now()
    return queue(database, page.office.today, now=now, progress=reporting(job), stopped=job.cancelled)


def _deliver(database: Database, server: Server, job: Job) -> Delivered:
    sender, now = SmtpSender(server), database.clock.now()
    return deliver(database, sender, now=now, stopped=job.cancelled, progress=reporting(job))


def _prepared(queued: Queued) -> str:
    """Return what was put into the outbox, and whom mail cannot reach."""
    return f"{queued_words(queued)} put into the outbox.{_unreached(queued)}"


def _unreached(queued: Queued) -> str:
    """Return whom mail cannot reach and why, a line each for the first of them."""
    said = [f"\n? {problem}" for problem in queued.problems[:NAMED]]
    more = len(queued.problems) - NAMED
    return "".join([*said, f"\n? and {more} more"] if more > 0 else said)


async def rehearse(page: Page) -> str | None:
    """Ask for a folder and write into it what would be sent; returns what was written."""
    done: list[str] = []

    async def save(values: dict[str, Any]) -> None:
        folder = typed(values["folder"], "folder")

        async def write(overwrite: bool) -> str:
            return await page.office.desk.call(lambda db: _rehearse(db, page, folder, overwrite))

        done.append(await replacing(page, write, "folder"))

    about = "Each message as a file that a mail program opens. Nothing is sent, and nothing is marked as sent."
    fields = [Field("folder", "Folder", value=usual_folder(page), required=True)]
    await answer(page, Form("Dry run", fields, save, about=about))
    return done[-1] if done else None


def _rehearse(database: Database, page: Page, folder: Path, overwrite: bool) -> str:
    try:
        now = database.clock.now()
        paths, queued = dry_run(database, folder, page.office.today, now=now, overwrite=overwrite)
    except AlreadyThere:
        raise
    except BadInput as fault:
        hint = TO_SETTINGS if fault.field == "organiser" else fault.hint
        raise BadInput(fault.message, field="folder", hint=hint) from fault
    said = f"{queued_words(queued)} in {folder}; nothing was sent." if paths else NOTHING_WAITS
    return said + _unreached(queued)


async def again(page: Page, line: OutboxLine) -> str:
    """Let a message go out with the next sending."""
    await page.office.desk.call(lambda db: retry(db, line.id, db.clock.now()))
    return f"Message {line.id} leaves with the next sending: m."


async def give_up(page: Page, line: OutboxLine) -> str | None:
    """Drop a message, once that is confirmed."""
    words = f"{line.what or line.key}, to {line.recipient}: it is not sent. A later change of the same entry is."
    if not await answer(page, ConfirmDialog("Drop this message?", words, yes="Yes, drop it")):
        return None
    await page.office.desk.call(lambda db: drop(db, line.id))
    return f"Message {line.id} is dropped."
