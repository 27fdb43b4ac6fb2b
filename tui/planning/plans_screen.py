"""The saved plans of a team: open one, set two beside each other, begin a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from storage.people.staff import names as staff_names
from storage.planning.saved_plans import SavedLine, compare, saved, saved_plans
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import Look, hundredths, percent
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import cell
from tui.dialogs.ask import answer
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.confirm import ConfirmDialog
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.columns import Column
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from tui.planning.plan_text import Who

EMPTY = "No plan is saved yet. Press n to work one out; S keeps it."


class PlansScreen(Page):
    """The list of plans."""

    AREA = "plan"
    BINDINGS: ClassVar[list[BindingType]] = bindings("new-plan", "compare", "delete-plan")

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, str] = {}

    def _called(self, worker: str | None) -> str:
        """Return how a worker is called: by surname, or by initials while names stay hidden."""
        name = self._names.get(worker or "", worker or "")
        return self.look.worker(name) if self.office.no_names else name.partition(",")[0]

    def body(self) -> ComposeResult:
        """The list."""
        yield Grid(
            "plans", plan_columns(self._called), key=lambda row: row.name, sort="made", descending=True, empty=EMPTY
        )

    @property
    def grid(self) -> Grid[SavedLine]:
        """The plans."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the plans and show them."""
        team = self.office.team or None
        self._names = await self.office.desk.read(staff_names)
        self.grid.show_rows(await self.office.desk.read(lambda conn: saved_plans(conn, team)))
        self.title_with(f"Plans: {team or 'every team'}")

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        self.app.push_screen(page("scenario", event.row.name))

    def action_new_plan(self) -> None:
        """Begin a plan."""
        self.app.push_screen(page("scenario"))

    @work(exit_on_error=False)
    async def action_delete_plan(self) -> None:
        """Delete the marked plan; what was applied from it stays."""
        from storage.planning.acts import drop

        if (row := self.grid.current) is None:
            return
        words = f"{row.name} goes from this list. What was applied from it stays; u brings the plan back."
        if await answer(self, ConfirmDialog("Delete this plan?", words, yes="Yes, delete it")):
            self.act(lambda unit: f"Deleted {drop(unit, row.name).record.name}.")

    @work(exit_on_error=False)
    async def action_compare(self) -> None:
        """Set the marked plan beside another."""
        row = self.grid.current
        if row is None:
            return
        others = [Choice(one.name, one.name, percent(one.highest)) for one in self.grid.found if one.name != row.name]
        other = await answer(self, ChooseDialog(f"{row.name} beside which?", others, nothing="There is no other plan."))
        if other:
            no_names = self.office.no_names
            shown = await self.office.desk.read(lambda conn: beside(conn, row.name, other, no_names=no_names))
            self.app.push_screen(WhyDialog(shown))


def beside(conn: Connection, one: str, other: str, *, no_names: bool) -> Working:
    """Return two plans beside each other, in words."""
    from tui.planning import plan_text

    plans = [saved(conn, name).proposal for name in (one, other)]
    found = compare(*plans)
    first, second = (plan_text.naming(conn, plan, no_names=no_names) for plan in plans)
    steps: list[tuple[str, str, Any]] = [
        (side.key.capitalize(), f"{_figure(side.key, side.one)}  |  {_figure(side.key, side.other)}", None)
        for side in found.figures
    ]
    steps += [(first(side.key), f"{percent(side.one)}  |  {percent(side.other)}", None) for side in found.people]
    steps += [
        (
            side.key,
            f"{first(side.one) if side.one else 'stays'}  |  {second(side.other) if side.other else 'stays'}",
            None,
        )
        for side in found.cases
    ]
    same = [] if found.cases else ["Both give the same cases to the same people."]
    return Working("Two plans", f"{one}  |  {other}", steps, remarks=same)


def _figure(key: str, value: Any) -> str:
    from tui.planning import plan_text

    if key == "highest":
        return percent(value)
    if key in ("cost", "bound"):
        return plan_text.points_of_cost(value)
    return hundredths(value) if key == "shortfall" else str(value)


def plan_columns(who: Who) -> list[Column[SavedLine]]:
    """Return the columns; who made it goes first in a narrow window."""
    return [
        Column("name", "Name", lambda r: r.name, most=40, least=16),
        Column("about", "What for", lambda r: _about(r, who), stretch=True, least=20, most=70),
        Column("moves", "Moves", lambda r: r.moves, right=True, gives_way=3),
        Column("highest", "Highest", lambda r: None if r.highest is None else r.highest / 10, _highest, right=True),
        Column("sure", "How sure", _sure, gives_way=2),
        Column("blocked", "Stuck", lambda r: r.blocked, lambda r, k: k.number(r.blocked), right=True, gives_way=4),
        Column("made", "Made", lambda r: r.made_on, gives_way=1),
        Column("applied", "Applied", lambda r: r.applied_on, _applied, least=10),
        Column("by", "By", lambda r: r.made_by, gives_way=5, names="worker"),
    ]


def _about(row: SavedLine, who: Who) -> str:
    from domain.planning.scenarios import Scenario
    from tui.planning import plan_text

    return plan_text.about(Scenario.model_validate(row.scenario), who, row.made_on)


def _sure(row: SavedLine) -> str:
    from tui.planning import plan_text

    return plan_text.how_sure(row.proven, row.gap_percent)


def _highest(row: SavedLine, look: Look) -> Text:
    return look.plain(percent(row.highest), right=True)


def _applied(row: SavedLine, look: Look) -> Text:
    if row.applied_on is None:
        return cell("not yet", look.colour("muted"))
    return cell(f"✓ {look.day(row.applied_on).plain}", look.colour("held"))
