"""almoner plan: what it prints, what it refuses by option, how a plan is kept, applied and taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.core.errors import AlmonerError
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.storage.planning.plankit import THREE, north
from tests.tui.shell import Shell
from tests.units import amend

KEYS = {
    "moves", "before", "after", "cost", "bound", "gap_percent", "proven", "shortfall_points", "shortfall_fte",
    "blocked",
}  # fmt: skip
CASES = {"C-1": ("W1", 30), "C-5": ("W1", 20), "C-2": ("W2", 60), "C-3": ("W3", 40)}
LEAVES = ("--leaver", "W1:2026-12-18")


@pytest.fixture(scope="session")
def _north(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("north")
    north(folder, THREE, CASES).close()
    return folder


@pytest.fixture
def database(_north: Path, tmp_path: Path) -> Iterator[Database]:
    shutil.copytree(_north, tmp_path, dirs_exist_ok=True)
    with open_database(tmp_path / "almoner.db", CLOCK) as found:
        yield found


@pytest.fixture
def almoner(database: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, Path(database.path))


def held(almoner: Shell) -> list[tuple[str, str, str]]:
    records = almoner("list", "allocation", "--json").json
    return sorted((a["case"], a["worker"], a["starts"]) for a in records if a["starts"] > "2026-11-01")


def test_a_plan_as_json_has_the_keys_of_the_contract(almoner: Shell) -> None:
    plan = almoner("plan", *LEAVES, "--json").json
    assert set(plan) >= KEYS
    assert [(m["case"], m["from"], m["to"]) for m in plan["moves"]] == [("C-1", "W1", "W3"), ("C-5", "W1", "W2")]
    assert plan["moves"][0]["reason"].startswith("W1 leaves on Fri 18 Dec; W3 goes from 40 % to 70 %; runner-up W2")
    assert {one["worker"]: one["utilisation"] for one in plan["before"]} == {"W1": 50.0, "W2": 60.0, "W3": 40.0}
    assert {one["worker"]: one["utilisation"] for one in plan["after"]} == {"W1": None, "W2": 80.0, "W3": 70.0}
    assert (plan["cost"], plan["bound"], plan["gap_percent"], plan["proven"]) == (0.0, 0.0, 0.0, True)
    assert (plan["shortfall_points"], plan["shortfall_fte"], plan["blocked"]) == (0.0, 0.0, [])
    assert [point["moves"] for point in plan["curve"]] == [0, 2, 5, 10, 20]


def test_a_plan_in_print(almoner: Shell) -> None:
    shown = almoner("plan", *LEAVES, "--curve").out
    assert "North, for Fri 18 Dec 2026: W1 leaves Fri 18 Dec" in shown
    assert "2 changes of worker; the highest load 60 % → 80 %" in shown
    assert "cost 0, proven: no plan with these moves shares the load more evenly" in shown
    assert "gone from Fri 18 Dec 2026" in shown
    assert "Further moves" in shown


def test_a_plan_goes_from_change_to_change(almoner: Shell) -> None:
    away = ("--absent", "W1:2026-12-01:2026-12-14", "--moves", "0")
    shown = almoner("plan", "--team", "North", *away, "--calendar").out
    assert "2 covered" in shown
    assert [line.split() for line in shown.splitlines() if line.startswith("C-1 ")][-1] == [
        "C-1",
        "W1",
        "W3",
        "covers",
        "W1",
    ]
    plan = almoner("plan", "--team", "North", *away, "--json").json
    assert [(span["from"], span["to"]) for span in plan["spans"]] == [
        ("2026-11-20", "2026-11-30"), ("2026-12-01", "2026-12-14"), ("2026-12-15", None)
    ]  # fmt: skip
    there = [{one["worker"]: one["there"] for one in span["people"]}["W1"] for span in plan["spans"]]
    assert there == [True, False, True]
    assert {move["role"] for move in plan["moves"]} == {"cover"}


def test_a_starter_of_a_plan_is_named_when_it_is_applied(almoner: Shell) -> None:
    starter = ("--starter", "children-sw:1.0:2027-01-04", "--leaver", "W1:2027-01-04")
    almoner("plan", "--team", "North", *starter, "--save", "New")
    refused = almoner("plan", "--apply-saved", "New").err
    assert "new-1 is not recorded yet: record who it is, and say so when applying (--starter-is)" in refused
    assert "no starter 'new-9'" in almoner("plan", "--apply-saved", "New", "--starter-is", "new-9=W2").err
    assert "is not written as new-1=WORKER" in almoner("plan", "--apply-saved", "New", "--starter-is", "W2").err
    assert "Applied" in almoner("plan", "--apply-saved", "New", "--starter-is", "new-1=W2").out


def test_every_situation_can_be_typed(almoner: Shell, tmp_path: Path) -> None:
    new = tmp_path / "new.csv"
    new.write_text("id,pathway,points\nN-1,child in need,12.5\n", encoding="utf-8")
    words = (
        "--team", "north", "--absent", "W1:2026-12-01:2027-01-15", "--starter", "children-sw:0.6:2026-12-07",
        "--arrive", str(new), "--target", "95 %", "--moves", "3", "--on", "2026-12-14", "--pin", "C-1:W2",
        "--forbid", "C-5:W3",
    )  # fmt: skip
    plan = almoner("plan", *words, "--json").json
    by_case = {move["case"]: move for move in plan["moves"]}
    assert (by_case["C-1"]["to"], by_case["C-1"]["role"], by_case["C-1"]["ends"]) == ("W2", "cover", "2027-01-16")
    assert by_case["N-1"]["from"] is None
    assert by_case["C-5"]["to"] != "W3"
    assert (plan["day"], plan["target"], plan["reached"]) == ("2026-12-14", 95, True)
    assert next(one["capacity"] for one in plan["after"] if one["worker"] == "new-1") == 60


def test_a_blocked_case_is_exit_1_and_names_the_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workers = {"W1": {}, "W2": {"grade": "non-registered"}}
    with north(tmp_path, workers, {"C-1": ("W1", 30)}, C_1={"pathway": "court"}) as database:
        answer = Shell(capsys, Path(database.path))("plan", *LEAVES, "--json")
        assert answer.code == 1
        assert [one["case"] for one in answer.json["blocked"]] == ["C-1"]
        assert "W2" in answer.json["blocked"][0]["reason"]


def test_the_same_seed_gives_the_same_plan(almoner: Shell) -> None:
    assert almoner("plan", *LEAVES, "--json").out == almoner("plan", *LEAVES, "--json").out


def test_why_not_somebody_else(almoner: Shell) -> None:
    answer = almoner("plan", *LEAVES, "--why-not", "C-1:W2", "--json").json
    assert (answer["may"], answer["chosen"]) == (True, False)
    assert answer["costs"] == 10.0
    assert "points more" in almoner("plan", *LEAVES, "--why-not", "C-1:W2").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--leaver", "W1:2020-01-01"), "--leaver: W1 leaving lies in the past"),
        (("--leaver", "W1:soon"), "--leaver: not a date"),
        (("--leaver", "W9:2026-12-18"), "There is no worker 'W9'"),
        (("--leaver", "W1", "--leaver", "W1"), "--leaver: W1 goes twice"),
        (("--leaver", ":2026-12-18"), "is not written as WORKER"),
        (("--absent", "W1"), "--absent: 'W1' is not written as"),
        (("--absent", "W1:2020-01-01:2020-02-01"), "--absent: The absence of W1 lies in the past"),
        (("--absent", "W1:2026-12-18:2026-12-01"), "--absent: an absence cannot end before it starts"),
        (("--absent", "W1:2026-12-01:2026-12-18:holiday"), "neither cover nor transfer"),
        (("--starter", "wizard:1.0:2026-12-01"), "--starter: There is no grade 'wizard'"),
        (("--starter", "asye:0:2026-12-01"), "--starter: 0 of full time is out of range"),
        (("--starter", "asye:x:2026-12-01"), "--starter: 'x' is not a share"),
        (("--starter", "asye:1"), "is not written as GRADE:FTE:DATE"),
        (("--merge", "East"), "There is no team 'East'"),
        (("--target", "many"), "--target: 'many' is not a whole number"),
        (("--target", "0"), "--target: write 1 or more"),
        (("--moves", "-3"), "--moves: '-3' is not a whole number"),
        (("--pin", "C-1"), "--pin: 'C-1' is not written as CASE:WORKER"),
        (("--pin", "C-1:W2", "--pin", "C-1:W3"), "--pin: C-1 is pinned to both W2 and W3"),
        (("--pin", "C-9:W2"), "--pin: There is no open case 'C-9'"),
        (("--pin", "C-1:W2", "--forbid", "C-1:W2"), "--pin: C-1 is both pinned to W2 and forbidden"),
        (("--arrive", "/nowhere/new.csv"), "--arrive: new.csv: no such file"),
        (("--list", "--show", "x"), "--show cannot stand beside --list"),
        (("--list", "--target", "90"), "--target cannot stand beside --list"),
        (("--save", "x", "--apply"), "--save keeps a plan"),
        (("--show", "[/x]\x1b[2J"), "There is no plan"),
        (("--only", "C-1"), "--only says which moves are applied"),
        (("--why-not", "C-9:W2"), "C-9 is not part of this plan"),
        (("--again", "x"), "There is no plan 'x'"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_by_its_option(almoner: Shell, words: tuple[str, ...], said: str) -> None:
    answer = almoner("plan", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert held(almoner) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,pathway\nN-1,magic\n", "new.csv row 2, pathway (magic): not a pathway"),
        (b"id,pathway\nC-1,court\n", "--arrive: There is a case 'C-1' already"),
        (b"id,pathway,weight\nN-1,court,7\n", "N-1"),
        (b"\xff\xfe\x00\x00", "not UTF-8"),
        (b"id,pathway,points\nN-1,court,99999999999999999999\n", "row 2, points"),
        (b"id,pathway\nN-1,magic\nN-2,magic\n", "(1 more)"),
    ],
    ids=str,
)
def test_a_hostile_list_of_new_cases_is_refused(almoner: Shell, tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "new.csv"
    file.write_bytes(content)
    answer = almoner("plan", "--arrive", str(file))
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_plan_is_saved_listed_shown_compared_and_deleted(almoner: Shell) -> None:
    assert "Saved as 'One'" in almoner("plan", *LEAVES, "--save", "One").err
    almoner("plan", "--again", "One", "--pin", "C-1:W2", "--save", "Two")
    assert [line["name"] for line in almoner("plan", "--list", "--json").json] == ["Two", "One"]
    assert "W1 leaves Fri 18 Dec" in almoner("plan", "--list").out
    shown = almoner("plan", "--show", "Two", "--json").json
    assert (shown["name"], shown["applied_on"]) == ("Two", None)
    assert {move["case"]: move["to"] for move in shown["moves"]} == {"C-1": "W2", "C-5": "W3"}
    compared = almoner("plan", "--compare", "One", "Two", "--json").json
    assert {side["key"]: (side["one"], side["other"]) for side in compared["cases"]}["C-1"] == ("W3", "W2")
    assert "C-1" in almoner("plan", "--compare", "One", "Two").out
    assert almoner("plan", *LEAVES, "--save", "One").code == 2
    assert almoner("plan", "--delete", "One").code == 0
    assert almoner("plan", "--show", "One").code == 2


def test_applying_and_undoing_by_command(almoner: Shell) -> None:
    before = almoner("list", "allocation", "--json").json
    answer = almoner("plan", *LEAVES, "--apply")
    assert "Applied 2 moves under the plan 'North 2026-11-20'" in answer.err
    assert held(almoner) == [("C-1", "W3", "2026-12-18"), ("C-5", "W2", "2026-12-18")]
    assert almoner("undo").code == 0
    after = almoner("list", "allocation", "--json").json
    assert [(a["case"], a["worker"], a["ends"]) for a in after] == [(a["case"], a["worker"], a["ends"]) for a in before]
    assert almoner("plan", "--list", "--json").json == []


def test_a_saved_plan_is_applied_once_and_in_part(almoner: Shell) -> None:
    almoner("plan", *LEAVES, "--save", "One")
    assert almoner("plan", "--apply-saved", "One", "--only", "C-5").code == 0
    assert held(almoner) == [("C-5", "W2", "2026-12-18")]
    again = almoner("plan", "--apply-saved", "One")
    assert again.code == 2
    assert "already" in again.err


def test_names_stay_hidden(almoner: Shell, database: Database) -> None:
    with database.unit("A. Hughes") as unit:
        amend(unit, "worker", "W1", {"name": "Okafor, Chidi"})
        unit.finish("A name")
    assert "Okafor" in almoner("plan", *LEAVES).out
    assert "Okafor" not in almoner("--no-names", "plan", *LEAVES).out
    assert "Okafor" not in almoner("plan", *LEAVES, "--no-names", "--json").out


def test_stopping_leaves_nothing_half_done(almoner: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.planning.plan.rebalance.solve", stopped)
    assert almoner("plan", *LEAVES, "--apply").code == 130
    monkeypatch.undo()
    assert held(almoner) == []


def test_a_missing_solver_is_said_plainly(almoner: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_args: object) -> None:
        raise AlmonerError("The solver is not installed.", hint="pip install almoner[solver]")

    monkeypatch.setattr("storage.planning.solving.close_gap", missing)
    answer = almoner("plan", *LEAVES, "--solver")
    assert answer.code == 2
    assert "not installed" in answer.err
