"""Points: whether cases come to weigh more month by month, which are to be weighed again, and which lie dormant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.dates import MONTHS
from domain.core.enums import PATHWAY_TITLES
from domain.core.hundredths import from_hundredths
from storage.load.history.points_history import Inflation, inflation
from storage.load.to_weigh import REASONS, DormantCase, WeighDue, dormant, weigh_due
from storage.people.teams import team_or_first
from storage.records.database import Database
from tui.core.keys import bindings
from tui.core.look import Look, hundredths
from tui.core.screens import page
from tui.core.text import show
from tui.due.case_actions import CaseActions
from tui.grid.columns import Column
from tui.grid.grid import Grid

DORMANT = "Dormant"
_PATHWAYS = {str(pathway): title for pathway, title in PATHWAY_TITLES.items()} | {"": "All together"}
_BLOCKS = "▁▂▃▄▅▆▇█"


class ToLookAt(NamedTuple):
    """A case to look at: why, since when, and what it weighs."""

    case: str
    name: str
    pathway: str
    worker: str
    why: str
    what: str
    since: date
    last: date | None
    points: int
    staff_id: str | None

    @property
    def key(self) -> str:
        """What tells this line from the others: a case may be dormant and to be weighed."""
        return f"{self.case}:{self.why == DORMANT}"


class Found(NamedTuple):
    """What the screen shows."""

    team: str
    months: Sequence[Inflation]
    cases: Sequence[ToLookAt]


class PointsScreen(CaseActions):
    """The points of one team's cases."""

    CSS_PATH = "points_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("weigh", "points", "choose-team")
    AUTO_FOCUS: ClassVar[str | None] = "#points-cases Sheet"

    def body(self) -> ComposeResult:
        """The means by month, what they are, and the cases to look at."""
        yield Grid(
            "points-months",
            month_columns(),
            key=lambda row: row.pathway,
            last=lambda row: not row.pathway,
            empty="Nothing has been weighed yet: weigh a case below with l.",
        )
        yield Static("", id="points-about")
        yield Grid(
            "points-cases",
            case_columns(),
            key=lambda row: row.key,
            empty="Every case has been weighed since anything changed, and none lies dormant.",
        )

    @property
    def cases(self) -> Grid[ToLookAt]:
        """The cases to look at."""
        return self.query_one("#points-cases", Grid)

    async def load(self) -> None:
        """Read the team's points and show them."""
        wanted, today = self.office.team, self.office.today
        found = await self.office.desk.call(lambda database: read_points(database, wanted, today))
        self.title_with(f"Points: {found.team or 'no team yet'}")
        self.query_one("#points-about", Static).update(show(_about(found), "$muted"))
        self.query_one("#points-months", Grid).show_rows(found.months)
        self.cases.show_rows(found.cases)

    @on(Grid.Opened, "#points-cases")
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("case", event.row.case))

    @on(Grid.Opened, "#points-months")
    def _narrowed(self, event: Grid.Opened) -> None:
        """Show the cases of one pathway alone."""
        pathway = _PATHWAYS[event.row.pathway]
        self.cases.narrow(f'pathway:"{pathway}"' if event.row.pathway else "")

    def _with_case(self, do: Callable[[str], object]) -> None:
        row = self.cases.current
        if row is not None:
            do(row.case)

    def action_weigh(self) -> None:
        """Answer the weighting questions for the marked case."""
        self._with_case(self.weigh_case)

    def action_points(self) -> None:
        """Show how the marked case was weighed over time."""
        self._with_case(lambda case: self.app.push_screen(page("case-points", case)))


def read_points(database: Database, wanted: str | None, today: date) -> Found:
    """Read a team's points; of the first team when none was chosen yet."""
    conn = database.reader()
    team = team_or_first(conn, wanted)
    if not team:
        return Found("", (), ())
    cases = [*map(_to_weigh, weigh_due(conn, team, today)), *map(_quiet, dormant(conn, team, today))]
    return Found(team, inflation(conn, team, today), cases)


def _to_weigh(one: WeighDue) -> ToLookAt:
    (first, *_), on, points = one.reasons, one.weighed_on, one.points
    who = one.case, one.name, one.pathway, one.worker_name
    return ToLookAt(*who, REASONS[first.why], first.what, first.since, on, points, one.worker)


def _quiet(one: DormantCase) -> ToLookAt:
    who = one.case, one.name, one.pathway, one.worker_name
    return ToLookAt(*who, DORMANT, "", one.since, one.last_on, one.counts, one.worker)


def _about(found: Found) -> str:
    quiet = sum(one.why == DORMANT for one in found.cases)
    counts = f"{len(found.cases) - quiet} to be weighed, {quiet} dormant"
    return f"{counts}. Above: means at each month's end, the last of them today's, under the scheme as it is now."


def month_columns() -> list[Column[Inflation]]:
    """The columns of the means by month, those that give way first marked highest."""
    return [
        Column("pathway", "Pathway", lambda r: _PATHWAYS[r.pathway], least=12, most=28),
        Column("then", "First", _first, lambda r, look: _two(_first(r), look), right=True, gives_way=2),
        Column("trend", "Month by month", lambda r: r.change, draw_wide=_trend, least=12, most=24, stretch=True),
        Column("now", "Today", _now, lambda r, look: _two(_now(r), look), right=True),
        Column("change", "Change", lambda r: from_hundredths(r.change), _change, right=True, least=6),
        Column("cases", "Cases", lambda r: r.months[-1].cases, lambda r, look: look.number(r.months[-1].cases),
               right=True, gives_way=1),
        Column("month", "From", lambda r: f"{MONTHS[r.months[0].month.month - 1][:3]} {r.months[0].month:%Y}",
               gives_way=3),
    ]  # fmt: skip


def _first(row: Inflation) -> float | None:
    return from_hundredths(next((month.mean for month in row.months if month.mean is not None), None))


def _now(row: Inflation) -> float | None:
    return from_hundredths(row.months[-1].mean)


def _two(points: float | None, look: Look) -> Text:
    return look.plain("–" if points is None else f"{points:.2f}", right=True)


def _change(row: Inflation, look: Look) -> Text:
    return look.plain("–" if row.change is None else f"{row.change / 100:+.2f}", right=True)


def _trend(row: Inflation, look: Look, width: int) -> Text:
    """Draw the means, from half the first month's to one and a half times it."""
    means = [month.mean for month in row.months][-max(width, 1) :]
    first = next((mean for mean in means if mean), None)
    return look.plain("".join(" " if mean is None or not first else _block(mean / first) for mean in means))


def _block(ratio: float) -> str:
    return _BLOCKS[min(max(int((ratio - 0.5) * len(_BLOCKS)), 0), len(_BLOCKS) - 1)]


def case_columns() -> list[Column[ToLookAt]]:
    """The columns of the cases to look at, those that give way first marked highest."""
    return [
        Column("case", "Case", lambda r: r.case, least=8, most=18),
        Column("name", "Name", lambda r: r.name, _name, names="served", gives_way=2, most=24),
        Column("why", "Why", lambda r: r.why, _why, least=18, most=60, stretch=True),
        Column("since", "Since", lambda r: r.since, least=10),
        Column("last", "Last", lambda r: r.last, lambda r, look: look.since(r.last), gives_way=4),
        Column("points", "Points", lambda r: r.points / 100,
               lambda r, look: look.plain(hundredths(r.points), right=True), right=True, gives_way=1),
        Column("worker", "Worker", lambda r: r.worker, names="worker", whose=lambda r: r.staff_id,
               gives_way=3, most=24),
        Column("pathway", "Pathway", lambda r: _PATHWAYS.get(r.pathway, r.pathway), gives_way=5, most=24),
    ]  # fmt: skip


def _name(row: ToLookAt, look: Look) -> Text:
    return look.plain("" if look.no_names else row.name)


def _why(row: ToLookAt, look: Look) -> Text:
    words = f"{row.why}: {row.what}" if row.what else row.why
    return look.mark("unset", words) if row.why == DORMANT else look.mark("due", words)
