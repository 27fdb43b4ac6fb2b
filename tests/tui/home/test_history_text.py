"""How the change log reads: what records declare is what people see, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain.core.field_facts import FieldFacts, Shape
from domain.core.fields import Marker
from storage.home.recorded import RecordedLine
from storage.opening import kinds
from tests.conftest import TODAY
from tui.home.history.history_text import changes, field_title

_OWN = ("id", "version", "changed_by", "changed_at", "sort_key")


def a_line(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> RecordedLine:
    return RecordedLine(kind, 1, before, after, None, None, False)


def told(kind: str, name: str, before: Any, after: Any) -> tuple[str, str]:
    line = a_line(kind, {name: before}, {name: after})
    return next(iter(changes(line, TODAY, no_names=False)))


def columns(kind: str) -> list[str]:
    of = kinds().named(kind)
    called = {field: word for word, field in of.written.items()}
    return [called.get(one.name, one.name) for one in of.table.columns if one.name not in _OWN]


def values(fact: FieldFacts) -> Iterator[Any]:
    """What of our own a field may hold that has an underscore, or a day or a number in it."""
    if fact.shape is Shape.CHOICE:
        yield from fact.choices
    elif Marker.CODE in fact.markers:
        yield "lac_review_held"
    elif fact.shape is Shape.LIST:
        yield ["looked_after", "child_in_need"]
    elif fact.shape is Shape.TABLE:
        yield {"seen_alone": True, "placement_type": "foster_care", "moves": [{"from_": "2026-11-18"}]}
    elif fact.shape is Shape.DAY:
        yield "2026-11-18"


@pytest.mark.parametrize("kind", [kind.name for kind in kinds()])
def test_every_field_of_every_kind_goes_by_its_title_and_without_an_underscore(kind: str) -> None:
    of = kinds().named(kind)
    for name in columns(kind):
        fact = of.facts.get(of.as_field(name))
        title = field_title(kind, name)
        assert "_" not in title
        assert title[:1] == title[:1].upper()
        if fact is None:
            continue
        assert title.lower() == fact.title.lower()
        for value in values(fact):
            label, words = told(kind, name, None, value)
            assert label == title
            assert "_" not in words
            assert "2026-11-18" not in words


def test_a_field_that_goes_by_another_word_in_documents_has_its_title() -> None:
    assert field_title("worker-period", "from") == "From"
    assert field_title("case", "opened") == "Opened on"
    assert field_title("weighting", "scheme_version") == "Scheme version"


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("session", "minutes", 45, "45 minutes"),
        ("session", "minutes", 1, "1 minute"),
        ("session", "minutes", 60, "1 h"),
        ("session", "minutes", 90, "1 h 30 min"),
        ("agreement", "weekday", 0, "Mon"),
        ("reduction", "percent", 20, "20 %"),
        ("event", "on", "2026-11-18", "Wed 18 Nov"),
        ("event", "kind", "lac_visit", "lac visit"),
        ("allocation", "reason", "TSPROC", "TSPROC"),
        ("event", "details", {"seen_alone": True, "placement": "foster_care"}, "seen alone yes, placement foster care"),
        ("allocation", "role", "allocated_worker", "allocated worker"),
    ],
)
def test_values_are_written_as_people_write_them(kind: str, name: str, value: Any, words: str) -> None:
    assert told(kind, name, None, value)[1] == f"– → {words}"


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("case", "reference", "C_1001"),
        ("worker", "staff_id", "w_104"),
        ("worker", "email", "a_hughes@example.org"),
        ("calendar-settings", "mail_user", "svc_mail"),
        ("event", "note", "under_score"),
    ],
)
def test_what_others_write_stays_as_they_wrote_it(kind: str, name: str, value: str) -> None:
    assert told(kind, name, None, value)[1] == f"– → {value}"


def test_what_is_too_long_says_that_it_goes_on() -> None:
    words = told("event", "note", None, "x" * 400)[1]
    assert words.endswith("…")
    assert len(words) < 310
