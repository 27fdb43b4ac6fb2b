"""What an extract would do, list by list, before anything is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.core.text import plural
from storage.importing import apply
from storage.safety.backup import before_import
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.page import Page
from tui.core.storage_thread import Job
from tui.core.text import show
from tui.dialogs.form import CHOICE, Field, Form
from tui.dialogs.progress import ProgressDialog
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.widgets.menu import Menu

if TYPE_CHECKING:
    from storage.importing import Diff
    from storage.records.unit import Unit

GROUPS = {
    "changed": "Changed",
    "closed": "Closed",
    "new": "New",
    "missing": "Missing here",
    "aside": "Set aside",
    "note": "Remarks",
}
TONES = {"changed": "due", "closed": "ahead", "new": "held", "missing": "unverified", "aside": "late", "note": "unset"}
MISSING = "open here, not in this extract; it stays as it is"
HIDDEN = "hidden"

Again = Callable[[dict[str, str]], Awaitable["Diff | None"]]


class Entry(NamedTuple):
    """One line of the preview."""

    number: int
    group: str
    kind: str
    key: str
    field: str = ""
    before: str = ""
    after: str = ""
    personal: bool = False


def entries(diff: Diff) -> Iterator[Entry]:
    """Yield every line: what changes, closes, is new or missing, what was set aside and why, and remarks."""
    for number, found in enumerate(_entries(diff)):
        yield found._replace(number=number)


def _entries(diff: Diff) -> Iterator[Entry]:
    for said in diff.lines():
        after = MISSING if said.change == "missing" else said.after
        field = said.field.replace("_", " ")
        yield Entry(0, said.change, said.kind, said.key, field, said.before, after.replace("_", " "), said.personal)
    for problem in diff.problems:
        place = problem.file + (f" row {problem.row}" if problem.row is not None else "")
        yield Entry(0, "aside", "", place, problem.column, problem.value, problem.message)
    for file, columns in diff.unknown_columns.items():
        yield Entry(0, "note", "columns", file, after=f"not known and left out: {', '.join(columns)}")
    if diff.missing_tables:
        yield Entry(0, "note", "tables", "", after=f"not there: {', '.join(diff.missing_tables)}")
    for note in diff.notes:
        yield Entry(0, "note", "", "", after=note)


def _mark(row: Entry, look: Look) -> Text:
    return Text(GROUPS[row.group], style=look.colour(TONES[row.group]), no_wrap=True, end="")


def _private(value: Callable[[Entry], str]) -> Callable[[Entry, Look], Text]:
    return lambda row, look: look.plain(HIDDEN if row.personal and look.no_names else value(row))


COLUMNS: list[Column[Entry]] = [
    Column("what", "What", lambda r: GROUPS[r.group], _mark, gives_way=2),
    Column("record", "Record or row", lambda r: f"{r.kind} {r.key}".strip(), least=12, most=30),
    Column("field", "Field", lambda r: r.field, least=5, most=16),
    Column("before", "Before", lambda r: r.before, _private(lambda r: r.before), names="served", most=24, gives_way=1),
    Column("after", "After, or why", lambda r: r.after, _private(lambda r: r.after), names="served", least=20, most=60),
]


class PreviewScreen(Page):
    """The difference, a list a group; ctrl+s applies all of it."""

    AREA = "settings"
    CSS_PATH = "preview_screen.tcss"
    AUTO_FOCUS = "#groups"
    BINDINGS: ClassVar[list[BindingType]] = bindings("apply", "clarify")

    def __init__(self, diff: Diff, again: Again) -> None:
        super().__init__()
        self._diff = diff
        self._again = again
        self._entries: list[Entry] = []
        self._group = ""
        self._clarified = False

    def body(self) -> ComposeResult:
        """The counts, the groups, and the lines of the chosen group."""
        yield Static("", id="summary")
        with Horizontal():
            yield Menu(id="groups")
            yield Grid("preview", COLUMNS, key=lambda row: str(row.number), empty="Nothing here.")

    async def load(self) -> None:
        """Show the difference."""
        self.title_with("Import: what would change")
        self._entries = list(entries(self._diff))
        self._show_groups()
        self._show_group()
        rows = self._diff.rows
        counts = f"{plural(rows.read, 'row')} read, {plural(rows.rejected, 'row')} set aside ({self._diff.source})"
        doing = "Nothing here is new or changed." if self._diff.empty else f"{self._diff.summary()}."
        self.query_one("#summary", Static).update(
            Content.assemble(show(f"{counts}."), " ", show(f"{doing[:1].upper()}{doing[1:]}", "bold"))
        )
        self.refresh_bindings()

    def _show_groups(self) -> None:
        counts = dict.fromkeys(GROUPS, 0)
        for entry in self._entries:
            counts[entry.group] += 1
        box = self.query_one("#groups", Menu)
        box.clear_options()
        for group, title in {"": "Everything", **GROUPS}.items():
            count = counts[group] if group else len(self._entries)
            words = Content.assemble(show(title).pad_right(20 - len(title) - len(f"{count:,}")), show(f"{count:,}"))
            box.add_option(Option(words, id=group or "all", disabled=not count))
        box.highlighted = 0

    def _show_group(self) -> None:
        chosen = [e for e in self._entries if e.group == self._group] if self._group else self._entries
        self.query_one(Grid).show_rows(chosen)

    @on(OptionList.OptionHighlighted, "#groups")
    def _group_marked(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        group = "" if event.option_id in (None, "all") else str(event.option_id)
        if group != self._group:
            self._group = group
            self._show_group()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Apply what there is to apply; clarify what is unclear."""
        if action == "apply":
            return not self._diff.empty
        if action == "clarify":
            return bool(self._diff.ambiguities)
        return super().check_action(action, parameters)

    @work(exclusive=True, exit_on_error=False)
    async def action_clarify(self) -> None:
        """Say what unclear headings mean, and look again."""
        unclear = self._diff.ambiguities
        fields = [
            Field(f"heading-{n}", one.heading, CHOICE, options=[Choice(c, c.replace("_", " ")) for c in one.choices])
            for n, one in enumerate(unclear)
        ]

        async def keep(_: dict[str, Any]) -> None:
            """Nothing is written here: the answers go into the next look."""

        said: dict[str, Any] | None = await self.app.push_screen_wait(
            Form("What do these headings mean?", fields, keep)
        )
        if said is None:
            return
        mapping = {one.heading: said[f"heading-{n}"] for n, one in enumerate(unclear) if said[f"heading-{n}"]}
        diff = await self._again(mapping)
        if diff is not None:
            self._diff, self._clarified = diff, True
            self.read_again()

    @property
    def unsaved(self) -> str:
        """What was said of the headings, for an extract that is not applied."""
        return "What you said the headings mean" if self._clarified and not self._diff.empty else ""

    @work(exclusive=True, exit_on_error=False)
    async def action_apply(self) -> None:
        """Write all of it, in one step that can be undone."""
        title, words = "Importing", "Writing what is new and changed, all of it or nothing…"
        said: str | None = await self.app.push_screen_wait(ProgressDialog(title, words, self._apply))
        if said is None:
            return
        self._clarified = False
        self.office.changed()
        self.notify(said, markup=False, timeout=10)
        await self.run_action("app.area('team')")

    async def _apply(self, job: Job) -> str:
        await self.office.desk.call(before_import)

        def write(unit: Unit) -> None:
            apply(unit, self._diff, job.progress, job.cancelled)

        await self.office.desk.run(write)
        rows = self._diff.rows
        aside = f" {plural(rows.rejected, 'row')} set aside." if rows.rejected else ""
        return f"Taken in: {self._diff.summary()}.{aside}"
