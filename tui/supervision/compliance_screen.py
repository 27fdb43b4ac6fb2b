"""Supervision held by its due date: by worker, supervisor or month, the trend, and the records still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content

from domain.core.dates import show_day, show_month
from domain.core.text import plural
from domain.due.timeliness import Period, periods
from domain.due.timeliness import Tally as MonthTally
from domain.supervision.compliance import CONVENTION, UNVERIFIED, Tally, together
from storage.people.acting import acting
from storage.people.in_use import counted_words
from storage.people.staff import names as staff_names
from storage.people.teams import team_or_first
from storage.records.database import Database
from storage.rules.kept_packs import Packs
from storage.supervision.compliance import GroupTally, RecordLine, Scope, compliance_by, open_records
from storage.supervision.reflection import Balance, balances
from tui.core.keys import bindings
from tui.core.look import Look
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import drawn, show
from tui.dialogs.choose_team import ask_period
from tui.due.month_chart import MonthChart, bar
from tui.due.timeliness_screen import months
from tui.due.why_dialog import WhyDialog, Working
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.widgets.steady import Words, put

RECORDS = "records"
GROUPS = ("worker", "supervisor", "month", RECORDS)
ROOMY = 30  # lines from which on there is room for the table and the months


class Row(NamedTuple):
    """A line of the table: a worker, a supervisor or a month, called by what a person calls it."""

    key: str
    name: str
    line: GroupTally

    @property
    def tally(self) -> Tally:
        """Its counts."""
        return self.line.tally


class Record(NamedTuple):
    """A held session whose record is open, with the names of the two."""

    line: RecordLine
    worker: str
    supervisor: str


class Shown(NamedTuple):
    """Everything the screen says about one team in one period."""

    team: str | None
    rows: Mapping[str, Sequence[Row]]
    months: Mapping[str, Tally]
    records: Sequence[Record]
    reasons: Sequence[tuple[str, int]]
    mine: Sequence[Balance]
    names: Mapping[str, str]
    counted: str = ""


NOTHING = Shown(None, {}, {}, (), (), (), {})


class ComplianceScreen(Page):
    """What was held in time in one team and one period."""

    CSS_PATH = "compliance_screen.tcss"
    AREA = "supervision"
    BINDINGS: ClassVar[list[BindingType]] = bindings("why", "group-by", "choose-period", "choose-team")

    def __init__(self) -> None:
        super().__init__()
        self._named = "Last 12 months"
        self._by = 0
        self._shown = NOTHING

    @property
    def period(self) -> Period:
        """The period shown."""
        return periods(self.office.today)[self._named]

    @property
    def grid(self) -> Grid[Any]:
        """The table on show."""
        return self.query_one(f"#held-{GROUPS[self._by]}", Grid)

    def body(self) -> ComposeResult:
        """A table for each grouping, the months, and what else is to be said."""
        nothing = "Nobody worked here in this period."
        for group in GROUPS[:-1]:
            yield Grid(f"held-{group}", columns(group.capitalize()), lambda r: r.key, empty=nothing)
        yield Grid(
            f"held-{RECORDS}",
            record_columns(),
            lambda row: str(row.line.session),
            empty="✓ Every session of this period has a record that both agreed.",
        )
        yield MonthChart()
        yield Words("", id="beside")
        yield Words("", id="convention")

    def on_mount(self) -> None:
        """Begin with the workers."""
        self._turn_to(0)

    async def load(self) -> None:
        """Count, and show it."""
        wanted, period, actor = self.office.team, self.period, self.office.actor or ""
        self._shown = shown = await self.office.desk.call(lambda db: read(db, wanted, period, actor))
        for group in GROUPS[:-1]:
            self.query_one(f"#held-{group}", Grid).show_rows(shown.rows.get(group, ()))
        self.query_one(f"#held-{RECORDS}", Grid).show_rows(shown.records)
        trend = {month: MonthTally(due=one.due, on_time=one.held) for month, one in shown.months.items()}
        self.query_one(MonthChart).show_months("Supervision held in time", months(period), trend)
        self._say()

    def _say(self) -> None:
        """Say what is shown, and what there is to say beside the marked row."""
        put(self.query_one("#beside", Words), Content("\n").join([show(one) for one in self._beside()]))
        group, period = GROUPS[self._by], self.period
        what = "Open records" if group == RECORDS else f"By {group}"
        said = f"{what}, {show_day(period.start)} to {show_day(period.end)}; w: how it is counted"
        put(self.query_one("#convention", Words), show(said))
        self.title_with(f"Held in time: {self._shown.team or 'no team yet'}")

    def _beside(self) -> Iterator[str]:
        shown = self._shown
        if shown.counted:
            yield shown.counted
        if shown.reasons:
            yield "Not held: " + ", ".join(f"{title.lower()} {count}" for title, count in shown.reasons)
        missing = sum(one.line.recorded_on is None for one in shown.records)
        if shown.records:
            agreed = len(shown.records) - missing
            yield f"Records: {missing} not made, {agreed} not agreed by both (b shows them)"
        row = self.grid.current
        who = row.line.worker if isinstance(row, Row | Record) else None
        for one in shown.mine:
            filled = one.reflective + one.updates
            if filled and one.worker == who:
                worker, supervisor = (self.look.worker(shown.names[key], key) for key in (one.worker, one.supervisor))
                yield (
                    f"Between {worker} and {supervisor} alone: reflection in {one.reflective} of "
                    f"{plural(filled, 'part')} filled in"
                )

    def _turn_to(self, by: int) -> None:
        self._by = by
        for number, group in enumerate(GROUPS):
            self.query_one(f"#held-{group}", Grid).display = number == by
        self.grid.sheet.focus()
        self._fit()
        self._say()

    def on_resize(self) -> None:
        """Leave the months out where there is no room for them beside the table."""
        self._fit()

    def _fit(self) -> None:
        self.query_one(MonthChart).display = self.size.height >= ROOMY or GROUPS[self._by] == "month"

    @on(Grid.Moved)
    def _moved(self) -> None:
        self._say()

    def action_group_by(self) -> None:
        """Show the next grouping, and then the open records."""
        self._turn_to((self._by + 1) % len(GROUPS))

    # what can be done with a row -------------------------------------------------------------------------------------

    @on(Grid.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the worker or the session; of anything else the working."""
        row = self.grid.current
        if isinstance(row, Record):
            self.app.push_screen(page("session", row.line.session))
        elif isinstance(row, Row) and row.line.worker is not None:
            self.app.push_screen(page("worker", row.line.worker))
        else:
            self.action_why()

    def action_why(self) -> None:
        """Show how the marked line was counted."""
        row = self.grid.current
        if isinstance(row, Row):
            name = self.look.worker(row.name, _whose(row)) if _whose(row) else row.name
            self.app.push_screen(WhyDialog(working(name, row.tally, self.period)))

    @work(exit_on_error=False)
    async def action_choose_period(self) -> None:
        """Choose from when to when due dates are counted."""
        if chosen := await ask_period(self):
            self._named = chosen
            self.read_again()


# reading -----------------------------------------------------------------------------------------------------------


def read(database: Database, wanted: str | None, period: Period, actor: str) -> Shown:
    """Count what a team's supervision comes to; of the first team when none was chosen yet."""
    conn, packs = database.reader(), database.packs()
    team = team_or_first(conn, wanted)
    if team is None:
        return NOTHING
    names = staff_names(conn)
    found = compliance_by(conn, database.subjects, packs, period, Scope(team), by=GROUPS[:-1])
    rows = {by: [_row(line, by, names) for line in found[by]] for by in GROUPS[:-1]}
    records = [
        Record(one, names.get(one.worker, ""), names.get(one.supervisor, ""))
        for one in open_records(conn, packs, period.end, period.start, team)
    ]
    whole = together(line.tally for line in found["worker"])
    kept = Packs(conn)
    reasons = [(kept.title("missed_reason", code), count) for code, count in whole.reasons.most_common()]
    own = {line.group: line.tally for line in found["month"] if not line.managers}
    return Shown(
        team,
        rows,
        own,
        records,
        reasons,
        balances(conn, acting(conn, actor), period),
        names,
        counted_words(conn, [team], period.start),
    )


def _row(line: GroupTally, by: str, names: Mapping[str, str]) -> Row:
    name = names.get(line.group, "") if by != "month" else show_month(date.fromisoformat(f"{line.group}-01"))
    key = f"{line.group}{':managers' if line.managers else ''}"
    return Row(key, name or ("Nobody" if not line.group else line.group), line)


def working(name: str, tally: Tally, period: Period) -> Working:
    """Put into words how a line was counted."""
    steps: list[tuple[str, str, date | None]] = [
        ("Due", f"{tally.due:,} from {show_day(period.start)} to {show_day(period.end)}", None),
        ("Held", f"{tally.held:,}, on or before the day due: {_said(tally.percent)}", None),
        ("Late", f"{tally.late:,}, before the next was due", None),
        ("Missed", f"{tally.missed:,}", None),
        ("Away", f"{tally.away:,} fell in an absence and are not counted", None),
        ("Sessions", f"{tally.sessions:,} held, {tally.covered:,} of them by somebody covering", None),
        ("Days between", f"{_number(tally.median_gap)} (median), {_number(tally.longest)} at the longest", None),
        ("Records", f"{tally.unrecorded:,} not made, {tally.unsigned:,} not agreed, {tally.record_late:,} late", None),
        ("Days to record", f"{_number(tally.median_to_record)} (median), from the session", None),
        ("Days to agree", f"{_number(tally.median_to_agree)} (median), from the record", None),
    ]
    return Working(name, CONVENTION, steps, remarks=[UNVERIFIED])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _said(share: float | None) -> str:
    return "–" if share is None else f"{share:g} %"


# columns -----------------------------------------------------------------------------------------------------------


def columns(title: str) -> list[Column[Row]]:
    """The table's columns, those that give way first marked highest."""
    names = "" if title == "Month" else "worker"
    return [
        Column("who", title, lambda r: r.name if names else r.line.group,
               lambda r, k: _name(r, k, hidden=bool(names)), names=names, whose=_whose, least=14, most=30),
        Column("own", "", lambda r: "manager" if r.line.managers else "", least=0, most=8, gives_way=1),
        Column("due", "Due", lambda r: r.tally.due, right=True),
        Column("held", "Held", lambda r: r.tally.held, lambda r, k: k.number(r.tally.held), right=True, gives_way=2),
        Column("late", "Late", lambda r: r.tally.late, lambda r, k: k.number(r.tally.late), right=True),
        Column("missed", "Missed", lambda r: r.tally.missed, lambda r, k: k.number(r.tally.missed), right=True),
        Column("percent", "In time", lambda r: r.tally.percent,
               lambda r, k: k.plain(_said(r.tally.percent), right=True), right=True),
        Column("share", "Share", lambda r: r.tally.percent, draw_wide=_bar, gives_way=7, least=6, most=20,
               stretch=True),
        Column("away", "Away", lambda r: r.tally.away, lambda r, k: k.number(r.tally.away), right=True, gives_way=5),
        Column("gap", "Days between", lambda r: r.tally.median_gap,
               lambda r, k: k.plain(_number(r.tally.median_gap), right=True), right=True, gives_way=4),
        Column("longest", "Longest", lambda r: r.tally.longest, right=True, gives_way=3),
        Column("unrecorded", "No record", lambda r: r.tally.unrecorded, lambda r, k: k.number(r.tally.unrecorded),
               right=True, gives_way=6),
        Column("unsigned", "Not agreed", lambda r: r.tally.unsigned, lambda r, k: k.number(r.tally.unsigned),
               right=True, gives_way=6),
    ]  # fmt: skip


def _whose(row: Row) -> str | None:
    return row.line.worker or row.line.supervisor


def _name(row: Row, look: Look, *, hidden: bool) -> Text:
    return look.plain(look.worker(row.name) if hidden else row.name)


def _bar(row: Row, look: Look, width: int) -> Text:
    return drawn(bar(row.tally.percent, width))


def record_columns() -> list[Column[Record]]:
    """The columns of the open records."""
    return [
        Column("held_on", "Held", lambda r: r.line.held_on),
        Column("worker", "Worker", lambda r: r.worker, names="worker", whose=lambda r: r.line.worker, least=12,
               most=26),
        Column("supervisor", "Supervisor", lambda r: r.supervisor, names="worker", whose=lambda r: r.line.supervisor,
               most=24, gives_way=2),
        Column("what", "Record", lambda r: "not made" if r.line.recorded_on is None else "not agreed by both",
               _record_state, least=12),
        Column("days", "Days", lambda r: r.line.days, right=True),
        Column("session", "Session", lambda r: r.line.session, right=True, gives_way=1),
    ]  # fmt: skip


def _record_state(row: Record, look: Look) -> Text:
    words = "not made" if row.line.recorded_on is None else "not agreed by both"
    return look.mark("late", f"{words}, late") if row.line.late else look.mark("due", words)
