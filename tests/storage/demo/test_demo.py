"""The demonstration: always the same, plausible, and made of records that could have been typed in."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.demo import SCALES, Batch, batches
from storage.demo.case_story import Every, office_day
from storage.demo.make import make
from storage.due.due_list import due
from storage.load.worker_load import team_board, unallocated
from storage.opening import kinds, open_database
from storage.records.database import Database
from storage.supervision.actions import Scope, followed
from storage.supervision.agenda.worker_agenda import agenda
from tests.clocks import CLOCK

TODAY = date(2026, 11, 20)


def rows(scale: str = "team", seed: int = 1, today: date = TODAY) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in Batch().rows}
    for batch in batches(scale, seed, today):
        for kind, records in batch:
            found[kind] += records
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make(path, "team", 1, CLOCK)
    return open_database(path, CLOCK)


def test_the_same_seed_and_day_give_the_same_people() -> None:
    assert rows() == rows()
    assert rows(seed=2) != rows()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_record_could_have_been_typed_in(seed: int) -> None:
    for kind, records in rows(seed=seed).items():
        for record in records:
            kept = kinds().named(kind).fields.model_validate(record).model_dump()
            assert record.items() <= kept.items() or {name: kept[name] for name in record} == record


@pytest.mark.parametrize("today", [TODAY, date(2026, 12, 14)])
def test_nobody_has_two_sessions_at_once(today: date) -> None:
    planned = [one for one in rows("service", today=today)["session"] if one["state"] == "planned"]
    taken = [(who, one["on"], one["start"]) for one in planned for who in (one["worker"], one["supervisor"])]
    assert len(taken) == len(set(taken)) > 500


@settings(max_examples=15, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(0, 50))
def test_on_any_day_nothing_happened_in_the_future_or_out_of_order(today: date, seed: int) -> None:
    found = rows(today=today, seed=seed)
    cases = {case["reference"]: case for case in found["case"]}
    workers = {worker["staff_id"]: worker for worker in found["worker"]}
    for event in found["event"]:
        case = cases[event["case"]]
        assert case["opened"] <= event["on"] <= today
        assert case["born"] is None or case["born"] <= event["on"]
    for held in found["allocation"]:
        assert cases[held["case"]]["opened"] <= held["starts"] <= today
        leaves = workers[held["worker"]]["leaves"]
        assert leaves is None or held["starts"] <= leaves
    for said in (*found["agreement"], *found["session"]):
        started = workers[said["worker"]]["started"]
        assert started is None or started <= said.get("starts", said.get("on"))
    for case, taken in held_by(found["allocation"]).items():
        assert all(a["ends"] is not None and a["ends"] <= b["starts"] for a, b in pairwise(taken)), case


def held_by(allocations: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for held in allocations:
        if held["role"] == "allocated_worker":
            found.setdefault(held["case"], []).append(held)
    return {case: sorted(held, key=lambda one: one["starts"]) for case, held in found.items()}


@pytest.mark.parametrize("scale", ["team", "service"])
def test_each_scale_has_the_people_and_cases_it_promises(scale: str) -> None:
    count: Counter[str] = Counter()
    for batch in batches(scale, 1, TODAY):
        count.update({kind: len(records) for kind, records in batch})
    assert (count["worker"], count["case"]) == (SCALES[scale].workers, SCALES[scale].cases)


def test_the_first_team_is_the_one_on_the_screens(demo: Database) -> None:
    board = {line.name.split(",")[0]: line for line in team_board(demo.reader(), None, TODAY)}
    percent = {name: line.utilisation // 10 for name, line in board.items() if line.utilisation}
    assert (percent["Okafor"], percent["Begum"], percent["Patel"]) == (114, 91, 71)
    assert (board["Okafor"].cases, board["Begum"].fte, board["Patel"].grade) == (19, 60, "asye")
    assert board["Begum"].supervision_due == TODAY - timedelta(days=9)
    assert board["Żak"].supervision_due == TODAY - timedelta(days=3)
    assert board["Okafor"].late == 2
    assert board["Patel"].late == 0
    assert board["Al-Khatib"].leaves == TODAY + timedelta(days=28)


def test_something_is_late_but_not_everything(demo: Database) -> None:
    lines = list(due(demo.reader(), today=TODAY))
    late = [line for line in lines if line.status(TODAY) == "overdue"]
    assert 5 <= len(late) <= 12
    assert len(lines) > 200
    assert max((TODAY - line.legal_due).days for line in late if line.legal_due) == 23
    assert unallocated(demo.reader(), None, TODAY).cases == 3
    assert any(line.postponed_to for line in lines)


def test_a_demonstration_says_that_it_is_one(demo: Database) -> None:
    assert demo.reader().raw.execute("SELECT value FROM meta WHERE key = 'demo'").fetchone() == ("1",)


def test_a_failed_making_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "demo.db"
    make(path, "team", 1, CLOCK)
    before = path.read_bytes()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(path, "team", 2, CLOCK, stop)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["demo.db"]


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 40))
def test_months_are_counted_from_the_day_and_clamped(day: date, months: int) -> None:
    from dateutil.relativedelta import relativedelta

    assert Every(months=months).after(day) == day + relativedelta(months=months)
    assert Every(months=months).after(day, -1) == day - relativedelta(months=months)


@given(st.dates())
def test_an_office_day_is_never_a_weekend(day: date) -> None:
    if day.toordinal() > 3:
        assert office_day(day).weekday() < 5
        assert 0 <= (day - office_day(day)).days <= 2


# supervision -----------------------------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.integers(0, 50))
def test_what_is_said_of_a_case_was_said_with_whoever_held_it_then(today: date, seed: int) -> None:
    found = rows(today=today, seed=seed)
    held: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for allocation in found["allocation"]:
        held.setdefault((allocation["case"], allocation["worker"]), []).append(allocation)
    sessions = dict(enumerate(found["session"], 1))
    for said in (*found["discussion"], *found["decision"], *found["action"]):
        session = sessions.get(said.get("session"))
        if session is None or said.get("case") is None:
            continue
        on = session["held_on"]
        spans = held[said["case"], session["worker"]]
        assert any(one["starts"] <= on and (one["ends"] is None or on < one["ends"]) for one in spans)
    for action in found["action"]:
        assert max(action[day] for day in ("set_on", "done_on", "dropped_on") if action.get(day)) <= today


def test_everybody_who_is_supervised_has_an_agreement() -> None:
    found = rows()
    agreed = [row["worker"] for row in found["agreement"]]
    assert sorted(agreed) == sorted({row["worker"] for row in found["session"]})


def test_stale_and_parked_things_are_there_to_be_seen(demo: Database) -> None:
    lines = followed(demo.reader(), TODAY, Scope(worker="W103"))
    kinds = Counter(reason.kind for line in lines for reason in line.stale)
    assert set(kinds) == {"undated", "overdue", "carried", "copied", "vague"}
    assert max(line.carried for line in lines) == 3
    parked = [item for item in agenda(demo.reader(), "W104", TODAY).items if item.parked]
    assert [item.kind for item in parked] == ["item", "case"]


def test_somebody_works_by_the_hour_and_other_hours_are_booked(demo: Database) -> None:
    conn = demo.reader()
    assert conn.lookup("SELECT staff_id, hours FROM worker WHERE hours IS NOT NULL") == {"W109": 3000}
    (line,) = team_board(conn, None, TODAY, "W109")
    assert (line.contract_hours, line.fte, line.capacity) == (3000, 81, 81_08), "30 of 37 hours is no tenth of a week"
    starts = conn.value("SELECT starts FROM worker_period WHERE worker = 'W108'")
    change = date.fromisoformat(starts)
    assert (change > TODAY, change.weekday()) == (True, 0)
    hours = [team_board(conn, None, day, "W108", today=TODAY)[0].contract_hours for day in (TODAY, change)]
    assert hours == [3700, 3200]
