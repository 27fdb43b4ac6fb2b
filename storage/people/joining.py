"""Two staff ids that are one worker: what was dated of each, day by day; and two who cannot be one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.people.dated import WorkerPeriod, in_words
from domain.people.people import Worker
from domain.people.timeline import CONTRACT, Span
from storage.people.dated_facts import join_workers
from storage.records.keys import following as keys
from storage.records.kind import Kind, plain
from storage.tables import WorkerPeriodRow, WorkerRow

if TYPE_CHECKING:
    from storage.records.unit import Unit

_OVER = ("supervisor", "line_manager")
_DAY = timedelta(days=1)


# what is dated -------------------------------------------------------------------------------------------------------


def join_dated(unit: Unit, kind: Kind[Any, Any], goes: Worker, stays: Worker, keep: Mapping[str, str]) -> Iterator[str]:
    """Write what was dated of two workers who are one, and yield in words whose counts for which days.

    Where both were here and differ, that of the one that stays counts, or what ``keep`` says.
    """
    row = unit.session.get(kind.row, stays.id)
    was = kind.dump(unit.session.get(kind.row, goes.id))
    # As amended already the one that stays would have been here all along: its own days count.
    is_now = {**kind.dump(row), "started": stays.started, "leaves": stays.leaves}

    def old_counts(name: str) -> bool:
        named = next((keep[one] for one in (CONTRACT if name in CONTRACT else (name,)) if one in keep), None)
        return (named or keep.get("", "new")) == "old"

    done = join_workers(unit, was, is_now, old_counts)
    before = plain(kind, row)
    after = {**before, **done.own}
    if after != before:
        unit.session.flush()
        keys.keep(unit, kind, before, after)
        unit.session.expire_all()
    old, new = goes.staff_id, stays.staff_id
    for days, names in done.alone.items():
        yield f"{_days(days)} only {old} was here: {_listed(names)} of those days stays as it was of {old}."
    for days, names in done.differ.items():
        for side in (True, False):
            if some := [name for name in names if old_counts(name) is side]:
                counts, other = (old, "new") if side else (new, "old")
                way = " ".join(f"--keep {name}={other}" for name in some)
                yield f"{_days(days)} both were here and differ in {_listed(some)}: {counts} counts (else: {way})."
    yield from _between(goes, stays)


def _between(goes: Worker, stays: Worker) -> Iterator[str]:
    """Say of days on which neither was here that the one worker counts as here: there is one start and one end."""
    first, then = sorted((goes, stays), key=lambda one: Span(one.started, None, None).first)
    if first.leaves is not None and then.started is not None and first.leaves + _DAY < then.started:
        gap = Span(first.leaves + _DAY, then.started - _DAY, None)
        yield f"{_days((gap,))} neither was here: {stays.staff_id} counts as here then, too."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(in_words(name) for name in names)


def _days(spans: Sequence[Span]) -> str:
    words = ", and ".join(_span(span) for span in spans)
    return f"{words[:1].upper()}{words[1:]}"


def _span(span: Span) -> str:
    if span.starts is None:
        return f"until {show_day(span.ends)}" if span.ends else "all along"
    return f"from {show_day(span.starts)}" + (f" to {show_day(span.ends)}" if span.ends else " on")


# two who cannot be one -----------------------------------------------------------------------------------------------


def refuse_supervised(unit: Unit, one: str, other: str) -> None:
    """Raise BadInput where one of two workers supervises or manages the other, or did: then they are two.

    Sessions and agreements between the two stand against it as well (`storage/records/keys/merging.py`).
    """
    for who, over in ((one, other), (other, one)):
        own = unit.all(Worker, WorkerRow.staff_id == who)
        row = unit.session.get(WorkerRow, own[0].id)
        for name in _OVER:
            if getattr(row, name) == over:
                raise _two(who, over, name, f"Correct that first, if it is wrong: almoner amend worker {who} {name}=")
            for period in unit.all(WorkerPeriod, WorkerPeriodRow.worker == who):
                if period.said.get(name) == over:
                    raise _two(who, over, name, f"If that is wrong: almoner remove worker-period {period.id}")


def _two(who: str, over: str, name: str, hint: str) -> BadInput:
    did = "supervised" if name == "supervisor" else "managed"
    return BadInput(f"{who} is or was {did} by {over}, so they cannot be one.", field="into", hint=hint)
