"""Two references that are one person, and two staff ids that are one worker: merged by somebody, in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.cases.cases import Case
from domain.core.enums import Role
from domain.core.errors import BadInput
from domain.core.text import sort_key
from domain.people.dated import WORKER_DATED
from domain.people.former_keys import FormerKeyFields
from domain.people.not_the_same import PAIRS
from domain.people.people import Worker
from storage.people.joining import join_dated, refuse_supervised
from storage.records import by_hand
from storage.records.derivation import Followed
from storage.records.keys.merging import MergeReport, Replaced, Rules, move
from storage.records.kind import Kind

if TYPE_CHECKING:
    from storage.records.keys.following import State
    from storage.records.unit import Unit

OLD, NEW = "old", "new"
Keep = Mapping[str, str]  # which of the two counts, by field; under "" for all of them
_LAST = "9999"  # after every day
_PAIRED = tuple(name for pair in PAIRS.values() for name in pair)


class Merged(NamedTuple):
    """What a merge did, or would do: in words, without any name."""

    old: str
    into: str
    lines: tuple[str, ...]
    followed: Followed


# spans that overlap --------------------------------------------------------------------------------------------------


def _pieces(after: State, held: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str | None]]:
    """Return the span of an allocation cut at those ``held`` (first day, day after the last, whose): whose each is."""
    first, last = after["starts"], after["ends"] or _LAST
    cuts = sorted({first, last, *(day for one in held for day in one[:2] if first < day < last)})
    whose = [(one, two, next((who for a, b, who in held if a <= one < b), None)) for one, two in pairwise(cuts)]
    joined: list[tuple[str, str, str | None]] = []
    for one, two, who in whose:
        if joined and joined[-1][2] == who:
            joined[-1] = (joined[-1][0], two, who)
        else:
            joined.append((one, two, who))
    return joined


def _allocation(after: State, others: Sequence[State]) -> Replaced:
    """Keep once what two allocations of the same worker cover; where others held it, the case has a co-worker more."""
    if after["ends"] == after["starts"]:
        return [after], ""  # never held
    allocated = after["role"] == Role.ALLOCATED
    same = [one for one in others if one["case"] == after["case"] and one["role"] == after["role"]]
    if not allocated:
        same = [one for one in same if one["worker"] == after["worker"]]
    found: list[State] = []
    overlap = joint = False
    for first, last, who in _pieces(after, [(s["starts"], s["ends"] or _LAST, s["worker"]) for s in same]):
        piece = {**after, "starts": first, "ends": None if last == _LAST else last}
        if who is None:
            found.append(piece)
        elif who == after["worker"]:
            overlap = True
        else:
            joint = True
            found.append({**piece, "role": Role.CO_WORKER.value})
    words = []
    if overlap:
        words.append(f"{after['worker']} stood on both at the same time: what overlaps is kept once.")
    if joint:
        words.append(f"Both were held by different workers at the same time: {after['worker']} is co-worker for that.")
    return found, " ".join(words)


def _led_before(after: State, _others: Sequence[State]) -> Replaced:
    """What led to the one leads to the other now, as to what it was merged into."""
    return [{**after, "merged": True}], ""


def _pair_once(after: State, others: Sequence[State]) -> Replaced:
    """Keep once what was said of either: that they and a third are two."""
    pair = {after[name] for name in _PAIRED}
    return ([], "") if any({one[name] for name in _PAIRED} == pair for one in others) else ([after], "")


_CASES = Rules(
    twins={
        "event": ("kind", "on"),
        "council-date": ("kind", "due"),
        "override": ("rule", "decided_on"),
        "weighting": ("scheme", "on"),
        "conflict": ("worker", "why", "starts"),
        "postponement": ("rule", "cycle"),
    },
    spans={"allocation": _allocation, "former-key": _led_before, "not-the-same": _pair_once},
)
_WORKERS = Rules(
    twins={
        "worker-event": ("worker", "kind", "on"),
        "reduction": ("worker", "reason", "starts"),
        "registration": ("worker", "kind", "granted"),
        "conflict": ("case", "worker", "why", "starts"),
        "cpd": ("worker", "on", "title"),
        "cpd-closing": ("worker", "year"),
        "attendance": ("session", "worker"),
        "calendar-choice": ("worker",),
        "postponement": ("worker", "rule", "cycle"),
    },
    once=frozenset({"attendance", "calendar-choice", "cpd-closing"}),
    spans={"allocation": _allocation, "former-key": _led_before, "not-the-same": _pair_once},
)


# the two records -----------------------------------------------------------------------------------------------------

_TITLES = {
    "born": "birth date", "expected_birth": "expected birth", "sibling_group": "sibling group", "email": "e-mail",
    "threshold_met": "day on which the threshold was met",
}  # fmt: skip


def merge_cases(unit: Unit, old: str, into: str, keep: Keep | None = None, *, dry_run: bool = False) -> Merged:
    """Merge the case ``old`` into another, as what one person's record says; with ``dry_run`` nothing is kept.

    Raises BadInput naming the fields in which the two contradict each other, until ``keep`` says which counts.
    """
    kind, goes, stays = _both(unit, "case", old, into)
    asked = ("name", "born", "expected_birth", "nation", "sibling_group", "area", "threshold_met", "team")
    said = _settled(kind, goes, stays, keep or {}, asked, freely={"team", "area", "threshold_met"})
    union = ("pathways", "factors", "must_have", "prefers")
    said |= {name: _union(getattr(stays, name), getattr(goes, name)) for name in union}
    said["opened"] = min(goes.opened, stays.opened)
    closes = None if goes.closed is None or stays.closed is None else max((goes, stays), key=lambda one: one.closed)
    said |= {"closed": closes and closes.closed, "close_reason": closes.close_reason if closes else ""}
    told = MergeReport()
    _note_team(told, goes.team, said["team"], goes.reference)
    return _merge(unit, kind, goes, stays, said, told, _CASES, dry_run=dry_run)


def merge_workers(unit: Unit, old: str, into: str, keep: Keep | None = None, *, dry_run: bool = False) -> Merged:
    """Merge the worker ``old`` into another, as ``merge_cases`` does.

    What is dated (hours, grade, team, supervisor ...) is for each day that of the one who was here then; while both
    were, that of the other, unless ``keep`` says otherwise.
    """
    kind, goes, stays = _both(unit, "worker", old, into)
    refuse_supervised(unit, goes.staff_id, stays.staff_id)
    asked = ("name", "registration", "email")
    said = _settled(kind, goes, stays, keep or {}, asked, freely=set(), also=WORKER_DATED)
    said |= {name: _union(getattr(stays, name), getattr(goes, name)) for name in ("specialisms", "areas")}
    said["started"] = _earlier(goes.started, stays.started)
    said["leaves"] = None if goes.leaves is None or stays.leaves is None else max(goes.leaves, stays.leaves)
    told = MergeReport()
    _note_address(unit, told, goes.staff_id, stays.staff_id)

    def dated() -> None:
        told.notes += join_dated(unit, kind, goes, stays, keep or {})

    return _merge(unit, kind, goes, stays, said, told, _WORKERS, dated, dry_run=dry_run)


def _both(unit: Unit, name: str, old: str, into: str) -> tuple[Kind[Any, Any], Any, Any]:
    kind = unit.kinds.named(name)
    goes, stays = by_hand.find(unit, kind, old), by_hand.find(unit, kind, into)
    if goes.id == stays.id:
        raise BadInput(f"{old} and {into} are the same {name} already.", field="into")
    return kind, goes, stays


def _settled(
    kind: Kind[Any, Any],
    goes: Any,
    stays: Any,
    keep: Keep,
    names: Sequence[str],
    freely: set[str],
    also: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what each field is to be; raises BadInput for those that contradict each other and were not settled.

    Of those in ``freely`` what the one that stays says counts where nothing else was said. ``keep`` may name those in
    ``also``, which are settled day by day.
    """
    unknown = sorted(set(keep) - {*names, *also, ""})
    if unknown:
        raise BadInput(f"{unknown[0]!r} cannot be kept.", field="keep", hint=f"Fields: {', '.join((*names, *also))}.")
    said, open_questions = {}, []
    for name in names:
        old, new = getattr(goes, name), getattr(stays, name)
        which = keep.get(name, keep.get("", NEW if name in freely else None))
        if not old or not new or _same(old, new):
            said[name] = new or old
        elif which is None:
            open_questions.append(name)
        else:
            said[name] = old if which == OLD else new
    if open_questions:
        titles = [_TITLES.get(name, name.replace("_", " ")) for name in open_questions]
        raise BadInput(
            f"The two say different things: {', '.join(titles)}.",
            field=open_questions[0],
            where=f"{kind.name}, {open_questions[0]}",
            hint="Are they one? Then say which counts: "
            + " ".join(f"--keep {name}=new" for name in open_questions)
            + " (or =old)",
        )
    return said


def _same(one: Any, other: Any) -> bool:
    return one == other or (isinstance(one, str) and isinstance(other, str) and sort_key(one) == sort_key(other))


def _union(mine: Sequence[Any], others: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*mine, *others)))


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one, other) if one and other else one or other


def _note_team(told: MergeReport, old: str, new: str, key: str) -> None:
    if old != new:
        told.notes.append(f"{key} was with team {old}; what is kept is with {new}.")


def _note_address(unit: Unit, told: MergeReport, old: str, into: str) -> None:
    """Say that a calendar's address does not move: it was given to one person, and shows no other's calendar."""
    query = "SELECT recipient FROM feed_token WHERE revoked_at IS NULL AND recipient IN :both"
    live = unit.reader.values(query, both=[old, into])
    if old in live:
        way = f"{into} has one" if into in live else f"give {into} one with: almoner calendar token issue {into}"
        told.notes.append(f"The calendar address of {old} opens nothing any more, from the next publishing on; {way}.")


def _merge(
    unit: Unit,
    kind: Kind[Any, Any],
    goes: Case | Worker,
    stays: Case | Worker,
    said: Mapping[str, Any],
    told: MergeReport,
    rules: Rules,
    dated: Callable[[], None] | None = None,
    *,
    dry_run: bool,
) -> Merged:
    old, into = getattr(goes, kind.key), getattr(stays, kind.key)
    unit.amend_by(kind.record, stays.id, {k: v for k, v in said.items() if v != getattr(stays, k)})
    if dated is not None:
        dated()
    move(unit, kind, old, into, rules, told)
    unit.remove(kind.record, goes.id)
    unit.record(FormerKeyFields.model_validate({"former": old, kind.name: into, "merged": True, "on": unit.today}))
    followed = Followed() if dry_run else unit.finish(f"Merged {kind.title} {old} into {into}")
    return Merged(old, into, tuple(told.lines()), followed)
