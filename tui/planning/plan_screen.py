"""A plan: its moves with their reasons, the moves curve, everybody before and after, and what may be done with it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from domain.core.dates import show_day
from domain.core.text import plural
from storage.planning.saved_plans import free_name, is_saved
from storage.planning.saved_plans import saved as saved_plan
from storage.planning.scenario_facts import ground
from storage.planning.solving import solved
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.page import Page
from tui.core.text import show
from tui.dialogs.ask import answer
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import NOTE, Field, Form
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.grid import Grid
from tui.planning import plan_text, weeks_text
from tui.planning.move_columns import MoveRow, move_columns
from tui.planning.moves_curve import MovesCurve
from tui.planning.plan_form import ask_plan
from tui.planning.plan_panel import PlanSide
from tui.planning.plan_parts import a_team, parts_before, scenario_of, whys
from tui.planning.wishes import Wishes

if TYPE_CHECKING:
    from domain.planning.proposals import Agreed, Proposal
    from domain.planning.scenarios import Scenario
    from storage.planning.plan import Draft
    from storage.planning.scenario_facts import Ground
    from tui.planning.plan_text import Who

ROOMY = 116
EMPTY = "Nothing moves in this plan. Press + for more moves, n to add to the situation."
WORKING = "Working out plans: {done} of {total}. esc stops."


class ScenarioScreen(Wishes, Page):
    """One plan, new or saved: accept, pin and forbid moves, solve again, save, apply."""

    FOLLOWS_OTHERS: ClassVar[bool] = False  # a plan is worked out again when the person asks for it (r)
    CSS_PATH = "plan_screen.tcss"
    AREA = "plan"
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "accept-move", "pin", "forbid", "why", "solve-again", "save-plan", "apply", "new-plan", "fewer-moves",
        "more-moves", "details", "close-gap",
    )  # fmt: skip

    def __init__(self, saved: str = "", parts: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.name_kept = saved
        self.team = ""
        self.scenario: Scenario | None = None
        self.draft: Draft | None = None
        self.plan: Proposal | None = None
        self.accepted: frozenset[Agreed] = frozenset()
        self._parts = parts
        self._who: Who = str
        self._applied = False
        self._stop: threading.Event | None = None
        self._side_wanted: bool | None = None
        self._kept: object = None

    def body(self) -> ComposeResult:
        """What is planned for, the curve, the moves beside everybody's load, the marked move, how sure it is."""
        yield Static(id="about")
        yield MovesCurve()
        with Horizontal():
            yield Grid(
                "moves", move_columns(), key=lambda row: f"{row.move.case} {row.move.starts}", sort="place", empty=EMPTY
            )
            yield PlanSide()
        yield Static(id="reason")
        yield Static(id="sure")

    @property
    def grid(self) -> Grid[MoveRow]:
        """The moves."""
        return self.query_one(Grid)

    # beginning ---------------------------------------------------------------------------------------------------

    async def load(self) -> None:
        """Show the saved plan, ask what a new one is for, or work the present one out afresh."""
        if self.name_kept and (self.plan is None or self._applied):
            await self._read_saved()
        elif self.scenario is not None:
            await self._begin(self.scenario)
        else:
            self._ask()

    async def _read_saved(self) -> None:
        name = self.name_kept
        kept = await self.office.desk.read(lambda conn: saved_plan(conn, name) if is_saved(conn, name) else None)
        if kept is None:  # it was deleted, or applying it was taken back and with it its name
            self.name_kept, self._applied = "", False
            await self.load()
            return
        self.scenario, self.team, self.draft = kept.proposal.scenario, kept.proposal.scenario.team, None
        self._applied, self.accepted = kept.applied_on is not None, kept.proposal.agreed
        await self._show(kept.proposal)
        self._kept = self._chosen()

    @work(exit_on_error=False)
    async def _ask(self) -> None:
        """Ask for the situation; without an answer the screen has nothing to show and goes."""
        wanted = self.office.team
        self.team = await self.office.desk.read(lambda conn: a_team(conn, wanted))
        if not self.team:
            self.notify("There is no team to plan for yet.", markup=False)
            self.action_back()
            return
        if not await ask_plan(self, self.team, self._begin_with) and self.scenario is None:
            self.action_back()

    async def _begin_with(self, parts: dict[str, Any]) -> None:
        await self._begin(scenario_of(parts))

    async def _begin(self, scenario: Scenario, *, solver: bool = False) -> None:
        """Put a scenario to the database and solve it, off the screen's thread; the old plan stays until then."""
        today = self.office.today
        found = await self.office.desk.call(lambda database: ground(database, scenario, today))
        draft = await self._solved(found, solver)
        self.scenario, self.draft, self.team, self._applied = scenario, draft, scenario.team, False
        await self._show(await asyncio.to_thread(draft.proposal))

    async def _solved(self, found: Ground, solver: bool) -> Draft:
        stop, loop = threading.Event(), asyncio.get_running_loop()
        self._stop = stop
        earlier = self.draft

        def tell(done: int, total: int) -> None:
            loop.call_soon_threadsafe(self._progress, done, total)

        try:
            return await asyncio.to_thread(
                lambda: solved(found, solver=solver, stop=stop.is_set, tell=tell, earlier=earlier)
            )
        finally:
            stop.set()
            self._stop = None

    def _progress(self, done: int, total: int) -> None:
        if self.is_mounted and done < total:
            self.query_one("#sure", Static).update(show(WORKING.format(done=done, total=total), "$muted"))

    # showing -----------------------------------------------------------------------------------------------------

    async def _show(self, plan: Proposal) -> None:
        no_names = self.office.no_names
        self._who = await self.office.desk.read(lambda conn: plan_text.naming(conn, plan, no_names=no_names))
        self.plan = plan
        self._keep_accepted(plan)
        self.title_with(f"Plan {self.name_kept}: {self.team}" if self.name_kept else f"Plan for {self.team}")
        self._draw()

    def _keep_accepted(self, plan: Proposal) -> None:
        """Keep accepted what the plan still proposes as it was accepted, and say of what it does not."""
        before, self.accepted = self.accepted, plan.still_agreed(self.accepted)
        if words := plan_text.no_longer_accepted(before, self.accepted):
            self.notify(words, severity="warning", markup=False)

    def _draw(self) -> None:
        plan = self.plan
        if plan is None or not self.is_mounted:
            return
        today = self.office.today
        about = plan_text.about(plan.scenario, self._who, today)
        day = "" if plan.day == today else f", for {show_day(plan.day, today)}"
        first = show(f"{about[:1].upper()}{about[1:]}{day}", "bold")
        self.query_one("#about", Static).update(Content.assemble(first, "\n", show(plan_text.summary(plan))))
        self.query_one(MovesCurve).show_points(plan.curve if self.draft else (), plan.further, self._edges())
        pinned = {pair.case for pair in plan.scenario.pins}
        rows = [
            MoveRow(move, self._who, today, place, move.agreed in self.accepted, move.case in pinned)
            for place, move in enumerate(plan.moves, 1)
        ]
        self.grid.show_rows(rows)
        self._say_reason(self.grid.current)
        self.query_one("#sure", Static).update(self._sure(plan))
        self.query_one(PlanSide).show_plan(plan, self._who, today)
        self._fit()
        self.refresh_bindings()

    def _edges(self) -> Any:
        return self.draft.ground.edges if self.draft is not None else ()

    def _sure(self, plan: Proposal) -> Content:
        lines = [show("   ".join(plan_text.doubts(plan)), "$accent" if plan.proven else "")]
        if plan.blocked:
            lines.append(show(f"✗ Nobody may take {', '.join(one.case for one in plan.blocked)}: d says why", "$late"))
        if self._applied:
            lines.append(show("✓ Applied. u takes it back.", "$held"))
        elif self.accepted:
            lines.append(show(f"✓ {plural(len(self.accepted), 'move')} accepted of {len(plan.moves)}", "$held"))
        return Content("\n").join(lines)

    def _say_reason(self, row: MoveRow | None) -> None:
        words = show(f"{row.move.case}: {row.reason}{self._when(row)}") if row is not None else show("")
        self.query_one("#reason", Static).update(words)

    def _when(self, row: MoveRow) -> str:
        """Return who has the marked case from change to change, where it passes more than once."""
        if self.plan is None or sum(move.case == row.move.case for move in self.plan.moves) < 2:
            return ""
        held = weeks_text.held_by(self.plan, row.move.case, self._who)
        days = [weeks_text.heading(span, self.office.today) for span in self.plan.spans]
        return ". " + "; ".join(f"{day}: {who}" for day, who in zip(days, held, strict=True))

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        self._say_reason(event.row)

    def on_resize(self, event: Resize) -> None:
        """Keep everybody's load beside the moves only where there is room for both."""
        self._fit()

    def _fit(self) -> None:
        roomy = self.size.width >= ROOMY
        shown = roomy if self._side_wanted is None else self._side_wanted
        side = self.query_one(PlanSide)
        side.display = shown
        side.set_class(not roomy, "-alone")
        self.grid.display = roomy or not shown
        if self.is_current:
            (side if shown and not roomy else self.grid.sheet).focus()

    def action_details(self) -> None:
        """Show or hide everybody before and after."""
        self._side_wanted = not self.query_one(PlanSide).display
        self._fit()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with what is shown."""
        if action in {"fewer_moves", "more_moves"}:
            return self.draft is not None
        if action in {"accept_move", "pin", "forbid", "apply", "solve_again", "save_plan", "why", "close_gap"}:
            return self.plan is not None and not (self._applied and action != "solve_again")
        return super().check_action(action, parameters)

    # choosing ----------------------------------------------------------------------------------------------------

    def action_fewer_moves(self) -> None:
        """Show the plan with fewer further moves."""
        self._step(-1)

    def action_more_moves(self) -> None:
        """Show the plan with more further moves."""
        self._step(1)

    def _step(self, step: int) -> None:
        if self.draft is None or self.plan is None or self.plan.further is None:
            return
        ks = self.draft.ks
        at = max(0, min(ks.index(self.plan.further) + step, len(ks) - 1))
        if ks[at] != self.plan.further:
            self.run_worker(self._show_with(ks[at]), exclusive=True, group="step", exit_on_error=False)

    async def _show_with(self, further: int) -> None:
        if (draft := self.draft) is not None:
            await self._show(await asyncio.to_thread(lambda: draft.proposal(further)))

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_accept_move()

    def action_accept_move(self) -> None:
        """Accept the marked move with those of its siblings, or take that back."""
        if (row := self.grid.current) is None or self.plan is None or self._applied:
            return
        cases = {row.move.case, *row.move.together}
        family = {move.agreed for move in self.plan.moves if move.case in cases}
        self.accepted = self.accepted - family if row.accepted else self.accepted | family
        self._draw()

    def action_solve_again(self) -> None:
        """Solve again from the data as they are now, keeping what was accepted."""
        if self.plan is not None:
            pins = [(one.case, one.to) for one in self.accepted]
            if self._applied:  # what was accepted is done
                self.name_kept, self._applied, self.accepted = "", False, frozenset()
            self.wish(pins=sorted(pins))

    @work(exit_on_error=False, exclusive=True, group="solve")
    async def action_close_gap(self) -> None:
        """Let the optional solver look for a better plan, and prove it where it can."""
        if self.scenario is not None:
            self.query_one("#sure", Static).update(show("The solver is at work. esc stops it.", "$muted"))
            await self._begin(self.scenario, solver=True)

    @work(exit_on_error=False)
    async def action_new_plan(self) -> None:
        """Add to the situation, or change how far the plan may go."""
        if self.scenario is not None:
            await ask_plan(self, self.team, self._begin_with, parts_before(self.scenario))

    @work(exit_on_error=False)
    async def action_why(self) -> None:
        """Show for everybody why the marked case is not with them."""
        row, draft, plan = self.grid.current, self.draft, self.plan
        if row is None or plan is None:
            return
        if draft is None:
            self.notify("A saved plan is shown as it was kept. Press r to work it out again.", markup=False)
            return
        found = await asyncio.to_thread(lambda: whys(draft, row.move, plan.further))
        said = [plan_text.instead(one, self._who) for one in found]
        said.append("Each with the rest arranged anew; the runner-up above leaves the rest as it is.")
        title = f"Why not somebody else: {row.move.case}"
        self.app.push_screen(WhyDialog(Working(title, row.reason, (), remarks=said)))

    # keeping -----------------------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_save_plan(self) -> None:
        """Keep the plan under a name."""
        from storage.planning.acts import save

        plan = self.plan
        if plan is None:
            return
        chosen = plan.with_accepted(self.accepted)
        kept = self.name_kept or await self._free_name(plan)
        fields = [Field("name", "Name", value=kept, required=True), Field("note", "Note", NOTE)]

        async def keep(values: dict[str, Any]) -> None:
            same = values["name"] == self.name_kept
            name, note = str(values["name"]), str(values["note"])
            await self.office.desk.run(lambda unit: save(unit, name, chosen, note=note, replace=same))

        if values := await answer(self, Form("Save this plan", fields, keep)):
            self.name_kept = str(values["name"])
            self._kept_now()
            self.notify(f"Saved as {self.name_kept}.", markup=False)
            await self._show(plan)

    async def _free_name(self, plan: Proposal) -> str:
        """Return a name for a plan that nobody named."""
        team, today = plan.scenario.team, self.office.today
        return await self.office.desk.read(lambda conn: free_name(conn, team, today))

    def _kept_now(self) -> None:
        """Note that the data changed by our own doing, so that this screen does not work everything out again."""
        self.office.changed()
        self.has_seen()
        self._kept = self._chosen()

    @work(exit_on_error=False)
    async def action_apply(self) -> None:
        """Carry the plan out: every move, or those accepted."""
        from storage.planning.acts import apply

        plan, accepted = self.plan, frozenset(one.case for one in self.accepted)
        if plan is None or not plan.moves:
            return
        some = plural(len(accepted), "accepted move")
        choices = [Choice("some", f"Apply the {some} alone")] if accepted else []
        choices += [Choice("all", f"Apply {plural(len(plan.moves), 'move')}"), Choice("no", "Not now")]
        chosen = await answer(self, ChooseDialog("Carry this plan out? u takes it back", choices))
        if chosen in (None, "no"):
            return
        cases = accepted if chosen == "some" else None
        starters = await self.who_came(plan, cases)
        if starters is None:
            return
        name = self.name_kept or await self._free_name(plan)
        done = await self.office.desk.run(lambda unit: apply(unit, plan, name=name, cases=cases, starters=starters))
        count = len(done.moves)
        self.name_kept, self._applied = name, True
        self._wished_before.clear()
        self._kept_now()
        self.notify(f"Applied {plural(count, 'move')}. Press u to take that back.", markup=False)
        await self._show(plan)

    def stop(self) -> bool:
        """Stop what is being worked out, instead of going back."""
        if self._stop is None:
            return False
        self._stop.set()
        return True

    def _chosen(self) -> object:
        """Return what was chosen here: the situation, pins, how many moves, and which of them are accepted."""
        return self.scenario, self.plan and self.plan.further, self.accepted

    @property
    def unsaved(self) -> str:
        """A plan that has no name yet, or what was chosen since it was saved."""
        if self.plan is None or self._applied or self._kept == self._chosen():
            return ""
        accepted = f" with {plural(len(self.accepted), 'accepted move')}" if self.accepted else ""
        return f"{self.name_kept or 'This plan'}{accepted}"
