"""calendar: due dates and sessions as files that Outlook and others read, and what they would show."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import plural
from tui.commandline import printing
from tui.commandline.context import DONE, Context
from tui.commandline.progress import Ticker

if TYPE_CHECKING:
    from pathlib import Path

    from storage.calendar.files import Written
    from tui.calendar.calendar_page import Agenda, Happening
    from tui.commandline.parser import Commands, Parser

# The modules that declare the other commands of the group.
_MODULES = ("tui.calendar.commands.settings", "tui.calendar.commands.feeds", "tui.calendar.commands.mail")
_FILE = ("recipient", "path", "events", "changed")
_ALIKE = "✓ as before"  # said of an entry that is neither new nor changed
_MORE = "More, program by program: docs/outlook.md"


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    calendar = commands.group("calendar")
    export = calendar.add("export", run_export, "write calendar files (iCalendar)", json=True)
    _declare_export(export)
    preview = calendar.add("preview", run_preview, "show what a calendar would hold; writes nothing", json=True)
    preview.add_argument("worker", metavar="WORKER", nargs="?", help="whose: staff id or name")
    preview.add_argument("--team", metavar="NAME", help="the calendar of each worker of a team, and the team's own")
    for module in _MODULES:
        import_module(module).declare(calendar)


def _declare_export(export: Parser) -> None:
    export.add_argument("--worker", metavar="STAFF_ID", help="one worker's calendar; --output is a file")
    export.add_argument("--team", metavar="NAME", help="a file for each worker of a team; --output is a folder")
    export.add_argument(
        "--shared", action="store_true", help="with --team: the team's own calendar; --output is a file"
    )
    export.add_argument("--output", metavar="PATH", help="the file or folder to write")
    export.may_overwrite()
    export.add_argument("--changed", action="store_true", help="only what is new or changed since the last export")
    export.add_argument("--event", metavar="KEY", help="one entry alone, by its key (see: calendar preview)")
    export.add_argument(
        "--cancelled", action="store_true", help="a file to withdraw each entry that ended: NAME, NAME-2 ..."
    )


# export ----------------------------------------------------------------------------------------------------------


def run_export(context: Context) -> int:
    """Write the files and say which."""
    from storage.calendar.files import export

    given = context.options
    _refuse_clashes(context)
    ticker = Ticker("Writing calendars")
    written = export(
        context.database,
        _targets(context),
        context.today,
        now=context.clock.now(),
        changed_only=given.changed,
        only_key=given.event,
        cancelled=given.cancelled,
        overwrite=given.overwrite,
        progress=ticker,
    )
    ticker.stop()
    if context.form == "json":
        files = [as_record(file) for file in written]
        printing.put_json({"files": files})
    else:
        _tell(context, written)
    return DONE


def _refuse_clashes(context: Context) -> None:
    given = context.options
    if given.changed and (given.cancelled or given.event is not None):
        raise BadInput("--changed goes with neither --event nor --cancelled.", field="--changed")
    if given.shared and not given.team:
        raise BadInput("--shared: name the team.", field="--shared", hint="Add --team NAME.")
    if given.event is not None and given.team and not given.shared:
        raise BadInput("--event: name the worker whose entry it is, or add --shared.", field="--event")


def as_record(file: Written) -> dict[str, Any]:
    """Return what JSON says of a file."""
    return printing.fields(file, _FILE)


def in_a_line(file: Written) -> str:
    """Return whose file it is and how much is in it."""
    return f"{file.recipient}: {plural(file.events, 'entry', 'entries')}, {file.changed} new or changed"


def _tell(context: Context, written: list[Written]) -> None:
    """Name the files, then say in a line what Outlook does with them."""
    from tui.calendar.calendar_text import CANCELLED, large

    if context.options.cancelled:
        for file in written:
            printing.put(f"{file.recipient}: withdraws {file.what}")
            printing.put(f"  {file.path}")
        printing.say(f"Outlook: {CANCELLED}" if written else "Nothing is to be withdrawn: no file was written.")
        return
    for file in written:
        printing.put(in_a_line(file))
        printing.put(f"  {file.path}")
    printing.say(_advice(context, written))
    if warning := large(written):
        printing.say(warning)


def _advice(context: Context, written: list[Written]) -> str:
    from tui.calendar.calendar_text import CHANGED, NOTHING_NEW, ONE, WHOLE

    if all(file.events == 1 for file in written):
        return f"Outlook: {ONE}"
    if not context.options.changed:
        return f"Outlook: {WHOLE} {_MORE}"
    return f"Outlook: {CHANGED}" if any(file.events for file in written) else NOTHING_NEW


def _targets(context: Context) -> list[tuple[str, Path]]:
    from storage.calendar.recipients import team_recipient, team_targets
    from storage.files.outgoing import Outgoing
    from storage.files.paths import typed

    given = context.options
    if bool(given.worker) == bool(given.team):
        raise BadInput("Name either a worker or a team.", field="--worker", hint="See: almoner calendar export --help")
    output = typed(given.output or "", "--output", "Add --output FILE (for a team: FOLDER).")
    if given.worker:
        return [(context.the_worker(given.worker), output)]
    team = context.the_team(given.team)
    if given.shared:
        return [(team_recipient(team), output)]
    targets = team_targets(context.reader, team, output, context.today)
    if not targets:
        raise BadInput(f"Nobody works in {team}.", field="--team", hint="See: almoner list worker")
    Outgoing(context.database.path).ready_folder(output)
    return targets


# preview ---------------------------------------------------------------------------------------------------------


def run_preview(context: Context) -> int:
    """Show what each calendar would hold, compared with its last file."""
    from storage.calendar.effective_choices import Wishes
    from storage.calendar.status import preview
    from tui.calendar.calendar_page import agenda_of

    now, recipients = context.clock.now(), _recipients(context)
    shown = [
        agenda_of(preview(context.database, recipient, context.today, now), "file", Wishes())
        for recipient in recipients
    ]
    if context.form == "json":
        printing.put_json({"calendars": [_as_json(agenda) for agenda in shown]})
        return DONE
    for number, agenda in enumerate(shown):
        if number:
            printing.put()
        _show(agenda)
    return DONE


def _recipients(context: Context) -> list[str]:
    from storage.calendar.recipients import with_calendars

    given = context.options
    if bool(given.worker) == bool(given.team):
        raise BadInput("Name either a worker or a team.", field="worker", hint="See: almoner calendar preview --help")
    if given.worker:
        return [context.the_worker(given.worker)]
    team = context.the_team(given.team)
    return [one.staff_id for one in with_calendars(context.reader, context.today, team)]


def _show(agenda: Agenda) -> None:
    from tui.calendar.calendar_text import tally

    printing.put(f"{agenda.recipient}: {tally(agenda)}")
    rows = ((*_cells(one), _state(agenda, one), one.key) for one in agenda.happenings)
    printing.table(("Day", "Time", "Entry", "Reminds", "Against the last file", "Key"), rows)


def _cells(one: Happening) -> tuple[str, str, str, str]:
    reminds = f"{show_day(one.alarm.date())} {one.alarm:%H:%M}" if one.alarm else "–"
    return show_day(one.on), one.at or "all day", one.entry.reminder.summary, reminds


def _state(agenda: Agenda, one: Happening) -> str:
    from tui.calendar.calendar_text import MARKS

    words, _ = MARKS[one.mark or ("" if agenda.said else "new")]
    return words or _ALIKE


def _as_json(agenda: Agenda) -> dict[str, Any]:
    alike = "current" if agenda.said else "new"
    return {
        "recipient": agenda.recipient,
        "entries": [{**_record(one), "state": one.mark or alike} for one in agenda.standing],
        "withdrawn": [_record(one) for one in agenda.marked("going")],
    }


def _record(one: Happening) -> dict[str, Any]:
    reminder = one.entry.reminder
    return {
        "key": reminder.key,
        "kind": reminder.kind,
        "on": reminder.day,
        "starts_at": reminder.starts_at,
        "minutes": reminder.minutes or None,
        "summary": reminder.summary,
        "rings_at": reminder.rings,
        "sequence": one.entry.sequence,
    }
