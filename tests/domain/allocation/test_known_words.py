"""Words that are one though spelled otherwise, and which one a strange word may mean."""

from __future__ import annotations

import pytest

from domain.allocation.known_words import Words, fold
from storage.rules import pack_set

SHIPPED = pack_set.load()


@pytest.mark.parametrize(
    "spelled", ["deprivation of liberty", "Deprivation-of-Liberty", "DoLS", "dols", "LIBERTY", " liberty ", "Dols."]
)
def test_what_a_pack_calls_one_word_is_one_however_it_is_written(spelled: str) -> None:
    assert SHIPPED.factor_words.id_of(spelled) == "liberty"


@pytest.mark.parametrize("one", ["long-term conditions", "Long term conditions", "long_term_condition", "LTC"])
def test_hyphens_and_spaces_make_no_other_word(one: str) -> None:
    assert SHIPPED.factor_words.id_of(one) == "long-term-conditions"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("libery", "liberty"), ("deprivation of libery", "deprivation of liberty"), ("autsm", "autism"), ("zebra", "")],
)
def test_a_typing_error_is_no_word_and_its_nearest_is_named(typed: str, meant: str) -> None:
    assert SHIPPED.factor_words.id_of(typed) is None
    assert SHIPPED.factor_words.near(typed).casefold() == meant


def test_words_of_signs_alone_are_compared_as_they_are() -> None:
    assert fold("--") == "--"
    assert fold("É-e") == "e e"
    assert Words([{"id": "a", "title": "++"}]).id_of("--") is None


def test_no_two_shipped_words_are_spelled_alike() -> None:
    """Otherwise the pack would have a fault, and this holds it to the words as people type them."""
    assert not SHIPPED.problems
    for name in SHIPPED.factors:
        assert SHIPPED.factor_words.id_of(name) == name
