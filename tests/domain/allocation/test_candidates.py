"""Who fits best: what a case does to each load, in a stated order, and plain words when nobody fits."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.allocation.candidates import ORDER, Taker, blocked_by, candidates, no_room, ranked, take, why_before
from domain.allocation.eligibility import Asked, CaseNeeds, Finding, Sibling
from domain.core.enums import Role
from tests.domain.allocation.policykit import ON, case, colleague, rule, worker

AWAY = rule("away", hard=True, approver="Team manager")
LEFT = {**rule("leaving", hard=True), "id": "left"}
OTHER = {**rule("other_team"), "id": "other"}


def order(a_case: CaseNeeds, *workers: Any, rules: Any = (AWAY, LEFT, OTHER)) -> list[str]:
    return [taker.worker.staff_id for taker in candidates(rules, a_case, workers, Asked(ON))]


def of(a_case: CaseNeeds, a_worker: Any, **asked: Any) -> Taker:
    return take([], a_case, a_worker, Asked(**{"on": ON, **asked}))


def test_the_load_before_and_after_and_what_is_spare() -> None:
    found = of(case(), worker())
    assert (found.before, found.after, found.spare, found.adds, found.band) == (500, 600, 5000, 1000, "room")


def test_a_co_worker_carries_their_share_and_gives_it_up_when_taking_over() -> None:
    shares = {"co_worker": 50}
    assert of(case(), worker(shares=shares), role=Role.CO_WORKER).adds == 500
    beside = (colleague(worker="W2"),)
    assert of(case(beside=beside), worker(shares=shares)).adds == 500


def test_siblings_who_come_too_weigh_too_unless_they_are_there_already() -> None:
    both = case(siblings=(Sibling("C-2", "W5", 600), Sibling("C-3", "W2", 700)))
    assert of(both, worker(), together=True).adds == 1600
    assert of(both, worker()).adds == 1000


def test_nothing_is_said_of_the_load_where_it_cannot_be() -> None:
    assert of(case(), worker(capacity=None))[3:7] == (None, None, "", None)
    foreign = of(case(scheme="a"), worker(scheme="b"))
    assert (foreign.before, foreign.after) == (500, None)


def test_who_knows_the_case_is_said() -> None:
    family = case(siblings=(Sibling("C-2", "W2", 600),), held_before={"W2": date(2026, 1, 5)})
    assert of(family, worker()).known == ("held it until Mon 5 Jan 2026", "holds C-2 of the same family")
    assert of(case(beside=(colleague(worker="W2"),)), worker()).known == ("works on it now",)


def test_the_order_goes_by_rules_then_cautions_then_band_then_ties_then_travel_then_load() -> None:
    family = case(area="Leeds", held_before={"W4": date(2026, 1, 5)})
    assert order(
        family,
        worker(staff_id="W8", leaves=date(2026, 1, 1)),
        worker(staff_id="W7", away=True),
        worker(staff_id="W6", team="South", points=0),
        worker(staff_id="W5", points=8900),
        worker(staff_id="W1", points=2000),
        worker(staff_id="W2", points=1000),
        worker(staff_id="W3", points=6000, areas=("Leeds",)),
        worker(staff_id="W4", points=7000),
    ) == ["W4", "W3", "W2", "W1", "W5", "W6", "W7", "W8"]


def test_no_capacity_set_comes_after_every_known_load() -> None:
    assert order(case(), worker(staff_id="W1", capacity=None), worker(staff_id="W9", points=20_000)) == ["W9", "W1"]


def test_a_manager_who_carries_no_cases_comes_after_those_who_do_whatever_their_cautions() -> None:
    holds_none, elsewhere = worker(staff_id="W1", capacity=0), worker(staff_id="W9", team="South", points=20_000)
    assert order(case(), holds_none, elsewhere) == ["W9", "W1"]


def test_ranks_count_from_one_and_equals_go_by_staff_id() -> None:
    found = candidates([], case(), [worker(staff_id="W2"), worker(staff_id="W1")], Asked(ON))
    assert [(t.rank, t.worker.staff_id) for t in found] == [(1, "W1"), (2, "W2")]


@pytest.mark.parametrize(
    ("better", "words"),
    [
        (worker(staff_id="W1"), "nothing tells them apart: by staff id"),
        (worker(staff_id="W1", points=10), "carries less afterwards"),
        (worker(staff_id="W1", areas=("Leeds",)), "covers the area"),
    ],
)
def test_why_one_stands_before_another(better: Any, words: str) -> None:
    first, second = candidates([], case(area="Leeds"), [worker(), better], Asked(ON))
    assert first.worker.staff_id == "W1"
    assert why_before(first, second) == words


def test_everyone_excluded_names_the_rules_and_how_many_each_stops() -> None:
    staff = [worker(away=True), worker(staff_id="W3", away=True), worker(staff_id="W4", leaves=date(2026, 1, 1))]
    found = candidates((AWAY, LEFT), case(), staff, Asked(ON))
    assert [(finding.rule, count) for finding, count in blocked_by(found)] == [("x", 2), ("left", 1)]
    assert blocked_by(candidates((AWAY, LEFT), case(), [*staff, worker(staff_id="W5")], Asked(ON))) == []


def test_a_case_heavier_than_any_room_is_said_with_the_figures() -> None:
    staff = [worker(points=9500), worker(staff_id="W3", points=12_000), worker(staff_id="W4", points=0, away=True)]
    found = candidates((AWAY,), case(), staff, Asked(ON))
    assert no_room(found) == "Nobody who may take it has room for it: it adds 10 points, and the most room is 5."
    assert no_room(candidates((AWAY,), case(), [*staff, worker(staff_id="W5", points=9000)], Asked(ON))) == ""
    assert no_room(candidates((AWAY,), case(), [worker(capacity=None)], Asked(ON))) == ""


@pytest.mark.parametrize(("points", "room"), [(9999, "0.01"), (10_000, "0"), (10_001, "0")])
def test_whoever_is_full_or_over_has_no_room(points: int, room: str) -> None:
    found = candidates([], case(), [worker(points=points)], Asked(ON))
    assert no_room(found).endswith(f"the most room is {room}.")


def test_room_that_is_just_enough_is_enough() -> None:
    assert no_room(candidates([], case(points=500), [worker(points=9500)], Asked(ON))) == ""
    assert no_room(candidates([], case(points=501), [worker(points=9500)], Asked(ON))) != ""


FINDINGS = st.lists(
    st.builds(Finding, st.sampled_from("abc"), st.just("words"), st.booleans(), st.sampled_from(["", "Head"])),
    max_size=3,
)
TAKERS = st.builds(
    lambda number, found, points, capacity, near: take(
        [], case(area="Leeds"), worker(staff_id=f"W{number}", points=points, capacity=capacity, areas=near), Asked(ON)
    )._replace(findings=tuple(found)),
    st.integers(1, 9), FINDINGS, st.integers(0, 20_000), st.one_of(st.none(), st.integers(0, 20_000)),
    st.sampled_from([(), ("Leeds",)]),
)  # fmt: skip


@given(st.lists(TAKERS, max_size=8, unique_by=lambda t: t.worker.staff_id), st.randoms())
def test_the_order_is_the_same_however_the_workers_come(takers: list[Taker], dice: Any) -> None:
    shuffled = list(takers)
    dice.shuffle(shuffled)
    first = ranked(takers)
    assert ranked(shuffled) == first
    assert [t.rank for t in first] == list(range(1, len(takers) + 1))
    may = [t.may for t in first]
    assert may == sorted(may, reverse=True)
    for one, other in pairwise(first):
        assert why_before(one, other) in {words for words, _ in ORDER} | {"nothing tells them apart: by staff id"}
