"""How records about supervision are listed."""

from __future__ import annotations

from storage.database.fragments import TEAM_MEMBERS
from storage.records.listed import BY_EITHER, BY_KIND, BY_OWN_CASE, BY_WORKER, OF_CASE, OF_WORKER, Listed

LISTS = {
    # Sessions come before agreements: those held before a pair's first agreement stay what they are.
    "session": Listed(
        "session",
        ("id", "on", "start", "worker", "supervisor", "state", "held_on", "reason"),
        '"on", worker, id',
        {
            "team": OF_WORKER,
            "worker": "(worker = :worker OR supervisor = :worker)",
            "open": "state = 'planned'",
            "kind": "state = :kind",
        },
    ),
    "agreement": Listed(
        "agreement",
        ("id", "worker", "supervisor", "kind", "standard", "starts", "ends", "review_on"),
        "worker, starts, id",
        {
            "team": OF_WORKER,
            "worker": "(worker = :worker OR supervisor = :worker)",
            **BY_KIND,
            "open": "(ends IS NULL OR ends > :today)",
        },
    ),
    "attendance": Listed("attendance", ("id", "session", "worker", "absent", "agreed_on"), "session, id", BY_WORKER),
    "discussion": Listed(
        "discussion",
        ("id", "session", "case", "topic", "format"),
        "session, id",
        {**BY_OWN_CASE, "kind": "topic = :kind"},
    ),
    "amendment": Listed("amendment", ("id", "session", "case", "on", "by"), "session, id", BY_OWN_CASE),
    "rating": Listed("rating", ("id", "case", "on", "rater", "score", "about"), '"case", "on", id', BY_OWN_CASE),
    "decision": Listed(
        "decision",
        ("id", "on", "case", "worker", "body", "decided_by", "follow_by", "followed_on"),
        '"on", id',
        {**BY_EITHER, "kind": "body = :kind", "open": "followed_on IS NULL"},
    ),
    "action": Listed(
        "action",
        ("id", "owner", "who", "what", "case", "set_on", "due", "done_on"),
        "due, id",
        {
            "team": f"(owner IN {TEAM_MEMBERS} OR {OF_CASE})",
            "worker": "owner = :worker",
            "case": '"case" = :case',
            "open": "done_on IS NULL AND dropped_on IS NULL",
        },
    ),
    "agenda-item": Listed(
        "agenda_item",
        ("id", "worker", "on", "what", "case", "parked_until", "closed_on"),
        '"on", id',
        {**BY_WORKER, "case": '"case" = :case', "open": "closed_on IS NULL"},
    ),
    "disagreement": Listed(
        "disagreement",
        ("id", "worker", "case", "raised_on", "stage", "due", "ended_on"),
        "raised_on, id",
        {**BY_WORKER, "case": '"case" = :case', "kind": "stage = :kind", "open": "ended_on IS NULL"},
    ),
}
