"""Caseload planning: what weighs beside cases, conflicts, plans, and more about workers, cases and weighings.

Tables that gain columns are copied into their new shape, so that the file is the same however it came about. Frozen
as it was when first released.
"""

from alembic import op

from storage.migrations.copying import copy_into, statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROWS_MAY_CHANGE: frozenset[str] = frozenset()

NEW = """
CREATE TABLE "plan" (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    name TEXT NOT NULL,
    team TEXT NOT NULL,
    scenario TEXT NOT NULL,
    result TEXT NOT NULL,
    made_on TEXT NOT NULL,
    applied_on TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name),
    FOREIGN KEY(team) REFERENCES team (name) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX plan_team ON "plan" (team);
CREATE TABLE scheme_kept (
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (id, version)
) STRICT;
CREATE TABLE extra (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    title TEXT NOT NULL,
    points INTEGER NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX extra_worker ON extra (worker, starts);
CREATE TABLE unplanned (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    "on" TEXT NOT NULL,
    hours INTEGER NOT NULL,
    what TEXT NOT NULL,
    "case" TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX unplanned_worker ON unplanned (worker, "on");
CREATE TABLE concern (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    raised_on TEXT NOT NULL,
    raised_by TEXT NOT NULL,
    why TEXT NOT NULL,
    answered_on TEXT,
    answered_by TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    review_on TEXT,
    closed_on TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX concern_worker ON concern (worker, raised_on);
CREATE TABLE "conflict" (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    "case" TEXT NOT NULL,
    worker TEXT NOT NULL,
    why TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT conflictreason_listed CHECK (why IN ('conflict_of_interest', 'risk_to_worker',
        'known_to_worker', 'family_asked', 'other'))
) STRICT;
CREATE INDEX conflict_case ON "conflict" ("case");
"""

CHANGED = """
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
    full_time_hours INTEGER,
    red_weeks INTEGER,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name),
    CONSTRAINT nation_listed CHECK (nation IN ('england', 'wales', 'scotland', 'northern_ireland'))
) STRICT;
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
    areas TEXT NOT NULL,
    supervises_most INTEGER,
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
CREATE TABLE reduction (
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at TEXT,
    worker TEXT NOT NULL,
    percent INTEGER NOT NULL,
    reason TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(worker) REFERENCES worker (staff_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX reduction_worker ON reduction (worker, starts);
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
    area TEXT NOT NULL,
    must_have TEXT NOT NULL,
    prefers TEXT NOT NULL,
    threshold_met TEXT,
    sort_key TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (reference),
    FOREIGN KEY(team) REFERENCES team (name) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT nation_listed CHECK (nation IN ('england', 'wales', 'scotland', 'northern_ireland'))
) STRICT;
CREATE INDEX case_siblings ON cases (sibling_group) WHERE sibling_group <> '';
CREATE INDEX case_sort ON cases (sort_key);
CREATE INDEX case_team_open ON cases (team) WHERE closed IS NULL;
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
        'ABSENC', 'CHCHAN', 'PCCHAN', 'SWDIED', 'OTHERS')),
    FOREIGN KEY(under) REFERENCES "plan" (name) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX allocation_case ON allocation ("case", role, ends, starts, worker);
CREATE INDEX allocation_worker ON allocation (worker, role, ends, starts, "case");
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
    uplift INTEGER NOT NULL,
    uplift_reason TEXT NOT NULL,
    why TEXT NOT NULL,
    agreed_worker TEXT,
    agreed_supervisor TEXT,
    scheme_version TEXT NOT NULL,
    points INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY("case") REFERENCES cases (reference) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT weighreason_listed CHECK (why IN ('first', 'allocation', 'step_up', 'step_down', 'supervision',
        'review', 'other'))
) STRICT;
CREATE INDEX weighting_case ON weighting ("case", "on");
CREATE TABLE case_points (
    "case" TEXT NOT NULL,
    scheme TEXT NOT NULL,
    points INTEGER NOT NULL,
    assumed INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    last_on TEXT,
    dormant_from TEXT,
    dormant_points INTEGER NOT NULL,
    PRIMARY KEY ("case"),
    FOREIGN KEY("case") REFERENCES cases (reference) ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;
"""

# What the records kept so far say in the columns they gain; those not named stay empty.
ADDED = {
    "team": {"full_time_hours": "NULL", "red_weeks": "NULL"},
    "worker": {"areas": "'[]'", "supervises_most": "NULL"},
    "reduction": {"kind": "'other'"},
    "cases": {"area": "''", "must_have": "'[]'", "prefers": "'[]'"},
    "allocation": {"overruled": "'[]'", "approved_by": "''", "under": "NULL"},
    "weighting": {
        "uplift": "0",
        "uplift_reason": "''",
        "why": "'other'",
        "agreed_worker": "NULL",
        "agreed_supervisor": "NULL",
    },
    "case_points": {"stale": "0", "last_on": "NULL", "dormant_from": "NULL", "dormant_points": "0"},
}


def upgrade() -> None:
    """Make the new tables, and copy the changed ones into their new shape."""
    for statement in statements(NEW):
        op.execute(statement)
    for table, added in ADDED.items():
        copy_into(op.get_bind(), table, _shape(table), added)
    # What is derived from the records is to be worked out afresh.
    op.execute("UPDATE meta SET value = '' WHERE key = 'packs'")


def _shape(table: str) -> list[str]:
    index = f" ON {table} ("
    return [s for s in statements(CHANGED) if s.startswith(f"CREATE TABLE {table} ") or index in s]
