"""Planning writes nothing, applying writes all or nothing, and what was set aside can be read back."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.core.errors import BadInput, Cancelled
from domain.core.formulas import rearm
from domain.people.people import Worker
from storage.importing import Diff, apply, plan_import, write_rejected
from storage.importing.diff import Change
from storage.importing.on_file import last_change, read_kept
from storage.records.database import Database
from storage.records.undo import undo
from tests.conftest import TODAY
from tests.units import amend, keep

Sheet, Take = Callable[..., Path], Callable[..., Diff]
SHEET = "Case ref,Case type,Opened,Worker\n" + "".join(f"C-{n},LAC,01/02/2026,Ann Lee\n" for n in range(30))


def dump(database: Database) -> list[str]:
    return list(database.reader().raw.iterdump())


def test_a_plan_writes_nothing(sheet: Sheet, plan: Take, database: Database) -> None:
    before = dump(database)
    diff = plan(sheet(SHEET))
    assert diff.new["case"] == 30
    assert dump(database) == before


def test_progress_is_told_up_to_the_last_record(sheet: Sheet, plan: Take, database: Database) -> None:
    diff = plan(sheet(SHEET))
    told: list[tuple[int, int]] = []
    with database.unit("A. Hughes", TODAY) as unit:
        apply(unit, diff, lambda done, total: told.append((done, total)))
    assert told[0] == (0, diff.steps)
    assert told[-1] == (diff.steps, diff.steps)


@pytest.mark.parametrize("stop_at", [1, 2, 3, 4])
def test_a_cancelled_import_leaves_nothing(sheet: Sheet, plan: Take, database: Database, stop_at: int) -> None:
    before, asked = dump(database), []
    diff = plan(sheet(SHEET))

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) >= stop_at

    with pytest.raises(Cancelled), database.unit("A. Hughes", TODAY) as unit:
        apply(unit, diff, None, cancelled)
    assert dump(database) == before


def test_an_import_is_one_change_that_undo_takes_back(sheet: Sheet, take: Take, database: Database) -> None:
    take(sheet(SHEET))
    assert database.reader().raw.execute("SELECT count(*), max(source) FROM import_run").fetchone() == (1, "caseload")
    with database.unit("A. Hughes", TODAY) as unit:
        assert "30 cases new" in undo(unit)
    assert database.reader().raw.execute("SELECT count(*) FROM cases").fetchone() == (0,)


def test_a_plan_gone_stale_is_not_applied(sheet: Sheet, plan: Take, team: Database) -> None:
    diff = plan(sheet(SHEET))
    with team.unit("B. Begum", TODAY) as unit:
        amend(unit, "worker", "W2", {"fte": 80})
        unit.finish("Fewer hours")
    with pytest.raises(BadInput, match="changed the database"), team.unit("A. Hughes", TODAY) as unit:
        apply(unit, diff)


def test_the_rows_set_aside_are_written_safe_for_a_spreadsheet(sheet: Sheet, plan: Take, tmp_path: Path) -> None:
    diff = plan(sheet('Case ref,Case type,Opened\nC-1,"=cmd|x",01/02/2026\n'))
    write_rejected(diff, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["row"], row["column"]) == ("caseload.csv", "2", "Case type")
    assert row["value"] == "'=cmd|x"
    assert rearm(row["value"]) == "=cmd|x"


def test_rejected_rows_that_cannot_be_written_are_said(sheet: Sheet, plan: Take, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        write_rejected(plan(sheet(SHEET)), tmp_path / "no" / "such" / "folder.csv")


def test_the_json_has_the_promised_shape(sheet: Sheet, plan: Take) -> None:
    found = plan(sheet("Case ref,Case type,Opened\nC-1,LAC,01/02/2026\nC-2,odd,01/02/2026\n")).as_json(applied=False)
    assert found["source"] == "caseload"
    assert found["rows"] == {"read": 2, "applied": 1, "rejected": 1}
    assert found["new"]["case"] == 1
    assert {"changed", "closed", "unchanged"} < set(found)
    assert found["problems"] == [
        {
            "file": "caseload.csv",
            "row": 3,
            "column": "Case type",
            "value": "odd",
            "message": "not a kind of case that is known: see the alias table",
        }
    ]
    assert found["applied"] is False


@pytest.mark.parametrize(("name", "source"), [("nothing.csv", "auto"), ("", "ssd"), ("", "ssda903"), ("", "magic")])
def test_what_cannot_be_read_at_all_changes_nothing(
    sheet: Sheet, database: Database, tmp_path: Path, name: str, source: str
) -> None:
    path = tmp_path / name if name else sheet(SHEET)
    before = dump(database)
    with pytest.raises(BadInput):
        plan_import(database.reader(), path, today=TODAY, source=source)
    assert dump(database) == before


def test_an_empty_folder_and_a_folder_of_empty_files_are_refused(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    with pytest.raises(BadInput, match="no CSV"):
        plan_import(database.reader(), folder, today=TODAY)
    (folder / "a.csv").write_text("")
    with pytest.raises(BadInput, match="empty"):
        plan_import(database.reader(), folder, today=TODAY)


def test_what_is_derived_stands_after_an_import(sheet: Sheet, take: Take, database: Database) -> None:

    take(sheet("Case ref,Case type,Became looked after\nC-1,LAC,01/10/2026\n"))
    due = database.reader().raw.execute("SELECT rule, legal_due FROM obligation WHERE series = 'lac_review'").fetchall()
    assert due == [("lac_review_1", "2026-10-29")]
    assert database.differences() == []


def test_a_team_with_an_impossible_name_loses_its_rows_and_not_the_rest(sheet: Sheet, take: Take) -> None:
    diff = take(sheet(f"Case ref,Case type,Team\nC-1,LAC,{'N' * 300}\nC-2,LAC,North\n"))
    assert diff.rows == (2, 1, 1)
    assert {p.row for p in diff.problems} == {2}


def test_something_that_is_no_file_is_refused(database: Database) -> None:
    with pytest.raises(BadInput, match="ordinary file"):
        plan_import(database.reader(), Path("/dev/zero"), today=TODAY)


def test_odd_spaces_in_a_reference_do_not_part_a_case_from_its_events(
    sheet: Sheet, take: Take, events: Callable[[str], list[tuple[str, str]]]
) -> None:
    take(sheet('Case ref,Case type,Last visit\n"C\n 1",LAC,01/02/2026\nC  2,LAC,01/02/2026\n'))
    assert events("C 1") == events("C 2") == [("lac_visit", "2026-02-01")]


def test_what_is_on_file_is_as_of_today(team: Database) -> None:
    """Okafor works 0.6 for now: an extract that says so changes nothing, and that period stays as it is."""
    keep(team, "worker-period", worker="W2", fte=60, **{"from": "2026-11-01", "until": "2026-12-31"})
    kept = read_kept(team.reader(), [], TODAY).workers["W2"]
    assert kept.fields["fte"] == 60
    assert read_kept(team.reader(), [], date(2027, 1, 1)).workers["W2"].fields["fte"] == 100


def test_a_change_that_an_extract_brings_holds_from_today(team: Database) -> None:
    diff = Diff("caseload", TODAY, as_of=last_change(team.reader()))
    kept = read_kept(team.reader(), [], TODAY).workers["W2"]
    with team.unit("A. Hughes", TODAY) as unit:
        own = unit.kinds.named("worker").dump(unit.get(Worker, "W2"))
        diff.changes["worker"].append(Change(kept.id, kept.fields, {**own, "fte": 50}))
        apply(unit, diff)
    yesterday = TODAY - timedelta(days=1)
    found = {day: read_kept(team.reader(), [], day).workers["W2"].fields["fte"] for day in (yesterday, TODAY)}
    assert found == {yesterday: 100, TODAY: 50}


def test_the_first_import_begins_the_use_of_its_teams_and_a_later_one_of_none(
    sheet: Sheet, take: Take, database: Database
) -> None:
    query = "SELECT name, in_use_since FROM team ORDER BY name"
    take(sheet(SHEET), team="North")
    assert database.reader().lookup(query) == {"North": TODAY.isoformat()}
    take(sheet(SHEET.replace("C-", "D-").replace("Ann Lee", "Bo Ray")), team="South", today=TODAY + timedelta(days=1))
    assert database.reader().lookup(query) == {"North": TODAY.isoformat(), "South": None}
