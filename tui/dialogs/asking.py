"""Asking for what a piece of work needs, doing it, and settling what somebody else changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from domain.errors import BadInput, StaleRecord
from tui.dialogs.choose import Choice, ChooseDialog
from tui.dialogs.form import Field, Form, changed

if TYPE_CHECKING:
    from storage.unit import Unit
    from tui.deeds import Deed
    from tui.screens.base import Page

T = TypeVar("T")
Values = dict[str, Any]
Doing = Callable[["Unit", Values], "Deed"]


async def answer(page: Page, dialog: Screen[T]) -> T | None:
    """Show a dialog and wait for its answer; None when it was closed without one."""
    return await page.app.push_screen_wait(dialog)


async def ask(
    page: Page, title: str, fields: Sequence[Field], doing: Doing, *, about: str = "", form: type[Form] = Form
) -> Deed | None:
    """Ask for ``fields``, do what they say in one unit of work, and return what was done; None when given up."""
    done: list[Deed] = []

    async def save(values: Values) -> None:
        done.append(await page.office.desk.run(lambda unit: doing(unit, values)))

    await answer(page, form(title, fields, save, about=about))
    return done[-1] if done else None


async def choose(page: Page, title: str, choices: Sequence[Choice], nothing: str = "") -> str | None:
    """Ask for one of ``choices``; the only one is taken without asking."""
    if len(choices) == 1:
        return choices[0].key
    return await answer(page, ChooseDialog(title, choices, nothing=nothing))


async def amend(
    page: Page,
    title: str,
    fields: Sequence[Field],
    record: tuple[str, str | int],
    doing: Callable[[Unit, Values, int], Deed],
    *,
    taken: Callable[[Values], Values] = dict,
    about: str = "",
) -> Deed | None:
    """Ask for changes to one record (its kind and key), and keep those that were made.

    ``taken`` turns what a form holds into the record's own values. Where somebody else changed the same field
    meanwhile, the person sees both and chooses.
    """
    kind, key = record
    seen = await page.office.desk.run(lambda unit: unit.version(kind, key))
    labels = {field.id: field.label for field in fields}
    before = taken({field.id: field.value for field in fields})
    done: list[Deed] = []

    async def save(values: Values) -> None:
        changes = changed(before, taken(values))
        if not changes:
            return
        try:
            done.append(await page.office.desk.run(lambda unit: doing(unit, changes, seen)))
        except StaleRecord as stale:
            kept = await _settle(page, stale, changes, labels)
            if kept:
                now = await page.office.desk.run(lambda unit: unit.version(kind, key))
                done.append(await page.office.desk.run(lambda unit: doing(unit, kept, now)))

    await answer(page, Form(title, fields, save, about=about))
    return done[-1] if done else None


async def _settle(page: Page, stale: StaleRecord, changes: Values, labels: Mapping[str, str]) -> Values:
    """Let the person choose between their own values and those of somebody else; return what is left to keep."""
    from tui.dialogs.clash import ClashDialog

    mine = await answer(page, ClashDialog(stale, labels))
    if mine is None:
        raise BadInput("Nothing was saved yet: your own words still stand here.")
    clashing = {name for name, *_ in stale.clashes}
    return {name: value for name, value in changes.items() if name not in clashing or name in mine}
