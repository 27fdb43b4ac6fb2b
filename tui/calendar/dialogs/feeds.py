"""Addresses of feeds: given out and shown once, renewed, withdrawn; and publishing into the folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.errors import BadInput
from domain.core.text import plural
from storage.calendar.effective_choices import council
from storage.calendar.feeds import feed_tokens
from storage.calendar.feeds.feed_files import publish
from storage.calendar.feeds.feed_tokens import address as feed_address
from storage.files.paths import typed
from tui.calendar.calendar_text import published_remarks, published_words
from tui.calendar.dialogs.long_work import reporting, under_way
from tui.core.dialog import Notice
from tui.core.keys import bindings
from tui.core.text import laid, show
from tui.dialogs.ask import answer
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import Field, Form

if TYPE_CHECKING:
    from storage.records.database import Database
    from tui.calendar.feed_row import FeedRow
    from tui.core.page import Page
    from tui.core.storage_thread import Job

NO_ADDRESS = "The council's web address is not set yet (S, then Feeds): this is the end of the address alone."


class AddressDialog(Notice):
    """A new address, this once."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("copy-address")
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
            yield Static(laid("{warning}\n", "$due", warning=self._warning))
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


async def issue(page: Page, row: FeedRow) -> str | None:
    """Give a calendar an address and show it once."""
    office = page.office
    who, actor, today = row.recipient, office.actor, office.today
    token = await office.desk.call(lambda db: feed_tokens.issue(db, who, actor, today, db.clock.now()))
    await _show_once(page, f"Address of the calendar of {who}", token)
    return None


async def renew(page: Page, row: FeedRow) -> str | None:
    """Put another address in place of the one in use, once that is confirmed, and show it once."""
    office = page.office
    who, actor, today = row.recipient, office.actor, office.today
    words = (
        f"The address in use for {who} stops working at once, and whoever subscribed with it has to be given the new "
        "one. That cannot be undone."
    )
    if not await answer(page, ConfirmDialog("Give out a new address?", words, yes="Yes, give out a new one")):
        return None
    token = await office.desk.call(lambda db: feed_tokens.rotate(db, who, actor, today, db.clock.now()))
    await _show_once(page, f"New address of the calendar of {who}", token)
    left = await office.desk.call(lambda db: feed_tokens.lingering(db, who))
    return f"The old one's file could not be deleted. {feed_tokens.lingering_words(left)}" if left else None


async def revoke(page: Page, row: FeedRow) -> str | None:
    """Withdraw every address of a calendar, once that is confirmed."""
    who = row.recipient
    words = (
        f"Every address of the calendar of {who} stops working at once, and what was published for it is deleted. A "
        "calendar program may go on showing what it read last. That cannot be undone."
    )
    if not await answer(page, ConfirmDialog("Withdraw the address?", words, yes="Yes, withdraw it")):
        return None
    ended = await page.office.desk.call(lambda db: feed_tokens.revoke(db, who, db.clock.now()))
    return f"{plural(ended, 'address', 'addresses')} of {who} withdrawn."


async def _show_once(page: Page, title: str, token: str) -> None:
    whole = await page.office.desk.read(council)
    await answer(page, AddressDialog(title, feed_address(whole, token), "" if whole.feed_address else NO_ADDRESS))


# publishing ------------------------------------------------------------------------------------------------------


async def publish_feeds(page: Page) -> str | None:
    """Publish into the council's folder, or into one asked for while there is none; returns what was done."""
    whole = await page.office.desk.read(council)
    folder = typed(whole.feed_folder, "folder") if whole.feed_folder else await _ask_folder(page)
    if folder is None:
        return None

    async def task(job: Job) -> str:
        return await page.office.desk.call(lambda db: _publish(db, page, folder, job))

    return await under_way(page, "Publishing calendars", f"Into {folder}", task)


async def _ask_folder(page: Page) -> Path | None:
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
    today, now = page.office.today, database.clock.now()
    done = publish(database, folder, today, now=now, progress=reporting(job), stopped=job.cancelled)
    said = [published_words(done), *published_remarks(done)]
    if not done.files and not done.unchanged and not done.refused:
        said.append("Nobody has an address yet: n gives one out.")
    return " ".join(said)
