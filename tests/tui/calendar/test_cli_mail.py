"""calendar mail and calendar outbox: what is said, what is sent, and what is needed before anything is."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from storage.calendar.mail import delivery
from storage.records.database import Database
from tests import units
from tests.storage.calendar import mailkit
from tests.storage.calendar.mailkit import ADDRESSES, ORGANISER, Mailroom
from tests.tui.shell import Shell

NAMES = ("Jamie", "Doe", "Okafor", "Begum", "Hughes")


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture
def almoner(team: Database, capsys: pytest.CaptureFixture[str], room: Mailroom) -> Iterator[Shell]:
    """Okafor and Begum chose mail; Begum has nothing in the calendar."""
    for worker in ("W2", "W3"):
        units.change(team, "worker", worker, email=ADDRESSES[worker])
        units.keep(team, "calendar-choice", worker=worker, by_mail=True)
    with mailkit.running(room) as port:
        units.keep(
            team,
            "calendar-settings",
            organiser=ORGANISER,
            mail_host="127.0.0.1",
            mail_port=port,
            mail_security="none",
            mail_per_minute=6_000,
        )
        yield Shell(capsys, team.path)


def test_mail_says_how_much_it_queued_and_sent(almoner: Shell, room: Mailroom) -> None:
    answer = almoner("calendar", "mail")
    assert answer.code == 0
    count = len(room.got)
    assert (
        answer.out == f"{count} requests and 0 cancellations put into the outbox.\n{count} sent, 0 failed, 0 waiting.\n"
    )
    assert count == 3
    again = almoner("calendar", "mail", "--json")
    nothing = {"requests": 0, "cancels": 0, "sent": 0, "failed": 0, "waiting": 0, "trouble": None, "problems": []}
    assert again.json == nothing
    assert len(room.got) == count


def test_a_dry_run_writes_messages_and_sends_and_marks_nothing(almoner: Shell, room: Mailroom, tmp_path: Path) -> None:
    folder = tmp_path / "dry"
    answer = almoner("calendar", "mail", "--dry-run", str(folder), "--json")
    assert answer.code == 0
    assert (answer.json["requests"], answer.json["cancels"]) == (3, 0)
    files = sorted(folder.iterdir())
    assert sorted(answer.json["files"]) == [str(file) for file in files]
    assert {file.suffix for file in files} == {".eml"}
    for file in files:
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        text = (
            file.name + str(message) + "".join(part.get_content() for part in message.walk() if not part.is_multipart())
        )
        assert not any(name in text for name in NAMES)
    assert room.got == []
    assert almoner("calendar", "outbox", "--json").json == []
    plain = almoner("calendar", "mail", "--dry-run", str(folder))
    assert "3 requests and 0 cancellations written; nothing was sent" in plain.out
    assert len(list(folder.iterdir())) == 3


@pytest.mark.parametrize("place", ["", "a\0b", "~nobody-of-that-name/x", "file.txt"])
def test_a_dry_run_into_what_is_no_folder(almoner: Shell, tmp_path: Path, place: str) -> None:
    (tmp_path / "file.txt").write_text("here already")
    given = str(tmp_path / place) if place == "file.txt" else place
    answer = almoner("calendar", "mail", "--dry-run", given)
    assert answer.code == 2
    assert answer.err


def test_one_worker_alone(almoner: Shell, team: Database, room: Mailroom) -> None:
    units.keep(team, "session", worker="W3", supervisor="W2", on="2026-12-01")
    assert almoner("calendar", "mail", "--worker", "W3").code == 0
    assert {got.to for got in room.got} == {ADDRESSES["W3"]}
    refused = almoner("calendar", "mail", "--worker", "W1")
    assert refused.code == 2
    assert "almoner calendar settings W1 --by-mail yes" in refused.err


@pytest.mark.parametrize("name", ["organiser", "mail_host"])
def test_nothing_is_sent_without_settings(almoner: Shell, team: Database, room: Mailroom, name: str) -> None:
    units.change(team, "calendar-settings", 1, **{name: ""})
    answer = almoner("calendar", "mail")
    assert answer.code == 2
    assert answer.err.startswith(f"almoner: {name}: ")
    assert "almoner calendar settings --" in answer.err
    assert room.got == []
    assert almoner("calendar", "outbox", "--json").json == []


def test_a_worker_without_an_address_is_named_and_the_others_are_served(
    almoner: Shell, team: Database, room: Mailroom
) -> None:
    units.change(team, "worker", "W3", email="")
    answer = almoner("calendar", "mail")
    assert answer.code == 1
    assert "W3: there is no usable e-mail address." in answer.err
    assert len(room.got) == 3
    assert almoner("calendar", "mail", "--json").json["problems"] == [
        {"recipient": "W3", "message": "W3: there is no usable e-mail address."}
    ]


def test_what_failed_is_listed_tried_again_and_dropped(almoner: Shell, room: Mailroom) -> None:
    room.refuse[ADDRESSES["W2"]] = "550 No such user"
    answer = almoner("calendar", "mail")
    assert answer.code == 1
    assert "0 sent, 3 failed, 0 waiting." in answer.out
    assert "almoner calendar outbox --state failed" in answer.err
    failed = almoner("calendar", "outbox", "--state", "failed", "--json").json
    assert {line["fault"] for line in failed} == {f"The mail server refuses {ADDRESSES['W2']} (550 No such user)."}
    assert all(line["what"].endswith("(ref C-1001)") for line in failed)
    assert "550 No such user" in almoner("calendar", "outbox").out
    assert "Tue 16 Mar 2027" in almoner("calendar", "outbox").out
    room.refuse.clear()
    first, second, third = (str(line["id"]) for line in failed)
    assert almoner("calendar", "outbox", "retry", first).code == 0
    assert almoner("calendar", "outbox", "drop", second, "--json").json == {"id": int(second), "state": "dropped"}
    assert almoner("calendar", "mail", "--json").json["sent"] == 1
    states = {line["id"]: line["state"] for line in almoner("calendar", "outbox", "--json").json}
    assert states == {int(first): "sent", int(second): "dropped", int(third): "failed"}


def test_all_that_failed_is_tried_again(almoner: Shell, room: Mailroom) -> None:
    room.refuse[ADDRESSES["W2"]] = "550 No such user"
    almoner("calendar", "mail")
    room.refuse.clear()
    assert almoner("calendar", "outbox", "retry", "all", "--json").json == {"retried": 3}
    assert almoner("calendar", "mail", "--json").json["sent"] == 3


def test_mail_that_nobody_chose_says_how_to_choose_it(almoner: Shell, team: Database) -> None:
    for number in (1, 2):
        units.change(team, "calendar-choice", number, by_mail=False)
    answer = almoner("calendar", "mail")
    assert answer.code == 0
    assert "almoner calendar settings WORKER --by-mail yes" in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("retry",),
        ("retry", "x"),
        ("retry", "999"),
        ("retry", "99999999999999999999"),
        ("forget", "1"),
        ("--state", "lost"),
    ],
)
def test_what_the_outbox_does_not_understand(almoner: Shell, words: tuple[str, ...]) -> None:
    answer = almoner("calendar", "outbox", *words)
    assert answer.code == 2
    assert answer.err.count("\n") == 1


def test_a_server_that_is_gone_leaves_everything_waiting(almoner: Shell, team: Database) -> None:
    units.change(team, "calendar-settings", 1, mail_port=mailkit.free_port())
    answer = almoner("calendar", "mail")
    assert answer.code == 1
    assert "0 sent, 0 failed, 3 waiting." in answer.out
    assert "cannot be reached" in answer.err


def test_a_slow_pace_is_told_beforehand(almoner: Shell, team: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MINUTE", 0.0)  # told of, and not waited for
    assert "a minute" not in almoner("calendar", "mail").err
    for day in range(1, 8):
        units.keep(team, "session", worker="W2", supervisor="W1", on=f"2026-12-{day:02}", start="09:00")
    units.change(team, "calendar-settings", 1, mail_per_minute=3, mail_port=mailkit.free_port())
    err = almoner("calendar", "mail").err
    assert "7 messages at 3 a minute take about 2 minutes. Ctrl-C stops: the rest leaves next time." in err


def test_mail_in_clear_over_a_network_is_warned_of(almoner: Shell, team: Database) -> None:
    units.change(team, "calendar-settings", 1, mail_host="mail.invalid")
    answer = almoner("calendar", "mail", "--json")
    assert "not encrypted" in answer.err
    assert answer.json["waiting"] == 3


def test_an_empty_outbox_says_so(almoner: Shell) -> None:
    answer = almoner("calendar", "outbox")
    assert (answer.code, answer.out) == (0, "")
    assert "The outbox is empty." in answer.err


def test_the_day_of_a_message_is_that_of_the_clock_on_the_wall(almoner: Shell, team: Database) -> None:
    from datetime import date

    units.keep(team, "session", worker="W2", supervisor="W1", on=date(2027, 7, 5), start="00:30")
    almoner("calendar", "mail")
    (told,) = [one for one in almoner("calendar", "outbox", "--json").json if one["key"].startswith("session:")]
    assert told["on"] == "2027-07-05"  # in UTC it is still the fourth
    assert "Mon 5 Jul 2027" in almoner("calendar", "outbox").out


def test_how_long_it_takes_is_said_of_what_leaves_now(almoner: Shell, team: Database, room: Mailroom) -> None:
    room.refuse[ADDRESSES["W2"]] = "450 Mailbox busy"
    almoner("calendar", "mail")
    units.change(team, "calendar-settings", 1, mail_per_minute=1)
    answer = almoner("calendar", "mail")  # all three were put off, and wait for their time
    assert "a minute take about" not in answer.err
    assert "0 sent, 0 failed, 3 waiting." in answer.out
