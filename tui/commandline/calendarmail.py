"""calendar mail, calendar outbox: due dates and sessions as meeting requests, and what has still to leave."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from domain.dates import LONDON
from domain.errors import BadInput
from domain.text import plural
from tui import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text
from tui.commandline.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.calendars.delivery import Delivered
    from storage.calendars.outbox import OutboxLine
    from storage.calendars.queueing import Queued
    from tui.cli import Commands

_DEEDS = ("retry", "drop")
_NEXT = "almoner calendar mail"
_COLUMNS = ("id", "recipient", "what", "on", "method", "sequence", "state", "attempts", "next_at", "fault")


def declare(calendar: Commands) -> None:
    """Declare the commands about mail within ``calendar``."""
    mail = calendar.add("mail", run_mail, "mail what is new, changed or withdrawn as meeting requests", json=True)
    mail.add_argument("--dry-run", metavar="FOLDER", help="write the messages as .eml files there; send nothing")
    mail.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    outbox = calendar.add("outbox", run_outbox, "calendar mail that waits, was sent or failed", json=True)
    outbox.add_argument("deed", nargs="?", metavar="retry|drop", help="try a message again, or give it up")
    outbox.add_argument("id", nargs="?", metavar="ID", help="which message; retry takes: all")
    outbox.add_argument("--state", metavar="STATE", help="waiting, sending, sent, failed, gone or dropped")


# mail ------------------------------------------------------------------------------------------------------------


def run_mail(context: Context) -> int:
    """Queue what mail has not said yet and deliver it; as a dry run write it into a folder."""
    recipients = _recipients(context)
    if context.options.dry_run is not None:
        return _rehearse(context, recipients)
    from storage.calendars.delivery import deliver
    from storage.calendars.queueing import queue
    from storage.calendars.smtp import SmtpSender, server_of
    from storage.calendars.wishes import council

    server = server_of(council(context.reader))
    if server.warning:
        printing.say(server.warning)
    now = datetime.now(UTC)
    queued = queue(context.database, context.today, now=now, recipients=recipients, progress=Ticker("Preparing"))
    _say_how_long(context)
    ticker = Ticker("Sending")
    delivered = deliver(context.database, SmtpSender(server), now=datetime.now(UTC), progress=ticker)
    ticker.stop()
    return _told(context, queued, delivered)


def _say_how_long(context: Context) -> None:
    """Say beforehand that a slow pace takes a while, and that stopping loses nothing."""
    from storage.calendars.outbox import ready
    from storage.calendars.wishes import council

    pace = council(context.reader).mail_per_minute
    waiting = ready(context.reader, datetime.now(UTC))
    if waiting > pace:
        minutes = plural(-(-waiting // pace) - 1, "minute")
        printing.say(
            f"{waiting:,} messages at {pace:,} a minute take about {minutes}. Ctrl-C stops: the rest leaves next time."
        )


def _recipients(context: Context) -> list[str] | None:
    """Return the worker asked for, who has to have chosen mail; None for all who did."""
    from storage.calendars.wishes import choices

    if not context.options.worker:
        if not any(own["by_mail"] for own in choices(context.reader).values()):
            printing.say(
                "Nobody has chosen calendar mail. Switch it on: almoner calendar settings WORKER --by-mail yes"
            )
        return None
    worker = context.the_worker(context.options.worker)
    if not choices(context.reader).get(worker, {}).get("by_mail"):
        hint = f"Switch it on: almoner calendar settings {worker} --by-mail yes"
        raise BadInput(f"{worker} has not chosen calendar mail.", field="--worker", hint=hint)
    return [worker]


def _rehearse(context: Context, recipients: Sequence[str] | None) -> int:
    from storage.calendars.queueing import dry_run
    from storage.paths import typed

    folder = typed(context.options.dry_run, "--dry-run", f"Name a folder: {_NEXT} --dry-run FOLDER")
    now = datetime.now(UTC)
    paths, queued = dry_run(context.database, folder, context.today, now=now, recipients=recipients)
    if context.form == "json":
        printing.put_json({**_counts(queued), "files": [str(path) for path in paths], **_problems(queued)})
        return PROBLEMS if queued.problems else DONE
    from tui.calendarwords import queued_words

    printing.put(f"{queued_words(queued)} written; nothing was sent, and nothing marked.")
    if paths:
        printing.put(f"  {folder}")
    return _complain(queued)


def _told(context: Context, queued: Queued, delivered: Delivered) -> int:
    bad = bool(delivered.failed or delivered.trouble)
    if context.form == "json":
        counts = {"sent": delivered.sent, "failed": delivered.failed, "waiting": delivered.waiting}
        answer = {**_counts(queued), **counts, "trouble": delivered.trouble or None, **_problems(queued)}
        printing.put_json(answer)
        return PROBLEMS if bad or queued.problems else DONE
    from tui.calendarwords import delivered_words, queued_words

    printing.put(f"{queued_words(queued)} put into the outbox.")
    printing.put(delivered_words(delivered))
    if delivered.trouble:
        printing.say(f"{delivered.trouble} What waits leaves next time: {_NEXT}")
    if delivered.failed:
        printing.say("See which and why: almoner calendar outbox --state failed")
    return max(_complain(queued), PROBLEMS if bad else DONE)


def _counts(queued: Queued) -> dict[str, Any]:
    return {"requests": queued.requests, "cancels": queued.cancels}


def _problems(queued: Queued) -> dict[str, Any]:
    return {"problems": [{"recipient": p.recipient, "message": p.message} for p in queued.problems]}


def _complain(queued: Queued) -> int:
    for problem in queued.problems:
        printing.say(str(problem))
    return PROBLEMS if queued.problems else DONE


# outbox ----------------------------------------------------------------------------------------------------------


def run_outbox(context: Context) -> int:
    """List the outbox, or try one message of it again or give it up."""
    if context.options.deed is not None:
        return _change(context)
    from storage.calendars.outbox import STATES, outbox

    state = context.options.state
    if state is not None and state not in STATES:
        raise BadInput(f"--state: {as_text(state)!r} is not one of {', '.join(STATES)}.", field="--state")
    lines = [_line(line) for line in outbox(context.reader, state=state)]
    if context.form == "json":
        printing.put_json_list(lines)
    elif not printing.put_rows("table", map(_shown, lines), _COLUMNS, today=context.today):
        printing.say("There is no such message." if state else "The outbox is empty.")
    return DONE


def _change(context: Context) -> int:
    from storage.calendars.outbox import drop, retry

    deed, given = context.options.deed, context.options.id or ""
    if deed not in _DEEDS:
        hint = "Write: almoner calendar outbox retry ID, or drop ID."
        raise BadInput(f"{as_text(deed)!r} is neither retry nor drop.", field="outbox", hint=hint)
    if (deed, given) == ("retry", "all"):
        return _retry_all(context)
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        raise BadInput(f"{deed}: name a message by its number.", field="id", hint="See: almoner calendar outbox")
    number = int(given)
    if deed == "retry":
        retry(context.database, number, datetime.now(UTC))
    else:
        drop(context.database, number)
    if context.form == "json":
        printing.put_json({"id": number, "state": "waiting" if deed == "retry" else "dropped"})
    else:
        says = f"leaves with the next delivery: {_NEXT}" if deed == "retry" else "was given up"
        printing.put(f"Message {number} {says}.")
    return DONE


def _retry_all(context: Context) -> int:
    from storage.calendars.outbox import retry_all

    count = retry_all(context.database, datetime.now(UTC))
    if context.form == "json":
        printing.put_json({"retried": count})
    else:
        printing.put(f"{plural(count, 'message')} that failed will be tried with the next delivery: {_NEXT}.")
    return DONE


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    """Return a message as a person reads it: when it is tried next by the clock on the wall."""
    at = line["next_at"]
    waits = at and line["state"] == "waiting"
    return {**line, "next_at": f"{at.astimezone(LONDON):%d %b %H:%M}" if waits else None}


def _line(line: OutboxLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "recipient": line.recipient,
        "key": line.key,
        "what": line.what,
        "on": line.on,
        "method": line.method,
        "sequence": line.sequence,
        "state": line.state,
        "made_at": line.made_at,
        "attempts": line.attempts,
        "next_at": line.next_at,
        "sent_at": line.sent_at if line.state == "sent" else None,
        "fault": line.fault,
    }
