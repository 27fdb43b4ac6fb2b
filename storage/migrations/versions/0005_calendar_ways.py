"""The council's calendar settings, what each way out last said of each entry, and plans that may go.

Frozen as it was when first released.
"""

from alembic import op

from storage.migrations.copying import copy_into, statements

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROWS_MAY_CHANGE: frozenset[str] = frozenset()

NEW = """
CREATE TABLE calendar_settings (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    privacy TEXT NOT NULL,
    initials_allowed INTEGER NOT NULL,
    classification TEXT NOT NULL,
    leads TEXT NOT NULL,
    kinds TEXT NOT NULL,
    feed_address TEXT NOT NULL,
    feed_folder TEXT NOT NULL,
    organiser TEXT NOT NULL,
    mail_host TEXT NOT NULL,
    mail_port INTEGER,
    mail_security TEXT NOT NULL,
    mail_user TEXT NOT NULL,
    mail_per_minute INTEGER NOT NULL,
    mail_ahead INTEGER,
    PRIMARY KEY (id)
) STRICT;
"""

ENTRY = """
CREATE TABLE calendar_entry (
    recipient TEXT NOT NULL,
    "key" TEXT NOT NULL,
    digest TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    gone_at TEXT,
    shown TEXT NOT NULL,
    file_sequence INTEGER,
    mail_sequence INTEGER,
    PRIMARY KEY (recipient, "key")
) STRICT;
"""

# What was applied from a plan says so by name, also once the plan is deleted.
ALLOCATION = """
CREATE TABLE allocation (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    worker TEXT NOT NULL,
    role TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    reason TEXT,
    note TEXT NOT NULL,
    overruled TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    under TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT role_listed CHECK (role IN ('allocated_worker', 'co_worker', 'consultant', 'cover',
        'personal_adviser', 'supervised')),
    CONSTRAINT changereason_listed CHECK (reason IN ('MANAGE', 'FCONTA', 'LEFTRL', 'ORGRST', 'TSPROC',
        'ABSENC', 'CHCHAN', 'PCCHAN', 'SWDIED', 'OTHERS'))
) STRICT;
CREATE INDEX allocation_case ON allocation ("case", role, ends, starts, worker);
CREATE INDEX allocation_worker ON allocation (worker, role, ends, starts, "case");
"""

# Until now files were the one way out, and each wrote all there was.
ADDED = {
    "shown": "''",
    "file_sequence": "CASE WHEN gone_at IS NULL THEN sequence END",
    "mail_sequence": "NULL",
}


def upgrade() -> None:
    """Make the table of settings, and copy entries and allocations into their new shape."""
    for statement in statements(NEW):
        op.execute(statement)
    copy_into(op.get_bind(), "calendar_entry", statements(ENTRY), ADDED)
    copy_into(op.get_bind(), "allocation", statements(ALLOCATION), {})
