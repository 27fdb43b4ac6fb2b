"""The feed server over real HTTP: what clients get, what guessers learn, and what nonsense does."""

from __future__ import annotations

import os
import re
import secrets
import select
import shutil
import socket
import sqlite3
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from domain.core.errors import BadInput
from storage.calendar.feed_server import server as feedserver
from storage.calendar.feed_server import token_gate
from storage.calendar.feed_server.answers import Feeds, hash_of
from storage.calendar.feed_server.server import FeedServer, is_loopback, start
from storage.calendar.feed_server.token_gate import Gate
from storage.calendar.feeds import feed_tokens
from storage.cases.steps import give
from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import PRETENDED, clock_on
from tests.storage.calendar.feedkit import NOW, TODAY, Office, Subscriber, ask, raw, served
from tests.units import amend, record


@pytest.fixture
def office(team: Database, tmp_path: Path) -> Office:
    return Office(team, tmp_path / "feeds")


@pytest.fixture
def token(office: Office) -> str:
    found = office.issue("W2")
    office.publish()
    return found


@pytest.fixture
def server(office: Office, token: str) -> Iterator[FeedServer]:
    with served(office.folder, office.database.path) as server:
        yield server


# what a client gets ----------------------------------------------------------------------------------------------


def test_a_feed_is_answered_with_what_clients_need(server: FeedServer, office: Office, token: str) -> None:
    got = ask(server, f"/f/{token}.ics")
    assert got.status == 200
    assert got.body == office.file(token).read_bytes()
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    assert got.headers["content-disposition"] == 'inline; filename="reminders.ics"'
    assert got.headers["cache-control"] == "private, max-age=900, must-revalidate"
    assert got.headers["content-length"] == str(len(got.body))
    assert got.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in got.headers["x-robots-tag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', got.headers["etag"])
    assert got.headers["last-modified"].endswith(" GMT")
    unwanted = {"server", "set-cookie", "content-encoding", "location", "access-control-allow-origin", "vary"}
    assert not unwanted & got.headers.keys()


def test_head_says_the_same_without_the_body(server: FeedServer, token: str) -> None:
    for path in (f"/f/{token}.ics", "/f/wrong.ics", "/"):
        got, head = ask(server, path), ask(server, path, "HEAD")
        assert (head.status, head.told, head.body) == (got.status, got.told, b"")


def test_what_is_unchanged_is_not_sent_again(server: FeedServer, token: str) -> None:
    first = ask(server, f"/f/{token}.ics")
    again = ask(server, f"/f/{token}.ics", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    for name in ("etag", "cache-control", "last-modified"):
        assert again.headers[name] == first.headers[name]
    assert ask(server, f"/f/{token}.ics").body == first.body


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ("{}", 304),
        ("W/{}", 304),
        ('"other", {}', 304),
        ('W/"other" , W/{}', 304),
        ("*", 304),
        ('"other"', 200),
        ("", 200),
        ('"', 200),
        ("{} unquoted".replace("{}", "x"), 200),
    ],
)
def test_tags_win_over_dates(server: FeedServer, token: str, tags: str, status: int) -> None:
    first = ask(server, f"/f/{token}.ics")
    given = {"If_None_Match": tags.format(first.headers["etag"]), "If_Modified_Since": first.headers["last-modified"]}
    assert ask(server, f"/f/{token}.ics", **given).status == status


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("{}", 304),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 304),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("yesterday", 200),
        ("Thu, 01 Jan 99999999999 00:00:00 GMT", 200),
        ("x" * 5000, 200),
    ],
)
def test_a_date_will_do_where_there_is_no_tag(server: FeedServer, token: str, since: str, status: int) -> None:
    modified = ask(server, f"/f/{token}.ics").headers["last-modified"]
    assert ask(server, f"/f/{token}.ics", If_Modified_Since=since.format(modified)).status == status


def test_whatever_clients_add_is_passed_over(server: FeedServer, token: str) -> None:
    plain = ask(server, f"/f/{token}.ics")
    for path in (f"/calendars/f/{token}.ics", f"/f/{token}.ics?_=17", f"http://anywhere/f/{token}.ics"):
        assert ask(server, path).body == plain.body
    assert ask(server, f"/f/{token}.ics", Authorization="Bearer nonsense").told == plain.told
    assert ask(server, f"/f/{token}.ics", Accept_Encoding="gzip, br").told == plain.told


def test_one_connection_serves_many_requests(server: FeedServer, token: str) -> None:
    with closing(HTTPConnection("127.0.0.1", server.server_port, timeout=5)) as connection:
        for method in ("GET", "HEAD", "GET") * 3:
            connection.request(method, f"/f/{token}.ics")
            response = connection.getresponse()
            assert (response.status, response.version) == (200, 11)
            response.read()
            assert not response.will_close
    asked = f"GET /f/{token}.ics HTTP/1.0\r\n\r\n".encode()
    assert b"\r\nConnection: close\r\n" in raw(server, asked)


# what a guesser learns -------------------------------------------------------------------------------------------


def test_wrong_malformed_and_revoked_are_answered_alike(server: FeedServer, office: Office, token: str) -> None:
    other = office.issue("W3")
    office.publish()
    feed_tokens.revoke(office.database, "W3", NOW)
    unpublished = office.issue("team:North")
    right = f"/f/{token}.ics"
    guesses = [
        f"/f/{secrets.token_urlsafe(32)}.ics", f"/f/{other}.ics", f"/f/{unpublished}.ics", "/", "/f/", "/f", "/f/.ics",
        f"/f/{feed_tokens.hashed(token)}.ics", f"/{feed_tokens.hashed(token)}.ics", f"/{token}.ics",
        f"/f/{token}", f"{right}/",
        f"/f/{token}.ICS", f"/F/{token}.ics", f"/f/../f/{token[:-1]}.ics", "/f/..%2f..%2fetc%2fpasswd.ics",
        f"/f/%{ord(token[0]):02x}{token[1:]}.ics", f"/f/{token}%00.ics", "/f/" + "a" * 7000, f"/f/x/{token}.ics",
        "/favicon.ico", "/robots.txt", "/f/?" + right, f"/?{right}", f"/f/{token[:-1]}\xe9.ics",
    ]  # fmt: skip
    first = ask(server, "/f/wrong.ics")
    assert first.status == 404
    for path in guesses:
        got = raw(server, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"))
        head, _, body = got.partition(b"\r\n\r\n")
        told = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        assert head.startswith(b"HTTP/1.1 404 "), path
        assert body == first.body
        assert {name.lower(): v for name, v in told.items() if name not in ("Date", "Connection")} == first.told


def test_revoked_and_expired_stop_though_the_file_is_still_there(office: Office, token: str) -> None:
    with served(office.folder, office.database.path) as server:
        assert ask(server, f"/f/{token}.ics").status == 200
        data = office.file(token).read_bytes()
        feed_tokens.revoke(office.database, "W2", NOW)
        office.file(token).write_bytes(data)
        assert server.gate.look()
        assert ask(server, f"/f/{token}.ics").status == 404
    leaver = office.issue("W3")
    office.publish()
    with office.database.unit("A. Hughes", TODAY) as unit:
        amend(unit, "worker", "W3", {"leaves": TODAY})
        unit.finish("Leaves today")
    for days, status in ((0, 200), (1, 404)):
        with served(office.folder, office.database.path, TODAY + timedelta(days=days)) as server:
            assert ask(server, f"/f/{leaver}.ics").status == status


def test_ten_thousand_wrong_tokens_cost_no_memory(office: Office, token: str) -> None:
    gate = Gate(office.database.path, clock_on(TODAY))
    gate.look()
    feeds = Feeds(office.folder, gate.live)
    answers = {feeds.answer("GET", f"/f/{secrets.token_urlsafe(32)}.ics", {}) for _ in range(100)}
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    answers |= {feeds.answer("GET", f"/f/{secrets.token_urlsafe(32)}.ics", {}) for _ in range(10_000)}
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert len(answers) == 1
    assert grown < 20_000
    assert feeds.answer("GET", f"/f/{token}.ics", {}).status == 200


def test_every_target_is_hashed_once_whatever_it_looks_like() -> None:
    assert hash_of("/f/" + "a" * 43 + ".ics") == feed_tokens.hashed("a" * 43)
    assert hash_of("/f/" + "é" * 43 + ".ics") == hash_of("") == hash_of("/f/a.ics")


def test_the_log_holds_no_token_and_no_path(server: FeedServer, token: str) -> None:
    ask(server, f"/f/{token}.ics")
    ask(server, "/f/Jamie-Doe.ics")
    ask(server, "/Jamie-Doe", "POST")
    raw(server, b"Jamie Doe\r\n\r\n")
    wait_for(lambda: len(server.said) == 4)  # type: ignore[attr-defined]
    said = server.said  # type: ignore[attr-defined]
    assert sorted(line.split(" ", 1)[1].rsplit(" ", 1)[0] for line in said) == [  # each is written by its own thread
        "- - 400", "GET /f/... 200", "GET /f/... 404", "POST /... 405",
    ]  # fmt: skip


# what nonsense does ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "PATCH", "TRACE", "get", "X"])
def test_other_methods_are_refused_alike_for_right_and_wrong(server: FeedServer, token: str, method: str) -> None:
    right = ask(server, f"/f/{token}.ics", method, b"body" * 1000)
    assert (right.status, right.headers["allow"]) == (405, "GET, HEAD")
    wrong = ask(server, "/f/wrong.ics", method)
    assert (wrong.told, wrong.body) == (right.told, right.body)
    assert not any(name.startswith("access-control") for name in right.headers)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),  # TLS, spoken to a plain port
        (b"GET\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET / HTTQ/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: \0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x", 400),
        (b"\r\n" * 50, 400),
        (b"G\xc3\x89T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + (b"X: " + b"y" * 4000 + b"\r\n") * 8 + b"\r\n", 431),
        (b"A" * 100_000, 414),
    ],
)
def test_nonsense_gets_a_plain_refusal(server: FeedServer, sent: bytes, status: int) -> None:
    got = raw(server, sent)
    assert got.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"\r\nConnection: close\r\n" in got
    assert b"Traceback" not in got
    assert not any("fault" in line for line in server.said)  # type: ignore[attr-defined]


def test_requests_may_follow_each_other_unasked_and_garbage_ends_it(server: FeedServer, token: str) -> None:
    one = f"GET /f/{token}.ics HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n".encode()
    got = raw(server, one * 3 + b"\x00\xff garbage\r\n\r\n" + one)
    assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"304", b"304", b"304", b"400"]


def test_a_body_is_never_taken_for_the_next_request(server: FeedServer) -> None:
    inner = b"GET /inner HTTP/1.1\r\nHost: x\r\n\r\n"
    for header in (f"Content-Length: {len(inner)}".encode(), b"Transfer-Encoding: chunked", b"Content-Length: -1"):
        got = raw(server, b"GET / HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n" + inner)
        assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"404"]


def test_whoever_drips_is_cut_off(office: Office, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedserver, "FOR_A_REQUEST", 0.4)
    monkeypatch.setattr(feedserver, "BETWEEN", 0.4)
    with (
        served(office.folder, None) as server,
        socket.create_connection(("127.0.0.1", server.server_port)) as slow,
        socket.create_connection(("127.0.0.1", server.server_port)) as silent,
    ):
        for byte in f"GET /f/{token}.ics HTTP/1.1\r\nHost: x\r\nX: {'a' * 20_000}".encode():
            slow.sendall(bytes([byte]))
            if select.select([slow], [], [], 0.01)[0]:  # what is sent after the answer would wipe the answer out
                break
        slow.settimeout(3)
        assert slow.recv(100).startswith(b"HTTP/1.1 408 ")
        silent.settimeout(3)
        assert silent.recv(100) == b""


def test_slow_clients_cannot_keep_others_out(office: Office, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedserver, "SEATS", 8)
    with served(office.folder, None) as server:
        slow = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(40)]
        try:
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(b"GET /f/")
            for _ in range(5):
                assert ask(server, f"/f/{token}.ics").status == 200
            assert sum(t.name.startswith("Thread-") for t in threading.enumerate()) < 30
        finally:
            for connection in slow:
                connection.close()


def test_many_at_once_all_get_the_whole(server: FeedServer, office: Office, token: str) -> None:
    whole = office.file(token).read_bytes()
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(ask(server, f"/f/{token}.ics").body)) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [whole] * 60


def test_a_file_replaced_while_read_is_one_or_the_other(server: FeedServer, office: Office, token: str) -> None:
    from storage.files.atomic_write import write_atomically

    file = office.file(token)
    bodies = [file.read_bytes(), file.read_bytes().replace(b"Review", b"Rewiev")]
    for n in range(30):
        write_atomically(file, bodies[n % 2])
        assert ask(server, f"/f/{token}.ics").body == bodies[n % 2]


@pytest.mark.parametrize("content", [b"", b"<html>", b"secret"])
def test_what_is_no_calendar_is_not_given_out(server: FeedServer, office: Office, token: str, content: bytes) -> None:
    office.file(token).write_bytes(content)
    assert ask(server, f"/f/{token}.ics").status == 404


def test_a_link_is_not_followed(server: FeedServer, office: Office, token: str, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere.ics"
    secret.write_bytes(office.file(token).read_bytes())
    office.file(token).unlink()
    office.file(token).symlink_to(secret)
    assert ask(server, f"/f/{token}.ics").status == 404


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_in_the_folder_is_not_waited_for(server: FeedServer, office: Office, token: str) -> None:
    office.file(token).unlink()
    os.mkfifo(office.file(token))
    assert ask(server, f"/f/{token}.ics").status == 404


def test_a_log_that_nobody_takes_stops_nothing(office: Office, token: str) -> None:
    with served(office.folder, None) as server:

        def gone(_: str) -> None:
            raise BrokenPipeError

        server.log = gone
        assert ask(server, f"/f/{token}.ics").status == 200
        assert ask(server, f"/f/{token}.ics").status == 200


def test_the_newer_kind_of_loopback_is_served_too(office: Office, token: str) -> None:
    gate = Gate(None, clock_on(TODAY))
    try:
        server = start("::1", 0, Feeds(office.folder, gate.live), gate, lambda _: None)
    except BadInput:
        pytest.skip("no IPv6 here")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with closing(HTTPConnection("::1", server.server_port, timeout=5)) as connection:
        connection.request("GET", f"/f/{token}.ics")
        assert connection.getresponse().status == 200
    server.shutdown()
    thread.join()
    server.finish()


# the database ----------------------------------------------------------------------------------------------------


def wait_for(what: object, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not what():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


def fetched(office: Office) -> list[bool]:
    return [line.fetched_at is not None for line in feed_tokens.tokens(office.database.reader(), TODAY)]


def test_the_last_fetch_is_shown(server: FeedServer, office: Office, token: str) -> None:
    ask(server, "/f/wrong.ics")
    assert fetched(office) == [False]
    ask(server, f"/f/{token}.ics", If_None_Match="*")
    wait_for(lambda: server.gate.write_down() and fetched(office) == [True])


@pytest.mark.skipif(PRETENDED, reason="under a pretended clock a wait with a limit does not end")
def test_tokens_and_fetches_are_kept_in_step_by_themselves(server: FeedServer, office: Office, token: str) -> None:
    ask(server, f"/f/{token}.ics", If_None_Match="*")
    wait_for(lambda: fetched(office) == [True])
    feed_tokens.revoke(office.database, "W2", NOW)
    wait_for(lambda: ask(server, f"/f/{token}.ics").status == 404)


def test_it_goes_on_while_somebody_writes_and_notes_the_fetch_later(
    office: Office, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_gate, "PATIENCE", 0.1)
    gate = Gate(office.database.path, clock_on(TODAY))
    assert gate.look()
    gate.fetched(feed_tokens.hashed(token))
    with closing(sqlite3.connect(office.database.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert not gate.look()
        assert not gate.write_down()
        assert gate.live(feed_tokens.hashed(token))
        assert Feeds(office.folder, gate.live).answer("GET", f"/f/{token}.ics", {}).status == 200
        other.execute("ROLLBACK")
    assert gate.write_down()
    assert fetched(office) == [True]


def _another(path: Path, aside: Path) -> None:
    open_database(aside, clock_on(TODAY), create=True).close()
    aside.replace(path)


def _older(path: Path, aside: Path) -> None:
    shutil.copy(path, aside)
    with closing(sqlite3.connect(aside)) as raw:
        raw.execute("DROP TABLE feed_token")
        raw.execute("PRAGMA user_version = 1")
    aside.replace(path)


def _garbage(path: Path, aside: Path) -> None:
    aside.write_bytes(b"SQLite format 3\0" + secrets.token_bytes(9_000))
    aside.replace(path)


def _empty(path: Path, aside: Path) -> None:
    aside.touch()
    aside.replace(path)


def _unreadable(path: Path, aside: Path) -> None:
    shutil.copy(path, aside)
    with closing(sqlite3.connect(aside)) as raw:
        raw.execute("UPDATE feed_token SET hash = CAST(x'ff41' AS TEXT)")
        raw.commit()
    aside.replace(path)


@pytest.mark.skipif(PRETENDED, reason="under a pretended clock a wait with a limit does not end")
@pytest.mark.parametrize("swap", [_another, _older, _garbage, _empty, _unreadable, lambda path, _: path.unlink()])
def test_whatever_takes_the_databases_place_gives_out_no_feed_of_it_and_ends_nothing(
    server: FeedServer, office: Office, token: str, tmp_path: Path, swap: Callable[[Path, Path], None]
) -> None:
    path, kept = Path(office.database.path), tmp_path / "kept.db"
    office.database.close()
    shutil.copy(path, kept)
    known = 404 if swap is _another else 200
    swap(path, tmp_path / "aside.db")
    if known == 200:
        wait_for(lambda: any("cannot be read" in line for line in server.said))  # type: ignore[attr-defined]
    wait_for(lambda: ask(server, f"/f/{token}.ics").status == known)
    assert ask(server, "/f/wrong.ics").status == 404
    kept.replace(path)
    wait_for(lambda: ask(server, f"/f/{token}.ics").status == 200)
    if known == 200:
        wait_for(lambda: any("read again" in line for line in server.said))  # type: ignore[attr-defined]
    with open_database(path, clock_on(TODAY)) as again:
        feed_tokens.revoke(again, "W2", NOW)
    wait_for(lambda: ask(server, f"/f/{token}.ics").status == 404)


@pytest.mark.parametrize("database", [None, "none.db", "folder"])
def test_without_a_database_the_folder_alone_counts(
    office: Office, token: str, tmp_path: Path, database: str | None
) -> None:
    (tmp_path / "folder").mkdir()
    with served(office.folder, tmp_path / database if database else None) as server:
        assert ask(server, f"/f/{token}.ics").status == 200
        assert ask(server, "/f/wrong.ics").status == 404


def test_a_port_that_is_taken_is_said_so(server: FeedServer, office: Office) -> None:
    gate = Gate(None, clock_on(TODAY))
    for host, port in (("127.0.0.1", server.server_port), ("127.0.0.1", 70_000), ("192.0.2.1", 0), ("no host", 0)):
        with pytest.raises(BadInput, match="port"):
            start(host, port, Feeds(office.folder, gate.live), gate, lambda _: None)


def test_what_counts_as_this_machine() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "192.0.2.1", "example", ""))


# a subscription followed -----------------------------------------------------------------------------------------


def test_a_subscription_follows_what_happens(office: Office) -> None:
    database = office.database
    mine, other = office.issue("W2"), office.issue("W3")
    office.publish()

    def happens(kind: str, key: str | int | None, what: dict[str, object]) -> None:
        with database.unit("A. Hughes", TODAY) as unit:
            record(unit, kind, what) if key is None else amend(unit, kind, key, what)
            unit.finish("Something happened")
        office.publish()

    with served(office.folder, database.path) as server:
        okafor, begum = Subscriber(server, mine), Subscriber(server, other)
        okafor.poll(), begum.poll()
        review = "Review due (ref C-1001)"
        assert review not in okafor.starts  # long overdue: further back than a calendar looks
        happens("event", None, {"case": "C-1001", "kind": "lac_review_held", "on": "2026-11-02"})
        okafor.poll()
        before = okafor.starts[review]
        copy = okafor.copy
        assert (okafor.poll(), okafor.status) == (copy, 304)

        session = {"worker": "W2", "supervisor": "W1", "on": "2026-11-25", "start": "10:00"}
        happens("session", None, session)
        assert (okafor.poll(), okafor.status)[1] == 200
        assert okafor.starts["Supervision (ref W1)"] == ["20261125T100000Z"]
        happens("session", 1, {"on": "2026-11-26", "start": "14:30"})
        okafor.poll()
        assert okafor.starts["Supervision (ref W1)"] == ["20261126T143000Z"]
        happens("session", 1, {"state": "cancelled"})
        okafor.poll()
        assert "Supervision (ref W1)" not in okafor.starts

        happens("event", None, {"case": "C-1001", "kind": "lac_review_held", "on": "2026-11-19"})
        okafor.poll()
        assert min(okafor.starts[review]) > min(before)

        with database.unit("A. Hughes", TODAY) as unit:
            give(unit, "C-1001", "W3", date(2026, 11, 19), reason="OTHERS")  # type: ignore[arg-type]
            unit.finish("Reallocated")
        office.publish()
        okafor.poll(), begum.poll()
        assert not any("C-1001" in summary for summary in okafor.starts)
        assert any("C-1001" in summary for summary in begum.starts)

        happens("worker", "W3", {"leaves": "2026-11-19"})
        begum.poll()
        assert (begum.status, begum.copy) == (404, b"")
        assert (okafor.poll(), okafor.status)[1] == 304
