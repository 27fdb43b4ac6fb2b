"""What every narrow read shares: what packs say, days, and when an allocation stands."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from typing import Any

# An allocation stands on a day when it has begun and not ended; a case is open while it has no closing date.
HOLDS = "a.starts <= :today AND (a.ends IS NULL OR a.ends > :today)"
HELD_BY = f"""(SELECT a.worker FROM allocation a
  WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND {HOLDS} ORDER BY a.starts DESC LIMIT 1)"""  # noqa: S608

# What a case weighs on a day: its points, or what is left of them once it counts as dormant.
POINTS = "CASE WHEN p.dormant_from <= :today THEN p.dormant_points ELSE p.points END"


class Packs:
    """What the packs in force say, as readers need it: one thing at a time, or a whole kind, when first asked for."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._items: dict[str, dict[str, dict[str, Any]]] = {}
        self._single: dict[str, dict[str, dict[str, Any]]] = {}

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return every thing of a kind, by id, in the packs' order."""
        if kind not in self._items:
            rows = self._conn.execute("SELECT id, data FROM pack_item WHERE kind = ? ORDER BY place", (kind,))
            self._items[kind] = {key: json.loads(data) for key, data in rows.fetchall()}
        return self._items[kind]

    def get(self, kind: str, key: str) -> dict[str, Any]:
        """Return what the packs say about one thing; empty when they do not know it."""
        if kind in self._items:
            return self._items[kind].get(key, {})
        found = self._single.setdefault(kind, {})
        if key not in found:
            query = "SELECT data FROM pack_item WHERE kind = ? AND id = ?"
            row = self._conn.execute(query, (kind, key)).fetchone()
            found[key] = json.loads(row[0]) if row else {}
        return found[key]

    def title(self, kind: str, key: str) -> str:
        """Return a thing's title, or its id in words."""
        return str(self.get(kind, key).get("title") or key.replace("_", " ").replace("-", " "))


def day(text: str | None) -> date | None:
    """Return a kept day."""
    return None if text is None else date.fromisoformat(text)
