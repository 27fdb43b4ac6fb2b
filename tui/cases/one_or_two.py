"""Two cases, or two workers, that look like one: put one into the other, or say that they are two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from domain.people.not_the_same import NotTheSameFields
from storage.cases import likely_duplicates
from storage.cases.merging import merge_cases, merge_workers
from storage.cases.two_not_one import say_two
from tui.core.choice import Choice
from tui.dialogs.ask import answer, ask
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import Field, Form
from tui.dialogs.record_form import asked

if TYPE_CHECKING:
    from storage.cases.merging import Merged
    from storage.records.unit import Unit
    from tui.core.page import Page

ABOUT = "What is recorded on this {kind} moves to the other one. Nothing is merged before you have seen what moves."
APART = "Look at both first. What is said here is on record, can be undone, and the pair is not shown as alike again."
_WHICH = {"old": "What {old} says", "new": "What {new} says"}
_KEY = {"case": "its reference", "worker": "their staff id"}
_MERGING: Mapping[str, Callable[..., Merged]] = {"case": merge_cases, "worker": merge_workers}


# merging -------------------------------------------------------------------------------------------------------------


async def merge_two(page: Page, kind: str, old: str, into: str = "") -> str | None:
    """Ask into which case or worker it goes (``into`` is proposed), show what would move, and merge on a yes."""
    found = await _into(page, kind, old, into or await _likely(page, kind, old))
    if found is None:
        return None
    into, told = found
    keep: dict[str, str] = {}
    if isinstance(told, BadInput):
        side = await answer(page, ChooseDialog(f"{told.message} Which counts?", _sides(old, into)))
        if side is None:
            return None
        keep[""] = side
        told = await page.office.desk.run(lambda unit: _MERGING[kind](unit, old, into, keep, dry_run=True))
    words = "\n".join((*told.lines, f"{old} leads to {into} from then on. Undo takes all of it back."))
    if not await answer(page, ConfirmDialog(f"{old} goes into {into}", words, yes=f"Yes, {old} and {into} are one")):
        return None
    await page.office.desk.run(lambda unit: _MERGING[kind](unit, old, into, keep))
    return f"{old} is merged into {into}. Press u to take that back."


async def _likely(page: Page, kind: str, old: str) -> str:
    """Return what it is probably one with, or nothing."""
    pairs = await page.office.desk.read(
        lambda conn: likely_duplicates.cases(conn) if kind == "case" else likely_duplicates.workers(conn)
    )
    return next((pair.other if pair.one == old else pair.one for pair in pairs if old in pair[:2]), "")


async def _into(page: Page, kind: str, old: str, likely: str) -> tuple[str, Merged | BadInput] | None:
    """Ask which one it goes into; return that, and what merging them would do or why somebody has to choose first."""
    given: list[tuple[str, Merged | BadInput]] = []

    async def take(values: dict[str, Any]) -> None:
        into = values["into"].strip()
        given.append((into, await _would(page, kind, old, into)))

    field = Field("into", f"Into {kind}", "line", likely, hint=_KEY[kind], required=True)
    await answer(page, Form(f"Merge {old}", [field], take, about=ABOUT.format(kind=kind)))
    return given[-1] if given else None


async def _would(page: Page, kind: str, old: str, into: str) -> Merged | BadInput:
    """Return what merging them would do, or that they contradict each other; raises for what else stands against it."""
    try:
        return await page.office.desk.run(lambda unit: _MERGING[kind](unit, old, into, {}, dry_run=True))
    except BadInput as why:
        if "--keep" not in why.hint:
            raise BadInput(why.message, field="into", hint=why.hint) from None
        return why


def _sides(old: str, into: str) -> list[Choice]:
    return [Choice(side, words.format(old=old, new=into)) for side, words in _WHICH.items()]


# saying that they are two --------------------------------------------------------------------------------------------


async def part_two(page: Page, kind: str, one: str, other: str) -> str | None:
    """Ask how somebody knows that two cases or workers are two, and note it."""

    def doing(unit: Unit, values: dict[str, Any]) -> str:
        say_two(unit, kind, one, other, values["reason"])
        return f"{one} and {other} are two. Press u to take that back."

    return await ask(page, f"{one} and {other} are two", asked(NotTheSameFields, "reason"), doing, about=APART)
