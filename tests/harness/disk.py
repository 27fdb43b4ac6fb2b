"""A disk whose power can be cut: every operation is recorded, and played back up to any moment.

The worst a file system may do is assumed. What was written to a file may be there, or not, sector by sector, until the
file is synced. What was done to names in a folder (made, moved, linked, deleted) may have happened, or not, in any
order, until the folder is synced; only a move is done or not done as a whole. What was synced stays.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import apsw

SECTOR = 512
_JOURNALS = ("-journal", "-wal")
_WITHIN_FILES = ("write", "truncate", "sync")


class Operation(NamedTuple):
    """One thing asked of the disk; ``ack`` marks the moment when ``file`` was said to be saved.

    Names are paths within the folder that is watched; the folder itself is ".".
    """

    kind: str  # create, folder, write, truncate, sync, delete, move, link, sync-folder, ack
    file: str = ""
    at: int = 0
    data: bytes = b""
    to: str = ""


def folder_of(name: str) -> str:
    """The folder in which a name stands."""
    return str(PurePosixPath(name).parent)


def is_journal(name: str) -> bool:
    """Whether SQLite syncs the folder when it first syncs this file."""
    return name.endswith(_JOURNALS)


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
        self.log.append(Operation("delete", Path(filename).name))
        if syncdir:
            self.log.append(Operation("sync-folder", "."))


class RecordingFile(apsw.VFSFile):
    """A file that notes what is done to it."""

    def __init__(self, log: list[Operation], short: str, name: Any, flags: list[int]) -> None:
        self._log, self._short = log, short
        self._name_lasts = not is_journal(short)
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
        if not self._name_lasts:
            self._log.append(Operation("sync-folder", "."))
            self._name_lasts = True


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


class _Folder:
    """A folder has no content of its own: what stands in it is in the names."""


_Names = dict[str, "_File | _Folder | None"]  # None where nothing stands
State = dict[str, bytes | None]  # what is found after a cut; None for a folder


class CutDisk:
    """Plays a log and tells, at any moment, what a power cut could leave."""

    def __init__(self, start: State) -> None:
        self._lasting: _Names = {
            name: _Folder() if content is None else _File(bytearray(content)) for name, content in start.items()
        }
        self._now: _Names = dict(self._lasting)
        self._unsure: list[_Names] = []  # what was done to names since their folder was synced, oldest first
        self.acknowledged: list[str] = []

    def play(self, operation: Operation) -> None:
        """Do one more operation."""
        kind, name = operation.kind, operation.file
        if kind == "ack":
            self.acknowledged.append(name)
        elif kind == "sync-folder":
            self._settle(name)
        elif kind in ("create", "folder"):
            self._name({name: _File() if kind == "create" else _Folder()})
        elif kind == "delete":
            self._name({name: None})
        elif kind in ("move", "link"):
            gone: _Names = {name: None} if kind == "move" else {}
            self._name({**gone, operation.to: self._now[name]})
        elif isinstance(file := self._now.get(name), _File):
            self._change(file, operation)

    def _name(self, change: _Names) -> None:
        self._now.update(change)
        self._unsure.append(change)

    def _settle(self, folder: str) -> None:
        sure = [change for change in self._unsure if {folder_of(name) for name in change} == {folder}]
        for change in sure:
            self._lasting.update(change)
            self._unsure.remove(change)

    @staticmethod
    def _change(file: _File, operation: Operation) -> None:
        if operation.kind == "sync":
            file.settle()
        else:
            file.pending.append(operation)

    def after_cut(self, chance: random.Random) -> State:
        """Return the files that may be found once the power is back."""
        found = dict(self._lasting)
        for change in self._kept(chance):
            found.update(change)
        return {
            name: file.after_cut(chance) if isinstance(file, _File) else None
            for name, file in found.items()
            if file is not None and _is_reached(name, found)
        }

    def as_asked(self) -> State:
        """Return the files as the program sees them, were everything on the disk."""
        found: State = {}
        for name, file in self._now.items():
            if isinstance(file, _File):
                content = bytearray(file.durable)
                for operation in file.pending:
                    _apply(content, operation)
                found[name] = bytes(content)
        return found

    def _kept(self, chance: random.Random) -> list[_Names]:
        """Which of the changes of names lasted: those up to some moment, or any."""
        if chance.random() < 0.5:
            return self._unsure[: chance.randrange(len(self._unsure) + 1)]
        keep = chance.choice((0.1, 0.5, 0.9))
        return [change for change in self._unsure if chance.random() < keep]


def _is_reached(name: str, found: _Names) -> bool:
    folder = folder_of(name)
    return folder == "." or (isinstance(found.get(folder), _Folder) and _is_reached(folder, found))


def cuts(
    log: Sequence[Operation], start: State, count: int, chance: random.Random
) -> Iterator[tuple[State, list[str]]]:
    """Yield, for ``count`` moments, what the disk may hold and what was said to be saved.

    Two of three moments are beside what is done to names: that is little, and there most goes wrong.
    """
    telling = [at + after for at, one in enumerate(log) if one.kind not in _WITHIN_FILES for after in (0, 1)]
    chance.shuffle(telling)
    beside = itertools.cycle(telling or [0])
    moments = sorted(next(beside) if n % 3 else chance.randrange(len(log) + 1) for n in range(count))
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
