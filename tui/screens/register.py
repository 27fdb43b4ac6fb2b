"""Register: what each day of a placement was, a week filled in with a few keys, and the end that moves with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from domain.dates import distance, show_day
from domain.errors import BadInput
from domain.ids import DayKind
from domain.placements import DayLine, Placement
from domain.text import plural
from tui.commands import bindings
from tui.learnerwords import way
from tui.screens.base import Page
from tui.text import show
from tui.widgets.weekregister import Mark, Register, WeekRegister
from tui.words import hundredths

if TYPE_CHECKING:
    import sqlite3

    from storage.programmes import Kept

SPARE = timedelta(weeks=2)
BAR = 24


class RegisterScreen(Page):
    """The register of one placement."""

    CSS_PATH = "register.tcss"
    AREA = "learning"
    AUTO_FOCUS = "WeekRegister"
    BINDINGS: ClassVar[list[BindingType]] = bindings("save-days", "new")

    def __init__(self, programme: int) -> None:
        super().__init__()
        self.programme = programme
        self._kept: Kept | None = None

    def body(self) -> ComposeResult:
        """How far it is, the weeks, and what is said of the marked day."""
        yield Static(id="way")
        yield WeekRegister()
        yield Static(id="day")

    @property
    def weeks(self) -> WeekRegister:
        """The weeks."""
        return self.query_one(WeekRegister)

    async def load(self) -> None:
        """Read the placement and show it."""
        number = self.programme
        kept, reasons = await self.office.desk.read(lambda conn: _read(conn, number))
        if kept.placement is None:
            raise BadInput("This programme is not counted in placement days.", field="days")
        self._kept = kept
        self.title_with(f"Placement days: {self.look.worker(kept.name, kept.worker)}", kept.title)
        self.weeks.show_register(_register(kept, kept.placement, reasons, self.office.today))

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
        """How many days are done, the midway day and the last one as it looks now."""
        today = self.office.today
        bar = way(placement.done, placement.target, (500,), BAR)
        done = f" {hundredths(placement.done)} of {hundredths(placement.target)} days"
        missed = f"   {hundredths(placement.missed)} missed" if placement.missed else ""
        half = f"half way {show_day(placement.midway, today)}   " if placement.midway else ""
        ends = f"ends {show_day(placement.ends, today)}" if placement.ends else "no end: see the pattern"
        before = kept.placement.ends if kept.placement else None
        moved = f"   was {show_day(before, today)}" if before and before != placement.ends else ""
        return Content.assemble(
            Content.styled(bar, "$steady"), Content.styled(done, "bold"), Content.styled(missed, "$near"), "\n",
            Content.styled(half, "$muted"), Content.styled(ends, "bold"), Content.styled(moved, "$due"),
        )  # fmt: skip

    def _day(self) -> Content:
        """What is said of the marked day, and how much waits to be saved."""
        day, mark, register = self.weeks.marked, self.weeks.mark_on(self.weeks.marked), self.weeks.register
        assert register is not None
        if mark is not None:
            said = mark.said
        elif day in register.closed:
            said = f"closed: {register.closed[day]}"
        else:
            said = "nothing recorded" if day <= self.office.today else distance(day, self.office.today)
        waiting = len(self.weeks.pending)
        unsaved = f"   {plural(waiting, 'day')} to save: {self._key()}" if waiting else ""
        return Content.assemble(show(f"{show_day(day)}: {said}"), Content.styled(unsaved, "bold $due"))

    def _key(self) -> str:
        bound = next((b.binding for b in self.active_bindings.values() if b.binding.id == "save-days"), None)
        return self.app.get_key_display(bound) if bound else "^s"

    # what can be done ------------------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_save_days(self) -> None:
        """Keep every day that was marked, in one step."""
        await self._save()
        self.read_again()

    async def _save(self) -> None:
        from tui.programmedeeds import save_days

        marks, number = dict(self.weeks.pending), self.programme
        if marks:
            deed = await self.office.desk.run(lambda unit: save_days(unit, number, marks))
            self.weeks.forget()
            self.office.changed()
            self.notify(deed.said, markup=False)

    @work(exit_on_error=False)
    async def action_new(self) -> None:
        """Note days on which the placement rests."""
        from tui.dialogs.learner_form import close_days

        if said := await close_days(self, self.programme, self.weeks.marked):
            self.office.changed()
            self.notify(said, markup=False)
            self.read_again()

    def action_back(self) -> None:
        """Go back; what is marked and not saved is asked about first."""
        self._leave()

    @work(exit_on_error=False)
    async def _leave(self) -> None:
        from tui.dialogs.asking import choose
        from tui.dialogs.choose import Choice

        if self.weeks.pending:
            days = plural(len(self.weeks.pending), "day")
            choices = [Choice("save", f"Save {days}"), Choice("drop", f"Leave without saving {days}")]
            answer = await choose(self, "Not saved yet", choices)
            if answer is None:
                return
            if answer == "save":
                await self._save()
        self.app.pop_screen()


def _read(conn: sqlite3.Connection, number: int) -> tuple[Kept, dict[date, str]]:
    """Return the programme, and why it rests on each closed day."""
    from domain.errors import NotFound
    from storage.programmes import kept_programmes
    from storage.reading import Packs

    kept = next(iter(kept_programmes(conn, Packs(conn), ids=[number])), None)
    if kept is None:
        raise NotFound(f"There is no programme {number}.", field="programme")
    rows = conn.execute("SELECT starts, ends, why FROM closure WHERE programme = ?", (number,))
    return kept, {
        day: why for first, last, why in rows for day in _between(date.fromisoformat(first), date.fromisoformat(last))
    }


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _register(kept: Kept, placement: Placement, closed: dict[date, str], today: date) -> Register:
    """Return what the register shows: from the first week to a little after the end, bank holidays closed."""
    monday = placement.starts - timedelta(days=placement.starts.weekday())
    last = max(placement.ends or today, today, *(line.on for line in kept.days)) + SPARE
    holidays = {day: "bank holiday" for day in placement.holidays if monday <= day <= last}
    marks = {line.on: Mark(DayKind(line.kind), line.part) for line in kept.days}
    return Register(monday, last, placement.starts, marks, {**holidays, **closed}, placement.pattern)


def _as_marked(placement: Placement, weeks: WeekRegister) -> Placement:
    """Return the placement as it would be with what is marked and not saved."""
    recorded = dict(placement.recorded)
    for day, mark in weeks.pending.items():
        recorded.pop(day, None)
        if mark is not None:
            recorded[day] = DayLine(day, mark.kind.value, mark.part)
    return Placement(
        placement.starts, placement.target, placement.pattern, recorded, placement.closures, placement.holidays
    )
