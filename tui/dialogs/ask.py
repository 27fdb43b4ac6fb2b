"""Asking for what an act needs, and carrying it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from tui.core.choice import Choice
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import Field, Form

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from tui.core.page import Page

T = TypeVar("T")
Values = dict[str, Any]


async def answer(page: Page, dialog: Screen[T]) -> T | None:
    """Show a dialog and wait for its answer; None when it was closed without one."""
    return await page.app.push_screen_wait(dialog)


async def choose(page: Page, title: str, choices: Sequence[Choice], nothing: str = "") -> str | None:
    """Ask for one of ``choices``; the only one is taken without asking."""
    if len(choices) == 1:
        return choices[0].key
    return await answer(page, ChooseDialog(title, choices, nothing=nothing))


async def ask(
    page: Page,
    title: str,
    fields: Sequence[Field],
    doing: Callable[[Unit, Values], T],
    *,
    about: str = "",
    form: type[Form] = Form,
) -> T | None:
    """Ask for ``fields``, carry out the act ``doing`` with them, and return its answer; None when given up."""
    done: list[T] = []

    async def save(values: Values) -> None:
        done.append(await page.office.desk.run(lambda unit: doing(unit, values)))

    await answer(page, form(title, fields, save, about=about))
    return done[-1] if done else None
