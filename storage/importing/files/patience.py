"""How long the reading of an extract may take: until the person stops it, or a time that no sound file needs."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from domain.core.errors import BadInput, Cancelled

LONGEST = 120.0  # seconds for one file: a full workbook takes a tenth of it on a slow machine


class Patience:
    """Asked again and again while a file is read; ``stopped`` says whether the person would rather not wait."""

    def __init__(self, stopped: Callable[[], bool] | None = None, longest: float = LONGEST) -> None:
        self._stopped = stopped
        self._longest = longest
        self._until = monotonic() + longest

    def begin(self) -> None:
        """Begin with a file, which gets the whole time to itself."""
        self._until = monotonic() + self._longest

    def check(self, file: str) -> None:
        """Raise Cancelled once the person stopped it, BadInput once ``file`` has taken too long."""
        if self._stopped is not None and self._stopped():
            raise Cancelled("Stopped as you asked; nothing was changed.")
        if monotonic() > self._until:
            raise BadInput(
                f"{file} takes longer to read than any extract should.",
                field="path",
                hint="Export it again with fewer rows, or save it as CSV.",
            )
