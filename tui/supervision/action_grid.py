"""The list of actions and decisions in groups, and beside it what makes the marked one stale."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.text import Text
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from domain.core.dates import distance, show_day
from domain.supervision.actions import STALE_TITLES
from storage.supervision.actions import DECISION, ActionLine
from tui.core.look import Look
from tui.core.text import cell, show
from tui.core.workspace import look_of
from tui.grid.columns import Column
from tui.grid.filtering import Filter
from tui.grid.grouped import Grouped
from tui.widgets.steady import Words, put

GROUPS = ("Overdue", "This week", "Later", "Done")
_STATES = ("late", "due", "ahead", "held")
_GROUP = {"late": 0, "week": 1, "later": 2}
HIDDEN = "words hidden"
RECENT = timedelta(days=28)  # how long what ended stays in the list
LABEL = 10
EMPTY = "Nothing to follow up here. Press n to set an action, or t for another team."


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A line of the list, or the heading of a group: then ``line`` is None."""

    key: str
    group: int
    line: ActionLine | None = None
    count: int = 0


def action_rows(lines: Iterable[ActionLine], today: date) -> list[ActionRow]:
    """Return what is open, and what ended lately; what a later action took over is left out."""
    found = []
    for line in lines:
        ended = line.done_on or line.dropped_on
        if line.open or (line.state != "carried" and ended is not None and ended > today - RECENT):
            found.append(ActionRow(line.key, _GROUP.get(line.state, 3), line))
    return found


class ActionGrid(Grouped[ActionRow]):
    """A grid that stands in groups while it is in order of due date."""

    def __init__(self) -> None:
        super().__init__("actions", action_columns(), key=lambda row: row.key, empty=EMPTY, sort="due")

    def is_heading(self, row: ActionRow) -> bool:
        """A heading has no line of its own."""
        return row.line is None

    def arranged(self) -> list[ActionRow]:
        """Filter and sort, in groups."""
        test = Filter(self.filter, self.columns, look_of(self))
        rows = self._in_order([row for row in self.rows if not self.filter or test.takes(row)])
        if self.state.sort == "due":
            rows.sort(key=lambda row: row.group)
            rows = list(_with_groups(rows))
        return rows

    def _summary(self) -> str:
        """Say how much is shown; headings are no lines."""
        with_headings = self._found
        self._found = self.lines_of(with_headings)
        try:
            return super()._summary()
        finally:
            self._found = with_headings


def _with_groups(rows: Sequence[ActionRow]) -> Iterator[ActionRow]:
    last = -1
    for row in rows:
        if row.group != last:
            last = row.group
            yield ActionRow(f"group:{last}", last, count=sum(one.group == last for one in rows))
        yield row


# columns ---------------------------------------------------------------------------------------------------------


def action_columns() -> list[Column[ActionRow]]:
    """The columns, those that give way first marked highest."""
    return [
        Column("due", "Due", lambda r: r.line.due or date.min if r.line else None, _due, least=12, most=20),
        Column(
            "what",
            "What",
            lambda r: r.line.what if r.line else "",
            _what,
            names="served",
            stretch=True,
            least=20,
            most=70,
        ),
        Column("stale", "Stale", _stale_words, _stale, least=10, most=24),
        Column(
            "worker",
            "Who",
            lambda r: r.line.doer if r.line else "",
            _who,
            names="worker",
            whose=lambda r: r.line.owner if r.line else None,
            gives_way=1,
            most=16,
        ),
        Column("case", "Case", lambda r: (r.line.case or "") if r.line else "", gives_way=2, least=7, most=14),
        Column("carried", "Carried", lambda r: r.line.carried if r.line else None, _carried, right=True, gives_way=4),
        Column("set", "Set", lambda r: r.line.set_on if r.line else None, _set, gives_way=3, least=10, most=12),
    ]


def _due(row: ActionRow, look: Look) -> Text:
    if row.line is None:
        found = _STATES[row.group]
        return cell(f"{look.mark(found).plain[:1]} {GROUPS[row.group]}", f"bold {look.colour(found)}")
    ended = row.line.done_on or row.line.dropped_on
    if ended is not None and not row.line.open:
        word = "held" if row.line.done_on else "unset"
        return look.mark(word, show_day(ended, look.today))
    return look.mark("late", "no date") if row.line.due is None else look.due(row.line.due, far=False)


def _what(row: ActionRow, look: Look) -> Text:
    if row.line is None:
        return cell(f"{row.count:,}", f"bold {look.colour(_STATES[row.group])}")
    start = "Decision: " if row.line.kind == DECISION else ""
    return look.plain(start + (HIDDEN if look.no_names else row.line.what))


def _stale_words(row: ActionRow) -> str:
    return ", ".join(STALE_TITLES[reason.kind] for reason in row.line.stale) if row.line else ""


def _stale(row: ActionRow, look: Look) -> Text:
    words = _stale_words(row)
    return cell(f"? {words}", look.colour("due")) if words else cell("")


def _who(row: ActionRow, look: Look) -> Text:
    line = row.line
    if line is None:
        return cell("")
    if line.owner_name:
        return look.plain(look.worker(line.owner_name))
    return look.plain("" if look.no_names else line.who)


def _carried(row: ActionRow, look: Look) -> Text:
    return cell("") if row.line is None or not row.line.carried else look.number(row.line.carried)


def _set(row: ActionRow, look: Look) -> Text:
    return cell("") if row.line is None else look.day(row.line.set_on)


# the side --------------------------------------------------------------------------------------------------------


class ActionSide(VerticalScroll):
    """The whole of the marked action, and why it is stale; scrolled with the arrows."""

    DEFAULT_CSS = """
    ActionSide { width: 40; padding: 0 1; background: $surface; border-left: solid $edge; scrollbar-size-vertical: 1; }
    ActionSide:focus { border-left: solid $accent; }
    ActionSide.-narrow { width: 100%; height: 9; border-left: none; border-top: solid $edge; }
    """

    def compose(self) -> Iterator[Static]:
        """One piece of text."""
        yield Words()

    def show_action(self, line: ActionLine | None, look: Look) -> None:
        """Show one action or decision; nothing while none is marked."""
        found = [] if line is None else [*_said(line, look), *_reasons(line), *_ending(line, look), *_about(line, look)]
        put(self.query_one(Words), Content("\n").join(found))


def _pair(label: str, value: str) -> Content:
    return Content.assemble(show(label, "$muted").pad_right(max(LABEL - len(label), 1)), show(value))


def _said(line: ActionLine, look: Look) -> Iterator[Content]:
    yield show(HIDDEN if look.no_names else line.what, "bold")
    if line.why and not look.no_names:
        yield show(f"because {line.why}", "$muted")


def _about(line: ActionLine, look: Look) -> Iterator[Content]:
    yield Content("")
    doer = look.worker(line.owner_name, line.owner) if line.owner_name else "" if look.no_names else line.who
    yield _pair("Decided by" if line.kind == DECISION else "Who", doer or "–")
    if line.case:
        yield _pair("Case", line.case)
    due = f"{show_day(line.due, look.today)}, {distance(line.due, look.today)}" if line.due else "no date"
    yield _pair("Follow up" if line.kind == DECISION else "Due", due if line.open else due.partition(",")[0])
    yield _pair("Set", show_day(line.set_on, look.today))
    if line.carried:
        yield _pair("Carried", f"{line.carried} time{'' if line.carried == 1 else 's'}")


def _reasons(line: ActionLine) -> Iterator[Content]:
    for reason in line.stale:
        yield show(f"? {reason.words}", "$due")


def _ending(line: ActionLine, look: Look) -> Iterator[Content]:
    words = "" if look.no_names else line.how or line.dropped_why
    ended = line.done_on or line.dropped_on
    if ended is not None and not line.open:
        yield show(f"{'Done' if line.done_on else 'Dropped'} {show_day(ended, look.today)}", "bold $held")
        yield show(words)
