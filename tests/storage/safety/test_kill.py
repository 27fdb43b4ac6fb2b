"""The program is killed without warning at whatever it does: nothing saved is lost, nothing is left by halves.

``ALMONER_KILLS`` sets how many kills each kind of work gets (a dozen or so by default, thousands before a release).
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
KILLS = os.environ.get("ALMONER_KILLS", "")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs fork")]


Killed = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The process that starts the victims and kills them, the same for every test; and what it complains of."""
    complaints = tmp_path_factory.mktemp("harness") / "stderr"
    command = [sys.executable, "-m", "tests.harness.kills"]
    with complaints.open("w") as stderr:
        running = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
    with running:
        yield running, complaints


@pytest.fixture
def killed(harness: tuple[subprocess.Popen[str], Path], tmp_path: Path) -> Killed:
    """Have work killed so often and return what was found."""
    running, complaints = harness

    def kill(work: str, kills: int, writers: int = 1, *more: str) -> dict[str, Any]:
        asked = [work, "--folder", str(tmp_path), "--kills", str(kills), "--writers", str(writers), *more]
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(shlex.join(asked) + "\n")
        running.stdin.flush()
        answer = running.stdout.readline()
        assert answer, complaints.read_text()[-2000:]
        found: dict[str, Any] = json.loads(answer)
        return found

    return kill


@pytest.mark.parametrize(
    ("work", "writers", "kills"),
    [
        ("record", 1, 20),
        ("record", 2, 15),
        ("import", 1, 8),
        ("import", 2, 10),
        ("migrate", 1, 8),
        ("backup", 1, 12),
        ("restore", 1, 10),
        ("create", 1, 5),
        ("calendar", 1, 8),
        ("feed", 1, 8),
        ("export", 1, 8),
        ("settings", 1, 8),
    ],
)
def test_a_kill_loses_nothing_that_was_saved(killed: Killed, work: str, writers: int, kills: int) -> None:
    found = killed(work, int(KILLS or kills), writers)
    assert found["faults"] == {}, found["examples"]
    assert found["kills"] == int(KILLS or kills)


@pytest.mark.parametrize("work", ["record", "migrate", "backup", "restore", "create", "export"])
def test_careless_work_is_caught(killed: Killed, work: str) -> None:
    assert killed(f"{work}-carelessly", 12, 1, "--till-fault")["faults"]


def test_the_kills_come_in_the_middle_of_things(killed: Killed) -> None:
    found = killed("record", 15)
    assert found["acknowledged"] > 0, "something was saved before"
    assert found["hot_journals"] > 0, "something was under way"
