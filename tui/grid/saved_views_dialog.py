"""The saved views of a list: choosing one, keeping what is shown under a name, renaming and deleting."""

from __future__ import annotations

from typing import Any

from domain.core.errors import AlmonerError, BadInput
from domain.core.text import clean_line, plural
from storage.files.settings import SavedView
from tui.core.choice import Choice
from tui.core.error_door import complain
from tui.core.workspace import office_of
from tui.dialogs.choose import ChooseDialog
from tui.dialogs.form import LINE, Field, Form
from tui.grid.saved_views import Viewed, view_in_force, view_now

LONGEST, MOST = 60, 50
SAVE, USUAL, RENAME, DELETE = "+save", "+usual", "+rename", "+delete"
_OF = "view:"


async def choose_view(grid: Viewed) -> None:
    """Ask which view of a list to show, or what to do with its views, and do it."""
    kept = office_of(grid).settings.views_of(grid.list_name)
    choices = [await _choice(grid, name, view) for name, view in sorted(kept.items(), key=lambda item: item[0].lower())]
    choices.append(Choice(SAVE, "Save what is shown now", "as a view, under a name"))
    choices.append(Choice(USUAL, "Show the list as usual", "every line, the usual order and columns"))
    if kept:
        choices += [Choice(RENAME, "Rename a view"), Choice(DELETE, "Delete a view")]
    chosen = await grid.app.push_screen_wait(ChooseDialog("Views of this list", choices))
    match chosen or "":
        case "":
            return
        case "+save":
            await _save(grid)
        case "+usual":
            grid.take_view(SavedView())
        case "+rename":
            await _rename(grid)
        case "+delete":
            await _delete(grid)
        case name:
            grid.take_view(kept[name.removeprefix(_OF)])


async def _choice(grid: Viewed, name: str, view: SavedView) -> Choice:
    here = "shown now, " if name == view_in_force(grid) else ""
    order = next((column.title.lower() for column in grid.columns if column.id == view.sort), "")
    parts = [plural(await grid.count(view), "line"), view.filter, f"by {order}" if order else ""]
    return Choice(_OF + name, name, here + ", ".join(part for part in parts if part))


async def _save(grid: Viewed) -> None:
    view = view_now(grid)
    left_out = " Words that could be a person's name are left out of it." if _loses_words(grid, view) else ""
    about = f"It keeps the filter ({view.filter or 'none'}), the order and the columns.{left_out}"

    def keep(views: dict[str, SavedView], name: str) -> None:
        if name not in views and len(views) >= MOST:
            raise BadInput(f"There are {MOST} views already.", field="name", hint="Delete one first.")
        views[name] = view

    await _ask_name(grid, "Save this view", "", keep, about)


def _loses_words(grid: Viewed, view: SavedView) -> bool:
    return len(view.filter.split()) < len(grid.filter.split())


async def _rename(grid: Viewed) -> None:
    old = await _which(grid, "Rename which view?")
    if old is None:
        return

    def change(views: dict[str, SavedView], name: str) -> None:
        if name != old and name in views:
            raise BadInput(f"There is a view called “{name}” already.", field="name")
        views[name] = views.pop(old)

    await _ask_name(grid, f"Rename “{old}”", old, change)


async def _delete(grid: Viewed) -> None:
    name = await _which(grid, "Delete which view?")
    if name is not None:
        office_of(grid).settings.views_of(grid.list_name).pop(name, None)
        _keep(grid, f"Deleted the view “{name}”. The list stays as it is.")


async def _which(grid: Viewed, title: str) -> str | None:
    names = sorted(office_of(grid).settings.views_of(grid.list_name), key=str.lower)
    chosen = await grid.app.push_screen_wait(ChooseDialog(title, [Choice(_OF + name, name) for name in names]))
    return chosen.removeprefix(_OF) if chosen else None


async def _ask_name(grid: Viewed, title: str, given: str, change: Any, about: str = "") -> None:
    async def save(values: dict[str, Any]) -> None:
        name = clean_line(values["name"])
        if not 0 < len(name) <= LONGEST:
            raise BadInput(f"Name: between 1 and {LONGEST} characters.", field="name")
        change(office_of(grid).settings.views_of(grid.list_name), name)
        _keep(grid, f"The view is kept as “{name}”. Press v to come back to it.")

    await grid.app.push_screen_wait(Form(title, [Field("name", "Name", LINE, given, required=True)], save, about=about))


def _keep(grid: Viewed, said: str) -> None:
    """Write the settings at once, so that a view outlives whatever happens next."""
    try:
        office_of(grid).settings.save()
    except AlmonerError as error:
        complain(grid, error)
    grid.app.notify(said, markup=False)
    grid.redraw()
