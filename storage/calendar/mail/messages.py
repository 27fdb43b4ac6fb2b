"""Calendar entries as mail that Outlook takes for meeting requests and cancellations (iMIP): one entry a message.

A message is made once and kept as it is: the same words, identities and boundary, byte for byte, each time it is
handed over. Both parts travel in encodings of plain ASCII, so that no gateway has a line to break or an ending to mend.
"""

from __future__ import annotations

import base64
import json
import quopri
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID, uuid5

from domain.core.errors import BadInput
from domain.core.text import clean, clean_line, is_mailbox
from storage.calendar.icalendar import SUMMARY_LIMIT, UID_DOMAIN, Entry, Manner, cancellation, request

if TYPE_CHECKING:
    from domain.calendar.wording import Reminder

Method = Literal["REQUEST", "CANCEL"]

_DESCRIPTION_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class Envelope:
    """Between whom mail goes: the fixed organiser, the worker's own address, and the staff id it is kept under."""

    organiser: str
    address: str
    recipient: str


def check_addresses(post: Envelope) -> None:
    """Refuse an address that is not one mailbox, and a worker who is the organiser: Outlook ignores one's own."""
    if not is_mailbox(post.organiser):
        raise BadInput(
            "calendar mail needs the address it comes from.",
            field="organiser",
            where="organiser",
            hint="Set it: almoner calendar settings --organiser calendar@council.example",
        )
    if not is_mailbox(post.address):
        raise BadInput(
            f"{post.recipient}: there is no usable e-mail address.",
            field="email",
            hint="Give the worker an address, or switch mail off for them.",
        )
    if post.address.casefold() == post.organiser.casefold():
        raise BadInput(
            f"{post.recipient}: the address is the organiser's own, and calendars ignore requests from oneself.",
            field="organiser",
            hint="Use a mailbox of its own as the organiser, such as calendar@council.example.",
        )


def message_id(namespace: UUID, recipient: str, key: str, sequence: int, method: Method) -> str:
    """Return the identity of a message: the same however often it is made, and silent about what it is."""
    return f"<{_identity(namespace, recipient, key, sequence, method)}@{UID_DOMAIN}>"


def _identity(namespace: UUID, recipient: str, key: str, sequence: int, method: Method) -> UUID:
    return uuid5(namespace, "mail:" + json.dumps([recipient, key, sequence, method]))


def compose(
    entry: Entry, method: Method, manner: Manner, post: Envelope, made_at: datetime, first: int | None = None
) -> str:
    """Return the whole message in ASCII with CRLF; ``first`` is the sequence of the first request of this entry.

    Raises BadInput when the addresses will not do.
    """
    from email.utils import format_datetime

    check_addresses(post)
    key = entry.reminder.key
    identity = _identity(manner.namespace, post.recipient, key, entry.sequence, method)
    root = message_id(manner.namespace, post.recipient, key, first, "REQUEST") if first is not None else None
    own = f"<{identity}@{UID_DOMAIN}>"
    boundary = f"=_{identity.hex}"
    lines = [
        f"From: {post.organiser}",
        f"To: {post.address}",
        _subject_line(entry.reminder),
        f"Date: {format_datetime(made_at.replace(microsecond=0))}",
        f"Message-ID: {own}",
        *([f"In-Reply-To: {root}", f"References: {root}"] if root not in (None, own) else []),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",  # Exchange: no notes of absence to the organiser
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        f"--{boundary}",
        *_plain_part(entry.reminder, method),
        f"--{boundary}",
        *_calendar_part(entry, method, manner, post, made_at),
        f"--{boundary}--",
        "",
    ]
    return "\r\n".join(lines)


def _subject_line(reminder: Reminder) -> str:
    """Return the one header that carries free text, encoded and folded; a line break in it would raise ValueError."""
    from email.policy import SMTP

    folded: str = SMTP.fold(*SMTP.header_store_parse("Subject", _subject(reminder)))
    return folded.removesuffix("\r\n")


def _plain_part(reminder: Reminder, method: Method) -> list[str]:
    encoded = quopri.encodestring(_words(reminder, method).encode()).decode("ascii")
    head = ['Content-Type: text/plain; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable", ""]
    return head + encoded.split("\n")


def _calendar_part(entry: Entry, method: Method, manner: Manner, post: Envelope, made_at: datetime) -> list[str]:
    write = request if method == "REQUEST" else cancellation
    data = write(entry, manner, organiser=post.organiser, attendee=post.address, made_at=made_at)
    head = [
        f"Content-Type: text/calendar; method={method}; charset=utf-8; component=VEVENT",
        "Content-Transfer-Encoding: base64",
        "",
    ]
    return head + base64.encodebytes(data).decode("ascii").split("\n")


def _subject(reminder: Reminder) -> str:
    return clean_line(reminder.summary)[:SUMMARY_LIMIT].strip() or "Reminder"


def _words(reminder: Reminder, method: Method) -> str:
    """Return what a reader without a calendar sees: what, when, and where to look."""
    what, when = _subject(reminder), reminder.when
    if method == "CANCEL":
        return f"{what}, {when}: this is withdrawn. It was done, moved to somebody else or cancelled: see Almoner.\n"
    return f"{what}, {when}.\n\n{clean(reminder.description)[:_DESCRIPTION_LIMIT]}\n"
