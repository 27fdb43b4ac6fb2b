"""Files that are whole or not there: written under a name nobody else knows, forced to the disk, then named."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

COMPANIONS = ("-journal", "-wal", "-shm")  # what SQLite puts beside a database
_LEFTOVER_SECONDS = 24 * 3600
OWNER_ONLY = 0o700


def draft_name(target: Path, ending: str = "partial") -> Path:
    """Return a name beside ``target`` that nobody else uses, for what is to become it."""
    return target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.{ending}")


def free_name(folder: Path, stem: str, ending: str) -> Path:
    """Return a name that no file has yet: the stem alone, or with a number behind it."""
    names = (folder / f"{stem}{number}{ending}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if not name.exists())


@contextlib.contextmanager
def draft(path: Path) -> Iterator[None]:
    """Make an empty file that only its owner may read; what is left under that name afterwards is taken away."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield
    finally:
        for ending in ("", *COMPANIONS):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def clear_leftovers(folder: Path, pattern: str, now: datetime) -> None:
    """Take away drafts that a crash left behind more than a day before ``now``."""
    for old in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if now.timestamp() - old.stat().st_mtime > _LEFTOVER_SECONDS:
                old.unlink()


def make_folder(folder: Path, mode: int = OWNER_ONLY) -> None:
    """Make a folder that only its owner may enter, and those above it, for good; what is there stays as it is.

    Each is made by itself: ``mkdir`` with ``parents`` gives the mode to the last alone.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(mode=mode, exist_ok=True)
    if not missing:
        folder.mkdir(mode=mode, exist_ok=True)  # says so where a file stands there
    for place in missing:
        sync_folder(place.parent)


def sync_file(path: Path) -> None:
    """Wait until the file is on the disk itself."""
    with path.open("r+b") as file:
        sync_handle(file.fileno())


def sync_handle(handle: int) -> None:
    """Wait until what was written to an open file is on the disk itself."""
    if sys.platform == "darwin":  # where a plain fsync stops at the drive's own memory
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def delete_for_good(files: Iterable[Path]) -> tuple[int, tuple[Path, ...]]:
    """Delete files so that none comes back after a power cut; return how many went, and which could not be deleted."""
    gone, left = [], []
    for file in files:
        try:
            file.unlink()
            gone.append(file)
        except FileNotFoundError:
            continue
        except OSError:
            left.append(file)
    for folder in {file.parent for file in gone}:
        with contextlib.suppress(OSError):  # a share that cannot be asked
            sync_folder(folder)
    return len(gone), tuple(left)


def sync_folder(folder: Path) -> None:
    """Wait until the names in the folder are on the disk (Windows does this by itself and cannot be asked)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
