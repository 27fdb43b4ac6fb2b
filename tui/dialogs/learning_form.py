"""Asking about learning: a need, its plan and its end, one plan for several, evidence for a need or a criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.capabilities import capabilities, in_force
from domain.capacity import hundredths
from domain.errors import BadInput
from domain.ids import LearningOutcome, LearningSource, Priority
from domain.text import plural
from storage import views
from tui import learningdeeds
from tui.dialogs.asking import Values, amend, answer, ask, choose
from tui.dialogs.choose import Choice, ChooseDialog
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field
from tui.words import hundredths as shown

if TYPE_CHECKING:
    import sqlite3

    from domain.progression import Row
    from storage.learning import DomainNeeds, NeedLine
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

METHODS = ("course", "shadowing", "co_working", "reading", "coaching", "other")
KINDS = (
    "observation", "feedback_people", "feedback_professional", "reflection", "statement", "case_study", "training",
    "leading", "manager_statement", "document", "other",
)  # fmt: skip
APPROVE, EVIDENCE = "approve", "evidence"
ANY = "any"
_DAYS = ("due",)


def words(code: str) -> str:
    """Return a code as a person reads it."""
    return code.replace("_", " ").capitalize()


def _choices(codes: Sequence[str]) -> list[Choice]:
    return [Choice(code, words(code)) for code in codes]


# needs ---------------------------------------------------------------------------------------------------------------


async def new_need(page: Page, team: str, worker: str = "") -> Deed | None:
    """Ask whose need it is, in what, and what is planned; keep it."""
    people, domains = await page.office.desk.read(lambda conn: (workers_of(conn, team, page), domains_of(conn, page)))
    fields = [
        Field("worker", "Worker", CHOICE, worker, people, required=True),
        *_need_fields({}, domains),
        Field("source", "Came from", CHOICE, LearningSource.SUPERVISION.value, _choices(list(LearningSource))),
    ]
    return await ask(page, "Learning need", fields, lambda unit, values: learningdeeds.raise_need(unit, _taken(values)))


async def edit_need(page: Page, need: NeedLine) -> Deed | None:
    """Ask for changes to a need and its plan, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get("learning-need", need.id))
    domains = await page.office.desk.read(lambda conn: domains_of(conn, page))

    def change(unit: Unit, changes: Values, seen: int) -> Deed:
        return learningdeeds.amend_need(unit, need.id, changes, seen)

    given = kept.model_dump()
    first = given["domains"][:1]
    if first and first[0] not in {choice.key for choice in domains}:
        domains = [Choice(first[0], first[0]), *domains]

    def taken(values: Values) -> Values:
        found = _taken(values)
        return {**found, "domains": (*found["domains"], *given["domains"][1:])}

    fields = _need_fields(given, domains)
    return await amend(page, f"Learning need: {need.worker}", fields, ("learning-need", need.id), change, taken=taken)


def _need_fields(given: Mapping[str, Any], domains: Sequence[Choice]) -> list[Field]:
    cost = "" if given.get("cost") is None else shown(given["cost"])
    method, priority = given.get("method", "other"), given.get("priority", Priority.MEDIUM)
    first = next(iter(given.get("domains", ())), "")
    return [
        Field("title", "What is to be learnt", LINE, given.get("title", ""), required=True),
        Field("domains", "Capability", CHOICE, first, domains),
        Field("priority", "Priority", CHOICE, str(priority), _choices(list(Priority)), required=True),
        Field("method", "How", CHOICE, method, _choices(METHODS), required=True),
        Field("due", "By", DAY, given.get("due") or "", ahead=True),
        Field("cost", "Cost in pounds", LINE, cost),
        Field("plan", "Plan", NOTE, given.get("plan", "")),
    ]


def _taken(values: Values) -> Values:
    """Return a form's values as the record has them."""
    found = {name: value for name, value in values.items() if name not in ("domains", "cost", *_DAYS)}
    found |= {name: values[name] or None for name in _DAYS}
    return {**found, "domains": (values["domains"],) if values["domains"] else (), "cost": pence(values["cost"])}


def pence(text: str) -> int | None:
    """Return pounds as pence; raises BadInput naming the field."""
    if not text:
        return None
    try:
        return hundredths(text.removeprefix("£"))
    except ValueError as error:
        raise BadInput(f"Cost in pounds: {error}.", field="cost") from None


def workers_of(conn: sqlite3.Connection, team: str, page: Page) -> list[Choice]:
    """Return the workers of a team, or of all of them, to choose from."""
    board = views.team_board(conn, team or None, page.office.today)
    return [Choice(line.staff_id, page.look.worker(line.name), line.staff_id) for line in board]


def domains_of(conn: sqlite3.Connection, page: Page, family: str = ANY) -> list[Choice]:
    """Return the capabilities of every framework in force, each with its framework; of one family, if it is given."""
    frames = views.Packs(conn).all("framework").values()
    return [
        Choice(one.id, one.words, frame["title"])
        for frame in frames
        if in_force(frame, page.office.today) and (family == ANY or frame.get("family", ANY) in (ANY, family))
        for one in capabilities(frame)
    ]


async def record_on_need(page: Page, need: NeedLine) -> Deed | None:
    """Ask what became of a need: evidence, approval, met, changed or dropped; keep it."""
    choices = [
        Choice(EVIDENCE, "Evidence", "something that shows progress, and who saw it"),
        Choice(APPROVE, "Approved", "the plan and its cost"),
        Choice(LearningOutcome.MET, "Met", "it is learnt"),
        Choice(LearningOutcome.CHANGED, "Changed", "another need takes its place"),
        Choice(LearningOutcome.DROPPED, "Dropped", "it is no longer needed"),
    ]
    chosen = await answer(page, ChooseDialog(f"{need.title}: what happened?", choices))
    if chosen is None:
        return None
    if chosen == EVIDENCE:
        return await _evidence(page, need.worker, {"need": need.id, "domains": need.domains}, need.title)
    if chosen == APPROVE:
        return await page.office.desk.run(lambda unit: learningdeeds.approve_need(unit, need.id))
    return await _end(page, need, LearningOutcome(chosen))


async def _end(page: Page, need: NeedLine, outcome: LearningOutcome) -> Deed | None:
    if outcome is LearningOutcome.MET:
        return await page.office.desk.run(lambda unit: learningdeeds.end_need(unit, need.id, outcome))
    return await ask(
        page,
        f"{need.title}: {outcome.value}",
        [Field("why", "Why", NOTE, required=True)],
        lambda unit, values: learningdeeds.end_need(unit, need.id, outcome, values["why"]),
    )


async def plan_shared(page: Page, shared: DomainNeeds) -> Deed | None:
    """Ask for one plan that serves everybody's need in a capability, and keep it for all of them."""
    numbers = [need.id for need in shared.needs]
    title = shared.capability.words if shared.capability else "No capability named"
    fields = [
        Field("method", "How", CHOICE, "course", _choices(METHODS), required=True),
        Field("due", "By", DAY, "", required=True, ahead=True),
        Field("plan", "Plan", NOTE, hint="one course or session for all of them"),
        Field("cost", "Cost in pounds", LINE, hint="for each"),
    ]
    about = f"{title}\n{plural(len(numbers), 'need')} of {plural(len(shared.workers), 'worker')}, planned as one."

    def plan(unit: Unit, values: Values) -> Deed:
        return learningdeeds.plan_together(unit, numbers, {**values, "cost": pence(values["cost"])})

    return await ask(page, "Plan together", fields, plan, about=about)


# evidence ------------------------------------------------------------------------------------------------------------


async def evidence_for(
    page: Page, worker: str, row: Row, kinds: Sequence[str], domains: Sequence[Choice]
) -> Deed | None:
    """Ask for a piece of evidence for a criterion; where each capability needs one, ask for which."""
    given: Values = {"criterion": row.criterion}
    if row.domains:
        missing = row.missing or row.domains
        chosen = await choose(page, "For which?", [one for one in domains if one.key in missing])
        if chosen is None:
            return None
        given["domains"] = (chosen,)
    return await _evidence(page, worker, given, row.title, kinds)


async def _evidence(page: Page, worker: str, given: Values, about: str, kinds: Sequence[str] = KINDS) -> Deed | None:
    kinds = kinds or KINDS
    fields = [
        Field("title", "What", LINE, required=True),
        Field("on", "On", DAY, "today", required=True),
        Field("kind", "Kind", CHOICE, kinds[0], _choices(kinds), required=True),
        Field("seen_by", "Seen by", LINE),
        Field("source", "Where it is kept", LINE, hint="a place or document, never a person served"),
        Field("text", "Note", NOTE),
    ]

    def keep(unit: Unit, values: Values) -> Deed:
        return learningdeeds.add_evidence(unit, {"worker": worker, **given, **values})

    return await ask(page, f"Evidence: {worker}", fields, keep, about=about)
