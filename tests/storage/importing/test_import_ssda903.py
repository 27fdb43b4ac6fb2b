"""The looked-after children's return: periods of care out of messy episodes, and the real sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from storage.importing import Diff
from storage.records.database import Database
from tests.units import amend

DATA = Path(__file__).parents[4] / "shared" / "data" / "ssda903"
Write, Take, Events = Callable[..., Path], Callable[..., Diff], Callable[[str], list[tuple[str, str]]]


def header(child: str = "1", born: str = "04/05/2012") -> dict[str, str]:
    return {"CHILD": child, "SEX": "1", "DOB": born, "ETHNIC": "WBRI", "UPN": "", "MOTHER": "", "MC_DOB": ""}


def episode(start: str, end: str = "", rne: str = "S", rec: str = "", child: str = "1", **more: str) -> dict[str, str]:
    row = {"CHILD": child, "DECOM": start, "RNE": rne, "LS": "V2", "PLACE": "U6", "DEC": end, "REC": rec}
    return row | more


def reasons(diff: Diff) -> list[tuple[str, int | None, str]]:
    return [(p.file, p.row, p.column) for p in diff.problems]


def test_a_chain_of_episodes_is_one_period_of_care(write: Write, take: Take, events: Events) -> None:
    chain = [
        episode("02/03/2025", "10/04/2025", "S", "X1"),
        episode("10/04/2025", "01/06/2025", "L", "X1", LS="C1"),
        episode("01/06/2025", "", "P", LS="C1", PLACE="K2"),
    ]
    take(write({"header": [header()], "episodes": chain}))
    assert events("1") == [
        ("became_looked_after", "2025-03-02"),
        ("placement_started", "2025-03-02"),
        ("legal_status_changed", "2025-03-02"),
        ("legal_status_changed", "2025-04-10"),
        ("interim_care_order_made", "2025-04-10"),
        ("placement_started", "2025-06-01"),
    ]


def test_a_child_who_left_care_and_came_back_has_two_periods_and_an_open_case(
    write: Write, take: Take, events: Events, database: Database
) -> None:
    rows = [episode("02/03/2025", "10/04/2025", "S", "E4A"), episode("01/09/2025", "", "S")]
    take(write({"header": [header()], "episodes": rows}))
    kinds = [kind for kind, _ in events("1")]
    assert kinds.count("became_looked_after") == 2
    assert ("ceased_looked_after", "2025-04-10") in events("1")
    assert database.reader().raw.execute("SELECT opened, closed FROM cases").fetchall() == [("2025-03-02", None)]


def test_a_child_who_left_care_is_a_closed_case(write: Write, take: Take, database: Database) -> None:
    take(write({"header": [header()], "episodes": [episode("02/03/2025", "10/04/2025", "S", "E4A")]}))
    assert database.reader().raw.execute("SELECT closed, close_reason FROM cases").fetchone() == (
        "2025-04-10",
        "Ceased to be looked after (E4A)",
    )


@pytest.mark.parametrize(
    ("bad", "column"),
    [
        (episode("10/04/2025", "02/03/2025", "P", "X1"), "DEC"),
        (episode("31/02/2025", "", "P"), "DECOM"),
        (episode("", "", "P"), "DECOM"),
        (episode("21/11/2026", "", "P"), "DECOM"),
        (episode("03/05/2012", "", "P"), "DECOM"),
        (episode("02/02/2025", "", "P", child=""), "CHILD"),
        (episode("05/01/2025", "", "P"), "DECOM"),
    ],
)
def test_an_episode_that_cannot_be_true_is_set_aside_and_the_rest_taken(
    write: Write, take: Take, events: Events, bad: dict[str, str], column: str
) -> None:
    rows = [episode("02/01/2025", "01/02/2025", "S", "X1"), bad, episode("01/02/2025", "", "P")]
    diff = take(write({"header": [header()], "episodes": rows}))
    assert ("episodes.csv", 3, column) in reasons(diff)
    assert diff.rows == (4, 3, 1)
    assert [kind for kind, _ in events("1")].count("placement_started") == 2


def test_a_code_that_is_none_is_left_out_and_the_episode_taken(write: Write, take: Take, events: Events) -> None:
    diff = take(write({"header": [header()], "episodes": [episode("02/03/2025", LS="ZZ", PLACE="Q9")]}))
    assert events("1") == [("became_looked_after", "2025-03-02")]
    assert {p.column for p in diff.problems} == {"LS", "PLACE"}
    assert diff.rejected == 0


def test_a_start_that_the_return_does_not_show_is_assumed_and_said(
    write: Write, take: Take, database: Database
) -> None:
    diff = take(write({"header": [header()], "episodes": [episode("02/03/2025", rne="L")]}))
    query = "SELECT details FROM event WHERE kind = 'became_looked_after'"
    assert database.reader().raw.execute(query).fetchone() == ('{"assumed": true}',)
    assert "not marked as their start" in diff.notes[0]


def test_reviews_are_taken_where_the_child_was_looked_after(write: Write, take: Take, events: Events) -> None:
    reviews = [
        {"CHILD": "1", "DOB": "04/05/2012", "REVIEW": day, "REVIEW_CODE": "PN1"}
        for day in ("20/03/2025", "01/01/2024", "21/11/2026", "29/02/2025", "20/03/2025")
    ]
    reviews += [
        {"CHILD": "9", "DOB": "", "REVIEW": "20/03/2025", "REVIEW_CODE": "PN1"},
        {"CHILD": "1", "DOB": "05/05/2012", "REVIEW": "21/03/2025", "REVIEW_CODE": "PN1"},
    ]
    diff = take(write({"header": [header()], "episodes": [episode("02/03/2025")], "reviews": reviews}))
    assert [day for kind, day in events("1") if kind == "lac_review_held"] == ["2025-03-20"]
    assert sorted(row for file, row, _ in reasons(diff) if file == "reviews.csv" and row) == [3, 4, 5, 5, 7, 8]


def test_the_rest_of_the_return(write: Write, take: Take, events: Events, database: Database) -> None:
    child = {"CHILD": "1", "DOB": "04/05/2012"}
    worker = {
        **child,
        "SW_ID": "SW7",
        "SW_EPISODE_START_DATE": "05/03/2025",
        "SW_EPISODE_END_DATE": "",
        "SW_REASON": "",
    }
    tables = {
        "header": [header()],
        "episodes": [episode("02/03/2025")],
        "missing": [{**child, "MISSING": "M", "MIS_START": "01/05/2025", "MIS_END": "03/05/2025"}],
        "uasc": [{**child, "SEX": "1", "DUC": "04/05/2030"}],
        "placed_for_adoption": [{**child, "DATE_PLACED": "01/08/2025", "DATE_PLACED_CEASED": ""}],
        "oc2": [{**child, "SDQ_SCORE": "9", "HEALTH_ASSESSMENT": "1", "TEETH_CHECK": "1"}],
        "social_worker": [worker],
    }
    diff = take(write(tables), team="North")
    assert ("missing_ended", "2025-05-03") in events("1")
    assert ("placed_for_adoption", "2025-08-01") in events("1")
    assert not any(kind.startswith(("health", "dental", "sdq")) for kind, _ in events("1"))
    row = database.reader().raw.execute("SELECT team, pathways, factors FROM cases").fetchone()
    assert row == ("North", '["looked_after", "adoption"]', '["Unaccompanied asylum-seeking child"]')
    held = database.reader().raw.execute("SELECT worker, starts, ends FROM allocation").fetchall()
    assert held == [("SW7", "2025-03-05", None)]
    assert diff.problems == []
    assert diff.unknown_columns == {}


def test_a_second_run_changes_nothing_and_a_new_year_only_adds(write: Write, take: Take, events: Events) -> None:
    tables = {"header": [header(), header("2")], "episodes": [episode("02/03/2025"), episode("02/04/2025", child="2")]}
    take(write(tables), team="North")
    assert take(write(tables)).empty
    tables["episodes"][0] = episode("02/03/2025", "01/10/2026", "S", "E4A")
    diff = take(write({**tables, "header": [header()], "episodes": tables["episodes"][:1]}))
    assert (diff.new["event"], diff.closed["case"], diff.missing) == (1, 1, ["2"])
    assert events("1")[-1] == ("ceased_looked_after", "2026-10-01")


def test_leaving_care_does_not_close_a_case_that_is_worked_for_another_reason(
    write: Write, take: Take, database: Database
) -> None:
    take(write({"header": [header()], "episodes": [episode("02/03/2025")]}))
    with database.unit("A. Hughes", date(2026, 11, 20)) as unit:
        amend(unit, "case", "1", {"pathways": ("looked_after", "care_leaver")})
        unit.finish("On two pathways")
    take(write({"header": [header()], "episodes": [episode("02/03/2025", "01/10/2026", "S", "E4A")]}))
    row = database.reader().raw.execute("SELECT closed, pathways FROM cases").fetchone()
    assert row == (None, '["care_leaver"]')


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample return is not beside this checkout")
def test_the_sample_return_goes_in_and_a_second_run_changes_nothing(take: Take, plan: Take) -> None:
    diff = take(DATA)
    assert diff.source == "ssda903"
    assert diff.rows.read == 6_155
    assert diff.new["case"] == 578
    assert diff.new["event"] > 5_000
    assert diff.rejected == 991
    again = plan(DATA)
    assert again.empty
    assert again.unchanged["event"] == diff.new["event"]


@pytest.mark.parametrize(
    ("marked", "held", "due"),
    [
        ("S", "30/08/2025", "2025-11-30"),  # the start is shown, so this was the first: three months
        ("L", "30/08/2025", "2026-02-28"),  # care began earlier and others came before: six months
        ("L", "20/04/2025", "2025-10-20"),  # too late to have been the first: the second at the least, so six months
        ("L", "20/03/2025", "2025-06-20"),  # it may have been the first: three months is never late
    ],
)
def test_the_review_after_an_assumed_start_is_dated_by_what_must_have_come_before(
    write: Write, take: Take, database: Database, marked: str, held: str, due: str
) -> None:
    review = {"CHILD": "1", "DOB": "04/05/2012", "REVIEW": held, "REVIEW_CODE": "PN3"}
    take(write({"header": [header()], "episodes": [episode("02/03/2025", rne=marked)], "reviews": [review]}))
    query = "SELECT legal_due FROM obligation WHERE series = 'lac_review'"
    assert database.reader().raw.execute(query).fetchall() == [(due,)]
