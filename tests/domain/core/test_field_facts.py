"""What is read from a record's declaration, for forms, templates and lists."""

from __future__ import annotations

from typing import Any

import pytest

from domain.cases.cases import CaseFields
from domain.core.field_facts import Shape, facts_of
from domain.core.fields import Marker
from domain.load.records import ReductionFields
from domain.people.people import WorkerFields
from domain.supervision.discussions import ActionFields
from domain.supervision.sessions import SessionFields


@pytest.mark.parametrize(
    ("fields", "name", "shape"),
    [
        (ReductionFields, "reason", Shape.LINE),
        (ReductionFields, "note", Shape.TEXT),
        (ReductionFields, "starts", Shape.DAY),
        (ReductionFields, "ends", Shape.DAY),
        (ReductionFields, "percent", Shape.NUMBER),
        (WorkerFields, "fte", Shape.HUNDREDTHS),
        (WorkerFields, "agency", Shape.YES),
        (WorkerFields, "specialisms", Shape.LIST),
        (CaseFields, "pathways", Shape.LIST),
        (SessionFields, "state", Shape.CHOICE),
        (SessionFields, "cover_for", Shape.LINE),
    ],
)
def test_a_field_is_written_as_its_type_says(fields: Any, name: str, shape: Shape) -> None:
    assert facts_of(fields)[name].shape is shape


def test_a_field_is_called_as_it_says_or_by_its_own_name() -> None:
    facts = facts_of(ReductionFields)
    assert facts["percent"].title == "Per cent less"
    assert facts["worker"].title == "Worker"
    assert facts_of(WorkerFields)["line_manager"].title == "Line manager"


def test_what_a_type_says_holds_for_every_field_of_it_unless_the_field_says_otherwise() -> None:
    assert facts_of(ReductionFields)["worker"].example == "W101"
    assert facts_of(ActionFields)["owner"].help == 'staff id; or who = "Grandmother"'
    assert facts_of(ActionFields)["case"].example == "C-1001"


def test_needed_and_usual_are_told_apart() -> None:
    facts = facts_of(ActionFields)
    assert (facts["what"].needed, facts["what"].usual) == (True, False)
    assert (facts["owner"].needed, facts["owner"].usual) == (False, True)
    assert (facts["how"].needed, facts["how"].usual) == (False, False)
    assert facts["owner"].default is None


def test_choices_are_the_words_of_an_enumeration() -> None:
    assert facts_of(SessionFields)["state"].choices == ("planned", "held", "missed", "cancelled")
    assert facts_of(ReductionFields)["reason"].choices == ()


def test_what_is_about_a_person_is_marked() -> None:
    assert Marker.HIDDEN in facts_of(CaseFields)["born"].markers
    assert Marker.HIDDEN in facts_of(ReductionFields)["note"].markers
    assert Marker.INITIALS in facts_of(WorkerFields)["name"].markers
    assert facts_of(CaseFields)["reference"].markers == {Marker.IDENTIFIES}
