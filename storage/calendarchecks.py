"""Checks of what a council and its workers choose for calendars."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.errors import BadInput, NotFound
from domain.text import is_mailbox
from storage.kinds import KINDS

if TYPE_CHECKING:
    from storage.unit import Unit

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")


def of_choice(unit: Unit, fields: Mapping[str, Any], row: Any) -> None:
    """Refuse a worker there is not, a second choice of one worker, and initials where the council shows none."""
    workers, choices = KINDS["worker"].table, KINDS["calendar-choice"].table
    worker = unit.connection.execute(sa.select(workers).where(workers.c.staff_id == fields["worker"])).first()
    if worker is None:
        raise NotFound(f"worker: there is no worker {fields['worker']!r}.", field="worker", hint="almoner list worker")
    other = unit.connection.execute(sa.select(choices.c.id).where(choices.c.worker == fields["worker"])).scalar()
    if other is not None and (row is None or row.id != other):
        raise BadInput(
            f"worker: {fields['worker']} has chosen already.",
            field="worker",
            hint=f"Change it: almoner calendar settings {fields['worker']}, or record calendar-choice {other}.",
        )
    if fields["privacy"] == "initials" and not _initials_allowed(unit):
        raise BadInput(
            "privacy: this council shows no initials in calendars.",
            field="privacy",
            hint="Choose reference or none; the council's own settings can allow initials.",
        )
    if fields["by_mail"] and not is_mailbox(worker.email):
        raise BadInput(
            f"by_mail: {fields['worker']} has no usable e-mail address.",
            field="by_mail",
            hint="Give the worker an address first.",
        )


def of_settings(unit: Unit, fields: Mapping[str, Any], row: Any) -> None:
    """Refuse a second record, initials that are not allowed, and addresses that are none."""
    other = unit.connection.execute(sa.select(KINDS["calendar-settings"].table.c.id)).scalar()
    if other is not None and (row is None or row.id != other):
        raise BadInput("There are calendar settings already.", hint="Change them: almoner calendar settings")
    if fields["privacy"] == "initials" and not fields["initials_allowed"]:
        raise BadInput("privacy: initials are not switched on.", field="privacy", hint="Set initials_allowed as well.")
    if fields["organiser"] and not is_mailbox(fields["organiser"]):
        raise BadInput("organiser: this is not one e-mail address.", field="organiser", hint="calendar@council.example")
    if fields["mail_host"] and not _HOST.fullmatch(fields["mail_host"]):
        raise BadInput("mail_host: this is not the name of a server.", field="mail_host", hint="smtp.council.example")
    address = fields["feed_address"]
    if address and not re.fullmatch(r"https?://[^\s?#@]+", address):
        raise BadInput(
            "feed_address: this is no web address.", field="feed_address", hint="https://calendars.council.example/f"
        )
    if fields["feed_folder"] and not Path(fields["feed_folder"]).is_absolute():
        raise BadInput("feed_folder: write the whole path.", field="feed_folder")


def _initials_allowed(unit: Unit) -> bool:
    return bool(unit.connection.execute(sa.select(KINDS["calendar-settings"].table.c.initials_allowed)).scalar())
