"""What an agenda costs: a worker with 40 cases and five years of history, in a small database and in a large one."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.measure import Ratio, in_turn
from storage.opening import open_database
from storage.records.database import Database
from storage.supervision.agenda.worker_agenda import agenda as read
from tests.clocks import CLOCK

TODAY = date(2026, 11, 20)
WORKER, CASES, SESSIONS, TALKED = "BENCH", 40, 60, 14
MONTH = timedelta(days=30)
_WORDS = ("the", "plan", "holds", "where", "everybody", "keeps", "to", "it", "and", "school", "sees", "child", "carers")
Row = dict[str, Any]


def agenda(folder: Path, made: Callable[[Path, str], Path]) -> Iterator[Ratio]:
    """The agenda against the same statements on the raw driver, and at council scale against team scale."""
    with contextlib.ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(dir=folder))
        small, large = (
            stack.enter_context(_filled(made(folder, scale), Path(scratch, f"{scale}.db"))).reader()
            for scale in ("team", "council")
        )
        for conn, scale in ((small, "team"), (large, "council")):
            yield Ratio(f"agenda, 40 cases, 5 years / raw driver, {scale}", *_measured(conn, scale), "ms", 4.0)
        both = in_turn(lambda: read(large, WORKER, TODAY), lambda: read(small, WORKER, TODAY), 41)
        yield Ratio("agenda, council / team scale", *both, "ms", 1.5)


def _filled(path: Path, copy: Path) -> Database:
    database = open_database(shutil.copy(path, copy), CLOCK, actor="Bench")
    _fill(database)
    return database


def _measured(conn: sqlite3.Connection, scale: str) -> tuple[float, float]:
    """Return the milliseconds of the agenda, and of its statements alone."""
    statements: list[str] = []
    conn.set_trace_callback(statements.append)
    count = len(read(conn, WORKER, TODAY).items)
    conn.set_trace_callback(None)
    print(f"  {scale}: {count} things on the agenda, {len(statements)} statements")

    def raw() -> None:
        for statement in statements:
            conn.execute(statement).fetchall()

    return in_turn(lambda: read(conn, WORKER, TODAY), raw, 41)


def _fill(database: Database) -> None:
    """Add a worker with 40 cases, seen and talked through every month for five years."""
    team, scheme = database.reader().raw.execute("SELECT name, scheme FROM team ORDER BY id LIMIT 1").fetchone()
    (supervisor,) = database.reader().raw.execute("SELECT staff_id FROM worker ORDER BY id LIMIT 1").fetchone()
    (last,) = database.reader().raw.execute("SELECT coalesce(max(id), 0) FROM session").fetchone()
    rows = _rows(team, scheme, supervisor, last + 1)
    with database.unit("Bench", TODAY) as unit:
        for kind, records in rows.items():
            left_out = unit.kinds.named(kind).defaults
            unit.put(kind, [{**left_out, **record} for record in records])
        unit.finish("Bench")


def _rows(team: str, scheme: str, supervisor: str, session: int) -> dict[str, list[Row]]:
    rng, begun = Random(1), TODAY - SESSIONS * MONTH
    rows: dict[str, list[Row]] = {
        kind: []
        for kind in (
            "worker",
            "case",
            "allocation",
            "event",
            "weighting",
            "session",
            "discussion",
            "action",
            "decision",
        )
    }
    rows["worker"].append(
        {"staff_id": WORKER, "name": "Bench, A", "team": team, "grade": "children-sw", "supervisor": supervisor}
        | {"started": begun}
    )
    cases = [f"BENCH-{n:02}" for n in range(CASES)]
    for case in cases:
        rows["case"].append(
            {"reference": case, "team": team, "nation": "england", "pathways": ("looked_after",), "opened": begun}
        )
        rows["allocation"].append({"case": case, "worker": WORKER, "role": "allocated_worker", "starts": begun})
        answers = {"complexity": "2", "risk": "2", "travel": "1"} if scheme == "three-factor" else {}
        rows["weighting"].append({"case": case, "scheme": scheme, "on": begun, "answers": answers})
        rows["event"].append({"case": case, "kind": "became_looked_after", "on": begun})
    for number in range(SESSIONS):
        on = begun + number * MONTH
        rows["event"] += [{"case": case, "kind": "lac_visit", "on": on + timedelta(days=20)} for case in cases]
        _month(rows, rng, cases, session + number, on, supervisor)
    return rows


def _month(rows: dict[str, list[Row]], rng: Random, cases: list[str], session: int, on: date, supervisor: str) -> None:
    rows["session"].append({"worker": WORKER, "supervisor": supervisor, "on": on, "state": "held", "held_on": on})
    for case in rng.sample(cases, TALKED):
        answers = {"update": " ".join(rng.choices(_WORDS, k=180))}
        rows["discussion"].append({"session": session, "case": case, "answers": answers})
    for case in rng.sample(cases, 5):
        due = on + timedelta(days=20)
        done = {"done_on": due, "how": "Done"} if due < TODAY - 2 * MONTH else {}
        what = " ".join(rng.choices(_WORDS, k=7))
        given = {"session": session, "case": case, "owner": WORKER, "what": what, "set_on": on, "due": due}
        rows["action"].append({**given, **done})
    decided = {"session": session, "decision": "Go on", "decided_by": "Bench", "on": on, "follow_by": on + MONTH}
    followed = {"followed_on": on + MONTH, "outcome": "Held"} if on + MONTH < TODAY - MONTH else {}
    rows["decision"].append({**decided, "case": rng.choice(cases), **followed})
