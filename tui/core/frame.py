"""The frame around every screen: a heading, the areas, and the keys that work here."""

from __future__ import annotations

from time import monotonic

from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.screen import Screen
from textual.style import Style
from textual.widget import Widget

from domain.core.dates import show_day
from tui.core.keys import BY_ID, answered
from tui.core.leaving.turns import Turns
from tui.core.text import line, shorten
from tui.core.workspace import office_of

AREAS = {
    "team": "area-team",
    "due": "area-due",
    "supervision": "area-supervision",
    "learning": "area-learning",
    "plan": "area-plan",
    "calendar": "area-calendar",
    "settings": "area-settings",
}
LAST = ("back", "goto", "help")
NARROW = 100
NOTICED = 0.15  # seconds
SAVING = "Saving…  "


class Clickable(Widget):
    """A line of words that stand for commands: a click on one does it."""

    def on_click(self, event: Click) -> None:
        """Do the command that was clicked, once this is over: it may take away the screen that this line is on."""
        if command := event.style.meta.get("command"):
            self.app.call_later(self.app.run_action, f"app.do({command!r})")


class Heading(Widget):
    """The top line: the program, what is shown, the day, who is working, and whether names show."""

    DEFAULT_CSS = """
    Heading { height: 1; background: $panel; color: $text; }
    """
    subject: reactive[str] = reactive("")

    def render(self) -> RenderResult:
        """Put the subject left, and the day and the state of names right."""
        office = office_of(self)
        names = "names hidden" if office.no_names else "names shown"
        day = show_day(office.today) if self.size.width > NARROW else show_day(office.today, office.today)
        right = f"{day}   "
        who = line(office.actor)
        if who and self.size.width > NARROW:
            right = f"{shorten(who, 30)}   {right}"
        room = max(self.size.width - len(right) - len(names) - 12, 0)
        left = shorten(self.subject, room - 2)
        return Content.assemble(
            (" Almoner ", "bold $accent"),
            ("  " + left.ljust(room), "bold"),
            right,
            (f"{names} ", "$late" if office.no_names else ""),
        )


class AsOf(Widget):
    """A line on every screen while the records of an earlier day are shown; takes no room otherwise."""

    DEFAULT_CSS = """
    AsOf { height: 1; background: $due; color: $background; text-style: bold; }
    """

    def on_mount(self) -> None:
        """Be there only where it has something to say."""
        self.display = office_of(self).as_of is not None

    def render(self) -> RenderResult:
        """Say which day, and that nothing can be changed."""
        day = office_of(self).as_of
        words = "" if day is None else f" As it was on record on {show_day(day)}: for reading, nothing can be changed"
        return Content(shorten(words, max(self.size.width, 1)))


class Areas(Clickable):
    """The second line: the areas and their keys, the present one marked."""

    DEFAULT_CSS = """
    Areas { height: 1; background: $background; color: $muted; }
    """

    def __init__(self, present: str) -> None:
        super().__init__()
        self.present = present

    def render(self) -> RenderResult:
        """Write the areas one after another; each can be clicked."""
        narrow = self.size.width < NARROW
        parts: list[Content | tuple[str, Style | str]] = [" "]  # type: ignore[list-item]
        for area, command in AREAS.items():
            title = "Settings" if narrow and area == "settings" else BY_ID[command].title
            words = f" {_key(self, command)} {title} "
            look = Style.parse("bold $cursor-text on $cursor" if area == self.present else "$text")
            parts += [(words, look + Style.from_meta({"command": command})), ("" if narrow else " ", "")]
        return Content.assemble(*parts)


class Keys(Clickable):
    """The bottom line: what can be done here, as much of it as fits, and always how to get help."""

    DEFAULT_CSS = """
    Keys { height: 1; dock: bottom; background: $footer-background; color: $footer-foreground; }
    """

    def on_mount(self) -> None:
        """Follow the focus: other widgets answer other keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _: Screen[object]) -> None:
        self.refresh()

    def shown(self) -> list[tuple[str, Binding]]:
        """Return the commands that work here with their keys, in the order of their declaration."""
        first = [active[0].binding for active in answered(self.screen.active_bindings).values()]
        shown = [(self.app.get_key_display(binding), binding) for binding in first if binding.show]
        return sorted(shown, key=lambda pair: pair[1].id in LAST)

    def render(self) -> RenderResult:
        """Write each key and its words until the line is full."""
        every = self.shown()
        last = [pair for pair in every if pair[1].id in LAST]
        saving = self._saving()
        room = self.size.width - 1 - len(saving) - sum(_length(pair) for pair in last)
        fitting = []
        for pair in every[: len(every) - len(last)]:
            room -= _length(pair)
            if room < 0:
                break
            fitting.append(pair)
        parts: list[Content] = [Content(" "), Content.styled(saving, "bold")]
        for key, binding in [*fitting, *last]:
            click = Style.from_meta({"command": binding.id})
            parts.append(
                Content.assemble(
                    (key, Style.parse("bold $footer-key-foreground") + click),
                    (f" {binding.description}", click),
                    "  ",
                )
            )
        return Content("").join(parts)

    def _saving(self) -> str:
        """Return that something is being saved, once it takes long enough to be noticed."""
        screen = self.screen
        since = office_of(self).writing_since(screen) if isinstance(screen, Turns) else None
        return SAVING if since is not None and monotonic() - since >= NOTICED else ""


def _length(pair: tuple[str, Binding]) -> int:
    return len(pair[0]) + len(pair[1].description) + 3


def _key(node: Widget, command: str) -> str:
    for active in node.screen.active_bindings.values():
        if active.binding.id == command:
            return node.app.get_key_display(active.binding)
    return BY_ID[command].keys.partition(",")[0]
