"""Learner: the programme as a timeline, and beside it the checklist, supervision, evidence and learning needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from domain.core.dates import distance, show_day
from domain.core.enums import DayKind
from domain.core.text import plural
from storage.allocation.phantom import FORBIDDEN, Phantom, phantoms
from storage.cases.case_lists import worker_cases
from storage.learning.board import ticks as ticks_of
from storage.learning.learner_page import learner as read_learner
from storage.learning.needs import frameworks_on, matrix, open_needs
from storage.learning.programmes import DONE
from storage.rules.kept_packs import Packs
from tui.core.keys import bindings
from tui.core.look import Look, hundredths, state
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import cell, show
from tui.grid.columns import Column
from tui.grid.grid import Grid
from tui.learning.forms.paper_form import save_paper
from tui.learning.learner_panel import Beside, LearnerSide, Matrix
from tui.learning.learner_text import day_and_state, done_words, short_day, state_name, way

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.learning.learner_page import Learner

ROOMY, BAR = 100, 30
NOW = "now"
EMPTY = "Nothing is dated in this programme."


class Moment(NamedTuple):
    """A line of the timeline; ``state`` is a stage's, or empty for what only happened. ``who`` is a name."""

    key: str
    day: date | None
    state: str
    title: str
    more: str = ""
    who: str = ""


class LearnerScreen(Page):
    """One learner's programme."""

    CSS_PATH = "learner_screen.tcss"
    AREA = "learning"
    BINDINGS: ClassVar[list[BindingType]] = bindings("record", "placement-days", "papers", "registrations", "cpd")

    def __init__(self, programme: int) -> None:
        super().__init__()
        self.programme = programme
        self._beside: Beside | None = None

    def body(self) -> ComposeResult:
        """Lay out how much is done, the timeline, and what stands beside it."""
        yield Static(id="way")
        with Horizontal():
            yield Grid("learner", columns(), key=lambda row: row.key, empty=EMPTY)
            yield LearnerSide()

    @property
    def grid(self) -> Grid[Moment]:
        """The timeline."""
        return self.query_one(Grid)

    async def load(self) -> None:
        """Read the programme and show it."""
        number, today = self.programme, self.office.today
        beside, ticks = await self.office.desk.read(lambda conn: _read(conn, number, today))
        learner, look = beside.learner, self.look
        self._beside = beside
        self.title_with(look.worker(learner.line.name, learner.line.worker), learner.line.title)
        self.query_one("#way", Static).update(_way(learner, ticks, today))
        self.query_one(LearnerSide).show_beside(beside, look)
        self.grid.show_rows(sorted([*moments(learner, today), *_happened(learner)], key=_order))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the register only of a placement."""
        if action == "placement_days":
            return self._beside is not None and self._beside.learner.kept.placement is not None
        return super().check_action(action, parameters)

    def on_resize(self, event: Resize) -> None:
        """Give the side less room in a narrow window."""
        self.query_one(LearnerSide).set_class(event.size.width < ROOMY, "-narrow")

    def action_placement_days(self) -> None:
        """Open the register."""
        self.app.push_screen(page("register", self.programme))

    def action_registrations(self) -> None:
        """Show what the learner holds, and until when."""
        self._open("registrations")

    def action_cpd(self) -> None:
        """Show the learner's professional development of this registration year."""
        self._open("cpd-pieces")

    def _open(self, name: str) -> None:
        if self._beside is not None:
            self.app.push_screen(page(name, self._beside.learner.kept.worker))

    @work(exit_on_error=False)
    async def action_record(self) -> None:
        """Record a stage, a part, evidence, a step of the concerns procedure, or days closed."""
        from tui.learning.forms.learner_form import record_for

        if said := await record_for(self, self.programme):
            self.office.changed()
            self.notify(said, markup=False)
            self.read_again()

    @work(exit_on_error=False)
    async def action_papers(self) -> None:
        """Save the register, the log or the frame of the year."""
        if self._beside is not None and (said := await save_paper(self, self._beside.learner.line)):
            self.notify(said, markup=False)


def _way(learner: Learner, ticks: tuple[int, ...], today: date) -> Content:
    """Return how much is done, and when it ends as it looks now."""
    line = learner.line
    bar = way(line.done, line.whole, ticks, BAR) + " " if line.whole else ""
    ends = f"ends {show_day(line.ends, today)}, {distance(line.ends, today)}" if line.ends else "no end known"
    open_days = f"   ● {plural(len(learner.unrecorded), 'day')} not in the register" if learner.unrecorded else ""
    return Content.assemble(
        Content.styled(bar, "$steady"), Content.styled(done_words(line), "bold"), Content.styled(open_days, "$late"),
        "\n", show(f"began {show_day(line.starts, today)},", "$muted"), " ", show(ends),
    )  # fmt: skip


def _order(moment: Moment) -> tuple[bool, date, bool]:
    return (moment.day is None, moment.day or date.max, moment.key == NOW)


def moments(learner: Learner, today: date) -> Iterator[Moment]:
    """Yield the timeline: the beginning, stages reached and to come, steps of a concern, phases, today, the end."""
    line = learner.line
    yield Moment("start", line.starts, "", "Begins")
    yield Moment(NOW, today, NOW, "")
    for stage in learner.stages:
        late = f"due {show_day(stage.due, today)}" if stage.done_on and stage.due and stage.done_on > stage.due else ""
        note = late or (stage.note if stage.due is None or stage.state == "closed" else "")
        yield Moment(f"stage:{stage.id}", stage.done_on or stage.due, stage.state, stage.title, note)
    for step in learner.concerns:
        if step.done_on:
            yield Moment(f"concern:{step.id}", step.done_on, "concern", step.title, "concerns procedure")
    for longer in learner.kept.extensions:
        yield Moment(f"extension:{longer.id}", longer.on, "", f"Extended to {hundredths(longer.days)} days", longer.why)
    for phase in learner.phases[1:]:
        yield Moment(f"phase:{phase.starts}", phase.starts, "", f"Supervision every {phase.every.words} from here")
    if line.ends:
        yield Moment("end", line.ends, "", "Ends, as it looks now")


# reading ---------------------------------------------------------------------------------------------------------


def _barred(phantom: Phantom, worker: str) -> bool:
    return phantom.kind == FORBIDDEN and phantom.worker == worker


def _read(conn: Connection, number: int, today: date) -> tuple[Beside, tuple[int, ...]]:
    found = read_learner(conn, number, today)
    kept = found.kept
    beside = Beside(
        learner=found,
        matrices=list(_matrices(conn, kept.worker, today)),
        needs=open_needs(conn, today, worker=kept.worker),
        cases=worker_cases(conn, kept.worker, today),
        forbidden=frozenset(p.case for p in phantoms(conn, found.line.team, today) if _barred(p, kept.worker)),
    )
    return beside, ticks_of(kept, found.stages)


def _matrices(conn: Connection, worker: str, today: date) -> Iterator[Matrix]:
    """Yield the frameworks for which there is evidence; where there is none, the first one with levels, empty."""
    said = Packs(conn).all("framework")
    found = {name: matrix(conn, worker, name, today) for name in frameworks_on(conn, today)}
    used = [name for name, rows in found.items() if any(any(row.counts.values()) for row in rows)]
    first = [name for name in found if said[name].get("levels")][:1]
    for name in used or first:
        levels = [(one["id"], one["title"]) for one in said[name].get("levels") or ()]
        there = {level for row in found[name] for level, many in row.counts.items() if many}
        shown: list[tuple[str | None, str]] = [(key, _short(key)) for key, _ in levels if key in there]
        if there - {key for key, _ in shown} or not shown:
            shown.append((None, "any"))
        yield Matrix(said[name]["title"], shown, found[name])


def _short(level: str) -> str:
    """Return a level in a few letters: "1st" for "first-placement"."""
    known: Mapping[str, str] = {"first-placement": "1st", "last-placement": "last", "readiness": "rdy"}
    return known.get(level, level[:4])


def _happened(learner: Learner) -> Iterator[Moment]:
    """Yield evidence, closures, and by kind and week the days that were missed or recalled."""
    for one in learner.evidence:
        yield Moment(f"evidence:{one.id}", one.on, "evidence", one.title, one.kind.replace("_", " "), one.seen_by)
    for closure in learner.kept.closures:
        yield Moment(f"closure:{closure.id}", closure.starts, "", closure.why, f"closed to {show_day(closure.ends)}")
    weeks: dict[tuple[str, str], list[date]] = defaultdict(list)
    for line in learner.kept.days:
        if line.kind not in (DayKind.ATTENDED, DayKind.SKILLS):
            weeks[line.kind, f"{line.on:%Y-%W}"].append(line.on)
    words: Mapping[str, str] = {DayKind.RECALL: "Recall day", DayKind.SICK: "Off sick", DayKind.HOLIDAY: "On leave"}
    for (kind, _), days in weeks.items():
        yield Moment(f"day:{kind}:{days[0]}", days[0], "", words.get(kind, "Missed"), plural(len(days), "day"))


# columns ---------------------------------------------------------------------------------------------------------


def columns() -> list[Column[Moment]]:
    """Return the timeline's columns."""
    return [
        Column("when", "When", lambda r: r.day, _when, least=13),
        Column("what", "What", _words, _what, stretch=True, least=20, most=120),
    ]


def _when(row: Moment, look: Look) -> Text:
    if row.state == NOW:
        return cell(f"▸ {show_day(look.today, look.today)}", f"bold {look.colour('accent')}")
    if row.state in ("", "evidence", "concern"):
        return Text("  ").append_text(cell("–" if row.day is None else short_day(row.day, look)))
    return day_and_state(row.day, row.state, look)


def _words(row: Moment) -> str:
    return f"{row.title}: {row.more}" if row.more else row.title


def _what(row: Moment, look: Look) -> Text:
    if row.state == NOW:
        return cell("today", f"bold {look.colour('accent')}")
    quiet = row.state in ("", DONE) and row.day is not None and row.day > look.today
    found = cell(row.title, look.colour("muted") if quiet else look.colour("late") if row.state == "concern" else "")
    if row.state not in ("", "evidence", "concern", DONE):
        distant = distance(row.day, look.today) if row.day else state(state_name(row.state)).word
        found.append("   ").append_text(cell(distant, look.colour(state(state_name(row.state)).name)))
    if row.more:
        seen = f", seen by {look.worker(row.who)}" if row.who else ""
        found.append("   ").append_text(cell(row.more + seen, look.colour("muted")))
    return found
