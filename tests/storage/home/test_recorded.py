"""What was recorded when, by whom: what changed alone, what was late, and nobody's personal words to others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from domain.core.errors import NotFound
from storage.home.recorded import Log, LogFilter, RecordedLine, RecordedSet
from storage.opening import open_database
from storage.records.database import Database
from storage.records.undo import undo
from storage.records.unit import Unit
from tests.clocks import clock_on
from tests.conftest import TODAY
from tests.units import amend, put, record, remove

NEXT = TODAY + timedelta(days=1)
VISIT = {"case": "C-1001", "kind": "lac_visit", "on": "2026-11-02"}


def did(database: Database, doing: Callable[[Unit], object], actor: str = "A. Hughes", day: date = NEXT) -> None:
    """Somebody does something on a day."""
    with open_database(database.path, clock_on(day), actor=actor) as own, own.unit() as unit:
        doing(unit)
        unit.finish("Something")


def history(
    database: Database, kind: str = "", key: str = "", actor: str = "A. Hughes", **more: object
) -> list[RecordedSet]:
    log = Log(database.reader(), database.kinds, database.clock, actor)
    return list(log.read(LogFilter(kind, key, **more)))  # type: ignore[arg-type]


def newest(database: Database, kind: str = "case", key: str = "C-1001", actor: str = "A. Hughes") -> RecordedLine:
    """The line recorded last about something."""
    return history(database, kind, key, actor)[0].lines[0]


def test_a_change_says_what_changed_alone(team: Database) -> None:
    did(team, lambda unit: amend(unit, "case", "C-1001", {"area": "Leeds"}))
    line = newest(team)
    assert (line.kind, line.key, line.before, line.after) == ("case", "C-1001", {"area": ""}, {"area": "Leeds"})


def test_what_is_new_or_gone_says_all_that_it_held(team: Database) -> None:
    did(team, lambda unit: record(unit, "event", VISIT))
    assert (newest(team).before, newest(team).after) == (None, VISIT)
    did(team, lambda unit: remove(unit, "event", 2))
    assert (newest(team).before, newest(team).after) == (VISIT, None)


def test_what_was_recorded_late_says_by_how_many_days(team: Database) -> None:
    did(team, lambda unit: record(unit, "event", VISIT))
    did(team, lambda unit: record(unit, "event", {**VISIT, "on": NEXT.isoformat()}))
    did(team, lambda unit: amend(unit, "case", "C-1001", {"area": "Leeds"}))
    known = [(one.on_day, one.late_days) for one in history(team, "case", "C-1001")][:3]
    assert known == [(None, None), (NEXT, 0), (date(2026, 11, 2), 19)]


def test_a_session_to_come_is_not_late(team: Database) -> None:
    session = {"worker": "W2", "supervisor": "W1", "on": "2026-12-01"}
    did(team, lambda unit: record(unit, "session", session))
    assert (newest(team, "session", "1").on_day, newest(team, "session", "1").late_days) == (date(2026, 12, 1), 0)
    did(team, lambda unit: amend(unit, "session", 1, {"state": "held", "held_on": "2026-12-01"}), day=date(2026, 12, 4))
    assert (newest(team, "session", "1").on_day, newest(team, "session", "1").late_days) == (date(2026, 12, 1), 3)


def test_a_case_has_all_that_was_recorded_about_it_and_no_other(team: Database) -> None:
    did(team, lambda unit: record(unit, "case", {**CASE, "reference": "C-2"}))
    did(team, lambda unit: record(unit, "event", {**VISIT, "case": "C-2"}))
    did(team, lambda unit: record(unit, "event", VISIT))
    did(team, lambda unit: remove(unit, "event", 3))
    kinds = [[line.kind for line in one.lines] for one in history(team, "case", "C-1001")]
    assert kinds == [["event"], ["event"], ["case", "event", "allocation"]]
    assert len(history(team, "case", "C-2")) == 2


CASE = {"reference": "C-2", "team": "North", "pathway": "court", "opened": "2026-11-01"}


def test_a_removed_record_of_a_case_that_was_renamed_is_found_by_either_name(team: Database) -> None:
    did(team, lambda unit: record(unit, "event", VISIT))
    did(team, lambda unit: remove(unit, "event", 2))
    did(team, lambda unit: amend(unit, "case", "C-1001", {"reference": "C-1002"}))
    assert any(line.after is None for one in history(team, "case", "C-1002") for line in one.lines)


def test_by_whom_and_between_which_days(team: Database) -> None:
    did(team, lambda unit: amend(unit, "case", "C-1001", {"area": "Leeds"}), actor="Okafor, Chidi", day=NEXT)
    did(team, lambda unit: amend(unit, "case", "C-1001", {"area": "Hull"}), actor="W2", day=NEXT + timedelta(days=1))
    assert [one.actor for one in history(team, by="W2")] == ["W2", "Okafor, Chidi"], "one worker by both names"
    assert [one.actor for one in history(team, by="A. Hughes")] == ["A. Hughes"]
    assert [one.actor for one in history(team, first=NEXT)] == ["W2", "Okafor, Chidi"]
    assert [one.actor for one in history(team, last=NEXT)] == ["Okafor, Chidi", "A. Hughes"]
    assert [one.actor for one in history(team, first=NEXT, last=NEXT)] == ["Okafor, Chidi"]


def test_an_undoing_names_what_it_took_back(team: Database) -> None:
    did(team, lambda unit: amend(unit, "case", "C-1001", {"area": "Leeds"}))
    with open_database(team.path, clock_on(NEXT), actor="A. Hughes") as own, own.unit() as unit:
        undo(unit)
    back, made = history(team, "case", "C-1001")[:2]
    assert (back.undoes, back.lines[0].before, back.lines[0].after) == (made.set, {"area": "Leeds"}, {"area": ""})


def test_what_never_was_is_not_found(team: Database) -> None:
    for kind, key in (("case", "C-404"), ("event", "404"), ("event", "no number")):
        with pytest.raises(NotFound, match="is or was on record"):
            history(team, kind, key)


def test_a_long_change_gives_its_first_lines_and_how_many_there_are(team: Database) -> None:
    log = Log(team.reader(), team.kinds, team.clock, "A. Hughes")
    (one,) = log.read(LogFilter(), each=2)
    assert (len(one.lines), one.touched, one.on_day) == (2, 7, None)


# whose words ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def talked(team: Database) -> Database:
    """Hughes supervised Okafor: about C-1001, about wellbeing, and something private to the two."""
    put(
        team,
        ("worker", {"staff_id": "W9", "name": "Low, Kim", "team": "North", "grade": "children-sw"}),
        ("session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-18", "state": "held", "held_on": "2026-11-18"}),
        (
            "discussion",
            {"session": 1, "case": "C-1001", "topic": "case", "format": "free", "answers": {"notes": "Case"}},
        ),
        (
            "discussion",
            {"session": 1, "worker": "W2", "topic": "wellbeing", "format": "free", "answers": {"notes": "Own"}},
        ),
        ("action", {"session": 1, "owner": "W2", "what": "Take leave", "set_on": "2026-11-18", "due": "2026-12-01"}),
        (
            "discussion",
            {
                "session": 1,
                "worker": "W2",
                "topic": "other",
                "format": "free",
                "answers": {"notes": "Two"},
                "private": True,
            },
        ),
    )
    return team


def words(database: Database, actor: str) -> list[str]:
    """What somebody reads in the log of what was talked about."""
    lines = [
        line for one in history(database, actor=actor) for line in one.lines if line.kind in {"discussion", "action"}
    ]
    assert all(line.withheld == (line.after is None) for line in lines)
    said = [line.after.get("answers", {}).get("notes") or line.after.get("what") for line in lines if line.after]
    return sorted(said)


@pytest.mark.parametrize(
    ("actor", "reads"),
    [
        ("W2", ["Case", "Own", "Take leave", "Two"]),
        ("W1", ["Case", "Own", "Take leave", "Two"]),
        ("W9", ["Case"]),
        ("Nobody known", ["Case"]),
    ],
)
def test_personal_words_are_for_the_pair(talked: Database, actor: str, reads: list[str]) -> None:
    assert words(talked, actor) == reads


def test_whoever_stands_above_the_supervisor_reads_all_but_what_is_between_the_two(talked: Database) -> None:
    did(talked, lambda unit: amend(unit, "worker", "W1", {"line_manager": "W9"}), day=TODAY)
    assert words(talked, "W9") == ["Case", "Own", "Take leave"]


def test_a_word_that_became_a_cases_own_stays_personal_as_it_was_before(talked: Database) -> None:
    did(talked, lambda unit: amend(unit, "action", 1, {"case": "C-1001"}))
    assert [line.withheld for one in history(talked, "action", "1", "W9") for line in one.lines] == [True, True]
