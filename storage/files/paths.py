"""Where things belong on each platform, and which folders a database must not live in."""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path

from domain.core.errors import BadInput
from domain.core.text import clean_line

DEMO = "demo.db"  # what the demonstration is called beside the usual database

_NETWORK_KINDS = frozenset(
    """
    nfs nfs4 cifs smb3 smbfs smb2 9p afs ceph coda davfs glusterfs lustre ncpfs beegfs gpfs vboxsf vmhgfs prl_fs
    fuse.sshfs fuse.davfs fuse.davfs2 fuse.rclone fuse.s3fs fuse.glusterfs fuse.ceph fuse.gvfsd-fuse fuse.curlftpfs
    fuse.smbnetfs fuse.vmhgfs-fuse fuse.onedriver fuse.google-drive-ocamlfuse fuse.dropbox
    """.split()  # noqa: SIM905 - a list of words reads better so
)
_SYNC_FOLDERS = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "google_drive": "Google Drive",
    "icloud drive": "iCloud",
    "iclouddrive": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "cloudstorage": "a cloud drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "box sync": "Box",
    "pcloud drive": "pCloud",
    "pclouddrive": "pCloud",
}
_SYNC_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_SHOWN = 200  # characters of a path in a message
_DRIVE_REMOTE = 4  # GetDriveTypeW
_MNT_LOCAL = 0x1000  # statfs.f_flags on macOS


def default_database() -> Path:
    """Where the database lives unless somebody says otherwise: this machine, this user, never a roaming profile."""
    return _folder("data") / "almoner.db"


def settings_path() -> Path:
    """Where the settings of this user are kept."""
    return _folder("config") / "settings.json"


def log_path() -> Path:
    """Where the log is written."""
    return _folder("log") / "almoner.log"


def _folder(kind: str) -> Path:
    """The platform's folder; ``ALMONER_HOME`` keeps everything in one folder instead."""
    home = os.environ.get("ALMONER_HOME")
    if home:
        return typed(home, "ALMONER_HOME")
    import platformdirs

    if kind == "config":
        return platformdirs.user_config_path("almoner", appauthor=False)
    if kind == "log":
        return platformdirs.user_log_path("almoner", appauthor=False)
    return platformdirs.user_data_path("almoner", appauthor=False)


def typed(text: str, field: str, hint: str = "") -> Path:
    """Return the path that somebody typed, with ``~`` in full; raises BadInput naming ``field`` for what is none.

    What it returns may be asked whether it is there: names that the system does not take at all (too long, through a
    file, behind a locked folder) are refused here, since such a question would raise OSError.
    """
    shown = clean_line(text)
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    what = f"{shown} cannot be found" if shown else "name a file or a folder"
    try:
        if text.strip() and "\0" not in text:
            return _known_to_the_system(Path(text).expanduser())
    except RuntimeError:  # the home of nobody known
        pass
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "not a usable name").lower()
        what = f"{shown} cannot be used: {why}"
    raise BadInput(f"{field}: {what}.", field=field, hint=hint)


def home() -> Path:
    """Return the person's own folder, or where the program was started for a user who has none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path.cwd()


def is_folder(path: Path) -> bool:
    """Whether a folder is there; one that the system does not let us look at counts as none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def contents(path: Path, field: str, most: int) -> bytes:
    """Return what a file holds, ``most`` bytes and one, so that more than that can be told; raises BadInput."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "it cannot be read").lower()
        raise BadInput(f"{field}: {clean_line(path.name)}: {why}.", field=field) from None


def _known_to_the_system(path: Path) -> Path:
    with suppress(FileNotFoundError, NotADirectoryError):
        path.stat()
    return path


def network_or_sync(path: Path) -> str | None:
    """Say in plain words why ``path`` is no place for a live database, or None when it is fine."""
    if synced := _sync_service(path):
        return f"it lies in a folder that {synced} copies elsewhere"
    if kind := _network_kind(_nearest_folder(path)):
        return f"it lies on a network drive ({kind})"
    return None


def _nearest_folder(path: Path) -> Path:
    path = path.absolute()
    existing = next((p for p in (path, *path.parents) if p.exists()), path)
    return existing.resolve()


def _sync_service(path: Path) -> str | None:
    path = path.absolute()
    for variable in _SYNC_VARIABLES:
        root = os.environ.get(variable)
        if root and path.is_relative_to(Path(root)):
            return "OneDrive"
    return next((name for part in path.parts if (name := _sync_folder(part))), None)


def _sync_folder(part: str) -> str | None:
    # "OneDrive - Northshire Council", "Dropbox (Personal)" and "GoogleDrive-me@example.org" are such folders too.
    plain = re.split(r" - | \(|-", part.casefold(), maxsplit=1)[0]
    return _SYNC_FOLDERS.get(plain)


def _network_kind(path: Path) -> str | None:
    if sys.platform == "win32":
        return _windows_kind(path)
    if sys.platform == "darwin":
        return _mac_kind(path)
    return _linux_kind(path)


def _linux_kind(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    found, depth = "", -1
    for line in lines:
        point, kind = _mount(line)
        if path.is_relative_to(point) and len(point.parts) >= depth:
            found, depth = kind, len(point.parts)
    # Some sandboxes serve their whole root over 9p from the same machine: that is no network.
    return found if found in _NETWORK_KINDS and not (found == "9p" and depth == 1) else None


def _mount(line: str) -> tuple[Path, str]:
    """Read one line of mountinfo: the mount point (spaces come as ``\\040``) and the kind of file system."""
    front, _, back = line.partition(" - ")
    point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), front.split()[4])
    return Path(point), back.split()[0]


def _windows_kind(path: Path) -> str | None:
    text = str(path)
    if text.startswith("\\\\?\\UNC\\") or (text.startswith("\\\\") and not text.startswith(("\\\\?\\", "\\\\.\\"))):
        return "a shared folder"
    import ctypes

    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
    return "a mapped drive" if kernel.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE else None


def _mac_kind(path: Path) -> str | None:
    """Ask statfs: bytes 64 to 68 are its flags, 72 to 88 the name of the file system."""
    import ctypes
    import ctypes.util

    try:
        library = ctypes.CDLL(ctypes.util.find_library("c"))
        ask = getattr(library, "statfs$INODE64", None) or library.statfs
    except (OSError, AttributeError):
        return None
    answer = ctypes.create_string_buffer(4096)
    if ask(os.fsencode(path), answer) != 0:
        return None
    local = int.from_bytes(answer.raw[64:68], sys.byteorder) & _MNT_LOCAL
    return None if local else answer.raw[72:88].split(b"\0")[0].decode("ascii", "replace")
