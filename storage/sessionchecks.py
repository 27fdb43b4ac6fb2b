"""Checks of agreements and sessions against the others: times that overlap, and which agreement stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.dates import show_day
from domain.errors import BadInput
from domain.ids import SessionState, SupervisionKind
from storage.kinds import KINDS

if TYPE_CHECKING:
    from storage.unit import Unit

Fields = Mapping[str, Any]

_WHEN = ("on", "start", "minutes", "supervisor", "worker", "state")
_ON_TOP = (SupervisionKind.GROUP, SupervisionKind.JOINT, SupervisionKind.AD_HOC)


def of_session(unit: Unit, fields: Fields, row: Any) -> None:
    """Refuse a session that runs into another one still to come, or that lies before the agreement."""
    if row is not None and all(fields[name] == getattr(row, name) for name in _WHEN):
        return
    _not_before_the_agreement(unit, fields, row)
    if fields["state"] is SessionState.PLANNED:
        _not_at_once(unit, fields, row)


def _not_at_once(unit: Unit, fields: Fields, row: Any) -> None:
    from storage.schedule import clash

    own = row.id if row is not None else 0
    for field in ("supervisor", "worker"):
        if taken := clash(unit, (fields[field],), fields["on"], fields["start"], fields["minutes"], own):
            raise BadInput(
                f"on: {fields[field]} {taken}.", field="on", hint="Choose another day or time, or move that one first."
            )


def _not_before_the_agreement(unit: Unit, fields: Fields, row: Any) -> None:
    """Only the day counts: a session that was kept before is not judged by an agreement made since."""
    if fields["kind"] in _ON_TOP or (row is not None and row.on == fields["on"]):
        return
    kept = KINDS["agreement"].table
    first = sa.select(sa.func.min(kept.c.starts)).where(
        kept.c.worker == fields["worker"], kept.c.supervisor == fields["supervisor"]
    )
    starts = unit.connection.execute(first).scalar()
    if starts is not None and fields["on"] < starts:
        raise BadInput(
            f"on: {show_day(fields['on'])} lies before the agreement of {fields['worker']} and {fields['supervisor']}"
            f" ({show_day(starts)}).",
            field="on",
            hint="Let the agreement start earlier, or record the session as unplanned (ad_hoc).",
        )


def of_agreement(unit: Unit, fields: Fields, row: Any) -> None:
    """Refuse an agreement where another of the same kind stands at the same time; group agreements may be many."""
    if fields["kind"] in _ON_TOP:
        return
    for other in unit.all("agreement", worker=fields["worker"]):
        mine = row is not None and other.id == row.id
        if not mine and other.kind is fields["kind"] and _both_stand(fields, other):
            raise BadInput(
                f"starts: {fields['worker']} has such an agreement with {other.supervisor} from"
                f" {show_day(other.starts)}.",
                field="starts",
                hint="End that one first: give it a last day before this one starts.",
            )


def _both_stand(fields: Fields, other: Any) -> bool:
    return (fields["ends"] is None or other.starts <= fields["ends"]) and (
        other.ends is None or fields["starts"] <= other.ends
    )
