"""Saved plans as they are read: listed, in full, and two beside each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.errors import BadInput, NotFound
from storage.database.connection import Connection

if TYPE_CHECKING:
    from domain.planning.proposals import Proposal
    from domain.planning.scenarios import Scenario


class SavedLine(NamedTuple):
    """A saved plan in a list; utilisations in tenths of a percent."""

    name: str
    team: str
    made_on: date
    applied_on: date | None
    made_by: str
    scenario: dict[str, Any]
    moves: int
    blocked: int
    highest: int | None
    cost: int
    proven: bool
    gap_percent: float | None
    note: str


class Saved(NamedTuple):
    """A saved plan in full."""

    name: str
    proposal: Proposal
    made_on: date
    applied_on: date | None
    note: str


class Side(NamedTuple):
    """What one of two plans does to one case or worker (None: nothing)."""

    key: str
    one: Any
    other: Any


class Comparison(NamedTuple):
    """Two plans beside each other: the figures, the cases they give to different people, and everybody's load."""

    figures: tuple[Side, ...]
    cases: tuple[Side, ...]
    people: tuple[Side, ...]


_LIST = """
SELECT name, team, made_on, applied_on, changed_by, scenario, result, note FROM plan
WHERE (:team IS NULL OR team = :team) AND (:name IS NULL OR name = :name) ORDER BY made_on DESC, id DESC
"""


class _Row(NamedTuple):
    name: str
    team: str
    made_on: date
    applied_on: date | None
    changed_by: str
    scenario: dict[str, Any]
    result: dict[str, Any]
    note: str


def saved_plans(conn: Connection, team: str | None = None) -> list[SavedLine]:
    """Return the saved plans of a team, or all, newest first."""
    return [_line(row) for row in conn.all(_Row, _LIST, team=team, name=None)]


def _line(row: _Row) -> SavedLine:
    said = row.result
    used = [p["after"] for p in said.get("people", ()) if p.get("after") is not None and not p.get("gone")]
    return SavedLine(
        row.name,
        row.team,
        row.made_on,
        row.applied_on,
        row.changed_by,
        row.scenario,
        len(said.get("moves", ())),
        len(said.get("blocked", ())),
        max(used, default=None),
        said.get("cost", 0),
        bool(said.get("proven")),
        said.get("gap_percent"),
        row.note,
    )


def saved(conn: Connection, name: str) -> Saved:
    """Return a saved plan; raises NotFound, or BadInput where what was kept cannot be read as a plan any more."""
    from pydantic import ValidationError

    from domain.planning.proposals import Proposal

    row = conn.one(_Row, _LIST, team=None, name=name)
    if row is None:
        raise NotFound(f"There is no plan {name!r}.", field="plan", hint="See: almoner plan --list")
    try:
        proposal = Proposal.model_validate({**row.result, "scenario": row.scenario})
    except ValidationError:
        raise BadInput(
            f"The plan {name!r} was not made by this program.", field="plan", hint="Make it afresh."
        ) from None
    return Saved(name, proposal, row.made_on, row.applied_on, row.note)


def is_saved(conn: Connection, name: str) -> bool:
    """Whether there is a plan of that name."""
    return conn.value("SELECT 1 FROM plan WHERE name = :name", name=name) is not None


def free_name(conn: Connection, team: str, today: date) -> str:
    """Return a name for a plan nobody named: the team, the day, and a number where there are, or were, several."""
    query = "SELECT name FROM plan UNION SELECT under FROM allocation WHERE under IS NOT NULL"
    taken = set(conn.values(query))
    stem = f"{team.partition(':')[0]} {today.isoformat()}"
    return next(name for name in (stem, *(f"{stem} ({n})" for n in range(2, 10_000))) if name not in taken)


# two beside each other -------------------------------------------------------------------------------------------


def compare(one: Proposal, other: Proposal) -> Comparison:
    """Return where two plans differ."""
    figures = ("highest", "cost", "bound", "shortfall")
    to = [{move.case: move.to for move in plan.moves} for plan in (one, other)]
    used = [{person.worker: person.after for person in plan.people} for plan in (one, other)]
    return Comparison(
        (
            Side("moves", len(one.moves), len(other.moves)),
            *(Side(name, getattr(one, name), getattr(other, name)) for name in figures),
            Side("blocked", len(one.blocked), len(other.blocked)),
        ),
        tuple(side for side in _sides(to) if side.one != side.other),
        tuple(_sides(used)),
    )


def _sides(both: list[dict[str, Any]]) -> Iterable[Side]:
    for key in dict.fromkeys((*both[0], *both[1])):
        yield Side(key, both[0].get(key), both[1].get(key))


def without(old: Scenario, case: str, worker: str) -> Scenario:
    """Return a scenario without the wishes that say this of a case and a worker."""
    left = {
        name: tuple(pair for pair in getattr(old, name) if (pair.case, pair.worker) != (case, worker))
        for name in ("pins", "forbids")
    }
    return old.model_copy(update=left)


def again(old: Scenario, pins: Collection[tuple[str, str]], forbids: Collection[tuple[str, str]]) -> Scenario:
    """Return a scenario with more pins and forbids; a new wish about a case takes the place of an old one."""
    from domain.planning.scenarios import Scenario, pairs

    pinned = {case for case, _ in pins}
    kept_pins = [(p.case, p.worker) for p in old.pins if p.case not in pinned and (p.case, p.worker) not in forbids]
    kept_forbids = [(p.case, p.worker) for p in old.forbids if (p.case, p.worker) not in pins]
    wishes = {"pins": pairs([*kept_pins, *pins]), "forbids": pairs([*kept_forbids, *forbids])}
    return Scenario.model_validate({**dict(old), **wishes})
