"""How records about calendars are listed."""

from __future__ import annotations

from storage.records.listed import BY_WORKER, Listed

LISTS = {
    "calendar-choice": Listed(
        "calendar_choice", ("id", "worker", "privacy", "kinds", "leads", "by_mail"), "worker", BY_WORKER
    ),
    "calendar-settings": Listed(
        "calendar_settings", ("id", "privacy", "classification", "kinds", "leads", "organiser", "mail_host"), "id", {}
    ),
}
