"""How records about load are listed."""

from __future__ import annotations

from storage.records.listed import BY_CASE, BY_WORKER, Listed

LISTS = {
    "reduction": Listed(
        "reduction", ("id", "worker", "percent", "hours", "reason", "starts", "ends"), "worker, starts", BY_WORKER
    ),
    "weighting": Listed(
        "weighting",
        ("id", "case", "on", "scheme", "answers", "points"),
        '"case", "on", id',
        {**BY_CASE, "kind": "scheme = :kind"},
    ),
    "extra": Listed("extra", ("id", "worker", "title", "points", "starts", "ends"), "worker, starts, id", BY_WORKER),
    "unplanned": Listed(
        "unplanned",
        ("id", "worker", "on", "hours", "what", "case"),
        '"on", id',
        {**BY_WORKER, "case": '"case" = :case'},
    ),
    "concern": Listed(
        "concern",
        ("id", "worker", "raised_on", "raised_by", "answered_on", "answered_by", "review_on", "closed_on"),
        "raised_on, id",
        {**BY_WORKER, "open": "closed_on IS NULL"},
    ),
}
