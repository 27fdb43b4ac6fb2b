"""The registration year: what the regulator asks for, and what is missing from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.cpd import Piece, registration_year, year_state

WRITTEN = {"learning": "Slow down.", "impact": "I plan visits around the child."}
PEER = {"peer": True, "peer_note": "She asked what the child would say."}
NOVEMBER = date(2026, 11, 20)


def piece(title: str = "Court skills", on: date = date(2026, 5, 4), **says: object) -> Piece:
    return Piece(on, title, **{**WRITTEN, **says})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "start", "end", "opens"),
    [
        (date(2026, 11, 30), date(2025, 12, 1), date(2026, 11, 30), date(2026, 9, 1)),
        (date(2026, 12, 1), date(2026, 12, 1), date(2027, 11, 30), date(2027, 9, 1)),
        (date(2026, 1, 1), date(2025, 12, 1), date(2026, 11, 30), date(2026, 9, 1)),
    ],
)
def test_the_year_runs_from_december_to_november(day: date, start: date, end: date, opens: date) -> None:
    assert registration_year(day) == (start, end, opens)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_every_day_lies_in_one_registration_year(day: date) -> None:
    year = registration_year(day)
    assert year.start <= day <= year.end
    assert registration_year(year.end + timedelta(1)).start == year.end + timedelta(1)


@pytest.mark.parametrize(
    ("pieces", "missing"),
    [
        ([], ("2 more pieces", "a peer reflection")),
        ([piece()], ("1 more piece", "a peer reflection")),
        ([piece(), piece("court  SKILLS", **PEER)], ("1 more piece",)),
        ([piece(), piece("Interpreters")], ("a peer reflection",)),
        ([piece(), piece("Interpreters", on=date(2025, 11, 30), **PEER)], ("1 more piece", "a peer reflection")),
        ([piece(), piece("Interpreters", peer=True)], ("1 more piece", "a peer reflection", "1 draft to finish")),
        ([piece(), piece("Interpreters", **PEER)], ("not handed in yet",)),
    ],
    ids=["none", "one", "twice the same", "no peer", "of last year", "peer talk not written up", "not handed in"],
)
def test_what_is_missing_is_said(pieces: list[Piece], missing: tuple[str, ...]) -> None:
    assert year_state(pieces, NOVEMBER).missing == missing


def test_two_pieces_handed_in_with_a_peer_reflection_are_enough() -> None:
    given = {"submitted_on": date(2026, 11, 2)}
    found = year_state([piece(**given), piece("Interpreters", **PEER, **given)], NOVEMBER)
    assert (found.missing, found.state, found.words) == ((), "held", "complete")


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2026, 8, 31), "ahead"),
        (date(2026, 9, 1), "due"),
        (date(2026, 11, 30), "due"),
        (date(2026, 12, 1), "late"),
    ],
)
def test_it_is_due_in_the_window_and_late_after_it(today: date, state: str) -> None:
    assert year_state([], today, registration_year(NOVEMBER)).state == state
