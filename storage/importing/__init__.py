"""Import of real extracts: read, compare, show the difference, and only then write.

diff = plan_import(database.reader(), path, today=today)
with database.unit(actor, today) as unit:
    apply(unit, diff)
"""

from storage.importing.apply import apply
from storage.importing.diff import Diff, write_rejected
from storage.importing.files.mapping import read_mapping
from storage.importing.importing import SOURCES, plan_import
from storage.importing.sources.caseload import template

__all__ = ["SOURCES", "Diff", "apply", "plan_import", "read_mapping", "template", "write_rejected"]
