"""Checks of a record against the others: what its own fields cannot know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from domain.contradictions import before_birth
from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.ids import Outcome, Role
from domain.scoring import no_points
from storage import calendarchecks, closing, learningchecks, programmechecks, sessionchecks
from storage.kinds import KINDS, Kind

if TYPE_CHECKING:
    from storage.unit import Unit

Fields = Mapping[str, Any]
Check = Callable[[Any, Fields, Any], None]


def before_recording(unit: Unit, kind: Kind, fields: Fields, row: Any = None) -> None:
    """Raise BadInput or NotFound, naming the field, when ``fields`` cannot stand beside what is kept."""
    check = _CHECKS.get(kind.name)
    if check is not None:
        check(unit, fields, row)
    closing.refuse_closed(unit, kind.name, fields, row)


def _there(unit: Unit, kind: str, key: str | None, field: str) -> Any:
    if key is None:
        return None
    what = KINDS[kind]
    found = unit.connection.execute(sa.select(what.table).where(what.table.c[what.key] == key)).first()
    if found is None:
        raise NotFound(f"{field}: there is no {kind} {key!r}.", field=field, hint=f"See: almoner list {kind}")
    return found


def _one_of(value: str, known: Iterable[str], field: str, what: str) -> None:
    known = sorted(known)
    if value not in known:
        raise NotFound(f"{field}: {value!r} is not a {what}.", field=field, hint="Known: " + ", ".join(known) + ".")


def _not_ahead(day: date | None, today: date, field: str) -> None:
    if day is not None and day > today:
        raise BadInput(
            f"{field}: {show_day(day)} lies in the future (today is {show_day(today)}).",
            field=field,
            hint="Record what has happened; what is planned is worked out from the rules.",
        )


def _team(unit: Unit, fields: Fields, _row: Any) -> None:
    _one_of(fields["scheme"], unit.packs.schemes, "scheme", "weighting scheme")
    scheme = unit.packs.scheme(fields["scheme"])
    if not scheme.factors:
        raise no_points(scheme.item)


def _worker(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "team", fields["team"], "team")
    _one_of(fields["grade"], unit.packs.grades, "grade", "grade")
    for field in ("supervisor", "line_manager"):
        _there(unit, "worker", fields[field], field)


def _reduction(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "worker", fields["worker"], "worker")
    _one_of(fields["kind"], unit.packs.reasons, "kind", "reason for carrying less")
    if refusal := unit.packs.reasons[fields["kind"]].refusal(fields["percent"]):
        raise BadInput(f"percent: {refusal}.", field="percent", hint="See: almoner list reduction-reason")


def _case(unit: Unit, fields: Fields, row: Any) -> None:
    _there(unit, "team", fields["team"], "team")
    for field in ("opened", "closed", "born"):
        _not_ahead(fields[field], unit.today, field)
    if row is not None and fields["opened"] > row.opened:
        held = KINDS["allocation"].table
        first = sa.select(sa.func.min(held.c.starts)).where(held.c.case == row.reference)
        started = unit.connection.execute(first).scalar()
        if started is not None and started < fields["opened"]:
            raise BadInput(f"opened: an allocation started on {show_day(started)} already.", field="opened")


def _event(unit: Unit, fields: Fields, _row: Any) -> None:
    case = _there(unit, "case", fields["case"], "case")
    known = [name for name, kind in unit.packs.event_kinds.items() if kind.applies_to == "case"]
    _one_of(fields["kind"], known, "kind", "kind of event")
    _not_ahead(fields["on"], unit.today, "on")
    kind = fields["kind"]
    _outcome(fields["details"], {detail.name for detail in unit.packs.event_kinds[kind].details})
    if before_birth(kind, fields["on"], case.born):
        raise BadInput(f"on: {show_day(fields['on'])} lies before the birth date on {case.reference}.", field="on")


def _outcome(details: Mapping[str, Any], own: set[str]) -> None:
    """Refuse an outcome that is none; a kind with an outcome of its own says itself what that may be."""
    if "outcome" in details and "outcome" not in own:
        _one_of(str(details["outcome"]), Outcome, "details.outcome", "outcome")


def _allocation(unit: Unit, fields: Fields, row: Any) -> None:
    case = _there(unit, "case", fields["case"], "case")
    worker = _there(unit, "worker", fields["worker"], "worker")
    starts, ends = fields["starts"], fields["ends"]
    if starts < case.opened:
        raise BadInput(
            f"starts: {show_day(starts)} lies before {case.reference} opened ({show_day(case.opened)}).",
            field="starts",
            hint="Give a day on or after the case opened.",
        )
    if case.closed is not None and starts > case.closed:
        raise BadInput(f"starts: {case.reference} closed on {show_day(case.closed)}.", field="starts")
    if worker.leaves is not None and starts > worker.leaves:
        raise BadInput(f"starts: {worker.staff_id} left on {show_day(worker.leaves)}.", field="starts")
    if fields["role"] is Role.ALLOCATED:
        _one_allocated_worker(unit, fields, row, starts, ends)


def _one_allocated_worker(unit: Unit, fields: Fields, row: Any, starts: date, ends: date | None) -> None:
    for other in unit.all("allocation", case=fields["case"], role=Role.ALLOCATED):
        if row is not None and other.id == row.id:
            continue
        if (ends is None or other.starts < ends) and (other.ends is None or starts < other.ends):
            raise BadInput(
                f"starts: {other.worker} holds {fields['case']} from {show_day(other.starts)}.",
                field="starts",
                hint="A case has one allocated worker at a time: end that allocation first, or use: almoner allocate.",
            )


def _weighting(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "case", fields["case"], "case")
    _one_of(fields["scheme"], unit.packs.schemes, "scheme", "weighting scheme")
    for field in ("on", "agreed_worker", "agreed_supervisor"):
        _not_ahead(fields[field], unit.today, field)
        if fields[field] is not None and fields[field] < fields["on"]:
            raise BadInput(f"{field}: nobody agrees to a weighing before it is made.", field=field)
    if fields["uplift"] and not fields["uplift_reason"]:
        raise BadInput("uplift_reason: say why points were added or taken by hand.", field="uplift_reason")


def _session(unit: Unit, fields: Fields, row: Any) -> None:
    worker = _there(unit, "worker", fields["worker"], "worker")
    _there(unit, "worker", fields["supervisor"], "supervisor")
    _not_ahead(fields["held_on"], unit.today, "held_on")
    for field in ("recorded_on", "agreed_worker", "agreed_supervisor"):
        _not_ahead(fields[field], unit.today, field)
    for field in ("proposed_by", "cover_for"):
        _there(unit, "worker", fields[field], field)
    if fields["reason_code"] is not None:
        _one_of(fields["reason_code"], unit.packs.missed_reasons, "reason_code", "reason")
    if worker.started is not None and fields["on"] < worker.started:
        raise BadInput(f"on: {worker.staff_id} started on {show_day(worker.started)}.", field="on")
    sessionchecks.of_session(unit, fields, row)


def _worker_event(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "worker", fields["worker"], "worker")
    known = [name for name, kind in unit.packs.event_kinds.items() if kind.applies_to == "worker"]
    _one_of(fields["kind"], known, "kind", "kind of event about a worker")
    _not_ahead(fields["on"], unit.today, "on")


def _postponement(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "case", fields["case"], "case")
    _there(unit, "worker", fields["worker"], "worker")
    _one_of(fields["rule"], unit.packs.rule_ids, "rule", "rule")
    if fields["to"] < unit.today:
        raise BadInput("to: a thing cannot be put off to a day that has passed.", field="to")


def _override(unit: Unit, fields: Fields, _row: Any) -> None:
    from domain.overrides import OverrideFields, allowed

    _there(unit, "case", fields["case"], "case")
    _one_of(fields["rule"], unit.packs.rule_ids, "rule", "rule")
    _not_ahead(fields["decided_on"], unit.today, "decided_on")
    wanted = OverrideFields.model_construct(None, **fields)
    named = [r for r in unit.packs.rulebook.all_rules.values() if r.active and fields["rule"] in (r.id, r.series)]
    refusals = [allowed(rule, wanted) for rule in named]
    # Of rules that take turns one may allow it where another does not; the engine keeps each within its own limit.
    if refusals and (why := refusals[-1]) and all(refusals):
        raise why


def _of_worker(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "worker", fields["worker"], "worker")


def _unplanned(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "worker", fields["worker"], "worker")
    _there(unit, "case", fields["case"], "case")
    _not_ahead(fields["on"], unit.today, "on")


def _concern(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "worker", fields["worker"], "worker")
    for field in ("raised_on", "answered_on", "closed_on"):
        _not_ahead(fields[field], unit.today, field)


def _conflict(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "case", fields["case"], "case")
    _there(unit, "worker", fields["worker"], "worker")


def _plan(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "team", fields["team"], "team")


def _agreement(unit: Unit, fields: Fields, row: Any) -> None:
    worker = _there(unit, "worker", fields["worker"], "worker")
    _there(unit, "worker", fields["supervisor"], "supervisor")
    for field in ("signed_worker", "signed_supervisor"):
        _not_ahead(fields[field], unit.today, field)
    _one_of(fields["standard"], unit.packs.standards, "standard", "supervision standard")
    if worker.started is not None and fields["starts"] < worker.started:
        raise BadInput(f"starts: {worker.staff_id} started on {show_day(worker.started)}.", field="starts")
    sessionchecks.of_agreement(unit, fields, row)


def _of_session(unit: Unit, fields: Fields, _row: Any) -> None:
    for kind, field in (("session", "session"), ("case", "case"), ("worker", "worker"), ("worker", "owner")):
        key = fields.get(field)
        if key is not None:
            _there(unit, kind, key, field)
    for field in ("on", "done_on", "followed_on", "raised_on", "closed_on", "ended_on", "dropped_on", "agreed_on"):
        _not_ahead(fields.get(field), unit.today, field)


def _disagreement(unit: Unit, fields: Fields, row: Any) -> None:
    from storage.disagreements import check

    _of_session(unit, fields, row)
    if row is None or fields["stage"] != row.stage:
        check(unit.packs, fields)


def _of_programme(unit: Unit, fields: Fields, _row: Any) -> None:
    for kind, field in (("programme", "programme"), ("worker", "worker"), ("learning-need", "need")):
        key = fields.get(field)
        if key is not None:
            _there(unit, kind, key, field)
    for field in ("on", "ended_on", "submitted_on", "granted", "raised_on"):
        _not_ahead(fields.get(field), unit.today, field)


def _learning(unit: Unit, fields: Fields, row: Any) -> None:
    _of_programme(unit, fields, row)
    learningchecks.of_learning(unit, fields, row)


def _registration(unit: Unit, fields: Fields, row: Any) -> None:
    _of_programme(unit, fields, row)
    learningchecks.of_registration(unit, fields, row)


def _programme(unit: Unit, fields: Fields, row: Any) -> None:
    for field in ("worker", "educator", "on_site"):
        _there(unit, "worker", fields[field], field)
    if fields["kind"] in unit.packs.progressions:
        learningchecks.of_progression(unit, fields, row)
    else:
        programmechecks.of_programme(unit, fields, row)


def _in_programme(check: Check) -> Check:
    def checked(unit: Unit, fields: Fields, row: Any) -> None:
        _of_programme(unit, fields, row)
        check(unit, fields, row)

    return checked


def _evidence(unit: Unit, fields: Fields, row: Any) -> None:
    _learning(unit, fields, row)
    programmechecks.of_evidence(unit, fields, row)


def _council_date(unit: Unit, fields: Fields, _row: Any) -> None:
    _there(unit, "case", fields["case"], "case")


_CHECKS: dict[str, Check] = {
    "team": _team,
    "worker": _worker,
    "reduction": _reduction,
    "case": _case,
    "event": _event,
    "allocation": _allocation,
    "weighting": _weighting,
    "session": _session,
    "worker-event": _worker_event,
    "postponement": _postponement,
    "override": _override,
    "council-date": _council_date,
    "extra": _of_worker,
    "unplanned": _unplanned,
    "concern": _concern,
    "conflict": _conflict,
    "plan": _plan,
    "agreement": _agreement,
    "programme": _programme,
    "calendar-choice": calendarchecks.of_choice,
    "calendar-settings": calendarchecks.of_settings,
    "closure": _in_programme(programmechecks.of_closure),
    "milestone": _in_programme(programmechecks.of_milestone),
    "placement-day": _in_programme(programmechecks.of_day),
    "evidence": _evidence,
    "disagreement": _disagreement,
    "registration": _registration,
    **dict.fromkeys(("learning-need", "cpd"), _learning),
    **dict.fromkeys(
        (
            "attendance",
            "discussion",
            "amendment",
            "rating",
            "decision",
            "action",
            "agenda-item",
        ),
        _of_session,
    ),
}
