"""What settings remember by name (a team, who is working, filters), and what that is called on record now.

Settings lie outside the database, so no correction of a name changes them: they are brought in line as a screen reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from domain.core.text import sort_key
from storage.database.connection import Connection
from storage.files.settings import Settings
from storage.people.teams import team_names
from storage.records.keys import former_keys

# In filters: a field and what is looked for in it, in quotes or not (`tui/grid/filtering.py`).
_NAMED = re.compile(r'(?<!\S)(-?[^\s:"<>]+:)(?:"([^"]*)"|([^\s"]+))')


class Now(NamedTuple):
    """The team to show, with ``words`` for the person where that is another one.

    ``worker`` is the staff id of whoever is working, where it is another than is remembered; ``led`` says where former
    keys lead, by how a filter compares them.
    """

    team: str
    words: str
    worker: str
    led: Mapping[str, str]


def now(conn: Connection, team: str, actor: str) -> Now:
    """Return what a remembered team and a person working are called now."""
    leads = former_keys.leads(conn)
    worker = next((one.now for one in reversed(leads) if (one.kind, one.former) == ("worker", actor)), "")
    return Now(*_team(conn, team), worker, {sort_key(one.former): one.now for one in leads})


def _team(conn: Connection, wanted: str) -> tuple[str, str]:
    names = team_names(conn)
    if not wanted or wanted in names or not names:
        return wanted, ""
    called = former_keys.now(conn, "team", wanted)
    if called in names:
        return called, f"The team {wanted} is called {called} now."
    return names[0], f"There is no team {wanted} here: {names[0]} is shown. t chooses another."


def follow_filters(settings: Settings, led: Mapping[str, str]) -> None:
    """Let every remembered filter look for what it looked for, by the key that it has now."""
    for state in settings.lists.values():
        state.filter = followed(state.filter, led)
    for views in settings.views.values():
        for name, view in views.items():
            views[name] = replace(view, filter=followed(view.filter, led))


def followed(filter_text: str, led: Mapping[str, str]) -> str:
    """Return a filter that looks for former keys in a column as one that looks for those of now."""

    def put(match: re.Match[str]) -> str:
        key = led.get(sort_key(match[2] or match[3]))
        if key is None:
            return match[0]
        return f'{match[1]}"{key}"' if " " in key else f"{match[1]}{key}"

    return _NAMED.sub(put, filter_text)
