"""Whose personal record of supervision somebody may see."""

from __future__ import annotations

from storage.records.database import Database
from storage.supervision.session.session_reads import session_card
from storage.supervision.session.viewer import may_see
from tests.conftest import TODAY
from tests.units import keep, put, worker


def seen_by(database: Database, session: int) -> set[str]:
    card = session_card(database.reader(), session)
    staff = [f"W{number}" for number in range(1, 7)]
    return {who for who in staff if may_see(database.reader(), card, who, card.worker, TODAY)}


def test_the_pair_those_above_and_whoever_is_covered_for_see_a_session_and_nobody_else(team: Database) -> None:
    put(team, worker("W4"), worker("W5"), worker("W6"))
    held = {"state": "held", "on": TODAY}
    own = keep(team, "session", worker="W2", supervisor="W1", **held).id
    covered = keep(team, "session", worker="W2", supervisor="W3", cover_for="W5", start="14:00", **held).id
    assert seen_by(team, own) == {"W1", "W2"}
    assert seen_by(team, covered) == {"W1", "W2", "W3", "W5"}
    assert not may_see(team.reader(), session_card(team.reader(), own), None, "W2", TODAY)
