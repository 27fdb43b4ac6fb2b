"""Register: what each day of a placement was, a week filled in with a few keys, and the end that moves with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import distance, show_day
from domain.core.enums import DayKind
from domain.core.errors import BadInput
from domain.core.text import plural
from domain.learning.placements import DayLine, Placement
from storage.learning.programme_record import Kept
from storage.learning.programmes import kept_programme
from storage.rules.kept_packs import Packs
from tui.core.keys import bindings
from tui.core.look import hundredths
from tui.core.page import Page
from tui.core.text import show
from tui.learning.learner_text import way
from tui.learning.week_register import Mark, Register, WeekRegister

SPARE = timedelta(weeks=2)
BAR = 24


class RegisterScreen(Page):
    """The register of one placement."""

    CSS_PATH = "attendance_screen.tcss"
    AREA = "learning"
    AUTO_FOCUS = "WeekRegister"
    BINDINGS: ClassVar[list[BindingType]] = bindings("save-days", "new")

    def __init__(self, programme: int) -> None:
        super().__init__()
        self.programme = programme
        self._kept: Kept | None = None

    def body(self) -> ComposeResult:
        """Lay out how much is done, the weeks, and the marked day in words."""
        yield Static(id="way")
        yield WeekRegister()
        yield Static(id="day")

    @property
    def weeks(self) -> WeekRegister:
        """The weeks."""
        return self.query_one(WeekRegister)

    async def load(self) -> None:
        """Read the placement and show it."""
        number, today = self.programme, self.office.today
        kept = await self.office.desk.read(lambda conn: kept_programme(conn, Packs(conn), number, today))
        if kept.placement is None:
            raise BadInput("This programme is not counted in placement days.", field="days")
        self._kept = kept
        self.title_with(f"Placement days: {self.look.worker(kept.name, kept.worker)}", kept.title)
        self.weeks.show_register(_register(kept, kept.placement, today))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer saving only while there is something to save."""
        if action == "save_days":
            return bool(self.is_mounted and self.weeks.pending)
        return super().check_action(action, parameters)

    @on(WeekRegister.Changed)
    def _changed(self) -> None:
        if self._kept is None or self._kept.placement is None or self.weeks.register is None:
            return
        self.query_one("#way", Static).update(self._way(self._kept, _as_marked(self._kept.placement, self.weeks)))
        self.query_one("#day", Static).update(self._day())
        self.refresh_bindings()

    def _way(self, kept: Kept, placement: Placement) -> Content:
        """Return how many days are done, when half of them are, and the last day as it looks now."""
        today = self.office.today
        bar = way(placement.done, placement.target, (500,), BAR)
        done = f" {hundredths(placement.done)} of {hundredths(placement.target)} days"
        missed = f"   {hundredths(placement.missed)} missed" if placement.missed else ""
        half = f"half way {show_day(placement.midway, today)}   " if placement.midway else ""
        ends = f"ends {show_day(placement.ends, today)}" if placement.ends else "no end: see the pattern"
        past = len(placement.unrecorded(today)) if kept.ended is None else 0
        open_days = f"   {plural(past, 'past day')} not recorded" if past else ""
        before = kept.placement.ends if kept.placement else None
        moved = f"   was {show_day(before, today)}" if before and before != placement.ends else ""
        return Content.assemble(
            Content.styled(bar, "$steady"), Content.styled(done, "bold"), Content.styled(missed, "$near"),
            Content.styled(open_days, "$late"), "\n",
            Content.styled(half, "$muted"), Content.styled(ends, "bold"), Content.styled(moved, "$due"),
        )  # fmt: skip

    def _day(self) -> Content:
        """Return the marked day in words, and how much is not saved yet."""
        day, mark, register = self.weeks.marked, self.weeks.mark_on(self.weeks.marked), self.weeks.register
        assert register is not None
        if mark is not None:
            words = mark.said
        elif day in register.closed:
            words = f"closed: {register.closed[day]}"
        else:
            words = "nothing recorded" if day <= self.office.today else distance(day, self.office.today)
        waiting = len(self.weeks.pending)
        unsaved = f"   {plural(waiting, 'day')} to save: {self._key()}" if waiting else ""
        return Content.assemble(show(f"{show_day(day)}: {words}"), Content.styled(unsaved, "bold $due"))

    def _key(self) -> str:
        bound = next((b.binding for b in self.active_bindings.values() if b.binding.id == "save-days"), None)
        return self.app.get_key_display(bound) if bound else "^s"

    # what can be done ------------------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_save_days(self) -> None:
        """Save every marked day in one step."""
        await self._save()
        self.read_again()

    async def _save(self) -> None:
        from storage.learning.acts import DayMark, save_days

        pending, number = dict(self.weeks.pending), self.programme
        marks = {day: DayMark(mark.kind, mark.part) if mark else None for day, mark in pending.items()}
        if marks:
            count = await self.office.desk.run(lambda unit: save_days(unit, number, marks))
            self.weeks.forget()
            self.office.changed()
            self.notify(f"Saved {plural(count, 'day')}. Press u to take that back.", markup=False)

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """Record days on which the placement is closed."""
        from tui.learning.forms.learner_form import close_days

        self.tell(await close_days(self, self.programme, self.weeks.marked))

    @property
    def unsaved(self) -> str:
        """The days that are marked."""
        waiting = len(self.weeks.pending) if self.is_mounted else 0
        return f"{plural(waiting, 'marked day')}" if waiting else ""

    @property
    def keeping(self) -> str:
        """Days can be saved on leaving."""
        return f"Save {plural(len(self.weeks.pending), 'day')}"

    async def keep_unsaved(self) -> None:
        """Save the marked days."""
        await self._save()


def _register(kept: Kept, placement: Placement, today: date) -> Register:
    """Return what the register shows: from the first week to a little after the end, closed days with their reason."""
    monday = placement.starts - timedelta(days=placement.starts.weekday())
    last = max(placement.ends or today, today, *(line.on for line in kept.days)) + SPARE
    closed = {day: "bank holiday" for day in placement.holidays if monday <= day <= last}
    for closure in kept.closures:
        for n in range((closure.ends - closure.starts).days + 1):
            closed[closure.starts + timedelta(days=n)] = closure.why
    marks = {line.on: Mark(DayKind(line.kind), line.part) for line in kept.days}
    return Register(monday, last, placement.starts, marks, closed, placement.pattern)


def _as_marked(placement: Placement, weeks: WeekRegister) -> Placement:
    """Return the placement as it would be with what is marked and not saved."""
    recorded = dict(placement.recorded)
    for day, mark in weeks.pending.items():
        recorded.pop(day, None)
        if mark is not None:
            recorded[day] = DayLine(day, mark.kind.value, mark.part)
    return replace(placement, recorded=recorded)
