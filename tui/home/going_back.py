"""Undo and redo behind their keys: what is taken back is shown, and asked about where somebody may not expect it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol, cast

from domain.core.dates import show_day
from domain.core.text import plural
from storage.records.history import Step, standing, taken_back
from storage.records.undo import CannotUndo, redo, undo
from tui.core.keys import BY_ID
from tui.dialogs.confirm import ConfirmDialog

if TYPE_CHECKING:
    from textual.app import App

    from tui.core.workspace import Office


class _Window(Protocol):
    office: Office


async def take_back(app: App[int]) -> bool:
    """Take back the last change of whoever is working, and say so; returns whether anything was taken back.

    Asks first where it was not made since the program was opened, or took in an extract; and where a change cannot
    be taken back, whether the one before it should be.
    """
    office = cast("_Window", app).office
    passed: list[int] = []
    step = await _next(office, passed)
    if step is None:
        app.notify("There is nothing of yours to undo.", markup=False)
        return False
    if (step.is_import or step.since not in office.desk.own) and not await _asked(app, office, step):
        return False
    while step is not None:
        why = await _try(app, office, step)
        if why is None:
            return True
        passed.append(step.number)
        step = await _instead(app, office, why, await _next(office, passed))
    return False


async def bring_forward(app: App[int]) -> bool:
    """Bring forward what whoever is working took back last, and say so; returns whether anything was."""
    office = cast("_Window", app).office
    actor = office.actor
    steps = await office.desk.read(lambda conn: taken_back(conn, actor))
    if not steps:
        app.notify("There is nothing to bring forward: you took nothing back last.", markup=False)
        return False
    number = steps[0].number
    what = await office.desk.run(lambda unit: redo(unit, number))
    app.notify(f"Brought forward again: {what}", markup=False)
    return True


async def _next(office: Office, passed: list[int]) -> Step | None:
    actor = office.desk.actor
    steps = await office.desk.read(lambda conn: standing(conn, actor, passed))
    return steps[0] if steps else None


async def _try(app: App[int], office: Office, step: Step) -> CannotUndo | None:
    """Take a step back and say so; returns why where that cannot be."""
    try:
        what = await office.desk.run(lambda unit: undo(unit, step.number))
    except CannotUndo as why:
        return why
    key = office.settings.keys.get("redo", BY_ID["redo"].keys).split(",")[0]
    app.notify(f"Taken back: {what}\n{key} brings it forward again.", markup=False)
    return None


async def _asked(app: App[int], office: Office, step: Step) -> bool:
    kind = "This took in an extract." if step.is_import else "This was not done since the program was opened."
    words = f"{step.what}\n{_when(office, step)}\n\n{kind}"
    return await app.push_screen_wait(ConfirmDialog("Take this back?", words, yes="Take it back"))


async def _instead(app: App[int], office: Office, why: CannotUndo, before: Step | None) -> Step | None:
    """Say why a step stays; return the one before it where that is to be taken back in its place."""
    words = f"{why.step.what}\n{_when(office, why.step)}\n\n{why.in_words} {why.hint}"
    if before is None:
        app.notify(f"This stays as it is: {words}", severity="warning", markup=False)
        return None
    words += f"\n\nThe change before it:\n{before.what}\n{_when(office, before)}"
    dialog = ConfirmDialog("This cannot be taken back", words, yes="Take back the change before it")
    return before if await app.push_screen_wait(dialog) else None


def _when(office: Office, step: Step) -> str:
    at = office.clock.local(datetime.fromisoformat(step.at))
    return f"{show_day(at.date())} at {at:%H:%M}, {plural(step.lines, 'record')}"
