"""The kinds of record about calendars: what a worker and the council chose."""

from __future__ import annotations

from domain.calendar.choices import CalendarChoice, CalendarChoiceFields, CalendarSettings, CalendarSettingsFields
from storage.calendar import checks
from storage.records.kind import Kind, touch_nothing
from storage.tables import CalendarChoiceRow, CalendarSettingsRow

KINDS = (
    Kind(
        "calendar-choice",
        CalendarChoiceFields,
        CalendarChoice,
        CalendarChoiceRow,
        touches=touch_nothing,
        check=checks.of_choice,
    ),
    Kind(
        "calendar-settings",
        CalendarSettingsFields,
        CalendarSettings,
        CalendarSettingsRow,
        touches=touch_nothing,
        check=checks.of_settings,
    ),
)
