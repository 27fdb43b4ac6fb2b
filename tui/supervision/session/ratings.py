"""Ratings from 0 to 10, one line for each thing rated: who said what today, last time's, and how it went over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.core.text import whole_number
from domain.supervision.formats import Pair, Scale
from storage.supervision.session.session_reads import RatingLine
from tui.core.text import line, shorten, show
from tui.widgets.sparkline import BLOCKS
from tui.widgets.steady import Lines, SteadyInput, Words, put

HIGHEST = 10
LABEL = 60


class Rated(Lines):
    """One thing that is rated, with its goal opposite and a figure for each rater."""

    def __init__(self, scale: Scale) -> None:
        super().__init__()
        self.pair = Pair("", "")
        self.figures = {rater: _figure(rater) for rater in scale.raters}
        self._about, self._before = Words(classes="about"), Words(classes="before")

    def compose(self) -> ComposeResult:
        """What it is about, and the figures."""
        yield self._about
        with Horizontal():
            for rater, figure in self.figures.items():
                yield Words(show(rater))
                yield figure
        yield self._before

    def show_pair(self, number: int, pair: Pair, before: str) -> None:
        """Be the line of ``pair``, with last time's figures in words."""
        self.pair = pair
        goal = pair.goal or "no goal opposite yet"
        put(self._about, show(f"{number} {shorten(pair.about, LABEL)}  →  {shorten(goal, LABEL)}"))
        self._about.display = bool(pair.about)
        put(self._before, show(before))


class Ratings(Lines):
    """The scale of a format, for one case."""

    DEFAULT_CSS = """
    Ratings { height: auto; margin-top: 1; }
    Ratings Rated { height: auto; }
    Ratings Horizontal { height: auto; }
    Ratings Static { width: auto; height: auto; padding-right: 1; color: $muted; }
    Ratings .about, Ratings .scale { width: 1fr; color: $text; }
    Ratings .before { width: 1fr; }
    Ratings Input, Ratings Input:focus { width: 4; padding: 0 1; background: $panel; color: $text; margin-right: 1; }
    Ratings Input:focus { background: $rest; }
    """

    class Touched(Message):
        """A rating was given, changed or taken away."""

    def __init__(self, scale: Scale, ratings: Sequence[RatingLine], session: int, on_day: date) -> None:
        super().__init__()
        self.scale = scale
        self.pairs: list[Pair] = []
        self.lines: list[Rated] = []
        self.take(ratings, session, on_day)

    def take(self, ratings: Sequence[RatingLine], session: int, on_day: date) -> None:
        """Start from other ratings: those of ``session`` are what is kept, those before what was said then."""
        self.before = [one for one in ratings if one.session != session and one.on <= on_day]
        self.base = {(one.about, one.rater): str(one.score) for one in ratings if one.session == session}

    def compose(self) -> ComposeResult:
        """What both ends of the scale mean; the lines follow what is written."""
        ends = f"{self.scale.title}: 0 {self.scale.low}, 10 {self.scale.high}"
        yield Words(show(ends), classes="scale")

    async def follow(self, pairs: Sequence[Pair], given: Mapping[tuple[str, str], str] | None = None) -> None:
        """Show a line for each pair; what is filled in stays with the words it stands beside."""
        if list(pairs) == self.pairs and given is None:
            return
        values = self._renamed(pairs) if given is None else dict(given)
        self.pairs = list(pairs)
        await self._fit(len(self.pairs))
        with self.prevent(Input.Changed):
            for number, (rated, pair) in enumerate(zip(self.lines, self.pairs, strict=True), 1):
                rated.show_pair(number, pair, self._before(pair.about))
                for rater, figure in rated.figures.items():
                    figure.value = values.get((pair.about, rater), "")

    async def _fit(self, wanted: int) -> None:
        """Have as many lines as are wanted; those that stand stay."""
        spare, self.lines = self.lines[wanted:], self.lines[:wanted]
        if spare:
            await self.remove_children(spare)
        if more := [Rated(self.scale) for _ in range(wanted - len(self.lines))]:
            self.lines += more
            await self.mount_all(more)

    def _renamed(self, pairs: Sequence[Pair]) -> dict[tuple[str, str], str]:
        """The figures, those of a line whose words alone changed under its new words."""
        values = self.figures()
        if len(pairs) == len(self.pairs):
            renamed = {old.about: new.about for old, new in zip(self.pairs, pairs, strict=True)}
            return {(renamed.get(about, about), rater): score for (about, rater), score in values.items()}
        return values

    def figures(self) -> dict[tuple[str, str], str]:
        """Every figure that stands there, by what and by whom."""
        return {
            (rated.pair.about, rater): figure.value for rated in self.lines for rater, figure in rated.figures.items()
        }

    def changed(self) -> dict[tuple[str, str], int | None]:
        """The figures that differ from what is kept: None takes one away. Raises BadInput for one beyond 10."""
        now = {key: text for key, text in self.figures().items() if text}
        gone = {key: None for key in self.base if key not in now}
        return {**gone, **{key: _score(text) for key, text in now.items() if self.base.get(key) != text}}

    def _before(self, about: str) -> str:
        """Last time's figures about the same thing, and the course they took."""
        same = [one for one in self.before if one.about == about]
        if not same:
            return "not rated before"
        latest = same[-1].on
        last = ", ".join(f"{line(one.rater).lower()} {one.score}" for one in same if one.on == latest)
        return f"{show_day(latest)}: {last}  {course(same)}"

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Touched())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()


def _figure(rater: str) -> Input:
    return SteadyInput("", compact=True, restrict=r"(10|\d)?", max_length=2, name=rater, select_on_focus=True)


def _score(text: str) -> int:
    score = whole_number(text)
    if score is None or score > HIGHEST:
        raise BadInput("A rating is a whole number from 0 to 10.", field="score")
    return score


def course(ratings: Iterable[RatingLine]) -> str:
    """Draw the mean of each day as a block, oldest first."""
    by_day: dict[date, list[int]] = {}
    for one in ratings:
        by_day.setdefault(one.on, []).append(one.score)
    means = (sum(scores) / len(scores) for _, scores in sorted(by_day.items()))
    return "".join(BLOCKS[min(round(mean * (len(BLOCKS) - 1) / HIGHEST), len(BLOCKS) - 1)] for mean in means)
