"""supervision compliance, coverage, disagreements: the figures as JSON, as CSV and as words."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.shell import Shell
from tests.units import put, record


@pytest.fixture
def shell(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    """W2 seen on 1 and 30 September, with C-1001 discussed on the first; a session missed in court in October."""
    with team.unit("A. Hughes", TODAY) as unit:
        held = {"worker": "W2", "supervisor": "W1", "state": "held"}
        first = record(unit, "session", {**held, "on": "2026-09-01"})
        record(unit, "session", {**held, "on": "2026-09-30"})
        record(unit, "discussion", {"session": first.id, "case": "C-1001", "answers": {"update": "Well"}})
        missed = {"worker": "W2", "supervisor": "W1", "state": "missed", "reason": "In court", "on": "2026-10-28"}
        record(unit, "session", {**missed, "reason_code": "court"})
        unit.finish("Supervised")
    return Shell(capsys, Path(team.path))


AUTUMN = ("--from", "2026-10-01", "--to", "2026-10-31")


def test_a_line_a_worker_with_its_counts(shell: Shell) -> None:
    found = {one["worker"]: one for one in shell("supervision", "compliance", *AUTUMN, "--json").json}
    assert set(found) == {"W1", "W2", "W3"}
    # W2: 1 September and a month is 1 October, held 30 September; then due 30 October: missed.
    w2 = found["W2"]
    assert (w2["supervisor"], w2["team"], w2["managers"]) == ("W1", "North", False)
    assert (w2["due"], w2["held"], w2["late"], w2["missed"], w2["percent"]) == (2, 1, 0, 1, 50.0)
    assert w2["reasons"] == {"court": 1}
    assert (w2["from"], w2["to"]) == ("2026-10-01", "2026-10-31")
    assert found["W1"]["managers"] is True


def test_by_month_and_by_supervisor(shell: Shell) -> None:
    by_month = shell("supervision", "compliance", *AUTUMN, "--worker", "W2", "--by", "month", "--json").json
    assert [(one["month"], one["due"]) for one in by_month] == [("2026-10", 2)]
    by = shell("supervision", "compliance", *AUTUMN, "--by", "supervisor", "--supervisor", "W1", "--json").json
    assert [(one["supervisor"], one["worker"], one["due"]) for one in by] == [("W1", None, 3)]  # W3 never seen: 8th


def test_the_table_says_how_it_was_counted_and_why_not_held(shell: Shell) -> None:
    answer = shell("supervision", "compliance", *AUTUMN)
    assert answer.code == 0
    assert "W2 Okafor, Chidi" in answer.out
    assert "Not held, by reason: court 1." in answer.out
    assert "Counted by due date" in answer.out
    assert "not verified" in answer.out
    hidden = shell("--no-names", "supervision", "compliance", *AUTUMN)
    assert "Okafor" not in hidden.out


def test_csv_has_a_column_for_each_count(shell: Shell) -> None:
    head, *rows = shell("supervision", "compliance", *AUTUMN, "--csv").out.splitlines()
    assert head.startswith("worker,supervisor,team,month,managers,due,held,late,missed,percent")
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("words", "field"), [(("--by", "grade"), "--by"), (("--from", "2026-10-09", "--to", "2026-10-01"), "--from")]
)
def test_what_makes_no_sense_is_said_and_named(shell: Shell, words: tuple[str, ...], field: str) -> None:
    answer = shell("supervision", "compliance", *words)
    assert answer.code == 2
    assert field in answer.err


def test_what_is_due_today_is_not_counted_yet(shell: Shell) -> None:
    answer = shell("supervision", "compliance", "--to", "2027-01-01", "--json")
    assert answer.json[0]["to"] == "2026-11-19"
    assert "Counted up to" in answer.err


def test_coverage_of_each_open_case(shell: Shell) -> None:
    (found,) = shell("supervision", "coverage", "--worker", "W2", "--json").json
    assert found == {
        "case": "C-1001",
        "worker": "W2",
        "team": "North",
        "last_discussed": "2026-09-01",
        "days": 80,
        "policy_days": 56,
        "state": "late",
        "raised": False,
    }
    printed = shell("supervision", "coverage").out
    assert "C-1001" in printed
    assert "Jamie" not in printed
    assert "1 late" in printed


def test_a_disagreement_from_record_to_outcome(shell: Shell, tmp_path: Path) -> None:
    document = """[[disagreement]]
worker = "W2"
about = "How often we meet"
raised_by = "Okafor, Chidi"
raised_on = 2026-11-02
stage = "talk"
stage_on = 2026-11-02
due = 2026-11-09
"""
    assert shell.record("disagreement", document, tmp_path).code == 0
    (found,) = shell("supervision", "disagreements", "--worker", "W2", "--json").json
    assert (found["id"], found["state"], found["next_stage"]) == (1, "late", "Record both views")
    moved = shell("supervision", "escalate", "1", "--with", "Whitfield, Dawn", "--json").json
    assert moved == {"disagreement": 1, "stage": "record", "stage_on": "2026-11-20", "due": "2026-11-27",
                     "ended_on": None}  # fmt: skip
    hidden = shell("--no-names", "supervision", "disagreements")
    assert "Whitfield" not in hidden.out
    assert "How often" not in hidden.out
    assert shell("supervision", "settle", "1", "--outcome", "Every four weeks").code == 0
    assert shell("supervision", "disagreements", "--json").json == []
    (ended,) = shell("supervision", "disagreements", "--all", "--json").json
    assert (ended["state"], ended["outcome"]) == ("ended", "Every four weeks")
    assert shell("supervision", "escalate", "1").code == 2
    assert shell("supervision", "escalate", "99").code == 2


def test_a_stage_that_no_ladder_knows_is_refused(shell: Shell, tmp_path: Path) -> None:
    document = """[[disagreement]]
worker = "W2"
about = "How often we meet"
raised_by = "Okafor, Chidi"
raised_on = 2026-11-02
stage = "duel"
stage_on = 2026-11-02
"""
    answer = shell.record("disagreement", document, tmp_path)
    assert answer.code == 2
    assert "duel" in answer.err


def test_one_report_says_all_three(shell: Shell) -> None:
    found = shell("report", "supervision", "--team", "North", *AUTUMN, "--json").json
    assert (found["compliance"]["due"], found["compliance"]["held"]) == (3, 1)  # W2 twice, W3 once
    assert (found["managers"]["due"], found["managers"]["held"]) == (1, 0)
    assert found["coverage"] == {"cases": 1, "late": 1, "never": 0, "due": 0, "in_time": 0, "no_policy": 0}
    assert found["actions"] == {"open": 0, "late": 0, "done": 0, "stale": 0}
    printed = shell("report", "supervision", *AUTUMN).out
    assert "Sessions due" in printed
    assert "not verified" in printed


@pytest.mark.parametrize(
    ("day", "open_", "done", "ends"),
    [("2026-11-17", 1, 0, "2026-11-16"), ("2026-11-18", 0, 1, "2026-11-17"), ("2026-11-20", 0, 1, "2026-11-19"),
     ("2026-11-21", 0, 1, "2026-11-20"), ("2026-12-01", 0, 1, "2026-11-30")],
)  # fmt: skip
def test_the_report_on_a_day_says_what_was_open_then(
    shell: Shell, team: Database, day: str, open_: int, done: int, ends: str
) -> None:
    action = {"owner": "W2", "what": "Ring the school", "set_on": "2026-11-02", "due": "2026-11-30"}
    put(team, ("action", {**action, "done_on": "2026-11-18"}), ("team", {"name": "South"}))
    found = shell("report", "supervision", "--team", "North", "--on", day, "--json").json
    assert (found["on"], found["to"]) == (day, ends)
    assert (found["actions"]["open"], found["actions"]["done"]) == (open_, done)
    assert shell("report", "supervision", "--team", "South", "--on", day, "--json").json["actions"]["done"] == 0
    words = "as they stand today" if day == "2026-11-20" else "as they stand on"
    assert words in shell("report", "supervision", "--on", day).out


def test_coverage_in_the_report_is_of_the_day(shell: Shell) -> None:
    def late(*on: str) -> tuple[int, int]:
        counts = shell("report", "supervision", "--team", "North", *on, "--json").json["coverage"]
        return counts["cases"], counts["late"]

    assert late() == late("--on", "2026-11-20") == (1, 1)
    assert late("--on", "2026-09-02") == (1, 0)
    assert late("--on", "2026-03-01") == (0, 0)  # the case was opened on 2 March


# since the team is in use ------------------------------------------------------------------------------------------


def test_nothing_is_counted_of_the_time_before_the_team_was_in_use(shell: Shell) -> None:
    assert shell("amend", "team", "North", "in_use_since=2026-10-15").code == 0
    found = {one["worker"]: one for one in shell("supervision", "compliance", "--json").json}
    assert {one["counted_from"] for one in found.values()} == {"2026-10-15"}
    # W2 was seen on 30 September, due 30 October. W3 and W1 are due a month after the first day: 15 November.
    assert {who: (one["due"], one["missed"]) for who, one in found.items()} == {
        "W1": (1, 1),
        "W2": (1, 1),
        "W3": (1, 1),
    }
    words = "Counted from 15 Oct 2026, when North began to use Almoner."
    for command in (["compliance"], ["coverage"], ["board"]):
        assert words in shell("supervision", *command).out, command
    assert words in shell("report", "supervision").out
    assert words not in shell("supervision", "compliance", "--from", "2026-10-15").out


def test_the_days_last_held_come_from_a_list(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "held.csv"
    file.write_text("worker,last_held\nW3,2026-09-20\n", "utf-8")
    answer = shell("supervision", "last-held", "--from", str(file))
    assert (answer.code, answer.err) == (0, "1 day of supervision kept. Taken back by: almoner undo\n")
    (kept,) = (one for one in shell("list", "session", "--json").json if one["worker"] == "W3")
    assert kept["state"] == "held"
    assert "recorded elsewhere" in shell("supervision", "show", str(kept["id"])).err
    file.write_text("worker,last_held\nW99,2026-09-20\n", "utf-8")
    answer = shell("supervision", "last-held", "--from", str(file))
    assert (answer.code, "held.csv, row 2" in answer.err) == (2, True)
