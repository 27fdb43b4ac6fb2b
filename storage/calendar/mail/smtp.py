"""Handing messages to a mail server: encrypted and verified unless the council chose otherwise, one connection for all.

The password comes from the environment or the system's keyring, is kept nowhere and appears in no message.
"""

from __future__ import annotations

import contextlib
import os
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any

from domain.core.errors import BadInput
from domain.core.text import clean_line
from storage.calendar.effective_choices import Council
from storage.calendar.mail.delivery import Later, Refused, ServerGone

PASSWORD_VARIABLE = "ALMONER_SMTP_PASSWORD"  # noqa: S105
KEYRING_SERVICE = "almoner"
TIMEOUT = 30.0  # seconds for each step of the conversation
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SHOWN = 200
_READY, _CLOSING = 250, 421
_TAKEN = frozenset({250, 251, 252})


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and how to speak to it; ``warning`` where that way is not private."""

    host: str
    port: int
    security: str
    greeting: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    warning: str = ""


def server_of(council: Council) -> Server:
    """Return the server the council chose; raises BadInput naming the setting that is missing or will not do."""
    if not council.organiser:
        raise _missing("organiser", "--organiser calendar@council.example")
    if not council.mail_host:
        raise _missing("mail_host", "--mail-host smtp.council.example")
    host = council.mail_host.strip("[]")
    near, clear = host.casefold() in _LOOPBACK, council.mail_security == "none"
    if clear and council.mail_user and not near:
        raise BadInput(
            f"a password would cross the network to {host} for all to read.",
            field="mail_security",
            where="mail_security",
            hint="Choose starttls or tls: almoner calendar settings --mail-security starttls",
        )
    return Server(
        host,
        council.mail_port or _PORTS[council.mail_security],
        council.mail_security,
        council.organiser.rpartition("@")[2],
        council.mail_user,
        _password(council.mail_user) if council.mail_user else "",
        f"Mail to {host} is not encrypted: anyone on the way can read it." if clear and not near else "",
    )


def _missing(name: str, option: str) -> BadInput:
    return BadInput(
        f"{name}: calendar mail needs this setting, and it is empty. Nothing was sent.",
        field=name,
        hint=f"Set it: almoner calendar settings {option}",
    )


def _password(user: str) -> str:
    found = os.environ.get(PASSWORD_VARIABLE) or _from_keyring(user)
    if not found:
        raise BadInput(
            "no password was found for the mail server. Nothing was sent.",
            field="mail_user",
            where="mail_user",
            hint=f"Set {PASSWORD_VARIABLE}, or keep it in the system's keyring: keyring set {KEYRING_SERVICE} USER "
            '(pip install "almoner[keyring]").',
        )
    return found


def _from_keyring(user: str) -> str:
    """Return what the system's keyring holds; nothing where there is none, or it is locked."""
    try:
        import keyring
    except ImportError:
        return ""
    try:
        return keyring.get_password(KEYRING_SERVICE, user) or ""
    except Exception:  # each platform's keyring has errors of its own, and all mean that it gave nothing
        return ""


class SmtpSender:
    """A connection to a mail server, made for the first message and again when it broke."""

    def __init__(self, server: Server, *, timeout: float = TIMEOUT) -> None:
        self._server, self._timeout = server, timeout
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: bytes) -> None:
        """Hand over one message, whose headers name sender and recipient; raises NotTaken where it was not taken."""
        head = BytesHeaderParser().parsebytes(message)
        try:
            reply = self._begin(head)
        except (OSError, smtplib.SMTPException):
            # The server let go of the connection between two messages: nothing of this one was said yet.
            self._drop()
            reply = self._begin_anew(head)
        self._check_recipient(reply, str(head["To"]))
        self._data(message)

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
        self._drop()

    # one message

    def _begin_anew(self, head: Message[str, str]) -> tuple[int, bytes]:
        try:
            return self._begin(head)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise ServerGone(_lost(self._server, error)) from None

    def _begin(self, head: Message[str, str]) -> tuple[int, bytes]:
        """Name sender and recipient; returns what the server says to the recipient."""
        fresh = self._smtp is None
        smtp = self._smtp or self._connect()
        code, said = smtp.mail(str(head["From"]))
        if code == _CLOSING and not fresh:
            raise smtplib.SMTPServerDisconnected
        if code != _READY:
            self._drop()
            manner = "refuses" if code >= 500 else "puts off"
            raise ServerGone(f"The mail server {manner} mail from the organiser ({_reply(code, said)}).")
        return smtp.rcpt(str(head["To"]))

    def _check_recipient(self, reply: tuple[int, bytes], address: str) -> None:
        code, said = reply
        if code in _TAKEN:
            return
        words = _reply(code, said)
        if code == _CLOSING:
            self._drop()
            raise ServerGone(f"The mail server closes the connection ({words}).")
        self._reset()
        if code >= 500:
            raise Refused(f"The mail server refuses {clean_line(address)} ({words}).", whole_mailbox=True)
        raise Later(f"The mail server puts off {clean_line(address)} ({words}).", whole_mailbox=True)

    def _data(self, message: bytes) -> None:
        """Send the message itself; from here on, silence may mean that it was taken."""
        assert self._smtp is not None
        try:
            code, said = self._smtp.data(message)
        except smtplib.SMTPDataError as fault:  # before any of it was sent
            code, said = fault.smtp_code, _bytes(fault.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise Later(_lost(self._server, error), unclear=True) from None
        if code == _READY:
            return
        words = _reply(code, said)
        if code == _CLOSING:
            self._drop()
        else:
            self._reset()
        if code >= 500:
            raise Refused(f"The mail server refuses the message ({words}).")
        raise Later(f"The mail server puts the message off ({words}).")

    def _reset(self) -> None:
        try:
            assert self._smtp is not None
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._smtp.close()
        self._smtp = None

    # the connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        with _in_words(server):
            smtp = self._open()
            try:
                smtp.ehlo_or_helo_if_needed()
                if server.security == "starttls":
                    _go_private(smtp, server)
                if server.user:
                    _log_in(smtp, server)
            except BaseException:
                smtp.close()
                raise
        self._smtp = smtp
        return smtp

    def _open(self) -> smtplib.SMTP:
        server = self._server
        where: dict[str, Any] = {"local_hostname": server.greeting, "timeout": self._timeout}
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, context=ssl.create_default_context(), **where)
        return smtplib.SMTP(server.host, server.port, **where)


def _go_private(smtp: smtplib.SMTP, server: Server) -> None:
    if not smtp.has_extn("starttls"):
        raise ServerGone(
            f"{server.host} offers no encryption (STARTTLS), so nothing was sent. "
            "Ask which port and security to use: almoner calendar settings --mail-security tls"
        )
    smtp.starttls(context=ssl.create_default_context())
    smtp.ehlo()


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        words = _reply(error.smtp_code, _bytes(error.smtp_error))
        raise ServerGone(f"{server.host} does not accept the user or the password ({words}).") from None
    except smtplib.SMTPNotSupportedError:
        raise ServerGone(f"{server.host} takes no user and password here. Clear mail_user if none is needed.") from None
    except UnicodeError:
        raise ServerGone("The user or the password holds characters that the mail server cannot take.") from None


@contextlib.contextmanager
def _in_words(server: Server) -> Iterator[None]:
    """Turn what can go wrong while connecting into words that say what to do."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ServerGone(
            f"The certificate of {server.host} cannot be trusted ({clean_line(error.verify_message)[:_SHOWN]}), so "
            "nothing was sent. If the council has a certificate authority of its own, name its file in SSL_CERT_FILE."
        ) from None
    except ssl.SSLError as error:
        why = clean_line(error.reason or "").replace("_", " ").lower()[:_SHOWN] or "no reason given"
        raise ServerGone(f"{server.host}, port {server.port}: no encrypted connection could be made ({why}).") from None
    except (OSError, smtplib.SMTPException) as error:
        raise ServerGone(_lost(server, error)) from None


def _lost(server: Server, error: OSError | smtplib.SMTPException) -> str:
    where = f"{server.host}, port {server.port}"
    # smtplib tells of silence as of a connection that was closed.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"The mail server does not answer ({where})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server is not ready ({where}: {_reply(error.smtp_code, _bytes(error.smtp_error))})."
    if isinstance(error, smtplib.SMTPException | ConnectionResetError | BrokenPipeError):
        return f"The mail server broke off ({where})."
    return f"The mail server cannot be reached ({where}: {clean_line(error.strerror or 'no answer').lower()[:_SHOWN]})."


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("ascii", "replace")


def _reply(code: int, said: bytes) -> str:
    """Return what a server said, whatever it was, as one harmless line."""
    return f"{code} {clean_line(said.decode('utf-8', 'replace'))[:_SHOWN]}".strip()
