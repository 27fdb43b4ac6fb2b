"""The figures of the pictures as commands: weeks, changes, spread and the forecast."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.cases.steps import give
from storage.load.forecast import basis
from storage.load.history.load_history import team_weeks
from storage.load.history.load_weeks import heat_map
from storage.records.database import Database
from tests.conftest import TODAY
from tests.tui.shell import Shell
from tests.units import amend, record


@pytest.fixture
def ending(team: Database) -> Database:
    """Okafor's cases came long ago and end one after another, so that the forecast does better than no change."""
    with team.unit("A. Hughes", TODAY) as unit:
        for number in range(110):
            opened, closed = TODAY - timedelta(days=900 + number), TODAY - timedelta(days=595 - 7 * number)
            case = {"reference": f"E-{number}", "team": "North", "pathway": "looked_after", "opened": opened}
            record(unit, "case", case)
            give(unit, f"E-{number}", "W2", opened)
            if closed <= TODAY:
                amend(unit, "case", f"E-{number}", {"closed": closed, "close_reason": "Home"})
        unit.finish("Many that end")
    return team


@pytest.fixture
def shell(ending: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys, ending.path)


def test_weeks_are_those_of_the_map_with_their_layer(shell: Shell, ending: Database) -> None:
    found = shell("load", "weeks", "--team", "North", "--json").json
    mine = [one for one in found if one["worker"] == "W2"]
    assert [one["layer"] for one in mine] == ["past"] * 8 + ["today"] + ["assumed"] * 12
    weeks = team_weeks(ending.reader(), "North", TODAY, back=8)["W2"]
    assert [one["points"] for one in mine[:9]] == [week.points / 100 for week in weeks]
    assert all(one["low"] <= one["points"] <= one["high"] for one in mine[9:])
    assert [one["worker"] for one in found].count(None) == 21, "the team's own line"


def test_the_forecast_says_what_it_rests_on(shell: Shell, ending: Database) -> None:
    (found,) = shell("forecast", "--team", "North", "--weeks", "8", "--json").json
    assert found["shown"] == {"worker": [4, 8, 12], "team": [4, 8]}
    assert [len(one["weeks"]) for one in found["workers"]] == [8] * len(found["workers"])
    assert {(check["whose"], check["weeks"]) for check in found["checks"]} == {
        (whose, weeks) for whose in ("worker", "team") for weeks in (4, 8, 12)
    }
    assert all(check["band_counted"] > 0 for check in found["checks"])
    assert any("held" in said and "later tries" in said for said in found["said"])
    assert found["ends"][0]["basis"] == "own"
    expected = basis(ending.reader(), "North", TODAY, 8).work_out()
    okafor = next(one for one in found["workers"] if one["worker"] == "W2")
    assert [week["high"] for week in okafor["weeks"]] == [(o.high or 0) / 100 for o in expected.workers["W2"]]
    again = shell("forecast", "--team", "North", "--weeks", "8", "--json").out
    assert again == shell("forecast", "--team", "North", "--weeks", "8", "--json").out


def test_a_forecast_no_better_than_no_change_is_hidden_and_says_so(
    team: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(capsys, team.path)
    (found,) = shell("forecast", "--json").json
    assert found["shown"] == {"worker": [], "team": []}
    assert {week["layer"] for one in found["workers"] for week in one["weeks"]} == {"booked"}
    assert {week["low"] for one in found["workers"] for week in one["weeks"]} == {None}
    assert "Only what is booked is shown" in shell("forecast").out


def test_tables_and_csv_say_the_same(shell: Shell) -> None:
    table = shell("load", "weeks", "--team", "North").out
    assert "Fri 20 Nov 2026  today" in table
    assert "~" in table
    assert shell("load", "weeks", "--csv").out.startswith("team,worker,name,week,layer,cases,points")
    rows = shell("forecast", "--csv").out.splitlines()
    assert len(rows) == 1 + 12 * 3, "two workers and the team; the manager carries nothing"
    changes = shell("load", "changes", "--csv").out
    assert changes.startswith("team,worker,name,since,before,new,taken_over,closed")


def test_changes_add_up(shell: Shell) -> None:
    for one in shell("load", "changes", "--team", "North", "--json").json:
        parts = ("new", "taken_over", "closed", "passed_on", "reweighted", "other")
        assert one["before"] + sum(one[part] for part in parts) == pytest.approx(one["after"])
        assert one["since"] == "2026-10-23"
    since = shell("load", "changes", "--worker", "W2", "--since", "2026-11-01", "--json").json
    assert [(one["worker"], one["since"]) for one in since] == [("W2", "2026-11-01")]


def test_spread_counts_beside_weight(shell: Shell, ending: Database) -> None:
    (one,) = shell("load", "spread", "--team", "North", "--json").json
    now = heat_map(ending.reader(), "North", TODAY, 0, 1).rows
    held = next(row for row in now if row.staff_id == "W2").cells[0]
    assert (one["worker"], one["cases"], one["points"]) == ("W2", held.cases, held.points / 100)
    assert one["points_a_case"] == pytest.approx(one["points"] / one["cases"], abs=0.01)


def test_names_stay_hidden(shell: Shell) -> None:
    for words in (("load", "weeks"), ("load", "changes"), ("load", "spread"), ("forecast",)):
        assert "Okafor" not in shell(*words, "--no-names").out
        assert "CO" in shell(*words, "--no-names").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("forecast", "--weeks", "13"), "is not a number from 1 to 12"),
        (("forecast", "--weeks", "[/x]"), "is not a number from 1 to 12"),
        (("forecast", "--weeks", "٣"), "is not a number from 1 to 12"),
        (("forecast", "--team", "Nowhere"), "There is no team"),
        (("load", "weeks", "--worker", "W99"), "There is no worker"),
        (("load", "changes", "--since", TODAY.isoformat()), "must lie before today"),
        (("load", "changes", "--since", "31/2/2026"), "--since"),
        (("load", "spread", "--team", "North", "--worker", "W2"), "cannot stand together"),
        (("load",), "Which one?"),
    ],
)
def test_what_cannot_be_asked_is_said(words: tuple[str, ...], said: str, shell: Shell) -> None:
    answer = shell(*words)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_an_empty_database_says_there_is_nobody(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(capsys, database.path)
    assert shell("load", "weeks", "--json").json == []
    assert "There is nobody to show" in shell("forecast").err


# any period, any day -------------------------------------------------------------------------------------------------


def test_any_period_can_be_asked_and_the_twelve_months_are_the_same_for_each(shell: Shell) -> None:
    asked = ("load", "weeks", "--team", "North", "--from", "2026-06-03", "--to", "2026-07-01")
    answer = shell(*asked, "--json")
    weeks = [one["week"] for one in answer.json if one["worker"] == "W2"]
    assert weeks == ["2026-06-01", "2026-06-08", "2026-06-15", "2026-06-22", "2026-06-29"]
    assert {one["layer"] for one in answer.json} == {"past"}
    twelve = [shell(*words).err.rpartition("in twelve months ")[2] for words in (asked, asked[:4])]
    assert twelve[0] == twelve[1] != ""


def test_a_period_that_cannot_be_is_refused(shell: Shell) -> None:
    for words, said in (
        (("--from", "2026-07-01", "--to", "2026-06-01"), "before the first"),
        (("--from", "1990-01-01"), "at most 530 weeks"),
        (("--to", "soon"), "not a date"),
    ):
        answer = shell("load", "weeks", *words)
        assert (answer.code, said in answer.err) == (2, True), answer.err


def test_what_stood_on_a_day_is_asked_by_it(shell: Shell) -> None:
    assert shell("amend", "worker", "W2", "fte=0.5").code == 0
    for day, fte, capacity in (("2026-11-19", 1, 100), ("2026-11-20", 0.5, 50), ("2026-11-21", 0.5, 50)):
        (found,) = shell("caseload", "--worker", "W2", "--on", day, "--json").json
        assert (found["fte"], found["capacity"]) == (fte, capacity), day
    assert shell("caseload", "--on", "soon").code == 2
