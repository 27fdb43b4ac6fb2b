"""Feeds over HTTP: a small server for the folder that is published to, for this machine or behind a TLS proxy.

It only reads files, so it works while nothing else of Almoner runs. Whoever is slow, silent or talks nonsense costs
one of a fixed number of seats for some seconds at most, and loses it earlier when others wait.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http.server import ThreadingHTTPServer
from socketserver import BaseRequestHandler
from typing import Any

from domain.core.dates import stamp
from domain.core.errors import BadInput
from storage.calendar.feed_server.answers import Answer, Feeds
from storage.calendar.feed_server.http import MISTAKES, ClientConnection, Mistake, Request, part, wire
from storage.calendar.feed_server.token_gate import Gate

SEATS = 64  # connections at a time
BETWEEN = 15.0  # seconds that a connection may stay open with nothing asked
FOR_A_REQUEST = 10.0  # seconds from its first byte to its last
FOR_AN_ANSWER = 30.0
MOST_ASKED = 500  # requests on one connection
LARGEST_REQUEST = 16_384  # bytes of request line and headers
_LAST_WORDS = 2.0  # seconds that answers under way get when the server ends

Log = Callable[[str], None]


class _Seat:
    """One connection: since when it has kept the server waiting, or None while it is being answered."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.waiting_since: float | None = time.monotonic()


class FeedServer(ThreadingHTTPServer):
    """The server; ``start`` makes one, ``serve_forever`` runs it until it is shut down."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, place: tuple[str, int], feeds: Feeds, gate: Gate, log: Log) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        self.feeds, self.gate, self.log = feeds, gate, log
        self._seats: dict[socket.socket, _Seat] = {}
        self._room = threading.Condition()
        super().__init__(place, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the network what this machine is called, which can take long."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    # seats -------------------------------------------------------------------------------------------------------

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a seat and a thread; when all are taken, the one that waits longest loses its own."""
        if not self._sit(request):
            with suppress(OSError):
                request.settimeout(0.2)
                request.sendall(wire(MISTAKES[503], self.gate.clock.real(), close=True, head=False))
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # no thread to be had
            self._rise(request)
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection to its end, then free its seat."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._rise(request)

    def _sit(self, connection: socket.socket) -> bool:
        with self._room:
            if len(self._seats) >= SEATS:
                self._turn_out()
                self._room.wait_for(lambda: len(self._seats) < SEATS, timeout=1.0)
            if len(self._seats) >= SEATS:
                return False
            self._seats[connection] = _Seat(connection)
            return True

    def _turn_out(self) -> None:
        """End the connection that has kept the server waiting longest; those being answered are left alone."""
        idle = [seat for seat in self._seats.values() if seat.waiting_since is not None]
        if idle:
            longest = min(idle, key=lambda seat: seat.waiting_since or 0.0)
            with suppress(OSError):
                longest.connection.shutdown(socket.SHUT_RDWR)

    def _rise(self, connection: socket.socket) -> None:
        with self._room:
            self._seats.pop(connection, None)
            self._room.notify_all()

    def waits(self, connection: socket.socket, since: float | None) -> None:
        """Note since when a connection has kept the server waiting; None while it is being answered."""
        seat = self._seats.get(connection)
        if seat is not None:
            seat.waiting_since = since

    # ending ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Take no more connections, let answers under way end, and write the last fetches down."""
        self.server_close()
        with self._room:
            for seat in list(self._seats.values()):
                if seat.waiting_since is not None:
                    with suppress(OSError):
                        seat.connection.shutdown(socket.SHUT_RDWR)
            self._room.wait_for(lambda: not self._seats, timeout=_LAST_WORDS)
        self.gate.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say that a connection ended in a fault, and of which kind: never what it said."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.log(f"{stamp(self.gate.clock.real())} - a fault of the server: {type(error).__name__}")


def start(host: str, port: int, feeds: Feeds, gate: Gate, log: Log) -> FeedServer:
    """Return a server that listens; raises BadInput where that cannot be done."""
    try:
        return FeedServer((host, port), feeds, gate, log)
    except (OSError, OverflowError, UnicodeError) as error:
        why = (getattr(error, "strerror", None) or "not possible").lower()
        raise BadInput(
            f"--port: nothing can be served on {host}, port {port} ({why}).",
            field="--port",
            hint="Name another port; 0 takes any that is free.",
        ) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Handler(BaseRequestHandler):
    """One connection: requests one after another, each read with patience and answered in one piece."""

    server: FeedServer
    request: socket.socket

    def handle(self) -> None:
        """Answer until the client closes, asks to, makes a mistake, or has asked often enough."""
        with suppress(OSError):  # the client went away
            self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = ClientConnection(self.request, BETWEEN, FOR_A_REQUEST, LARGEST_REQUEST)
            asked = 0
            while asked < MOST_ASKED and self._one(line, last=asked == MOST_ASKED - 1):
                self.server.waits(self.request, time.monotonic())
                asked += 1

    def _one(self, line: ClientConnection, *, last: bool) -> bool:
        """Answer one request; says whether there may be another."""
        try:
            asked = line.listen()
        except Mistake as mistake:
            self.server.waits(self.request, None)
            self._send(MISTAKES[mistake.status], None, close=True)
            return False
        if asked is None:
            return False
        self.server.waits(self.request, None)
        answer = self.server.feeds.answer(asked.method, asked.target, asked.headers)
        close = last or not asked.stays
        self._send(answer, asked, close=close)
        if answer.hash:
            self.server.gate.fetched(answer.hash)
        return not close

    def _send(self, answer: Answer, asked: Request | None, *, close: bool) -> None:
        now = self.server.gate.clock.real()
        data = wire(answer, now, close=close, head=asked is not None and asked.method == "HEAD")
        self.request.settimeout(FOR_AN_ANSWER)
        try:
            self.request.sendall(data)
        finally:
            self.server.log(_line(now, asked, answer.status, len(data)))
        if close:
            part(self.request)


def _line(now: datetime, asked: Request | None, status: int, size: int) -> str:
    """Return a line of the log; what was asked for is a secret, so it is left out."""
    at = stamp(now)
    if asked is None:
        return f"{at} - - {status} {size}"
    return f"{at} {asked.method} {'/f/...' if '/f/' in asked.target else '/...'} {status} {size}"
