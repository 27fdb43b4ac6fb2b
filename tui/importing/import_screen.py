"""Taking in an extract: choose it, see what it would change, and only then apply it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import DescendantFocus
from textual.widgets import DirectoryTree, Input, Select, Static

from domain.core.errors import BadInput
from storage.files.paths import home, typed
from tui.core.keys import bindings
from tui.core.page import Page
from tui.core.storage_thread import Job
from tui.core.text import cell, line, show
from tui.dialogs.progress import ProgressDialog
from tui.importing.preview_screen import PreviewScreen

if TYPE_CHECKING:
    from storage.importing import Diff

ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}
SOURCES = (
    ("Find out by itself", "auto"),
    ("Standard Safeguarding Dataset (folder)", "ssd"),
    ("SSDA903 return (folder)", "ssda903"),
    ("Caseload spreadsheet (one row a case)", "caseload"),
)


class Files(DirectoryTree):
    """Folders and tables; names of files are data too and are shown literally."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("folder-up")
    ICON_NODE = "▸ "
    ICON_NODE_EXPANDED = "▾ "
    ICON_FILE = "  "

    def action_folder_up(self) -> None:
        """Begin one folder higher."""
        self.path = Path(self.path).absolute().parent

    def process_label(self, label: Any) -> Text:
        """Show a name as it stands, cleaned."""
        return cell(label)

    def filter_paths(self, paths: Iterable[Path]) -> Iterable[Path]:
        """Leave out what cannot be an extract."""
        return [p for p in paths if not p.name.startswith(".") and (p.suffix.lower() in ENDINGS or _is_folder(p))]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


class ImportScreen(Page):
    """Choose a file or folder, say what it is, and look at what it would do."""

    AREA = "settings"
    CSS_PATH = "import_screen.tcss"
    AUTO_FOCUS = "#path"
    BINDINGS: ClassVar[list[BindingType]] = bindings("preview")

    def body(self) -> ComposeResult:
        """The path, the kind of source, the team, and the folders."""
        with Horizontal(classes="import--row"):
            yield Static("File or folder", classes="import--label")
            yield Input(placeholder="type or paste a path, or choose one below", id="path", compact=True)
        with Horizontal(classes="import--row"):
            yield Static("What it is", classes="import--label")
            yield Select(SOURCES, value="auto", allow_blank=False, id="source", compact=True)
        with Horizontal(classes="import--row"):
            yield Static("Team", classes="import--label")
            yield Input(placeholder="for cases whose row names none", id="team", compact=True)
        yield Static("", id="fault")
        yield Files(home())

    async def load(self) -> None:
        """Offer the team on show for cases that name none."""
        self.title_with("Import an extract")
        box = self.query_one("#team", Input)
        box.value = box.value or line(self.office.team)
        path = self.query_one("#path", Input)
        path.value = path.value or self.office.typed.get("import", "")

    @on(Input.Changed, "#path")
    def _typed(self, event: Input.Changed) -> None:
        """Leaving loses no path that was typed: it stands here again next time."""
        self.office.typed["import"] = event.value

    @on(DirectoryTree.FileSelected)
    def _file_chosen(self, event: DirectoryTree.FileSelected) -> None:
        event.stop()
        self.query_one("#path", Input).value = line(event.path)
        self._look_at(event.path)

    @on(DirectoryTree.DirectorySelected)
    def _folder_chosen(self, event: DirectoryTree.DirectorySelected) -> None:
        event.stop()
        self.query_one("#path", Input).value = line(event.path)
        self._say(f"{event.path.name}: press ctrl+s to look at this folder as one extract.", quiet=True)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_preview()

    def on_descendant_focus(self, _: DescendantFocus) -> None:
        """A fault has been read once the person moves on."""
        self.query_one("#fault", Static).set_class(False, "-fault")

    def action_preview(self) -> None:
        """Work out what the extract would change."""
        written = self.query_one("#path", Input).value.strip()
        if not written:
            self._say("Name a file or a folder first.")
            return
        try:
            self._look_at(typed(written, "File or folder"))
        except BadInput as fault:
            self._say(str(fault))

    @work(exclusive=True, exit_on_error=False)
    async def _look_at(self, path: Path) -> None:
        self._say("")
        try:
            diff = await self.plan(path, {})
        except BadInput as error:
            self._say(str(error))
            return
        if diff is not None:
            self.app.push_screen(PreviewScreen(diff, partial(self.plan, path)))

    async def plan(self, path: Path, mapping: dict[str, str]) -> Diff | None:
        """Return what importing ``path`` would do, None when the person stopped waiting."""
        source = str(self.query_one("#source", Select).value)
        team = self.query_one("#team", Input).value.strip() or None
        failed: list[BadInput] = []

        async def task(job: Job) -> Diff | None:
            from storage.importing import plan_import

            today = self.office.today
            ask = partial(
                plan_import, path=path, today=today, source=source, team=team, mapping=mapping, stopped=job.cancelled
            )
            try:
                return await self.office.desk.read(ask)
            except BadInput as error:
                failed.append(error)
                return None

        words = "Reading the extract and comparing it with what is kept…"
        diff: Diff | None = await self.app.push_screen_wait(ProgressDialog("Looking", words, task))
        if failed:
            raise failed[0]
        return diff

    def _say(self, words: str, *, quiet: bool = False) -> None:
        fault = self.query_one("#fault", Static)
        fault.update(show(words))
        fault.set_class(bool(words) and not quiet, "-fault")
