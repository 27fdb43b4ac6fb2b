"""No name, birth date, word of a note, place or title of a rule is in anything that a calendar gives out.

What must stay inside is written in letters that nothing else here is written in, so that none of it can hide in a
reference, an identity or a date, and so that half a name, cut short or folded, is found as well.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.calendar.wording import EntryKind, initials_of
from domain.core.dates import show_day
from storage.calendar.contents import gather
from storage.calendar.feeds.feed_files import publish
from storage.calendar.feeds.feed_tokens import issue
from storage.calendar.files import export
from storage.calendar.mail.queue import dry_run, queue
from storage.opening import open_database
from storage.records.database import Database
from tests import units
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.storage.calendar import feedkit
from tests.tui.shell import Shell
from tests.units import amend, record

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
EVERYBODY = ("W1", "W2", "W3", "team:North")
ENOUGH = 6  # letters of a secret in a row that give it away
ALPHABETS = ("qxzj", "ჭხჯჰჟ")  # the first survives every way of making text plain, the second none
WRAPS = (
    "{}",
    "{0} {0}, {0}",
    '"{}";\\,n',
    "{}\r\nX-EVIL:1\r\nBEGIN:VEVENT",
    "=?utf-8?q?{}?=",
    "\u202e{}\u200b",
    "C-1001 {}",
    "{}@example.org",
)
FIELDS = (
    "case name", "staff name", "factor", "need", "area", "event note", "source", "place", "session note", "group",
    "reason", "action", "why", "how", "who", "topic", "decision", "rationale", "rating", "put off",
    "concern", "raised by", "plan", "answered by", "conflict", "rule title", "family",
)  # fmt: skip


@st.composite
def secrets(draw: st.DrawFn) -> dict[str, str]:
    """Text for each field, hostile, around a core of letters that are nowhere else."""
    cores = st.sampled_from(ALPHABETS).flatmap(lambda letters: st.text(letters, min_size=10, max_size=30))
    return {field: draw(st.sampled_from(WRAPS)).format(draw(cores)) for field in FIELDS}


BIRTHDAYS = st.dates(date(2009, 1, 1), date(2019, 12, 31))  # no date of any entry lies in these years


def fill(database: Database, said: Mapping[str, str], born: date) -> None:
    """Write the secrets wherever somebody may write something, on what calendars tell of."""
    with database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W2", {"name": said["staff name"], "email": "w2@council.example"})
        needs = {"factors": [said["factor"]], "must_have": [said["need"]], "area": said["area"]}
        amend(
            unit, "case", "C-1001", {"name": said["case name"], "born": born, "sibling_group": said["family"], **needs}
        )
        event = {"case": "C-1001", "kind": "lac_review_held", "on": "2026-10-01"}
        record(unit, "event", {**event, "note": said["event note"], "source": said["source"]})
        ours = {"worker": "W2", "supervisor": "W1", "place": said["place"], "note": said["session note"]}
        record(unit, "session", {**ours, "on": "2026-11-25", "group": said["group"], "reason": said["reason"]})
        record(unit, "session", {**ours, "on": "2026-11-10", "state": "held"})
        told = {"session": 2, "worker": "W2", "topic": "wellbeing", "answers": {"update": said["topic"]}}
        record(unit, "discussion", told)
        decided = {"session": 2, "case": "C-1001", "decided_by": "A. Hughes", "on": "2026-11-10"}
        record(unit, "decision", {**decided, "decision": said["decision"], "rationale": said["rationale"]})
        rated = {"session": 2, "case": "C-1001", "on": "2026-11-10", "rater": "Worker", "score": 6}
        record(unit, "rating", {**rated, "about": said["rating"], "why": said["rating"]})
        agreed = {"session": 2, "set_on": "2026-11-10", "due": "2026-12-02", "what": said["action"], "why": said["why"]}
        record(unit, "action", {**agreed, "owner": "W2", "case": "C-1001", "how": said["how"], "who": said["who"]})
        record(unit, "action", {**agreed, "owner": "W2"})
        moved = {"case": "C-1001", "rule": "lac_review_2", "cycle": 2, "to": "2027-01-08", "reason": said["put off"]}
        record(unit, "postponement", moved)
        raised = {"worker": "W2", "raised_on": "2026-11-02", "raised_by": said["raised by"], "why": said["concern"]}
        answered = {"answered_on": "2026-11-03", "answered_by": said["answered by"], "plan": said["plan"]}
        record(unit, "concern", {**raised, **answered, "review_on": "2026-12-04"})
        record(
            unit,
            "conflict",
            {"case": "C-1001", "worker": "W3", "why": "known_to_worker", "starts": TODAY, "note": said["conflict"]},
        )
        record(unit, "calendar-settings", {"organiser": "calendar@council.example"})
        record(unit, "calendar-choice", {"worker": "W2", "by_mail": True, "leads": {"review": 10}})
        unit.finish("Filled in")


@contextmanager
def office(blank: Path, said: Mapping[str, str], born: date) -> Iterator[tuple[Database, Path]]:
    """A team that kept all of it, with a rule of the council's own, and a folder for what goes out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(shutil.copy(blank, folder / "almoner.db"))
        packs = path.with_suffix(".packs")
        packs.mkdir()
        title = json.dumps(f"{said['rule title']} review", ensure_ascii=False)
        (packs / "own.toml").write_text(RULE.replace("TITLE", title), encoding="utf-8")
        with open_database(path, CLOCK) as database:
            fill(database, said, born)
            yield database, folder


RULE = """kind = "rules"
id = "own"
title = "Our council"
version = "1"
[[rules]]
id = "own_rule"
title = TITLE
plain = TITLE
tier = "local"
kind = "after"
starts = ["became_looked_after"]
answers = ["case_note"]
interval = { weeks = 40 }
[[rules.citations]]
text = "Ours"
source = "Manual"
checked = 2026-07-31
confidence = "local"
verified = false
"""


# looking ---------------------------------------------------------------------------------------------------------


def given_out(database: Database, folder: Path) -> dict[str, str]:
    """Return everything that goes out by every way, by what it is: readable, with folds and encodings undone."""
    out = folder / "out"
    for who in EVERYBODY:
        place = out / who.replace(":", "-")
        place.mkdir(parents=True, exist_ok=True)
        for name, how in (("changed", {"changed_only": True}), ("gone", {"cancelled": True}), ("whole", {})):
            export(database, [(who, place / f"{name}-{NOW:%H}.ics")], TODAY, now=NOW, **how)
    publish(database, out / "feeds", TODAY, now=NOW)
    dry_run(database, out / "mail", TODAY, now=NOW)
    queue(database, TODAY, now=NOW)
    found = {str(path): readable(path) for path in out.rglob("*") if path.is_file()}
    rows = database.reader().raw.execute("SELECT * FROM calendar_entry").fetchall()
    return {**found, "names of files": "\n".join(found), "kept": json.dumps(rows, ensure_ascii=False, default=str)}


def readable(path: Path) -> str:
    """Return what a file says."""
    data = path.read_bytes()
    if path.suffix != ".eml":
        return data.replace(b"\r\n ", b"").decode()
    message = message_from_bytes(data)
    heads = [str(make_header(decode_header(value))) for value in message.values()]
    bodies = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    texts = [body.replace(b"\r\n ", b"").decode() for body in bodies if isinstance(body, bytes)]
    return "\n".join([*heads, *texts])


def told(text: str, said: Mapping[str, str], born: date) -> list[str]:
    """Return what of the secrets stands in ``text``."""
    plain = text.casefold()
    cores = {field: "".join(c for c in value if c in "".join(ALPHABETS)) for field, value in said.items()}
    days = (
        born.isoformat(),
        f"{born:%Y%m%d}",
        f"{born:%d/%m/%Y}",
        f"{born:%d.%m.%Y}",
        show_day(born),
        f"{born:%d %B %Y}",
    )
    return [field for field, core in cores.items() if core[:ENOUGH] in plain] + [
        d for d in days if d.casefold() in plain
    ]


def test_the_search_finds_what_it_looks_for() -> None:
    said = {"case name": '"qxzjqxzjqx";\\', "staff name": "ჭხჯჰჟჭხჯჰჟ"}
    born = date(2019, 5, 4)
    assert told("SUMMARY:Review (Qxzjqxz…)", said, born) == ["case name"]
    assert told("ჭხჯჰჟჭ 20190504", said, born) == ["staff name", "20190504"]
    assert told("SUMMARY:Review due (ref C-1001)", said, born) == []


@settings(
    max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(secrets(), BIRTHDAYS)
def test_nothing_that_is_written_inside_goes_out(
    _small_team: Path,  # noqa: PT019
    said: dict[str, str],
    born: date,
) -> None:
    with office(_small_team, said, born) as (database, folder):
        for who in EVERYBODY:
            issue(database, who, "A. Hughes", TODAY, NOW)
        for text in given_out(database, folder).values():
            assert told(text, said, born) == []
        units.change(database, "session", 1, state="cancelled", reason=said["reason"])
        units.keep(database, "event", case="C-1001", kind="lac_review_held", on="2026-11-20", note=said["event note"])
        shutil.rmtree(folder / "out")
        after = given_out(database, folder)
        assert any("CANCELLED" in text for text in after.values())
        for text in after.values():
            assert told(text, said, born) == []


def test_the_entries_that_are_searched_are_there(_small_team: Path) -> None:  # noqa: PT019
    said = dict.fromkeys(FIELDS, "qxzjqxzjqx")
    with office(_small_team, said, date(2019, 5, 4)) as (database, folder):
        issue(database, "W2", "A. Hughes", TODAY, NOW)
        found = given_out(database, folder)
    (feed,) = (text for name, text in found.items() if "/feeds/" in name)
    for category in ("review", "session", "action", "learning", "plan"):
        assert f"CATEGORIES:Almoner {category}" in feed
    assert "20261221" in feed  # forty weeks: the council's own rule
    assert sum(name.endswith(".eml") for name in found) > 5
    assert "On Fri 1 Jan 2027: Review due" in feed


# initials --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("allowed", "chosen"), [(False, False), (False, True), (True, False), (True, True)])
def test_initials_go_out_only_when_the_council_and_the_choice_say_so(
    team: Database, tmp_path: Path, allowed: bool, chosen: bool
) -> None:
    name = "ჭხჯ ჰჟჭ"
    units.change(team, "case", "C-1001", name=name)
    units.keep(team, "calendar-settings", initials_allowed=True, organiser="calendar@council.example")
    units.change(team, "worker", "W2", email="w2@council.example")
    units.keep(team, "calendar-choice", worker="W2", by_mail=True, privacy="initials" if chosen else None)
    units.change(team, "calendar-settings", 1, initials_allowed=allowed)  # chosen while they were allowed
    issue(team, "W2", "A. Hughes", TODAY, NOW)
    found = given_out(team, tmp_path)
    initials = initials_of(name)
    assert initials.casefold() == "ჭ.ჰ."
    of_worker = [text for path, text in found.items() if "/W2/whole" in path or "/feeds/" in path]
    assert [initials in text for text in of_worker] == [allowed and chosen] * 2
    others = [text for path, text in found.items() if "W1" in path or "W3" in path or "team" in path]
    assert not any(initials in text for text in others)
    assert not any(told(text, {"name": "ჭხჯჰჟჭ"}, date(2019, 5, 4)) for text in found.values())


def test_initials_that_are_no_longer_allowed_are_not_repeated_in_a_cancellation(team: Database, tmp_path: Path) -> None:
    units.change(team, "case", "C-1001", name="ჭხჯ ჰჟჭ")
    units.keep(team, "event", case="C-1001", kind="lac_review_held", on="2026-10-01")
    units.keep(team, "calendar-settings", initials_allowed=True, privacy="initials")
    initials = initials_of("ჭხჯ ჰჟჭ")
    export(team, [("W2", tmp_path / "whole.ics")], TODAY, now=NOW)
    assert initials in readable(tmp_path / "whole.ics")
    units.change(team, "calendar-settings", 1, initials_allowed=False, privacy="reference")
    units.change(team, "case", "C-1001", closed="2026-11-20")
    export(team, [("W2", tmp_path / "gone.ics")], TODAY, now=NOW, cancelled=True)
    gone = list(tmp_path.glob("gone*.ics"))
    assert gone
    assert not any(initials in readable(path) for path in gone)


# commands and the server -----------------------------------------------------------------------------------------


@settings(
    max_examples=2, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(secrets(), BIRTHDAYS)
def test_no_command_about_calendars_says_it(
    _small_team: Path,  # noqa: PT019
    capsys: pytest.CaptureFixture[str],
    said: dict[str, str],
    born: date,
) -> None:
    served = {field: value for field, value in said.items() if field != "staff name"}
    with office(_small_team, said, born) as (database, folder):
        for who in EVERYBODY:
            issue(database, who, "A. Hughes", TODAY, NOW)
        queue(database, TODAY, now=NOW)
        database.close()
        almoner = Shell(capsys, database.path)
        for words in commands(folder):
            for form in ((), ("--json",)):
                answer = almoner("calendar", *words, *form)
                assert answer.code == 0 or "revoke" in words, (words, answer.err)
                text = answer.out.replace("\n", " ")
                if form:
                    text += json.dumps(answer.json, ensure_ascii=False) if answer.out else ""
                assert told(text + answer.err, served, born) == [], words


def commands(folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield what one types about calendars, in an order that works twice."""
    out = str(folder)
    for who in EVERYBODY:
        yield "token", "revoke" if who == "W3" else "list", who
    yield "export", "--team", "North", "--output", f"{out}/team"
    yield "export", "--worker", "W2", "--changed", "--output", f"{out}/changed.ics"
    yield "export", "--worker", "W2", "--cancelled", "--output", f"{out}/gone.ics"
    yield "preview", "W2"
    yield "preview", "--team", "North"
    yield "settings", "W2"
    yield ("settings",)
    yield "publish", "--output", f"{out}/feeds"
    yield "mail", "--dry-run", f"{out}/mail"
    yield ("outbox",)


def test_the_server_logs_no_token_and_no_word(team: Database, tmp_path: Path) -> None:
    units.change(team, "case", "C-1001", name="ჭხჯჰჟჭხჯ", born="2019-05-04")
    token = issue(team, "W2", "A. Hughes", TODAY, NOW)
    publish(team, tmp_path / "feeds", TODAY, now=NOW)
    wrong = "qxzj" * 10 + "qxz"
    asked = (
        f"/f/{token}.ics",
        f"/f/{wrong}.ics",
        f"/{wrong}",
        f"/f/{token}.ics?name=qxzjqxzj",
        "/f/%E1%83%AD%E1%83%AE",
    )
    with feedkit.served(tmp_path / "feeds", team.path) as server:
        answers = [feedkit.ask(server, path) for path in asked]
    bodies = [str(answer.headers) + answer.body.replace(b"\r\n ", b"").decode() for answer in answers]
    log: list[str] = server.said  # type: ignore[attr-defined]
    assert "BEGIN:VEVENT" in bodies[0]
    assert len(log) == len(asked)
    text = "\n".join(log)
    assert token not in text
    assert told(text + "".join(bodies), {"name": "ჭხჯჰჟჭხჯ", "path": wrong}, date(2019, 5, 4)) == []


# who sees what of a colleague ------------------------------------------------------------------------------------


def test_an_educator_sees_what_the_programme_asks_of_a_learner_and_nothing_else(team: Database) -> None:
    units.keep(team, "programme", worker="W3", kind="asye", starts="2026-09-07", educator="W2")
    raised = {"worker": "W3", "raised_on": "2026-11-02", "why": "Too many cases"}
    answered = {"answered_on": "2026-11-03", "answered_by": "A. Hughes", "plan": "Fewer", "review_on": "2026-12-04"}
    units.keep(team, "concern", **raised, **answered)
    found = gather(team.reader(), ["W2", "W3"], TODAY)
    own = {line.on for line in found["W3"].lines}
    shown = [line for line in found["W2"].lines if line.reference == "W3"]
    assert "2026-12-04" in own
    assert shown
    assert {line.kind for line in shown} == {EntryKind.LEARNER}
    assert "2026-12-04" not in {line.on for line in shown}
