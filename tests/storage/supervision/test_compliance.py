"""Supervision held by its due date: a team worked out by hand, date by date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.cases.subject import Decided, Happening, Subject
from domain.core.enums import Nation, SubjectKind
from domain.core.intervals import Interval
from domain.due.timeliness import Period
from domain.supervision.compliance import HELD, MISSED, Spell, Tally, expected, together
from storage.records.database import Database
from storage.rules.pack_set import load
from storage.supervision.compliance import GroupTally, Scope, compliance, open_records
from tests.conftest import TODAY
from tests.units import amend, change_from, keep, put, record, worker

HALF_YEAR = Period(date(2026, 5, 1), date(2026, 10, 31))


@pytest.fixture
def supervised(team: Database) -> Database:
    """Half a year of team North, May to October 2026. Everybody here is due monthly from the session before.

    W2, supervised by W1, on 15 April, 14 May, 20 June, 1 September and 30 September:
      due 15 May, held 14 May: held.      due 14 June, held 20 June, before 14 July: late.
      due 20 July, nothing before 20 August: missed.   due 20 August, held 1 September, before 20 September: late.
      due 1 October, held 30 September: held.          due 30 October, nothing: missed.
      6 due: 2 held, 2 late, 2 missed: 33.3 %. Days between: 29, 37, 73, 29; 31 since the last.
    W3 on 15 April and 10 May, then away from 1 June: due 15 May: held; 10 June, July, August, September and October
      fall in the absence. 1 due, 1 held, 5 away. Days between: 25; 174 since the last.
    W1, a manager, never supervised since 8 January 2024: due the 8th of each of the six months: 6 missed.
    """
    with team.unit("A. Hughes", TODAY) as unit:
        held: dict[str, Any] = {"supervisor": "W1", "state": "held"}
        for on in ("2026-04-15", "2026-05-14", "2026-06-20", "2026-09-01", "2026-09-30"):
            record(unit, "session", {**held, "worker": "W2", "on": on})
        for on in ("2026-04-15", "2026-05-10"):
            record(unit, "session", {**held, "worker": "W3", "on": on})
        missed = {"worker": "W2", "supervisor": "W1", "state": "missed", "reason": "In court"}
        record(unit, "session", {**missed, "on": "2026-06-12", "reason_code": "court"})
        record(unit, "session", {**missed, "on": "2026-07-20", "reason_code": "duty"})
        record(unit, "session", {**missed, "on": "2026-03-10", "reason_code": "duty"})  # before the half year
        leave = {"worker": "W3", "percent": 100, "kind": "maternity", "reason": "Leave", "starts": "2026-06-01"}
        record(unit, "reduction", leave)
        unit.finish("Half a year")
    return team


def lines(
    database: Database, by: str | None = "worker", period: Period = HALF_YEAR, **scope: str
) -> dict[str, GroupTally]:
    found = compliance(database.reader(), database.subjects, database.packs(), period, Scope(**scope), by=by)
    return {line.group + (" managers" if line.managers else ""): line for line in found}


def counts(tally: Tally) -> tuple[int, int, int, int, int]:
    return tally.due, tally.held, tally.late, tally.missed, tally.away


def test_each_worker_stands_as_worked_out_by_hand(supervised: Database) -> None:
    found = lines(supervised)
    assert counts(found["W2"].tally) == (6, 2, 2, 2, 0)
    assert found["W2"].tally.percent == 33.3
    assert counts(found["W3"].tally) == (1, 1, 0, 0, 5)
    assert found["W3"].tally.percent == 100.0
    assert (found["W2"].supervisor, found["W2"].team) == ("W1", "North")


def test_gaps_are_days_between_sessions_and_the_one_running_counts_among_the_longest(supervised: Database) -> None:
    w2, w3 = (lines(supervised)[who].tally for who in ("W2", "W3"))
    assert (sorted(w2.gaps), w2.median_gap, w2.longest) == ([29, 29, 37, 73], 33, 73)
    assert (w3.gaps, w3.longest) == ([25], (date(2026, 10, 31) - date(2026, 5, 10)).days)


def test_managers_own_supervision_stands_apart(supervised: Database) -> None:
    for by, group in (("team", "North"), ("supervisor", ""), (None, "")):
        found = lines(supervised, by)
        assert counts(found[f"{group} managers"].tally) == (6, 0, 0, 6, 0), by
    assert counts(lines(supervised, "team")["North"].tally) == (7, 3, 2, 2, 5)
    assert lines(supervised)["W1 managers"].managers


def test_lines_stand_by_group_and_managers_own_last(supervised: Database) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        record(unit, "agreement", {"worker": "W2", "supervisor": "W3", "starts": "2026-01-05"})
        unit.finish("Agreed")
    assert list(lines(supervised)) == ["W2", "W3", "W1 managers"]
    assert list(lines(supervised, "supervisor")) == ["W1", "W3", " managers"]  # Begum's of Okafor, Hughes's of Begum


def test_months_are_those_of_the_due_dates(supervised: Database) -> None:
    found = {month: counts(line.tally)[:4] for month, line in lines(supervised, "month").items()}
    assert {m: c for m, c in found.items() if "managers" not in m} == {
        "2026-05": (2, 2, 0, 0),  # 15 May twice
        "2026-06": (1, 0, 1, 0),  # 14 June
        "2026-07": (1, 0, 0, 1),  # 20 July
        "2026-08": (1, 0, 1, 0),  # 20 August
        "2026-09": (0, 0, 0, 0),  # only W3, who is away
        "2026-10": (2, 1, 0, 1),  # 1 and 30 October
    }


def test_the_edges_of_a_period_are_in_it(supervised: Database) -> None:
    def due(start: date, end: date) -> int:
        return lines(supervised, period=Period(start, end), worker="W2")["W2"].tally.due

    assert due(date(2026, 5, 15), date(2026, 5, 15)) == 1
    assert due(date(2026, 5, 16), date(2026, 6, 13)) == 0
    assert due(date(2026, 6, 14), date(2026, 7, 20)) == 2


def test_why_sessions_were_not_held_is_counted_in_the_period(supervised: Database) -> None:
    assert lines(supervised)["W2"].tally.reasons == {"court": 1, "duty": 1}


def test_groups_add_up_to_the_whole(supervised: Database) -> None:
    whole = together(line.tally for line in lines(supervised, None).values())
    assert counts(whole) == (13, 3, 2, 8, 5)
    for by in ("worker", "supervisor", "team", "month"):
        parts = together(line.tally for line in lines(supervised, by).values())
        assert counts(parts) == counts(whole), by
        assert (parts.longest, sorted(parts.gaps), parts.reasons) == (
            whole.longest,
            sorted(whole.gaps),
            whole.reasons,
        )


def test_an_agreement_says_how_often_and_who_was_to_hold_it(supervised: Database) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        agreed = {"worker": "W2", "starts": "2026-09-01", "standard": "fortnightly"}
        record(unit, "agreement", {**agreed, "supervisor": "W3"})
        unit.finish("Agreed")
    found = lines(supervised, "supervisor")
    # Until August as before: 15 May held, 14 June late, 20 July missed, 20 August late. From 1 September every two
    # weeks: 15 September missed (29 September lies before the 30th), 29 September late; 14 and 28 October missed.
    assert counts(found["W3"].tally) == (4, 0, 1, 3, 0)
    assert counts(found["W1"].tally) == (5, 2, 2, 1, 5)
    assert counts(lines(supervised, supervisor="W3")["W2"].tally) == (4, 0, 1, 3, 0)


@pytest.mark.parametrize(
    ("starts", "ends", "due"),
    [("2026-07-20", "2026-07-20", 1), ("2026-07-21", "2026-08-19", 0), ("2026-08-20", "2026-08-20", 1)],
)
def test_an_agreement_counts_from_its_first_day_to_its_last(
    supervised: Database, starts: str, ends: str, due: int
) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        record(unit, "agreement", {"worker": "W2", "supervisor": "W3", "starts": starts, "ends": ends})
        unit.finish("Agreed")
    period = Period(date(2026, 7, 20), date(2026, 8, 20))  # Okafor is due on both of these days
    found = lines(supervised, "supervisor", period)
    assert (found["W3"].tally.due if "W3" in found else 0) == due


def test_whoever_starts_or_leaves_on_the_edge_of_a_period_is_in_it(supervised: Database) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        new = {"team": "North", "grade": "children-sw", "supervisor": "W1"}
        record(unit, "worker", {**new, "staff_id": "W8", "name": "Lowe, Sam", "started": "2026-10-31"})
        record(unit, "worker", {**new, "staff_id": "W9", "name": "Rao, Anil", "started": "2026-11-01"})
        record(unit, "worker", {**new, "staff_id": "W10", "name": "Shah, Priya"})  # nobody knows since when
        amend(unit, "worker", "W2", {"leaves": "2026-05-01"})
        amend(unit, "reduction", 1, {"starts": "2026-04-30"})
        amend(unit, "worker", "W3", {"leaves": "2026-04-30"})
        unit.finish("Came and went")
    assert lines(supervised).keys() == {"W1 managers", "W10", "W2", "W8"}


def test_a_leaver_is_not_due_after_leaving(supervised: Database) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-10-15"})
        unit.finish("Leaves")
    assert counts(lines(supervised)["W2"].tally) == (5, 2, 2, 1, 0)
    assert "W2" not in lines(supervised, period=Period(date(2026, 10, 16), date(2026, 10, 31)))


def test_group_sessions_come_on_top(supervised: Database) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        session = {"worker": "W2", "supervisor": "W1", "state": "held", "on": "2026-07-20", "kind": "group"}
        record(unit, "session", session)
        unit.finish("Group")
    tally = lines(supervised)["W2"].tally
    assert counts(tally) == (6, 2, 2, 2, 0)
    assert tally.sessions == 5
    assert tally.longest == 73


# records -----------------------------------------------------------------------------------------------------------


def test_records_not_made_or_not_agreed_are_counted_and_listed(supervised: Database) -> None:
    with supervised.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", 2, {"recorded_on": "2026-05-17", "agreed_worker": "2026-05-18"})
        signed = {"agreed_worker": "2026-06-24", "agreed_supervisor": "2026-06-30"}
        amend(unit, "session", 3, {"recorded_on": "2026-06-21", **signed})
        unit.finish("Records")
    tally = lines(supervised)["W2"].tally
    assert (tally.unrecorded, tally.unsigned, tally.record_late) == (2, 1, 0)  # no limit is set, so none is late
    assert (tally.to_record, tally.to_agree) == ([3, 1], [9])
    assert tally.median_to_record == 2
    found = open_records(supervised.reader(), supervised.packs(), TODAY, date(2026, 5, 1), "North")
    said = [(one.session, one.days) for one in found]
    assert said == [(7, 194), (2, 187), (4, 80), (5, 51)]  # 10 May, recorded 17 May, 1 and 30 September
    assert [one.recorded_on for one in found] == [None, date(2026, 5, 17), None, None]
    assert open_records(supervised.reader(), supervised.packs(), TODAY, date(2026, 5, 1)) == found
    assert open_records(supervised.reader(), supervised.packs(), TODAY, date(2026, 5, 1), "South") == []


# the engine's dates and ours ---------------------------------------------------------------------------------------

PACKS = load()


def newly_qualified(*held: date, started: date = date(2026, 1, 5), **more: Any) -> Subject:
    happenings = [Happening("started_work", started), *(Happening("supervision_held", on) for on in held)]
    about = {"grade": "asye", "fte": 100}
    return Subject(SubjectKind.WORKER, "W9", happenings=happenings, opened=started, attributes=about, **more)


def dates(subject: Subject, last: date, *away: Spell) -> list[tuple[date, str]]:
    found = expected(subject, PACKS.rulebook, PACKS.calendar(Nation.ENGLAND), last, away)
    return [(one.due, one.state) for one in found]


def test_a_newly_qualified_worker_never_seen_is_due_weekly_then_fortnightly_then_monthly() -> None:
    found = [due for due, state in dates(newly_qualified(), date(2026, 9, 30)) if state == MISSED]
    weekly = [date(2026, 1, 5) + timedelta(weeks=n) for n in range(1, 7)]  # to 16 February, when 6 weeks are over
    fortnightly = [date(2026, 2, 16) + timedelta(weeks=2 * n) for n in range(1, 11)]  # to 6 July: past 5 July
    monthly = [date(2026, 8, 6), date(2026, 9, 6)]
    assert found == weekly + fortnightly + monthly


def test_dates_that_were_all_kept_are_those_that_are_missed_when_none_was() -> None:
    missed = [due for due, _ in dates(newly_qualified(), date(2026, 12, 31))]
    kept = dates(newly_qualified(*missed), date(2026, 12, 31))
    assert kept == [(due, HELD) for due in missed]


def test_a_part_time_worker_is_due_as_often(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "agreement", {"worker": "W3", "supervisor": "W1", "starts": "2026-01-05",
                                  "standard": "part-time-four-weekly"})  # fmt: skip
        record(unit, "session", {"worker": "W3", "supervisor": "W1", "on": "2026-09-01", "state": "held"})
        unit.finish("Agreed")
    period = Period(date(2026, 9, 1), date(2026, 10, 31))
    # every 28 days from 1 September: 29 September and 27 October
    assert counts(lines(team, period=period)["W3"].tally) == (2, 0, 0, 2, 0)


def test_a_session_on_the_day_the_next_is_due_keeps_that_one_and_the_one_before_is_missed() -> None:
    found = dates(newly_qualified(date(2026, 1, 19)), date(2026, 1, 19))
    assert found == [(date(2026, 1, 12), MISSED), (date(2026, 1, 19), HELD)]


def test_an_absence_excuses_its_own_days_alone() -> None:
    away = Spell(date(2026, 1, 12), date(2026, 1, 19))
    found = dates(newly_qualified(), date(2026, 1, 27), away)
    assert [state for _, state in found] == ["away", "away", MISSED]


def test_an_own_interval_that_ends_counts_until_then() -> None:
    own = Decided("supervision", Interval("days", 3), date(2026, 1, 5), "W1", date(2026, 1, 12))
    found = [due for due, _ in dates(newly_qualified(overrides=(own,)), date(2026, 1, 21))]
    assert found == [date(2026, 1, 8), date(2026, 1, 11), date(2026, 1, 14), date(2026, 1, 21)]


def test_each_month_counts_for_the_team_of_its_last_day(supervised: Database) -> None:
    """W2 was in South up to 15 August: May, June and July count there, of which one was held, one late, one missed."""
    put(supervised, ("team", {"name": "South"}))
    keep(supervised, "worker-period", worker="W2", team="South", until="2026-08-15")
    found = lines(supervised, "team")
    assert counts(found["South"].tally) == (3, 1, 1, 1, 0)
    assert counts(found["North"].tally) == (4, 2, 1, 1, 5)  # with the one of W3, who was away afterwards
    assert counts(lines(supervised, "month", team="South")["2026-06"].tally) == (1, 0, 1, 0, 0)
    assert list(lines(supervised, "month", team="South")) == ["2026-05", "2026-06", "2026-07"]
    assert lines(supervised, team="South")["W2"].team == "South"
    assert lines(supervised, team="North")["W2"].team == "North"


def test_each_month_counts_for_the_supervisor_and_the_grade_of_its_last_day(supervised: Database) -> None:
    put(supervised, worker("W8", name="Lowe, Sam"))
    keep(supervised, "worker-period", worker="W2", supervisor="W8", grade="team-manager", until="2026-07-31")
    found = lines(supervised, "supervisor")
    assert counts(found["W8 managers"].tally) == (3, 1, 1, 1, 0)
    assert counts(found["W1"].tally) == (4, 2, 1, 1, 5)
    assert counts(lines(supervised, "month", supervisor="W8")["2026-07 managers"].tally) == (1, 0, 0, 1, 0)


def test_the_last_month_of_who_left_counts_as_on_the_last_day(supervised: Database) -> None:
    put(supervised, ("team", {"name": "South"}))
    keep(supervised, "worker-period", worker="W2", team="South", until="2026-09-10")
    with supervised.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": "2026-09-10"})
        unit.finish("Left")
    assert "2026-09" in lines(supervised, "month", team="South")


def test_records_still_to_be_made_are_the_team_of_todays(supervised: Database) -> None:
    put(supervised, ("team", {"name": "South"}))
    since = date(2026, 9, 1)
    monday = TODAY + timedelta(days=3)
    change_from(supervised, monday, "worker", "W2", team="South")
    for day, there, other in ((TODAY, "North", "South"), (monday, "South", "North")):
        found = {
            one: {line.worker for line in open_records(supervised.reader(), supervised.packs(), day, since, one)}
            for one in (there, other)
        }
        assert ("W2" in found[there], "W2" in found[other]) == (True, False)
