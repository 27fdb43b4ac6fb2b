"""Beside a learner's timeline: the checklist with what is missing, supervision given and due, evidence, needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from domain.core.dates import short_day, show_day
from domain.core.enums import ROLE_TITLES, Role
from domain.core.text import plural
from domain.learning.asye import Check
from domain.learning.placements import Hours
from storage.cases.case_lists import CaseLine
from storage.learning.learner_page import Learner
from storage.learning.needs import MatrixRow, NeedLine
from storage.learning.programme_record import Kept
from tui.core.look import Look, state
from tui.core.text import shorten, show
from tui.learning.learner_text import state_name
from tui.widgets.side import Side

CELL = 4
FILLED, EMPTY = "■", "·"


class Matrix(NamedTuple):
    """Evidence by domain of one framework, at the levels that matter here; None is evidence without a level."""

    title: str
    levels: Sequence[tuple[str | None, str]]
    rows: Sequence[MatrixRow]


class Beside(NamedTuple):
    """All that the side shows."""

    learner: Learner
    matrices: Sequence[Matrix]
    needs: Sequence[NeedLine]
    cases: Sequence[CaseLine]
    forbidden: frozenset[str]  # the cases among them that a policy does not let this learner hold


class LearnerSide(Side):
    """The side of a learner's page: what they have shown and what is missing."""

    def show_beside(self, beside: Beside, look: Look) -> None:
        """Show the sections."""
        self.show_lines(lambda room: sections(beside, look, room))


def sections(beside: Beside, look: Look, room: int) -> Iterator[Content]:
    """Yield the lines of every section."""
    learner = beside.learner
    for warning in learner.warnings:
        yield show(f"▲ {warning}", "$over")
    if learner.checks:
        met = sum(check.state == "met" for check in learner.checks)
        yield _head("Checklist", f"{met} of {len(learner.checks)} there")
        yield from (_check(check, look, room) for check in learner.checks)
    yield from _supervision(beside, look)
    yield _head("Caseload", plural(len(beside.cases), "case") if beside.cases else "holds none")
    yield from (_case(case, case.reference in beside.forbidden, look, room) for case in beside.cases)
    for matrix in beside.matrices:
        yield from _matrix(matrix, room)
    yield _head("Learning needs", "" if beside.needs else "none open")
    yield from (_need(need, look, room) for need in beside.needs)


def _head(title: str, rest: str = "") -> Content:
    return Content.assemble("\n", show(title, "bold $accent"), "  ", show(rest, "$muted"))


def _row(glyph: str, style: str, words: str, end: str, room: int, *, quiet: bool = False) -> Content:
    """Return a line with a glyph before it and a day at its right edge."""
    width = room - 2 - (len(end) + 2 if end else 0)
    words = shorten(words, width)
    return Content.assemble(
        show(glyph, style), " ", show(words, "$muted" if quiet else "").pad_right(width - cell_len(words)),
        "  " if end else "", show(end, style),
    )  # fmt: skip


def _check(check: Check, look: Look, room: int) -> Content:
    """Return a line of the checklist: glyph and how many, what, and by when."""
    found = state(state_name(check.state))
    many = f"{check.have}/{check.need} " if check.need > 1 else ""
    due = short_day(check.due, look.today) if check.due else ""
    met = check.state == "met"
    return _row(found.glyph, f"${found.name}", f"{many}{check.title}", due, room, quiet=met)


def _case(case: CaseLine, forbidden: bool, look: Look, room: int) -> Content:
    """Return a line of the caseload: the case, the role, since when; marked where a policy forbids it."""
    since = short_day(case.since, look.today) if case.since else ""
    role = ROLE_TITLES[Role(case.role)].lower()
    if forbidden:
        return _row("✗", "$late", f"{case.reference} {role}: policy forbids it", since, room)
    return _row("·", "$muted", f"{case.reference} {role}", since, room)


def _supervision(beside: Beside, look: Look) -> Iterator[Content]:
    learner = beside.learner
    if not (learner.entitlement or learner.phases or learner.held):
        return
    yield _head("Supervision", learner.entitlement)
    if learner.hours is not None:
        yield from _hours(learner.hours, learner.kept, look)
    elif learner.entitlement:
        yield show("– not set: the university's rule is in no pack", "$unset")
    for phase in learner.phases:
        span = f"{show_day(phase.starts, look.today)} to {show_day(phase.until, look.today)}"
        now = phase.starts <= look.today < phase.until
        yield show(f"{'▸' if now else '·'} every {phase.every.words}: {span}", "" if now else "$muted")
    if learner.protected is not None:
        yield show(f"Protected time {learner.protected // 60} h {learner.protected % 60:02} min a week")
    if learner.held:
        yield show(f"{plural(len(learner.held), 'session')} held, last {show_day(learner.held[-1].on, look.today)}")


def _hours(hours: Hours, kept: Kept, look: Look) -> Iterator[Content]:
    educator, on_site = (look.worker(name) if name else "–" for name in (kept.educator_name, kept.on_site_name))
    owed = show(f"● {_time(hours.owed)} owed", "$late") if hours.owed else show("✓", "$held")
    yield Content.assemble(show(f"{_time(hours.given)} given, {_time(hours.due)} due by now"), "  ", owed)
    if hours.whole is not None:
        yield show(f"{_time(hours.whole)} in the whole placement", "$muted")
    yield show(f"Educator {educator}: {_time(hours.educator)}")
    yield show(f"On site {on_site}: {_time(hours.on_site)}")
    if hours.others:
        yield show(f"Others: {_time(hours.others)}")


def _time(minutes: int) -> str:
    return f"{minutes / 60:g} h" if minutes % 30 == 0 else f"{minutes // 60} h {minutes % 60:02} min"


def _matrix(matrix: Matrix, room: int) -> Iterator[Content]:
    """Yield the evidence by domain and level: a filled square with how many, or a dot."""
    filled = sum(any(row.counts.values()) for row in matrix.rows)
    yield _head("Evidence", f"{matrix.title}: {filled} of {len(matrix.rows)}")
    if any(level for level, _ in matrix.levels):
        heads = "".join(title[:CELL].rjust(CELL + 1) for _, title in matrix.levels)
        yield Content.styled(heads.rjust(room), "$muted")
    for row in matrix.rows:
        cells = [_cell(row.counts.get(level, 0)) for level, _ in matrix.levels]
        width = room - len(cells) * (CELL + 1)
        words = shorten(row.capability.title, width - 1)
        yield Content.assemble(show(words).pad_right(width - cell_len(words)), *cells)


def _cell(count: int) -> Content:
    words = f"{FILLED}{count}" if count else EMPTY
    return Content.styled(words.rjust(CELL + 1), "$held" if count else "$late")


def _need(need: NeedLine, look: Look, room: int) -> Content:
    found = state(state_name(need.state))
    due = short_day(need.due, look.today) if need.due else "no date"
    return _row(found.glyph, f"${found.name}", need.title, due, room)
