"""Coverage: which open cases supervision has reached, those furthest behind their policy first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from domain.core.dates import show_day
from domain.core.text import plural
from storage.database.connection import Connection
from storage.people.in_use import counted_words
from storage.people.staff import names
from storage.people.teams import team_or_first
from storage.supervision.coverage import Discussed, covered, discussed
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import show
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.columns import Column
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.records.unit import Unit

NOBODY = "nobody"
ORIGIN = (
    "Intervals come from packs (almoner list discussion-interval). No national figure was found: each is a council's "
    "or a starting point."
)


class CoverageScreen(Page):
    """When each open case of a team was last discussed in supervision."""

    CSS_PATH = "coverage_screen.tcss"
    AREA = "supervision"
    BINDINGS: ClassVar[list[BindingType]] = bindings("raise-case", "why", "choose-team")

    def __init__(self) -> None:
        super().__init__()
        self._people: Mapping[str, str] = {}

    def _holder(self, row: Discussed) -> str:
        return self._people.get(row.worker or "", row.worker or NOBODY)

    @property
    def grid(self) -> Grid[Discussed]:
        """The list."""
        return self.query_one(Grid)

    def body(self) -> ComposeResult:
        """The counts, the list, and whose figures they are."""
        yield Static("", id="counts")
        yield Grid("coverage", columns(self._holder), key=lambda row: row.case, empty="There are no open cases here.")
        yield Static(show(ORIGIN), id="origin")

    async def load(self) -> None:
        """Read the cases of the team and show them."""
        wanted, today = self.office.team, self.office.today
        read = await self.office.desk.read(lambda conn: _read(conn, wanted, today))
        team, found, self._people, counted = read
        self.title_with(f"Cases discussed in supervision: {team or 'no team yet'}")
        self.query_one("#counts", Static).update(show("\n".join(one for one in (_counts(found), counted) if one)))
        self.grid.show_rows(found)

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the case."""
        if row := self.grid.current:
            self.app.push_screen(page("case", row.case))

    def action_raise_case(self) -> None:
        """Put the case on the next agenda of whoever holds it."""
        if row := self.grid.current:
            case, who = row.case, self.look.worker(self._holder(row), row.worker)
            self.act(lambda unit: _raise(unit, case, who))

    def action_why(self) -> None:
        """Show how the marked case stands and by which policy."""
        if row := self.grid.current:
            self.app.push_screen(WhyDialog(_working(row)))


def _raise(unit: Unit, case: str, who: str) -> str:
    from storage.supervision.acts.agenda import raise_case

    raise_case(unit, case)
    return f"{case} stands on the next agenda of {who}. Press u to take that back."


def _read(
    conn: Connection, wanted: str | None, today: date
) -> tuple[str | None, Sequence[Discussed], Mapping[str, str], str]:
    """Read the open cases of the team wanted, of the first one when none was chosen yet, and the workers' names."""
    team = team_or_first(conn, wanted)
    found = discussed(conn, today, team=team) if team else []
    return team, found, names(conn), counted_words(conn, [team] if team else [])


def _counts(found: Sequence[Discussed]) -> str:
    count = covered(found)
    parts = (f"● {count.late} late", f"◐ {count.due} due in a week", f"{count.never} never discussed")
    return f"{count.cases} open: {', '.join(parts)}, {count.no_policy} without a policy"


def _working(row: Discussed) -> Working:
    last = "never" if row.days is None else f"{plural(row.days, 'day')} ago"
    policy = "no interval for its pathways" if row.policy is None else f"within {plural(row.policy, 'day')}"
    steps: list[tuple[str, str, date | None]] = [
        ("Last discussed", last, row.on),
        ("Opened", f"waits {plural(row.known, 'day')} by now", row.opened),
        ("Policy", f"{policy}; of several, the shortest", None),
    ]
    if row.policy is not None:
        late = f"{plural(row.behind, 'day')} over" if row.behind > 0 else f"{plural(-row.behind, 'day')} left"
        steps.append(("So", late, None))
    counts = "Counted from the last held session in which something was said about it; what was parked does not count."
    return Working(f"{row.case}, discussed in supervision", counts, steps, remarks=[ORIGIN])


def columns(holder: Callable[[Discussed], str]) -> list[Column[Discussed]]:
    """The list's columns, those that give way first marked highest; ``holder`` names who holds a case."""
    return [
        Column("case", "Case", lambda r: r.case, least=8, most=14),
        Column("name", "Name", lambda r: r.name, lambda r, k: k.plain(k.served(r.name, r.case)), names="served",
               gives_way=2, most=20),
        Column("worker", "Held by", holder, lambda r, k: k.plain(k.worker(holder(r)) if r.worker else NOBODY),
               names="worker", whose=lambda r: r.worker, least=10, most=20),
        Column("on", "Last discussed", lambda r: r.on, lambda r, k: k.plain(_day(r, k)), least=10),
        Column("days", "Days", lambda r: r.days, right=True),
        Column("policy", "Policy", lambda r: r.policy, right=True, gives_way=1),
        Column("state", "State", lambda r: r.state, _state, least=16, stretch=True, most=24),
        Column("raised", "Agenda", lambda r: "raised" if r.raised else "", gives_way=1),
    ]  # fmt: skip


def _day(row: Discussed, look: Look) -> str:
    return "never" if row.on is None else show_day(row.on, look.today)


def _state(row: Discussed, look: Look) -> Text:
    match row.state:
        case "late":
            return look.mark("late", f"{plural(row.behind, 'day')} over")
        case "due":
            return look.mark("due", f"{plural(-row.behind, 'day')} left")
        case "new":
            return look.mark("ahead", "never discussed")
        case _:
            return look.mark("held", "" if row.policy else "no policy")
