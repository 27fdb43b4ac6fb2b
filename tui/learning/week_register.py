"""The register of a placement: a row a week, a cell a day, a letter for each; what is typed waits until it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import ClassVar, NamedTuple

from textual.app import RenderResult
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from domain.core.dates import DAYS, MONTHS, show_day
from domain.core.enums import DayKind
from tui.core.keys import bindings
from tui.core.look import hundredths
from tui.core.workspace import office_of

WEEK, WHOLE, HALF = 7, 100, 50
HEAD, SUM, LEAST = 8, 7, 7
WORDS = {
    DayKind.ATTENDED: "✓ day",
    DayKind.RECALL: "recall",
    DayKind.SKILLS: "skills",
    DayKind.SICK: "sick",
    DayKind.HOLIDAY: "leave",
    DayKind.ABSENT: "missed",
}
SAID = {
    DayKind.ATTENDED: "attended",
    DayKind.RECALL: "recall day, counts",
    DayKind.SKILLS: "skills day, does not count",
    DayKind.SICK: "off sick, made up at the end",
    DayKind.HOLIDAY: "on leave, made up at the end",
    DayKind.ABSENT: "missed, made up at the end",
}
COUNTING = frozenset((DayKind.ATTENDED, DayKind.RECALL))


class Mark(NamedTuple):
    """What a day was, and how much of it, in hundredths."""

    kind: DayKind
    part: int = WHOLE

    @property
    def counted(self) -> int:
        """What it adds to the days done."""
        return self.part if self.kind in COUNTING else 0

    @property
    def word(self) -> str:
        """The few letters it has in the register."""
        if self.part == WHOLE:
            return WORDS[self.kind]
        return "½ day" if self.kind is DayKind.ATTENDED else f"½ {WORDS[self.kind][:4]}"

    @property
    def said(self) -> str:
        """What it is called below the register."""
        return SAID[self.kind] + (", half a day" if self.part == HALF else "")


class Register(NamedTuple):
    """What the widget shows: from when to when, what is kept, what is closed, and what each weekday usually counts."""

    first: date
    last: date
    starts: date
    kept: Mapping[date, Mark]
    closed: Mapping[date, str]
    pattern: Sequence[int]


class WeekRegister(Widget, can_focus=True):
    """Weeks from Monday to Sunday. Arrows move; a letter says what the day was and goes on to the next day."""

    DEFAULT_CSS = """
    WeekRegister { height: 1fr; padding: 0 1; background: $background; color: $text; overflow: hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(
        "mark-attended", "mark-half", "mark-sick", "mark-recall", "mark-skills", "mark-holiday", "mark-absent",
        "mark-usual", "mark-week", "mark-none", "day-before", "day-after", "row-up", "row-down", "page-up",
        "page-down", "today",
    )  # fmt: skip
    marked: reactive[date] = reactive(date.min)

    class Changed(Message):
        """Something was marked, or another day came under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.register: Register | None = None
        self.pending: dict[date, Mark | None] = {}

    def show_register(self, register: Register) -> None:
        """Show what is kept; what is typed and not saved stays."""
        self.register = register
        if self.marked == date.min:
            self.marked = min(max(office_of(self).today, register.starts), register.last)
        self.refresh()
        self.post_message(self.Changed())

    def forget(self) -> None:
        """Drop what was typed, once it is saved or given up."""
        self.pending.clear()
        self.refresh()

    def mark_on(self, day: date) -> Mark | None:
        """What the day was, as typed or as kept."""
        return self.pending[day] if day in self.pending else self.register.kept.get(day) if self.register else None

    # what is typed ---------------------------------------------------------------------------------------------------

    def _why_not(self, day: date) -> str:
        """Say why nothing can be recorded on a day; empty when something can."""
        assert self.register is not None
        if day < self.register.starts:
            return f"The placement begins on {show_day(self.register.starts)}."
        if day > office_of(self).today:
            return f"{show_day(day)} is still to come."
        if day in self.register.closed:
            return f"{show_day(day)} is closed: {self.register.closed[day]}."
        return ""

    def _put(self, day: date, mark: Mark | None) -> None:
        assert self.register is not None
        if mark == self.register.kept.get(day):
            self.pending.pop(day, None)
        else:
            self.pending[day] = mark

    def _type(self, mark: Mark | None, *, onwards: bool = True) -> None:
        if self.register is None:
            return
        if mark is not None and (why := self._why_not(self.marked)):
            self.notify(why, severity="warning", markup=False)
            return
        self._put(self.marked, mark)
        if onwards:
            self._move(3 if self.marked.weekday() == 4 else 1)
        self.refresh()
        self.post_message(self.Changed())

    def _usual(self, day: date) -> Mark | None:
        pattern = self.register.pattern if self.register else ()
        part = pattern[day.weekday()] if day.weekday() < len(pattern) else 0
        return Mark(DayKind.ATTENDED, part) if part else None

    def action_mark_attended(self) -> None:
        """Attended, the whole day."""
        self._type(Mark(DayKind.ATTENDED))

    def action_mark_half(self) -> None:
        """Attended, or whatever the day was already, for half a day."""
        there = self.mark_on(self.marked)
        self._type(Mark(there.kind if there else DayKind.ATTENDED, HALF))

    def action_mark_sick(self) -> None:
        """Off sick."""
        self._type(Mark(DayKind.SICK))

    def action_mark_recall(self) -> None:
        """A recall day."""
        self._type(Mark(DayKind.RECALL))

    def action_mark_skills(self) -> None:
        """A skills day."""
        self._type(Mark(DayKind.SKILLS))

    def action_mark_holiday(self) -> None:
        """On leave."""
        self._type(Mark(DayKind.HOLIDAY))

    def action_mark_absent(self) -> None:
        """Missed for another reason."""
        self._type(Mark(DayKind.ABSENT))

    def action_mark_usual(self) -> None:
        """As the weekly pattern says."""
        self._type(self._usual(self.marked))

    def action_mark_none(self) -> None:
        """Nothing on this day."""
        self._type(None, onwards=False)

    def action_mark_week(self) -> None:
        """Fill what is still empty in this week as the pattern says, and go on to the next week."""
        if self.register is None:
            return
        monday = self.marked - timedelta(days=self.marked.weekday())
        for day in (monday + timedelta(days=n) for n in range(WEEK)):
            if self.mark_on(day) is None and not self._why_not(day) and (usual := self._usual(day)):
                self._put(day, usual)
        self._move((monday + timedelta(days=WEEK) - self.marked).days)
        self.refresh()
        self.post_message(self.Changed())

    # moving ----------------------------------------------------------------------------------------------------------

    def _move(self, days: int) -> None:
        if self.register is not None:
            wanted = self.marked + timedelta(days=days)
            self.marked = min(max(wanted, self.register.first), self.register.last)
            self.post_message(self.Changed())

    def action_day_before(self) -> None:
        """Mark the day before."""
        self._move(-1)

    def action_day_after(self) -> None:
        """Mark the day after."""
        self._move(1)

    def action_cursor_up(self) -> None:
        """Mark the same day of the week before."""
        self._move(-WEEK)

    def action_cursor_down(self) -> None:
        """Mark the same day of the next week."""
        self._move(WEEK)

    def action_page_up(self) -> None:
        """Move up a screenful."""
        self._move(-WEEK * self._room)

    def action_page_down(self) -> None:
        """Move down a screenful."""
        self._move(WEEK * self._room)

    def action_today(self) -> None:
        """Go to today."""
        self._move((office_of(self).today - self.marked).days)

    def on_click(self, event: Click) -> None:
        """Mark the day that was clicked."""
        offset = event.get_content_offset(self)
        if self.register is None or offset is None or offset.y < 1 or offset.x < HEAD:
            return
        place = (offset.x - HEAD) // self._width
        if place < WEEK:
            self._move((self._top + timedelta(days=(offset.y - 1) * WEEK + place) - self.marked).days)

    # drawing ---------------------------------------------------------------------------------------------------------

    @property
    def _width(self) -> int:
        return max((self.content_size.width - HEAD - 2 * SUM) // WEEK, LEAST)

    @property
    def _room(self) -> int:
        return max(self.content_size.height - 1, 1)

    @property
    def _top(self) -> date:
        """The Monday of the first week in view: all from the start while that fits, else the cursor two thirds down."""
        assert self.register is not None
        first = self.register.first
        weeks, at = (self.register.last - first).days // WEEK + 1, (self.marked - first).days // WEEK
        skipped = min(max(at - self._room * 2 // 3, 0), max(weeks - self._room, 0))
        return first + timedelta(days=WEEK * skipped)

    def render(self) -> RenderResult:
        """Write the days of the week, and the weeks with what each adds and what is done by then."""
        if self.register is None:
            return Content("")
        width = self._width
        heads = "".join(name.ljust(width) for name in DAYS)
        sums = "Week".rjust(SUM) + "So far".rjust(SUM)
        lines = [Content.styled("Week of".ljust(HEAD) + heads + sums, "bold $text on $panel")]
        top = self._top
        mondays = [top + timedelta(days=WEEK * n) for n in range(self._room)]
        lines += [self._week(monday, width) for monday in mondays if monday <= self.register.last]
        return Content("\n").join(lines)

    def _week(self, monday: date, width: int) -> Content:
        days = [monday + timedelta(days=n) for n in range(WEEK)]
        week = sum(mark.counted for day in days if (mark := self.mark_on(day)))
        before = self.done(upto=monday)
        name = f"{monday.day} {MONTHS[monday.month - 1][:3]}".ljust(HEAD)
        sums = hundredths(week).rjust(SUM) + hundredths(before + week).rjust(SUM)
        cells = [self._cell(day, width) for day in days]
        return Content.assemble((name, "$muted"), *cells, (sums, "$text" if week else "$muted"))

    def done(self, upto: date = date.max) -> int:
        """Return the days done before ``upto``, in hundredths, with what is typed and not saved."""
        kept = self.register.kept if self.register else {}
        days = {day for day in (*kept, *self.pending) if day < upto}
        return sum(mark.counted for day in days if (mark := self.mark_on(day)))

    def _cell(self, day: date, width: int) -> Content:
        word, tone = self._word(day)
        if day in self.pending:
            word, tone = f"{word or '·'}*", f"bold {tone}"
        if day == self.marked:
            back = "on $cursor" if self.has_focus else "on $rest"
            tone = f"bold $cursor-text {back}" if self.has_focus else f"{tone} {back}"
        return Content.styled(word[:width].ljust(width), tone)

    def _word(self, day: date) -> tuple[str, str]:
        """Return what stands on a day, and its colour: what it was, what is expected, or why there is nothing."""
        assert self.register is not None
        if (mark := self.mark_on(day)) is not None:
            return mark.word, "$held" if mark.counted else "$near"
        if day in self.register.closed:
            return "closed", "$muted"
        if day < self.register.starts or self._usual(day) is None:
            return "", "$muted"
        return ("? day", "$late") if day < office_of(self).today else ("·", "$muted")
