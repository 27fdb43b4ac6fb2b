"""A session with something in both records, for tests: Hughes (W1) supervises Okafor (W2), and Begum (W3) with them."""

from __future__ import annotations

from typing import Any

from storage.cases.steps import give
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import keep, record


def session(database: Database, **more: Any) -> int:
    """A session of Okafor with Hughes, held two days ago."""
    given = {"worker": "W2", "supervisor": "W1", "on": "2026-11-18", "state": "held", **more}
    number: int = keep(database, "session", **given).id
    return number


def full(database: Database, **more: Any) -> int:
    """A session in which one case and three topics were talked through, and everything was settled."""
    number = session(database, **more)
    said = {"session": number, "worker": "W2"}
    keep(database, "discussion", **said, case="C-1001", answers={"update": "Settled at school, sees her brother"})
    keep(database, "discussion", **said, topic="wellbeing", answers={"update": "Sleeping badly since the move"})
    keep(database, "discussion", **said, topic="learning", answers={"update": "Wants the interviewing course"})
    keep(database, "discussion", **said, topic="private", private=True, answers={"update": "Expecting in May"})
    decided = {"session": number, "decided_by": "A. Hughes", "on": "2026-11-18"}
    keep(
        database, "decision", **decided, case="C-1001", decision="Stay put", rationale="Settled", follow_by="2026-12-18"
    )
    keep(database, "decision", **decided, worker="W2", decision="Two days at home", rationale="Rest")
    agreed = {"session": number, "set_on": "2026-11-18", "due": "2026-12-02"}
    keep(database, "action", **agreed, case="C-1001", owner="W2", what="Ring the school", why="Attendance")
    keep(database, "action", **agreed, owner="W2", what="Book the course", why="Asked for twice")
    rated = {"session": number, "case": "C-1001", "on": "2026-11-18"}
    keep(database, "rating", **rated, about="Left alone at night", rater="Worker", score=6, why="Aunt moved in")
    return number


def of_case(database: Database, reference: str) -> None:
    """One more case, held by Begum."""
    with database.unit("A. Hughes", TODAY) as unit:
        record(
            unit, "case", {"reference": reference, "team": "North", "pathway": "looked_after", "opened": "2026-03-02"}
        )
        give(unit, reference, "W3", TODAY.replace(month=4))
        unit.finish("Opened")
