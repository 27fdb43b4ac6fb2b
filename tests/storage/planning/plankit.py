"""A small team whose loads can be worked out by hand: every case weighs what it says, a full-timer carries 100."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from domain.planning.scenarios import Scenario
from storage.cases.steps import give
from storage.opening import open_database
from storage.planning.plan import Draft
from storage.planning.solving import work_out
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.units import record

TODAY = date(2026, 11, 20)
LEAVING = date(2026, 12, 18)
SCHEME = """
kind = "schemes"
id = "plain"
title = "Plain points"
version = "1"

[[schemes]]
id = "plain"
title = "Plain points"
version = "1"
status = "starter"
full_time_points = 100
shares = { allocated_worker = 100, co_worker = 50, consultant = 10, cover = 50, personal_adviser = 50 }
bands = [
  { key = "room", title = "Room", upto_percent = 79.9 },
  { key = "steady", title = "Steady", upto_percent = 100 },
  { key = "near", title = "Near", upto_percent = 110 },
  { key = "over", title = "Over" },
]

[[schemes.factors]]
id = "weight"
title = "Weight"
question = "How heavy?"
options = [
  %s
]

[[schemes.citations]]
text = "Made up for a test"
source = "tests"
checked = 2026-11-01
confidence = "local"
verified = false
"""
WEIGHTS = (5, 10, 15, 20, 25, 30, 40, 50, 60, 150)


def scheme() -> str:
    """A pack with one question whose answer is the points themselves."""
    rows = [f'{{ value = "{w}", title = "{w}", points = {w}, default = {str(w == 10).lower()} }},' for w in WEIGHTS]
    return SCHEME % "\n  ".join(rows)


Make = Callable[..., Database]
Cases = Mapping[str, tuple[str | None, int]]
THREE: Mapping[str, Mapping[str, Any]] = {"W1": {}, "W2": {}, "W3": {}}


def north(folder: Path, workers: Mapping[str, Any], cases: Cases, **more: Mapping[str, Any]) -> Database:
    """Make a database in ``folder`` with a team North, weighed by plain points; close it afterwards."""
    lay_packs(folder)
    path = folder / "almoner.db"
    path.write_bytes(_empty())
    database = open_database(path, CLOCK)
    fill(database, workers, cases, **more)
    return database


def lay_packs(folder: Path) -> None:
    """Put the scheme of plain points beside the database in ``folder``."""
    packs = folder / "almoner.packs"
    packs.mkdir(exist_ok=True)
    (packs / "plain.toml").write_text(scheme(), encoding="utf-8")


@cache
def _empty() -> bytes:
    """A database with nothing in it, beside which the plain scheme lies."""
    with TemporaryDirectory() as folder:
        lay_packs(Path(folder))
        path = Path(folder) / "almoner.db"
        open_database(path, CLOCK, create=True).close()
        return path.read_bytes()


def fill(database: Database, workers: Mapping[str, Mapping[str, Any]], cases: Cases, **more: Mapping[str, Any]) -> None:
    """Record a team North of ``workers`` who hold ``cases``: by reference the holder, and the points."""
    with database.unit("A. Hughes", TODAY) as unit:
        record(unit, "team", {"name": "North", "scheme": "plain"})
        for staff_id, said in workers.items():
            worker = {"staff_id": staff_id, "name": f"{staff_id}, Test", "team": "North", "grade": "children-sw"}
            record(unit, "worker", {**worker, **said})
        for reference, (holder, points) in cases.items():
            case = {"reference": reference, "team": "North", "pathway": "child_in_need", "opened": "2026-03-02"}
            record(unit, "case", {**case, **more.get(reference.replace("-", "_"), {})})
            answers = {"weight": str(points)}
            record(unit, "weighting", {"case": reference, "scheme": "plain", "on": "2026-03-02", "answers": answers})
            if holder:
                give(unit, reference, holder, date(2026, 3, 16))
        unit.finish("Set up the team")


def planned(database: Database, **parts: Any) -> Draft:
    """Work out a plan for North."""
    return work_out(database, Scenario.model_validate({"team": "North", **parts}), TODAY)


def moved(draft: Draft) -> dict[str, tuple[str | None, str]]:
    """The moves of the plan chosen: by case, from whom to whom."""
    return {move.case: (move.from_, move.to) for move in draft.proposal().moves}


def after(draft: Draft) -> dict[str, int | None]:
    """Everybody's utilisation afterwards, in whole percent."""
    return {one.worker: None if one.after is None else one.after // 10 for one in draft.proposal().people}
