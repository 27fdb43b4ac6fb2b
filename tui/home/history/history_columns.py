"""The columns of what was recorded."""

from __future__ import annotations

from rich.text import Text

from domain.core.clock import Clock
from storage.home.recorded import RecordedSet
from tui.core.look import Look
from tui.core.text import cell
from tui.grid.columns import Column
from tui.home.history.history_text import lateness, moment, title


def history_columns(clock: Clock) -> list[Column[RecordedSet]]:
    """Return the columns; in a narrow window they go in this order: number, records, who, the day it was about."""

    def at(one: RecordedSet, look: Look) -> Text:
        return look.plain(moment(one, clock, look.today))

    return [
        Column("at", "Recorded", lambda r: f"{clock.local(r.at):%Y-%m-%d %H:%M:%S} {r.set:09}", at, least=16, most=24),
        Column("by", "By", lambda r: r.actor, names="worker", least=10, most=22, gives_way=2),
        Column("what", "What", lambda r: r.what, stretch=True, least=20, most=90),
        Column("happened", "Happened", lambda r: r.on_day, gives_way=1, least=10, most=16),
        Column("late", "Late", lambda r: r.late_days or None, _late, least=14, most=16),
        Column("records", "Records", lambda r: r.touched, right=True, gives_way=3, least=7, most=9),
        Column("about", "About", _about, gives_way=5, at_first=False, most=30),
        Column("number", "Number", lambda r: r.set, right=True, gives_way=4, at_first=False),
    ]


def _late(one: RecordedSet, look: Look) -> Text:
    return cell(lateness(one), look.colour("due"))


def _about(one: RecordedSet) -> str:
    return title(one.lines[0]) if one.touched == 1 and one.lines else ""
