"""A whole session by keys alone: the agenda, what is said, decided and agreed to do, and what is kept of it."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from domain.core.text import LONG_LIMIT
from storage.database.connection import Connection
from storage.database.sqlite import connect
from storage.records.database import Database
from storage.records.unit import Unit
from storage.supervision.acts.session_parts import keep_part
from storage.supervision.session import session_reads
from storage.supervision.session.parts import Part, Said
from tests.conftest import TODAY
from tests.tui.driving import Steps, almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import burst, paste
from tests.units import amend, record
from tui.core.screens import page
from tui.supervision.session.decision_action import owner_of
from tui.supervision.session.discussion import Discussion
from tui.supervision.session.ratings import Ratings
from tui.supervision.session.session_screen import SessionScreen
from tui.widgets.text_field import LONGEST_LINE, MARK, Writing, broken, joined

LAST = date(2026, 10, 16)
BOTH_SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


@pytest.fixture
def session(team: Database) -> int:
    """Today's session of Okafor with Hughes, a month after one in which C-1001 was talked about."""
    with team.unit("A. Hughes", TODAY) as unit:
        pair = {"worker": "W2", "supervisor": "W1"}
        before = record(unit, "session", {**pair, "on": LAST, "state": "held"})
        said = {"danger": "Left alone at night", "goal": "Somebody is always there", "harm": "Found alone twice"}
        record(unit, "discussion", {"session": before.id, "case": "C-1001", "format": "mapping", "answers": said})
        rated = {"case": "C-1001", "session": before.id, "on": LAST, "about": "Left alone at night"}
        record(unit, "rating", {**rated, "rater": "Worker", "score": 3})
        what = {"session": before.id, "case": "C-1001", "owner": "W2", "what": "See the school"}
        record(unit, "action", {**what, "set_on": LAST, "due": "2026-10-30"})
        booked = record(unit, "session", {**pair, "on": TODAY})
        unit.finish("Booked")
        return int(booked.id)


def go_through(
    database: Database,
    folder: Path,
    session: int,
    steps: Steps,
    size: tuple[int, int] = (120, 40),
    *,
    no_names: bool = False,
) -> None:
    async def opened(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("session", session))
        await until_screen(pilot, SessionScreen)
        await settled(pilot)
        await steps(pilot)

    drive(almoner(database, folder, no_names=no_names), opened, size)


async def to_page(pilot: Pilot[Any], key: str) -> None:
    """Move on the agenda to one page, and into it."""
    screen = pilot.app.screen
    assert isinstance(screen, SessionScreen)
    screen.agenda.focus()
    await press(pilot, "home")
    await settled(pilot)
    while screen.agenda.current and screen.agenda.current.key != key:
        before = screen.agenda.highlighted
        await press(pilot, "down")
        assert screen.agenda.highlighted != before, f"there is no page {key}"
    await settled(pilot)
    await press(pilot, "enter")
    await settled(pilot)


def field(pilot: Pilot[Any], name: str) -> Writing:
    return next(one for one in pilot.app.screen.query(Writing) if one.part.id == name)


async def into(pilot: Pilot[Any], name: str) -> Writing:
    found = field(pilot, name)
    found.focus()
    await pilot.pause()
    return found


async def fill(pilot: Pilot[Any], **values: str) -> None:
    for name, value in values.items():
        found = pilot.app.screen.query_one(f"#{name}", Input)
        found.focus()
        await pilot.pause()
        assert pilot.app.focused is found
        await paste(pilot, value)


def kept(database: Database) -> Connection:
    """What the file holds; the application has closed its own connections by then."""
    return connect(Path(database.path), read_only=True)


def said(database: Database, session: int, case: str = "C-1001") -> session_reads.DiscussionLine:
    return next(d for d in session_reads.discussions(kept(database), session) if d.case == case)


# a whole session -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
@BOTH_SIZES
def test_a_whole_session_is_held_by_keys_alone(
    team: Database, session: int, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor with Hughes")
        assert "C-1001" in text(pilot)
        await press(pilot, "enter", *"tired", "ctrl+n")
        await settled(pilot)
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"went")
        await into(pilot, "voice")
        await press(pilot, *"alone")
        await fill(pilot, decision="Step down", rationale="Safer now", follow_by="4 Dec")
        await press(pilot, "enter")
        await settled(pilot)
        await press(pilot, *"okafor", "tab", *"Tell", "tab", *"thu")
        await settled(pilot)
        assert "W2 Okafor, Chidi" in text(pilot)
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await until(pilot, "Decided: Step down")
        assert "✓ C-1001" in text(pilot)
        await press(pilot, "escape", "end")
        await settled(pilot)
        await until(pilot, "Before agreeing")
        await press(pilot, "r")
        await until(pilot, "Held on")
        await press(pilot, "enter")
        await settled(pilot)
        await until(pilot, "held Fri 20 Nov")

    go_through(team, tmp_path, session, steps, size)
    conn = kept(team)
    words = said(team, session)
    assert words.format == "mapping"
    assert words.answers["harm"] == "went"
    assert words.answers["voice"] == "alone"
    assert words.answers["danger"] == "Left alone at night"
    (decision,) = session_reads.decisions(conn, session)
    assert (decision.decided_by, decision.on, decision.follow_by) == ("A. Hughes", TODAY, date(2026, 12, 4))
    (action,) = session_reads.session_actions(conn, session)
    assert (action.owner, action.case, action.due) == ("W2", "C-1001", date(2026, 11, 26))
    topics = {d.topic: d for d in session_reads.discussions(conn, session) if d.case is None}
    assert topics["wellbeing"].answers == {"how": "tired"}
    assert session_reads.session_card(conn, session).held_on == TODAY
    assert session_reads.drafts(conn, session, "A. Hughes") == []


def test_what_stands_is_brought_forward_with_its_ratings(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        assert field(pilot, "danger").said() == "Left alone at night"
        assert field(pilot, "harm").said() == ""
        assert "Left alone at night  →  Somebody is always there" in text(pilot)
        assert "worker 3" in text(pilot)
        figure = pilot.app.screen.query("Ratings Input").first(Input)
        figure.focus()
        await press(pilot, "5", "ctrl+s")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    rated = session_reads.ratings(kept(team), "C-1001")
    assert [(r.score, r.about, r.session) for r in rated][-1] == (5, "Left alone at night", session)


def test_a_danger_written_now_gets_a_line_on_the_scale(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await into(pilot, "danger")
        await press(pilot, "end", "enter", *"Hit")
        await pilot.pause(1.3)
        await settled(pilot)
        rated = pilot.app.screen.query_one(Ratings).pairs
        assert [(pair.about, pair.goal) for pair in rated] == [
            ("Left alone at night", "Somebody is always there"), ("Hit", "")
        ]  # fmt: skip

    go_through(team, tmp_path, session, steps)


def test_an_action_is_kept_with_an_owner_and_a_day_or_not_at_all(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await fill(pilot, what="Ring the school")
        await press(pilot, "ctrl+s")
        await until(pilot, "An action needs somebody who does it")
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "who"
        await fill(pilot, who="Grandmother")
        await press(pilot, "ctrl+s")
        await until(pilot, "An action needs a day")
        await fill(pilot, due="1/11/2026")
        await press(pilot, "ctrl+s")
        await until(pilot, "cannot be due before it was set")
        assert session_reads.session_actions(kept(team), session) == []
        await fill(pilot, due="+7")
        pilot.app.screen.query_one("#due", Input).value = "+7"
        await press(pilot, "ctrl+s")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    (action,) = session_reads.session_actions(kept(team), session)
    assert (action.owner, action.who, action.due) == (None, "Grandmother", date(2026, 11, 27))


@pytest.mark.slow
@pytest.mark.parametrize("gap", [0.01, 0.02, 0.03])
def test_an_action_saved_with_a_held_key_is_kept_once(team: Database, session: int, tmp_path: Path, gap: float) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await fill(pilot, what="Ring the school", who="Grandmother", due="+7")
        await burst(pilot, *["ctrl+s"] * 4, gap=gap)
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert len(session_reads.session_actions(kept(team), session)) == 1


def test_leaving_a_page_with_half_an_action_goes_on_and_loses_nothing(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await fill(pilot, what="Ring the school")
        await press(pilot, "ctrl+n")
        await settled(pilot)
        assert "… C-1001" in text(pilot)
        await to_page(pilot, "case:C-1001")
        assert pilot.app.screen.query_one("#what", Input).value == "Ring the school"

    go_through(team, tmp_path, session, steps)
    assert [d.part for d in session_reads.drafts(kept(team), session, "A. Hughes")] == ["case:C-1001"]


def test_a_waiting_action_is_done_from_its_page(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "action:W2")
        assert "See the school" in text(pilot)
        pilot.app.screen.query_one("Menu").focus()
        await press(pilot, "down", "enter")
        await until(pilot, "What became of it")
        await press(pilot, "ctrl+s")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert kept(team).values("SELECT done_on FROM action") == [TODAY.isoformat()]


def test_a_case_is_parked_with_a_reason_and_taken_up_again_by_writing(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, "escape", "p")
        await until(pilot, "Park C-1001")
        await press(pilot, "ctrl+s")
        await until(pilot, "Because is needed")
        await press(pilot, *"court", "ctrl+s")
        await settled(pilot)
        await until(pilot, "parked: court")
        assert said(team, session).parked == "court"
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"now", "ctrl+s")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).parked == ""


def test_something_is_put_on_the_agenda_and_the_next_session_is_booked(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "n")
        await until(pilot, "Put on the agenda")
        await press(pilot, *"Parking", "ctrl+s")
        await settled(pilot)
        await until(pilot, "Parking")
        await press(pilot, "b")
        await until(pilot, "Book the next session")
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await press(pilot, "end", "up")
        await settled(pilot)
        await until(pilot, "Fri 18 Dec 10:00-11:30")

    go_through(team, tmp_path, session, steps)


def test_a_day_in_the_future_is_refused_for_a_session_held(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "r")
        await until(pilot, "Held on")
        pilot.app.screen.query_one("#field-held_on", Input).value = "25/11/2026"
        await press(pilot, "ctrl+s")
        await until(pilot, "lies in the future")

    go_through(team, tmp_path, session, steps)
    assert session_reads.session_card(kept(team), session).held_on is None


def test_a_closed_case_is_talked_about_with_a_plain_note(team: Database, session: int, tmp_path: Path) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        keep_part(unit, Said(Part(session, "case", "C-1001"), "mapping", {"harm": "before"}))
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "case", "C-1001", {"closed": TODAY, "close_reason": "RC1"})
        unit.finish("Closed")

    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        assert "This case was closed on" in text(pilot)
        await into(pilot, "voice")
        await press(pilot, *"fine", "ctrl+s")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["voice"] == "fine"


def test_names_are_hidden_when_they_are_to_be(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "CO with AH")
        await to_page(pilot, "case:C-1001")
        assert "Jamie" not in text(pilot)
        assert "Okafor" not in text(pilot)

    go_through(team, tmp_path, session, steps, no_names=True)


def test_the_timer_is_off_until_somebody_wants_it(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        assert " min, " not in text(pilot)
        await press(pilot, "T")
        await until(pilot, "0 min, this item 0")

    go_through(team, tmp_path, session, steps)


def test_questions_formats_and_last_time_are_a_key_away(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, "escape", "i")
        await until(pilot, "What is life like for this child today?")
        await press(pilot, "escape", "l")
        await until(pilot, "Found alone twice")
        await press(pilot, "escape", "f")
        await until(pilot, "Which format?")
        await press(pilot, *"plain", "enter")
        await settled(pilot)
        await until(pilot, "What we make of it")

    go_through(team, tmp_path, session, steps)


# drafts, two people --------------------------------------------------------------------------------------------------


def test_what_is_typed_is_put_away_within_two_seconds_and_offered_again(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def crash(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"half said")
        await pilot.pause(1.5)
        await settled(pilot)
        await until(pilot, "saved ")
        # As if the program had been killed: what was put away is all there is.
        assert session_reads.drafts(kept(team), session, "A. Hughes")[0].answers["harm"] == "half said"

        assert kept(team).value("SELECT count(*) FROM change") == changes

    changes = kept(team).value("SELECT count(*) FROM change")
    go_through(team, tmp_path, session, crash)


def test_what_was_typed_last_is_put_away_when_the_program_is_left(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await pilot.press(*"last words", "ctrl+q")

    go_through(team, tmp_path, session, steps)
    assert session_reads.drafts(kept(team), session, "A. Hughes")[0].answers["harm"] == "last words"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeping takes three times as long as it takes until typed words are put away."""

    def slowly(unit: Unit, said: Said) -> object:
        sleep(0.6)
        return keep_part(unit, said)

    monkeypatch.setattr("tui.supervision.session.autosave.PAUSE", 0.2)
    monkeypatch.setattr("storage.supervision.acts.session_parts.keep_part", slowly)


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("keys", [("ctrl+n",), ("ctrl+s",), ("escape", "1")], ids=" ".join)
def test_words_that_are_being_kept_are_not_put_away_as_a_draft_too(
    team: Database, session: int, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await pilot.press(*"words", *keys)
        await pilot.pause(0.4)  # the time to put them away has come, and they are still being kept
        await pilot.press("escape", "escape")
        await settled(pilot)
        await until_kept(pilot, team, session)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["harm"] == "words"
    assert session_reads.drafts(kept(team), session, "A. Hughes") == []


@pytest.mark.usefixtures("slow")
def test_words_typed_while_others_are_being_kept_are_put_away_and_those_are_not(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await pilot.press(*"words", "ctrl+s")
        await pilot.pause(0.1)
        await pilot.press(*" more")
        await until_kept(pilot, team, session)
        await pilot.pause(0.4)
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["harm"] == "words"
    (draft,) = session_reads.drafts(kept(team), session, "A. Hughes")
    assert (draft.answers, draft.seen) == ({"harm": "words more"}, 1)


async def until_kept(pilot: Pilot[Any], team: Database, session: int) -> None:
    for _ in range(60):
        if session_reads.discussions(kept(team), session):
            break
        await pilot.pause(0.05)
    await settled(pilot)


def test_going_to_another_area_makes_what_was_typed_part_of_the_record(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"words", "escape", "1")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["harm"] == "words"
    assert session_reads.drafts(kept(team), session, "A. Hughes") == []


def test_looking_at_a_page_is_not_talking_about_it(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        assert field(pilot, "danger").said() == "Left alone at night"
        await press(pilot, "ctrl+n", "escape", "escape")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert session_reads.discussions(kept(team), session) == []


@pytest.fixture
def drafted(team: Database, session: int) -> int:
    from storage.supervision.session.drafts import save_draft

    half = {"harm": "half said", "action:what": "Ring", "rating:Worker:Left alone at night": "7"}
    save_draft(team, session, "case:C-1001", "A. Hughes", half)
    return session


def test_a_draft_is_offered_and_taken_up(team: Database, drafted: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Drafts not in the record yet: 1 part")
        await press(pilot, "enter")
        await settled(pilot)
        assert "… C-1001" in text(pilot)
        await to_page(pilot, "case:C-1001")
        assert field(pilot, "harm").said() == "half said"
        assert pilot.app.screen.query_one("#what", Input).value == "Ring"
        await fill(pilot, who="W1", due="+3")
        await press(pilot, "ctrl+s")
        await settled(pilot)

    go_through_offered(team, tmp_path, drafted, steps)
    assert said(team, drafted).answers["harm"] == "half said"
    assert session_reads.drafts(kept(team), drafted, "A. Hughes") == []
    assert session_reads.ratings(kept(team), "C-1001")[-1].score == 7


def test_what_was_half_said_is_not_taken_for_dropped_while_its_page_is_being_shown(
    team: Database, drafted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_page = Discussion.show_page

    async def interrupted(panel: Discussion, *page: Any) -> None:
        await show_page(panel, *page)
        asyncio.get_running_loop().call_soon(panel.screen._paused)  # type: ignore[attr-defined]
        await asyncio.sleep(0.5)

    monkeypatch.setattr(Discussion, "show_page", interrupted)

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "enter")
        await to_page(pilot, "case:C-1001")
        assert field(pilot, "harm").said() == "half said"
        (draft,) = session_reads.drafts(kept(team), drafted, "A. Hughes")
        assert draft.answers["harm"] == "half said"

    go_through_offered(team, tmp_path, drafted, steps)


def test_a_draft_is_dropped_only_when_somebody_says_so(team: Database, drafted: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Drafts not in the record")
        await press(pilot, "down", "enter")
        await settled(pilot)
        assert "… C-1001" not in text(pilot)

    go_through_offered(team, tmp_path, drafted, steps)
    assert session_reads.drafts(kept(team), drafted, "A. Hughes") == []


def go_through_offered(database: Database, folder: Path, session: int, steps: Steps) -> None:
    """Open a session that begins with a question."""

    async def opened(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(page("session", session))
        await until_screen(pilot, "ChooseDialog")
        await steps(pilot)

    drive(almoner(database, folder), opened, (120, 40))


def test_the_second_of_two_people_sees_both_texts_and_chooses(team: Database, session: int, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"mine")
        with team.unit("C. Okafor", TODAY) as unit:
            keep_part(unit, Said(Part(session, "case", "C-1001"), "mapping", {"harm": "theirs", "voice": "scared"}))
        await press(pilot, "ctrl+s")
        await until(pilot, "C. Okafor wrote here while you were writing")
        assert "theirs (C. Okafor)" in text(pilot)
        assert "both stand" in text(pilot)
        assert said(team, session).answers["harm"] == "theirs"
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await settled(pilot)
        assert field(pilot, "voice").said() == "scared"

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["harm"] == "theirs\n\nmine"
    assert said(team, session).answers["voice"] == "scared"


def test_giving_up_the_choice_keeps_mine_as_a_draft_and_theirs_as_it_is(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"mine")
        with team.unit("C. Okafor", TODAY) as unit:
            keep_part(unit, Said(Part(session, "case", "C-1001"), "mapping", {"harm": "theirs"}))
        await press(pilot, "ctrl+s")
        await until(pilot, "wrote here while you were writing")
        await press(pilot, "escape")
        await pilot.pause(1.3)
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["harm"] == "theirs"
    assert session_reads.drafts(kept(team), session, "A. Hughes")[0].answers["harm"] == "mine"


# long and hostile text, the editor -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_hundred_thousand_characters_are_taken(team: Database, session: int, tmp_path: Path) -> None:
    long = "It was said that she was well. " * 6500

    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await paste(pilot, long)
        await press(pilot, *"end", "ctrl+s")
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    assert said(team, session).answers["harm"] == f"{long}end"


def test_more_than_a_record_holds_is_refused_in_words_and_kept_as_a_draft(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await paste(pilot, "word " * (LONG_LIMIT // 5 + 1) + "end")
        await press(pilot, "ctrl+s")
        await until(pilot, "longer than 400,000 characters")
        await press(pilot, "escape")
        await pilot.pause(1.3)
        await settled(pilot)

    go_through(team, tmp_path, session, steps)
    (draft,) = session_reads.drafts(kept(team), session, "A. Hughes")
    assert draft.answers["harm"].endswith("word end")


@pytest.mark.slow
def test_hostile_text_is_cleaned_as_it_enters_and_never_read_as_markup(
    team: Database, session: int, tmp_path: Path
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await paste(pilot, "[/x] [bold] \x1b]52;c;AAAA\x07 \u202eevil شكرا")
        await fill(pilot, decision="[/x]", rationale="\x1b[31mred")
        await press(pilot, "ctrl+s")
        await settled(pilot)
        assert "[/x]" in text(pilot)

    go_through(team, tmp_path, session, steps)
    harm = said(team, session).answers["harm"]
    assert harm.startswith("[/x] [bold]")
    assert harm.endswith("evil شكرا")
    assert not {"\x1b", "\x07", "\u202e"} & set(harm)


def editing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    """Let the editor be a short script that gets the file as its last argument."""
    from contextlib import nullcontext

    from tui.app import Almoner

    program = tmp_path / "editor.sh"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(program))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(Almoner, "suspend", lambda _: nullcontext())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "words", "left"),
    [
        ('stat -c %a "$1" > "$1.mode"; echo "better" > "$1"', "", "better"),
        ('echo "worse" > "$1"; exit 3', "The editor stopped with an error", "typed"),
        (': > "$1"', "The editor left nothing", "typed"),
        ("true", "Nothing was changed in the editor", "typed"),
        ("printf '\\377\\376' > \"$1\"", "cannot be read as text", "typed"),
    ],
)
def test_a_field_is_written_in_an_editor(
    team: Database, session: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str, left: str
) -> None:
    editing(monkeypatch, tmp_path, script)

    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, *"typed", "ctrl+o")
        await settled(pilot)
        if words:
            await until(pilot, words)
        assert next(w for w in pilot.app.screen_stack[1].query(Writing) if w.part.id == "harm").said() == left

    go_through(team, tmp_path, session, steps)
    lent = list(tmp_path.glob("almoner-*/note.txt"))
    assert bool(lent) == ("cannot be read" in words)


def test_without_an_editor_it_says_how_to_name_one(
    team: Database, session: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)

    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        await press(pilot, "ctrl+o")
        await until(pilot, "No editor is named")

    go_through(team, tmp_path, session, steps)


# small things --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", ["", "short", "word " * 5000, "x" * 200_000, "a\n\nb " * 900, "شكرا " * 4000, "  lead\n" + "y" * 1200]
)
def test_breaking_long_paragraphs_can_be_taken_back(given: str) -> None:
    assert joined(broken(given)) == given
    assert max(map(len, broken(given).split("\n"))) <= LONGEST_LINE + len(MARK)


def test_who_is_meant_is_the_pair_before_anybody_else() -> None:
    names = {"W2": "Okafor, Chidi", "W1": "Hughes, Ann", "W7": "Hughes, Bea", "W8": "Żak, Ewa"}
    assert owner_of("okafor", names) == "W2"
    assert owner_of("hughes", names) == "W1"
    assert owner_of("w7", names) == "W7"
    assert owner_of("zak ewa", names) == "W8"
    assert owner_of("bea", names) == "W7"
    assert owner_of("mother", names) is None


def cost_of_a_key(pilot: Pilot[Any], name: str) -> float:
    """The processor time that typing one letter takes in a field, drawing included."""
    from time import process_time

    writing = field(pilot, name)
    times = []
    for _ in range(5):
        begun = process_time()
        for _ in range(20):
            writing.insert("a")
            for row in range(writing.size.height):
                writing.render_line(row)
        times.append(process_time() - begun)
    return min(times)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["It was said that she was well.\n", "It was said that she was well. ", "x" * 30])
def test_typing_costs_the_same_in_two_hundred_thousand_characters(
    team: Database, session: int, tmp_path: Path, line: str
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await to_page(pilot, "case:C-1001")
        writing = field(pilot, "harm")
        writing.insert(line * 30)
        small = cost_of_a_key(pilot, "harm")
        writing.insert(line * 6500)
        writing.move_cursor((writing.document.line_count // 2, 0))
        await pilot.pause()
        assert cost_of_a_key(pilot, "harm") < 4 * small

    go_through(team, tmp_path, session, steps)
