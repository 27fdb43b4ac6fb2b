"""An interval of its own for one case: decided by somebody, for a reason, until it is looked at again; or its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.dates import show_day
from domain.errors import BadInput
from domain.ids import SubjectKind
from storage.overridelines import OverrideLine, case_overrides
from tui import deeds
from tui.dialogs.asking import ask, choose
from tui.dialogs.choose import Choice
from tui.dialogs.form import CHOICE, DAY, LINE, NOTE, Field

if TYPE_CHECKING:
    from storage.database import Database
    from storage.views import DueLine
    from tui.deeds import Deed
    from tui.screens.base import Page

UNITS = [
    Choice(unit, unit.replace("_", " ")) for unit in ("days", "working_days", "weeks", "months")
]  # as domain.overrides takes them


async def own_interval(page: Page, line: DueLine) -> Deed | None:
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
) -> Deed | None:
    fields = [
        Field("rule", "For", CHOICE, line.rule, turns, required=True),
        Field("number", "Every", LINE, str(counting.number) if counting else "", required=True, hint="how many"),
        Field("unit", "of these", CHOICE, counting.unit if counting else "weeks", UNITS, required=True),
        Field("decided_on", "Decided on", DAY, "today", required=True),
        Field("decided_by", "Decided by", LINE, page.office.actor, required=True),
        Field("reason", "Because", NOTE, required=True),
        Field("review_on", "Look at it again", DAY, required=True, ahead=True),
    ]
    return await ask(
        page,
        f"Own interval: {line.subject}",
        fields,
        lambda unit, values: deeds.decide_interval(unit, line, _taken(values), counting),
        about=about,
    )


def _taken(values: dict[str, Any]) -> dict[str, Any]:
    number = values["number"]
    if not (number.isascii() and number.isdigit() and len(number) < 5):
        raise BadInput("Every: write a whole number, as in 4.", field="number")
    return {**values, "number": int(number)}


async def _end(page: Page, line: DueLine, counting: OverrideLine) -> Deed | None:
    said = f"{counting.words}, decided {show_day(counting.decided_on)} by {counting.decided_by}: {counting.reason}"
    return await ask(
        page,
        f"End the own interval: {line.subject}",
        [Field("ended_on", "Ends on", DAY, "today", required=True)],
        lambda unit, values: deeds.end_interval(unit, line, counting, values["ended_on"]),
        about=said,
    )


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
