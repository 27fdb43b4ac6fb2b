"""The kinds of record, declared once: fields, frozen record, row, natural key, and what a change to one touches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic import BaseModel, ValidationError
from sqlmodel import SQLModel

from domain import (
    calendars,
    cases,
    discussions,
    learning,
    overrides,
    people,
    plans,
    programmes,
    supervision,
    workload,
)
from domain.dates import stamp
from domain.errors import BadInput, NotFound
from domain.text import sort_key
from storage import tables

if TYPE_CHECKING:
    from storage.packs import PackSet

_LARGEST = 2**63 - 1  # what a column of whole numbers can hold
Complete = Callable[[dict[str, Any], "PackSet"], dict[str, Any]]
Touches = Callable[[Mapping[str, Any]], Iterator[tuple[str, str]]]


def _as_given(values: dict[str, Any], _packs: PackSet) -> dict[str, Any]:
    return values


def _sorted_by_name(values: dict[str, Any], _packs: PackSet) -> dict[str, Any]:
    values["sort_key"] = sort_key(values["name"])
    return values


def _with_points(values: dict[str, Any], packs: PackSet) -> dict[str, Any]:
    from domain.weighting import score

    scheme = packs.scheme(values["scheme"])
    values["points"] = score(scheme, values["answers"], values["uplift"]).points
    values["scheme_version"] = scheme.version
    return values


def _touch(group: str, field: str) -> Touches:
    def touches(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        if state.get(field):
            yield group, state[field]

    return touches


def _nothing(_state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return iter(())


_of_case = _touch("cases", "case")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    What ``complete`` adds follows from the fields named in ``follows``: it stays as it is while none of them changes,
    so that agreeing to an old weighing does not weigh the case again. None: it is worked out at every change.
    """

    name: str
    fields: type[BaseModel]
    record: type[BaseModel]
    row: type[tables.Kept]
    key: str = "id"
    touches: Touches = _of_case
    complete: Complete = _as_given
    follows: tuple[str, ...] | None = None

    @property
    def table(self) -> sa.Table:
        """The table it is kept in."""
        return table_of(self.row)

    @property
    def defaults(self) -> dict[str, Any]:
        """What a field holds that is left out, for those that may be."""
        fields = self.fields.model_fields.items()
        return {name: field.get_default(call_default_factory=True) for name, field in fields if not field.is_required()}

    def stays(self, fields: Mapping[str, Any], row: Any) -> bool:
        """Whether what was added to ``row`` still follows from ``fields``."""
        return self.follows is not None and all(fields[name] == getattr(row, name) for name in self.follows)

    def freeze(self, row: Any) -> Any:
        """Return the row as the domain's frozen record."""
        return self.record.model_validate({name: getattr(row, name) for name in self.record.model_fields})

    def dump(self, row: Any) -> dict[str, Any]:
        """Return the row's own fields, as its writer gave them."""
        return {name: getattr(row, name) for name in self.fields.model_fields}


KINDS = {
    kind.name: kind
    for kind in (
        Kind("team", people.TeamFields, people.Team, tables.TeamRow, "name", _touch("teams", "name"), _sorted_by_name),
        Kind(
            "worker",
            people.WorkerFields,
            people.Worker,
            tables.WorkerRow,
            "staff_id",
            _touch("workers", "staff_id"),
            _sorted_by_name,
        ),
        Kind(
            "reduction",
            people.ReductionFields,
            people.Reduction,
            tables.ReductionRow,
            touches=_touch("workers", "worker"),
        ),
        Kind(
            "case",
            cases.CaseFields,
            cases.Case,
            tables.CaseRow,
            "reference",
            _touch("cases", "reference"),
            _sorted_by_name,
        ),
        Kind("event", cases.EventFields, cases.CaseEvent, tables.EventRow),
        Kind("allocation", cases.AllocationFields, cases.Allocation, tables.AllocationRow),
        Kind(
            "weighting",
            cases.WeightingFields,
            cases.Weighting,
            tables.WeightingRow,
            complete=_with_points,
            follows=("scheme", "answers", "uplift"),
        ),
        Kind(
            "session",
            supervision.SessionFields,
            supervision.Session,
            tables.SessionRow,
            touches=_touch("workers", "worker"),
        ),
        Kind(
            "worker-event",
            people.WorkerEventFields,
            people.WorkerEvent,
            tables.WorkerEventRow,
            touches=_touch("workers", "worker"),
        ),
        Kind("postponement", cases.PostponementFields, cases.Postponement, tables.PostponementRow),
        Kind("override", overrides.OverrideFields, overrides.Override, tables.OverrideRow),
        Kind("council-date", cases.CouncilDateFields, cases.CouncilDate, tables.CouncilDateRow),
        Kind("extra", workload.ExtraFields, workload.Extra, tables.ExtraRow, touches=_touch("workers", "worker")),
        Kind("unplanned", workload.UnplannedFields, workload.Unplanned, tables.UnplannedRow, touches=_nothing),
        Kind(
            "concern",
            workload.ConcernFields,
            workload.Concern,
            tables.ConcernRow,
            touches=_touch("workers", "worker"),
        ),
        Kind("conflict", cases.ConflictFields, cases.Conflict, tables.ConflictRow, touches=_nothing),
        Kind("plan", plans.PlanFields, plans.KeptPlan, tables.PlanRow, "name", _nothing),
        Kind(
            "agreement",
            supervision.AgreementFields,
            supervision.Agreement,
            tables.AgreementRow,
            touches=_touch("workers", "worker"),
        ),
        Kind(
            "attendance",
            discussions.AttendanceFields,
            discussions.Attendance,
            tables.AttendanceRow,
            touches=_touch("workers", "worker"),
        ),
        Kind(
            "discussion",
            discussions.DiscussionFields,
            discussions.Discussion,
            tables.DiscussionRow,
            touches=_nothing,
        ),
        Kind("amendment", discussions.AmendmentFields, discussions.Amendment, tables.AmendmentRow, touches=_nothing),
        Kind("rating", discussions.RatingFields, discussions.Rating, tables.RatingRow, touches=_nothing),
        Kind("decision", discussions.DecisionFields, discussions.Decision, tables.DecisionRow, touches=_nothing),
        Kind("action", discussions.ActionFields, discussions.Action, tables.ActionRow, touches=_nothing),
        Kind(
            "agenda-item",
            discussions.AgendaItemFields,
            discussions.AgendaItem,
            tables.AgendaItemRow,
            touches=_nothing,
        ),
        Kind(
            "disagreement",
            discussions.DisagreementFields,
            discussions.Disagreement,
            tables.DisagreementRow,
            touches=_nothing,
        ),
        Kind(
            "learning-need",
            learning.LearningNeedFields,
            learning.LearningNeed,
            tables.LearningNeedRow,
            touches=_touch("workers", "worker"),
        ),
        Kind("evidence", learning.EvidenceFields, learning.Evidence, tables.EvidenceRow, touches=_nothing),
        Kind("cpd", learning.CpdFields, learning.Cpd, tables.CpdRow, touches=_touch("workers", "worker")),
        Kind(
            "registration",
            learning.RegistrationFields,
            learning.Registration,
            tables.RegistrationRow,
            touches=_touch("workers", "worker"),
        ),
        Kind(
            "programme",
            programmes.ProgrammeFields,
            programmes.Programme,
            tables.ProgrammeRow,
            touches=_touch("workers", "worker"),
        ),
        Kind(
            "milestone",
            programmes.MilestoneFields,
            programmes.Milestone,
            tables.MilestoneRow,
            touches=_touch("programmes", "programme"),
        ),
        Kind(
            "placement-day",
            programmes.PlacementDayFields,
            programmes.PlacementDay,
            tables.PlacementDayRow,
            touches=_touch("programmes", "programme"),
        ),
        Kind(
            "closure",
            programmes.ClosureFields,
            programmes.Closure,
            tables.ClosureRow,
            touches=_touch("programmes", "programme"),
        ),
        Kind(
            "calendar-choice",
            calendars.CalendarChoiceFields,
            calendars.CalendarChoice,
            tables.CalendarChoiceRow,
            touches=_nothing,
        ),
        Kind(
            "calendar-settings",
            calendars.CalendarSettingsFields,
            calendars.CalendarSettings,
            tables.CalendarSettingsRow,
            touches=_nothing,
        ),
    )
}


def kind_of(name: str) -> Kind:
    """Return the kind called ``name``; raises NotFound listing those there are."""
    try:
        return KINDS[name]
    except KeyError:
        raise NotFound(f"{name!r} is not a kind of record.", field="kind", hint="Kinds: " + ", ".join(KINDS)) from None


def table_of(row: type[SQLModel]) -> sa.Table:
    """Return the Core table behind a row class."""
    return row.__table__  # type: ignore[attr-defined, no-any-return]


def validate(kind: Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the validated fields; raises BadInput for the first field at fault, naming it, never its content."""
    unknown = sorted(set(data) - set(kind.fields.model_fields) - ({"pathway"} if kind.name == "case" else set()))
    if unknown:
        known = ", ".join(kind.fields.model_fields)
        raise BadInput(f"A {kind.name} has no field {unknown[0]!r}.", field=unknown[0], hint=f"Fields: {known}.")
    try:
        fields = kind.fields.model_validate(data)
    except ValidationError as error:
        raise explain(error, kind.name) from None
    found = {name: getattr(fields, name) for name in kind.fields.model_fields}
    for name, value in found.items():
        if value.__class__ is int and not -_LARGEST <= value <= _LARGEST:
            raise BadInput(f"{kind.name}, {name}: out of range.", field=name)
    return found


def explain(error: ValidationError, kind: str) -> BadInput:
    """Return a validation error in plain words: which field, what is wrong with it."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    message = _plain_words(first["type"], str(first["msg"]), first.get("ctx", {}))
    if not field and ": " in message:
        field, message = message.split(": ", 1)
    return BadInput(f"{kind}, {field or 'whole'}: {message}.", field=field)


def _plain_words(fault: str, message: str, context: Mapping[str, Any]) -> str:
    match fault:
        case "missing":
            return "this is needed"
        case "string_too_short" | "too_short":
            return "this cannot be empty"
        case "string_too_long" | "too_long":
            return f"longer than {context.get('max_length')} characters"
        case "enum":
            return f"not one of {context.get('expected')}"
        case "string_pattern_mismatch":
            return "not written as it must be"
        case _:
            return message.removeprefix("Value error, ").rstrip(".")


def plain(kind: Kind, row: Any) -> dict[str, Any]:
    """Return every column of ``row`` as plain JSON values, as the change log keeps them."""
    return plain_values(kind, {column.name: getattr(row, column.name) for column in kind.table.columns})


_AS_IT_IS = frozenset({str, int, bool, type(None)})


def plain_values(_kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` as plain JSON values."""
    return {name: value if value.__class__ in _AS_IT_IS else _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if value.__class__ in _AS_IT_IS:
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return dict(value) if isinstance(value, Mapping) else value


def kept(plain: Any) -> Any:
    """Return a plain value as its column holds it: lists and mappings as JSON, yes and no as 1 and 0."""
    if plain.__class__ is dict:
        return json.dumps(plain, ensure_ascii=False, sort_keys=True) if plain else "{}"
    if plain.__class__ is list:
        return json.dumps(plain, ensure_ascii=False) if plain else "[]"
    return int(plain) if plain.__class__ is bool else plain
