"""calendar mail, calendar outbox: due dates and sessions as meeting requests, and the messages that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.dates import LONDON
from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, PROBLEMS, Context, as_text
from tui.commandline.progress import Ticker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.calendar.mail.delivery import Delivered
    from storage.calendar.mail.outbox import OutboxLine
    from storage.calendar.mail.queue import Queued
    from tui.commandline.parser import Commands

_CHANGES = ("retry", "drop")
_NEXT = "almoner calendar mail"
_COLUMNS = ("id", "recipient", "what", "on", "method", "sequence", "state", "attempts", "next_at", "fault")
_FIELDS = ("id", "recipient", "key", "what", "on", "method", "sequence", "state", "made_at", "attempts", "next_at",
           "sent_at", "fault")  # fmt: skip


def declare(calendar: Commands) -> None:
    """Declare the commands about mail within ``calendar``."""
    mail = calendar.add("mail", run_mail, "mail what is new, changed or withdrawn as meeting requests", json=True)
    mail.add_argument("--dry-run", metavar="FOLDER", help="write the messages as .eml files there; send nothing")
    mail.may_overwrite()
    mail.add_argument("--worker", metavar="STAFF_ID", help="of one worker")
    outbox = calendar.add("outbox", run_outbox, "calendar mail that waits, was sent or failed", json=True)
    outbox.add_argument("change", nargs="?", metavar="retry|drop", help="try a message again, or give it up")
    outbox.add_argument("id", nargs="?", metavar="ID", help="which message; retry takes: all")
    outbox.add_argument("--state", metavar="STATE", help="waiting, sending, sent, failed, gone or dropped")


# mail ------------------------------------------------------------------------------------------------------------


def run_mail(context: Context) -> int:
    """Queue what is still to be sent and deliver it; as a dry run, write it into a folder."""
    recipients = _recipients(context)
    if context.options.dry_run is not None:
        return _rehearse(context, recipients)
    from storage.calendar.effective_choices import council
    from storage.calendar.mail.delivery import deliver
    from storage.calendar.mail.queue import queue
    from storage.calendar.mail.smtp import SmtpSender, server_of

    server = server_of(council(context.reader))
    if server.warning:
        printing.say(server.warning)
    now = context.clock.now()
    queued = queue(context.database, context.today, now=now, recipients=recipients, progress=Ticker("Preparing"))
    _say_how_long(context)
    ticker = Ticker("Sending")
    delivered = deliver(context.database, SmtpSender(server), now=context.clock.now(), progress=ticker)
    ticker.stop()
    return _told(context, queued, delivered)


def _say_how_long(context: Context) -> None:
    """Say beforehand that a slow pace takes a while, and that stopping loses nothing."""
    from storage.calendar.effective_choices import council
    from storage.calendar.mail.outbox import ready

    pace = council(context.reader).mail_per_minute
    waiting = ready(context.reader, context.clock.now())
    if waiting > pace:
        minutes = plural(-(-waiting // pace) - 1, "minute")
        printing.say(
            f"{waiting:,} messages at {pace:,} a minute take about {minutes}. Ctrl-C stops: the rest leaves next time."
        )


def _recipients(context: Context) -> list[str] | None:
    """Return the worker asked for, who must have chosen mail; None for all who did."""
    from storage.calendar.effective_choices import choices

    if not context.options.worker:
        if not any(own.by_mail for own in choices(context.reader).values()):
            printing.say(
                "Nobody has chosen calendar mail. Switch it on: almoner calendar settings WORKER --by-mail yes"
            )
        return None
    worker = context.the_worker(context.options.worker)
    own = choices(context.reader).get(worker)
    if own is None or not own.by_mail:
        hint = f"Switch it on: almoner calendar settings {worker} --by-mail yes"
        raise BadInput(f"{worker} has not chosen calendar mail.", field="--worker", hint=hint)
    return [worker]


def _rehearse(context: Context, recipients: Sequence[str] | None) -> int:
    from storage.calendar.mail.queue import dry_run
    from storage.files.paths import typed
    from storage.opening import rehearsed

    given = context.options
    folder = typed(given.dry_run, "--dry-run", f"Name a folder: {_NEXT} --dry-run FOLDER")
    now = context.clock.now()
    database = context.database
    with rehearsed(database):
        paths, queued = dry_run(
            database, folder, context.today, now=now, recipients=recipients, overwrite=given.overwrite
        )
    if context.form == "json":
        printing.put_json({**_counts(queued), "files": [str(path) for path in paths], **_problems(queued)})
        return PROBLEMS if queued.problems else DONE
    from tui.calendar.calendar_text import queued_words

    printing.put(f"{queued_words(queued)} written; nothing was sent, and nothing marked.")
    if paths:
        printing.put(f"  {folder}")
    return _complain(queued)


def _told(context: Context, queued: Queued, delivered: Delivered) -> int:
    bad = bool(delivered.failed or delivered.trouble)
    if context.form == "json":
        counts = printing.fields(delivered, ("sent", "failed", "waiting"))
        answer = {**_counts(queued), **counts, "trouble": delivered.trouble or None, **_problems(queued)}
        printing.put_json(answer)
        return PROBLEMS if bad or queued.problems else DONE
    from tui.calendar.calendar_text import delivered_words, queued_words

    printing.put(f"{queued_words(queued)} put into the outbox.")
    printing.put(delivered_words(delivered))
    if delivered.trouble:
        printing.say(f"{delivered.trouble} What waits leaves next time: {_NEXT}")
    if delivered.failed:
        printing.say("See which and why: almoner calendar outbox --state failed")
    return max(_complain(queued), PROBLEMS if bad else DONE)


def _counts(queued: Queued) -> dict[str, Any]:
    return printing.fields(queued, ("requests", "cancels"))


def _problems(queued: Queued) -> dict[str, Any]:
    return {"problems": [printing.fields(one, ("recipient", "message")) for one in queued.problems]}


def _complain(queued: Queued) -> int:
    for problem in queued.problems:
        printing.say(str(problem))
    return PROBLEMS if queued.problems else DONE


# outbox ----------------------------------------------------------------------------------------------------------


def run_outbox(context: Context) -> int:
    """List the outbox, or try one message of it again or give it up."""
    if context.options.change is not None:
        return _change(context)
    from storage.calendar.mail.outbox import STATES, outbox

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
    from storage.calendar.mail.outbox import drop, retry

    change, given = context.options.change, context.options.id or ""
    if change not in _CHANGES:
        hint = "Write: almoner calendar outbox retry ID, or drop ID."
        raise BadInput(f"{as_text(change)!r} is neither retry nor drop.", field="outbox", hint=hint)
    if (change, given) == ("retry", "all"):
        return _retry_all(context)
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        raise BadInput(f"{change}: name a message by its number.", field="id", hint="See: almoner calendar outbox")
    number = int(given)
    if change == "retry":
        retry(context.database, number, context.clock.now())
    else:
        drop(context.database, number)
    if context.form == "json":
        printing.put_json({"id": number, "state": "waiting" if change == "retry" else "dropped"})
    else:
        says = f"leaves with the next delivery: {_NEXT}" if change == "retry" else "was given up"
        printing.put(f"Message {number} {says}.")
    return DONE


def _retry_all(context: Context) -> int:
    from storage.calendar.mail.outbox import retry_all

    count = retry_all(context.database, context.clock.now())
    if context.form == "json":
        printing.put_json({"retried": count})
    else:
        printing.put(f"{plural(count, 'message')} that failed will be tried with the next delivery: {_NEXT}.")
    return DONE


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    """Return a message as a person reads it: when it is tried next, in London time."""
    at = line["next_at"]
    waits = at and line["state"] == "waiting"
    return {**line, "next_at": f"{at.astimezone(LONDON):%d %b %H:%M}" if waits else None}


def _line(line: OutboxLine) -> dict[str, Any]:
    sent_at = line.sent_at if line.state == "sent" else None
    return printing.fields(line, _FIELDS) | {"sent_at": sent_at}
