"""What a pack would change: exactly what a full recompute with it gives otherwise, and nothing is written."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from storage.due.pack_diff import Change, problems_of, rules_diff
from storage.opening import obligations, open_database
from storage.records.database import Database
from storage.rules import pack_set
from tests.clocks import CLOCK
from tests.units import record

HEAD = 'kind = "rules"\nid = "own"\ntitle = "Our council"\nversion = "1"\n'
CITED = """
[[rules.citations]]
text = "Ours"
source = "Manual"
checked = 2026-07-31
confidence = "local"
verified = false
"""
TIGHTER = 'id = "visit_standard"\nreplaces = "visit_standard"\nthen = { weeks = 4 }'
NEW = """id = "life_story"
title = "Life story work"
plain = "Life story work within six weeks."
tier = "local"
kind = "after"
starts = ["became_looked_after"]
answers = ["case_note"]
interval = { weeks = 6 }"""


def pack(folder: Path, *rules: str, name: str = "own.toml", head: str = HEAD) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(head + "".join(f"\n[[rules]]\n{rule}\n{CITED}" for rule in rules), encoding="utf-8")
    return path


@pytest.fixture
def visited(team: Database) -> Database:
    """Team North, where C-1001 was placed on 16 March and visited on 20 March."""
    with team.unit("A. Hughes") as unit:
        record(unit, "event", {"case": "C-1001", "kind": "placement_started", "on": "2026-03-16"})
        record(unit, "event", {"case": "C-1001", "kind": "lac_visit", "on": "2026-03-20"})
        unit.finish("Placed and visited")
    return team


def changes(database: Database, over: Path) -> list[Change]:
    before, after = database.packs(), pack_set.load_over(database.pack_folders, over)
    assert problems_of(before, after, over) == []
    return list(rules_diff(database.reader(), database.subjects, before, after))


def test_a_shorter_interval_moves_the_date_by_the_days_it_is_shorter(visited: Database, tmp_path: Path) -> None:
    (moved,) = changes(visited, pack(tmp_path / "new", TIGHTER))
    assert (moved.subject, moved.rule, moved.change) == ("C-1001", "visit_standard", "moves")
    assert (moved.before, moved.after, moved.days) == (date(2026, 5, 1), date(2026, 4, 17), -14)


def test_a_new_rule_appears_and_one_taken_away_vanishes(visited: Database, tmp_path: Path) -> None:
    over = pack(tmp_path / "new", NEW)
    (new,) = changes(visited, over)
    assert (new.change, new.title, new.before, new.after) == ("appears", "Life story work", None, date(2026, 4, 27))
    folder = visited.path.with_suffix(".packs")
    folder.mkdir()
    shutil.copy(over, folder)
    with open_database(visited.path, CLOCK) as adopted:
        empty = pack(tmp_path / "next", NEW + '\nactive = false\nreason = "Given up"')
        (gone,) = changes(adopted, empty)
        assert (gone.change, gone.before, gone.after, gone.days) == ("vanishes", date(2026, 4, 27), None, None)


def test_the_next_version_of_a_pack_stands_in_for_it(visited: Database, tmp_path: Path) -> None:
    folder = visited.path.with_suffix(".packs")
    pack(folder, NEW)
    with open_database(visited.path, CLOCK) as database:
        over = pack(tmp_path / "new", NEW.replace("weeks = 6", "weeks = 5"), name="own-2027.toml")
        (moved,) = changes(database, over)
        assert (moved.change, moved.days) == ("moves", -7)
        assert changes(database, folder) == [], "the same pack again"


def test_the_difference_is_the_one_a_full_recompute_gives(visited: Database, tmp_path: Path) -> None:
    over = pack(tmp_path / "new", TIGHTER, NEW, 'id = "sup_worker"\nreplaces = "sup_worker"\nthen = { weeks = 3 }')
    before, after = visited.packs(), pack_set.load_over((), over)
    raw = visited.reader()

    def whole(found: pack_set.PackSet) -> dict[str, tuple[object, ...]]:
        rows = [
            *obligations().of_cases(raw, found, ["C-1001"]),
            *obligations().of_workers(raw, found, ["W1", "W2", "W3"]),
        ]
        return {row[0]: (row[2], row[3], row[5], row[6]) for row in rows}

    old, new = whole(before), whole(after)
    expected = {row[:3] for row in set(old.values()) ^ set(new.values())}
    assert {(c.subject, c.series, c.cycle) for c in rules_diff(raw, visited.subjects, before, after)} == expected
    assert len(expected) >= 2


def test_nothing_is_written(visited: Database, tmp_path: Path) -> None:
    before = visited.path.read_bytes()
    changes(visited, pack(tmp_path / "new", TIGHTER))
    assert visited.path.read_bytes() == before
    assert not visited.path.with_suffix(".packs").exists()


def test_all_that_is_wrong_is_said_together(visited: Database, tmp_path: Path) -> None:
    looser = TIGHTER.replace("weeks = 4", "weeks = 9")
    over = pack(tmp_path / "new", looser, 'id = "visit_till18"\nreplaces = "visit_till18"\ninterval = { weeks = 20 }')
    found = problems_of(visited.packs(), pack_set.load_over((), over), over)
    assert {(p.file, p.rule, p.key) for p in found} == {
        ("own.toml", "visit_standard", "then"),
        ("own.toml", "visit_till18", "interval"),
    }


def test_a_folder_without_packs_is_a_problem(visited: Database, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    over = tmp_path / "empty"
    assert [p.message for p in problems_of(visited.packs(), pack_set.load_over((), over), over)]


def test_progress_reaches_the_end(visited: Database, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    after = pack_set.load_over((), pack(tmp_path / "new", TIGHTER))
    list(
        rules_diff(
            visited.reader(), visited.subjects, visited.packs(), after, lambda done, total: seen.append((done, total))
        )
    )
    assert seen[-1] == (1, 1), "one open case; no worker's rule differs, so none is looked at"
