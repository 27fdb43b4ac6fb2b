"""A disk whose power can be cut: every operation SQLite issues is recorded, and played back up to any moment.

The worst a file system may do is assumed. What was not synced may be there, or not, sector by sector. A new name in a
folder lasts once the file is synced; a deletion lasts once the folder is. What was synced stays.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import apsw

SECTOR = 512


class Operation(NamedTuple):
    """One thing asked of the disk; ``ack`` marks the moment a change was said to be saved."""

    kind: str  # create, write, truncate, sync, delete, delete-synced, ack
    file: str = ""
    at: int = 0
    data: bytes = b""


class RecordingDisk(apsw.VFS):
    """The ordinary disk, with everything asked of it written down."""

    def __init__(self, name: str) -> None:
        self.log: list[Operation] = []
        self.name = name
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's names
        """Open a file and note it when it is new."""
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        if path and not Path(path).exists():
            self.log.append(Operation("create", Path(path).name))
        return RecordingFile(self.log, Path(path).name if path else "", name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete, and note whether the folder was synced."""
        super().xDelete(filename, syncdir)
        self.log.append(Operation("delete-synced" if syncdir else "delete", Path(filename).name))


class RecordingFile(apsw.VFSFile):
    """A file that notes what is done to it."""

    def __init__(self, log: list[Operation], short: str, name: Any, flags: list[int]) -> None:
        self._log, self._short = log, short
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        """Write."""
        super().xWrite(data, offset)
        self._log.append(Operation("write", self._short, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        """Cut to a size."""
        super().xTruncate(newsize)
        self._log.append(Operation("truncate", self._short, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        """Force to the disk."""
        super().xSync(flags)
        self._log.append(Operation("sync", self._short))


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Operation] = field(default_factory=list)

    def settle(self) -> None:
        for operation in self.pending:
            _apply(self.durable, operation)
        self.pending.clear()

    def after_cut(self, chance: random.Random) -> bytes:
        """What may be found once the power is back."""
        keep = chance.choice((0.1, 0.5, 0.9))
        content = bytearray(self.durable)
        for operation in self.pending:
            for part in _sectors(operation):
                if chance.random() < keep:
                    _apply(content, part)
        return bytes(content)


class CutDisk:
    """Plays a log and tells, at any moment, what a power cut could leave."""

    def __init__(self, start: dict[str, bytes]) -> None:
        self._now: dict[str, _File | None] = {name: _File(bytearray(content)) for name, content in start.items()}
        self._possible: dict[str, list[_File | None]] = {name: [file] for name, file in self._now.items()}
        self.acknowledged: list[int] = []

    def play(self, operation: Operation) -> None:
        """Do one more operation."""
        kind, name = operation.kind, operation.file
        if kind == "ack":
            self.acknowledged.append(operation.at)
        elif kind == "create":
            self._now[name] = _File()
            self._possible.setdefault(name, [None]).append(self._now[name])
        elif kind.startswith("delete"):
            self._now[name] = None
            self._possible[name] = [None] if kind == "delete-synced" else [*self._possible.get(name, []), None]
        elif file := self._now.get(name):
            self._change(file, operation)

    def _change(self, file: _File, operation: Operation) -> None:
        if operation.kind == "sync":
            file.settle()
            self._possible[operation.file] = [file]
        else:
            file.pending.append(operation)

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return the files that may be found once the power is back."""
        found = {name: chance.choice(possible) for name, possible in self._possible.items()}
        return {name: file.after_cut(chance) for name, file in found.items() if file is not None}


def cuts(
    log: list[Operation], start: dict[str, bytes], count: int, chance: random.Random
) -> Iterator[tuple[dict[str, bytes], list[int]]]:
    """Yield, for ``count`` random moments, what the disk may hold and which changes were said to be saved."""
    moments = sorted(chance.randrange(len(log) + 1) for _ in range(count))
    disk, played = CutDisk(start), 0
    for moment in moments:
        for operation in log[played:moment]:
            disk.play(operation)
        played = moment
        yield disk.after_cut(chance), list(disk.acknowledged)


def _apply(content: bytearray, operation: Operation) -> None:
    if operation.kind == "truncate":
        del content[operation.at :]
        return
    end = operation.at + len(operation.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[operation.at : end] = operation.data


def _sectors(operation: Operation) -> Iterator[Operation]:
    if operation.kind != "write":
        yield operation
        return
    at, end = operation.at, operation.at + len(operation.data)
    while at < end:
        stop = min(end, (at // SECTOR + 1) * SECTOR)
        yield operation._replace(at=at, data=operation.data[at - operation.at : stop - operation.at])
        at = stop
