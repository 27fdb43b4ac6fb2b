"""The council's calendar settings, and what each way out last said of each entry.

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

# Until now files were the one way out, and each wrote all there was.
ADDED = {
    "shown": "''",
    "file_sequence": "CASE WHEN gone_at IS NULL THEN sequence END",
    "mail_sequence": "NULL",
}


def upgrade() -> None:
    """Make the table of settings, and copy the entries into their new shape."""
    for statement in statements(NEW):
        op.execute(statement)
    copy_into(op.get_bind(), "calendar_entry", statements(ENTRY), ADDED)
