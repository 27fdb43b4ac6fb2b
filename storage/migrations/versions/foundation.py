"""The foundation: every table as its class says, and what keeps the change log from being rewritten.

Until the first release a change of tables raises ``FOUNDATION`` and ``FORMAT`` in `storage/database/sqlite.py`, and
files of an older format are refused. With the first release the tables are written out here, as they then are, and
stay so; from then on each change is a step of its own.
"""

from alembic import op
from sqlmodel import SQLModel

import storage.tables  # noqa: F401 - declares every table
from storage.database.sqlite import FOUNDATION

revision = f"{FOUNDATION:04d}"
down_revision = None
branch_labels = None
depends_on = None

ROWS_MAY_CHANGE: frozenset[str] = frozenset()

TRIGGERS = (
    """
CREATE TRIGGER change_set_not_rewritten BEFORE UPDATE ON change_set
BEGIN SELECT RAISE(ABORT, 'the change log is never rewritten'); END
""",
    """
CREATE TRIGGER change_set_not_deleted BEFORE DELETE ON change_set
BEGIN SELECT RAISE(ABORT, 'the change log is never rewritten'); END
""",
    """
CREATE TRIGGER change_set_not_replaced BEFORE INSERT ON change_set
WHEN EXISTS (SELECT 1 FROM change_set WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the change log is never rewritten'); END
""",
    """
CREATE TRIGGER change_not_rewritten BEFORE UPDATE ON change
WHEN NOT (
    NEW.id IS OLD.id AND NEW.change_set IS OLD.change_set AND NEW.record IS OLD.record AND NEW."key" IS OLD."key"
    AND NEW.commitment IS OLD.commitment
    AND NEW."before" IS NULL AND NEW."after" IS NULL AND NEW.salt IS NULL
)
BEGIN SELECT RAISE(ABORT, 'the change log is never rewritten'); END
""",
    """
CREATE TRIGGER change_not_deleted BEFORE DELETE ON change
BEGIN SELECT RAISE(ABORT, 'the change log is never rewritten'); END
""",
    """
CREATE TRIGGER change_not_replaced BEFORE INSERT ON change
WHEN EXISTS (SELECT 1 FROM change WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the change log is never rewritten'); END
""",
)


def upgrade() -> None:
    """Make every table, and the triggers of the change log."""
    SQLModel.metadata.create_all(op.get_bind())
    for statement in TRIGGERS:
        op.execute(statement)
