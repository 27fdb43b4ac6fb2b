"""Words on cases that no rule can read are kept, said at once, and listed by the doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage.cases.strange_words import on_open_cases, one_case
from storage.opening import open_database
from storage.records.database import Database
from storage.safety.doctor import examine
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.units import amend, case, change, put, record, worker

LIBERY = "factor “libery” is not known to any rule; did you mean liberty?"


def remarks(team: Database, *records: tuple[str, dict[str, Any]]) -> list[str]:
    with team.unit("A. Hughes", TODAY) as unit:
        for kind, data in records:
            record(unit, kind, data)
        unit.finish("Recorded")
    return unit.remarks


def told(team: Database) -> str:
    (finding,) = examine(team, TODAY, ["words on cases"])
    return f"{finding.state}: {finding.message}"


def test_a_factor_nobody_declared_is_kept_and_said(team: Database) -> None:
    assert remarks(team, case(factors=["libery", "Autistic"])) == [f"C-2: {LIBERY}"]
    assert team.reader().value("SELECT factors FROM cases WHERE reference = 'C-2'") == '["libery", "Autistic"]'
    assert told(team) == f"note: 1 word on open cases is read by no rule: C-2 {LIBERY}"


def test_it_is_said_when_it_is_new_and_not_with_every_later_change(team: Database) -> None:
    put(team, case())
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-2", {"factors": ["libery"]})
        assert unit.remarks == [f"C-2: {LIBERY}"]
        unit.finish("Changed")
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-2", {"area": "Leeds"})
        assert unit.remarks == []
    change(team, "case", "C-2", factors=["liberty"])
    assert one_case(team.reader(), "C-2") == []
    assert told(team).startswith("ok")


def test_a_closed_case_troubles_nobody(team: Database) -> None:
    put(team, case(factors=["libery"], closed="2026-11-01"))
    assert on_open_cases(team.reader()) == []


@pytest.mark.parametrize("field", ["must_have", "prefers"])
def test_a_need_that_no_worker_brings_is_said_with_the_nearest(team: Database, field: str) -> None:
    put(team, worker("W4", specialisms=["Urdu"]))
    (said,) = remarks(team, case("C-2", **{field: ["Udru", "URDU", "woman-worker", "BSL"]}))
    assert said == f"C-2: {field.replace('_', ' ')} “Udru” is what no worker brings; did you mean Urdu?"


def test_a_sibling_group_spelled_otherwise_is_said(team: Database) -> None:
    assert remarks(team, case("C-3", sibling_group="S-12"), case("C-4", sibling_group="S-12")) == []
    (said,) = remarks(team, case("C-5", sibling_group="s 12"))
    assert said == "C-5: sibling group “s 12” is written otherwise on others; did you mean S-12?"
    assert [(one.case, one.field) for one in on_open_cases(team.reader())] == [("C-5", "sibling_group")]
    assert remarks(team, case("C-6", sibling_group="S-13")) == []


def test_two_of_one_document_are_held_against_each_other(team: Database) -> None:
    (said,) = remarks(team, case("C-3", sibling_group="S-12"), case("C-4", sibling_group="S12"))
    assert said.startswith("C-4: ")


def test_a_word_of_a_teams_own_pack_is_known(team: Database) -> None:
    put(team, case(factors=["Clutter-image"]))
    assert len(on_open_cases(team.reader())) == 1
    path = Path(team.path)
    team.close()
    folder = path.with_name(f"{path.name}.packs")
    folder.mkdir()
    (folder / "own.toml").write_text(
        'kind = "factors"\nid = "own"\ntitle = "Ours"\nversion = "1"\n'
        '[[factors]]\nid = "clutter-image"\ntitle = "Clutter image"\n'
    )
    with open_database(path, CLOCK) as again:
        assert on_open_cases(again.reader()) == []
