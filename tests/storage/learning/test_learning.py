"""Learning needs: what is open, shared and overdue, and what the rules make of them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.core.errors import BadInput, NotFound
from storage.learning.needs import _Dated, _spells, by_domain, frameworks_on, matrix, open_needs
from storage.records.database import Database
from storage.supervision.agenda.worker_agenda import agenda
from tests.conftest import TODAY
from tests.storage.learning.test_registrations import due
from tests.units import amend, put


def need(title: str = "Court skills", worker: str = "W3", **says: Any) -> tuple[str, dict[str, Any]]:
    given = {"worker": worker, "title": title, "raised_on": "2026-09-01", "raised_by": "Hughes, Ann"}
    return "learning-need", {**given, **says}


def evidence(worker: str = "W3", **says: Any) -> tuple[str, dict[str, Any]]:
    return "evidence", {"worker": worker, "on": "2026-10-01", "title": "Observed visit", "kind": "observation", **says}


# what is open -------------------------------------------------------------------------------------------------------


def test_open_needs_come_soonest_first_and_those_without_a_day_last(team: Database) -> None:
    put(
        team,
        need("no day"),
        need("later", due="2027-01-15"),
        need("late", due="2026-11-19"),
        need("soon", "W2", due="2026-11-20"),
        need("over", due="2026-10-01", ended_on="2026-10-01", outcome="met"),
    )
    found = [(line.title, line.state) for line in open_needs(team.reader(), TODAY, team="North")]
    assert found == [("late", "late"), ("soon", "due"), ("later", "ahead"), ("no day", "unset")]
    assert [line.title for line in open_needs(team.reader(), TODAY, worker="W2")] == ["soon"]


def test_one_course_can_be_planned_for_those_who_share_a_need(team: Database) -> None:
    put(
        team,
        need("Court skills", domains=["kss-cf.law"]),
        need("Court statements", "W2", domains=["kss-cf.8", "pcf.knowledge"]),
        need("Reading", "W2"),
    )
    found = by_domain(team.reader(), TODAY, "North")
    assert [(d.capability and d.capability.id, d.workers) for d in found] == [
        ("kss-cf.law", ("W3", "W2")),
        ("pcf.knowledge", ("W2",)),
        (None, ("W2",)),
    ]
    assert found[1].capability
    assert found[1].capability.words == "5 Knowledge ? unverified"


def test_needs_of_somebody_who_left_are_nobodys(team: Database) -> None:
    put(team, need())
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"leaves": "2026-11-19"})
        unit.finish("Left")
    assert open_needs(team.reader(), TODAY) == []


def test_open_needs_stand_on_the_agenda_once_each(team: Database) -> None:
    put(team, need(due="2026-11-02"))
    items = [item for item in agenda(team.reader(), "W3", TODAY).items if item.kind == "learning"]
    assert [item.title for item in items] == ["Court skills"]


# what the rules make of them ----------------------------------------------------------------------------------------


def test_the_earliest_open_need_is_the_date_that_is_due(team: Database) -> None:
    put(team, need(due="2027-02-01"), need("Sooner", due="2026-12-04"), need("No day"))
    assert due(team, "learning_need") == ["2026-12-04"]
    end(team, 2, "met")
    assert due(team, "learning_need") == ["2027-02-01"]
    end(team, 1, "dropped", why="moved to another team")
    assert due(team, "learning_need") == []
    assert team.differences() == []


def end(team: Database, number: int, outcome: str, **says: Any) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "learning-need", number, {"ended_on": TODAY, "outcome": outcome, **says})
        unit.finish("Ended a learning need")


_DAYS = st.dates(date(2026, 1, 1), date(2026, 3, 1))
_NEEDS = st.lists(st.tuples(_DAYS, st.integers(0, 40), st.none() | st.integers(0, 40)), min_size=1, max_size=8)


@given(_NEEDS)
@settings(max_examples=150)
def test_stretches_of_open_needs_cover_them_and_never_touch(given: list[tuple[date, int, int | None]]) -> None:
    needs = [
        _Dated("W1", raised, raised + timedelta(by), None if ended is None else raised + timedelta(ended))
        for raised, by, ended in sorted(given, key=lambda one: one[0])
    ]
    spells = list(_spells(needs))
    for before, after in pairwise(spells):
        assert before.end is not None
        assert before.end < after.start
    still = [one.due for one in needs if one.ended_on is None]
    assert (spells[-1].end is None) is bool(still)
    if still:
        assert spells[-1].due == min(still)
    for _, raised, _, ended in needs:
        assert any(s.start <= raised and (s.end is None or (ended is not None and ended <= s.end)) for s in spells)


# evidence and frameworks --------------------------------------------------------------------------------------------


def test_the_matrix_counts_evidence_by_capability_and_level(team: Database) -> None:
    put(
        team,
        evidence(domains=["pcf.6", "pcf.professionalism"], level="asye"),
        evidence(domains=["pcf.critical-reflection"], level="asye"),
        evidence(domains=["pcf.6"]),
        evidence("W2", domains=["pcf.6"], level="asye"),
    )
    found = {row.capability.id: row.counts for row in matrix(team.reader(), "W3", "pcf", TODAY)}
    assert len(found) == 9
    assert found["pcf.critical-reflection"] == {"asye": 2, None: 1}
    assert found["pcf.leadership"] == {}


def test_frameworks_change_over_on_their_day(team: Database) -> None:
    before = frameworks_on(team.reader(), date(2027, 3, 31), "children")
    after = frameworks_on(team.reader(), date(2027, 4, 1), "children")
    assert "kss-cf" in before
    assert set(before) - set(after) == {"kss-cf"}
    assert not {"ecs", "values"} & set(after)  # no content is known yet
    assert {"kss-adults", "pqs-adults"} <= set(frameworks_on(team.reader(), TODAY))
    assert "kss-cf" not in frameworks_on(team.reader(), TODAY, "adults")


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (need(domains=["pcf.10"]), "domains"),
        (evidence(domains=["pcf.6"], level="wizard"), "level"),
        (evidence(criterion="charm"), "criterion"),
        (evidence(need=99), "need"),
        (need(worker="W99"), "worker"),
    ],
)
def test_what_no_pack_knows_is_refused_with_the_field_named(team: Database, record: Any, field: str) -> None:
    with pytest.raises(NotFound) as error:
        put(team, record)
    assert error.value.field == field


def test_evidence_for_somebody_elses_need_is_refused(team: Database) -> None:
    put(team, need())
    with pytest.raises(BadInput) as error:
        put(team, evidence("W2", need=1))
    assert error.value.field == "need"
