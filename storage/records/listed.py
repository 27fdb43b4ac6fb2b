"""How a kind of record is listed, and what filters ask of a row; light, so that a list need not load the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.database.fragments import HOLDS, TEAM_MEMBERS


@dataclass(frozen=True, slots=True)
class Listed:
    """The table of a kind, its columns in a list, its order, and what each filter asks of a row.

    ``order`` and ``filters`` are SQL; a filter's value goes by the filter's own name, the day as ``:today``.
    ``written`` gives what documents and lists call a column where it is another word. ``dated`` names what its rows
    are where they have dated facts (worker, team): how they stand on a day is `FROM worker_on(:today)`. ``shown`` is
    SQL for the rows that lists show, where that is not all: documents hold all.
    """

    table: str
    columns: tuple[str, ...]
    order: str
    filters: Mapping[str, str] = field(default_factory=dict)
    key: str = "id"
    written: Mapping[str, str] = field(default_factory=dict)
    dated: str = ""
    shown: str = ""

    def standing(self, own: bool = False) -> str:
        """Return what to read from: how records stand on the day; with ``own`` what they hold themselves."""
        return f"{self.dated}_on(:today)" if self.dated and not own else self.table


# What columns hold that are not text or plain numbers. A name means the same in every kind; a test holds this against
# the records' own declarations, which a list does not load.
DAYS = frozenset(
    (
        "opened", "closed", "born", "expected_birth", "threshold_met", "on", "starts", "ends", "started", "leaves",
        "held_on", "to", "due", "held", "decided_on", "review_on", "ended_on", "raised_on", "answered_on", "closed_on",
        "made_on", "applied_on", "agreed_worker", "agreed_supervisor", "signed_worker", "signed_supervisor",
        "moved_from", "rebook_by", "recorded_on", "agreed_on", "follow_by", "followed_on", "set_on", "done_on",
        "dropped_on", "parked_until", "stage_on", "approved_on", "submitted_on", "granted", "expires",
        "in_use_since", "year",
    )
)  # fmt: skip
SEVERAL = frozenset(
    (
        "pathways", "factors", "specialisms", "details", "answers", "areas", "must_have", "prefers", "overruled",
        "scenario", "result", "covers", "agenda", "domains", "pattern", "settings", "kinds", "leads", "without",
    )
)  # fmt: skip
FLAGS = frozenset(("merged", "agency", "absent", "private", "peer", "by_mail", "initials_allowed", "elsewhere"))
HUNDREDTHS = frozenset(
    ("fte", "full_time_points", "full_time_hours", "uplift", "hours", "points", "part", "days", "cost")
)

OF_CASE = '"case" IN (SELECT reference FROM cases WHERE team = :team)'
OF_WORKER = f"worker IN {TEAM_MEMBERS}"
HELD = f"""reference IN (SELECT a."case" FROM allocation a WHERE a.worker = :worker AND {HOLDS})"""  # noqa: S608
HELD_CASE = f""""case" IN (SELECT a."case" FROM allocation a WHERE a.worker = :worker AND {HOLDS})"""  # noqa: S608

BY_KIND = {"kind": "kind = :kind"}
BY_WORKER = {"team": OF_WORKER, "worker": "worker = :worker"}
BY_CASE = {"team": OF_CASE, "worker": HELD_CASE, "case": '"case" = :case'}
BY_EITHER = {"team": OF_CASE, "worker": "worker = :worker", "case": '"case" = :case'}
BY_OWN_CASE = {"team": OF_CASE, "case": '"case" = :case'}
