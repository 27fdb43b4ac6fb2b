"""record and amend on documents whose fields hold anything TOML knows: never a traceback, always a field named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.core.errors import BadInput
from storage.opening import kinds, open_database
from storage.records import acts
from storage.records.database import Database
from storage.records.unit import Unit
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.home.test_cli_record import CASE, EVERYTHING
from tests.tui.shell import Shell
from tui.cli import run
from tui.commandline import documents

HOSTILE = ("5", "true", "nan", "2026-11-02", "[[1]]", "{ a = { b = [1] } }", '{ "" = "" }')
BOUNDLESS = ("0x" + "f" * 6000, "{ a = 0x" + "f" * 6000 + " }", "[" * 60 + "]" * 60, "{ a." + "a." * 5000 + "a = 1 }")
SOUND = tomllib.loads(EVERYTHING)
KEYS = {"team": "North", "worker": "W20", "case": "C-2002", "plan": "W20 leaves"}
MOST = 20  # faults that are told of one document


@pytest.fixture(scope="module")
def everything(_small_team: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a record of every kind."""
    folder = tmp_path_factory.mktemp("everything")
    path, document = folder / "almoner.db", folder / "all.toml"
    path.write_bytes(_small_team.read_bytes())
    document.write_text(EVERYTHING, encoding="utf-8")
    words = ["--database", str(path), "--today", TODAY.isoformat(), "--as", "W1", "record", "team"]
    assert run([*words, "--from", str(document)]) == 0
    return path


@pytest.fixture
def full(everything: Path) -> Iterator[Database]:
    with open_database(everything, CLOCK) as database:
        yield database


def fields_of(kind: str) -> list[str]:
    return [*kinds().named(kind).fields.model_fields, *(["pathway"] if kind == "case" else [])]


def table(kind: str, field: str, value: str) -> str:
    """A record of a kind that is as it should be, but for one field."""
    lines = documents.write(kind, [SOUND[kind][-1]]).splitlines()
    kept = [line for line in lines if not line.startswith(f"{field} = ") and " = 09:30" not in line]
    return "\n".join([*kept, f"{field} = {value}"]) + "\n"


def refusal(unit: Unit, kind: str, changes: Any) -> BadInput | None:
    try:
        acts.amend(unit, unit.kinds.named(kind).record, KEYS.get(kind, "1"), changes, dry_run=True)
    except BadInput as fault:
        return fault
    return None


@pytest.mark.parametrize("kind", sorted(set(documents.KINDS) - {"calendar-settings"}))  # there is one of those alone
def test_what_a_field_cannot_hold_is_refused_by_its_name(
    kind: str, everything: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    almoner = Shell(capsys, everything)
    tables = [table(kind, field, value) for field in fields_of(kind) for value in HOSTILE]
    never = f"[[{kind}]]\nunheard_of = 1\n"
    for first in range(0, len(tables), MOST - 1):
        answer = almoner.record(kind, "\n".join([*tables[first : first + MOST - 1], never]), tmp_path)
        faults = answer.err.strip().splitlines()[1:]
        assert answer.code == 2
        assert faults
        for fault in faults:
            named = re.match(rf"  document.toml \[\[{kind}\]\] \d+, (\w+)[.:,]", fault)
            assert named, fault
            assert kinds().named(kind).as_field(named[1]) in {*fields_of(kind), "unheard_of"} or kind == "weighting"


@pytest.mark.parametrize("kind", documents.KINDS)
def test_what_a_field_cannot_hold_is_refused_in_a_change_too(kind: str, full: Database) -> None:
    with full.unit("W1", TODAY) as unit:
        for field in fields_of(kind):
            for value in HOSTILE:
                entries, problems = documents.read(f"[[{kind}]]\n{field} = {value}\n".encode(), "x", kind, clears=True)
                if problems:
                    assert problems[0].column == field
                    continue
                refused = refusal(unit, kind, entries[0].data)
                assert refused is None or refused.field, (field, value)


@pytest.mark.parametrize("value", BOUNDLESS, ids=lambda value: value[:8])
@pytest.mark.parametrize(("kind", "field"), [("plan", "scenario"), ("worker-event", "details"), ("worker", "staff_id")])
def test_what_could_not_be_written_again_is_refused(
    value: str, kind: str, field: str, everything: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    almoner, file = Shell(capsys, everything), tmp_path / "change.toml"
    document = table(kind, field, value)
    answer = almoner.record(kind, document, tmp_path)
    line = 1 + next(n for n, words in enumerate(document.splitlines()) if words.startswith(f"{field} ="))
    named = f"tables too deep, in line {line}." if value.startswith("{ a.a") else f"[[{kind}]] 1, {field}"
    assert (answer.code, named in answer.err) == (2, True), answer.err
    file.write_text(f"[[{kind}]]\n{field} = {value}\n")
    for words in (("--from", str(file)), (f"{field}={value}",)):
        answer = almoner("amend", kind, KEYS.get(kind, "1"), *words)
        named = "tables too deep, in line" if value.startswith("{ a.a") and words[0] == "--from" else field
        assert (answer.code, named in answer.err) == (2, True), answer.err


@pytest.mark.parametrize("value", ["5", "1.5", "true", "2026-11-02", '"court"', '""', "{ a = 1 }"])
def test_further_pathways_are_a_list(
    value: str, everything: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    almoner = Shell(capsys, everything)
    assert "[[case]] 1, pathways" in almoner.record("case", CASE + f"pathways = {value}\n", tmp_path).err


PLAIN: Any = (
    st.integers() | st.floats() | st.booleans() | st.text(max_size=20) | st.dates() | st.datetimes() | st.none()
)
NESTED: Any = st.recursive(PLAIN, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one))
EVERY_FIELD = [(kind, field) for kind in documents.KINDS for field in fields_of(kind)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(EVERY_FIELD), value=NESTED)
def test_no_value_whatever_breaks_a_change(place: tuple[str, str], value: Any, full: Database) -> None:
    kind, field = place
    try:
        taken = documents.taken(field, value)
    except ValueError:
        return
    with full.unit("W1", TODAY) as unit:
        refused = refusal(unit, kind, {field: taken})
    assert refused is None or refused.field
