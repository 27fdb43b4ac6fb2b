"""One page of a session: what is known, the fields of its format, the scale, what was settled, and two boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.option_list import Option

from domain import talking
from domain.errors import BadInput
from storage.discussing import Part, Said
from storage.sessionbook import CASE, Opened
from storage.sessions import DiscussionLine
from tui.sessionwords import action_words, head
from tui.text import show
from tui.widgets.boxes import ActionBox, Box, DecisionBox
from tui.widgets.menu import Menu
from tui.widgets.ratings import Ratings
from tui.widgets.writing import Writing
from tui.words import Look

NARROW = 84
_DECISION, _ACTION, _RATING = "decision:", "action:", "rating:"


class Discussion(VerticalScroll, can_focus=False):
    """The page under the cursor. It holds what is typed until it is kept; the screen does the keeping."""

    DEFAULT_CSS = """
    Discussion { width: 1fr; padding: 0 1; background: $background; }
    Discussion .head { height: auto; }
    Discussion .columns { height: auto; margin-top: 1; }
    Discussion .columns > Vertical { width: 1fr; height: auto; margin-right: 1; }
    Discussion.-narrow .columns { layout: vertical; }
    Discussion.-narrow .columns > Vertical { width: 100%; margin-right: 0; }
    Discussion .column { height: 1; text-style: bold; color: $accent; }
    Discussion .label { height: 1; color: $muted; }
    Discussion .settled { height: auto; margin-top: 1; }
    """

    class Touched(Message):
        """Something on the page was typed or rated."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: Opened | None = None
        self.seen = 0
        self.session = 0
        self.form = ""
        self.fields: dict[str, Writing] = {}
        self.scale: Ratings | None = None
        self.decision: DecisionBox | None = None
        self.action: ActionBox | None = None
        self._settled = Static()

    async def show_page(
        self, opened: Opened, session: int, settled: Sequence[str], actor: str, names: Mapping[str, str], look: Look
    ) -> None:
        """Show a page as it is kept."""
        self.opened, self.session = opened, session
        self.seen = opened.said.version if opened.said else 0
        self.form = opened.shape.id
        self._settled = Static(show("\n".join(settled)), classes="settled")
        self._settled.display = bool(settled)
        self.decision, self.action = DecisionBox(actor, names), ActionBox(names)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount(Static(head(opened, look), classes="head"), *_waiting(opened, look))
            await self.mount(self._columns(opened), self._settled)
            await self._mount_scale(opened, look.today)
            await self.mount(self.decision, self.action)
        self.scroll_home(animate=False)

    async def show_plain(self, content: Content, choices: Sequence[tuple[str, str]]) -> None:
        """Show a page on which nothing is written, with what can be done on it."""
        self.opened, self.fields, self.scale = None, {}, None
        with self.app.batch_update():
            await self.remove_children()
            menu = Menu(*(Option(show(words), id=name) for name, words in choices))
            await self.mount(Static(content, classes="head"), menu)

    def _columns(self, opened: Opened) -> Horizontal:
        """The fields of the format; what still stands of last time is there already, until something is kept."""
        base = opened.said.answers if opened.said else {}
        brought = {}
        if opened.said is None and opened.last is not None:
            brought = talking.brought_forward(opened.shape, opened.last.answers)
        shape = talking.with_strangers(opened.shape, base)
        self.fields = {part.id: Writing(part, base.get(part.id, ""), brought.get(part.id, "")) for part in shape.parts}
        columns = (
            Vertical(Static(show(title), classes="column"), *self._column(parts)) for title, parts in shape.columns
        )
        return Horizontal(*columns, classes="columns")

    def _column(self, parts: Sequence[talking.Part]) -> Iterator[Widget]:
        for part in parts:
            yield Static(show(part.title), classes="label")
            yield self.fields[part.id]

    async def _mount_scale(self, opened: Opened, today: date) -> None:
        scale = opened.shape.scale
        self.scale = None
        if scale is not None and opened.page.kind == CASE:
            self.scale = Ratings(scale, opened.ratings, self.session, today)
            await self.mount(self.scale)
            await self.scale.follow(talking.pairs(scale, self.texts()), self.scale.base)

    # what stands there -----------------------------------------------------------------------------------------------

    @property
    def part(self) -> Part:
        """The part of the session that the page is."""
        assert self.opened is not None
        page = self.opened.page
        return Part(self.session, page.topic, page.case, None if page.case else page.worker)

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be written here."""
        return self.opened is None

    def texts(self) -> dict[str, str]:
        """Every field's text."""
        return {name: field.said() for name, field in self.fields.items()}

    def answers(self) -> dict[str, str]:
        """The fields whose text is no longer what it was. Only those that were typed in are looked at."""
        touched = {name: field.said() for name, field in self.fields.items() if field.touched}
        return {name: text for name, text in touched.items() if text != self.fields[name].start}

    def said(self, on_day: date) -> Said | None:
        """All that is to be kept of the page, or None; raises BadInput for a box that is not complete."""
        if self.opened is None or self.decision is None or self.action is None:
            return None
        answers, ratings = self.answers(), self.scale.changed() if self.scale else {}
        decision, action = self.decision.record(on_day), self.action.record()
        if not (answers or ratings or decision or action):
            return None
        standing = {name: field.start for name, field in self.fields.items() if field.start != field.base}
        return Said(self.part, self.form, {**standing, **answers}, self.seen, ratings, decision, action)

    def draft(self) -> dict[str, str]:
        """All that would be lost: the fields that were changed, the figures, and what half stands in the boxes."""
        if self.opened is None or self.decision is None or self.action is None:
            return {}
        return {
            **self.answers(),
            **self._figures(),
            **{f"{_DECISION}{name}": text for name, text in self.decision.filled().items()},
            **{f"{_ACTION}{name}": text for name, text in self.action.filled().items()},
        }

    def _figures(self) -> dict[str, str]:
        if self.scale is None:
            return {}
        base = self.scale.base
        return {
            f"{_RATING}{rater}:{about}": text
            for (about, rater), text in self.scale.figures().items()
            if text != base.get((about, rater), "")
        }

    # putting words into it -------------------------------------------------------------------------------------------

    async def take_up(self, draft: Mapping[str, str], seen: int) -> None:
        """Go on with what was half said; ``seen`` is the version it was begun from."""
        self.seen = seen
        for name, text in draft.items():
            if name in self.fields:
                self.fields[name].put(text)
                self.fields[name].touched = True
        for box, prefix in ((self.decision, _DECISION), (self.action, _ACTION)):
            if box is not None:
                box.fill({name.removeprefix(prefix): text for name, text in draft.items() if name.startswith(prefix)})
        await self._take_up_figures(draft)

    async def _take_up_figures(self, draft: Mapping[str, str]) -> None:
        if self.scale is None:
            return
        given = dict(self.scale.base)
        for name, text in draft.items():
            if name.startswith(_RATING):
                rater, _, about = name.removeprefix(_RATING).partition(":")
                given[about, rater] = text
        await self.scale.follow(talking.pairs(self.scale.scale, self.texts()), given)

    async def follow_dangers(self) -> None:
        """Let the lines of the scale follow what is written above."""
        if self.scale is not None and self.scale.is_attached:
            scale = self.scale.scale
            wanted = {name: self.fields[name].said() for name in (scale.about, scale.goal) if name in self.fields}
            await self.scale.follow(talking.pairs(scale, wanted))

    def settle(self, texts: Mapping[str, str], now: DiscussionLine | None) -> None:
        """Put the texts that were chosen between mine and theirs into their fields; ``now`` is what stands kept."""
        self.seen = now.version if now else 0
        for name, field in self.fields.items():
            theirs = now.answers.get(name, "") if now else ""
            if name in texts:
                field.put(texts[name])
                field.base = field.start = theirs
                field.touched = True
            elif field.said() == field.start:
                field.take(theirs)

    def as_kept(self, opened: Opened, said: Said, settled: Sequence[str]) -> None:
        """Let the page stand as kept: what was typed meanwhile stays typed, the boxes kept are empty again."""
        self.opened = opened
        self.seen = opened.said.version if opened.said else 0
        for name, field in self.fields.items():
            kept = opened.said.answers.get(name, "") if opened.said else ""
            if field.said() == said.answers.get(name, field.start):
                field.take(kept)
            else:
                field.base = field.start = kept
        for box, values in ((self.decision, said.decision), (self.action, said.action)):
            if values and box is not None:
                box.fill({})
        if self.scale is not None:
            kept_figures = (r for r in opened.ratings if r.session == self.session)
            self.scale.base = {(r.about, r.rater): str(r.score) for r in kept_figures}
        self._settled.update(show("\n".join(settled)))
        self._settled.display = bool(settled)

    def complain(self, error: BadInput) -> bool:
        """Show an error at the line or field that it names; whether it is shown there in words."""
        if any(box.complain(error) for box in (self.decision, self.action) if box is not None):
            return True
        field = self.fields.get(error.field.removeprefix("answers."))
        if field is not None:
            field.focus()
        return False

    # what happens in it ----------------------------------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        """Stand the columns below one another where there is no room beside."""
        self.set_class(event.size.width < NARROW, "-narrow")

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        if isinstance(event.text_area, Writing):
            event.text_area.touched = True
        self.post_message(self.Touched())

    @on(Box.Touched)
    @on(Ratings.Touched)
    def _filled(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Touched())

    def first_field(self) -> Widget | None:
        """Where typing begins: the first field, or the list of what can be done."""
        return next((w for w in self.query("Writing, Menu")), None)


def _waiting(opened: Opened, look: Look) -> list[Menu]:
    """The actions that wait, as a list to settle them from."""
    if not opened.open:
        return []
    return [Menu(*(Option(show(action_words(one, look)), id=f"action-{one.id}") for one in opened.open))]
