"""Year planner of a case: what falls when in the next twelve months, month by month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import MONTHS, distance, show_day
from domain.core.enums import SubjectKind
from domain.core.text import plural
from domain.due.year_ahead import month_starts
from storage.due.year_ahead import PlannedLine, case_year
from tui.core.keys import bindings
from tui.core.look import Look, due_state
from tui.core.text import cell
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid

EMPTY = "Nothing falls due on this case in the next twelve months."
IF_HELD = "if held on time"
UNDATED = "no date"


@dataclass(frozen=True, slots=True)
class YearRow:
    """A line of the planner; ``month`` is said on the first of each month's lines only."""

    key: str
    line: PlannedLine
    month: str = ""


class PlannerScreen(CaseActions):
    """The year ahead of one case."""

    CSS_PATH = "year_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("why")

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference

    def body(self) -> ComposeResult:
        """How many in each month, and the lines."""
        yield Static(id="months")
        yield Grid("planner", planner_columns(), key=lambda row: row.key, empty=EMPTY)

    @property
    def grid(self) -> Grid[YearRow]:
        """The lines."""
        return self.query_one(Grid)

    def on_mount(self) -> None:
        """Begin with the whole year in order of day."""
        self.grid.narrow("")
        self.grid.state.sort = ""

    async def load(self) -> None:
        """Work out the year and show it."""
        reference, today = self.reference, self.office.today
        lines = await self.office.desk.call(lambda database: case_year(database, reference, today))
        self.title_with(f"Year planner: {reference}")
        self.query_one("#months", Static).update(_months(lines, today))
        self.grid.show_rows(rows_of(lines, today))

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_why()

    def action_why(self) -> None:
        """Show the working behind the date under the cursor, or say what it hangs on."""
        row = self.grid.current
        if row is None:
            return
        if row.line.if_held:
            self.notify("Not made yet: it comes then if each one before it is held on its due date.", markup=False)
        else:
            self.why(SubjectKind.CASE.value, self.reference, row.line.series, row.line.cycle)


def rows_of(lines: Sequence[PlannedLine], today: date) -> list[YearRow]:
    """Return the lines as rows, each month named on its first."""
    rows, last = [], ""
    for number, line in enumerate(lines):
        month = month_of(line.legal_due, today)
        rows.append(YearRow(line.id or f"{line.series}:{line.cycle}:{number}", line, month if month != last else ""))
        last = month
    return rows


def month_of(day: date | None, today: date) -> str:
    """Return the name of the group a day stands in: a month, what is overdue, or what has no date."""
    if day is None:
        return UNDATED
    return "Overdue" if day < today else f"{MONTHS[day.month - 1]} {day.year}"


def _months(lines: Iterable[PlannedLine], today: date) -> Content:
    """Write the months with how many fall into each, those only foretold among them."""
    numbers: dict[str, int] = {}
    foretold = 0
    for line in lines:
        name = month_of(line.legal_due, today)
        numbers[name] = numbers.get(name, 0) + 1
        foretold += line.if_held
    names = [f"{MONTHS[first.month - 1]} {first.year}" for first in month_starts(today)]
    heads = [name[:3].rjust(5) for name in names]
    figures = [(str(numbers[name]) if name in numbers else "·").rjust(5) for name in names]
    late = f"  ● {numbers['Overdue']} overdue" if "Overdue" in numbers else ""
    said = f"{plural(foretold, 'date')} {IF_HELD}: each before it held on its due date" if foretold else ""
    return Content.assemble(
        Content.styled("".join(heads), "$muted"),
        "\n",
        Content.styled("".join(figures), "bold"),
        "\n",
        Content.styled(late, "$late"),
        Content.styled(f"  {said}", "$muted"),
    )


def planner_columns() -> list[Column[YearRow]]:
    """Return the columns; the distance goes first in a narrow window, then what it is planned for."""
    return [
        Column("month", "Month", lambda r: r.line.legal_due, _month, least=8),
        Column("due", "Due", lambda r: r.line.legal_due, _due, least=12),
        Column("what", "What", lambda r: r.line.title, _what, stretch=True, least=20, most=60),
        Column("state", "State", lambda r: IF_HELD if r.line.if_held else "open", _state, least=15),
        Column("plan", "Plan by", _plan_by, _plan, gives_way=1, least=10),
    ]


def _month(row: YearRow, look: Look) -> Text:
    return cell(row.month, f"bold {look.colour('late' if row.month == 'Overdue' else 'accent')}")


def _due(row: YearRow, look: Look) -> Text:
    day = row.line.legal_due
    if day is None:
        return look.mark("unset")
    return cell(
        show_day(day, look.today), look.colour("muted" if row.line.if_held else due_state(day, look.today).name)
    )


def _what(row: YearRow, look: Look) -> Text:
    found = cell(row.line.title, look.colour("muted") if row.line.if_held else "")
    if not row.line.verified:
        found.append("  ").append_text(look.mark("unverified"))
    return found


def _state(row: YearRow, look: Look) -> Text:
    if row.line.if_held:
        return cell(f"◇ {IF_HELD}", look.colour("muted"))
    day = row.line.legal_due
    found = due_state(day, look.today)
    return look.mark(found.name, distance(day, look.today) if day else "")


def _plan_by(row: YearRow) -> date | None:
    return row.line.plan_by if row.line.plan_by != row.line.legal_due else None


def _plan(row: YearRow, look: Look) -> Text:
    day = _plan_by(row)
    return look.day(day) if day else cell("")
