"""Evidence for the next grade: what each criterion asks for, what there is, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import plural
from domain.learning.frameworks import known, meant
from domain.learning.progression import Row
from storage.database.connection import Connection
from storage.learning.progression import Progress, progress
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import Look, in_words
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.columns import Column
from tui.grid.grid import Grid

EXAMPLE = "Example criteria, put together from what several councils publish: set your own in a pack."
WORDS = {"held": "met", "due": "begun", "late": "empty"}
GLYPHS = {"held": "held", "due": "due", "late": "unset"}


class ProgressionScreen(CaseActions):
    """One worker's evidence by criterion."""

    AREA = "learning"
    DEFAULT_CSS = """
    ProgressionScreen Grid { height: 1fr; }
    ProgressionScreen VerticalScroll { height: 9; padding: 0 1; background: $surface; border-top: solid $edge; }
    ProgressionScreen #example { height: auto; margin: 0 1; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("record", "why")

    def __init__(self, worker: str) -> None:
        super().__init__()
        self.worker = worker
        self._found: Progress | None = None
        self._titles: dict[str, str] = {}
        self._kinds: dict[str, tuple[str, ...]] = {}

    @property
    def grid(self) -> Grid[Row]:
        """The criteria."""
        return self.query_one(Grid)

    def body(self) -> ComposeResult:
        """Lay out a note on whose criteria they are, the criteria, and the evidence for the marked one."""
        yield Static("", id="example")
        yield Grid("progression", columns(), key=lambda row: row.criterion, empty="No progression leads on from here.")
        with VerticalScroll(can_focus=False):
            yield Static("", id="evidence")

    async def load(self) -> None:
        """Read the evidence and show it."""
        worker, today = self.worker, self.office.today
        found, self._titles, self._kinds, why = await self.office.desk.read(lambda conn: _read(conn, worker, today))
        self._found = found
        self.query_one("#example", Static).update(show(_said(found) if found else why))
        name = self.look.worker(found.name, worker) if found else worker
        self.title_with(f"{name}: {found.title if found else 'progression'}")
        self.grid.show_rows(found.rows if found else ())
        self._show(self.grid.current)

    def _show(self, row: Row | None) -> None:
        lines = [] if row is None else _evidence(row, self._titles, self.look)
        self.query_one("#evidence", Static).update(Content("\n").join(lines))

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._show(event.row)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_why()

    def action_record(self) -> None:
        """Add evidence for the marked criterion."""
        from tui.learning.forms.evidence_form import evidence_for

        if row := self.grid.current:
            choices = [Choice(code, self._titles.get(code, code)) for code in row.domains]
            self.do(evidence_for(self, self.worker, row, self._kinds.get(row.criterion, ()), choices))

    def action_why(self) -> None:
        """Show what the marked criterion asks for, and who set it."""
        if (row := self.grid.current) and self._found:
            self.app.push_screen(WhyDialog(_working(row, self._found, self._titles)))


def _read(
    conn: Connection, worker: str, today: date
) -> tuple[Progress | None, dict[str, str], dict[str, tuple[str, ...]], str]:
    """Return a worker's progress, titles of capabilities and the kinds each criterion takes; or why there is none."""
    packs = Packs(conn)
    titles = {code: one.words for code, one in known(packs.all("framework").values()).items()}
    try:
        found = progress(conn, worker, today)
    except BadInput as error:
        return None, titles, {}, str(error)
    criteria = packs.get("progression", found.progression)["criteria"]
    return found, titles, {one["id"]: tuple(one["kinds"]) for one in criteria}, ""


def _said(found: Progress) -> str:
    panel = f"Panel {show_day(found.panel)}. " if found.panel else "No panel day is set. "
    lacking = len(found.gaps)
    gaps = f"{plural(lacking, 'criterion lacks', 'criteria lack')} evidence. " if lacking else "Nothing is missing. "
    return panel + gaps + (EXAMPLE if found.example else "")


def _evidence(row: Row, titles: dict[str, str], look: Look) -> list[Content]:
    lines = [show(row.title, "bold")]
    if row.missing:
        lines.append(show("Still empty: " + "; ".join(meant_words(code, titles) for code in row.missing), "$muted"))
    for one in row.evidence:
        seen = f", seen by {look.worker(one.seen_by)}" if one.seen_by else ""
        lines.append(show(f"✓ {show_day(one.on, look.today)}  {one.title} ({in_words(one.kind)}{seen})"))
    return lines if len(lines) > 1 else [*lines, show("Nothing yet: r adds evidence.", "$muted")]


def meant_words(code: str, titles: dict[str, str]) -> str:
    """Return a capability's title, or its id where no framework knows it."""
    return titles.get(code) or meant(code, {}).words


def _working(row: Row, found: Progress, titles: dict[str, str]) -> Working:
    pieces = f"{plural(row.needs, 'piece')} asked for" + (", one for each capability" if row.domains else "")
    steps: list[tuple[str, str, date | None]] = [
        ("Asks for", pieces, None),
        ("There is", plural(len(row.evidence), "piece"), None),
        ("Missing", str(row.gap) if row.gap else "nothing", None),
        *(("Empty", meant_words(code, titles), None) for code in row.missing),
    ]
    remarks = [f"\n{text}" for text in (row.note, found.note, EXAMPLE if found.example else "") if text]
    counts = (
        "Evidence that names this criterion counts; so does evidence of its kinds and capabilities that names none."
    )
    return Working(row.title, counts, steps, remarks=remarks)


def columns() -> list[Column[Row]]:
    """Return the columns; in a narrow window the newest evidence goes first."""
    return [
        Column("state", "State", lambda r: WORDS[r.state], _state, least=8),
        Column("criterion", "Criterion", lambda r: r.title, least=24, most=70, stretch=True),
        Column("there", "There", lambda r: r.there, right=True),
        Column("needs", "Asked", lambda r: r.needs, right=True),
        Column("newest", "Newest", lambda r: max((e.on for e in r.evidence), default=None), gives_way=2),
    ]


def _state(row: Row, look: Look) -> Text:
    return look.mark(GLYPHS[row.state], WORDS[row.state])
