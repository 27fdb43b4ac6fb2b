"""What is written to a file or another program is UTF-8 under every locale, and is read back as it was."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.records.database import Database
from tests.tui.shell import TODAY, Shell
from tests.units import record
from tui.commandline import streams

ROOT = Path(__file__).resolve().parents[3]
NAME = "Żak, Łukasz – 李 ≥ “x” ’"  # nothing of it is in Latin-1, little in Windows-1252
LOCALES = (
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii:strict"},
    {"PYTHONIOENCODING": "utf-16"},
)
everywhere = pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: "-".join(locale.values()))


@pytest.fixture
def polish(team: Database) -> Path:
    """Team North with somebody whose name no old encoding holds."""
    with team.unit("A. Hughes", team.clock.today()) as unit:
        record(unit, "worker", {"staff_id": "W9", "name": NAME, "team": "North", "grade": "children-sw"})
        unit.finish("Recorded W9")
    return Path(team.path)


def written(database: Path, locale: dict[str, str], *words: str, given: bytes = b"") -> bytes:
    """What the command writes to a pipe, byte by byte; it must have ended well."""
    command = [sys.executable, "-m", "tui", "--database", str(database), "--today", TODAY, "--as", "W1", *words]
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | locale
    done = subprocess.run(
        command, input=given, capture_output=True, cwd=ROOT, timeout=120, check=False, env=surroundings
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@everywhere
def test_csv_json_and_tables_are_utf_8(polish: Path, locale: dict[str, str]) -> None:
    rows = csv.DictReader(io.StringIO(written(polish, locale, "list", "worker", "--csv").decode()))
    assert {row["staff_id"]: row["name"] for row in rows}["W9"] == NAME
    assert json.loads(written(polish, locale, "show", "worker", "W9", "--json").decode())["name"] == NAME
    assert NAME in written(polish, locale, "list", "worker").decode()


@everywhere
def test_what_toml_writes_is_recorded_again(
    polish: Path, locale: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    document = written(polish, locale, "show", "worker", "W9", "--toml")
    again = document.replace(b'"W9"', b'"W10"')
    written(polish, locale, "record", "worker", "--from", "-", given=again)
    assert Shell(capsys, polish)("show", "worker", "W10", "--json").json["name"] == NAME


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_document_that_windows_redirected_is_read(
    polish: Path, encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    almoner, file = Shell(capsys, polish), tmp_path / "worker.toml"
    text = almoner("show", "worker", "W9", "--toml").out.replace('"W9"', '"W10"')
    file.write_bytes((b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.encode(encoding))
    assert almoner("record", "worker", "--from", str(file)).code == 0
    assert almoner("show", "worker", "W10", "--json").json["name"] == NAME


def test_a_spreadsheet_is_told_by_a_mark_where_that_is_asked(polish: Path) -> None:
    marked = written(polish, {"PYTHONIOENCODING": "cp1252"}, "list", "worker", "--excel")
    assert marked.startswith(b"\xef\xbb\xbf")
    assert marked.decode("utf-8-sig") == written(polish, {}, "list", "worker", "--csv").decode()
    assert marked.decode().count("\ufeff") == 1
    assert written(polish, {}, "list", "worker", "--csv", "--excel") == marked
    assert json.loads(written(polish, {}, "list", "worker", "--json", "--excel").decode())


class Terminal(io.TextIOWrapper):
    """A terminal of some encoding that remembers what it was sent."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return True

    @property
    def shown(self) -> str:
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode(self.encoding)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("utf-8", NAME), ("cp1252", "Zak, Lukasz – ? >= “x” ’"), ("ascii", 'Zak, Lukasz - ? >= "x" \'')],
)
def test_a_terminal_shows_the_plainest_sign_it_has(encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    streams.make_ready()
    streams.begin_with_mark()  # is for files
    terminal.write(NAME)
    assert terminal.shown == shown
