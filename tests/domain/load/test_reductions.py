"""Reasons for carrying less, and ramps to a full load: what a pack may say, and what a ramp comes to."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import BadInput
from domain.load.reductions import Ramp, Reason, dated, read_reductions
from storage.rules import pack_set

SHIPPED = pack_set.load()
START = date(2026, 9, 1)


def pack(**parts):
    return {"kind": "reductions", "id": "own", "title": "Our own", "version": "1", **parts}


def reason(**given):
    return {"id": "duty", "title": "Duty", "basis": "local", **given}


def ramp(*steps, **given):
    return {
        "id": "ours", "title": "Ours", "reason": "newly_qualified", "basis": "local", "steps": list(steps), **given,
    }  # fmt: skip


def test_the_shipped_reasons_say_what_the_sources_say() -> None:
    found = SHIPPED.reasons
    assert (found["newly_qualified"].percent, found["newly_qualified"].months) == (20, 9)
    assert [found[name].percent for name in ("sickness", "maternity", "trainee")] == [100, 100, 80]
    assert [found[name].most_percent for name in ("lead_role", "union", "phased_return")] == [5, 50, 100]
    assert found["practice_educator"].percent is None, "no source gives a figure"
    assert not [problem for problem in SHIPPED.problems if problem.file == "reductions.toml"]


def test_annual_leave_marks_the_week_and_takes_nothing_away() -> None:
    leave = SHIPPED.reasons["annual_leave"]
    assert (leave.away, leave.counts) == (True, False)


def test_whatever_is_not_cited_is_local() -> None:
    parts = [*SHIPPED.reasons.values(), *SHIPPED.ramps.values()]
    assert all(part.basis == "local" or part.citations for part in parts)


def test_the_trainee_ramp_is_20_40_60_and_then_80_percent_of_a_full_load() -> None:
    found = dated(SHIPPED.ramps["trainee-probation"], START)
    assert [(s.percent, s.starts, s.ends) for s in found] == [
        (80, date(2026, 9, 1), date(2027, 2, 28)),
        (60, date(2027, 3, 1), date(2027, 8, 31)),
        (40, date(2027, 9, 1), date(2028, 2, 29)),
        (20, date(2028, 3, 1), date(2028, 11, 30)),
    ]


def test_steps_already_over_are_left_out() -> None:
    found = dated(SHIPPED.ramps["trainee-probation"], START, date(2027, 3, 1))
    assert [s.percent for s in found] == [60, 40, 20]


def test_a_ramp_that_is_over_is_refused() -> None:
    with pytest.raises(BadInput) as refusal:
        dated(SHIPPED.ramps["phased-return-weeks"], START, date(2027, 3, 1))
    assert refusal.value.field == "starts"


def test_a_ramp_without_a_full_load_at_its_end_stays_open() -> None:
    steps = Ramp.model_validate(ramp({"after_weeks": 0, "percent": 60}))
    assert dated(steps, START)[-1].ends is None


@given(st.sampled_from(sorted(SHIPPED.ramps)), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_steps_of_a_ramp_follow_one_another_without_a_gap(name, start) -> None:
    steps = dated(SHIPPED.ramps[name], start)
    assert steps[0].starts == start
    for before, after in pairwise(steps):
        assert before.ends is not None
        assert before.ends + timedelta(days=1) == after.starts


def test_more_than_the_reason_allows_is_refused_in_words() -> None:
    lead = SHIPPED.reasons["lead_role"]
    assert not lead.refusal(5)
    assert "5 %" in lead.refusal(6)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pack(), "at least one reason or ramp"),
        (pack(reasons=[reason(basis="published")]), "citation"),
        (pack(reasons=[reason(percent=20, most_percent=10)]), "most_percent"),
        (pack(reasons=[reason(percent=101)]), "100"),
        (pack(reasons=[reason(), reason()]), "twice"),
        (pack(reasons=[reason(pct=20)]), "unknown key"),
        (pack(ramps=[ramp()]), "at least one"),
        (pack(ramps=[ramp({"percent": 60})]), "after_weeks"),
        (pack(ramps=[ramp({"after_weeks": 1, "percent": 60})]), "first day"),
        (pack(ramps=[ramp({"after_weeks": 0, "percent": 60}, {"after_weeks": 0, "percent": 70})]), "later"),
        (pack(ramps=[ramp({"after_weeks": 0, "percent": 100}, {"after_weeks": 2, "percent": 70})]), "only the last"),
    ],
)
def test_what_cannot_be_right_is_said(data, said) -> None:
    found, problems = read_reductions(data, "own.toml")
    assert found is None
    assert said in problems[0].message


def test_a_ramp_needs_a_reason_that_is_there(tmp_path) -> None:
    text = """kind = "reductions"
id = "own"
title = "Our own"
version = "1"
[[ramps]]
id = "ours"
title = "Ours"
reason = "no_such"
basis = "local"
steps = [{ after_weeks = 0, percent = 50 }]
"""
    (tmp_path / "own.toml").write_text(text, "utf-8")
    found = pack_set.load([tmp_path])
    own = [str(problem) for problem in found.problems if problem.file == "own.toml"]
    assert own == ["own.toml, ours, reason: there is no such reason"]
    assert "ours" not in found.ramps


def test_a_council_lays_its_own_figure_over_the_shipped_one(tmp_path) -> None:
    text = """kind = "reductions"
id = "own"
title = "Our own"
version = "1"
[[reasons]]
id = "practice_educator"
title = "Practice educator"
percent = 10
basis = "local"
"""
    (tmp_path / "own.toml").write_text(text, "utf-8")
    found = pack_set.load([tmp_path])
    assert found.reasons["practice_educator"].percent == 10
    assert found.reasons["union"] == Reason.model_validate(SHIPPED.reasons["union"].model_dump())


def test_the_example_of_the_manual_is_a_pack(tmp_path) -> None:
    manual = (Path(__file__).resolve().parents[3] / "docs" / "capacity.md").read_text("utf-8")
    (tmp_path / "own.toml").write_text(manual.split("```toml\n")[1].split("```")[0], "utf-8")
    found = pack_set.load([tmp_path])
    assert not [problem for problem in found.problems if problem.file == "own.toml"]
    assert found.reasons["practice_educator"].percent == 10
    assert [(s.percent, s.ends) for s in dated(found.ramp("our-first-year"), START)] == [
        (40, date(2027, 2, 28)),
        (20, date(2027, 8, 31)),
    ]
