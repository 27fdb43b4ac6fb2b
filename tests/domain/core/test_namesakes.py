"""Telling apart workers who share a name."""

from __future__ import annotations

from domain.core.namesakes import Named, namesakes, told_apart


def test_a_name_of_ones_own_stays_as_it_is() -> None:
    assert not namesakes([Named("W1", "okafor, chidi", True), Named("W2", "begum, nasreen", True)])
    assert told_apart("Okafor, Chidi", "W1", frozenset()) == "Okafor, Chidi"


def test_each_of_several_has_the_staff_id_behind_the_name() -> None:
    shared = namesakes(Named(f"W{n}", "okafor, chidi" if n else "begum, nasreen", True) for n in range(4))
    assert shared == {"W1", "W2", "W3"}
    assert told_apart("Okafor, Chidi", "W1", shared) == "Okafor, Chidi W1"


def test_who_has_left_is_told_from_those_there_and_takes_nothing_from_their_name() -> None:
    there, left = Named("W1", "okafor, chidi", True), Named("W2", "okafor, chidi", False)
    assert namesakes([there, left]) == {"W2"}
    assert not namesakes([left, left._replace(staff_id="W3")])


def test_no_name_gets_nothing_behind_it() -> None:
    assert told_apart("", "W1", {"W1"}) == ""
