"""From a full-time load to what a worker can carry today."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.capacity import DEFAULT_BANDS, band, capacity, hundredths, share, utilisation

FULL_TIME = 100_00


def test_an_experienced_full_timer_carries_the_full_time_load() -> None:
    assert capacity(FULL_TIME, 100, 100, []).today == FULL_TIME


def test_part_time_grade_and_sickness_are_taken_from_contract_hours_one_by_one() -> None:
    found = capacity(FULL_TIME, 60, 90, [(20, "Phased return"), (10, "Union work")])
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
    assert capacity(FULL_TIME, 100, 90, [(100, "Long-term sick"), (20, "Course")]).today == 0


def test_a_team_without_a_full_time_load_has_no_capacity_and_no_utilisation() -> None:
    found = capacity(None, 100, 100, [(20, "Course")])
    assert found == (None, None, ())
    assert utilisation(50_00, found.today) is None


def test_a_manager_who_holds_no_cases_has_no_utilisation() -> None:
    assert utilisation(7_00, capacity(FULL_TIME, 100, 0, []).today) is None


@given(
    st.integers(1, 10_000_000),
    st.integers(1, 150),
    st.integers(0, 100),
    st.lists(st.tuples(st.integers(0, 100), st.just("Leave")), max_size=5),
)
def test_the_lines_always_add_up_to_today(full_time, fte, grade, reductions) -> None:
    found = capacity(full_time, fte, grade, reductions)
    assert sum(line.points for line in found.lines) == found.today
    assert 0 <= found.today <= found.contract


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
    assert hundredths(written) == kept


@pytest.mark.parametrize("odd", [True, None, "many", "", 0.125, float("nan"), float("inf"), "1e999999999", [1]])
def test_points_that_are_no_such_number_are_refused(odd) -> None:
    with pytest.raises(ValueError):
        hundredths(odd)


def test_the_start_up_path_does_not_load_pydantic() -> None:
    code = "import sys, domain.capacity; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
