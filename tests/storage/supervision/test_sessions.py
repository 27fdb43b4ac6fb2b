"""Sessions as they are read and kept: drafts beside the records, one unit a part, nothing written over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.errors import AlmonerError, BadInput, NotFound, StaleRecord
from domain.core.text import LONG_LIMIT
from storage.records.database import Database
from storage.records.undo import undo
from storage.supervision.acts.session_parts import keep_part
from storage.supervision.session import session_reads
from storage.supervision.session.drafts import LARGEST_DRAFT, save_draft
from storage.supervision.session.pages import open_book, open_page
from storage.supervision.session.parts import Part, Said
from storage.supervision.session.prompts import nudges
from tests.conftest import TODAY
from tests.units import amend, get, put, record, worker

BEFORE = date(2026, 10, 16)
CASE = "C-1001"


@pytest.fixture
def session(team: Database) -> int:
    """A session of Okafor with Hughes, held today, with Begum there too."""
    with team.unit("A. Hughes", TODAY) as unit:
        pair = {"worker": "W2", "supervisor": "W1", "state": "held"}
        record(unit, "session", {**pair, "on": BEFORE})
        held = record(unit, "session", {**pair, "on": TODAY, "kind": "group"})
        record(unit, "attendance", {"session": held.id, "worker": "W3"})
        unit.finish("Held")
        return int(held.id)


def keep(database: Database, session: int, actor: str = "A. Hughes", **said: Any) -> None:
    with database.unit(actor, TODAY) as unit:
        keep_part(unit, Said(Part(session, "case", CASE), **{"format": "mapping", **said}))


def kept(database: Database, session: int) -> session_reads.DiscussionLine:
    (found,) = session_reads.discussions(database.reader(), session)
    return found


# reading -------------------------------------------------------------------------------------------------------------


def test_a_session_is_read_with_all_who_are_there(team: Database, session: int) -> None:
    card = session_reads.session_card(team.reader(), session)
    assert (card.worker_name, card.supervisor_name, card.day) == ("Okafor, Chidi", "Hughes, Ann", TODAY)
    assert card.present == ("W2", "W3")
    assert not card.agreed
    with pytest.raises(NotFound, match="no session 999"):
        session_reads.session_card(team.reader(), 999)


def test_the_session_before_is_found_for_everybody_who_was_there(team: Database, session: int) -> None:
    conn = team.reader()
    assert session_reads.last_session(conn, "W2", TODAY) == 1
    assert session_reads.last_session(conn, "W2", BEFORE) is None
    assert session_reads.last_session(conn, "W3", TODAY) is None
    assert session_reads.last_session(conn, "W3", date(2026, 11, 21)) == session


def test_what_was_said_before_leaves_out_what_was_parked_and_what_came_later(team: Database, session: int) -> None:
    keep(team, 1, answers={"harm": "then"})
    keep(team, session, answers={"harm": "now"})
    conn = team.reader()
    found = session_reads.last_discussion(conn, CASE, session_reads.session_card(conn, session))
    assert found is not None
    assert (found.answers, found.held_on) == ({"harm": "then"}, BEFORE)
    assert session_reads.last_discussion(conn, CASE, session_reads.session_card(conn, 1)) is None
    keep(team, 1, answers={"harm": ""}, parked="court")
    assert session_reads.last_discussion(conn, CASE, session_reads.session_card(conn, session)) is None


def test_a_session_opens_with_a_page_for_each_thing_and_each_worker(team: Database, session: int) -> None:
    keep(team, session, answers={"harm": "now"})
    book = open_book(team.reader(), session, TODAY, "A. Hughes")
    keys = [page.key for page in book.pages]
    assert len(keys) == len(set(keys))
    assert {"wellbeing:W2", "private:W2", "wellbeing:W3", "case:C-1001"} <= set(keys)
    assert keys[-2:] == ["next", "end"]
    page = next(page for page in book.pages if page.case == CASE)
    opened = open_page(team.reader(), book.card, page, TODAY)
    assert opened.case is not None
    assert opened.case.pathways == ("looked_after",)
    assert opened.shape.id == "mapping"
    assert open_page(team.reader(), book.card, page, TODAY, "update").shape.id == "update"


def test_a_format_that_no_pack_knows_any_more_can_still_be_read(team: Database, session: int) -> None:
    keep(team, session, format="gone", answers={"old": "words"})
    book = open_book(team.reader(), session, TODAY, "A. Hughes")
    page = next(page for page in book.pages if page.case == CASE)
    assert open_page(team.reader(), book.card, page, TODAY).shape.title == "Plain update"


def test_what_was_put_on_the_agenda_is_talked_about_once(team: Database, session: int) -> None:
    with team.unit("C. Okafor", TODAY) as unit:
        put = {"worker": "W2", "raised_by": "C. Okafor", "on": TODAY}
        own = record(unit, "agenda-item", {**put, "what": "My desk"})
        record(unit, "agenda-item", {**put, "what": "Contact", "case": CASE})
        unit.finish("Put on the agenda")
    book = open_book(team.reader(), session, TODAY, "A. Hughes")
    topic = f"item.{own.id}"
    assert next(page.title for page in book.pages if page.topic == topic) == "My desk CO"
    assert "On the agenda: Contact" in next(page.lines for page in book.pages if page.case == CASE)
    keep(team, session, answers={"harm": "Talked of contact"})
    with team.unit("A. Hughes", TODAY) as unit:
        keep_part(unit, Said(Part(session, topic, None, "W2"), "topic", {"notes": "By the window"}))
    assert team.reader().raw.execute("SELECT count(*) FROM agenda_item WHERE closed_on IS NULL").fetchone() == (0,)
    again = open_book(team.reader(), session, TODAY, "A. Hughes")
    assert next(page.title for page in again.pages if page.topic == topic) == "My desk CO"


def put_on(team: Database, *items: dict[str, Any]) -> list[int]:
    with team.unit("A. Hughes", TODAY) as unit:
        given = {"worker": "W2", "raised_by": "C. Okafor", "on": TODAY, "what": "Contact", "case": CASE}
        made = [record(unit, "agenda-item", {**given, **item}).id for item in items]
        unit.finish("Put on the agenda")
    return made


def open_items(team: Database) -> list[int]:
    return team.reader().values("SELECT id FROM agenda_item WHERE closed_on IS NULL ORDER BY id")


def test_a_conversation_takes_a_case_off_no_one_else_s_agenda(team: Database, session: int) -> None:
    put(team, worker("W4"))
    mine, theirs, supervisors = put_on(team, {}, {"worker": "W4"}, {"worker": "W1"})
    keep(team, session, answers={"harm": "Talked of contact"})
    assert open_items(team) == [theirs, supervisors]
    with team.unit("A. Hughes", TODAY) as unit:
        keep_part(unit, Said(Part(session, f"item.{theirs}", None, "W4"), "topic", {"notes": "Not ours"}))
    assert theirs in open_items(team)
    with team.unit("A. Hughes", TODAY) as unit:
        assert get(unit, "agenda-item", mine).closed_on == TODAY


def test_whoever_is_there_too_has_talked_about_it_and_whoever_was_absent_has_not(team: Database, session: int) -> None:
    there, _ = put_on(team, {"worker": "W3"}, {"worker": "W2"})
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "attendance", 1, {"absent": True})
        unit.finish("Did not come")
    keep(team, session, answers={"harm": "Talked"})
    assert open_items(team) == [there]
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "attendance", 1, {"absent": False})
        unit.finish("Came after all")
    keep(team, session, answers={"voice": "Talked again"})
    assert open_items(team) == []


def test_what_is_parked_about_a_case_stays_until_its_day(team: Database, session: int) -> None:
    until = {"parked_why": "After the hearing", "parked_until": TODAY + timedelta(days=1)}
    parked, back = put_on(team, until, {**until, "parked_until": TODAY})
    keep(team, session, answers={"harm": "Talked"})
    assert open_items(team) == [parked]
    assert back not in open_items(team)


def test_what_is_for_another_session_still_to_come_waits_for_it(team: Database, session: int) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        pair = {"worker": "W2", "supervisor": "W1"}
        later = record(unit, "session", {**pair, "on": TODAY + timedelta(days=28)}).id
        missed = {**pair, "on": TODAY - timedelta(days=2), "state": "missed", "reason": "In court"}
        gone = record(unit, "session", missed).id
        unit.finish("Booked")
    _this, then, _lost = put_on(team, {"session": session}, {"session": later}, {"session": gone})
    keep(team, session, answers={"harm": "Talked"})
    assert open_items(team) == [then]


# drafts --------------------------------------------------------------------------------------------------------------


def test_a_draft_is_replaced_and_taken_away_and_is_in_no_change_log(team: Database, session: int) -> None:
    before = team.reader().raw.execute("SELECT count(*) FROM change_set").fetchone()
    save_draft(team, session, "case:C-1001", "A. Hughes", {"harm": "one\x1b[31m"})
    save_draft(team, session, "case:C-1001", "A. Hughes", {"harm": "two", "voice": ""}, seen=3)
    save_draft(team, session, "case:C-1001", "C. Okafor", {"harm": "mine"})
    (draft,) = session_reads.drafts(team.reader(), session, "A. Hughes")
    assert (draft.answers, draft.seen) == ({"harm": "two", "voice": ""}, 3)
    save_draft(team, session, "case:C-1001", "A. Hughes", {})
    assert session_reads.drafts(team.reader(), session, "A. Hughes") == []
    assert session_reads.drafts(team.reader(), session, "C. Okafor")[0].answers == {"harm": "mine"}
    assert team.reader().raw.execute("SELECT count(*) FROM change_set").fetchone() == before


def test_a_draft_holds_more_than_a_record_but_not_everything(team: Database, session: int) -> None:
    long = "x" * (LONG_LIMIT + 1)
    save_draft(team, session, "p", "A. Hughes", {"harm": long})
    with pytest.raises(BadInput, match="too long"):
        save_draft(team, session, "p", "A. Hughes", {"harm": "x" * (LARGEST_DRAFT + 1)})
    assert session_reads.drafts(team.reader(), session, "A. Hughes")[0].answers["harm"] == long


def test_a_draft_of_no_session_is_refused_in_words(team: Database) -> None:
    with pytest.raises(AlmonerError):
        save_draft(team, 999, "p", "A. Hughes", {"harm": "x"})


# keeping -------------------------------------------------------------------------------------------------------------


def test_a_part_is_kept_in_one_unit_and_its_draft_is_gone(team: Database, session: int) -> None:
    save_draft(team, session, "case:C-1001", "A. Hughes", {"harm": "half"})
    changes = team.reader().raw.execute("SELECT count(*) FROM change_set").fetchone()[0]
    keep(
        team,
        session,
        answers={"harm": "A bruise"},
        ratings={("Hit", "Worker"): 4},
        decision={"decision": "See her", "decided_by": "A. Hughes", "on": TODAY},
        action={"owner": "W2", "what": "Visit", "due": date(2026, 11, 27)},
    )
    conn = team.reader()
    assert kept(team, session).answers == {"harm": "A bruise"}
    assert [r.score for r in session_reads.ratings(conn, CASE)] == [4]
    assert session_reads.drafts(conn, session, "A. Hughes") == []
    assert conn.value("SELECT count(*) FROM change_set") == changes + 1
    with team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert session_reads.discussions(conn, session) == []
    assert session_reads.decisions(conn, session) == []


def test_what_cannot_be_taken_keeps_nothing_of_the_part_and_its_draft(team: Database, session: int) -> None:
    save_draft(team, session, "case:C-1001", "A. Hughes", {"harm": "half"})
    early = {"owner": "W2", "what": "Visit", "due": date(2026, 11, 1)}
    with pytest.raises(BadInput, match="cannot be due before it was set") as refused:
        keep(team, session, answers={"harm": "half"}, action=early)
    assert refused.value.field == "due"
    assert session_reads.discussions(team.reader(), session) == []
    assert session_reads.drafts(team.reader(), session, "A. Hughes") != []


@pytest.mark.parametrize(("action", "field"), [({"owner": "W2"}, "due"), ({"due": date(2026, 12, 1)}, "owner")])
def test_an_action_has_an_owner_and_a_day(team: Database, session: int, action: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        keep(team, session, action={"what": "Visit", **action})
    assert refused.value.field == field


def test_a_rating_is_changed_and_taken_away(team: Database, session: int) -> None:
    both = {("Hit", "Worker"): 4, ("Hit", "Child"): 2}
    keep(team, session, ratings=both)
    keep(team, session, ratings={("Hit", "Worker"): 5, ("Hit", "Child"): None})
    assert [(r.rater, r.score) for r in session_reads.ratings(team.reader(), CASE)] == [("Worker", 5)]
    with pytest.raises(BadInput):
        keep(team, session, ratings={("Hit", "Worker"): 11})


def test_two_people_in_different_fields_both_stand(team: Database, session: int) -> None:
    keep(team, session, answers={"harm": "a", "voice": "b"})
    seen = kept(team, session).version
    keep(team, session, actor="C. Okafor", answers={"voice": "theirs"}, seen=seen)
    keep(team, session, answers={"harm": "mine"}, seen=seen)
    assert kept(team, session).answers == {"harm": "mine", "voice": "theirs"}


def test_two_people_in_the_same_field_never_write_over_each_other(team: Database, session: int) -> None:
    keep(team, session, answers={"harm": "a"})
    seen = kept(team, session).version
    keep(team, session, actor="C. Okafor", answers={"harm": "theirs"}, seen=seen)
    with pytest.raises(StaleRecord, match=r"C\. Okafor wrote here") as stale:
        keep(team, session, answers={"harm": "mine"}, seen=seen)
    assert stale.value.clashes == [("harm", "a", "theirs", "mine")]
    assert kept(team, session).answers == {"harm": "theirs"}


def test_two_people_who_both_begin_a_part_never_write_over_each_other(team: Database, session: int) -> None:
    keep(team, session, actor="C. Okafor", answers={"harm": "theirs"})
    with pytest.raises(StaleRecord):
        keep(team, session, answers={"harm": "mine"})


def test_a_record_that_was_agreed_stays_as_it_is(team: Database, session: int) -> None:
    keep(team, session, answers={"harm": "a"})
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", session, {"agreed_worker": TODAY, "agreed_worker_by": "C. Okafor"})
        unit.finish("Agreed")
    with pytest.raises(BadInput, match="was agreed on Fri 20 Nov 2026"):
        keep(team, session, answers={"harm": "b"})


def test_nothing_is_said_in_a_session_that_was_missed(team: Database, session: int) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", session, {"state": "missed", "held_on": None, "reason": "court"})
        unit.finish("Missed")
    with pytest.raises(BadInput, match="was missed"):
        keep(team, session, answers={"harm": "b"})


def test_what_is_private_is_marked_so_and_topics_belong_to_their_worker(team: Database, session: int) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        keep_part(unit, Said(Part(session, "private", None, "W2"), "wellbeing", {"how": "tired"}))
    with team.unit("A. Hughes", TODAY) as unit:
        keep_part(unit, Said(Part(session, "private", None, "W3"), "wellbeing", {"how": "fine"}))
    found = session_reads.discussions(team.reader(), session)
    assert [(d.private, d.worker, d.answers["how"]) for d in found] == [(True, "W2", "tired"), (True, "W3", "fine")]


# what is worth a second look -----------------------------------------------------------------------------------------


def test_nudges_are_read_from_what_is_kept_and_last_time(team: Database, session: int) -> None:
    harm = "He was seen with a bruise on his arm and said that he fell from the wall behind the school"
    keep(team, 1, answers={"harm": harm, "danger": "He may be hit again when they drink", "voice": "Quiet"})
    keep(team, session, answers={"harm": harm, "danger": "He may be hit again when they drink"})
    found = {(nudge.about, nudge.kind): nudge.words for nudge in nudges(team.reader(), session)}
    assert found.keys() == {(CASE, k) for k in ("no_decision", "no_date", "no_experience", "copied")}
    assert found[CASE, "copied"] == "nearly the same words as last time: what has happened"
    decision = {"decision": "d", "rationale": "r", "decided_by": "x", "on": TODAY, "follow_by": date(2026, 12, 1)}
    seen = kept(team, session).version
    keep(team, session, seen=seen, answers={"voice": "Likes school", "harm": "New words"}, decision=decision)
    assert [(nudge.about, nudge.kind) for nudge in nudges(team.reader(), session)] == [(CASE, "too_short")]


def test_a_parked_case_gets_no_nudge(team: Database, session: int) -> None:
    keep(team, session, parked="Waits for the court")
    assert nudges(team.reader(), session) == []
