"""Headroom: who may and can take a case, and what it would do to their load. A manager decides, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from domain.allocation.candidates import Taker, blocked_by, no_room
from domain.allocation.eligibility import HOLDS, CaseNeeds
from domain.core.dates import show_day
from domain.core.enums import CHANGE_REASON_TITLES, PATHWAY_TITLES, ROLE_TITLES, ChangeReason, Pathway, Role
from domain.core.errors import BadInput
from domain.core.text import plural
from storage.allocation.candidates import Offer, offer
from tui.allocation.candidate_columns import taker_columns
from tui.allocation.candidate_panel import TakerSide
from tui.core.choice import Choice
from tui.core.keys import bindings
from tui.core.look import hundredths
from tui.core.text import show
from tui.dialogs.ask import ask
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field
from tui.due.case_actions import CaseActions
from tui.grid.grid import Grid

if TYPE_CHECKING:
    from storage.records.unit import Unit

ROOMY = 110
EMPTY = "There are no workers here. Press o to look in every team."


class HeadroomScreen(CaseActions):
    """The workers who might take one case, the fittest first."""

    CSS_PATH = "candidates_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("allocate", "everyone", "together", "details")

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference
        self._offer: Offer | None = None
        self._everyone = False
        self._together = False
        self._side_wanted: bool | None = None

    def body(self) -> ComposeResult:
        """What is asked, the workers, and the working behind the marked one."""
        yield Static(id="about")
        with Horizontal():
            yield Grid("headroom", taker_columns(), key=lambda t: t.worker.staff_id, sort="rank", empty=EMPTY)
            yield TakerSide()

    @property
    def grid(self) -> Grid[Taker]:
        """The workers."""
        return self.query_one(Grid)

    def on_mount(self) -> None:
        """Begin with everyone, the fittest on top: another case's filter would hide who fits this one."""
        self.grid.narrow("")
        self.grid.state.sort, self.grid.state.descending, self.grid.state.cursor = "rank", False, ""

    async def load(self) -> None:
        """Work out who fits, and show it."""
        reference, today = self.reference, self.office.today
        everyone, together = self._everyone, self._together
        found = await self.office.desk.read(
            lambda conn: offer(conn, reference, today, everywhere=everyone, together=together)
        )
        self._offer = found
        self.title_with(f"Who takes {reference}?")
        self.query_one("#about", Static).update(self._about(found))
        self.grid.show_rows(found.takers)
        self._show_side()
        self.refresh_bindings()

    def _about(self, found: Offer) -> Content:
        case = found.case
        pathways = ", ".join(PATHWAY_TITLES[Pathway(p)] for p in case.pathways)
        assumed = " (assumed)" if found.assumed else ""
        first = [show(pathways, "bold"), show(f"{hundredths(case.points)} points{assumed}"), self._held(found)]
        lines = [Content("   ").join(first), *self._wishes(case), *self._siblings(found)]
        lines += [show(f"▲ {remark}", "$due") for remark in found.remarks]
        if blocked := blocked_by(found.takers):
            rules = "; ".join(f"{finding.title} ({count})" for finding, count in blocked)
            lines.append(show(f"✗ Nobody here may take it: {rules}", "$late"))
        elif words := no_room(found.takers):
            lines.append(show(f"▲ {words}", "$over"))
        return Content("\n").join(lines)

    def _held(self, found: Offer) -> Content:
        holder = found.case.holder
        if holder is None:
            return show("◐ nobody holds it", "$due")
        taker = found.of(holder)
        return show(f"with {self.look.worker(taker.worker.name, holder) if taker else holder}")

    def _wishes(self, case: CaseNeeds) -> list[Content]:
        parts = [("needs", case.must_have), ("would like", case.prefers), ("marked", case.factors)]
        said = [f"{word} {', '.join(those)}" for word, those in parts if those]
        said += [f"in {case.area}"] if case.area else []
        said += [f"in force: {one.words}" for one in case.in_force]
        return [show("; ".join(said), "$muted")] if said else []

    def _siblings(self, found: Offer) -> list[Content]:
        if not found.case.siblings:
            return []
        parts = [
            f"{one.reference} {f'with {one.holder}' if one.holder else 'unallocated'}" for one in found.case.siblings
        ]
        how = "b: this case alone" if found.asked.together else "b: move them together"
        verb = "go with it" if found.asked.together else "stay where they are"
        return [show(f"Siblings {verb}: {', '.join(parts)}   {how}", "$accent" if found.asked.together else "")]

    # the side ---------------------------------------------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        """Keep the working beside the list only where there is room for both."""
        self._show_side()

    def _show_side(self) -> None:
        roomy = self.size.width >= ROOMY
        shown = roomy if self._side_wanted is None else self._side_wanted
        side = self.query_one(TakerSide)
        side.display = shown
        side.set_class(not roomy, "-alone")
        self.grid.display = roomy or not shown
        if self._offer is not None:
            side.show_taker(self.grid.current, self._offer.takers, self.look)
        (side if shown and not roomy else self.grid.sheet).focus()

    def action_details(self) -> None:
        """Show or hide the working behind the marked worker."""
        self._side_wanted = not self.query_one(TakerSide).display
        self._show_side()

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        if self._offer is not None:
            self.query_one(TakerSide).show_taker(event.row, self._offer.takers, self.look)

    # what can be done -------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Siblings can be moved together only where there are any."""
        if action == "together":
            return bool(self._offer and self._offer.case.siblings)
        return super().check_action(action, parameters)

    def action_everyone(self) -> None:
        """List the workers of every team, or of the case's own."""
        self._everyone = not self._everyone
        self.read_again()

    def action_together(self) -> None:
        """Let the siblings' cases go to the same worker, or leave them where they are."""
        self._together = not self._together
        self.read_again()

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_allocate()

    @work(exit_on_error=False)
    async def action_allocate(self) -> None:
        """Give the case to the marked worker, asking only what is needed."""
        taker, found = self.grid.current, self._offer
        if taker is None or found is None:
            return
        _refuse_outright(taker, found)
        if words := await self._ask(taker, found):
            self.tell(words)
            self.action_back()

    async def _ask(self, taker: Taker, found: Offer) -> str | None:
        worker, together = taker.worker.staff_id, found.asked.together

        def give(unit: Unit, values: dict[str, Any]) -> str:
            return _allocated(unit, self.reference, worker, values, together=together)

        name = self.look.worker(taker.worker.name, worker)
        also = [one.reference for one in found.case.siblings if together and one.holder != worker]
        title = f"Allocate {' and '.join([self.reference, *also])} to {name}"
        return await ask(self, title, fields(taker, found), give, about=_against(taker))


def _allocated(unit: Unit, reference: str, worker: str, values: dict[str, Any], *, together: bool) -> str:
    """Give the case as the form says, and say so."""
    from storage.allocation.acts import allocate

    on, role = values["starts"], Role(values["role"])
    done = allocate(
        unit,
        reference,
        worker,
        on,
        role=role,
        reason=ChangeReason(values["reason"]) if values.get("reason") else None,
        note=values["note"],
        approved_by=values.get("approved_by") or "",
        together=together,
    )
    return f"{done.cases}: {worker} is {ROLE_TITLES[role].lower()} from {show_day(on, unit.today)}."


def _refuse_outright(taker: Taker, found: Offer) -> None:
    """Raise BadInput where no answer to a question could make it right."""
    if any(finding.rule == HOLDS for finding in taker.hard):
        raise BadInput(f"{taker.worker.staff_id} already holds {found.case.reference}.", field="worker")
    for finding in taker.hard:
        if not finding.approver:
            raise BadInput(
                f"{taker.worker.staff_id} may not hold {found.case.reference}. {finding.words} [{finding.rule}].",
                hint="Nobody can approve an exception from this rule.",
            )


def _against(taker: Taker) -> str:
    """Say what stands against it, above the questions."""
    lines = [f"{'✗' if finding.hard else '◐'} {finding.words}" for finding in taker.findings]
    return "\n".join(lines)


def fields(taker: Taker, found: Offer) -> list[Field]:
    """Return what has to be asked: why the worker changes, why a caution is overruled, who approved an exception."""
    roles = [Choice(role.value, title) for role, title in ROLE_TITLES.items()]
    codes = [Choice(reason.value, title, reason.value) for reason, title in CHANGE_REASON_TITLES.items()]
    moves = found.case.holder or (found.asked.together and any(one.holder for one in found.case.siblings))
    approvers = " and ".join(dict.fromkeys(finding.approver for finding in taker.hard))
    hint = f"{approvers}: write name and role, or a staff id"
    overruled = plural(len(taker.cautions), "caution")
    return [
        Field("starts", "From", DAY, "today", required=True, ahead=True),
        Field("role", "As", CHOICE, Role.ALLOCATED.value, roles, required=True),
        *([Field("reason", "Because", CHOICE, "", codes, hint="why the worker changes")] if moves else []),
        *([Field("approved_by", "Approved by", LINE, "", hint=hint)] if taker.hard else []),
        Field("note", "Note", NOTE, hint=f"why it is right all the same: {overruled}" if taker.cautions else ""),
    ]
