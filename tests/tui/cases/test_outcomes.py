"""Held, adjourned, cancelled, not done: chosen where a thing is recorded, and said on the timeline."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Select

from domain.cases.outcomes import outcome_of, takes_outcome
from storage.cases import case_page
from storage.due import due_list
from storage.due.subjects import as_counted
from storage.records.database import Database
from tests import units
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until
from tests.tui.hands import paste
from tui.cases.case_page import read_case
from tui.cases.case_screen import CaseScreen
from tui.due.due_list.due_screen import DueScreen

HOSTILE = "[/x] [bold]chair\x1b[2J ill"


def record(team: Database, kind: str, on: str, details: dict[str, Any]) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        units.record(unit, "event", {"case": "C-1001", "kind": kind, "on": on, "details": details})
        unit.finish("Recorded")


def first_review(team: Database) -> due_list.DueLine:
    return next(line for line in due_list.due(team.reader(), today=TODAY, case="C-1001") if line.series == "lac_review")


def choose_outcome(pilot: Pilot[Any], outcome: str) -> None:
    pilot.app.screen.query_one("#field-outcome", Select).value = outcome


@pytest.mark.parametrize(("kind", "own"), [("lac_review_held", ()), ("cp_visit", ("seen",)), ("dental_check", ())])
def test_a_meeting_or_visit_has_an_outcome(kind: str, own: tuple[str, ...]) -> None:
    assert takes_outcome(kind, own)


def test_what_an_assessment_came_to_is_not_whether_it_was_held(team: Database) -> None:
    assert not takes_outcome("assessment_completed", ["outcome"])
    assert outcome_of({"outcome": "child_in_need"}).value == "held"
    assert as_counted("assessment_completed", "child_in_need") == "assessment_completed"
    record(team, "assessment_completed", "2026-03-10", {"outcome": "child_in_need"})


def test_a_review_cancelled_on_the_due_screen_asks_why_and_stays_due(team: Database, tmp_path: Path) -> None:
    due = first_review(team)

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(DueScreen(filter="what:lac_review"))
        await until(pilot, "● Overdue")
        await press(pilot, "r")
        await until(pilot, "Outcome *")
        assert "How the child" in text(pilot)
        assert "Because" not in text(pilot), "the reason is asked only when it was not held"
        choose_outcome(pilot, "cancelled")
        await until(pilot, "Because")
        assert "How the child" not in text(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, "Say why it was cancelled")
        pilot.app.screen.query_one("#field-reason").focus()
        await paste(pilot, HOSTILE)
        await press(pilot, "ctrl+s")
        await until(pilot, "It stays due")
        assert first_review(team).id == due.id
        kept = case_page.case_events(team.reader(), "C-1001")[-1]
        assert (kept.kind, kept.details["outcome"]) == ("lac_review_held", "cancelled")

    drive(almoner(team, tmp_path), steps)


def test_the_timeline_says_what_was_not_held_and_why(team: Database, tmp_path: Path) -> None:
    record(team, "lac_review_held", "2026-04-10", {"outcome": "cancelled", "reason": HOSTILE})
    record(team, "lac_review_held", "2026-04-13", {"outcome": "adjourned", "reason": "no interpreter"})
    record(team, "lac_review_held", "2026-04-30", {})

    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        for words in ("✗ cancelled", "[/x] [bold]chair ill", "✗ adjourned", "no interpreter"):
            await until(pilot, words)
        await until(pilot, "✓ 15 days late")

    rows = {row.day: row for row in read_case(team, "C-1001", TODAY).timeline if row.kind == "event"}
    assert rows[date(2026, 4, 10)].title == "Looked-after review", "it is not said to have been held"
    assert rows[date(2026, 4, 30)].days == 15, "held late keeps the breach"
    drive(almoner(team, tmp_path), steps, size=(130, 40))


def test_a_review_is_brought_forward_from_the_recording_dialog(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "r")
        await until(pilot, "What happened on C-1001?")
        await paste(pilot, "brought forward")
        await until(pilot, "Looked-after review called early")
        await press(pilot, "enter")
        await until(pilot, "Reason (regulation")
        await paste(pilot, "thu")
        pilot.app.screen.query_one("#field-detail_reason", Select).value = "officer_asks"
        await press(pilot, "ctrl+s")
        await until(pilot, "Review brought forward")
        due = due_list.due(team.reader(), today=TODAY, case="C-1001", kinds=["lac_review_early"])
        assert [line.legal_due for line in due] == [date(2026, 11, 19)]

    drive(almoner(team, tmp_path), steps)
