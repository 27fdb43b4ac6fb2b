"""Agreeing a record: each for themselves, once; then it stays as it is, and is added to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.core.errors import BadInput
from domain.supervision.written_record import as_text
from storage.due.due_list import due
from storage.opening import open_database
from storage.records.database import Database
from storage.records.undo import undo
from storage.supervision.acts import signing
from storage.supervision.acts.session_parts import keep_part
from storage.supervision.record_delays import clocks
from storage.supervision.session.drafts import save_draft
from storage.supervision.session.parts import Part, Said
from storage.supervision.session.records import read, records
from storage.supervision.session.session_reads import session_card
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.supervision.recordkit import full, session
from tests.units import amend, change, every, keep, record, remove


def do(database: Database, actor: str, what: Any, *args: Any, **more: Any) -> Any:
    with database.unit(actor, TODAY) as unit:
        return what(unit, *args, **more)


def sign(database: Database, actor: str, number: int, **more: Any) -> signing.Signatures:
    signed: signing.Signatures = do(database, actor, signing.sign, number, **more)
    return signed


def both(database: Database) -> int:
    number = full(database)
    sign(database, "Okafor, Chidi", number)
    sign(database, "A. Hughes", number)
    return number


def test_each_signs_for_themselves_with_the_day(team: Database) -> None:
    number = full(team)
    assert sign(team, "W2", number) == signing.Signatures("W2", ("W1",))
    assert "Hughes, Ann (W1): not yet" in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))
    assert sign(team, "ann hughes", number).waiting == ()
    card = session_card(team.reader(), number)
    assert (card.agreed_worker, card.agreed_supervisor, card.recorded_on) == (TODAY, TODAY, TODAY)
    assert "State: agreed" in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))


def test_nobody_signs_twice_or_for_another(team: Database) -> None:
    number = full(team)
    sign(team, "A. Hughes", number)
    with pytest.raises(BadInput, match="You agreed this record"):
        sign(team, "Hughes, Ann", number)
    with pytest.raises(BadInput, match="W3 was not in session"):
        sign(team, "Nasreen Begum", number)
    assert session_card(team.reader(), number).agreed_worker is None


def test_who_is_no_worker_signs_nothing(team: Database) -> None:
    with pytest.raises(BadInput, match="'root', who is no worker here"):
        sign(team, "root", full(team))


def test_a_session_not_held_has_nothing_to_sign(team: Database) -> None:
    with pytest.raises(BadInput, match="planned: there is no record"):
        sign(team, "W2", session(team, state="planned", on="2026-11-25"))


def test_both_signatures_by_one_name_are_refused_wherever_they_come_from(team: Database) -> None:
    number = full(team)
    sign(team, "W1", number)
    with pytest.raises(BadInput, match="both signatures are by one person"):
        change(team, "session", number, agreed_worker=TODAY, agreed_worker_by="W1")


def test_two_people_of_one_name_can_both_sign(team: Database) -> None:
    change(team, "worker", "W2", name="Hughes, Ann")
    number = full(team)
    sign(team, "W1", number)
    assert sign(team, "W2", number).waiting == ()


def test_everybody_in_a_group_signs(team: Database) -> None:
    number = full(team, kind="group")
    keep(team, "attendance", session=number, worker="W3")
    sign(team, "W2", number)
    assert sign(team, "W1", number).waiting == ("W3",)
    assert sign(team, "W3", number).waiting == ()


def test_who_was_not_there_does_not_sign(team: Database) -> None:
    number = full(team, kind="group")
    keep(team, "attendance", session=number, worker="W3", absent=True)
    with pytest.raises(BadInput, match="W3 was not in session"):
        sign(team, "W3", number)


def test_words_changed_since_they_were_read_are_not_agreed_to_unseen(team: Database) -> None:
    number = full(team)
    seen = records(team.reader(), number, "W2", TODAY).mark
    sign(team, "W1", number)
    assert records(team.reader(), number, "W2", TODAY).mark == seen
    do(team, "W1", signing.withdraw, number)
    keep(team, "decision", session=number, case="C-1001", decision="Move", decided_by="A. Hughes", on="2026-11-18")
    with pytest.raises(BadInput, match="changed since you read it"):
        sign(team, "W2", number, seen=seen)


def test_who_has_words_not_kept_yet_cannot_sign(team: Database) -> None:
    number = full(team)
    save_draft(team, number, "case:C-1001", "W2", {"update": "Half a thought"})
    with pytest.raises(BadInput, match="words in 1 part of this session"):
        sign(team, "W2", number)


def test_a_signature_can_be_taken_back_until_all_have_signed(team: Database) -> None:
    number = full(team)
    sign(team, "W2", number)
    do(team, "W2", signing.withdraw, number)
    assert session_card(team.reader(), number).agreed_worker is None
    sign(team, "W2", number)
    sign(team, "W1", number)
    with pytest.raises(BadInput, match="it stays agreed"):
        do(team, "W2", signing.withdraw, number)


# closed -------------------------------------------------------------------------------------------


def test_nothing_is_changed_or_added_once_somebody_agreed(team: Database) -> None:
    number = full(team)
    sign(team, "W2", number)
    with team.unit("A. Hughes", TODAY) as unit:
        said = every(unit, "discussion", session=number, case="C-1001")[0]
        decided = every(unit, "decision", session=number)[0]
        of_it = {"session": number, "case": "C-1001", "on": TODAY}
        for change_it in (
            lambda: amend(unit, "discussion", said.id, {"answers": {"update": "Rewritten"}}),
            lambda: amend(unit, "decision", decided.id, {"decision": "Rewritten"}),
            lambda: record(unit, "decision", {**of_it, "decision": "More", "decided_by": "H"}),
            lambda: record(unit, "rating", {**of_it, "rater": "W", "score": 1}),
            lambda: record(unit, "attendance", {"session": number, "worker": "W3"}),
            lambda: amend(unit, "session", number, {"held_on": "2026-11-17"}),
            lambda: amend(unit, "session", number, {"kind": "reflective"}),
            lambda: amend(unit, "session", number, {"recorded_on": "2026-11-19"}),
            lambda: amend(unit, "session", number, {"recorded_on": None}),
            lambda: amend(unit, "session", number, {"place": "Elsewhere"}),
            lambda: amend(unit, "session", number, {"minutes": 5, "note": "Short"}),
        ):
            with pytest.raises(BadInput, match="was agreed on Fri 20 Nov 2026"):
                change_it()


def test_nothing_is_taken_from_a_record_that_one_of_a_group_agreed(team: Database) -> None:
    number = full(team, kind="group")
    keep(team, "attendance", session=number, worker="W3")
    sign(team, "W3", number)
    rated = {("Left alone at night", "Worker"): None}
    with pytest.raises(BadInput, match="agreed on Fri 20 Nov 2026"), team.unit("A. Hughes", TODAY) as unit:
        keep_part(unit, Said(Part(number, "case", "C-1001"), "mapping", ratings=rated))
    for kind in ("rating", "attendance", "discussion", "session"):
        with pytest.raises(BadInput, match="agreed on Fri 20 Nov 2026"), team.unit("A. Hughes", TODAY) as unit:
            remove(unit, kind, 1)
    assert "Left alone at night" in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))


def test_the_heading_of_what_was_agreed_is_not_reworded(team: Database) -> None:
    number = session(team)
    given = {"worker": "W2", "raised_by": "W2", "on": "2026-11-02"}
    talked, other = (keep(team, "agenda-item", **given, what=what).id for what in ("Lone working", "Leave"))
    said = {"session": number, "worker": "W2", "answers": {"update": "Said"}}
    keep(team, "discussion", **said, topic=f"item.{talked}")
    change(team, "agenda-item", talked, what="Working alone")
    sign(team, "W2", number)
    with pytest.raises(BadInput, match="what: the record of session 1 was agreed"):
        change(team, "agenda-item", talked, what="Another thing")
    change(team, "agenda-item", talked, closed_on=TODAY)
    change(team, "agenda-item", other, what="Annual leave")


def test_what_became_of_decisions_and_actions_is_still_recorded(team: Database) -> None:
    number = both(team)
    with team.unit("A. Hughes", TODAY) as unit:
        decision, action = (every(unit, kind, session=number)[0].id for kind in ("decision", "action"))
        amend(unit, "decision", decision, {"followed_on": TODAY, "outcome": "It held"})
        amend(unit, "action", action, {"done_on": TODAY, "how": "Rang"})
        unit.finish("Followed up")
    assert "It held" not in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))


def test_a_past_session_is_taken_in_with_its_words_and_signatures(team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        signed = {"agreed_worker": "2026-11-19", "agreed_worker_by": "W2", "recorded_on": "2026-11-19"}
        held = {"worker": "W2", "supervisor": "W1", "on": "2026-11-18", "state": "held"}
        number = record(unit, "session", {**held, **signed}).id
        record(unit, "discussion", {"session": number, "case": "C-1001", "answers": {"update": "As it was"}})
        unit.finish("Took in a past session")
    assert "As it was" in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))
    with pytest.raises(BadInput, match="was agreed on Thu 19 Nov 2026"):
        keep(team, "decision", session=number, case="C-1001", decision="More", decided_by="H", on=TODAY)


def test_undo_does_not_reach_into_an_agreed_record(team: Database) -> None:
    number = session(team)
    keep(team, "discussion", session=number, worker="W2", case="C-1001", answers={"update": "Said"})
    sign(team, "W2", number)
    with pytest.raises(BadInput, match="was agreed on"), team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert "Said" in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))


def test_a_record_agreed_by_one_of_a_group_cannot_be_undone_underneath(team: Database) -> None:
    number = full(team, kind="group")
    keep(team, "attendance", session=number, worker="W3")
    change(team, "session", number, place="Room 2", recorded_on=TODAY)
    sign(team, "W3", number)
    with pytest.raises(BadInput, match="was agreed on"), team.unit("A. Hughes", TODAY) as unit:
        undo(unit)
    assert session_card(team.reader(), number).place == "Room 2"


def test_undo_takes_no_signature_back_in_a_group_either(team: Database) -> None:
    number = full(team, kind="group")
    keep(team, "attendance", session=number, worker="W3")
    sign(team, "W3", number)
    with team.unit("W3", TODAY) as unit, pytest.raises(BadInput, match="by nobody's undo") as refused:
        undo(unit)
    assert f"sign {number} --withdraw" in refused.value.hint
    assert session_card(team.reader(), number).others[0].agreed_on == TODAY


def test_a_record_agreed_before_it_was_complete_can_still_be_completed(team: Database) -> None:
    number = full(team)
    change(team, "session", number, agreed_worker="2026-11-19", agreed_worker_by="W2")
    sign(team, "W1", number)
    assert session_card(team.reader(), number).recorded_on == TODAY


def test_undo_takes_no_signature_back_neither_one_nor_both(team: Database) -> None:
    number = full(team)
    for who in ("W2", "W1"):
        sign(team, who, number)
        for signed in ("W2", "W1"):
            if who == "W2" and signed == "W1":
                continue  # who has signed nothing yet
            with team.unit(signed, TODAY) as unit, pytest.raises(BadInput, match="by nobody's undo") as refused:
                undo(unit)
            assert "Amend it" not in refused.value.hint, "that, nobody can"
            assert f"Once all have agreed, add to it: almoner supervision amend {number}" in refused.value.hint
    card = session_card(team.reader(), number)
    assert (card.agreed_worker, card.agreed_supervisor) == (TODAY, TODAY)


def test_undo_signs_nothing_again_either(team: Database) -> None:
    number = full(team)
    sign(team, "W2", number)
    do(team, "W2", signing.withdraw, number)
    with team.unit("W2", TODAY) as unit, pytest.raises(BadInput, match=r"was agreed|by nobody's undo"):
        undo(unit)
    assert session_card(team.reader(), number).agreed_worker is None


def test_undo_takes_no_amendment_back(team: Database) -> None:
    number = both(team)
    do(team, "W2", signing.add_to_record, number, "Her half-brother, not brother", case="C-1001")
    with team.unit("W2", TODAY) as unit, pytest.raises(BadInput, match="stays"):
        undo(unit)
    assert "half-brother" in as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))


# amendments ---------------------------------------------------------------------------------------


def test_an_amendment_stands_under_what_was_agreed(team: Database) -> None:
    number = both(team)
    before = as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))
    do(team, "W2", signing.add_to_record, number, "Her half-brother, not brother", case="C-1001", why="Mistaken")
    after = as_text(records(team.reader(), number, "W1", TODAY).case("C-1001"))
    assert after.startswith(before.rstrip("\n"))
    assert "Added on Fri 20 Nov 2026 by Okafor, Chidi (W2), because: Mistaken\nHer half-brother, not brother" in after
    assert "half-brother" not in as_text(records(team.reader(), number, "W1", TODAY).personal("W2"))


def test_a_personal_amendment_stays_in_that_record(team: Database) -> None:
    number = both(team)
    do(team, "W1", signing.add_to_record, number, "The course is in March")
    found = records(team.reader(), number, "W1", TODAY)
    assert "The course is in March" in as_text(found.personal("W2"))
    assert "March" not in as_text(found.case("C-1001"))


def test_before_anybody_agreed_there_is_nothing_to_amend(team: Database) -> None:
    with pytest.raises(BadInput, match="can simply be changed"):
        do(team, "W1", signing.add_to_record, full(team), "More", case="C-1001")


def test_only_a_case_of_the_session_is_amended(team: Database) -> None:
    keep(team, "case", reference="C-9", team="North", pathway="child_in_need", opened="2026-03-02")
    with pytest.raises(BadInput, match="C-9 has no record in this session"):
        do(team, "W1", signing.add_to_record, both(team), "More", case="C-9")


def test_in_a_group_each_adds_to_their_own_record(team: Database) -> None:
    number = full(team, kind="group")
    keep(team, "attendance", session=number, worker="W3")
    sign(team, "W3", number)
    do(team, "W3", signing.add_to_record, number, "I was late")
    with pytest.raises(BadInput, match="each supervisee adds to their own"):
        do(team, "W1", signing.add_to_record, number, "Late")
    found = records(team.reader(), number, "W1", TODAY)
    assert "I was late" in as_text(found.personal("W3"))
    assert "I was late" not in as_text(found.personal("W2"))


# clocks -------------------------------------------------------------------------------------------


def test_the_clocks_count_from_session_to_record_to_agreement(team: Database) -> None:
    number = full(team, held_on="2026-11-10", on="2026-11-10")
    first, second = clocks(read(team.reader(), number), TODAY)
    assert (first.days, first.ended, second.days) == (10, False, None)
    change(team, "session", number, recorded_on="2026-11-13")
    first, second = clocks(read(team.reader(), number), TODAY)
    assert (first.days, first.ended, second.days, second.ended) == (3, True, 7, False)
    sign(team, "W1", number)
    sign(team, "W2", number)
    first, second = clocks(read(team.reader(), number), date(2026, 12, 1))
    assert (first.days, second.days, second.ended) == (3, 7, True)


def test_a_clock_says_how_long_it_took_or_has_been(team: Database) -> None:
    number = full(team, held_on="2026-11-20", on="2026-11-20")
    assert [one.words for one in clocks(read(team.reader(), number), TODAY + timedelta(days=2))] == [
        "Session to record: 2 days so far",
        "Record to agreement: not begun",
    ]
    change(team, "session", number, recorded_on=TODAY)
    assert [one.words for one in clocks(read(team.reader(), number), TODAY)] == [
        "Session to record: the same day",
        "Record to agreement: 0 days so far",
    ]


def test_the_packs_times_are_named_and_count_only_where_switched_on(team: Database) -> None:
    number = full(team)
    first, _ = clocks(read(team.reader(), number), TODAY, team.packs())
    assert [limit.words for limit in first.limits] == [
        "case decisions within 24 hours (not switched on)",
        "personal record: no time is set",
    ]
    assert first.limits[0].due == date(2026, 11, 19)
    assert not first.late


def test_completing_a_record_answers_what_a_council_makes_due_about_it(team: Database) -> None:
    folder = team.path.with_suffix(".packs")
    folder.mkdir()
    (folder / "ours.toml").write_text(OURS, encoding="utf-8")
    with open_database(team.path, CLOCK) as council:
        number = full(council)
        assert _due(council) == date(2026, 11, 19)
        assert clocks(read(council.reader(), number), TODAY, council.packs())[0].late
        do(council, "W1", signing.complete, number)
        assert _due(council) is None
        with pytest.raises(BadInput, match="The record was complete on"):
            do(council, "W1", signing.complete, number)


OURS = """kind = "rules"
id = "ours"
title = "Ours"
version = "1"
[[rules]]
id = "sup_record_case"
replaces = "sup_record_case"
active = true
"""


def _due(database: Database) -> date | None:
    lines = due(database.reader(), today=TODAY, worker="W2")
    return next((line.legal_due for line in lines if line.rule == "sup_record_case"), None)
