"""Asking about a learning need: what it is, its plan and its end, and one plan for several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.core.dates import show_day
from domain.core.enums import LearningOutcome, LearningSource, Priority
from domain.core.errors import BadInput
from domain.core.hundredths import parse_hundredths
from domain.core.text import plural
from domain.learning.frameworks import capabilities, in_force
from domain.learning.records import LearningNeed, LearningNeedFields
from storage.learning import acts
from storage.rules.kept_packs import Packs
from tui.core.choice import Choice
from tui.dialogs.ask import Values, answer, ask
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field
from tui.dialogs.record_form import amend, asked, record, taken
from tui.learning.forms.evidence_form import ask_evidence, coded, words
from tui.people.staff_choices import staff_choices

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.learning.needs import DomainNeeds, NeedLine
    from storage.records.unit import Unit
    from tui.core.page import Page

METHODS = ("course", "shadowing", "co_working", "reading", "coaching", "other")
NAMES = ("title", "domains", "priority", "method", "due", "cost", "plan")
APPROVE, EVIDENCE = "approve", "evidence"
ANY = "any"


async def new_need(page: Page, team: str, worker: str = "") -> str | None:
    """Ask whose need it is, in what, and what is planned; keep it."""
    given = {"worker": worker, "source": LearningSource.SUPERVISION, "method": "other", "priority": Priority.MEDIUM}
    fields = await _fields(page, ("worker", *NAMES, "source"), given, team)
    also = {"raised_on": page.office.today, "raised_by": page.office.actor or "unknown"}
    return await record(page, "Learning need", LearningNeedFields, fields, _raised, also=also, shaped=_taken)


async def edit_need(page: Page, need: NeedLine) -> str | None:
    """Ask for changes to a need and its plan, and keep them."""
    kept = await page.office.desk.run(lambda unit: unit.get(LearningNeed, need.id))

    def shaped(values: Values) -> Values:
        found = _taken(values)
        return {**found, "domains": (*found["domains"], *kept.domains[1:])}

    fields = await _fields(page, NAMES, kept.model_dump())
    return await amend(page, f"Learning need: {need.worker}", kept, fields, _changed, shaped=shaped)


async def _fields(page: Page, names: Sequence[str], given: Mapping[str, Any], team: str = "") -> list[Field]:
    domains = await page.office.desk.read(lambda conn: domains_of(conn, page))
    first = next(iter(given.get("domains", ())), "")
    if first and first not in {choice.key for choice in domains}:
        domains = [Choice(first, first), *domains]
    fields = asked(
        LearningNeedFields,
        *names,
        given=given,
        options={
            "worker": await staff_choices(page, team=team or None),
            "priority": coded(list(Priority)),
            "method": coded(METHODS),
            "source": coded(list(LearningSource)),
        },
        needed={"priority", "method"},
        ahead={"due"},
    )
    return [Field("domains", one.label, CHOICE, first, domains) if one.id == "domains" else one for one in fields]


def _taken(values: Values) -> Values:
    """Return a form's values as the record has them: the capability it names first, the cost in pence."""
    found = taken(
        LearningNeedFields, {name: value for name, value in values.items() if name not in ("domains", "cost")}
    )
    return {**found, "domains": (values["domains"],) if values["domains"] else (), "cost": pence(values["cost"])}


def pence(text: str) -> int | None:
    """Return pounds as pence; raises BadInput naming the field."""
    if not text:
        return None
    try:
        return parse_hundredths(text.removeprefix("£"))
    except ValueError:
        raise BadInput("Write pounds as a number, as in 120 or 99.50.", field="cost") from None


def domains_of(conn: Connection, page: Page, family: str = ANY) -> list[Choice]:
    """Return the capabilities of every framework in force, each with its framework; of one family, if it is given."""
    frames = Packs(conn).all("framework").values()
    return [
        Choice(one.id, one.words, frame["title"])
        for frame in frames
        if in_force(frame, page.office.today) and (family == ANY or frame.get("family", ANY) in (ANY, family))
        for one in capabilities(frame)
    ]


def _raised(kept: LearningNeed, unit: Unit) -> str:
    by = f", by {show_day(kept.due, unit.today)}" if kept.due else ", no date yet"
    return f"{kept.worker}: {kept.title}{by}."


def _changed(kept: LearningNeed, _unit: Unit) -> str:
    return f"{kept.worker}: {kept.title} is changed."


# what becomes of one -------------------------------------------------------------------------------------------------


async def record_on_need(page: Page, need: NeedLine) -> str | None:
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
        return await ask_evidence(page, need.worker, {"need": need.id, "domains": need.domains}, need.title)
    if chosen == APPROVE:
        return await page.office.desk.run(lambda unit: _approved(acts.approve_need(unit, need.id).record))
    return await _end(page, need, LearningOutcome(chosen))


def _approved(kept: LearningNeed) -> str:
    return f"{kept.worker}: {kept.title} is approved."


async def _end(page: Page, need: NeedLine, outcome: LearningOutcome) -> str | None:
    def end(unit: Unit, why: str = "") -> str:
        kept = acts.end_need(unit, need.id, outcome, why).record
        return f"{kept.worker}: {kept.title}: {outcome.value}. Press u to take that back."

    if outcome is LearningOutcome.MET:
        return await page.office.desk.run(end)
    fields = asked(LearningNeedFields, "why", needed={"why"})
    return await ask(page, f"{need.title}: {outcome.value}", fields, lambda unit, v: end(unit, v["why"]))


async def plan_shared(page: Page, shared: DomainNeeds) -> str | None:
    """Ask for one plan that serves everybody's need in a capability, and keep it for all of them."""
    numbers = [need.id for need in shared.needs]
    title = shared.capability.words if shared.capability else "No capability named"
    fields = [
        Field("method", "How", CHOICE, "course", coded(METHODS), required=True),
        Field("due", "By", DAY, "", required=True, ahead=True),
        Field("plan", "Plan", NOTE, hint="one course or session for all of them"),
        Field("cost", "Cost in pounds", LINE, hint="for each"),
    ]
    about = f"{title}\n{plural(len(numbers), 'need')} of {plural(len(shared.workers), 'worker')}, planned as one."

    def plan(unit: Unit, v: Values) -> str:
        count = acts.plan_together(unit, numbers, v["method"], v["due"], plan=v["plan"], cost=pence(v["cost"]))
        return f"One {words(v['method']).lower()} for {plural(count, 'need')} by {show_day(v['due'], unit.today)}."

    return await ask(page, "Plan together", fields, plan, about=about)
