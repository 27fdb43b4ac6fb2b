"""A dry run writes nothing: not even that other packs are in force by now, which it goes by all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.opening import open_database, rehearsed
from storage.records.database import Database
from tests.tui.shell import Shell

PACK = """
kind = "events"
id = "local"
title = "Local"
version = "2026.11"

[[events]]
kind = "panel_held"
title = "Panel held"
applies_to = "case"
"""
SHEET = "Case reference,Name,Worker,Case type,Opened\nC-2001,Bo,W2,Child in need,01/10/2026\n"


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, team.path)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "caseload.csv"
    file.write_text(SHEET)
    return file


@pytest.fixture
def packs(team: Database) -> Path:
    folder = team.path.with_name("almoner.db.packs")
    folder.mkdir()
    return folder


def dry_runs(sheet: Path, tmp_path: Path) -> list[list[str]]:
    (tmp_path / "letters").mkdir()
    return [
        ["import", str(sheet), "--dry-run"],
        ["amend", "worker", "W2", "fte=0.5", "--dry-run"],
        ["calendar", "mail", "--dry-run", str(tmp_path / "letters")],
    ]


def test_the_file_is_the_same_after_every_dry_run_under_other_packs(
    almoner: Shell, team: Database, packs: Path, sheet: Path, tmp_path: Path
) -> None:
    almoner("calendar", "settings", "--organiser", "calendar@council.example")
    almoner("calendar", "settings", "W2", "--by-mail", "yes")
    (packs / "local.toml").write_text(PACK)
    before = almoner.path.read_bytes()
    for command in dry_runs(sheet, tmp_path):
        answer = almoner(*command)
        assert answer.code in (0, 1), (command, answer.err)
        assert almoner.path.read_bytes() == before, command
    assert almoner("import", str(sheet)).code in (0, 1)
    assert almoner.path.read_bytes() != before


def test_the_difference_is_worked_out_by_the_packs_that_are_there_now(
    almoner: Shell, team: Database, packs: Path, sheet: Path
) -> None:
    seen: list[int] = []
    real = almoner("import", str(sheet), "--dry-run").out
    (packs / "local.toml").write_text(PACK)
    with open_database(almoner.path, team.clock, follow=False) as database:
        query = "SELECT count(*) FROM pack_item WHERE kind = 'event_kind' AND id = 'panel_held'"
        seen.append(database.reader().value(query))
        with rehearsed(database):
            seen.append(database.reader().value(query))
        seen.append(database.reader().value(query))
    assert seen == [0, 1, 0]
    assert almoner("import", str(sheet), "--dry-run").out == real


@pytest.mark.parametrize("dry", [True, False])
def test_a_broken_pack_is_told_where_the_packs_are_others_than_before(
    almoner: Shell, packs: Path, sheet: Path, *, dry: bool
) -> None:
    (packs / "broken.toml").write_text("[[events]\n")
    answer = almoner("import", str(sheet), *(["--dry-run"] if dry else []))
    assert "broken.toml" in answer.err
    assert "rules check" in answer.err
    assert ("broken.toml" in almoner("list", "case").err) is dry
