"""An agenda from the caseload: each kind appears when it should and not otherwise; parked things wait at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.enums import ChangeReason
from domain.core.errors import BadInput, NotFound
from storage.cases.steps import give
from storage.records.database import Database
from storage.records.undo import undo
from storage.supervision.acts.agenda import close_item, park, raise_item, take_up
from storage.supervision.agenda.worker_agenda import Agenda, Item, agenda
from tests.conftest import TODAY
from tests.units import amend, record

LAST = date(2026, 10, 20)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def keep(database: Database, *records: tuple[str, dict[str, Any]]) -> list[Any]:
    with database.unit("A. Hughes", TODAY) as unit:
        kept = [record(unit, kind, fields) for kind, fields in records]
        unit.finish("Kept")
    return kept


def held(database: Database, on: date = LAST, **more: Any) -> int:
    session = {"worker": "W2", "supervisor": "W1", "on": on, "state": "held", **more}
    return int(keep(database, ("session", session))[0].id)


def read(database: Database, worker: str = "W2", session: int | None = None, **more: Any) -> Agenda:
    return agenda(database.reader(), worker, TODAY, session, **more)


def of(found: Agenda, kind: str) -> list[Item]:
    return [item for item in found.items if item.kind == kind]


def the(found: Agenda, key: str) -> Item:
    return next(item for item in found.items if item.key == key)


def doing(database: Database, act: Callable[..., Any], *given: Any) -> Any:
    with database.unit("A. Hughes", TODAY) as unit:
        return act(unit, *given).record


# whom and when -------------------------------------------------------------------------------------------------------


def test_an_agenda_says_whose_it_is_and_by_when(team: Database) -> None:
    held(team)
    found = read(team)
    assert (found.worker, found.supervisor, found.last, found.due) == ("W2", "W1", LAST, date(2026, 11, 20))


def test_a_booked_session_gives_its_own_day_and_supervisor(team: Database) -> None:
    before = held(team)
    booked = {"worker": "W2", "supervisor": "W3", "on": days(5)}
    (session,) = keep(team, ("session", booked))
    found = read(team, session=session.id)
    assert (found.supervisor, found.due, found.last) == ("W3", days(5), LAST)
    assert read(team, session=before).last is None


def test_a_group_session_counts_as_the_last_one(team: Database) -> None:
    session = {"worker": "W3", "supervisor": "W1", "on": days(-3), "state": "held", "kind": "group"}
    (kept,) = keep(team, ("session", session))
    keep(team, ("attendance", {"session": kept.id, "worker": "W2"}))
    assert read(team).last == days(-3)


@pytest.mark.parametrize(
    ("starts", "ends", "supervisor"),
    [(-10, None, "W3"), (0, None, "W3"), (1, None, ""), (-10, 0, "W3"), (-10, -1, "")],
)
def test_without_a_supervisor_of_their_own_the_agreement_that_stands_says_who(
    team: Database, starts: int, ends: int | None, supervisor: str
) -> None:
    until = None if ends is None else days(ends)
    keep(team, ("agreement", {"worker": "W1", "supervisor": "W3", "starts": days(starts), "ends": until}))
    keep(team, ("agreement", {"worker": "W2", "supervisor": "W1", "starts": days(-10)}))
    assert (read(team, "W1").supervisor or "") == supervisor


def test_an_unknown_worker_or_session_is_named(team: Database) -> None:
    with pytest.raises(NotFound, match="W99"):
        read(team, "W99")
    with pytest.raises(NotFound, match="999"):
        read(team, session=999)


def test_somebody_with_nothing_going_on_has_wellbeing_and_the_next_date(team: Database) -> None:
    assert [item.kind for item in read(team, "W3").items] == ["wellbeing", "next"]


# cases ---------------------------------------------------------------------------------------------------------------


def discuss(database: Database, session: int, **more: Any) -> None:
    keep(database, ("discussion", {"session": session, "case": "C-1001", "answers": {"update": "Well"}, **more}))


def test_a_case_never_discussed_is_late_once_its_policy_has_run_out(team: Database) -> None:
    item = the(read(team), "case:C-1001")
    assert (item.state, item.days_since) == ("late", None)
    assert item.why.startswith("never discussed, policy 56 days")


def test_days_are_counted_from_the_last_session_in_which_it_was_discussed(team: Database) -> None:
    discuss(team, held(team, days(-90)))
    discuss(team, held(team, days(-57)))
    held(team)
    item = the(read(team), "case:C-1001")
    assert (item.state, item.days_since) == ("late", 57)


def test_what_was_put_off_was_not_discussed(team: Database) -> None:
    discuss(team, held(team, days(-70)))
    discuss(team, held(team), answers={}, parked="No time")
    item = the(read(team), "case:C-1001")
    assert item.days_since == 70
    assert "Put off last time: No time" in item.lines


def test_the_session_itself_does_not_count_while_it_is_going_on(team: Database) -> None:
    discuss(team, held(team, days(-40)))
    now = held(team, TODAY)
    discuss(team, now)
    assert the(read(team, session=now), "case:C-1001").days_since == 40
    assert the(read(team), "case:C-1001").days_since == 0


def test_a_case_that_closed_or_went_to_somebody_else_is_gone(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", days(-1), reason="MANAGE")
        unit.finish("Passed on")
    assert not of(read(team), "case")
    assert of(read(team, "W3"), "case")


def test_late_dates_of_a_case_and_those_to_come_are_told(team: Database) -> None:
    lines = " ".join(the(read(team), "case:C-1001").lines)
    assert "Stale plan: first looked-after review" in lines
    keep(team, ("event", {"case": "C-1001", "kind": "lac_review_held", "on": days(-2)}))
    lines = " ".join(the(read(team), "case:C-1001").lines)
    assert "Stale plan: first looked-after review" not in lines


# since last time -----------------------------------------------------------------------------------------------------


def test_changes_are_those_since_the_last_session_by_hand(team: Database) -> None:
    """Held on 20 October: a visit on the 19th is known, one on the 21st is news; so is a case taken on the 22nd."""
    held(team)
    visit = {"case": "C-1001", "kind": "lac_visit", "on": "2026-10-19"}
    keep(team, ("event", visit), ("event", {**visit, "on": "2026-10-21"}))
    keep(team, ("case", {"reference": "C-2", "team": "North", "pathway": "child_in_need", "opened": "2026-10-01"}))
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-2", "W2", date(2026, 10, 22))
        unit.finish("Allocated")
    found = read(team)
    assert the(found, "change:events").why == "1 event since Tue 20 Oct"
    assert "21 Oct" in the(found, "change:events").lines[0]
    assert the(found, "change:came").lines == ("C-2: since Thu 22 Oct",)
    assert the(found, "change:load").why == "7 points on Mon 19 Oct, 12 points now"
    assert "change:went" not in {item.key for item in found.items}


def test_a_case_let_go_says_where_it_went(team: Database) -> None:
    held(team)
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", days(-1), reason="MANAGE")
        unit.finish("Passed on")
    assert the(read(team), "change:went").lines == ("C-1001: passed on",)


@pytest.mark.parametrize(("since", "is_new"), [(-1, False), (0, False), (1, True)])
def test_a_case_is_new_when_it_was_given_after_the_day_of_the_last_session(
    team: Database, since: int, is_new: bool
) -> None:
    held(team)
    keep(team, ("case", {"reference": "C-2", "team": "North", "pathway": "child_in_need", "opened": "2026-10-01"}))
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-2", "W2", LAST + timedelta(days=since))
        unit.finish("Allocated")
    assert any(line.startswith("Allocated") for line in the(read(team), "case:C-2").lines) is is_new


def test_without_a_session_before_four_weeks_are_looked_back_on(team: Database) -> None:
    visit = {"case": "C-1001", "kind": "lac_visit"}
    keep(team, ("event", {**visit, "on": days(-28)}))
    assert "change:events" not in {item.key for item in read(team).items}
    keep(team, ("event", {**visit, "on": days(-27)}))
    assert the(read(team), "change:events").why.startswith("1 event")


# the rest ------------------------------------------------------------------------------------------------------------

ACTION = {"owner": "W2", "what": "Ring the school", "set_on": days(-20)}


def test_actions_stand_by_due_date_with_what_makes_them_stale(team: Database) -> None:
    keep(
        team,
        ("action", {**ACTION, "due": days(-3)}),
        ("action", {**ACTION, "what": "Visit the carers at home", "due": days(20)}),
        ("action", {**ACTION, "what": "Done", "due": days(-5), "done_on": days(-6), "how": "By phone"}),
        ("action", {**ACTION, "owner": "W3", "due": days(-1)}),
    )
    found = of(read(team), "action")
    assert [(item.title, item.state) for item in found] == [
        ("Ring the school", "late"),
        ("Visit the carers at home", "ok"),
    ]
    assert found[0].why == "due Tue 17 Nov; 3 days overdue"
    assert found[0].days_since == 20


def test_actions_of_this_very_session_wait_for_the_next(team: Database) -> None:
    now = held(team, TODAY)
    keep(team, ("action", {**ACTION, "session": now, "set_on": TODAY, "due": days(9)}))
    assert not of(read(team, session=now), "action")
    assert of(read(team), "action")


def test_a_decision_is_followed_up(team: Database) -> None:
    given = {
        "case": "C-1001",
        "decision": "Keep the placement",
        "decided_by": "Panel",
        "body": "panel",
        "on": days(-60),
    }
    keep(team, ("decision", given))
    assert not of(read(team), "action")
    keep(team, ("decision", {**given, "follow_by": days(-1)}))
    (item,) = of(read(team), "action")
    assert (item.title, item.state, item.lines) == ("Follow up: Keep the placement", "late", ("Decided by Panel",))


def test_reductions_are_told_only_while_they_are_about_to_lapse(team: Database) -> None:
    less = {"worker": "W2", "percent": 20, "reason": "Student", "kind": "practice_educator", "starts": days(-60)}
    keep(team, ("reduction", {**less, "ends": days(60)}))
    assert not of(read(team), "reduction")
    keep(team, ("reduction", {**less, "ends": days(10)}))
    (item,) = of(read(team), "reduction")
    assert (item.state, item.title.startswith("20 % less")) == ("due", True)


def test_leave_and_unplanned_hours(team: Database) -> None:
    off = {"worker": "W2", "percent": 100, "reason": "Leave", "kind": "annual_leave"}
    keep(team, ("unplanned", {"worker": "W2", "on": days(-40), "hours": 300, "what": "Long ago"}))
    assert not of(read(team), "leave")
    keep(
        team,
        ("reduction", {**off, "starts": days(5), "ends": days(12)}),
        ("unplanned", {"worker": "W2", "on": days(-4), "hours": 250, "what": "Out of hours"}),
    )
    (item,) = of(read(team), "leave")
    assert item.why == "2.5 h unplanned in 28 days; away from Wed 25 Nov"
    assert item.lines[1] == "2.5 h Mon 16 Nov: Out of hours"


def test_a_concern_nobody_answered_is_late(team: Database) -> None:
    keep(team, ("concern", {"worker": "W2", "raised_on": days(-12), "raised_by": "Okafor", "why": "Too much court"}))
    (item,) = of(read(team), "workload")
    assert (item.state, item.days_since, item.lines) == ("late", 12, ("Too much court",))


@pytest.mark.parametrize(
    ("ends", "state", "why"),
    [(-1, "late", "was due Thu 19 Nov"), (0, "due", "by Fri 20 Nov"), (1, "due", "by Sat 21 Nov")],
)
def test_a_date_of_the_workers_own_is_late_from_the_day_after(team: Database, ends: int, state: str, why: str) -> None:
    agreed = {"worker": "W2", "supervisor": "W1", "starts": "2026-01-05", "review_on": days(ends)}
    keep(team, ("agreement", {**agreed, "signed_worker": "2026-01-05", "signed_supervisor": "2026-01-05"}))
    item = the(read(team), "date:sup_agreement_review")
    assert (item.kind, item.state, item.why) == ("agreement", state, why)


def test_registration_programme_and_training_dates(team: Database) -> None:
    keep(
        team,
        ("worker-event", {"worker": "W3", "kind": "asye_started", "on": days(-80)}),
        ("worker-event", {"worker": "W3", "kind": "amhp_approved", "on": days(-5 * 365 + 10)}),
    )
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"grade": "asye"})
        unit.finish("Newly qualified")
    found = read(team, "W3")
    assert any("review at 3 months" in item.title for item in of(found, "programme"))
    assert any("mental health" in item.title for item in of(found, "registration"))


def test_an_agreement_that_one_has_not_signed_and_what_it_puts_on_every_agenda(team: Database) -> None:
    agreed = {"worker": "W2", "supervisor": "W1", "starts": days(-10), "agenda": ["Wellbeing", "Lone working"]}
    keep(team, ("agreement", {**agreed, "signed_worker": days(-10), "signed_worker_by": "Okafor"}))
    found = read(team)
    assert the(found, "agreement:1").why == "to be signed by the supervisor"
    assert [item.title for item in of(found, "item")] == ["Lone working"]


@pytest.mark.parametrize(
    ("starts", "ends", "stands"),
    [(-10, None, True), (0, None, True), (1, None, False), (-10, 0, True), (-10, -1, False)],
)
def test_an_agreement_is_on_the_agenda_from_its_first_day_to_its_last(
    team: Database, starts: int, ends: int | None, stands: bool
) -> None:
    until = None if ends is None else days(ends)
    agreed = {"worker": "W2", "supervisor": "W1", "starts": days(starts), "ends": until, "agenda": ["Lone working"]}
    keep(team, ("agreement", agreed))
    assert [item.title for item in of(read(team), "item")] == ["Lone working"] * stands
    assert of(read(team, "W3"), "item") == []


@pytest.mark.parametrize(
    ("on", "who", "said"),
    [
        (-1, "W2", "not booked"),
        (0, "W2", "booked Fri 20 Nov"),
        (7, "W2", "booked Fri 27 Nov"),
        (7, "W3", "not booked"),
    ],
)
def test_the_next_date_is_the_workers_own_planned_session_from_today_on(
    team: Database, on: int, who: str, said: str
) -> None:
    keep(team, ("session", {"worker": who, "supervisor": "W1", "on": days(on)}))
    keep(team, ("session", {"worker": "W2", "supervisor": "W1", "on": days(3), "state": "cancelled"}))
    assert the(read(team), "next").why.startswith(said)


@pytest.mark.parametrize(("ended", "went"), [(0, False), (1, True)])
def test_a_case_went_when_it_was_passed_on_after_the_day_of_the_last_session(
    team: Database, ended: int, went: bool
) -> None:
    held(team)
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", LAST + timedelta(days=ended), reason=ChangeReason.MANAGE)
        unit.finish("Passed on")
    assert ("change:went" in {item.key for item in read(team).items}) is went


def test_learning_needs_still_open(team: Database) -> None:
    need = {"worker": "W2", "title": "Court skills", "raised_on": days(-30), "raised_by": "Hughes"}
    keep(team, ("learning-need", {**need, "due": days(-1)}))
    keep(team, ("learning-need", {**need, "title": "Met", "ended_on": days(-2), "outcome": "met"}))
    assert [(item.title, item.state) for item in of(read(team), "learning")] == [("Court skills", "late")]


def test_wellbeing_says_when_it_was_last_noted(team: Database) -> None:
    session = held(team)
    assert read(team).items[0].why == "nothing noted in the last sessions"
    keep(team, ("discussion", {"session": session, "topic": "wellbeing", "worker": "W2", "answers": {"how": "Well"}}))
    item = read(team).items[0]
    assert (item.kind, item.state, item.days_since, item.lines) == ("wellbeing", "ok", 31, ())


def test_the_next_date_is_booked_or_not(team: Database) -> None:
    held(team, days(-40))
    (item,) = of(read(team), "next")
    assert (item.state, item.why[:10]) == ("late", "not booked")
    keep(team, ("session", {"worker": "W2", "supervisor": "W1", "on": days(3), "start": "14:00"}))
    (item,) = of(read(team), "next")
    assert (item.state, item.why.startswith("booked Mon 23 Nov at 14:00")) == ("ok", True)


# raised and parked ---------------------------------------------------------------------------------------------------


def test_an_item_stands_on_the_agenda_until_it_is_closed(team: Database) -> None:
    kept = doing(team, raise_item, "W2", "The training day", "C-1001")
    item = the(read(team), f"item:{kept.id}")
    assert (item.subject, item.title, item.state) == ("C-1001", "The training day", "new")
    doing(team, close_item, kept.id)
    assert not of(read(team), "item")


def test_what_is_parked_waits_at_the_end_with_its_reason_until_its_day(team: Database) -> None:
    kept = doing(team, raise_item, "W2", "The training day")
    doing(team, park, "W2", f"item:{kept.id}", days(10), "After the audit")
    doing(team, park, "W2", "case:C-1001", days(10), "The assessment comes first")
    found = read(team)
    assert [(item.kind, item.parked) for item in found.items[-2:]] == [
        ("case", "until Mon 30 Nov: The assessment comes first"),
        ("item", "until Mon 30 Nov: After the audit"),
    ]
    later = agenda(team.reader(), "W2", days(10))
    assert not [item for item in later.items if item.parked]
    assert "was parked until" in the(later, f"item:{kept.id}").why


def test_a_case_that_was_discussed_since_is_no_longer_parked(team: Database) -> None:
    with team.unit("A. Hughes", days(-9)) as unit:
        park(unit, "W2", "case:C-1001", days(10), "Later")
    assert the(read(team), "case:C-1001").parked
    discuss(team, held(team, days(-5)))
    assert not the(read(team), "case:C-1001").parked


def test_parking_is_taken_back_and_undone(team: Database) -> None:
    doing(team, park, "W2", "case:C-1001", days(10), "Later")
    doing(team, take_up, "W2", "case:C-1001")
    assert not the(read(team), "case:C-1001").parked
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert the(read(team), "case:C-1001").parked
    doing(team, park, "W2", "case:C-1001", days(20), "Later still")
    assert the(read(team), "case:C-1001").parked.startswith("until Thu 10 Dec")


@pytest.mark.parametrize(
    ("key", "until", "why", "field"),
    [
        ("case:C-1001", days(0), "Later", "parked_until"),
        ("case:C-1001", days(5), " ", "parked_why"),
        ("action:1", days(5), "Later", "key"),
    ],
)
def test_what_cannot_be_parked(team: Database, key: str, until: date, why: str, field: str) -> None:
    with pytest.raises(BadInput) as told:
        doing(team, park, "W2", key, until, why)
    assert told.value.field == field


def test_another_workers_item_cannot_be_parked_here(team: Database) -> None:
    kept = doing(team, raise_item, "W3", "Mine")
    with pytest.raises(BadInput, match="not on the agenda of W2"):
        doing(team, park, "W2", f"item:{kept.id}", days(5), "Later")


def test_words_people_wrote_are_kept_back_when_asked(team: Database) -> None:
    doing(team, raise_item, "W2", "Jamie's birthday", "C-1001")
    doing(team, park, "W2", "case:C-1001", days(5), "Jamie is away")
    keep(team, ("action", {**ACTION, "what": "Ring Jamie", "due": days(1)}))
    assert "Jamie" not in repr(read(team, words=False))
    assert "Jamie" in repr(read(team))


def test_an_agenda_needs_neither_pydantic_nor_the_packs() -> None:
    from tests.test_architecture import HEAVY, loaded_by

    assert not loaded_by("import storage.supervision.agenda.worker_agenda, storage.supervision.actions") & HEAVY
