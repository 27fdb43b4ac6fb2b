"""A machine whose clock was ahead recorded "tomorrow"; then this one records: order goes by number, not by stamp."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.core.errors import BadInput
from storage.opening import open_database
from storage.records import change_log, history
from storage.records.database import Database
from storage.records.undo import redo, undo
from storage.safety import doctor
from tests.clocks import clock_at
from tests.conftest import TODAY
from tests.units import amend, record

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AHEAD = NOW + timedelta(days=1)


def visit(database: Database, on: date, moment: datetime) -> None:
    """Record a visit on a machine whose clock stands at ``moment``."""
    with open_database(database.path, clock_at(moment)) as there, there.unit("A. Hughes", moment.date()) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": on})
        unit.finish(f"Recorded the visit of {on}")


@pytest.fixture
def back(team: Database) -> Database:
    """A visit recorded by the machine that is a day ahead, and after it one by this machine."""
    visit(team, date(2026, 11, 21), AHEAD)
    visit(team, date(2026, 11, 19), NOW)
    return team


def test_the_log_keeps_the_order_in_which_things_were_done(back: Database) -> None:
    steps = history.changes(back.reader(), "A. Hughes", 2)
    assert [step.what for step in steps] == ["Recorded the visit of 2026-11-19", "Recorded the visit of 2026-11-21"]
    assert steps[0].at < steps[1].at, "though the clock says otherwise"
    assert change_log.verify(back.reader()) is None


def test_undo_takes_back_what_was_done_last_and_redo_brings_it_forward(back: Database) -> None:
    for act in (undo, redo, undo):
        with back.unit("A. Hughes", TODAY) as unit:
            assert act(unit) == "Recorded the visit of 2026-11-19"
    with back.unit("A. Hughes", TODAY) as unit:
        assert undo(unit) == "Recorded the visit of 2026-11-21"
    assert back.reader().value("SELECT count(*) FROM event WHERE kind = 'lac_visit'") == 0
    assert back.differences() == []


def test_a_record_of_tomorrow_is_refused_in_words_until_its_day_has_come(back: Database) -> None:
    number = back.reader().value("SELECT id FROM event WHERE \"on\" = '2026-11-21'")

    def note(today: date) -> None:
        with back.unit("A. Hughes", today) as unit:
            amend(unit, "event", number, {"note": "seen at school"})
            unit.finish("Amended it")

    with pytest.raises(BadInput, match="Sat 21 Nov 2026 lies in the future"):
        note(TODAY)
    note(TODAY + timedelta(days=1))
    assert change_log.verify(back.reader()) is None
    assert back.differences() == []


def found(database: Database, moment: datetime) -> list[str]:
    with open_database(database.path, clock_at(moment)) as there:
        return [f.state for f in doctor.examine(there, TODAY, ["clock"])]


def test_the_doctor_says_that_a_clock_is_wrong_until_it_has_caught_up(back: Database) -> None:
    assert found(back, NOW) == ["note"]
    assert found(back, AHEAD - timedelta(minutes=6)) == ["note"]
    assert found(back, AHEAD - timedelta(minutes=4)) == ["ok"]
    assert found(back, AHEAD) == ["ok"]
