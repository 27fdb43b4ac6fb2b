"""How sure a plan is, in words: never surer than it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.planning.proposals import Cause, Move, Proposal
from domain.planning.rebalance import COST_UNIT
from domain.planning.scenarios import Scenario
from storage.planning.plan import WhyNotThem
from tui.planning import plan_text

TODAY = date(2026, 11, 20)


def plan(**parts: Any) -> Proposal:
    whole: dict[str, Any] = {
        "scenario": Scenario(team="North"), "made_on": TODAY, "day": TODAY, "seed": 1, "scheme": "s",
        "scheme_version": "1", "moves": (), "people": (), "cost": 0, "bound": 0, "gap_percent": 0.0, "proven": True,
        "shortfall": 0, "full_time": 10_000, "blocked": (), "curve": (), "further": 0,
    }  # fmt: skip
    return Proposal(**{**whole, **parts})


def costing(cost: float, bound: float) -> Proposal:
    gap = (cost - bound) / bound * 100 if bound else None
    proven = cost <= bound
    return plan(
        cost=int(cost * COST_UNIT), bound=int(bound * COST_UNIT), gap_percent=0.0 if proven else gap, proven=proven
    )


@pytest.mark.parametrize(
    ("cost", "bound", "said"),
    [
        (3235, 3235, "cost 3,235, proven: no plan with these moves shares the load more evenly"),
        (0, 0, "cost 0, proven: no plan with these moves shares the load more evenly"),
        (20838, 20830, "cost 20,838; at most 0.1 % from best"),
        (1004, 1000, "cost 1,004; at most 0.4 % from best"),
        (1004.1, 1000, "cost 1,004.1; at most 0.5 % from best"),
        (1019, 1000, "cost 1,019; cannot be below 1,000; not proven: gap 1.9 %"),
        (5, 0, "cost 5; the bound is 0: not proven"),
    ],
)
def test_the_certificate(cost: float, bound: float, said: str) -> None:
    assert plan_text.certificate(costing(cost, bound)) == said


def test_a_shortage_is_said_in_points_and_people() -> None:
    said = plan_text.shortfall(plan(shortfall=6100))
    assert said == "61 points are over 100 % however the cases lie, 0.61 full-time workers short"
    assert plan_text.shortfall(plan(shortfall=50, full_time=None)) == "0.5 points are over 100 % however the cases lie"
    assert plan_text.shortfall(plan()) == ""


def test_the_target_and_how_few_moves_could_ever_do() -> None:
    assert plan_text.target(plan(target=95, fewest=7)) == [
        "everyone within 95 %",
        "no plan with fewer than 7 moves can bring everyone under 95 %",
    ]
    assert plan_text.target(plan(target=95, fewest=1))[1] == "no plan with no move at all can bring everyone under 95 %"
    assert plan_text.target(plan(target=95, fewest=0)) == ["everyone within 95 %"]
    assert "whatever moves" in plan_text.target(plan(target=95, fewest=None))[1]
    assert plan_text.target(plan()) == []


def test_a_move_says_what_it_does_and_who_came_second() -> None:
    move = Move(
        case="C-1", from_="W1", to="W2", cause=Cause.BALANCE, points=600, starts=TODAY, from_before=1140,
        from_after=970, to_before=710, to_after=780, runner_up="W3", costs_more=32_000,
    )  # fmt: skip
    names = {"W1": "Okafor", "W2": "Patel", "W3": "Begum"}
    said = plan_text.reason(move, lambda worker: names[worker or ""], TODAY)
    assert said == ("takes Okafor from 114 % to 97 %; Patel goes from 71 % to 78 %; runner-up Begum, costs 3.2 more")
    alone = move.model_copy(update={"runner_up": None})
    assert plan_text.reason(alone, lambda worker: names[worker or ""], TODAY).endswith("nobody else may hold it")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (WhyNotThem("C-1", "W2", (), None, chosen=True), "The plan gives C-1 to W2."),
        (WhyNotThem("C-1", "W2", ("A rule",), None), "C-1 cannot go to W2: A rule."),
        (WhyNotThem("C-1", "W2", (), 0), "costs nothing more"),
        (WhyNotThem("C-1", "W2", (), 25_000), "costs 2.5 points more"),
    ],
)
def test_why_not_in_words(found: WhyNotThem, said: str) -> None:
    assert said in plan_text.why_not(found, lambda worker: worker or "")


def test_what_is_not_accepted_any_more_is_named_by_its_case() -> None:
    moves = [
        Move(case=f"C-{n}", from_="W1", to="W2", cause=Cause.BALANCE, points=1000, starts=TODAY).agreed
        for n in range(1, 6)
    ]
    assert plan_text.no_longer_accepted(moves, moves) == ""
    assert plan_text.no_longer_accepted(moves[:2], moves[1:]) == "Not accepted any more, as the plan changed: C-1."
    assert plan_text.no_longer_accepted(moves, ()).endswith(": C-1, C-2, C-3 and 2 more.")


@pytest.mark.parametrize(
    ("goes", "starts", "said"),
    [
        (date(2026, 11, 19), TODAY, "Okafor left on Thu 19 Nov; "),
        (None, TODAY, "Okafor leaves on Fri 20 Nov; "),
        (None, date(2026, 11, 19), "Okafor left on Thu 19 Nov; "),
        (date(2026, 11, 21), date(2026, 12, 1), "Okafor leaves on Sat 21 Nov; "),
    ],
    ids=["left before the plan", "last day is today", "an older plan", "taken later by somebody new"],
)
def test_who_has_left_is_not_told_as_leaving(goes: date | None, starts: date, said: str) -> None:
    names = {"W1": "Okafor", "W2": "Patel"}
    move = Move(case="C-1", from_="W1", to="W2", cause=Cause.LEAVES, points=600, starts=starts, goes=goes)
    assert plan_text.reason(move, lambda worker: names[worker or ""], TODAY).startswith(said)
