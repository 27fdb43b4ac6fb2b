"""From a full-time load to what a worker can carry today."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.hundredths import parse_hundredths
from domain.load.capacity import (
    DEFAULT_BANDS,
    Contract,
    Loss,
    band,
    capacity,
    nothing_left,
    red_line,
    runs,
    share,
    streak,
    utilisation,
)

FULL_TIME = 100_00


def test_an_experienced_full_timer_carries_the_full_time_load() -> None:
    assert capacity(FULL_TIME, Contract.of(100), 100, []).today == FULL_TIME


def test_part_time_grade_and_sickness_are_taken_from_contract_hours_one_by_one() -> None:
    found = capacity(FULL_TIME, Contract.of(60), 90, [Loss(20, "Phased return"), Loss(10, "Union work")])
    assert found.contract == 60_00
    assert found.today == 60_00 - 6_00 - 12_00 - 6_00
    assert [(line.label, line.points) for line in found.lines] == [
        ("Full-time load", 100_00),
        ("Works 0.6 of full time", -40_00),
        ("Grade carries 90 %", -6_00),
        ("Phased return, 20 %", -12_00),
        ("Union work, 10 %", -6_00),
    ]


def test_nobody_carries_less_than_nothing() -> None:
    assert capacity(FULL_TIME, Contract.of(100), 90, [Loss(100, "Long-term sick"), Loss(20, "Course")]).today == 0


def test_a_team_without_a_full_time_load_has_no_capacity_and_no_utilisation() -> None:
    found = capacity(None, Contract.of(100), 100, [Loss(20, "Course")])
    assert (found.contract, found.today, found.lines) == (None, None, ())
    assert (found.contract_hours, found.today_hours) == (37_00, 29_60), "hours are known all the same"
    assert utilisation(50_00, found.today) is None


def test_a_manager_who_holds_no_cases_has_no_utilisation() -> None:
    assert utilisation(7_00, capacity(FULL_TIME, Contract.of(100), 0, []).today) is None


def test_contract_hours_today_and_the_points_budget_are_kept_apart() -> None:
    """0.8 of 37 h is 29.6 h; a student takes 10 % of it, 2.96 h, so 26.64 h and 72 of 80 points are left."""
    found = capacity(FULL_TIME, Contract.of(80), 100, [Loss(10, "Student", "practice_educator")])
    assert (found.contract_hours, found.today_hours) == (29_60, 26_64)
    assert (found.contract, found.today) == (80_00, 72_00)
    assert [(line.points, line.hours) for line in found.lines] == [(100_00, 37_00), (-20_00, -7_40), (-8_00, -2_96)]


def test_a_ramp_stands_in_place_of_the_grades_own_share() -> None:
    """ASYE carries 90 %; the ramp says 60 %: 60 are left, not 50."""
    found = capacity(FULL_TIME, Contract.of(100), 90, [Loss(40, "Newly qualified", "newly_qualified", ramp=True)])
    assert found.today == 60_00
    assert [(line.label, line.points) for line in found.lines[1:]] == [
        ("Grade's own 90 %: in the step below", 0),
        ("Newly qualified, 40 %", -40_00),
    ]


def test_of_two_ramps_and_a_grade_the_heaviest_counts() -> None:
    new, back = Loss(20, "New starter", ramp=True), Loss(75, "Phased return", ramp=True)
    assert capacity(FULL_TIME, Contract.of(100), 100, [new, back]).today == 25_00
    assert capacity(FULL_TIME, Contract.of(100), 44, [Loss(25, "Phased return", ramp=True)]).today == 44_00, (
        "a student's own 44 %"
    )


def test_annual_leave_marks_the_week_and_takes_no_capacity() -> None:
    found = capacity(
        FULL_TIME, Contract.of(100), 100, [Loss(100, "Annual leave", "annual_leave", counts=False, away=True)]
    )
    assert (found.today, found.away) == (FULL_TIME, True)


def test_somebody_off_sick_has_no_capacity_today() -> None:
    found = capacity(FULL_TIME, Contract.of(100), 100, [Loss(100, "Sick", "sickness", away=True)])
    assert (found.today, found.today_hours, found.away) == (0, 0, True)
    assert utilisation(40_00, found.today) is None


LOSSES = st.lists(
    st.builds(
        Loss,
        percent=st.integers(0, 100),
        reason=st.just("Leave"),
        counts=st.booleans(),
        away=st.booleans(),
        ramp=st.booleans(),
        hours=st.none(),
    )
    | st.builds(
        Loss,
        percent=st.none(),
        reason=st.just("Supports others"),
        counts=st.booleans(),
        away=st.just(False),
        ramp=st.booleans(),
        hours=st.integers(1, 60_00),
    ),
    max_size=5,
)
CONTRACTS = st.builds(Contract.of, fte=st.integers(1, 150), full_time_hours=st.integers(1, 60_00)) | st.builds(
    Contract.of, fte=st.none(), hours=st.integers(1, 60_00), full_time_hours=st.integers(1, 60_00)
)


@given(st.integers(1, 10_000_000), CONTRACTS, st.integers(0, 100), LOSSES)
def test_the_lines_always_add_up_to_today_which_lies_within_the_contract(full_time, contract, grade, losses) -> None:
    found = capacity(full_time, contract, grade, losses)
    assert sum(line.points for line in found.lines) == found.today
    assert sum(line.hours for line in found.lines) == found.today_hours
    assert 0 <= found.today <= found.contract
    assert 0 <= found.today_hours <= found.contract_hours


@given(st.integers(1, 10_000_000), CONTRACTS, st.integers(0, 100), LOSSES, st.integers(0, 100), st.integers(1, 60_00))
def test_one_more_reduction_never_adds_capacity(full_time, contract, grade, losses, percent, hours) -> None:
    before = capacity(full_time, contract, grade, losses).today
    for ramp in (True, False):
        for more in (Loss(percent, "More", ramp=ramp), Loss(None, "More", ramp=ramp, hours=hours)):
            assert capacity(full_time, contract, grade, [*losses, more]).today <= before


@given(st.integers(1, 10_000_000), st.integers(1, 60), st.integers(1, 60), LOSSES, st.integers(0, 99))
def test_a_percentage_and_the_hours_that_equal_it_are_the_same(full_time, week, hours, losses, percent) -> None:
    """Of a contract of whole hours a whole percentage is a whole number of hundredths of an hour."""
    contract, whole_week = hours * 100, week * 100
    of = Contract.of(None, contract, whole_week)
    either = [Loss(percent, "Union"), Loss(None, "Union", hours=percent * hours)]
    by_percent, by_hours = (capacity(full_time, of, 100, [*losses, one]) for one in either)
    assert by_percent.today == by_hours.today
    assert by_percent.today_hours == by_hours.today_hours
    assert [line.points for line in by_percent.lines] == [line.points for line in by_hours.lines]
    assert either[1].less(contract).percent == percent


@given(st.integers(1, 10_000_000), st.integers(1, 150), st.integers(1, 60), LOSSES)
def test_an_fte_and_the_hours_that_equal_it_are_the_same(full_time, fte, week, losses) -> None:
    by_fte, by_hours = Contract.of(fte, None, week * 100), Contract.of(None, fte * week, week * 100)
    one, other = (capacity(full_time, of, 90, losses) for of in (by_fte, by_hours))
    assert one == other


def test_thirty_of_37_hours_and_1_8_hours_less() -> None:
    """100 points x 30 / 37 = 81.081; 28.2 of 37 hours are left, 100 x 28.2 / 37 = 76.216 points; 1.8 of 30 is 6 %."""
    contract = Contract.of(None, 30_00)
    assert capacity(FULL_TIME, contract, 100, []).today == 81_08
    found = capacity(FULL_TIME, contract, 100, [Loss(None, "Practice educator", hours=1_80)])
    assert (found.contract_hours, found.today_hours) == (30_00, 28_20)
    assert (found.contract, found.today) == (81_08, 76_22)
    assert [(line.label, line.points, line.hours) for line in found.lines] == [
        ("Full-time load", 100_00, 37_00),
        ("Works 30 of 37 h a week", -18_92, -7_00),
        ("Practice educator, 1.8 h a week (6 %)", -4_86, -1_80),
    ]


def test_1_8_hours_of_a_full_week_are_4_9_per_cent_and_counted_exactly() -> None:
    """1.8 / 37 is 4.865 %: 35.2 h and 95.135 points are left; 5 % would have left 95."""
    found = capacity(FULL_TIME, Contract.of(100), 100, [Loss(None, "Practice educator", hours=1_80)])
    assert (found.today, found.today_hours) == (95_14, 35_20)
    assert found.lines[-1] == ("Practice educator, 1.8 h a week (4.9 %)", -4_86, -1_80)


def test_the_heavier_of_a_grade_and_a_ramp_is_found_whichever_way_it_was_given() -> None:
    """A grade of 90 % takes 3.7 h of 37: steps of 3.6 h are lighter, of 3.8 h heavier."""
    for hours, left in ((3_60, 90_00), (3_80, 89_73)):
        assert capacity(FULL_TIME, Contract.of(100), 90, [Loss(None, "New", ramp=True, hours=hours)]).today == left


def test_what_comes_to_the_whole_contract_leaves_nobody_there() -> None:
    halves = [Loss(None, "Union", hours=18_50), Loss(50, "Course")]
    assert nothing_left(halves, 37_00)
    assert not nothing_left(halves, 37_01)
    assert nothing_left([Loss(100, "Sick")], 37_00)
    assert not nothing_left([Loss(100, "Leave", counts=False)], 37_00)
    assert not nothing_left([], 0)


@given(st.integers(100, 10_000_000), st.integers(10, 149), st.integers(1, 100), st.integers(0, 20_000))
def test_utilisation_is_continuous_in_fte(full_time, fte, grade, points) -> None:
    """A hundredth more of a post never takes more than a hundredth of the full-time load, and never adds load."""
    less, more = (capacity(full_time, Contract.of(f), grade, []).today for f in (fte, fte + 1))
    assert 0 <= more - less <= full_time / 100 + 2
    if less:
        drop = utilisation(points, less) - utilisation(points, more)
        assert 0 <= drop <= points * 1000 * (full_time / 100 + 2) / (less * more) + 1


@pytest.mark.parametrize(
    ("bands", "weeks"),
    [
        ([], 0),
        (["over"] * 4, 4),
        (["over", "near", "over", "over"], 2),
        (["over", "over", "near"], 0),
        (["", "over"], 1),
    ],
)
def test_a_streak_is_the_unbroken_run_up_to_the_last_week(bands, weeks) -> None:
    assert streak(bands) == weeks


def test_the_runs_are_found_wherever_they_lie() -> None:
    assert runs(["over", "near", "over", "over", "", "over"]) == [(0, 1), (2, 2), (5, 1)]


def test_the_red_line_is_the_lower_edge_of_the_band_called_over() -> None:
    assert red_line(DEFAULT_BANDS) == 1100
    assert red_line([(1000, "steady"), (None, "over")]) == 1000
    assert red_line([(None, "steady")]) is None


@pytest.mark.parametrize(
    ("points", "can_carry", "tenths"),
    [(114_20, 100_00, 1142), (0, 100_00, 0), (1, 3, 333), (2, 3, 667), (10_005, 100_000, 100), (10_050, 100_000, 101)],
)
def test_utilisation_is_in_tenths_of_a_percent_rounded_half_up(points, can_carry, tenths) -> None:
    assert utilisation(points, can_carry) == tenths


@pytest.mark.parametrize(
    ("tenths", "key"),
    [(0, "room"), (949, "room"), (950, "steady"), (1000, "steady"), (1001, "near"), (1100, "near"), (1101, "over")],
)
def test_the_bands_change_at_95_100_and_110_percent(tenths, key) -> None:
    assert band(tenths, DEFAULT_BANDS) == key


def test_without_utilisation_there_is_no_band() -> None:
    assert band(None) == ""


def test_a_co_worker_carries_a_share_rounded_half_up() -> None:
    assert share(7_00, 50) == 3_50
    assert share(5, 50) == 3


@pytest.mark.parametrize(("written", "kept"), [(3, 300), (0.25, 25), (0.08, 8), ("1.5", 150), (-1, -100), (0.1, 10)])
def test_points_as_written_become_hundredths(written, kept) -> None:
    assert parse_hundredths(written) == kept


@pytest.mark.parametrize("odd", [True, None, "many", "", 0.125, float("nan"), float("inf"), "1e999999999", [1]])
def test_points_that_are_no_such_number_are_refused(odd) -> None:
    with pytest.raises(ValueError):
        parse_hundredths(odd)


def test_the_start_up_path_does_not_load_pydantic() -> None:
    code = "import sys, domain.load.capacity; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
