"""Disagreements on their way: stages by working days, outcomes, and who sees which. Ladders as shipped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.errors import BadInput, NotFound
from domain.supervision.discussions import Disagreement
from domain.supervision.escalation import Rung, following, standing
from storage.home.needs_you import needs_you
from storage.records.database import Database
from storage.records.undo import undo
from storage.supervision.acts.disagreements import end, escalate, raise_one
from storage.supervision.agenda.worker_agenda import agenda
from storage.supervision.disagreements import DisagreementLine, disagreements, open_disagreements
from storage.supervision.ladders import known_ladder
from tests.conftest import TODAY
from tests.units import amend, record

FRIDAY = date(2026, 11, 20)  # today
ABOUT: dict[str, Any] = {"worker": "W2", "about": "How often we meet", "raised_by": "Okafor, Chidi"}


def raised(database: Database, **given: Any) -> Disagreement:
    with database.unit("A. Hughes", TODAY) as unit:
        return raise_one(unit, **{**ABOUT, **given}).record


def open_now(database: Database, today: date = TODAY, **scope: str) -> list[DisagreementLine]:
    return open_disagreements(database.reader(), today, **scope)


def test_the_first_stage_ends_after_its_working_days(team: Database) -> None:
    kept = raised(team)
    assert (kept.ladder, kept.stage, kept.with_whom) == ("supervision", "talk", "Supervisor and supervisee")
    assert kept.due == date(2026, 11, 27)  # five working days after Friday 20 November: the Friday after


def test_bank_holidays_do_not_count(team: Database) -> None:
    kept = raised(team, on=date(2025, 12, 23))
    # 24 December is day 1; 25 and 26 are holidays; 29, 30, 31 December are 2, 3, 4; 1 January is one; 2 January is 5
    assert kept.due == date(2026, 1, 2)


def test_one_about_a_case_alone_goes_up_its_own_faster_ladder(team: Database) -> None:
    kept = raised(team, worker=None, case="C-1001")
    assert (kept.ladder, kept.due) == ("case", date(2026, 11, 23))  # one working day: Monday
    assert [one.id for one in open_now(team, worker="W2")] == [kept.id]  # W2 holds C-1001
    assert open_now(team, worker="W3") == []


def test_one_about_a_worker_and_a_case_goes_up_the_ladder_of_supervision(team: Database) -> None:
    assert raised(team, case="C-1001").ladder == "supervision"


@pytest.mark.parametrize(("field", "who"), [("worker", "W99"), ("case", "C-99")])
def test_it_is_about_a_worker_or_case_there_is(team: Database, field: str, who: str) -> None:
    with pytest.raises(NotFound, match=who) as fault:
        raised(team, **{"worker": None, field: who})
    assert fault.value.field == field


def test_it_goes_stage_by_stage_to_the_last_and_ends_with_an_outcome(team: Database) -> None:
    number = raised(team).id
    for stage, due in (("record", "2026-11-27"), ("manager", "2026-12-04"), ("head", "2026-12-04")):
        with team.unit("A. Hughes", TODAY) as unit:
            kept = escalate(unit, number).record
        assert (kept.stage, kept.stage_on, kept.due) == (stage, TODAY, date.fromisoformat(due))
    with team.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(BadInput, match="last stage"):
            escalate(unit, number)
        with pytest.raises(BadInput, match="Say how it ended"):
            end(unit, number, "  ")
        end(unit, number, "Agreed on every four weeks")
    assert open_now(team) == []
    (ended,) = disagreements(team.reader(), TODAY, ended=True)
    assert (ended.state, ended.ended_on) == ("ended", TODAY)
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="ended on"):
        escalate(unit, number)


def test_each_step_is_taken_back_in_one(team: Database) -> None:
    number = raised(team).id
    with team.unit("A. Hughes", TODAY) as unit:
        escalate(unit, number, with_whom="Whitfield, Dawn")
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    (line,) = open_now(team)
    assert (line.stage, line.due, line.next_stage) == ("talk", date(2026, 11, 27), "Record both views")
    raised(team)
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert [one.id for one in open_now(team)] == [number]


def test_what_is_late_comes_first_and_a_stage_is_late_from_the_day_after(team: Database) -> None:
    soon, late = raised(team).id, raised(team, on=date(2026, 11, 2)).id
    assert [(one.id, one.state) for one in open_now(team)] == [(late, "late"), (soon, "open")]
    states = [
        next(one.state for one in open_now(team, date(2026, 11, day)) if one.id == soon) for day in (24, 25, 27, 28)
    ]
    assert states == ["open", "due", "due", "late"]


def test_a_team_sees_its_own(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "West"})
        unit.finish("West")
    raised(team)
    assert len(open_now(team, team="North")) == 1
    assert open_now(team, team="West") == []


def test_a_team_sees_those_about_its_cases_and_no_others(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "West"})
        case = {"reference": "C-2002", "team": "West", "pathway": "looked_after", "opened": "2026-03-02"}
        record(unit, "case", case)
        unit.finish("West")
    ours, theirs = (raised(team, worker=None, case=case).id for case in ("C-1001", "C-2002"))
    assert [one.id for one in open_now(team, team="North")] == [ours]
    assert [one.id for one in open_now(team, team="West")] == [theirs]
    assert [one.id for one in open_now(team)] == [ours, theirs]


def test_a_stage_does_not_begin_before_the_one_before_nor_in_the_future(team: Database) -> None:
    number = raised(team).id
    with team.unit("A. Hughes", TODAY) as unit:
        for day in (date(2026, 11, 19), date(2026, 11, 21)):
            with pytest.raises(BadInput) as fault:
                escalate(unit, number, on=day)
            assert fault.value.field == "stage_on"


def test_a_ladder_or_stage_that_no_pack_knows_is_refused(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        with pytest.raises(NotFound, match="not a ladder"):
            known_ladder(unit.packs, "snakes")
        with pytest.raises(NotFound, match="not a stage of supervision"):
            record(unit, "disagreement", {**ABOUT, "raised_on": TODAY, "stage": "duel", "stage_on": TODAY})
        number = raise_one(unit, **ABOUT).record.id
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(NotFound, match="not a stage of supervision"):
        amend(unit, "disagreement", number, {"stage": "duel"})


def test_a_stage_past_its_day_needs_somebody_and_leads_to_the_list(team: Database) -> None:
    raised(team, on=date(2026, 11, 2))
    raised(team)
    for scope in ("North", None):
        (need,) = [one for one in needs_you(team.reader(), scope, TODAY) if one.area == "disagreements"]
        assert need.text == "1 disagreement past the day of the stage, oldest 11 days"  # due Monday 9 November
    assert not [one for one in needs_you(team.reader(), "West", TODAY) if one.area == "disagreements"]


def test_it_stands_on_the_agenda_until_it_ends_without_a_word_of_what_was_said(team: Database) -> None:
    raised(team, on=date(2026, 11, 2))
    number = raised(team, worker=None, case="C-1001").id
    for words in (True, False):
        found = {one.key: one for one in agenda(team.reader(), "W2", TODAY, words=words).items}
        late = found["disagreement:1"]
        assert (late.kind, late.state, late.why) == ("agreement", "late", "by Mon 9 Nov")
        assert (found[f"disagreement:{number}"].subject, found[f"disagreement:{number}"].state) == ("C-1001", "new")
        assert "How often we meet" not in str(found)
    with team.unit("A. Hughes", TODAY) as unit:
        end(unit, number, "Agreed")
    assert f"disagreement:{number}" not in {one.key for one in agenda(team.reader(), "W2", TODAY).items}


def test_a_ladder_without_days_gives_no_date() -> None:
    assert standing(None, None, TODAY) == "unset"
    assert following([Rung("a", "A"), Rung("b", "B")], "a") == Rung("b", "B")
    assert following([Rung("a", "A")], "a") is None
    assert following([Rung("a", "A")], "unknown") is None
