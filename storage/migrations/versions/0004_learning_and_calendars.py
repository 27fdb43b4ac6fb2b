"""Learning, programmes and placements; feeds, mail and each recipient's own choices for calendars.

Frozen as it was when first released.
"""

from alembic import op

from storage.migrations.copying import statements

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROWS_MAY_CHANGE: frozenset[str] = frozenset()

NEW = """
CREATE TABLE programme (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    level TEXT,
    university TEXT NOT NULL,
    educator TEXT,
    on_site TEXT,
    tutor TEXT NOT NULL,
    days INTEGER,
    pattern TEXT NOT NULL,
    settings TEXT NOT NULL,
    ended_on TEXT,
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(educator) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(on_site) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX programme_worker ON programme (worker, starts);
CREATE TABLE learning_need (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    title TEXT NOT NULL,
    raised_on TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    source TEXT NOT NULL,
    session INTEGER,
    priority TEXT NOT NULL,
    method TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    due TEXT,
    cost INTEGER,
    approved_on TEXT,
    approved_by TEXT NOT NULL,
    ended_on TEXT,
    outcome TEXT,
    why TEXT NOT NULL,
    domains TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT learningsource_listed CHECK (source IN ('supervision', 'audit', 'feedback', 'appraisal',
        'observation', 'complaint', 'practice_event', 'own')),
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT priority_listed CHECK (priority IN ('high', 'medium', 'low')),
    CONSTRAINT learningoutcome_listed CHECK (outcome IN ('met', 'changed', 'dropped'))
) STRICT;
CREATE INDEX learning_need_worker ON learning_need (worker) WHERE ended_on IS NULL;
CREATE TABLE evidence (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    "on" TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    level TEXT,
    criterion TEXT,
    need INTEGER,
    programme INTEGER,
    piece TEXT,
    source TEXT NOT NULL,
    seen_by TEXT NOT NULL,
    text TEXT NOT NULL,
    domains TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(need) REFERENCES learning_need (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(programme) REFERENCES programme (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX evidence_worker ON evidence (worker, "on");
CREATE TABLE cpd (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    "on" TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    learning TEXT NOT NULL,
    impact TEXT NOT NULL,
    peer INTEGER NOT NULL,
    peer_note TEXT NOT NULL,
    session INTEGER,
    need INTEGER,
    submitted_on TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(need) REFERENCES learning_need (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX cpd_worker ON cpd (worker, "on");
CREATE TABLE registration (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    granted TEXT NOT NULL,
    expires TEXT,
    ended_on TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX registration_worker ON registration (worker, kind, granted);
CREATE TABLE milestone (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    programme INTEGER NOT NULL,
    kind TEXT NOT NULL,
    "on" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    outcome TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(programme) REFERENCES programme (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX milestone_programme ON milestone (programme, "on");
CREATE TABLE placement_day (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    programme INTEGER NOT NULL,
    "on" TEXT NOT NULL,
    kind TEXT NOT NULL,
    part INTEGER NOT NULL,
    hours INTEGER,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (programme, "on"),
    FOREIGN KEY(programme) REFERENCES programme (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT daykind_listed CHECK (kind IN ('attended', 'recall', 'skills', 'sick', 'holiday', 'absent'))
) STRICT;
CREATE TABLE closure (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    programme INTEGER NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(programme) REFERENCES programme (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX closure_programme ON closure (programme, starts);
CREATE TABLE calendar_choice (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    privacy TEXT,
    leads TEXT NOT NULL,
    by_mail INTEGER NOT NULL,
    kinds TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (worker),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE feed_token (
    hash TEXT NOT NULL,
    recipient TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    issued_by TEXT NOT NULL,
    expires_on TEXT,
    revoked_at TEXT,
    fetched_at TEXT,
    PRIMARY KEY (hash)
) STRICT;
CREATE INDEX feed_token_recipient ON feed_token (recipient);
CREATE TABLE outbox (
    id INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    "key" TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    method TEXT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    made_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TEXT,
    sent_at TEXT,
    fault TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (recipient, "key", sequence, method)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state = 'waiting';
CREATE TABLE calendar_export (
    recipient TEXT NOT NULL,
    way TEXT NOT NULL,
    at TEXT NOT NULL,
    digest TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (recipient, way)
) STRICT;
"""


def upgrade() -> None:
    """Make the new tables."""
    for statement in statements(NEW):
        op.execute(statement)
