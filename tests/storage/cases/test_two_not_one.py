"""Two that look like one and are two: said once, with a reason, and told as alike no more until that is taken back."""

from __future__ import annotations

from datetime import date

import pytest

from domain.core.errors import BadInput, NotFound
from storage.allocation.phantom import SAME_REFERENCE, SAME_WORKER, phantoms, workers_twice
from storage.cases import likely_duplicates
from storage.cases.merging import merge_cases, merge_workers
from storage.cases.two_not_one import say_two
from storage.home.needs_you import with_phantoms
from storage.home.recorded import Log, LogFilter
from storage.opening import kinds, lists
from storage.records import acts
from storage.records.database import Database
from storage.records.listing import records
from storage.records.undo import redo, undo
from storage.safety.doctor import examine
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.records.test_keys import rename, rows, sound
from tests.units import case, change, keep, put, worker


@pytest.fixture
def alike(team: Database) -> Database:
    """C-1001 and c1001, W2 and W-02: each looks like the other."""
    put(team, case("c1001"), worker("W-02"))
    return team


def apart(database: Database, kind: str, one: str, other: str, reason: str = "Looked at both") -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        say_two(unit, kind, one, other, reason)


def pairs(database: Database, kind: str = "case") -> list[tuple[str, str]]:
    found = (
        likely_duplicates.cases(database.reader()) if kind == "case" else likely_duplicates.workers(database.reader())
    )
    return [(pair.one, pair.other) for pair in found]


def told(database: Database) -> list[tuple[str, str, str]]:
    conn = database.reader()
    every = [*phantoms(conn, "North", TODAY), *workers_twice(conn, "North", TODAY)]
    return [(one.kind, one.key, one.other) for one in every if one.other]


def back(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        undo(unit)


def test_two_that_were_said_to_be_two_are_nowhere_told_as_alike(alike: Database) -> None:
    assert told(alike) == [(SAME_REFERENCE, "c1001", "C-1001"), (SAME_WORKER, "W-02", "W2")]
    apart(alike, "case", "c1001", "C-1001")
    apart(alike, "worker", "W2", "W-02")
    assert told(alike) == []
    found = examine(alike, TODAY, ("one child twice", "one worker twice"))
    assert [one.state for one in found] == ["ok", "ok"]
    sound(alike)


def test_needs_you_tells_of_what_is_recorded_twice_apart_from_what_is_held_wrongly(alike: Database) -> None:
    assert [need.parts for need in with_phantoms([], alike.reader(), "North", TODAY)] == [
        ("1 case and 1 worker probably recorded twice",)
    ]
    apart(alike, "case", "c1001", "C-1001")
    apart(alike, "worker", "W-02", "W2")
    assert with_phantoms([], alike.reader(), "North", TODAY) == []


def test_undo_shows_the_pair_again_and_redo_hides_it(alike: Database) -> None:
    apart(alike, "case", "c1001", "C-1001")
    back(alike)
    assert pairs(alike) == [("C-1001", "c1001")]
    with alike.unit("A. Hughes", TODAY) as unit:
        assert redo(unit) == "Recorded the note that cases c1001 and C-1001 are two"
    assert pairs(alike) == []
    sound(alike)


def test_it_is_on_record_by_its_keys_and_in_the_history_of_both(alike: Database) -> None:
    apart(alike, "case", "c1001", "C-1001", "Twins")
    listed = lists()["not-the-same"]
    for given in ({"case": "C-1001"}, {"case": "c1001"}, {"team": "North"}):
        (row,) = records(alike.reader(), "not-the-same", listed, TODAY, **given)  # type: ignore[arg-type]
        assert (row["case"], row["other_case"], row["reason"], row["on"]) == ("c1001", "C-1001", "Twins", TODAY)
    assert not list(records(alike.reader(), "not-the-same", listed, TODAY, worker="W2"))
    log = Log(alike.reader(), kinds(), CLOCK, "A. Hughes")
    for key in ("C-1001", "c1001"):
        assert "are two" in next(iter(log.read(LogFilter("case", key)))).what


def test_of_three_alike_the_others_are_still_told(alike: Database) -> None:
    put(alike, case("C.1001"))
    assert pairs(alike) == [("C-1001", "c1001"), ("C-1001", "C.1001")]
    apart(alike, "case", "C-1001", "C.1001")
    assert pairs(alike) == [("C-1001", "c1001"), ("c1001", "C.1001")]
    apart(alike, "case", "C.1001", "c1001")
    apart(alike, "case", "C-1001", "c1001")
    assert pairs(alike) == []


def test_it_follows_a_key_that_is_corrected(alike: Database) -> None:
    keep(alike, "case", reference="C-5", team="North", pathway="court", opened="2026-02-02")
    apart(alike, "case", "c1001", "C-5")
    before = rows(alike)
    rename(alike, "case", "C-5", "C-55")
    rename(alike, "worker", "W-02", "W-22")
    row = alike.reader().rows('SELECT "case", other_case FROM not_the_same')[0]
    assert tuple(row.values()) == ("c1001", "C-55")
    back(alike)
    back(alike)
    assert rows(alike) == before


def test_two_said_to_be_two_are_not_merged_until_that_is_taken_away(alike: Database) -> None:
    apart(alike, "worker", "W-02", "W2")
    with alike.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="they cannot be one") as why:
        merge_workers(unit, "W-02", "W2", {"": "new"})
    assert why.value.hint.endswith("almoner remove not-the-same 1")
    with alike.unit("A. Hughes", TODAY) as unit:
        acts.remove(unit, kinds().named("not-the-same").record, 1)
    with alike.unit("A. Hughes", TODAY) as unit:
        merge_workers(unit, "W-02", "W2", {"": "new"})


def test_merged_into_a_third_what_was_said_of_both_stands_once(alike: Database) -> None:
    put(alike, case("C-7"))
    apart(alike, "case", "C-7", "C-1001")
    apart(alike, "case", "c1001", "C-7")
    before = rows(alike)
    with alike.unit("A. Hughes", TODAY) as unit:
        merge_cases(unit, "c1001", "C-1001", {"": "new"})
    kept = [tuple(row.values()) for row in alike.reader().rows('SELECT "case", other_case FROM not_the_same')]
    assert kept == [("C-7", "C-1001")]
    sound(alike)
    back(alike)
    assert rows(alike) == before


def test_a_leaver_twice_is_nothing_to_put_right_but_doctor_tells(alike: Database) -> None:
    change(alike, "worker", "W-02", leaves="2026-10-01")
    assert (SAME_WORKER, "W-02", "W2") in told(alike)
    put(alike, worker("w1x", leaves="2026-10-01"), worker("W1-x", leaves="2026-10-02"))
    assert [one for _, one, _ in told(alike)] == ["c1001", "W-02"]
    assert "w1x and W1-x" in examine(alike, TODAY, ("one worker twice",))[0].message


def test_of_a_team_are_those_of_whom_one_is_in_it(alike: Database) -> None:
    put(alike, ("team", {"name": "South"}))
    assert [bool(workers_twice(alike.reader(), team, TODAY)) for team in ("North", "South")] == [True, False]
    change(alike, "worker", "W-02", team="South")
    assert [bool(workers_twice(alike.reader(), team, TODAY)) for team in ("North", "South", None)] == [True] * 3


def test_what_is_refused(alike: Database) -> None:
    apart(alike, "case", "c1001", "C-1001")
    refused = [
        ("case", "C-1001", "c1001", "x", "was said on"),
        ("case", "C-1001", "C-1001", "x", "two that are different"),
        ("case", "C-1001", "c1001", " ", "reason"),
    ]
    for kind, one, other, reason, words in refused:
        with pytest.raises(BadInput) as why:
            apart(alike, kind, one, other, reason)
        assert words in f"{why.value.field} {why.value.message}"
    with pytest.raises(NotFound):
        apart(alike, "worker", "W2", "W99")
    for given in ({"case": "C-1001"}, {"case": "C-1001", "other_worker": "W2"}, {}):
        with pytest.raises(BadInput, match="two cases, or two workers"):
            keep(alike, "not-the-same", **given, reason="x", on="2026-11-20")


def test_on_a_day_that_passed_only_those_there_then_are_told_of(team: Database) -> None:
    put(team, case("c1001", opened="2026-06-01"), worker("W-02", started="2026-06-01"))

    def on(day: date) -> list[str]:
        conn = team.reader()
        every = [*phantoms(conn, "North", day), *workers_twice(conn, "North", day)]
        return [one.kind for one in every if one.other]

    assert on(date(2026, 5, 31)) == []
    assert on(date(2026, 6, 1)) == on(TODAY) == [SAME_REFERENCE, SAME_WORKER]
    for reference in ("C-1001", "c1001"):
        change(team, "case", reference, closed="2026-11-01")
    assert on(TODAY) == [SAME_WORKER]
    assert on(date(2026, 10, 31)) == [SAME_REFERENCE, SAME_WORKER]
