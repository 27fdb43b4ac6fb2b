"""Put a case into another that is the same child's: which one, what counts where they differ, and what moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.core.errors import BadInput
from storage.cases import probably_one
from storage.cases.merging import merge_cases
from tui.core.choice import Choice
from tui.dialogs.ask import answer
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import Field, Form

if TYPE_CHECKING:
    from storage.cases.merging import Merged
    from tui.core.page import Page

ABOUT = "What is recorded on this case moves to the other one. Nothing is merged before you have seen what moves."
_WHICH = {"old": "What {old} says", "new": "What {new} says"}


async def merge_case(page: Page, old: str) -> str | None:
    """Ask into which case it goes, show what would move, and merge them when that is confirmed."""
    into = await _into(page, old)
    if into is None:
        return None
    keep: dict[str, str] = {}
    told = await _would(page, old, into, keep)
    if isinstance(told, BadInput):
        side = await answer(page, ChooseDialog(f"{told.message} Which counts?", _sides(old, into)))
        if side is None:
            return None
        keep[""] = side
        told = await _would(page, old, into, keep)
        if isinstance(told, BadInput):
            raise told
    words = "\n".join((*told.lines, f"{old} leads to {into} from then on. Undo takes all of it back."))
    if not await answer(page, ConfirmDialog(f"{old} goes into {into}", words, yes=f"Yes, {old} and {into} are one")):
        return None
    await page.office.desk.run(lambda unit: merge_cases(unit, old, into, keep))
    return f"{old} is merged into {into}. Press u to take that back."


async def _into(page: Page, old: str) -> str | None:
    pairs = await page.office.desk.read(lambda conn: probably_one.cases(conn, open_only=False))
    likely = [pair.other if pair.one == old else pair.one for pair in pairs if old in pair[:2]]
    given: list[str] = []

    async def take(values: dict[str, Any]) -> None:
        given.append(values["into"].strip())

    field = Field("into", "Into case", "line", likely[0] if likely else "", hint="its reference", required=True)
    await answer(page, Form(f"Merge {old}", [field], take, about=ABOUT))
    return given[-1] if given else None


async def _would(page: Page, old: str, into: str, keep: dict[str, str]) -> Merged | BadInput:
    """Return what merging them would do, or why somebody has to say first what counts."""
    try:
        return await page.office.desk.run(lambda unit: merge_cases(unit, old, into, keep, dry_run=True))
    except BadInput as why:
        if keep or "--keep" not in why.hint:
            raise
        return why


def _sides(old: str, into: str) -> list[Choice]:
    return [Choice(side, words.format(old=old, new=into)) for side, words in _WHICH.items()]
