"""Pictures in characters: points against two axes, a band along the weeks, and how one figure came from another.

What is drawn are numbers and single letters, never a name; the words stand in the table beside the picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any, NamedTuple

from rich.style import Style
from rich.text import Span, Text
from textual.app import RenderResult
from textual.widget import Widget

LEAST_WIDTH, LEAST_HEIGHT = 20, 5
TOO_SMALL = "The window is too small for the picture; the figures stand below."
_EIGHTHS = " ▏▎▍▌▋▊▉█"
Painter = Callable[[int, int], Text]


class Picture(Widget):
    """A picture painted to the room there is, and again whenever that changes."""

    DEFAULT_CSS = """
    Picture { height: 1fr; padding: 0 1; background: $background; color: $text; overflow: hidden; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._painter: Painter | None = None

    def paint(self, painter: Painter | None) -> None:
        """Show what ``painter`` gives for a width and a height; nothing for None."""
        self._painter = painter
        self.refresh()

    def render(self) -> RenderResult:
        """Paint."""
        width, height = self.content_size
        if self._painter is None:
            return Text("")
        if width < LEAST_WIDTH or height < LEAST_HEIGHT:
            return Text(TOO_SMALL)
        return self._painter(width, height)


class Dot(NamedTuple):
    """A place on the picture: one character, in a colour ("#rrggbb")."""

    x: float
    y: float
    sign: str
    colour: str


class Axis(NamedTuple):
    """What runs along an axis: its title and its ends; ``ticks`` as (place, words), None for numbers of its own."""

    title: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]] | None = None


def plotted(
    dots: Sequence[Dot],
    x: Axis,
    y: Axis,
    width: int,
    height: int,
    *,
    across: Sequence[tuple[float, str]] = (),
    down: Sequence[tuple[float, str]] = (),
) -> Text:
    """Draw dots, later ones over earlier ones, and straight lines (place, colour) across and down under them."""
    import plotext

    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(width, height)
    for name, axis in (("x", x), ("y", y)):
        ruler = figure.ruler(name)
        ruler.lim(axis.low, axis.high)
        if axis.ticks is not None:
            ruler.ticks([place for place, _ in axis.ticks], [words for _, words in axis.ticks])
        figure.label(axis.title, name)
    for orientation, lines in (("h", across), ("v", down)):
        for place, colour in lines:
            figure.line(place, orientation, pixel=plotext.pixel(_colour(colour)))
    for dot in dots:
        figure.draw(
            figure.signal([dot.x], [dot.y], marker=plotext.marker(dot.sign, pixel=plotext.pixel(_colour(dot.colour))))
        )
    return _taken(figure)


def axis(title: str, values: Sequence[float], most: int = 7) -> Axis:
    """Return an axis that holds all values with a little room, and round numbers along it."""
    low, high = min(values), max(values)
    room = max((high - low) / 10, 0.5)
    low, high = max(low - room, 0), high + room
    step = next(step for step in _STEPS if (high - low) / step <= most)
    ticks = [step * n for n in range(ceil(low / step), floor(high / step) + 1)]
    return Axis(title, low, high, [(tick, f"{tick:g}") for tick in ticks])


_STEPS = [base * 10**power for power in range(7) for base in (0.1, 0.2, 0.5)] + [1e9]


def _taken(figure: Any) -> Text:
    """Return what was drawn: of its styles the colour of the characters alone."""
    drawn = Text.from_ansi(figure.build().string())
    figure.clear()
    return Text("\n").join(_plain(one) for one in drawn.split("\n"))


def _plain(text: Text) -> Text:
    text.spans = [
        Span(span.start, span.end, Style(color=span.style.color))
        for span in text.spans
        if isinstance(span.style, Style) and span.style.color is not None
    ]
    text.rstrip()
    return text


def _colour(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


# how one figure came from another ----------------------------------------------------------------------------------


class Step(NamedTuple):
    """A line of a waterfall: its words, where it begins and ends, and its colour. The first and last stand alone."""

    words: str
    begins: int
    ends: int
    colour: str
    total: bool = False


def steps_of(before: int, after: int, parts: Sequence[tuple[str, int, str]], colour: str) -> list[Step]:
    """Return the lines from ``before`` to ``after``; ``parts`` are (words, change, colour), noughts left out."""
    steps, at = [Step("Then", 0, before, colour, total=True)], before
    for words, change, tone in parts:
        if change:
            steps.append(Step(words, at, at + change, tone))
            at += change
    return [*steps, Step("Now", 0, after, colour, total=True)]


def waterfall(steps: Sequence[Step], said: Callable[[Step], str], width: int, height: int) -> Text:
    """Draw the steps one under another, each beginning where the one before ended."""
    words = max(len(step.words) for step in steps) + 1
    figures = max(len(said(step)) for step in steps) + 1
    room = max(width - words - figures - 1, 1)
    low, high = _reach(steps)
    lines = []
    for step in steps:
        first, last = sorted((_place(step.begins, low, high, room), _place(step.ends, low, high, room)))
        line = Text(f"{step.words.ljust(words)}{said(step).rjust(figures)} ", style=step.colour, no_wrap=True)
        line.append(_bar(first, last))
        lines.append(line)
    drawn = Text("\n\n" if len(lines) * 2 <= height else "\n").join(lines[:height])
    if low > 0 and len(lines) < height:
        drawn.append(f"\nThe bars begin at {low / 100:g} points.", "dim")
    return drawn


def _reach(steps: Sequence[Step]) -> tuple[int, int]:
    """Return what the picture reaches from and to: from nought, or from where a small change can be seen."""
    between = [end for step in steps for end in (step.begins, step.ends) if not (step.total and end == 0)]
    low, high = min(between, default=0), max(between, default=0)
    spread = high - low
    start = max(low - spread, 0) if low > 3 * spread > 0 else min(low, 0)
    return start, max(high, start + 1)


def _place(value: int, low: int, high: int, room: int) -> int:
    """Return how many eighths of a cell from the left a value lies."""
    return round((max(value, low) - low) * room * 8 / (high - low))


def _bar(first: int, last: int) -> str:
    """Draw a bar from one eighth to another; at least a hair wide."""
    if last - first < 1:
        last = first + 1
    full = first // 8
    end, part = divmod(last, 8)
    if end == full:
        return " " * full + (_EIGHTHS[part] if first % 8 == 0 else "▐")
    return " " * full + ("█" if first % 8 < 4 else "▐") + "█" * (end - full - 1) + (_EIGHTHS[part] if part else "")
