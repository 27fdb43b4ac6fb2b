"""Writes down everything that the program asks of the disk in one folder, whether by itself or through SQLite.

What Python writes is seen when something else happens: what a file holds then and did not hold before was written, and
is not on the disk until it is synced. What SQLite does is noted call by call: its methods for files are wrapped in the
very library that Python uses.
"""

from __future__ import annotations

import _sqlite3
import contextlib
import ctypes
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from functools import cache, wraps
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from storage.files import durable
from tests.harness.disk import Operation, State, folder_of, is_journal

_CLOSE = CFUNCTYPE(c_int, c_void_p)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)


class _Methods(Structure):
    """``sqlite3_io_methods``: what can be done to an open file."""

    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", c_void_p), ("truncate", c_void_p),
        ("sync", c_void_p), *((f"other{n}", c_void_p) for n in range(13)),
    ]  # fmt: skip


class _Vfs(Structure):
    """``sqlite3_vfs``: how files are opened and deleted."""

    _fields_ = [
        ("version", c_int), ("size", c_int), ("longest", c_int), ("next", c_void_p), ("name", c_char_p),
        ("data", c_void_p), ("open", c_void_p), ("delete", c_void_p), *((f"other{n}", c_void_p) for n in range(14)),
    ]  # fmt: skip


class _Handle(NamedTuple):
    """A file that SQLite has open."""

    own: _Methods
    inode: int


@cache
def library() -> ctypes.CDLL | None:
    """The SQLite that Python uses; None where it is built in and cannot be reached."""
    try:
        found = ctypes.CDLL(_sqlite3.__file__)
        found.sqlite3_vfs_find.restype = POINTER(_Vfs)
    except (AttributeError, OSError):
        return None
    return found


class Site(NamedTuple):
    """Where the program has something synced: the module, function and line, those of ``durable`` left out."""

    module: str
    function: str
    line: int


def _site() -> Site:
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename in (__file__, durable.__file__):
        frame = frame.f_back
    return Site(Path(frame.f_code.co_filename).stem, frame.f_code.co_name, frame.f_lineno)


class Recorder:
    """The log of one folder, and what each file is known to hold.

    ``sites`` are those that had something synced; a ``spared`` one is told so, and nothing is.
    """

    def __init__(self, folder: Path, spared: Site | None = None) -> None:
        self.folder, self.log = folder, list[Operation]()
        self.sites, self._spared = set[Site](), spared
        self.lock = threading.RLock()
        self._names: dict[str, int] = {}
        self._known: dict[int, bytearray] = {}
        self.look()
        self.start: State = {
            name: bytes(self._known[inode]) if inode in self._known else None for name, inode in self._names.items()
        }
        self.log.clear()

    def ack(self, said: object) -> None:
        """Note that something was said to be saved."""
        with self.lock:
            self.look()
            self.log.append(Operation("ack", str(said)))

    def look(self) -> None:
        """Note what came, went or changed without being seen."""
        there = {self.name(path): path for path in self.folder.rglob("*") if not path.is_symlink()}
        for name in self._names.keys() - there.keys():
            self.gone(name)
        for name in sorted(there):  # a folder before what stands in it
            with contextlib.suppress(FileNotFoundError):
                self._compare(name, there[name])

    def _compare(self, name: str, path: Path) -> None:
        state = path.stat()
        if self._names.get(name) != state.st_ino:
            self.come(name, state)
        if stat.S_ISREG(state.st_mode) and (content := path.read_bytes()) != self._known[state.st_ino]:
            self.log += [Operation("truncate", name, 0), Operation("write", name, 0, content)]
            self._known[state.st_ino] = bytearray(content)

    def name(self, path: str | os.PathLike[str]) -> str:
        """The name of ``path`` in the folder, whatever links lead there; empty for what lies elsewhere."""
        whole = Path(os.path.realpath(Path(path).parent), Path(path).name)
        return whole.relative_to(self.folder).as_posix() if whole.is_relative_to(self.folder) else ""

    def come(self, name: str, state: os.stat_result) -> None:
        """Note a new file or folder."""
        regular = stat.S_ISREG(state.st_mode)
        self._names[name] = state.st_ino
        if regular:
            self._known[state.st_ino] = bytearray()
        self.log.append(Operation("create" if regular else "folder", name))

    def gone(self, name: str) -> None:
        """Note that a name is no more."""
        inode = self._names.pop(name)
        if inode not in self._names.values():
            self._known.pop(inode, None)
        self.log.append(Operation("delete", name))

    def renamed(self, kind: str, old: str, new: str) -> None:
        """Note a move or a link."""
        before, inode = self._names.get(new), self._names[old]
        self._names[new] = inode
        if kind == "move":
            del self._names[old]
        if before is not None and before not in self._names.values():
            self._known.pop(before, None)
        self.log.append(Operation(kind, old, to=new))

    def changed(self, inode: int, kind: str, at: int = 0, data: bytes = b"") -> None:
        """Note what was done to a file; nobody will find one that has no name any more."""
        name = next((name for name, one in self._names.items() if one == inode), "")
        if not name:
            return
        self.log.append(Operation(kind, name, at, data))
        if kind == "write":
            content = self._known[inode]
            content.extend(bytes(max(0, at - len(content))))
            content[at : at + len(data)] = data
        elif kind == "truncate":
            del self._known[inode][at:]

    def synced(self, handle: int) -> None:
        """Note what was synced: a file, or a folder of names."""
        state = os.fstat(handle)
        self.sites.add(site := _site())
        if site == self._spared:
            return
        if not stat.S_ISDIR(state.st_mode):
            self.changed(state.st_ino, "sync")
        elif os.path.samestat(state, self.folder.stat()):
            self.log.append(Operation("sync-folder", "."))
        elif name := next((name for name, one in self._names.items() if one == state.st_ino), ""):
            self.log.append(Operation("sync-folder", name))


@contextlib.contextmanager
def recording(folder: Path, spared: Site | None = None) -> Iterator[Recorder]:
    """Write down what is asked of the disk in ``folder`` while the block runs."""
    found = Recorder(folder.resolve(), spared)
    with pytest.MonkeyPatch.context() as patch, _Sqlite(found).watched():
        for name in ("fsync", "replace", "rename", "link", "unlink", "remove"):
            patch.setattr(os, name, _noting(found, name, getattr(os, name)))
        yield found
    found.look()


def _noting(recorder: Recorder, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap one of the system's functions, so that it says what it did."""

    @wraps(real)
    def noted(first: Any, *more: Any, **how: Any) -> Any:
        with recorder.lock:
            recorder.look()
            here = "" if name == "fsync" else recorder.name(first)
            answer = real(first, *more, **how)
            if name == "fsync":
                recorder.synced(first)
            elif here and name in ("unlink", "remove"):
                recorder.gone(here)
            elif here:
                recorder.renamed("link" if name == "link" else "move", here, recorder.name(more[0]))
            return answer

    return noted


class _Sqlite:
    """SQLite's usual way to files, wrapped."""

    def __init__(self, recorder: Recorder) -> None:
        found = library()
        assert found is not None
        self._library, self._recorder = found, recorder
        self._handles: dict[int, _Handle] = {}
        self._tables: dict[int, _Methods] = {}
        self._new_journals: set[int] = set()
        self._usual = found.sqlite3_vfs_find(None)
        self._callbacks = (
            _CLOSE(self._close), _WRITE(self._write), _TRUNCATE(self._truncate), _SYNC(self._sync),
            _OPEN(self._open), _DELETE(self._delete),
        )  # fmt: skip
        self._ours = _Vfs.from_buffer_copy(self._usual.contents)
        self._ours.name, self._ours.next = b"almoner-recording", None
        self._ours.open, self._ours.delete = (ctypes.cast(one, c_void_p).value for one in self._callbacks[4:])

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Have every connection that is opened meanwhile go through here; they are to be closed by the end."""
        self._library.sqlite3_vfs_register(ctypes.byref(self._ours), 1)
        try:
            yield
        finally:
            self._library.sqlite3_vfs_unregister(ctypes.byref(self._ours))
            self._library.sqlite3_vfs_register(self._usual, 1)
        assert not self._handles, "a connection outlived the recording"

    def _open(self, _vfs: int, name: int, file: int, flags: int, out: int) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        with self._recorder.lock:
            short = self._recorder.name(path) if path else ""
            if short:
                self._recorder.look()
            new = bool(short) and not Path(path).exists()
            answer = int(
                _OPEN(self._usual.contents.open)(ctypes.addressof(self._usual.contents), name, file, flags, out)
            )
            if answer == 0 and short:
                state = Path(path).stat()
                if new:
                    self._recorder.come(short, state)
                self._wrap(file, state.st_ino)
                if is_journal(short):
                    self._new_journals.add(file)
        return answer

    def _wrap(self, file: int, inode: int) -> None:
        """Put our methods into an open file; each kind of file has a table of its own."""
        slot = c_void_p.from_address(file)
        own = _Methods.from_address(slot.value or 0)
        if slot.value not in self._tables:
            ours = _Methods.from_buffer_copy(own)
            for name, callback in zip(("close", "write", "truncate", "sync"), self._callbacks[:4], strict=True):
                setattr(ours, name, ctypes.cast(callback, c_void_p).value)
            self._tables[slot.value or 0] = ours
        self._handles[file] = _Handle(own, inode)
        slot.value = ctypes.addressof(self._tables[slot.value or 0])

    def _delete(self, _vfs: int, name: int, sync: int) -> int:
        with self._recorder.lock:
            short = self._recorder.name(os.fsdecode(ctypes.string_at(name)))
            answer = int(_DELETE(self._usual.contents.delete)(ctypes.addressof(self._usual.contents), name, sync))
            if answer == 0 and short:
                self._recorder.gone(short)
                if sync:
                    self._recorder.log.append(Operation("sync-folder", folder_of(short)))
        return answer

    def _close(self, file: int) -> int:
        self._new_journals.discard(file)
        return int(_CLOSE(self._handles.pop(file).own.close)(file))

    def _write(self, file: int, data: int, size: int, at: int) -> int:
        own, inode = self._handles[file]
        with self._recorder.lock:
            answer = int(_WRITE(own.write)(file, data, size, at))
            if answer == 0:
                self._recorder.changed(inode, "write", at, ctypes.string_at(data, size))
        return answer

    def _truncate(self, file: int, size: int) -> int:
        own, inode = self._handles[file]
        with self._recorder.lock:
            answer = int(_TRUNCATE(own.truncate)(file, size))
            if answer == 0:
                self._recorder.changed(inode, "truncate", size)
        return answer

    def _sync(self, file: int, flags: int) -> int:
        own, inode = self._handles[file]
        with self._recorder.lock:
            answer = int(_SYNC(own.sync)(file, flags))
            if answer == 0:
                self._recorder.changed(inode, "sync")
                if file in self._new_journals:
                    self._new_journals.discard(file)
                    self._sync_folder_of(inode)
        return answer

    def _sync_folder_of(self, inode: int) -> None:
        name = self._recorder.log[-1].file
        self._recorder.log.append(Operation("sync-folder", folder_of(name)))
