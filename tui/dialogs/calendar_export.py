"""Saving calendars as files: for the team or for one, whole or only what is new, one entry, or what went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from domain.text import plural, slug
from storage.paths import typed
from tui.calendarwords import CANCELLED, CHANGED, NOTHING_NEW, ONE, WHOLE, large, title
from tui.dialogs.asking import answer
from tui.dialogs.calendar_work import reporting, under_way, usual_folder
from tui.dialogs.choose import Choice, Picker
from tui.text import line, show

if TYPE_CHECKING:
    from pathlib import Path

    from storage.calendars.files import Written
    from storage.database import Database
    from tui.calendarreading import Agenda, CalendarLine, Happening
    from tui.desk import Job
    from tui.screens.base import Page
    from tui.widgets.calendargrids import CalendarGrid

LIST = "list"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: what it adds to a file's name, and what Outlook does with it."""

    ending: str
    outlook: str


KINDS = {
    "changed": Kind("-new", CHANGED),
    "whole": Kind("", WHOLE),
    "entry": Kind("-entry", ONE),
    "gone": Kind("-going", CANCELLED),
}
_TITLES = {"changed": "what is new or changed", "whole": "the whole calendar", "gone": "cancellations"}


class CalendarExportDialog(Picker):
    """Answers which file is wanted, as "team:whole" or "one:entry"; the folder stands in ``folder``."""

    TITLE_WORDS = "Save calendar files"
    DEFAULT_CSS = """
    CalendarExportDialog Input { margin-bottom: 1; }
    """

    def __init__(self, choices: Sequence[Choice], folder: str) -> None:
        super().__init__()
        self._choices = choices
        self.folder = folder

    def body(self) -> ComposeResult:
        """Where to, what, and what Outlook does with it."""
        yield Static(show("Into this folder, which is made when it is not there:", "$muted"))
        yield Input(line(self.folder), select_on_focus=False, compact=True)
        yield OptionList()
        yield Static("", classes="dialog--quiet")
        yield Static("", id="outlook", classes="dialog--quiet")

    def offer(self, letters: str) -> None:
        """Show the choices, whatever is typed in the line above."""
        self.folder = letters or self.folder
        if not self.query_one(OptionList).option_count:
            self.put(self._choices)

    @on(OptionList.OptionHighlighted)
    def _marked(self, event: OptionList.OptionHighlighted) -> None:
        kind = KINDS.get((event.option_id or "").partition(":")[2])
        words = f"\nOutlook: {kind.outlook}" if kind else "\nA table for a spreadsheet or a document."
        self.query_one("#outlook", Static).update(show(words))

    def chosen(self, key: str) -> None:
        """Answer with the choice and keep the folder."""
        self.folder = self.query_one(Input).value.strip()
        self.dismiss(key)


async def export_calendars(
    page: Page,
    grid: CalendarGrid[Any],
    team: str,
    marked: CalendarLine,
    agenda: Agenda,
    entry: Happening | None,
) -> str | None:
    """Ask what to save and where, save it, and return what was done."""
    first = entry is not None and grid.id == "agenda"
    dialog = CalendarExportDialog(_choices(page, marked, agenda, entry, first=first), usual_folder(page))
    chosen = await answer(page, dialog)
    if chosen is None:
        return None
    if chosen == LIST:
        grid.action_export()
        return None
    folder = typed(dialog.folder, "folder", "Write its whole path.")
    page.office.settings.calendar_folder = str(folder)
    whose, _, kind = chosen.partition(":")
    asked = Asked(team if whose == "team" else None, marked.recipient, kind, entry.key if entry else None, folder)
    return await _save(page, asked)


def _choices(page: Page, marked: CalendarLine, agenda: Agenda, entry: Happening | None, *, first: bool) -> list[Choice]:
    whose = title(marked, page.look)
    fresh = [one for one in agenda.standing if one.mark] if agenda.said else agenda.standing
    going = len(agenda.marked("going"))
    team = [Choice(f"team:{kind}", f"Everybody: {_TITLES[kind]}", "a file each") for kind in ("changed", "whole")]
    one = [
        Choice("one:changed", f"{whose}: {_TITLES['changed']}", plural(len(fresh), "entry", "entries")),
        Choice("one:whole", f"{whose}: {_TITLES['whole']}", plural(len(agenda.standing), "entry", "entries")),
    ]
    if going:
        one.append(Choice("one:gone", f"{whose}: {_TITLES['gone']}", plural(going, "entry", "entries")))
    alone = []
    if entry is not None and entry.mark != "going":
        alone = [Choice("one:entry", "The marked entry alone", line(entry.entry.reminder.summary))]
    parts = [*alone, *team, *one] if first else [*team, *one, *alone]
    return [
        *parts,
        Choice("team:gone", f"Everybody: {_TITLES['gone']}", "a file each"),
        Choice(LIST, "This list as a table", "CSV, XLSX, Markdown, clipboard"),
    ]


# saving ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be saved: for a whole ``team`` or for one recipient, of which kind, into which folder."""

    team: str | None
    recipient: str
    kind: str
    key: str | None
    folder: Path

    def targets(self, database: Database, page: Page) -> list[tuple[str, Path]]:
        """Return who gets which file."""
        from storage.calendars.recipients import team_of, team_targets

        ending = KINDS[self.kind].ending
        if self.team is None:
            named = slug(f"team-{team_of(self.recipient)}" if team_of(self.recipient) else self.recipient)
            return [(self.recipient, self.folder / f"{named}{ending}.ics")]
        found = team_targets(database.reader(), self.team, self.folder, page.office.today)
        return [(who, path.with_name(f"{path.stem}{ending}.ics")) for who, path in found]


async def _save(page: Page, asked: Asked) -> str | None:
    async def task(job: Job) -> str:
        written = await page.office.desk.call(lambda db: _write(db, page, asked, job))
        return said(written, asked.folder)

    return await under_way(page, "Saving calendars", f"Into {asked.folder}", task)


def _write(database: Database, page: Page, asked: Asked, job: Job) -> list[Written]:
    from storage.calendars.files import export
    from storage.exports.atomic import ready_folder

    ready_folder(asked.folder)
    return export(
        database,
        asked.targets(database, page),
        page.office.today,
        now=datetime.now(UTC),
        changed_only=asked.kind == "changed",
        only_key=asked.key if asked.kind == "entry" else None,
        cancelled=asked.kind == "gone",
        progress=reporting(job),
        stopped=job.cancelled,
    )


def said(written: Sequence[Written], folder: Path) -> str:
    """Return what was saved, in a line."""
    if not written:
        return "There was nothing to save: no file was written."
    total = sum(one.events for one in written)
    if not total:
        return NOTHING_NEW
    entries = plural(total, "entry", "entries")
    where = f"{entries} in {written[0].path}."
    if len(written) > 1:
        where = f"{plural(len(written), 'file')} with {entries} in {folder}."
    return f"{where} {large(written)}".strip()
