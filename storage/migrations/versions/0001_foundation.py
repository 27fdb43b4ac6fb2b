"""The foundation: teams, workers, cases, what happened, who holds them, and the change log.

Frozen as it was when first released; it never changes again, whatever the table classes become. While nothing was
released it was made with

    for table in SQLModel.metadata.sorted_tables:
        print(CreateTable(table).compile(dialect=sqlite.dialect()))

and ``tests/storage/test_migrations.py`` says when the steps and the table classes part.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROWS_MAY_CHANGE: frozenset[str] = frozenset()

TABLES = """
CREATE TABLE calendar_entry (
    recipient TEXT NOT NULL,
    "key" TEXT NOT NULL,
    digest TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    gone_at TEXT,
    PRIMARY KEY (recipient, "key")
) STRICT;

CREATE TABLE change_set (
    id INTEGER NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    what TEXT NOT NULL,
    undoes INTEGER,
    lines INTEGER NOT NULL,
    commitment TEXT NOT NULL,
    chain TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE import_run (
    id INTEGER NOT NULL,
    at TEXT NOT NULL,
    "on" TEXT NOT NULL,
    actor TEXT NOT NULL,
    source TEXT NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;

CREATE TABLE meta (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
) STRICT;

CREATE TABLE obligation (
    id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    series TEXT NOT NULL,
    rule TEXT NOT NULL,
    cycle INTEGER NOT NULL,
    legal_due TEXT,
    plan_by TEXT,
    opens TEXT,
    anchor_event TEXT NOT NULL,
    anchor_on TEXT,
    PRIMARY KEY (id),
    UNIQUE (subject, subject_kind, series, cycle),
    CONSTRAINT subjectkind_listed CHECK (subject_kind IN ('case', 'worker', 'programme'))
) STRICT;
CREATE INDEX obligation_due ON obligation (legal_due);

CREATE TABLE pack_item (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE team (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    name TEXT NOT NULL,
    nation TEXT NOT NULL,
    service TEXT NOT NULL,
    scheme TEXT NOT NULL,
    full_time_points INTEGER,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name),
    CONSTRAINT nation_listed CHECK (nation IN ('england', 'wales', 'scotland', 'northern_ireland'))
) STRICT;

CREATE TABLE cases (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    reference TEXT NOT NULL,
    team TEXT NOT NULL,
    nation TEXT NOT NULL,
    opened TEXT NOT NULL,
    closed TEXT,
    close_reason TEXT NOT NULL,
    name TEXT NOT NULL,
    born TEXT,
    expected_birth TEXT,
    sibling_group TEXT NOT NULL,
    pathways TEXT NOT NULL,
    factors TEXT NOT NULL,
    threshold_met TEXT,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (reference),
    FOREIGN KEY(team) REFERENCES team (name) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT nation_listed CHECK (nation IN ('england', 'wales', 'scotland', 'northern_ireland'))
) STRICT;
CREATE INDEX case_sort ON cases (sort_key);
CREATE INDEX case_team_open ON cases (team) WHERE closed IS NULL;

CREATE TABLE change (
    id INTEGER NOT NULL,
    change_set INTEGER NOT NULL,
    record TEXT NOT NULL,
    "key" INTEGER NOT NULL,
    "before" TEXT,
    "after" TEXT,
    salt TEXT,
    commitment TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(change_set) REFERENCES change_set (id)
) STRICT;
CREATE INDEX change_in_set ON change (change_set);
CREATE INDEX change_record ON change (record, "key");

CREATE TABLE worker (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    staff_id TEXT NOT NULL,
    name TEXT NOT NULL,
    team TEXT NOT NULL,
    grade TEXT NOT NULL,
    role TEXT NOT NULL,
    fte INTEGER NOT NULL,
    started TEXT,
    leaves TEXT,
    line_manager TEXT,
    supervisor TEXT,
    registration TEXT NOT NULL,
    specialisms TEXT NOT NULL,
    agency INTEGER NOT NULL,
    email TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (staff_id),
    FOREIGN KEY(team) REFERENCES team (name) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(line_manager) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(supervisor) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX worker_sort ON worker (sort_key);
CREATE INDEX worker_team ON worker (team);

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
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT role_listed CHECK (role IN ('allocated_worker', 'co_worker', 'consultant', 'cover', 'personal_adviser')),
    CONSTRAINT changereason_listed CHECK (reason IN ('MANAGE', 'FCONTA', 'LEFTRL', 'ORGRST', 'TSPROC', 'ABSENC',
        'CHCHAN', 'PCCHAN', 'SWDIED', 'OTHERS'))
) STRICT;
CREATE INDEX allocation_case ON allocation ("case", role, ends, starts, worker);
CREATE INDEX allocation_worker ON allocation (worker, role, ends, starts, "case");

CREATE TABLE case_points (
    "case" TEXT NOT NULL,
    scheme TEXT NOT NULL,
    points INTEGER NOT NULL,
    assumed INTEGER NOT NULL,
    PRIMARY KEY ("case"),
    FOREIGN KEY("case") REFERENCES cases (reference) ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;

CREATE TABLE worker_event (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    kind TEXT NOT NULL,
    "on" TEXT NOT NULL,
    details TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX worker_event_worker ON worker_event (worker, "on");

CREATE TABLE override (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    rule TEXT NOT NULL,
    unit TEXT NOT NULL,
    number INTEGER NOT NULL,
    decided_on TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    review_on TEXT NOT NULL,
    ended_on TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE INDEX override_case ON override ("case");

CREATE TABLE council_date (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    kind TEXT NOT NULL,
    due TEXT NOT NULL,
    held TEXT,
    source TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX council_date_case ON council_date ("case", kind, due);

CREATE TABLE event (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    kind TEXT NOT NULL,
    "on" TEXT NOT NULL,
    details TEXT NOT NULL,
    note TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX event_case ON event ("case", "on");

CREATE TABLE postponement (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT,
    worker TEXT,
    rule TEXT NOT NULL,
    cycle INTEGER NOT NULL,
    "to" TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX postponement_case ON postponement ("case", rule, cycle);

CREATE TABLE reduction (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    percent INTEGER NOT NULL,
    reason TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX reduction_worker ON reduction (worker, starts);

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
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(supervisor) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT sessionstate_listed CHECK (state IN ('planned', 'held', 'missed', 'cancelled'))
) STRICT;
CREATE INDEX session_worker ON session (worker, state, "on");

CREATE TABLE weighting (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    scheme TEXT NOT NULL,
    "on" TEXT NOT NULL,
    answers TEXT NOT NULL,
    note TEXT NOT NULL,
    scheme_version TEXT NOT NULL,
    points INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX weighting_case ON weighting ("case", "on");
"""

# The change log is added to and never rewritten. A person's erasure may empty what a line said, no more.
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
    """Make every table, index and trigger."""
    for statement in (*TABLES.strip().split(";\n"), *TRIGGERS):
        op.execute(statement.rstrip(";\n"))
