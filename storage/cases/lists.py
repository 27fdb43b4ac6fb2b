"""How records about cases are listed."""

from __future__ import annotations

from storage.records.listed import BY_CASE, BY_EITHER, BY_KIND, HELD, Listed

LISTS = {
    "case": Listed(
        "cases",
        ("reference", "name", "team", "pathways", "opened", "closed"),
        "reference",
        {
            "team": "team = :team",
            "worker": HELD,
            "case": "reference = :case",
            "open": "closed IS NULL",
            "kind": "pathways LIKE '%\"' || :kind || '\"%'",
        },
        key="reference",
    ),
    "event": Listed("event", ("id", "case", "on", "kind", "details"), '"case", "on", id', {**BY_CASE, **BY_KIND}),
    "allocation": Listed(
        "allocation",
        ("id", "case", "worker", "role", "starts", "ends", "reason"),
        '"case", starts, id',
        {**BY_EITHER, "open": "ends IS NULL", "kind": "role = :kind"},
    ),
    "former-key": Listed("former_key", ("id", "former", "case", "worker", "team", "merged", "on"), "former, id"),
    "conflict": Listed(
        "conflict",
        ("id", "case", "worker", "why", "starts", "ends"),
        '"case", starts, id',
        {**BY_EITHER, "kind": "why = :kind", "open": "ends IS NULL"},
    ),
}
