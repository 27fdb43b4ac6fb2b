"""What five years of a team's use cost: the file, opening it, its history; and one text that is kept again and again.

A team of four, eighteen cases each. Every month each worker is supervised: every case is talked about in some
800 characters and kept twice, the second time with one field changed. Every week each case has an event, every half
year each is weighed. The floor is the same file after its first year.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.measure import Ratio, in_turn
from domain.core.clock import Clock, noon
from storage.cases.case_history import case_history
from storage.cases.steps import give
from storage.load.worker_load import team_board
from storage.opening import open_database
from storage.records import change_log, history
from storage.records.database import Database
from storage.records.unit import Unit
from storage.supervision.acts.session_parts import keep_part
from storage.supervision.session.parts import Part, Said
from tests.units import record

YEARS, FIRST = 5, date(2021, 11, 22)  # a Monday
WORKERS, CASES = 4, 18
FIELDS = ("harm", "danger", "complicating", "strengths", "safety")
WORDS = 160  # characters in a field
LONG, KEEPINGS = 6_840, 60
_WEEK = timedelta(days=7)
_VOCABULARY = ("the", "plan", "holds", "where", "everybody", "keeps", "to", "it", "and", "school", "sees", "carers")
ACTOR = "Bench"


def growth(folder: Path) -> Iterator[Ratio]:
    """The file, opening, the board and the history after five years against one, and what the log adds to a text."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        early, late = Path(scratch, "year.db"), Path(scratch, "years.db")
        _used(late, early)
        yield Ratio("file after five years / after one", _megabytes(late), _megabytes(early), "MB", YEARS * 1.1)
        yield Ratio("opening, five years / one", *in_turn(lambda: _opened(late), lambda: _opened(early)), "ms", 1.5)
        with contextlib.ExitStack() as stack:
            old, young = (stack.enter_context(open_database(path, _clock(path, late))) for path in (late, early))
            yield from _read(old, young)
            yield Ratio("file / words written by hand", _megabytes(late), _written(old), "MB", 10.0)
        yield _kept_again(Path(scratch, "again.db"))


def _clock(path: Path, late: Path) -> Clock:
    return _on(FIRST + timedelta(days=364 * (YEARS if path == late else 1)))


def _on(day: date) -> Clock:
    return Clock(lambda: noon(day).astimezone())


def _megabytes(path: Path) -> float:
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*")) / 1_000_000


def _opened(path: Path) -> None:
    with open_database(path, _on(FIRST + timedelta(days=364 * YEARS))) as database:
        database.reader().value("SELECT count(*) FROM team")


def _read(old: Database, young: Database) -> Iterator[Ratio]:
    """Reads that people wait for: the board, one case's history, what can be undone; and doctor's walk of the log."""
    for name, read, bound in (
        ("team board", _board, 1.5),
        ("a case's history", lambda one: case_history(one.reader(), "C-0-0"), YEARS * 1.1),
        ("what can be undone", lambda one: history.standing(one.reader(), ACTOR), YEARS * 1.1),
        ("the whole log verified", lambda one: change_log.verify(one.reader()), YEARS * 1.2),
    ):
        taken = in_turn(partial(read, old), partial(read, young), 5)
        yield Ratio(f"{name}, five years / one", *taken, "ms", bound)


def _board(database: Database) -> object:
    return team_board(database.reader(), "North", database.clock.today())


def _written(database: Database) -> float:
    """Return the megabytes of what stands in the records of sessions."""
    return float(database.reader().value("SELECT sum(length(answers)) FROM discussion")) / 1_000_000


# what a team does ---------------------------------------------------------------------------------------------------


def _used(path: Path, early: Path) -> None:
    rng = Random(1)
    with open_database(path, _on(FIRST), create=True) as database:
        _begin(database)
    for week in range(52 * YEARS):
        if week == 52:
            shutil.copy(path, early)
        monday = FIRST + week * _WEEK
        with open_database(path, _on(monday + timedelta(days=4))) as database:
            _week(database, monday, week, rng)


def _begin(database: Database) -> None:
    with database.unit(ACTOR, FIRST) as unit:
        record(unit, "team", {"name": "North", "full_time_points": 10_000})
        staff = {"team": "North", "grade": "children-sw", "started": FIRST}
        record(unit, "worker", {**staff, "staff_id": "M", "name": "Manager, Ann", "grade": "team-manager"})
        for worker in range(WORKERS):
            record(unit, "worker", {**staff, "staff_id": f"W{worker}", "name": f"Worker {worker}", "supervisor": "M"})
            for number in range(CASES):
                case = f"C-{worker}-{number}"
                record(unit, "case", {"reference": case, "team": "North", "pathway": "child_in_need", "opened": FIRST})
                give(unit, case, f"W{worker}", FIRST)
        unit.finish("Began")


def _week(database: Database, monday: date, week: int, rng: Random) -> None:
    for worker in range(WORKERS):
        cases = [f"C-{worker}-{number}" for number in range(CASES)]
        with database.unit(f"W{worker}", monday) as unit:
            for place, case in enumerate(cases):
                record(unit, "event", {"case": case, "kind": "case_note", "on": monday})
                if (week + place) % 26 == 0:
                    _weigh(unit, case, monday, rng)
            unit.finish("Recorded a week")
        if (week + worker) % 4 == 0:
            _supervise(database, f"W{worker}", cases, monday, rng)


def _weigh(unit: Unit, case: str, on: date, rng: Random) -> None:
    answers = {"complexity": str(rng.randint(1, 3)), "risk": str(rng.randint(1, 3)), "travel": "1"}
    record(unit, "weighting", {"case": case, "scheme": "three-factor", "on": on, "answers": answers})


def _supervise(database: Database, worker: str, cases: list[str], on: date, rng: Random) -> None:
    with database.unit(ACTOR, on) as unit:
        pair = {"worker": worker, "supervisor": "M", "on": on, "state": "held", "kind": "ad_hoc"}
        session = record(unit, "session", pair).id
        unit.finish("Held")
    for case in cases:
        _talk(database, session, case, {name: _text(rng, WORDS) for name in FIELDS}, on)
        _talk(database, session, case, {FIELDS[0]: _text(rng, WORDS)}, on, seen=1)


def _talk(database: Database, session: int, case: str, answers: dict[str, str], on: date, seen: int = 0) -> None:
    with database.unit(ACTOR, on) as unit:
        keep_part(unit, Said(Part(session, "case", case), "mapping", answers, seen))


def _text(rng: Random, length: int) -> str:
    return " ".join(rng.choice(_VOCABULARY) for _ in range(length // 5))[:length]


# one text, kept again and again -------------------------------------------------------------------------------------


def _kept_again(path: Path) -> Ratio:
    """A long text that grows by a sentence at each keeping, against the text as it stands in the end."""
    rng = Random(2)
    with open_database(path, _on(FIRST), create=True) as database:
        _begin(database)
        with database.unit(ACTOR, FIRST) as unit:
            pair: dict[str, Any] = {"worker": "W0", "supervisor": "M", "on": FIRST, "state": "held", "kind": "ad_hoc"}
            session = record(unit, "session", pair).id
            unit.finish("Held")
        before = _log_size(database)
        text = _text(rng, LONG)
        for keeping in range(KEEPINGS):
            _talk(database, session, "C-0-0", {"harm": text[: LONG * (keeping + 1) // KEEPINGS]}, FIRST, seen=keeping)
        added = _log_size(database) - before
        kept = len(json.dumps({"harm": text}))
    return Ratio(f"log of {KEEPINGS} keepings / the text kept", added / 1000, kept / 1000, "KB", KEEPINGS * 1.1)


def _log_size(database: Database) -> int:
    return int(
        database.reader().value('SELECT sum(coalesce(length("before"), 0) + coalesce(length("after"), 0)) FROM change')
    )
