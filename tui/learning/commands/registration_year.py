"""The registration year that somebody names on the command line."""

from __future__ import annotations

from datetime import date

from domain.core.errors import BadInput
from domain.learning.cpd import named_day
from tui.commandline.context import as_text


def year_day(given: str) -> date:
    """Return a day of the year that was named; raises BadInput."""
    try:
        return named_day(as_text(given))
    except ValueError as error:
        hint = "Name it as in --year 2025-26, or by a day in it, as in --year 2025-12-01."
        raise BadInput(f"--year: {error}.", field="--year", where="--year", hint=hint) from None
