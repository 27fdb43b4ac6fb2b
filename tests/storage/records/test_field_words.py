"""What a field refuses is said in the program's own words, whatever it is given: never in a library's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from domain.core.errors import BadInput
from domain.core.refusals.field_faults import OTHERWISE, faults
from domain.planning.scenarios import Scenario
from storage.opening import kinds
from storage.records.kind import Kind

HOSTILE: tuple[Any, ...] = (
    None, "", " ", "x", "nix", "yes", "1", "-1", "1e5", "٣", "x" * 100_000, "\x00", "2026-99-01", "2026-12-01T10:00:00",
    "0000-01-01", "9999-12-31", 0, -1, 1, 101, 20261201, 10**20, -(10**20), 10**400, 0.5, 1e300, float("nan"),
    float("inf"), Decimal("1.005"), True, False, date(1700, 1, 1), date(2026, 11, 20), datetime(2026, 11, 20, 10, 30),
    datetime(2026, 11, 20, tzinfo=UTC), time(10, 30), b"\xff\xfe", b"x", (), [], {}, [[]], [[1]], ["x"], ["", ""], [1],
    [None], ["x"] * 2000, {"x": 1}, {"seen": [[1]]}, {"seen": None}, {1: 2}, {"x": {"y": 1}}, {"x": "y" * 5000},
    {f"n{n}": n for n in range(500)}, [{"x": 1}], {"x"}, object(), Exception("secret"),
)  # fmt: skip
LIBRARY = re.compile(
    r"Input should|valid (?:string|integer|number|boolean|date|list|dict|tuple)|Datetimes|unable to|instance of|"
    r"Extra inputs|Field required|is not a valid|should have at|invalid literal|isoformat|could not convert|"
    r"out of range for|must be in |Invalid|NoneType|object has no|unexpected|parse|'str'|unhashable|not subscriptable"
)
KINDS = list(kinds())


def example(kind: Kind[Any, Any]) -> dict[str, Any]:
    return {name: fact.example for name, fact in kind.facts.items() if fact.needed}


def refusals(kind: Kind[Any, Any]) -> Iterator[tuple[str, Any, BadInput]]:
    """Every refusal of a field's, with what it was given."""
    for name in (*kind.names, *kind.also):
        for value in HOSTILE:
            try:
                kind.read({**example(kind), name: value})
            except BadInput as why:
                yield name, value, why


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_refusal_is_in_words_of_our_own(kind: Kind[Any, Any]) -> None:
    found = list(refusals(kind))
    assert found
    for name, value, why in found:
        said = f"{kind.name}.{name} = {type(value).__name__}: {why}"
        assert not LIBRARY.search(str(why)), said
        assert why.message.strip(" ."), said
        assert len(str(why)) < 1000, said
        assert not re.search(r"\.\d|function|constrained|\[", why.where), said


def models() -> Iterator[type[BaseModel]]:
    yield from (kind.fields for kind in KINDS)
    yield Scenario


@pytest.mark.parametrize("model", list(models()), ids=lambda model: model.__name__)
def test_every_kind_of_fault_has_a_sentence(model: type[BaseModel]) -> None:
    for name in model.model_fields:
        for value in HOSTILE:
            try:
                model.model_validate({name: value})
            except ValidationError as error:
                own = {one["msg"] for one in error.errors() if one["type"] not in ("value_error", "assertion_error")}
                types = {one["type"] for one in error.errors()}
                for fault in faults(error):
                    assert fault.words not in own
                    assert fault.words != OTHERWISE or types & {"string_pattern_mismatch"}, (name, types)


def test_a_long_text_is_counted_in_characters_and_a_long_list_in_entries() -> None:
    session = next(kind for kind in KINDS if kind.name == "session")
    with pytest.raises(BadInput, match=r"note: longer than 20,000 characters"):
        session.read({**example(session), "note": "x" * 20_001})
    with pytest.raises(ValidationError) as error:
        TypeAdapter(Annotated[tuple[str, ...], Field(max_length=1)]).validate_python(["x", "y"])
    assert [fault.words for fault in faults(error.value)] == ["more than 1 entries"]


def test_what_a_list_or_a_table_holds_is_named_by_its_place() -> None:
    case = next(kind for kind in KINDS if kind.name == "case")
    with pytest.raises(BadInput) as first:
        case.read({**example(case), "pathway": "nix"})
    assert first.value.where == "case, pathway"
    with pytest.raises(BadInput) as third:
        case.read({**example(case), "must_have": ["Urdu", "", 3]})
    assert str(third.value) == "case, must_have, entry 3: write it as text."
    event = next(kind for kind in KINDS if kind.name == "event")
    with pytest.raises(BadInput, match=r"^event, details\.seen: write it as text or .* whole number\.$"):
        event.read({**example(event), "details": {"seen": [[1]]}})


@pytest.mark.parametrize(
    ("kind", "field", "value", "said"),
    [
        ("case", "opened", 20261201, "not a date: write it as 16/03/2026 or 2026-03-16."),
        ("worker", "supervises_most", 10**20, "write 100 or less."),
        ("worker", "fte", 900, "write 1.5 or less."),
        ("worker", "fte", 0, "write more than 0."),
        ("worker", "supervises_most", "many", "write it as a whole number."),
    ],
)
def test_what_is_wrong_says_what_to_write(kind: str, field: str, value: Any, said: str) -> None:
    of = next(one for one in KINDS if one.name == kind)
    with pytest.raises(BadInput) as why:
        of.read({**example(of), field: value})
    assert why.value.message == said


def test_a_field_is_named_once_however_it_is_shown() -> None:
    why = BadInput("grade: 'nix' is not a grade.", field="grade")
    assert str(why) == "grade: 'nix' is not a grade."
    assert (why.message, why.beside_field) == ("'nix' is not a grade.", "'nix' is not a grade.")
    assert why.in_words == "Grade: 'nix' is not a grade."
