"""What has no date because the council has not set one: said, listed last, and never late."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.records.database import Database
from tests.tui.shell import Shell


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    shell = Shell(capsys, team.path)
    concern = '[[event]]\ncase = "C-1001"\nkind = "safeguarding_concern_received"\non = 2026-11-16\n'
    assert shell.record("event", concern, tmp_path).code == 0
    return shell


def test_it_is_listed_last_without_a_date(almoner: Shell) -> None:
    lines = almoner("due", "--case", "C-1001", "--json").json
    last = [line for line in lines if line["rule"].startswith("sg_")]
    assert lines[-len(last) :] == last
    assert {line["rule"] for line in last} == {"sg_immediate_safety", "sg_concern_screen"}
    for line in last:
        assert (line["legal_due"], line["plan_by"], line["status"], line["days_late"]) == (None, None, "unset", 0)


@pytest.mark.parametrize("words", [("due",), ("due", "--all"), ("due", "--case", "C-1001")])
def test_the_list_says_that_the_local_standard_is_not_set(almoner: Shell, words: tuple[str, ...]) -> None:
    (line,) = [line for line in almoner(*words).out.splitlines() if "needs an enquiry" in line]
    assert "local standard not set" in line


def test_it_is_never_overdue(almoner: Shell) -> None:
    assert "sg_" not in almoner("due", "--overdue", "--json").out


def test_why_says_that_the_local_standard_is_not_set(almoner: Shell) -> None:
    told = almoner("why", "C-1001", "sg_concern_screen")
    assert told.code == 0
    assert "local standard not set: no figure in law" in told.out
    as_json = almoner("why", "C-1001", "sg_concern_screen", "--json").json
    assert as_json["legal_due"] is None
    assert any("local standard not set" in step["detail"] for step in as_json["trace"])
