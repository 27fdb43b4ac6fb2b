"""Forms of programmes: begin one, record what was reached or shown, close days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.learning.programmes import (
    Closure,
    ClosureFields,
    Extension,
    ExtensionFields,
    Milestone,
    MilestoneFields,
    ProgrammeFields,
    StageClosing,
    StageClosingFields,
)
from domain.learning.records import Evidence, EvidenceFields
from storage.learning.acts import begin_programme
from storage.learning.learner_page import learner
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.ask import Values, ask, choose
from tui.dialogs.form import LINE, Field
from tui.dialogs.record_form import asked, record, taken
from tui.learning.forms.need_form import ANY, domains_of
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.learning.learner_page import Learner
    from storage.records.unit import Unit
    from tui.core.page import Page

EVIDENCE, CLOSED, EXTENSION, CLOSE = "evidence", "closed", "extension", "close:"
HALVES = {"1": 100, "½": 50, "0.5": 50, "0": 0, "-": 0}
PATTERN = "Monday to Friday, as in 1 1 1 ½ 0"
PLACED = ("on_site", "university", "days", "pattern")


# beginning -------------------------------------------------------------------------------------------------------


async def new_programme(page: Page, team: str | None) -> str | None:
    """Ask for a programme, and begin it.

    The learner is one of the team; whoever teaches or supervises them on site may be of any.
    """
    kinds = await page.office.desk.read(_kinds)
    chosen = await choose(page, "Which programme?", kinds, "No pack describes a programme.")
    if chosen is None:
        return None
    sort, _, kind = chosen.partition(":")
    learners = await staff_choices(page, team=team)
    people = await staff_choices(page, first=team or "")

    def doing(unit: Unit, values: Values) -> str:
        found = begin_programme(unit, ProgrammeFields.model_validate({"kind": kind, **_taken(values)})).programme
        return f"{found.worker}: programme {found.id} begins on {show_day(found.starts, unit.today)}."

    title = f"Begin: {next(one.words for one in kinds if one.key == chosen)}"
    return await ask(page, title, _beginning(sort, learners, people), doing)


def _kinds(conn: Connection) -> list[Choice]:
    packs = Packs(conn)
    return [
        Choice(
            f"{one.get('sort', 'progression')}:{key}",
            str(one["title"]),
            "example" if one.get("basis") == "local" else "",
        )
        for of in ("programme", "progression")
        for key, one in packs.all(of).items()
        if one.get("active", True)
    ]


def _beginning(sort: str, learners: Sequence[Choice], people: Sequence[Choice]) -> list[Field]:
    names = ["worker", "starts"]
    if sort != "progression":
        names += ["educator", *(PLACED if sort == "placement" else ()), "note"]
    fields = asked(
        ProgrammeFields,
        *names,
        given={"starts": "today"},
        options={"worker": learners, "educator": people, "on_site": people},
        titles={"educator": "Practice educator" if sort == "placement" else "Assessor"},
        hints={"days": "left out: as the programme says"},
        ahead={"starts"},
    )
    return [Field("pattern", one.label, LINE, hint=PATTERN) if one.id == "pattern" else one for one in fields]


def _taken(values: Values) -> Values:
    """Return what was filled in, as a programme keeps it: the pattern in hundredths."""
    found = taken(ProgrammeFields, {name: value for name, value in values.items() if name != "pattern"})
    days = found.get("days")
    if days is not None and days % 100:
        raise BadInput("Write the days as a number, as in 70.", field="days")
    return {**found, "pattern": _pattern(values.get("pattern") or "")}


def _pattern(text: str) -> tuple[int, ...]:
    words = text.replace(",", " ").split()
    if any(word not in HALVES for word in words):
        raise BadInput(f"Write each day as 1, ½ or 0: {PATTERN}.", field="pattern")
    return tuple(HALVES[word] for word in words)


# recording -------------------------------------------------------------------------------------------------------


async def record_for(page: Page, number: int) -> str | None:
    """Ask what was reached or shown in a programme, and record it."""
    today = page.office.today
    found = await page.office.desk.read(lambda conn: learner(conn, number, today))
    choices = recordable(found)
    chosen = await choose(page, "What happened?", choices)
    if chosen is None:
        return None
    if chosen == EVIDENCE:
        return await _evidence(page, found)
    if chosen == CLOSED:
        return await close_days(page, number, today)
    if chosen == EXTENSION:
        return await _extend(page, found)
    if chosen.startswith(CLOSE):
        return await _close_stage(page, found, chosen.removeprefix(CLOSE))
    title = next(one.words for one in choices if one.key == chosen)

    def told(kept: Milestone, unit: Unit) -> str:
        return f"Recorded: {title.lower()}, {show_day(kept.on, unit.today)}."

    fields = asked(MilestoneFields, "on", "by", "outcome", "note", given={"on": "today"})
    return await record(page, title, MilestoneFields, fields, told, also={"programme": number, "kind": chosen})


def recordable(learner: Learner) -> list[Choice]:
    """Return what can be recorded: what comes next first, parts still missing, evidence, then a concern."""
    stages = [
        Choice(stage.id, stage.title, "late" if stage.state == "late" else "")
        for stage in sorted(learner.stages, key=lambda one: one.due or date.max)
        if stage.state not in ("done", "closed")
    ]
    given_up = [
        Choice(f"{CLOSE}{stage.id}", f"Close: {stage.title}", "not to be reached any more, with a reason")
        for stage in learner.stages
        if stage.state == "late"
    ]
    known = {stage.id for stage in learner.stages}
    parts = [
        Choice(_part(check.id, check.need, check.have), check.title, check.says)
        for check in learner.missing
        if check.id not in known and not _filled_by_itself(learner, check.id)
    ]
    steps = [Choice(step.id, step.title, "concerns procedure") for step in learner.concerns if step.done_on is None]
    placed = [
        Choice(CLOSED, "Days closed", "reading week, leave"),
        Choice(EXTENSION, "Extended", "more days than were agreed, with a reason"),
    ]
    evidence = Choice(EVIDENCE, "Evidence", "observation, feedback, reflection")
    return [*stages, *parts, evidence, *(placed if learner.kept.placement else ()), *given_up, *steps]


async def _extend(page: Page, found: Learner) -> str | None:
    """Ask how many days a placement has now in all, who agreed to it and why."""

    def told(kept: Extension, _unit: Unit) -> str:
        return f"Extended to {kept.days / 100:g} days. Press u to take that back."

    fields = asked(ExtensionFields, "days", "on", "by", "why", "ends", given={"on": "today"}, ahead={"ends"})
    agreed = f"Agreed so far: {(found.kept.target or 0) / 100:g} days."
    also = {"programme": found.kept.id}
    return await record(page, "Extended", ExtensionFields, fields, told, about=agreed, also=also)


async def _close_stage(page: Page, found: Learner, stage: str) -> str | None:
    """Ask why a stage is not to be reached any more."""
    title = next(one.title for one in found.stages if one.id == stage)

    def told(_kept: StageClosing, _unit: Unit) -> str:
        return f"Closed: {title.lower()}. Press u to take that back."

    fields = asked(StageClosingFields, "why", "on", given={"on": "today"})
    also = {"programme": found.kept.id, "stage": stage, "by": page.office.actor}
    return await record(page, f"Close: {title}", StageClosingFields, fields, told, also=also)


def _part(name: str, need: int, have: int) -> str:
    return f"{name}_{have + 1}" if need > 1 else name


def _filled_by_itself(learner: Learner, name: str) -> bool:
    pieces = {str(piece["id"]): piece for piece in learner.kept.item.get("pieces", ())}
    return str(pieces.get(name, {}).get("filled", "records")) != "records"


async def _evidence(page: Page, found: Learner) -> str | None:
    """Ask for a piece of evidence: what it is, and which capabilities it shows."""
    wanted = {str(piece["evidence"]) for piece in found.kept.item.get("pieces", ()) if piece.get("evidence")}
    kinds = [Choice(kind, kind.replace("_", " ")) for kind in sorted(wanted | {"document", "other"})]
    family = str(found.kept.item.get("family", ANY))
    levels, domains = await page.office.desk.read(lambda conn: (_levels(conn), domains_of(conn, page, family)))
    fields = asked(
        EvidenceFields,
        *("kind", "title", "on", "domains", "level", "seen_by", "text"),
        given={"kind": kinds[0].key, "on": "today", "domains": ()},
        options={"kind": kinds, "domains": domains, "level": levels},
        titles={"title": "What it is", "text": "More"},
        hints={"domains": "space ticks a capability; none, one or several"},
        needed={"kind"},
    )

    def told(kept: Evidence, _unit: Unit) -> str:
        return f"Kept as evidence: {kept.title}."

    also = {"programme": found.kept.id, "worker": found.kept.worker}
    return await record(page, "Evidence", EvidenceFields, fields, told, also=also)


def _levels(conn: Connection) -> list[Choice]:
    frameworks = Packs(conn).all("framework").values()
    return [Choice(one["id"], one["title"]) for said in frameworks for one in said.get("levels") or ()]


async def close_days(page: Page, number: int, day: date) -> str | None:
    """Ask on which days a placement rests, and why."""

    def told(kept: Closure, unit: Unit) -> str:
        return f"Closed from {show_day(kept.starts, unit.today)} to {show_day(kept.ends, unit.today)}: {kept.why}."

    given = {"starts": day, "ends": day, "why": "Reading week"}
    fields = asked(ClosureFields, "starts", "ends", "why", given=given, ahead={"starts", "ends"})
    return await record(page, "Days closed", ClosureFields, fields, told, also={"programme": number})
