"""What the learning screens show, as commands: the board, one programme, its days, its papers."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.records.database import Database
from tests.tui.learning.test_learners_screen import teach
from tests.tui.shell import Shell


@pytest.fixture
def shell(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    teach(team)
    return Shell(capsys, Path(team.path))


def test_the_report_lists_learners_late_ones_first(shell: Shell) -> None:
    first, second = shell("report", "learning", "--json").json
    assert (first["worker"], first["state"], first["next"]) == ("W3", "late", "Review at 3 months")
    assert (second["worker"], second["done"], second["whole"], second["unit"]) == ("W2", 40.0, 70.0, "days")
    assert "2 learners, 1 late." in shell("report", "learning", "--team", "North").err
    assert shell("report", "learning", "--csv").out.startswith("id,worker,name,")


def test_names_stay_hidden_when_asked(shell: Shell) -> None:
    assert "Okafor" not in shell("--no-names", "report", "learning").out


def test_a_programme_shows_what_is_missing_and_when_it_ends(shell: Shell) -> None:
    shown = shell("programme", "show", "1", "--json").json
    assert shown["entitlement"] == "1.5 hours in 5 placement days"
    assert shown["supervision"] == {
        "due": 720, "whole": 1260, "given": 0, "owed": 720, "educator": 0, "on_site": 0, "others": 0,
    }  # fmt: skip
    days = shell("programme", "days", "1", "--json").json
    assert (days["done"], days["target"], len(days["days"])) == (40.0, 70.0, 40)
    # Monday to Thursday of this week are not recorded, so 30 are left from Monday 23 November: five weeks of four to
    # Christmas Eve, three days after the holiday of the 28th, four in the next week, and three.
    assert days["ends"] == "2027-01-13"
    assert days["unrecorded"] == ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19"]
    assert "4 past days not recorded; ends Wed 13 Jan 2027" in shell("programme", "days", "1").err
    checks = {one["piece"]: one for one in shell("programme", "checklist", "2", "--json").json}
    assert checks["agreement_made"]["state"] == "met"
    assert checks["observation"]["have"] == 0


def test_a_late_stage_is_closed_with_a_reason(shell: Shell) -> None:
    def stage() -> dict[str, Any]:
        return next(
            one for one in shell("programme", "show", "2", "--json").json["stages"] if one["stage"] == "review_3"
        )

    assert stage()["state"] == "late"
    assert shell("programme", "close-stage", "2", "review_3").code == 2  # no reason
    assert shell("programme", "close-stage", "2", "review_3", "--why", "Held with the next").code == 0
    assert (stage()["state"], stage()["done_on"]) == ("closed", None)
    assert stage()["note"] == "closed 20 Nov 2026 by A. Hughes: Held with the next"
    assert shell("undo").code == 0
    assert stage()["state"] == "late"


@pytest.mark.parametrize("words", [["show", "99"], ["show", "x"], ["days", "2"], ["document", "diary", "1"]])
def test_what_is_not_there_is_said(shell: Shell, words: list[str]) -> None:
    answer = shell("programme", *words)
    assert answer.code == 2
    assert answer.err.startswith("almoner: ")


@pytest.mark.parametrize(
    ("what", "about"), [("register", "1"), ("log", "1"), ("support", "2"), ("cpd", "W3"), ("application", "W2")]
)
def test_each_paper_is_a_word_document_and_a_csv_named_without_names(
    shell: Shell, tmp_path: Path, what: str, about: str
) -> None:
    folder = tmp_path / "papers"
    files = [
        Path(path)
        for path in shell("programme", "document", what, about, "--output", str(folder), "--json").json["files"]
    ]
    assert sorted(path.suffix for path in files) == [".csv", ".docx"]
    assert all("okafor" not in path.name.lower() and "begum" not in path.name.lower() for path in files)
    with zipfile.ZipFile(next(path for path in files if path.suffix == ".docx")) as packed:
        assert "word/document.xml" in packed.namelist()
    again = ("programme", "document", what, about, "--output", str(folder))
    assert shell(*again).code == 2
    assert shell(*again, "--overwrite").code == 0


def test_the_register_counts_recall_days_and_halves_but_not_skills_days(shell: Shell, tmp_path: Path) -> None:
    document = """
    [[placement-day]]
    programme = 1
    on = 2026-11-16
    kind = "recall"
    [[placement-day]]
    programme = 1
    on = 2026-11-17
    part = 0.5
    [[placement-day]]
    programme = 1
    on = 2026-11-18
    kind = "skills"
    note = "met Jamie"
    """
    assert shell.record("placement-day", document, tmp_path).code == 0
    shell("programme", "document", "register", "1", "--output", str(tmp_path))
    text = next(tmp_path.glob("register-*.csv")).read_text("utf-8-sig")
    assert "Mon,2026-11-16,Recall day (counts),1,,41" in text
    assert 'Tue,2026-11-17,"Attended, half a day",0.5,,41.5' in text
    assert "Wed,2026-11-18,Skills day (does not count),0,,41.5" in text
    assert "Jamie" not in text


def test_the_report_of_learners_is_of_the_day_asked_for(shell: Shell) -> None:
    begun = {one["starts"]: one["worker"] for one in shell("list", "programme", "--team", "North", "--json").json}
    first = date.fromisoformat(min(begun))

    def there(*words: str) -> list[str]:
        return [one["worker"] for one in shell("report", "learning", *words, "--json").json]

    who, day = begun[first.isoformat()], timedelta(days=1)
    assert [there("--on", (first + n * day).isoformat()) for n in (-1, 0, 1)] == [[], [who], [who]]
    assert there() == there("--on", "2026-11-20") == there("--team", "North") != []
    assert shell("report", "learning", "--on", "soon").code == 2
