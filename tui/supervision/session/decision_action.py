"""The boxes below a discussion: a decision with its reason, and an action with its owner and its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input

from domain.core.errors import BadInput
from domain.core.text import sort_key
from tui.core.days import read_day, spoken
from tui.core.text import line, show
from tui.core.workspace import look_of, office_of
from tui.widgets.steady import Lines, SteadyInput, Words, put, same


@dataclass(frozen=True, slots=True)
class Blank:
    """One line to fill in; ``ahead`` says that a day typed as "thu" is one to come, ``usual`` what stands there."""

    id: str
    label: str
    day: bool = False
    ahead: bool = False
    usual: str = ""
    share: int = 1


class Box(Lines):
    """A few lines kept together. Enter goes on to the next; on the last one it asks to keep them."""

    DEFAULT_CSS = """
    Box { height: auto; margin-top: 1; }
    Box Horizontal { height: auto; }
    Box Static { width: auto; height: 1; padding-right: 1; color: $muted; }
    Box Input, Box Input:focus { width: 1fr; padding: 0 1; background: $panel; color: $text; margin-right: 1; }
    Box Input:focus { background: $rest; }
    Box .said { width: 1fr; height: auto; color: $muted; display: none; }
    Box .said.-shown { display: block; }
    Box .said.-fault { color: $late; }
    Box Horizontal.-breaks Horizontal { width: 1fr; }
    """
    ROWS: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # What an error of the record calls a field that has another name here.
    ALSO: ClassVar[Mapping[str, str]] = {}

    class Touched(Message):
        """Something was typed."""

    class Wanted(Message):
        """What is filled in is to be kept."""

    def __init__(self, blanks: Mapping[str, Blank], names: Mapping[str, str]) -> None:
        super().__init__()
        self.blanks = blanks
        self.names = names
        self.inputs: dict[str, Input] = {}

    def compose(self) -> ComposeResult:
        """The lines, and below them how they are understood."""
        for row in self.ROWS:
            with Horizontal(classes="-breaks" if len(row) == 2 else ""):
                for name in row:
                    blank = self.blanks[name]
                    with Horizontal():
                        yield Words(show(blank.label))
                        yield self._input(blank)
        yield Words("", classes="said")

    def _input(self, blank: Blank) -> Input:
        offered = self.names if office_of(self).no_names else self.names.values()
        suggested = SuggestFromList(sorted(set(offered)), case_sensitive=False) if blank.id == "who" else None
        made = SteadyInput(line(blank.usual), compact=True, id=blank.id, suggester=suggested, select_on_focus=False)
        self.inputs[blank.id] = made
        return made

    def value(self, name: str) -> str:
        """What stands in one line."""
        return line(self.inputs[name].value) if name in self.inputs else ""

    def filled(self) -> dict[str, str]:
        """The lines that hold something other than what usually stands there."""
        values = {name: self.value(name) for name in self.blanks}
        return {name: text for name, text in values.items() if text and text != self.blanks[name].usual}

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into the lines, the usual ones where there is none."""
        for name, blank in self.blanks.items():
            with self.prevent(Input.Changed):
                self.inputs[name].value = line(values.get(name, blank.usual))
                self.inputs[name].cursor_position = len(self.inputs[name].value)
        self.say("")

    def day(self, name: str) -> date | None:
        """The day in one line; raises BadInput naming it."""
        blank, text = self.blanks[name], self.value(name)
        if not text:
            return None
        try:
            return read_day(text, office_of(self).today, ahead=blank.ahead)
        except ValueError as error:
            raise BadInput(f"{blank.label}: {error}.", field=name) from error

    def say(self, words: str, *, fault: bool = False) -> None:
        """Say how the lines are understood, or what is wrong with them."""
        said = self.query_one(".said", Words)
        changed = not same(said.content, show(words))
        put(said, show(words))
        said.set_class(bool(words), "-shown")
        said.set_class(fault, "-fault")
        if words and (changed or fault):
            self.call_after_refresh(self.scroll_visible, animate=False)

    def complain(self, error: BadInput) -> bool:
        """Show an error beside the line that it names; whether there is one."""
        name = self.ALSO.get(error.field, error.field)
        if name not in self.blanks:
            return False
        self.say(str(error), fault=True)
        self.inputs[name].focus()
        return True

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.say(self.understood())
        self.post_message(self.Touched())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        last = [name for row in self.ROWS for name in row][-1]
        if event.input.id == last:
            self.post_message(self.Wanted())
        else:
            self.screen.focus_next()

    def understood(self) -> str:
        """How the days, and who is meant, are understood."""
        return "   ".join(said for name in self.blanks if (said := self._understood(name)))

    def _understood(self, name: str) -> str:
        blank = self.blanks[name]
        if not blank.day:
            return ""
        try:
            day = self.day(name)
        except BadInput as error:
            return str(error) if len(self.value(name)) > 2 else ""
        return f"{blank.label} {spoken(day, office_of(self).today)}" if day else ""


class DecisionBox(Box):
    """What was decided, because of what, by whom, when, and by when it is followed up."""

    ROWS = (("decision", "rationale"), ("decided_by", "on", "follow_by"))

    def __init__(self, actor: str, names: Mapping[str, str]) -> None:
        blanks = (
            Blank("decision", "Decision"),
            Blank("rationale", "because"),
            Blank("decided_by", "by", usual=line(actor)),
            Blank("on", "on", day=True),
            Blank("follow_by", "follow up by", day=True, ahead=True),
        )
        super().__init__({blank.id: blank for blank in blanks}, names)

    def record(self, on: date) -> dict[str, Any] | None:
        """The decision as it would be kept, taken on the day ``on`` unless it says otherwise; None without one."""
        if not self.filled():
            return None
        if not self.value("decision"):
            raise BadInput("Say what was decided.", field="decision")
        return {
            "decision": self.value("decision"),
            "rationale": self.value("rationale"),
            "decided_by": self.value("decided_by"),
            "on": self.day("on") or on,
            "follow_by": self.day("follow_by"),
        }


class ActionBox(Box):
    """Who does what by when, and why."""

    ROWS = (("who", "what"), ("due", "why"))
    ALSO: ClassVar[Mapping[str, str]] = {"owner": "who"}

    def __init__(self, names: Mapping[str, str]) -> None:
        blanks = (
            Blank("who", "Action: who"),
            Blank("what", "what"),
            Blank("due", "by", day=True, ahead=True),
            Blank("why", "why"),
        )
        super().__init__({blank.id: blank for blank in blanks}, names)

    def record(self) -> dict[str, Any] | None:
        """The action as it would be kept; None without one. Raises BadInput where its owner or its day is missing."""
        if not self.filled():
            return None
        for name, words in (
            ("what", "Say what is to be done."),
            ("who", "An action needs somebody who does it: say who."),
            ("due", "An action needs a day by which it is done: thu, 19/12, +14."),
        ):
            if not self.value(name):
                raise BadInput(words, field=name)
        owner = owner_of(self.value("who"), self.names)
        who = {"owner": owner} if owner else {"who": self.value("who")}
        return {**who, "what": self.value("what"), "why": self.value("why"), "due": self.day("due")}

    def understood(self) -> str:
        """How the day is understood, and whether a worker is meant."""
        said = self.value("who")
        owner = owner_of(said, self.names) if said else None
        whose = f"{owner} {look_of(self).worker(self.names[owner])}" if owner else ""
        return "   ".join(part for part in (whose or (said and f"{said}, not a worker"), super().understood()) if part)


def owner_of(said: str, names: Mapping[str, str]) -> str | None:
    """Return the worker meant by a staff id, a name or all of the words given of one; None for anybody else.

    ``names`` has those first who are most likely meant: of several that fit, only one of the first two counts.
    """
    wanted = sort_key(said)
    exact = [one for one, name in names.items() if wanted in (sort_key(one), sort_key(name))]
    if exact:
        return exact[0]
    words = set(wanted.replace(",", " ").split())
    fitting = [one for one, name in names.items() if words and words <= set(sort_key(name).replace(",", " ").split())]
    near = [one for one in fitting if one in list(names)[:2]]
    return fitting[0] if len(fitting) == 1 else near[0] if len(near) == 1 else None
