"""Many things recorded at once: what is said of each that cannot be taken, and nothing said twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from domain.cases.cases import Case
from domain.core.errors import NotFound
from domain.people.people import Team, Worker
from storage.records import acts, by_hand
from storage.records.acts import Given
from storage.records.checking import one_of
from storage.records.database import Database
from tests.conftest import TODAY

WORKER: dict[str, Any] = {"name": "Hart, Jo", "grade": "children-sw"}
CASE: dict[str, Any] = {"pathway": "looked_after", "opened": "2026-03-02"}


def faults(database: Database, *given: tuple[str, dict[str, Any]]) -> list[tuple[int, str]]:
    """The places at fault, and the field of each."""
    with database.unit("W1", TODAY) as unit:
        found = acts.record_all(unit, [Given(kind, data) for kind, data in given], 50)
    return [(fault.place, fault.why.field) for fault in found]


def of_team(team: str, staff: Sequence[str]) -> list[tuple[str, dict[str, Any]]]:
    return [("worker", {**WORKER, "staff_id": staff_id, "team": team}) for staff_id in staff]


def test_a_team_at_fault_is_told_once_and_not_for_each_of_its_workers(team: Database) -> None:
    south = ("team", {"name": "South", "scheme": "no-such-scheme"})
    workers = of_team("South", ["W20", "W21", "W22"])
    case = ("case", {**CASE, "reference": "C-9", "team": "South"})
    held = ("allocation", {"case": "C-9", "worker": "W20", "starts": "2026-03-02"})
    happened = ("event", {"case": "C-9", "kind": "lac_visit", "on": "2026-03-04"})
    assert faults(team, south, *workers, case, held, happened) == [(0, "scheme")]


def test_a_team_without_a_usable_name_is_told_once_too(team: Database) -> None:
    name = "S\u043euth"  # a Cyrillic letter among Latin ones
    assert faults(team, ("team", {"name": name}), *of_team(name, ["W20", "W21"])) == [(0, "name")]


def test_a_supervisor_at_fault_is_told_once(team: Database) -> None:
    chief = ("worker", {**WORKER, "staff_id": "W20", "team": "North", "grade": "wizard"})
    others = [(kind, {**data, "supervisor": "W20"}) for kind, data in of_team("North", ["W21", "W22"])]
    assert faults(team, chief, *others) == [(0, "grade")]


def test_a_fault_of_their_own_is_told_all_the_same(team: Database) -> None:
    south = ("team", {"name": "South", "scheme": "no-such-scheme"})
    nowhere = of_team("West", ["W20"])
    bad = [("worker", {**WORKER, "staff_id": "W21", "team": "South", "fte": 900})]
    double = [("team", {"name": "North"})]
    assert faults(team, south, *nowhere, *bad, *double) == [(0, "scheme"), (1, "team"), (2, "fte"), (3, "name")]


def test_nothing_is_kept_where_anything_is_wrong(team: Database) -> None:
    assert faults(team, ("team", {"name": "South"}), *of_team("West", ["W20"])) == [(1, "team")]
    with team.unit("W1", TODAY) as unit:
        assert unit.find(Team, "South") is None


def test_two_references_that_look_the_same_are_one_case(team: Database) -> None:
    twins = [("case", {**CASE, "reference": reference, "team": "North"}) for reference in ("C-9", "C-\u200d9", "Ｃ－9")]
    assert faults(team, *twins) == [(1, "reference"), (2, "reference")]


def test_what_was_typed_in_another_form_is_found(team: Database) -> None:
    with team.unit("W1", TODAY) as unit:
        assert by_hand.find(unit, unit.kinds.of(Case), "C\u20111001\u200b").reference == "C-1001"
        assert by_hand.find(unit, unit.kinds.of(Worker), "Ｗ２").staff_id == "W2"
        assert by_hand.find(unit, unit.kinds.of(Team), "North\u200c").name == "North"


@pytest.mark.parametrize("key", ["²", "1²", "٣", "１", "½", "", "-1", "9" * 400])
def test_what_is_no_number_finds_no_record(team: Database, key: str) -> None:
    with team.unit("W1", TODAY) as unit:
        kind = unit.kinds.named("event")
        with pytest.raises(NotFound, match="There is no event"):
            by_hand.find(unit, kind, key)


@pytest.mark.parametrize(
    ("word", "near"), [("lac_visits", "lac_visit"), ("LAC Visit", "lac_visit"), ("review_held_lac", "lac_review_held")]
)
def test_a_wrong_code_among_many_is_answered_with_the_three_nearest(team: Database, word: str, near: str) -> None:
    with team.unit("W1", TODAY) as unit, pytest.raises(NotFound) as refused:
        one_of(word, unit.packs.event_kinds, "kind", "kind of event", "event-kind")
    nearest, where = refused.value.hint.split(". ", 1)
    assert near in nearest.removeprefix("Nearest: ").split(", ")
    assert len(nearest.split(", ")) <= 3
    assert where == "All of them: almoner list event-kind"


def test_a_word_like_no_code_is_answered_with_where_they_are_listed() -> None:
    with pytest.raises(NotFound) as refused:
        one_of("zzzz\x1b[2J" * 50, [f"kind_{n}" for n in range(300)], "kind", "kind of event", "event-kind")
    assert refused.value.hint == "All of them: almoner list event-kind"
    assert len(str(refused.value)) < 200
    assert "\x1b" not in str(refused.value)


def test_of_a_few_all_are_said() -> None:
    with pytest.raises(NotFound, match="Known: a, b, c"):
        one_of("d", ["c", "b", "a"], "kind", "letter")


def test_a_choice_among_many_says_the_nearest_and_not_what_was_typed(team: Database) -> None:
    with team.unit("W1", TODAY) as unit:
        given = Given("case", {**CASE, "pathway": "looked_aftr_zq", "reference": "C-9", "team": "North"})
        (fault,) = acts.record_all(unit, [given], 50)
    assert "looked_after" in fault.why.message
    assert "zq" not in fault.why.message
    assert len(fault.why.message) < 150
