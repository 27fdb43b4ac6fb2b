"""How records about learning are listed."""

from __future__ import annotations

from storage.records.listed import BY_KIND, BY_WORKER, OF_WORKER, Listed

LISTS = {
    "programme": Listed(
        "programme",
        ("id", "worker", "kind", "starts", "ends", "educator", "ended_on"),
        "worker, starts, id",
        {
            "team": OF_WORKER,
            "worker": "(worker = :worker OR educator = :worker OR on_site = :worker)",
            **BY_KIND,
            "open": "ended_on IS NULL",
        },
    ),
    "learning-need": Listed(
        "learning_need",
        ("id", "worker", "title", "priority", "source", "due", "outcome", "ended_on"),
        "worker, raised_on, id",
        {**BY_WORKER, "kind": "source = :kind", "open": "ended_on IS NULL"},
    ),
    "evidence": Listed(
        "evidence", ("id", "worker", "on", "kind", "title", "domains"), 'worker, "on", id', {**BY_WORKER, **BY_KIND}
    ),
    "cpd": Listed(
        "cpd", ("id", "worker", "on", "kind", "title", "peer", "submitted_on"), 'worker, "on", id', BY_WORKER
    ),
    "cpd-closing": Listed("cpd_closing", ("id", "worker", "year", "on", "why"), "worker, year", BY_WORKER),
    "registration": Listed(
        "registration",
        ("id", "worker", "kind", "granted", "expires", "ended_on"),
        "worker, kind, granted",
        {**BY_WORKER, **BY_KIND, "open": "ended_on IS NULL"},
    ),
    "milestone": Listed(
        "milestone", ("id", "programme", "kind", "on", "by", "outcome"), 'programme, "on", id', {**BY_KIND}
    ),
    "placement-day": Listed("placement_day", ("id", "programme", "on", "kind", "part"), 'programme, "on"', {**BY_KIND}),
    "closure": Listed("closure", ("id", "programme", "starts", "ends", "why"), "programme, starts", {}),
    "stage-closing": Listed("stage_closing", ("id", "programme", "stage", "on", "why"), "programme, stage", {}),
    "extension": Listed("extension", ("id", "programme", "on", "days", "ends", "why"), 'programme, "on", id', {}),
}
