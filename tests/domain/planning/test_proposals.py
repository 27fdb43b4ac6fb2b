"""What was accepted of a plan: a move as it stood then, and no other move of the same case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.enums import Role
from domain.planning.proposals import Cause, Move, Proposal
from domain.planning.scenarios import Scenario

TODAY = date(2026, 11, 20)
LATER = date(2026, 12, 18)


def move(case: str = "C-1", **parts: Any) -> Move:
    whole = {"case": case, "from_": "W1", "to": "W2", "cause": Cause.BALANCE, "points": 1000, "starts": TODAY}
    return Move.model_validate({**whole, **parts})


def plan(*moves: Move, **parts: Any) -> Proposal:
    whole: dict[str, Any] = {
        "scenario": Scenario(team="North"), "made_on": TODAY, "day": TODAY, "seed": 1, "scheme": "s",
        "scheme_version": "1", "moves": moves, "people": (), "cost": 0, "bound": 0, "gap_percent": 0.0, "proven": True,
        "shortfall": 0, "full_time": 10_000, "blocked": (), "curve": (), "further": 0,
    }  # fmt: skip
    return Proposal(**{**whole, **parts})


@pytest.mark.parametrize(
    "other",
    [
        {"to": "W3"},
        {"from_": "W3"},
        {"from_": None},
        {"role": Role.COVER},
        {"starts": LATER},
        {"ends": LATER},
    ],
)
def test_another_move_of_the_same_case_is_not_the_one_accepted(other: dict[str, Any]) -> None:
    accepted = {move().agreed, move("C-2").agreed}
    now = plan(move(**other), move("C-2"), move("C-3"))
    assert now.still_agreed(accepted) == {move("C-2").agreed}
    assert now.with_accepted(accepted).accepted == ("C-2",)


def test_why_and_how_heavy_may_change_under_an_acceptance() -> None:
    now = plan(move(cause=Cause.PINNED, points=2000, to_after=900))
    assert now.still_agreed({move().agreed}) == {move().agreed}


def test_what_was_to_begin_at_once_begins_at_once_tomorrow() -> None:
    tomorrow = date(2026, 11, 21)
    accepted = {move().agreed, move("C-2", starts=LATER).agreed}
    now = plan(move(starts=tomorrow), move("C-2", starts=tomorrow), made_on=tomorrow)
    assert now.still_agreed(accepted) == {move(starts=tomorrow).agreed}, "C-2 was to wait, and would not any more"


def test_siblings_stay_accepted_together_or_not_at_all() -> None:
    family = [move("C-1", together=("C-2", "C-9")), move("C-2", together=("C-1", "C-9"))]
    accepted = {one.agreed for one in family}
    assert plan(*family).still_agreed(accepted) == accepted, "C-9 is with them already"
    other = move("C-2", together=("C-1", "C-9"), from_="W3")
    assert not plan(family[0], other).still_agreed(accepted)


def test_a_kept_plan_knows_what_was_accepted_of_it_as_it_stood() -> None:
    kept = plan(move(), move("C-2"), accepted=("C-2", "C-7"))
    assert kept.agreed == {move("C-2").agreed}
