"""The desk: one thread, everything in turn, errors in words."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.core.errors import AlmonerError, BadInput, Cancelled, where
from storage.records.database import Database
from tests.conftest import TODAY
from tests.units import amend
from tui.core.storage_thread import Desk, Job, in_plain_words


@pytest.fixture
def desk(team: Database) -> Iterator[Desk]:
    desk = Desk(team, "A. Hughes", lambda: TODAY)
    yield desk
    desk.close()


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await work()

    return asyncio.run(main())


def test_a_read_answers_from_a_connection_that_cannot_write(desk: Desk) -> None:
    assert run(lambda: desk.read(lambda conn: conn.raw.execute("SELECT count(*) FROM worker").fetchone())) == (3,)
    with pytest.raises(AlmonerError):
        run(lambda: desk.read(lambda conn: conn.raw.execute("DELETE FROM worker")))


def test_everything_happens_on_one_thread_in_turn(desk: Desk) -> None:
    async def work() -> list[str]:
        return await asyncio.gather(*(desk.read(lambda _: threading.current_thread().name) for _ in range(5)))

    assert len(set(run(work))) == 1


def test_a_change_is_signed_and_kept_when_finished(desk: Desk, team: Database) -> None:
    def change(unit: Any) -> None:
        amend(unit, "worker", "W2", {"fte": 80})
        unit.finish("Changed hours")

    run(lambda: desk.run(change))
    actor, what = team.reader().raw.execute("SELECT actor, what FROM change_set ORDER BY id DESC").fetchone()
    assert (actor, what) == ("A. Hughes", "Changed hours")


def test_a_change_that_is_not_finished_is_not_kept(desk: Desk, team: Database) -> None:
    run(lambda: desk.run(lambda unit: amend(unit, "worker", "W2", {"fte": 80})))
    assert team.reader().raw.execute("SELECT fte FROM worker WHERE staff_id = 'W2'").fetchone() == (100,)


def test_errors_of_the_family_pass_as_they_are(desk: Desk) -> None:
    with pytest.raises(BadInput) as raised:
        run(lambda: desk.run(lambda unit: amend(unit, "worker", "W2", {"fte": 900})))
    assert raised.value.field == "fte"


def test_a_fault_of_ours_says_its_kind_and_place_but_no_value(desk: Desk) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise KeyError("Jamie Doe")

    with pytest.raises(AlmonerError) as raised:
        run(lambda: desk.read(fail))
    assert "KeyError at storage_thread.py:" in raised.value.message
    assert "Jamie" not in str(raised.value)


def test_a_locked_database_is_said_plainly() -> None:
    error = in_plain_words(sqlite3.OperationalError("database is locked"))
    assert "OperationalError" not in str(error)


def test_the_place_of_an_error_without_a_trace_is_its_kind() -> None:
    assert where(ValueError("x")) == "ValueError"


def test_the_place_of_an_error_is_our_own_line_and_not_that_of_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("domain.core.errors._OURS", (Path(__file__).parent,))
    with pytest.raises(OSError, match="too long") as raised:
        is_there(Path("x" * 300))
    assert where(raised.value).startswith("OSError at test_storage_thread.py:")


def is_there(path: Path) -> bool:
    return path.is_dir()


def test_a_stopped_job_raises_at_its_next_step_and_keeps_nothing(desk: Desk, team: Database) -> None:
    async def work() -> None:
        job = Job()

        def change(unit: Any) -> None:
            amend(unit, "worker", "W2", {"fte": 80})
            job.stop()
            job.progress(1, 2)
            unit.finish("Never reached")

        with pytest.raises(Cancelled):
            await desk.run(change)
        assert job.cancelled()

    run(work)
    assert team.reader().raw.execute("SELECT fte FROM worker WHERE staff_id = 'W2'").fetchone() == (100,)


def test_progress_comes_back_to_the_screens_own_thread(desk: Desk) -> None:
    async def work() -> None:
        seen: list[tuple[str, int, int]] = []
        job = Job(lambda done, total: seen.append((threading.current_thread().name, done, total)))
        await desk.read(lambda _: job.progress(3, 9))
        await asyncio.sleep(0)
        assert seen == [("MainThread", 3, 9)]

    run(work)


def test_a_read_nobody_waits_for_is_interrupted(desk: Desk) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    async def work() -> float:
        reading = asyncio.create_task(desk.read(lambda conn: conn.raw.execute(endless).fetchone()))
        await asyncio.sleep(0.1)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        began = time.monotonic()
        await desk.read(lambda conn: conn.raw.execute("SELECT 1").fetchone())
        return time.monotonic() - began

    assert run(work) < 2
