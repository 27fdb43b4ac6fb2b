"""What is found by a few letters: never another line before the one that is called as is typed."""

from __future__ import annotations

import pytest

from tui.core.choice import Choice, found

THINGS = [
    Choice("worker", "Worker", "somebody who holds cases or supervises"),
    Choice("showcase", "Showcase", ""),
    Choice("new", "New case", ""),
    Choice("notes", "Casenotes", ""),
    Choice("case", "Case", "a child or adult the team works with"),
    Choice("żak", "Żak, Ida", "W7"),
]


@pytest.mark.parametrize(
    ("letters", "keys"),
    [
        ("Case", ["case", "notes", "new", "showcase", "worker"]),
        (" case ", ["case", "notes", "new", "showcase", "worker"]),
        ("zak", ["żak"]),
        ("w7", ["żak"]),
        ("cases or", ["worker"]),
        ("nothing", []),
    ],
)
def test_the_nearest_come_first(letters: str, keys: list[str]) -> None:
    assert [one.key for one in found(THINGS, letters)] == keys


@pytest.mark.parametrize("letters", ["", "  "])
def test_everything_stays_in_its_order_while_nothing_is_typed(letters: str) -> None:
    assert found(THINGS, letters) == THINGS
