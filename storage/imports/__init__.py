"""Import of real extracts: read, compare, show the difference, and only then write.

diff = plan_import(database.reader(), path, today=today)
with database.unit(actor, today) as unit:
    apply(unit, diff)
"""

from storage.imports.apply import apply
from storage.imports.caseload import template
from storage.imports.diff import Diff, write_rejected
from storage.imports.mapping import read_mapping
from storage.imports.plan import SOURCES, plan_import

__all__ = ["SOURCES", "Diff", "apply", "plan_import", "read_mapping", "template", "write_rejected"]
