"""Checks of what a council and its workers choose for calendars."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from domain.calendar.choices import CalendarChoice, CalendarChoiceFields, CalendarSettings, CalendarSettingsFields
from domain.core.errors import BadInput
from domain.core.text import is_mailbox
from domain.people.people import Worker
from storage.records.checking import there

if TYPE_CHECKING:
    from storage.records.unit import Unit

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")


def of_choice(unit: Unit, fields: CalendarChoiceFields, row: CalendarChoice | None) -> None:
    """Refuse a worker there is not, a second choice of one worker, and initials where the council shows none."""
    worker = there(unit, Worker, fields.worker, "worker")
    other = unit.reader.value("SELECT id FROM calendar_choice WHERE worker = :worker", worker=fields.worker)
    if other is not None and (row is None or row.id != other):
        raise BadInput(
            f"{fields.worker} has chosen already.",
            field="worker",
            where="worker",
            hint=f"Change it: almoner calendar settings {fields.worker}, or record calendar-choice {other}.",
        )
    if fields.privacy == "initials" and not _initials_allowed(unit):
        raise BadInput(
            "this council shows no initials in calendars.",
            field="privacy",
            where="privacy",
            hint="Choose reference or none; the council's own settings can allow initials.",
        )
    if fields.by_mail and not is_mailbox(worker.email):
        raise BadInput(
            f"{fields.worker} has no usable e-mail address.",
            field="by_mail",
            where="by_mail",
            hint="Give the worker an address first.",
        )


def of_settings(unit: Unit, fields: CalendarSettingsFields, row: CalendarSettings | None) -> None:
    """Refuse a second record, initials that are not allowed, and addresses that are none."""
    other = unit.reader.value("SELECT id FROM calendar_settings")
    if other is not None and (row is None or row.id != other):
        raise BadInput("There are calendar settings already.", hint="Change them: almoner calendar settings")
    if fields.privacy == "initials" and not fields.initials_allowed:
        raise BadInput(
            "initials are not switched on.", field="privacy", where="privacy", hint="Set initials_allowed as well."
        )
    if fields.organiser and not is_mailbox(fields.organiser):
        raise BadInput(
            "this is not one e-mail address.", field="organiser", where="organiser", hint="calendar@council.example"
        )
    if fields.mail_host and not _HOST.fullmatch(fields.mail_host):
        raise BadInput(
            "this is not the name of a server.", field="mail_host", where="mail_host", hint="smtp.council.example"
        )
    address = fields.feed_address
    if address and not re.fullmatch(r"https?://[^\s?#@]+", address):
        raise BadInput(
            "this is no web address.",
            field="feed_address",
            where="feed_address",
            hint="https://calendars.council.example/f",
        )
    if fields.feed_folder and not Path(fields.feed_folder).is_absolute():
        raise BadInput("write the whole path.", field="feed_folder", where="feed_folder")


def _initials_allowed(unit: Unit) -> bool:
    return bool(unit.reader.value("SELECT initials_allowed FROM calendar_settings"))
