"""Days to look again: who is reminded of a case's own interval and of capacity about to return, and until when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from storage.calendar.changed_since import basis, moved
from storage.calendar.contents import gather
from storage.home.needs_you import Need, needs_you
from storage.load.worker_load import team_board
from storage.records.database import Database
from storage.supervision.agenda.worker_agenda import agenda
from tests.conftest import TODAY
from tests.units import change, keep


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def own_interval(team: Database, review_on: date, **more: Any) -> Any:
    decided = {"decided_on": "2026-10-19", "decided_by": "Hughes, Ann", "reason": "Unsettled"}
    given = {"case": "C-1001", "rule": "visit_standard", "number": 4, "unit": "weeks", **decided, **more}
    return keep(team, "override", **given, review_on=review_on)


def less(team: Database, ends: date, **more: Any) -> Any:
    given = {"worker": "W2", "percent": 20, "kind": "practice_educator", "reason": "Student", "starts": "2026-10-01"}
    return keep(team, "reduction", **{**given, **more}, ends=ends)


def needs(team: Database, of: str | None = "North", today: date = TODAY) -> list[Need]:
    board = team_board(team.reader(), of, today)
    return [need for need in needs_you(team.reader(), of, today, board) if "again" in need.text or "ends" in need.text]


def calendar(team: Database, who: str = "W1", today: date = TODAY) -> dict[str, tuple[str, str, str]]:
    lines = gather(team.reader(), [who], today)[who].lines
    return {
        line.key: (line.word, line.reference, line.on)
        for line in lines
        if line.key.startswith(("override:", "reduction:"))
    }


def case_on_agenda(team: Database, today: date = TODAY) -> Any:
    return next(item for item in agenda(team.reader(), "W2", today).items if item.key == "case:C-1001")


# what needs the team --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (15, None, ""),
        (14, "due", "C-1001: own interval to be looked at again, by Fri 4 Dec"),
        (0, "due", "C-1001: own interval to be looked at again, by Fri 20 Nov"),
        (-1, "late", "C-1001: own interval to be looked at again, 1 day late"),
        (-300, "late", "C-1001: own interval to be looked at again, 300 days late"),
    ],
)
def test_a_team_is_told_a_fortnight_before_and_until_it_is_done(
    team: Database, days: int, state: str | None, words: str
) -> None:
    own_interval(team, day(days), decided_on="2025-01-06")
    found = [(need.state, need.text, need.area, need.filter) for need in needs(team)]
    assert found == ([(state, words, "case", "C-1001")] if state else [])
    assert needs(team, None) == needs(team)
    assert needs(team, "South") == []


def test_what_is_late_stands_above_what_is_not(team: Database) -> None:
    less(team, day(3))
    own_interval(team, day(-3))
    own_interval(team, day(3), rule="lac_review")
    assert [need.state for need in needs(team)] == ["late", "due", "due"]


def test_many_are_counted_beyond_three(team: Database) -> None:
    case = {"team": "North", "pathway": "looked_after", "opened": "2026-03-02"}
    for number in range(5):
        keep(team, "case", reference=f"C-{number}", **case)
        own_interval(team, day(number - 9), case=f"C-{number}")
    *three, more = needs(team)
    assert [need.filter for need in three] == ["C-0", "C-1", "C-2"]
    assert (more.text, more.filter) == ("2 more own intervals of cases to be looked at again, C-3 next", "C-3")


@pytest.mark.parametrize(
    "done",
    [
        lambda team, kept: change(team, "override", kept.id, review_on="2027-03-01"),
        lambda team, kept: change(team, "override", kept.id, ended_on="2026-11-20"),
        lambda team, kept: change(team, "case", "C-1001", closed="2026-11-19"),
        lambda team, kept: own_interval(team, date(2027, 3, 1), decided_on="2026-11-20"),
    ],
    ids=["reviewed", "ended", "case closed", "decided anew"],
)
def test_once_dealt_with_nobody_is_reminded_any_more(team: Database, done: Any) -> None:
    kept = own_interval(team, day(-2))
    assert needs(team)
    assert calendar(team)
    before = basis(team.reader(), TODAY)
    done(team, kept)
    assert not needs(team)
    assert {on for _, _, on in calendar(team).values()} <= {"2027-03-01"}
    assert "again" not in str([item.why for item in agenda(team.reader(), "W2", TODAY).items])
    assert "W1" in (moved(team.reader(), before, basis(team.reader(), TODAY)) or ())


def test_one_that_ends_before_its_review_needs_none(team: Database) -> None:
    own_interval(team, day(10), ended_on=day(10))
    assert not needs(team)
    own_interval(team, day(10), ended_on=day(11), rule="lac_review")
    assert len(needs(team)) == 1


# the agenda -----------------------------------------------------------------------------------------------------------


def test_a_case_on_the_agenda_says_that_its_interval_is_to_be_looked_at_again(team: Database) -> None:
    own_interval(team, day(29), rule="lac_review")
    assert "interval" not in str(case_on_agenda(team))
    own_interval(team, day(28))
    item = case_on_agenda(team)
    assert item.why.endswith("; own interval to be looked at again")
    assert [line for line in item.lines if "interval" in line] == [
        "Own interval, looked-after visit: to be looked at again by Fri 18 Dec"
    ]


def test_a_reduction_is_on_the_agenda_of_the_last_session_before_it_ends(team: Database) -> None:
    less(team, day(28))
    assert not needs(team), "the team is told a fortnight before"
    assert any(item.kind == "reduction" for item in agenda(team.reader(), "W2", TODAY).items)
    assert not any(item.kind == "reduction" for item in agenda(team.reader(), "W2", day(-1)).items)


# the calendar ---------------------------------------------------------------------------------------------------------


def test_the_holders_supervisor_has_the_day_in_the_calendar(team: Database) -> None:
    kept, reduction = own_interval(team, day(90)), less(team, day(60))
    assert calendar(team) == {
        f"override:{kept.id}": ("Review", "C-1001", day(90).isoformat()),
        f"reduction:{reduction.id}": ("Review", "W2", day(60).isoformat()),
    }
    assert calendar(team, "W2") == calendar(team, "W3") == {}


def test_a_ramp_is_there_on_its_last_day_alone(team: Database) -> None:
    less(team, day(20))
    last = less(team, day(40), starts=day(21))
    assert list(calendar(team)) == [f"reduction:{last.id}"]


def test_leave_takes_no_capacity_away_and_is_not_there(team: Database) -> None:
    less(team, day(20), kind="annual_leave", percent=100)
    assert calendar(team) == {}


def test_without_a_supervisor_it_goes_to_who_manages_the_team(team: Database) -> None:
    own_interval(team, day(20))
    less(team, day(20))
    change(team, "worker", "W2", supervisor=None)
    change(team, "worker", "W3", line_manager="W1")
    assert len(calendar(team)) == 2
    change(team, "worker", "W2", supervisor="W3")
    assert (len(calendar(team)), len(calendar(team, "W3"))) == (0, 2)
    change(team, "worker", "W3", leaves="2026-11-19")
    assert (len(calendar(team)), len(calendar(team, "W3"))) == (2, 0)


def test_it_falls_out_thirty_days_after(team: Database) -> None:
    less(team, day(0))
    assert calendar(team, today=day(30))
    assert not calendar(team, today=day(31))
