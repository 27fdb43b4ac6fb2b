"""Points and hours are whole numbers of hundredths: exact, and the same in every database."""

from __future__ import annotations

LARGEST = 10_000_000


def parse_hundredths(value: object) -> int:
    """Return a number of points, as a pack writes it (3, 0.25), in hundredths.

    Raises ValueError for anything but a number with at most two decimals, of any sign.
    """
    from decimal import Decimal

    try:
        exact = Decimal("" if isinstance(value, bool) else str(value)) * 100
        if abs(exact) > LARGEST:
            raise ValueError("that is more points than anybody can carry")
    except ArithmeticError:
        raise ValueError("write points as a number, as in 3 or 0.25") from None
    if exact != int(exact):
        raise ValueError("points have at most two decimals")
    return int(exact)


def from_hundredths(value: int | None) -> float | None:
    """Return the number that hundredths stand for: 250 is 2.5."""
    return None if value is None else value / 100


def from_tenths(value: int | None) -> float | None:
    """Return the number that tenths stand for: 1142 is 114.2."""
    return None if value is None else value / 10


def half_up(amount: int, by: int = 1) -> int:
    """Return ``amount`` divided by ``by`` as a whole number: a half goes up, -2.5 to -2 as 2.5 to 3."""
    return (2 * amount + by) // (2 * by)


def whole_percent(tenths: int) -> int:
    """Return tenths of a percent as the whole percent that people read: the one place where that is rounded."""
    return half_up(tenths, 10)


def percent_words(percent: float) -> str:
    """Return a percentage that has one decimal as people read it: 12.5 is "13 %"."""
    return f"{whole_percent(round(percent * 10))} %"
