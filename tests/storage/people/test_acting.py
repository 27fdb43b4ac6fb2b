"""Who is acting, and who stands above whom."""

from __future__ import annotations

import pytest

from storage.people.acting import above, acting
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import change, keep


@pytest.mark.parametrize(
    "actor", ["W1", "w1", "Hughes, Ann", "hughes, ann", "Ann Hughes", "A. Hughes", "A Hughes", " Ann  Hughes "]
)
def test_an_actor_is_known_by_id_name_or_initial(team: Database, actor: str) -> None:
    assert acting(team.reader(), actor) == "W1"


@pytest.mark.parametrize("actor", ["", "Hughes", "B. Hughes", "root", "A.", "Ann", "%", "W"])
def test_whoever_cannot_be_told_is_nobody(team: Database, actor: str) -> None:
    assert acting(team.reader(), actor) is None


def test_an_email_address_or_its_first_part_will_do(team: Database) -> None:
    change(team, "worker", "W2", email="chidi.okafor@north.example")
    assert acting(team.reader(), "chidi.okafor") == "W2"
    assert acting(team.reader(), "Chidi.Okafor@north.example") == "W2"


def test_surnames_of_two_words_and_accents(team: Database) -> None:
    keep(team, "worker", staff_id="W7", name="de Souza, Zoë", team="North", grade="children-sw")
    assert acting(team.reader(), "Z. De Souza") == "W7"
    assert acting(team.reader(), "zoe de souza") == "W7"


def test_two_of_one_name_are_nobody_until_the_id_is_given(team: Database) -> None:
    keep(team, "worker", staff_id="W7", name="Hughes, Alan", team="North", grade="children-sw")
    assert acting(team.reader(), "A. Hughes") is None
    assert acting(team.reader(), "Alan Hughes") == "W7"


def test_those_above_are_managers_in_turn_also_in_a_circle(team: Database) -> None:
    keep(team, "worker", staff_id="W8", name="Lowe, Sam", team="North", grade="team-manager", supervisor="W1")
    change(team, "worker", "W1", line_manager="W8")
    assert above(team.reader(), "W2", TODAY) == {"W1", "W8"}
    assert above(team.reader(), "W1", TODAY) == {"W1", "W8"}
