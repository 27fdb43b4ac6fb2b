"""A team in sum, and what of it is with agency workers, in words: for the team's screen and `caseload` alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.core.text import plural

if TYPE_CHECKING:
    from storage.load.worker_load import TeamSum


def summed(of: TeamSum) -> Iterator[str]:
    """Yield how many workers, FTE, cases and families there are, and how many cases nobody weighed."""
    yield plural(of.workers, "worker")
    yield f"{of.fte / 100:g} FTE"
    yield plural(of.cases, "case") + (f" ({of.unweighed:,} unweighed)" if of.unweighed else "")
    yield plural(of.families, "family", "families")


def agency_share(of: TeamSum) -> str:
    """Say how much of a team is with agency workers."""
    if not of.agency_workers and not of.agency_cases:
        return "nobody"
    workers = f"{of.agency_workers} of {plural(of.workers, 'worker')}"
    return (
        f"{workers}, {of.agency_fte / 100:g} of {of.fte / 100:g} FTE, {of.agency_cases} of {plural(of.cases, 'case')}"
    )


def board_sums(of: TeamSum) -> Iterator[str]:
    """Yield what the team's screen says of the team in sum, the longest first."""
    all_of_it = ", ".join(summed(of))
    agency = f"agency {agency_share(of)}"
    yield f"{all_of_it}; {agency}"
    if of.agency_workers:
        yield f"{all_of_it}; {of.agency_workers} from an agency"
    yield all_of_it
