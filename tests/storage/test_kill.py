"""The program is killed without warning at whatever it does: nothing saved is lost, nothing is left by halves.

``ALMONER_KILLS`` sets how many kills each kind of work gets (a dozen or so by default, thousands before a release).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
KILLS = os.environ.get("ALMONER_KILLS", "")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs fork")]


def killed(folder: Path, work: str, kills: int, writers: int = 1) -> dict[str, Any]:
    """Have ``work`` killed that often and return what was found."""
    command = [sys.executable, "-m", "tests.harness.kills", work, "--folder", str(folder)]
    command += ["--kills", str(kills), "--writers", str(writers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


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
    ],
)
def test_a_kill_loses_nothing_that_was_saved(tmp_path: Path, work: str, writers: int, kills: int) -> None:
    found = killed(tmp_path, work, int(KILLS or kills), writers)
    assert found["faults"] == {}, found["examples"]
    assert found["kills"] == int(KILLS or kills)


@pytest.mark.parametrize("work", ["record", "migrate", "backup", "create"])
def test_careless_work_is_caught(tmp_path: Path, work: str) -> None:
    assert killed(tmp_path, f"{work}-carelessly", 12)["faults"]


def test_the_kills_come_in_the_middle_of_things(tmp_path: Path) -> None:
    found = killed(tmp_path, "record", 15)
    assert found["acknowledged"] > 0, "something was saved before"
    assert found["hot_journals"] > 0, "something was under way"
