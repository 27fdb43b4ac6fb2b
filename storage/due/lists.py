"""How records about due dates are listed."""

from __future__ import annotations

from storage.records.listed import BY_CASE, BY_EITHER, BY_KIND, Listed

LISTS = {
    "postponement": Listed(
        "postponement",
        ("id", "case", "worker", "rule", "cycle", "to", "reason"),
        '"to", id',
        {**BY_EITHER, "kind": "rule = :kind"},
    ),
    "override": Listed(
        "override",
        ("id", "case", "rule", "number", "unit", "decided_on", "decided_by", "review_on", "ended_on"),
        '"case", decided_on, id',
        {**BY_CASE, "kind": "rule = :kind", "open": "ended_on IS NULL"},
    ),
    "council-date": Listed(
        "council_date",
        ("id", "case", "kind", "due", "held", "source"),
        '"case", due, id',
        {**BY_CASE, **BY_KIND, "open": "held IS NULL"},
    ),
}
