"""What is being done while the kill or the power cut comes, and what must hold afterwards."""

from __future__ import annotations

from tests.harness.victims import files, records, whole_files
from tests.harness.victims.scene import Scene

SCENES: dict[str, type[Scene]] = {
    "record": records.Recording,
    "import": records.Importing,
    "migrate": whole_files.Migrating,
    "backup": whole_files.BackingUp,
    "restore": whole_files.Restoring,
    "create": whole_files.Creating,
    "calendar": files.Calendars,
    "feed": files.Feeds,
    "export": files.Exporting,
    "settings": files.Setting,
    "record-carelessly": records.CarelessRecording,
    "migrate-carelessly": whole_files.CarelessMigrating,
    "backup-carelessly": whole_files.CarelessBackingUp,
    "restore-carelessly": whole_files.CarelessRestoring,
    "create-carelessly": whole_files.CarelessCreating,
    "calendar-carelessly": files.CarelessCalendars,
    "export-carelessly": files.CarelessExporting,
}
