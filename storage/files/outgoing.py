"""The one way out for files that leave: exports, rejected rows, documents, calendars, messages.

Some things are never replaced, whatever is said: the open database and what lies beside it, any database or backup,
what is being read, and what is no file of the kind to be written. Any other file that stands there is replaced only
where somebody said so; calendars that this program wrote itself are brought up to date without a question.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from domain.core.errors import BadInput, StorageProblem
from domain.core.text import clean_line, plural
from storage.files.atomic_write import (
    cannot_write,
    refuse_missing_folder,
    refuse_odd_target,
    why_not,
    write_atomically,
)
from storage.files.companion_files import is_database
from storage.files.durable import COMPANIONS, OWNER_ONLY, make_folder

_HEAD = 4096  # bytes that tell what a file is
_CALENDAR = b"BEGIN:VCALENDAR"
_OURS = {"ics": b"\nPRODID:-//Almoner//", "eml": b"@almoner.invalid>\r\nAuto-Submitted: auto-generated"}


class AlreadyThere(BadInput):
    """Files stand where others are to be written, and nobody has said yet that they may be replaced."""

    title = "Already there"

    def __init__(self, paths: Sequence[Path]) -> None:
        first = clean_line(str(paths[0]))
        others = f", and {plural(len(paths) - 1, 'other')}" if len(paths) > 1 else ""
        self.paths, self.words = tuple(paths), f"{first}{others}"
        verb, them = ("is", "it") if len(paths) == 1 else ("are", "them")
        hint = f"Name another place, or add --overwrite to replace {them}."
        super().__init__(f"{self.words} {verb} there already; nothing was written.", field="--overwrite", hint=hint)


class Outgoing:
    """Writes files that leave: ``database`` and what is being read (files or folders) stay, whatever ``overwrite``."""

    def __init__(self, database: Path | None = None, *, reading: Iterable[Path] = (), overwrite: bool = False) -> None:
        self._database = database
        self._reading = tuple(reading)
        self.overwrite = overwrite

    def check(self, paths: Iterable[Path], kind: str) -> None:
        """Refuse what may not be written, before any of it is; ``kind`` is an ending such as "csv".

        Raises AlreadyThere for files that may be replaced once somebody says so, StorageProblem for all others.
        """
        self.check_all((path, kind) for path in paths)

    def check_all(self, files: Iterable[tuple[Path, str]]) -> None:
        """Refuse what may not be written, as ``check`` does, of several kinds."""
        asking = [path for path, kind in files if self._stands(path, kind)]
        if asking and not self.overwrite:
            raise AlreadyThere(asking)

    def write(self, path: Path, data: bytes, kind: str) -> None:
        """Put ``data`` at ``path`` in one step; what came there since it was checked is not replaced either."""
        known = _is_there(path)
        self.check([path], kind)
        try:
            write_atomically(path, data, fresh=not known)
        except FileExistsError:
            raise AlreadyThere([path]) from None

    def ready_folder(self, folder: Path, mode: int = OWNER_ONLY) -> Path:
        """Return ``folder``, made for its owner alone when it is not there; raises BadInput when it cannot be one."""
        try:
            make_folder(folder, mode)
        except (OSError, ValueError) as error:
            raise BadInput(
                f"{clean_line(str(folder))}: {self._no_folder(folder, error)}.", field="--output", hint="Name a folder."
            ) from None
        return folder

    def _no_folder(self, folder: Path, error: OSError | ValueError) -> str:
        """Say why ``folder`` can be none: what stands there, or stands on the way."""
        with suppress(OSError, ValueError):
            for place in (folder, *folder.parents):
                if place.exists() and not place.is_dir():
                    this = "this" if place == folder else clean_line(str(place))
                    return f"{this} is {self._what_stands(place)}, not a folder"
        return why_not(error)

    def _what_stands(self, place: Path) -> str:
        if self._database is not None and _same(place, self._database):
            return "the database that is open"
        return "a database" if is_database(place) else "a file" if place.is_file() else "a device"

    def _stands(self, path: Path, kind: str) -> bool:
        """Whether a file stands there that somebody has to agree to lose."""
        try:
            with suppress(FileNotFoundError, NotADirectoryError):
                path.lstat()  # raises for a name that is none, which other questions take for a file not there
            self._refuse_kept(path)
            refuse_lasting(path)
            refuse_missing_folder(path)
            if not path.exists():
                return False
            with path.open("rb") as file:  # a plain file by now: a pipe would be waited for
                head = file.read(_HEAD)
        except (OSError, ValueError) as error:
            raise cannot_write(path, error) from error
        if path.suffix.casefold() != f".{kind}" or not _LOOKS.get(kind, _is_text)(path, head):
            raise _refused(path, f"what stands there is no {kind.upper()} file, so it stays")
        return not (kind in _OURS and _OURS[kind] in head)

    def _refuse_kept(self, path: Path) -> None:
        refuse_companion(path, self._database)
        if self._database is not None and _same(path, self._database):
            raise _refused(path, "this is the database that is open")
        for source in self._reading:
            if _same(path, source) or (_is_there(path) and source.is_dir() and _same(path.parent, source)):
                raise _refused(path, "this is being read, and stays as it is")


def refuse_lasting(path: Path) -> None:
    """Refuse what is replaced by nobody, not even under a name of our own: links, devices, databases, backups."""
    refuse_odd_target(path)
    if is_database(path):
        raise _refused(path, "this is a database, or a backup of one")


def refuse_companion(path: Path, database: Path | None = None) -> None:
    """Refuse the names that SQLite reads beside a database: another file under one of them would ruin it."""
    for ending in COMPANIONS:
        if path.name.casefold().endswith(ending):
            owner = path.with_name(path.name[: -len(ending)])
            if owner.name and (owner.exists() or owner == database):
                raise _refused(path, f"this belongs to the database {clean_line(owner.name)}")


def _refused(path: Path, why: str) -> StorageProblem:
    return StorageProblem(f"{clean_line(str(path))}: {why}.", title="Not overwritten", hint="Name another file.")


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _same(one: Path, other: Path) -> bool:
    """Whether two paths name one thing, by whatever links and capitals."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


# what a file of each kind looks like -------------------------------------------------------------------------------


def _is_text(_path: Path, head: bytes) -> bool:
    return b"\0" not in head


def _is_calendar(_path: Path, head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(_CALENDAR)


def _holds(part: str) -> Callable[[Path, bytes], bool]:
    def looks(path: Path, _head: bytes) -> bool:
        try:
            with zipfile.ZipFile(path) as archive:
                return part in archive.namelist()
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
            return False

    return looks


_LOOKS: dict[str, Callable[[Path, bytes], bool]] = {
    "ics": _is_calendar,
    "xlsx": _holds("xl/workbook.xml"),
    "docx": _holds("word/document.xml"),
}
