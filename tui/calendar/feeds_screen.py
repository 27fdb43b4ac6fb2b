"""Feeds: who may read a calendar by its secret address, when it was last read, and publishing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.text import plural
from storage.calendar.effective_choices import Council, council
from storage.calendar.feeds.feed_tokens import TokenLine, tokens
from storage.calendar.recipients import team_of, with_calendars
from storage.calendar.said_entries import exports
from tui.calendar.calendar_page import team_wanted
from tui.calendar.calendar_text import FEED, NOBODY, local, whose
from tui.calendar.dialogs.feeds import issue, publish_feeds, renew, revoke
from tui.calendar.feed_row import FeedRow
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.page import Page
from tui.core.text import cell, show
from tui.dialogs.message import MessageDialog
from tui.grid.columns import Column
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.database.connection import Connection

STATES = {"live": ("✓ in use", "held"), "revoked": ("✗ withdrawn", "late"), "expired": ("– ended", "unset")}
Doing = Callable[[Page, "FeedRow"], Awaitable[str | None]]


class FeedsScreen(Page):
    """The addresses of one team's calendars."""

    CSS_PATH = "feeds_screen.tcss"
    AREA = "calendar"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "new", "feed-renew", "feed-revoke", "feed-publish", "calendar-council", "choose-team"
    )

    def body(self) -> ComposeResult:
        """Where feeds are published, what Outlook does with them, and the list."""
        yield Static("", id="where")
        yield Static(show(f"Outlook: {FEED}", "$muted"), id="outlook")
        yield Grid("feeds", feed_columns(), key=lambda row: row.recipient, empty=NOBODY, last=_of_team)

    @property
    def grid(self) -> Grid[FeedRow]:
        """The list."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read who has an address."""
        wanted, today = self.office.team, self.office.today
        team, rows, whole = await self.office.desk.read(lambda conn: _read(conn, wanted, today))
        live = sum(row.live for row in rows)
        self.title_with(f"Feeds: {plural(live, 'address', 'addresses')} in use", team or "no team yet")
        self.query_one("#where", Static).update(show(where_words(whole)))
        self.grid.show_rows(rows)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs an address only where there is one."""
        row = self.grid.current if self.is_mounted else None
        if action == "new":
            return row is not None and not row.live
        if action in {"feed_renew", "feed_revoke"}:
            return row is not None and row.live
        return super().check_action(action, parameters)

    @on(Grid.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        row, look = event.row, self.look
        hint = "r gives out a new one, D withdraws it." if row.live else "n gives one out."
        self.app.push_screen(MessageDialog(f"Addresses of the calendar of {row.recipient}", history(row, look), hint))

    @work(exit_on_error=False)
    async def _do(self, doing: Doing, row: FeedRow) -> None:
        if said := await doing(self, row):
            self.notify(said, markup=False)
        self.office.changed()
        self.read_again()

    def _with_row(self, doing: Doing) -> None:
        if (row := self.grid.current) is not None:
            self._do(doing, row)

    def action_new(self) -> None:
        """Give the marked calendar an address."""
        self._with_row(issue)

    def action_feed_renew(self) -> None:
        """Give it another address."""
        self._with_row(renew)

    def action_feed_revoke(self) -> None:
        """Make its address stop working."""
        self._with_row(revoke)

    @work(exit_on_error=False)
    async def action_feed_publish(self) -> None:
        """Publish what changed."""
        self._told(await publish_feeds(self))

    @work(exit_on_error=False)
    async def action_calendar_council(self) -> None:
        """Choose where feeds are published and read."""
        from tui.calendar.dialogs.settings import council_menu

        self._told(await council_menu(self))

    def _told(self, said: str | None) -> None:
        if said:
            self.notify(said, markup=False)
            self.office.changed()
            self.read_again()


def _read(conn: Connection, wanted: str | None, today: date) -> tuple[str | None, list[FeedRow], Council]:
    team = team_wanted(conn, wanted, today)
    if team is None:
        return None, [], council(conn)
    published, every = exports(conn, "feed"), tokens(conn, today)
    rows = []
    for one in with_calendars(conn, today, team.name):
        own = [token for token in every if token.recipient == one.staff_id]
        last = published.get(one.staff_id)
        rows.append(FeedRow(one.staff_id, one.name, _latest(own), own, last.at if last else None))
    return team.name, rows, council(conn)


def _latest(own: Sequence[TokenLine]) -> TokenLine | None:
    """Return the address in use, or else the last one there was."""
    return next((one for one in own if one.state == "live"), own[-1] if own else None)


def _of_team(row: FeedRow) -> bool:
    return team_of(row.recipient) is not None


def where_words(whole: Council) -> str:
    """Return the folder that feeds are published into and the address they are read at, or how to set them."""
    folder = whole.feed_folder or "no folder chosen yet"
    address = whole.feed_address or "no web address yet: S, then Feeds"
    return f"Published into {folder}   read at {address}"


def feed_columns() -> list[Column[FeedRow]]:
    """Return the columns; a narrow window drops them in this order: by whom, before, ends, published, given out."""
    return [
        Column(
            "whose",
            "Calendar of",
            lambda r: r.name,
            _whose,
            names="worker",
            whose=lambda r: r.recipient,
            stretch=True,
            least=14,
            most=36,
        ),
        Column("state", "Address", lambda r: _state(r)[0], _state_cell, least=12),
        Column("fetched", "Last read", lambda r: _day(r.token.fetched_at if r.token else None), _fetched, least=12),
        Column("issued", "Given out", lambda r: _day(r.token.issued_at if r.token else None), _issued, gives_way=1),
        Column("published", "Published", lambda r: _day(r.published), _published, gives_way=2),
        Column("ends", "Ends", lambda r: r.token.expires_on if r.token else None, gives_way=3),
        Column("before", "Before", lambda r: max(len(r.every) - 1, 0), right=True, gives_way=4),
        Column("by", "By", lambda r: r.token.issued_by if r.token else "", names="worker", gives_way=5, most=20),
    ]


def history(row: FeedRow, look: Look) -> str:
    """Return when each address of a calendar was given out and read, the latest first, without the address itself."""
    lines = []
    for one in reversed(row.every):
        read = f"last read {local(one.fetched_at, look.today)}" if one.fetched_at else "never read"
        by = look.worker(one.issued_by) or "nobody named"
        lines.append(f"{STATES[one.state][0]}   given out {local(one.issued_at, look.today)} by {by}, {read}")
    return "\n".join(lines) or "It never had one."


def _state(row: FeedRow) -> tuple[str, str]:
    return STATES[row.token.state] if row.token is not None else ("– none", "unset")


def _state_cell(row: FeedRow, look: Look) -> Text:
    words, tone = _state(row)
    return cell(words, look.colour(tone))


def _whose(row: FeedRow, look: Look) -> Text:
    return cell(whose(row.recipient, row.name, look), look.colour("accent") if _of_team(row) else "")


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _fetched(row: FeedRow, look: Look) -> Text:
    if row.token is None:
        return cell("")
    return _moment(row.token.fetched_at, look, "never")


def _issued(row: FeedRow, look: Look) -> Text:
    return _moment(row.token.issued_at if row.token else None, look, "")


def _published(row: FeedRow, look: Look) -> Text:
    return _moment(row.published, look, "never" if row.live else "")


def _moment(at: datetime | None, look: Look, without: str) -> Text:
    return cell(local(at.astimezone(UTC), look.today)) if at else cell(without, look.colour("muted"))
