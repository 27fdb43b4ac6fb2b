"""Feed addresses: one a recipient, shown once, and ended by revoking, rotating or leaving."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domain.core.errors import BadInput, NotFound, StorageProblem
from storage.calendar.effective_choices import Council
from storage.calendar.feeds import feed_tokens
from storage.cases.merging import merge_workers
from storage.opening import kinds
from storage.records import acts
from storage.records.database import Database
from storage.records.undo import redo, undo
from tests.storage.calendar.feedkit import NOW, TODAY, Office
from tests.units import amend, keep


@pytest.fixture
def office(team: Database, tmp_path: Path) -> Office:
    return Office(team, tmp_path / "feeds")


def state(office: Office, recipient: str = "W2", days: int = 0) -> list[str]:
    lines = feed_tokens.tokens(office.database.reader(), TODAY + timedelta(days=days))
    return [line.state for line in lines if line.recipient == recipient]


def leaves(office: Office, on: str | None) -> None:
    with office.database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"leaves": on})
        unit.finish("Recorded a leaving date")


def test_only_the_hash_of_a_token_is_kept(office: Office) -> None:
    token = office.issue("W2")
    assert len(token) == feed_tokens.LENGTH
    assert token.encode() not in office.database.path.read_bytes()
    (line,) = feed_tokens.tokens(office.database.reader(), TODAY)
    assert (line.recipient, line.issued_by, line.issued_at, line.state) == ("W2", "A. Hughes", NOW, "live")
    assert line.hash == feed_tokens.hashed(token)


def test_a_recipient_has_one_address(office: Office) -> None:
    office.issue("W2")
    with pytest.raises(BadInput, match="rotate"):
        office.issue("W2")
    assert state(office) == ["live"]


@pytest.mark.parametrize("nobody", ["W9", "team:South", "C-1001", "", "team:"])
def test_nobody_unknown_gets_one(office: Office, nobody: str) -> None:
    with pytest.raises(NotFound):
        office.issue(nobody)


def test_a_team_has_one_of_its_own(office: Office) -> None:
    office.issue("team:North")
    assert state(office, "team:North") == ["live"]


def test_rotating_ends_the_old_one_at_once_and_takes_its_file(office: Office) -> None:
    old = office.issue("W2")
    office.publish()
    assert office.file(old).exists()
    new = feed_tokens.rotate(office.database, "W2", "A. Hughes", TODAY, NOW)
    assert new != old
    assert state(office) == ["revoked", "live"]
    assert not office.file(old).exists()
    assert [file.recipient for file in office.publish().files] == ["W2"]
    assert office.file(new).exists()


def test_rotating_needs_something_to_rotate(office: Office) -> None:
    with pytest.raises(BadInput, match="issue W2"):
        feed_tokens.rotate(office.database, "W2", "A. Hughes", TODAY, NOW)


def test_revoking_takes_the_file_and_can_be_said_again(office: Office) -> None:
    token = office.issue("W2")
    office.publish()
    assert feed_tokens.revoke(office.database, "W2", NOW) == 1
    assert not office.file(token).exists()
    assert feed_tokens.revoke(office.database, "W2", NOW) == 0
    office.issue("W2")


def test_revoking_reaches_folders_published_to_earlier(office: Office, tmp_path: Path) -> None:
    token = office.issue("W2")
    office.publish()
    moved = office.publish(tmp_path / "new")
    assert moved.before == office.folder
    feed_tokens.revoke(office.database, "W2", NOW)
    assert not office.file(token).exists()
    assert not list((tmp_path / "new").iterdir())


def test_a_file_that_stays_is_named(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    token = office.issue("W2")
    office.publish()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StorageProblem, match="revoked") as said:
        feed_tokens.revoke(office.database, "W2", NOW)
    assert str(office.file(token)) in said.value.hint
    assert state(office) == ["revoked"]


def test_a_folder_out_of_reach_is_not_taken_for_empty(office: Office, tmp_path: Path) -> None:
    token = office.issue("W2")
    office.publish()
    office.folder.rename(tmp_path / "unplugged")
    with pytest.raises(StorageProblem) as said:
        feed_tokens.revoke(office.database, "W2", NOW)
    assert office.file(token).name in said.value.hint


def test_it_ends_with_the_last_day_also_when_that_is_recorded_later(office: Office) -> None:
    office.issue("W2")
    leaves(office, "2026-11-25")
    assert [state(office, days=days) for days in (4, 5, 6)] == [["live"], ["live"], ["expired"]]
    leaves(office, None)
    assert state(office, days=6) == ["live"]


def test_the_kept_last_day_follows_at_the_next_publish(office: Office) -> None:
    office.issue("W2")
    leaves(office, "2026-11-25")
    office.publish()
    kept = office.database.reader().raw.execute("SELECT expires_on FROM feed_token").fetchall()
    assert kept == [("2026-11-25",)]


def test_whoever_has_left_gets_none(office: Office) -> None:
    leaves(office, "2026-11-19")
    with pytest.raises(BadInput, match="left"):
        office.issue("W2")


def test_an_address_follows_a_team_to_its_new_name(office: Office) -> None:
    office.issue("team:North")
    with office.database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "team", "North", {"name": "Northern"})
        unit.finish("Renamed the team")
    assert state(office, "team:Northern") == ["live"]
    office.publish()
    assert (state(office, "team:North"), state(office, "team:Northern")) == ([], ["live"])


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("", "/f/TOKEN.ics"),
        ("https://x.example", "https://x.example/f/TOKEN.ics"),
        ("https://x.example/f", "https://x.example/f/TOKEN.ics"),
        ("https://x.example/calendars/f/", "https://x.example/calendars/f/TOKEN.ics"),
    ],
)
def test_the_address_lies_below_the_councils(kept: str, shown: str) -> None:
    assert feed_tokens.address(Council(feed_address=kept), "TOKEN") == shown


# a worker merged into another ------------------------------------------------------------------------------------


def merged(office: Office) -> tuple[str, ...]:
    keep(office.database, "worker", staff_id="W20", name="Okafor, Chidi", team="North", grade="children-sw")
    office.issue("W20")
    office.publish()
    with office.database.unit("A. Hughes", TODAY) as unit:
        return merge_workers(unit, "W20", "W2", {"": "new"}).lines


def undone(office: Office) -> None:
    with office.database.unit("A. Hughes", TODAY) as unit:
        undo(unit)


@pytest.mark.parametrize("publishing", [False, True])
def test_an_address_never_shows_the_calendar_of_whom_its_worker_was_merged_into(
    office: Office, publishing: bool
) -> None:
    lines = merged(office)
    assert any("The calendar address of W20 opens nothing" in line and "token issue W2" in line for line in lines)
    conn = office.database.reader()
    assert feed_tokens.live(conn, TODAY) == {}
    assert feed_tokens.last_days(conn) == {}
    if publishing:
        office.publish()
        assert not list(office.folder.glob("*.ics"))


@pytest.mark.parametrize("publishing", [False, True])
def test_undoing_the_merge_gives_the_address_back(office: Office, publishing: bool) -> None:
    office.issue("W2")
    before = {line.recipient: line.hash for line in feed_tokens.tokens(office.database.reader(), TODAY)}
    lines = merged(office)
    assert any("W2 has one" in line for line in lines)
    if publishing:
        office.publish()
    undone(office)
    assert (state(office), state(office, "W20")) == (["live"], ["live"])
    assert feed_tokens.live(office.database.reader(), TODAY).items() >= before.items()
    office.publish()
    assert len(list(office.folder.glob("*.ics"))) == 2
    with office.database.unit("A. Hughes", TODAY) as unit:
        redo(unit)
    assert set(feed_tokens.live(office.database.reader(), TODAY)) == {"W2"}


def test_an_address_withdrawn_before_the_merge_stays_withdrawn(office: Office) -> None:
    keep(office.database, "worker", staff_id="W20", name="Okafor, Chidi", team="North", grade="children-sw")
    office.issue("W20")
    feed_tokens.revoke(office.database, "W20", NOW)
    with office.database.unit("A. Hughes", TODAY) as unit:
        assert not any("address" in line for line in merge_workers(unit, "W20", "W2", {"": "new"}).lines)
    undone(office)
    assert state(office, "W20") == ["revoked"]


def test_once_a_staff_id_leads_nowhere_its_address_ends_for_good(office: Office) -> None:
    merged(office)
    with office.database.unit("A. Hughes", TODAY) as unit:
        acts.remove(unit, kinds().named("former-key").record, 1)
    office.publish()
    keep(office.database, "worker", staff_id="W20", name="Somebody, Else", team="North", grade="children-sw")
    assert state(office, "W20") == ["revoked"]
