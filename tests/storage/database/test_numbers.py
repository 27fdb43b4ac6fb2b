"""Numbers larger than the database can hold: refused in words wherever they come from."""

from __future__ import annotations

import pytest

from domain.core.errors import BadInput
from storage.database.errors import guard
from storage.records.database import Database


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**60])
def test_a_number_too_large_is_refused_in_words(team: Database, number: int) -> None:
    with pytest.raises(BadInput, match="larger than any"):
        team.reader().value("SELECT 1 FROM event WHERE id = :id", id=number)
    with pytest.raises(BadInput, match="larger than any"), team.writing() as conn:
        conn.insert("meta", ("key", "value"), [("x", number)])
    with pytest.raises(BadInput, match="larger than any"), guard(), team.engine().begin() as transaction:
        transaction.exec_driver_sql("SELECT ?", (number,))


def test_the_largest_number_is_taken(team: Database) -> None:
    assert team.reader().value("SELECT :n", n=2**63 - 1) == 2**63 - 1
