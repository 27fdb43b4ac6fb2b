"""An interval of its own for one case: decided by somebody, for a reason, until it is looked at again; or its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.enums import SubjectKind
from domain.core.errors import BadInput
from domain.due.overrides import OverrideFields
from storage.due import acts
from storage.due.overrides import OverrideLine, case_overrides
from tui.core.choice import Choice
from tui.dialogs.ask import Values, ask, choose
from tui.dialogs.record_form import asked, taken
from tui.due.done_text import small, with_moved_date

if TYPE_CHECKING:
    from storage.due.due_list import DueLine
    from storage.records.database import Database
    from storage.records.unit import Unit
    from tui.core.page import Page


async def own_interval(page: Page, line: DueLine) -> str | None:
    """Ask for an interval for the rule behind ``line``, or for the end of the one that counts now."""
    if line.subject_kind != SubjectKind.CASE:
        raise BadInput("Only a case can have an interval of its own.")
    today = page.office.today
    turns, about = await page.office.desk.call(lambda database: _as_it_stands(database, line))
    decided = await page.office.desk.read(lambda conn: case_overrides(conn, line.subject))
    names = {choice.key for choice in turns}
    counting = next((one for one in decided if one.rule in names and one.counts(today)), None)
    if counting is not None:
        choices = [
            Choice("other", "Decide another", f"now {counting.words}, decided by {counting.decided_by}"),
            Choice("end", "End it", "the rule counts as it stands again"),
        ]
        chosen = await choose(page, f"Own interval: {line.subject}", choices)
        if chosen != "other":
            return await _end(page, line, counting) if chosen else None
    return await _decide(page, line, turns, about, counting)


async def _decide(
    page: Page, line: DueLine, turns: list[Choice], about: str, counting: OverrideLine | None
) -> str | None:
    given: Values = {"rule": line.rule, "unit": "weeks", "decided_on": "today", "decided_by": page.office.actor}
    if counting:
        given |= {"number": counting.number, "unit": counting.unit}

    def doing(unit: Unit, values: Values) -> str:
        fields = OverrideFields.model_validate({"case": line.subject, **taken(OverrideFields, values)})
        done = acts.decide_interval(unit, fields, counting)
        begins = show_day(done.record.decided_on, unit.today)
        words = f"{line.subject}: {small(line.title)}, {done.record.interval.words} from {begins}."
        return with_moved_date(unit, words, line, done.followed)

    names = ("rule", "number", "unit", "decided_on", "decided_by", "reason", "review_on")
    hints = {"number": "how many"}
    fields = asked(OverrideFields, *names, given=given, options={"rule": turns}, hints=hints, ahead={"review_on"})
    return await ask(page, f"Own interval: {line.subject}", fields, doing, about=about)


async def _end(page: Page, line: DueLine, counting: OverrideLine) -> str | None:
    def doing(unit: Unit, values: Values) -> str:
        done = acts.end_interval(unit, counting, values["ended_on"])
        words = f"{line.subject}: {small(line.title)} counts as the rule stands again."
        return with_moved_date(unit, words, line, done.followed)

    said = f"{counting.words}, decided {show_day(counting.decided_on)} by {counting.decided_by}: {counting.reason}"
    fields = asked(OverrideFields, "ended_on", given={"ended_on": "today"}, needed={"ended_on"})
    return await ask(page, f"End the own interval: {line.subject}", fields, doing, about=said)


def _as_it_stands(database: Database, line: DueLine) -> tuple[list[Choice], str]:
    """Return the rules that take turns with that of ``line``, and in words what it says now.

    Raises BadInput where the rule has no interval that could be varied.
    """
    rulebook = database.packs().rulebook
    rule = rulebook.rule(line.rule)
    own = (rule.then or rule.every or rule.first) if rule else None
    if rule is None or own is None or rule.minimum or not rule.plain:
        raise BadInput(f"{line.title} has no interval of its own that could be varied.")
    most = "" if rule.tier == "local" else " It can be made shorter for one case, never longer."
    stands = "no local figure is set" if own.unset else f"{own.words} ({rule.tier})"
    turns = [one for one in rulebook.all_rules.values() if one.series == rule.series and one.active]
    choices = [Choice(one.id, one.title) for one in turns]
    if len(choices) > 1:
        choices.append(Choice(rule.series, "whichever of these applies"))
    return choices, f"{rule.title}: {stands}.{most}"
