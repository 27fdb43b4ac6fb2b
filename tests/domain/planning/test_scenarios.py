"""Situations to plan for: what can be meant, and what is refused by name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.errors import BadInput
from domain.planning.scenarios import Known, Scenario, check, pairs

TODAY = date(2026, 11, 20)
KNOWN = Known({"North", "South"}, {"W1", "W2", "W3"}, {"C-1", "C-2"}, {"asye", "children-sw"}, {"newly_qualified"})


def checked(**parts: Any) -> Scenario:
    scenario = Scenario.model_validate({"team": "North", **parts})
    check(scenario, KNOWN, TODAY)
    return scenario


def test_a_plan_is_for_the_day_on_which_everything_has_begun() -> None:
    scenario = checked(
        leavers=[{"worker": "W2", "on": "2026-12-18"}],
        starters=[{"id": "new-1", "grade": "asye", "on": "2027-01-04", "ramp": "newly_qualified"}],
    )
    assert scenario.day(TODAY) == date(2027, 1, 4)
    assert checked().day(TODAY) == TODAY
    assert scenario.gone("W2", TODAY) == date(2026, 12, 18)
    assert scenario.gone("W3", TODAY) is None


def test_whoever_is_covered_for_is_there_again_on_the_day_of_the_plan() -> None:
    away = {"worker": "W2", "starts": "2026-12-01", "ends": "2026-12-14"}
    scenario = checked(absences=[away])
    assert scenario.day(TODAY) == date(2026, 12, 15)
    assert scenario.gone("W2", TODAY) is None
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 14), date(2026, 12, 15)]
    assert [scenario.away("W2", day) for day in days] == [False, True, True, False]
    within = checked(absences=[away], on="2026-12-10")
    assert within.gone("W2", TODAY) == date(2026, 12, 1)
    for_good = checked(absences=[{**away, "way": "transfer"}])
    assert (for_good.day(TODAY), for_good.gone("W2", TODAY)) == (date(2026, 12, 1), date(2026, 12, 1))
    assert not for_good.away("W2", date(2026, 12, 5))


def test_an_absence_that_has_begun_and_still_runs_can_be_planned_for() -> None:
    scenario = checked(absences=[{"worker": "W2", "starts": "2026-11-02", "ends": "2027-02-01"}])
    assert scenario.day(TODAY) == date(2027, 2, 2)
    assert checked(absences=[{"worker": "W2", "starts": "2026-11-02"}]).absence("W2")


@pytest.mark.parametrize(
    ("parts", "field", "said"),
    [
        ({"leavers": [{"worker": "W2", "on": "2026-11-19"}]}, "leavers", "W2 leaving lies in the past"),
        ({"absences": [{"worker": "W2", "starts": "2026-1-1", "ends": "2026-2-1"}]}, "absences", "lies in the past"),
        ({"starters": [{"id": "n", "grade": "asye", "on": "2026-11-01"}]}, "starters", "n starting lies in the past"),
        ({"on": "2026-11-19"}, "on", "The plan lies in the past"),
        ({"on": "2026-12-01", "leavers": [{"worker": "W2", "on": "2026-12-18"}]}, "on", "begins on Fri 18 Dec 2026"),
        ({"team": "East"}, "team", "no team 'East'"),
        ({"merges": ["East"]}, "team", "no team 'East'"),
        ({"merges": ["North"]}, "merges", "North cannot merge into itself"),
        ({"leavers": [{"worker": "W9", "on": "2026-12-18"}]}, "leavers", "no worker 'W9'"),
        ({"absences": [{"worker": "W9", "starts": "2026-12-18"}]}, "absences", "no worker 'W9'"),
        ({"starters": [{"id": "n", "grade": "wizard", "on": "2026-12-18"}]}, "starters", "no grade 'wizard'"),
        ({"starters": [{"id": "n", "grade": "asye", "on": "2026-12-18", "ramp": "x"}]}, "starters", "no ramp 'x'"),
        ({"starters": [{"id": "W2", "grade": "asye", "on": "2026-12-18"}]}, "starters", "a worker 'W2' already"),
        (
            {"leavers": [{"worker": "W2", "on": "2026-12-18"}], "absences": [{"worker": "W2", "starts": "2026-12-01"}]},
            "absences",
            "W2 goes twice",
        ),
        ({"arrivals": [{"id": "C-1", "pathway": "court"}]}, "arrivals", "a case 'C-1' already"),
        ({"arrivals": [{"id": "N", "pathway": "court"}] * 2}, "arrivals", "N arrives twice"),
        ({"incoming": ["C-1"], "outgoing": ["C-1"]}, "incoming", "C-1 is handed over twice"),
        ({"outgoing": ["C-9"]}, "outgoing", "no open case 'C-9'"),
        ({"pins": pairs([("C-1", "W2"), ("C-1", "W3")])}, "pins", "C-1 is pinned to both W2 and W3"),
        ({"pins": pairs([("C-1", "W2")]), "forbids": pairs([("C-1", "W2")])}, "pins", "pinned to W2 and forbidden"),
        ({"pins": pairs([("C-9", "W2")])}, "pins", "no open case 'C-9'"),
        ({"forbids": pairs([("C-1", "W9")])}, "forbids", "no worker 'W9'"),
        (
            {"pins": pairs([("C-1", "W2")]), "leavers": [{"worker": "W2", "on": "2026-12-18"}]},
            "pins",
            "who is gone by then",
        ),
        ({"pins": pairs([("C-1", "W2")]), "outgoing": ["C-1"]}, "pins", "another team takes it"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused_by_name(parts: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(BadInput) as fault:
        checked(**parts)
    assert fault.value.field == field
    assert said in str(fault.value)


@pytest.mark.parametrize(
    "parts",
    [
        {"target": 0},
        {"most_moves": -1},
        {"starters": [{"id": "n", "grade": "asye", "on": "2026-12-18", "fte": 0}]},
        {"absences": [{"worker": "W2", "starts": "2026-12-18", "ends": "2026-12-01"}]},
        {"arrivals": [{"id": "N", "pathway": "court", "points": -5}]},
        {"wishes": 1},
    ],
    ids=str,
)
def test_what_no_field_allows_is_refused(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scenario.model_validate({"team": "North", **parts})


def test_a_scenario_survives_being_written_down() -> None:
    scenario = checked(
        absences=[{"worker": "W2", "starts": "2026-12-01", "way": "transfer"}],
        arrivals=[{"id": "N", "pathway": "court", "points": 450, "must_have": ["Urdu"]}],
        pins=pairs([("C-1", "W3")]),
    )
    assert Scenario.model_validate(scenario.model_dump(mode="json", exclude_defaults=True)) == scenario
