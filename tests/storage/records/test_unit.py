"""The unit of work: all or nothing, nobody overwritten silently, everything logged and undoable."""

from __future__ import annotations

from datetime import date

import pytest

from domain.core.enums import ChangeReason
from domain.core.errors import BadInput, NotFound, StaleRecord
from storage.cases.case_history import ChangeLine
from storage.cases.case_page import case_card
from storage.cases.steps import give
from storage.records import change_log
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import amend, every, find, get, record, version


def obligations(database: Database, case: str) -> list[tuple[str, str]]:
    query = "SELECT rule, legal_due FROM obligation WHERE subject = ? ORDER BY legal_due, rule"
    return database.reader().raw.execute(query, (case,)).fetchall()


def changes(database: Database, record: str) -> list[ChangeLine]:
    """The lines of the change log about records of a kind, newest first."""
    query = """SELECT s.id AS change, s.at, s.actor, s.login, s.what, c.record, c.key, c.before, c.after
        FROM change c JOIN change_set s ON s.id = c.change_set WHERE c.record = :record ORDER BY c.id DESC"""
    return database.reader().all(ChangeLine, query, record=record)


def test_work_that_is_not_finished_leaves_nothing(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-04-10"})
    assert "lac_review_1" in dict(obligations(team, "C-1001"))
    assert team.reader().raw.execute("SELECT count(*) FROM event").fetchone() == (1,)


def test_a_review_held_makes_the_next_one_due_three_months_on(team: Database) -> None:
    assert dict(obligations(team, "C-1001"))["lac_review_1"] == "2026-04-15"
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-04-14"})
        unit.finish("Recorded a review on C-1001")
    due = dict(obligations(team, "C-1001"))
    assert "lac_review_1" not in due
    assert due["lac_review_2"] == "2026-07-14"


def test_what_is_derived_equals_a_full_recompute_after_every_step(team: Database) -> None:
    steps = [("placement_started", "2026-03-16"), ("lac_visit", "2026-03-20"), ("lac_review_held", "2026-04-14")]
    for kind, on in steps:
        with team.unit("A. Hughes", TODAY) as unit:
            record(unit, "event", {"case": "C-1001", "kind": kind, "on": on})
            unit.finish(kind)
        assert team.differences() == []


@pytest.mark.parametrize("outcome", ["cancelled", "adjourned", "not_done"])
def test_a_review_that_was_not_held_stays_due(team: Database, outcome: str) -> None:
    details = {"outcome": outcome, "reason": "chair ill"}
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-04-14", "details": details})
        unit.finish("Not held")
    assert dict(obligations(team, "C-1001"))["lac_review_1"] == "2026-04-15"
    assert team.differences() == []


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("event", {"case": "C-9999", "kind": "lac_visit", "on": "2026-05-01"}, "case"),
        ("event", {"case": "C-1001", "kind": "tea_drunk", "on": "2026-05-01"}, "kind"),
        ("event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-11-21"}, "on"),
        (
            "event",
            {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01", "details": {"outcome": "eaten"}},
            "details.outcome",
        ),
        ("event", {"case": "C-1001", "kind": "lac_visit", "on": "31/02/2026"}, "on"),
        ("event", {"case": "C-1001", "kind": "lac_visit", "on": "2019-05-03"}, "on"),
        ("allocation", {"case": "C-1001", "worker": "W3", "starts": "2026-03-01", "role": "cover"}, "starts"),
        ("allocation", {"case": "C-1001", "worker": "W9", "starts": "2026-03-20"}, "worker"),
        ("allocation", {"case": "C-1001", "worker": "W3", "starts": "2026-03-20"}, "starts"),
        ("worker", {"staff_id": "W4", "name": "X", "team": "North", "grade": "children-sw", "fte": 0}, "fte"),
        ("worker", {"staff_id": "W4", "name": "X", "team": "North", "grade": "children-sw", "fte": 900}, "fte"),
        ("worker", {"staff_id": "W4", "name": "X", "team": "South", "grade": "children-sw"}, "team"),
        ("worker", {"staff_id": "W4", "name": "X", "team": "North", "grade": "wizard"}, "grade"),
        ("worker", {"staff_id": "W2", "name": "X", "team": "North", "grade": "children-sw"}, "staff_id"),
        ("case", {"reference": "C-1001", "team": "North", "pathway": "court", "opened": "2026-01-01"}, "reference"),
        ("case", {"reference": "C-2", "team": "North", "pathway": "nowhere", "opened": "2026-01-01"}, "pathways"),
        ("case", {"reference": "C-2", "team": "North", "pathway": "court", "opened": "2026-12-01"}, "opened"),
        ("case", {"reference": "C-2", "team": "North", "pathway": "court", "opened": "2026-01-01", "hue": 1}, "hue"),
        ("session", {"worker": "W2", "supervisor": "W1", "on": "2026-12-01", "state": "held"}, "held_on"),
        ("session", {"worker": "W2", "supervisor": "W2", "on": "2026-10-01"}, "supervisor"),
        ("reduction", {"worker": "W2", "percent": 101, "reason": "leave", "starts": "2026-10-01"}, "percent"),
    ],
)
def test_what_cannot_be_is_refused_naming_the_field(
    team: Database, kind: str, data: dict[str, object], field: str
) -> None:
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput) as refused:
        record(unit, kind, data)
    assert refused.value.field == field
    assert "Jamie" not in str(refused.value)


def test_changing_the_worker_ends_the_one_before_and_needs_a_reason(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="say why"):
        give(unit, "C-1001", "W3", date(2026, 6, 1))
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 6, 1), reason=ChangeReason.MANAGE)
        unit.finish("Gave C-1001 to W3")
        held = {a.worker: (a.starts, a.ends, a.reason) for a in every(unit, "allocation", case="C-1001")}
    assert held["W2"] == (date(2026, 3, 16), date(2026, 6, 1), None)
    assert held["W3"] == (date(2026, 6, 1), None, ChangeReason.MANAGE)
    card = case_card(team.reader(), "C-1001", TODAY)
    assert card is not None
    assert card.worker_name == "Begum, Nasreen"


def test_two_people_editing_the_same_field_are_not_overwritten(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        seen = version(unit, "case", "C-1001")
    with team.unit("N. Begum", TODAY) as unit:
        amend(unit, "case", "C-1001", {"sibling_group": "S-1"}, seen)
        unit.finish("Sibling group")
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(StaleRecord) as stale:
        amend(unit, "case", "C-1001", {"sibling_group": "S-2"}, seen)
    assert stale.value.by == "N. Begum"
    assert stale.value.clashes == [("sibling_group", "", "S-1", "S-2")]


def test_edits_of_different_fields_are_both_kept(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        seen = version(unit, "case", "C-1001")
    for actor, change in (("N. Begum", {"sibling_group": "S-1"}), ("A. Hughes", {"factors": ("autism",)})):
        with team.unit(actor, TODAY) as unit:
            amend(unit, "case", "C-1001", change, seen)
            unit.finish("Edited")
    with team.unit("A. Hughes", TODAY) as unit:
        case = get(unit, "case", "C-1001")
    assert (case.sibling_group, case.factors) == ("S-1", ("autism",))


def test_undo_takes_back_the_last_change_and_what_followed_from_it(team: Database) -> None:
    before = obligations(team, "C-1001")
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": "2026-04-14"})
        unit.finish("Recorded a review on C-1001")
    with team.unit("A. Hughes", TODAY) as unit:
        assert undo(unit) == "Recorded a review on C-1001"
    assert obligations(team, "C-1001") == before
    with team.unit("A. Hughes", TODAY) as unit:
        assert undo(unit) == "Set up the team"
    assert team.reader().raw.execute("SELECT count(*) FROM cases").fetchone() == (0,)
    assert change_log.verify(team.reader()) is None


def test_undo_refuses_to_overwrite_what_came_after(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"sibling_group": "S-1"})
        unit.finish("Sibling group")
    with team.unit("N. Begum", TODAY) as unit:
        amend(unit, "case", "C-1001", {"sibling_group": "S-2"})
        unit.finish("Sibling group again")
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="changed again since"):
        undo(unit)
    with team.unit("A. Hughes", TODAY) as unit:
        assert get(unit, "case", "C-1001").sibling_group == "S-2"


def test_undo_has_nothing_of_mine(team: Database) -> None:
    with team.unit("Somebody Else", TODAY) as unit, pytest.raises(BadInput, match="nothing of yours"):
        undo(unit)


def test_every_change_says_who_when_what_before_and_after(team: Database) -> None:
    with team.unit("N. Begum", TODAY) as unit:
        amend(unit, "worker", "W3", {"fte": 80})
        unit.finish("Begum to 0.8")
    line = changes(team, "worker")[0]
    assert (line.actor, line.what, line.record) == ("N. Begum", "Begum to 0.8", "worker")
    assert line.before is not None
    assert line.after is not None
    assert (line.before["fte"], line.after["fte"]) == (60, 80)
    assert (line.before["version"], line.after["version"]) == (1, 2)


def test_a_number_once_used_is_never_used_again(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        first = record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01"}).id
        unit.finish("Visit")
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    with team.unit("A. Hughes", TODAY) as unit:
        second = record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-02"}).id
    assert second > first


def test_many_at_once_equal_one_at_a_time(team: Database) -> None:
    from domain.cases.cases import EventFields

    rows = [
        EventFields.model_validate({"case": "C-1001", "kind": "lac_visit", "on": date(2026, 4, day)}).model_dump()
        for day in (1, 8, 15)
    ]
    with team.unit("A. Hughes", TODAY) as unit:
        unit.put("event", rows)
        unit.finish("Three visits")
    assert team.differences() == []
    assert len(changes(team, "event")) == 4
    assert change_log.verify(team.reader()) is None
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert team.reader().raw.execute("SELECT count(*) FROM event").fetchone() == (1,)


def test_unknown_records_are_named(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(NotFound, match="C-77"):
            amend(unit, "case", "C-77", {})
        with pytest.raises(NotFound, match="horse"):
            every(unit, "horse")
        assert find(unit, "event", "not-a-number") is None


def test_the_chain_shows_an_edit_of_the_log(team: Database) -> None:
    connection = team.engine().raw_connection()
    raw = connection.driver_connection
    assert raw is not None
    for trigger in [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
        raw.execute(f"DROP TRIGGER {trigger}")
    raw.execute("UPDATE change SET after = replace(after, 'Okafor', 'Nobody') WHERE record = 'worker'")
    raw.commit()
    assert "altered" in (change_log.verify(team.reader()) or "")
    connection.close()


def test_a_refused_duplicate_leaves_the_rest_of_the_work_standing(team: Database) -> None:
    case = {"reference": "C-1001", "team": "North", "pathway": "court", "opened": "2026-01-01"}
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-05-01"})
        with pytest.raises(BadInput, match="already"):
            record(unit, "case", case)
        record(unit, "case", {**case, "reference": "C-1002"})
        unit.finish("One visit, one case")
    assert team.reader().raw.execute("SELECT count(*) FROM cases").fetchone() == (2,)
    assert team.reader().raw.execute("SELECT count(*) FROM event").fetchone() == (2,)


def test_one_case_may_have_its_own_interval_for_a_local_rule(team: Database) -> None:
    override = {
        "case": "C-1001", "rule": "lac_visit", "unit": "weeks", "number": 2, "decided_on": "2026-04-01",
        "decided_by": "A. Hughes", "reason": "Placement unsettled", "review_on": "2026-07-01",
    }  # fmt: skip
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "event", {"case": "C-1001", "kind": "placement_started", "on": "2026-03-16"})
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-04-20"})
        unit.finish("Visited")
    assert dict(obligations(team, "C-1001"))["visit_standard"] == "2026-06-01"
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "override", override)
        unit.finish("Fortnightly visits")
    assert dict(obligations(team, "C-1001"))["visit_standard"] == "2026-05-04"
    assert team.differences() == []


def test_no_case_may_go_past_a_limit_of_law(team: Database) -> None:
    override = {
        "case": "C-1001", "rule": "visit_standard", "unit": "weeks", "number": 8, "decided_on": "2026-04-01",
        "decided_by": "A. Hughes", "reason": "Settled", "review_on": "2026-07-01",
    }  # fmt: skip
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="8 weeks is longer than the 6 weeks"):
        record(unit, "override", override)


@pytest.mark.parametrize("words", ["²", "٣", "", "-1", "1e3", "9" * 40])
def test_what_is_no_number_finds_nothing(team: Database, words: str) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        assert find(unit, "event", words) is None


@pytest.mark.parametrize(
    ("named", "said"),
    [("W99", "there is no worker 'W99'."), ("Lowe, Jo", "there is no worker with that staff id.")],
)
def test_a_name_in_the_place_of_a_staff_id_is_not_said_back(team: Database, named: str, said: str) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(NotFound) as refused:
            amend(unit, "worker", "W3", {"supervisor": named})
        assert (refused.value.field, refused.value.message) == ("supervisor", said)
        with pytest.raises(NotFound) as missing:
            get(unit, "worker", named)
        assert missing.value.message == f"T{said[1:]}"
