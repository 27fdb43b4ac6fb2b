"""Registration years at their edges: what was unmet stays late until it is met, or closed with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.core.dates import short_day
from domain.core.errors import BadInput
from storage.due import due_list
from storage.home.needs_you import needs_you
from storage.learning.acts import close_year
from storage.learning.cpd import years
from storage.opening import follow_packs
from storage.records.database import Database
from tests.clocks import TODAY, clock_on
from tests.units import amend, change, keep, put, record, remove

BEFORE, LAST, FIRST, SECOND = date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)
NEXT_YEAR = date(2027, 12, 1)
WRITTEN = {"learning": "Ask first.", "impact": "I do.", "kind": "Reading"}
PEER = {"peer": True, "peer_note": "Slow down."}


def piece(title: str, worker: str = "W3", **says: Any) -> tuple[str, dict[str, Any]]:
    return "cpd", {"worker": worker, "on": "2026-05-04", "title": title, **WRITTEN, **says}


def on(database: Database, day: date) -> None:
    """Let a day begin."""
    database.clock = clock_on(day)
    follow_packs(database)


def told(database: Database, day: date, worker: str = "W3", **asked: Any) -> list[str]:
    return [one.state.told for one in years(database.reader(), day, worker=worker, **asked)]


def dues(database: Database, day: date, worker: str = "W3") -> list[date | None]:
    on(database, day)
    lines = due_list.due(database.reader(), today=day, worker=worker)
    return [line.legal_due for line in lines if line.series == "cpd_year"]


def test_a_year_that_ended_unmet_is_late_from_the_day_after_and_stays_so(team: Database) -> None:
    put(team, piece("Law"))
    assert told(team, BEFORE) == ["CPD year to 30 Nov 2026: 1 of 2 pieces, peer reflection missing"]
    assert told(team, LAST) == told(team, BEFORE)
    assert told(team, FIRST) == [
        "CPD year to 30 Nov 2026: 1 of 2 pieces, peer reflection missing; late 1 day",
        "CPD year to 30 Nov 2027: 0 of 2 pieces, peer reflection missing",
    ]
    assert told(team, SECOND)[0].endswith("late 2 days")
    assert [one.rpartition("; ")[2] for one in told(team, NEXT_YEAR)] == [
        "late 366 days", "late 1 day", "CPD year to 30 Nov 2028: 0 of 2 pieces, peer reflection missing",
    ]  # fmt: skip


def test_its_date_stands_in_the_due_list_before_and_after_the_year_ends(team: Database) -> None:
    put(team, piece("Law"))
    assert [dues(team, day) for day in (BEFORE, LAST, FIRST, SECOND, NEXT_YEAR)] == [[LAST]] * 5


def test_of_whom_nothing_is_kept_only_a_year_that_ended_stands_there(team: Database) -> None:
    assert [dues(team, day) for day in (BEFORE, LAST, FIRST, SECOND, NEXT_YEAR)] == [[], [], [LAST], [LAST], [LAST]]


def test_what_ended_unmet_wants_attention(team: Database) -> None:
    put(team, *(piece(title, "W2", submitted_on="2026-10-01", **PEER) for title in ("Law", "Trauma")))

    def needs(day: date) -> list[str]:
        on(team, day)
        return [need.text for need in needs_you(team.reader(), "North", day) if "CPD" in need.text]

    assert needs(LAST) == []
    assert needs(FIRST) == ["2 CPD years unmet (Begum 1 day, Hughes 1)"]


@pytest.mark.parametrize(
    ("submitted", "left"), [("2026-11-02", []), (None, ["2 of 2 pieces, not handed in yet; late 2 days"])]
)
def test_a_piece_recorded_for_that_year_afterwards_meets_it(
    team: Database, submitted: str | None, left: list[str]
) -> None:
    on(team, SECOND)
    put(team, piece("Law", submitted_on=submitted))
    assert dues(team, SECOND) == [LAST]
    put(team, piece("Trauma", submitted_on=submitted, **PEER))
    late = [one.removeprefix("CPD year to 30 Nov 2026: ") for one in told(team, SECOND) if "late" in one]
    assert late == left
    assert dues(team, SECOND) == ([LAST] if left else [date(2027, 11, 30)])


def test_a_registration_renewed_in_the_window_counts_as_handed_in_and_not_as_pieces(team: Database) -> None:
    put(team, ("registration", {"worker": "W3", "kind": "swe", "granted": "2026-11-20", "expires": "2027-11-30"}))
    assert [one for one in told(team, FIRST) if "late" in one]
    put(team, piece("Law"), piece("Trauma", **PEER))
    assert not [one for one in told(team, FIRST) if "late" in one]


def test_a_year_is_closed_with_a_reason_and_opened_again_by_undo(team: Database) -> None:
    on(team, FIRST)
    with team.unit("A. Hughes", FIRST) as unit:
        kept = close_year(unit, "W3", date(2026, 5, 1), "Ill from March").record
    assert (kept.year, kept.on, kept.by, kept.why) == (LAST, FIRST, "A. Hughes", "Ill from March")
    assert not [one for one in told(team, FIRST) if "late" in one]
    (closed,) = years(team.reader(), FIRST, worker="W3", asked=LAST)
    assert (closed.state.state, closed.state.closed and closed.state.closed.why) == ("closed", "Ill from March")
    assert dues(team, FIRST) == [date(2027, 11, 30)]
    with team.unit("A. Hughes", FIRST) as unit:
        remove(unit, "cpd-closing", kept.id)
        unit.finish("Taken back")
    assert dues(team, FIRST) == [LAST]


@pytest.mark.parametrize(
    ("day", "year", "words"),
    [
        (FIRST, "2026-11-29", "No registration year ends on that day"),
        (LAST, "2026-11-30", "a year is closed once it is over"),
    ],
)
def test_only_a_year_that_is_over_is_closed(team: Database, day: date, year: str, words: str) -> None:
    said = {"worker": "W3", "year": year, "on": day, "by": "A. Hughes", "why": "Ill"}
    with pytest.raises(BadInput, match=words), team.unit("A. Hughes", day) as unit:
        record(unit, "cpd-closing", said)


def test_a_complete_year_is_not_closed(team: Database) -> None:
    put(team, *(piece(title, submitted_on="2026-10-01", **PEER) for title in ("Law", "Trauma")))
    with pytest.raises(BadInput, match="complete"), team.unit("A. Hughes", FIRST) as unit:
        close_year(unit, "W3", LAST, "Ill")


def test_a_year_that_ended_before_the_team_was_in_use_is_not_counted_and_says_why_when_asked_for(
    team: Database,
) -> None:
    on(team, FIRST)
    with team.unit("A. Hughes", FIRST) as unit:
        amend(unit, "team", "North", {"in_use_since": "2026-12-01"})
        unit.finish("In use")
    assert dues(team, FIRST) == []
    assert len(told(team, FIRST)) == 1
    words = "not counted (before 1 Dec 2026, when their team began to use Almoner)"
    assert told(team, FIRST, asked=LAST) == [f"CPD year to 30 Nov 2026: {words}"]
    (state,) = (one.state for one in years(team.reader(), FIRST, worker="W3", asked=LAST))
    assert (state.state, state.missing, state.days_late) == ("not counted", (), 0)
    with pytest.raises(BadInput, match="There is nothing to close"), team.unit("A. Hughes", FIRST) as unit:
        close_year(unit, "W3", LAST, "Ill")
    with team.unit("A. Hughes", FIRST) as unit:
        amend(unit, "team", "North", {"in_use_since": "2026-11-30"})
        unit.finish("In use a day before")
    assert dues(team, FIRST) == [LAST]
    assert told(team, FIRST, asked=LAST)[0].endswith("late 1 day")


@pytest.mark.parametrize(
    ("first", "year", "words"),
    [
        (None, date(2025, 11, 30), "not counted (before 20 Nov 2026, when records began here)"),
        ("2025-12-01", date(2025, 11, 30), "not counted (before 1 Dec 2025, the day of the first piece)"),
        ("2025-11-30", date(2025, 11, 30), "0 of 2 pieces, peer reflection missing, 1 draft to finish; late 355 days"),
        ("2025-11-30", date(2024, 11, 30), "not counted (before 30 Nov 2025, the day of the first piece)"),
    ],
)
def test_a_year_before_the_first_piece_is_not_counted(
    team: Database, first: str | None, year: date, words: str
) -> None:
    if first:
        put(team, piece("Law", on=first, learning=""))
    assert told(team, TODAY, asked=year) == [f"CPD year to {short_day(year)}: {words}"]


@pytest.mark.parametrize(("leaves", "counted"), [(BEFORE, False), (LAST, True), (FIRST, True)])
def test_the_year_that_ends_after_the_last_day_is_not_counted(team: Database, leaves: date, counted: bool) -> None:
    change(team, "worker", "W3", leaves=leaves)
    (words,) = told(team, TODAY)
    assert words == told(team, TODAY, asked=TODAY)[0]
    missing, why = "0 of 2 pieces, peer reflection missing", "not counted (last day 29 Nov 2026, before it ends)"
    assert words == f"CPD year to 30 Nov 2026: {missing if counted else why}"


def test_a_year_that_is_not_counted_and_was_met_all_the_same_is_complete(team: Database) -> None:
    put(team, *(piece(title, submitted_on="2026-10-01", **PEER) for title in ("Law", "Trauma")))
    change(team, "worker", "W3", leaves=BEFORE)
    (one,) = years(team.reader(), TODAY, worker="W3")
    assert (one.state.state, one.state.not_counted) == ("held", "")


def test_who_was_not_registered_or_not_here_when_the_year_ended_owes_nothing_of_it(team: Database) -> None:
    came = {"team": "North", "grade": "children-sw", "name": "Dey, Ana"}
    put(team, ("worker", {**came, "staff_id": "W8", "started": "2026-12-01"}))
    put(team, ("worker", {**came, "staff_id": "W9", "grade": "student", "started": "2026-01-05"}))
    assert not [one for who in ("W8", "W9") for one in told(team, SECOND, who) if "late" in one]
    with team.unit("A. Hughes", SECOND) as unit:
        amend(unit, "worker", "W9", {"grade": "asye"}, since=date(2026, 12, 1))
        unit.finish("Qualified")
    assert told(team, SECOND, "W9") == ["CPD year to 30 Nov 2027: 0 of 2 pieces, peer reflection missing"]


def test_where_no_pack_says_when_the_year_ends_nothing_is_due(team: Database) -> None:
    put(team, ("team", {"name": "Gwent", "nation": "wales"}))
    keep(team, "worker", staff_id="W9", team="Gwent", grade="children-sw", name="Dey, Ana", started="2026-01-05")
    assert told(team, FIRST, "W9") == []
    assert dues(team, FIRST, "W9") == []


def test_what_is_kept_is_what_a_rebuild_gives_also_after_the_turn_of_the_year(team: Database) -> None:
    put(team, piece("Law"), piece("Trauma", "W2"))
    for day in (LAST, FIRST, NEXT_YEAR):
        on(team, day)
        assert team.differences() == []
