"""Writing a difference into the database: all of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.core.errors import BadInput, Cancelled
from storage.importing.diff import KINDS, Diff
from storage.importing.memory import uncollected
from storage.records.history import IMPORTED

if TYPE_CHECKING:
    from storage.records.unit import Unit

CHUNK = 1_000

Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


def apply(unit: Unit, diff: Diff, progress: Progress | None = None, cancelled: Stop | None = None) -> int | None:
    """Write ``diff`` and finish ``unit``; returns the number of the change, None when nothing changed.

    ``progress`` is told how many records of how many are written. Raises Cancelled when ``cancelled`` says so in
    time, and BadInput when somebody changed the database since the difference was worked out; nothing stays then.
    """
    with uncollected():
        _still_fresh(unit, diff)
        _write(unit, diff, _steps(diff.steps, progress, cancelled))
        _remember(unit, diff)
        unit.finish(f"{IMPORTED} {diff.source}: {diff.summary()}"[:500])
        return unit.number


def _steps(total: int, progress: Progress | None, cancelled: Stop | None) -> Callable[[int], None]:
    """Return what is called after each batch: it tells how far the work is, and stops it when asked to."""
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)
        if cancelled is not None and cancelled():
            raise Cancelled("The import was stopped; nothing of it was kept.")

    return step


def _write(unit: Unit, diff: Diff, step: Callable[[int], None]) -> None:
    step(0)
    for kind in KINDS:
        changes = diff.changes[kind]  # before what is new: whoever held a case lets go before the next one holds it
        for start in range(0, len(changes), CHUNK):
            part = changes[start : start + CHUNK]
            unit.change(kind, [(change.id, change.after) for change in part])
            step(len(part))
        rows = diff.additions[kind]
        for start in range(0, len(rows), CHUNK):
            batch = rows[start : start + CHUNK]
            unit.put(kind, batch)
            step(len(batch))


def _still_fresh(unit: Unit, diff: Diff) -> None:
    newest = unit.transaction.exec_driver_sql("SELECT coalesce(max(id), 0) FROM change_set").scalar()
    if newest != diff.as_of:
        raise BadInput(
            "Somebody changed the database since this difference was worked out.",
            field="path",
            hint="Look at the differences again, then apply them.",
        )


def _remember(unit: Unit, diff: Diff) -> None:
    """Note that an import went in, so that its age can be shown."""
    import sqlalchemy as sa

    from storage.tables import ImportRow, table_of

    summary = {"rows": diff.rows._asdict(), "new": diff.new, "changed": diff.changed, "closed": diff.closed}
    values = {"at": unit.clock.real(), "on": unit.today, "actor": unit.actor, "source": diff.source, "summary": summary}
    unit.transaction.execute(sa.insert(table_of(ImportRow)).values(**values))
