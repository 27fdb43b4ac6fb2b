"""Two records that are one (a case, a worker): whatever refers to the one moves to the other, and what stood twice is
kept once.

The subjects say which fields make two records that hang on them one (``twins``) and which of their spans must not
overlap; see `storage/cases/merging.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.core.errors import BadInput
from domain.core.text import plural
from storage.records.keys import following as keys
from storage.records.kind import Kind, plain_values
from storage.records.restoring import unstamped

if TYPE_CHECKING:
    from storage.records.keys.following import Referring, State

Unit = Any  # the unit of work

# What is written instead of a record that moves: none, itself, or several in its place; with words for what that means.
Replaced = tuple[Sequence["State"], str]
Replace = Callable[["State", Sequence["State"]], Replaced]


@dataclass(frozen=True, slots=True)
class Rules:
    """How what hangs on two records becomes what hangs on one, by kind.

    ``twins`` are the fields by which two are one; where all else agrees they are joined, and else both stay, but of
    those in ``once`` the one of the record that stays counts. ``spans`` replace what would overlap.
    """

    twins: Mapping[str, tuple[str, ...]]
    once: frozenset[str] = frozenset()
    spans: Mapping[str, Replace] = field(default_factory=dict)


@dataclass(slots=True)
class MergeReport:
    """What a merge did, for people to read: how many records moved, and what was done with those that stood twice."""

    moved: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return it line by line."""
        moved = [plural(count, kind) for kind, count in self.moved.items()]
        return [*([f"Moves: {', '.join(moved)}."] if moved else []), *self.notes]


def move(unit: Unit, of: Kind[Any, Any], old: str, into: str, rules: Rules, told: MergeReport) -> None:
    """Let everything that refers to one record refer to the other; the unit goes on from there."""
    found = [one for one in keys.referring(unit, of, old) if not _is(one, of, old)]
    _refuse_between(of, found, old, into)
    theirs = _of(unit, of, into)
    for one in found:
        _move_one(unit, of, one, old, into, rules, theirs, told)
    unit.session.expire_all()
    keys.follow_elsewhere(unit, of.name, old, into, keeping=into)


def _is(one: Referring, of: Kind[Any, Any], key: str) -> bool:
    return one.kind is of and one.state[of.key] == key


def _of(unit: Unit, of: Kind[Any, Any], key: str) -> dict[str, list[State]]:
    found: dict[str, list[State]] = {}
    for kind, state in keys.referring(unit, of, key):
        found.setdefault(kind.name, []).append(state)
    return found


def _refuse_between(of: Kind[Any, Any], found: Iterable[Referring], old: str, into: str) -> None:
    """Refuse where a record has both of them in different parts: then they are not one."""
    for kind, state in found:
        named = {state[name] for name in keys.naming(kind, of)}
        if kind is not of and {old, into} <= named:
            raise BadInput(
                f"{kind.title.capitalize()} {state['id']} names both {old} and {into}, so they cannot be one.",
                field="into",
                hint=_way_on(kind, state["id"]),
            )


def _way_on(kind: Kind[Any, Any], number: int) -> str:
    if kind.by_hand.removable:
        return f"If that is wrong, take it away first: almoner remove {kind.name} {number}"
    return f"Correct that first: almoner show {kind.name} {number}"


def _move_one(
    unit: Unit,
    of: Kind[Any, Any],
    one: Referring,
    old: str,
    into: str,
    rules: Rules,
    theirs: dict[str, list[State]],
    told: MergeReport,
) -> None:
    kind, before = one
    after = keys.restated(kind, of, before, old, into)
    others = theirs.setdefault(kind.name, [])
    if kind.name in rules.spans:
        pieces, words = rules.spans[kind.name](after, others)
        _in_place(unit, kind, before, pieces)
        told.notes += [words] if words else []
    elif (twin := _twin(kind, after, others, rules)) is not None:
        pieces, words = _joined(kind, twin, after, rules)
        told.notes.append(words)
        if not pieces:
            keys.keep(unit, kind, before, after)
        else:
            _drop(unit, kind, before)
            if unstamped(pieces[0]) != unstamped(twin):
                twin.update(keys.keep(unit, kind, dict(twin), dict(pieces[0])))
            return
    else:
        keys.keep(unit, kind, before, after)
    told.moved[kind.title] += 1
    others.append(after)


def _in_place(unit: Unit, kind: Kind[Any, Any], before: State, pieces: Sequence[State]) -> None:
    if not pieces:
        _drop(unit, kind, before)
        return
    keys.keep(unit, kind, before, dict(pieces[0]))
    unit.session.expire_all()
    for piece in pieces[1:]:
        unit.put(kind.name, [{name: piece[name] for name in kind.names}])


def _drop(unit: Unit, kind: Kind[Any, Any], before: State) -> None:
    unit.transaction.execute(sa.delete(kind.table).where(kind.table.c.id == before["id"]))
    unit.log(kind, before["id"], before, None)


# what stands on both -------------------------------------------------------------------------------------------------


def _twin(kind: Kind[Any, Any], after: State, others: Iterable[State], rules: Rules) -> State | None:
    names = rules.twins.get(kind.name)
    if names is None:
        return None
    return next((other for other in others if all(other[name] == after[name] for name in names)), None)


def _joined(kind: Kind[Any, Any], mine: State, other: State, rules: Rules) -> Replaced:
    """Return two records as one where they do not contradict each other, and else nothing; and what to say of it."""
    about = " ".join(str(mine[name]) for name in rules.twins[kind.name])
    whole = dict(mine)
    for name in kind.names:
        one, two = mine[name], other[name]
        if one == two or not two or kind.name in rules.once or name == "source":
            continue
        if not one:
            whole[name] = two
        elif isinstance(one, dict) and all(one.get(key, value) == value for key, value in two.items()):
            whole[name] = {**two, **one}
        elif name == "note":
            whole[name] = f"{one}\n{two}"
        else:
            return [], f"{kind.title.capitalize()} {about} stands on both, told differently: both stay, look at them."
    return [plain_values(whole)], f"{kind.title.capitalize()} {about} stood on both: it is kept once."
