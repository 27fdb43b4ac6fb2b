"""What a team is likely to carry: learnt honestly, drawn with a seed, and hidden where it was never any better."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import Cancelled
from domain.load.forecast import BACK, HORIZONS, Forecast, Model, Week, _poisson, forecast
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


def worked_out(cases: list[CaseLine], workers: Sequence[str] = ("W1",), **more: int) -> Forecast:
    past = {w: [Week(d, load(cases, w, d), 10_000) for d in [*mondays(-BACK, -1), TODAY]] for w in workers}
    ahead = {w: [Week(d, load(cases, w, TODAY), 10_000) for d in mondays(1, 12)] for w in workers}
    return forecast(cases, past, ahead, TODAY, **more)


def falling() -> list[CaseLine]:
    """Cases that came by the week long ago and end one after another: the load falls steadily."""
    return [case(400 + n, 300 - 3 * n if n < 100 else None) for n in range(160)]


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


# what is drawn -----------------------------------------------------------------------------------------------------


def model(cases: list[CaseLine], new: Arrivals | None = None) -> Model:
    return Model(
        cases, chances(cases, TODAY), new or Arrivals(0, ()), {"W1": [10_000] * 12, "W2": [10_000] * 12}, TODAY
    )


def test_where_nothing_ends_and_nothing_comes_the_band_is_what_is_booked() -> None:
    bands, whole = model([case(100), case(300)]).run(mondays(1, 12), 50, 1, None)
    assert bands == {"W1": [(0.0, 0.0)] * 12, "W2": [(0.0, 0.0)] * 12}
    assert whole == [(0.0, 0.0)] * 12


def test_the_band_lies_round_the_mean_and_widens() -> None:
    new = Arrivals(26, (Kind("child_protection", 2.0, POINTS),))
    one = model([case(200, None, "child_protection") for _ in range(30)], new)
    days = mondays(1, 12)
    bands, _ = one.run(days, 400, 1, None)
    for worker, means in one.mean(days).items():
        middle = [coming - ending for ending, coming in means]
        assert all(low <= mean <= high for (low, high), mean in zip(bands[worker], middle, strict=True))
        widths = [high - low for low, high in bands[worker]]
        assert widths[-1] > widths[0]


def test_the_drawn_mean_is_the_exact_one() -> None:
    new = Arrivals(26, (Kind("child_protection", 3.0, POINTS),))
    one = model([case(200, None, "child_protection") for _ in range(20)], new)
    days = mondays(12, 12)
    drawn = [one.run(days, 1, seed, None)[1][0][0] for seed in range(600)]
    exact = sum(coming - ending for means in one.mean(days).values() for ending, coming in means)
    assert sum(drawn) / len(drawn) == pytest.approx(exact, abs=3 * 500 * 36**0.5 / 600**0.5)


def test_new_work_goes_by_capacity_and_to_nobody_without_it() -> None:
    new = Arrivals(26, (Kind("court", 1.0, POINTS),))
    days = mondays(1, 4)
    shared = Model([], {}, new, {"W1": [3_000] * 4, "W2": [1_000] * 4}, TODAY).mean(days)
    assert shared["W1"][0][1] == pytest.approx(3 * shared["W2"][0][1])
    alone = Model([], {}, new, {"W1": [0] * 4}, TODAY)
    assert alone.mean(days)["W1"] == [(0.0, 0.0)] * 4
    assert alone.run(days, 5, 1, None)[1] == [(0.0, 0.0)] * 4


@pytest.mark.parametrize("mean", [0.3, 4.0, 37.5])
def test_as_many_come_as_on_average(mean: float) -> None:
    rng = Random(7)
    drawn = [_poisson(rng, mean) for _ in range(3000)]
    assert sum(drawn) / len(drawn) == pytest.approx(mean, rel=0.1)
    assert _poisson(rng, 0) == 0


# what is shown -----------------------------------------------------------------------------------------------------


def test_a_forecast_that_did_better_on_the_past_is_shown_with_its_band() -> None:
    found = worked_out(falling())
    assert [(c.whose, c.weeks) for c in found.checks] == [("worker", 4), ("team", 4), ("worker", 8), ("team", 8)]
    assert all(c.better and c.ours < c.still for c in found.checks)
    assert found.beats("worker")
    last = found.workers["W1"][-1]
    assert None not in last
    assert last.low <= last.assumed <= last.high  # type: ignore[operator]
    assert last.expected is not None
    assert last.expected < last.booked == load(falling(), "W1", TODAY)


def test_a_forecast_that_did_no_better_says_only_what_is_booked() -> None:
    still = [case(700 + n) for n in range(20)]
    found = worked_out(still)
    assert (found.beats("worker"), found.beats("team")) == (False, False)
    assert {(o.expected, o.assumed, o.low, o.high) for o in found.workers["W1"]} == {(None, None, None, None)}
    assert {o.booked for o in found.team} == {20 * POINTS}


def test_a_teams_capacity_is_the_sum_of_those_that_are_known() -> None:
    day = mondays(1, 1)
    for capacities, whole in (((10_000, None), 10_000), ((10_000, 5_000), 15_000), ((None, None), None)):
        ahead = {f"W{n}": [Week(day[0], 0, capacity)] for n, capacity in enumerate(capacities)}
        assert [week.capacity for week in forecast([], {}, ahead, TODAY).team] == [whole]


def test_without_a_past_nothing_was_tried() -> None:
    found = worked_out([case(20)])
    assert [c.tried for c in found.checks] == [0] * 2 * len(HORIZONS)
    assert not found.beats("team")


def test_the_same_seed_gives_the_same_band_and_another_one_another() -> None:
    first, again, other = (worked_out(falling(), seed=seed, runs=60) for seed in (3, 3, 4))
    assert first == again
    assert first.workers != other.workers
    assert first.checks == other.checks, "the trial has no chance in it"


def test_it_stops_when_asked() -> None:
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        forecast(
            falling(),
            {"W1": [Week(TODAY, 0, 100)]},
            {"W1": [Week(mondays(1, 1)[0], 0, 100)]},
            TODAY,
            stop=lambda: next(asked),
        )


def test_a_team_of_nobody_has_no_outlook() -> None:
    found = worked_out([], workers=())
    assert (found.workers, found.team) == ({}, ())
