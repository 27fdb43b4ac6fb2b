"""The columns of the list of workers who might take a case: what it would do to their load, and what speaks against."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from domain.allocation.candidates import Taker
from domain.core.dates import short_day
from tui.core.look import Look, hundredths, percent, state
from tui.core.text import cell
from tui.grid.columns import Column
from tui.load.load_bar import load_bar

LOAD_WORDS = 21  # " 114 % → 120 % ▲ over"
LEAST_BAR = 9
MAY, CAUTION, APPROVER, NEVER = "may", "caution", "approval", "may not"
_GLYPHS = {MAY: "✓", CAUTION: "◐", APPROVER: "✗", NEVER: "✗"}
_COLOURS = {MAY: "held", CAUTION: "due", APPROVER: "muted", NEVER: "muted"}


def standing(taker: Taker) -> str:
    """Return in a word how a worker stands to a case."""
    if taker.may:
        return CAUTION if taker.cautions else MAY
    return APPROVER if taker.overrulable else NEVER


def standing_words(taker: Taker) -> str:
    """Return the same with its glyph: "✓ may", "✗ approval"."""
    word = standing(taker)
    return f"{_GLYPHS[word]} {word}"


def standing_colour(taker: Taker) -> str:
    """Return the name of the colour that goes with it."""
    return _COLOURS[standing(taker)]


def reasons(taker: Taker) -> str:
    """Return what speaks against a worker, what is booked already, then what speaks for them."""
    near = ["covers the area"] if taker.near else []
    return "; ".join([*(finding.words for finding in taker.findings), *taker.told, *taker.known, *near])


def taker_columns() -> list[Column[Taker]]:
    """Return the columns; in a narrow window they go in this order: team, new cases, grade, cases, points spare."""
    return [
        Column("rank", "#", lambda t: t.rank, _plain(lambda t: str(t.rank), right=True), right=True, least=2),
        Column("worker", "Worker", lambda t: t.worker.name, _name, names="worker", whose=lambda t: t.worker.staff_id,
               least=10, most=22),
        Column("grade", "Grade", lambda t: t.worker.grade_title, _plain(lambda t: t.worker.grade_title), gives_way=3,
               most=18),
        Column("team", "Team", lambda t: t.worker.team, _plain(lambda t: t.worker.team), gives_way=5, most=14,
               at_first=False),
        Column("may", "May", standing, _may, least=9),
        Column("load", "Load now and with it", lambda t: None if t.after is None else t.after / 10, draw_wide=_load,
               stretch=True, least=LOAD_WORDS + LEAST_BAR, most=46),
        Column("spare", "Spare", lambda t: None if t.spare is None else t.spare / 100,
               _plain(lambda t: hundredths(t.spare), right=True), right=True, gives_way=2),
        Column("cases", "Cases", lambda t: t.worker.cases, _plain(lambda t: str(t.worker.cases), right=True),
               right=True, gives_way=3),
        Column("new", "New", lambda t: t.worker.new_cases, _plain(lambda t: str(t.worker.new_cases), right=True),
               right=True, gives_way=4),
        Column("why", "Why", reasons, _plain(reasons), stretch=True, least=10, most=120),
    ]  # fmt: skip


def _plain(words: Callable[[Taker], str], *, right: bool = False) -> Callable[[Taker, Look], Text]:
    """Return how a cell of these words is drawn: quietly for somebody who is ruled out."""

    def draw(taker: Taker, look: Look) -> Text:
        return cell(words(taker), "" if taker.may else look.colour("muted"), right=right)

    return draw


def _name(taker: Taker, look: Look) -> Text:
    return cell(look.worker(taker.worker.name), "" if taker.may else look.colour("muted"))


def _may(taker: Taker, look: Look) -> Text:
    return cell(standing_words(taker), look.colour(standing_colour(taker)))


def _load(taker: Taker, look: Look, width: int) -> Text:
    words = load_words(taker)
    if taker.after is None:
        return look.mark("unset", words) if taker.before is None else cell(words, look.colour("muted"))
    worker = taker.worker
    drawn = load_bar(taker.after, 0, worker.points + taker.adds, max(taker.adds, 0), width - LOAD_WORDS)
    colour = look.colour(state(taker.band).name if taker.may else "muted")
    return Text(drawn, style=colour, no_wrap=True, end="").append(words if drawn.strip() else words.strip())


def load_words(taker: Taker) -> str:
    """Return the load before and after in words, with the state it would be in."""
    if day := taker.worker.nothing_from:
        return f" nothing from {short_day(day)}"
    if taker.after is None:
        points = f"{hundredths(taker.worker.points)} → {hundredths(taker.worker.points + taker.adds)} points"
        return points if taker.before is None else f"{percent(taker.before)} now; another scheme"
    found = state(taker.band)
    return f" {percent(taker.before):>5} → {percent(taker.after)} {found.glyph} {found.word}".rstrip()
