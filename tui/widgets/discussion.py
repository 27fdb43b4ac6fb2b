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
from textual.widgets import Input, Static, TextArea
from textual.widgets.option_list import Option

from domain import talking
from domain.errors import BadInput
from storage.discussing import Part, Said
from storage.sessionbook import CASE, Opened, Page
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
        self._form = ""

    async def show_page(
        self, opened: Opened, session: int, settled: Sequence[str], actor: str, names: Mapping[str, str], look: Look
    ) -> None:
        """Show a page as it is kept."""
        self.opened, self.session = opened, session
        self.seen = opened.said.version if opened.said else 0
        self._form = opened.shape.id
        with self.app.batch_update():
            await self.remove_children()
            await self.mount(Static(head(opened, look), classes="head"))
            if opened.open:
                waiting = (Option(show(action_words(one, look)), id=f"action-{one.id}") for one in opened.open)
                await self.mount(Menu(*waiting))
            await self.mount_all(self._fields(opened))
            await self.mount(Static(show("\n".join(settled)), classes="settled"))
            await self._mount_scale(opened, look.today)
            await self.mount(DecisionBox(actor, names), ActionBox(names))
        self.query_one(".settled").display = bool(settled)
        self.scroll_home(animate=False)

    async def show_plain(self, page: Page, content: Content, choices: Sequence[tuple[str, str]]) -> None:
        """Show a page on which nothing is written, with what can be done on it."""
        self.opened = None
        with self.app.batch_update():
            await self.remove_children()
            menu = Menu(*(Option(show(words), id=name) for name, words in choices))
            await self.mount(Static(content, classes="head"), menu)

    def _fields(self, opened: Opened) -> Iterator[Widget]:
        base = self._base(opened)
        shape = talking.with_strangers(opened.shape, base)
        columns = [
            Vertical(Static(show(title), classes="column"), *self._column(parts, base))
            for title, parts in shape.columns
        ]
        yield Horizontal(*columns, classes="columns")

    def _base(self, opened: Opened) -> Mapping[str, str]:
        """What stands in the fields: what is kept, or what still stands of last time."""
        return opened.said.answers if opened.said else {}

    def _column(self, parts: Sequence[talking.Part], base: Mapping[str, str]) -> Iterator[Widget]:
        for part in parts:
            yield Static(show(part.title), classes="label")
            yield Writing(part, base.get(part.id, ""))

    async def _mount_scale(self, opened: Opened, today: date) -> None:
        scale = opened.shape.scale
        if scale is None or opened.page.kind != CASE:
            return
        ratings = Ratings(scale, opened.ratings, self.session, today)
        await self.mount(ratings)
        await ratings.follow(talking.pairs(scale, self.texts()), ratings.base)
        self._bring_forward(opened)

    def _bring_forward(self, opened: Opened) -> None:
        """Begin with what still stands of last time, as if it had been typed: it is kept with what is added."""
        if opened.said is not None or opened.last is None:
            return
        for name, text in talking.brought_forward(opened.shape, opened.last.answers).items():
            self._field(name).put(text)

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
        return self.opened is None or not self.query(Writing)

    def texts(self) -> dict[str, str]:
        """Every field's text."""
        return {field.part.id: field.said() for field in self.query(Writing)}

    def _field(self, name: str) -> Writing:
        return next(field for field in self.query(Writing) if field.part.id == name)

    def answers(self) -> dict[str, str]:
        """The fields whose text differs from what is kept. Only those that were typed in are looked at."""
        touched = [(field, field.said()) for field in self.query(Writing) if field.touched]
        return {field.part.id: text for field, text in touched if text != field.base}

    def ratings(self) -> dict[tuple[str, str], int | None]:
        """The figures that differ from what is kept."""
        found = self.query(Ratings)
        return found.first().changed() if found else {}

    def said(self, on_day: date) -> Said | None:
        """All that is to be kept of the page, or None; raises BadInput for a box that is not complete."""
        if self.is_empty:
            return None
        decision = self.query_one(DecisionBox).record(on_day)
        action = self.query_one(ActionBox).record()
        said = Said(self.part, self._form, self.answers(), self.seen, self.ratings(), decision, action)
        return said if said.answers or said.ratings or decision or action else None

    def draft(self) -> dict[str, str]:
        """All that would be lost: the fields that were changed, the figures, and what half stands in the boxes."""
        if self.is_empty:
            return {}
        figures: dict[str, str] = {}
        if found := self.query(Ratings):
            now, base = found.first().figures(), found.first().base
            figures = {
                f"{_RATING}{rater}:{about}": text for (about, rater), text in now.items()
                if text != base.get((about, rater), "")
            }  # fmt: skip
        decision, action = self.query_one(DecisionBox).filled(), self.query_one(ActionBox).filled()
        return {
            **self.answers(),
            **figures,
            **{f"{_DECISION}{name}": text for name, text in decision.items()},
            **{f"{_ACTION}{name}": text for name, text in action.items()},
        }

    async def take_up(self, draft: Mapping[str, str], seen: int) -> None:
        """Go on with what was half said; ``seen`` is the version it was begun from."""
        self.seen = seen
        known = {field.part.id for field in self.query(Writing)}
        for name, text in draft.items():
            if name in known:
                field = self._field(name)
                field.put(text)
                field.touched = True
        for box, prefix in ((self.query_one(DecisionBox), _DECISION), (self.query_one(ActionBox), _ACTION)):
            box.fill({name.removeprefix(prefix): text for name, text in draft.items() if name.startswith(prefix)})
        await self._take_up_figures(draft)

    async def _take_up_figures(self, draft: Mapping[str, str]) -> None:
        found = self.query(Ratings)
        if not found:
            return
        ratings = found.first()
        given = dict(ratings.base)
        for name, text in draft.items():
            if name.startswith(_RATING):
                rater, _, about = name.removeprefix(_RATING).partition(":")
                given[about, rater] = text
        await ratings.follow(talking.pairs(ratings.scale, self.texts()), given)

    async def follow_dangers(self) -> None:
        """Let the lines of the scale follow what is written above."""
        if found := self.query(Ratings):
            ratings = found.first()
            scale = ratings.scale
            wanted = {name: self._field(name).said() for name in (scale.about, scale.goal) if name}
            await ratings.follow(talking.pairs(scale, wanted))

    def settle(self, texts: Mapping[str, str], now: DiscussionLine | None) -> None:
        """Put the texts that were chosen between mine and theirs into their fields; ``now`` is what stands kept."""
        self.seen = now.version if now else 0
        for field in self.query(Writing):
            theirs = now.answers.get(field.part.id, "") if now else ""
            if field.part.id in texts:
                field.put(texts[field.part.id])
                field.base, field.touched = theirs, True
            elif not field.touched or field.said() == field.base:
                field.take(theirs)

    def as_kept(self, opened: Opened, said: Said, settled: Sequence[str], session: int) -> None:
        """Let the page stand as kept: what was typed meanwhile stays typed, the boxes kept are empty again."""
        self.opened = opened
        self.seen = opened.said.version if opened.said else 0
        for field in self.query(Writing):
            kept = opened.said.answers.get(field.part.id, "") if opened.said else ""
            now = field.said()
            if now == said.answers.get(field.part.id, field.base):
                field.take(kept)
            else:
                field.base = kept
        for box, values in ((self.query_one(DecisionBox), said.decision), (self.query_one(ActionBox), said.action)):
            if values:
                box.fill({})
        if found := self.query(Ratings):
            found.first().base = {(r.about, r.rater): str(r.score) for r in opened.ratings if r.session == session}
        shown = self.query_one(".settled", Static)
        shown.update(show("\n".join(settled)))
        shown.display = bool(settled)

    def complain(self, error: BadInput) -> bool:
        """Show an error at the line or field that it names; whether there is one."""
        if any(box.complain(error) for box in self.query(Box)):
            return True
        if error.field == "score":
            self.query(Ratings).first().query(Input).first().focus()
            return False
        name = error.field.removeprefix("answers.")
        field = next((field for field in self.query(Writing) if field.part.id == name), None)
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
