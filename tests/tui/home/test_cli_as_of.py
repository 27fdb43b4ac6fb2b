"""--as-of on the command line: every command reads what stood, and none writes."""

from __future__ import annotations

import json
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.core.clock import Clock, noon
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import clock_on
from tests.conftest import TODAY
from tests.units import amend, record
from tui.cli import build_parser, run
from tui.commandline import context
from tui.commandline.catalogue import COMMANDS, WRITING

NEXT = TODAY + timedelta(days=1)
DAY, AFTER = TODAY.isoformat(), NEXT.isoformat()
READING = {
    "list", "show", "history", "due", "why", "caseload", "unallocated", "phantom", "load weeks", "load changes",
    "load spread", "forecast", "points", "doctor", "supervision board", "supervision agenda", "supervision actions",
    "supervision show", "supervision export", "supervision compliance", "supervision coverage",
    "supervision disagreements", "programme show", "programme days", "programme checklist", "programme document",
    "learning needs", "learning cpd", "learning registrations", "learning matrix", "calendar preview",
    "calendar token list", "calendar outbox", "rules list", "rules show", "rules check", "rules diff",
    "report timeliness", "report council-dates", "report supervision", "report learning",
}  # fmt: skip
REFUSED = (
    "demo --path {new} --no-open", "new --path {new}", "import {sheet}", "record event --from {new}", "undo", "redo 1",
    "amend case C-1001 area=Leeds", "remove event 1", "ramp returning --worker W3 --from 2026-12-01", "backup {new}",
    "allocate C-1001 --to W3 --reason MANAGE", "calibrate --team North --apply", "plan --team North --apply",
    "plan --team North --save Next", "case merge C-1001 --into C-2", "supervision schedule W2", "supervision agree 1",
    "supervision move 1 --to 2026-12-01", "supervision held 1", "supervision raise W2 Leave", "supervision sign 1",
    "calendar export --worker W2 --output {new}", "calendar publish --output {new}", "calendar token issue W2",
    "calendar mail", "restore {sheet}",
)  # fmt: skip
READ = (
    "caseload", "list case", "undo --list", "allocate C-1001", "plan --team North", "doctor", "calendar preview W2",
    "import {sheet} --dry-run", "report timeliness", "load weeks", "record event --template", "history case C-1001",
    "phantom", "forecast", "points C-1001", "learning cpd", "calibrate --team North",
)  # fmt: skip


class Answer(NamedTuple):
    code: int
    out: str
    err: str


Almoner = Callable[..., Answer]


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Almoner:
    """`almoner` on the small team of the 20th, of which something was changed on the 21st; it is the 25th."""
    team.close()
    with open_database(team.path, clock_on(NEXT), actor="A. Hughes") as database, database.unit() as unit:
        amend(unit, "case", "C-1001", {"area": "Leeds"})
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-11-02"})
        unit.finish("Changed case C-1001")

    def clock(standing: datetime | None = None) -> Clock:
        return Clock(lambda: noon(TODAY + timedelta(days=5)), standing=standing)

    monkeypatch.setattr(context, "machine_clock", clock)

    def answered(*words: str) -> Answer:
        capsys.readouterr()
        code = run(["--database", str(team.path), "--as", "A. Hughes", *words])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert "Something went wrong" not in said.err, said.err
        return Answer(code, said.out, said.err)

    return answered


def area(answer: Answer) -> str:
    assert answer.code == 0, answer.err
    found: str = json.loads(answer.out)["area"]
    return found


def test_it_shows_what_stood_at_the_end_of_the_day(almoner: Almoner) -> None:
    show = ("show", "case", "C-1001", "--json")
    assert area(almoner(*show)) == "Leeds"
    assert area(almoner("--as-of", DAY, *show)) == ""
    assert area(almoner(*show, "--as-of", DAY)) == "", "after the command as well"
    assert area(almoner("--as-of", AFTER, *show)) == "Leeds"


def test_the_day_counts_as_today(almoner: Almoner, monkeypatch: pytest.MonkeyPatch) -> None:
    query = ("due", "--json")
    then = almoner("--today", DAY, *query)
    monkeypatch.setenv("ALMONER_TODAY", "2027-03-01")
    assert json.loads(almoner("--as-of", AFTER, *query).out)
    assert [line["days_late"] for line in json.loads(almoner("--as-of", AFTER, *query).out)] == [
        line["days_late"] + 1 if line["days_late"] else line["days_late"] for line in json.loads(then.out)
    ]


def test_today_besides_is_bad_usage(almoner: Almoner) -> None:
    answer = almoner("--as-of", DAY, "--today", DAY, "due")
    assert (answer.code, answer.out) == (2, "")
    assert "Leave --today out" in answer.err


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-19", "the first change was recorded on Fri 20 Nov 2026"),
        ("2026-11-26", "is in the future"),
        ("soon", "not a date"),
    ],
)
def test_a_day_that_cannot_be_shown(almoner: Almoner, day: str, said: str) -> None:
    answer = almoner("--as-of", day, "caseload")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


@pytest.mark.parametrize("words", REFUSED)
def test_what_writes_is_refused_in_one_sentence(almoner: Almoner, words: str, tmp_path: Path) -> None:
    sheet, new = tmp_path / "sheet.csv", tmp_path / "new"
    sheet.write_text("Case ref,Team,Worker,Case type,Opened\nC-3,North,W2,Looked after,02/03/2026\n")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    answer = almoner("--as-of", DAY, *words.format(sheet=sheet, new=new).split())
    assert (answer.code, answer.out) == (2, "")
    assert "reads only" in answer.err
    assert answer.err.count("\n") == 1
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before


@pytest.mark.parametrize("words", READ)
def test_what_reads_does(almoner: Almoner, words: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("Case ref,Team,Worker,Case type,Opened\nC-3,North,W2,Looked after,02/03/2026\n")
    answer = almoner("--as-of", DAY, *words.format(sheet=sheet).split())
    assert answer.code in (0, 1), answer.err


def test_every_command_reads_or_writes() -> None:
    every = set(_leaves(build_parser([entry.name for entry in COMMANDS]), ()))
    assert every == READING | set(WRITING)
    assert not READING & set(WRITING)


def _leaves(parser: ArgumentParser, path: tuple[str, ...]) -> Iterator[str]:
    groups = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    if not groups:
        yield " ".join(path)
    for group in groups:
        for name, inner in group.choices.items():
            yield from _leaves(inner, (*path, name))


def test_what_was_recorded_late_shows(almoner: Almoner) -> None:
    """The day it was recorded, and the day it was about."""
    (change,) = json.loads(almoner("history", "event", "2", "--json").out)
    assert (change["on_day"], change["late_days"]) == ("2026-11-02", 19)
    assert almoner("--as-of", DAY, "history", "event", "2").code == 2
