"""What a team is likely to carry: learnt honestly, drawn with a seed, and hidden where it was never any better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import Cancelled
from domain.load.back_test import BACK, FEWEST, HORIZONS, TRIES, Check, Lesson, Try, Week, learnt
from domain.load.forecast import Forecast, Outlook, forecast, judge
from domain.load.likely import Model
from domain.load.rates import (
    AGES,
    ENOUGH,
    OWN,
    PUBLISHED,
    STAYS,
    TOGETHER,
    Arrivals,
    CaseLine,
    Chance,
    Hold,
    Kind,
    arrivals,
    chances,
    published_rates,
)
from tests.conftest import TODAY

POINTS = 500


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def case(opened: int, closed: int | None = None, kind: str = "looked_after", worker: str = "W1") -> CaseLine:
    """A case of 5 points opened and closed so many days ago, held all the while."""
    ended = None if closed is None else ago(closed)
    return CaseLine(kind, ago(opened), ended, [(ago(opened), POINTS)], [Hold(worker, 100, ago(opened), ended)])


def mondays(first: int, last: int) -> list[date]:
    monday = TODAY - timedelta(days=TODAY.weekday())
    return [monday + timedelta(weeks=n) for n in range(first, last + 1)]


def load(cases: Sequence[CaseLine], worker: str, day: date) -> int:
    return sum(
        POINTS
        for c in cases
        for h in c.holds
        if h.worker == worker and h.starts <= day and (not h.ends or day < h.ends)
    )


def worked_out(cases: list[CaseLine], workers: Sequence[str] = ("W1",)) -> Forecast:
    past = {w: [Week(d, load(cases, w, d), 10_000) for d in [*mondays(-BACK, -1), TODAY]] for w in workers}
    ahead = {w: [Week(d, load(cases, w, TODAY), 10_000) for d in mondays(1, 12)] for w in workers}
    return forecast(cases, past, ahead, TODAY)


def falling() -> list[CaseLine]:
    """Cases that came by the week long ago and end one after another: the load falls steadily."""
    return [case(1000 + n, 700 - 3 * n if n < 233 else None) for n in range(300)]


# what is learnt ----------------------------------------------------------------------------------------------------


def test_the_published_figures_come_to_the_chances_they_were_said_to() -> None:
    rates = published_rates()
    quarter = [1 - exp(-rate * 13) for rate in rates]
    assert [round(chance, 2) for chance in quarter[1:4]] == [0.13, 0.36, 0.38]
    assert 1 - Chance("", rates, PUBLISHED, 0).staying(0, AGES[0]) == pytest.approx(0.159)
    assert Chance("", rates, PUBLISHED, 0).staying(0, AGES[-1]) == pytest.approx(0.044), "the rest lasts longer"


def test_a_type_goes_by_its_own_closures_once_there_are_thirty() -> None:
    closed = [case(200, 100 - n, "child_protection") for n in range(ENOUGH)]
    few = [*closed[1:], case(300, None, "child_protection")]
    assert chances(closed, TODAY)["child_protection"].basis == OWN
    told = chances(few, TODAY)["child_protection"]
    assert (told.basis, told.closures, told.rates) == (PUBLISHED, ENOUGH - 1, published_rates())


def test_the_published_figure_is_lent_to_no_other_type() -> None:
    found = chances([case(200, 100, "care_act"), case(90, None, "care_act")], TODAY)["care_act"]
    assert (found.basis, found.staying(50, 700)) == (STAYS, 1.0)
    many = [case(200, 100 - n, "court") for n in range(ENOUGH)]
    assert chances([*many, case(90, None, "care_act")], TODAY)["care_act"].basis == TOGETHER


def test_thirty_closures_of_all_types_together_are_enough_and_one_fewer_is_not() -> None:
    closed = [case(200, 100 - n, "court") for n in range(ENOUGH)]
    other = case(90, None, "care_act")
    assert ENOUGH == 30
    assert chances([*closed, other], TODAY)["care_act"].basis == TOGETHER
    assert chances([*closed[1:], other], TODAY)["care_act"].basis == STAYS


def test_what_a_case_weighed_is_what_its_last_weighing_by_that_day_gave() -> None:
    weighed = case(100)._replace(weights=[(ago(100), 300), (ago(50), 500), (ago(10), 900)])
    said = {days: weighed.weight(ago(days)) for days in (101, 100, 51, 50, 11, 10, 0)}
    assert said == {101: 300, 100: 300, 51: 300, 50: 500, 11: 500, 10: 900, 0: 900}
    assert weighed._replace(weights=[]).weight(TODAY) == 0


def test_a_case_is_open_from_its_first_day_and_not_on_the_day_it_closed() -> None:
    one = case(20, 10)
    assert [one.is_open(ago(days)) for days in (21, 20, 11, 10)] == [False, True, True, False]


def test_a_rate_is_closures_over_the_weeks_in_which_they_could_come() -> None:
    cases = [case(70, 0) for _ in range(ENOUGH)] + [case(70) for _ in range(ENOUGH)]
    found = chances(cases, TODAY)["looked_after"]
    assert found.rates[0] == pytest.approx(ENOUGH / (2 * ENOUGH * 10)), "ten weeks each, half of them ended"
    assert found.rates[1:] == (found.rates[0],) * 4, "older ones nobody has seen go as the last age seen"


@given(st.integers(0, 1500), st.integers(0, 300), st.integers(0, 300))
def test_staying_on_never_becomes_likelier_with_time(age: int, days: int, more: int) -> None:
    found = Chance("", published_rates(), PUBLISHED, 0)
    assert 0 < found.staying(age, days + more) <= found.staying(age, days) <= 1
    both = found.staying(age, days) * found.staying(age + days, more)
    assert found.staying(age, days + more) == pytest.approx(both)


def test_new_work_is_the_mean_of_the_last_weeks() -> None:
    cases = [case(7 * n + 1) for n in range(40)]
    assert arrivals(cases, TODAY) == Arrivals(26, (Kind("looked_after", 1.0, POINTS),))
    assert arrivals(cases[:16], TODAY).weeks == 15
    assert arrivals(cases[:14], TODAY).weeks == 13
    assert arrivals(cases[:13], TODAY).weeks == 0, "under 13 weeks of past is none"
    assert arrivals([c._replace(own=False) for c in cases], TODAY).weeks == 0


def test_nothing_after_the_day_is_known_on_it() -> None:
    before = [case(300), case(200, 100)]
    after = [*before, case(5), case(250, 3)]
    day = ago(10)
    known = [c for c in after if c.opened <= day]
    assert chances(known, day)["looked_after"].closures == 1
    assert arrivals(after, day) == arrivals(known, day)


# what is likely ----------------------------------------------------------------------------------------------------


def model(cases: list[CaseLine], new: Arrivals | None = None) -> Model:
    return Model(
        cases, chances(cases, TODAY), new or Arrivals(0, ()), {"W1": [10_000] * 12, "W2": [10_000] * 12}, TODAY
    )


def test_where_nothing_ends_and_nothing_comes_nothing_changes() -> None:
    changes = model([case(100), case(300)]).changes(mondays(1, 12))
    assert {tuple(one) for line in changes.values() for one in line} == {(0.0, 0.0, 0.0)}


def test_what_is_likely_grows_with_the_weeks_and_so_does_what_it_may_be_off() -> None:
    new = Arrivals(26, (Kind("child_protection", 2.0, POINTS),))
    line = model([case(200, None, "child_protection") for _ in range(30)], new).changes(mondays(1, 12))["W1"]
    for earlier, later in pairwise(line):
        assert later.ending > earlier.ending
        assert later.coming > earlier.coming
        assert later.spread > earlier.spread > 100


def test_one_case_ends_with_its_chance_and_is_off_by_it() -> None:
    (one,) = model([case(200, None, "child_protection")]).changes(mondays(12, 12))["W1"]
    gone = 1 - Chance("", published_rates(), PUBLISHED, 0).staying(200, (mondays(12, 12)[0] - TODAY).days)
    assert one.ending == pytest.approx(POINTS * gone)
    assert one.variance == pytest.approx(POINTS * POINTS * gone * (1 - gone))


def test_new_work_goes_by_capacity_and_to_nobody_without_it() -> None:
    new = Arrivals(26, (Kind("court", 1.0, POINTS),))
    days = mondays(1, 4)
    shared = Model([], {}, new, {"W1": [3_000] * 4, "W2": [1_000] * 4}, TODAY).changes(days)
    assert shared["W1"][0].coming == pytest.approx(3 * shared["W2"][0].coming)
    alone = Model([], {}, new, {"W1": [0] * 4}, TODAY).changes(days)
    assert {tuple(one) for one in alone["W1"]} == {(0.0, 0.0, 0.0)}


# what tries teach --------------------------------------------------------------------------------------------------


def tries(errors: Sequence[float], spread: float = 200.0) -> list[Try]:
    """Tries from one Monday after another, each off by so many spreads."""
    return [Try(at, 1000.0, spread, round(1000 + error * spread), 1000) for at, error in enumerate(errors)]


def test_too_few_tries_teach_nothing() -> None:
    assert learnt(tries([1.0] * (FEWEST - 1)), 4) == Lesson(0.0, None)
    assert learnt(tries([1.0] * FEWEST), 4).reach is not None


def test_a_forecast_is_moved_by_what_it_was_off_the_less_the_fewer_tries_share_no_week() -> None:
    near, far = (learnt(tries([1.0] * TRIES), weeks).bias for weeks in (4, 12))
    assert 0 < far < near < 1


def test_the_band_reaches_as_far_as_eighty_of_a_hundred_errors_and_a_little_further() -> None:
    errors = [(-1) ** n * n / 100 for n in range(100)]
    many = [one for at, error in enumerate(errors) for one in tries([error])
            for one in [one._replace(at=at % 50)] * 5]  # fmt: skip
    lesson = learnt(many, 4)
    assert lesson.reach is not None
    inside = sum(abs(error - lesson.bias) <= lesson.reach for error in errors)
    assert 80 <= inside <= 84


def test_a_band_holds_eighty_of_a_hundred_that_it_has_not_seen() -> None:
    """On errors drawn with a seed, of which neighbours share most of their weeks, as real ones do."""
    rng, held, counted = Random(5), 0, 0
    for _ in range(400):
        steps = [rng.gauss(0.1, 1) for _ in range(TRIES + 16)]
        errors = [sum(steps[at : at + 8]) / 8**0.5 for at in range(TRIES + 8)]
        lesson = learnt(tries(errors[:TRIES]), 8)
        assert lesson.reach is not None
        held += abs(errors[-1] - lesson.bias) <= lesson.reach
        counted += 1
    assert 76 <= 100 * held / counted <= 90


def test_each_week_is_judged_by_the_first_horizon_that_is_not_nearer() -> None:
    checks = [Check("worker", weeks, 1, 2, 50, 50, 0, 0, Lesson(0.0, 1.0)) for weeks in HORIZONS]
    said = {days: found.weeks for days in (1, 28, 29, 56, 57, 84, 85) if (found := judge(checks, days))}
    assert said == {1: 4, 28: 4, 29: 8, 56: 8, 57: 12, 84: 12, 85: 12}
    assert judge([], 1) is None


# what is shown -----------------------------------------------------------------------------------------------------


def test_a_forecast_that_did_better_on_the_past_is_shown_with_its_band() -> None:
    found = worked_out(falling())
    assert [(c.whose, c.weeks) for c in found.checks] == [(w, n) for n in HORIZONS for w in ("worker", "team")]
    assert all(c.better and c.ours < c.still for c in found.checks)
    assert found.shown("worker") == list(HORIZONS)
    last = found.workers["W1"][-1]
    assert None not in last
    assert last.low <= last.assumed <= last.high  # type: ignore[operator]
    assert last.expected is not None
    assert last.expected < last.booked == load(falling(), "W1", TODAY)


def test_a_forecast_that_did_no_better_says_only_what_is_booked() -> None:
    still = [case(700 + n) for n in range(20)]
    found = worked_out(still)
    assert (found.shown("worker"), found.shown("team")) == ([], [])
    assert {(o.expected, o.assumed, o.low, o.high) for o in found.workers["W1"]} == {(None, None, None, None)}
    assert {o.booked for o in found.team} == {20 * POINTS}


def test_a_horizon_that_did_no_better_hides_its_own_weeks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = worked_out(falling())
    checks = [c._replace(ours=c.still) if c.weeks == 4 else c for c in whole.checks]
    monkeypatch.setattr("domain.load.forecast.back_test", lambda *_: checks)
    found = worked_out(falling())
    assert [(o.low is None) for o in found.workers["W1"]] == [True] * 4 + [False] * 8
    assert found.workers["W1"][4:] == whole.workers["W1"][4:]
    assert found.shown("worker") == [8, 12]


def test_a_teams_capacity_is_the_sum_of_those_that_are_known() -> None:
    day = mondays(1, 1)
    for capacities, whole in (((10_000, None), 10_000), ((10_000, 5_000), 15_000), ((None, None), None)):
        ahead = {f"W{n}": [Week(day[0], 0, capacity)] for n, capacity in enumerate(capacities)}
        assert [week.capacity for week in forecast([], {}, ahead, TODAY).team] == [whole]


def test_without_a_past_nothing_was_tried() -> None:
    found = worked_out([case(20)])
    assert [c.tried for c in found.checks] == [0] * 2 * len(HORIZONS)
    assert not found.shown("team")
    assert set(found.team) == {Outlook(week.day, week.capacity, week.booked) for week in found.team}, "and no band"


def test_the_same_data_give_the_same_forecast() -> None:
    assert worked_out(falling()) == worked_out(falling())


def test_what_is_counted_as_held_had_taught_nothing_before() -> None:
    for check in worked_out(falling()).checks:
        assert check.mondays == TRIES
        assert 0 < check.counted == check.tried - (FEWEST + check.weeks - 1), "the first tries only teach"
        assert check.coverage == round(100 * check.held / check.counted)


def test_it_stops_when_asked() -> None:
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        forecast(
            falling(),
            {"W1": [Week(day, 0, 100) for day in mondays(-BACK, 0)]},
            {"W1": [Week(mondays(1, 1)[0], 0, 100)]},
            TODAY,
            stop=lambda: next(asked),
        )


def test_a_team_of_nobody_has_no_outlook() -> None:
    found = worked_out([], workers=())
    assert (found.workers, found.team) == ({}, ())
