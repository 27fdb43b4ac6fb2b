"""What somebody changes in the file past Almoner, with the guards of the log taken off, is found and named."""

from __future__ import annotations

import pytest

from storage.records.database import Database
from storage.records.undo import redo, undo
from storage.safety import backup
from storage.supervision.acts import signing
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.safety.test_doctor import forge, of, states
from tests.storage.supervision.recordkit import full
from tests.units import change, keep, record, remove


@pytest.fixture
def signed(team: Database) -> Database:
    """A session's record that one of the two has signed, with a decision in it."""
    number = full(team)
    with team.unit("W2", TODAY) as unit:
        signing.sign(unit, number)
    return team


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE session SET agreed_supervisor = '2026-11-20', agreed_supervisor_by = 'W1'", "session 1 (agreed super"),
        ("UPDATE session SET agreed_worker = NULL", "session 1 (agreed worker)"),
        ("UPDATE decision SET decision = 'Close the case'", "decision 1 (decision)"),
        ('UPDATE discussion SET answers = \'{"update": "All is well"}\' WHERE "case" = \'C-1001\'', "(answers)"),
        ("UPDATE cases SET name = 'Somebody Else'", "case C-1001 (name)"),
        ("UPDATE cases SET pathways = '[\"court\"]'", "case C-1001 (pathways)"),
        ("UPDATE worker SET agency = 1 WHERE staff_id = 'W2'", "worker W2 (agency)"),
        ("UPDATE event SET changed_by = 'N. Begum'", "event 1 (changed by)"),
        ("DELETE FROM event WHERE id = 1", "event 1 is gone"),
        ("UPDATE allocation SET id = 77", "allocation 77 was never recorded"),
    ],
)
def test_a_record_changed_past_the_log_is_named_without_what_is_in_it(
    signed: Database, statement: str, named: str
) -> None:
    assert states(signed)["records"] == "ok"
    forge(signed, statement)
    found = of(signed, "records")
    assert found.state == "problem"
    assert named in found.message
    assert "Else" not in found.message
    assert "almoner restore" in found.hint


def test_a_record_that_was_removed_and_put_back_past_the_log_is_named(team: Database) -> None:
    number = keep(team, "event", case="C-1001", kind="lac_visit", on="2026-05-01").id
    with team.unit("A. Hughes", TODAY) as unit:
        remove(unit, "event", number)
        unit.finish("Removed it")
    columns = '"case", kind, "on", details, note, source, version, changed_by'
    values = "'C-1001', 'lac_visit', '2026-05-01', '{}', '', '', 1, ''"
    forge(team, f"INSERT INTO event (id, {columns}) VALUES ({number}, {values})")
    assert f"event {number} was removed and is there again" in of(team, "records").message


def test_whatever_was_done_as_it_should_be_is_well(team: Database) -> None:
    number = full(team)
    answers = {"complexity": 3, "risk": 1, "travel": 1}
    keep(team, "weighting", case="C-1001", scheme="three-factor", on="2026-11-01", answers=answers)
    change(team, "worker", "W3", fte=80, specialisms=("Urdu", "Żydowski"), agency=True)
    with team.unit("A. Hughes", TODAY) as unit:
        given = {"case": "C-1001", "kind": "lac_visit", "on": TODAY, "details": {"seen": True}}
        unit.put("event", [{**given, "note": "", "source": ""}])
        unit.finish("Imported a visit")
    for go in (undo, redo, undo):
        with team.unit("A. Hughes", TODAY) as unit:
            go(unit)
    with team.unit("W2", TODAY) as unit:
        signing.sign(unit, number)
    assert states(team)["records"] == states(team)["tables"] == "ok"


def test_words_erased_from_the_log_are_no_fault(team: Database) -> None:
    with team.writing() as conn:
        conn.change("UPDATE change SET before = NULL, after = NULL, salt = NULL WHERE record = 'case'")
        conn.change("UPDATE cases SET name = ''")
    assert states(team)["records"] == states(team)["change log"] == "ok"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DROP TRIGGER change_not_rewritten", "the trigger change_not_rewritten is gone"),
        (
            "CREATE TRIGGER quiet AFTER INSERT ON event BEGIN UPDATE cases SET name = ''; END",
            "the trigger quiet is none of Almoner's",
        ),
        ("CREATE TABLE extra_names (name TEXT)", "the table extra_names is none of Almoner's"),
        ("DROP INDEX allocation_one_holds", "the index allocation_one_holds is gone"),
        ("ALTER TABLE event ADD COLUMN hidden TEXT", "the table event is not as it was made"),
    ],
)
def test_tables_and_guards_changed_past_almoner_are_named(team: Database, statement: str, named: str) -> None:
    with team.writing() as conn:
        conn.change(statement)
    found = of(team, "tables")
    assert found.state == "problem"
    assert named in found.message


def test_the_way_back_names_the_newest_backup(team: Database) -> None:
    kept = backup.automatic(team.path, "before-import", CLOCK.real())
    forge(team, "UPDATE cases SET name = 'Somebody Else'")
    assert str(kept.path) in of(team, "records").hint


def test_who_had_signed_in_stands_in_the_log_and_in_its_chain(team: Database) -> None:
    team.login = "abegum"
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01"})
        unit.finish("Visit")
    query = "SELECT actor || ' ' || login FROM change_set ORDER BY id DESC LIMIT 1"
    assert team.reader().value(query) == "A. Hughes abegum"
    assert states(team)["change log"] == "ok"
    forge(team, "UPDATE change_set SET login = 'ahughes'")
    assert "heading was altered" in of(team, "change log").message
