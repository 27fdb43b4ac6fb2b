"""calendar: due dates and sessions as files that Outlook and others read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import BadInput
from domain.text import clean_line, plural
from tui import printing
from tui.commandline.context import DONE, Context

if TYPE_CHECKING:
    from tui.cli import Commands


def declare(commands: Commands) -> None:
    """Declare the commands of this group."""
    calendar = commands.group("calendar")
    export = calendar.add("export", run_export, "write calendar files (iCalendar)", json=True)
    export.add_argument("--worker", metavar="STAFF_ID", help="one worker's, into the file --output")
    export.add_argument("--team", metavar="NAME", help="a file each of a team, into the folder --output")
    export.add_argument("--output", metavar="PATH", help="the file or folder to write")
    export.add_argument("--changed", action="store_true", help="only what is new or changed since the last export")
    from tui.commandline.calendarmail import declare as declare_mail

    declare_mail(calendar)


def run_export(context: Context) -> int:
    """Write the files and say which."""
    from storage.calendars.files import export

    given = context.options
    written = export(
        context.database,
        _targets(context),
        context.today,
        now=datetime.now(UTC),
        changed_only=given.changed,
    )
    if context.form == "json":
        files = [
            {"recipient": w.recipient, "path": str(w.path), "events": w.events, "changed": w.changed} for w in written
        ]
        printing.put_json({"files": files})
        return DONE
    for file in written:
        printing.put(f"{file.recipient}: {plural(file.events, 'entry', 'entries')}, {file.changed} new or changed")
        printing.put(f"  {file.path}")
    return DONE


def _targets(context: Context) -> list[tuple[str, Path]]:
    from storage.calendars.recipients import team_targets
    from storage.exports.atomic import ready_folder

    given = context.options
    if bool(given.worker) == bool(given.team):
        raise BadInput("Name either a worker or a team.", field="--worker", hint="See: almoner calendar export --help")
    output = _output(given.output)
    if given.worker:
        return [(context.the_worker(given.worker), output)]
    team = context.the_team(given.team)
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
