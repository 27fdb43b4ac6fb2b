"""Addresses of feeds: given out and shown once, renewed, called in; and publishing into the folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.errors import BadInput
from domain.text import plural
from storage.calendars.wishes import council
from storage.paths import typed
from tui.calendarwords import published_remarks, published_words
from tui.commands import bindings
from tui.dialogs.asking import answer
from tui.dialogs.base import Dialog
from tui.dialogs.calendar_work import reporting, under_way
from tui.dialogs.confirm import ConfirmDialog
from tui.text import show

if TYPE_CHECKING:
    from storage.database import Database
    from tui.desk import Job
    from tui.screens.base import Page
    from tui.screens.calendarfeeds import FeedRow

NO_ADDRESS = "The council's web address is not set yet (S, then Feeds): this is the end of the address alone."


class AddressDialog(Dialog[None]):
    """A new address, this once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("accept", "copy-address")
    WIDE = True
    DEFAULT_CSS = """
    AddressDialog #address { height: auto; padding: 1 0; color: $text; text-style: bold; }
    """

    def __init__(self, title: str, address: str, warning: str = "") -> None:
        super().__init__(title)
        self.address = address
        self._warning = warning

    def body(self) -> ComposeResult:
        """The address, what to do with it, and what it is."""
        yield Static(show("This is the only time that the address can be seen: only a print of it is kept."))
        yield Static(show(self.address), id="address")
        if self._warning:
            yield Static(show(f"{self._warning}\n", "$due"))
        yield Static(
            show(
                "c copies it. Whoever knows it can read this calendar, so give it to that person alone. In Outlook: "
                "Add calendar, From Internet (or Subscribe from web). It answers once the calendars are published: p."
            ),
            classes="dialog--quiet",
        )

    def action_copy_address(self) -> None:
        """Copy the address."""
        self.app.copy_to_clipboard(self.address)
        self.notify("Copied, if this terminal allows it.", markup=False)

    def action_accept(self) -> None:
        """Close."""
        self.dismiss(None)


async def issue(page: Page, row: FeedRow) -> str | None:
    """Give a calendar an address and show it once."""
    from storage.calendars import tokens

    office = page.office
    who, actor, today = row.recipient, office.actor, office.today
    token = await office.desk.call(lambda db: tokens.issue(db, who, actor, today, datetime.now(UTC)))
    await _show_once(page, f"Address of the calendar of {who}", token)
    return None


async def renew(page: Page, row: FeedRow) -> str | None:
    """Put another address in place of the one in use, once that is confirmed, and show it once."""
    from storage.calendars import tokens

    office = page.office
    who, actor, today = row.recipient, office.actor, office.today
    words = (
        f"The address in use for {who} stops working at once, and whoever subscribed with it has to be given the new "
        "one. That cannot be undone."
    )
    if not await answer(page, ConfirmDialog("Give out a new address?", words, yes="Yes, give out a new one")):
        return None
    token = await office.desk.call(lambda db: tokens.rotate(db, who, actor, today, datetime.now(UTC)))
    await _show_once(page, f"New address of the calendar of {who}", token)
    left = await office.desk.call(lambda db: tokens.lingering(db, who))
    return f"The old one's file could not be deleted. {tokens.lingering_words(left)}" if left else None


async def revoke(page: Page, row: FeedRow) -> str | None:
    """Call in every address of a calendar, once that is confirmed."""
    from storage.calendars import tokens

    who = row.recipient
    words = (
        f"Every address of the calendar of {who} stops working at once, and what was published for it is deleted. A "
        "calendar program may go on showing what it read last. That cannot be undone."
    )
    if not await answer(page, ConfirmDialog("Call the address in?", words, yes="Yes, call it in")):
        return None
    ended = await page.office.desk.call(lambda db: tokens.revoke(db, who, datetime.now(UTC)))
    return f"{plural(ended, 'address', 'addresses')} of {who} called in."


async def _show_once(page: Page, title: str, token: str) -> None:
    from storage.calendars.tokens import address

    whole = await page.office.desk.read(council)
    await answer(page, AddressDialog(title, address(whole, token), "" if whole.feed_address else NO_ADDRESS))


# publishing ------------------------------------------------------------------------------------------------------


async def publish_feeds(page: Page) -> str | None:
    """Publish into the council's folder, or into one asked for while there is none; returns what was done."""
    whole = await page.office.desk.read(council)
    folder = Path(whole.feed_folder) if whole.feed_folder else await _ask_folder(page)
    if folder is None:
        return None

    async def task(job: Job) -> str:
        return await page.office.desk.call(lambda db: _publish(db, page, folder, job))

    return await under_way(page, "Publishing calendars", f"Into {folder}", task)


async def _ask_folder(page: Page) -> Path | None:
    from tui.dialogs.form import Field, Form

    given: list[Path] = []

    async def save(values: dict[str, Any]) -> None:
        folder = typed(values["folder"], "folder")
        if not folder.is_absolute():
            raise BadInput("Write the whole path.", field="folder")
        given.append(folder)

    about = "A folder that a web server gives out, and that cannot be listed. S, then Feeds, keeps it for next time."
    await answer(page, Form("Publish into", [Field("folder", "Folder", required=True)], save, about=about))
    return given[-1] if given else None


def _publish(database: Database, page: Page, folder: Path, job: Job) -> str:
    from storage.calendars.publishing import publish

    today, now = page.office.today, datetime.now(UTC)
    done = publish(database, folder, today, now=now, progress=reporting(job), stopped=job.cancelled)
    said = [published_words(done), *published_remarks(done)]
    if not done.files and not done.unchanged:
        said.append("Nobody has an address yet: n gives one out.")
    return " ".join(said)
