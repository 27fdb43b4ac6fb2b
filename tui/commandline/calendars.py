"""calendar: due dates and sessions as files that Outlook and others read, and what they would show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from domain.dates import show_day
from domain.errors import BadInput
from domain.text import clean_line, plural
from tui import printing
from tui.commandline.context import DONE, Context
from tui.commandline.ticker import Ticker

if TYPE_CHECKING:
    from storage.calendars.entries import Carried, Waiting
    from storage.calendars.files import Written
    from storage.exports.icalendar import Entry
    from tui.cli import Commands, Parser

# The rooms that declare the other commands of the group.
_ROOMS = ("calendarsettings", "feeds", "calendarmail")
_LONDON = ZoneInfo("Europe/London")
_MANY = 500
_GLYPHS = {"new": "◐ new", "changed": "◐ changed", "current": "✓ as exported", "gone": "✗ to be withdrawn"}
_WHOLE = (
    "Outlook: import the file. In your main calendar its reminders ring; in one kept for it alone, which is easier to "
    "empty, they may not. A second import makes second copies in classic Outlook: delete the first, or export "
    "--changed. Nothing is ever taken out by an import. More: docs/outlook.md"
)
_CHANGED = (
    "Outlook: importing adds these beside what is there. Classic Outlook keeps the earlier copy of an entry that "
    "changed: delete that one. What went is not taken out by it: see --cancelled."
)
_NOTHING_NEW = "Nothing is new or changed: an empty calendar was written, which need not be imported."
_ONE = (
    "Outlook: the file opens as one appointment, to be saved; its reminder rings. Opened a second time it makes a "
    "second copy in classic Outlook and on phones."
)
_WITHDRAWN = (
    "Outlook takes one withdrawal a file: open each. It finds the entry by its identity, and may leave one that came "
    "by a file where it is: then delete by hand what is named above."
)
_LARGE = "More than 500 entries are in one file, and some Outlooks refuse so many at once: a feed suits better."


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    calendar = commands.group("calendar")
    export = calendar.add("export", run_export, "write calendar files (iCalendar)", json=True)
    _declare_export(export)
    preview = calendar.add("preview", run_preview, "show what a calendar would hold; writes nothing", json=True)
    preview.add_argument("worker", metavar="WORKER", nargs="?", help="whose: staff id or name")
    preview.add_argument("--team", metavar="NAME", help="of each in a team, and the team's own")
    for room in _ROOMS:
        import_module(f"tui.commandline.{room}").declare(calendar)


def _declare_export(export: Parser) -> None:
    export.add_argument("--worker", metavar="STAFF_ID", help="one worker's, into the file --output")
    export.add_argument("--team", metavar="NAME", help="a file each of a team, into the folder --output")
    export.add_argument("--shared", action="store_true", help="with --team: the team's own, into the file --output")
    export.add_argument("--output", metavar="PATH", help="the file or folder to write")
    export.add_argument("--changed", action="store_true", help="only what is new or changed since the last export")
    export.add_argument("--event", metavar="KEY", help="one entry alone, by its key (see: calendar preview)")
    export.add_argument(
        "--cancelled", action="store_true", help="withdraw what went: a file each (NAME, NAME-2, ...), or none"
    )


# export ----------------------------------------------------------------------------------------------------------


def run_export(context: Context) -> int:
    """Write the files and say which."""
    from storage.calendars.files import export

    given = context.options
    _refuse_clashes(context)
    ticker = Ticker("Writing calendars")
    written = export(
        context.database,
        _targets(context),
        context.today,
        now=datetime.now(UTC),
        changed_only=given.changed,
        only_key=given.event,
        cancelled=given.cancelled,
        progress=ticker,
    )
    ticker.stop()
    if context.form == "json":
        files = [
            {"recipient": w.recipient, "path": str(w.path), "events": w.events, "changed": w.changed} for w in written
        ]
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


def _tell(context: Context, written: list[Written]) -> None:
    """Name the files, then say in a line what Outlook does with them."""
    given = context.options
    if given.cancelled:
        for file in written:
            printing.put(f"{file.recipient}: withdraws {file.what}")
            printing.put(f"  {file.path}")
        printing.say(_WITHDRAWN if written else "Nothing is to be withdrawn: no file was written.")
        return
    for file in written:
        printing.put(f"{file.recipient}: {plural(file.events, 'entry', 'entries')}, {file.changed} new or changed")
        printing.put(f"  {file.path}")
    printing.say(_advice(context, written))
    if any(file.events > _MANY for file in written):
        printing.say(_LARGE)


def _advice(context: Context, written: list[Written]) -> str:
    if all(file.events == 1 for file in written):
        return _ONE
    if not context.options.changed:
        return _WHOLE
    return _CHANGED if any(file.events for file in written) else _NOTHING_NEW


def _targets(context: Context) -> list[tuple[str, Path]]:
    from storage.calendars.recipients import team_recipient, team_targets
    from storage.exports.atomic import ready_folder

    given = context.options
    if bool(given.worker) == bool(given.team):
        raise BadInput("Name either a worker or a team.", field="--worker", hint="See: almoner calendar export --help")
    output = _output(given.output)
    if given.worker:
        return [(context.the_worker(given.worker), output)]
    team = context.the_team(given.team)
    if given.shared:
        return [(team_recipient(team), output)]
    targets = team_targets(context.reader, team, output, context.today)
    if not targets:
        raise BadInput(f"Nobody works in {team}.", field="--team", hint="See: almoner list worker")
    ready_folder(output)
    return targets


def _output(given: str | None) -> Path:
    if not given or "\0" in given:
        raise BadInput("Say where to write.", field="--output", hint="Add --output FILE (for a team: FOLDER).")
    try:
        return Path(given).expanduser()
    except RuntimeError:
        raise BadInput(f"--output: {clean_line(given)[:200]} cannot be found.", field="--output") from None


# preview ---------------------------------------------------------------------------------------------------------


def run_preview(context: Context) -> int:
    """Show what each calendar would hold, against its last file."""
    from storage.calendars.sync import preview

    now = datetime.now(UTC)
    shown = [preview(context.database, recipient, context.today, now) for recipient in _recipients(context)]
    if context.form == "json":
        printing.put_json({"calendars": [_as_json(carried) for carried in shown]})
        return DONE
    for number, carried in enumerate(shown):
        if number:
            printing.put()
        _show(carried)
    return DONE


def _recipients(context: Context) -> list[str]:
    from storage.calendars.recipients import people, team_recipient

    given = context.options
    if bool(given.worker) == bool(given.team):
        raise BadInput("Name either a worker or a team.", field="worker", hint="See: almoner calendar preview --help")
    if given.worker:
        return [context.the_worker(given.worker)]
    team = context.the_team(given.team)
    return [*(person.staff_id for person in people(context.reader, context.today, team)), team_recipient(team)]


def _show(carried: Carried) -> None:
    waiting = carried.waiting("file")
    told = f"{plural(len(carried.current), 'entry', 'entries')}; to a file {len(waiting.new)} new"
    printing.put(f"{carried.recipient}: {told}, {len(waiting.changed)} changed, {len(waiting.gone)} to be withdrawn")
    rows = ((*_cells(entry), _GLYPHS[state], entry.reminder.key) for entry, state in _states(carried, waiting))
    printing.table(("Day", "Time", "Entry", "Rings", "State", "Key"), rows)


def _cells(entry: Entry) -> tuple[str, str, str, str]:
    at, rings = _starts(entry), _rings(entry)
    time = f"{at:%H:%M}" if isinstance(at, datetime) else "all day"
    ringing = f"{show_day(rings.date())} {rings:%H:%M}" if rings else "–"
    return show_day(at.date() if isinstance(at, datetime) else at), time, entry.reminder.summary, ringing


def _states(carried: Carried, waiting: Waiting) -> list[tuple[Entry, str]]:
    """Return every entry by day with its state, what went among them."""
    states = {e.reminder.key: "new" for e in waiting.new} | {e.reminder.key: "changed" for e in waiting.changed}
    found = [(entry, states.get(entry.reminder.key, "current")) for entry in carried.current]
    return sorted([*found, *((entry, "gone") for entry in waiting.gone)], key=_place)


def _place(one: tuple[Entry, str]) -> tuple[str, str]:
    return _starts(one[0]).isoformat(), one[0].reminder.key


def _starts(entry: Entry) -> date | datetime:
    """Return the day, or the time as a clock on the wall has it."""
    reminder = entry.reminder
    if reminder.starts_at is not None:
        return reminder.starts_at.astimezone(_LONDON)
    assert reminder.day is not None
    return reminder.day


def _rings(entry: Entry) -> datetime | None:
    """Return when the alarm rings, by the clock on the wall; a whole day counts from its midnight."""
    minutes, reminder = entry.reminder.alarm_minutes_before, entry.reminder
    if minutes is None:
        return None
    if reminder.starts_at is not None:
        return (reminder.starts_at - timedelta(minutes=minutes)).astimezone(_LONDON)
    assert reminder.day is not None
    return datetime.combine(reminder.day, datetime.min.time()) - timedelta(minutes=minutes)


def _as_json(carried: Carried) -> dict[str, Any]:
    states = _states(carried, carried.waiting("file"))
    return {
        "recipient": carried.recipient,
        "entries": [{**_record(entry), "state": state} for entry, state in states if state != "gone"],
        "withdrawn": [_record(entry) for entry, state in states if state == "gone"],
    }


def _record(entry: Entry) -> dict[str, Any]:
    reminder = entry.reminder
    return {
        "key": reminder.key,
        "kind": reminder.kind,
        "on": reminder.day,
        "starts_at": reminder.starts_at,
        "minutes": reminder.minutes or None,
        "summary": reminder.summary,
        "rings_at": _rings(entry),
        "sequence": entry.sequence,
    }
