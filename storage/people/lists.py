"""How records about teams and workers are listed."""

from __future__ import annotations

from domain.core.dates import FROM_UNTIL
from storage.database.fragments import TEAM_MEMBERS
from storage.records.listed import BY_KIND, BY_WORKER, Listed

_SUPERVISED = "(SELECT i.staff_id FROM worker_on(:today) i WHERE i.supervisor = :worker)"

LISTS = {
    "team": Listed(
        "team",
        ("name", "service", "nation", "scheme", "full_time_points"),
        "sort_key",
        {"team": "name = :team"},
        key="name",
        dated="team",
    ),
    "worker": Listed(
        "worker",
        ("staff_id", "name", "team", "grade", "fte", "started", "leaves", "supervisor"),
        "sort_key",
        {"team": f"staff_id IN {TEAM_MEMBERS}", "worker": f"(staff_id = :worker OR staff_id IN {_SUPERVISED})"},
        key="staff_id",
        dated="worker",
    ),
    "team-period": Listed(
        "team_period",
        ("id", "team", "from", "until", "full_time_points", "full_time_hours", "scheme"),
        "team, starts, id",
        {"team": "team = :team"},
        written=FROM_UNTIL,
    ),
    "worker-period": Listed(
        "worker_period",
        ("id", "worker", "from", "until", "fte", "hours", "grade", "team", "role", "supervisor", "line_manager"),
        "worker, starts, id",
        BY_WORKER,
        written=FROM_UNTIL,
    ),
    "worker-event": Listed(
        "worker_event", ("id", "worker", "on", "kind", "details"), 'worker, "on", id', {**BY_WORKER, **BY_KIND}
    ),
}
