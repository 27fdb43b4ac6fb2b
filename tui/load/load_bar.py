"""A worker's load as a bar in three parts: the stable part of the post, cases, extra responsibilities."""

from __future__ import annotations

from tui.core.look import BAR_END, FULL, MARK, bar

STABLE, CASES, EXTRA = "▒", "█", "▓"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
HALF = 4  # eighths of a cell


def load_bar(tenths: int | None, stable: int, points: int, extra: int, width: int) -> str:
    """Draw a load of ``tenths`` of a percent in ``width`` cells: the right edge is 125 %, a stroke marks 100 %.

    ``points`` is the whole load that ``stable`` and ``extra`` are parts of; each part has its own shade.
    """
    drawn = bar(tenths, width)
    if tenths is None or not points or not (stable or extra):
        return drawn
    low, high = tenths * stable / points, tenths * (points - extra) / points
    return "".join(_shade(one, _middle(at, width), low, high) for at, one in enumerate(drawn))


def _shade(block: str, middle: float, low: float, high: float) -> str:
    if block == MARK or block not in _EIGHTHS:
        return block
    if low < middle <= high:
        return block
    return (STABLE if middle <= low else EXTRA) if _EIGHTHS.index(block) >= HALF else " "


def _middle(at: int, width: int) -> float:
    """Return the utilisation, in tenths of a percent, that the middle of a cell stands for."""
    mark = round((width - 1) * FULL / BAR_END)
    if at < mark:
        return (at + 0.5) * FULL / mark
    return FULL + (at - mark - 0.5) * (BAR_END - FULL) / max(width - mark - 1, 1)
