"""How records about cases are listed."""

from __future__ import annotations

from storage.database.fragments import TEAM_MEMBERS
from storage.records.listed import BY_CASE, BY_EITHER, BY_KIND, HELD, Listed

_OF_TEAM = "IN (SELECT reference FROM cases WHERE team = :team)"
_EITHER_CASE = f'"case" {_OF_TEAM} OR other_case {_OF_TEAM}'
_EITHER_WORKER = f"worker IN {TEAM_MEMBERS} OR other_worker IN {TEAM_MEMBERS}"

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
    "former-key": Listed(
        "former_key",
        ("id", "former", "case", "worker", "team", "merged", "on"),
        "former, id",
        # A key that is current again leads nowhere; that it came first is what calendars know the record by.
        shown='former <> coalesce("case", worker, team)',
    ),
    "not-the-same": Listed(
        "not_the_same",
        ("id", "case", "other_case", "worker", "other_worker", "reason", "on"),
        "id",
        {
            "team": f"({_EITHER_CASE} OR {_EITHER_WORKER})",
            "worker": ":worker IN (worker, other_worker)",
            "case": ':case IN ("case", other_case)',
        },
    ),
    "conflict": Listed(
        "conflict",
        ("id", "case", "worker", "why", "starts", "ends"),
        '"case", starts, id',
        {**BY_EITHER, "kind": "why = :kind", "open": "ends IS NULL"},
    ),
}
