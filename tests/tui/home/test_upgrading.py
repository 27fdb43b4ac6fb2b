"""The way over from an earlier database: one document of everything, taken by a new one with its numbers."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from storage.opening import kinds
from tests.tui.home.test_cli_record import EVERYTHING
from tests.tui.shell import Shell
from tui.commandline import documents

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "upgrading.py"
VISIT = '[[event]]\ncase = "C-1001"\nkind = "lac_visit"\non = 2026-05-01\n'
GIVEN = '[[event]]\nid = 12\ncase = "C-2001"\nkind = "became_looked_after"\non = 2026-03-16\n'
CASE = '[[case]]\nreference = "C-2001"\nteam = "North"\npathway = "looked_after"\nopened = 2026-03-02\n'
FOLLOWS = ("due --all", "caseload", "report learning", "supervision board")


@pytest.fixture
def other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, tmp_path / "new.db")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("upgrading", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["upgrading"] = module  # where its named tuples look for their annotations
    spec.loader.exec_module(module)
    return module


def contents(almoner: Shell) -> dict[str, Any]:
    """What every kind holds, and what follows from it; what is known by name has a number that nobody needs."""
    held = {kind: almoner("list", kind, "--json").json for kind in documents.KINDS if kind != "programme"}
    held["programme"] = almoner("list", "programme", "--team", "North", "--json").json
    for kind in ("team", "worker", "plan", "case"):
        held[kind] = [{**one, "id": None} for one in held[kind]]
    return held | {words: almoner(*words.split(), "--json").json for words in FOLLOWS}


# documents of several kinds ------------------------------------------------------------------------------------------


def test_one_document_of_all_kinds_is_recorded_with_its_numbers(almoner: Shell, tmp_path: Path) -> None:
    answer = almoner.record("all", GIVEN + CASE, tmp_path)
    assert (answer.code, answer.err) == (0, "Recorded 1 case, 1 event.\n")
    assert almoner("show", "event", "12", "--json").json["case"] == "C-2001"
    assert almoner("undo").code == 0
    assert almoner("show", "case", "C-2001").code == 2


def test_a_number_that_is_taken_names_the_table_and_the_field(almoner: Shell, tmp_path: Path) -> None:
    answer = almoner.record("all", CASE + GIVEN + VISIT.replace("\n", "\nid = 1\n", 1), tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "document.toml [[event]] 2, id: there is or was an event 1 already" in answer.err
    assert "Leave `id` out" in answer.err
    assert almoner("show", "case", "C-2001").code == 2


@pytest.mark.parametrize("number", ["0", "-3", '"7"', "1.5", "true", "nan", "[1]", "{ a = 1 }", "2026-05-01", "9" * 30])
def test_nonsense_for_a_number_is_refused(number: str, almoner: Shell, tmp_path: Path) -> None:
    answer = almoner.record("event", VISIT.replace("\n", f"\nid = {number}\n", 1), tmp_path)
    assert (answer.code, answer.out) == (2, "")
    assert "[[event]] 1, id: the number of an event is a whole number from 1" in answer.err


@pytest.mark.parametrize("document", ["", "[[unicorn]]\na = 1\n", "event = 1\n", "case = []\n", "[[case]\n"])
def test_a_document_of_no_kind_is_refused(document: str, almoner: Shell, tmp_path: Path) -> None:
    answer = almoner.record("all", document, tmp_path)
    assert (answer.code, answer.out) == (2, "")


@pytest.mark.parametrize("words", [(), ("--template",)])
def test_all_kinds_need_a_file(words: tuple[str, ...], almoner: Shell) -> None:
    answer = almoner("record", "all", *words)
    assert answer.code == 2
    assert "almoner record all --from FILE" in answer.err


# the way over --------------------------------------------------------------------------------------------------------


def test_the_script_knows_every_kind(script: ModuleType) -> None:
    assert script.KINDS == documents.KINDS
    assert set(script.NAMED) == {kind.name for kind in kinds() if kind.key != "id"}


def test_everything_comes_over(almoner: Shell, other: Shell, script: ModuleType, tmp_path: Path) -> None:
    for _ in range(2):
        assert almoner.record("event", VISIT, tmp_path).code == 0
        assert almoner("undo").code == 0  # so that numbers have gaps
    assert almoner.record("event", VISIT, tmp_path).code == 0
    assert almoner.record("all", EVERYTHING, tmp_path).code == 0
    whole, counts = script.document(lambda *words: almoner(*words).out)
    assert set(counts) == set(documents.KINDS)
    answer = other.record("all", whole, tmp_path)
    assert answer.code == 0, answer.err
    assert contents(other) == contents(almoner)


def test_sessions_held_before_the_first_agreement_come_over(
    almoner: Shell, other: Shell, script: ModuleType, tmp_path: Path
) -> None:
    session = '[[session]]\nworker = "W2"\nsupervisor = "W1"\non = 2026-03-20\nstate = "held"\nheld_on = 2026-03-20\n'
    agreed = '[[agreement]]\nworker = "W2"\nsupervisor = "W1"\nstarts = 2026-06-01\n'
    assert [almoner.record("all", one, tmp_path).code for one in (session, agreed)] == [0, 0]
    whole, _ = script.document(lambda *words: almoner(*words).out)
    answer = other.record("all", whole, tmp_path)
    assert answer.code == 0, answer.err


def test_a_record_that_is_refused_is_found_by_what_the_refusal_says(
    almoner: Shell, other: Shell, script: ModuleType, tmp_path: Path
) -> None:
    whole, _ = script.document(lambda *words: almoner(*words).out)
    answer = other.record("all", whole.replace('"became_looked_after"', '"became_a_unicorn"'), tmp_path)
    assert answer.code == 2
    assert "[[event]] 1, kind" in answer.err
    assert "# [[event]] 1\n[[event]]\nid = 1\n" in whole


def test_what_is_printed_in_two_ways_is_not_taken(almoner: Shell, script: ModuleType) -> None:
    def muddled(*words: str) -> str:
        said = almoner(*words).out
        return said.replace("Okafor", "Nobody") if "--toml" in words else said

    with pytest.raises(script.Unclear, match="worker 2 is printed in two ways"):
        script.document(muddled)


def test_no_file_is_overwritten_and_none_is_left_where_the_old_program_fails(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "everything.toml"
    assert script.main([sys.executable, str(tmp_path / "old.db"), str(target)]) == 2
    assert "Nothing was written" in capsys.readouterr().err
    assert not target.exists()
    assert script.main(["only", "two"]) == 2
    target.write_text("mine")
    with pytest.raises(FileExistsError):
        script.write(target, "theirs")
    assert target.read_text() == "mine"
