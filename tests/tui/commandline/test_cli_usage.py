"""The manners of the command line: exit codes, one short message, nothing heavy, nothing raw."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.shell import Shell
from tui import __version__
from tui.cli import build_parser, last_words, run

ROOT = Path(__file__).resolve().parents[3]
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
HEAVY = {"sqlmodel", "sqlalchemy", "alembic", "pydantic", "icalendar", "openpyxl", "holidays", "textual", "rich"}
COMMANDS = (
    "demo", "import", "record", "list", "show", "undo", "redo", "due", "why", "caseload", "ramp", "allocate",
    "unallocated", "phantom", "calendar", "rules", "report", "backup", "restore", "doctor",
)  # fmt: skip


def fresh(*words: str, loaded: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in an interpreter of its own; with ``loaded``, print the packages it loaded at the end."""
    code = "import sys; from tui.cli import run; code = run(sys.argv[1:])\n"
    code += "print('LOADED', *{n.split('.')[0] for n in sys.modules})\n" if loaded else ""
    return subprocess.run(
        [sys.executable, "-c", code + "sys.exit(code)", *words],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, **environment}, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def loaded(run: subprocess.CompletedProcess[str]) -> set[str]:
    return set(run.stdout.rpartition("LOADED")[2].split())


def test_version_says_which_and_loads_nothing_heavy() -> None:
    done = fresh("--version", loaded=True)
    assert done.stdout.startswith(f"almoner {__version__}")
    assert not loaded(done) & (HEAVY | {"sqlite3"})


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    done = fresh("--help", loaded=True)
    assert done.returncode == 0
    assert all(f"    {name} " in done.stdout for name in COMMANDS)
    assert not loaded(done) & (HEAVY | {"sqlite3"})


@pytest.mark.parametrize("name", [*COMMANDS, "calendar export", "rules check"])
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name.split(), "--help"]) == 0
    assert "usage: almoner" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ("list", "case", "--json"), ("list", "event-kind"), ("show", "worker", "W2"), ("due", "--json"),
        ("due", "--team", "North"), ("caseload", "--json"), ("caseload", "--worker", "W2"), ("rules", "list"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_reading_commands_load_nothing_heavy(team: Database, words: tuple[str, ...]) -> None:
    # on the team's own day: on one after something has come in force, what hangs on that is worked out first
    done = fresh("--database", str(team.path), *words, loaded=True, ALMONER_TODAY=TODAY.isoformat())
    assert done.returncode == 0, done.stderr
    assert not loaded(done) & HEAVY


def test_global_options_stand_before_or_after_the_command(team: Database, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--database", str(team.path), "--today", "2026-11-20"]
    assert run([*where, "due", "--json"]) == 0
    before = capsys.readouterr().out
    assert run(["due", "--json", *where]) == 0
    assert capsys.readouterr().out == before
    assert run([*where[:2], "due", "--json", *where[2:]]) == 0
    assert capsys.readouterr().out == before


def test_the_environment_names_the_database_and_the_day(
    team: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALMONER_DATABASE", str(team.path))
    monkeypatch.setenv("ALMONER_TODAY", "2026-03-20")
    assert run(["due", "--case", "C-1001", "--within", "30", "--json"]) == 0
    assert '"days_late": 0' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("frobnicate",), "frobnicate"),
        (("due", "--withn", "3"), "--withn"),
        (("due", "--within", "soon"), "--within"),
        (("due", "--today", "32/01/2026"), "--today"),
        (("due", "--team", "Nowhere"), "Nowhere"),
        (("due", "--worker", "W999"), "W999"),
        (("due", "--case", "C-9"), "C-9"),
        (("show", "case", "C-9"), "C-9"),
        (("show", "event", "9" * 400), "event"),
        (("list", "unicorn"), "unicorn"),
        (("list", "team", "--case", "C-1001"), "--case"),
        (("why", "C-1001"), "rule"),
        (("why", "C-1001", "nonsense"), "nonsense"),
        (("why", "0123456789"), "0123456789"),
        (("allocate", "C-9"), "C-9"),
        (("allocate", "C-1001", "--why-not", "W999"), "W999"),
        (("unallocated", "--team", "Nowhere"), "Nowhere"),
        (("allocate", "C-1001", "--to", "W3", "--role", "friend"), "friend"),
        (("calendar",), "Which one"),
        (("calendar", "export"), "worker"),
        (("calendar", "export", "--worker", "W2"), "--output"),
        (("record", "case"), "--from"),
        (("record", "case", "--from", "/nowhere/at/all.toml"), "all.toml"),
        (("import", "/nowhere/at/all"), "all"),
        (("import", "x", "--source", "gossip"), "gossip"),
        (("rules", "show", "nonsense"), "nonsense"),
        (("rules", "check", "/nowhere"), "/nowhere"),
        (("demo", "--scale", "planet"), "planet"),
        (("demo", "--seed", "-1x"), "--seed"),
        (("restore", "/nowhere/at/all.db"), "all.db"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_bad_usage_is_one_short_message_naming_what_is_wrong(
    almoner: Shell, words: tuple[str, ...], named: str
) -> None:
    answer = almoner(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("almoner: ")
    assert answer.err.count("\n") == 1
    assert named in answer.err


def test_a_missing_database_says_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--database", str(tmp_path / "none.db"), "due"]) == 2
    assert "almoner demo" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_without_a_terminal_the_application_does_not_open(team: Database) -> None:
    done = fresh("--database", str(team.path))
    assert done.returncode == 2
    assert "terminal" in done.stderr


def test_ctrl_c_ends_with_130(almoner: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("storage.due.due_list.due", stop)
    assert almoner("due").code == 130


def test_an_unforeseen_error_says_its_kind_and_place_and_no_value(
    team: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        name = "Jamie Doe"
        raise RuntimeError(name)

    monkeypatch.setattr("storage.load.worker_load.team_board", fail)
    assert run(["--database", str(team.path), "caseload"]) == 2
    said = capsys.readouterr().err
    assert "RuntimeError at load_commands.py:" in said
    assert "Jamie" not in said
    assert "Traceback" not in said


def test_last_words_carry_no_message() -> None:
    assert "secret" not in last_words(ValueError("secret"))


def test_a_reader_that_leaves_early_is_no_error(team: Database) -> None:
    command = f"{sys.executable} -m tui --database {team.path} list event-kind --json | head -c 20"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("redirect", "code"),
    [("due >&-", 0), ("due --json > /dev/full", 2), ("record case --from - <&-", 2), ("undo <&- >&-", 0)],
)
def test_closed_or_full_streams_are_no_surprise(team: Database, redirect: str, code: int) -> None:
    command = f"{sys.executable} -m tui --database {team.path} --as 'A. Hughes' {redirect}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (done.returncode, "went wrong" in done.stderr, "Exception" in done.stderr) == (code, False, False), (
        done.stderr
    )


def test_options_are_never_guessed_from_their_beginnings() -> None:
    assert not build_parser([]).allow_abbrev


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["due --worker", "due --team", "due --case", "show case", "list", "why", "due --kind"]),
    st.text(max_size=60).filter(lambda text: not text.startswith("-")),
)  # fmt: skip
def test_hostile_words_never_break_it_nor_reach_the_terminal(almoner: Shell, command: str, word: str) -> None:
    answer = almoner(*command.split(), word)
    assert answer.code in (0, 2)
    assert not UNFIT.search(answer.out + answer.err)
