"""Learning by command: needs, the registration year, registrations, and evidence for a grade."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.records.database import Database
from tests.storage.learning.test_learning import evidence, need
from tests.storage.learning.test_progression import held
from tests.storage.learning.test_registrations import registration
from tests.tui.shell import Answer, Shell
from tests.units import change, put


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    put(
        team,
        need("Court skills", domains=["kss-cf.8"], due="2026-11-02", cost=12_050),
        need("Statements", "W2", domains=["kss-cf.law"]),
        evidence(domains=["pcf.6"], level="social-worker"),
        registration("amhp", expires="2026-06-30", number="A-1"),
        *held(notes="Slow down."),
    )
    return Shell(capsys, Path(team.path))


def test_frameworks_are_listed_with_how_many_titles_are_unverified(almoner: Shell) -> None:
    found = {one["id"]: one for one in almoner("list", "framework", "--json").json}
    assert found["pcf"]["unverified"] == "10 of 18 titles"
    assert found["kss-cf"]["valid_to"] == "2027-03-31"
    assert found["pqs-adults"]["statements"][4]["title"] == "Title not found"
    assert "frame" in almoner("list", "frameworks").out


def test_needs_come_soonest_first_and_by_capability(almoner: Shell) -> None:
    found = almoner("learning", "needs", "--team", "North", "--json").json
    assert [(one["title"], one["state"], one["cost"]) for one in found] == [
        ("Court skills", "late", 120.5),
        ("Statements", "not set", None),
    ]
    (shared,) = almoner("learning", "needs", "--by-domain", "--json").json
    assert (shared["domain"], shared["workers"], shared["late"]) == ("kss-cf.law", ["W3", "W2"], 1)
    assert almoner("learning", "needs", "--worker", "W2", "--csv").out.count("\n") == 2


def test_the_registration_year_says_what_is_missing(almoner: Shell) -> None:
    (year,) = almoner("learning", "cpd", "--worker", "Begum", "--json").json
    assert (year["year"], year["state"]) == ("2025/26", "due")
    assert year["missing"] == ["2 more pieces", "a peer reflection"]


def test_a_year_left_out_of_the_list_is_not_counted_and_says_why(almoner: Shell, team: Database) -> None:
    change(team, "team", "North", in_use_since="2026-09-01")
    why = "before 1 Sep 2026, when their team began to use Almoner"
    (year,) = almoner("learning", "cpd", "--worker", "W3", "--year", "2024-25", "--json").json
    assert (year["state"], year["missing"], year["days_late"], year["not_counted"]) == ("not counted", [], 0, why)
    printed = almoner("learning", "cpd", "--worker", "W3", "--year", "2024-25")
    assert f"Begum, Nasreen (W3): CPD year to 30 Nov 2025: not counted ({why})." in printed.err
    assert "late " not in printed.err
    (present,) = almoner("learning", "cpd", "--worker", "W3", "--json").json
    assert (present["state"], present["not_counted"]) == ("due", None)


def test_a_draft_from_a_session_can_be_recorded_as_it_is(almoner: Shell, tmp_path: Path) -> None:
    draft = almoner("learning", "cpd", "--draft", "1")
    assert "may let a person you work with be known" in draft.err
    assert almoner.record("cpd", draft.out, tmp_path).code == 0
    (kept,) = almoner("list", "cpd", "--json").json
    assert (kept["learning"], kept["session"]) == ("Slow down.", 1)
    (year,) = almoner("learning", "cpd", "--worker", "W3", "--json").json
    assert year["missing"] == ["2 more pieces", "a peer reflection", "1 draft to finish"]


def test_what_lapsed_and_what_was_never_had_is_shown(almoner: Shell) -> None:
    found = {one["what"]: one for one in almoner("learning", "registrations", "--worker", "W3", "--json").json}
    assert (found["amhp"]["until"], found["amhp"]["state"]) == ("2026-06-30", "lapsed")
    assert found["data-protection"]["state"] == "none recorded"
    assert "A-1" not in almoner("learning", "registrations").out


def test_the_matrix_says_it_is_an_example(almoner: Shell) -> None:
    found = almoner("learning", "matrix", "W3", "--json").json
    assert (found["progression"], found["example"], found["gaps"]) == ("children-progression", True, 8)
    assert "Example criteria, not your council's." in almoner("learning", "matrix", "W3").err
    assert "social-worker" in almoner("learning", "matrix", "W3", "--framework", "pcf", "--csv").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["matrix", "W1"], "leads on from Team manager"),
        (["matrix", "W3", "--framework", "ecs"], "not a framework with content"),
        (["matrix", "W3", "--progression", "wizardry"], "There is no progression 'wizardry'"),
        (["cpd", "--draft", "soon"], "not the number of a session"),
        (["cpd", "--draft", "7"], "There is no session 7"),
        (["needs", "--worker", "W99"], "There is no worker"),
    ],
)
def test_what_cannot_be_answered_is_said(almoner: Shell, words: list[str], said: str) -> None:
    answer = almoner("learning", *words)
    assert answer.code != 0
    assert said in answer.err


# the year at its end ------------------------------------------------------------------------------------------------


def on(almoner: Shell, day: str, *words: str) -> Answer:
    """Run a command on a day; the last --today counts."""
    return almoner(*words, "--today", day)


def test_last_year_is_late_on_the_first_of_december_and_closed_by_command(almoner: Shell) -> None:
    w3 = ("learning", "cpd", "--worker", "W3", "--json")
    states = {day: [(y["year"], y["state"], y["days_late"]) for y in on(almoner, day, *w3).json]
              for day in ("2026-11-29", "2026-11-30", "2026-12-01")}  # fmt: skip
    assert states["2026-11-29"] == states["2026-11-30"] == [("2025/26", "due", 0)]
    assert states["2026-12-01"] == [("2025/26", "late", 1), ("2026/27", "ahead", 0)]
    said = on(almoner, "2026-12-01", "learning", "cpd", "--worker", "W3").err
    assert "CPD year to 30 Nov 2026: 0 of 2 pieces, peer reflection missing; late 1 day" in said
    closed = on(almoner, "2026-12-01", "learning", "close-year", "W3", "--year", "2025-26", "--why", "Ill")
    assert closed.code == 0
    assert [y["year"] for y in on(almoner, "2026-12-01", *w3).json] == ["2026/27"]
    (year,) = on(almoner, "2026-12-01", *w3, "--year", "2025-26").json
    assert year["state"] == "closed"
    assert on(almoner, "2026-12-01", "undo").code == 0
    assert len(on(almoner, "2026-12-01", *w3).json) == 2


@pytest.mark.parametrize(
    ("named", "year"),
    [("2025-26", "2025/26"), ("2025/26", "2025/26"), ("2025-2026", "2025/26"), ("2025-12-01", "2025/26"),
     ("2025-11-30", "2024/25"), ("2026-27", "2026/27")],
)  # fmt: skip
def test_a_year_is_named_by_two_numbers_or_a_day_in_it(almoner: Shell, named: str, year: str) -> None:
    (found,) = almoner("learning", "cpd", "--worker", "W3", "--year", named, "--json").json
    assert found["year"] == year


@pytest.mark.parametrize("named", ["2025-27", "last", "2025", "2025-13-01"])
def test_what_names_no_year_is_refused(almoner: Shell, named: str) -> None:
    answer = almoner("learning", "cpd", "--year", named)
    assert (answer.code, "--year" in answer.err) == (2, True)


@pytest.mark.parametrize("named", ["9999-00", "9999-10000", "0000-01", "1899-00", "2199-00", "2199-2200", "2201-01-01"])
def test_a_year_that_no_day_may_have_is_refused_as_days_are(almoner: Shell, named: str) -> None:
    answer = almoner("learning", "cpd", "--year", named)
    assert answer.code == 2
    assert "--year: the year must lie between 1900 and 2199" in answer.err or named == "9999-10000"
    assert "range" not in answer.err


def test_the_paper_of_a_year_before_is_saved(almoner: Shell, tmp_path: Path) -> None:
    answer = almoner("programme", "document", "cpd", "W3", "--year", "2024-25", "--output", str(tmp_path), "--json")
    (csv,) = (path for path in tmp_path.iterdir() if path.suffix == ".csv")
    assert answer.code == 0
    assert csv.read_text("utf-8-sig")
    assert almoner("programme", "document", "application", "W2", "--year", "2024-25").code == 2
