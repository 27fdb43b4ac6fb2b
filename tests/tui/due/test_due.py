"""The Due screen: what falls due in groups, and dealing with it where it stands."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.due import due_list
from storage.due.due_page import due_page
from storage.home import needs_you
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tests.tui.hands import paste
from tests.units import amend, record
from tui.due.due_list import due_screen as due_module
from tui.due.due_list.due_columns import DueRow, counts, group_of
from tui.due.due_list.due_filter import terms_of
from tui.due.due_list.due_screen import DueScreen

Pressing = Pilot[Any]


async def open_due(pilot: Pressing, filter_text: str = "") -> DueScreen:
    screen = DueScreen(filter=filter_text)
    await pilot.app.push_screen(screen)
    await until(pilot, "Due: North")
    for _ in range(200):
        if screen.grid._loaded:
            break
        await pilot.pause(0.02)
    return screen


def current(screen: DueScreen) -> DueRow:
    row = screen.grid.current
    assert row is not None
    return row


def reviews(database: Database) -> list[due_list.DueLine]:
    return list(due_list.due(database.reader(), today=TODAY, case="C-1001", kinds=["lac_review"]))


def test_the_groups_count_what_falls_into_them(team: Database, tmp_path: Path) -> None:
    every = list(due_list.due(team.reader(), today=TODAY, team="North"))
    late = sum(1 for line in every if line.legal_due and line.legal_due < TODAY)

    async def steps(pilot: Pressing) -> None:
        screen = await open_due(pilot)
        groups = {row.key: row.count for row in screen.grid.found if row.line is None}
        assert groups["group:0"] == late > 0
        assert sum(groups.values()) == len(every)
        assert current(screen).line is not None, "the cursor begins on a date, not on a heading"
        assert "● Overdue" in text(pilot)

    drive(almoner(team, tmp_path), steps)


def test_a_heading_answers_keys_with_words(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_due(pilot)
        await press(pilot, "up")
        assert current(screen).line is None
        for key in ("enter", "w", "p", "a", "r"):
            pilot.app.clear_notifications()
            await press(pilot, key)
            await until(pilot, "This is a heading")
        assert pilot.app.screen is screen

    drive(almoner(team, tmp_path), steps)


def test_a_week_ends_on_its_sunday() -> None:
    friday = date(2026, 11, 20)
    days = [date(2026, 11, 19), friday, date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 29), date(2026, 11, 30)]
    assert [group_of(day, friday) for day in days] == [0, 1, 1, 2, 2, 3]
    assert counts({None: 2, friday: 1, date(2026, 11, 1): 4}, friday) == [4, 1, 0, 0, 2]


def test_marking_a_review_held_leaves_it_in_place_with_what_follows(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_due(pilot, "overdue what:lac_review")
        assert [row.line.rule for row in screen.grid.found if row.line] == ["lac_review_1"]
        await press(pilot, "r")
        await until(pilot, "Looked-after review held: C-1001")
        await paste(pilot, "thu")
        await until(pilot, "Thu 19 Nov, yesterday")
        await press(pilot, "ctrl+s")
        await until(pilot, "✓ Thu 19 Nov")
        assert [(line.rule, line.cycle) for line in reviews(team)] == [("lac_review_2", 2)]
        assert current(screen).held_on == date(2026, 11, 19)
        await press(pilot, "w")
        await until(pilot, "Why Fri 19 Feb 2027")
        await press(pilot, "escape", "u")
        await until(pilot, "● Wed 15 Apr")
        assert [line.rule for line in reviews(team)] == ["lac_review_1"]
        assert current(screen).held_on is None

    drive(almoner(team, tmp_path), steps)


def test_a_day_that_cannot_be_is_refused_at_its_field_and_kept(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_due(pilot, "overdue what:lac_review")
        await press(pilot, "r")
        await until(pilot, "Looked-after review held: C-1001")
        await paste(pilot, "24/12/2026")
        await press(pilot, "ctrl+s")
        await until(pilot, "lies in the future")
        assert "24/12/2026" in text(pilot)
        await press(pilot, "escape")
        assert [line.rule for line in reviews(team)] == ["lac_review_1"]

    drive(almoner(team, tmp_path), steps)


def test_postponing_moves_the_plan_and_never_the_legal_date(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_due(pilot, "overdue what:lac_review")
        await press(pilot, "p")
        await until(pilot, "That stays")
        await press(pilot, "ctrl+s")
        await until(pilot, "Plan it for is needed")
        await paste(pilot, "wed")
        await press(pilot, "tab")
        await paste(pilot, "Family away")
        await press(pilot, "ctrl+s")
        await until(pilot, "→ Wed 25 Nov")
        line = current(screen).line
        assert line is not None
        assert (line.legal_due, line.postponed_to) == (date(2026, 4, 15), date(2026, 11, 25))
        assert line.postponed_why == "Family away"
        await press(pilot, "w")
        await until(pilot, "Planned for Wed 25 Nov instead: Family away")

    drive(almoner(team, tmp_path), steps, size=(140, 30))


def test_why_shows_rule_counting_and_source(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_due(pilot, "overdue what:lac_review")
        await press(pilot, "w")
        await until(pilot, "Why Wed 15 Apr 2026")
        shown = text(pilot)
        for words in ("Counts from", "Mon 16 Mar 2026", "20 working days after", "Regulation:", "checked Jul 2026"):
            assert words in shown

    drive(almoner(team, tmp_path), steps)


@pytest.mark.parametrize(
    ("typed", "rules"),
    [
        ("worker:okafor overdue what:lac_review", {"lac_review_1"}),
        ("worker:begum what:looked", set()),
        ("-what:review -supervision overdue", None),
        ("nobody", set()),
    ],
)
def test_a_filter_is_put_to_the_database(team: Database, tmp_path: Path, typed: str, rules: set[str] | None) -> None:
    async def steps(pilot: Pressing) -> None:
        screen = await open_due(pilot)
        await press(pilot, "slash")
        await paste(pilot, typed)
        await press(pilot, "enter")
        await until(pilot, f"filter: {typed}" if screen.grid.found else "matches")
        await pilot.pause(0.3)
        shown = {row.line.rule for row in screen.grid.found if row.line}
        if rules is None:
            assert shown
            assert not any("review" in rule or "sup" in rule for rule in shown)
        else:
            assert shown == rules
        await press(pilot, "escape")
        await until(pilot, "● Overdue")

    drive(almoner(team, tmp_path), steps, size=(160, 30))


def test_each_line_of_needs_opens_as_many_dates_as_it_says(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        need = {"worker": "W2", "title": "Chairing", "raised_on": "2026-09-01", "raised_by": "Hughes"}
        record(unit, "learning-need", {**need, "due": "2026-11-10"})
        unit.finish("A late need")
    conn = team.reader()
    opened = {
        need.filter: (int(need.text.split()[0]), due_page(conn, TODAY, "North", terms_of(need.filter, TODAY)[0]).total)
        for need in needs_you.needs_you(conn, "North", TODAY)
        if need.area == "due"
    }
    assert {words: said for words, (said, _) in opened.items()} == {
        words: there for words, (_, there) in opened.items()
    }
    assert len(opened) == 3, "about cases, supervision, and what else is late about workers"


def test_words_nobody_knows_are_named() -> None:
    terms, unknown = terms_of("colour:red worker:x on:fri within:<=7", TODAY)
    assert unknown == ["colour"]
    assert [(t.field, t.text) for t in terms] == [("worker", "x"), ("on", "2026-11-27"), ("within", "7")]


def test_a_long_list_says_how_many_more_there_are(
    team: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_module, "due_page", partial(due_page, most=2))
    total = len(list(due_list.due(team.reader(), today=TODAY, team="North")))

    async def steps(pilot: Pressing) -> None:
        screen = await open_due(pilot)
        await until(pilot, f"the 2 soonest of {total}")
        assert len([row for row in screen.grid.found if row.line]) == 2

    drive(almoner(team, tmp_path), steps)


def test_no_name_of_a_person_served_shows_while_names_are_hidden(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_due(pilot)
        await press(pilot, "slash")
        await paste(pilot, "jamie")
        await until(pilot, "matches")
        await press(pilot, "escape")
        await until(pilot, "● Overdue")
        await press(pilot, "f2")
        await until(pilot, "names shown")
        await until(pilot, "Doe")
        await press(pilot, "f2")
        await until(pilot, "names hidden")
        assert "Doe" not in text(pilot)
        assert "Okafor" not in text(pilot)
        assert "C-1001" in text(pilot)

    drive(almoner(team, tmp_path, no_names=True), steps, size=(160, 40))


def test_names_that_look_like_markup_or_control_codes_do_nothing(team: Database, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"name": "[/x] [10%] [bold red]Zed"})
        amend(unit, "worker", "W2", {"name": "[/], [@click=app.quit]Kim"})
        unit.finish("Names")

    async def steps(pilot: Pressing) -> None:
        await open_due(pilot)
        await until(pilot, "[/x] [10%]")
        assert "[/], [@cl" in text(pilot)

    drive(almoner(team, tmp_path), steps, size=(160, 40))


def test_an_empty_database_says_what_to_do_next(database: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await pilot.app.push_screen(DueScreen())
        await until(pilot, "Nothing is due here")

    drive(almoner(database, tmp_path), steps, size=(80, 24))


def test_enter_opens_the_case_and_escape_comes_back(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pressing) -> None:
        await open_due(pilot, "overdue what:lac_review")
        await press(pilot, "enter")
        await until_screen(pilot, "CaseScreen")
        await press(pilot, "escape")
        await until_screen(pilot, "DueScreen")

    drive(almoner(team, tmp_path), steps)
