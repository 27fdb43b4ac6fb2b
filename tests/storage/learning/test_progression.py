"""Progression and development as read: evidence by criterion, the panel, the registration year, drafts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.errors import BadInput, NotFound
from storage.learning.cpd import draft_cpd, years
from storage.learning.progression import application, candidates, progress
from storage.records.database import Database
from tests.conftest import TODAY
from tests.storage.learning.test_learning import evidence, need
from tests.units import put


def programme(worker: str = "W3", **says: Any) -> tuple[str, dict[str, Any]]:
    return "programme", {"worker": worker, "kind": "children-progression", "starts": "2026-07-01", **says}


def held(topic: str = "learning", private: bool = False, **answers: str) -> tuple[tuple[str, dict[str, Any]], ...]:
    session = {"worker": "W3", "supervisor": "W1", "on": "2026-11-18", "state": "held", "held_on": "2026-11-18"}
    said = {"session": 1, "topic": topic, "worker": "W3", "format": "topic", "answers": answers, "private": private}
    return ("session", session), ("discussion", said)


def test_evidence_is_set_against_the_criteria_of_the_grade_above(team: Database) -> None:
    put(
        team,
        evidence(),
        evidence(kind="reflection", domains=["kss-cf.8"]),
        evidence(kind="minutes", title="Nothing asks for this"),
        evidence("W2"),
    )
    found = progress(team.reader(), "W3", TODAY)
    assert (found.progression, found.example) == ("children-progression", True)
    state = {row.criterion: (row.state, row.gap) for row in found.rows}
    assert state["observation"] == ("held", 0)
    assert state["statements"] == ("due", 9)
    assert state["leading"] == ("late", 1)
    assert [one.title for one in found.unused] == ["Nothing asks for this"]


def test_finished_development_is_evidence_of_it(team: Database) -> None:
    piece = {"worker": "W3", "on": "2026-03-01", "kind": "Reading", "title": "Permanence", "learning": "Slow down."}
    put(team, ("cpd", piece))
    assert training(team) == []
    put(team, ("cpd", {**piece, "title": "Interpreters", "impact": "I plan around the child."}))
    assert training(team) == ["Interpreters"]
    assert progress(team.reader(), "W3", TODAY).unused == []


def training(team: Database) -> list[str]:
    (row,) = (row for row in progress(team.reader(), "W3", TODAY).rows if row.criterion == "training")
    return [one.title for one in row.evidence]


def test_the_progression_begun_counts_and_gives_the_panel(team: Database) -> None:
    put(
        team,
        programme(kind="adults-progression", settings={"panel": "2027-02-03"}),
        programme("W2", ends="2027-01-20"),
    )
    assert progress(team.reader(), "W3", TODAY).progression == "adults-progression"
    found = candidates(team.reader(), TODAY, "North")
    assert [(one.worker, one.panel) for one in found] == [("W2", date(2027, 1, 20)), ("W3", date(2027, 2, 3))]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (programme(settings={"panel": "soon"}), "settings.panel"),
        (programme(settings={"final_months": 11}), "settings.final_months"),
        (programme(kind="adults-progression"), "worker"),
    ],
)
def test_a_progression_that_cannot_be_is_refused(team: Database, record: Any, field: str) -> None:
    put(team, *([programme()] if field == "worker" else []))
    with pytest.raises(BadInput) as error:
        put(team, record)
    assert error.value.field == field


def test_a_grade_from_which_nothing_leads_on_is_said(team: Database) -> None:
    with pytest.raises(BadInput, match="leads on from Team manager"):
        progress(team.reader(), "W1", TODAY)
    with pytest.raises(NotFound):
        progress(team.reader(), "W1", TODAY, "wizardry")


def test_the_application_holds_what_was_learnt(team: Database) -> None:
    put(
        team,
        need("Court skills", ended_on="2026-10-01", outcome="met"),
        ("cpd", {"worker": "W3", "on": "2026-03-01", "kind": "Reading", "title": "Permanence"}),
    )
    found = application(team.reader(), "W3", TODAY)
    assert [(line.kind, line.title) for line in found.log] == [
        ("Reading", "Permanence"),
        ("Learning need met", "Court skills"),
    ]
    assert found.words(["kss-cf.law"]) == ("8 The law and the family and youth justice systems",)


# development --------------------------------------------------------------------------------------------------------


def test_every_registered_worker_has_a_year_and_a_student_has_none(team: Database) -> None:
    put(team, ("worker", {"staff_id": "S1", "name": "Lee, Jo", "team": "North", "grade": "student"}))
    found = {one.worker: one.state.missing for one in years(team.reader(), TODAY, team="North")}
    assert found == dict.fromkeys(("W1", "W2", "W3"), ("2 more pieces", "a peer reflection"))


def test_a_draft_holds_what_was_said_about_learning_and_asks_for_the_rest(team: Database) -> None:
    put(team, *held(notes="Slow down."))
    draft = draft_cpd(team.reader(), 1)
    assert draft.values["learning"] == "Slow down."
    assert (draft.values["worker"], draft.values["on"]) == ("W3", date(2026, 11, 18))
    put(team, ("cpd", draft.values))
    (year,) = years(team.reader(), TODAY, worker="W3")
    assert (year.state.pieces, year.state.ready) == (1, 0)
    assert "peer" in draft.prompt


@pytest.mark.parametrize("said", [held("wellbeing", notes="Tired."), held(private=True, notes="Between us.")])
def test_what_is_not_about_learning_or_is_private_is_not_drafted(team: Database, said: Any) -> None:
    put(team, *said)
    with pytest.raises(BadInput, match="nothing was said about learning"):
        draft_cpd(team.reader(), 1)


def test_no_session_no_draft(team: Database) -> None:
    with pytest.raises(NotFound):
        draft_cpd(team.reader(), 9)
