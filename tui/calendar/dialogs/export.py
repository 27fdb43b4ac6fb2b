"""Saving calendars as files: for the team or for one, whole or only what is new, one entry, or what went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, OptionList, Static

from domain.core.text import plural, slug
from storage.calendar.files import export
from storage.calendar.recipients import team_of, team_targets
from storage.files.outgoing import AlreadyThere, Outgoing
from storage.files.paths import typed
from tui.calendar.calendar_text import CANCELLED, CHANGED, NOTHING_NEW, ONE, WHOLE, large, title
from tui.calendar.dialogs.long_work import reporting, under_way, usual_folder
from tui.core.choice import Choice
from tui.core.text import line, show
from tui.dialogs.ask import answer
from tui.dialogs.choose import Picker
from tui.dialogs.replacing import replacing

if TYPE_CHECKING:
    from pathlib import Path

    from storage.calendar.files import Written
    from storage.records.database import Database
    from tui.calendar.calendar_grids import CalendarGrid
    from tui.calendar.calendar_page import Agenda, CalendarLine, Happening
    from tui.core.page import Page
    from tui.core.storage_thread import Job

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
    asked = ExportChoice(
        team if whose == "team" else None, marked.recipient, kind, entry.key if entry else None, folder
    )
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
class ExportChoice:
    """What is to be saved: for a whole ``team`` or for one recipient, of which kind, into which folder."""

    team: str | None
    recipient: str
    kind: str
    key: str | None
    folder: Path
    overwrite: bool = False

    def targets(self, database: Database, page: Page) -> list[tuple[str, Path]]:
        """Return who gets which file."""
        ending = KINDS[self.kind].ending
        if self.team is None:
            named = slug(f"team-{team_of(self.recipient)}" if team_of(self.recipient) else self.recipient)
            return [(self.recipient, self.folder / f"{named}{ending}.ics")]
        found = team_targets(database.reader(), self.team, self.folder, page.office.today)
        return [(who, path.with_name(f"{path.stem}{ending}.ics")) for who, path in found]


async def _save(page: Page, asked: ExportChoice) -> str | None:
    return await replacing(page, lambda overwrite: _saved(page, replace(asked, overwrite=overwrite)))


async def _saved(page: Page, asked: ExportChoice) -> str | None:
    there: list[AlreadyThere] = []

    async def task(job: Job) -> str:
        try:
            written = await page.office.desk.call(lambda db: _write(db, page, asked, job))
        except AlreadyThere as found:  # to be asked about once the progress is out of the way
            there.append(found)
            return ""
        return said(written, asked.folder)

    done = await under_way(page, "Saving calendars", f"Into {asked.folder}", task)
    if there:
        raise there[0]
    return done


def _write(database: Database, page: Page, asked: ExportChoice, job: Job) -> list[Written]:
    Outgoing(database.path).ready_folder(asked.folder)
    return export(
        database,
        asked.targets(database, page),
        page.office.today,
        now=database.clock.now(),
        changed_only=asked.kind == "changed",
        only_key=asked.key if asked.kind == "entry" else None,
        cancelled=asked.kind == "gone",
        overwrite=asked.overwrite,
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
