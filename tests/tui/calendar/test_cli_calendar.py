"""calendar export: files that stay the same while the data does, and never name anybody."""

from __future__ import annotations

from pathlib import Path

import icalendar
import pytest

from storage.records.database import Database
from tests.tui.shell import Shell
from tests.units import amend

SESSION = '[[session]]\nworker = "W2"\nsupervisor = "W1"\non = 2026-11-25\nstart = "10:00"\n'


def events(path: Path) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))


def test_a_worker_gets_due_dates_and_sessions(almoner: Shell, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w2.ics"
    answer = almoner("calendar", "export", "--worker", "W2", "--output", str(file), "--json")
    (said,) = answer.json["files"]
    found = events(file)
    assert (said["recipient"], said["path"]) == ("W2", str(file))
    assert said["events"] == said["changed"] == len(found)
    starts = {event.start.isoformat() for event in found}
    assert "2027-03-16" in starts
    assert "2026-11-25T10:00:00+00:00" in starts
    assert "2026-04-15" not in starts  # open, and further back than the thirty days a calendar looks


def test_no_name_is_in_the_file_nor_in_its_name(almoner: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    almoner("calendar", "export", "--team", "North", "--output", str(folder))
    for file in folder.iterdir():
        text = file.name + file.read_text("utf-8")
        assert not any(name in text for name in ("Jamie", "Doe", "Okafor", "Begum", "Hughes"))


def test_unchanged_data_gives_the_same_bytes(almoner: Shell, tmp_path: Path) -> None:
    one, two = tmp_path / "one.ics", tmp_path / "two.ics"
    almoner("calendar", "export", "--worker", "W2", "--output", str(one))
    answer = almoner("calendar", "export", "--worker", "W2", "--output", str(two), "--json")
    assert answer.json["files"][0]["changed"] == 0
    assert one.read_bytes() == two.read_bytes()


def test_a_changed_session_keeps_its_identity_and_counts_up(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w2.ics"
    export = ("calendar", "export", "--worker", "W2", "--output", str(file))
    almoner(*export)
    before = {str(e["uid"]): e for e in events(file)}
    from datetime import date

    with team.unit("A. Hughes", date(2026, 11, 20)) as unit:
        amend(unit, "session", 1, {"start": "14:00"})
        unit.finish("Moved a session")
    assert almoner(*export, "--changed", "--json").json["files"][0]["events"] == 1
    (moved,) = events(file)
    assert str(moved["uid"]) in before
    assert int(moved["sequence"]) == int(before[str(moved["uid"])]["sequence"]) + 1
    assert almoner(*export, "--changed", "--json").json["files"][0]["events"] == 0


def test_what_is_over_leaves_and_what_comes_back_counts_up(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w1.ics"
    export = ("calendar", "export", "--worker", "W1", "--output", str(file), "--json")
    count = almoner(*export).json["files"][0]["events"]
    from datetime import date

    for state, expected in (("cancelled", count - 1), ("planned", count)):
        with team.unit("A. Hughes", date(2026, 11, 20)) as unit:
            amend(unit, "session", 1, {"state": state})
            unit.finish("Changed a session")
        assert almoner(*export).json["files"][0]["events"] == expected
    timed = next(e for e in events(file) if "T10" in e.start.isoformat())
    assert int(timed["sequence"]) == 2  # once for going, once for coming back


def test_a_team_gets_a_file_a_worker(almoner: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    answer = almoner("calendar", "export", "--team", "North", "--output", str(folder), "--json")
    assert [Path(f["path"]).name for f in answer.json["files"]] == ["w1.ics", "w2.ics", "w3.ics"]


@pytest.mark.parametrize("place", ["", "nowhere/at/all.ics"])
def test_a_place_that_cannot_be_written_changes_nothing(almoner: Shell, tmp_path: Path, place: str) -> None:
    answer = almoner("calendar", "export", "--worker", "W2", "--output", str(tmp_path / place))
    assert answer.code == 2
    fresh = tmp_path / "w2.ics"
    said = almoner("calendar", "export", "--worker", "W2", "--output", str(fresh), "--json").json["files"][0]
    assert said["changed"] == said["events"]


# one entry, withdrawals, a team's own --------------------------------------------------------------------------------


def test_each_answer_says_what_outlook_does_with_it(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    export = ("calendar", "export", "--worker", "W2", "--output", str(tmp_path / "w2.ics"))
    assert "second copies" in almoner(*export).err
    assert "Nothing is new" in almoner(*export, "--changed").err
    assert "one appointment" in almoner(*export, "--event", "session:1").err
    amend_session(team, state="cancelled")
    gone = almoner(*export, "--cancelled")
    assert "withdraws Supervision (ref W1), Wed 25 Nov 2026, 10:00 to 11:30" in gone.out
    assert "one withdrawal a file" in gone.err
    again = almoner(*export, "--cancelled")
    assert (again.code, again.out) == (0, "")
    assert "Nothing is to be withdrawn" in again.err


def test_json_is_what_it_was_and_says_no_more(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    file = tmp_path / "w2.ics"
    export = ("calendar", "export", "--worker", "W2", "--output", str(file), "--json")
    for more in ((), ("--changed",), ("--event", "session:1")):
        answer = almoner(*export, *more)
        assert answer.err == ""
        assert [set(one) for one in answer.json["files"]] == [{"recipient", "path", "events", "changed"}]
    assert almoner(*export, "--cancelled").json == {"files": []}
    amend_session(team, state="cancelled")
    (gone,) = almoner(*export, "--cancelled").json["files"]
    assert gone == {"recipient": "W2", "path": str(file), "events": 1, "changed": 1}


def amend_session(database: Database, **fields: object) -> None:
    from tests.conftest import TODAY

    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "session", 1, fields)
        unit.finish("Changed a session")


def test_the_teams_own_calendar_goes_into_one_file(almoner: Shell, tmp_path: Path) -> None:
    file = tmp_path / "north.ics"
    answer = almoner("calendar", "export", "--team", "north", "--shared", "--output", str(file), "--json")
    assert answer.json["files"][0]["recipient"] == "team:North"
    assert {event.start.isoformat() for event in events(file)} >= {"2027-03-16"}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--worker", "W2", "--shared"), "--shared"),
        (("--worker", "W2", "--changed", "--cancelled"), "--changed"),
        (("--worker", "W2", "--changed", "--event", "x"), "--changed"),
        (("--worker", "W2", "--event", "nobody"), "--event"),
        (("--team", "North", "--event", "x"), "--event"),
        (("--worker", "W2", "--team", "North"), "worker"),
        ((), "worker"),
    ],
)
def test_what_does_not_go_together_is_refused(almoner: Shell, tmp_path: Path, words: tuple[str, ...], field) -> None:
    answer = almoner("calendar", "export", *words, "--output", str(tmp_path / "out.ics"))
    assert answer.code == 2
    assert field in answer.err
    assert list(tmp_path.glob("*.ics")) == []


# preview -------------------------------------------------------------------------------------------------------------


def test_a_preview_tells_by_day_what_is_new_changed_and_going(almoner: Shell, team: Database, tmp_path: Path) -> None:
    almoner.record("session", SESSION, tmp_path)
    almoner.record("session", SESSION.replace("11-25", "12-09"), tmp_path)
    almoner("calendar", "export", "--worker", "W2", "--output", str(tmp_path / "w2.ics"))
    amend_session(team, start="14:00")
    with team.unit("A. Hughes") as unit:
        amend(unit, "session", 2, {"state": "cancelled"})
        unit.finish("Off")
    almoner.record("session", SESSION.replace("11-25", "12-16"), tmp_path)
    before = team.path.read_bytes()
    (told,) = almoner("calendar", "preview", "W2", "--json").json["calendars"]
    assert team.path.read_bytes() == before
    states = {one["key"]: one["state"] for one in told["entries"]}
    assert (states["session:1"], states["session:3"]) == ("changed", "new")
    assert "current" in states.values()
    assert [one["key"] for one in told["withdrawn"]] == ["session:2"]
    first = next(one for one in told["entries"] if one["key"] == "session:1")
    assert (first["starts_at"], first["rings_at"]) == ("2026-11-25T14:00:00+00:00", "2026-11-25T13:30:00+00:00")
    text = almoner("calendar", "preview", "W2").out
    days = [line for line in text.splitlines() if "session:" in line]
    assert ["✗ going" in line for line in days] == [False, True, False]
    assert "Wed 25 Nov 2026" in days[0]


def test_a_teams_preview_has_everybody_and_its_own(almoner: Shell) -> None:
    told = almoner("calendar", "preview", "--team", "North", "--json").json["calendars"]
    assert [one["recipient"] for one in told] == ["W1", "W2", "W3", "team:North"]
    assert almoner("calendar", "preview").code == 2
    assert almoner("calendar", "preview", "W2", "--team", "North").code == 2
    assert "Doe" not in almoner("calendar", "preview", "--team", "North").out


# settings ------------------------------------------------------------------------------------------------------------


def test_settings_show_what_holds_and_whose_choice_it_is(almoner: Shell, tmp_path: Path) -> None:
    settings = ("calendar", "settings")
    almoner(*settings, "--privacy", "none", "--kind", "visit=off", "--lead", "review=5")
    almoner(*settings, "W2", "--kind", "visit=on", "--lead", "review=off")
    held = almoner(*settings, "W2", "--json").json
    assert held["privacy"] == {"value": "none", "from": "council"}
    assert held["kinds"]["visit"] == {"value": True, "from": "own"}
    assert held["leads"]["review"] == {"value": 0, "from": "own"}
    almoner(*settings, "W2", "--kind", "visit=usual", "--lead", "review=usual")
    held = almoner(*settings, "W2", "--json").json
    assert held["kinds"]["visit"] == {"value": False, "from": "council"}
    assert held["leads"]["review"] == {"value": 5, "from": "council"}
    assert "own choice" in almoner(*settings, "W2", "--privacy", "reference").out


def test_settings_are_taken_back_by_undo(almoner: Shell) -> None:
    almoner("calendar", "settings", "W2", "--privacy", "none")
    assert "Chose what goes into the calendar of W2" in almoner("undo").out
    assert almoner("calendar", "settings", "W2", "--json").json["privacy"] == {"value": "reference", "from": "usual"}


def test_the_council_chooses_the_ways_out(almoner: Shell) -> None:
    given = {
        "classification": "confidential", "organiser": "c@council.example", "mail-host": "smtp.council.example",
        "mail-port": "587", "mail-security": "tls", "mail-user": "almoner", "mail-per-minute": "10",
        "mail-ahead": "60", "feed-address": "https://c.council.example/f", "feed-folder": "/srv/calendars",
    }  # fmt: skip
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    held = almoner("calendar", "settings", *words, "--initials", "yes", "--json").json
    assert {name: str(held[name.replace("-", "_")]) for name in given} == given
    assert held["initials_allowed"] is True
    emptied = [word for name in given for word in (f"--{name}", "")]
    held = almoner("calendar", "settings", *emptied, "--initials", "", "--json").json
    assert (held["classification"], held["organiser"], held["mail_port"]) == ("private", "", None)
    assert (held["mail_per_minute"], held["initials_allowed"], held["mail_security"]) == (30, False, "starttls")


def test_settings_come_from_a_document_too(almoner: Shell, tmp_path: Path) -> None:
    file = tmp_path / "choice.toml"
    file.write_text('[[calendar-choice]]\nprivacy = "none"\nkinds = { visit = false }\n')
    held = almoner("calendar", "settings", "W2", "--from", str(file), "--json").json
    assert (held["privacy"]["value"], held["kinds"]["visit"]["value"]) == ("none", False)
    file.write_text('[[calendar-choice]]\nworker = "W3"\nprivacy = "none"\n')
    assert "another worker" in almoner("calendar", "settings", "W2", "--from", str(file)).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("W2", "--organiser", "c@x.example"), "--organiser"),
        (("--by-mail", "yes"), "--by-mail"),
        (("W2", "--by-mail", "perhaps"), "--by-mail"),
        (("W2", "--by-mail", "yes"), "by_mail"),
        (("W2", "--kind", "review"), "--kind"),
        (("W2", "--kind", "naps=on"), "naps"),
        (("W2", "--kind", "review=perhaps"), "on or off"),
        (("W2", "--lead", "review=-1"), "--lead"),
        (("W2", "--lead", "review=61"), "leads"),
        (("W2", "--privacy", "initials"), "initials"),
        (("W2", "--privacy", "names"), "privacy"),
        (("--mail-port", "70000"), "mail_port"),
        (("--mail-port", "²"), "--mail-port"),
        (("--mail-host", "a b"), "mail_host"),
        (("--organiser", "a..b@council.example"), "organiser"),
        (("--feed-address", "ftp://x"), "feed_address"),
        (("--feed-folder", "here"), "feed_folder"),
        (("W9", "--privacy", "none"), "W9"),
        (("W2", "--from", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(almoner: Shell, words: tuple[str, ...], said: str) -> None:
    answer = almoner("calendar", "settings", *words)
    assert answer.code == 2
    assert said in answer.err
    assert almoner("calendar", "settings", "W2", "--json").json["privacy"]["from"] == "usual"
