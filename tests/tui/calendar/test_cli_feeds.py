"""calendar publish, serve and token: what they print, what they refuse, and how serving ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from storage.calendar.feeds import feed_tokens
from storage.records.database import Database
from tests.tui.shell import TODAY, Shell
from tests.units import amend

ROOT = Path(__file__).resolve().parents[3]


def token_in(text: str) -> str:
    found = re.search(r"/f/([A-Za-z0-9_-]{43})\.ics", text)
    assert found
    return found[1]


def test_an_address_is_all_that_standard_output_carries(almoner: Shell) -> None:
    answer = almoner("calendar", "token", "issue", "W2")
    assert answer.code == 0
    token = token_in(answer.out)
    assert answer.out == f"/f/{token}.ics\n"
    assert token not in answer.err
    for word in ("this once", "mostly without reminders", "https", "publish", feed_tokens.hashed(token)):
        assert word in answer.err


def test_the_councils_address_is_put_before_it(almoner: Shell, tmp_path: Path) -> None:
    almoner.record("calendar-settings", '[[calendar-settings]]\nfeed_address = "https://c.example/f"\n', tmp_path)
    said = almoner("calendar", "token", "issue", "Okafor", "--json").json
    assert said["recipient"] == "W2"
    assert said["address"].startswith("https://c.example/f/")
    assert said["file"] == f"{feed_tokens.hashed(token_in(said['address']))}.ics"


def test_the_last_day_is_said_with_the_address(almoner: Shell, team: Database) -> None:
    from datetime import date

    with team.unit("A. Hughes", date(2026, 11, 20)) as unit:
        amend(unit, "worker", "W2", {"leaves": date(2026, 12, 24)})
        unit.finish("Leaves at Christmas")
    assert almoner("calendar", "token", "issue", "W2", "--json").json["expires_on"] == "2026-12-24"


def test_the_list_shows_everything_but_the_token(almoner: Shell) -> None:
    first = token_in(almoner("calendar", "token", "issue", "W2").out)
    almoner("calendar", "token", "issue", "team:north")
    second = token_in(almoner("calendar", "token", "rotate", "W2").out)
    answer = almoner("calendar", "token", "list", "--json")
    assert [(line["recipient"], line["state"]) for line in answer.json] == [
        ("W2", "revoked"), ("W2", "live"), ("team:North", "live"),
    ]  # fmt: skip
    assert set(answer.json[0]) == {"recipient", "state", "issued_at", "issued_by", "expires_on", "fetched_at"}
    assert answer.json[0]["issued_by"] == "A. Hughes"
    plain = almoner("calendar", "token", "list", "W2")
    for text in (answer.out, plain.out, plain.err):
        assert not any(part in text for token in (first, second) for part in (token, feed_tokens.hashed(token)))
    assert "team:North" not in plain.out


def test_revoking_is_said_and_said_again(almoner: Shell) -> None:
    almoner("calendar", "token", "issue", "W2")
    assert almoner("calendar", "token", "revoke", "W2", "--json").json == {"recipient": "W2", "revoked": 1}
    again = almoner("calendar", "token", "revoke", "W2")
    assert (again.code, again.out) == (0, "W2 had no address.\n")


def test_publishing_prints_the_files_and_then_nothing_to_do(almoner: Shell, tmp_path: Path) -> None:
    token = token_in(almoner("calendar", "token", "issue", "W2").out)
    folder = tmp_path / "feeds"
    publish = ("calendar", "publish", "--output", str(folder), "--json")
    said = almoner(*publish).json
    (file,) = said["files"]
    assert file["recipient"] == "W2"
    assert file["path"] == str(folder / f"{feed_tokens.hashed(token)}.ics")
    assert file["events"] == file["changed"] > 0
    assert (said["unchanged"], said["removed"]) == (0, 0)
    assert almoner(*publish).json == {"files": [], "unchanged": 1, "removed": 0}
    almoner("calendar", "token", "revoke", "W2")
    assert list(folder.iterdir()) == []
    empty = almoner(*publish)
    assert (empty.code, empty.json["unchanged"]) == (0, 0)
    assert "token issue" in empty.err


def test_the_councils_folder_is_the_usual_one(almoner: Shell, tmp_path: Path) -> None:
    refused = almoner("calendar", "publish")
    assert refused.code == 2
    assert "--output" in refused.err
    folder = tmp_path / "usual"
    almoner.record("calendar-settings", f'[[calendar-settings]]\nfeed_folder = "{folder}"\n', tmp_path)
    almoner("calendar", "token", "issue", "W2")
    assert almoner("calendar", "publish").code == 0
    assert len(list(folder.iterdir())) == 1


def test_moving_to_another_folder_is_pointed_out(almoner: Shell, tmp_path: Path) -> None:
    almoner("calendar", "token", "issue", "W2")
    almoner("calendar", "publish", "--output", str(tmp_path / "one"))
    assert str(tmp_path / "one") in almoner("calendar", "publish", "--output", str(tmp_path / "two")).err


@pytest.mark.parametrize(
    "words",
    [
        ("token",),
        ("token", "issue"),
        ("token", "issue", "W9"),
        ("token", "issue", "team:South"),
        ("token", "rotate", "W2"),
        ("publish", "--output", "/dev/null"),
        ("publish", "--output", ""),
        ("serve", "--folder", "/nowhere/at/all"),
        ("serve", "--folder", "/", "--port", "many"),
        ("serve", "--folder", "/", "--port", "70000"),
        ("serve", "--folder", "/", "--host", "not a host"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(almoner: Shell, words: tuple[str, ...]) -> None:
    answer = almoner("calendar", *words)
    assert (answer.code, answer.out) == (2, "")
    assert len(answer.err.strip().splitlines()) == 1


# serving, as a process of its own --------------------------------------------------------------------------------


@contextmanager
def serving(path: Path, folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int, list[str]]]:
    words = ["--database", str(path), "--today", TODAY, "calendar", "serve", "--folder", str(folder), "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", *words, *more],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr
    try:
        said = [process.stderr.readline()]
        yield process, int(said[0].split("/f/")[0].rpartition(":")[2]), said
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()
        process.stdout.close()  # type: ignore[union-attr]


def fetch(port: int, token: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", f"/f/{token}.ics")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_serving_ends_cleanly_and_keeps_the_last_fetch(
    almoner: Shell, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    token = token_in(almoner("calendar", "token", "issue", "W2").out)
    almoner("calendar", "publish", "--output", str(tmp_path / "feeds"))
    with serving(almoner.path, tmp_path / "feeds") as (process, port, _):
        assert [fetch(port, token), fetch(port, "wrong")] == [200, 404]
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert out == ""
    assert "Traceback" not in err
    assert token not in err
    assert err.splitlines()[-1] == "Stopped."
    assert almoner("calendar", "token", "list", "--json").json[0]["fetched_at"] is not None


def test_serving_needs_no_database_and_says_when_others_can_listen(tmp_path: Path) -> None:
    token = "a" * feed_tokens.LENGTH
    (tmp_path / f"{feed_tokens.hashed(token)}.ics").write_text("BEGIN:VCALENDAR\r\n")
    with serving(tmp_path / "none.db", tmp_path, "--host", "0.0.0.0") as (process, port, _):
        assert process.stderr
        assert "TLS" in process.stderr.readline()
        assert "cannot be read" in process.stderr.readline()
        until = time.monotonic() + 10
        while time.monotonic() < until and fetch(port, token) != 200:
            time.sleep(0.05)
        assert fetch(port, token) == 200
    assert not (tmp_path / "none.db").exists()
