"""One page of a session: what is known, the fields of its format, the scale, what was settled, and two boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.option_list import Option

from domain.core.errors import BadInput
from domain.supervision import formats
from storage.supervision.session.pages import CASE, Opened
from storage.supervision.session.parts import Part, Said
from storage.supervision.session.session_reads import DiscussionLine
from tui.core.look import Look
from tui.core.text import show
from tui.supervision.session.decision_action import ActionBox, Box, DecisionBox
from tui.supervision.session.format_fields import FormFields
from tui.supervision.session.ratings import Ratings
from tui.supervision.session.session_text import action_words, head
from tui.widgets.menu import Menu
from tui.widgets.steady import Words, put
from tui.widgets.text_field import Writing

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

    # What is shown is laid out once; the room it then takes changes nothing but the scrollbar.
    virtual_size = Reactive(Size(0, 0), layout=False)

    def __init__(self) -> None:
        super().__init__()
        self.opened: Opened | None = None
        self.seen = 0
        self.session = 0
        self.form = ""
        self.scale: Ratings | None = None
        self.decision: DecisionBox | None = None
        self.action: ActionBox | None = None
        self._boxed: tuple[object, ...] = ()
        self._head, self._menu, self._form = Words(classes="head"), Menu(), FormFields()
        self._settled = Words(classes="settled")
        self._ratings: Ratings | None = None

    def compose(self) -> ComposeResult:
        """What stays from page to page; the scale and the boxes come with the first page that has them."""
        for one in (self._menu, self._form, self._settled):
            one.display = False
        yield from (self._head, self._menu, self._form, self._settled)

    @property
    def fields(self) -> dict[str, Writing]:
        """The fields of the page by their names."""
        return self._form.fields

    async def show_page(
        self, opened: Opened, session: int, settled: Sequence[str], actor: str, names: Mapping[str, str], look: Look
    ) -> None:
        """Show a page as it is kept."""
        self.opened, self.session = opened, session
        self.seen = opened.said.version if opened.said else 0
        self.form = opened.shape.id
        with self.app.batch_update():
            put(self._head, head(opened, look))
            self._offer([(f"action-{one.id}", action_words(one, look)) for one in opened.open])
            await self._show_fields(opened)
            await self._show_scale(opened, look.today)
            await self._show_boxes(actor, names, look)
            self._show_written(True)
            self._show_settled(settled)
        self.scroll_home(animate=False)

    async def show_plain(self, content: Content, choices: Sequence[tuple[str, str]]) -> None:
        """Show a page on which nothing is written, with what can be done on it."""
        self.opened, self.scale = None, None
        with self.app.batch_update():
            put(self._head, content)
            self._offer(choices)
            self._show_written(False)
        self.scroll_home(animate=False)

    def _offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """List what can be done from here: what is offered on the page, or the actions that wait."""
        if choices or self._menu.option_count:
            self._menu.set_options([Option(show(words), id=name) for name, words in choices])
        self._menu.display = bool(choices)

    def _show_written(self, written: bool) -> None:
        for one in (self._form, self.decision, self.action):
            if one is not None:
                one.display = written
        if self._ratings is not None:
            self._ratings.display = self.scale is not None
        self._settled.display = self._settled.display and written

    def _show_settled(self, settled: Sequence[str]) -> None:
        put(self._settled, Content("\n").join([show(one) for one in settled]))
        self._settled.display = bool(settled)

    async def _show_fields(self, opened: Opened) -> None:
        """Show the format; what still stands of last time is there already, until something is kept."""
        base = opened.said.answers if opened.said else {}
        brought = {}
        if opened.said is None and opened.last is not None:
            brought = formats.brought_forward(opened.shape, opened.last.answers)
        await self._form.show_fields(formats.with_strangers(opened.shape, base), base, brought)

    async def _show_scale(self, opened: Opened, today: date) -> None:
        scale = opened.shape.scale
        self.scale = None
        if scale is not None and opened.page.kind == CASE:
            self.scale = await self._ratings_of(scale, opened, today)
            await self.scale.follow(formats.pairs(scale, self.texts()), self.scale.base)

    async def _ratings_of(self, scale: formats.Scale, opened: Opened, today: date) -> Ratings:
        """The lines of a scale: those that stand, or new ones for another scale."""
        if self._ratings is not None and self._ratings.scale == scale:
            self._ratings.take(opened.ratings, self.session, today)
            return self._ratings
        if self._ratings is not None:
            await self._ratings.remove()
        self._ratings = Ratings(scale, opened.ratings, self.session, today)
        await self.mount(self._ratings, after=self._settled)
        return self._ratings

    async def _show_boxes(self, actor: str, names: Mapping[str, str], look: Look) -> None:
        """Empty the boxes; new ones are made where other people are offered in them."""
        boxed = (actor, look.no_names, *names.items())
        if self.decision is not None and self.action is not None:
            if boxed == self._boxed:
                self.decision.fill({})
                self.action.fill({})
                return
            await self.remove_children([self.decision, self.action])
        self._boxed = boxed
        self.decision, self.action = DecisionBox(actor, names), ActionBox(names)
        await self.mount(self.decision, self.action)

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
        await self.scale.follow(formats.pairs(self.scale.scale, self.texts()), given)

    async def follow_dangers(self) -> None:
        """Let the lines of the scale follow what is written above."""
        if self.scale is not None and self.scale.is_attached:
            scale = self.scale.scale
            wanted = {name: self.fields[name].said() for name in (scale.about, scale.goal) if name in self.fields}
            await self.scale.follow(formats.pairs(scale, wanted))

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
        self._show_settled(settled)

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
        if self._menu.display:
            return self._menu
        return next(iter(self.query(Writing)), None) if self.opened else None
