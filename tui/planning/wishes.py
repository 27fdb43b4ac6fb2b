"""What a person wishes of a plan: cases pinned to somebody or kept from them, each to be lifted or taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import work

from domain.core.text import initials
from storage.people.staff import Colleague, staff
from storage.planning.plan import choices_for
from storage.planning.saved_plans import again, without
from tui.core.choice import Choice
from tui.core.look import percent
from tui.dialogs.ask import answer
from tui.dialogs.choose import ChooseDialog

if TYPE_CHECKING:
    from domain.planning.proposals import Proposal
    from domain.planning.scenarios import Scenario
    from storage.planning.plan import Draft
    from tui.core.page import Page
    from tui.grid.grid import Grid
    from tui.planning.move_columns import MoveRow
    from tui.planning.plan_text import Who

    _Base = Page
else:
    _Base = object

PIN, FORBID = "pin", "forbid"


class Wishes(_Base):
    """A mixin for the screen of a plan."""

    scenario: Scenario | None
    draft: Draft | None
    plan: Proposal | None
    _who: Who

    if TYPE_CHECKING:

        @property
        def grid(self) -> Grid[MoveRow]: ...

        async def _begin(self, scenario: Scenario, *, solver: bool = False) -> None: ...

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._wished_before: list[Scenario] = []

    def action_forbid(self) -> None:
        """Forbid that worker the marked case, and solve again."""
        if (row := self.grid.current) is not None:
            self.wish(forbids=[(row.move.case, row.move.to)])

    @work(exit_on_error=False)
    async def action_pin(self) -> None:
        """Say who holds the marked case, or lift a wish, and solve again."""
        row = self.grid.current
        if self.plan is None or self.scenario is None:
            return
        choices = [*(self._takers(row) if row else ()), *self._to_lift()]
        title = f"Pin {row.move.case} to whom?" if row else "Lift which wish?"
        if not choices:
            return
        chosen = await answer(self, ChooseDialog(title, choices))
        if chosen is None:
            return
        what, case, worker = chosen.split("\n")
        if what == "lift":
            self.wish_for(without(self.scenario, case, worker))
        else:
            self.wish(pins=[(case, worker)])

    def _takers(self, row: MoveRow) -> Iterator[Choice]:
        """Yield those who may have the marked case, with what it would make of their load."""
        if self.draft is None or self.plan is None:
            people = [(one.worker, one.after) for one in self.plan.people if not one.gone] if self.plan else []
        else:
            people = choices_for(self.draft, row.move, self.plan.further)
        for worker, load in people:
            planned = "as planned, " if worker == row.move.to else ""
            yield Choice(f"{PIN}\n{row.move.case}\n{worker}", self._who(worker), f"{planned}{percent(load)}")

    def _to_lift(self) -> Iterator[Choice]:
        """Yield every wish there is, to be lifted."""
        if self.scenario is None:
            return
        for words, pairs in (("pinned to", self.scenario.pins), ("kept from", self.scenario.forbids)):
            for pair in pairs:
                said = f"Lift: {pair.case} {words} {self._who(pair.worker)}"
                yield Choice(f"lift\n{pair.case}\n{pair.worker}", said, "")

    def wish(self, pins: list[tuple[str, str]] | None = None, forbids: list[tuple[str, str]] | None = None) -> None:
        """Work the plan out again under more pins and forbids."""
        if self.scenario is not None:
            self.wish_for(again(self.scenario, pins or [], forbids or []))

    @work(exit_on_error=False, exclusive=True, group="solve")
    async def wish_for(self, scenario: Scenario) -> None:
        """Work the plan out again under other wishes; what could not be worked out is no wish to take back."""
        before = self.scenario
        await self._begin(scenario)
        if before is not None and before != scenario:
            self._wished_before.append(before)

    async def who_came(self, plan: Proposal, cases: Collection[str] | None) -> dict[str, str] | None:
        """Ask who each starter that takes a case has become; None when that is left open."""
        found = {}
        for starter in plan.scenario.starters:
            if not any(move.to == starter.id for move in plan.chosen(cases)):
                continue
            team, day = plan.scenario.team, starter.on
            people = await self.office.desk.read(partial(staff, day=day, team=team))
            known = {one.worker for one in plan.people}
            new = [Choice(one.staff_id, self._called(one), "") for one in people if one.staff_id not in known]
            if not new:
                words = f"Record who {self._who(starter.id)} is first: nobody new is recorded in {team} by then."
                self.notify(words, markup=False)
                return None
            chosen = await answer(self, ChooseDialog(f"Who is {self._who(starter.id)}?", new))
            if chosen is None:
                return None
            found[starter.id] = chosen
        return found

    def _called(self, one: Colleague) -> str:
        return f"{initials(one.name) if self.office.no_names else one.name} ({one.staff_id})"

    def take_back(self) -> bool:
        """Take the last wish back that stands; say whether there was one."""
        if not self._wished_before:
            return False
        self._work_out_before(self._wished_before.pop())
        return True

    @work(exit_on_error=False, exclusive=True, group="solve")
    async def _work_out_before(self, scenario: Scenario) -> None:
        await self._begin(scenario)
