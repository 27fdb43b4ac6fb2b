"""Standards of supervision: what a pack may say, what the shipped one says, and how often that is on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from domain.core.enums import Pathway
from domain.core.intervals import Interval
from domain.load.capacity import Contract
from domain.supervision.frequency import cadence
from domain.supervision.standards import PARTS, SupervisionPack, interval_for, read_supervision
from storage.rules import pack_set

SHIPPED = pack_set.load()
BEGAN = date(2026, 9, 1)


def pack(**parts):
    return {"kind": "supervision", "id": "own", "title": "Our own", "version": "1", **parts}


def standard(**given):
    return {"id": "ours", "title": "Ours", "basis": "local", "every": {"weeks": 3}, **given}


def fault(**parts) -> str:
    found, problems = read_supervision(pack(**parts), "own.toml")
    assert found is None
    return "; ".join(f"{problem.column}: {problem.message}" for problem in problems)


def every(name: str, on: date, began: date | None = BEGAN) -> Interval:
    return cadence(SHIPPED.standards[name].as_item()).every(on, began)


def test_the_shipped_pack_is_read_and_every_figure_is_cited_or_local() -> None:
    assert not [problem for problem in SHIPPED.problems if problem.file == "supervision.toml"]
    for word in PARTS:
        parts = getattr(SHIPPED, word)
        assert parts, word
        assert all(part.basis == "local" or any(c.verified for c in part.citations) for part in parts.values()), word


def test_the_employer_standards_ask_for_ninety_minutes_every_month() -> None:
    monthly = SHIPPED.standard("monthly")
    assert (monthly.minutes, monthly.basis) == (90, "published")
    assert every("monthly", date(2030, 1, 1)) == Interval("months", 1)


@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        (BEGAN, Interval("weeks", 1)),
        (date(2026, 10, 12), Interval("weeks", 1)),
        (date(2026, 10, 13), Interval("weeks", 2)),
        (date(2027, 2, 28), Interval("weeks", 2)),
        (date(2027, 3, 1), Interval("months", 1)),
    ],
)
def test_a_newly_qualified_worker_is_supervised_weekly_then_fortnightly_then_monthly(on, wanted) -> None:
    assert every("newly-qualified", on) == wanted


def test_without_a_first_day_the_last_phase_counts() -> None:
    assert every("newly-qualified", BEGAN, None) == Interval("months", 1)


def test_a_student_is_supervised_by_placement_days_so_that_no_date_follows_from_the_standard_alone() -> None:
    said = cadence(SHIPPED.standards["student-five-days"].as_item())
    assert (said.placement_days, said.single) == (5, None)
    assert cadence(SHIPPED.standards["fortnightly"].as_item()).single == Interval("weeks", 2)
    assert cadence(SHIPPED.standards["newly-qualified"].as_item()).single is None


def test_part_time_makes_sessions_shorter_down_to_an_hour_and_never_fewer() -> None:
    part_time = SHIPPED.standard("part-time-four-weekly")
    assert [part_time.minutes_for(Contract.of(fte)) for fte in (100, 80, 70, 50)] == [90, 75, 65, 60]
    assert SHIPPED.standard("monthly").minutes_for(Contract.of(50)) == 90
    assert every("part-time-four-weekly", BEGAN) == Interval("weeks", 4)


@pytest.mark.parametrize(
    ("hours", "full", "minutes"),
    [(3000, 4500, 60), (3001, 4500, 65), (2500, 3750, 60), (2501, 3750, 65), (3750, 3750, 90), (4000, 3750, 90)],
)
def test_a_contract_in_hours_is_not_rounded_before_it_is_minutes(hours: int, full: int, minutes: int) -> None:
    # 25 of 37.5 hours is two thirds, so 60 of 90 minutes; an FTE of 0.67 would have made them 65
    assert SHIPPED.standard("part-time-four-weekly").minutes_for(Contract.of(None, hours, full)) == minutes


def test_the_shortest_interval_of_a_cases_pathways_counts() -> None:
    def days(*pathways: Pathway) -> int | None:
        found = interval_for(SHIPPED.intervals.values(), pathways)
        return found and found.days

    assert days(Pathway.CHILD_PROTECTION) == 28
    assert days(Pathway.LOOKED_AFTER, Pathway.COURT) == 28
    assert days(Pathway.ASSESSMENT) == 31
    assert days(Pathway.CARE_ACT) is None, "no source gives one for adults"


def test_an_interval_for_every_case_counts_only_where_no_other_does() -> None:
    read = SupervisionPack.model_validate(
        pack(
            intervals=[
                {"id": "all", "title": "All", "basis": "local", "days": 10},
                {"id": "mine", "title": "Mine", "basis": "local", "days": 20, "pathways": ["care_act"]},
                {"id": "off", "title": "Off", "basis": "local", "days": 5, "active": False},
            ]
        )
    )
    assert [interval_for(read.intervals, p).id for p in (["care_act"], ["court"])] == ["mine", "all"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({}, "the pack says nothing"),
        ({"standards": [standard(every=None)]}, "give either every or phases"),
        ({"standards": [standard(every={"weeks": 1, "days": 3})]}, "exactly one of days, weeks and months"),
        ({"standards": [standard(basis="published")]}, "needs a citation"),
        ({"standards": [standard(), standard()]}, "ours is there twice"),
        ({"standards": [standard(pro_rata=True, minutes=45)]}, "more than minutes"),
        ({"standards": [standard(every=None, phases=[{"every": {"weeks": 1}}] * 2)]}, "says until when"),
        ({"nudges": [{"id": "n", "title": "N", "basis": "local", "kind": "copied"}]}, "belongs to copied"),
        (
            {"ladders": [{"id": "l", "title": "L", "basis": "local", "stages": [{"id": "a", "title": "A"}] * 2}]},
            "a is there twice",
        ),
    ],
)
def test_what_is_wrong_with_a_pack_is_said(parts, said) -> None:
    assert said in fault(**parts)


def test_a_council_puts_its_own_standard_in_the_place_of_a_shipped_one(tmp_path) -> None:
    (tmp_path / "own.toml").write_text(
        'kind = "supervision"\nid = "own"\ntitle = "Ours"\nversion = "1"\n'
        '[[standards]]\nid = "monthly"\ntitle = "Every three weeks"\nbasis = "local"\nevery = { weeks = 3 }\n'
    )
    found = pack_set.load([tmp_path])
    assert found.problems == ()
    assert cadence(found.standards["monthly"].as_item()).single == Interval("weeks", 3)
    assert len(found.standards) == len(SHIPPED.standards)


def test_the_example_in_the_manual_is_read_as_it_stands() -> None:
    manual = (Path(pack_set.__file__).resolve().parents[2] / "docs" / "packs.md").read_text("utf-8")
    example = next(part for part in manual.split("```") if part.startswith('toml\nkind = "supervision"'))
    found, problems = read_supervision(tomllib.loads(example.removeprefix("toml\n")), "own.toml")
    assert problems == ()
    assert found is not None
    assert found.standards[0].minutes_for(Contract.of(50)) == 60
