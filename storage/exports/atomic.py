"""Writing a file so that it is there whole or not at all, and readable by its owner alone; folders to write into."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from domain.errors import BadInput, StorageProblem
from domain.text import clean_line, slug

TITLE = "The file cannot be written"
_PRIVATE = 0o600


def write_atomically(path: Path, data: bytes, *, mode: int = _PRIVATE, modified: float | None = None) -> None:
    """Put ``data`` at ``path`` in one step, with mode 0600; what stood there before stays until then.

    ``modified`` is the time of change that the file carries, in seconds; now, unless given.
    Raises StorageProblem when ``path`` is a link, a folder or a device, or when the system refuses.
    """
    try:
        _refuse_odd_target(path)
        _write(path, data, mode, modified)
    except (OSError, ValueError) as error:
        hint = "Nothing was changed there. Free the place or choose another."
        raise StorageProblem(f"{_shown(path)}: {_why(error)}.", title=TITLE, hint=hint) from error


def ready_folder(folder: Path) -> Path:
    """Return ``folder``, made when it is not there; raises BadInput when it cannot be one."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError):
        raise BadInput(
            f"{slug(folder.name)}: this cannot be a folder.", field="--output", hint="Name another."
        ) from None
    return folder


def _refuse_odd_target(path: Path) -> None:
    """Refuse what must not be replaced: a link could lead anywhere, a device or folder is no file."""
    if path.is_symlink():
        raise StorageProblem(f"{_shown(path)}: this is a link.", title=TITLE, hint="Name the file that it leads to.")
    if path.exists() and not path.is_file():
        raise StorageProblem(f"{_shown(path)}: this is not a plain file.", title=TITLE, hint="Name a file to write.")


def _write(path: Path, data: bytes, mode: int, modified: float | None) -> None:
    """Write beside the target and swap: only a rename within one folder happens in one step."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".almoner-", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode != _PRIVATE:
            part.chmod(mode)
        if modified is not None:
            os.utime(part, (modified, modified))
        _swap(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    _keep_folder(path.parent)


def _swap(part: Path, path: Path) -> None:
    """Put ``part`` in the place of ``path``; Windows refuses while another program has that open."""
    try:
        part.replace(path)
    except PermissionError as error:
        raise StorageProblem(
            f"{_shown(path)}: it is open in another program, or may not be replaced.",
            title=TITLE,
            hint="Close it there and try again. It is as it was.",
        ) from error


def _keep_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut, where the platform lets a folder be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):
        return "not a usable file name"
    if isinstance(error, FileNotFoundError):
        return "there is no such folder"
    if isinstance(error, PermissionError):
        return "writing there is not allowed"
    return (error.strerror or "it could not be written").lower()


def _shown(path: Path) -> str:
    return clean_line(str(path))
