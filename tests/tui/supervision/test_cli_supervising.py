"""supervision in print: the month, series, signatures, and what becomes of sessions."""

from __future__ import annotations

import pytest

from domain.supervision.sessions import AgreementFields
from storage.records.database import Database
from storage.supervision.acts import agreements
from tests.conftest import TODAY
from tests.tui.shell import Shell
from tests.units import record


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str]) -> Shell:
    with team.unit("A. Hughes", TODAY) as unit:
        agreements.make(
            unit,
            AgreementFields.model_validate({"worker": "W2", "supervisor": "W1", "starts": "2026-01-05", "weekday": 2}),
        )
        record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-10-28", "state": "held"})
        unit.finish("Agreed")
    return Shell(capsys, team.path)


def test_a_series_is_proposed_booked_and_taken_back(almoner: Shell) -> None:
    proposed = almoner("supervision", "schedule", "W2", "--months", "2", "--json").json
    assert [one["on"] for one in proposed["sessions"]] == ["2026-11-25", "2026-12-23", "2027-01-20"]
    assert (proposed["booked"], proposed["supervisor"]) == (False, "W1")
    out = almoner("supervision", "schedule", "W2", "--months", "2", "--book")
    assert "Booked 3 sessions of W2" in out.err + out.out
    listed = almoner("list", "session", "--json").json
    assert [one["proposed_by"] for one in listed if one["state"] == "planned"] == ["W1"] * 3
    almoner("undo")
    assert len(almoner("list", "session", "--json").json) == 1


def test_the_month_is_printed_in_words_and_as_json(almoner: Shell) -> None:
    almoner("supervision", "schedule", "Okafor", "--book")
    out = almoner("supervision", "board", "--team", "north").out
    assert "Supervision, November 2026, North" in out
    assert "✓ 28 Oct; ◐ booked 25 Nov" in out
    assert "not signed" in out
    rows = {one["worker"]: one for one in almoner("supervision", "board", "--json").json}
    assert rows["W2"]["due"] == "2026-11-28"
    assert [s["state"] for s in rows["W2"]["sessions"]] == ["held", "planned"]
    december = almoner("supervision", "board", "--month", "2026-12", "--json").json
    assert [s["on"] for s in next(r for r in december if r["worker"] == "W2")["sessions"]] == ["2026-12-23"]
    assert "Okafor" not in almoner("supervision", "board", "--no-names").out
    assert almoner("supervision", "board", "--csv").out.startswith("worker,name,team,supervisor,due")


def test_each_signs_as_themselves(almoner: Shell) -> None:
    assert "W2 has yet to sign" in "".join(almoner("supervision", "agree", "1")[1:])
    again = almoner("supervision", "agree", "1")
    assert (again.code, "signed it on" in again.err) == (2, True)
    stranger = almoner("supervision", "agree", "1", "--as", "somebody")
    assert (stranger.code, "not a worker here" in stranger.err) == (2, True)
    assert "neither the supervisee nor" in almoner("supervision", "agree", "1", "--as", "W3").err
    both = almoner("supervision", "agree", "1", "--as", "W2", "--json").json
    assert (both["signed_by"], both["signed_on"]) == ("W2", "2026-11-20")


def test_a_session_is_moved_missed_booked_again_covered_and_held(almoner: Shell, team: Database) -> None:
    with team.unit("A. Hughes", TODAY) as unit:
        record(unit, "session", {"worker": "W2", "supervisor": "W1", "on": "2026-11-18"})
        unit.finish("Booked")
    assert "--reason" in almoner("supervision", "miss", "2").err
    missed = almoner("supervision", "miss", "2", "--reason", "court", "--json").json
    assert (missed["state"], missed["rebook_by"]) == ("missed", "2026-11-25")
    again = almoner("supervision", "rebook", "2", "--on", "2026-11-24", "--json").json
    assert (again["id"], again["on"], again["moved_from"]) == (3, "2026-11-24", "2026-11-18")
    moved = almoner("supervision", "move", "3", "--to", "2026-11-25", "--start", "14:00", "--json").json
    assert (moved["on"], moved["start"], moved["moved_from"]) == ("2026-11-25", "14:00", "2026-11-18")
    covered = almoner("supervision", "cover", "3", "--by", "Begum", "--json").json
    assert (covered["supervisor"], covered["cover_for"]) == ("W3", "W1")
    ahead = almoner("supervision", "held", "3")
    assert (ahead.code, "lies in the future" in ahead.err) == (2, True)
    assert almoner("supervision", "held", "3", "--on", "2026-11-20", "--json").json["held_on"] == "2026-11-20"
    assert "was held already" in almoner("supervision", "cancel", "3", "--reason", "court").err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("schedule", "W3"), "W3 has no supervision agreement"),
        (("schedule", "W2", "--months", "40"), "from 1 to 24"),
        (("board", "--month", "soon"), "a year and a month"),
        (("move", "99", "--to", "2026-12-01"), "There is no session 99"),
        (("cancel", "1", "--reason", "rain"), "was held already"),
    ],
)
def test_what_cannot_be_is_said_in_a_line(almoner: Shell, words: tuple[str, ...], said: str) -> None:
    answer = almoner("supervision", *words)
    assert answer.code == 2
    assert said in answer.err
