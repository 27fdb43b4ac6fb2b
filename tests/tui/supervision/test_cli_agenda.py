"""almoner supervision agenda, raise, park, actions and what becomes of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from storage.records.database import Database
from tests.tui.shell import Shell

ACTIONS = """
[[action]]
case = "C-1001"
owner = "W2"
what = "Monitor contact"
set_on = 2026-10-01
due = 2026-11-10

[[action]]
owner = "W2"
what = "Visit Jamie at the carers' home"
set_on = 2026-11-10
due = 2026-12-01
"""
DECISION = """
[[decision]]
case = "C-1001"
decision = "Keep the placement"
decided_by = "Permanence panel"
body = "panel"
on = 2026-10-01
follow_by = 2026-11-01
"""


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    team.close()
    return Shell(capsys, Path(team.path))


@pytest.fixture
def busy(almoner: Shell, tmp_path: Path) -> Shell:
    assert almoner.record("action", ACTIONS, tmp_path).code == 0
    assert almoner.record("decision", DECISION, tmp_path).code == 0
    return almoner


def items(almoner: Shell, *more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = almoner("supervision", "agenda", "W2", "--json", *more).json["items"]
    return found


def test_the_agenda_has_the_keys_that_were_promised(busy: Shell) -> None:
    found = busy("supervision", "agenda", "Okafor", "--json").json
    assert (found["worker"], found["supervisor"], found["last"]) == ("W2", "W1", None)
    assert found["items"][0]["kind"] == "wellbeing"
    for item in found["items"]:
        assert {"kind", "subject", "why", "days_since"} <= set(item)
    case = next(item for item in found["items"] if item["kind"] == "case")
    assert (case["subject"], case["days_since"], case["state"]) == ("C-1001", None, "late")


def test_the_agenda_as_text_and_for_a_spreadsheet(busy: Shell) -> None:
    said = busy("supervision", "agenda", "W2").out
    assert said.startswith("Supervision of W2 Okafor, Chidi with Hughes, Ann")
    assert "late    C-1001: Monitor contact: due Tue 10 Nov; 10 days overdue" in said
    rows = list(csv.DictReader(io.StringIO(busy("supervision", "agenda", "W2", "--csv").out)))
    assert [row["kind"] for row in rows] == [item["kind"] for item in items(busy)]


def test_without_names_nothing_that_people_wrote_is_printed(busy: Shell) -> None:
    busy("supervision", "raise", "W2", "Jamie's school", "--case", "C-1001")
    for form in ((), ("--json",), ("--csv",)):
        out = busy("--no-names", "supervision", "agenda", "W2", *form).out
        out += busy("--no-names", "supervision", "actions", "--worker", "W2", *form).out
        assert [name for name in ("Jamie", "Okafor", "Hughes") if name in out] == []


def test_raising_and_parking_and_taking_up_again(almoner: Shell) -> None:
    assert almoner("supervision", "raise", "W2", "The training day").err.strip().endswith("as item:1.")
    assert almoner("supervision", "park", "W2", "item:1", "--until", "2026-12-01", "--why", "After the audit").code == 0
    assert almoner("supervision", "park", "W2", "C-1001", "--until", "1/12/2026", "--why", "Assessment first").code == 0
    assert [item["key"] for item in items(almoner) if item["parked"]] == ["case:C-1001", "item:1"]
    assert almoner("supervision", "park", "W2", "C-1001", "--back").code == 0
    assert [item["key"] for item in items(almoner) if item["parked"]] == ["item:1"]
    assert almoner("undo").code == 0
    assert [item["key"] for item in items(almoner) if item["parked"]] == ["case:C-1001", "item:1"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("agenda", "W9"), "There is no worker 'W9'"),
        (("agenda", "W2", "--session", "x"), "--session: 'x' is not a number"),
        (("agenda", "W2", "--session", "9"), "There is no session 9"),
        (("raise", "W2", "  "), "Say what it is about"),
        (("raise", "W2", "A thing", "--case", "C-9"), "There is no case 'C-9'"),
        (("park", "W2", "C-9", "--until", "2026-12-01", "--why", "x"), "There is no case 'C-9'"),
        (("park", "W2", "C-1001", "--why", "x"), "--until: say until which day"),
        (("park", "W2", "C-1001", "--until", "2026-12-01"), "--why: say why it waits"),
        (("park", "W2", "C-1001", "--until", "2026-11-01", "--why", "x"), "is not ahead"),
        (("park", "W2", "action:1", "--until", "2026-12-01", "--why", "x"), "cannot be parked"),
        (("park", "W2", "C-1001", "--back"), "C-1001 is not parked"),
        (("done", "1"), "--how: say how it was done"),
        (("done", "99", "--how", "x"), "There is no action 99"),
        (("done", "one", "--how", "x"), "is not a number of ours"),
        (("done", "1", "--how", "x", "--on", "2027-01-01"), "done_on"),
        (("carry", "1"), "--due: say the new day"),
        (("carry", "1", "--due", "2026-01-01"), "due: an action cannot be due before it was set"),
        (("drop", "1"), "--why: say why it is no longer"),
        (("follow", "1"), "--outcome: say what came of it"),
        (("actions", "--team", "North", "--worker", "W2"), "Give one of --team, --worker and --case"),
    ],
)
def test_bad_input_is_answered_in_one_line_and_changes_nothing(busy: Shell, words: tuple[str, ...], said: str) -> None:
    before = busy("supervision", "actions", "--json").out
    answer = busy("supervision", *words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert busy("supervision", "actions", "--json").out == before


def test_actions_and_decisions_by_worker_case_and_team_and_only_the_stale(busy: Shell) -> None:
    found = busy("supervision", "actions", "--worker", "W2", "--json").json
    assert [(row["kind"], row["id"], row["state"]) for row in found] == [
        ("decision", 1, "late"), ("action", 1, "late"), ("action", 2, "later"),
    ]  # fmt: skip
    assert found[1]["stale"][0] == "10 days overdue"
    assert len(busy("supervision", "actions", "--case", "C-1001", "--json").json) == 2
    assert len(busy("supervision", "actions", "--team", "North", "--json").json) == 3
    assert [row["id"] for row in busy("supervision", "actions", "--stale", "--json").json] == [1, 1]
    rows = list(csv.DictReader(io.StringIO(busy("supervision", "actions", "--csv").out)))
    assert rows[1]["stale"].startswith("10 days overdue; “monitor”")
    table = busy("supervision", "actions")
    assert "Keep the placement" in table.out
    assert "3 lines, 2 stale." in table.err


def test_done_carried_dropped_and_followed_each_undone(busy: Shell) -> None:
    def states(*more: str) -> dict[str, str]:
        rows = busy("supervision", "actions", "--all", "--json", *more).json
        return {f"{row['kind']} {row['id']}": row["state"] for row in rows}

    before = states()
    for words, changed in (
        (("done", "1", "--how", "By phone"), {"action 1": "done"}),
        (("carry", "1", "--due", "2026-12-10"), {"action 1": "carried", "action 3": "later"}),
        (("drop", "2", "--why", "The family did it"), {"action 2": "dropped"}),
        (("follow", "1", "--outcome", "It held"), {"decision 1": "done"}),
    ):
        assert busy("supervision", *words).code == 0
        assert states() == {**before, **changed}
        assert busy("undo").code == 0
        assert states() == before
