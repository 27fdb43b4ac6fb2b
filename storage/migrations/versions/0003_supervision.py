"""Supervision: agreements, what sessions leave behind, disagreements, and drafts.

Frozen as it was when first released.
"""

from alembic import op

from storage.migrations.copying import copy_into, statements

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROWS_MAY_CHANGE: frozenset[str] = frozenset()

NEW = """
CREATE TABLE agreement (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    supervisor TEXT NOT NULL,
    kind TEXT NOT NULL,
    standard TEXT NOT NULL,
    covers TEXT NOT NULL,
    "group" TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    start TEXT NOT NULL,
    weekday INTEGER,
    minutes INTEGER NOT NULL,
    place TEXT NOT NULL,
    agenda TEXT NOT NULL,
    confidentiality TEXT NOT NULL,
    disagreement TEXT NOT NULL,
    review_on TEXT,
    signed_worker TEXT,
    signed_worker_by TEXT NOT NULL,
    signed_supervisor TEXT,
    signed_supervisor_by TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(supervisor) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT supervisionkind_listed CHECK (kind IN ('line', 'reflective', 'on_site', 'off_site', 'group',
        'joint', 'ad_hoc'))
) STRICT;
CREATE INDEX agreement_worker ON agreement (worker, starts);
CREATE TABLE attendance (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    session INTEGER NOT NULL,
    worker TEXT NOT NULL,
    absent INTEGER NOT NULL,
    agreed_on TEXT,
    agreed_by TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (session, worker),
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX attendance_worker ON attendance (worker);
CREATE TABLE discussion (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    session INTEGER NOT NULL,
    topic TEXT NOT NULL,
    "case" TEXT,
    worker TEXT,
    format TEXT NOT NULL,
    answers TEXT NOT NULL,
    parked TEXT NOT NULL,
    private INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX discussion_case ON discussion ("case") WHERE "case" IS NOT NULL;
CREATE INDEX discussion_session ON discussion (session);
CREATE TABLE amendment (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    session INTEGER NOT NULL,
    "case" TEXT,
    "on" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    text TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX amendment_session ON amendment (session);
CREATE TABLE rating (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    session INTEGER,
    "on" TEXT NOT NULL,
    about TEXT NOT NULL,
    rater TEXT NOT NULL,
    score INTEGER NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX rating_case ON rating ("case", "on");
CREATE TABLE decision (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT,
    worker TEXT,
    session INTEGER,
    decision TEXT NOT NULL,
    rationale TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    body TEXT NOT NULL,
    "on" TEXT NOT NULL,
    follow_by TEXT,
    followed_on TEXT,
    outcome TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT decidedby_listed CHECK (body IN ('supervision', 'manager', 'panel'))
) STRICT;
CREATE INDEX decision_case ON decision ("case", "on");
CREATE INDEX decision_open ON decision (follow_by) WHERE followed_on IS NULL;
CREATE INDEX decision_session ON decision (session);
CREATE INDEX decision_worker ON decision (worker) WHERE worker IS NOT NULL;
CREATE TABLE action (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT,
    session INTEGER,
    owner TEXT,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    set_on TEXT NOT NULL,
    due TEXT,
    carries INTEGER,
    done_on TEXT,
    how TEXT NOT NULL,
    dropped_on TEXT,
    dropped_why TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(owner) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(carries) REFERENCES action (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX action_owner ON action (owner, set_on);
CREATE INDEX action_case ON action ("case", set_on);
CREATE INDEX action_owner_open ON action (owner, due) WHERE done_on IS NULL AND dropped_on IS NULL;
CREATE INDEX action_session ON action (session);
CREATE TABLE agenda_item (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    "on" TEXT NOT NULL,
    what TEXT NOT NULL,
    "case" TEXT,
    session INTEGER,
    parked_until TEXT,
    parked_why TEXT NOT NULL,
    closed_on TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX agenda_item_worker ON agenda_item (worker) WHERE closed_on IS NULL;
CREATE TABLE disagreement (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT,
    "case" TEXT,
    session INTEGER,
    about TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    raised_on TEXT NOT NULL,
    ladder TEXT NOT NULL,
    stage TEXT NOT NULL,
    stage_on TEXT NOT NULL,
    with_whom TEXT NOT NULL,
    due TEXT,
    outcome TEXT NOT NULL,
    ended_on TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(session) REFERENCES session (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX disagreement_open ON disagreement (due) WHERE ended_on IS NULL;
CREATE TABLE draft (
    session INTEGER NOT NULL,
    part TEXT NOT NULL,
    actor TEXT NOT NULL,
    answers TEXT NOT NULL,
    seen INTEGER NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (session, part, actor),
    FOREIGN KEY(session) REFERENCES session (id) ON DELETE CASCADE
) STRICT;
"""

SESSION = """
CREATE TABLE session (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    supervisor TEXT NOT NULL,
    "on" TEXT NOT NULL,
    start TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL,
    held_on TEXT,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    kind TEXT NOT NULL,
    "group" TEXT NOT NULL,
    reason_code TEXT,
    moved_from TEXT,
    rebook_by TEXT,
    proposed_by TEXT,
    cover_for TEXT,
    recorded_on TEXT,
    agreed_worker TEXT,
    agreed_worker_by TEXT NOT NULL,
    agreed_supervisor TEXT,
    agreed_supervisor_by TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(supervisor) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT sessionstate_listed CHECK (state IN ('planned', 'held', 'missed', 'cancelled')),
    CONSTRAINT supervisionkind_listed CHECK (kind IN ('line', 'reflective', 'on_site', 'off_site', 'group',
        'joint', 'ad_hoc')),
    FOREIGN KEY(proposed_by) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(cover_for) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX session_supervisor ON session (supervisor, "on");
CREATE INDEX session_worker ON session (worker, state, "on");
"""

ADDED = {
    "kind": "'line'",
    "group": "''",
    "reason_code": "NULL",
    "moved_from": "NULL",
    "rebook_by": "NULL",
    "proposed_by": "NULL",
    "cover_for": "NULL",
    "recorded_on": "NULL",
    "agreed_worker": "NULL",
    "agreed_worker_by": "''",
    "agreed_supervisor": "NULL",
    "agreed_supervisor_by": "''",
}


def upgrade() -> None:
    """Make the new tables, and copy the sessions into their new shape."""
    for statement in statements(NEW):
        op.execute(statement)
    copy_into(op.get_bind(), "session", statements(SESSION), ADDED)
    op.execute("UPDATE meta SET value = '' WHERE key = 'packs'")
