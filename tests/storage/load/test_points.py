"""Points as they are kept: under the scheme in force, dormant or not, agreed, over time; and calibration."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import BadInput, NotFound
from storage.cases.steps import give
from storage.load.calibration import calibrate
from storage.load.history.points_history import case_history, inflation, month_ends, versions
from storage.load.load_lines import load_lines
from storage.load.to_weigh import dormant, weigh_due
from storage.opening import open_database
from storage.records.database import Database
from storage.records.undo import undo
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.units import amend, keep

PACK = """
kind = "schemes"
id = "ours"
title = "Ours"
version = "1"

[[schemes]]
id = "three-factor"
title = "Three factors, ours"
version = "{version}"
status = "starter"
{more}
citations = [
  {{ text = "Ours", source = "Ours", checked = 2026-10-01, confidence = "local", verified = false }},
]

[schemes.shares]
allocated_worker = 100
co_worker = 50
consultant = 25
cover = 50
personal_adviser = 100

[[schemes.bands]]
key = "steady"
title = "steady"
upto_percent = 100

[[schemes.bands]]
key = "over"
title = "over"

[[schemes.factors]]
id = "complexity"
title = "Complexity"
question = "How complex?"
options = [
  {{ value = "1", title = "Low", points = {low} }},
  {{ value = "2", title = "Middle", points = 2, default = true }},
  {{ value = "3", title = "High", points = 3 }},
]
"""
OTHERS = """
[[schemes.factors]]
id = "{name}"
title = "{name}"
question = "How much?"
options = [
  {{ value = "1", title = "Low", points = 1, default = true }},
  {{ value = "2", title = "Middle", points = 2 }},
  {{ value = "3", title = "High", points = 3 }},
]
"""
WHOLE = OTHERS.format(name="risk") + OTHERS.format(name="travel")


def weigh(database: Database, complexity: int, risk: int, travel: int, on: str = "2026-06-01", **more: Any) -> Any:
    answers = {"complexity": complexity, "risk": risk, "travel": travel}
    given = {"case": "C-1001", "scheme": "three-factor", "on": on, **more}
    return keep(database, "weighting", answers=answers, **given)


def adopt(database: Database, text: str) -> Database:
    """Put a pack beside the database and open it again, as a council does."""
    path = Path(database.path)
    database.close()
    folder = path.with_suffix(".packs")
    folder.mkdir(exist_ok=True)
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    again = open_database(path, CLOCK)
    assert again.packs().problems == ()
    return again


def ours(version: str = "2", more: str = "", low: float = 1, rest: str = WHOLE) -> str:
    return PACK.format(version=version, more=more, low=low) + rest


@pytest.fixture
def adopting(team: Database, tmp_path: Path) -> Iterator[Database]:
    """The team, on a copy that may be closed and opened again."""
    path = tmp_path / "again.db"
    shutil.copy(team.path, path)
    with open_database(path, CLOCK) as database:
        yield database


def kept(database: Database, case: str = "C-1001") -> dict[str, Any]:
    cursor = database.reader().raw.execute('SELECT * FROM case_points WHERE "case" = ?', (case,))
    return dict(zip([c[0] for c in cursor.description], cursor.fetchone(), strict=True))


def sound(database: Database) -> bool:
    return database.differences() == []


# the version in force --------------------------------------------------------------------------------------------


def test_old_answers_count_under_the_version_in_force(adopting: Database) -> None:
    weigh(adopting, 1, 2, 1)
    assert (kept(adopting)["points"], kept(adopting)["stale"]) == (400, 0)
    with adopt(adopting, ours(low=0.5)) as database:
        assert (kept(database)["points"], kept(database)["stale"]) == (350, 0)
        assert sound(database)


def test_answers_that_no_longer_fit_keep_the_points_of_their_day(adopting: Database) -> None:
    weigh(adopting, 3, 2, 1)
    with adopt(adopting, ours(rest=OTHERS.format(name="siblings"))) as database:
        assert (kept(database)["points"], kept(database)["stale"], kept(database)["assumed"]) == (600, 1, 0)
        assert sound(database)
        line = load_lines(database.reader(), "W2", TODAY)[0]
        assert line.stale
        assert [(f.factor, f.points) for f in line.factors] == [("complexity", 300), ("risk", 200), ("travel", 100)]
        assert weigh_due(database.reader(), "North", TODAY)[0].reasons[0].why == "misfit"


def test_every_version_that_was_in_force_stays_known(adopting: Database) -> None:
    with adopt(adopting, ours(low=0.5)) as database:
        assert versions(database.reader(), "three-factor") == ["1", "2"]
        assert versions(database.reader(), "budget-100") == ["1"]


def test_a_team_cannot_choose_a_frame(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit, pytest.raises(BadInput, match="budget-100 has no points yet"):
        amend(unit, "team", "North", {"scheme": "budget-100"})


def test_a_scheme_that_is_gone_leaves_the_points_as_they_were(adopting: Database) -> None:
    renamed = ours().replace('id = "three-factor"', 'id = "our-own"')
    with adopt(adopting, renamed) as database:
        with database.unit("A. Hughes", TODAY) as unit:
            amend(unit, "team", "North", {"scheme": "our-own"})
            unit.finish("Chosen")
        answers = {"complexity": 3, "risk": 1, "travel": 1}
        keep(database, "weighting", case="C-1001", scheme="our-own", on="2026-06-01", answers=answers)
        path = Path(database.path)
    (path.with_suffix(".packs") / "ours.toml").unlink()
    with open_database(path, CLOCK) as database:
        assert (kept(database)["points"], kept(database)["stale"]) == (500, 1)


# by hand ---------------------------------------------------------------------------------------------------------

CAPPED = "most_uplift = 2"


def test_points_by_hand_count_and_need_a_reason_within_the_cap(adopting: Database) -> None:
    with adopt(adopting, ours(more=CAPPED)) as database:
        with pytest.raises(BadInput, match="say why") as caught:
            weigh(database, 1, 1, 1, uplift=50)
        assert caught.value.field == "uplift_reason"
        with pytest.raises(BadInput, match="more than three-factor allows") as caught:
            weigh(database, 1, 1, 1, uplift=250, uplift_reason="Press interest")
        assert caught.value.field == "uplift"
        assert weigh(database, 1, 1, 1, uplift=50, uplift_reason="Press interest").points == 350
        line = load_lines(database.reader(), "W2", TODAY)[0]
        assert (line.factors[-1].factor, line.factors[-1].points, line.factors[-1].answer) == (
            "uplift", 50, "Press interest",
        )  # fmt: skip
        assert sum(f.points for f in line.factors) == line.whole == 350
        assert sound(database)


def test_the_shipped_three_factors_give_nothing_by_hand(team: Database) -> None:
    with pytest.raises(BadInput, match="lets nothing be added"):
        weigh(team, 1, 1, 1, uplift=50, uplift_reason="Press interest")


# agreeing --------------------------------------------------------------------------------------------------------


def test_agreeing_to_an_old_weighing_does_not_weigh_the_case_again(adopting: Database) -> None:
    number = weigh(adopting, 1, 2, 1).id
    with adopt(adopting, ours(low=0.5)) as database:
        with database.unit("A. Hughes", TODAY) as unit:
            amend(unit, "weighting", number, {"agreed_worker": "2026-06-02"})
            unit.finish("Agreed")
        one = case_history(database.reader(), "C-1001")[0]
        assert (one.version, one.points, one.agreed_worker) == ("1", 400, date(2026, 6, 2))


def test_changing_an_answer_weighs_it_again_under_the_version_in_force(adopting: Database) -> None:
    number = weigh(adopting, 1, 2, 1).id
    with adopt(adopting, ours(low=0.5)) as database:
        with database.unit("A. Hughes", TODAY) as unit:
            amend(unit, "weighting", number, {"answers": {"complexity": "1", "risk": "3", "travel": "1"}})
            unit.finish("Changed")
        one = case_history(database.reader(), "C-1001")[0]
        assert (one.version, one.points) == ("2", 450)


@pytest.mark.parametrize("agreed", ["2026-05-31", "2026-11-21"])
def test_nobody_agrees_before_the_weighing_or_in_the_future(team: Database, agreed: str) -> None:
    with pytest.raises(BadInput) as caught:
        weigh(team, 1, 1, 1, agreed_supervisor=agreed)
    assert caught.value.field == "agreed_supervisor"


# history ---------------------------------------------------------------------------------------------------------


def test_the_history_stands_under_its_own_version_and_under_the_other(adopting: Database) -> None:
    weigh(adopting, 1, 2, 1, why="first")
    with adopt(adopting, ours(low=0.5)) as database:
        weigh(database, 1, 3, 1, on="2026-09-01", why="step_up", agreed_worker="2026-09-02")
        newest, oldest = case_history(database.reader(), "C-1001")
        assert [(w.version, w.points, w.under, w.points_under) for w in (oldest, newest)] == [
            ("1", 400, "2", 350), ("2", 450, "2", 450),
        ]  # fmt: skip
        assert (oldest.why, newest.why, newest.by) == ("first", "step_up", "A. Hughes")
        assert [line.points for line in oldest.lines] == [100, 200, 100]
        assert [line.points for line in oldest.lines_under] == [50, 200, 100]
        old = case_history(database.reader(), "C-1001", under="1")
        assert [(w.under, w.points_under) for w in old] == [("1", 500), ("1", 400)]
        with pytest.raises(NotFound, match="no version '9'") as caught:
            case_history(database.reader(), "C-1001", under="9")
        assert "1, 2" in caught.value.hint


def test_what_does_not_fit_the_other_version_says_why(adopting: Database) -> None:
    weigh(adopting, 1, 2, 1)
    with adopt(adopting, ours(rest=OTHERS.format(name="siblings"))) as database:
        one = case_history(database.reader(), "C-1001")[0]
        assert one.points_under is None
        assert "risk: not a factor" in one.misfit
        assert [line.points for line in one.lines] == [100, 200, 100]


# dormant ---------------------------------------------------------------------------------------------------------

QUIET = "dormant_weeks = 4\ndormant_percent = 50"


def event(database: Database, on: date, kind: str = "lac_visit", **details: Any) -> None:
    keep(database, "event", case="C-1001", kind=kind, on=on.isoformat(), details=details)


@pytest.mark.parametrize(("quiet", "sleeps"), [(28, True), (27, False)])
def test_a_case_goes_dormant_on_the_day_the_weeks_are_over(adopting: Database, quiet: int, sleeps: bool) -> None:
    weigh(adopting, 3, 2, 1)
    with adopt(adopting, ours(more=QUIET)) as database:
        event(database, TODAY - timedelta(days=quiet))
        assert kept(database)["last_on"] == (TODAY - timedelta(days=quiet)).isoformat()
        assert [one.case for one in dormant(database.reader(), "North", TODAY)] == (["C-1001"] if sleeps else [])
        line = load_lines(database.reader(), "W2", TODAY)[0]
        assert (line.points, line.dormant_from is not None) == ((300, True) if sleeps else (600, False))
        assert sum(f.points for f in line.factors) == line.whole
        assert sound(database)


def test_a_visit_that_was_called_off_wakes_nobody(adopting: Database) -> None:
    with adopt(adopting, ours(more=QUIET)) as database:
        event(database, date(2026, 10, 1))
        event(database, date(2026, 11, 18), outcome="cancelled")
        assert kept(database)["last_on"] == "2026-10-01"
        event(database, date(2026, 11, 19))
        assert kept(database)["last_on"] == "2026-11-19"
        assert sound(database)


def test_a_case_without_an_event_counts_from_its_opening(adopting: Database) -> None:
    with adopt(adopting, ours(more=QUIET)) as database:
        keep(database, "case", reference="C-2", team="North", pathway="looked_after", opened="2026-10-01")
        assert (kept(database, "C-2")["last_on"], kept(database, "C-2")["dormant_from"]) == (None, "2026-10-29")


def test_a_scheme_without_dormancy_knows_none(adopting: Database) -> None:
    with adopt(adopting, ours()) as database:
        assert (kept(database)["dormant_from"], kept(database)["dormant_points"]) == (None, kept(database)["points"])


def test_taking_an_event_back_puts_the_last_day_back(adopting: Database) -> None:
    with adopt(adopting, ours(more=QUIET)) as database:
        before = kept(database)
        event(database, date(2026, 11, 18))
        assert kept(database) != before
        with database.unit("A. Hughes", TODAY) as unit:
            undo(unit)
        assert kept(database) == before


# to be weighed ---------------------------------------------------------------------------------------------------


def reasons(database: Database) -> list[str]:
    found = weigh_due(database.reader(), "North", TODAY)
    return [reason.why for one in found for reason in one.reasons]


def test_a_case_nobody_weighed_is_to_be_weighed_and_then_not(team: Database) -> None:
    assert reasons(team) == ["never"]
    weigh(team, 1, 1, 1)
    assert reasons(team) == []


def test_allocation_a_step_and_supervision_ask_again_after_the_last_weighing(team: Database) -> None:
    weigh(team, 1, 1, 1, on="2026-06-01")
    keep(team, "session", worker="W2", supervisor="W1", on="2026-06-01", state="held", held_on="2026-06-01")
    keep(team, "event", case="C-1001", kind="legal_status_changed", on="2026-06-01")
    assert reasons(team) == []
    keep(team, "session", worker="W2", supervisor="W1", on="2026-07-01", state="held", held_on="2026-07-01")
    assert reasons(team) == ["supervision"]
    keep(team, "event", case="C-1001", kind="legal_status_changed", on="2026-07-02")
    assert reasons(team) == ["step", "supervision"]
    with team.unit("A. Hughes", TODAY) as unit:
        give(unit, "C-1001", "W3", date(2026, 7, 3), reason="MANAGE")  # type: ignore[arg-type]
        unit.finish("Moved")
    assert reasons(team) == ["step", "allocation"]
    weigh(team, 1, 1, 1, on="2026-07-03")
    assert reasons(team) == []


# inflation -------------------------------------------------------------------------------------------------------


def test_mean_points_by_month_take_what_stood_then(team: Database) -> None:
    keep(team, "case", reference="C-2", team="North", pathway="looked_after", opened="2026-09-10")
    weigh(team, 1, 1, 1, on="2026-09-15")
    weigh(team, 3, 3, 3, on="2026-11-02")
    answers = {"complexity": 2, "risk": 1, "travel": 1}
    keep(team, "weighting", case="C-2", scheme="three-factor", on="2026-10-01", answers=answers)
    line, whole = inflation(team.reader(), "North", TODAY, 4)
    assert [(m.month.month, m.cases, m.mean) for m in line.months] == [
        (8, 0, None), (9, 1, 300), (10, 2, 350), (11, 2, 650),
    ]  # fmt: skip
    assert (line.pathway, line.change) == ("looked_after", 350)
    assert (whole.pathway, whole.months) == ("", line.months)


def test_a_new_version_moves_no_mean_by_itself(adopting: Database) -> None:
    weigh(adopting, 1, 1, 1, on="2026-09-15")
    with adopt(adopting, ours(low=0.5)) as database:
        means = [month.mean for month in inflation(database.reader(), "North", TODAY, 3)[0].months]
        assert means == [250, 250, 250]


def test_a_closed_case_counts_up_to_its_closing(team: Database) -> None:
    weigh(team, 1, 1, 1, on="2026-09-15")
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": "2026-10-31", "close_reason": "Done"})
        unit.finish("Closed")
    assert [month.cases for month in inflation(team.reader(), "North", TODAY, 3)[0].months] == [1, 0, 0]


def test_months_end_on_their_last_day_and_the_present_one_today() -> None:
    assert month_ends(date(2026, 3, 31), 3) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert month_ends(TODAY, 1) == [TODAY]


# calibration -----------------------------------------------------------------------------------------------------


@pytest.fixture
def three(team: Database) -> Database:
    """Okafor (1.0) with 6 points, Begum (0.6) with 9, and Patel (1.0) with 5: 6, 15 and 5 points a full-timer."""
    weigh(team, 3, 2, 1)
    keep(team, "worker", staff_id="W4", name="Patel, Asha", team="North", grade="children-sw")
    for reference, worker, answers in (("C-2", "W3", (3, 3, 3)), ("C-3", "W4", (2, 2, 1))):
        keep(team, "case", reference=reference, team="North", pathway="looked_after", opened="2026-03-02")
        given = dict(zip(("complexity", "risk", "travel"), answers, strict=True))
        keep(team, "weighting", case=reference, scheme="three-factor", on="2026-06-01", answers=given)
        with team.unit("A. Hughes", TODAY) as unit:
            give(unit, reference, worker, date(2026, 3, 2))
            unit.finish("Given")
    return team


@pytest.mark.parametrize(("percent", "full_time"), [(100, 600), (50, 1200), (80, 750)])
def test_the_middle_worker_comes_to_stand_at_the_percentage(three: Database, percent: int, full_time: int) -> None:
    found = calibrate(three.reader(), "North", TODAY, percent)
    assert (found.proposed, found.median_after) == (full_time, percent * 10)
    assert found.full_time_points == 10_000


def test_calibration_shows_each_worker_before_and_after(three: Database) -> None:
    found = {one.worker: one for one in calibrate(three.reader(), "North", TODAY).workers}
    assert (found["W2"].utilisation, found["W2"].utilisation_after) == (60, 1000)
    assert (found["W3"].capacity_after, found["W3"].utilisation_after, found["W3"].band_after) == (360, 2500, "over")
    assert not found["W1"].counts


def test_somebody_away_altogether_is_not_in_the_median(three: Database) -> None:
    keep(three, "reduction", worker="W3", percent=100, reason="Sick", starts="2026-01-01")
    assert calibrate(three.reader(), "North", TODAY).proposed == 550


def test_a_team_that_carries_nothing_cannot_be_calibrated(database: Database) -> None:
    keep(database, "team", name="South")
    with pytest.raises(BadInput, match="nothing to calibrate on"):
        calibrate(database.reader(), "South", TODAY)


def test_calibration_says_how_many_cases_were_never_weighed(team: Database) -> None:
    assert calibrate(team.reader(), "North", TODAY).unweighed == 1
    weigh(team, 2, 2, 2)
    assert calibrate(team.reader(), "North", TODAY).unweighed == 0
