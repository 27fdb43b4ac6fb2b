"""What the packs in force say, written down in the database so that readers need no packs' files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.database.connection import Connection

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet

_COLUMNS = ("kind", "id", "place", "data")
_HOLIDAYS = "bank_holidays"


class _Row(NamedTuple):
    """A thing that packs say, as it is kept."""

    kind: str
    id: str
    place: int
    data: str


class _Item(NamedTuple):
    id: str
    data: dict[str, Any]


class Packs:
    """What the packs in force say, as readers need it: one thing at a time, or a whole kind, when first asked for."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._items: dict[str, dict[str, dict[str, Any]]] = {}
        self._single: dict[str, dict[str, dict[str, Any]]] = {}

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return every thing of a kind, by id, in the packs' order."""
        if kind not in self._items:
            query = "SELECT id, data FROM pack_item WHERE kind = :kind ORDER BY place"
            self._items[kind] = {item.id: item.data for item in self._conn.all(_Item, query, kind=kind)}
        return self._items[kind]

    def get(self, kind: str, key: str) -> dict[str, Any]:
        """Return what the packs say about one thing; empty when they do not know it."""
        if kind in self._items:
            return self._items[kind].get(key, {})
        found = self._single.setdefault(kind, {})
        if key not in found:
            query = "SELECT data FROM pack_item WHERE kind = :kind AND id = :id"
            data = self._conn.value(query, kind=kind, id=key)
            found[key] = json.loads(data) if data else {}
        return found[key]

    def title(self, kind: str, key: str) -> str:
        """Return a thing's title, or its id in words."""
        return str(self.get(kind, key).get("title") or key.replace("_", " ").replace("-", " "))


def write_packs(conn: Connection, packs: PackSet) -> None:
    """Write down what the packs in force say, in the place of what was in force before."""
    conn.change("DELETE FROM pack_item")
    conn.insert("pack_item", _COLUMNS, _rows(packs))
    keep_holidays(conn, packs)


def _rows(packs: PackSet) -> Iterator[_Row]:
    for place, (kind, key, data) in enumerate(packs.items()):
        yield _Row(kind, key, place, json.dumps(data, sort_keys=True))


def altered(conn: Connection, packs: PackSet) -> list[str]:
    """Return in words what is written down and is not what the packs say, or the other way round."""
    kept = {*conn.each(_Row, "SELECT kind, id, place, data FROM pack_item")}
    nations = {row.id for row in kept if row.kind == _HOLIDAYS} | {*conn.values("SELECT DISTINCT nation FROM team")}
    said = {*_rows(packs), *(_holidays(packs, nation) for nation in nations)}
    return sorted({f"{row.kind.replace('_', ' ')} {row.id}" for row in kept ^ said})


def keep_holidays(conn: Connection, packs: PackSet) -> None:
    """Write down the bank holidays of every nation with a team, so that readers need not work them out."""
    query = """SELECT DISTINCT nation FROM team
               WHERE nation NOT IN (SELECT id FROM pack_item WHERE kind = 'bank_holidays')"""
    for nation in conn.values(query):
        conn.insert("pack_item", _COLUMNS, [_holidays(packs, nation)])


def _holidays(packs: PackSet, nation: str) -> _Row:
    days = sorted(day.isoformat() for day in packs.calendar(nation).holidays)
    return _Row(_HOLIDAYS, nation, -1, json.dumps({"days": days}))
