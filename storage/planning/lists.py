"""How records about saved plans are listed."""

from __future__ import annotations

from storage.records.listed import Listed

LISTS = {
    "plan": Listed(
        "plan",
        ("name", "team", "made_on", "applied_on"),
        "made_on, name",
        {"team": "team = :team", "open": "applied_on IS NULL"},
        key="name",
    ),
}
