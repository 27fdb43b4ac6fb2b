"""Two references that are one child, and two staff ids that are one worker: merged in one step that undo takes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from domain.core.enums import Pathway, Role
from domain.core.errors import BadInput
from storage.cases.merging import Merged, merge_cases, merge_workers
from storage.records.database import Database
from storage.records.keys.former_keys import lead
from storage.records.undo import redo, undo
from tests.conftest import TODAY
from tests.storage.records.test_keys import mentions, rename, rows, sound
from tests.units import change, every, find, get, keep


@pytest.fixture
def twice(team: Database) -> Database:
    """C-1001 stands a second time, as C-01001, opened earlier."""
    keep(
        team, "case", reference="C-01001", team="North", pathway="child_in_need", opened="2026-02-02",
        name="Jamie Doe", born="2019-05-04", sibling_group="S-1", factors=["autism"],
    )  # fmt: skip
    keep(team, "event", case="C-01001", kind="became_looked_after", on="2026-03-16")
    keep(team, "event", case="C-01001", kind="lac_visit", on="2026-03-20")
    keep(team, "agenda-item", worker="W2", case="C-01001", what="School", raised_by="W2", on="2026-11-02")
    keep(team, "action", case="C-01001", owner="W2", what="Call", set_on="2026-11-02", due="2026-11-30")
    return team


def merge(database: Database, old: str, into: str, keep: Mapping[str, str] | None = None, kind: str = "case") -> Merged:
    act = merge_cases if kind == "case" else merge_workers
    with database.unit("A. Hughes", TODAY) as unit:
        return act(unit, old, into, keep)


def refused(database: Database, *given: Any, **more: Any) -> BadInput:
    before = rows(database)
    with pytest.raises(BadInput) as why:
        merge(database, *given, **more)
    assert rows(database) == before
    return why.value


def back(database: Database) -> None:
    with database.unit("A. Hughes", TODAY) as unit:
        undo(unit)


def held(database: Database, case: str) -> list[tuple[str, str, str, str | None]]:
    query = 'SELECT worker, role, starts, ends FROM allocation WHERE "case" = :case ORDER BY starts, worker'
    return [tuple(row.values()) for row in database.reader().rows(query, case=case)]  # type: ignore[misc]


def test_everything_moves_and_undo_takes_it_back_and_redo_brings_it_again(twice: Database) -> None:
    before = rows(twice)
    done = merge(twice, "C-01001", "C-1001")
    after = rows(twice)
    assert mentions(twice, "C-01001", "case") == {"former_key.former"}
    with twice.unit("Anybody", TODAY) as unit:
        assert find(unit, "case", "C-01001") is None
        case = get(unit, "case", "C-1001")
        assert (case.opened, case.closed, case.sibling_group) == (date(2026, 2, 2), None, "S-1")
        assert case.pathways == (Pathway.LOOKED_AFTER, Pathway.CHILD_IN_NEED)
        assert case.factors == ("autism",)
        assert sorted(one.kind for one in every(unit, "event", case="C-1001")) == ["became_looked_after", "lac_visit"]
    assert any("became_looked_after 2026-03-16 stood on both: it is kept once" in line for line in done.lines)
    assert "1 event" in done.lines[0]
    assert "1 agenda item" in done.lines[0]
    sound(twice)
    back(twice)
    assert rows(twice) == before
    sound(twice)
    with twice.unit("A. Hughes", TODAY) as unit:
        redo(unit)
    assert rows(twice) == after
    sound(twice)


def test_a_dry_run_says_the_same_and_keeps_nothing(twice: Database) -> None:
    before = rows(twice)
    with twice.unit("A. Hughes", TODAY) as unit:
        told = merge_cases(unit, "C-01001", "C-1001", dry_run=True)
    assert rows(twice) == before
    assert told.lines == merge(twice, "C-01001", "C-1001").lines


def test_events_told_differently_both_stay_and_are_told(twice: Database) -> None:
    keep(twice, "event", case="C-1001", kind="lac_visit", on="2026-03-20", details={"seen": True})
    change(twice, "event", 3, details={"seen": False})
    done = merge(twice, "C-01001", "C-1001")
    assert any("lac_visit 2026-03-20 stands on both, told differently" in line for line in done.lines)
    with twice.unit("Anybody", TODAY) as unit:
        assert len([one for one in every(unit, "event", case="C-1001") if one.kind == "lac_visit"]) == 2


def test_what_two_events_say_is_joined(twice: Database) -> None:
    keep(twice, "event", case="C-1001", kind="lac_visit", on="2026-03-20", details={"seen": True}, note="One")
    change(twice, "event", 3, details={"seen_alone": True}, note="Two")
    merge(twice, "C-01001", "C-1001")
    with twice.unit("Anybody", TODAY) as unit:
        (visit,) = (one for one in every(unit, "event", case="C-1001") if one.kind == "lac_visit")
    assert visit.details == {"seen": True, "seen_alone": True}
    assert visit.note == "One\nTwo"
    sound(twice)


def test_the_same_worker_at_the_same_time_stands_once(twice: Database) -> None:
    keep(twice, "allocation", case="C-01001", worker="W2", starts="2026-02-10")
    done = merge(twice, "C-01001", "C-1001")
    assert held(twice, "C-1001") == [
        ("W2", "allocated_worker", "2026-02-10", "2026-03-16"),
        ("W2", "allocated_worker", "2026-03-16", None),
    ]
    assert any("what overlaps is kept once" in line for line in done.lines)
    sound(twice)


def test_another_worker_at_the_same_time_is_co_worker_for_that(twice: Database) -> None:
    keep(twice, "allocation", case="C-01001", worker="W3", starts="2026-02-10")
    before = rows(twice)
    done = merge(twice, "C-01001", "C-1001")
    assert held(twice, "C-1001") == [
        ("W3", "allocated_worker", "2026-02-10", "2026-03-16"),
        ("W2", "allocated_worker", "2026-03-16", None),
        ("W3", Role.CO_WORKER, "2026-03-16", None),
    ]
    assert any("W3 is co-worker for that" in line for line in done.lines)
    sound(twice)
    back(twice)
    assert rows(twice) == before


def test_one_that_is_closed_goes_into_one_that_is_open(twice: Database) -> None:
    change(twice, "case", "C-01001", closed="2026-10-01", close_reason="Moved")
    merge(twice, "C-1001", "C-01001")
    with twice.unit("Anybody", TODAY) as unit:
        case = get(unit, "case", "C-01001")
    assert (case.closed, case.close_reason) == (None, "")
    assert held(twice, "C-01001") == [("W2", "allocated_worker", "2026-03-16", None)]
    sound(twice)


def test_two_that_are_closed_close_on_the_later_day(twice: Database) -> None:
    change(twice, "case", "C-01001", closed="2026-10-01", close_reason="Later")
    change(twice, "case", "C-1001", closed="2026-09-01", close_reason="Earlier")
    merge(twice, "C-01001", "C-1001")
    with twice.unit("Anybody", TODAY) as unit:
        case = get(unit, "case", "C-1001")
    assert (case.closed, case.close_reason) == (date(2026, 10, 1), "Later")


def test_what_contradicts_is_asked_and_never_shown(twice: Database) -> None:
    change(twice, "case", "C-01001", born="2019-05-05", name="James Doe")
    why = refused(twice, "C-01001", "C-1001")
    assert why.message == "The two say different things: name, birth date."
    assert "2019" not in f"{why}"
    assert "James" not in f"{why}"
    assert refused(twice, "C-01001", "C-1001", {"born": "new"}).field == "name"
    merge(twice, "C-01001", "C-1001", {"born": "old", "name": "new"})
    with twice.unit("Anybody", TODAY) as unit:
        case = get(unit, "case", "C-1001")
    assert (case.born, case.name) == (date(2019, 5, 5), "Jamie Doe")


def test_one_word_settles_everything(twice: Database) -> None:
    change(twice, "case", "C-01001", born="2019-05-05", name="James Doe")
    merge(twice, "C-01001", "C-1001", {"": "old"})
    with twice.unit("Anybody", TODAY) as unit:
        assert get(unit, "case", "C-1001").name == "James Doe"


def test_a_case_does_not_go_into_itself(twice: Database) -> None:
    assert "the same case already" in refused(twice, "C-1001", "C-1001").message


def test_the_old_reference_leads_to_the_new_one_and_is_not_given_again(twice: Database) -> None:
    merge(twice, "C-01001", "C-1001")
    rename(twice, "case", "C-1001", "C-5")
    led = lead(twice.reader(), "case", "C-01001")
    assert led is not None
    assert led.words("case", "C-01001") == "Case C-01001 was merged into C-5, on Fri 20 Nov 2026."
    with pytest.raises(BadInput, match="was merged into C-5"):
        keep(twice, "case", reference="C-01001", team="North", pathway="court", opened="2026-11-02")


# workers -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def married(team: Database) -> Database:
    """W2, Okafor, came a second time as W20."""
    worker = {"team": "North", "grade": "children-sw", "started": "2025-01-06"}
    keep(team, "worker", staff_id="W20", name="Okafor, Chidi", **worker)
    keep(team, "worker", staff_id="W21", name="Osei, Ama", supervisor="W20", **worker)
    keep(team, "case", reference="C-2", team="North", pathway="court", opened="2026-01-05")
    keep(team, "allocation", case="C-2", worker="W20", starts="2026-01-05")
    keep(team, "allocation", case="C-1001", worker="W20", starts="2026-04-01", role="co_worker")
    keep(team, "reduction", worker="W20", reason="other", percent=20, starts="2026-11-02", ends="2026-12-01")
    return team


def test_a_worker_goes_into_the_other_with_all_that_names_them(married: Database) -> None:
    before = rows(married)
    merge(married, "W20", "W2", kind="worker")
    assert mentions(married, "W20", "worker") == {"former_key.former"}
    with married.unit("Anybody", TODAY) as unit:
        worker = get(unit, "worker", "W2")
        assert (worker.started, worker.supervisor) == (date(2024, 1, 8), "W1")
        assert get(unit, "worker", "W21").supervisor == "W2"
    assert held(married, "C-2") == [("W2", "allocated_worker", "2026-01-05", None)]
    sound(married)
    back(married)
    assert rows(married) == before
    sound(married)


@pytest.mark.parametrize("field", ["supervisor", "line_manager"])
@pytest.mark.parametrize(("old", "into"), [("W20", "W2"), ("W2", "W20")])
@pytest.mark.parametrize("dated", [False, True])
def test_two_of_whom_one_supervised_the_other_are_two(
    married: Database, field: str, old: str, into: str, dated: bool
) -> None:
    if dated:
        keep(married, "worker-period", worker="W20", **{"from": "2025-02-01", "until": "2025-06-30", field: "W2"})
    else:
        change(married, "worker", "W20", **{field: "W2"})
    assert "W20 is or was" in refused(married, old, into, {"": "new"}, kind="worker").message
    with married.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="cannot be one"):
        merge_workers(unit, old, into, {"": "new"}, dry_run=True)


def test_two_who_met_each_other_are_two(married: Database) -> None:
    keep(married, "session", worker="W20", supervisor="W2", on="2026-11-25", state="planned")
    why = refused(married, "W20", "W2", kind="worker")
    assert "names both W20 and W2, so they cannot be one" in why.message


def test_names_that_differ_are_asked(married: Database) -> None:
    change(married, "worker", "W20", name="Adeyemi, Chidi")
    assert refused(married, "W20", "W2", kind="worker").field == "name"
    merge(married, "W20", "W2", {"name": "old"}, kind="worker")
    with married.unit("Anybody", TODAY) as unit:
        assert get(unit, "worker", "W2").name == "Adeyemi, Chidi"


# what was dated ------------------------------------------------------------------------------------------------------

YEAR_AGO, CHANGED = date(2025, 11, 20), date(2026, 10, 1)
DATED = ("fte", "hours", "grade", "team", "role", "supervisor", "line_manager", "agency")


@pytest.fixture
def again(team: Database) -> Database:
    """W2 of North, with periods of their own, came a second time as W9 of South, half time, on 1 October 2026."""
    keep(team, "team", name="South", scheme="three-factor")
    keep(
        team, "worker", staff_id="W9", name="Okafor, Chidi", team="South", grade="asye", fte=50,
        started="2026-10-01", supervisor="W3",
    )  # fmt: skip
    keep(team, "worker-period", worker="W2", **{"from": "2025-03-01", "until": "2025-12-31"}, fte=80)
    return team


def stood(database: Database, who: str, day: date) -> dict[str, Any]:
    query = "SELECT * FROM worker_on(:day) w WHERE w.staff_id = :who"
    (row,) = database.reader().rows(query, who=who, day=day)
    return {name: row[name] for name in DATED}


def test_what_was_dated_of_the_one_that_goes_stays_for_the_days_it_was_alone(again: Database) -> None:
    before = rows(again)
    days = (date(2025, 2, 1), YEAR_AGO, date(2026, 9, 30))
    alone = {day: stood(again, "W2", day) for day in days}
    now = {day: stood(again, "W9", day) for day in (CHANGED, TODAY)}
    assert alone[YEAR_AGO]["fte"] == 80
    done = merge(again, "W2", "W9", kind="worker")
    assert {day: stood(again, "W9", day) for day in days} == alone
    assert {day: stood(again, "W9", day) for day in now} == now
    assert any("only W2 was here" in line and "team" in line for line in done.lines)
    assert any(line.startswith("From Thu 1 Oct 2026 on both were here") for line in done.lines)
    sound(again)
    back(again)
    assert rows(again) == before
    sound(again)


def test_which_counts_while_both_were_here_may_be_said(again: Database) -> None:
    old, new = stood(again, "W2", TODAY), stood(again, "W9", TODAY)
    merge(again, "W2", "W9", {"fte": "old", "team": "old"}, kind="worker")
    assert stood(again, "W9", TODAY) == {**new, "fte": old["fte"], "hours": old["hours"], "team": old["team"]}
    sound(again)


def test_the_newer_goes_into_the_older_and_what_was_stays(again: Database) -> None:
    change(again, "worker", "W2", leaves="2026-09-30")
    alone, new = stood(again, "W2", YEAR_AGO), stood(again, "W9", TODAY)
    merge(again, "W9", "W2", kind="worker")
    assert (stood(again, "W2", YEAR_AGO), stood(again, "W2", TODAY)) == (alone, new)
    sound(again)


def test_a_period_of_somebody_else_that_names_both_sides_stays(again: Database) -> None:
    keep(again, "worker-period", worker="W3", **{"from": "2025-01-01", "until": "2025-06-30"}, supervisor="W2")
    keep(again, "worker-period", worker="W3", **{"from": "2025-03-01", "until": "2025-05-31"}, line_manager="W9")
    merge(again, "W2", "W9", kind="worker")
    held = stood(again, "W3", date(2025, 4, 1))
    assert (held["supervisor"], held["line_manager"]) == ("W9", "W9")
    sound(again)
