"""The power goes while files are written: the old one or the whole new one is there, and nothing that was said is lost.

Backups, restores, new databases, migrations, calendars, feeds, exports and settings, and records on their way.
``ALMONER_CUTS`` sets how many cuts each kind of work gets (a few dozen by default, thousands before a release).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from storage.database import sqlite
from storage.files import atomic_write
from storage.safety import backup
from tests.harness import power_cuts, recorder
from tests.harness.victims import SCENES
from tests.harness.victims.scene import Scene
from tests.harness.victims.whole_files import SmallMigrating

CUTS = os.environ.get("ALMONER_CUTS", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="asks the disk as Linux does"),
    pytest.mark.skipif(recorder.library() is None, reason="SQLite is built into this Python, out of reach"),
]


def scene_of(work: str, folder: Path) -> Scene:
    """The kind of work, as small as it may be: it is looked at hundreds of times."""
    return SmallMigrating(folder.resolve()) if work == "migrate" else SCENES[work](folder.resolve())


def is_caught(work: str, folder: Path) -> bool:
    """Whether cuts find a fault sooner or later."""
    scene = scene_of(work, folder)
    return bool(power_cuts.first_fault(scene, power_cuts.recorded(scene)))


@pytest.mark.parametrize(
    ("work", "cuts"),
    [
        ("record", 60),
        ("import", 30),
        ("migrate", 40),
        ("backup", 90),
        ("restore", 90),
        ("create", 12),
        ("calendar", 90),
        ("feed", 90),
        ("export", 150),
        ("settings", 150),
    ],
)
def test_a_power_cut_loses_nothing_that_was_saved(tmp_path: Path, work: str, cuts: int) -> None:
    scene = scene_of(work, tmp_path)
    assert power_cuts.faults_after_cuts(scene, power_cuts.recorded(scene), int(CUTS or cuts)) == {}


@pytest.mark.parametrize(
    "work", ["restore-carelessly", "create-carelessly", "backup-carelessly", "calendar-carelessly", "export-carelessly"]
)
def test_careless_work_is_caught(tmp_path: Path, work: str) -> None:
    assert is_caught(work, tmp_path)


@pytest.mark.parametrize(
    ("module", "act", "works"),
    [
        (backup, "sync_file", ("backup", "restore")),
        (backup, "sync_folder", ("backup", "restore")),
        (atomic_write, "sync_handle", ("settings", "export", "calendar", "feed")),
        (atomic_write, "sync_folder", ("settings", "export", "calendar", "feed")),
    ],
)
def test_a_sync_that_does_nothing_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, act: str, works: tuple[str, ...]
) -> None:
    monkeypatch.setattr(module, act, lambda *_: None)
    for work in works:
        (tmp_path / work).mkdir()
        assert is_caught(work, tmp_path / work), work


@pytest.mark.parametrize("work", ["settings", "export", "calendar", "feed", "backup", "restore", "create"])
def test_no_sync_can_be_spared(tmp_path: Path, work: str) -> None:
    scene = scene_of(work, tmp_path)
    sites = power_cuts.recorded(scene).sites
    assert sites
    missed = [site for site in sorted(sites) if not power_cuts.first_fault(scene, power_cuts.recorded(scene, site))]
    assert missed == []


def test_weaker_settings_are_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weaker = [p.replace("TRUNCATE", "DELETE").replace("EXTRA", "FULL") for p in sqlite.PRAGMAS]
    monkeypatch.setattr(sqlite, "PRAGMAS", tuple(weaker))
    assert is_caught("record", tmp_path)


def test_the_recording_misses_nothing(tmp_path: Path) -> None:
    scene = scene_of("restore", tmp_path)
    disk = power_cuts.recorded(scene)
    there = {path.relative_to(scene.folder).as_posix(): path for path in scene.folder.rglob("*") if path.is_file()}
    assert power_cuts.at_the_end(disk) == {name: path.read_bytes() for name, path in there.items()}
    assert {one.kind for one in disk.log} >= {
        "create",
        "write",
        "truncate",
        "sync",
        "link",
        "move",
        "sync-folder",
        "ack",
    }
