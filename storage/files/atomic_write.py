"""Writing a file so that it is there whole or not at all, and readable by its owner alone."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from domain.core.errors import StorageProblem
from domain.core.text import clean_line
from storage.files.durable import sync_folder, sync_handle

TITLE = "The file cannot be written"
_PRIVATE = 0o600


def write_atomically(
    path: Path, data: bytes, *, mode: int = _PRIVATE, modified: float | None = None, fresh: bool = False
) -> None:
    """Put ``data`` at ``path`` in one step, with mode 0600; what stood there before stays until then.

    ``modified`` is the time of change that the file carries, in seconds; now, unless given. Where it is to be
    ``fresh``, whatever stands there by then stays: FileExistsError. What people name goes through ``outgoing``.
    Raises StorageProblem when ``path`` is a link, a folder or a device, or when the system refuses.
    """
    try:
        refuse_odd_target(path)
        _write(path, data, mode, modified, fresh)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from error


def refuse_odd_target(path: Path) -> None:
    """Refuse what must not be replaced: a link could lead anywhere, a device or folder is no file.

    Raises StorageProblem, and OSError or ValueError where the name alone is more than the system takes.
    """
    if path.is_symlink():
        raise StorageProblem(f"{_shown(path)}: this is a link.", title=TITLE, hint="Name the file that it leads to.")
    if path.exists() and not path.is_file():
        raise StorageProblem(f"{_shown(path)}: this is not a plain file.", title=TITLE, hint="Name a file to write.")


def _write(path: Path, data: bytes, mode: int, modified: float | None, fresh: bool) -> None:
    """Write beside the target and swap: only a rename within one folder happens in one step."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".almoner-", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            sync_handle(file.fileno())
        if mode != _PRIVATE:
            part.chmod(mode)
        if modified is not None:
            os.utime(part, (modified, modified))
        if not (fresh and _named(part, path)):
            _swap(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
    with suppress(OSError):  # the rename itself is to last through a power cut, where a folder can be synced
        sync_folder(path.parent)


def _named(part: Path, path: Path) -> bool:
    """Give ``part`` its name unless something has it by now, which a rename would replace; False where links fail."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a stick or a share that knows no links
        if path.exists() or path.is_symlink():
            raise FileExistsError from None
        return False
    part.unlink()
    return True


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


def why_not(error: OSError | ValueError) -> str:
    """Return in words why the system does not let anybody write somewhere."""
    if isinstance(error, ValueError):
        return "not a usable file name"
    if isinstance(error, FileNotFoundError):
        return "there is no such folder"
    if isinstance(error, PermissionError):
        return "writing there is not allowed"
    return (error.strerror or "it could not be written").lower()


def refuse_missing_folder(path: Path) -> None:
    """Refuse a file in a folder that is not there: a slip of the pen more often than a wish for a new one."""
    if not path.parent.is_dir():
        raise StorageProblem(
            f"{_shown(path)}: there is no such folder.", title=TITLE, hint="Make it first, or name another."
        )


def cannot_write(path: Path, error: OSError | ValueError) -> StorageProblem:
    """Return what to say of a place that the system does not let anybody write to."""
    hint = "Nothing was changed there. Free the place or choose another."
    return StorageProblem(f"{_shown(path)}: {why_not(error)}.", title=TITLE, hint=hint)


def _shown(path: Path) -> str:
    return clean_line(str(path))
