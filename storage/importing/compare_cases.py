"""Teams, workers and cases of an extract against those on file: validated once, sorted into new and changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from domain.cases.cases import CaseFields
from domain.core.errors import Problem
from domain.people.people import TeamFields, WorkerFields
from storage.importing.diff import Change, Diff, show
from storage.importing.extract import Extract, Item
from storage.importing.files.quoting import quoted
from storage.importing.on_file import Kept, Record
from storage.records.kind import explain

SOFT = "soft"


@dataclass(slots=True)
class Work:
    """A comparison while it is being made. ``refused`` are rows of which something was left out."""

    extract: Extract
    kept: Kept
    diff: Diff
    teams: set[str] = field(default_factory=set)
    workers: dict[str, dict[str, Any]] = field(default_factory=dict)
    cases: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: set[tuple[str, int]] = field(default_factory=set)

    def refuse(self, item: Item, column: str, value: object, message: str) -> None:
        """Leave one thing out, and say why."""
        self.refused.add((item.file, item.row))
        self.note(item, column, value, message)

    def note(self, item: Item, column: str, value: object, message: str) -> None:
        """Note something wrong in a thing that is taken all the same."""
        self.diff.problems.append(Problem(item.file, item.row or None, column, quoted(column, show(value)), message))

    def case_of(self, item: Item) -> dict[str, Any] | None:
        """Return the case something belongs to, in the extract or on file; what belongs to none is left out."""
        reference = item.data["case"]
        case = self.cases.get(reference)
        if case is None and (known := self.kept.cases.get(reference)) is not None:
            case = self.cases[reference] = known.fields
        if case is None:
            self.refuse(item, "case", reference, "there is no such case here, or it was set aside")
        return case

    def validated(self, item: Item, model: type[BaseModel], kind: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """Return the full set of fields, or None when they are not valid."""
        try:
            return dict(model.model_validate(data).__dict__)
        except ValidationError as error:
            why = explain(error, kind)
            value = data.get(why.field.partition(".")[0], "")
            self.refuse(item, why.field, value, why.message)
            return None


def compare(extract: Extract, kept: Kept, diff: Diff) -> Work:
    """Fill ``diff`` with teams, workers and cases; what hangs on a case comes after."""
    work = Work(extract, kept, diff, teams=set(kept.teams))
    _teams(work)
    _workers(work)
    _cases(work)
    return work


def _teams(work: Work) -> None:
    for item in work.extract.items["team"]:
        known = work.kept.teams.get(item.data["name"])
        if known is not None:
            update(work, "team", item, known, item.data, TeamFields)
        elif (row := work.validated(item, TeamFields, "team", item.data)) and row["name"] not in work.teams:
            work.teams.add(row["name"])
            if not work.kept.teams and row["in_use_since"] is None:
                row["in_use_since"] = work.diff.today  # the first import begins the use: nothing is late of before
            work.diff.additions["team"].append(row)


def update(
    work: Work,
    kind: str,
    item: Item,
    known: Record,
    said: dict[str, Any],
    model: type[BaseModel],
    *,
    closes: bool = False,
) -> dict[str, Any]:
    """Count a record on file as changed or unchanged, and return its fields as they will be."""
    changes = {name: value for name, value in said.items() if known.fields[name] != value}
    after = work.validated(item, model, kind, {**known.fields, **changes}) if changes else None
    if after is None or after == known.fields:
        work.diff.unchanged[kind] += after is not None or not changes
        return known.fields
    work.diff.changes[kind].append(Change(known.id, known.fields, after, closes))
    return after


def _workers(work: Work) -> None:
    work.workers = {staff_id: record.fields for staff_id, record in work.kept.workers.items()}
    for item in work.extract.items["worker"]:
        staff_id = item.data["staff_id"]
        known = work.kept.workers.get(staff_id)
        if known is not None:
            said = _worker_news(work, item.data, known.fields) if work.extract.source == "ssd" else {}
            _without_lost_team(work, item, said)
            work.workers[staff_id] = update(work, "worker", item, known, said, WorkerFields)
        elif staff_id not in work.workers and (row := _in_team(work, item, WorkerFields, "worker", item.data)):
            work.workers[row["staff_id"]] = row
            work.diff.additions["worker"].append(row)


def _in_team(work: Work, item: Item, model: type[BaseModel], kind: str, data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the valid fields of a worker or case whose team stands."""
    row = work.validated(item, model, kind, data)
    if row is not None and row["team"] not in work.teams:
        work.refuse(item, "team", row["team"], "this team was set aside")
        return None
    return row


def _without_lost_team(work: Work, item: Item, said: dict[str, Any]) -> None:
    """Leave out a move to a team that was set aside."""
    if "team" in said and said["team"] not in work.teams:
        work.refuse(item, "team", said.pop("team"), "this team was set aside")


def _worker_news(work: Work, data: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What an extract may change: the grade only when the job title changed, for people correct it by hand.

    An FTE that says of hours a week what they come to changes nothing; another one takes their place.
    """
    same_title = data.get("role", "") in ("", known["role"])
    dropped = {"grade"} if same_title else set()
    if data["name"] == data["staff_id"]:
        dropped.add("name")
    if "fte" in data and data["fte"] == work.kept.in_hours.get(known["staff_id"]):
        dropped.add("fte")
    news = {name: value for name, value in data.items() if name not in dropped}
    return news | ({"hours": None} if "fte" in news else {})


def _cases(work: Work) -> None:
    for item in work.extract.items["case"]:
        data = dict(item.data)
        soft = data.pop(SOFT, ())
        reference = data["reference"]
        known = work.kept.cases.get(reference)
        if known is None:
            if row := _new_case(work, item, data):
                work.cases[row["reference"]] = row
                work.diff.additions["case"].append(row)
            continue
        said = {name: value for name, value in data.items() if name not in soft}
        news = _case_news(work.extract, said, known.fields)
        _without_lost_team(work, item, news)
        closes = news.get("closed") is not None and known.fields["closed"] is None
        work.cases[reference] = update(work, "case", item, known, news, CaseFields, closes=closes)


def _new_case(work: Work, item: Item, data: dict[str, Any]) -> dict[str, Any] | None:
    """Return a new case's fields, or None when they cannot stand."""
    if data["reference"] in work.cases:
        work.refuse(item, "reference", data["reference"], "this reference stands in the extract twice")
        return None
    return _in_team(work, item, CaseFields, "case", data)


def _case_news(extract: Extract, said: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What an extract says about a case on file; what it leaves out stays, and so does what it cannot know about."""
    news = {name: value for name, value in said.items() if value not in (None, "", ())}
    if "opened" in news:
        news["opened"] = min(news["opened"], known["opened"])
    if "factors" in news:
        news["factors"] = tuple(dict.fromkeys([*known["factors"], *news["factors"]]))
    others = [p for p in known["pathways"] if p not in extract.speaks_for]
    if "closed" in news and extract.source == "ssda903" and others:
        return {name: v for name, v in news.items() if name not in ("closed", "close_reason")} | {
            "pathways": tuple(others)
        }
    if "closed" in news:
        news.pop("pathways", None)
        return news
    if "pathways" in news:
        rest = known["pathways"][1:] if extract.replaces_worker else others
        news["pathways"] = tuple(dict.fromkeys([*news["pathways"], *rest]))
    since = extract.current_since.get(known["reference"])
    if known["closed"] is not None and since is not None and since > known["closed"]:
        news |= {"closed": None, "close_reason": ""}
    return news
