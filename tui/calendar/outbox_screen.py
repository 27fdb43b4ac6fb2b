"""Outbox: the meeting requests and cancellations that wait, were sent or failed, and why."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.text import plural
from storage.calendar.effective_choices import Council, choices, council
from storage.calendar.mail.outbox import OutboxLine, outbox
from storage.people.staff import names
from tui.calendar.calendar_text import MAIL, agenda_day, local
from tui.calendar.dialogs.mail import again, give_up, rehearse, send
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.page import Page
from tui.core.text import cell, show
from tui.dialogs.message import MessageDialog
from tui.grid.columns import Column
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.database.connection import Connection

EMPTY = "The outbox is empty. m puts into it what is new, changed or withdrawn for those who chose mail (6, e)."
STATES = {
    "failed": ("● failed", "late"),
    "sending": ("◐ sending", "due"),
    "waiting": ("◐ waiting", "due"),
    "sent": ("✓ sent", "held"),
    "dropped": ("– dropped", "unset"),
    "gone": ("– taken back", "unset"),
}
_ORDER = list(STATES)
METHODS = {"REQUEST": "request", "CANCEL": "cancellation"}


@dataclass(frozen=True, slots=True)
class MailRow:
    """One message, with the name of its recipient."""

    line: OutboxLine
    name: str

    @property
    def open(self) -> bool:
        """Whether it can still be tried again or dropped."""
        return self.line.state in {"waiting", "failed"}


class OutboxScreen(Page):
    """The messages of everybody who chose mail, failed ones first."""

    CSS_PATH = "outbox_screen.tcss"
    AREA = "calendar"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "mail-send", "mail-retry", "mail-drop", "mail-dry", "calendar-council"
    )

    def body(self) -> ComposeResult:
        """Sender and server, what Outlook does with the messages, and the list."""
        yield Static("", id="through")
        yield Static(show(f"Outlook: {MAIL}", "$muted"), id="outlook")
        yield Grid("outbox", mail_columns(), key=lambda row: str(row.line.id), empty=EMPTY)

    @property
    def grid(self) -> Grid[MailRow]:
        """The list."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the outbox."""
        rows, whole, chosen = await self.office.desk.read(_read)
        counts = [f"{n} {state}" for state in STATES if (n := sum(row.line.state == state for row in rows))]
        self.title_with(f"Outbox: {', '.join(counts) or 'empty'}")
        self.query_one("#through", Static).update(show(through_words(whole, chosen)))
        self.grid.show_rows(rows)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what needs a message only where it can still be done."""
        if action in {"mail_retry", "mail_drop"}:
            row = self.grid.current if self.is_mounted else None
            return row is not None and row.open
        return super().check_action(action, parameters)

    @on(Grid.Moved)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        row, look = event.row, self.look
        self.app.push_screen(MessageDialog(f"Message {row.line.id}", whole_words(row, look), hint_words(row)))

    @work(exit_on_error=False)
    async def _do(self, doing: Awaitable[str | None]) -> None:
        said = await doing
        self.office.changed()
        if said:
            self.notify(said, markup=False)
        if self.is_current:
            self.read_again()

    def action_mail_send(self) -> None:
        """Queue what is to be sent, and send it."""
        self._do(send(self))

    def action_mail_dry(self) -> None:
        """Write into a folder what would be sent."""
        self._do(rehearse(self))

    def action_mail_retry(self) -> None:
        """Send the marked message again with the next sending."""
        if (row := self.grid.current) is not None:
            self._do(again(self, row.line))

    def action_mail_drop(self) -> None:
        """Give the marked message up."""
        if (row := self.grid.current) is not None:
            self._do(give_up(self, row.line))

    def action_calendar_council(self) -> None:
        """Choose by whom and through which server mail goes."""
        from tui.calendar.dialogs.settings import council_menu

        self._do(council_menu(self))


def _read(conn: Connection) -> tuple[list[MailRow], Council, int]:
    named = names(conn)
    rows = sorted((MailRow(one, named.get(one.recipient, one.recipient)) for one in outbox(conn)), key=_place)
    return rows, council(conn), sum(one.by_mail for one in choices(conn).values())


def through_words(whole: Council, chosen: int) -> str:
    """Return for how many people, from whom and through which server mail goes, or how to set that."""
    server = f"through {whole.mail_host}" if whole.mail_host else "no mail server yet: S, then Mail"
    sender = f"from {whole.organiser}" if whole.organiser else "no organiser yet: S, then Mail"
    people = f"{plural(chosen, 'worker')} chose mail" if chosen else "nobody chose mail yet: e on their calendar"
    return f"{people}   {sender}   {server}"


def mail_columns() -> list[Column[MailRow]]:
    """Return the columns; a narrow window drops them in this order: tries, next, method, day, what."""
    return [
        Column("state", "State", _place, _state, least=9),
        Column("whose", "To", lambda r: r.name, names="worker", whose=lambda r: r.line.recipient, least=12, most=24),
        Column("what", "What", lambda r: r.line.what, gives_way=1, most=34),
        Column("on", "Day", lambda r: r.line.on, _on, gives_way=2),
        Column("method", "As", lambda r: METHODS.get(r.line.method, r.line.method), gives_way=3, most=12),
        Column("fault", "Why", lambda r: r.line.fault, stretch=True, least=16, most=80),
        Column("next", "Leaves or left", _when_day, _when, gives_way=4),
        Column("tries", "Tries", lambda r: r.line.attempts, right=True, gives_way=5),
    ]


def _on(row: MailRow, look: Look) -> Text:
    return cell(agenda_day(row.line.on, look.today) if row.line.on else "–")


def _place(row: MailRow) -> int:
    return _ORDER.index(row.line.state) if row.line.state in _ORDER else len(_ORDER)


def _state(row: MailRow, look: Look) -> Text:
    words, tone = STATES.get(row.line.state, (f"– {row.line.state}", "unset"))
    return cell(words, look.colour(tone))


def _moment(row: MailRow) -> datetime | None:
    """Return when a message left, or when it leaves while it waits."""
    match row.line.state:
        case "sent":
            return row.line.sent_at
        case "waiting":
            return row.line.next_at
        case _:
            return None


def _when_day(row: MailRow) -> date | None:
    at = _moment(row)
    return at.date() if at else None


def _when(row: MailRow, look: Look) -> Text:
    at = _moment(row)
    return cell(local(at, look.today) if at else "–", "" if at else look.colour("muted"))


def whole_words(row: MailRow, look: Look) -> str:
    """Return everything known about a message, one fact a line."""
    one, method = row.line, METHODS.get(row.line.method, row.line.method)
    lines = [
        f"{STATES.get(one.state, (one.state,))[0]}   {method}, sequence {one.sequence}",
        f"To {look.worker(row.name)} ({one.recipient})",
        f"{one.what or 'an entry that is no longer kept'}{f', {agenda_day(one.on, look.today)}' if one.on else ''}",
        f"Made {local(one.made_at, look.today)}, tried {plural(one.attempts, 'time')}",
    ]
    if one.sent_at and one.state != "sent":
        lines.append(f"Handed over {local(one.sent_at, look.today)} without a clear answer: it may have arrived")
    elif one.sent_at:
        lines.append(f"Sent {local(one.sent_at, look.today)}")
    if one.next_at and one.state == "waiting":
        lines.append(f"Leaves from {local(one.next_at, look.today)}")
    if one.fault:
        lines.append(f"\n{one.fault}")
    return "\n".join(lines)


def hint_words(row: MailRow) -> str:
    """Return what can be done about a message."""
    return "r lets it go out with the next sending, D drops it." if row.open else ""
