"""A worker's load line by line down to capacity, and their supervision, beside the list of their cases."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from domain.core.dates import ago, distance, show_day
from domain.core.enums import ROLE_TITLES, Role, SessionState
from domain.core.hundredths import half_up
from domain.core.text import plural
from storage.home.worker_page import SessionLine, WorkerFile
from storage.load.reduction_lines import ReductionLine
from tui.core.look import Look, due_state, hundredths, percent, state
from tui.core.text import laid, shorten, show
from tui.load.load_bar import CASES, EXTRA, STABLE
from tui.widgets.side import Side

NUMBERS = 8
SHOWN_SESSIONS = 4
NO_LOAD = "No full-time load is set for this team, so nothing can be said about how full anybody is."


class WorkerSide(Side):
    """What a worker's load and capacity are made of, and supervision."""

    DEFAULT_CSS = "WorkerSide { width: 40; }"

    def show_file(self, file: WorkerFile, look: Look) -> None:
        """Show ``file``."""
        self.show_lines(lambda room: [*_load(file, look, room), *_supervision(file, look), *_details(file, look)])


def _sum_line(label: str, points: int | None, room: int, style: str = "") -> Content:
    """A label left and a number right, as in an account."""
    label = shorten(label, room - NUMBERS)
    return Content.assemble(
        show(label, style).pad_right(max(room - NUMBERS - len(label), 0)),
        show(hundredths(points), style).pad_left(max(NUMBERS - len(hundredths(points)), 0)),
    )


def _load(file: WorkerFile, look: Look, room: int) -> Iterator[Content]:
    line = file.line
    found = state(line.band)
    words = f"{found.glyph} {found.word}".strip()
    unset = "no capacity set" if line.capacity is None else "no capacity today"
    used = percent(line.utilisation) if line.utilisation is not None else unset
    yield Content.assemble(show("Load today", "bold $accent"), "  ", show(f"{used} {words}", f"bold ${found.name}"))
    yield from _cases(file, room)
    if line.stable:
        yield _sum_line(f"{STABLE} Stable part of the post", line.stable, room)
    for extra in file.extras:
        if extra.starts <= look.today:
            yield _sum_line(f"{EXTRA} {extra.title}", extra.points, room)
    yield _sum_line("= points carried", line.points, room, "bold")
    assumed = sum(1 for case in file.cases if case.assumed)
    if assumed:
        yield show(f"? {plural(assumed, 'case')} not weighed: points assumed", "$due")
    yield from _red(file, look)
    yield Content("")
    yield from _hours(file, look)
    if file.capacity.today is None:
        yield show(NO_LOAD, "$muted")
        return
    for step in file.capacity.lines:
        yield _sum_line(step.label, step.points, room)
    yield _sum_line("= capacity today", file.capacity.today, room, "bold")
    if line.utilisation is not None:
        carried = f"{hundredths(line.points)} of {hundredths(file.capacity.today)} is {line.utilisation / 10:g} %"
        yield Content.assemble(show(carried), " ", show(words, f"${found.name}"))
    yield show(_band(file), "$muted")


def _cases(file: WorkerFile, room: int) -> Iterator[Content]:
    """The cases carried, by role, and how many families they are."""
    line = file.line
    if not file.roles:
        yield show("no cases", "$muted")
    for role in file.roles:
        title = ROLE_TITLES[Role(role.role)]
        share = f", {role.share} % of {hundredths(role.whole)}" if role.share != 100 else ""
        shade = f"{CASES} " if line.stable or line.extra else ""
        yield _sum_line(f"{shade}{plural(role.cases, 'case')}, {title.lower()}{share}", role.points, room)
    if line.cases:
        yield laid("  of {families}", "$muted", families=plural(line.families, "family", "families"))


def _hours(file: WorkerFile, look: Look) -> Iterator[Content]:
    """The contract in hours and what is left of it today, unplanned hours apart from both."""
    line = file.line
    yield _pair("Contract", show(f"{hundredths(line.contract_hours)} h a week, FTE {hundredths(line.fte)}"))
    today = "off today" if line.away and not line.today_hours else f"{hundredths(line.today_hours)} h a week"
    yield _pair("Today", show(today + (", off today" if line.away and line.today_hours else "")))
    for less in file.reductions:
        yield from _reduction(less, look)
    if line.unplanned:
        contract = 4 * line.contract_hours
        share = f", {half_up(line.unplanned * 100, contract)} % of contract" if contract else ""
        yield _pair("Unplanned", show(f"{hundredths(line.unplanned)} h in 4 weeks{share}, in no figure here"))
    if file.supervisees or file.supervises_most is not None:
        most = "" if file.supervises_most is None else f" of {file.supervises_most} agreed"
        style = "$over" if file.supervises_most is not None and file.supervisees > file.supervises_most else ""
        yield _pair("Supervises", show(f"{file.supervisees}{most}", style))


def _reduction(less: ReductionLine, look: Look) -> Iterator[Content]:
    until = f" to {show_day(less.ends, look.today)}" if less.ends else " on"
    amount = f"{less.less.words} less" if less.counts else "off"
    yield show(f"{amount}, {less.reason}, {show_day(less.starts, look.today)}{until}", "$muted")
    if less.lapses(look.today) and less.ends:
        yield show(f"◐ ends {distance(less.ends, look.today)}: keep it going, or let it end (e)", "$due")


def _red(file: WorkerFile, look: Look) -> Iterator[Content]:
    """How long the load has been over the red line, and the concerns that are open about it."""
    staff_id, past = file.line.staff_id, file.past
    if past.is_streak(staff_id):
        found = state("over")
        yield show(f"{found.glyph} {found.word} {plural(past.streaks[staff_id], 'week')}", f"bold ${found.name}")
    for line in past.concerns:
        raised = f"Concern of {show_day(line.raised_on, look.today)}"
        if line.state == "unanswered":
            yield show(f"● {raised}: no answer", "$late")
            yield laid("  e answers it with a plan", "$muted")
            continue
        review = f", again on {show_day(line.review_on, look.today)}" if line.review_on else ""
        late = line.state == "review"
        yield show(f"{'●' if late else '✓'} {raised}: answered{review}", "$late" if late else "$muted")


def _band(file: WorkerFile) -> str:
    """Say in words which band of the scheme that is."""
    below = 0.0
    for band in file.scheme.get("bands", ()):
        upto = band.get("upto_percent")
        if band.get("key") == file.line.band:
            title = band.get("title", band["key"])
            edges = (
                f"above {below:g} %"
                if upto is None
                else f"up to {upto:g} %"
                if not below
                else f"{below:g} to {upto:g} %"
            )
            return f"{title}: {edges}"
        below = upto or below
    return ""


def _supervision(file: WorkerFile, look: Look) -> Iterator[Content]:
    line, today = file.line, look.today
    yield from (Content(""), show("Supervision", "bold $accent"))
    held = (
        f"{show_day(line.last_supervised, today)}, {ago(line.last_supervised, today)}"
        if line.last_supervised
        else "never"
    )
    yield _pair("Last held", show(held))
    due = due_state(line.supervision_due, today)
    when = show_day(line.supervision_due, today) if line.supervision_due else due.word
    yield _pair("Next due", show(f"{due.glyph} {when}", f"${due.name}"))
    booked = [s for s in file.sessions if s.state == SessionState.PLANNED and s.on >= today]
    if booked:
        soonest = booked[-1]
        yield _pair("Booked", show(f"{show_day(soonest.on, today)} at {soonest.start}"))
    else:
        yield _pair("Booked", show("– nothing: press n to book", "$unset"))
    name = file.supervisor_name
    yield _pair("With", show(look.worker(name, file.line.supervisor) if name else "– nobody set"))
    yield from (_session(s, look) for s in file.sessions[:SHOWN_SESSIONS] if s not in booked)


def _session(session: SessionLine, look: Look) -> Content:
    if session.state == SessionState.HELD:
        mark, words = "✓", f"held {show_day(session.held_on or session.on, look.today)}"
    elif session.state == SessionState.PLANNED:
        mark, words = "◐", f"booked {show_day(session.on, look.today)}, not recorded yet"
    else:
        mark, words = "✗", f"{session.state} {show_day(session.on, look.today)}: {session.reason}".rstrip(": ")
    return show(f"{mark} {words}", "$muted")


def _pair(label: str, value: Content) -> Content:
    return Content.assemble(show(label, "$muted").pad_right(max(10 - len(label), 1)), value)


def _details(file: WorkerFile, look: Look) -> Iterator[Content]:
    line, today = file.line, look.today
    yield from (Content(""), show("Details", "bold $accent"))
    yield _pair("Staff id", show(line.staff_id))
    yield _pair("Grade", show(line.grade_title))
    yield _pair("Team", show(line.team))
    yield _pair("FTE", show(hundredths(line.fte) + (", agency" if file.agency else "")))
    if line.role:
        yield _pair("Role", show(line.role))
    if file.started:
        yield _pair("Started", show(show_day(file.started, today)))
    if line.leaves:
        said = "Left" if line.leaves < today else "Leaves"
        yield _pair(said, show(f"{show_day(line.leaves, today)}", "$due"))
    if file.registration and not look.no_names:
        yield _pair("Register", show(file.registration))
