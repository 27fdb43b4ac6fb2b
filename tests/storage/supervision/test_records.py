"""One session, two records: what goes where, for whom, and that nothing of one stands in the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.core.errors import BadInput, NotFound
from domain.supervision.formats import UNKNOWN
from domain.supervision.written_record import as_text, stems
from storage.cases.steps import give
from storage.records.database import Database
from storage.supervision.session import record_parts
from storage.supervision.session.record_parts import AmendmentLine, Material, Person
from storage.supervision.session.records import records
from storage.supervision.session.session_reads import (
    AttendanceLine,
    DecisionLine,
    DiscussionLine,
    RatingLine,
    SessionAction,
    SessionCard,
)
from tests.conftest import TODAY
from tests.storage.supervision.recordkit import full, of_case, session
from tests.units import change, keep

HUGHES, OKAFOR, BEGUM = "W1", "W2", "W3"
DAY = date(2026, 11, 18)


def case_text(database: Database, number: int, actor: str = HUGHES, case: str = "C-1001") -> str:
    return as_text(records(database.reader(), number, actor, TODAY).case(case))


def own_text(database: Database, number: int, actor: str = HUGHES, worker: str = OKAFOR, **more: Any) -> str:
    return as_text(records(database.reader(), number, actor, TODAY, **more).personal(worker))


# what goes where -----------------------------------------------------------------------------------------------------


def test_a_case_record_says_what_it_is_of_whom_and_when(team: Database) -> None:
    text = case_text(team, full(team))
    assert "Kind of record: Supervision" in text
    assert "Case: C-1001" in text
    assert "Wed 18 Nov 2026" in text
    assert "Worker: Okafor, Chidi (W2), allocated worker" in text
    assert "Supervisor: Hughes, Ann (W1), Team manager" in text


def test_a_case_record_holds_what_was_said_rated_decided_and_set(team: Database) -> None:
    text = case_text(team, full(team))
    for words in (
        "Settled at school, sees her brother",
        "Left alone at night",
        "0 to 10: 6",
        "Because: Settled",
        "Decided by: A. Hughes (supervision)",
        "Follow up by: Fri 18 Dec 2026",
        "What: Ring the school",
        "Who: Okafor, Chidi (W2)",
        "By when: Wed 2 Dec 2026",
    ):
        assert words in text


def test_a_case_record_holds_nothing_about_the_worker(team: Database) -> None:
    text = case_text(team, full(team, place="Room 4"))
    for words in ("Sleeping", "course", "Expecting", "Two days at home", "Room 4", "minutes"):
        assert words not in text


def test_a_personal_record_names_cases_by_reference_alone(team: Database) -> None:
    text = own_text(team, full(team))
    assert "Sleeping badly" in text
    assert "Two days at home" in text
    assert "Book the course" in text
    assert "90 minutes booked" in text
    assert "Case: C-1001\n   What happened: see that case's own record" in text
    for words in ("Settled", "Stay put", "Ring the school", "Left alone", "Aunt"):
        assert words not in text


def test_what_was_put_on_the_agenda_is_talked_about_under_its_own_words(team: Database) -> None:
    number = session(team)
    items = [
        keep(team, "agenda-item", worker="W2", raised_by="W2", on="2026-11-02", what=what, case=case).id
        for what, case in (("Lone working", None), ("Step down C-1001", "C-1001"))
    ]
    for topic in (*(f"item.{item}" for item in items), f"item.top-{items[0]}"):
        keep(team, "discussion", session=number, worker="W2", topic=topic, answers={"update": f"Said on {topic}"})
    text = own_text(team, number)
    assert text.count("ON THE AGENDA: LONE WORKING") == 1
    assert "STEP DOWN" not in text.upper()


def test_a_case_left_for_another_time_has_its_reason_in_the_personal_record_and_no_record_of_its_own(
    team: Database,
) -> None:
    number = session(team)
    keep(team, "discussion", session=number, worker=OKAFOR, case="C-1001", parked="No time left")
    found = records(team.reader(), number, HUGHES, TODAY)
    assert [one.kind for one in found.records] == ["personal"]
    assert "left for another time\n   Why: No time left" in own_text(team, number)
    with pytest.raises(NotFound, match="Nothing was said about 'C-1001'"):
        found.case("C-1001")


def test_answers_of_a_format_no_longer_known_are_not_lost(team: Database) -> None:
    number = session(team)
    keep(team, "discussion", session=number, case="C-1001", format="gone", answers={"old_field": "Still here"})
    assert "old field\nStill here" in case_text(team, number)


def test_a_session_not_held_is_a_draft(team: Database) -> None:
    number = session(team, state="planned", on="2026-11-25")
    keep(team, "discussion", session=number, case="C-1001", answers={"update": "Ahead of time"})
    assert "State: draft: the session is not recorded as held" in case_text(team, number)


# who may see which ------------------------------------------------------------------------------------------


def test_the_private_part_is_for_the_pair_when_they_ask(team: Database) -> None:
    number = full(team)
    for one in (HUGHES, OKAFOR):
        assert "Expecting in May" not in own_text(team, number, one)
        assert "Expecting in May" in own_text(team, number, one, private=True)


def test_the_supervisors_manager_sees_the_personal_record_without_its_private_part(team: Database) -> None:
    keep(team, "worker", staff_id="W9", name="Lowe, Sam", team="North", grade="team-manager")
    change(team, "worker", HUGHES, line_manager="W9")
    text = own_text(team, full(team), "W9", private=True)
    assert "Sleeping badly" in text
    assert "Expecting in May" not in text


@pytest.mark.parametrize("actor", ["W3", "somebody"])
def test_nobody_else_sees_the_personal_record(team: Database, actor: str) -> None:
    found = records(team.reader(), full(team), actor, TODAY, private=True)
    assert [one.kind for one in found.records] == ["case"]
    assert [one.worker for one in found.withheld] == [OKAFOR]
    with pytest.raises(BadInput, match="not yours to see"):
        found.personal(OKAFOR)


def test_a_supervisor_whose_session_somebody_else_held_sees_its_record(team: Database) -> None:
    keep(team, "worker", staff_id="W9", name="Lowe, Sam", team="North", grade="team-manager")
    number = full(team, supervisor="W9", cover_for=HUGHES)
    assert "Sleeping badly" in own_text(team, number, HUGHES)


# together ------------------------------------------------------------------------------------------------------------


def group(team: Database) -> int:
    of_case(team, "C-2002")
    number = session(team, kind="group")
    keep(team, "attendance", session=number, worker=BEGUM)
    for worker, case in ((OKAFOR, "C-1001"), (BEGUM, "C-2002")):
        said = {"session": number, "worker": worker}
        keep(team, "discussion", **said, case=case, answers={"update": f"About {case}"})
        keep(team, "discussion", **said, topic="wellbeing", answers={"update": f"How {worker} is"})
        of_them = {"session": number, "set_on": DAY, "due": "2026-12-02", "owner": worker}
        keep(team, "action", **of_them, what=f"Task of {worker}")
    return number


def test_each_supervisee_of_a_group_has_a_record_without_the_others_parts(team: Database) -> None:
    number = group(team)
    mine, theirs = own_text(team, number, worker=OKAFOR), own_text(team, number, worker=BEGUM)
    assert "How W2 is" in mine
    assert "Task of W2" in mine
    assert "C-1001" in mine
    assert "How W3 is" not in mine + case_text(team, number)
    assert "Task of W3" not in mine
    assert "C-2002" not in mine
    assert "How W3 is" in theirs
    assert "Together with: Okafor, Chidi (W2)" in theirs


def test_the_others_of_a_group_do_not_see_ones_personal_record(team: Database) -> None:
    found = records(team.reader(), group(team), BEGUM, TODAY)
    assert {(one.kind, one.about) for one in found.records} == {
        ("case", "C-1001"), ("case", "C-2002"), ("personal", BEGUM)
    }  # fmt: skip


def test_each_case_of_a_group_has_the_worker_whose_it_is(team: Database) -> None:
    number = group(team)
    assert "Worker: Begum, Nasreen (W3), allocated worker" in case_text(team, number, case="C-2002")
    assert "Okafor" not in case_text(team, number, case="C-2002")


def test_two_workers_on_one_case_stand_in_its_record_together(team: Database) -> None:
    with team.unit("A. Hughes", DAY) as unit:
        give(unit, "C-1001", BEGUM, date(2026, 4, 1), role="co_worker")  # type: ignore[arg-type]
        unit.finish("Shared")
    number = session(team, kind="joint")
    keep(team, "attendance", session=number, worker=BEGUM)
    keep(team, "discussion", session=number, worker=OKAFOR, case="C-1001", answers={"update": "Seen by both"})
    text = case_text(team, number)
    assert "Okafor, Chidi (W2), allocated worker" in text
    assert "Begum, Nasreen (W3), co-worker" in text


def test_what_cannot_be_told_to_be_one_supervisees_is_in_no_record_and_is_counted(team: Database) -> None:
    number = group(team)
    keep(team, "action", session=number, set_on=DAY, due="2026-12-02", owner=HUGHES, what="Refer to the doctor")
    found = records(team.reader(), number, HUGHES, TODAY)
    assert found.unplaced == 1
    assert "doctor" not in "".join(map(as_text, found.records))


# nothing of one in the other, whatever was written -------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30)


def marked(kind: str, number: int, words: str) -> str:
    return f"<{kind}-{number}>{words}"


@given(st.lists(WORDS, min_size=26, max_size=26), st.booleans())
def test_nothing_of_one_record_stands_in_another(words: list[str], together: bool) -> None:
    material = _material(words, together)
    texts = {
        "one": as_text(record_parts.case_record(material, "C-1")),
        "two": as_text(record_parts.case_record(material, "C-2")),
        "own": as_text(record_parts.personal_record(material, OKAFOR)),
        "pair": as_text(record_parts.personal_record(material, OKAFOR, private=True)),
    }
    if together:
        texts["other"] = as_text(record_parts.personal_record(material, BEGUM))
    belongs = {"one": {"one"}, "two": {"two"}, "own": {"own"}, "pair": {"own", "private"}, "other": {"other"}}
    for name, text in texts.items():
        for kind in ("one", "two", "own", "private", "other"):
            assert (f"<{kind}-" in text) == (kind in belongs[name]), (name, kind)


def _material(words: list[str], together: bool) -> Material:
    place = iter(enumerate(words))

    def said(kind: str) -> str:
        number, text = next(place)
        return marked(kind, number, text)

    def talk(kind: str, case: str | None, worker: str | None, *, private: bool = False) -> DiscussionLine:
        answers = {"update": said(kind)}
        return DiscussionLine(1, "case" if case else "wellbeing", case, worker, "update", answers, "", private, 1)

    def decision(kind: str, case: str | None, worker: str | None) -> DecisionLine:
        return DecisionLine(1, case, worker, said(kind), said(kind), "H", "supervision", DAY, None, None, "", 1)

    def action(kind: str, case: str | None, owner: str) -> SessionAction:
        what, why = said(kind), said(kind)
        return SessionAction(1, case, owner, owner, "", what, why, DAY, DAY, None, None, "", None, 1)

    others = (AttendanceLine(1, BEGUM, "Begum", False, None, "", 1),) if together else ()
    card = SessionCard(7, OKAFOR, "Okafor", HUGHES, "Hughes", DAY, "10:00", 90, "", "held", DAY, "line", "", None, None,
                       None, 1, others)  # fmt: skip
    theirs = (talk("other", None, BEGUM),) if together else ()
    return Material(
        card,
        {one: Person(one, f"Name {one}", "") for one in (HUGHES, OKAFOR, BEGUM)},
        (talk("one", "C-1", OKAFOR), talk("two", "C-2", OKAFOR), talk("own", None, OKAFOR),
         talk("private", None, OKAFOR, private=True), *theirs),
        (decision("one", "C-1", None), decision("two", "C-2", OKAFOR), decision("own", None, OKAFOR)),
        (action("one", "C-1", OKAFOR), action("two", "C-2", HUGHES), action("own", None, OKAFOR)),
        (RatingLine(1, "C-1", 7, DAY, said("one"), "Worker", 5, said("one")),),
        (AmendmentLine(1, "C-1", DAY, "Name W1", said("one"), ""),
         AmendmentLine(2, None, DAY, "Name W2", said("own"), "", OKAFOR)),
        {"update": UNKNOWN}, {}, {},
    )  # fmt: skip


def test_files_are_called_by_number_date_and_reference_and_never_alike(team: Database) -> None:
    number = full(team)
    of_case(team, "C/1001")
    keep(team, "discussion", session=number, case="C/1001", answers={"update": "Another"})
    found = records(team.reader(), number, HUGHES, TODAY)
    assert stems(found.records) == [
        f"supervision-{number}-2026-11-18-case-c-1001",
        f"supervision-{number}-2026-11-18-case-c-1001-2",
        f"supervision-{number}-2026-11-18-personal-w2",
    ]
