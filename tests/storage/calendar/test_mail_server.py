"""Speaking to a mail server: encrypted, verified, with a password nobody sees, and in plain words when it will not."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from domain.core.errors import BadInput
from storage.calendar.effective_choices import Council
from storage.calendar.mail.delivery import Later, NotTaken, Refused, ServerGone
from storage.calendar.mail.smtp import PASSWORD_VARIABLE, Server, server_of
from tests.storage.calendar import mailkit
from tests.storage.calendar.mailkit import Mailroom, running, scripted, sender

MESSAGE = b"From: calendar@council.example\r\nTo: chidi@council.example\r\nSubject: Review due\r\n\r\n.\r\nDue.\r\n"
SECRET = "correct-horse-battery"

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


@pytest.fixture
def room() -> Mailroom:
    return Mailroom()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for localhost that no authority signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not there to make a certificate with")
    file = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    names = "subjectAltName=DNS:localhost"
    usage = "keyUsage=critical,digitalSignature,keyCertSign"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    where = ["-keyout", str(file), "-out", f"{file}.crt", "-subj", "/CN=localhost"]
    subprocess.run(
        ["openssl", "req", *kind, *where, "-addext", names, "-addext", usage], check=True, capture_output=True
    )
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.fixture
def private(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def fault(kind: type[NotTaken], port: int, message: bytes = MESSAGE, **how: Any) -> Any:
    """Send, expecting not to get through; returns how it was put."""
    one = sender(port, **how)
    with pytest.raises(kind) as found:
        one.send(message)
    one.close()
    assert SECRET not in repr(found.value)
    return found.value


# encryption ------------------------------------------------------------------------------------------------------


def test_nothing_is_said_in_clear_where_the_server_offers_no_encryption(room: Mailroom) -> None:
    with running(room) as port:
        words = fault(ServerGone, port, security="starttls").words
    assert "offers no encryption" in words
    assert (room.asked, room.got) == (0, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_that_nobody_signed_is_refused(room: Mailroom, private: ssl.SSLContext, host: str) -> None:
    with running(room, tls_context=private) as port:
        words = fault(ServerGone, port, security="starttls", host=host).words
    assert "certificate" in words
    assert "self-signed" in words or "self signed" in words
    assert "SSL_CERT_FILE" in words
    assert room.got == []


def test_a_certificate_of_the_councils_own_authority_is_taken(
    room: Mailroom, private: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(room, tls_context=private, require_starttls=True) as port:
        one = sender(port, security="starttls", host="localhost")
        one.send(MESSAGE)
        one.close()
        assert [got.raw for got in room.taken()] == [MESSAGE]
        other = fault(ServerGone, port, security="starttls", host="127.0.0.1").words
    assert "cannot be trusted" in other  # the right authority, and another machine's name


def test_encryption_from_the_first_byte(
    room: Mailroom, private: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with running(room, ssl_context=private) as port:
        one = sender(port, security="tls", host="localhost")
        one.send(MESSAGE)
        one.close()
    assert len(room.got) == 1


def test_encryption_where_there_is_none_is_told_plainly(room: Mailroom) -> None:
    with running(room) as port:
        assert "no encrypted connection could be made" in fault(ServerGone, port, security="tls").words


# passwords -------------------------------------------------------------------------------------------------------


def signing_in(taken: str) -> dict[str, Any]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (b"almoner", taken.encode())
        return AuthResult(success=right, handled=right)

    return {"authenticator": check, "auth_required": True, "auth_require_tls": False}


def test_a_user_signs_in(room: Mailroom) -> None:
    with running(room, **signing_in(SECRET)) as port:
        one = sender(port, user="almoner", password=SECRET)
        one.send(MESSAGE)
        one.close()
    assert len(room.got) == 1


def test_a_wrong_password_is_told_without_saying_it(room: Mailroom) -> None:
    with running(room, **signing_in("another")) as port:
        words = fault(ServerGone, port, user="almoner", password=SECRET).words
    assert "does not accept the user or the password" in words


def test_a_password_no_server_can_take_is_told_without_saying_it(room: Mailroom) -> None:
    with running(room, **signing_in("another")) as port:
        words = fault(ServerGone, port, user="almoner", password=SECRET + "é😀").words
    assert "password" in words


def test_a_server_without_sign_in_says_so(room: Mailroom) -> None:
    with running(room, auth_require_tls=True) as port:
        assert "takes no user" in fault(ServerGone, port, user="almoner", password=SECRET).words


def test_a_server_shows_its_password_to_nobody() -> None:
    assert SECRET not in repr(Server("mail.example", 25, "none", "council.example", "almoner", SECRET))


# what the council chose ------------------------------------------------------------------------------------------

CHOSEN = {"organiser": "calendar@council.example", "mail_host": "smtp.council.example"}


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_way_has_its_usual_port(security: str, port: int) -> None:
    assert server_of(Council(**CHOSEN, mail_security=security)).port == port
    assert server_of(Council(**CHOSEN, mail_security=security, mail_port=2525)).port == 2525


@pytest.mark.parametrize("name", CHOSEN)
def test_a_setting_that_is_missing_is_named_with_how_to_set_it(name: str) -> None:
    with pytest.raises(BadInput) as found:
        server_of(Council(**{**CHOSEN, name: ""}))
    assert found.value.field == name
    assert "almoner calendar settings --" in found.value.hint


def test_mail_in_clear_is_warned_of_unless_it_stays_on_the_machine() -> None:
    assert "not encrypted" in server_of(Council(**CHOSEN, mail_security="none")).warning
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert not server_of(Council(**{**CHOSEN, "mail_host": host}, mail_security="none")).warning
    assert not server_of(Council(**CHOSEN)).warning


def test_a_password_never_crosses_a_network_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, SECRET)
    with pytest.raises(BadInput) as found:
        server_of(Council(**CHOSEN, mail_security="none", mail_user="almoner"))
    assert found.value.field == "mail_security"
    near = Council(**{**CHOSEN, "mail_host": "localhost"}, mail_security="none", mail_user="almoner")
    assert server_of(near).password == SECRET


def keyring(monkeypatch: pytest.MonkeyPatch, get_password: Any) -> None:
    fake = types.ModuleType("keyring")
    fake.get_password = get_password  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)


def test_the_password_comes_from_the_environment_or_else_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    keyring(monkeypatch, lambda service, user: f"{service} {user}")
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    council = Council(**CHOSEN, mail_user="calendar")
    assert server_of(council).password == "almoner calendar"
    monkeypatch.setenv(PASSWORD_VARIABLE, SECRET)
    assert server_of(council).password == SECRET


def _locked(service: str, user: str) -> str:
    raise RuntimeError(SECRET)


@pytest.mark.parametrize("ring", [None, _locked, lambda service, user: None])
def test_without_a_password_it_is_told_where_to_put_it(monkeypatch: pytest.MonkeyPatch, ring: Any) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    if ring is None:
        monkeypatch.setitem(sys.modules, "keyring", None)  # as where it is not installed
    else:
        keyring(monkeypatch, ring)
    with pytest.raises(BadInput) as found:
        server_of(Council(**CHOSEN, mail_user="calendar"))
    assert found.value.field == "mail_user"
    assert PASSWORD_VARIABLE in found.value.hint
    assert SECRET not in str(found.value)


# what a server may answer ----------------------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_with_every_dot(room: Mailroom) -> None:
    with running(room) as port:
        one = sender(port)
        one.send(MESSAGE)
        one.send(MESSAGE)
        one.close()
    assert [got.raw for got in room.got] == [MESSAGE] * 2
    assert len(room.sessions) == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("550 No such user", Refused), ("450 Try later", Later)],
)
def test_what_the_server_says_to_a_recipient(room: Mailroom, reply: str, kind: type[NotTaken]) -> None:
    room.refuse["chidi@council.example"] = reply
    with running(room) as port:
        one = sender(port)
        with pytest.raises(kind) as found:
            one.send(MESSAGE)
        assert (found.value.whole_mailbox, found.value.unclear) == (True, False)  # type: ignore[attr-defined]
        one.send(MESSAGE.replace(b"chidi", b"nasreen"))  # over the same connection
        one.close()
    assert [got.to for got in room.got] == ["nasreen@council.example"]


@pytest.mark.parametrize(("reply", "kind"), [("554 Not this", Refused), ("452 Full", Later), ("421 Closing", Later)])
def test_what_the_server_says_to_a_message(room: Mailroom, reply: str, kind: type[NotTaken]) -> None:
    room.replies = [reply]
    with running(room) as port:
        one = sender(port)
        with pytest.raises(kind) as found:
            one.send(MESSAGE)
        assert not found.value.unclear
        one.send(MESSAGE)  # the connection is good for the next one, or a new one is made
        one.close()
    assert len(room.got) == 1


def test_silence_after_the_message_leaves_it_open_whether_it_was_taken(room: Mailroom) -> None:
    room.seconds = 2
    with running(room) as port:
        found = fault(Later, port, timeout=0.3)
    assert found.unclear
    assert "does not answer" in found.words


def test_silence_from_the_start_is_a_server_that_is_not_there() -> None:
    with scripted() as port:
        assert "does not answer" in fault(ServerGone, port, timeout=0.3).words


@pytest.mark.parametrize(
    "greeting",
    [
        b"554 No service for you\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00\xff\x1b[31m\r\n",
        b"220 " + b"x" * 20_000 + b"\r\n",
        b"421 Too busy\x1b]0;title\x07\r\n",
    ],
)
def test_a_strange_greeting_is_told_in_one_harmless_line(greeting: bytes) -> None:
    with scripted(greeting) as port:
        words = fault(ServerGone, port, timeout=1).words
    assert words.isprintable()
    assert len(words) < 400


def test_nobody_there() -> None:
    assert "cannot be reached" in fault(ServerGone, mailkit.free_port()).words


def test_no_such_name() -> None:
    assert "cannot be reached" in fault(ServerGone, 25, host="mail.invalid", timeout=2).words
