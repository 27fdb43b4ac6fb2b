"""Which automatic backups are kept, and where: beside the database or in a chosen folder, thinned as they grow old."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from storage.files.companion_files import label, old_label
from storage.files.durable import free_name

LATEST, DAILY, WEEKLY, MONTHLY = 5, 7, 4, 12  # a local choice: no source says how many are enough
_STAMP = "%Y%m%d-%H%M%S"


def folder_of(path: Path) -> Path:
    """Return the folder for the automatic backups of the database at ``path``."""
    return path.parent / "backups"


def name_of(path: Path, why: str, now: datetime, folder: Path) -> Path:
    """Return a name in ``folder`` that no file has yet, for a backup made at ``now``."""
    return free_name(folder, f"{label(path)}-{now.astimezone(UTC):{_STAMP}}Z-{why}", ".db")


def kept(path: Path, folder: Path | None = None) -> list[tuple[datetime, Path]]:
    """Return the automatic backups of the database at ``path``, newest first: in ``folder`` or beside it."""
    labels = "|".join(re.escape(one) for one in (label(path), old_label(path)) if one)
    shape = re.compile(rf"(?:{labels})-(\d{{8}}-\d{{6}})Z-[a-z0-9-]+\.db")
    matches = ((shape.fullmatch(file.name), file) for file in (folder or folder_of(path)).glob("*.db"))
    found = ((_moment(match[1]), file) for match, file in matches if match)
    return sorted(((made, file) for made, file in found if made), reverse=True)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def prune(path: Path, sound: Path, now: datetime) -> list[Path]:
    """Take away automatic backups nobody needs any more, where ``sound`` lies; never that, the last one verified."""
    backups = kept(path, sound.parent)
    keep = to_keep((made for made, _ in backups), now)
    gone = [file for made, file in backups if made not in keep and file != sound]
    for file in gone:
        file.with_name(file.name + ".json").unlink(missing_ok=True)
        file.unlink(missing_ok=True)
    return gone


def to_keep(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """Return the latest few, and the last of each of the latest days, weeks and months that have any.

    Those stamped later than ``now``, by a clock that was wrong, are thinned by themselves: they take no other's place.
    """
    known = set(moments)
    later = {made for made in known if made > now}
    return _thinned(known - later) | _thinned(later)


def _thinned(moments: set[datetime]) -> set[datetime]:
    newest_first = sorted(moments, reverse=True)
    keep = set(newest_first[:LATEST])
    for form, count in (("%Y-%m-%d", DAILY), ("%G-%V", WEEKLY), ("%Y-%m", MONTHLY)):
        last_of: dict[str, datetime] = {}
        for moment in newest_first:
            last_of.setdefault(moment.strftime(form), moment)
        keep |= set(list(last_of.values())[:count])
    return keep
