"""Programmes as kept: the board of learners, one learner, obligations, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import BadInput
from domain.learning.programmes import ProgrammeFields
from storage.due import due_list
from storage.learning.acts import Begun, begin_programme, close_stage
from storage.learning.board import board
from storage.learning.learner_page import learner
from storage.learning.programmes import StageLine, learners
from storage.records.database import Database
from storage.rules.pack_set import load
from tests.conftest import TODAY
from tests.units import amend, change, change_from, keep, put, record, remove

MONDAY = date(2026, 9, 7)
FROM = TODAY + timedelta(days=3)
FOUR_DAYS = [100, 100, 100, 100]


def due(database: Database, worker: str) -> dict[str, date | None]:
    """The open obligations about a worker, by rule."""
    lines = due_list.due(database.reader(), today=TODAY, worker=worker)
    return {line.rule: line.legal_due for line in lines if line.subject_kind == "worker"}


def refused(database: Database, what: str, field: str, **data: Any) -> str:
    with pytest.raises(BadInput) as caught:
        keep(database, what, **data)
    assert caught.value.field == field, str(caught.value)
    return str(caught.value)


@pytest.fixture
def learning(team: Database) -> Database:
    """Team North with Ellis, newly qualified since January at 0.6, and Shah, a student since September."""
    worker = {"team": "North", "supervisor": "W1"}
    with team.unit("A. Hughes", TODAY) as unit:
        ellis = {
            **worker,
            "staff_id": "N1",
            "name": "Ellis, Rowan",
            "grade": "asye",
            "fte": 60,
            "started": "2026-01-05",
        }
        record(unit, "worker", ellis)
        student = {**worker, "staff_id": "S1", "name": "Shah, Priya", "grade": "student", "started": "2026-09-07"}
        record(unit, "worker", student)
        record(unit, "programme", {"worker": "N1", "kind": "asye", "starts": "2026-01-05"})
        placement = {"kind": "placement-70-per-five-days", "starts": "2026-09-07", "educator": "W1", "on_site": "W2"}
        record(unit, "programme", {**placement, "worker": "S1", "pattern": FOUR_DAYS})
        unit.finish("Set up learners")
    return team


YEAR, PLACEMENT = 1, 2


# packs ------------------------------------------------------------------------------------------------------------


def test_every_stage_names_rules_and_events_that_there_are() -> None:
    packs = load()
    assert not packs.problems
    for kind in packs.programmes.values():
        for stage in kind.stages:
            assert stage.rule is None or stage.rule in packs.rulebook.all_rules, (kind.id, stage.id)
            assert stage.event is None or stage.event in packs.event_kinds, (kind.id, stage.id)


def test_local_variants_differ_where_their_sources_say_so() -> None:
    kinds = load().programmes
    final = {
        name: next(s.when.months for s in kinds[name].stages if s.id == "final") for name in kinds if "asye" in name
    }
    assert final["asye-newham"] == final["asye-gloucestershire"] == 11
    assert final["asye"] == final["asye-suffolk"] == 12
    assert not next(s for s in kinds["asye-suffolk"].stages if s.id == "review_9").optional
    assert kinds["asye-adults"].moderation == "compulsory"
    assert not next(p for p in kinds["asye-adults"].pieces if p.id == "self_assessment").required
    observed = {name: piece.count for name in kinds for piece in kinds[name].pieces if piece.id == "observation"}
    assert (observed["placement-70"], observed["placement-100"]) == (3, 4)


def test_the_early_career_programme_waits_for_its_content(team: Database) -> None:
    message = refused(team, "programme", "kind", worker="W2", kind="early-career", starts="2026-09-07")
    assert "not published yet" in message


def test_a_council_says_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").write_text(
        'kind = "programmes"\nid = "ours"\ntitle = "Ours"\nversion = "1"\n[[programmes]]\nid = "placement-ours"\n'
        'like = "placement-70"\ntitle = "Ours"\nsort = "placement"\nbasis = "local"\n'
        "entitlement = { minutes = 75, placement_days = 5 }\n",
        "utf-8",
    )
    packs = load([tmp_path])
    assert not packs.problems
    ours = packs.programmes["placement-ours"]
    assert (ours.days, ours.entitlement.minutes if ours.entitlement else 0, ours.citations) == (70, 75, ())


def test_the_page_about_programmes_shows_a_pack_that_works(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "programmes.md").read_text("utf-8")
    (tmp_path / "ours.toml").write_text(page.split("```toml")[1].split("```")[0], "utf-8")
    packs = load([tmp_path])
    assert not packs.problems
    assert packs.programmes["placement-70-ours"].days == 70


def test_every_setting_on_the_page_is_taken(team: Database) -> None:
    given: dict[str, Any] = {
        "final_months": 11, "nine_months": True, "external_moderation": True, "phase_1_weeks": 8, "phase_2_months": 7,
        "pro_rata": False, "fte": 80, "most_months": 24,
    }  # fmt: skip
    keep(team, "programme", worker="W2", kind="asye", starts="2026-01-05", settings=given)
    found = learner(team.reader(), 1, TODAY)
    assert {"review_9", "external_moderation"} <= {stage.id for stage in found.stages}
    assert [phase.until for phase in found.phases] == [date(2026, 3, 2), date(2026, 8, 5), date(2027, 1, 5)]


# obligations ------------------------------------------------------------------------------------------------------


def test_a_part_time_year_is_reviewed_in_proportion(learning: Database) -> None:
    found = due(learning, "N1")
    assert found["asye_review_3"] == date(2026, 6, 5)
    assert found["asye_review_6"] == date(2026, 11, 5)
    assert found["asye_review_final"] == date(2027, 9, 5)


def test_a_review_held_answers_its_obligation_and_no_other(learning: Database) -> None:
    keep(learning, "milestone", programme=YEAR, kind="review_3", on="2026-06-01", by="Hughes, Ann")
    assert "asye_review_3" not in due(learning, "N1")
    assert "asye_review_6" in due(learning, "N1")


def test_the_final_review_is_held_at_eleven_months_where_the_settings_say_so(learning: Database) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        amend(unit, "programme", YEAR, {"settings": {"final_months": 11, "pro_rata": False}})
        unit.finish("Changed")
    assert due(learning, "N1")["asye_review_final"] == date(2026, 12, 5)


def test_sickness_lengthens_the_year(learning: Database) -> None:
    away = {"worker": "N1", "kind": "sickness", "percent": 100, "reason": "Sickness"}
    keep(learning, "reduction", **away, starts="2026-07-01", ends="2026-07-10")
    assert due(learning, "N1")["asye_review_6"] == date(2026, 11, 15)
    assert due(learning, "N1")["asye_review_3"] == date(2026, 6, 5)


def test_a_day_missed_moves_midway_and_end_of_that_placement_alone(learning: Database) -> None:
    before, other = due(learning, "S1"), due(learning, "N1")
    keep(learning, "placement-day", programme=PLACEMENT, on="2026-09-08", kind="sick")
    after = due(learning, "S1")
    assert (before["practice_midway"], after["practice_midway"]) == (date(2026, 11, 4), date(2026, 11, 5))
    assert (before["practice_report"], after["practice_report"]) == (date(2027, 1, 6), date(2027, 1, 7))
    assert after["practice_portfolio"] == date(2026, 12, 24)
    assert due(learning, "N1") == other


def test_ids_stay_while_dates_move(learning: Database) -> None:
    def ids() -> dict[str, str]:
        return {line.rule: line.id for line in due_list.due(learning.reader(), today=TODAY, worker="S1")}

    before = ids()
    keep(learning, "closure", programme=PLACEMENT, starts="2026-11-02", ends="2026-11-08", why="Reading week")
    assert ids() == before


def test_the_placement_agreement_has_no_day_until_the_university_gives_one(learning: Database) -> None:
    assert due(learning, "S1")["practice_agreement"] is None
    with learning.unit("A. Hughes", TODAY) as unit:
        amend(unit, "programme", PLACEMENT, {"settings": {"agreement_day": 5}})
        unit.finish("Changed")
    assert due(learning, "S1")["practice_agreement"] == date(2026, 9, 14)


def test_an_ended_programme_asks_for_nothing_more(learning: Database) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        amend(unit, "programme", YEAR, {"ended_on": TODAY, "outcome": "withdrawn"})
        unit.finish("Ended")
    assert not [rule for rule in due(learning, "N1") if rule.startswith("asye_")]


def test_a_programme_taken_back_leaves_nothing_behind(learning: Database) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        remove(unit, "programme", PLACEMENT)
        unit.finish("Removed")
    assert not [rule for rule in due(learning, "S1") if rule.startswith("practice_")]


def test_piecemeal_and_whole_recomputing_agree(learning: Database) -> None:
    keep(learning, "placement-day", programme=PLACEMENT, on="2026-09-08", kind="sick")
    keep(learning, "milestone", programme=YEAR, kind="review_3", on="2026-06-01")
    assert learning.differences() == []


# reads ------------------------------------------------------------------------------------------------------------


def test_learners_who_are_late_come_first(learning: Database) -> None:
    first, second = learners(learning.reader(), None, TODAY)
    assert (first.worker, first.late, second.worker, second.late) == ("N1", 3, "S1", 3)
    keep(learning, "milestone", programme=YEAR, kind="agreement", on="2026-01-20")
    first, second = learners(learning.reader(), "North", TODAY)
    assert (first.worker, second.worker, second.late) == ("S1", "N1", 2)


def test_the_board_counts_placement_days_and_full_time_months(learning: Database) -> None:
    keep(learning, "placement-day", programme=PLACEMENT, on="2026-09-07")
    keep(learning, "placement-day", programme=PLACEMENT, on="2026-09-08", part=50)
    lines = {line.worker: line for line in learners(learning.reader(), None, TODAY)}
    assert (lines["S1"].done, lines["S1"].whole, lines["S1"].unit) == (150, 7000, "days")
    assert (lines["N1"].done, lines["N1"].whole, lines["N1"].unit) == (630, 1200, "months")


def test_supervision_given_is_split_between_educator_and_on_site_supervisor(learning: Database) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        for n in range(10):
            day = MONDAY + timedelta(days=7 * (n // 4) + n % 4)
            record(unit, "placement-day", {"programme": PLACEMENT, "on": day})
        held = {"worker": "S1", "state": "held"}
        record(unit, "session", {**held, "supervisor": "W1", "on": "2026-09-10", "minutes": 90})
        record(unit, "session", {**held, "supervisor": "W2", "on": "2026-09-17", "minutes": 60, "kind": "on_site"})
        record(unit, "session", {**held, "supervisor": "W1", "on": "2026-09-18", "minutes": 60, "kind": "ad_hoc"})
        unit.finish("Kept")
    hours = learner(learning.reader(), PLACEMENT, TODAY).hours
    assert hours is not None
    assert (hours.due, hours.whole, hours.educator, hours.on_site, hours.owed) == (180, 1260, 90, 60, 30)


def test_without_a_university_rule_the_entitlement_is_not_set(team: Database) -> None:
    keep(team, "programme", worker="W3", kind="placement-70", starts="2026-09-07")
    found = learner(team.reader(), 1, TODAY)
    assert (found.entitlement, found.hours) == ("not set", None)


@pytest.mark.parametrize(
    ("registration", "said"),
    [
        (None, "stage is not recorded"),
        ({"kind": "pe1", "granted": "2024-01-08"}, "at stage 1; this placement asks for stage 2"),
        ({"kind": "pe2", "granted": "2022-01-10", "expires": "2026-10-01"}, "currency ended on Thu 1 Oct 2026"),
        ({"kind": "pe2", "granted": "2024-01-08"}, ""),
    ],
)
def test_the_educators_stage_and_currency_are_looked_at(
    team: Database, registration: dict[str, Any] | None, said: str
) -> None:
    if registration:
        keep(team, "registration", worker="W1", **registration)
    keep(team, "programme", worker="W3", kind="placement-100", starts="2026-09-07", educator="W1")
    warnings = " ".join(learner(team.reader(), 1, TODAY).warnings)
    assert said in warnings if said else not warnings


def test_a_load_above_the_protected_level_warns(learning: Database) -> None:
    assert not learners(learning.reader(), None, TODAY)[0].warning
    keep(learning, "extra", worker="N1", points=6000, starts="2026-11-02", title="Duty")
    line = next(line for line in learners(learning.reader(), None, TODAY) if line.worker == "N1")
    assert "of the protected level" in line.warning


@pytest.mark.parametrize(("days", "is_warned"), [(-1, False), (0, True)])
def test_the_protected_level_counts_from_the_first_day_of_the_year(team: Database, days: int, is_warned: bool) -> None:
    keep(team, "programme", worker="W3", kind="asye", starts=TODAY)
    keep(team, "extra", worker="W3", points=20_000, starts="2026-11-02", title="Duty")
    (line,) = learners(team.reader(), None, TODAY + timedelta(days=days))
    assert ("of the protected level" in line.warning) is is_warned


def test_the_checklist_fills_itself(learning: Database) -> None:
    keep(learning, "evidence", worker="N1", on="2026-05-01", kind="observation", title="First visit", programme=YEAR)
    found = {check.id: check for check in learner(learning.reader(), YEAR, TODAY).checks}
    assert found["observation"].have == 1
    assert found["workload"].state == "met"  # by the grade
    assert found["final_report"].state == "open"
    assert found["supervision"].state == "late"


def test_protected_time_is_in_proportion_to_the_hours(learning: Database) -> None:
    assert learner(learning.reader(), YEAR, TODAY).protected == 133  # 2.2 hours of 22.2


def test_contract_hours_are_those_recorded_for_the_day(learning: Database) -> None:
    change(learning, "worker", "N1", hours=3000, fte=None)
    change_from(learning, FROM, "worker", "N1", hours=2550)
    days = (TODAY, FROM - timedelta(days=1), FROM, FROM + timedelta(days=1))
    found = [learner(learning.reader(), YEAR, day) for day in days]
    assert [one.kept.contract_hours for one in found] == [3000, 3000, 2550, 2550]  # 0.81 of 37 would be 29.97
    assert [one.protected for one in found] == [180, 180, 153, 153]


def test_reading_learners_needs_nothing_heavy() -> None:
    code = "import sys, storage.learning.programmes, storage.learning.learner_page; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pydantic", "sqlalchemy", "sqlmodel", "holidays"} & set(loaded)


def test_bank_holidays_are_written_down_for_readers(learning: Database) -> None:
    query = "SELECT data FROM pack_item WHERE kind = 'bank_holidays' AND id = 'england'"
    (kept,) = learning.reader().raw.execute(query).fetchone()
    assert '"2026-12-25"' in kept


# beginning --------------------------------------------------------------------------------------------------------


def begin(database: Database, fields: dict[str, Any], **more: Any) -> Begun:
    with database.unit("A. Hughes", TODAY) as unit:
        return begin_programme(unit, ProgrammeFields.model_validate(fields), **more)


def test_a_programme_begins_with_its_ramp_and_the_educators_relief(team: Database) -> None:
    placement = {"worker": "W3", "kind": "placement-70", "starts": "2026-11-23", "educator": "W1"}
    begun = begin(team, placement, relief=10)
    year = {"worker": "W2", "kind": "asye-newham", "starts": "2026-11-02"}
    (relief,) = begun.reductions
    assert (relief.worker, relief.percent, relief.starts) == ("W1", 10, date(2026, 11, 23))
    assert relief.ends == learner(team.reader(), begun.programme.id, TODAY).line.ends
    steps = begin(team, year, ramp="newly-qualified-newham").reductions
    assert [step.percent for step in steps] == [75, 50, 30, 10]


# what cannot be ---------------------------------------------------------------------------------------------------


def test_days_that_cannot_be_are_refused(learning: Database) -> None:
    keep(learning, "closure", programme=PLACEMENT, starts="2026-10-26", ends="2026-11-01", why="Reading week")
    keep(learning, "placement-day", programme=PLACEMENT, on="2026-09-07")
    day = {"programme": PLACEMENT}
    refused(learning, "placement-day", "on", **day, on="2026-09-04")  # before the start
    refused(learning, "placement-day", "on", **day, on="2026-10-27")  # in the closure
    refused(learning, "placement-day", "on", **day, on="2026-09-07")  # twice
    refused(learning, "placement-day", "on", **day, on="2026-11-23")  # to come
    refused(learning, "placement-day", "hours", **day, on="2026-09-08", hours=2500)  # more than a day has
    refused(learning, "placement-day", "hours", **day, on="2026-09-08", hours=1300, part=50)
    refused(learning, "placement-day", "hours", **day, on="2026-09-08", hours=700, kind="sick")
    refused(learning, "placement-day", "programme", programme=YEAR, on="2026-09-08")
    refused(learning, "closure", "starts", **day, starts="2026-09-07", ends="2026-09-08", why="Closed")


def test_programmes_that_cannot_be_are_refused(learning: Database) -> None:
    new = {"worker": "W3", "starts": "2026-09-07"}
    assert "seven days" in refused(learning, "programme", "pattern", **new, kind="placement-70", pattern=[100] * 8)
    refused(learning, "programme", "pattern", **new, kind="placement-70", pattern=[0, 0])
    refused(learning, "programme", "ends", **new, kind="placement-70", ends="2026-09-01")
    refused(learning, "programme", "kind", **new, kind="apprenticeship")
    refused(learning, "programme", "days", **new, kind="placement")
    refused(learning, "programme", "days", **new, kind="asye", days=7000)
    refused(learning, "programme", "settings.final_month", **new, kind="asye", settings={"final_month": 11})
    refused(learning, "programme", "settings.final_months", **new, kind="asye", settings={"final_months": -1})
    refused(learning, "programme", "settings.nine_months", **new, kind="asye", settings={"nine_months": 9})
    refused(learning, "programme", "settings.phase_2_on", **new, kind="asye", settings={"phase_2_on": "July"})
    refused(learning, "programme", "worker", worker="S1", kind="placement-100", starts="2026-11-02")


def test_what_is_recorded_stays_within_its_programme(learning: Database) -> None:
    keep(learning, "placement-day", programme=PLACEMENT, on="2026-09-07")
    for field, changes in {"starts": {"starts": "2026-09-14"}, "worker": {"worker": "W3"}}.items():
        with learning.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput) as caught:
            amend(unit, "programme", PLACEMENT, changes)
        assert caught.value.field == field


@pytest.mark.parametrize("who", ["Shah, Priya", "Priya Shah", "S1", "priya  shah"])
def test_nobody_observes_themselves(learning: Database, who: str) -> None:
    seen = {"programme": PLACEMENT, "on": "2026-10-01"}
    refused(learning, "milestone", "by", **seen, kind="observation_1", by=who)
    refused(
        learning, "evidence", "seen_by", worker="S1", on="2026-10-01", kind="observation", title="Visit", seen_by=who
    )
    keep(learning, "milestone", **seen, kind="reflection_1", by=who)


def test_a_milestone_is_one_that_the_pack_knows(learning: Database) -> None:
    refused(learning, "milestone", "kind", programme=PLACEMENT, kind="review_3", on="2026-10-01")
    refused(learning, "milestone", "on", programme=PLACEMENT, kind="induction", on="2026-09-01")
    keep(learning, "milestone", programme=PLACEMENT, kind="pre_meeting", on="2026-09-01")
    assert "practice_pre_meeting" not in due(learning, "S1")


def test_the_way_to_a_higher_grade_is_a_programme_too(team: Database) -> None:
    way = next(iter(team.packs().progressions))
    kept = keep(team, "programme", worker="W2", kind=way, starts="2026-09-07")
    (line,) = learners(team.reader(), None, TODAY)
    assert (line.id, line.title, line.warning) == (kept.id, team.packs().progressions[way].title, "")


# what is closed, and what is made longer ---------------------------------------------------------------------------


def stage(database: Database, number: int, name: str, day: date = TODAY) -> StageLine:
    return next(one for one in learner(database.reader(), number, day).stages if one.id == name)


def test_a_stage_past_its_day_is_late_until_it_is_reached_or_closed_with_a_reason(learning: Database) -> None:
    due_on = stage(learning, YEAR, "review_3").due
    assert due_on == date(2026, 6, 5)  # 3 months at 0.6: 5 months
    states = [stage(learning, YEAR, "review_3", due_on + timedelta(days=n)).state for n in (-1, 0, 1, 365)]
    assert states == ["due", "due", "late", "late"]
    assert "asye_review_3" in due(learning, "N1")
    with learning.unit("A. Hughes", TODAY) as unit:
        kept = close_stage(unit, YEAR, "review_3", "Held together with the next").record
    closed = stage(learning, YEAR, "review_3")
    assert (closed.state, closed.done_on) == ("closed", None)
    assert closed.note == "closed 20 Nov 2026 by A. Hughes: Held together with the next"
    assert "asye_review_3" not in due(learning, "N1")
    with learning.unit("A. Hughes", TODAY) as unit:
        remove(unit, "stage-closing", kept.id)
        unit.finish("Taken back")
    assert stage(learning, YEAR, "review_3").state == "late"
    assert "asye_review_3" in due(learning, "N1")


@pytest.mark.parametrize(
    ("name", "field"), [("final", "on"), ("review_99", "stage"), ("agreement", "stage")], ids=["to come", "none", "met"]
)
def test_only_a_stage_that_is_late_is_closed(learning: Database, name: str, field: str) -> None:
    keep(learning, "milestone", programme=YEAR, kind="agreement", on="2026-01-20")
    refused(learning, "stage-closing", field, programme=YEAR, stage=name, on=TODAY, by="Hughes", why="No")


def test_an_extended_placement_keeps_what_was_agreed_and_the_dates_of_what_was_held(learning: Database) -> None:
    midway = stage(learning, PLACEMENT, "midway").due
    keep(learning, "milestone", programme=PLACEMENT, kind="midway", on="2026-11-05")
    portfolio = stage(learning, PLACEMENT, "portfolio").due
    extension = {"programme": PLACEMENT, "on": "2026-11-18", "by": "Hughes, Ann; the university", "why": "Ill"}
    keep(learning, "extension", **extension, days=8500, ends="2027-03-26")
    found = learner(learning.reader(), PLACEMENT, TODAY)
    assert (found.kept.target, found.kept.first_target, found.line.whole) == (8500, 7000, 8500)
    assert (found.kept.ends, found.kept.first_ends) == (date(2027, 3, 26), None)
    assert stage(learning, PLACEMENT, "midway").due == midway
    # 15 days more at four a week after Wednesday 6 January end on Tuesday 2 February; two weeks before that:
    assert (portfolio, stage(learning, PLACEMENT, "portfolio").due) == (date(2026, 12, 23), date(2027, 1, 19))
    # From 80 days on the pack asks for more.
    assert {c.id: c.need for c in found.checks if c.id in ("observation", "reflection")} == {
        "observation": 4, "reflection": 5,
    }  # fmt: skip
    before = learner(learning.reader(), PLACEMENT, date(2026, 11, 17))
    assert (before.kept.target, next(c.need for c in before.checks if c.id == "observation")) == (7000, 3)


def test_from_eighty_days_more_is_asked_for_and_just_under_it_not(learning: Database) -> None:
    extension = {"programme": PLACEMENT, "by": "Hughes", "why": "Ill"}
    for on, days, need in (("2026-11-16", 7900, 3), ("2026-11-17", 8000, 4)):
        keep(learning, "extension", **extension, on=on, days=days)
        checks = learner(learning.reader(), PLACEMENT, TODAY).checks
        assert next(c.need for c in checks if c.id == "observation") == need


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("days", {"days": 7000}),
        ("ends", {"days": 8500, "ends": "2026-11-01"}),
        ("on", {"days": 8500, "on": "2026-11-21"}),
    ],
)
def test_an_extension_makes_a_placement_longer(learning: Database, field: str, says: dict[str, Any]) -> None:
    given = {"programme": PLACEMENT, "on": "2026-11-18", "by": "Hughes", "why": "Ill", **says}
    refused(learning, "extension", field, **given)


def test_a_placement_ends_with_an_outcome_of_its_pack_and_a_reason_where_it_is_not_a_pass(learning: Database) -> None:
    for changes, field in (({"outcome": "brilliant"}, "outcome"), ({"outcome": "refer"}, "note")):
        with pytest.raises(BadInput) as caught, learning.unit("A. Hughes", TODAY) as unit:
            amend(unit, "programme", PLACEMENT, {"ended_on": TODAY, **changes})
        assert caught.value.field == field
    for changes in ({"outcome": "refer", "note": "Too few days"}, {"outcome": "pass"}):
        with learning.unit("A. Hughes", TODAY) as unit:
            amend(unit, "programme", PLACEMENT, {"ended_on": TODAY, **changes})
            unit.finish("Ended")


def test_kept_dates_stay_those_of_a_rebuild_with_extensions_and_closings(learning: Database) -> None:
    with learning.unit("A. Hughes", TODAY) as unit:
        close_stage(unit, YEAR, "review_3", "Held with the next")
    keep(learning, "extension", programme=PLACEMENT, on="2026-11-18", by="Hughes", why="Ill", days=8500)
    assert learning.differences() == []


# on another day --------------------------------------------------------------------------------------------------

DAY = timedelta(days=1)


def on_board(database: Database, day: date, team: str | None = None) -> dict[str, int]:
    """Who stands on the board of a day, asked today, with what is done."""
    return {row.line.worker: row.line.done for row in board(database.reader(), team, day, TODAY)}


def test_on_a_day_the_board_has_who_was_in_a_programme_then(learning: Database) -> None:
    begins = date(2026, 9, 7)
    assert [set(on_board(learning, day)) for day in (begins - DAY, begins)] == [{"N1"}, {"N1", "S1"}]
    change(learning, "programme", PLACEMENT, ended_on=TODAY - DAY, outcome="pass")
    days = (TODAY - 2 * DAY, TODAY - DAY, TODAY, TODAY + DAY)
    assert ["S1" in on_board(learning, day) for day in days] == [True, False, False, False]


def test_what_is_to_begin_stands_on_the_board_of_today_and_of_days_to_come(team: Database) -> None:
    keep(team, "programme", worker="W3", kind="asye", starts=TODAY + DAY)
    assert [set(on_board(team, TODAY + n * DAY)) for n in (-1, 0, 1)] == [set(), {"W3"}, {"W3"}]


def test_what_was_reached_or_attended_later_had_not_been_on_the_day(learning: Database) -> None:
    put(learning, ("placement-day", {"programme": PLACEMENT, "on": "2026-11-19", "kind": "attended"}))
    put(learning, ("milestone", {"programme": YEAR, "kind": "review_3", "on": "2026-11-19"}))
    days = (date(2026, 11, 18), date(2026, 11, 19), TODAY, TODAY + DAY)
    assert [on_board(learning, day)["S1"] for day in days] == [0, 100, 100, 100]
    boards = [board(learning.reader(), None, day, TODAY) for day in days]
    late = [next(row.line.late for row in rows if row.line.worker == "N1") for rows in boards]
    assert late[0] == late[1] + 1 == late[2] + 1


def test_the_board_leaves_out_who_had_left_and_the_other_team(learning: Database) -> None:
    put(learning, ("team", {"name": "South"}))
    change_from(learning, FROM, "worker", "S1", team="South")
    assert [set(on_board(learning, day, "South")) for day in (FROM - DAY, FROM, FROM + DAY)] == [set(), {"S1"}, {"S1"}]
    change(learning, "worker", "N1", leaves=TODAY)
    assert ["N1" in on_board(learning, TODAY + n * DAY) for n in (-1, 0, 1)] == [True, True, False]


def test_days_after_the_day_asked_for_are_not_done_whether_it_is_today_or_not(learning: Database) -> None:
    for on in ("2026-09-07", "2026-09-08", "2026-11-16"):
        keep(learning, "placement-day", programme=PLACEMENT, on=on, kind="attended")

    def done(day: date, now: date | None = None) -> int:
        return next(row.line.done for row in board(learning.reader(), None, day, now) if row.line.worker == "S1")

    assert done(TODAY) == done(TODAY + timedelta(days=30), TODAY) == 300
    assert done(date(2026, 9, 7)) == done(date(2026, 9, 7), TODAY) == 100
    assert done(date(2026, 10, 1)) == done(date(2026, 10, 1), TODAY) == 200
    assert done(date(2026, 6, 15)) == 0
