"""A real mail server on loopback for tests, which can be told to misbehave, and what it was given."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import icalendar
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from storage.calendar.mail.smtp import Server, SmtpSender

ORGANISER = "calendar@council.example"
ADDRESSES = {"W1": "ann@council.example", "W2": "chidi@council.example", "W3": "nasreen@council.example"}


@dataclass(frozen=True)
class Got:
    """One message as the server took it, and the one event in it."""

    raw: bytes
    sender: str
    to: str

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def part(self) -> EmailMessage:
        """The calendar part."""
        (found,) = [p for p in self.message.walk() if p.get_content_type() == "text/calendar"]
        return found

    @property
    def data(self) -> bytes:
        return self.part.get_payload(decode=True)  # type: ignore[return-value]

    @property
    def calendar(self) -> Any:
        return icalendar.Calendar.from_ical(self.data)

    @property
    def event(self) -> Any:
        (found,) = self.calendar.walk("VEVENT")
        return found

    @property
    def method(self) -> str:
        return str(self.calendar["METHOD"])

    @property
    def sequence(self) -> int:
        return int(self.event["SEQUENCE"])

    @property
    def start(self) -> date | datetime:
        return self.event.start

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def said(self) -> tuple[str, int, date | datetime]:
        """Method, sequence and start."""
        return self.method, self.sequence, self.start


@dataclass
class Mailroom:
    """What arrived, and how to answer: replies by address, replies to messages in turn, and what to do on each."""

    got: list[Got] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    senders: dict[str, str] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    on_message: Callable[[int], None] = lambda count: None
    seconds: float = 0.0
    asked: int = 0

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if address in self.senders:
            return self.senders[address]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        self.asked += 1
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        import asyncio

        if self.seconds:
            await asyncio.sleep(self.seconds)
        reply = self.replies.pop(0) if self.replies else "250 OK"
        if reply.startswith("250"):
            self.sessions.add(id(session))
            self.got.append(Got(bytes(envelope.content), envelope.mail_from, *envelope.rcpt_tos))
        self.on_message(len(self.got))
        if reply == "hang up":
            server.transport.abort()
        return reply

    def taken(self) -> list[Got]:
        """Return what arrived since last asked."""
        found, self.got = self.got, []
        return found


class _Running(Controller):
    def __init__(self, room: Mailroom, port: int, ssl_context: ssl.SSLContext | None = None, **more: Any) -> None:
        self.more = more
        super().__init__(room, hostname="127.0.0.1", port=port, ssl_context=ssl_context)

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="mail.example", **self.more)


@contextlib.contextmanager
def running(room: Mailroom, port: int | None = None, **more: Any) -> Iterator[int]:
    """Run a server; gives its port."""
    controller = _Running(room, port or free_port(), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def sender(port: int, *, timeout: float = 5.0, security: str = "none", host: str = "127.0.0.1", **more: Any):
    return SmtpSender(Server(host, port, security, "council.example", **more), timeout=timeout)


@contextlib.contextmanager
def scripted(*lines: bytes) -> Iterator[int]:
    """Run a server that says ``lines`` one by one, each after the client spoke, and then nothing more."""
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while not done.is_set():
                talk, _ = listening.accept()
                with talk, contextlib.suppress(OSError):
                    for line in lines:
                        talk.sendall(line)
                        if not talk.recv(4096):
                            break
                    done.wait(10)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        done.set()
        with contextlib.suppress(OSError):  # closing alone does not wake a thread that waits in accept
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(1)


class Clock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
