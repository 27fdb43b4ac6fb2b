"""rules check and diff, and reports, from the command line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from storage.records.database import Database
from tests.tui.shell import Shell
from tests.units import record

PACK = """kind = "rules"
id = "ours"
title = "Ours"
version = "1"

[[rules]]
id = "lac_review_n"
replaces = "lac_review_n"
interval = { months = 5 }

[[rules.citations]]
text = "Our standard"
source = "Manual"
checked = 2026-07-31
confidence = "local"
verified = false
"""
EXAMPLE = """
[[vectors]]
rule = "lac_review_n"
why = "five months from the second review"
events = [
  { kind = "became_looked_after", on = 2026-01-05 },
  { kind = "lac_review_held", on = 2026-02-02 },
  { kind = "lac_review_held", on = 2026-05-01 },
]
due = 2026-10-01
"""


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    """C-1001 reviewed on 10 April and late on 14 July; the council has the next on 15 January."""
    with team.unit("A. Hughes") as unit:
        for day in ("2026-04-10", "2026-07-14"):
            record(unit, "event", {"case": "C-1001", "kind": "lac_review_held", "on": day})
        record(unit, "council-date", {"case": "C-1001", "kind": "lac_review_held", "due": "2027-01-13"})
        unit.finish("Reviews")
    return Shell(capsys, team.path)


def write(folder: Path, text: str, name: str = "ours.toml") -> str:
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


# check -----------------------------------------------------------------------------------------------------------


def test_a_sound_pack_and_its_example(almoner: Shell, tmp_path: Path) -> None:
    answer = almoner("rules", "check", write(tmp_path / "packs", PACK + EXAMPLE), "--json")
    assert (answer.code, answer.json) == (0, {"problems": [], "vectors": 1})


def test_an_example_that_does_not_come_out_is_a_problem(almoner: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "packs", PACK + EXAMPLE.replace("2026-10-01", "2026-11-01"))
    answer = almoner("rules", "check", file, "--json")
    assert answer.code == 1
    problem = answer.json["problems"][0]
    assert (problem["file"], problem["rule"], problem["key"]) == ("ours.toml", "lac_review_n", "due")
    assert problem["message"] == (
        "the rules give Thu 1 Oct 2026, the example Sun 1 Nov 2026 (five months from the second review)"
    )


def test_examples_in_a_folder_beside_the_pack(almoner: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    file = write(folder, PACK)
    write(folder / "vectors", EXAMPLE.replace("[[vectors]]", "[[vector]]") + EXAMPLE.replace("lac_review_n", "typo"))
    assert almoner("rules", "check", file, "--json").json == {"problems": [], "vectors": 1}, "its own rules"
    answer = almoner("rules", "check", str(folder), "--json")
    problems = [(p["file"], p["rule"], p["key"]) for p in answer.json["problems"]]
    assert (answer.code, problems) == (1, [("vectors/ours.toml", "typo", "rule")])


def test_every_problem_is_reported_with_file_rule_and_key(almoner: Shell, tmp_path: Path) -> None:
    other = PACK.replace('id = "ours"', 'id = "more"').replace("[[rules.citations]]", "[[rules.nonsense]]")
    write(tmp_path / "packs", PACK.replace("months = 5", "months = 7"))
    write(tmp_path / "packs", other, "more.toml")
    write(tmp_path / "packs", "kind = 'rules", "torn.toml")
    answer = almoner("rules", "check", str(tmp_path / "packs"), "--json")
    assert answer.code == 1
    found = {(p["file"], p["rule"], p["key"]) for p in answer.json["problems"]}
    assert {("ours.toml", "lac_review_n", "interval"), ("more.toml", "lac_review_n", "nonsense")} <= found
    assert ("torn.toml", "", "") in found
    table = almoner("rules", "check", str(tmp_path / "packs"))
    assert "7 months is longer than the 6 months" in table.out


def test_without_a_file_the_packs_in_force_are_checked(almoner: Shell) -> None:
    assert almoner("rules", "check").code == 0
    write(almoner.path.with_suffix(".packs"), PACK.replace("months = 5", "months = 7"))
    assert almoner("rules", "check").code == 1


def test_a_series_says_which_rules_take_turns_in_it(almoner: Shell) -> None:
    answer = almoner("rules", "show", "lac_review")
    assert answer.code == 2
    assert "lac_review_1, lac_review_2, lac_review_n" in answer.err


# diff ------------------------------------------------------------------------------------------------------------


def test_what_a_pack_would_move(almoner: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "packs", PACK)
    answer = almoner("rules", "diff", file, "--json")
    assert answer.code == 0
    (moved,) = [one for one in answer.json if one["series"] == "lac_review"]
    assert moved["subject"] == {"kind": "case", "reference": "C-1001"}
    assert (moved["rule"], moved["change"]) == ("lac_review_n", "moves")
    assert (moved["before"], moved["after"], moved["days"]) == ("2027-01-14", "2026-12-14", -31)
    assert "Nothing was written" in answer.err
    rows = list(csv.DictReader(io.StringIO(almoner("rules", "diff", file, "--csv").out)))
    assert (rows[0]["subject.reference"], rows[0]["days"]) == ("C-1001", "-31")
    assert "-31" in almoner("rules", "diff", file).out


def test_a_pack_with_problems_is_refused_with_all_of_them(almoner: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "packs", PACK.replace("months = 5", "months = 7") + "\nnonsense = 1\n")
    answer = almoner("rules", "diff", file, "--json")
    assert answer.code == 2
    assert answer.json["problems"]
    assert "the packs in force stay" in answer.err
    assert almoner("rules", "diff", "/nowhere/x.toml").code == 2


def test_a_pack_that_changes_nothing_says_so(almoner: Shell, tmp_path: Path) -> None:
    answer = almoner("rules", "diff", write(tmp_path / "packs", PACK.replace("months = 5", "months = 6")))
    assert (answer.code, answer.out) == (0, "")
    assert "No due date changes" in answer.err


# reports ---------------------------------------------------------------------------------------------------------


def test_timeliness_names_its_convention(almoner: Shell) -> None:
    answer = almoner("report", "timeliness", "--json")
    assert answer.code == 0
    said = answer.json
    assert (said["from"], said["to"]) == ("2025-11-20", "2026-11-19")
    assert "on or before its legal date" in said["convention"]
    assert (said["convention_verified"], "not verified" in said["remark"]) == (False, True)
    (reviews,) = [row for row in said["measures"] if row["measure"] == "Looked-after reviews"]
    assert {key: reviews[key] for key in ("due", "on_time", "late", "not_held", "percent")} == {
        "due": 2, "on_time": 1, "late": 1, "not_held": 0, "percent": 50.0,
    }  # fmt: skip
    assert (reviews["people"], reviews["people_on_time"], reviews["people_percent"]) == (1, 0, 0.0)
    table = almoner("report", "timeliness").out
    assert "Looked-after reviews" in table
    assert "on or before its legal date" in table


def test_timeliness_by_worker_team_and_month(almoner: Shell) -> None:
    rows = list(csv.DictReader(io.StringIO(almoner("report", "timeliness", "--by", "month", "--csv").out)))
    assert {row["month"] for row in rows if row["measure"] == "Looked-after reviews"} == {"2026-04", "2026-07"}
    assert "on or before its legal date" in rows[0]["convention"]
    by_worker = almoner("report", "timeliness", "--by", "worker", "--no-names").out
    assert "W2 CO" in by_worker
    assert "Okafor" not in by_worker
    assert almoner("report", "timeliness", "--by", "moon").code == 2
    assert almoner("report", "timeliness", "--team", "nor", "--worker", "W3", "--json").json["measures"] == []


def test_a_period_is_counted_up_to_yesterday(almoner: Shell) -> None:
    answer = almoner("report", "timeliness", "--from", "2026-07-01", "--to", "2026-12-31", "--json")
    assert (answer.json["from"], answer.json["to"]) == ("2026-07-01", "2026-11-19")
    assert "can still be done in time" in answer.err
    assert almoner("report", "timeliness", "--from", "2026-11-20").code == 2


def test_council_dates_beside_ours(almoner: Shell) -> None:
    # 14 July and six months is 14 January; 183 days is 13 January, and so is the first day counted
    (one,) = almoner("report", "council-dates", "--json").json
    assert (one["legal_due"], one["council_due"], one["difference_days"]) == ("2027-01-14", "2027-01-13", -1)
    assert "183 days in place of 6 months" in one["explained_by"]
    assert "183 days" in almoner("report", "council-dates", "--team", "North").out
    why = almoner("why", "C-1001", "lac_review", "--json").json
    assert why["council"] == {"due": "2027-01-13", "difference_days": -1, "explained_by": one["explained_by"]}
    assert "1 day earlier" in almoner("why", "C-1001", "lac_review").out
    due = [line for line in almoner("due", "--case", "C-1001", "--json").json if line["series"] == "lac_review"]
    assert (due[0]["council_due"], due[0]["council_difference"]) == ("2027-01-13", -1)
    assert almoner("why", "C-1001", "lac_visit", "--json").code in (0, 2)
