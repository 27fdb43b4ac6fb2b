"""allocate, unallocated and phantom in print: the same answers as on the screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.records.database import Database
from tests.conftest import TODAY
from tests.storage.allocation.test_allocate import HEAD
from tests.tui.shell import Shell
from tests.units import amend, case, conflict, put, worker


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    put(team, case(), case("C-3", sibling_group="S"), case("C-4", sibling_group="S"))
    return Shell(capsys, team.path)


def test_every_worker_is_listed_with_what_it_would_do(almoner: Shell) -> None:
    answer = almoner("allocate", "C-2", "--json")
    assert answer.code == 0
    found = answer.json
    assert (found["case"], found["points"], found["worker"]) == ("C-2", 5, None)
    assert [c["worker"] for c in found["candidates"]] == ["W3", "W2", "W1"]
    first, second, last = found["candidates"]
    assert (first["rank"], first["may"], first["reasons"]) == (1, True, [])
    assert (first["before"], first["after"], first["spare"]) == (0, 8.3, 60)
    assert (second["before"], second["after"]) == (7, 12)
    assert last["reasons"] == ["This grade holds no cases (Team manager)"]
    assert last["findings"][0]["rule"] == "manager-holds"


def test_the_table_and_the_sheet_say_the_same(almoner: Shell) -> None:
    out = almoner("allocate", "C-2").out
    assert "C-2, North: 5 points (assumed: nobody has weighed it); nobody holds it now." in out
    assert "8 %" in out
    assert "This grade holds no cases" in out
    assert almoner("allocate", "C-2", "--csv").out.splitlines()[1].startswith("1,W3,")
    assert "Begum" not in almoner("allocate", "C-2", "--no-names").out


def test_workers_of_other_teams_are_listed_when_asked(almoner: Shell, team: Database) -> None:
    put(team, ("team", {"name": "South"}), worker("S1", team="South"))
    assert "S1" not in almoner("allocate", "C-2").out
    everyone = almoner("allocate", "C-2", "--all", "--json").json["candidates"]
    assert everyone[2]["worker"] == "S1"
    assert everyone[2]["reasons"] == ["Works in another team (South)"]
    assert almoner("allocate", "C-2", "--why-not", "S1", "--json").json["rank"] == 3


def test_why_not_names_what_stands_against_one_worker(almoner: Shell, team: Database) -> None:
    put(team, conflict("W3", "risk_to_worker"))
    answer = almoner("allocate", "C-2", "--why-not", "Begum")
    assert answer.code == 1
    assert "W3 Begum, Nasreen: may not take C-2" in answer.out
    assert "ruled out unless approved by Head of service" in answer.out
    assert "behind W2: no rule stands against it" in answer.out
    assert almoner("allocate", "C-2", "--why-not", "W2").code == 0


def test_why_not_somebody_who_has_left(almoner: Shell, team: Database) -> None:
    put(team, worker("W4", started="2020-01-01", leaves="2026-10-01"))
    answer = almoner("allocate", "C-2", "--why-not", "W4")
    assert answer.code == 1
    assert "Has left" in answer.out


def test_everyone_excluded_says_so_with_the_rules_and_exits_1(almoner: Shell, team: Database) -> None:
    put(team, case("C-5", must_have=["Urdu"]))
    answer = almoner("allocate", "C-5", "--json")
    assert answer.code == 1
    assert "Nobody may take C-5: every one of 3 is ruled out." in answer.err
    assert "3 workers: The case needs what this worker does not bring [must-have]; Head of service may" in answer.err
    (blocked,) = answer.json["blocked_by"]
    assert (blocked["rule"], blocked["workers"]) == ("must-have", 3)


def test_a_case_heavier_than_any_headroom_says_so(almoner: Shell, team: Database) -> None:
    with team.unit("A. Hughes", __import__("datetime").date(2026, 11, 20)) as unit:
        amend(unit, "team", "North", {"full_time_points": 400})
        unit.finish("Smaller budget")
    answer = almoner("allocate", "C-2")
    assert "Nobody who may take it has room for it: it adds 5 points, and the most room is 2.4." in answer.err


def test_a_hard_rule_is_refused_naming_it_and_taken_with_its_approver(almoner: Shell, team: Database) -> None:
    put(team, conflict("W3", "conflict_of_interest"))
    answer = almoner("allocate", "C-2", "--to", "W3", "--reason", "because")
    assert answer.code == 2
    assert "conflict-hard" in answer.err
    assert "Head of service" in answer.err
    kept = almoner("allocate", "C-2", "--to", "W3", "--approved-by", HEAD, "--json").json
    assert (kept["overruled"], kept["approved_by"]) == (["conflict-hard"], HEAD)
    assert almoner("list", "allocation", "--case", "C-2", "--json").json[0]["approved_by"] == HEAD


def test_a_caution_asks_for_a_reason(almoner: Shell) -> None:
    answer = almoner("allocate", "C-2", "--to", "W1")
    assert answer.code == 2
    assert "manager-holds" in answer.err
    assert almoner("allocate", "C-2", "--to", "W1", "--note", "for a week").code == 0
    assert almoner("allocate", "C-3", "--to", "W1", "--reason", "MANAGE", "--with-siblings").code == 0


def test_siblings_go_together(almoner: Shell) -> None:
    assert almoner("allocate", "C-3", "--to", "W2").code == 0
    assert almoner("allocate", "C-4", "--to", "W3").code == 2
    answer = almoner("allocate", "C-4", "--to", "W3", "--with-siblings", "--reason", "TSPROC", "--json")
    assert (answer.code, answer.json["also"]) == (0, ["C-3"])
    assert "C-3 is with W3" in almoner("allocate", "C-4", "--why-not", "W2").out


def test_the_unallocated_say_since_when_and_what_is_asked(almoner: Shell, tmp_path: Path) -> None:
    found = {row["case"]: row for row in almoner("unallocated", "--json").json}
    assert (found["C-2"]["since"], found["C-2"]["days"], found["C-2"]["state"]) == ("2026-09-01", 80, "late")
    assert found["C-2"]["standing"][0] == "escalate: 52 days late"
    reviewed = '[[event]]\ncase = "C-2"\nkind = "unallocated_reviewed"\non = 2026-11-19\n'
    assert almoner.record("event", reviewed, tmp_path).code == 0
    assert almoner("unallocated", "--team", "North", "--json").json[0]["last_reviewed"] in (None, "2026-11-19")
    assert "2026-11-19" in almoner("unallocated", "--csv").out


def test_phantoms_are_listed_and_answer_1(almoner: Shell, team: Database) -> None:
    assert almoner("phantom").code == 0
    put(team, ("allocation", {"case": "C-2", "worker": "W1", "starts": "2026-10-01"}))
    answer = almoner("phantom", "--json")
    assert answer.code == 1
    (one,) = answer.json
    assert (one["case"], one["kind"], one["worker"]) == ("C-2", "manager", "W1")


def test_the_policies_in_force_can_be_listed(almoner: Shell) -> None:
    found = {policy["id"]: policy for policy in almoner("list", "policy", "--json").json}
    assert found["newly-qualified-jointly"]["hard"]
    assert found["newly-qualified-jointly"]["citations"][0]["confidence"] == "H"
    assert "newly-qualified-jointly" in almoner("list", "policy").out


def test_who_can_carry_nothing_soon_is_told_in_the_table_and_the_sheet(almoner: Shell, team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"leaves": "2026-11-24"})
        unit.finish("Leaves")
    leaver = next(one for one in almoner("allocate", "C-2", "--json").json["candidates"] if one["worker"] == "W3")
    assert (leaver["spare"], leaver["nothing_from"], leaver["rank"]) == (0, "2026-11-25", 3)
    assert "none from Wed 25 Nov" in almoner("allocate", "C-2").out


@pytest.mark.parametrize(
    "asked",
    [
        ("allocate", "C-2", "--on", ""),
        ("allocate", "C-2", "--to", " "),
        ("allocate", "C-2", "--to", "W3", "--why-not", "W2"),
        ("allocate", "C-2", "--on", "2027-02-29"),
        ("allocate", "C-2", "--on", "9999-12-31"),
        ("unallocated", "--on", ""),
        ("unallocated", "--team", ""),
        ("load", "weeks", "--from", ""),
        ("load", "weeks", "--from", "2026-12-01", "--to", "2026-11-30"),
        ("plan", "--on", ""),
        ("plan", "--team", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_option(almoner: Shell, asked: tuple[str, ...]) -> None:
    answer = almoner(*asked)
    assert (answer.code, answer.out) == (2, "")
    assert any(option in answer.err for option in asked if option.startswith("--"))
