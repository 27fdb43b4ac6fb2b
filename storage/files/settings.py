"""A person's own settings: a small JSON file beside no data, read with patience and written whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from domain.core.errors import StorageProblem
from domain.core.text import clean_line
from storage.files.atomic_write import write_atomically
from storage.files.durable import make_folder

LONGEST_FILE = 1_000_000
MOST_A_DAY = 1  # things to be done on one day for each worker, above which a month shows a pile-up: a local choice
HIGHEST_A_DAY = 50
_PLAIN = (
    ("actor", str), ("team", str), ("theme", str), ("no_names", bool), ("session_timer", bool),
    ("calendar_folder", str), ("daily_backup", bool), ("backup_folder", str),
)  # fmt: skip


@dataclass(slots=True)
class ListState:
    """How a person left a list: the line, the order, the filter and the columns."""

    cursor: str = ""
    sort: str = ""
    descending: bool = False
    filter: str = ""
    columns: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SavedView:
    """A way of looking at a list, kept under a name: its filter, order and columns (none: the usual ones)."""

    filter: str = ""
    sort: str = ""
    descending: bool = False
    columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Settings:
    """What a person chose. ``note`` says what was wrong with the file, when something was.

    ``backup_folder`` is where the day's backup goes (empty: beside the database); ``most_a_day`` is how many things a
    day each worker can be asked to do.
    """

    path: Path | None = None
    actor: str = ""
    team: str = ""
    theme: str = ""
    no_names: bool = False
    session_timer: bool = False
    calendar_folder: str = ""
    daily_backup: bool = True
    backup_folder: str = ""
    most_a_day: int = MOST_A_DAY
    keys: dict[str, str] = field(default_factory=dict)
    lists: dict[str, ListState] = field(default_factory=dict)
    views: dict[str, dict[str, SavedView]] = field(default_factory=dict)
    note: str = ""

    def of_list(self, name: str) -> ListState:
        """Return the state of the list called ``name``, to read and to change."""
        return self.lists.setdefault(name, ListState())

    def views_of(self, name: str) -> dict[str, SavedView]:
        """Return the saved views of the list called ``name``, to read and to change."""
        return self.views.setdefault(name, {})

    def save(self) -> None:
        """Write the file whole or not at all; settings made without a path are only kept while running."""
        if self.path is not None:
            _write(self.path, json.dumps(_document(self), indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def load(path: Path | None) -> Settings:
    """Read the settings at ``path``; what cannot be used falls back to its default, with a note."""
    settings = Settings(path=path)
    if path is None or not path.exists():
        return settings
    try:
        document = _read(path)
    except (OSError, ValueError):
        settings.note = f"The settings file could not be read, so the defaults are in use: {path}"
        return settings
    if not _take(settings, document):
        settings.note = f"Part of the settings file was not understood and left out: {path}"
    return settings


def a_day(text: str) -> int | None:
    """Return the number of things a day that ``text`` names, or None when it cannot be one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number if 1 <= number <= HIGHEST_A_DAY else None


def _read(path: Path) -> Mapping[str, Any]:
    if path.stat().st_size > LONGEST_FILE:
        raise ValueError("too long")
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("not a table of settings")  # noqa: TRY004 - a fault of the file, not of the caller
    return document


def _take(settings: Settings, document: Mapping[str, Any]) -> bool:
    whole = True
    for name, kind in _PLAIN:
        value = document.get(name, getattr(settings, name))
        whole &= isinstance(value, kind)
        if isinstance(value, kind):
            setattr(settings, name, clean_line(value) if isinstance(value, str) else value)
    whole &= _take_most(settings, document.get("most_a_day", MOST_A_DAY))
    keys, lists = document.get("keys", {}), document.get("lists", {})
    if not (isinstance(keys, dict) and isinstance(lists, dict)):
        return False
    settings.keys = {k: clean_line(v) for k, v in keys.items() if isinstance(v, str)}
    settings.lists = {k: _list_state(v) for k, v in lists.items() if isinstance(v, dict)}
    whole &= _take_views(settings, document.get("views", {}))
    return whole and len(settings.keys) == len(keys) and len(settings.lists) == len(lists)


def _take_most(settings: Settings, found: Any) -> bool:
    if type(found) is not int or not 1 <= found <= HIGHEST_A_DAY:
        return False
    settings.most_a_day = found
    return True


def _take_views(settings: Settings, found: Any) -> bool:
    whole = isinstance(found, dict)
    for name, views in found.items() if whole else ():
        if not isinstance(views, dict):
            whole = False
            continue
        taken = {clean_line(k): _saved_view(v) for k, v in views.items() if isinstance(v, dict)}
        settings.views[name] = taken
        whole &= len(taken) == len(views)
    return whole


def _saved_view(found: Mapping[str, Any]) -> SavedView:
    state = _list_state(found)
    return SavedView(state.filter, state.sort, state.descending, tuple(clean_line(c) for c in state.columns))


def _list_state(found: Mapping[str, Any]) -> ListState:
    state = ListState()
    for name in ("cursor", "sort", "filter"):
        if isinstance(value := found.get(name), str):
            setattr(state, name, clean_line(value))
    state.descending = found.get("descending") is True
    if isinstance(columns := found.get("columns"), list):
        state.columns = [c for c in columns if isinstance(c, str)]
    return state


def _document(settings: Settings) -> dict[str, Any]:
    return {
        **{name: getattr(settings, name) for name, _ in _PLAIN},
        "most_a_day": settings.most_a_day,
        "keys": settings.keys,
        "views": {name: {k: asdict(v) for k, v in kept.items()} for name, kept in settings.views.items() if kept},
        "lists": {name: asdict(state) for name, state in settings.lists.items()},
    }


def _write(path: Path, text: str) -> None:
    try:
        make_folder(path.parent)
        write_atomically(path, text.encode())
    except (OSError, StorageProblem) as error:
        raise StorageProblem(
            f"The settings could not be saved in {path.parent}.",
            hint="Everything else goes on working; the settings last until you quit.",
            title="Settings not saved",
        ) from error
