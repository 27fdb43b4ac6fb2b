"""A list of due dates: its lines, the groups they stand in, and its columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.text import Text

from domain.core.dates import distance, show_day
from domain.core.enums import PATHWAY_TITLES, Pathway, SubjectKind
from storage.due.due_list import DueLine
from tui.core.look import Look, due_state
from tui.core.text import cell
from tui.grid.columns import Column

_WEEK = 7
GROUPS = ("Overdue", "This week", "Next week", "Later", "No date")
_GROUP_STATES = ("late", "due", "ahead", "ahead", "unset")
TIERS = {"statute": "§", "regulation": "§", "guidance": "◇", "national": "◇", "local": "·"}


@dataclass(frozen=True, slots=True)
class DueRow:
    """A line of the list, or the heading of a group: then ``line`` is None.

    ``held_on`` marks what was dealt with while the list was open; ``made`` is the date that followed from it.
    """

    key: str
    group: int
    line: DueLine | None = None
    count: int = 0
    held_on: date | None = None
    made: DueLine | None = None

    @property
    def live(self) -> DueLine | None:
        """The open obligation behind the line: its own, or the one that followed."""
        return self.made if self.held_on else self.line


def group_of(day: date | None, today: date) -> int:
    """Return the place of the group that a due day belongs to; a week ends on its Sunday."""
    if day is None:
        return 4
    if day < today:
        return 0
    sunday = today + timedelta(days=6 - today.weekday())
    return 1 if day <= sunday else 2 if day <= sunday + timedelta(days=_WEEK) else 3


def counts(by_due: Mapping[date | None, int], today: date) -> list[int]:
    """Return how many fall into each group."""
    found = [0] * len(GROUPS)
    for day, times in by_due.items():
        found[group_of(day, today)] += times
    return found


def with_groups(rows: Sequence[DueRow], numbers: Sequence[int]) -> Iterator[DueRow]:
    """Yield the rows, each group under its heading."""
    last = -1
    for row in rows:
        if row.group != last:
            last = row.group
            yield DueRow(f"group:{last}", last, count=numbers[last])
        yield row


def rows_of(lines: Iterable[DueLine], today: date) -> list[DueRow]:
    """Return open obligations as rows."""
    return [DueRow(line.id, group_of(line.legal_due, today), line) for line in lines]


# columns ---------------------------------------------------------------------------------------------------------


def due_columns(today: Callable[[], date]) -> list[Column[DueRow]]:
    """Return the columns. In a narrow window they go in this order: council, tier, team, plan, name, worker, far."""
    return [
        Column("case", "Case", lambda r: r.line.subject if r.line else "", _case, least=11, most=20),
        Column("name", "Name", lambda r: r.line.name if r.line else "", _name, names="served", gives_way=3, most=18),
        Column("what", "What", lambda r: r.line.title if r.line else "", _what, stretch=True, least=20, most=60),
        Column("due", "Due", lambda r: r.line.legal_due if r.line else None, _due, least=12),
        Column("far", "When", lambda r: _days(r, today()), _far, gives_way=1, least=12),
        Column("plan", "Plan by", _planned, _plan, gives_way=4, least=11, most=12),
        Column(
            "worker", "Worker", lambda r: r.line.worker_name if r.line else "", _worker, names="worker",
            whose=lambda r: r.line.worker if r.line else None, gives_way=2, most=14,
        ),
        Column("pathway", "Pathway", _pathway, gives_way=8, at_first=False, most=24),
        Column("team", "Team", lambda r: r.line.team if r.line else "", gives_way=5, at_first=False, most=20),
        Column("tier", "Source", lambda r: r.line.tier if r.line else "", _tier, gives_way=6),
        Column("council", "Council's date", _difference, _council, gives_way=7),
    ]  # fmt: skip


def _blank(_: Look) -> Text:
    return cell("")


def _case(row: DueRow, look: Look) -> Text:
    if row.line is None:
        found = _GROUP_STATES[row.group]
        glyph = look.mark(found).plain[:1]
        return cell(f"{glyph} {GROUPS[row.group]}", f"bold {look.colour(found)}")
    return look.plain(row.line.subject)


def _name(row: DueRow, look: Look) -> Text:
    line = row.line
    if line is None:
        return _blank(look)
    if line.subject_kind == SubjectKind.WORKER:
        return look.plain(look.worker(line.name, line.subject))
    return look.plain("" if look.no_names else line.name)


def _what(row: DueRow, look: Look) -> Text:
    if row.line is None:
        return cell(f"{row.count:,}", f"bold {look.colour(_GROUP_STATES[row.group])}")
    if row.made is not None and row.made.legal_due:
        return look.plain(f"→ {row.made.title} by {show_day(row.made.legal_due, look.today)}")
    if row.line.legal_due is None and not row.held_on:
        return look.plain(f"{row.line.title}: local standard not set")
    return look.plain(row.line.title)


def _due(row: DueRow, look: Look) -> Text:
    if row.line is None:
        return _blank(look)
    if row.held_on:
        return look.mark("held", show_day(row.held_on, look.today))
    return look.due(row.line.legal_due, far=False)


def _days(row: DueRow, today: date) -> int | None:
    return (row.line.legal_due - today).days if row.line and row.line.legal_due else None


def _far(row: DueRow, look: Look) -> Text:
    if row.line is None:
        return _blank(look)
    if row.held_on:
        return cell("held", look.colour("held"))
    due = row.line.legal_due
    if due is None:
        return look.mark("unset")
    return cell(distance(due, look.today), look.colour(due_state(due, look.today).name))


def _planned(row: DueRow) -> date | None:
    """The day it is meant to be done, where that is not the legal one."""
    line = row.line
    if line is None or row.held_on:
        return None
    planned = line.postponed_to or line.plan_by
    return planned if planned != line.legal_due else None


def _plan(row: DueRow, look: Look) -> Text:
    planned = _planned(row)
    if planned is None:
        return _blank(look)
    later = row.line is not None and row.line.postponed_to is not None
    return cell(f"{'→ ' if later else ''}{show_day(planned, look.today)}", look.colour("due") if later else "")


def _worker(row: DueRow, look: Look) -> Text:
    line = row.line
    if line is None:
        return _blank(look)
    return look.plain(look.worker(line.worker_name)) if line.worker else look.mark("unset", "nobody")


def _pathway(row: DueRow) -> str:
    line = row.line
    return PATHWAY_TITLES[Pathway(line.pathway)] if line and line.pathway in set(Pathway) else ""


def _tier(row: DueRow, look: Look) -> Text:
    line = row.line
    if line is None:
        return _blank(look)
    if not line.verified:
        return look.mark("unverified")
    return cell(f"{TIERS.get(line.tier, '·')} {line.tier}", look.colour("muted"))


def _difference(row: DueRow) -> int | None:
    """How many days later than ours the council's own date lies."""
    line = row.line
    return (line.council_due - line.legal_due).days if line and line.council_due and line.legal_due else None


def _council(row: DueRow, look: Look) -> Text:
    days = _difference(row)
    if days is None:
        return _blank(look)
    if days == 0:
        return cell("same", look.colour("muted"))
    words = f"{abs(days)} day{'' if abs(days) == 1 else 's'} {'later' if days > 0 else 'earlier'}"
    return cell(words, look.colour("due"))
