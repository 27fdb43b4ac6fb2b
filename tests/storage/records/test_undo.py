"""Undo and redo as a history: each step in turn, as checked as recording is, and never what somebody signed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.enums import ChangeReason
from domain.core.errors import BadInput, NotFound
from storage.cases.steps import give
from storage.records import change_log, history
from storage.records.database import Database
from storage.records.undo import CannotUndo, redo, undo
from storage.safety.unlogged_changes import changed_records
from storage.supervision.acts import agreements, bookings
from storage.supervision.session.drafts import save_draft
from tests.conftest import TODAY
from tests.units import amend, every, find, get, keep, record, remove


def did(database: Database, what: str, kind: str, key: str | int, actor: str = "N. Begum", **changes: Any) -> int:
    """Somebody changes a record; returns the number of the change."""
    with database.unit(actor, TODAY) as unit:
        amend(unit, kind, key, changes)
        unit.finish(what)
        assert unit.number is not None
        return unit.number


def back(database: Database, actor: str = "N. Begum", number: int | None = None) -> str:
    with database.unit(actor, TODAY) as unit:
        return undo(unit, number)


def forward(database: Database, actor: str = "N. Begum", number: int | None = None) -> str:
    with database.unit(actor, TODAY) as unit:
        return redo(unit, number)


def refusal(database: Database, actor: str = "N. Begum") -> BadInput:
    """Why the next undo is refused; nothing is changed by asking."""
    before = content(database)
    with pytest.raises(BadInput) as refused:
        back(database, actor)
    assert content(database) == before
    return refused.value


def of_case(database: Database, field: str, case: str = "C-1001") -> Any:
    with database.unit("Anybody", TODAY) as unit:
        return getattr(get(unit, "case", case), field)


def content(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every record there is, without its stamps."""
    conn = database.reader()
    tables = [kind.table.name for kind in database.kinds]
    stamps = ("version", "changed_by", "changed_at")
    return {
        table: [{n: v for n, v in row.items() if n not in stamps} for row in conn.rows(f'SELECT * FROM "{table}"')]
        for table in tables
    }


@pytest.fixture
def three(team: Database) -> Database:
    """Three changes of Begum's to two cases."""
    keep(team, "case", reference="C-2", team="North", pathway="court", opened="2026-03-02")
    did(team, "First", "case", "C-1001", sibling_group="S-1")
    did(team, "Second", "case", "C-2", sibling_group="S-2")
    did(team, "Third", "case", "C-1001", area="Leeds")
    return team


# a history -----------------------------------------------------------------------------------------------------------


def test_each_change_goes_back_in_turn_and_then_there_is_none_left(three: Database) -> None:
    assert [back(three) for _ in range(3)] == ["Third", "Second", "First"]
    assert of_case(three, "sibling_group") == of_case(three, "area") == of_case(three, "sibling_group", "C-2") == ""
    with pytest.raises(BadInput, match="nothing of yours"):
        back(three)
    assert three.differences() == []
    assert change_log.verify(three.reader()) is None


def test_redo_goes_forward_again_step_by_step_and_undo_back_once_more(three: Database) -> None:
    after = content(three)
    for _ in range(2):
        assert [back(three) for _ in range(3)] == ["Third", "Second", "First"]
        assert [forward(three) for _ in range(3)] == ["First", "Second", "Third"]
        assert content(three) == after
    with pytest.raises(BadInput, match="nothing to bring forward"):
        forward(three)
    assert change_log.verify(three.reader()) is None


def test_what_was_brought_forward_is_the_first_to_go_back_again(three: Database) -> None:
    back(three)
    back(three)
    forward(three)
    assert back(three) == "Second"
    assert back(three) == "First"


def test_whoever_changes_something_else_has_nothing_to_bring_forward_but_by_its_number(three: Database) -> None:
    back(three)
    taken = history.taken_back(three.reader(), "N. Begum")[0]
    did(three, "Another", "case", "C-2", area="York")
    with pytest.raises(BadInput, match="nothing to bring forward"):
        forward(three)
    assert forward(three, number=taken.number) == "Third"


def test_an_old_change_is_taken_back_by_its_number_and_the_others_stay(three: Database) -> None:
    second = history.standing(three.reader(), "N. Begum", most=3)[1]
    assert back(three, number=second.number) == "Second"
    assert (of_case(three, "sibling_group"), of_case(three, "area")) == ("S-1", "Leeds")
    with pytest.raises(BadInput, match="already"):
        back(three, number=second.number)


def test_nobody_takes_back_what_somebody_else_did_by_its_number(three: Database) -> None:
    mine = history.standing(three.reader(), "N. Begum")[0]
    with pytest.raises(NotFound, match=r"no change .* of yours"):
        back(three, "A. Hughes", mine.number)


def test_a_step_that_others_built_upon_says_so_and_the_ones_before_it_can_go(three: Database) -> None:
    did(three, "Moved on", "case", "C-1001", actor="A. Hughes", area="York")
    why = refusal(three)
    assert isinstance(why, CannotUndo)
    assert why.step.what == "Third"
    assert "changed again since, by A. Hughes (Moved on)" in why.message
    (before,) = history.standing(three.reader(), "N. Begum", passed=[why.step.number])
    assert back(three, number=before.number) == "Second"


def test_what_others_built_upon_it_and_took_back_is_in_nobodys_way(three: Database) -> None:
    did(three, "Moved on", "case", "C-1001", actor="A. Hughes", area="York")
    back(three, "A. Hughes")
    assert back(three) == "Third"


def test_what_somebody_changed_since_is_not_overwritten_by_bringing_forward(three: Database) -> None:
    back(three)
    did(three, "Moved on", "case", "C-1001", actor="A. Hughes", area="York")
    with pytest.raises(CannotUndo, match="changed again since"):
        forward(three)
    assert of_case(three, "area") == "York"


def test_a_record_that_was_removed_and_one_that_was_made_go_both_ways(team: Database) -> None:
    with team.unit("N. Begum", TODAY) as unit:
        visit = record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01"}).id
        unit.finish("Visit")
    with team.unit("N. Begum", TODAY) as unit:
        remove(unit, "event", visit)
        unit.finish("Removed it")
    for _ in range(2):
        assert (back(team), back(team)) == ("Removed it", "Visit")
        assert (forward(team), forward(team)) == ("Visit", "Removed it")
    back(team)
    with team.unit("Anybody", TODAY) as unit:
        assert find(unit, "event", visit).on == date(2026, 5, 1)
    versions = [line["after"] for line in team.reader().rows("SELECT after FROM change WHERE record = 'event'")]
    assert len(versions) == len(set(versions) - {None}) + versions.count(None), "no version comes twice"
    assert team.differences() == []


def test_what_was_changed_past_the_log_is_not_undone_over(three: Database) -> None:
    with three.writing() as conn:
        conn.change("UPDATE cases SET area = 'Hull' WHERE reference = 'C-1001'")
    assert "almoner doctor" in refusal(three).hint


# what undo leaves alone ----------------------------------------------------------------------------------------------


def test_a_signature_of_an_agreement_stays_and_so_does_one_that_was_signed(team: Database) -> None:
    keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-01-05")
    for who in ("W2", "W1"):
        with team.unit(who, TODAY) as unit:
            agreements.sign(unit, 1)
        assert "nobody's undo" in refusal(team, who).message


def test_terms_that_were_signed_come_back_with_their_signatures_as_they_were(team: Database) -> None:
    keep(team, "agreement", worker="W2", supervisor="W1", starts="2026-01-05")
    for who in ("W2", "W1"):
        with team.unit(who, TODAY) as unit:
            agreements.sign(unit, 1)
    with team.unit("A. Hughes", TODAY) as unit:
        agreements.revise(unit, 1, {"minutes": 45})
    back(team, "A. Hughes")
    with team.unit("Anybody", TODAY) as unit:
        assert get(unit, "agreement", 1).signed_on == TODAY


def test_a_weighing_that_both_agreed_stays_agreed(team: Database) -> None:
    answers = {"complexity": 3, "risk": 1, "travel": 1}
    number = keep(team, "weighting", case="C-1001", scheme="three-factor", on="2026-11-01", answers=answers).id
    did(team, "One agreed", "weighting", number, agreed_worker="2026-11-02")
    assert back(team) == "One agreed"
    did(team, "Both agreed", "weighting", number, agreed_worker="2026-11-02", agreed_supervisor="2026-11-03")
    assert "nobody's undo" in refusal(team).message


# checked as recording is ---------------------------------------------------------------------------------------------


def test_the_end_of_an_allocation_stays_once_somebody_else_is_allocated(team: Database) -> None:
    did(team, "Ended", "allocation", 1, ends="2026-06-01")
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 6, 1), reason=ChangeReason.MANAGE)
        unit.finish("Gave it to W3")
    assert refusal(team).field in ("starts", "case")


def test_giving_a_case_goes_back_and_forward_as_one_step(team: Database) -> None:
    with team.unit("N. Begum", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 6, 1), reason=ChangeReason.MANAGE)
        unit.finish("Gave it to W3")
    for go in (back, forward, back):
        assert go(team) == "Gave it to W3"
    with team.unit("Anybody", TODAY) as unit:
        assert [(a.worker, a.ends) for a in every(unit, "allocation")] == [("W2", None)]


def test_the_day_somebody_leaves_does_not_come_back_over_what_they_took_on_since(team: Database) -> None:
    did(team, "Leaves", "worker", "W3", leaves="2026-05-29")
    did(team, "Stays", "worker", "W3", leaves=None)
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 6, 1), reason=ChangeReason.MANAGE)
        unit.finish("Gave it to W3")
    assert refusal(team).message == "allocation 2 begins only on Mon 1 Jun 2026."


def test_a_day_of_opening_does_not_come_back_over_an_allocation_before_it(team: Database) -> None:
    keep(team, "case", reference="C-2", team="North", pathway="court", opened="2026-06-01")
    did(team, "Opened earlier", "case", "C-2", opened="2026-03-02")
    keep(team, "allocation", case="C-2", worker="W3", starts="2026-04-01")
    assert refusal(team).message


def test_a_birth_date_does_not_come_back_over_what_happened_before_it(team: Database) -> None:
    did(team, "Born later", "case", "C-1001", born="2019-06-04")
    did(team, "Born earlier", "case", "C-1001", born="2018-06-04")
    keep(team, "event", case="C-1001", kind="lac_visit", on="2019-05-01")
    assert "would not fit any more" in refusal(team).message


def test_what_could_not_be_recorded_before_either_is_in_nobodys_way(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        early = {"case": "C-1001", "kind": "lac_visit", "on": date(2018, 5, 1), "details": {}, "note": "", "source": ""}
        unit.put("event", [early])  # an import takes what a form would not
        unit.finish("Imported a visit")
    did(team, "Area", "case", "C-1001", area="Leeds")
    assert back(team) == "Area"


def test_a_booking_stays_while_somebody_types_for_it(team: Database) -> None:
    with team.unit("W2", TODAY) as unit:
        fields = unit.kinds.named("session").read({"worker": "W2", "supervisor": "W1", "on": "2026-11-25"})
        number = bookings.book(unit, fields).record.id
    save_draft(team, number, "item.wellbeing", "A. Hughes", {"notes": "Tired"})
    assert "somebody is typing" in refusal(team, "W2").message
    assert team.reader().value("SELECT count(*) FROM draft") == 1
    save_draft(team, number, "item.wellbeing", "A. Hughes", {})
    assert back(team, "W2").startswith("Booked")


def test_a_case_has_one_open_allocated_worker_whoever_writes(team: Database) -> None:
    second = {"case": "C-1001", "worker": "W3", "role": "allocated_worker", "starts": date(2026, 4, 1), "ends": None}
    rest = {"reason": None, "note": "", "overruled": (), "approved_by": "", "under": None}
    with team.unit("A. Hughes", TODAY) as unit:
        ended = {**second, **rest, "starts": date(2026, 3, 2), "ends": date(2026, 3, 16)}
        with pytest.raises(BadInput, match="it has an allocated worker already"):
            unit.put("allocation", [ended, {**second, **rest}])
        unit.put("allocation", [ended])
        unit.finish("Imported an allocation")
    assert team.reader().values("SELECT worker FROM allocation ORDER BY id") == ["W2", "W3"]
    assert list(changed_records(team.reader(), team.kinds)) == []


def set_up(database: Database) -> None:
    """Begum records a case, and a worker in a new team."""
    with database.unit("N. Begum", TODAY) as unit:
        record(unit, "team", {"name": "East"})
        record(unit, "worker", {"staff_id": "W9", "name": "Lowe, Jo", "grade": "children-sw", "team": "East"})
        record(unit, "case", {"reference": "N-1", "team": "North", "pathway": "court", "opened": "2026-03-02"})
        unit.finish("Set up East")


def gave(database: Database, worker: str) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        give(unit, "N-1", worker, date(2026, 6, 1))
        unit.finish(f"Gave N-1 to {worker}")


def test_what_others_depend_on_stays_and_it_is_said_what_depends_on_it_and_whose_change_that_was(
    three: Database,
) -> None:
    set_up(three)
    gave(three, "W9")
    why = refusal(three)
    assert isinstance(why, CannotUndo)
    assert why.step.what == "Set up East"
    assert why.message.startswith("Allocation 2 on N-1 depends on ")
    assert "see the change by A. Hughes (Gave N-1 to W9)" in why.message
    assert "Lowe" not in why.message
    (before,) = history.standing(three.reader(), "N. Begum", passed=[why.step.number])
    assert back(three, number=before.number) == "Third"
    back(three, "A. Hughes")
    assert back(three) == "Set up East"
    assert three.differences() == []


def test_a_worker_whom_only_another_worker_names_is_missed_as_well(team: Database) -> None:
    set_up(team)
    did(team, "Supervised", "worker", "W3", actor="A. Hughes", supervisor="W9")
    assert "Worker W3 depends on worker W9" in refusal(team).message


def test_what_needs_something_that_is_gone_since_is_not_brought_forward(team: Database) -> None:
    set_up(team)
    number = keep(team, "agenda-item", worker="W2", case="N-1", what="Ask", raised_by="W2", on="2026-06-01").id
    with team.unit("A. Hughes", TODAY) as unit:
        remove(unit, "agenda-item", number)
        unit.finish("Done with it")
    back(team)
    with pytest.raises(CannotUndo, match="case"):
        back(team, "A. Hughes")


def test_many_that_depend_are_counted(team: Database) -> None:
    with team.unit("N. Begum", TODAY) as unit:
        cases = [f"M-{n}" for n in range(300)]
        for case in cases:
            record(unit, "case", {"reference": case, "team": "North", "pathway": "court", "opened": "2026-03-02"})
        unit.finish("Many")
    with team.unit("A. Hughes", TODAY) as unit:
        for case in cases[:3]:
            record(unit, "event", {"case": case, "kind": "lac_visit", "on": "2026-05-01"})
        unit.finish("Visits")
    assert "2 other records" in refusal(team).message


def test_nothing_is_removed_that_something_else_names(team: Database) -> None:
    with team.unit("N. Begum", TODAY) as unit:
        remove(unit, "worker", "W2")
        with pytest.raises(BadInput, match=r"depends on worker W2.* see the change by"):
            unit.finish("Removed W2")


def test_after_a_refused_undo_the_unit_goes_on(three: Database) -> None:
    did(three, "Moved on", "case", "C-1001", actor="A. Hughes", area="York")
    with three.unit("N. Begum", TODAY) as unit:
        with pytest.raises(CannotUndo):
            undo(unit)
        amend(unit, "case", "C-2", {"area": "Hull"})
        unit.finish("Went on")
    assert of_case(three, "area", "C-2") == "Hull"
