"""A form: a few fields, each with its own fault beside it, saved together or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static, TextArea
from textual.widgets.select import InvalidSelectValueError

from domain.core.dates import show_day
from domain.core.errors import AlmonerError, BadInput
from storage.files.unfinished import HalfFilled
from tui.core.choice import Choice
from tui.core.days import read_day, spoken
from tui.core.dialog import Dialog
from tui.core.frame import Heading
from tui.core.keys import bindings
from tui.core.text import laid, line, show, typed
from tui.dialogs.choose import ChooseDialog
from tui.widgets.choices import Choices
from tui.widgets.ticklist import TickList

WAYS = "thu, yesterday, 19/11, 19 Nov 2026, +7"
_KEPT = (str, bool, tuple)  # what a field holds that can be put away: no choice not made
NOTHING = "There is nothing to choose from yet."
LINE, NOTE, DAY, CHOICE, YES, MANY = "line", "note", "day", "choice", "yes", "many"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``id`` is the record's own name for it, so that an error naming the field lands beside it.

    ``ahead`` says that a day typed as "thu" is one to come. ``when`` names a choice further up and the answers to it
    for which this field is asked; otherwise it is hidden and its value None.
    """

    id: str
    label: str
    kind: str = LINE
    value: Any = ""
    options: Sequence[Choice] = ()
    hint: str = ""
    required: bool = False
    ahead: bool = False
    when: tuple[str, Collection[str]] | None = None


class Tick(Checkbox):
    """A yes or no that can be told apart without colours."""

    def __init__(self, value: bool, name: str) -> None:
        self.BUTTON_INNER = "✓" if value else " "
        super().__init__("", value, id=name, compact=True)

    def watch_value(self) -> None:
        """Draw the tick, or take it away."""
        self.BUTTON_INNER = "✓" if self.value else " "
        super().watch_value()


class Form(Dialog[dict[str, Any]]):
    """Asks for fields and hands them to ``save``: text, days as dates, choices by their key (or keys), yes or no.

    ``save`` may raise any AlmonerError: the form stays, with the fault beside the field it names. The answer of the
    dialog is what was saved, or None.
    """

    DEFAULT_CSS = """
    Form > .dialog > VerticalScroll { height: auto; max-height: 75vh; }
    Form .form--row { height: auto; }
    Form .form--label { width: 20; height: auto; padding-right: 1; color: $text; }
    Form .form--row Input, Form .form--row Select, Form .form--row TextArea, Form .form--row Checkbox { width: 1fr; }
    Form .form--row TextArea { height: 4; border: none; padding: 0 1; background: $panel; color: $text; }
    Form .form--row TickList { width: 1fr; max-height: 5; padding: 0 1; background: $panel; }
    Form .form--row TextArea:focus { background: $rest; }
    Form .form--said { margin-left: 20; padding: 0 1; height: auto; color: $muted; display: none; }
    Form .form--said.-shown { display: block; }
    Form .form--row.-unasked, Form .form--said.-unasked { display: none; }
    Form .form--said.-fault, Form #fault { color: $late; }
    Form #fault { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("save", "next-field")

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        save: Callable[[dict[str, Any]], Awaitable[object]],
        *,
        about: str = "",
    ) -> None:
        super().__init__(title)
        self._fields = fields
        self._save = save
        self._about = about
        self._at_first: dict[str, Any] = {}
        self._place = ""  # what the screen below shows
        self._left: HalfFilled | None = None  # what stands here again, or was kept of it

    def body(self) -> ComposeResult:
        """The words above, a row a field, and the fault that belongs to none."""
        if self._about:
            yield Static(laid("{about}\n", about=self._about), classes="dialog--quiet")
        with VerticalScroll(can_focus=False):
            for field in self._fields:
                with Horizontal(classes="form--row", id=f"row-{field.id}"):
                    yield Static(show(field.label + (" *" if field.required else "")), classes="form--label")
                    yield _widget(field)
                yield Static(show(field.hint), id=f"said-{field.id}", classes="form--said")
        yield Static("", id="fault")

    def on_mount(self) -> None:
        """Show the hints, and how the days given are understood."""
        for field in self._fields:
            nothing = field.kind == CHOICE and field.required and not field.options
            self._say(field, field.hint or (NOTHING if nothing else ""))
            if field.kind == DAY:
                self._say_day(field)
        self._show_asked()
        self._at_first = self._filled_in()
        headings = (one for below in reversed(self.app.screen_stack) for one in below.query(Heading))
        self._place = next((one.subject for one in headings), "")
        if left := self.office.unfinished.of(self._half_filled(), self.office.today):
            self.run_worker(self._offer(left[0]), exit_on_error=False)

    # half filled in ----------------------------------------------------------------------------------------------

    def _half_filled(self, answers: Mapping[str, Any] | None = None) -> HalfFilled:
        office, asked = self.office, tuple(field.id for field in self._fields)
        title, day = line(self._title_words), office.today.isoformat()
        return HalfFilled(str(office.path), office.actor, title, asked, self._place, day, answers or {})

    def put_away(self) -> None:
        """Keep what was filled in, to be offered when this form is opened again."""
        if self.unsaved:
            now = changed(self._at_first, self._filled_in())
            self._let_go()
            self._left = self._half_filled({name: one for name, one in now.items() if isinstance(one, _KEPT)})
            self.office.unfinished.keep(self._left)

    def _let_go(self) -> None:
        if self._left is not None:
            with suppress(AlmonerError, OSError):
                self.office.unfinished.drop(self._left)
            self._left = None

    async def _offer(self, left: HalfFilled) -> None:
        """Ask what becomes of what was filled in here when the program had to go."""
        words = "; ".join(str(one) for one in left.answers.values() if isinstance(one, str) and one)
        choices = [
            Choice("fill", "Fill it in again", line(words)),
            Choice("later", "Not now", "it is offered again next time"),
            Choice("drop", "Drop it"),
        ]
        on = show_day(date.fromisoformat(left.day), self.office.today)
        place = "" if self.office.no_names else left.place
        title = f"Half filled in on {on}" + (f", on “{line(place)}”" if place else "")
        chosen = await self.app.push_screen_wait(ChooseDialog(title, choices))
        if chosen in ("fill", "drop"):
            self._left = left
        if chosen == "drop":
            self._let_go()
        elif chosen == "fill":
            self._fill(left.answers)

    def _fill(self, answers: Mapping[str, Any]) -> None:
        for field in self._fields:
            if field.id in answers:
                _put(self.query_one(f"#field-{field.id}"), answers[field.id])
        self._show_asked()

    def dismiss(self, result: dict[str, Any] | None = None) -> AwaitComplete:
        """Close; what was filled in again is saved by now, or let go of."""
        self._let_go()
        return super().dismiss(result)

    @property
    def unsaved(self) -> str:
        """What was typed or chosen here."""
        changed = self.is_mounted and self._filled_in() != self._at_first
        return f"What you filled in under “{line(self._title_words)}”" if changed else ""

    def _filled_in(self) -> dict[str, Any]:
        """Return what stands in the fields, whether it can be taken or not."""
        return {field.id: _standing(self.query_one(f"#field-{field.id}")) for field in self._fields}

    def stop(self) -> bool:
        """Stop what takes its time and writes nothing, such as working out a plan; the form stays as it is."""
        if not self.is_busy:
            return False
        self.workers.cancel_node(self)
        self.query_one("#fault", Static).update(show("Stopped. Nothing was saved.", "$muted"))
        return True

    @on(Select.Changed)
    def _chosen(self) -> None:
        self._show_asked()

    def _show_asked(self) -> None:
        """Show the fields that the choices made ask for, and hide the others."""
        for field in self._fields:
            for part in ("row", "said"):
                self.query_one(f"#{part}-{field.id}").set_class(not self._asked(field), "-unasked")

    def _asked(self, field: Field) -> bool:
        if field.when is None:
            return True
        name, answers = field.when
        chosen = self.query_one(f"#field-{name}", Select)
        return not chosen.is_blank() and str(chosen.value) in answers

    def _say(self, field: Field, words: str, *, fault: bool = False) -> None:
        said = self.query_one(f"#said-{field.id}", Static)
        said.update(show(words))
        said.set_class(bool(words), "-shown")
        said.set_class(fault, "-fault")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        field = self._field(event.input)
        if field is not None and field.kind == DAY:
            self._say_day(field)
        elif field is not None:
            self._say(field, field.hint)

    def _say_day(self, field: Field) -> None:
        text = self.query_one(f"#field-{field.id}", Input).value
        try:
            day = read_day(text, self.office.today, ahead=field.ahead)
        except ValueError:
            self._say(field, field.hint or (WAYS if text or field is self._first_day else ""))
        else:
            self._say(field, spoken(day, self.office.today))

    @property
    def _first_day(self) -> Field | None:
        """The first field for a day: how days may be written is said there, and not below every other."""
        return next((field for field in self._fields if field.kind == DAY), None)

    def _field(self, widget: Widget) -> Field | None:
        return next((field for field in self._fields if widget.id == f"field-{field.id}"), None)

    def _values(self) -> dict[str, Any]:
        """Return what is filled in; raises BadInput naming the first field that cannot be taken."""
        values: dict[str, Any] = {}
        for field in self._fields:
            if not self._asked(field):
                values[field.id] = None
                continue
            value = self._value(field)
            if field.required and value in ("", None, ()):
                raise BadInput(f"{field.label} is needed.", field=field.id)
            values[field.id] = value
        return values

    def _value(self, field: Field) -> str | date | bool | tuple[str, ...] | None:
        widget = self.query_one(f"#field-{field.id}")
        if isinstance(widget, TickList):
            return widget.chosen
        if isinstance(widget, Checkbox):
            return widget.value
        if isinstance(widget, Select):
            return None if widget.is_blank() else str(widget.value)
        text = widget.text if isinstance(widget, TextArea) else widget.value if isinstance(widget, Input) else ""
        if field.kind != DAY:
            return text.strip()
        try:
            return read_day(text, self.office.today, ahead=field.ahead) if text.strip() else None
        except ValueError as error:
            raise BadInput(f"{field.label}: {error}.", field=field.id) from error

    def action_next_field(self) -> None:
        """Go on to the next field; after the last one, save."""
        focused = self.focused
        last = next(field for field in reversed(self._fields) if self._asked(field))
        if focused is not None and focused.id == f"field-{last.id}":
            self.action_save()
        else:
            self.focus_next()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_next_field()

    def action_save(self) -> None:
        """Hand the fields over; stay when they cannot be taken."""
        self.run_worker(self._try(), exit_on_error=False)

    async def _try(self) -> None:
        for field in self._fields:
            self._say(field, "" if field.kind == DAY else field.hint)
        fault = self.query_one("#fault", Static)
        fault.update("")
        try:
            values = self._values()
            fault.update(show("Saving…", "$muted"))
            await self._save(values)
        except AlmonerError as error:
            self._complain(error)
        else:
            self.dismiss(values)

    def _complain(self, error: AlmonerError) -> None:
        self.query_one("#fault", Static).update("")
        field = next((f for f in self._fields if isinstance(error, BadInput) and f.id == error.field), None)
        if field is None or not isinstance(error, BadInput):
            self.query_one("#fault", Static).update(show(str(error)))
            return
        self._say(field, error.beside_field, fault=True)
        self.query_one(f"#field-{field.id}").focus()


def _put(widget: Widget, value: Any) -> None:
    """Let a widget hold what it held before; a choice that is there no longer is left out."""
    if isinstance(widget, TickList) and isinstance(value, list):
        widget.tick(value)
    elif isinstance(widget, Checkbox):
        widget.value = value is True
    elif isinstance(widget, Select):
        with suppress(InvalidSelectValueError):
            widget.value = value
    elif isinstance(widget, TextArea):
        widget.text = typed(str(value))
    elif isinstance(widget, Input):
        widget.value = line(str(value))


def _widget(field: Field) -> Widget:
    name = f"field-{field.id}"
    if field.kind == CHOICE:
        options = [(show(f"{c.words}  {c.quiet}" if c.quiet else c.words), c.key) for c in field.options]
        keys = [c.key for c in field.options]
        given = {"value": field.value} if field.value in keys else {}
        return Choices(options, prompt="choose", allow_blank=not given, id=name, compact=True, **given)
    if field.kind == MANY:
        return TickList(field.options, field.value or (), name)
    if field.kind == YES:
        return Tick(bool(field.value), name)
    if field.kind == NOTE:
        return TextArea(typed(str(field.value or "")), id=name, tab_behavior="focus", compact=True)
    return Input(line(field.value or ""), id=name, compact=True, select_on_focus=field.kind == DAY)


def _standing(widget: Widget) -> Any:
    match widget:
        case TickList():
            return widget.chosen
        case TextArea():
            return widget.text
        case Input() | Checkbox() | Select():
            return widget.value
        case _:
            return None


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a form that differ from what was there before, for an amendment."""
    return {name: value for name, value in after.items() if value != before.get(name, "")}
