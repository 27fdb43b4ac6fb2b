"""undo and redo on the command line: one step after the other, by number, and what stands in the way of each."""

from __future__ import annotations

from typing import Any

import pytest

from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.shell import Shell
from tests.units import amend, record


@pytest.fixture
def almoner(capsys: pytest.CaptureFixture[str], team: Database) -> Shell:
    return Shell(capsys, team.path)


@pytest.fixture
def three(almoner: Shell) -> Shell:
    """Three changes to two workers."""
    for worker, fte in (("W3", "0.7"), ("W2", "0.8"), ("W3", "0.9")):
        assert almoner("amend", "worker", worker, f"fte={fte}").code == 0
    return almoner


def shares(almoner: Shell) -> dict[str, Any]:
    return {one["staff_id"]: one["fte"] for one in almoner("list", "worker", "--json").json}


def test_three_changes_go_back_one_by_one_and_forward_again(three: Shell) -> None:
    said = [three("undo").out for _ in range(3)]
    assert said == [f"Taken back: Changed worker {worker}\n" for worker in ("W3", "W2", "W3")]
    assert shares(three) == {"W1": 1, "W2": 1, "W3": 0.6}
    said = [three("redo").out for _ in range(3)]
    assert said == [f"Brought forward again: Changed worker {worker}\n" for worker in ("W3", "W2", "W3")]
    assert shares(three) == {"W1": 1, "W2": 0.8, "W3": 0.9}
    refused = three("redo")
    assert (refused.code, refused.out) == (1, "")
    assert "nothing to bring forward" in refused.err


def test_the_list_says_which_changes_stand_and_any_of_them_is_taken_back_by_its_number(three: Shell) -> None:
    three("undo")
    listed = three("undo", "--list", "--json").json
    assert [(one["what"], one["stands"]) for one in listed] == [
        ("Changed worker W3", False),
        ("Changed worker W2", True),
        ("Changed worker W3", True),
        ("Set up the team", True),
    ]
    assert three("undo", str(listed[2]["set"]), "--json").json["undone"] == "Changed worker W3"
    assert three("redo", str(listed[0]["set"])).code == 1, "what it was made upon does not stand"
    assert three("redo", str(listed[2]["set"])).code == 0
    shown = three("undo", "--list").out
    assert "taken back" in shown
    assert "stands" in shown


def test_a_change_that_others_built_upon_is_left_and_the_one_before_it_named(three: Shell, team: Database) -> None:
    with team.unit("N. Begum", TODAY) as unit:
        amend(unit, "worker", "W3", {"fte": 50})
        unit.finish("To half time")
    refused = three("undo")
    assert refused.code == 1
    assert "left as it is: Changed worker W3" in refused.err
    assert "changed again since, by N. Begum (To half time)" in refused.err
    way = next(line for line in refused.err.splitlines() if "before it" in line)
    assert three("undo", way.rsplit(maxsplit=1)[1]).out == "Taken back: Changed worker W2\n"
    assert shares(three) == {"W1": 1, "W2": 1, "W3": 0.5}


def test_a_change_that_others_depend_on_is_named_with_what_depends_on_it(three: Shell, team: Database) -> None:
    with team.unit(three("undo", "--list", "--json").json[0]["actor"], TODAY) as unit:
        record(unit, "case", {"reference": "N-1", "team": "North", "pathway": "court", "opened": "2026-03-02"})
        unit.finish("Took N-1 on")
    with team.unit("N. Begum", TODAY) as unit:
        record(unit, "event", {"case": "N-1", "kind": "lac_visit", "on": "2026-05-01"})
        unit.finish("Visited N-1")
    refused = three("undo")
    assert refused.code == 1
    assert "left as it is: Took N-1 on" in refused.err
    assert "on N-1 depends on case N-1, which would not be there any more" in refused.err
    assert "see the change by N. Begum (Visited N-1)" in refused.err
    way = next(line for line in refused.err.splitlines() if "before it" in line)
    assert three("undo", way.rsplit(maxsplit=1)[1]).out == "Taken back: Changed worker W3\n"


@pytest.mark.parametrize("number", ["x", "-1", "999", "9" * 40, "", "1.5", "²"])
@pytest.mark.parametrize("command", ["undo", "redo"])
def test_a_number_that_is_none_of_ones_changes_is_bad_input(three: Shell, command: str, number: str) -> None:
    refused = three(command, "--", number)
    assert refused.code == 2
    assert "undo --list" in refused.err
    assert shares(three) == {"W1": 1, "W2": 0.8, "W3": 0.9}


def test_who_signed_in_to_the_machine_is_shown_where_it_is_not_who_acts(
    three: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.commandline.context.machine_user", lambda: "abegum")
    three("amend", "worker", "W3", "fte=0.5")
    assert three("undo", "--list", "--json").json[0]["user"] == "abegum"
    assert "abegum" in three("undo", "--list").out
    assert "abegum" not in three("undo", "--list", "--no-names").out
    assert "abegum" not in three("undo", "--list", "--no-names", "--json").out


def test_somebody_who_changed_nothing_has_nothing_to_take_back(almoner: Shell) -> None:
    assert almoner("undo", "--as", "Somebody Else").code == 1
    assert almoner("undo", "--list", "--as", "Somebody Else").err == "Somebody Else has changed nothing here.\n"
