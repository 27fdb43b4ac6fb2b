"""Import and settings: take in an extract; who is working; names, colours and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from domain.core.errors import BadInput
from domain.core.text import plural
from storage.files.paths import is_folder, typed
from storage.files.settings import HIGHEST_A_DAY, Settings, a_day
from tui import __version__
from tui.core.choice import Choice
from tui.core.page import Page
from tui.core.screens import page
from tui.core.text import laid
from tui.core.themes import LIGHT
from tui.dialogs.choose import list_line
from tui.dialogs.form import Field, Form
from tui.widgets.menu import Menu

ROOM = (0, 24)
_SWITCHES = {"always": "no_names", "backups": "daily_backup"}


class SettingsScreen(Page):
    """A line a thing that can be set; enter changes it."""

    AREA = "settings"
    AUTO_FOCUS = "Menu"
    CSS_PATH = "settings_screen.tcss"

    def body(self) -> ComposeResult:
        """The list, and below it what this is and where its data lies."""
        yield Menu()
        yield Static("", id="about")

    async def load(self) -> None:
        """Show what is set."""
        self.title_with("Import and settings")
        options = self.query_one(Menu)
        marked = options.highlighted or 0
        options.clear_options()
        options.add_options([None if c is None else Option(list_line(c), id=c.key) for c in self._choices()])
        options.highlighted = marked
        settings = self.office.settings.path
        where = f"Settings: {settings}" if settings else "Settings last until you quit."
        self.query_one("#about", Static).update(
            laid("Almoner {version}\nData: {data}\n{where}", version=__version__, data=self.office.path, where=where)
        )

    def _choices(self) -> list[Choice | None]:
        office = self.office
        changed = len(office.settings.keys)
        thing = plural(office.settings.most_a_day, "thing")
        return [
            Choice("import", "Import an extract", "see what would change before anything does", room=ROOM),
            None,
            Choice("actor", "Who is working", office.actor or "not set", room=ROOM),
            Choice("names", "Names", "hidden" if office.no_names else "shown", room=ROOM),
            Choice("always", "Start with names hidden", "yes" if office.settings.no_names else "no", room=ROOM),
            Choice("theme", "Colours", "light" if self.app.theme == LIGHT else "dark", room=ROOM),
            Choice("history", "What was recorded", "when, by whom, from what to what", room=ROOM),
            Choice("backups", "A backup each day", "yes" if office.settings.daily_backup else "no", room=ROOM),
            Choice("place", "Where it is kept", office.settings.backup_folder or "beside the database", room=ROOM),
            Choice("most", "A day is full above", f"{thing} for each worker", room=ROOM),
            Choice("keys", "Keys", f"{changed} changed" if changed else "as they come", room=ROOM),
        ]

    @on(OptionList.OptionSelected)
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id in {"import", "keys", "history"}:
            self.app.push_screen(page(event.option_id))
        elif event.option_id in {"names", "theme"}:
            await self.run_action(f"app.{event.option_id}")
        elif event.option_id in _SWITCHES:
            name = _SWITCHES[event.option_id]
            setattr(self.office.settings, name, not getattr(self.office.settings, name))
            self.office.settings.save()
            self.read_again()
        elif event.option_id == "actor":
            self._ask_actor()
        elif event.option_id == "place":
            self._ask(_place_form(self.office.settings))
        elif event.option_id == "most":
            self._ask(_most_form(self.office.settings))

    @work(exit_on_error=False)
    async def _ask_actor(self) -> None:
        await self.app.push_screen_wait(actor_form(self))
        self.read_again()

    @work(exit_on_error=False)
    async def _ask(self, form: Form) -> None:
        if await self.app.push_screen_wait(form) is not None:
            self.office.changed()
            self.read_again()


def actor_form(page: Page) -> Form:
    """Return a form that asks for the name with which changes are signed, now and next time."""

    async def save(values: Mapping[str, Any]) -> None:
        name = values["actor"]
        if len(name) > 100:
            raise BadInput("A name of up to 100 letters is enough.", field="actor")
        page.office.act_as(name)
        page.office.settings.save()

    field = Field("actor", "Your name", value=page.office.actor, required=True)
    return Form("Who is working?", [field], save, about="Every change is signed with it.")


def _place_form(settings: Settings) -> Form:
    """Return a form that asks for the folder of the day's backup."""
    field = Field(
        "backup_folder",
        "Folder",
        value=settings.backup_folder,
        hint="Left empty: beside the database. A folder must be there already.",
    )

    async def save(values: Mapping[str, Any]) -> None:
        folder = values["backup_folder"]
        hint = "Write its whole path. Make the folder or connect the drive first."
        place = typed(folder, "backup_folder", hint) if folder else None
        if place is not None and not (place.is_absolute() and is_folder(place)):
            raise BadInput(f"There is no folder {folder}.", field="backup_folder", hint=hint)
        settings.backup_folder = folder
        settings.save()

    about = "A second place protects against a broken disk. Each backup holds everything, names included."
    return Form("Where is the day's backup kept?", [field], save, about=about)


def _most_form(settings: Settings) -> Form:
    """Return a form that asks how many things make a worker's day full."""
    field = Field("most", "Things a day", value=str(settings.most_a_day), required=True)

    async def save(values: Mapping[str, Any]) -> None:
        if (most := a_day(values["most"])) is None:
            raise BadInput(f"A number from 1 to {HIGHEST_A_DAY}.", field="most")
        settings.most_a_day = most
        settings.save()

    about = (
        "More than that for each worker, and the month marks the day as full. No source gives a figure: choose yours."
    )
    return Form("When is a day full?", [field], save, about=about)
